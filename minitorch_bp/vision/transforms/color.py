"""What colours become: brightness, contrast, saturation, hue, sharpness.

Pictures of Pillow go to ``ImageEnhance``; for tensors, each adjustment blends the image with a plainer one (black, its
mean grey, itself in grey, itself blurred), by a factor that is 1 for the image, 0 for the plain one, and may be larger.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import minitorch_bp as torch
import minitorch_bp.nn.functional as nnF

from .._pillow import from_array, pillow
from ._image import Tensor, back, check_channels, floating, get_dimensions, is_tensor, largest
from .conversion import convert_image_dtype, through_tensor


def _blend(image: Tensor, plain: Tensor, factor: float) -> Tensor:
    return (float(factor) * image + (1.0 - float(factor)) * plain).clamp(0, largest(image.dtype)).to(image.dtype)


def _check_factor(name: str, factor: float) -> None:
    if factor < 0:
        raise ValueError(f"{name}: the factor must not be negative, but got {factor}")


def _enhanced(kind: str, img: Any, factor: float) -> Any:
    return getattr(pillow("ImageEnhance"), kind)(img).enhance(factor)


def _grey(image: Tensor) -> Tensor:
    """The luminance, of one channel: how bright red, green and blue look to us (ITU-R BT.601)."""
    if image.shape[-3] == 1:
        return image.clone()
    red, green, blue = image.unbind(-3)
    return (0.2989 * red + 0.587 * green + 0.114 * blue).to(image.dtype).unsqueeze(-3)


def rgb_to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """In grey: 0.2989 red + 0.587 green + 0.114 blue.

    Parameters
    ----------
    img : PIL Image or Tensor
    num_output_channels : 1 or 3

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Raises
    ------
    TypeError
        If a tensor has other than 1 or 3 channels.
    ValueError
        If other than 1 or 3 channels are asked for.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.rgb_to_grayscale(torch.tensor([1.0, 0.0, 0.0]).view(3, 1, 1)).item()  # doctest: +ELLIPSIS
    0.298...
    """
    if num_output_channels not in (1, 3):
        raise ValueError(f"rgb_to_grayscale: num_output_channels must be 1 or 3, but got {num_output_channels}")
    if is_tensor(img):
        check_channels("rgb_to_grayscale", img, least_ndim=3)
        grey = _grey(img)
        return grey.expand(*grey.shape[:-3], 3, -1, -1) if num_output_channels == 3 else grey
    grey = img.convert("L")
    return grey if num_output_channels == 1 else from_array(np.dstack([np.array(grey, np.uint8)] * 3), "RGB")


def to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """:func:`rgb_to_grayscale` of Pillow's pictures.

    Parameters
    ----------
    img : PIL Image
    num_output_channels : 1 or 3

    Returns
    -------
    PIL Image

    Raises
    ------
    TypeError
        If it is a tensor.

    Examples
    --------
    >>> from PIL import Image
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.to_grayscale(Image.new("RGB", (2, 2))).mode
    'L'
    """
    if is_tensor(img):
        raise TypeError("to_grayscale: expected a Pillow picture; rgb_to_grayscale takes tensors")
    return rgb_to_grayscale(img, num_output_channels)


def grayscale_to_rgb(inpt: Any) -> Any:
    """Three channels, of one (``transforms.v2``).

    Parameters
    ----------
    inpt : PIL Image or Tensor

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms.v2 import functional as F
    >>> F.grayscale_to_rgb(torch.zeros(1, 2, 2)).shape
    torch.Size([3, 2, 2])
    """
    if not is_tensor(inpt):
        return inpt.convert("RGB")
    return inpt if inpt.shape[-3] >= 3 else inpt.repeat_interleave(3, -3)


def adjust_brightness(img: Any, brightness_factor: float) -> Any:
    """Brighter (above 1) or darker; 0 is black.

    Parameters
    ----------
    img : PIL Image or Tensor
    brightness_factor : float

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Raises
    ------
    ValueError
        If the factor is negative.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.adjust_brightness(torch.full((1, 1, 1), 0.25), 2).item()
    0.5
    """
    if not is_tensor(img):
        return _enhanced("Brightness", img, brightness_factor)
    _check_factor("adjust_brightness", brightness_factor)
    check_channels("adjust_brightness", img)
    return (img * float(brightness_factor)).clamp(0, largest(img.dtype)).to(img.dtype)


def adjust_contrast(img: Any, contrast_factor: float) -> Any:
    """Further from the mean grey (above 1) or nearer to it; 0 is that grey.

    Parameters
    ----------
    img : PIL Image or Tensor
    contrast_factor : float

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Raises
    ------
    ValueError
        If the factor is negative.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.adjust_contrast(torch.tensor([[[0.25, 0.75]]]), 2)
    tensor([[[0., 1.]]])
    """
    if not is_tensor(img):
        return _enhanced("Contrast", img, contrast_factor)
    _check_factor("adjust_contrast", contrast_factor)
    check_channels("adjust_contrast", img)
    grey = _grey(img) if get_dimensions(img)[0] == 3 else img
    return _blend(img, floating(grey).mean(tuple(range(-min(img.ndim, 3), 0)), keepdim=True), contrast_factor)


def adjust_saturation(img: Any, saturation_factor: float) -> Any:
    """More colour (above 1) or less; 0 is grey.

    Parameters
    ----------
    img : PIL Image or Tensor
    saturation_factor : float

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Raises
    ------
    ValueError
        If the factor is negative.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.adjust_saturation(torch.tensor([1.0, 1.0, 0.0]).view(3, 1, 1), 0).flatten()
    tensor([0.8859, 0.8859, 0.8859])
    """
    if not is_tensor(img):
        return _enhanced("Color", img, saturation_factor)
    _check_factor("adjust_saturation", saturation_factor)
    check_channels("adjust_saturation", img)
    return img if get_dimensions(img)[0] == 1 else _blend(img, _grey(img), saturation_factor)


def _to_hsv(image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Hue (of the six sectors of the colour circle, as a part of it), saturation and value of RGB."""
    red, green, _ = image.unbind(-3)
    high, low = image.amax(-3), image.amin(-3)
    spread, grey = high - low, high == low
    one = torch.ones_like(high)
    saturation = spread / torch.where(grey, one, high)
    r, g, b = ((high.unsqueeze(-3) - image) / torch.where(grey, one, spread).unsqueeze(-3)).unbind(-3)
    is_red, is_green = high == red, high == green
    sector = torch.where(is_red, b - g, torch.where(is_green, 2.0 + r - b, 4.0 + g - r))
    return torch.fmod(sector / 6.0 + 1.0, 1.0), saturation, high


