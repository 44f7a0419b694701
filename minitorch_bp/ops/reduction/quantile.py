"""Medians, quantiles, the k-th smallest and the most frequent element."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, dtypes, one_node, primitive, public, shown_as, wrap
from .._return_types import return_type
from .._shapes import check_tensor, no_booleans, no_keepdim, whole_number, wrap_dim
from ..pointwise.compare import where
from .extremes import _selected_rule, _tie_or_nan_rule, taken
from .sort import sort


@primitive(reals_only=True, grad_name="MedianBackward0", input=_tie_or_nan_rule)
def _median_all(input):
    no_booleans("median", input)
    flat = np.sort(input, axis=None)
    if not flat.size:
        return np.asarray(np.nan if input.dtype.kind in "fV" else 0).astype(input.dtype)
    return flat[-1] if flat[-1] != flat[-1] else flat[(flat.size - 1) // 2]


@primitive(reals_only=True, grad_name="MedianBackward1", outputs=("values",), input=_selected_rule)
def _median_dim(input, dim, keepdim):
    dim = wrap_dim(dim, input.ndim, "median")
    if not input.ndim:
        return input.copy(), np.zeros((), np.int64)
    no_booleans("median", input)
    order = np.argsort(input, dim, kind="stable")
    n = input.shape[dim]
    if not n:
        raise IndexError(f"median: dimension {dim} of shape {list(input.shape)} has no elements")
    middle = np.take(order, [(n - 1) // 2], dim)
    last = np.take(order, [n - 1], dim)
    largest = np.take_along_axis(input, last, dim)
    first_nan = np.expand_dims(np.argmax(input != input, dim), dim)
    index = np.where(largest != largest, first_nan, middle)
    return taken(input, index, dim, keepdim)


@public(exact=True)
def median(input: Tensor, dim: Any = None, keepdim: bool = False, *, out: Any = None) -> Any:
    """The median (of an even number of elements the lower of the middle two); with ``dim``, also its index.

    Parameters
    ----------
    input : Tensor
    dim : int, optional
        All elements by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    Tensor or (Tensor, LongTensor)
        The median, NaN if an element is; with ``dim``, a named tuple ``(values, indices)``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.median(torch.tensor([3.0, 1.0, 2.0, 9.0]))
    tensor(2.)
    """
    if dim is None:
        no_keepdim("median", keepdim)
        return _median_all(input)
    return return_type("median", "values", "indices")(*_median_dim(input, dim, keepdim))


# ---------------------------------------------------------------------- one of a sorted row
@primitive(reals_only=True, grad_name="KthvalueBackward0", outputs=("values",), input=_selected_rule)
def _kthvalue(input, k, dim, keepdim):
    no_booleans("kthvalue", input)
    if not input.ndim:
        return input.copy(), np.zeros((), np.int64)
    return taken(input, np.take(np.argsort(input, dim, kind="stable"), [k - 1], dim), dim, keepdim)


@public(apart=True, exact=True)
def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False, *, out: Any = None) -> Any:
    """The k-th smallest element along a dimension, counted from 1, and its index.

    Parameters
    ----------
    input : Tensor
    k : int
    dim : int
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    (Tensor, LongTensor)
        A named tuple ``(values, indices)``.

    Raises
    ------
    RuntimeError
        If there is no k-th element.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.kthvalue(torch.tensor([3.0, 1.0, 2.0]), 2).values
    tensor(2.)
    """
    k, dim = whole_number("kthvalue", "k", k), wrap_dim(dim, input.ndim, "kthvalue")
    size = input.shape[dim] if input.ndim else 1
    if not size:
        raise IndexError(f"kthvalue: dimension {dim} of {list(input.shape)} is empty")
    if not 1 <= k <= size:
        raise RuntimeError(f"kthvalue: k must lie between 1 and {size}, but is {k}")
    return return_type("kthvalue", "values", "indices")(*_kthvalue(input, k, dim, keepdim))


@primitive(reals_only=True, grad_name="ModeBackward0", outputs=("values",), input=_selected_rule)
def _mode(input, dim, keepdim):
    if not input.ndim:
        return input.copy(), np.zeros((), np.int64)
    rows = np.moveaxis(input, dim, -1)
    index = np.empty((*rows.shape[:-1], 1), np.int64)
    for place in np.ndindex(*rows.shape[:-1]):
        row = rows[place]
        values, counts = np.unique(row, return_counts=True)
        best = values[counts.argmax()]
        index[place] = np.flatnonzero((row == best) | ((row != row) & (best != best)))[-1]
    return taken(input, np.moveaxis(index, -1, dim), dim, keepdim)


@public(exact=True)
def mode(input: Tensor, dim: int = -1, keepdim: bool = False, *, out: Any = None) -> Any:
    """The most frequent element along a dimension (the smallest of several), and its last index.

    Parameters
    ----------
    input : Tensor
    dim : int
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    (Tensor, LongTensor)
        A named tuple ``(values, indices)``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.mode(torch.tensor([2, 1, 2])).values
    tensor(2)
    """
    dim = wrap_dim(dim, input.ndim, "mode")
    if input.ndim and not input.shape[dim]:
        raise IndexError(f"mode: dimension {dim} of {list(input.shape)} is empty")
    return return_type("mode", "values", "indices")(*_mode(input, dim, keepdim))


@primitive(reals_only=True, grad_name="NanmedianBackward1", outputs=("values",), input=_selected_rule)
def _nanmedian_dim(input, dim, keepdim):
    no_booleans("nanmedian", input)
    if not input.ndim:
        return input.copy(), np.zeros((), np.int64)
    order = np.argsort(input, dim, kind="stable")
    count = (input == input).sum(dim, keepdims=True)
    return taken(input, np.take_along_axis(order, np.maximum(count - 1, 0) // 2, dim), dim, keepdim)


@public(exact=True)
def nanmedian(input: Tensor, dim: Any = None, keepdim: bool = False, *, out: Any = None) -> Any:
    """:func:`median` of the elements that are not NaN.

    Parameters
    ----------
    input : Tensor
    dim : int, optional
        All elements by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    Tensor or (Tensor, LongTensor)
        The median; with ``dim``, a named tuple ``(values, indices)``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nanmedian(torch.tensor([3.0, float("nan"), 1.0]))
    tensor(1.)
    """
    check_tensor("nanmedian", input)
    if dim is None:
        if not input.is_floating_point():
            return median(input)
        kept = input[input == input]
        return one_node("NanmedianBackward0", median(kept if kept.numel() else input), input)
    values, indices = _nanmedian_dim(input, wrap_dim(dim, input.ndim, "nanmedian"), keepdim)
    return return_type("nanmedian", "values", "indices")(shown_as(values, "NanmedianBackward1"), indices)


# ---------------------------------------------------------------------- quantiles
def _quantiles(name: str, input: Tensor, q: Any, dim: Any, keepdim: bool, interpolation: str, skip_nan: bool) -> Tensor:
    check_tensor(name, input)
    if input.dtype not in (dtypes.float32, dtypes.float64):
        raise RuntimeError(f"{name}: expected a tensor of type float or double, but got {input.dtype!r}")
    if not isinstance(q, Tensor):
        if not 0 <= q <= 1:
            raise RuntimeError(f"{name}: q must lie between 0 and 1, but is {q}")
        q = wrap(np.asarray(q, input._array.dtype))
    if q.dtype is not input.dtype:
        raise RuntimeError(f"{name}: q must have the input's type {input.dtype!r}, but has {q.dtype!r}")
    if q.ndim > 1:
        raise RuntimeError(f"{name}: q must be a number or a vector, but has shape {list(q.shape)}")
    if not input.numel():
        raise RuntimeError(f"{name}: the input is empty")
    if interpolation not in ("linear", "lower", "higher", "midpoint", "nearest"):
        raise RuntimeError(f"{name}: unknown interpolation {interpolation!r}")
    if q.numel() and not (bool((q >= 0).all()) and bool((q <= 1).all())):
        raise RuntimeError(f"{name}: q must lie between 0 and 1")
    whole = dim is None
    last = whole or dim in (-1, input.ndim - 1)
    if not whole:
        wrap_dim(dim, input.ndim, name)
    x = (
        input.flatten()
        if whole
        else (input if last else input.transpose(wrap_dim(dim, input.ndim, name), -1))
        if input.ndim
        else input.reshape(1)
    )
    rows = sort(x, -1)[0]
    rows = rows.view(*rows.shape[:-1], 1, rows.shape[-1])
    places = q.reshape(-1, 1)
    if skip_nan:
        count = (rows.detach() == rows.detach()).sum(-1, keepdim=True).to(input.dtype)
        rank = places * (count - 1).clamp(min=0)
    else:
        rank = places * (x.shape[-1] - 1)
        largest = rows.detach()[..., -1:]  # NaN, if there is one; then it is every quantile, and gets the gradient
        rank = where(largest != largest, x.shape[-1] - 1, rank)
    values = _between(rows, rank, interpolation)
    if last and not q.ndim and not keepdim:
        return shown_as(values.squeeze((-2, -1)), "SqueezeBackward4")
    values = values.squeeze(-1)  # (..., number of q)
    order = (values.ndim - 1, *range(values.ndim - 1))
    result = values.permute(order)
    if keepdim:
        result = result.unsqueeze(-1)
        if whole:
            result = result.reshape(result.shape[0], *(1,) * input.ndim)
        elif input.ndim:
            result = result.transpose(1 + wrap_dim(dim, input.ndim), -1)
        else:
            result = result.reshape(result.shape[0])
    elif not whole and input.ndim > 1:
        d = wrap_dim(dim, input.ndim)
        if d != input.ndim - 1:  # the last dimension stands where the reduced one was: put it back at the end
            keep = result.unsqueeze(-1).transpose(1 + d, -1)
            result = keep.squeeze(1 + d)
    elif not input.ndim and not whole:
        result = result.reshape(result.shape[0])
    return result if q.ndim else result.squeeze(0)


def _between(rows: Tensor, rank: Tensor, interpolation: str) -> Tensor:
    """The elements at fractional ranks of sorted rows."""
    shape = np.broadcast_shapes(tuple(rows.shape[:-1]) + (1,), tuple(rank.shape))
    if tuple(rows.shape[:-1]) != shape[:-1]:
        rows = rows.expand(*shape[:-1], rows.shape[-1])
    rank = rank.expand(shape)
    below, above = rank.detach().floor().long(), rank.detach().ceil().long()
    if interpolation == "nearest":
        return rows.gather(-1, rank.detach().round().long())
    if interpolation in ("lower", "higher"):
        return rows.gather(-1, below if interpolation == "lower" else above)
    low, high = rows.gather(-1, below), rows.gather(-1, above)
    part = rank - below.to(rank.dtype) if interpolation == "linear" else (rank * 0 + 0.5)
    return low.lerp(high, part)


@public(exact=True)
def quantile(
    input: Tensor, q: Any, dim: Any = None, keepdim: bool = False, *, interpolation: str = "linear", out: Any = None
) -> Tensor:
    """The q-quantiles: the values below which a fraction ``q`` of the elements lies.

    Parameters
    ----------
    input : Tensor
        Of dtype float32 or float64.
    q : float or Tensor
        One fraction or a vector of them, in [0, 1].
    dim : int, optional
        All elements by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    interpolation : 'linear', 'lower', 'higher', 'midpoint' or 'nearest'
        What lies between two elements.

    Returns
    -------
    Tensor
        With a first dimension for ``q`` if that is a vector.

    Raises
    ------
    RuntimeError
        If ``q`` lies outside of [0, 1].

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.quantile(torch.tensor([0.0, 1.0, 2.0]), 0.75)
    tensor(1.5000)
    """
    return _quantiles("quantile", input, q, dim, keepdim, interpolation, False)


@public(exact=True)
def nanquantile(
    input: Tensor, q: Any, dim: Any = None, keepdim: bool = False, *, interpolation: str = "linear", out: Any = None
) -> Tensor:
    """:func:`quantile` of the elements that are not NaN.

    Parameters
    ----------
    input : Tensor
        Of dtype float32 or float64.
    q : float or Tensor
        One fraction or a vector of them, in [0, 1].
    dim : int, optional
        All elements by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    interpolation : 'linear', 'lower', 'higher', 'midpoint' or 'nearest'
        What lies between two elements.

    Returns
    -------
    Tensor
        With a first dimension for ``q`` if that is a vector.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nanquantile(torch.tensor([0.0, float("nan"), 2.0]), 0.5)
    tensor(1.)
    """
    return _quantiles("nanquantile", input, q, dim, keepdim, interpolation, True)
