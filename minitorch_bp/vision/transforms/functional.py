"""``torchvision.transforms.functional``: each transform as a function, with its numbers given."""

from ._image import InterpolationMode, get_dimensions, get_image_num_channels, get_image_size
from .color import (
    adjust_brightness,
    adjust_contrast,
    adjust_gamma,
    adjust_hue,
    adjust_saturation,
    adjust_sharpness,
    rgb_to_grayscale,
    to_grayscale,
)
from .conversion import convert_image_dtype, erase, normalize, pil_to_tensor, to_pil_image, to_tensor
from .filters import gaussian_blur
from .geometry import center_crop, crop, five_crop, hflip, pad, resize, resized_crop, ten_crop, vflip
from .levels import autocontrast, equalize, invert, posterize, solarize
from .warp import affine, elastic_transform, perspective, rotate

__all__ = [
    "InterpolationMode", "adjust_brightness", "adjust_contrast", "adjust_gamma", "adjust_hue", "adjust_saturation", "adjust_sharpness", "affine",
    "autocontrast", "center_crop", "convert_image_dtype", "crop", "elastic_transform", "equalize", "erase", "five_crop", "gaussian_blur",
    "get_dimensions", "get_image_num_channels", "get_image_size", "hflip", "invert", "normalize", "pad", "perspective", "pil_to_tensor",
    "posterize", "resize", "resized_crop", "rgb_to_grayscale", "rotate", "solarize", "ten_crop", "to_grayscale", "to_pil_image", "to_tensor",
    "vflip",
]  # fmt: skip
