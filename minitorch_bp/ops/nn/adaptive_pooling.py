"""Adaptive pooling: averages and maxima over a given number of cells, whatever the size of the input."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from ...core.chain import unfold
from .._base import Tensor, one_node, primitive, public
from .._shapes import check_tensor, floats_only, not_negative, whole_number
from ..creation import from_numpy
from .avg_pooling import _avg_pool, _avg_spread, _wide
from .pooling import _picked, chain_of_rows, place_of_largest


def _cells(n: int, m: int) -> list[tuple[int, int]]:
    """Where the m cells of n elements begin and end: they cover all, and overlap where m does not divide n."""
    return [(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]


def _output_size(name: str, input: Tensor, output_size: Any, n: int) -> tuple[int, ...]:
    check_tensor(name, input)
    if input.ndim not in (n + 1, n + 2):
        kind = ValueError if n > 1 and input.ndim <= n and not isinstance(output_size, int) else RuntimeError
        raise kind(f"{name}: expected an input of {n + 1} or {n + 2} dimensions, but got shape {list(input.shape)}")
    if 0 in input.shape[1 if n == 3 else -n :]:
        raise RuntimeError(f"{name}: only the batch may be empty, but got shape {list(input.shape)}")
    alone = isinstance(output_size, int) or (n == 1 and not isinstance(output_size, (tuple, list)))
    sizes = (output_size,) * n if alone else tuple(output_size)
    chosen = tuple(input.shape[k - len(sizes)] if s is None else whole_number(name, "output_size", s) for k, s in enumerate(sizes))
    if len(sizes) != n:
        raise RuntimeError(f"{name}: output_size must have {n} entries, but got {sizes}")
    not_negative(name, output_size=chosen)
    if math.prod((*input.shape[:-n], *chosen)) * input.element_size() >= 1 << 63:
        raise RuntimeError(f"{name}: a result of shape {[*input.shape[:-n], *chosen]} is too large")
    return chosen


def _average_name(node: Any) -> str:
    sizes = node.reads("sizes")
    n = len(sizes)
    if n == 1:
        return "SqueezeBackward1"
    return "MeanBackward1" if sizes == (1,) * n else f"AdaptiveAvgPool{n}DBackward0"


@primitive(
    grad_name=_average_name,
    input=lambda xp, grad, input, sizes: xp._adaptive_spread(grad, input, sizes),
)
def _adaptive_average(input, sizes):
    n, own = len(sizes), input.dtype
    input = _wide(input)
    if sizes == (1,) * n:  # over everything: one sum of long rows
        total = np.add.reduce(input.reshape(*input.shape[:-n], math.prod(input.shape[-n:])), -1)
        return (total / input.dtype.type(math.prod(input.shape[-n:]))).reshape((*total.shape, *sizes)).astype(own, copy=False)
    windows = _as_windows(input.shape, sizes)
    if windows is not None:
        return _avg_pool.op.kernel(input, windows, np.asarray(math.prod(windows[0]))).astype(own, copy=False)
    for axis in range(-1, -n - 1, -1):
        cells = _cells(input.shape[axis], sizes[axis])
        shape = list(input.shape)
        shape[axis] = sizes[axis]
        out = np.empty(shape, input.dtype)
        for k, (start, stop) in enumerate(cells):
            part = np.add.reduce(input[_at(input.ndim, axis, slice(start, stop))], axis)
            out[_at(input.ndim, axis, k)] = part / input.dtype.type(stop - start)
        input = out
    return input.astype(own, copy=False)


def _average_chain(x: Tensor, saved: Any) -> Tensor | None:
    return _adaptive_average(x, (1, *saved["sizes"])) if len(saved["sizes"]) == 1 else None


_adaptive_average.op.unfold = functools.partial(unfold, compose=functools.partial(chain_of_rows, compose=_average_chain))


def _as_windows(shape: Any, sizes: Any) -> Any:
    """The cells as windows of ordinary pooling, if all have one size."""
    n = len(sizes)
    if any(not m or s % m for s, m in zip(shape[-n:], sizes, strict=True)):
        return None
    kernel = tuple(s // m for s, m in zip(shape[-n:], sizes, strict=True))
    return kernel, kernel, (0,) * n, (1,) * n, sizes, (0,) * n


def _at(ndim: int, axis: int, where: Any) -> Any:
    return (slice(None),) * (ndim + axis) + (where,)


# (The gradient does not depend on the input. torch says that it may, and a second backward relies on it.)
@primitive(
    grad=lambda xp, g, sizes: xp._adaptive_average(g, sizes),
    input=lambda xp, g: xp._zeros_of(g),
)
def _adaptive_spread(grad, input, sizes):
    """Spread every gradient evenly over the elements of its cell."""
    windows = _as_windows(input.shape, sizes)
    if windows is not None:
        return _avg_spread.op.kernel(grad, input, windows, np.asarray(math.prod(windows[0])))
    own, grad = grad.dtype, _wide(grad)
    for axis in range(-len(sizes), 0):
        shape = list(grad.shape)
        shape[axis] = input.shape[axis]
        out = np.zeros(shape, grad.dtype)
        for k, (start, stop) in enumerate(_cells(input.shape[axis], sizes[axis])):
            part = grad[_at(grad.ndim, axis, slice(k, k + 1))] / grad.dtype.type(stop - start)
            out[_at(grad.ndim, axis, slice(start, stop))] += part
        grad = out
    return grad.astype(own, copy=False)


def _adaptive_avg(name: str, input: Tensor, output_size: Any, n: int) -> Tensor:
    sizes = _output_size(name, input, output_size, n)
    floats_only(name, input._array)
    return _adaptive_average(input, sizes)


@public("torch", "nn.functional")
def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """Means over ``output_size`` cells that together cover the row; see :func:`adaptive_avg_pool2d`.

    Parameters
    ----------
    input : Tensor of shape (N, C, L) or (C, L)
    output_size : int

    Returns
    -------
    Tensor
        Of shape (N, C, output_size) or (C, output_size).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.adaptive_avg_pool1d(torch.tensor([[1.0, 2.0, 3.0, 4.0]]), 2)
    tensor([[1.5000, 3.5000]])
    """
    return _adaptive_avg("adaptive_avg_pool1d", input, output_size, 1)


@public("nn.functional", images=True, sized="input")
def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    r"""Average over a grid of cells, whatever the image's size.

    Cell i covers :math:`\lfloor i n / m \rfloor` to :math:`\lceil (i + 1) n / m \rceil`.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (C, H, W)
    output_size : int or pair of ints
        None in its place keeps a size.

    Returns
    -------
    Tensor
        Of ``output_size`` in the last two dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.adaptive_avg_pool2d(torch.arange(4.0).reshape(1, 1, 2, 2), 1)
    tensor([[[[1.5000]]]])
    """
    return _adaptive_avg("adaptive_avg_pool2d", input, output_size, 2)


@public("nn.functional")
def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """Average over a grid of cells of a volume; see :func:`adaptive_avg_pool2d`.

    Parameters
    ----------
    input : Tensor of shape (N, C, D, H, W) or (C, D, H, W)
    output_size : int or three ints
        None in its place keeps a size.

    Returns
    -------
    Tensor
        Of ``output_size`` in the last three dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.adaptive_avg_pool3d(torch.ones(1, 1, 2, 2, 2), 1)
    tensor([[[[[1.]]]]])
    """
    return _adaptive_avg("adaptive_avg_pool3d", input, output_size, 3)


def _adaptive_max(name: str, input: Tensor, output_size: Any, n: int, return_indices: bool) -> Any:
    sizes = _output_size(name, input, output_size, n)
    floats_only(name, input._array)
    if 0 in input.shape[1:]:
        raise RuntimeError(f"{name}: only the first dimension may be empty, but got shape {list(input.shape)}")
    x = input._array
    lead, shape = x.shape[:-n], x.shape[-n:]
    places = np.empty((*lead, *sizes), np.int64)
    number = np.arange(math.prod(shape)).reshape(shape)
    cells = [_cells(s, m) for s, m in zip(shape, sizes, strict=True)]
    for out in np.ndindex(*sizes):
        cell: Any = tuple(slice(*cells[k][i]) for k, i in enumerate(out))
        part = x[(..., *cell)].reshape(*lead, number[cell].size)
        places[(..., *out)] = number[cell].reshape(-1)[place_of_largest(part)]
    index = from_numpy(places)
    alone = input.ndim == n + 1
    shown = f"AdaptiveMaxPool{n}DBackward0"
    batch, at = (input.unsqueeze(0), index.unsqueeze(0)) if alone else (input, index)
    if n == 1:  # PyTorch pools rows as images of one row
        values = _picked(input.unsqueeze(-2), index.unsqueeze(-2), "AdaptiveMaxPool2DBackward0").squeeze(-2)
    else:
        values = _picked(batch, at, shown)
        values = one_node(shown, values.squeeze(0), input) if alone else values
    return (values, index) if return_indices else values


@public("torch", "nn.functional")
def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """Maxima over ``output_size`` cells that together cover the row; see :func:`adaptive_avg_pool2d`.

    Parameters
    ----------
    input : Tensor of shape (N, C, L) or (C, L)
    output_size : int
    return_indices : bool
        Also return where each maximum lies in the flattened input.

    Returns
    -------
    Tensor or (Tensor, LongTensor)
        Of ``output_size`` in the last dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.adaptive_max_pool1d(torch.tensor([[1.0, 2.0, 3.0, 4.0]]), 2)
    tensor([[2., 4.]])
    """
    return _adaptive_max("adaptive_max_pool1d", input, output_size, 1, return_indices)


@public("nn.functional", images=True, sized="input")
def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """Maxima over a grid of cells; see :func:`adaptive_avg_pool2d`.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (C, H, W)
    output_size : int or pair of ints
        None in its place keeps a size.
    return_indices : bool
        Also return where each maximum lies in the flattened input.

    Returns
    -------
    Tensor or (Tensor, LongTensor)
        Of ``output_size`` in the last two dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.adaptive_max_pool2d(torch.arange(4.0).reshape(1, 1, 2, 2), 1)
    tensor([[[[3.]]]])
    """
    return _adaptive_max("adaptive_max_pool2d", input, output_size, 2, return_indices)


@public("nn.functional")
def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """Maxima over a grid of cells of a volume; see :func:`adaptive_avg_pool2d`.

    Parameters
    ----------
    input : Tensor of shape (N, C, D, H, W) or (C, D, H, W)
    output_size : int or three ints
        None in its place keeps a size.
    return_indices : bool
        Also return where each maximum lies in the flattened input.

    Returns
    -------
    Tensor or (Tensor, LongTensor)
        Of ``output_size`` in the last three dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.adaptive_max_pool3d(torch.ones(1, 1, 2, 2, 2), 1)
    tensor([[[[[1.]]]]])
    """
    return _adaptive_max("adaptive_max_pool3d", input, output_size, 3, return_indices)
