"""Sampling images at given coordinates: ``grid_sample`` and ``affine_grid``."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._base import Tensor, one_node, primitive, public
from .._composite import is_half, rounded_once
from .._shapes import floats_only, same_type
from ..pointwise.compare import where
from ..ranges import linspace


def _homogeneous(size: Any, align_corners: bool, dtype: Any) -> np.ndarray:
    """The homogeneous coordinates (x, y, 1) or (x, y, z, 1) of all places of an image, one a row."""
    axes = []
    for m in size[2:]:
        ends = 1.0 if align_corners else 1.0 - 1.0 / m
        axes.append(linspace(-ends, ends, m, dtype=dtype).numpy() if m > 1 or not align_corners else np.zeros(m, dtype.numpy))
    mesh = np.meshgrid(*axes, indexing="ij")[::-1]
    return np.stack([*mesh, np.ones_like(mesh[0])], -1).reshape(-1, len(size) - 1)


def _affine_grid_rule(xp: Any, grad: Any, size: Any, base: Any) -> Any:
    n = len(size) - 2
    return xp.transpose(xp._unsafe_view(grad, (size[0], -1, n)), 1, 2) @ xp.constant(base)


@primitive(grad_name="AffineGridGeneratorBackward0", input=_affine_grid_rule)
def _affine_grid(input, size, base):
    return np.matmul(base, input.swapaxes(1, 2)).reshape(size[0], *size[2:], len(size) - 2)


@public("nn.functional", sized="theta")
def affine_grid(theta: Tensor, size: Any, align_corners: Any = None) -> Tensor:
    """The coordinates of a grid after an affine map, for :func:`grid_sample`.

    Parameters
    ----------
    theta : Tensor of shape (N, 2, 3) or (N, 3, 4)
        The maps.
    size : (N, C, H, W) or (N, C, D, H, W)
        The size of the image to be sampled.
    align_corners : bool, optional
        Whether -1 and 1 are the centres of the corner elements, not their outer edges.

    Returns
    -------
    Tensor
        Of shape (N, H, W, 2) or (N, D, H, W, 3).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.affine_grid(torch.eye(2, 3).unsqueeze(0), (1, 1, 1, 2), align_corners=False)
    tensor([[[[-0.5000,  0.0000],
              [ 0.5000,  0.0000]]]])
    """
    if not theta.is_floating_point():
        raise ValueError(f"affine_grid: theta must be of floating-point type, but is of type {theta.dtype!r}")
    n = len(size) - 2
    if n not in (2, 3):
        raise NotImplementedError(f"affine_grid: a size has 4 or 5 numbers, of an image or a volume, but got {list(size)}")
    if min(size) <= 0:
        raise ValueError(f"affine_grid: the sizes must be positive, but are {list(size)}")
    if theta.ndim != 3 or tuple(theta.shape[1:]) != (n, n + 1):
        raise ValueError(f"affine_grid: a theta of shape {list(theta.shape)} does not fit the size {list(size)}")
    size = tuple(map(int, size))
    return _affine_grid(theta, size, _homogeneous(size, bool(align_corners), theta.dtype))


@public("nn.functional")
def grid_sample(
    input: Tensor, grid: Tensor, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: Any = None
) -> Tensor:
    """Sample an image at given coordinates, by interpolation.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (N, C, D, H, W)
    grid : Tensor of shape (N, ..., 2 or 3)
        Coordinates as (x, y) or (x, y, z) in [-1, 1].
    mode : 'bilinear', 'nearest' or 'bicubic'
    padding_mode : 'zeros', 'border' or 'reflection'
        What lies outside of the image.
    align_corners : bool, optional
        Whether -1 and 1 are the centres of the corner elements, not their outer edges.

    Returns
    -------
    Tensor
        Of shape (N, C, ...).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> image = torch.tensor([[[[0.0, 1.0]]]])
    >>> torch.nn.functional.grid_sample(image, torch.zeros(1, 1, 1, 2), align_corners=False)
    tensor([[[[0.5000]]]])
    """
    floats_only("grid_sample", input._array)
    same_type("grid_sample", input, grid)
    if is_half(input):
        return rounded_once(grid_sample, input, grid, mode, padding_mode, align_corners)
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ValueError(f"grid_sample: unknown mode {mode!r}")
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError(f"grid_sample: unknown padding_mode {padding_mode!r}")
    n = input.ndim - 2
    if n not in (2, 3) or grid.ndim != input.ndim or grid.shape[-1] != n or grid.shape[0] != input.shape[0]:
        raise RuntimeError(f"grid_sample: a grid of shape {list(grid.shape)} does not fit an input of shape {list(input.shape)}")
    if mode == "bicubic" and n == 3:
        raise RuntimeError("grid_sample: bicubic interpolation works for images only")
    sizes = tuple(input.shape[2:])
    places = []
    for k in range(n):
        x, size = grid[..., k], sizes[n - 1 - k]
        at = (x + 1) / 2 * (size - 1) if align_corners else ((x + 1) * size - 1) / 2
        places.append(at if mode == "bicubic" else _inside(at, size, padding_mode, bool(align_corners)))
    corners = _corners(places, mode)
    total: Any = 0
    for corner, weight in corners:
        value = _looked_up(input, corner, sizes, padding_mode, bool(align_corners), mode)
        total = total + (value if weight is None else value * weight.unsqueeze(1))
    return one_node(f"GridSampler{n}DBackward0", total, input, grid)


def _inside(at: Tensor, size: int, padding_mode: str, align_corners: bool) -> Tensor:
    """Bring places outside of the image to the border, or reflect them."""
    if padding_mode == "zeros":
        return at
    if padding_mode == "reflection":
        low, span = (0.0, size - 1.0) if align_corners else (-0.5, float(size))
        if not span:
            return at * 0
        away = (at - low).abs()
        extra = away.detach() % span
        flips = ((away.detach() / span).floor() % 2) == 0
        moved = away - (away.detach() - extra)
        at = where(flips, moved + low, span - moved + low)
    return at.clamp(0, size - 1)


def _corners(places: list[Tensor], mode: str) -> list[tuple[list[Any], Any]]:
    """The neighbours of each place, as integer coordinates (x, y, ...), with their weights."""
    if mode == "nearest":
        return [([p.detach().round().long() for p in places], None)]
    choices: list[tuple[list[Any], Any]] = [([], None)]
    for p in places:
        base = p.detach().floor()
        part = p - base
        if mode == "bilinear":
            options = [(base.long(), 1 - part), (base.long() + 1, part)]
        else:
            options = [(base.long() + o, _keys(part - o)) for o in (-1, 0, 1, 2)]
        choices = [([*c, i], o if w is None else w * o) for c, w in choices for i, o in options]
    return choices


def _keys(d: Tensor, a: float = -0.75) -> Tensor:
    d = d.abs()
    return where(d <= 1, ((a + 2) * d - (a + 3)) * d * d + 1, ((a * d - 5 * a) * d + 8 * a) * d - 4 * a)


def _looked_up(input: Tensor, corner: list[Any], sizes: Any, padding_mode: str, align_corners: bool, mode: str) -> Tensor:
    n = len(sizes)
    flat: Any = 0
    valid: Any = True
    for k, i in enumerate(corner):
        size = sizes[n - 1 - k]
        if mode == "bicubic" and padding_mode != "zeros":
            i = _inside(i.to(input.dtype), size, padding_mode, align_corners).round().long()
        valid = valid & (i >= 0) & (i < size)
        flat = flat + i.clamp(0, size - 1) * math.prod(sizes[n - k :])
    count, channels = input.shape[:2]
    index = flat.reshape(count, 1, math.prod(flat.shape[1:])).expand(count, channels, -1)
    values = input.flatten(2).gather(2, index).reshape(count, channels, *corner[0].shape[1:])
    return values * valid.unsqueeze(1).to(input.dtype) if padding_mode == "zeros" or mode != "bicubic" else values
