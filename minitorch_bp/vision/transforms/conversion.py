"""Between pictures and tensors, and between the scales of dtypes: 0 to 255 in uint8 is 0 to 1 in floats."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

import minitorch_bp as torch

from .._pillow import from_array, is_pil
from ._image import Tensor, is_tensor, largest

_I16 = "I;16" if sys.byteorder == "little" else "I;16B"
_PIL_TYPES = {"I": np.int32, _I16: np.int16, "F": np.float32}
_MODES_OF_ONE = {np.dtype(np.uint8): "L", np.dtype(np.int16): _I16, np.dtype(np.int32): "I", np.dtype(np.float32): "F"}
_MODES = {2: ("LA",), 3: ("RGB", "YCbCr", "HSV"), 4: ("RGBA", "CMYK", "RGBX")}
_BITS = {torch.uint8: 8, torch.int8: 7, torch.int16: 15, torch.uint16: 16, torch.int32: 31, torch.int64: 63}


def _channels_first(array: np.ndarray, picture: Any) -> Tensor:
    return torch.from_numpy(array).view(picture.height, picture.width, len(picture.getbands())).permute(2, 0, 1)


def to_tensor(pic: Any) -> Tensor:
    """A picture or an ndarray (height, width, channels) as a tensor (channels, height, width); uint8 becomes floats from 0 to 1.

    Parameters
    ----------
    pic : PIL Image or ndarray

    Returns
    -------
    Tensor

    Raises
    ------
    TypeError
        If it is something else.
    ValueError
        If the ndarray has other than 2 or 3 dimensions.

    Examples
    --------
    >>> import numpy as np
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.to_tensor(np.array([[0, 255]], dtype=np.uint8))
    tensor([[[0., 1.]]])
    """
    if isinstance(pic, np.ndarray):
        if pic.ndim not in (2, 3):
            raise ValueError(f"to_tensor: the ndarray must have 2 or 3 dimensions, but has shape {pic.shape}")
        image = torch.from_numpy(np.atleast_3d(pic).transpose(2, 0, 1)).contiguous()
    elif is_pil(pic):
        array = np.array(pic, _PIL_TYPES.get(pic.mode, np.uint8), copy=True)
        image = _channels_first(array * np.uint8(255) if pic.mode == "1" else array, pic).contiguous()
    else:
        raise TypeError(f"to_tensor: expected a Pillow picture or an ndarray, but got {type(pic).__name__}")
    return image.to(torch.get_default_dtype()).div(255) if image.dtype == torch.uint8 else image


def pil_to_tensor(pic: Any) -> Tensor:
    """A Pillow picture as a tensor (channels, height, width) of the same values.

    Parameters
    ----------
    pic : PIL Image

    Returns
    -------
    Tensor

    Raises
    ------
    TypeError
        If it is no Pillow picture.

    Examples
    --------
    >>> from PIL import Image
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.pil_to_tensor(Image.new("L", (2, 1), 7))
    tensor([[[7, 7]]], dtype=torch.uint8)
    """
    if not is_pil(pic):
        raise TypeError(f"pil_to_tensor: expected a Pillow picture, but got {type(pic).__name__}")
    return _channels_first(np.array(pic, copy=True), pic)


def to_pil_image(pic: Any, mode: str | None = None) -> Any:
    """A tensor (channels, height, width) or an ndarray (height, width, channels) as a Pillow picture; floats are times 255.

    Parameters
    ----------
    pic : Tensor or ndarray
    mode : str, optional
        Pillow's colour space; by default the usual one of as many channels.

    Returns
    -------
    PIL Image

    Raises
    ------
    TypeError
        If it is something else, or of a dtype that no mode has.
    ValueError
        If the shape or the mode does not fit.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.to_pil_image(torch.ones(3, 4, 5)).size
    (5, 4)
    """
    if isinstance(pic, Tensor):
        array = (pic.permute(1, 2, 0) if pic.ndim == 3 else pic).numpy(force=True)
    elif isinstance(pic, np.ndarray):
        array = pic
    else:
        raise TypeError(f"to_pil_image: expected a tensor or an ndarray, but got {type(pic).__name__}")
    array = array[:, :, None] if array.ndim == 2 else array
    if array.ndim != 3:
        raise ValueError(f"to_pil_image: the image must have 2 or 3 dimensions, but has {array.ndim}")
    channels = array.shape[2]
    if not 1 <= channels <= 4:
        raise ValueError(f"to_pil_image: a picture has at most 4 channels, but this one has {channels}")
    if np.issubdtype(array.dtype, np.floating) and mode != "F":
        array = (array * 255).astype(np.uint8)
    if channels == 1:
        array, expected = array[:, :, 0], _MODES_OF_ONE.get(array.dtype)
        if mode is not None and mode != expected:
            raise ValueError(f"to_pil_image: one channel of {array.dtype} has the mode {expected}, not {mode}")
        mode = expected
    else:
        allowed = _MODES[channels]
        if mode is not None and mode not in allowed:
            raise ValueError(f"to_pil_image: {channels} channels have the mode {' or '.join(allowed)}, not {mode}")
        if mode is None and array.dtype == np.uint8:
            mode = allowed[0]
    if mode is None:
        raise TypeError(f"to_pil_image: no mode of Pillow's has {channels} channels of {array.dtype}; use uint8 or floats")
    return from_array(np.ascontiguousarray(array), mode)


def _from_floats(image: Tensor, dtype: Any) -> Tensor:
    """Floats from 0 to 1 to integers: each of them gets an interval of the same length."""
    if (image.dtype == torch.float32 and dtype in (torch.int32, torch.int64)) or (
        image.dtype == torch.float64 and dtype == torch.int64
    ):
        raise RuntimeError(f"{image.dtype} has fewer digits than {dtype}: that image can't be converted without loss")
    return image.mul(largest(dtype) + 1.0 - 1e-3).to(dtype)


def convert_image_dtype(image: Tensor, dtype: Any = torch.float32) -> Tensor:
    """The same picture in the scale of another dtype.

    Parameters
    ----------
    image : Tensor
    dtype : dtype

    Returns
    -------
    Tensor

    Raises
    ------
    TypeError
        If it is no tensor.
    RuntimeError
        If floats of that size can't tell the integers apart.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.convert_image_dtype(torch.tensor([[0.0, 1.0]]), torch.uint8)
    tensor([[  0, 255]], dtype=torch.uint8)
    """
    if not isinstance(image, Tensor):
        raise TypeError(f"convert_image_dtype: expected a tensor, but got {type(image).__name__}")
    if image.dtype == dtype:
        return image
    if image.is_floating_point():
        return image.to(dtype) if dtype.is_floating_point else _from_floats(image, dtype)
    if dtype.is_floating_point:
        return image.to(dtype) / float(largest(image.dtype))
    return _shifted(image, dtype)


def _shifted(image: Tensor, dtype: Any) -> Tensor:
    """Between integers: the top bits stay."""
    shift = _BITS[dtype] - _BITS[image.dtype]
    if shift < 0:
        return torch.div(image, 2**-shift, rounding_mode="floor").to(dtype)
    return image.to(dtype) * 2**shift


def to_dtype(inpt: Any, dtype: Any = torch.float32, scale: bool = False) -> Tensor:
    """Another dtype; with ``scale``, in its scale (``transforms.v2``).

    Parameters
    ----------
    inpt : Tensor
    dtype : dtype
    scale : bool

    Returns
    -------
    Tensor

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms.v2 import functional as F
    >>> F.to_dtype(torch.tensor([0, 255], dtype=torch.uint8), torch.float32, scale=True)
    tensor([0., 1.])
    """
    if not scale or inpt.dtype == dtype:
        return inpt.to(dtype)
    if dtype.is_floating_point and not inpt.is_floating_point():
        return inpt.to(dtype).mul_(1.0 / largest(inpt.dtype))
    return convert_image_dtype(inpt, dtype)


def normalize(tensor: Tensor, mean: Any, std: Any, inplace: bool = False) -> Tensor:
    r"""Each channel minus its mean, divided by its standard deviation.

    .. math:: y_c = (x_c - \text{mean}_c) / \text{std}_c

    Parameters
    ----------
    tensor : Tensor of floats, of shape (..., C, H, W)
    mean, std : sequence of float
        One per channel.
    inplace : bool
        Overwrite the tensor.

    Returns
    -------
    Tensor

    Raises
    ------
    TypeError
        If it is no tensor of floats.
    ValueError
        If it has fewer than 3 dimensions, or a standard deviation is 0.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.normalize(torch.tensor([[[0.0, 1.0]]]), [0.5], [0.5])
    tensor([[[-1.,  1.]]])
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(f"normalize: expected a tensor, but got {type(tensor).__name__}; put ToTensor() before it")
    if not tensor.is_floating_point():
        raise TypeError(
            f"normalize: the image must be of floats, but is {tensor.dtype}; put ToTensor() or ToDtype(..., scale=True) before it"
        )
    if tensor.ndim < 3:
        raise ValueError(f"normalize: the image must have shape (..., C, H, W), but has {list(tensor.shape)}")
    mean, std = (torch.as_tensor(v, dtype=tensor.dtype) for v in (mean, std))
    if (std == 0).any():
        raise ValueError(f"normalize: a standard deviation is 0 as {tensor.dtype}, and would divide by 0")
    mean, std = (v.view(-1, 1, 1) if v.ndim == 1 else v for v in (mean, std))
    return (tensor if inplace else tensor.clone()).sub_(mean).div_(std)


def erase(img: Any, i: int, j: int, h: int, w: int, v: Tensor, inplace: bool = False) -> Tensor:
    """Overwrite a rectangle.

    Parameters
    ----------
    img : Tensor
    i, j, h, w : int
        Top, left, height and width of the rectangle.
    v : Tensor
        What is written there.
    inplace : bool

    Returns
    -------
    Tensor

    Raises
    ------
    TypeError
        If it is no tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.erase(torch.ones(1, 2, 2), 0, 0, 1, 2, torch.tensor(0.0))
    tensor([[[0., 0.],
             [1., 1.]]])
    """
    if is_pil(img):
        return to_pil_image(erase(pil_to_tensor(img), i, j, h, w, v), img.mode)
    if not is_tensor(img):
        raise TypeError(f"erase: expected a tensor image, but got {type(img).__name__}")
    img = img if inplace else img.clone()
    img[..., i : i + h, j : j + w] = v
    return img


def through_tensor(function: Any, img: Any, *args: Any) -> Any:
    """A function of tensors, also for Pillow's pictures: there and back."""
    if is_tensor(img):
        return function(img, *args)
    return to_pil_image(function(pil_to_tensor(img), *args), img.mode)
