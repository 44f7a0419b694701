"""Image files as tensors, read and written by Pillow."""

from __future__ import annotations

import enum
import io
from typing import Any

import numpy as np

import minitorch_bp as torch

from ._pillow import pillow
from .transforms.conversion import pil_to_tensor, to_pil_image

Tensor = torch.Tensor


class ImageReadMode(enum.Enum):
    """What the channels of a file become."""

    UNCHANGED = 0
    GRAY = 1
    GRAY_ALPHA = 2
    RGB = 3
    RGB_ALPHA = 4
    RGBA = 4


_MODES = {ImageReadMode.GRAY: "L", ImageReadMode.GRAY_ALPHA: "LA", ImageReadMode.RGB: "RGB", ImageReadMode.RGB_ALPHA: "RGBA"}


def decode_image(input: Any, mode: Any = ImageReadMode.UNCHANGED) -> Tensor:
    """The image that a file, or its bytes, hold.

    Parameters
    ----------
    input : str, path, or Tensor of uint8
    mode : ImageReadMode or str

    Returns
    -------
    Tensor of uint8, of shape (C, H, W)

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import io
    >>> io.decode_image(io.encode_png(torch.full((3, 2, 2), 7, dtype=torch.uint8)))[0]
    tensor([[7, 7],
            [7, 7]], dtype=torch.uint8)
    """
    mode = ImageReadMode[mode] if isinstance(mode, str) else mode
    file = io.BytesIO(input.numpy().tobytes()) if isinstance(input, Tensor) else input
    with pillow().open(file) as picture:
        wanted = _MODES.get(mode, "RGB" if picture.mode == "P" else picture.mode)
        return pil_to_tensor(picture.convert(wanted)).contiguous()


def read_image(path: Any, mode: Any = ImageReadMode.UNCHANGED) -> Tensor:
    """The image of a file.

    Parameters
    ----------
    path : str or path
    mode : ImageReadMode or str

    Returns
    -------
    Tensor of uint8, of shape (C, H, W)

    Examples
    --------
    >>> import os, tempfile
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import io
    >>> path = os.path.join(tempfile.mkdtemp(), "a.png")
    >>> io.write_png(torch.zeros(3, 4, 5, dtype=torch.uint8), path)
    >>> io.read_image(path).shape
    torch.Size([3, 4, 5])
    """
    return decode_image(path, mode)


def _encoded(input: Tensor, format: str, **options: Any) -> Tensor:
    if input.dtype != torch.uint8 or input.ndim != 3:
        raise RuntimeError(
            f"an image to write is of uint8 and has shape (C, H, W), but this one is {input.dtype} of {list(input.shape)}"
        )
    file = io.BytesIO()
    to_pil_image(input).save(file, format=format, **options)
    return torch.from_numpy(np.frombuffer(file.getvalue(), np.uint8).copy())


def encode_png(input: Tensor, compression_level: int = 6) -> Tensor:
    """The bytes of a PNG file.

    Parameters
    ----------
    input : Tensor of uint8, of shape (C, H, W)
    compression_level : int

    Returns
    -------
    Tensor of uint8

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import io
    >>> bytes(io.encode_png(torch.zeros(3, 4, 5, dtype=torch.uint8))[1:4].tolist())
    b'PNG'
    """
    return _encoded(input, "PNG", compress_level=compression_level)


def encode_jpeg(input: Tensor, quality: int = 75) -> Tensor:
    """The bytes of a JPEG file.

    Parameters
    ----------
    input : Tensor of uint8, of shape (C, H, W)
    quality : int

    Returns
    -------
    Tensor of uint8

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import io
    >>> io.encode_jpeg(torch.zeros(3, 4, 5, dtype=torch.uint8))[:2]
    tensor([255, 216], dtype=torch.uint8)
    """
    return _encoded(input, "JPEG", quality=quality)


def write_file(filename: Any, data: Tensor) -> None:
    """Bytes to a file.

    Parameters
    ----------
    filename : str or path
    data : Tensor of uint8

    Examples
    --------
    >>> import os, tempfile
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import io
    >>> path = os.path.join(tempfile.mkdtemp(), "a")
    >>> io.write_file(path, torch.tensor([65, 66], dtype=torch.uint8))
    >>> io.read_file(path)
    tensor([65, 66], dtype=torch.uint8)
    """
    with open(filename, "wb") as file:
        file.write(data.numpy().tobytes())


def read_file(path: Any) -> Tensor:
    """The bytes of a file.

    Parameters
    ----------
    path : str or path

    Returns
    -------
    Tensor of uint8

    See Also
    --------
    write_file
    """
    with open(path, "rb") as file:
        return torch.from_numpy(np.frombuffer(file.read(), np.uint8).copy())


def write_png(input: Tensor, filename: Any, compression_level: int = 6) -> None:
    """An image to a PNG file.

    Parameters
    ----------
    input : Tensor of uint8, of shape (C, H, W)
    filename : str or path
    compression_level : int

    See Also
    --------
    read_image
    """
    write_file(filename, encode_png(input, compression_level))


def write_jpeg(input: Tensor, filename: Any, quality: int = 75) -> None:
    """An image to a JPEG file.

    Parameters
    ----------
    input : Tensor of uint8, of shape (C, H, W)
    filename : str or path
    quality : int

    See Also
    --------
    read_image
    """
    write_file(filename, encode_jpeg(input, quality))


__all__ = [
    "ImageReadMode", "decode_image", "encode_jpeg", "encode_png", "read_file", "read_image", "write_file", "write_jpeg", "write_png",
]  # fmt: skip