def _from_hsv(hue: Tensor, saturation: Tensor, value: Tensor) -> Tensor:
    sector = torch.floor(hue * 6.0)
    part = hue * 6.0 - sector
    p, q, t = ((value * (1.0 - saturation * x)).clamp(0.0, 1.0) for x in (torch.ones_like(part), part, 1.0 - part))
    which = (sector.to(torch.int64) % 6).unsqueeze(-3)
    choices = [(value, q, p, p, t, value), (t, value, value, q, p, p), (p, p, t, value, value, q)]
    return torch.cat([torch.stack(c, -3).gather(-3, which) for c in choices], -3)


def adjust_hue(img: Any, hue_factor: float) -> Any:
    """Turn the colour circle: by 0.5 and -0.5, each colour becomes its opposite.

    Parameters
    ----------
    img : PIL Image or Tensor
    hue_factor : float
        From -0.5 to 0.5.

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Raises
    ------
    ValueError
        If the factor is outside of that.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.adjust_hue(torch.tensor([1.0, 0.0, 0.0]).view(3, 1, 1), 0.5).flatten()
    tensor([0., 1., 1.])
    """
    if not -0.5 <= hue_factor <= 0.5:
        raise ValueError(f"adjust_hue: hue_factor must lie between -0.5 and 0.5, but is {hue_factor}")
    if not is_tensor(img):
        if img.mode in ("L", "1", "I", "F"):
            return img
        hue, saturation, value = img.convert("HSV").split()
        turned = np.array(hue, np.uint8) + np.int32(hue_factor * 255).astype(np.uint8)
        return pillow().merge("HSV", (from_array(turned, "L"), saturation, value)).convert(img.mode)
    check_channels("adjust_hue", img)
    if get_dimensions(img)[0] == 1:
        return img
    hue, saturation, value = _to_hsv(convert_image_dtype(img, torch.float32))
    return convert_image_dtype(_from_hsv((hue + hue_factor) % 1.0, saturation, value), img.dtype)


