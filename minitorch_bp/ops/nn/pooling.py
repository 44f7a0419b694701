"""Max pooling: the largest element of each window, its gradient to the element it came from, and back by index.

The windows are taken one place at a time: place (0, 0) of all windows is a slice of the input with the stride as its step, and so
on. So a window of 2 x 2 costs four slices and three comparisons of whole arrays, and what must be remembered is a small number per
window: which place was the largest.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ...core.chain import argument, unfold
from ...core.saved import RELEASED
from ...core.tensor import version_cell
from .._base import Tensor, one_node, primitive, public
from .._shapes import check_tensor, floats_only, kept_where, no_booleans, one_each, positive
from ..creation import from_numpy, zeros
from .conv import padded, unpadded


def _pooled_sizes(name: str, shape: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool) -> tuple[int, ...]:
    positive(name, dilation=dilation, stride=stride, window=kernel)
    if any(p < 0 or 2 * p > k for p, k in zip(padding, kernel, strict=True)):
        raise RuntimeError(f"{name}: the padding {list(padding)} must lie between 0 and half of the window {list(kernel)}")
    sizes = []
    for n, k, s, p, d in zip(shape, kernel, stride, padding, dilation, strict=True):
        room = n + 2 * p - d * (k - 1) - 1
        m = (-(-room // s) if ceil_mode else room // s) + 1
        if ceil_mode and (m - 1) * s >= n + p:
            m -= 1  # a window must start inside the input or the left padding
        if m <= 0:
            raise RuntimeError(f"{name}: the window {list(kernel)} does not fit into an input of shape {list(shape)}")
        sizes.append(m)
    return tuple(sizes)


def _stride(name: str, stride: Any, kernel: tuple[int, ...]) -> tuple[int, ...]:
    """The stride, which is the size of the window if there is none, or if it is empty."""
    return (
        kernel
        if stride is None or (isinstance(stride, (tuple, list)) and not stride)
        else one_each(name, "stride", stride, len(kernel))
    )


def _pool_arguments(
    name: str, n: int, input: Tensor, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> Any:
    """``(kernel, stride, before, dilation, sizes, after)``: ``before`` and ``after`` are the padding at both ends."""
    check_tensor(name, input)
    if input.ndim not in (n + 1, n + 2):
        raise RuntimeError(f"{name}: expected an input of {n + 1} or {n + 2} dimensions, but got shape {list(input.shape)}")
    if 0 in input.shape[-n - 1 :]:
        raise RuntimeError(f"{name}: only the batch may be empty, but got shape {list(input.shape)}")
    kernel, padding = one_each(name, "kernel_size", kernel_size, n), one_each(name, "padding", padding, n)
    stride, dilation = _stride(name, stride, kernel), one_each(name, "dilation", dilation, n)
    shape = input.shape[-n:]
    sizes = _pooled_sizes(name, shape, kernel, stride, padding, dilation, ceil_mode)
    need = [(m - 1) * s + d * (k - 1) + 1 for m, s, d, k in zip(sizes, stride, dilation, kernel, strict=True)]
    after = tuple(max(w - size - p, 0) for w, size, p in zip(need, shape, padding, strict=True))
    return kernel, stride, padding, dilation, sizes, after


def places(kernel: Any, stride: Any, dilation: Any, sizes: Any) -> Iterator[tuple[int, Any]]:
    """Each place of a window, numbered, with the slice that takes it from all windows at once."""
    for number, place in enumerate(np.ndindex(*kernel)):
        where = [slice(i * d, i * d + s * m, s) for i, d, s, m in zip(place, dilation, stride, sizes, strict=True)]
        yield number, (..., *where)


# ---------------------------------------------------------------------- the largest of each window
_NAMES = {1: "SqueezeBackward1", 2: "MaxPool2DWithIndicesBackward0", 3: "MaxPool3DWithIndicesBackward0"}


@primitive(
    outputs=("values",),
    grad_name=lambda node: _NAMES[len(node.reads("windows")[0])],
    input=lambda xp, grad, input, result1, windows: xp._to_largest(grad, input, result1, windows),
)
def _max_pool(input, windows):
    no_booleans("max_pool", input)
    kernel, stride, before, dilation, sizes, after = windows
    low = -np.inf if input.dtype.kind in "fV" else np.iinfo(input.dtype).min
    x = padded(input, before, after, low)
    parts = [x[where] for _, where in places(kernel, stride, dilation, sizes)]
    best = parts[0].copy()
    which = np.zeros(best.shape, np.uint8 if len(parts) < 256 else np.int32)
    for number, part in enumerate(parts[1:], 1):
        larger = np.greater(part, best).view(np.uint8)
        np.maximum(best, part, out=best)
        # Where larger, the new number: by bits, without a branch per element (as in the rectifier's gradient).
        which ^= (which ^ which.dtype.type(number)) & np.negative(larger.astype(which.dtype, copy=False))
    bounded = x is not input and low == -np.inf and np.isneginf(best).any()
    if bounded or (best.dtype.kind in "fV" and np.isnan(best).any()):
        which = _first_largest(parts, input, windows, which.dtype)
    return best, which


def chain_of_rows(node: Any, compose: Any) -> Tensor | None:
    """The chain of a node that pools rows: PyTorch pools images of one row. ``compose`` does so, given the saved values by name."""
    if node.saved is RELEASED:
        return None
    out = compose(argument(node, "input", node.shape).unsqueeze(-2), dict(zip(node.plan.names, node.saved, strict=True)))
    return None if out is None else out.squeeze(-2)


def as_image(windows: Any) -> Any:
    """The windows of a row as those of an image of one row; None if they are none of a row."""
    return tuple((fill, *w) for fill, w in zip((1, 1, 0, 1, 1, 0), windows, strict=True)) if len(windows[0]) == 1 else None


def _max_pool_chain(x: Tensor, saved: Any) -> Tensor | None:
    windows = as_image(saved["windows"])
    return None if windows is None else _max_pool(x, windows)[0]


_max_pool.op.unfold = functools.partial(unfold, compose=functools.partial(chain_of_rows, compose=_max_pool_chain))


def place_of_largest(x: np.ndarray) -> np.ndarray:
    """Along the last dimension: the first of the largest elements; where there is a NaN, the last NaN, as in PyTorch."""
    places = x.argmax(-1)
    nan = np.isnan(x) if x.dtype.kind in "fV" else None
    if nan is None or not nan.any():
        return places
    return np.where(nan.any(-1), x.shape[-1] - 1 - nan[..., ::-1].argmax(-1), places)


def _first_largest(parts: list[np.ndarray], input: np.ndarray, windows: Any, dtype: Any) -> np.ndarray:
    """Where NaN is the largest, or a place of the padding would win against minus infinity."""
    kernel, stride, before, dilation, sizes, after = windows
    which = place_of_largest(np.stack(parts, -1))
    real = padded(np.ones(input.shape[-len(kernel) :], bool), before, after, False)
    valid = np.stack([real[where] for _, where in places(kernel, stride, dilation, sizes)], -1)
    wins = np.take_along_axis(np.broadcast_to(valid, (*which.shape, valid.shape[-1])), which[..., None], -1)[..., 0]
    return np.where(wins, which, valid.argmax(-1)).astype(dtype)


# (The gradient does not depend on the input but by way of ``which``. torch says that it may, and a second backward relies on it.)
@primitive(
    grad=lambda xp, g, which, windows: xp._at_largest(g, which, windows),
    input=lambda xp, g: xp._zeros_of(g),
)
def _to_largest(grad, input, which, windows):
    """Return every gradient to the position of its window's maximum."""
    kernel, stride, before, dilation, sizes, after = windows
    n = len(kernel)
    shape = input.shape[-n:]
    out = np.zeros((*input.shape[:-n], *(s + b + a for s, b, a in zip(shape, before, after, strict=True))), grad.dtype)
    apart = all(s >= d * (k - 1) + 1 for s, d, k in zip(stride, dilation, kernel, strict=True))
    for number, where in places(kernel, stride, dilation, sizes):
        part = kept_where(np.equal(which, number), grad)
        if apart:
            out[where] = part
        else:
            out[where] += part
    return out[unpadded(before, shape)]


