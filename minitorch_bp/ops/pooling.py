"""Pooling: the largest, or the average, of each window."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core.primitive import primitive
from ..core.tensor import Tensor
from .conv import _windows, as_tuple
from .windows import _pooled_sizes


@primitive(
    method=False,
    outputs=("values",),
    grad_name="MaxPool2DWithIndicesBackward0",
    input=lambda xp, grad, input, result1: xp._unpool(grad, input, result1),
)
def _max_pool2d(input, kernel, stride, padding, dilation, sizes):
    low = -np.inf if input.dtype.kind in "fV" else np.iinfo(input.dtype).min
    rows, columns = input.shape[2:]
    need = [(m - 1) * s + d * (k - 1) + 1 for m, s, d, k in zip(sizes, stride, dilation, kernel, strict=True)]
    pads = [(p, max(p, w - n - p)) for p, w, n in zip(padding, need, (rows, columns), strict=True)]
    x = np.pad(input, ((0, 0), (0, 0), *pads), constant_values=low) if any(map(any, pads)) else input
    windows = _windows(x, kernel, stride, dilation, sizes).reshape(*input.shape[:2], *sizes, -1)
    best = windows.argmax(-1)
    if any(map(any, pads)) and np.isneginf(input).any():  # a place of the padding must not win against minus infinity
        real = np.pad(np.ones(input.shape, bool), ((0, 0), (0, 0), *pads))
        real = _windows(real, kernel, stride, dilation, sizes).reshape(windows.shape)
        best = np.where(np.take_along_axis(real, best[..., None], -1)[..., 0], best, real.argmax(-1))
    values = np.take_along_axis(windows, best[..., None], -1)[..., 0]
    i = np.arange(sizes[0])[:, None] * stride[0] - padding[0] + best // kernel[1] * dilation[0]
    j = np.arange(sizes[1]) * stride[1] - padding[1] + best % kernel[1] * dilation[1]
    return values, i * columns + j


@primitive(method=False, grad=lambda xp, g, index: xp._pool_at(g, index), input=lambda xp, g: xp._zeros_of(g))
def _unpool(grad, input, index):
    """Every gradient back to the place that its window's largest element came from."""
    shape = input.shape
    out = np.zeros((shape[0] * shape[1], math.prod(shape[2:])), grad.dtype)
    flat = index.reshape(len(out), math.prod(index.shape[2:]))
    np.add.at(out, (np.arange(len(out))[:, None], flat), grad.reshape(flat.shape))
    return out.reshape(shape)


@primitive(method=False, input=lambda xp, grad, input, index: xp._unpool(grad, input, index))
def _pool_at(input, index):
    flat = input.reshape(*input.shape[:2], -1)
    return np.take_along_axis(flat, index.reshape(*index.shape[:2], -1), -1).reshape(index.shape)


def max_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window of an image; on a tie the gradient goes to the first.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (C, H, W)
    kernel_size, stride, padding, dilation : int or pair
        The stride is the kernel size unless given.
    ceil_mode : bool
        Let the last window reach over the edge.
    return_indices : bool
        Also return where each element came from, counted in the flattened image.

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
    if input.ndim == 3:
        found = max_pool2d(input.unsqueeze(0), kernel_size, stride, padding, dilation, ceil_mode, return_indices)
        return tuple(t.squeeze(0) for t in found) if return_indices else found.squeeze(0)
    if input.ndim != 4:
        raise RuntimeError(f"max_pool2d: expected an input of 3 or 4 dimensions, but got shape {list(input.shape)}")
    kernel, padding, dilation = as_tuple(kernel_size, 2), as_tuple(padding, 2), as_tuple(dilation, 2)
    stride = kernel if stride is None or stride == [] else as_tuple(stride, 2)
    sizes = _pooled_sizes("max_pool2d", input._array.shape[-2:], kernel, stride, padding, dilation, ceil_mode)
    values, index = _max_pool2d(input, kernel, stride, padding, dilation, sizes)
    return (values, index) if return_indices else values
