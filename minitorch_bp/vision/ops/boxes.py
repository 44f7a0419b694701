"""Boxes: formats, areas, how far two overlap, and non-maximum suppression.

A box is four numbers, by default the corners (left, top, right, bottom), of shape (..., 4).
"""

from __future__ import annotations

from typing import Any

import numpy as np

import minitorch_bp as torch

Tensor = torch.Tensor
_FORMATS = ("xyxy", "xywh", "cxcywh")


def _check_format(name: str, *formats: str) -> None:
    for f in formats:
        if f not in _FORMATS:
            raise ValueError(f"{name}: the format must be one of {', '.join(_FORMATS)}, but is {f!r}")


def box_convert(boxes: Tensor, in_fmt: str, out_fmt: str) -> Tensor:
    """Boxes in another format.

    Parameters
    ----------
    boxes : Tensor of shape (..., 4)
    in_fmt, out_fmt : 'xyxy', 'xywh' or 'cxcywh'
        Two corners; the left upper corner and the size; or the centre and the size.

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If a format is another.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import ops
    >>> ops.box_convert(torch.tensor([1.0, 2.0, 5.0, 4.0]), "xyxy", "cxcywh")
    tensor([3., 3., 4., 2.])
    """
    _check_format("box_convert", in_fmt, out_fmt)
    if in_fmt == out_fmt:
        return boxes.clone()
    first, second = boxes[..., :2], boxes[..., 2:]
    if in_fmt == "cxcywh":
        first, second = first - 0.5 * second, first + 0.5 * second
    elif in_fmt == "xywh":
        second = first + second
    if out_fmt == "cxcywh":
        first, second = (first + second) / 2, second - first
    elif out_fmt == "xywh":
        second = second - first
    out = torch.cat([first, second], -1)
    return out if boxes.is_floating_point() or "cxcywh" in (in_fmt, out_fmt) else out.to(boxes.dtype)


def _upcast(x: Tensor) -> Tensor:
    """In a dtype in which products do not overflow."""
    if x.is_floating_point():
        return x if x.dtype in (torch.float32, torch.float64) else x.float()
    return x if x.dtype in (torch.int32, torch.int64) else x.int()


def box_area(boxes: Tensor, fmt: str = "xyxy") -> Tensor:
    """Width times height.

    Parameters
    ----------
    boxes : Tensor of shape (..., 4)
    fmt : 'xyxy', 'xywh' or 'cxcywh'

    Returns
    -------
    Tensor of shape (...)

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import ops
    >>> ops.box_area(torch.tensor([[0.0, 0.0, 2.0, 3.0]]))
    tensor([6.])
    """
    _check_format("box_area", fmt)
    size = _upcast(boxes)[..., 2:] - _upcast(boxes)[..., :2] if fmt == "xyxy" else _upcast(boxes)[..., 2:]
    return size[..., 0] * size[..., 1]


