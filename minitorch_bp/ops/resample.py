"""Resampling: ``interpolate``, adaptive pooling, ``grid_sample``, shuffling of pixels.

Interpolation works on one dimension after the other: a few neighbours of each place, picked by ``index_select``, times weights.
Adaptive averages are means of slices.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.tensor import Tensor
from ._shapes import check_tensor, floats_only
from .creation import from_numpy
from .gather import index_select
from .joining import stack
from .windows import _seen


def _taps(input: Tensor, dim: int, taps: list[tuple[np.ndarray, np.ndarray]]) -> Tensor:
    """The sum of neighbours times weights along a dimension: for each tap, which elements, and their weights.

    (Not a product with a matrix of weights, most of them 0: that would spread one infinity over the whole row.)
    """
    shape = [1] * input.ndim
    shape[dim] = -1
    total: Any = 0
    for places, weights in taps:
        w = from_numpy(weights.reshape(shape)).to(input.dtype)
        total = total + index_select(input, dim, from_numpy(places)) * w
    return total


# ---------------------------------------------------------------------- adaptive pooling
def _cells(n: int, m: int) -> list[tuple[int, int]]:
    """Where the m cells of n elements begin and end: they cover all, and overlap where m does not divide n."""
    return [(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]


def _output_size(name: str, input: Tensor, output_size: Any, n: int) -> tuple[int, ...]:
    check_tensor(name, input)
    if input.ndim not in (n + 1, n + 2):
        kind = ValueError if n > 1 and input.ndim <= n and not isinstance(output_size, int) else RuntimeError
        raise kind(f"{name}: expected an input of {n + 1} or {n + 2} dimensions, but got shape {list(input.shape)}")
    if 0 in input.shape[-n:]:
        raise RuntimeError(f"{name}: only the batch may be empty, but got shape {list(input.shape)}")
    sizes = (output_size,) * n if isinstance(output_size, int) else tuple(output_size)
    if len(sizes) != n:
        raise RuntimeError(f"{name}: output_size must have {n} entries, but got {sizes}")
    found = tuple(input.shape[k - n] if s is None else int(s) for k, s in enumerate(sizes))
    if any(s < 0 for s in found):
        raise RuntimeError(f"{name}: an output size can't be negative, but got {list(found)}")
    return found


def _adaptive_avg(name: str, input: Tensor, output_size: Any, n: int) -> Tensor:
    sizes = _output_size(name, input, output_size, n)
    floats_only(name, input._array)
    input = _seen(input)
    for k, m in enumerate(sizes):
        cells = _cells(input.shape[k - n], m)
        input = (
            stack([input.narrow(k - n, start, stop - start).mean(k - n) for start, stop in cells], k - n)
            if m
            else (input.narrow(k - n, 0, 0))
        )
    return input


def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """Means over ``output_size`` cells that together cover the row; see :func:`adaptive_avg_pool2d`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.adaptive_avg_pool1d(torch.tensor([[1.0, 2.0, 3.0, 4.0]]), 2)
    tensor([[1.5000, 3.5000]])
    """
    return _adaptive_avg("adaptive_avg_pool1d", input, output_size, 1)


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    r"""Means over a grid of cells, whatever the image's size: cell i covers :math:`\lfloor i n / m \rfloor` to
    :math:`\lceil (i + 1) n / m \rceil`.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (C, H, W)
    output_size : int or pair, None keeps a size

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.adaptive_avg_pool2d(torch.arange(4.0).reshape(1, 1, 2, 2), 1)
    tensor([[[[1.5000]]]])
    """
    return _adaptive_avg("adaptive_avg_pool2d", input, output_size, 2)


def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """The same for volumes; see :func:`adaptive_avg_pool2d`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.adaptive_avg_pool3d(torch.ones(1, 1, 2, 2, 2), 1)
    tensor([[[[[1.]]]]])
    """
    return _adaptive_avg("adaptive_avg_pool3d", input, output_size, 3)


def _adaptive_max(name: str, input: Tensor, output_size: Any, n: int, return_indices: bool) -> Any:
    sizes = _output_size(name, input, output_size, n)
    x = input._array
    lead, shape = x.shape[:-n], x.shape[-n:]
    places = np.empty((*lead, *sizes), np.int64)
    number = np.arange(math.prod(shape)).reshape(shape)
    cells = [_cells(s, m) for s, m in zip(shape, sizes, strict=True)]
    for out in np.ndindex(*sizes):
        cell = tuple(slice(*cells[k][i]) for k, i in enumerate(out))
        part = x[(..., *cell)].reshape(*lead, -1)
        places[(..., *out)] = number[cell].reshape(-1)[part.argmax(-1)]
    index = from_numpy(places)
    values = input.flatten(-n).gather(-1, index.flatten(-n)).reshape(index.shape)
    return (values, index) if return_indices else values


def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """Maxima over ``output_size`` cells that together cover the row; see :func:`adaptive_avg_pool2d`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.adaptive_max_pool1d(torch.tensor([[1.0, 2.0, 3.0, 4.0]]), 2)
    tensor([[2., 4.]])
    """
    return _adaptive_max("adaptive_max_pool1d", input, output_size, 1, return_indices)


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """Maxima over a grid of cells; see :func:`adaptive_avg_pool2d`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.adaptive_max_pool2d(torch.arange(4.0).reshape(1, 1, 2, 2), 1)
    tensor([[[[3.]]]])
    """
    return _adaptive_max("adaptive_max_pool2d", input, output_size, 2, return_indices)


def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The same for volumes; see :func:`adaptive_avg_pool2d`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.adaptive_max_pool3d(torch.ones(1, 1, 2, 2, 2), 1)
    tensor([[[[[1.]]]]])
    """
    return _adaptive_max("adaptive_max_pool3d", input, output_size, 3, return_indices)


