"""Random flips, crops, rotations and distortions.

Each draws with the global generator, as torchvision's does: :mod:`draws` has the numbers. ``get_params`` gives them by themselves, for
transforming an image and its mask alike.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from minitorch_bp import nn

from . import draws
from . import functional as F
from ._image import InterpolationMode, Tensor, angles, check_sequence, interpolation_mode, one_uniform, pair
from .containers import Perhaps
from .filters import elastic_displacement
from .fixed import Shown

_NUMBERS = (int, float)


class RandomHorizontalFlip(Perhaps):
    """Mirror the image with probability p."""

    def _transformed(self, img: Any) -> Any:
        return F.hflip(img)


class RandomVerticalFlip(Perhaps):
    """Turn the image upside down with probability p."""

    def _transformed(self, img: Any) -> Any:
        return F.vflip(img)


class RandomCrop(Shown, nn.Module):
    """A crop at a random place, after padding.

    Parameters
    ----------
    size : int or (height, width)
    padding : int or sequence of int, optional
    pad_if_needed : bool
        Pad an image that is smaller.
    fill, padding_mode
        As of :func:`~minitorch_bp.vision.transforms.functional.pad`.
    """

    shown = ("size", "padding")

    def __init__(self, size: Any, padding: Any = None, pad_if_needed: bool = False, fill: Any = 0, padding_mode: str = "constant"):
        super().__init__()
        self.size = tuple(pair(size))
        self.padding, self.pad_if_needed, self.fill, self.padding_mode = padding, pad_if_needed, fill, padding_mode

    @staticmethod
    def get_params(img: Any, output_size: Any) -> tuple[int, int, int, int]:
        """Draw top, left, height and width."""
        _, height, width = F.get_dimensions(img)
        return draws.crop_place(height, width, output_size)

    def forward(self, img: Any) -> Any:
        if self.padding is not None:
            img = F.pad(img, self.padding, self.fill, self.padding_mode)
        _, height, width = F.get_dimensions(img)
        if self.pad_if_needed and width < self.size[1]:
            img = F.pad(img, [self.size[1] - width, 0], self.fill, self.padding_mode)
        if self.pad_if_needed and height < self.size[0]:
            img = F.pad(img, [0, self.size[0] - height], self.fill, self.padding_mode)
        return F.crop(img, *self.get_params(img, self.size))


def check_ranges(name: str, scale: Any, ratio: Any) -> None:
    """Refuse what are no sequences; warn of bounds in the wrong order."""
    for what, bounds in (("scale", scale), ("ratio", ratio)):
        if not isinstance(bounds, Sequence):
            raise TypeError(f"{name}: {what} must be a sequence (low, high), but got {type(bounds).__name__}")
    if scale[0] > scale[1] or ratio[0] > ratio[1]:
        warnings.warn(f"{name}: scale and ratio are (low, high), but got {scale} and {ratio}", stacklevel=3)


class RandomResizedCrop(nn.Module):
    """A crop of a random part of the area and a random ratio, resized.

    Parameters
    ----------
    size : int or (height, width)
        Of the result.
    scale : (low, high)
        The part of the area.
    ratio : (low, high)
        Width by height; drawn on a logarithmic scale.
    interpolation : InterpolationMode
    antialias : bool, optional
    """

    def __init__(
        self, size: Any, scale: Any = (0.08, 1.0), ratio: Any = (3.0 / 4.0, 4.0 / 3.0), interpolation: Any = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ):  # fmt: skip
        super().__init__()
        check_ranges("RandomResizedCrop", scale, ratio)
        self.size, self.scale, self.ratio, self.antialias = pair(size), scale, ratio, antialias
        self.interpolation = interpolation_mode(interpolation)

    @staticmethod
    def get_params(img: Any, scale: Any, ratio: Any) -> tuple[int, int, int, int]:
        """Draw top, left, height and width."""
        _, height, width = F.get_dimensions(img)
        return draws.resized_crop_place(height, width, scale, ratio)

    def forward(self, img: Any) -> Any:
        place = self.get_params(img, self.scale, self.ratio)
        return F.resized_crop(img, *place, self.size, self.interpolation, antialias=self.antialias)

    def __repr__(self) -> str:
        scale, ratio = (tuple(round(v, 4) for v in bounds) for bounds in (self.scale, self.ratio))
        how = f"interpolation={self.interpolation.value}, antialias={self.antialias}"
        return f"{type(self).__name__}(size={self.size}, scale={scale}, ratio={ratio}, {how})"


def _colour(fill: Any, img: Any) -> Any:
    """A fill as tensors take it: one float per channel."""
    if not isinstance(img, Tensor):
        return fill
    return [float(fill)] * F.get_dimensions(img)[0] if isinstance(fill, _NUMBERS) else [float(f) for f in fill]


def _checked_fill(name: str, fill: Any) -> Any:
    if fill is not None and not isinstance(fill, (Sequence, *_NUMBERS)):
        raise TypeError(f"{name}: fill must be a number or a sequence of numbers, but got {type(fill).__name__}")
    return 0 if fill is None else fill


class RandomPerspective(Perhaps):
    """Move the corners inwards by chance, with probability p."""

    def __init__(
        self, distortion_scale: float = 0.5, p: float = 0.5, interpolation: Any = InterpolationMode.BILINEAR, fill: Any = 0
    ):
        super().__init__(p)
        self.distortion_scale, self.interpolation = distortion_scale, interpolation_mode(interpolation)
        self.fill = _checked_fill("RandomPerspective", fill)

    @staticmethod
    def get_params(width: int, height: int, distortion_scale: float) -> tuple[list[list[int]], list[list[int]]]:
        """Draw where the corners go: (start points, end points)."""
        return draws.perspective_points(width, height, distortion_scale)

    def _transformed(self, img: Any) -> Any:
        _, height, width = F.get_dimensions(img)
        points = self.get_params(width, height, self.distortion_scale)
        return F.perspective(img, *points, self.interpolation, _colour(self.fill, img))


class RandomRotation(nn.Module):
    """Turn by a random angle.

    Parameters
    ----------
    degrees : float or (low, high)
        One number x stands for (-x, x).
    interpolation, expand, center, fill
        As of :func:`~minitorch_bp.vision.transforms.functional.rotate`.
    """

    def __init__(
        self, degrees: Any, interpolation: Any = InterpolationMode.NEAREST, expand: bool = False, center: Any = None, fill: Any = 0
    ):
        super().__init__()
        self.degrees = angles(degrees, "degrees")
        if center is not None:
            check_sequence(center, "center", (2,))
        self.center, self.expand, self.interpolation = center, expand, interpolation_mode(interpolation)
        self.fill = _checked_fill("RandomRotation", fill)

    @staticmethod
    def get_params(degrees: Any) -> float:
        """Draw an angle."""
        return one_uniform(*degrees)

    def forward(self, img: Any) -> Any:
        angle = self.get_params(self.degrees)
        return F.rotate(img, angle, self.interpolation, self.expand, self.center, _colour(self.fill, img))

    def __repr__(self) -> str:
        text = f"{type(self).__name__}(degrees={self.degrees}, interpolation={self.interpolation.value}, expand={self.expand}"
        text += "" if self.center is None else f", center={self.center}"
        return text + f", fill={self.fill})"


def affine_bounds(degrees: Any, translate: Any, scale: Any, shear: Any) -> tuple[Any, Any]:
    """The bounds of angle and shear, after the checks of all."""
    degrees = angles(degrees, "degrees")
    if translate is not None:
        check_sequence(translate, "translate", (2,))
        if not all(0.0 <= t <= 1.0 for t in translate):
            raise ValueError(f"translate is a part of the size, between 0 and 1, but is {translate}")
    if scale is not None:
        check_sequence(scale, "scale", (2,))
        if any(s <= 0 for s in scale):
            raise ValueError(f"scale must be positive, but is {scale}")
    return degrees, shear if shear is None else angles(shear, "shear", (2, 4))


class RandomAffine(nn.Module):
    """Turn, shift, scale and shear by chance.

    Parameters
    ----------
    degrees : float or (low, high)
    translate : (x, y), optional
        The largest shifts, as parts of the size.
    scale : (low, high), optional
    shear : float, (low, high) or (low x, high x, low y, high y), optional
    interpolation, fill, center
        As of :func:`~minitorch_bp.vision.transforms.functional.affine`.
    """

    def __init__(
        self, degrees: Any, translate: Any = None, scale: Any = None, shear: Any = None, interpolation: Any = InterpolationMode.NEAREST,
        fill: Any = 0, center: Any = None,
    ):  # fmt: skip
        super().__init__()
        self.degrees, self.shear = affine_bounds(degrees, translate, scale, shear)
        if center is not None:
            check_sequence(center, "center", (2,))
        self.translate, self.scale, self.center = translate, scale, center
        self.interpolation, self.fill = interpolation_mode(interpolation), _checked_fill("RandomAffine", fill)

    @staticmethod
    def get_params(degrees: Any, translate: Any, scale_ranges: Any, shears: Any, img_size: Any) -> Any:
        """Draw angle, shift, scale and shear; ``img_size`` is (width, height)."""
        return draws.affine_numbers(degrees, translate, scale_ranges, shears, *img_size)

    def forward(self, img: Any) -> Any:
        angle, shift, scale, shear = self.get_params(self.degrees, self.translate, self.scale, self.shear, F.get_image_size(img))
        return F.affine(
            img, angle, shift, scale, shear, interpolation=self.interpolation, fill=_colour(self.fill, img), center=self.center
        )

    def __repr__(self) -> str:
        defaults = (("translate", None), ("scale", None), ("shear", None), ("interpolation", InterpolationMode.NEAREST), ("fill", 0), ("center", None))  # fmt: skip
        parts = [f"degrees={self.degrees}"]
        for name, default in defaults:
            value = getattr(self, name)
            if value != default:
                parts.append(f"{name}={value.value if name == 'interpolation' else value}")
        return f"{type(self).__name__}({', '.join(parts)})"


def two_floats(value: Any, name: str) -> list[float]:
    """(x, y) of one number or two."""
    if not isinstance(value, (*_NUMBERS, Sequence)):
        raise TypeError(f"{name} must be a number or two, but got {type(value).__name__}")
    value = [value, value] if isinstance(value, _NUMBERS) else list(value) * (1 + (len(value) == 1))
    if len(value) != 2:
        raise ValueError(f"{name} must be one number or two, but got {len(value)}")
    return [float(v) for v in value]


class ElasticTransform(nn.Module):
    """Shift each pixel by a smooth random vector.

    Parameters
    ----------
    alpha : float or (x, y)
        How far.
    sigma : float or (x, y)
        How smooth.
    interpolation, fill
        As of :func:`~minitorch_bp.vision.transforms.functional.elastic_transform`.
    """

    def __init__(self, alpha: Any = 50.0, sigma: Any = 5.0, interpolation: Any = InterpolationMode.BILINEAR, fill: Any = 0):
        super().__init__()
        self.alpha, self.sigma = two_floats(alpha, "alpha"), two_floats(sigma, "sigma")
        self.interpolation = interpolation_mode(interpolation)
        self.fill = colour_list(fill)

    @staticmethod
    def get_params(alpha: Any, sigma: Any, size: Any) -> Tensor:
        """Draw the vectors; ``size`` is (height, width)."""
        return elastic_displacement(alpha, sigma, *size)

    def forward(self, tensor: Any) -> Any:
        displacement = self.get_params(self.alpha, self.sigma, F.get_dimensions(tensor)[1:])
        return F.elastic_transform(tensor, displacement, self.interpolation, self.fill)

    def __repr__(self) -> str:
        parts = f"alpha={self.alpha}, sigma={self.sigma}, interpolation={self.interpolation}, fill={self.fill}"
        return f"{type(self).__name__}({parts})"


def colour_list(fill: Any) -> list[float]:
    """A colour as a list of floats."""
    if not isinstance(fill, (*_NUMBERS, list, tuple)):
        raise TypeError(f"fill must be a number or a sequence of numbers, but got {type(fill).__name__}")
    return [float(fill)] if isinstance(fill, _NUMBERS) else [float(f) for f in fill]