def adjust_gamma(img: Any, gamma: float, gain: float = 1) -> Any:
    r"""Darken (gamma above 1) or lighten the middle tones: :math:`255 \cdot \text{gain} \cdot (x / 255)^\gamma`.

    Parameters
    ----------
    img : PIL Image or Tensor
    gamma, gain : float

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Raises
    ------
    ValueError
        If gamma is negative.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.adjust_gamma(torch.full((1, 1, 1), 0.5), 2).item()
    0.25
    """
    if gamma < 0:
        raise ValueError(f"adjust_gamma: gamma must not be negative, but is {gamma}")
    if not is_tensor(img):
        table = [int((255 + 1 - 0.001) * gain * pow(v / 255.0, gamma)) for v in range(256)] * 3
        return img.convert("RGB").point(table).convert(img.mode)
    check_channels("adjust_gamma", img)
    x = img if img.is_floating_point() else convert_image_dtype(img, torch.float32)
    return convert_image_dtype((gain * x.pow(gamma)).clamp(0, 1), img.dtype)


def adjust_sharpness(img: Any, sharpness_factor: float) -> Any:
    """Sharper (above 1) or smoother; 0 is the image blurred by its 8 neighbours.

    Parameters
    ----------
    img : PIL Image or Tensor
    sharpness_factor : float

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Raises
    ------
    ValueError
        If the factor is negative.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> image = torch.zeros(1, 3, 3)
    >>> image[0, 1, 1] = 0.5
    >>> F.adjust_sharpness(image, 0)[0, 1, 1].item()  # doctest: +ELLIPSIS
    0.19...
    """
    if not is_tensor(img):
        return _enhanced("Sharpness", img, sharpness_factor)
    _check_factor("adjust_sharpness", sharpness_factor)
    check_channels("adjust_sharpness", img)
    if min(img.shape[-2:]) <= 2:
        return img
    x = floating(img)
    kernel = torch.ones(3, 3, dtype=x.dtype)
    kernel[1, 1] = 5.0
    blurred = nnF.conv2d(x.reshape(-1, 1, *x.shape[-2:]), (kernel / kernel.sum()).view(1, 1, 3, 3))
    plain = img.clone()
    plain[..., 1:-1, 1:-1] = back(blurred, img).view((*img.shape[:-2], *blurred.shape[-2:]))
    return _blend(img, plain, sharpness_factor)


def permute_channels(inpt: Any, permutation: Any) -> Any:
    """The channels in another order (``transforms.v2``).

    Parameters
    ----------
    inpt : PIL Image or Tensor
    permutation : sequence of int

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Raises
    ------
    ValueError
        If it is of another length.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms.v2 import functional as F
    >>> F.permute_channels(torch.arange(3).view(3, 1, 1), [2, 0, 1]).flatten()
    tensor([2, 0, 1])
    """
    order = [int(i) for i in permutation]
    if len(order) != get_dimensions(inpt)[0]:
        raise ValueError(f"permute_channels: {len(order)} places for {get_dimensions(inpt)[0]} channels")
    return through_tensor(lambda x: x[..., order, :, :], inpt)
