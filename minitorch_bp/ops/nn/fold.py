"""Sliding windows: ``unfold`` lays the windows of an image out as columns, ``fold`` adds columns up to an image.

One primitive lays the windows out, ``(N, C, *out, *kernel)``; its derivative adds them back. What both call ``windows`` is
the kernel, the stride, the dilation and the size of the output.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._base import Tensor, primitive, public, shown_as
from .._shapes import check_tensor, floats_only, not_negative, one_each, positive, wrap_dim
from ..shape.constant_pad import _pad
from .conv import _out_sizes, _windows


@primitive(grad_name="UnfoldBackward0", input=lambda xp, grad, input_shape, windows: xp._overlay(grad, input_shape, windows))
def _laid_out_windows(input, windows):
    return _windows(input, *windows).copy()


@primitive(grad_name="Im2ColBackward0", input=lambda xp, grad, windows: xp._laid_out_windows(grad, windows))
def _overlay(input, shape, windows):
    """Add the windows up at their positions: the adjoint of extracting them."""
    out = np.zeros(shape, input.dtype)
    kernel, stride, dilation, sizes = windows
    for place in np.ndindex(*kernel):
        where: Any = tuple(slice(i * d, i * d + s * m, s) for i, d, s, m in zip(place, dilation, stride, sizes, strict=True))
        out[(..., *where)] += input[(..., *place)]
    return out


# ---------------------------------------------------------------------- unfold, fold
def _pairs(name: str, **options: Any) -> list[tuple[int, ...]]:
    """Each option as two numbers."""
    return [one_each(name, option, value, 2, alone=False) for option, value in options.items()]


def _column_sizes(name: str, shape: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> tuple[int, ...]:
    positive(name, kernel_size=kernel, stride=stride, dilation=dilation)
    not_negative(name, padding=padding)
    sizes = _out_sizes(shape, kernel, stride, padding, dilation)
    if any(m <= 0 for m in sizes):
        raise RuntimeError(f"{name}: the window {list(kernel)} does not fit into the padded shape {list(shape)}")
    return sizes


@public("nn.functional", node="Im2ColBackward0(input)")
def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """Every window of an image as a column (im2col).

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (C, H, W)
    kernel_size, dilation, padding, stride : int or pair of ints

    Returns
    -------
    Tensor
        Of shape (N, C kH kW, number of windows).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.unfold(torch.arange(9.0).reshape(1, 1, 3, 3), 2)
    tensor([[[0., 1., 3., 4.],
             [1., 2., 4., 5.],
             [3., 4., 6., 7.],
             [4., 5., 7., 8.]]])
    """
    check_tensor("unfold", input)
    if 0 in input.shape[-3:]:
        raise RuntimeError(f"unfold: only the batch may be empty, but got shape {list(input.shape)}")
    if input.ndim not in (3, 4):
        raise (IndexError if input.ndim < 3 else RuntimeError)(
            f"unfold: expected an image of 3 or 4 dimensions, but got shape {list(input.shape)}"
        )
    if input.ndim == 3:
        return unfold(input.unsqueeze(0), kernel_size, dilation, padding, stride).squeeze(0)
    kernel, stride, padding, dilation = _pairs("unfold", kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation)
    sizes = _column_sizes("unfold", input.shape[2:], kernel, stride, padding, dilation)
    if input._array.dtype.kind != "b":
        floats_only("unfold", input._array)
    padded = _pad(input, (0, 0, *padding), (0, 0, *padding), 0.0) if any(padding) else input
    windows = _laid_out_windows(padded, (kernel, stride, dilation, sizes))
    n, c = input.shape[:2]
    columns = windows.permute(0, 1, 4, 5, 2, 3).reshape(n, c * math.prod(kernel), math.prod(sizes))
    return shown_as(columns, "Im2ColBackward0")


@public("nn.functional")
def fold(input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """Add columns up to an image (col2im): the adjoint of :func:`unfold`.

    Parameters
    ----------
    input : Tensor of shape (N, C kH kW, number of windows)
    output_size : int or pair of ints
    kernel_size, dilation, padding, stride : int or pair of ints

    Returns
    -------
    Tensor
        Of shape (N, C, H, W).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.fold(torch.ones(1, 4, 4), (3, 3), 2)
    tensor([[[[1., 2., 1.],
              [2., 4., 2.],
              [1., 2., 1.]]]])
    """
    check_tensor("fold", input)
    if input.ndim not in (2, 3):
        raise RuntimeError(f"fold: expected columns of 2 or 3 dimensions, but got shape {list(input.shape)}")
    if input.ndim == 2:
        return fold(input.unsqueeze(0), output_size, kernel_size, dilation, padding, stride).squeeze(0)
    shape, kernel, stride, padding, dilation = _pairs(
        "fold", output_size=output_size, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation
    )
    sizes = _column_sizes("fold", shape, kernel, stride, padding, dilation)
    if input.shape[1] % math.prod(kernel) or input.shape[2] != math.prod(sizes):
        raise RuntimeError(
            f"fold: columns of shape {list(input.shape)} do not fit the output {list(shape)} with windows {list(kernel)}: "
            f"expected a multiple of {math.prod(kernel)} rows and {math.prod(sizes)} columns"
        )
    if input._array.dtype.kind != "b":
        floats_only("fold", input._array)
    c = input.shape[1] // math.prod(kernel)
    windows = input.reshape(input.shape[0], c, *kernel, *sizes).permute(0, 1, 4, 5, 2, 3)
    whole = (input.shape[0], c, *(s + 2 * p for s, p in zip(shape, padding, strict=True)))
    image = _overlay(windows, whole, (kernel, stride, dilation, sizes))
    image = image[:, :, padding[0] : padding[0] + shape[0], padding[1] : padding[1] + shape[1]]
    return shown_as(image.contiguous(), "Col2ImBackward0")


@public("Tensor", name="unfold")
def unfold_dimension(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """The windows of one dimension, as a new last dimension (``Tensor.unfold``).

    Parameters
    ----------
    input : Tensor
    dimension : int
    size, step : int
        The length of a window, and the distance of neighbours.

    Returns
    -------
    Tensor
        A view, in the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.arange(5).unfold(0, 3, 2)
    tensor([[0, 1, 2],
            [2, 3, 4]])
    """
    dimension = wrap_dim(dimension, input.ndim, "unfold")
    length = input.shape[dimension] if input.ndim else 1
    if not 0 <= size <= length:
        raise RuntimeError(f"unfold: a window of {size} does not fit into a dimension of size {length}")
    positive("unfold", step=step)
    if not input.ndim:
        return input.reshape(1)[:size]
    return _strided_windows(input, dimension, size, step)


@primitive(
    view=True,
    grad_name="UnfoldBackward0",
    input=lambda xp, grad, input_shape, dimension, size, step: xp._overlay_dimension(grad, input_shape, dimension, size, step),
)
def _strided_windows(input, dimension, size, step):
    windows = np.lib.stride_tricks.sliding_window_view(input, size, dimension, writeable=input.flags.writeable)
    return windows[(slice(None),) * dimension + (slice(None, None, step),)]


@primitive(input=lambda xp, grad, dimension, size, step: xp._strided_windows(grad, dimension, size, step))
def _overlay_dimension(input, shape, dimension, size, step):
    out = np.zeros(shape, input.dtype)
    count = input.shape[dimension]
    for k in range(size):
        out[(slice(None),) * dimension + (slice(k, k + count * step, step),)][...] += input[..., k]
    return out
