"""Where boxes go when their image is flipped, resized, cropped or padded.

Each is a map of corners: the boxes become (left, top, right, bottom), are moved, kept inside of the image, and get their format again.
"""

from __future__ import annotations

from typing import Any

import minitorch_bp as torch

from ...ops.boxes import box_convert
from .. import geometry
from .._image import Tensor, pair
from ._kinds import is_kind


def _corners(boxes: Any) -> Tensor:
    plain = boxes.as_subclass(Tensor)
    plain = plain if plain.is_floating_point() else plain.to(torch.float32)
    return box_convert(plain, boxes.format.value.lower(), "xyxy")


def _moved(boxes: Any, scale: tuple[float, float], shift: tuple[float, float], size: Any) -> Any:
    """Boxes times (x, y), plus (x, y), in an image of another size."""
    from ...tv_tensors import wrap

    corners = _corners(boxes) * torch.tensor([*scale, *scale]) + torch.tensor([*shift, *shift])
    x, y = corners[:, 0::2], corners[:, 1::2]
    ordered = torch.stack([x.amin(1), y.amin(1), x.amax(1), y.amax(1)], 1)
    return _clamped(wrap(_as_format(ordered, boxes), like=boxes, canvas_size=tuple(size)))


def _as_format(corners: Tensor, like: Any) -> Tensor:
    return box_convert(corners, "xyxy", like.format.value.lower()).to(like.dtype)


def _clamped(boxes: Any) -> Any:
    from ...tv_tensors import wrap

    height, width = boxes.canvas_size
    corners = torch.minimum(_corners(boxes).clamp(min=0), torch.tensor([width, height, width, height], dtype=torch.float32))
    return wrap(_as_format(corners, boxes), like=boxes)


def clamp_bounding_boxes(inpt: Any) -> Any:
    """Boxes without what lies outside of their image.

    Parameters
    ----------
    inpt : BoundingBoxes

    Returns
    -------
    BoundingBoxes

    Examples
    --------
    >>> from minitorch_bp.vision import tv_tensors
    >>> from minitorch_bp.vision.transforms.v2 import functional as F
    >>> F.clamp_bounding_boxes(tv_tensors.BoundingBoxes([[-1, 0, 9, 3]], format="XYXY", canvas_size=(5, 6))).tolist()
    [[0, 0, 6, 3]]
    """
    return _clamped(inpt)


def convert_bounding_box_format(inpt: Any, old_format: Any = None, new_format: Any = None, inplace: bool = False) -> Any:
    """Boxes in another format.

    Parameters
    ----------
    inpt : BoundingBoxes, or Tensor with ``old_format``
    old_format, new_format : BoundingBoxFormat or str
    inplace : bool
        Accepted; a new tensor is made.

    Returns
    -------
    BoundingBoxes or Tensor
        As the input.

    Raises
    ------
    TypeError
        If the formats are not given as they must be.

    Examples
    --------
    >>> from minitorch_bp.vision import tv_tensors
    >>> from minitorch_bp.vision.transforms.v2 import functional as F
    >>> boxes = tv_tensors.BoundingBoxes([[1, 2, 4, 6]], format="XYXY", canvas_size=(10, 10))
    >>> F.convert_bounding_box_format(boxes, new_format="XYWH").tolist()
    [[1, 2, 3, 4]]
    """
    from ...tv_tensors import BoundingBoxFormat, wrap

    known = is_kind(inpt, "BoundingBoxes")
    if new_format is None or known != (old_format is None):
        raise TypeError("convert_bounding_box_format: give new_format, and old_format for plain tensors, which do not know theirs")
    old, new = (
        BoundingBoxFormat[f.upper()] if isinstance(f, str) else f for f in (inpt.format if known else old_format, new_format)
    )
    out = box_convert(inpt.as_subclass(Tensor), old.value.lower(), new.value.lower())
    return wrap(out, like=inpt, format=new) if known else out


def horizontal_flip(boxes: Any) -> Any:
    return _moved(boxes, (-1, 1), (boxes.canvas_size[1], 0), boxes.canvas_size)


def vertical_flip(boxes: Any) -> Any:
    return _moved(boxes, (1, -1), (0, boxes.canvas_size[0]), boxes.canvas_size)


def resize(boxes: Any, size: Any, interpolation: Any = None, max_size: Any = None, antialias: Any = True) -> Any:
    height, width = boxes.canvas_size
    new = geometry.resized_size(height, width, size, max_size)
    return _moved(boxes, (new[1] / width, new[0] / height), (0, 0), new)


def crop(boxes: Any, top: int, left: int, height: int, width: int) -> Any:
    return _moved(boxes, (1, 1), (-left, -top), (height, width))


def center_crop(boxes: Any, output_size: Any) -> Any:
    height, width = pair(output_size)
    top, left = (round((old - new) / 2.0) for old, new in zip(boxes.canvas_size, (height, width), strict=True))
    return crop(boxes, top, left, height, width)


def resized_crop(
    boxes: Any, top: int, left: int, height: int, width: int, size: Any, interpolation: Any = None, antialias: Any = True
) -> Any:
    return resize(crop(boxes, top, left, height, width), size)


def pad(boxes: Any, padding: Any, fill: Any = 0, padding_mode: str = "constant") -> Any:
    left, top, right, bottom = geometry._four(padding)
    height, width = boxes.canvas_size
    return _moved(boxes, (1, 1), (left, top), (height + top + bottom, width + left + right))


def refused(boxes: Any, *args: Any, **kwargs: Any) -> Any:
    raise NotImplementedError("boxes can be flipped, resized, cropped and padded here, but not turned or distorted")
