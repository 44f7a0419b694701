"""Random colours, blur, and rectangles that are overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minitorch_bp import nn

from . import draws
from . import functional as F
from ._image import Tensor, one_uniform, pair
from .containers import Perhaps
from .fixed import Shown
from .random_geometry import check_ranges

_NUMBERS = (int, float)


class RandomGrayscale(Perhaps):
    """Make it grey with probability p; the number of channels stays."""

    def __init__(self, p: float = 0.1):
        super().__init__(p)

    def _transformed(self, img: Any) -> Any:
        return F.rgb_to_grayscale(img, F.get_dimensions(img)[0])


class RandomInvert(Perhaps):
    """The negative, with probability p."""

    def _transformed(self, img: Any) -> Any:
        return F.invert(img)


class RandomAutocontrast(Perhaps):
    """Stretch the contrast with probability p."""

    def _transformed(self, img: Any) -> Any:
        return F.autocontrast(img)


class RandomEqualize(Perhaps):
    """Equalize the histogram with probability p."""

    def _transformed(self, img: Any) -> Any:
        return F.equalize(img)


class RandomPosterize(Perhaps):
    """Keep the highest bits, with probability p."""

    def __init__(self, bits: int, p: float = 0.5):
        super().__init__(p)
        self.bits = bits

    def _transformed(self, img: Any) -> Any:
        return F.posterize(img, self.bits)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(bits={self.bits},p={self.p})"


class RandomSolarize(Perhaps):
    """The negative of what is bright, with probability p."""

    def __init__(self, threshold: float, p: float = 0.5):
        super().__init__(p)
        self.threshold = threshold

    def _transformed(self, img: Any) -> Any:
        return F.solarize(img, self.threshold)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(threshold={self.threshold},p={self.p})"


class RandomAdjustSharpness(Perhaps):
    """Another sharpness, with probability p."""

    def __init__(self, sharpness_factor: float, p: float = 0.5):
        super().__init__(p)
        self.sharpness_factor = sharpness_factor

    def _transformed(self, img: Any) -> Any:
        return F.adjust_sharpness(img, self.sharpness_factor)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(sharpness_factor={self.sharpness_factor},p={self.p})"


class ColorJitter(Shown, nn.Module):
    """Another brightness, contrast, saturation and hue, in a random order.

    Parameters
    ----------
    brightness, contrast, saturation : float or (low, high)
        The factor; one number x stands for (1 - x, 1 + x), at least 0.
    hue : float or (low, high)
        One number x stands for (-x, x), at most 0.5.
    """

    shown = ("brightness", "contrast", "saturation", "hue")

    def __init__(self, brightness: Any = 0, contrast: Any = 0, saturation: Any = 0, hue: Any = 0):
        super().__init__()
        self.brightness = draws.jitter_bounds(brightness, "brightness")
        self.contrast = draws.jitter_bounds(contrast, "contrast")
        self.saturation = draws.jitter_bounds(saturation, "saturation")
        self.hue = draws.jitter_bounds(hue, "hue", center=0, bound=(-0.5, 0.5))

    @staticmethod
    def get_params(brightness: Any, contrast: Any, saturation: Any, hue: Any) -> tuple[Any, ...]:
        """Draw the order and the four factors."""
        return draws.jitter_factors(brightness, contrast, saturation, hue)

    def forward(self, img: Any) -> Any:
        order, *factors = self.get_params(self.brightness, self.contrast, self.saturation, self.hue)
        return jittered(img, order, factors)


def jittered(img: Any, order: Any, factors: Any) -> Any:
    """The four adjustments in an order, those without a factor left out."""
    functions = (F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue)
    for k in order.tolist():
        if factors[k] is not None:
            img = functions[k](img, factors[k])
    return img


def erasing_value(value: Any, scale: Any, ratio: Any, p: float) -> Any:
    """The content of an erased rectangle as floats (None for noise), after the checks of all arguments."""
    if not isinstance(value, (*_NUMBERS, str, tuple, list)):
        raise TypeError(f"RandomErasing: value must be a number, a sequence of numbers or 'random', but got {type(value).__name__}")
    if isinstance(value, str) and value != "random":
        raise ValueError(f"RandomErasing: a value that is a string must be 'random', but is {value!r}")
    check_ranges("RandomErasing", scale, ratio)
    if scale[0] < 0 or scale[1] > 1:
        raise ValueError(f"RandomErasing: scale is a part of the area, between 0 and 1, but is {scale}")
    if not 0 <= p <= 1:
        raise ValueError(f"RandomErasing: p must be a probability, but is {p}")
    if isinstance(value, str):
        return None
    return [float(value)] if isinstance(value, _NUMBERS) else [float(v) for v in value]


class RandomErasing(Shown, nn.Module):
    """Overwrite a random rectangle of a tensor, with probability p.

    Parameters
    ----------
    p : float
    scale : (low, high)
        The part of the area.
    ratio : (low, high)
    value : number, sequence of numbers or 'random'
        What is written: a number, one per channel, or normal noise.
    inplace : bool
    """

    shown = ("p", "scale", "ratio", "value", "inplace")

    def __init__(self, p: float = 0.5, scale: Any = (0.02, 0.33), ratio: Any = (0.3, 3.3), value: Any = 0, inplace: bool = False):
        super().__init__()
        erasing_value(value, scale, ratio, p)
        self.p, self.scale, self.ratio, self.value, self.inplace = p, scale, ratio, value, inplace

    @staticmethod
    def get_params(img: Tensor, scale: Any, ratio: Any, value: Any = None) -> tuple[Any, ...]:
        """Draw top, left, height and width, and give the content; the whole image if no rectangle fits."""
        place = draws.erased_place(img.shape[-3:], scale, ratio, value)
        return (0, 0, img.shape[-2], img.shape[-1], img) if place is None else place

    def forward(self, img: Tensor) -> Tensor:
        if not draws.happens(self.p):
            return img
        value = erasing_value(self.value, self.scale, self.ratio, self.p)
        if value is not None and len(value) not in (1, img.shape[-3]):
            raise ValueError(f"RandomErasing: value has {len(value)} numbers, but the image {img.shape[-3]} channels")
        top, left, height, width, content = self.get_params(img, self.scale, self.ratio, value)
        return F.erase(img, top, left, height, width, content, self.inplace)


def blur_bounds(kernel_size: Any, sigma: Any) -> tuple[Any, Any]:
    """The kernel's size and the bounds of its width, checked."""
    size = pair(kernel_size, "kernel_size")
    if any(k <= 0 or k % 2 == 0 for k in size):
        raise ValueError(f"GaussianBlur: kernel_size must be odd and positive, but is {size}")
    if isinstance(sigma, _NUMBERS):
        sigma = (sigma, sigma)
    if not isinstance(sigma, Sequence) or len(sigma) != 2:
        raise ValueError(f"GaussianBlur: sigma must be a number or (low, high), but got {sigma!r}")
    if not 0.0 < sigma[0] <= sigma[1]:
        raise ValueError(f"GaussianBlur: sigma must be positive and increasing, but is {sigma}")
    return size, sigma


class GaussianBlur(Shown, nn.Module):
    """Blur with a bell of random width."""

    shown = ("kernel_size", "sigma")

    def __init__(self, kernel_size: Any, sigma: Any = (0.1, 2.0)):
        super().__init__()
        self.kernel_size, self.sigma = blur_bounds(kernel_size, sigma)

    @staticmethod
    def get_params(sigma_min: float, sigma_max: float) -> float:
        """Draw the width."""
        return one_uniform(sigma_min, sigma_max)

    def forward(self, img: Any) -> Any:
        sigma = self.get_params(self.sigma[0], self.sigma[1])
        return F.gaussian_blur(img, self.kernel_size, [sigma, sigma])
