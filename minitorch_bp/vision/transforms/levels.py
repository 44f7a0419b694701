"""Operations on the values of pixels, whatever their colour: negatives, fewer bits, stretched and equalized histograms."""

from __future__ import annotations

from typing import Any

import numpy as np

import minitorch_bp as torch

from .._pillow import pillow
from ._image import check_channels, floating, is_tensor, largest


def invert(img: Any) -> Any:
    """The negative: white minus the image.

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
    >>> F.invert(torch.full((1, 1, 1), 0.25)).item()
    0.75
    """
    if not is_tensor(img):
        return pillow("ImageOps").invert(img)
    check_channels("invert", img, least_ndim=3)
    return largest(img.dtype) - img


def posterize(img: Any, bits: int) -> Any:
    """Keep the highest bits of each value.

    Parameters
    ----------
    img : PIL Image, or Tensor of uint8
    bits : int
        From 0 to 8.

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Raises
    ------
    TypeError
        If a tensor is not of uint8.
    ValueError
        If bits is outside of that.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.posterize(torch.full((1, 1, 1), 255, dtype=torch.uint8), 2).item()
    192
    """
    if not 0 <= bits <= 8:
        raise ValueError(f"posterize: bits must lie between 0 and 8, but is {bits}")
    if not is_tensor(img):
        return pillow("ImageOps").posterize(img, bits)
    check_channels("posterize", img, least_ndim=3)
    if img.dtype != torch.uint8:
        raise TypeError(f"posterize: the image must be of uint8, but is {img.dtype}")
    return img & (256 - 2 ** (8 - bits))


def solarize(img: Any, threshold: float) -> Any:
    """The negative of what is at least as bright as a threshold.

    Parameters
    ----------
    img : PIL Image or Tensor
    threshold : float

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Raises
    ------
    TypeError
        If the threshold is brighter than white.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.solarize(torch.tensor([[[0.25, 0.75]]]), 0.5)
    tensor([[[0.2500, 0.2500]]])
    """
    if not is_tensor(img):
        return pillow("ImageOps").solarize(img, threshold)
    if threshold > largest(img.dtype):
        raise TypeError(f"solarize: the threshold {threshold} is brighter than white, {largest(img.dtype)}")
    return torch.where(img >= threshold, invert(img), img)


def autocontrast(img: Any) -> Any:
    """Stretch each channel so that its darkest value is black and its brightest white.

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
    >>> F.autocontrast(torch.tensor([[[0.25, 0.5, 0.75]]]))
    tensor([[[0.0000, 0.5000, 1.0000]]])
    """
    if not is_tensor(img):
        return pillow("ImageOps").autocontrast(img)
    check_channels("autocontrast", img, least_ndim=3)
    white, x = largest(img.dtype), floating(img)
    low, high = x.amin((-2, -1), keepdim=True), x.amax((-2, -1), keepdim=True)
    flat = high == low
    scale = torch.where(flat, torch.ones_like(high), white / (high - low))
    return ((x - torch.where(flat, torch.zeros_like(low), low)) * scale).clamp(0, white).to(img.dtype)


def _equalized(channel: np.ndarray) -> np.ndarray:
    counts = np.bincount(channel.reshape(-1), minlength=256)
    step = int(counts[counts != 0][:-1].sum()) // 255
    if step == 0:
        return channel
    table = (np.cumsum(counts) + step // 2) // step
    return np.concatenate([[0], table[:-1]]).clip(0, 255).astype(np.uint8)[channel]


def equalize(img: Any) -> Any:
    """Map the values of each channel so that all become about as frequent.

    Parameters
    ----------
    img : PIL Image, or Tensor of uint8

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Raises
    ------
    TypeError
        If a tensor is not of uint8.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> image = torch.arange(100, 116, dtype=torch.uint8).repeat(1, 32, 1)
    >>> F.equalize(image).unique().tolist()[:3], F.equalize(image).max().item()
    ([0, 32, 64], 255)
    """
    if not is_tensor(img):
        return pillow("ImageOps").equalize(img)
    check_channels("equalize", img, least_ndim=3)
    if img.dtype != torch.uint8:
        raise TypeError(f"equalize: the image must be of uint8, but is {img.dtype}")
    array = img.numpy()
    planes = [_equalized(p) for p in array.reshape(-1, *array.shape[-2:])]
    return torch.from_numpy(np.stack(planes).reshape(array.shape))
