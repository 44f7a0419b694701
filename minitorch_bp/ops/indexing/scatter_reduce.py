"""Scattered reductions: scatter_reduce and index_reduce."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, primitive, public, wrap
from .._shapes import same_type
from ..creation import ones_like, zeros_like
from .gather import _along, _check_index, scatter_add
from .select import _checked

# ---------------------------------------------------------------------- reducing on the way
_START = {"prod": 1, "amax": -np.inf, "amin": np.inf}


def _reduce_into(input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, include_self: bool) -> Tensor:
    """Composed of operations that have derivatives: sums scatter; products and extremes have rules of their own."""
    if include_self:
        start = input
    else:  # the old elements do not take part
        hit = scatter_add(zeros_like(input), dim, index, ones_like(src)) != 0
        neutral: Any = _START.get(reduce, 0)
        if not input.is_floating_point() and np.isinf(neutral):
            info = np.iinfo(input._array.dtype)
            neutral = info.min if neutral < 0 else info.max
        start = input.masked_fill(hit, neutral)
    if reduce in ("sum", "mean"):
        total = scatter_add(start, dim, index, src)
        if reduce == "sum":
            return total
        count = scatter_add((ones_like if include_self else zeros_like)(input), dim, index, ones_like(src))
        count = count.clamp(min=1)
        return total / count if input.is_floating_point() else total.div(count, rounding_mode="floor")
    if reduce == "prod":
        return _scatter_product(start, dim, index, src)
    return _scatter_extreme(start, dim, index, src, reduce, input.detach())


def _product_rule(xp: Any, grad: Any, input: Any, result: Any, dim: int, index: Any, src: Any) -> Any:
    """Each factor's share is the product of the others, without dividing by zero.

    With ``others`` for the product of all factors that are not 0, ``zeros`` for the sum of those that are (0, but with a
    derivative) and ``count`` for their number, a factor x has the share others / x * (product of the zeros but x).
    """
    only_zeros = lambda t: xp._where(t == 0, t, 0)
    ones = lambda t: xp._where(t == 0, 1, t)
    count = xp.scatter_add(xp._where(input == 0, 1, grad * 0), dim, index, xp._where(src == 0, 1, xp.gather(grad, dim, index) * 0))
    zeros = xp.scatter_add(only_zeros(input), dim, index, only_zeros(src))
    others = xp._scatter_product(ones(input), dim, index, ones(src))

    def share(x: Any, result: Any, count: Any, zeros: Any, others: Any) -> Any:
        itself = xp._where(count == 1, others, xp._where(count == 2, others * (zeros - x), 0))
        some = xp._where(count == 0, result / ones(x), xp._where(count == 1, others / ones(x) * zeros, 0))
        return xp._where(x == 0, itself, some)

    there = [xp.gather(t, dim, index) for t in (result, count, zeros, others)]
    return grad * share(input, result, count, zeros, others), xp.gather(grad, dim, index) * share(src, *there)


@primitive(grad_name="ScatterReduceBackward0", joint=(("input", "src"), _product_rule))
def _scatter_product(input, dim, index, src):
    out = input.copy()
    np.multiply.at(out, _along(index, dim), src[tuple(slice(0, n) for n in index.shape)])
    return out


def _extreme_rule(xp: Any, grad: Any, before: Any, result: Any, dim: int, index: Any, src: Any) -> Any:
    """All elements that equal the extreme share its gradient (torch counts the old element, even where it took no part)."""
    own = xp._where(before == result, 1, grad * 0)
    there = xp.gather(result, dim, index)
    same = xp._where(src == there, 1, xp.gather(grad, dim, index) * 0)
    share = grad / xp.scatter_add(own, dim, index, same)
    return xp._where(before == result, share, 0), xp._where(src == there, xp.gather(share, dim, index), 0)


@primitive(grad_name="ScatterReduceBackward0", joint=(("input", "src"), _extreme_rule))
def _scatter_extreme(input, dim, index, src, reduce, before):
    out = input.copy()
    ufunc = np.maximum if reduce == "amax" else np.minimum
    ufunc.at(out, _along(index, dim), src[tuple(slice(0, n) for n in index.shape)])
    return out


def _check_reduce(name: str, reduce: str, allowed: tuple[str, ...]) -> None:
    if reduce not in allowed:
        raise RuntimeError(f"{name}: reduce must be one of {', '.join(allowed)}, but is {reduce!r}")


@public(inplace=True, node="ScatterReduceBackward0(input, src)")
def scatter_reduce(
    input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True, out: Any = None
) -> Tensor:
    """Reduce ``src`` into the positions that ``index`` lists along a dimension.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : LongTensor
    src : Tensor
        At least as large as ``index`` in every dimension.
    reduce : 'sum', 'prod', 'mean', 'amax' or 'amin'
    include_self : bool
        Whether the elements of ``input`` take part.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.scatter_reduce(torch.zeros(2), 0, torch.tensor([0, 0, 1]), torch.tensor([1.0, 3.0, 2.0]), "amax")
    tensor([3., 2.])
    """
    _check_reduce("scatter_reduce", reduce, ("sum", "prod", "mean", "amax", "amin"))
    dim = _check_index("scatter_reduce", input._array.shape, dim, index._array, False)
    same_type("scatter_reduce", input, src)
    if not input.ndim:
        return _reduce_into(input.reshape(1), 0, index.reshape(-1), src.reshape(-1), reduce, include_self).reshape(())
    if not index.numel():
        return input.clone()
    if not src.ndim:
        src, index = src.reshape(1), index.reshape(1)
    if index.ndim != src.ndim or any(a > b for a, b in zip(index.shape, src.shape, strict=True)):
        raise RuntimeError(f"scatter_reduce: an index of shape {list(index.shape)} does not fit a src of shape {list(src.shape)}")
    if tuple(src.shape) != tuple(index.shape):
        src = src[tuple(slice(0, n) for n in index.shape)]
    return _reduce_into(input, dim, index, src, reduce, include_self)


@public(inplace=True, node="IndexReduceBackward0(input, source)")
def index_reduce(
    input: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *, include_self: bool = True, out: Any = None
) -> Tensor:
    """Reduce the slices of ``source`` into the slices of a dimension that ``index`` lists.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : LongTensor
        A vector of indices along ``dim``.
    source : Tensor
        One slice for each index.
    reduce : 'prod', 'mean', 'amax' or 'amin'
    include_self : bool
        Whether the slices of ``input`` take part.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.index_reduce(torch.ones(2), 0, torch.tensor([0, 0]), torch.tensor([2.0, 3.0]), "prod")
    tensor([6., 1.])
    """
    _check_reduce("index_reduce", reduce, ("prod", "mean", "amax", "amin"))
    dim, places = _checked("index_reduce", input, dim, index)
    same_type("index_reduce", input, source)
    if not input.ndim:
        return _reduce_into(input.reshape(1), 0, wrap(places), source.reshape(1), reduce, include_self).reshape(())
    shape = [1] * input.ndim
    shape[dim] = -1
    wide = wrap(np.ascontiguousarray(np.broadcast_to(places.reshape(shape), source.shape)))
    return _reduce_into(input, dim, wide, source, reduce, include_self)
