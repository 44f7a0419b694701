"""Crops, flips, rotations and distortions of ``transforms.v2``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import minitorch_bp as torch

from .. import draws
from .._image import angles, check_sequence, one_uniform, pair
from ..filters import elastic_displacement
from ..geometry import _four
from ..random_geometry import affine_bounds, check_ranges, two_floats
from ..warp import perspective_coefficients
from . import functional as F
from ._kinds import query_size
from ._transform import Perhaps, Transform

_MODES = ("constant", "edge", "reflect", "symmetric")


def check_fill(fill: Any) -> None:
    """Refuse what is no colour, nor a dictionary of colours by kind."""
    if isinstance(fill, dict):
        for value in fill.values():
            check_fill(value)
    elif fill is not None and not isinstance(fill, (int, float, tuple, list)):
        raise TypeError(
            f"fill must be a number, a sequence of numbers or a dictionary of them by type, but got {type(fill).__name__}"
        )


def fill_of(fill: Any, inpt: Any) -> Any:
    """The colour for a leaf, where a dictionary has one for each type and for 'others'."""
    return fill.get(type(inpt), fill.get("others")) if isinstance(fill, dict) else fill


class RandomHorizontalFlip(Perhaps):
    """Mirror with probability p."""

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.horizontal_flip(inpt)


class RandomVerticalFlip(Perhaps):
    """Turn upside down with probability p."""

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.vertical_flip(inpt)


class Resize(Transform):
    """Another size; one number is the shorter edge, and None makes the longer one ``max_size``."""

    def __init__(self, size: Any, interpolation: Any = "bilinear", max_size: int | None = None, antialias: bool | None = True):
        super().__init__()
        if isinstance(size, int):
            size = [size]
        elif isinstance(size, Sequence) and len(size) in (1, 2):
            size = list(size)
        elif size is not None or not isinstance(max_size, int):
            raise ValueError(
                f"Resize: size must be one number, (height, width), or None with an integer max_size, but got {size}, {max_size}"
            )
        self.size, self.interpolation, self.max_size, self.antialias = size, interpolation, max_size, antialias

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.resize(inpt, self.size, interpolation=self.interpolation, max_size=self.max_size, antialias=self.antialias)


class CenterCrop(Transform):
    """The middle."""

    def __init__(self, size: Any):
        super().__init__()
        self.size = pair(size)

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.center_crop(inpt, self.size)


class FiveCrop(Transform):
    """The corners and the middle."""

    def __init__(self, size: Any):
        super().__init__()
        self.size = pair(size)

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.five_crop(inpt, self.size)


class TenCrop(Transform):
    """Those of the mirror image, too."""

    def __init__(self, size: Any, vertical_flip: bool = False):
        super().__init__()
        self.size, self.vertical_flip = pair(size), vertical_flip

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.ten_crop(inpt, self.size, self.vertical_flip)


class RandomResizedCrop(Transform):
    """A crop of a random part of the area and a random ratio, resized."""

    def __init__(
        self, size: Any, scale: Any = (0.08, 1.0), ratio: Any = (3.0 / 4.0, 4.0 / 3.0), interpolation: Any = "bilinear",
        antialias: bool | None = True,
    ):  # fmt: skip
        super().__init__()
        self.size = pair(size)
        check_ranges("RandomResizedCrop", scale, ratio)
        self.scale, self.ratio, self.interpolation, self.antialias = scale, ratio, interpolation, antialias

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        place = draws.resized_crop_place(*query_size(flat_inputs), self.scale, self.ratio)
        return dict(zip(("top", "left", "height", "width"), place, strict=True))

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.resized_crop(inpt, **params, size=self.size, interpolation=self.interpolation, antialias=self.antialias)


class Pad(Transform):
    """A border."""

    def __init__(self, padding: Any, fill: Any = 0, padding_mode: str = "constant"):
        super().__init__()
        _four(padding)
        check_fill(fill)
        _check_mode(padding_mode)
        self.padding = padding if isinstance(padding, int) else list(padding)
        self.fill, self.padding_mode = fill, padding_mode

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.pad(inpt, self.padding, fill_of(self.fill, inpt), self.padding_mode)


def _check_mode(padding_mode: str) -> None:
    if padding_mode not in _MODES:
        raise ValueError(f"padding_mode must be one of {list(_MODES)}, but got {padding_mode!r}")


class RandomZoomOut(Perhaps):
    """Put the image on a larger canvas, with probability p."""

    def __init__(self, fill: Any = 0, side_range: Any = (1.0, 4.0), p: float = 0.5):
        super().__init__(p)
        check_fill(fill)
        check_sequence(side_range, "side_range", (2,))
        if not 1.0 <= side_range[0] <= side_range[1]:
            raise ValueError(f"RandomZoomOut: side_range must be (low, high) from 1 on, but is {side_range}")
        self.fill, self.side_range = fill, side_range

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        height, width = query_size(flat_inputs)
        r = self.side_range[0] + torch.rand(1) * (self.side_range[1] - self.side_range[0])
        new_width, new_height = int(width * r), int(height * r)
        r = torch.rand(2)
        left, top = int((new_width - width) * r[0]), int((new_height - height) * r[1])
        return {"padding": [left, top, new_width - left - width, new_height - top - height]}

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.pad(inpt, params["padding"], fill_of(self.fill, inpt))


class RandomRotation(Transform):
    """Turn by a random angle."""

    def __init__(self, degrees: Any, interpolation: Any = "nearest", expand: bool = False, center: Any = None, fill: Any = 0):
        super().__init__()
        self.degrees = angles(degrees, "degrees")
        check_fill(fill)
        if center is not None:
            check_sequence(center, "center", (2,))
        self.interpolation, self.expand, self.fill, self.center = interpolation, expand, fill, center

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        return {"angle": one_uniform(*self.degrees)}

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.rotate(inpt, params["angle"], self.interpolation, self.expand, self.center, fill_of(self.fill, inpt))


class RandomAffine(Transform):
    """Turn, shift, scale and shear by chance."""

    def __init__(
        self, degrees: Any, translate: Any = None, scale: Any = None, shear: Any = None, interpolation: Any = "nearest", fill: Any = 0,
        center: Any = None,
    ):  # fmt: skip
        super().__init__()
        self.degrees, bounds = affine_bounds(degrees, translate, scale, shear)
        check_fill(fill)
        if center is not None:
            check_sequence(center, "center", (2,))
        self.translate, self.scale, self.shear = translate, scale, bounds
        self.interpolation, self.fill, self.center = interpolation, fill, center

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        height, width = query_size(flat_inputs)
        numbers = draws.affine_numbers(self.degrees, self.translate, self.scale, self.shear, width, height)
        return dict(zip(("angle", "translate", "scale", "shear"), numbers, strict=True))

    def transform(self, inpt: Any, params: Any) -> Any:
        fill = fill_of(self.fill, inpt)
        return F.affine(inpt, **params, interpolation=self.interpolation, fill=fill, center=self.center)


class RandomCrop(Transform):
    """A crop at a random place, after padding."""

    def __init__(self, size: Any, padding: Any = None, pad_if_needed: bool = False, fill: Any = 0, padding_mode: str = "constant"):
        super().__init__()
        self.size = pair(size)
        if padding is not None or pad_if_needed:
            _check_mode(padding_mode)
        left, top, right, bottom = _four(padding or 0)
        self.padding = [left, right, top, bottom] if padding else None
        check_fill(fill)
        self.pad_if_needed, self.fill, self.padding_mode = pad_if_needed, fill, padding_mode

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        size = query_size(flat_inputs)
        left, right, top, bottom = self.padding or (0, 0, 0, 0)
        pads, sizes, starts = [[top, bottom], [left, right]], [], []
        for k, (new, old) in enumerate(zip(self.size, size, strict=True)):
            missing = max(new - old - sum(pads[k]), 0) if self.pad_if_needed else 0
            pads[k] = [p + missing for p in pads[k]]
            sizes.append(old + sum(pads[k]))
        if any(old < new for old, new in zip(sizes, self.size, strict=True)):
            raise ValueError(
                f"RandomCrop: the size {tuple(self.size)} is larger than the (padded) image, {tuple(sizes)}; see pad_if_needed"
            )
        for old, new in zip(sizes, self.size, strict=True):
            starts.append(int(torch.randint(0, old - new + 1, size=())) if old > new else 0)
        padding = [pads[1][0], pads[0][0], pads[1][1], pads[0][1]]
        return {"padding": padding, "crop": (*starts, *self.size) if tuple(sizes) != tuple(self.size) else None}

    def transform(self, inpt: Any, params: Any) -> Any:
        if any(params["padding"]):
            inpt = F.pad(inpt, params["padding"], fill_of(self.fill, inpt), self.padding_mode)
        return F.crop(inpt, *params["crop"]) if params["crop"] else inpt


class RandomPerspective(Perhaps):
    """Move the corners inwards by chance, with probability p."""

    def __init__(self, distortion_scale: float = 0.5, p: float = 0.5, interpolation: Any = "bilinear", fill: Any = 0):
        super().__init__(p)
        if not 0 <= distortion_scale <= 1:
            raise ValueError(f"RandomPerspective: distortion_scale must lie between 0 and 1, but is {distortion_scale}")
        check_fill(fill)
        self.distortion_scale, self.interpolation, self.fill = distortion_scale, interpolation, fill

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        height, width = query_size(flat_inputs)
        return {"coefficients": perspective_coefficients(*draws.perspective_points(width, height, self.distortion_scale))}

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.perspective(inpt, None, None, self.interpolation, fill_of(self.fill, inpt), **params)


class ElasticTransform(Transform):
    """Shift each pixel by a smooth random vector."""

    def __init__(self, alpha: Any = 50.0, sigma: Any = 5.0, interpolation: Any = "bilinear", fill: Any = 0):
        super().__init__()
        self.alpha, self.sigma = two_floats(alpha, "alpha"), two_floats(sigma, "sigma")
        check_fill(fill)
        self.interpolation, self.fill = interpolation, fill

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        return {"displacement": elastic_displacement(self.alpha, self.sigma, *query_size(flat_inputs))}

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.elastic(inpt, params["displacement"], self.interpolation, fill_of(self.fill, inpt))


class _RandomSize(Transform):
    interpolation: Any
    antialias: Any

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.resize(inpt, params["size"], interpolation=self.interpolation, antialias=self.antialias)


class ScaleJitter(_RandomSize):
    """Resize to a random part of a target size."""

    def __init__(
        self, target_size: Any, scale_range: Any = (0.1, 2.0), interpolation: Any = "bilinear", antialias: bool | None = True
    ):
        super().__init__()
        self.target_size, self.scale_range, self.interpolation, self.antialias = target_size, scale_range, interpolation, antialias

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        height, width = query_size(flat_inputs)
        scale = self.scale_range[0] + torch.rand(1) * (self.scale_range[1] - self.scale_range[0])
        r = min(self.target_size[1] / height, self.target_size[0] / width) * scale
        return {"size": (int(height * r), int(width * r))}


class RandomShortestSize(_RandomSize):
    """Resize the shorter edge to one of some sizes."""

    def __init__(self, min_size: Any, max_size: int | None = None, interpolation: Any = "bilinear", antialias: bool | None = True):
        super().__init__()
        self.min_size = [min_size] if isinstance(min_size, int) else list(min_size)
        self.max_size, self.interpolation, self.antialias = max_size, interpolation, antialias

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        height, width = query_size(flat_inputs)
        r = self.min_size[int(torch.randint(len(self.min_size), ()))] / min(height, width)
        if self.max_size is not None:
            r = min(r, self.max_size / max(height, width))
        return {"size": (int(height * r), int(width * r))}


class RandomResize(_RandomSize):
    """Resize the shorter edge to a random length from ``min_size`` to ``max_size - 1``."""

    def __init__(self, min_size: int, max_size: int, interpolation: Any = "bilinear", antialias: bool | None = True):
        super().__init__()
        self.min_size, self.max_size, self.interpolation, self.antialias = min_size, max_size, interpolation, antialias

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        return {"size": [int(torch.randint(self.min_size, self.max_size, ()))]}