@primitive(input=lambda xp, grad, input, which, windows: xp._to_largest(grad, input, which, windows))
def _at_largest(input, which, windows):
    kernel, stride, before, dilation, sizes, after = windows
    x = padded(input, before, after)
    out = np.zeros(which.shape, x.dtype)
    for number, where in places(kernel, stride, dilation, sizes):
        out += kept_where(np.equal(which, number), x[where])
    return out


def _flat_places(which: Any, input: Any, windows: Any) -> Tensor:
    """The index of each maximum in the flattened image, for ``return_indices``."""
    kernel, stride, before, dilation, sizes, _ = windows
    places: Any = 0
    for d, at in enumerate(np.unravel_index(which._array, kernel)):
        first = np.arange(sizes[d]) * stride[d] - before[d]
        along = first.reshape(-1, *(1,) * (len(kernel) - 1 - d)) + at * dilation[d]
        places = places * input.shape[d - len(kernel)] + along
    return from_numpy(np.asarray(places, np.int64))


def _pooled(
    n: int, input: Tensor, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool, return_indices: bool
) -> Any:
    windows = _pool_arguments(f"max_pool{n}d", n, input, kernel_size, stride, padding, dilation, ceil_mode)
    values, which = _max_pool(input, windows)
    if not return_indices:
        return values
    index = _flat_places(which, input, windows)
    index._cell = version_cell(which)  # to change the indices is to change what the gradient reads
    return values, index


