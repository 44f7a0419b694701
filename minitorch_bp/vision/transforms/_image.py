"""What every transform asks of an image: what kind it is, its size, its largest value; and the modes of resampling.

An image is a Pillow picture, or a tensor of shape (..., channels, height, width).
"""

from __future__ import annotations

import enum
import numbers
from collections.abc import Sequence
from typing import Any

import minitorch_bp as torch

from .._pillow import is_pil

Tensor = torch.Tensor


class InterpolationMode(enum.Enum):
    """How resampling finds a value between pixels. The last three are for Pillow's pictures only."""

    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    BOX = "box"
    HAMMING = "hamming"
    LANCZOS = "lanczos"


_M = InterpolationMode
#: Pillow's number of each.
PIL_MODES = {_M.NEAREST: 0, _M.LANCZOS: 1, _M.BILINEAR: 2, _M.BICUBIC: 3, _M.BOX: 4, _M.HAMMING: 5, _M.NEAREST_EXACT: 0}
_BY_NUMBER = {number: mode for mode, number in PIL_MODES.items() if mode is not _M.NEAREST_EXACT}
_LARGEST = {
    torch.uint8: 255,
    torch.int8: 127,
    torch.int16: 2**15 - 1,
    torch.uint16: 2**16 - 1,
    torch.int32: 2**31 - 1,
    torch.int64: 2**63 - 1,
}


def interpolation_mode(mode: Any) -> InterpolationMode:
    """The mode for itself, for its name, or for Pillow's number."""
    if isinstance(mode, InterpolationMode):
        return mode
    if isinstance(mode, str):
        return InterpolationMode(mode)
    if isinstance(mode, int) and mode in _BY_NUMBER:
        return _BY_NUMBER[int(mode)]
    raise TypeError(f"interpolation must be an InterpolationMode, its name or Pillow's number of it, but got {mode!r}")


def is_tensor(image: Any) -> bool:
    """Whether it is a tensor image; what is neither that nor a Pillow picture is a TypeError."""
    if isinstance(image, Tensor):
        if image.ndim < 2:
            raise TypeError(
                f"a tensor image has at least the dimensions height and width, but this one has shape {list(image.shape)}"
            )
        return True
    if is_pil(image):
        return False
    raise TypeError(f"expected a Pillow picture or a tensor image, but got {type(image).__name__}")


def get_dimensions(img: Any) -> list[int]:
    """Channels, height and width.

    Parameters
    ----------
    img : PIL Image or Tensor

    Returns
    -------
    list of int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.get_dimensions(torch.zeros(3, 4, 5))
    [3, 4, 5]
    """
    if is_tensor(img):
        return [1 if img.ndim == 2 else img.shape[-3], img.shape[-2], img.shape[-1]]
    return [len(img.getbands()), img.height, img.width]


def get_image_size(img: Any) -> list[int]:
    """Width and height, in this order.

    Parameters
    ----------
    img : PIL Image or Tensor

    Returns
    -------
    list of int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.get_image_size(torch.zeros(3, 4, 5))
    [5, 4]
    """
    return get_dimensions(img)[:0:-1]


def get_image_num_channels(img: Any) -> int:
    """How many channels there are.

    Parameters
    ----------
    img : PIL Image or Tensor

    Returns
    -------
    int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.get_image_num_channels(torch.zeros(3, 4, 5))
    3
    """
    return get_dimensions(img)[0]


def largest(dtype: Any) -> int:
    """The value of white: 255 for uint8, 1 for floats."""
    return _LARGEST.get(dtype, 1)


def check_channels(name: str, image: Tensor, allowed: Sequence[int] = (1, 3), least_ndim: int = 2) -> None:
    """Refuse a tensor of other numbers of channels."""
    if image.ndim < least_ndim:
        raise TypeError(f"{name}: the image needs at least {least_ndim} dimensions, but has shape {list(image.shape)}")
    channels = get_dimensions(image)[0]
    if channels not in allowed:
        raise TypeError(f"{name}: the image must have {' or '.join(map(str, allowed))} channels, but has {channels}")


def floating(image: Tensor) -> Tensor:
    """The image itself if it is of floats, else as float32."""
    return image if image.is_floating_point() else image.to(torch.float32)


def back(values: Tensor, like: Tensor) -> Tensor:
    """Values as the dtype of an image; integers are rounded to the nearest."""
    return values.to(like.dtype) if like.is_floating_point() else values.round().to(like.dtype)


def pair(size: Any, name: str = "size") -> tuple[int, int]:
    """(height, width) of a number, of one in a sequence, or of two."""
    if isinstance(size, numbers.Number):
        return int(size), int(size)  # type: ignore[call-overload]
    if len(size) == 1:
        return size[0], size[0]
    if len(size) != 2:
        raise ValueError(f"{name} must be one number or (height, width), but got {size}")
    return size


def check_sequence(value: Any, name: str, lengths: Sequence[int]) -> None:
    """Refuse what is no sequence of one of these lengths."""
    wanted = " or ".join(map(str, lengths))
    if not isinstance(value, Sequence):
        raise TypeError(f"{name} must be a sequence of length {wanted}, but got {type(value).__name__}")
    if len(value) not in lengths:
        raise ValueError(f"{name} must be a sequence of length {wanted}, but has {len(value)}")


def angles(value: Any, name: str, lengths: Sequence[int] = (2,)) -> list[float]:
    """Bounds of an angle: a number x stands for (-x, x)."""
    if isinstance(value, numbers.Number):
        if value < 0:  # type: ignore[operator]
            raise ValueError(f"{name} must not be negative when it is one number, but got {value}")
        value = [-value, value]  # type: ignore[operator]
    else:
        check_sequence(value, name, lengths)
    return [float(v) for v in value]


def one_uniform(low: float, high: float) -> float:
    """One number between two, as all transforms draw it."""
    return float(torch.empty(1).uniform_(float(low), float(high)).item())


def one_randint(low: int, high: int) -> int:
    """One integer from low to high - 1."""
    return int(torch.randint(low, high, size=(1,)).item())
