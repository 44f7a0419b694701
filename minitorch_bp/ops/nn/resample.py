"""Resampling: ``interpolate``, and shuffling of pixels.

Interpolation works on one dimension after the other: a few neighbours of each place, picked by ``index_select``, times weights.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...core.layout import like_image
from .._base import Tensor, one_node, public
from .._composite import is_half, rounded_once
from .._shapes import check_tensor, floats_only, least_ndim
from ..creation import from_numpy
from ..indexing.gather import index_select
from .adaptive_pooling import _adaptive_avg


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


def _taps_of_bytes(input: Tensor, dim: int, taps: list[tuple[np.ndarray, np.ndarray]]) -> Tensor:
    """The same of an image of bytes, as PyTorch and Pillow compute it: the weights are 16-bit integers, as many bits of which are a
    fraction as the largest of them leaves room for, and each dimension's result is rounded to bytes again."""
    x, shape = input._array, [1] * input.ndim
    shape[dim] = -1
    for k, j in itertools.combinations(range(len(taps) if len(taps) <= 4 else 0), 2):  # at a border several read one element
        same = taps[k][0] == taps[j][0]
        taps[k], taps[j] = (taps[k][0], taps[k][1] + taps[j][1] * same), (taps[j][0], taps[j][1] * ~same)
    largest = max(float(weights.max()) for _, weights in taps)
    bits = next(b for b in range(23) if int(0.5 + largest * (1 << (b + 1))) >= 1 << 15)
    total = np.int64(1 << (bits - 1))
    for places, weights in taps:
        fixed = np.trunc(weights * (1 << bits) + np.copysign(0.5, weights)).astype(np.int64)
        total = total + x.take(places, dim) * fixed.reshape(shape)
    return from_numpy((total >> bits).clip(0, 255).astype(np.uint8))


# ---------------------------------------------------------------------- interpolation
def _sources(n: int, m: int, scale: float | None, align_corners: bool) -> np.ndarray:
    """Where the m outputs lie in the coordinates of the n inputs."""
    i = np.arange(m)
    if align_corners:
        return i * ((n - 1) / (m - 1) if m > 1 else 0.0)
    ratio = 1 / scale if scale else n / m
    return (i + 0.5) * ratio - 0.5


def _linear(n: int, m: int, scale: Any, align_corners: bool) -> list[tuple[np.ndarray, np.ndarray]]:
    if n == m:  # copied, as PyTorch does it, whatever scale led to this size
        return [(np.arange(n, dtype=np.int64), np.ones(n))]
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


def _smooth(
    n: int, m: int, scale: Any, align_corners: bool, radius: int, kernel: Callable[..., Any]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Interpolation that takes the mean over what an output covers: the kernel is stretched by the factor of shrinking.

    Without it, an output looks at the inputs beside its middle only, and a picture made small flickers (aliasing).
    """
    ratio = (n - 1) / (m - 1) if align_corners and m > 1 else (0.0 if align_corners else (1 / scale if scale else n / m))
    stretch = max(ratio, 1.0)
    middle = ratio * (np.arange(m) + 0.5)
    first = (middle - radius * stretch + 0.5).astype(np.int64).clip(0, None)
    last = (middle + radius * stretch + 0.5).astype(np.int64).clip(None, n)
    places = first[:, None] + np.arange(int((last - first).max()))
    weights = np.where(places < last[:, None], kernel((places - middle[:, None] + 0.5) / stretch), 0.0)
    weights /= weights.sum(1, keepdims=True)
    return list(zip(np.minimum(places, n - 1).T, weights.T, strict=True))


def _tent(x: np.ndarray) -> np.ndarray:
    return (1 - np.abs(x)).clip(0, None)


def _keys(x: np.ndarray, a: float = -0.5) -> np.ndarray:
    """The cubic kernel with the slope -1/2, which is Pillow's (without antialias it is -3/4)."""
    d = np.abs(x)
    near, far = ((a + 2) * d - (a + 3)) * d * d + 1, ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
    return np.where(d < 1, near, np.where(d < 2, far, 0.0))


def _nearest(n: int, m: int, scale: Any, exact: bool, image: bool) -> np.ndarray:
    if image and not exact and m in (n, 2 * n):  # of two dimensions PyTorch copies, or doubles, whatever scale led to this size
        return np.arange(m, dtype=np.int64) * n // m
    ratio = np.float32(1 / scale if scale else n / m)
    i = np.arange(m, dtype=np.float32)
    return np.minimum(np.floor((i + np.float32(0.5 * exact)) * ratio).astype(np.int64), n - 1)


_DIMENSIONS = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}