@public("torch", "nn.functional")
def max_pool1d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:  # fmt: skip
    """The maximum of each window of a row; see :func:`max_pool2d`.

    Parameters
    ----------
    input : Tensor of shape (N, C, L) or (C, L)
    kernel_size, stride, padding, dilation : int
        The stride is the kernel size unless given.
    ceil_mode, return_indices : bool
        As in :func:`max_pool2d`.

    Returns
    -------
    Tensor or (Tensor, LongTensor)
        One maximum per window.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.max_pool1d(torch.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
    tensor([[3., 2.]])
    """
    if not return_indices:  # with them, PyTorch goes by way of two dimensions, which integers have
        floats_only("max_pool1d", input._array)
    return _pooled(1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


@public("torch", "nn.functional", images=True)
def max_pool3d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:  # fmt: skip
    """The maximum of each window of a volume; see :func:`max_pool2d`.

    Parameters
    ----------
    input : Tensor of shape (N, C, D, H, W) or (C, D, H, W)
    kernel_size, stride, padding, dilation : int or three ints
        The stride is the kernel size unless given.
    ceil_mode, return_indices : bool
        As in :func:`max_pool2d`.

    Returns
    -------
    Tensor or (Tensor, LongTensor)
        One maximum per window.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.max_pool3d(torch.arange(8.0).reshape(1, 1, 2, 2, 2), 2)
    tensor([[[[[7.]]]]])
    """
    return _pooled(3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


@public("torch", "nn.functional", images=True)
def max_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The maximum of each window of an image; on a tie the gradient goes to the first.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (C, H, W)
    kernel_size, stride, padding, dilation : int or pair of ints
        The stride is the kernel size unless given.
    ceil_mode : bool
        Let the last window reach over the edge.
    return_indices : bool
        Also return where each maximum lies in the flattened input.

    Returns
    -------
    Tensor or (Tensor, LongTensor)
        One maximum per window.

    Raises
    ------
    RuntimeError
        If no window fits, or the padding exceeds half of it.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.max_pool2d(torch.arange(16.0).reshape(1, 1, 4, 4), 2)
    tensor([[[[ 5.,  7.],
              [13., 15.]]]])
    """
    return _pooled(2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


# ---------------------------------------------------------------------- by index
@primitive(grad=lambda xp, g, index: xp._picked(g, index, ""), input=lambda xp, g: xp._zeros_of(g))
def _unpool(grad, input, index):
    """Return every gradient to the position that its index gives, in each flattened image."""
    shape = input.shape
    out = np.zeros((shape[0] * shape[1], math.prod(shape[2:])), grad.dtype)
    flat = index.reshape(len(out), math.prod(index.shape[2:]))
    np.add.at(out, (np.arange(len(out))[:, None], flat), grad.reshape(flat.shape))
    return out.reshape(shape)


@primitive(
    grad_name=lambda node: node.reads("name"),
    input=lambda xp, grad, input, index, name: xp._unpool(grad, input, index),
)
def _picked(input, index, name):
    """The elements of each flattened image at the given indices."""
    flat = input.reshape(*input.shape[:2], math.prod(input.shape[2:]))
    return np.take_along_axis(flat, index.reshape(*index.shape[:2], math.prod(index.shape[2:])), -1).reshape(index.shape)


def _max_unpool(n: int, input: Tensor, indices: Tensor, kernel_size: Any, stride: Any, padding: Any, output_size: Any) -> Tensor:
    name = f"max_unpool{n}d"
    check_tensor(name, input)
    if indices._array.dtype != np.int64:
        raise RuntimeError(f"{name}: the indices must be of type torch.int64, but are of type {indices.dtype!r}")
    if indices.shape != input.shape:
        raise RuntimeError(f"{name}: indices of shape {list(indices.shape)} do not fit an input of shape {list(input.shape)}")
    kernel, padding = one_each(name, "kernel_size", kernel_size, n), one_each(name, "padding", padding, n)
    stride = _stride(name, stride, kernel)
    for option, value in (("kernel_size", kernel), ("stride", stride), ("padding", padding)):
        if len(value) != n:
            raise RuntimeError(f"{name}: {option} must be a number or {n} of them, but is {value}")
    shape = tuple((m - 1) * s - 2 * p + k for m, s, p, k in zip(input.shape[-n:], stride, padding, kernel, strict=True))
    if output_size is not None:
        given = tuple(output_size)
        if len(given) not in (n, n + 2):
            raise ValueError(f"{name}: output_size must have {n} or {n + 2} entries, but is {list(given)}")
        given = given[-n:]
        if any(abs(g - m) >= s for g, m, s in zip(given, shape, stride, strict=True)):
            raise ValueError(
                f"{name}: output_size {list(given)} is none that was pooled: each entry must lie within the stride {list(stride)} "
                f"of {list(shape)}"
            )
        shape = given
    lead = input.shape[:-n]
    if indices.numel() and not 0 <= int(indices._array.min()) <= int(indices._array.max()) < math.prod(shape):
        raise RuntimeError(f"{name}: an index lies outside of the output of shape {list(shape)}")
    empty = zeros(*lead, math.prod(shape), dtype=input.dtype)
    images = input.unsqueeze(-2) if n == 1 else input  # PyTorch unpools rows as images
    out = empty.scatter(-1, indices.flatten(-n), images.flatten(-max(n, 2))).reshape((*lead, *((1,) if n == 1 else ()), *shape))
    out = one_node(f"MaxUnpool{max(n, 2)}DBackward0", out, images)
    return out.squeeze(-2) if n == 1 else out


@public("nn.functional")
def max_unpool1d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """Put the maxima back where they were pooled from, with zeros elsewhere.

    Parameters
    ----------
    input : Tensor of shape (N, C, L) or (C, L)
        The maxima.
    indices : LongTensor
        From :func:`max_pool1d`.
    kernel_size, stride, padding : int
        Those of the pooling.
    output_size : tuple of ints, optional
        Where several sizes give the same result.

    Returns
    -------
    Tensor
        Of the size before pooling.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.max_unpool1d(torch.tensor([[5.0]]), torch.tensor([[1]]), 2)
    tensor([[0., 5.]])
    """
    return _max_unpool(1, input, indices, kernel_size, stride, padding, output_size)


@public("nn.functional", images=True)
def max_unpool2d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """Put the maxima of an image back where they were pooled from; see :func:`max_unpool1d`.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (C, H, W)
        The maxima.
    indices : LongTensor
        From :func:`max_pool2d`.
    kernel_size, stride, padding : int or pair of ints
        Those of the pooling.
    output_size : tuple of ints, optional
        Where several sizes give the same result.

    Returns
    -------
    Tensor
        Of the size before pooling.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.max_unpool2d(torch.tensor([[[5.0]]]), torch.tensor([[[3]]]), 2)
    tensor([[[0., 0.],
             [0., 5.]]])
    """
    return _max_unpool(2, input, indices, kernel_size, stride, padding, output_size)


@public("nn.functional")
def max_unpool3d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """Put the maxima of a volume back where they were pooled from; see :func:`max_unpool1d`.

    Parameters
    ----------
    input : Tensor of shape (N, C, D, H, W) or (C, D, H, W)
        The maxima.
    indices : LongTensor
        From :func:`max_pool3d`.
    kernel_size, stride, padding : int or three ints
        Those of the pooling.
    output_size : tuple of ints, optional
        Where several sizes give the same result.

    Returns
    -------
    Tensor
        Of the size before pooling.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.max_unpool3d(torch.ones(1, 1, 1, 1), torch.zeros(1, 1, 1, 1, dtype=torch.int64), 2).sum()
    tensor(1.)
    """
    return _max_unpool(3, input, indices, kernel_size, stride, padding, output_size)
