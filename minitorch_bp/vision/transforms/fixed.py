"""Transforms without chance: each holds the arguments of its function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import minitorch_bp as torch
from minitorch_bp import nn

from . import functional as F
from ._image import InterpolationMode, Tensor, interpolation_mode, pair


class Shown:
    """Prints itself as ``Name(argument=value)``: ``shown`` says which attributes."""

    shown: Sequence[str] = ()

    def __repr__(self) -> str:
        parts = (f"{name}={_plain(getattr(self, name))}" for name in self.shown)
        return f"{type(self).__name__}({', '.join(parts)})"


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, InterpolationMode) else value


def listed(transforms: Any) -> str:
    """Transforms below each other, as a list prints them."""
    return "".join(f"\n    {t}" for t in transforms)


class Compose:
    """One transform after the other.

    Parameters
    ----------
    transforms : list of callables

    Examples
    --------
    >>> from minitorch_bp.vision import transforms
    >>> transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
    Compose(
        ToTensor()
        Normalize(mean=(0.5,), std=(0.5,))
    )
    """

    def __init__(self, transforms: Any):
        self.transforms = transforms

    def __call__(self, img: Any) -> Any:
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        return f"{type(self).__name__}({listed(self.transforms)}\n)"


class ToTensor(Shown):
    """:func:`~minitorch_bp.vision.transforms.functional.to_tensor`: a picture or ndarray as a tensor, from 0 to 1."""

    def __call__(self, pic: Any) -> Tensor:
        return F.to_tensor(pic)


class PILToTensor(Shown):
    """:func:`~minitorch_bp.vision.transforms.functional.pil_to_tensor`: a picture as a tensor of the same values."""

    def __call__(self, pic: Any) -> Tensor:
        return F.pil_to_tensor(pic)


class ToPILImage:
    """:func:`~minitorch_bp.vision.transforms.functional.to_pil_image`: a tensor or ndarray as a picture."""

    def __init__(self, mode: str | None = None):
        self.mode = mode

    def __call__(self, pic: Any) -> Any:
        return F.to_pil_image(pic, self.mode)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'' if self.mode is None else f'mode={self.mode}'})"


class ConvertImageDtype(nn.Module):
    """:func:`~minitorch_bp.vision.transforms.functional.convert_image_dtype`: the scale of another dtype."""

    def __init__(self, dtype: Any):
        super().__init__()
        self.dtype = dtype

    def forward(self, image: Tensor) -> Tensor:
        return F.convert_image_dtype(image, self.dtype)


class Normalize(Shown, nn.Module):
    """:func:`~minitorch_bp.vision.transforms.functional.normalize`: minus the mean, by the standard deviation."""

    shown = ("mean", "std")

    def __init__(self, mean: Any, std: Any, inplace: bool = False):
        super().__init__()
        self.mean, self.std, self.inplace = mean, std, inplace

    def forward(self, tensor: Tensor) -> Tensor:
        return F.normalize(tensor, self.mean, self.std, self.inplace)


class Resize(Shown, nn.Module):
    """:func:`~minitorch_bp.vision.transforms.functional.resize`: another size."""

    shown = ("size", "interpolation", "max_size", "antialias")

    def __init__(
        self, size: Any, interpolation: Any = InterpolationMode.BILINEAR, max_size: int | None = None, antialias: Any = True
    ):
        super().__init__()
        if not isinstance(size, (int, Sequence)):
            raise TypeError(f"Resize: size must be a number or a sequence, but got {type(size).__name__}")
        if isinstance(size, Sequence) and len(size) not in (1, 2):
            raise ValueError(f"Resize: size must be one number or (height, width), but got {size}")
        self.size, self.max_size, self.antialias = size, max_size, antialias
        self.interpolation = interpolation_mode(interpolation)

    def forward(self, img: Any) -> Any:
        return F.resize(img, self.size, self.interpolation, self.max_size, self.antialias)


class _Sized(Shown, nn.Module):
    shown: Sequence[str] = ("size",)

    def __init__(self, size: Any):
        super().__init__()
        self.size = pair(size)


class CenterCrop(_Sized):
    """:func:`~minitorch_bp.vision.transforms.functional.center_crop`: the middle."""

    def forward(self, img: Any) -> Any:
        return F.center_crop(img, self.size)


class FiveCrop(_Sized):
    """:func:`~minitorch_bp.vision.transforms.functional.five_crop`: the corners and the middle."""

    def forward(self, img: Any) -> Any:
        return F.five_crop(img, self.size)


class TenCrop(_Sized):
    """:func:`~minitorch_bp.vision.transforms.functional.ten_crop`: those of the mirror image, too."""

    shown = ("size", "vertical_flip")

    def __init__(self, size: Any, vertical_flip: bool = False):
        super().__init__(size)
        self.vertical_flip = vertical_flip

    def forward(self, img: Any) -> Any:
        return F.ten_crop(img, self.size, self.vertical_flip)


def check_padding(padding: Any, fill: Any, padding_mode: str) -> None:
    """Refuse what :func:`pad` would, when a transform is made."""
    if not isinstance(padding, (int, float, tuple, list)):
        raise TypeError(f"padding must be a number or a sequence, but got {type(padding).__name__}")
    if not isinstance(fill, (int, float, tuple, list)):
        raise TypeError(f"fill must be a number or a sequence of numbers, but got {type(fill).__name__}")
    if padding_mode not in ("constant", "edge", "reflect", "symmetric"):
        raise ValueError(f"padding_mode must be 'constant', 'edge', 'reflect' or 'symmetric', but got {padding_mode!r}")
    if isinstance(padding, (tuple, list)) and len(padding) not in (1, 2, 4):
        raise ValueError(f"padding must be 1, 2 or 4 numbers, but got {len(padding)}")


class Pad(Shown, nn.Module):
    """:func:`~minitorch_bp.vision.transforms.functional.pad`: a border."""

    shown = ("padding", "fill", "padding_mode")

    def __init__(self, padding: Any, fill: Any = 0, padding_mode: str = "constant"):
        super().__init__()
        check_padding(padding, fill, padding_mode)
        self.padding, self.fill, self.padding_mode = padding, fill, padding_mode

    def forward(self, img: Any) -> Any:
        return F.pad(img, self.padding, self.fill, self.padding_mode)


class Grayscale(Shown, nn.Module):
    """:func:`~minitorch_bp.vision.transforms.functional.rgb_to_grayscale`: in grey."""

    shown = ("num_output_channels",)

    def __init__(self, num_output_channels: int = 1):
        super().__init__()
        self.num_output_channels = num_output_channels

    def forward(self, img: Any) -> Any:
        return F.rgb_to_grayscale(img, num_output_channels=self.num_output_channels)


class Lambda(Shown):
    """A function of one's own as a transform."""

    def __init__(self, lambd: Callable[[Any], Any]):
        if not callable(lambd):
            raise TypeError(f"Lambda: expected something that can be called, but got {type(lambd).__name__}")
        self.lambd = lambd

    def __call__(self, img: Any) -> Any:
        return self.lambd(img)


