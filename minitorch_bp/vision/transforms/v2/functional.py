"""``torchvision.transforms.v2.functional``: the functions of ``transforms.functional``, for each kind of ``tv_tensors``.

An Image gives an Image; a Mask is moved by its nearest pixels, and has no colours to change; boxes go where their image goes.
"""

from typing import Any

from minitorch_bp import uint8

from .. import geometry as _geometry
from .. import warp as _warp
from .._image import InterpolationMode, Tensor, get_dimensions, get_image_num_channels, get_image_size
from ..color import adjust_brightness as _adjust_brightness
from ..color import adjust_contrast as _adjust_contrast
from ..color import adjust_gamma as _adjust_gamma
from ..color import adjust_hue as _adjust_hue
from ..color import adjust_saturation as _adjust_saturation
from ..color import adjust_sharpness as _adjust_sharpness
from ..color import grayscale_to_rgb as _grayscale_to_rgb
from ..color import permute_channels as _permute_channels
from ..color import rgb_to_grayscale as _rgb_to_grayscale
from ..conversion import convert_image_dtype, pil_to_tensor, to_pil_image, to_tensor
from ..conversion import erase as _erase
from ..conversion import normalize as _normalize
from ..conversion import to_dtype as _to_dtype
from ..filters import gaussian_blur as _gaussian_blur
from ..filters import gaussian_noise as _gaussian_noise
from ..filters import jpeg as _jpeg
from ..levels import autocontrast as _autocontrast
from ..levels import equalize as _equalize
from ..levels import invert as _invert
from ..levels import posterize as _posterize
from ..levels import solarize as _solarize
from . import _boxes
from ._boxes import clamp_bounding_boxes, convert_bounding_box_format
from ._kinds import by_kind, get_size, is_pure_tensor, to_image

_NEAREST = InterpolationMode.NEAREST


def _mask_resize(mask: Any, size: Any, interpolation: Any = None, max_size: Any = None, antialias: Any = True) -> Any:
    return _geometry.resize(mask, size, _NEAREST, max_size)


def _mask_resized_crop(
    mask: Any, top: int, left: int, height: int, width: int, size: Any, interpolation: Any = None, antialias: Any = True
) -> Any:
    return _geometry.resized_crop(mask, top, left, height, width, size, _NEAREST)


def _mask_rotate(
    mask: Any, angle: float, interpolation: Any = None, expand: bool = False, center: Any = None, fill: Any = None
) -> Any:
    return _warp.rotate(mask, angle, _NEAREST, expand, center, fill)


def _mask_affine(
    mask: Any,
    angle: float,
    translate: Any,
    scale: float,
    shear: Any,
    interpolation: Any = None,
    fill: Any = None,
    center: Any = None,
) -> Any:
    return _warp.affine(mask, angle, translate, scale, shear, _NEAREST, fill, center)


def _mask_perspective(
    mask: Any, startpoints: Any, endpoints: Any, interpolation: Any = None, fill: Any = None, coefficients: Any = None
) -> Any:
    return _warp.perspective(mask, startpoints, endpoints, _NEAREST, fill, coefficients)


def _mask_elastic(mask: Any, displacement: Any, interpolation: Any = None, fill: Any = None) -> Any:
    return _warp.elastic_transform(mask, displacement, _NEAREST, fill)


def _resized_crop(
    img: Any, top: int, left: int, height: int, width: int, size: Any, interpolation: Any = "bilinear", antialias: Any = True
) -> Any:
    return _geometry.resize_by_levels(_geometry.crop(img, top, left, height, width), size, interpolation, None, antialias)


def _is_float(img: Any) -> bool:
    return isinstance(img, Tensor) and img.is_floating_point()


def _posterize_floats(img: Any, bits: int) -> Any:
    if not _is_float(img):
        return _posterize(img, bits)
    return (img * 2**bits).floor().clamp(0, 2**bits - 1) * (1.0 / 2**bits)


def _equalize_floats(img: Any) -> Any:
    if not _is_float(img):
        return _equalize(img)
    return _to_dtype(_equalize(_to_dtype(img, uint8, scale=True)), img.dtype, scale=True)


def _plain_to_dtype(inpt: Any, dtype: Any, scale: bool = False) -> Any:
    from ...tv_tensors import wrap

    return wrap(inpt.to(dtype), like=inpt)


horizontal_flip = hflip = by_kind(_geometry.hflip, _geometry.hflip, _boxes.horizontal_flip)
vertical_flip = vflip = by_kind(_geometry.vflip, _geometry.vflip, _boxes.vertical_flip)
resize = by_kind(_geometry.resize_by_levels, _mask_resize, _boxes.resize)
crop = by_kind(_geometry.crop, _geometry.crop, _boxes.crop)
center_crop = by_kind(_geometry.center_crop, _geometry.center_crop, _boxes.center_crop)
resized_crop = by_kind(_resized_crop, _mask_resized_crop, _boxes.resized_crop)
pad = by_kind(_geometry.pad_in_colour, _geometry.pad, _boxes.pad)
five_crop = by_kind(_geometry.five_crop)
ten_crop = by_kind(_geometry.ten_crop)
rotate = by_kind(_warp.rotate, _mask_rotate, _boxes.refused)
affine = by_kind(_warp.affine, _mask_affine, _boxes.refused)
perspective = by_kind(_warp.perspective, _mask_perspective, _boxes.refused)
elastic = elastic_transform = by_kind(_warp.elastic_transform, _mask_elastic, _boxes.refused)
adjust_brightness = by_kind(_adjust_brightness)
adjust_contrast = by_kind(_adjust_contrast)
adjust_gamma = by_kind(_adjust_gamma)
adjust_hue = by_kind(_adjust_hue)
adjust_saturation = by_kind(_adjust_saturation)
adjust_sharpness = by_kind(_adjust_sharpness)
autocontrast = by_kind(_autocontrast)
equalize = by_kind(_equalize_floats)
invert = by_kind(_invert)
posterize = by_kind(_posterize_floats)
solarize = by_kind(_solarize)
rgb_to_grayscale = to_grayscale = by_kind(_rgb_to_grayscale)
grayscale_to_rgb = by_kind(_grayscale_to_rgb)
permute_channels = by_kind(_permute_channels)
normalize = by_kind(_normalize)
gaussian_blur = by_kind(_gaussian_blur)
gaussian_noise = by_kind(_gaussian_noise)
jpeg = by_kind(_jpeg)
erase = by_kind(_erase)
to_dtype = by_kind(_to_dtype, lambda mask, dtype, scale=False: mask.to(dtype), _plain_to_dtype)

__all__ = [
    "InterpolationMode", "adjust_brightness", "adjust_contrast", "adjust_gamma", "adjust_hue", "adjust_saturation", "adjust_sharpness", "affine",
    "autocontrast", "center_crop", "clamp_bounding_boxes", "convert_bounding_box_format", "convert_image_dtype", "crop", "elastic",
    "elastic_transform", "equalize", "erase", "five_crop", "gaussian_blur", "gaussian_noise", "get_dimensions", "get_image_num_channels",
    "get_image_size", "get_size", "grayscale_to_rgb", "hflip", "horizontal_flip", "invert", "is_pure_tensor", "jpeg", "normalize", "pad",
    "permute_channels", "perspective", "pil_to_tensor", "posterize", "resize", "resized_crop", "rgb_to_grayscale", "rotate", "solarize",
    "ten_crop", "to_dtype", "to_grayscale", "to_image", "to_pil_image", "to_tensor", "vertical_flip", "vflip",
]  # fmt: skip