@public("nn.functional", sized="input")
def interpolate(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: Any = None,
    recompute_scale_factor: Any = None, antialias: bool = False,
) -> Tensor:  # fmt: skip
    """Resize a row, image or volume by interpolation.

    Parameters
    ----------
    input : Tensor of shape (N, C, ...) with 1 to 3 more dimensions
    size : int or tuple of ints, optional
        The new size; give either this or the ratio.
    scale_factor : float or tuple of floats, optional
        Its ratio to the old one.
    mode : 'nearest', 'nearest-exact', 'linear', 'bilinear', 'bicubic', 'trilinear' or 'area'
    align_corners : bool, optional
        Whether the corner elements keep their places (else the corners of their cells do).
    recompute_scale_factor : bool, optional
        Take the ratio from the rounded size.
    antialias : bool
        For 'bilinear' and 'bicubic' of images: when shrinking, take the mean over all that an output covers.

    Returns
    -------
    Tensor
        Of the new size.

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
    if is_half(input):
        return rounded_once(interpolate, input, size, scale_factor, mode, align_corners, recompute_scale_factor, antialias)
    check_tensor("interpolate", input)
    n = input.ndim - 2
    if antialias and (mode not in ("bilinear", "bicubic") or n != 2):
        raise ValueError(
            f"interpolate: antialias=True is for the modes 'bilinear' and 'bicubic' of 4 dimensions, not for {mode!r} of {n + 2}"
        )
    if mode in ("nearest", "area", "nearest-exact") and align_corners is not None:
        raise ValueError(f"interpolate: align_corners means nothing for mode={mode!r}")
    if (size is None) == (scale_factor is None):
        raise ValueError("interpolate: give either size or scale_factor")
    if size is not None and recompute_scale_factor:
        raise ValueError("interpolate: recompute_scale_factor means nothing when the size is given")
    if (isinstance(size, (tuple, list)) and len(size) != n) or (isinstance(scale_factor, (tuple, list)) and len(scale_factor) != n):
        raise ValueError(f"interpolate: an input of shape {list(input.shape)} has {n} dimensions to resize")
    scales: Any = (None,) * n
    if isinstance(size, Tensor) and not size.ndim:
        size = size.item()
    for what, given_as, kinds in (
        ("size", size, (int, np.integer, Tensor)),
        ("scale_factor", scale_factor, (int, float, np.number, Tensor)),
    ):
        each = given_as if isinstance(given_as, (tuple, list)) else () if given_as is None else (given_as,)
        whole = what == "scale_factor" or not any(isinstance(x, Tensor) and x.is_floating_point() for x in each)
        if not whole or not all(isinstance(x, kinds) for x in each):
            raise TypeError(f"interpolate: {what} must be a number or a list of numbers, but is {given_as!r}")
    if size is not None:
        sizes = (int(size),) * n if isinstance(size, (int, np.integer)) else tuple(map(int, size))
    else:
        scales = tuple(map(float, scale_factor)) if isinstance(scale_factor, (tuple, list)) else (float(scale_factor),) * n
        sizes = tuple(math.floor(k * s) for k, s in zip(input.shape[2:], scales, strict=True))
        if recompute_scale_factor:
            scales = (None,) * n
    if not 1 <= n <= 3 or _DIMENSIONS.get(mode, n) != n:
        raise NotImplementedError(f"interpolate: mode {mode!r} does not work for an input of {n + 2} dimensions")
    if any(m >= 2**31 for m in sizes):
        raise RuntimeError(f"interpolate: no image can have the size {list(sizes)}")
    if any(m < (mode != "area") for m in sizes) or 0 in input.shape[2:]:
        raise RuntimeError(f"interpolate: sizes must be positive, but got {list(input.shape[2:])} and {list(sizes)}")
    if mode == "area":
        average = _adaptive_avg(f"adaptive_avg_pool{n}d", input, sizes, n)
        return like_image(average, input) if n == 2 else average
    given = input
    bytes_last_first = input._array.dtype == np.uint8 and mode in ("bilinear", "bicubic")
    for k in reversed(range(n)) if bytes_last_first else range(n):
        input = _resized(input, k + 2, sizes[k], scales[k], mode, bool(align_corners), antialias)
    kind = "".join(word.capitalize() for word in mode.split("-")) + f"{n}D" + "Aa" * antialias
    return like_image(one_node(f"Upsample{kind}Backward0", input, given), given)


def _resized(input: Tensor, dim: int, m: int, scale: Any, mode: str, align_corners: bool, antialias: bool) -> Tensor:
    n = input.shape[dim]
    if mode.startswith("nearest"):
        return index_select(input, dim, from_numpy(_nearest(n, m, scale, mode == "nearest-exact", input.ndim == 4)))
    function: Callable[..., Any] = _cubic if mode == "bicubic" else _linear
    in_bytes = input._array.dtype == np.uint8 and mode in ("bilinear", "bicubic")
    if not in_bytes:
        floats_only(f"interpolate with mode {mode!r}", input._array)
    if mode not in _DIMENSIONS:
        raise NotImplementedError(f"interpolate: unknown mode {mode!r}")
    if antialias:
        radius, kernel = (2, _keys) if mode == "bicubic" else (1, _tent)
        taps = _smooth(n, m, scale, align_corners, radius, kernel)
    else:
        taps = function(n, m, scale, align_corners)
    return _taps_of_bytes(input, dim, taps) if in_bytes else _taps(input, dim, taps)


@public("nn.functional", sized="input")
def upsample(input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: Any = None) -> Tensor:
    """The old name of :func:`interpolate`.

    Parameters
    ----------
    input : Tensor of shape (N, C, ...) with 1 to 3 more dimensions
    size, scale_factor, mode, align_corners : optional
        As in :func:`interpolate`.

    Returns
    -------
    Tensor
        Of the new size.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.upsample(torch.tensor([[[1.0]]]), 2)
    tensor([[[1., 1.]]])
    """
    return interpolate(input, size, scale_factor, mode, align_corners)


@public("nn.functional")
def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """:func:`interpolate` with mode 'nearest'.

    Parameters
    ----------
    input : Tensor of shape (N, C, ...) with 1 to 3 more dimensions
    size, scale_factor : optional
        As in :func:`interpolate`.

    Returns
    -------
    Tensor
        Of the new size.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.upsample_nearest(torch.tensor([[[1.0]]]), 2)
    tensor([[[1., 1.]]])
    """
    return interpolate(input, size, scale_factor, "nearest")


@public("nn.functional")
def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """:func:`interpolate` with mode 'bilinear' and ``align_corners=True``.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W)
    size, scale_factor : optional
        As in :func:`interpolate`.

    Returns
    -------
    Tensor
        Of the new size.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.upsample_bilinear(torch.tensor([[[[0.0, 1.0]]]]), (1, 3))
    tensor([[[[0.0000, 0.5000, 1.0000]]]])
    """
    return interpolate(input, size, scale_factor, "bilinear", True)


# ---------------------------------------------------------------------- pixels and channels
@public("torch", "nn.functional", node="PixelShuffleBackward0(input)", images=True)
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Rearrange channels as pixels: (..., C r r, H, W) to (..., C, H r, W r).

    Source: Shi et al., "Real-time single image and video super-resolution using an efficient sub-pixel CNN", 2016.

    Parameters
    ----------
    input : Tensor of shape (..., C r r, H, W)
    upscale_factor : int
        The r.

    Returns
    -------
    Tensor
        Of shape (..., C, H r, W r).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.pixel_shuffle(torch.arange(4.0).reshape(4, 1, 1), 2)
    tensor([[[0., 1.],
             [2., 3.]]])
    """
    r = upscale_factor
    least_ndim("pixel_shuffle", 3, input)
    if r * r >= 2**63:
        raise ValueError(f"pixel_shuffle: {r} squared is too large a number")
    if r <= 0 or input.shape[-3] % (r * r):
        raise RuntimeError(f"pixel_shuffle: {input.shape[-3]} channels can't be divided by {r} squared")
    *lead, c, h, w = input.shape
    parts = input.reshape(*lead, c // (r * r), r, r, h, w)
    k = len(lead)
    image = parts.permute(*range(k + 1), k + 3, k + 1, k + 4, k + 2).reshape(*lead, c // (r * r), h * r, w * r)
    return image.clone() if r == 1 else image


@public("torch", "nn.functional", node="PixelUnshuffleBackward0(input)", images=True)
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """Rearrange pixels as channels, the inverse of :func:`pixel_shuffle`.

    Parameters
    ----------
    input : Tensor of shape (..., C, H r, W r)
    downscale_factor : int
        The r.

    Returns
    -------
    Tensor
        Of shape (..., C r r, H, W).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.pixel_unshuffle(torch.arange(4.0).reshape(1, 2, 2), 2).flatten()
    tensor([0., 1., 2., 3.])
    """
    r = downscale_factor
    least_ndim("pixel_unshuffle", 3, input)
    if r <= 0 or input.shape[-2] % r or input.shape[-1] % r:
        raise RuntimeError(f"pixel_unshuffle: an image of shape {list(input.shape[-2:])} can't be divided by {r}")
    *lead, c, h, w = input.shape
    parts = input.reshape(*lead, c, h // r, r, w // r, r)
    k = len(lead)
    image = parts.permute(*range(k + 1), k + 2, k + 4, k + 1, k + 3).reshape(*lead, c * r * r, h // r, w // r)
    return image.clone() if r == 1 else image


@public("torch", "nn.functional", names=["native_channel_shuffle"], node="ChannelShuffleBackward0(input)", images=True)
def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """Take channels from each group in turn.

    Parameters
    ----------
    input : Tensor of shape (N, C, ...)
    groups : int
        A divisor of C.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.channel_shuffle(torch.arange(4.0).reshape(1, 4, 1), 2).flatten()
    tensor([0., 2., 1., 3.])
    """
    least_ndim("channel_shuffle", 3, input)
    if groups <= 0 or input.shape[1] % groups:
        raise RuntimeError(f"channel_shuffle: {input.shape[1]} channels can't be divided into {groups} groups")
    n, c, *rest = input.shape
    shuffled = input.reshape(n, groups, c // groups, *rest).transpose(1, 2).reshape(n, c, *rest)
    return shuffled.clone() if shuffled._view is not None else shuffled