# ---------------------------------------------------------------------- interpolation
def _sources(n: int, m: int, scale: float | None, align_corners: bool) -> np.ndarray:
    """Where the m outputs lie in the coordinates of the n inputs."""
    i = np.arange(m)
    if align_corners:
        return i * ((n - 1) / (m - 1) if m > 1 else 0.0)
    ratio = 1 / scale if scale else n / m
    return (i + 0.5) * ratio - 0.5


def _linear(n: int, m: int, scale: Any, align_corners: bool) -> list[tuple[np.ndarray, np.ndarray]]:
    at = _sources(n, m, scale, align_corners).clip(0, None)
    left = np.minimum(at.astype(np.int64), n - 1)
    part = (at - left).clip(0, 1)
    return [(left, 1 - part), (np.minimum(left + 1, n - 1), part)]


def _cubic(n: int, m: int, scale: Any, align_corners: bool, a: float = -0.75) -> list[tuple[np.ndarray, np.ndarray]]:
    """Keys' cubic convolution over four neighbours."""
    at = _sources(n, m, scale, align_corners)
    base = np.floor(at).astype(np.int64)
    taps = []
    for offset in (-1, 0, 1, 2):
        d = np.abs(at - (base + offset))
        near = ((a + 2) * d - (a + 3)) * d * d + 1
        far = ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
        taps.append(((base + offset).clip(0, n - 1), np.where(d <= 1, near, far)))
    return taps


def _nearest(n: int, m: int, scale: Any, exact: bool) -> np.ndarray:
    ratio = np.float32(1 / scale if scale else n / m)
    i = np.arange(m, dtype=np.float32)
    return np.minimum(np.floor((i + np.float32(0.5 * exact)) * ratio).astype(np.int64), n - 1)


_DIMENSIONS = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}


def interpolate(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: Any = None,
    recompute_scale_factor: Any = None, antialias: bool = False,
) -> Tensor:  # fmt: skip
    """Change the size of a row, image or volume.

    Parameters
    ----------
    input : Tensor of shape (N, C, ...) with 1 to 3 more dimensions
    size : int or ints, the new size; or
    scale_factor : float or floats, its ratio to the old one
    mode : 'nearest', 'nearest-exact', 'linear', 'bilinear', 'bicubic', 'trilinear' or 'area'
    align_corners : bool
        Whether the corner elements keep their places (else the corners of their cells do).
    recompute_scale_factor : bool
        Take the ratio from the rounded size.

    Raises
    ------
    ValueError
        If not exactly one of ``size`` and ``scale_factor`` is given, or align_corners where it means nothing.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.interpolate(torch.tensor([[[0.0, 1.0]]]), scale_factor=2, mode="linear")
    tensor([[[0.0000, 0.2500, 0.7500, 1.0000]]])
    """
    check_tensor("interpolate", input)
    n = input.ndim - 2
    if antialias:
        raise NotImplementedError("interpolate() does not support the argument antialias=True")
    if mode in ("nearest", "area", "nearest-exact") and align_corners is not None:
        raise ValueError(f"interpolate: align_corners means nothing for mode={mode!r}")
    if (size is None) == (scale_factor is None):
        raise ValueError("interpolate: give either size or scale_factor")
    if size is not None and recompute_scale_factor:
        raise ValueError("interpolate: recompute_scale_factor means nothing when the size is given")
    if (isinstance(size, (tuple, list)) and len(size) != n) or (isinstance(scale_factor, (tuple, list)) and len(scale_factor) != n):
        raise ValueError(f"interpolate: an input of shape {list(input.shape)} has {n} dimensions to resize")
    scales: Any = (None,) * n
    if size is not None:
        sizes = (int(size),) * n if isinstance(size, (int, np.integer)) else tuple(map(int, size))
    else:
        scales = tuple(map(float, scale_factor)) if isinstance(scale_factor, (tuple, list)) else (float(scale_factor),) * n
        sizes = tuple(math.floor(k * s) for k, s in zip(input.shape[2:], scales, strict=True))
        if recompute_scale_factor:
            scales = (None,) * n
    if not 1 <= n <= 3 or _DIMENSIONS.get(mode, n) != n:
        raise NotImplementedError(f"interpolate: mode {mode!r} does not work for an input of {n + 2} dimensions")
    if any(m <= 0 for m in sizes) or 0 in input.shape[2:]:
        raise RuntimeError(f"interpolate: sizes must be positive, but got {list(input.shape[2:])} and {list(sizes)}")
    if mode == "area":
        return _adaptive_avg(f"adaptive_avg_pool{n}d", input, sizes, n)
    for k, (m, scale) in enumerate(zip(sizes, scales, strict=True)):
        input = _resized(input, k + 2, m, scale, mode, bool(align_corners))
    return input


