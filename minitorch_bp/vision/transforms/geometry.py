"""Where pixels go, on the grid: resizing, cropping, padding, flips."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

import minitorch_bp as torch
import minitorch_bp.nn.functional as nnF

from .._pillow import pillow
from ._image import PIL_MODES, InterpolationMode, Tensor, back, get_dimensions, interpolation_mode, is_tensor, pair

_PAD_MODES = {"constant": "constant", "edge": "replicate", "reflect": "reflect", "symmetric": "symmetric"}


def resized_size(height: int, width: int, size: Any, max_size: int | None = None) -> tuple[int, int]:
    """The new (height, width): one number is the shorter edge, and the longer one keeps the ratio, up to ``max_size``."""
    short, long = sorted((height, width))
    if size is not None and not isinstance(size, int) and len(size) == 2:
        if max_size is not None:
            raise ValueError("resize: max_size is for a size of one number, the shorter edge")
        return int(size[0]), int(size[1])
    if size is None:
        if not isinstance(max_size, int):
            raise ValueError("resize: without size, max_size must be an integer")
        new_short, new_long = int(max_size * short / long), max_size
    else:
        new_short = size if isinstance(size, int) else size[0]
        new_long = int(new_short * long / short)
        if max_size is not None:
            if max_size <= new_short:
                raise ValueError(f"resize: max_size={max_size} must be greater than the shorter edge, {new_short}")
            if new_long > max_size:
                new_short, new_long = int(max_size * new_short / new_long), max_size
    return (new_long, new_short) if width <= height else (new_short, new_long)


def resize(
    img: Any, size: Any, interpolation: Any = InterpolationMode.BILINEAR, max_size: int | None = None, antialias: bool | None = True
) -> Any:
    """Make an image larger or smaller.

    Parameters
    ----------
    img : PIL Image or Tensor
    size : int or (height, width)
        One number is the length of the shorter edge.
    interpolation : InterpolationMode
    max_size : int, optional
        No edge gets longer; only for a size of one number.
    antialias : bool, optional
        For tensors: take means when shrinking. Pillow always does.

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Raises
    ------
    TypeError
        If the interpolation is none of the modes.
    ValueError
        If the size does not fit.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.resize(torch.zeros(3, 20, 30), 10).shape
    torch.Size([3, 10, 15])
    """
    mode = interpolation_mode(interpolation)
    if isinstance(size, (list, tuple)) and len(size) not in (1, 2):
        raise ValueError(f"resize: size must be one number or (height, width), but got {size}")
    _, height, width = get_dimensions(img)
    new = resized_size(height, width, size, max_size)
    if (height, width) == new:
        return img
    if not is_tensor(img):
        if antialias is False:
            warnings.warn("resize: Pillow always smooths when it shrinks a picture; antialias=False has no effect", stacklevel=2)
        return img.resize(new[::-1], PIL_MODES[mode])
    return _resize_tensor(img, new, mode.value, bool(antialias))


def resize_by_levels(
    img: Any, size: Any, interpolation: Any = InterpolationMode.BILINEAR, max_size: int | None = None, antialias: bool | None = True
) -> Any:
    """:func:`resize` as ``transforms.v2`` does it: of uint8 by cubics, each of the two passes gives whole levels again, as Pillow's do."""
    mode = interpolation_mode(interpolation)
    if not is_tensor(img) or img.dtype != torch.uint8 or mode is not InterpolationMode.BICUBIC or not antialias:
        return resize(img, size, mode, max_size, antialias)
    height, width = img.shape[-2:]
    new = resized_size(height, width, size, max_size)
    return resize(resize(img, (height, new[1]), mode, None, antialias), new, mode, None, antialias)


def _resize_tensor(img: Tensor, size: tuple[int, int], mode: Any, antialias: bool) -> Tensor:
    smooth = mode in ("bilinear", "bicubic")
    x = img if img.dtype in (torch.float32, torch.float64) else img.to(torch.float32)
    x = x.reshape(-1, *([1] * (img.ndim < 3)), *x.shape[-3:])
    x = nnF.interpolate(x, size, mode=mode, align_corners=False if smooth else None, antialias=antialias and smooth)
    if mode == "bicubic" and img.dtype == torch.uint8:
        x = x.clamp(0, 255)
    return back(x, img).reshape((*img.shape[:-2], *size))


