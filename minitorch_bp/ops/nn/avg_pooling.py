"""Average pooling and power-average pooling.

Sums over windows are taken one dimension after the other, which for a window of 3 x 3 is six slices instead of nine.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from ...core.chain import unfold
from .._base import Tensor, primitive, public
from .._shapes import check_tensor, floats_only, one_each
from .conv import padded, unpadded
from .pooling import _pool_arguments, as_image, chain_of_rows


def _along(ndim: int, axis: int, k: int, stride: int, size: int) -> Any:
    """The index of element k of each window along one axis."""
    return (slice(None),) * (ndim + axis) + (slice(k, k + stride * size, stride),)


def _names(node: Any) -> str:
    n = len(node.reads("windows")[0])
    return "SqueezeBackward1" if n == 1 else f"AvgPool{n}DBackward0"


def _wide(x: np.ndarray) -> np.ndarray:
    """Half precision as float32, in which the sums are taken."""
    return x.astype(np.float32) if x.dtype.itemsize == 2 else x


@primitive(
    grad_name=_names,
    input=lambda xp, grad, input, windows, divisor: xp._avg_spread(grad, input, windows, divisor),
)
def _avg_pool(input, windows, divisor):
    kernel, stride, before, _, sizes, after = windows
    x = padded(_wide(input), before, after)
    for axis in range(-1, -len(kernel) - 1, -1):
        k, s, m = kernel[axis], stride[axis], sizes[axis]
        total = x[_along(x.ndim, axis, 0, s, m)].copy()
        for i in range(1, k):
            total += x[_along(x.ndim, axis, i, s, m)]
        x = total
    if x.dtype.kind != "i":
        return (x / divisor.astype(x.dtype)).astype(input.dtype, copy=False)
    return (np.sign(x) * (np.abs(x) // divisor)).astype(x.dtype)  # towards zero


def _avg_pool_chain(x: Tensor, saved: Any) -> Tensor | None:
    windows = as_image(saved["windows"])
    return (
        None
        if windows is None
        else _avg_pool(x, windows, saved["divisor"][..., None, :] if saved["divisor"].ndim else saved["divisor"])
    )


_avg_pool.op.unfold = functools.partial(unfold, compose=functools.partial(chain_of_rows, compose=_avg_pool_chain))


# (The gradient does not depend on the input. torch says that it may, and a second backward relies on it.)
@primitive(
    grad=lambda xp, g, windows, divisor: xp._avg_pool(g, windows, divisor),
    input=lambda xp, g: xp._zeros_of(g),
)
def _avg_spread(grad, input, windows, divisor):
    """Spread every gradient evenly over the elements of its window."""
    kernel, stride, before, _, sizes, after = windows
    n = len(kernel)
    g = _wide(grad)
    g = g / divisor.astype(g.dtype)
    for axis in range(-n, 0):
        k, s, m = kernel[axis], stride[axis], sizes[axis]
        shape = list(g.shape)
        shape[axis] = input.shape[axis] + before[axis] + after[axis]
        out = np.zeros(shape, g.dtype)
        for i in range(k):
            if s >= k:
                out[_along(g.ndim, axis, i, s, m)] = g
            else:
                out[_along(g.ndim, axis, i, s, m)] += g
        g = out
    return g[unpadded(before, input.shape[-n:])].astype(grad.dtype, copy=False)


def _average(
    name: str, n: int, input: Tensor, kernel_size: Any, stride: Any, padding: Any, ceil_mode: bool, include: bool, divisor: Any
) -> Tensor:
    check_tensor(name, input)
    if not input.ndim or (n == 2 and input.ndim < 3):
        raise IndexError(f"{name}: a tensor of {input.ndim} dimensions has no images")
    windows = _pool_arguments(name, n, input, kernel_size, stride, padding, 1, ceil_mode)
    kernel, stride, padding, _, sizes, _ = windows
    if divisor == 0:
        raise RuntimeError(f"{name}: divisor_override must not be zero")
    if input._array.dtype != np.int64:
        floats_only(name, input._array)
    if divisor is not None:
        counts = np.asarray(divisor)
    elif not any(padding) and not ceil_mode:
        counts = np.asarray(math.prod(kernel))
    else:
        counts = np.ones(1, np.int64)
        for size, k, s, p, m in zip(input.shape[-n:], kernel, stride, padding, sizes, strict=True):
            start = np.arange(m) * s - p
            stop = np.minimum(start + k, size + p)
            inside = stop - start if include else np.minimum(stop, size) - np.maximum(start, 0)
            counts = counts[..., None] * inside
        counts = counts[0]
    return _avg_pool(input, windows, counts)


@public("torch", "nn.functional")
def avg_pool1d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True
) -> Tensor:
    """The mean of each window of a row; see :func:`avg_pool2d`.

    Parameters
    ----------
    input : Tensor of shape (N, C, L) or (C, L)
    kernel_size, stride, padding : int
        The stride is the kernel size unless given.
    ceil_mode : bool
        Let the last window reach over the edge.
    count_include_pad : bool
        Whether padding counts as elements of the mean.

    Returns
    -------
    Tensor
        One mean per window.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.avg_pool1d(torch.tensor([[1.0, 3.0, 5.0, 7.0]]), 2)
    tensor([[2., 6.]])
    """
    return _average("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


@public("nn.functional", images=True)
def avg_pool2d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: Any = None,
*, out: Any = None) -> Tensor:  # fmt: skip
    """The mean of each window of an image.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (C, H, W)
    kernel_size, stride, padding : int or pair of ints
        The stride is the kernel size unless given.
    ceil_mode : bool
        Let the last window reach over the edge.
    count_include_pad : bool
        Whether padding counts as elements of the mean.
    divisor_override : int, optional
        Divide by this instead.

    Returns
    -------
    Tensor
        One mean per window.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.avg_pool2d(torch.arange(16.0).reshape(1, 1, 4, 4), 2)
    tensor([[[[ 2.5000,  4.5000],
              [10.5000, 12.5000]]]])
    """
    return _average("avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


@public("nn.functional")
def avg_pool3d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: Any = None,
*, out: Any = None) -> Tensor:  # fmt: skip
    """The mean of each window of a volume; see :func:`avg_pool2d`.

    Parameters
    ----------
    input : Tensor of shape (N, C, D, H, W) or (C, D, H, W)
    kernel_size, stride, padding : int or three ints
        The stride is the kernel size unless given.
    ceil_mode, count_include_pad, divisor_override : optional
        As in :func:`avg_pool2d`.

    Returns
    -------
    Tensor
        One mean per window.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.avg_pool3d(torch.ones(1, 1, 2, 2, 2), 2).shape
    torch.Size([1, 1, 1, 1, 1])
    """
    return _average("avg_pool3d", 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def lp_pool(n: int, input: Tensor, norm_type: Any, kernel_size: Any, stride: Any, ceil_mode: bool) -> Tensor:
    kernel = one_each(f"lp_pool{n}d", "kernel_size", kernel_size, n)
    mean = _average(f"lp_pool{n}d", n, input.pow(norm_type), kernel, stride, 0, ceil_mode, True, None)
    return (mean.sign() * mean.abs().relu() * math.prod(kernel)).pow(1.0 / norm_type)


@public("nn.functional")
def lp_pool1d(input: Tensor, norm_type: float | Tensor, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    r"""The power sum of each window, :math:`(\sum x^p)^{1/p}`.

    Parameters
    ----------
    input : Tensor of shape (N, C, L) or (C, L)
    norm_type : float
        The p.
    kernel_size, stride : int
        The stride is the kernel size unless given.
    ceil_mode : bool
        Let the last window reach over the edge.

    Returns
    -------
    Tensor
        One number per window.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.lp_pool1d(torch.tensor([[3.0, 4.0]]), 2, 2)
    tensor([[5.]])
    """
    return lp_pool(1, input, norm_type, kernel_size, stride, ceil_mode)


@public("nn.functional", images=True, sized="input")
def lp_pool2d(input: Tensor, norm_type: float | Tensor, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """The power sum of each window of an image; see :func:`lp_pool1d`.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (C, H, W)
    norm_type : float
        The p.
    kernel_size, stride : int or pair of ints
        The stride is the kernel size unless given.
    ceil_mode : bool
        Let the last window reach over the edge.

    Returns
    -------
    Tensor
        One number per window.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.lp_pool2d(torch.ones(1, 1, 2, 2), 2, 2)
    tensor([[[[2.]]]])
    """
    return lp_pool(2, input, norm_type, kernel_size, stride, ceil_mode)


@public("nn.functional")
def lp_pool3d(input: Tensor, norm_type: float | Tensor, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """The power sum of each window of a volume; see :func:`lp_pool1d`.

    Parameters
    ----------
    input : Tensor of shape (N, C, D, H, W) or (C, D, H, W)
    norm_type : float
        The p.
    kernel_size, stride : int or three ints
        The stride is the kernel size unless given.
    ceil_mode : bool
        Let the last window reach over the edge.

    Returns
    -------
    Tensor
        One number per window.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.lp_pool3d(torch.ones(1, 1, 2, 2, 1), 2, (2, 2, 1))
    tensor([[[[[2.]]]]])
    """
    return lp_pool(3, input, norm_type, kernel_size, stride, ceil_mode)
