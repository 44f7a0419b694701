"""RandAugment and TrivialAugment: a few operations by chance, each of a magnitude out of a scale.

Sources: Cubuk et al., "RandAugment: Practical automated data augmentation with a reduced search space" (2020); Mueller and Hutter,
"TrivialAugment: Tuning-free Yet State-of-the-Art Data Augmentation" (2021).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import minitorch_bp as torch
from minitorch_bp import nn

from . import functional as F
from ._image import InterpolationMode, Tensor, interpolation_mode, largest
from .fixed import Shown

#: name -> (the function of the functions of ``transforms`` or of ``v2``, an image, a magnitude, interpolation and fill; whether the magnitude may be negative)
_OPERATIONS: dict[str, tuple[Callable[..., Any], bool]] = {
    "Identity": (lambda f, img, m, how, fill: img, False),
    "ShearX": (lambda f, img, m, how, fill: _sheared(f, img, [m, 0.0], how, fill), True),
    "ShearY": (lambda f, img, m, how, fill: _sheared(f, img, [0.0, m], how, fill), True),
    "TranslateX": (lambda f, img, m, how, fill: f.affine(img, 0.0, [int(m), 0], 1.0, [0.0, 0.0], how, fill), True),
    "TranslateY": (lambda f, img, m, how, fill: f.affine(img, 0.0, [0, int(m)], 1.0, [0.0, 0.0], how, fill), True),
    "Rotate": (lambda f, img, m, how, fill: f.rotate(img, m, how, fill=fill), True),
    "Brightness": (lambda f, img, m, how, fill: f.adjust_brightness(img, 1.0 + m), True),
    "Color": (lambda f, img, m, how, fill: f.adjust_saturation(img, 1.0 + m), True),
    "Contrast": (lambda f, img, m, how, fill: f.adjust_contrast(img, 1.0 + m), True),
    "Sharpness": (lambda f, img, m, how, fill: f.adjust_sharpness(img, 1.0 + m), True),
    "Posterize": (lambda f, img, m, how, fill: f.posterize(img, int(m)), False),
    "Solarize": (lambda f, img, m, how, fill: f.solarize(img, m), False),
    "AutoContrast": (lambda f, img, m, how, fill: f.autocontrast(img), False),
    "Equalize": (lambda f, img, m, how, fill: f.equalize(img), False),
}
_NAMES = list(_OPERATIONS)


def _sheared(f: Any, img: Any, slopes: list[float], how: Any, fill: Any) -> Any:
    degrees = [math.degrees(math.atan(s)) for s in slopes]
    return f.affine(img, 0.0, [0, 0], 1.0, degrees, how, fill, center=[0, 0])


def scale_of(name: str, bins: int, ends: dict[str, float], bits: int, white: float) -> Tensor | None:
    """The magnitudes of an operation, from weak to strong; None where there is no choice."""
    if name == "Posterize":
        return 8 - (torch.arange(bins) / ((bins - 1) / bits)).round().int()
    if name == "Solarize":
        return torch.linspace(white, 0.0, bins)
    return torch.linspace(0.0, ends[name], bins) if name in ends else None


def rand_augment_ends(height: int, width: int) -> dict[str, float]:
    """The strongest magnitudes of RandAugment."""
    ends = dict.fromkeys(("Brightness", "Color", "Contrast", "Sharpness"), 0.9)
    return {**ends, "ShearX": 0.3, "ShearY": 0.3, "TranslateX": 150 / 331 * width, "TranslateY": 150 / 331 * height, "Rotate": 30.0}


def trivial_augment_ends(height: int, width: int) -> dict[str, float]:
    """The strongest magnitudes of TrivialAugment, which do not depend on the size."""
    ends = dict.fromkeys(("ShearX", "ShearY", "Brightness", "Color", "Contrast", "Sharpness"), 0.99)
    return {**ends, "TranslateX": 32.0, "TranslateY": 32.0, "Rotate": 135.0}


def augmented(functions: Any, img: Any, which: Any, ends: Any, bins: int, bits: int, strength: Callable[[int], int], minus: Callable[[], bool], how: Any, fill: Any) -> Any:  # fmt: skip
    """One operation on an image: ``which`` names it, ``strength`` draws its place in the scale and ``minus`` its sign."""
    name = _NAMES[which]
    function, signed = _OPERATIONS[name]
    _, height, width = F.get_dimensions(img)
    white = float(largest(img.dtype)) if isinstance(img, Tensor) else 255.0
    magnitudes = scale_of(name, bins, ends(height, width), bits, white)
    magnitude = 0.0 if magnitudes is None else float(magnitudes[strength(len(magnitudes))].item())
    if signed and minus():
        magnitude *= -1.0
    return function(functions, img, magnitude, how, fill)


def draw_operation() -> int:
    """Which of the operations."""
    return int(torch.randint(len(_NAMES), (1,)).item())


class _Augment(Shown, nn.Module):
    bits = 4

    def __init__(self, num_magnitude_bins: int, interpolation: Any, fill: Any):
        super().__init__()
        self.num_magnitude_bins, self.interpolation, self.fill = num_magnitude_bins, interpolation_mode(interpolation), fill

    def _once(self, img: Any, ends: Any, strength: Callable[[int], int]) -> Any:
        def minus() -> bool:
            return bool(torch.randint(2, (1,)))

        how = self.interpolation
        return augmented(F, img, draw_operation(), ends, self.num_magnitude_bins, self.bits, strength, minus, how, self.fill)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)}' for name in self.shown)})"


class RandAugment(_Augment):
    """A number of random operations, all of one magnitude.

    Parameters
    ----------
    num_ops : int
    magnitude : int
        The place in the scale.
    num_magnitude_bins : int
        How long the scale is.
    interpolation : InterpolationMode
    fill : number or sequence of numbers, optional
    """

    shown = ("num_ops", "magnitude", "num_magnitude_bins", "interpolation", "fill")

    def __init__(
        self, num_ops: int = 2, magnitude: int = 9, num_magnitude_bins: int = 31, interpolation: Any = InterpolationMode.NEAREST,
        fill: Any = None,
    ):  # fmt: skip
        super().__init__(num_magnitude_bins, interpolation, fill)
        self.num_ops, self.magnitude = num_ops, magnitude

    def forward(self, img: Any) -> Any:
        for _ in range(self.num_ops):
            img = self._once(img, rand_augment_ends, lambda n: self.magnitude)
        return img


class TrivialAugmentWide(_Augment):
    """One random operation of a random magnitude.

    Parameters
    ----------
    num_magnitude_bins : int
        How long the scale is.
    interpolation : InterpolationMode
    fill : number or sequence of numbers, optional
    """

    shown = ("num_magnitude_bins", "interpolation", "fill")
    bits = 6

    def __init__(self, num_magnitude_bins: int = 31, interpolation: Any = InterpolationMode.NEAREST, fill: Any = None):
        super().__init__(num_magnitude_bins, interpolation, fill)

    def forward(self, img: Any) -> Any:
        return self._once(img, trivial_augment_ends, lambda n: int(torch.randint(n, (1,)).item()))