def check_linear(matrix: Tensor, mean: Tensor) -> None:
    """Refuse a matrix that is not square, or a mean that does not fit it."""
    if matrix.size(0) != matrix.size(1):
        raise ValueError(f"LinearTransformation: transformation_matrix must be square, but has shape {list(matrix.shape)}")
    if mean.size(0) != matrix.size(0):
        raise ValueError(f"LinearTransformation: mean_vector has {mean.size(0)} elements, and the matrix {matrix.size(0)} rows")
    if mean.dtype != matrix.dtype:
        raise ValueError(f"LinearTransformation: mean_vector is {mean.dtype}, and the matrix {matrix.dtype}")


def linear(image: Tensor, matrix: Tensor, mean: Tensor) -> Tensor:
    """All elements of an image, minus their means, times a matrix."""
    n = image.shape[-3] * image.shape[-2] * image.shape[-1]
    if n != matrix.shape[0]:
        raise ValueError(
            f"LinearTransformation: the image has {n} elements {list(image.shape[-3:])}, and the matrix {matrix.shape[0]} rows"
        )
    flat = image.reshape(-1, n) - mean
    return torch.mm(flat, matrix.to(flat.dtype)).reshape(image.shape)


class LinearTransformation(nn.Module):
    """The image as one vector, minus a mean vector, times a matrix (whitening)."""

    def __init__(self, transformation_matrix: Tensor, mean_vector: Tensor):
        super().__init__()
        check_linear(transformation_matrix, mean_vector)
        self.transformation_matrix, self.mean_vector = transformation_matrix, mean_vector

    def forward(self, tensor: Tensor) -> Tensor:
        return linear(tensor, self.transformation_matrix, self.mean_vector)

    def __repr__(self) -> str:
        matrix, mean = self.transformation_matrix.tolist(), self.mean_vector.tolist()
        return f"{type(self).__name__}(transformation_matrix={matrix}, mean_vector={mean})"
