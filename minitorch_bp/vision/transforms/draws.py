"""What random transforms draw: the same numbers in the same order as torchvision, so that a seed gives the same images.

Each is a function of the image's size and the transform's bounds; the classes of ``transforms`` and of ``transforms.v2`` share them.
"""

from __future__ import annotations

import math
from typing import Any

import minitorch_bp as torch

from ._image import Tensor, one_randint, one_uniform


def happens(p: float) -> bool:
    """One draw: whether something of probability p happens."""
    return bool(torch.rand(1) < p)


def crop_place(height: int, width: int, size: Any) -> tuple[int, int, int, int]:
    """Top, left, height and width of a crop of a size."""
    new_height, new_width = size
    if height < new_height or width < new_width:
        raise ValueError(
            f"RandomCrop: the size {(new_height, new_width)} is larger than the image, {(height, width)}; see pad_if_needed"
        )
    if (height, width) == (new_height, new_width):
        return 0, 0, height, width
    top = one_randint(0, height - new_height + 1)
    return top, one_randint(0, width - new_width + 1), new_height, new_width


def _area_and_ratio(area: int, scale: Any, log_ratio: Tensor) -> tuple[float, float]:
    part = area * one_uniform(scale[0], scale[1])
    return part, torch.exp(torch.empty(1).uniform_(log_ratio[0].item(), log_ratio[1].item())).item()


def resized_crop_place(height: int, width: int, scale: Any, ratio: Any) -> tuple[int, int, int, int]:
    """Top, left, height and width of a crop of a random part of the area and a random ratio; the middle after ten misses."""
    log_ratio = torch.log(torch.tensor(ratio))
    for _ in range(10):
        area, aspect = _area_and_ratio(height * width, scale, log_ratio)
        w, h = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 0 < w <= width and 0 < h <= height:
            top = one_randint(0, height - h + 1)
            return top, one_randint(0, width - w + 1), h, w
    w, h = width, height
    if width / height < min(ratio):
        h = round(w / min(ratio))
    elif width / height > max(ratio):
        w = round(h * max(ratio))
    return (height - h) // 2, (width - w) // 2, h, w


def erased_place(shape: Any, scale: Any, ratio: Any, value: Any) -> tuple[int, int, int, int, Tensor] | None:
    """Top, left, height, width and content of a rectangle; None after ten misses. No value stands for noise."""
    channels, height, width = shape
    log_ratio = torch.log(torch.tensor(ratio))
    for _ in range(10):
        area, aspect = _area_and_ratio(height * width, scale, log_ratio)
        h, w = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if h < height and w < width:
            content = torch.empty([channels, h, w]).normal_() if value is None else torch.tensor(value)[:, None, None]
            top = one_randint(0, height - h + 1)
            return top, one_randint(0, width - w + 1), h, w, content
    return None


def affine_numbers(
    degrees: Any, translate: Any, scale: Any, shear: Any, width: int, height: int
) -> tuple[float, tuple[int, int], float, tuple[float, float]]:
    """Angle, shift, scale and shear."""
    angle = one_uniform(*degrees)
    shift, factor, shear_x, shear_y = (0, 0), 1.0, 0.0, 0.0
    if translate is not None:
        x, y = float(translate[0] * width), float(translate[1] * height)
        shift = (round(one_uniform(-x, x)), round(one_uniform(-y, y)))
    if scale is not None:
        factor = one_uniform(*scale)
    if shear is not None:
        shear_x = one_uniform(shear[0], shear[1])
        if len(shear) == 4:
            shear_y = one_uniform(shear[2], shear[3])
    return angle, shift, factor, (shear_x, shear_y)


def perspective_points(width: int, height: int, distortion_scale: float) -> tuple[list[list[int]], list[list[int]]]:
    """The corners, and where they go: inwards, up to a part of half the size."""
    x, y = int(distortion_scale * (width // 2)) + 1, int(distortion_scale * (height // 2)) + 1
    start = [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]]
    lows = [(0, 0), (width - x, 0), (width - x, height - y), (0, height - y)]
    return start, [[one_randint(left, left + x), one_randint(top, top + y)] for left, top in lows]


def jitter_factors(*bounds: Any) -> tuple[Any, ...]:
    """The order of the four adjustments, and the factor of each (None without bounds)."""
    order = torch.randperm(4)
    return (order, *(None if b is None else one_uniform(*b) for b in bounds))


def jitter_bounds(value: Any, name: str, center: float = 1.0, bound: Any = (0, math.inf)) -> tuple[float, float] | None:
    """The interval of a factor: a number x stands for ``center - x`` to ``center + x``; None if it can only be ``center``."""
    if isinstance(value, (int, float)):
        if value < 0:
            raise ValueError(f"ColorJitter: {name} must not be negative when it is one number, but is {value}")
        low, high = center - float(value), center + float(value)
        low = max(low, 0.0) if center == 1 else low
    elif isinstance(value, (tuple, list)) and len(value) == 2:
        low, high = float(value[0]), float(value[1])
    else:
        raise TypeError(f"ColorJitter: {name} must be a number or (low, high), but got {value!r}")
    if not bound[0] <= low <= high <= bound[1]:
        raise ValueError(f"ColorJitter: {name} must be increasing and between {bound[0]} and {bound[1]}, but is {(low, high)}")
    return None if low == high == center else (low, high)
