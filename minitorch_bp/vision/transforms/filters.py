"""Gaussian blur, and noise."""

from __future__ import annotations

from typing import Any

import minitorch_bp as torch
import minitorch_bp.nn.functional as nnF

from ._image import Tensor, back, floating, is_tensor
from .conversion import through_tensor


def _bell(size: int, sigma: float, dtype: Any) -> Tensor:
    half = (size - 1) * 0.5
    weights = torch.exp(-0.5 * (torch.linspace(-half, half, size, dtype=dtype) / sigma).pow(2))
    return weights / weights.sum()


def _blur(img: Tensor, size: Any, sigma: Any) -> Tensor:
    x = floating(img)
    kernel = _bell(size[1], sigma[1], x.dtype)[:, None] @ _bell(size[0], sigma[0], x.dtype)[None, :]
    y, channels = x.reshape(-1, *x.shape[-3:]), x.shape[-3]
    y = nnF.pad(y, (size[0] // 2, size[0] // 2, size[1] // 2, size[1] // 2), mode="reflect")
    y = nnF.conv2d(y, kernel.expand(channels, 1, -1, -1), groups=channels)
    return back(y.reshape(x.shape), img)


def gaussian_blur(img: Any, kernel_size: Any, sigma: Any = None) -> Any:
    """Blur by a bell-shaped kernel; the edges are mirrored.

    Parameters
    ----------
    img : PIL Image or Tensor
    kernel_size : int or (x, y)
        Odd.
    sigma : float or (x, y), optional
        The width of the bell in pixels; by default 0.15 times the size, plus 0.35.

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Raises
    ------
    TypeError
        If an argument is of another type.
    ValueError
        If a size is even or negative, or a width not positive.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms import functional as F
    >>> F.gaussian_blur(torch.eye(3).view(1, 3, 3), 3)[0, 1]
    tensor([0.3743, 0.3867, 0.3743])
    """
    if not isinstance(kernel_size, (int, list, tuple)):
        raise TypeError(f"gaussian_blur: kernel_size must be one number or two, but got {type(kernel_size).__name__}")
    size = [kernel_size] * 2 if isinstance(kernel_size, int) else list(kernel_size)
    if len(size) != 2:
        raise ValueError(f"gaussian_blur: kernel_size must be one number or two, but got {len(size)}")
    if any(k % 2 == 0 or k < 0 for k in size):
        raise ValueError(f"gaussian_blur: kernel_size must be odd and positive, but is {size}")
    if sigma is not None and not isinstance(sigma, (int, float, list, tuple)):
        raise TypeError(f"gaussian_blur: sigma must be one number or two, but got {type(sigma).__name__}")
    if sigma is None:
        sigma = [k * 0.15 + 0.35 for k in size]
    sigma = [float(sigma)] * 2 if isinstance(sigma, (int, float)) else list(sigma) * (1 + (len(sigma) == 1))
    if len(sigma) != 2:
        raise ValueError(f"gaussian_blur: sigma must be one number or two, but got {len(sigma)}")
    if any(s <= 0.0 for s in sigma):
        raise ValueError(f"gaussian_blur: sigma must be positive, but is {sigma}")
    return through_tensor(_blur, img, size, sigma)


def gaussian_noise(inpt: Any, mean: float = 0.0, sigma: float = 0.1, clip: bool = True) -> Any:
    """Add normal noise; the numbers are for white = 1, also for uint8 (``transforms.v2``).

    Parameters
    ----------
    inpt : Tensor of floats or uint8
    mean, sigma : float
    clip : bool
        Keep the values between black and white.

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If sigma is negative, or it is no tensor of floats or uint8.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms.v2 import functional as F
    >>> F.gaussian_noise(torch.zeros(1, 1, 2), mean=0.5, sigma=0.0)
    tensor([[[0.5000, 0.5000]]])
    """
    if sigma < 0:
        raise ValueError(f"gaussian_noise: sigma must not be negative, but is {sigma}")
    if not is_tensor(inpt):
        raise ValueError("gaussian_noise: expected a tensor; put ToImage() before it")
    if inpt.is_floating_point():
        out = inpt + (mean + torch.randn_like(inpt) * sigma)
        return out.clamp(0, 1) if clip else out
    if inpt.dtype != torch.uint8:
        raise ValueError(f"gaussian_noise: the image must be of floats or uint8, but is {inpt.dtype}")
    noise = (mean * 255 + torch.randn_like(inpt, dtype=torch.float32) * (sigma * 255)).to(torch.int16)
    out = inpt + noise
    return (out.clamp(0, 255) if clip else out).to(torch.uint8)


def elastic_displacement(alpha: Any, sigma: Any, height: int, width: int) -> Tensor:
    """Random vectors for :func:`~minitorch_bp.vision.transforms.functional.elastic_transform`: noise, blurred, times alpha."""
    parts = []
    for k, size in enumerate((width, height)):
        noise = torch.rand(1, 1, height, width) * 2 - 1
        if sigma[k] > 0.0:
            kernel = int(8 * sigma[k] + 1) | 1  # odd
            noise = gaussian_blur(noise, [kernel, kernel], list(sigma))
        parts.append(noise * alpha[k] / size)
    return torch.cat(parts, 1).permute(0, 2, 3, 1)


def jpeg(image: Any, quality: int) -> Any:
    """What is left after saving as JPEG (``transforms.v2``).

    Parameters
    ----------
    image : PIL Image, or Tensor of uint8
    quality : int
        From 1 to 100.

    Returns
    -------
    PIL Image or Tensor
        As the input.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision.transforms.v2 import functional as F
    >>> F.jpeg(torch.full((3, 8, 8), 128, dtype=torch.uint8), 90).float().mean().item()
    128.0
    """
    import io

    from .._pillow import pillow
    from .conversion import pil_to_tensor, to_pil_image

    picture = to_pil_image(image) if is_tensor(image) else image
    file = io.BytesIO()
    picture.save(file, format="JPEG", quality=quality)
    again = pillow().open(file)
    again.load()
    return pil_to_tensor(again) if is_tensor(image) else again