def _common(boxes1: Tensor, boxes2: Tensor, fmt: str) -> tuple[Tensor, Tensor, Tensor]:
    """Intersections and unions of each with each, and the boxes around both."""
    first, second = (box_convert(b, fmt, "xyxy") for b in (boxes1, boxes2))
    a, b = first.unsqueeze(-2), second.unsqueeze(-3)
    inner = _upcast(torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(min=0)
    outer = _upcast(torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).clamp(min=0)
    shared = inner[..., 0] * inner[..., 1]
    return shared, box_area(first).unsqueeze(-1) + box_area(second).unsqueeze(-2) - shared, outer


def box_iou(boxes1: Tensor, boxes2: Tensor, fmt: str = "xyxy") -> Tensor:
    r"""How far each box overlaps each other one: the common area by the area of both together.

    .. math:: \text{IoU}(A, B) = |A \cap B| \, / \, |A \cup B|

    Parameters
    ----------
    boxes1 : Tensor of shape (..., N, 4)
    boxes2 : Tensor of shape (..., M, 4)
    fmt : 'xyxy', 'xywh' or 'cxcywh'

    Returns
    -------
    Tensor of shape (..., N, M)

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import ops
    >>> ops.box_iou(torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[1.0, 0, 3, 2], [5, 5, 6, 6]]))
    tensor([[0.3333, 0.0000]])
    """
    _check_format("box_iou", fmt)
    shared, union, _ = _common(boxes1, boxes2, fmt)
    return shared / union


def generalized_box_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    r"""IoU, less the part of the box around both that neither covers.

    .. math:: \text{GIoU} = \text{IoU} - (|C| - |A \cup B|) \, / \, |C|

    Parameters
    ----------
    boxes1 : Tensor of shape (..., N, 4)
    boxes2 : Tensor of shape (..., M, 4)

    Returns
    -------
    Tensor of shape (..., N, M)

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import ops
    >>> ops.generalized_box_iou(torch.tensor([[0.0, 0, 1, 1]]), torch.tensor([[3.0, 0, 4, 1]]))
    tensor([[-0.5000]])
    """
    shared, union, outer = _common(boxes1, boxes2, "xyxy")
    around = outer[..., 0] * outer[..., 1]
    return shared / union - (around - union) / around


def distance_box_iou(boxes1: Tensor, boxes2: Tensor, eps: float = 1e-7) -> Tensor:
    """IoU, less the squared distance of the centres by the squared diagonal of the box around both.

    Parameters
    ----------
    boxes1 : Tensor of shape (..., N, 4)
    boxes2 : Tensor of shape (..., M, 4)
    eps : float
        Against division by 0.

    Returns
    -------
    Tensor of shape (..., N, M)

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import ops
    >>> ops.distance_box_iou(torch.tensor([[0.0, 0, 1, 1]]), torch.tensor([[3.0, 0, 4, 1]]))
    tensor([[-0.5294]])
    """
    boxes1, boxes2 = (b if b.is_floating_point() else b.float() for b in (boxes1, boxes2))
    shared, union, outer = _common(boxes1, boxes2, "xyxy")
    centres = [(b[..., :2] + b[..., 2:]) / 2 for b in (boxes1, boxes2)]
    apart = (centres[0].unsqueeze(-2) - centres[1].unsqueeze(-3)).pow(2).sum(-1)
    return shared / union - apart / (outer.pow(2).sum(-1) + eps)


def clip_boxes_to_image(boxes: Tensor, size: Any) -> Tensor:
    """Boxes without what lies outside of the image.

    Parameters
    ----------
    boxes : Tensor of shape (..., 4)
    size : (height, width)

    Returns
    -------
    Tensor

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import ops
    >>> ops.clip_boxes_to_image(torch.tensor([[-1.0, 0, 9, 3]]), (5, 6))
    tensor([[0., 0., 6., 3.]])
    """
    height, width = size
    x, y = boxes[..., 0::2].clamp(0, width), boxes[..., 1::2].clamp(0, height)
    return torch.stack([x, y], -1).reshape(boxes.shape)


def remove_small_boxes(boxes: Tensor, min_size: float) -> Tensor:
    """The places of the boxes that are at least so wide and so high.

    Parameters
    ----------
    boxes : Tensor of shape (N, 4)
    min_size : float

    Returns
    -------
    Tensor of int64

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import ops
    >>> ops.remove_small_boxes(torch.tensor([[0.0, 0, 1, 9], [0, 0, 5, 5]]), 2)
    tensor([1])
    """
    size = boxes[..., 2:] - boxes[..., :2]
    return torch.where((size >= min_size).all(-1))[0]


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Non-maximum suppression: from the best box down, each stays unless it overlaps a better one that stayed by more than a threshold.

    Parameters
    ----------
    boxes : Tensor of shape (N, 4)
        As corners.
    scores : Tensor of shape (N,)
    iou_threshold : float

    Returns
    -------
    Tensor of int64
        The places of those that stay, the best first.

    Raises
    ------
    RuntimeError
        If the shapes do not fit.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import ops
    >>> boxes = torch.tensor([[0.0, 0, 2, 2], [0, 0, 2, 2.2], [5, 5, 6, 6]])
    >>> ops.nms(boxes, torch.tensor([0.8, 0.9, 0.7]), 0.5)
    tensor([1, 2])
    """
    if boxes.ndim != 2 or boxes.shape[1] != 4 or scores.shape != boxes.shape[:1]:
        raise RuntimeError(
            f"nms: boxes must have shape (N, 4) and scores (N,), but have {list(boxes.shape)} and {list(scores.shape)}"
        )
    iou = box_iou(boxes.detach(), boxes.detach()).numpy()
    waiting = np.argsort(-scores.detach().numpy(), kind="stable")
    kept = []
    while len(waiting):
        best, waiting = waiting[0], waiting[1:]
        kept.append(best)
        waiting = waiting[~(iou[best, waiting] > iou_threshold)]
    return torch.from_numpy(np.array(kept, np.int64))


def batched_nms(boxes: Tensor, scores: Tensor, idxs: Tensor, iou_threshold: float) -> Tensor:
    """:func:`nms` within each class.

    Parameters
    ----------
    boxes : Tensor of shape (N, 4)
    scores : Tensor of shape (N,)
    idxs : Tensor of shape (N,)
        The class of each.
    iou_threshold : float

    Returns
    -------
    Tensor of int64

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import ops
    >>> boxes = torch.tensor([[0.0, 0, 2, 2], [0, 0, 2, 2.2]])
    >>> ops.batched_nms(boxes, torch.tensor([0.8, 0.9]), torch.tensor([0, 1]), 0.5)
    tensor([1, 0])
    """
    if boxes.numel() == 0:
        return torch.empty(0, dtype=torch.int64)
    apart = idxs.to(boxes.dtype) * (boxes.max() + 1)  # classes that lie beside each other do not overlap
    return nms(boxes + apart[:, None], scores, iou_threshold)