def _resized(input: Tensor, dim: int, m: int, scale: Any, mode: str, align_corners: bool) -> Tensor:
    n = input.shape[dim]
    if mode.startswith("nearest"):
        return index_select(input, dim, from_numpy(_nearest(n, m, scale, mode == "nearest-exact")))
    function: Callable[..., Any] = _cubic if mode == "bicubic" else _linear
    floats_only(f"interpolate with mode {mode!r}", input._array)
    if mode not in _DIMENSIONS:
        raise NotImplementedError(f"interpolate: unknown mode {mode!r}")
    return _taps(input, dim, function(n, m, scale, align_corners))


def upsample(input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: Any = None) -> Tensor:
    """The old name of :func:`interpolate`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.upsample(torch.tensor([[[1.0]]]), 2)
    tensor([[[1., 1.]]])
    """
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """:func:`interpolate` with the nearest neighbour.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.upsample_nearest(torch.tensor([[[1.0]]]), 2)
    tensor([[[1., 1.]]])
    """
    return interpolate(input, size, scale_factor, "nearest")


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """:func:`interpolate`, bilinear, corners kept.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.upsample_bilinear(torch.tensor([[[[0.0, 1.0]]]]), (1, 3))
    tensor([[[[0.0000, 0.5000, 1.0000]]]])
    """
    return interpolate(input, size, scale_factor, "bilinear", True)


# ---------------------------------------------------------------------- pixels and channels
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Channels to pixels: (..., C r r, H, W) to (..., C, H r, W r).

    Source: Shi et al., "Real-time single image and video super-resolution using an efficient sub-pixel CNN", 2016.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.pixel_shuffle(torch.arange(4.0).reshape(4, 1, 1), 2)
    tensor([[[0., 1.],
             [2., 3.]]])
    """
    r = upscale_factor
    if input.ndim < 3:
        raise RuntimeError(f"pixel_shuffle: expected at least 3 dimensions, but got shape {list(input.shape)}")
    if r <= 0 or input.shape[-3] % (r * r):
        raise RuntimeError(f"pixel_shuffle: {input.shape[-3]} channels can't be divided by {r} squared")
    *lead, c, h, w = input.shape
    parts = input.reshape(*lead, c // (r * r), r, r, h, w)
    k = len(lead)
    return parts.permute(*range(k + 1), k + 3, k + 1, k + 4, k + 2).reshape(*lead, c // (r * r), h * r, w * r)


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """Pixels to channels, the inverse of :func:`pixel_shuffle`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.pixel_unshuffle(torch.arange(4.0).reshape(1, 2, 2), 2).flatten()
    tensor([0., 1., 2., 3.])
    """
    r = downscale_factor
    if input.ndim < 3:
        raise RuntimeError(f"pixel_unshuffle: expected at least 3 dimensions, but got shape {list(input.shape)}")
    if r <= 0 or input.shape[-2] % r or input.shape[-1] % r:
        raise RuntimeError(f"pixel_unshuffle: an image of shape {list(input.shape[-2:])} can't be divided by {r}")
    *lead, c, h, w = input.shape
    parts = input.reshape(*lead, c, h // r, r, w // r, r)
    k = len(lead)
    return parts.permute(*range(k + 1), k + 2, k + 4, k + 1, k + 3).reshape(*lead, c * r * r, h // r, w // r)


def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """Take channels from each group in turn.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.channel_shuffle(torch.arange(4.0).reshape(1, 4, 1), 2).flatten()
    tensor([0., 2., 1., 3.])
    """
    if input.ndim < 3:
        raise RuntimeError(f"channel_shuffle: expected more than 2 dimensions, but got shape {list(input.shape)}")
    if groups <= 0 or input.shape[1] % groups:
        raise RuntimeError(f"channel_shuffle: {input.shape[1]} channels can't be divided into {groups} groups")
    n, c, *rest = input.shape
    return input.reshape(n, groups, c // groups, *rest).transpose(1, 2).reshape(n, c, *rest)