def _four(padding: Any) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a padding given as one, two or four numbers."""
    if isinstance(padding, int):
        return padding, padding, padding, padding
    if not isinstance(padding, (tuple, list)):
        raise TypeError(f"pad: padding must be a number or a sequence, but got {type(padding).__name__}")
    if len(padding) not in (1, 2, 4):
        raise ValueError(f"pad: padding must be 1, 2 or 4 numbers, but got {len(padding)}")
    left, top, right, bottom = (list(padding) * 4)[:4]
    return left, top, right, bottom


def pad(img: Any, padding: Any, fill: Any = 0, padding_mode: str = "constant") -> Any:
    """Add a border.

    Parameters
    ----------
    img : PIL Image or Tensor
    padding : int or sequence of int
        On all sides; or (left and right, top and bottom); or (left, top, right, bottom).
    fill : number or sequence of numbers
        The border's colour, for 'constant'.
    padding_mode : 'constant', 'edge', 'reflect' or 'symmetric'
        A colour, the last pixel, or the image mirrored without or with its last pixel.

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Raises
    ------
    TypeError
        If an argument is of another type.
    ValueError
        If there are 3 paddings, or the mode is another.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.pad(torch.tensor([[[1, 2]]]), (1, 0), padding_mode="edge")
    tensor([[[1, 1, 2, 2]]])
    """
    sides = _four(padding)
    if padding_mode not in _PAD_MODES:
        raise ValueError(f"pad: padding_mode must be one of {list(_PAD_MODES)}, but got {padding_mode!r}")
    if fill is not None and not isinstance(fill, (int, float, tuple, list)):
        raise TypeError(f"pad: fill must be a number or a sequence of numbers, but got {type(fill).__name__}")
    if not is_tensor(img):
        return _pad_pil(img, sides, fill, padding_mode)
    if isinstance(fill, (tuple, list)):
        raise TypeError("pad: a tensor is filled with one number; transforms.v2 takes one per channel")
    return _pad_tensor(img, sides, fill, padding_mode)


def pad_in_colour(img: Any, padding: Any, fill: Any = 0, padding_mode: str = "constant") -> Any:
    """:func:`pad`, whose ``fill`` may be a number per channel for tensors, too."""
    if not is_tensor(img) or not isinstance(fill, (tuple, list)):
        return pad(img, padding, fill, padding_mode)
    channels = get_dimensions(img)[0]
    if len(fill) not in (1, channels):
        raise RuntimeError(f"pad: fill has {len(fill)} numbers, but the image {channels} channels")
    colours = list(fill) * (channels if len(fill) == 1 else 1)
    return torch.cat([pad(c, padding, v, padding_mode) for c, v in zip(img.split(1, -3), colours, strict=True)], -3)


def _places(n: int, before: int, after: int, mode: str) -> np.ndarray:
    """Which pixel of a row each pixel of the padded row shows."""
    at = np.arange(-before, n + after, dtype=np.int64)
    if mode == "edge":
        return at.clip(0, n - 1)
    if mode == "reflect":
        if max(before, after) >= n:
            raise RuntimeError(f"pad: mirroring {max(before, after)} pixels needs a longer edge than {n}")
        return np.where(at < 0, -at, np.where(at >= n, 2 * n - 2 - at, at))
    return np.where(at < 0, -1 - at, np.where(at >= n, 2 * n - 1 - at, at))


def _pad_tensor(img: Tensor, sides: tuple[int, int, int, int], fill: Any, mode: str) -> Tensor:
    left, top, right, bottom = sides
    if mode != "constant":
        height, width = img.shape[-2:]
        rows, columns = _places(height, top, bottom, mode), _places(width, left, right, mode)
        return img.index_select(-2, torch.from_numpy(rows)).index_select(-1, torch.from_numpy(columns))
    return nnF.pad(img, (left, right, top, bottom), value=float(fill or 0))


def _pad_pil(img: Any, sides: tuple[int, int, int, int], fill: Any, mode: str) -> Any:
    if mode == "constant":
        out = pillow("ImageOps").expand(img, border=sides, **pil_fill(img, fill, "fill"))
    else:
        left, top, right, bottom = (max(s, 0) for s in sides)
        crops = [max(-s, 0) for s in sides]
        if any(crops):
            img = img.crop((crops[0], crops[1], img.width - crops[2], img.height - crops[3]))
        array = np.asarray(img)
        widths = ((top, bottom), (left, right), (0, 0))[: array.ndim]
        out = pillow().fromarray(np.pad(array, widths, mode=mode))  # type: ignore[call-overload]
    if img.mode == "P":
        out.putpalette(img.getpalette())
    return out


def pil_fill(img: Any, fill: Any, name: str = "fillcolor") -> dict[str, Any]:
    """The argument of a colour as Pillow takes it: one number per channel, integers but for floats."""
    channels = get_dimensions(img)[0]
    colour = [0] if fill is None else list(fill) if isinstance(fill, (tuple, list)) else [fill]
    if len(colour) not in (1, channels):
        raise ValueError(f"fill has {len(colour)} numbers, but the image {channels} channels")
    if img.mode != "F":
        colour = [int(c) for c in colour]
    given = isinstance(fill, (tuple, list))
    return {name: tuple(colour * (channels if len(colour) == 1 else 1)) if channels > 1 or given else colour[0]}


def crop(img: Any, top: int, left: int, height: int, width: int) -> Any:
    """Cut out a rectangle; what lies outside of the image is 0.

    Parameters
    ----------
    img : PIL Image or Tensor
    top, left, height, width : int

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.crop(torch.arange(6).view(1, 2, 3), 0, 1, 1, 2)
    tensor([[[1, 2]]])
    """
    if not is_tensor(img):
        return img.crop((left, top, left + width, top + height))
    h, w = img.shape[-2:]
    bottom, right = top + height, left + width
    inside = img[..., max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    if left >= 0 and top >= 0 and right <= w and bottom <= h:
        return inside
    return _pad_tensor(
        inside,
        (max(min(right, 0) - left, 0), max(min(bottom, 0) - top, 0), max(right - max(w, left), 0), max(bottom - max(h, top), 0)),
        0,
        "constant",
    )


def center_crop(img: Any, output_size: Any) -> Any:
    """Cut out the middle; a smaller image gets a border of 0.

    Parameters
    ----------
    img : PIL Image or Tensor
    output_size : int or (height, width)

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.center_crop(torch.arange(5).view(1, 1, 5), (1, 3))
    tensor([[[1, 2, 3]]])
    """
    new_height, new_width = pair(output_size, "output_size")
    _, height, width = get_dimensions(img)
    if new_width > width or new_height > height:
        x, y = max(new_width - width, 0), max(new_height - height, 0)
        img = pad(img, [x // 2, y // 2, (x + 1) // 2, (y + 1) // 2])
        _, height, width = get_dimensions(img)
        if (new_height, new_width) == (height, width):
            return img
    return crop(img, round((height - new_height) / 2.0), round((width - new_width) / 2.0), new_height, new_width)


def resized_crop(
    img: Any, top: int, left: int, height: int, width: int, size: Any, interpolation: Any = InterpolationMode.BILINEAR,
    antialias: bool | None = True,
) -> Any:  # fmt: skip
    """:func:`crop`, then :func:`resize`.

    Parameters
    ----------
    img : PIL Image or Tensor
    top, left, height, width : int
        The rectangle.
    size : int or (height, width)
    interpolation : InterpolationMode
    antialias : bool, optional

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.resized_crop(torch.zeros(3, 20, 30), 1, 2, 10, 10, 5).shape
    torch.Size([3, 5, 5])
    """
    return resize(crop(img, top, left, height, width), size, interpolation, antialias=antialias)


def hflip(img: Any) -> Any:
    """Left becomes right.

    Parameters
    ----------
    img : PIL Image or Tensor

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.hflip(torch.tensor([[[1, 2]]]))
    tensor([[[2, 1]]])
    """
    return img.flip(-1) if is_tensor(img) else img.transpose(0)


def vflip(img: Any) -> Any:
    """Top becomes bottom.

    Parameters
    ----------
    img : PIL Image or Tensor

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.vflip(torch.tensor([[[1], [2]]]))
    tensor([[[2],
             [1]]])
    """
    return img.flip(-2) if is_tensor(img) else img.transpose(1)


def five_crop(img: Any, size: Any) -> tuple[Any, ...]:
    """The four corners and the middle.

    Parameters
    ----------
    img : PIL Image or Tensor
    size : int or (height, width)

    Returns
    -------
    tuple of 5 images
        Top left, top right, bottom left, bottom right, middle.

    Raises
    ------
    ValueError
        If the image is smaller.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> [c.item() for c in F.five_crop(torch.arange(9).view(1, 3, 3), 1)]
    [0, 2, 6, 8, 4]
    """
    h, w = pair(size)
    _, height, width = get_dimensions(img)
    if w > width or h > height:
        raise ValueError(f"five_crop: the size {(h, w)} is larger than the image, {(height, width)}")
    corners = [(0, 0), (0, width - w), (height - h, 0), (height - h, width - w)]
    return (*(crop(img, top, left, h, w) for top, left in corners), center_crop(img, [h, w]))


def ten_crop(img: Any, size: Any, vertical_flip: bool = False) -> tuple[Any, ...]:
    """The crops of :func:`five_crop`, of the image and of its mirror image.

    Parameters
    ----------
    img : PIL Image or Tensor
    size : int or (height, width)
    vertical_flip : bool
        Mirror upside down instead.

    Returns
    -------
    tuple of 10 images

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> [c.item() for c in F.ten_crop(torch.arange(9).view(1, 3, 3), 1)]
    [0, 2, 6, 8, 4, 2, 0, 8, 6, 4]
    """
    return five_crop(img, size) + five_crop(vflip(img) if vertical_flip else hflip(img), size)
