"""Fractional max pooling: windows whose places are drawn at random, so that images shrink by a factor that need not be whole.

Source: Graham, "Fractional max-pooling", 2014. One uniform number u per sample, channel and dimension places the windows: number
i begins at :math:`\\lfloor (i + u) \\alpha \\rfloor - \\lfloor u \\alpha \\rfloor`, with :math:`\\alpha` the room divided by the
number of steps.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._base import Tensor, public
from .._shapes import one_each
from ..creation import from_numpy
from ..random.draw import rand
from .pooling import _picked, place_of_largest


def as_ratio(value: Any, n: int) -> tuple[float, ...]:
    """A number for every dimension, or one for each."""
    return (value,) * n if isinstance(value, (int, float)) else tuple(value)


def _starts(u: np.ndarray, size: int, out: int, kernel: int) -> np.ndarray:
    """Where the windows of one dimension begin: (N, C) uniform numbers to (N, C, out) places."""
    step = u.dtype.type(size - kernel) / u.dtype.type(max(out - 1, 1))
    u = u[..., None]
    starts = ((np.arange(out, dtype=u.dtype) + u) * step).astype(np.int64) - (u * step).astype(np.int64)
    starts[..., out - 1 :] = size - kernel
    return starts


def _places(x: np.ndarray, kernel: Any, sizes: Any, samples: np.ndarray) -> np.ndarray:
    """The place of each window's largest element, in the flattened image."""
    n = x.ndim - 2
    # In two dimensions the first random number places the columns, in three the first places the slices.
    order = (1, 0) if n == 2 else (0, 1, 2)
    flat = np.zeros((*x.shape[:2], *sizes, *kernel), np.int64)
    for d in range(n):
        starts = _starts(samples[..., order[d]], x.shape[2 + d], sizes[d], kernel[d])
        at = starts[..., None] + np.arange(kernel[d])
        shape = [*x.shape[:2], *(1,) * (2 * n)]
        shape[2 + d], shape[2 + n + d] = sizes[d], kernel[d]
        flat = flat * x.shape[2 + d] + at.reshape(shape)
    flat = flat.reshape(*x.shape[:2], *sizes, math.prod(kernel))
    rows = (*x.shape[:2], math.prod(sizes) * math.prod(kernel))
    values = np.take_along_axis(x.reshape(*x.shape[:2], math.prod(x.shape[2:])), flat.reshape(rows), -1)
    return np.take_along_axis(flat, place_of_largest(values.reshape(flat.shape))[..., None], -1)[..., 0]


def _fractional_max_pool(n: int, input: Tensor, kernel_size: Any, output_size: Any, output_ratio: Any, samples: Any) -> Any:
    name = f"fractional_max_pool{n}d"
    if output_size is None and output_ratio is None:
        raise ValueError(f"{name}: give output_size or output_ratio")
    if input.ndim not in (n + 1, n + 2) or 0 in input.shape[1:]:
        raise RuntimeError(f"{name}: expected {n + 1} or {n + 2} dimensions, none empty but the batch, but got {list(input.shape)}")
    shape = tuple(input.shape[-n:])
    if output_size is None:
        if isinstance(output_ratio, tuple) and len(output_ratio) > n:
            raise ValueError(f"{name}: output_ratio must be a number or {n} of them, but is {output_ratio}")
        output_size = tuple(int(s * r) for s, r in zip(shape, as_ratio(output_ratio, n), strict=True))
    kernel, sizes = one_each(name, "kernel_size", kernel_size, n, False), one_each(name, "output_size", output_size, n, False)
    for s, m, k in zip(shape, sizes, kernel, strict=True):
        if m < 0 or k <= 0 or m + k - 1 > s:
            raise RuntimeError(f"{name}: {m} windows of size {k} do not fit into a dimension of size {s}")
    lead = (1 if input.ndim == n + 1 else input.shape[0], input.shape[-n - 1])
    if samples is None:
        samples = rand(*lead, n, dtype=input.dtype)
    fits = samples.ndim == 3 and samples.shape[0] >= lead[0] and tuple(samples.shape[1:]) == (lead[1], n)
    if samples.dtype is not input.dtype or not fits:
        raise RuntimeError(
            f"{name}: the random samples must have shape {[*lead, n]} and type {input.dtype!r}, but have {list(samples.shape)} "
            f"and {samples.dtype!r}"
        )
    batch = input if input.ndim == n + 2 else input.unsqueeze(0)
    index = from_numpy(_places(batch._array, kernel, sizes, samples._array[: lead[0]]))
    values = _picked(batch, index, f"FractionalMaxPool{n}DBackward0")
    return (values, index) if batch is input else (values.squeeze(0), index.squeeze(0))


@public("nn.functional")
def fractional_max_pool2d(
    input: Tensor, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
    _random_samples: Any = None,
) -> Any:  # fmt: skip
    """The maxima of windows of an image that are placed at random.

    Source: Graham, "Fractional max-pooling", 2014.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (C, H, W)
    kernel_size : int or pair of ints
    output_size : int or pair of ints, optional
        The size of the result; give either this or the ratio.
    output_ratio : float or pair of floats, optional
        Its ratio to the size of the input.
    return_indices : bool
        Also return where each maximum lies in the flattened input.
    _random_samples : Tensor of shape (N, C, 2), optional
        The numbers that place the windows, drawn unless given.

    Returns
    -------
    Tensor or (Tensor, LongTensor)
        One maximum per window.

    Raises
    ------
    ValueError
        If neither size nor ratio is given.
    RuntimeError
        If so many windows do not fit.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.fractional_max_pool2d(torch.arange(16.0).reshape(1, 4, 4), 2, output_size=1)
    tensor([[[15.]]])
    """
    pooled = _fractional_max_pool(2, input, kernel_size, output_size, output_ratio, _random_samples)
    return pooled if return_indices else pooled[0]


@public("nn.functional")
def fractional_max_pool3d(
    input: Tensor, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
    _random_samples: Any = None,
) -> Any:  # fmt: skip
    """The maxima of windows of a volume that are placed at random; see :func:`fractional_max_pool2d`.

    Parameters
    ----------
    input : Tensor of shape (N, C, D, H, W) or (C, D, H, W)
    kernel_size : int or three ints
    output_size : int or three ints, optional
        The size of the result; give either this or the ratio.
    output_ratio : float or three floats, optional
        Its ratio to the size of the input.
    return_indices : bool
        Also return where each maximum lies in the flattened input.
    _random_samples : Tensor of shape (N, C, 3), optional
        The numbers that place the windows, drawn unless given.

    Returns
    -------
    Tensor or (Tensor, LongTensor)
        One maximum per window.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.fractional_max_pool3d(torch.arange(27.0).reshape(1, 3, 3, 3), 2, output_size=1)
    tensor([[[[26.]]]])
    """
    pooled = _fractional_max_pool(3, input, kernel_size, output_size, output_ratio, _random_samples)
    return pooled if return_indices else pooled[0]
