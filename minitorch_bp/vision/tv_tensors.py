"""Tensors that know what they are: an image, a video, a mask, or boxes; ``transforms.v2`` treats each in its way.

Arithmetic gives plain tensors, since half an image plus a box is neither; ``clone``, ``detach``, ``to`` and ``requires_grad_`` keep the kind.
"""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Iterator
from typing import Any

import minitorch_bp as torch
from minitorch_bp._C import DisableTorchFunctionSubclass

from ._pillow import is_pil

Tensor = torch.Tensor
_KEEP = frozenset(["clone", "to", "detach", "requires_grad_"])
_return_kind = [False]


class TVTensor(Tensor):
    """The base of all kinds."""

    @staticmethod
    def _plain(data: Any, dtype: Any = None, device: Any = None, requires_grad: bool | None = None) -> Tensor:
        if is_pil(data):
            from .transforms.conversion import pil_to_tensor

            data = pil_to_tensor(data)
        if requires_grad is None:
            requires_grad = data.requires_grad if isinstance(data, Tensor) else False
        return torch.as_tensor(data, dtype=dtype, device=device).requires_grad_(requires_grad)

    def __new__(cls, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool | None = None) -> Any:
        return cls._plain(data, dtype, device, requires_grad).as_subclass(cls)

    @classmethod
    def wrap(cls, tensor: Tensor, like: Any, **changes: Any) -> Any:
        """A tensor as this kind, with what else ``like`` knows."""
        return tensor.as_subclass(cls)

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if not all(issubclass(cls, t) for t in types):
            return NotImplemented
        with DisableTorchFunctionSubclass():
            out = func(*args, **(kwargs or {}))
            keep = _return_kind[0] or getattr(func, "__name__", "") in _KEEP
            if keep and args and isinstance(args[0], TVTensor):
                like = args[0]
                return _each(out, lambda x: wrap(x, like=like))
            return _each(out, _as_plain)

    def __deepcopy__(self, memo: Any) -> Any:
        return self.detach().clone().requires_grad_(self.requires_grad)

    def _about(self) -> str | None:
        """What the text ends with."""
        return ""

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        about = self._about()
        return super().__repr__() if about is None else f"{super().__repr__()[:-1]}, {about})"


def _each(value: Any, function: Any) -> Any:
    if isinstance(value, Tensor):
        return function(value)
    if type(value) in (tuple, list):
        return type(value)(_each(v, function) for v in value)
    return value


def _as_plain(value: Any) -> Any:
    return value.as_subclass(Tensor) if isinstance(value, TVTensor) else value


class Image(TVTensor):
    """One image or many, of shape (..., C, H, W); a picture of Pillow's becomes one.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import tv_tensors
    >>> image = tv_tensors.Image(torch.zeros(3, 4, 5))
    >>> type(image.clone()).__name__, type(image + 1).__name__
    ('Image', 'Tensor')
    """

    def __new__(cls, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool | None = None) -> Any:
        tensor = cls._plain(data, dtype, device, requires_grad)
        if tensor.ndim < 2:
            raise ValueError(f"an Image has at least 2 dimensions, but this tensor has shape {list(tensor.shape)}")
        return (tensor.unsqueeze(0) if tensor.ndim == 2 else tensor).as_subclass(cls)


class Video(TVTensor):
    """Images one after the other, of shape (..., T, C, H, W)."""

    def __new__(cls, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool | None = None) -> Any:
        tensor = cls._plain(data, dtype, device, requires_grad)
        if tensor.ndim < 4:
            raise ValueError(f"a Video has at least 4 dimensions, but this tensor has shape {list(tensor.shape)}")
        return tensor.as_subclass(cls)


class Mask(TVTensor):
    """What each pixel belongs to, of shape (..., H, W): moved like an image, but by the nearest pixel, and its colours stay."""

    def _about(self) -> str | None:
        return None


class BoundingBoxFormat(enum.Enum):
    """What the four numbers of a box are: corners, or a corner or the centre and the size."""

    XYXY = "XYXY"
    XYWH = "XYWH"
    CXCYWH = "CXCYWH"


class BoundingBoxes(TVTensor):
    """Boxes of shape (N, 4) in an image of the size ``canvas_size``.

    Parameters
    ----------
    data : Tensor or nested list
    format : BoundingBoxFormat or str
    canvas_size : (height, width)

    Examples
    --------
    >>> from minitorch_bp.vision import tv_tensors
    >>> from minitorch_bp.vision.transforms.v2 import functional as F
    >>> boxes = tv_tensors.BoundingBoxes([[0, 0, 2, 3]], format="XYXY", canvas_size=(10, 10))
    >>> F.horizontal_flip(boxes).tolist()
    [[8, 0, 10, 3]]
    """

    format: BoundingBoxFormat
    canvas_size: tuple[int, int]

    def __new__(
        cls, data: Any, *, format: Any, canvas_size: Any, dtype: Any = None, device: Any = None, requires_grad: bool | None = None
    ) -> Any:
        tensor = cls._plain(data, dtype, device, requires_grad)
        if tensor.ndim > 2:
            raise ValueError(f"boxes have shape (4,) or (N, 4), but this tensor {list(tensor.shape)}")
        return cls._made(tensor.unsqueeze(0) if tensor.ndim == 1 else tensor, format, canvas_size)

    def _about(self) -> str | None:
        return f"format={self.format}, canvas_size={self.canvas_size}"

    @classmethod
    def _made(cls, tensor: Tensor, format: Any, canvas_size: Any) -> Any:
        boxes: Any = tensor.as_subclass(cls)
        boxes.format = BoundingBoxFormat[format.upper()] if isinstance(format, str) else format
        boxes.canvas_size = tuple(canvas_size)
        return boxes

    @classmethod
    def wrap(cls, tensor: Tensor, like: Any, **changes: Any) -> Any:
        """A tensor as boxes of the format and the image of others."""
        return cls._made(tensor, changes.get("format", like.format), changes.get("canvas_size", like.canvas_size))


def wrap(wrappee: Tensor, *, like: Any, **kwargs: Any) -> Any:
    """A plain tensor as the kind of another.

    Parameters
    ----------
    wrappee : Tensor
    like : TVTensor
    **kwargs : any
        What boxes shall know in place of what ``like`` does.

    Returns
    -------
    TVTensor

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import tv_tensors
    >>> image = tv_tensors.Image(torch.zeros(3, 4, 5))
    >>> type(tv_tensors.wrap(image + 1, like=image)).__name__
    'Image'
    """
    return type(like).wrap(wrappee, like, **kwargs) if isinstance(like, TVTensor) else wrappee.as_subclass(type(like))


@contextlib.contextmanager
def set_return_type(return_type: str) -> Iterator[None]:
    """Whether operations return the kind of their operand ('TVTensor') or plain tensors ('Tensor'), in a block.

    Parameters
    ----------
    return_type : str

    Yields
    ------
    None

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import tv_tensors
    >>> with tv_tensors.set_return_type("TVTensor"):
    ...     type(tv_tensors.Image(torch.zeros(3, 4, 5)) + 1).__name__
    'Image'
    """
    before = _return_kind[0]
    _return_kind[0] = {"tensor": False, "tvtensor": True}[return_type.lower()]
    try:
        yield
    finally:
        _return_kind[0] = before


__all__ = ["BoundingBoxFormat", "BoundingBoxes", "Image", "Mask", "TVTensor", "Video", "set_return_type", "wrap"]
