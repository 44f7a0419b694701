"""Colours of ``transforms.v2``: single changes by chance, jitter, and RandAugment."""

from __future__ import annotations

from typing import Any

import minitorch_bp as torch
from minitorch_bp.utils._pytree import tree_flatten, tree_unflatten

from .. import autoaugment, draws
from .._image import one_uniform
from . import functional as F
from ._geometry import fill_of
from ._kinds import is_kind, query_chw
from ._transform import Perhaps, Transform


class Grayscale(Transform):
    """In grey."""

    def __init__(self, num_output_channels: int = 1):
        super().__init__()
        self.num_output_channels = num_output_channels

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.rgb_to_grayscale(inpt, self.num_output_channels)


class RandomGrayscale(Perhaps):
    """In grey, with probability p; the number of channels stays."""

    def __init__(self, p: float = 0.1):
        super().__init__(p)

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        return {"num_output_channels": query_chw(flat_inputs)[0]}

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.rgb_to_grayscale(inpt, **params)


class RGB(Transform):
    """Three channels."""

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.grayscale_to_rgb(inpt)


class RandomInvert(Perhaps):
    """The negative, with probability p."""

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.invert(inpt)


class RandomEqualize(Perhaps):
    """Equalize the histogram with probability p."""

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.equalize(inpt)


class RandomAutocontrast(Perhaps):
    """Stretch the contrast with probability p."""

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.autocontrast(inpt)


class RandomPosterize(Perhaps):
    """Keep the highest bits, with probability p."""

    def __init__(self, bits: int, p: float = 0.5):
        super().__init__(p)
        self.bits = bits

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.posterize(inpt, self.bits)


class RandomSolarize(Perhaps):
    """The negative of what is bright, with probability p."""

    def __init__(self, threshold: float, p: float = 0.5):
        super().__init__(p)
        self.threshold = threshold

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.solarize(inpt, self.threshold)


class RandomAdjustSharpness(Perhaps):
    """Another sharpness, with probability p."""

    def __init__(self, sharpness_factor: float, p: float = 0.5):
        super().__init__(p)
        self.sharpness_factor = sharpness_factor

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.adjust_sharpness(inpt, self.sharpness_factor)


_ADJUSTMENTS = (F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue)


class ColorJitter(Transform):
    """Another brightness, contrast, saturation and hue, in a random order."""

    def __init__(self, brightness: Any = None, contrast: Any = None, saturation: Any = None, hue: Any = None):
        super().__init__()
        self.brightness = None if brightness is None else draws.jitter_bounds(brightness, "brightness")
        self.contrast = None if contrast is None else draws.jitter_bounds(contrast, "contrast")
        self.saturation = None if saturation is None else draws.jitter_bounds(saturation, "saturation")
        self.hue = None if hue is None else draws.jitter_bounds(hue, "hue", center=0, bound=(-0.5, 0.5))

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        order, *factors = draws.jitter_factors(self.brightness, self.contrast, self.saturation, self.hue)
        return {"order": order.tolist(), "factors": factors}

    def transform(self, inpt: Any, params: Any) -> Any:
        for k in params["order"]:
            if params["factors"][k] is not None:
                inpt = _ADJUSTMENTS[k](inpt, params["factors"][k])
        return inpt


class RandomChannelPermutation(Transform):
    """The channels in a random order."""

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        return {"permutation": torch.randperm(query_chw(flat_inputs)[0])}

    def transform(self, inpt: Any, params: Any) -> Any:
        return F.permute_channels(inpt, params["permutation"])


class RandomPhotometricDistort(Transform):
    """Brightness, contrast, saturation, hue and the order of channels, each with probability p (as SSD was trained)."""

    def __init__(
        self,
        brightness: Any = (0.875, 1.125),
        contrast: Any = (0.5, 1.5),
        saturation: Any = (0.5, 1.5),
        hue: Any = (-0.05, 0.05),
        p: float = 0.5,
    ):
        super().__init__()
        self.brightness, self.contrast, self.hue, self.saturation, self.p = brightness, contrast, hue, saturation, p

    def make_params(self, flat_inputs: Any) -> dict[str, Any]:
        channels = query_chw(flat_inputs)[0]
        bounds = (self.brightness, self.contrast, self.saturation, self.hue)
        factors = [one_uniform(*b) if draws.happens(self.p) else None for b in bounds]
        contrast_first = bool(torch.rand(()) < 0.5)
        permutation = torch.randperm(channels) if draws.happens(self.p) else None
        return {"order": (0, 1, 2, 3) if contrast_first else (0, 2, 3, 1), "factors": factors, "permutation": permutation}

    def transform(self, inpt: Any, params: Any) -> Any:
        for k in params["order"]:
            if params["factors"][k] is not None:
                inpt = _ADJUSTMENTS[k](inpt, params["factors"][k])
        return inpt if params["permutation"] is None else F.permute_channels(inpt, params["permutation"])


class _Augment(Transform):
    bits = 4

    num_magnitude_bins: int

    def __init__(self, interpolation: Any, fill: Any):
        super().__init__()
        self.interpolation, self.fill = interpolation, fill

    def forward(self, *inputs: Any) -> Any:
        leaves, spec = tree_flatten(inputs if len(inputs) > 1 else inputs[0])
        places = [k for k, needed in enumerate(self._needs_transform_list(leaves)) if needed]
        name = type(self).__name__
        if any(is_kind(x, "BoundingBoxes", "Mask") for x in leaves):
            raise TypeError(f"{name}: the sample may hold no boxes or masks, which would not be moved along")
        if len(places) != 1:
            raise TypeError(f"{name}: the sample must hold one image, but holds {len(places)}")
        leaves[places[0]] = self._augmented(leaves[places[0]])
        return tree_unflatten(leaves, spec)

    def _augmented(self, img: Any) -> Any:
        raise NotImplementedError

    def _once(self, img: Any, ends: Any, strength: Any) -> Any:
        def minus() -> bool:
            return bool(torch.rand(()) <= 0.5)

        fill = fill_of(self.fill, img)
        which = autoaugment.draw_operation()
        return autoaugment.augmented(
            F, img, which, ends, self.num_magnitude_bins, self.bits, strength, minus, self.interpolation, fill
        )


class RandAugment(_Augment):
    """A number of random operations, all of one magnitude."""

    def __init__(
        self, num_ops: int = 2, magnitude: int = 9, num_magnitude_bins: int = 31, interpolation: Any = "nearest", fill: Any = None
    ):
        if not isinstance(num_ops, int) or num_ops < 0:
            raise ValueError(f"RandAugment: num_ops must be an integer of at least 0, but is {num_ops}")
        super().__init__(interpolation, fill)
        self.num_ops, self.magnitude, self.num_magnitude_bins = num_ops, magnitude, num_magnitude_bins

    def _augmented(self, img: Any) -> Any:
        for _ in range(self.num_ops):
            img = self._once(img, autoaugment.rand_augment_ends, lambda n: self.magnitude)
        return img


class TrivialAugmentWide(_Augment):
    """One random operation of a random magnitude."""

    bits = 6

    def __init__(self, num_magnitude_bins: int = 31, interpolation: Any = "nearest", fill: Any = None):
        super().__init__(interpolation, fill)
        self.num_magnitude_bins = num_magnitude_bins

    def _augmented(self, img: Any) -> Any:
        return self._once(img, autoaugment.trivial_augment_ends, lambda n: int(torch.randint(n, ()).item()))
