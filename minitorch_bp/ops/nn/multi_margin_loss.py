"""Margin losses of several classes, of which one or several are right."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import MaybeTensor, Tensor, dtypes, primitive, public
from .._shapes import full_precision_only, no_derivative, same_type
from ..pointwise.compare import where
from ..ranges import arange
from .loss_reduction import check_reduction, reduced
from .smooth_activation import logsigmoid


@public("nn.functional")
def multi_margin_loss(
    input: Tensor, target: Tensor, p: int = 1, margin: float = 1.0, weight: MaybeTensor = None, size_average: Any = None,
    reduce: Any = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    r"""The hinge loss of several classes, :math:`\frac1C \sum_{i \ne y} \max(0, \text{margin} - x_y + x_i)^p`.

    Parameters
    ----------
    input : Tensor of shape (N, C) or (C,)
    target : LongTensor of shape (N,) or ()
    p : 1 or 2
    margin : float
    weight : Tensor of shape (C,), optional
        A factor for each class.
    reduction : 'mean', 'sum' or 'none'

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.multi_margin_loss(torch.tensor([[0.1, 0.2]]), torch.tensor([1]))
    tensor(0.4500)
    """
    reduction = check_reduction("multi_margin_loss", reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError(f"multi_margin_loss: p must be 1 or 2, but is {p}")
    if weight is not None and weight.ndim != 1:
        raise ValueError(f"multi_margin_loss: the weight must be a vector, but has shape {list(weight.shape)}")
    x = input if input.ndim == 2 else input.reshape(1, -1)
    y = target.reshape(-1)
    if input.ndim > 2:
        raise RuntimeError(f"multi_margin_loss: expected a vector or matrix, but got shape {list(input.shape)}")
    if y.numel() != x.shape[0]:
        raise RuntimeError(f"multi_margin_loss: a target of shape {list(target.shape)} does not fit {list(input.shape)}")
    if weight is not None and weight.numel() != x.shape[1]:
        raise RuntimeError(f"multi_margin_loss: {weight.numel()} weights do not fit {x.shape[1]} classes")
    full_precision_only("multi_margin_loss", x._array)
    if weight is not None:
        same_type("multi_margin_loss", x, weight)
    own = x.gather(1, y.unsqueeze(1))
    short = (margin - own + x).clamp(min=0) ** p
    if weight is not None:
        short = short * weight[y].unsqueeze(1)
    others = arange(x.shape[1]) != y.unsqueeze(1)
    losses = where(others, short, (short * 0).detach()).sum(1) / x.shape[1]
    return reduced(losses if input.ndim == 2 else losses.reshape(target.shape), reduction, "MultiMarginLossBackward0", input)


def _margins(input: np.ndarray, target: np.ndarray, marked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``1 - x_y + x_i`` of each label y and class i, zero where the margin is kept or the pair does not count; and the labels' places."""
    listed, places = np.logical_and.accumulate(target >= 0, 1), np.maximum(target, 0)
    short = 1 - np.take_along_axis(input, places, 1)[:, :, None] + input[:, None, :]
    return np.where(listed[:, :, None] & ~marked[:, None, :] & (short > 0), short, input.dtype.type(0)), places


@primitive(
    outputs=("output",),
    grad_name="MultilabelMarginLossBackward0",
    input=lambda xp, grad, input, target, result1: xp._multilabel_margin_backward(grad, input, target, result1),
)
def _multilabel_margin(input, target):
    """The loss of each row, and which classes are among its labels."""
    marked = np.zeros(input.shape, bool)
    rows, columns = np.nonzero(np.logical_and.accumulate(target >= 0, 1))
    marked[rows, target[rows, columns]] = True
    return _margins(input, target, marked)[0].sum((1, 2)) / input.shape[1], marked


@primitive(
    grad=no_derivative("multilabel_margin_loss", "the second order", RuntimeError),
    input=no_derivative("multilabel_margin_loss", "the second order", RuntimeError),
)
def _multilabel_margin_backward(grad, input, target, marked):
    """Each margin that is not kept raises its class and lowers its label."""
    short, places = _margins(input, target, marked)
    missed = (short != 0).astype(input.dtype)
    slope = missed.sum(1)
    np.subtract.at(slope, (np.arange(len(places))[:, None], places), missed.sum(2))
    return grad[:, None] * slope / input.shape[1]


@public("nn.functional")
def multilabel_margin_loss(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Tensor:
    r"""The hinge loss with several labels, listed until the first -1: :math:`\frac1C\sum_{j, i} \max(0, 1 - x_{y_j} + x_i)`.

    Parameters
    ----------
    input : Tensor of shape (N, C) or (C,)
    target : LongTensor
        Of the same shape.
    reduction : 'mean', 'sum' or 'none'

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> F = torch.nn.functional
    >>> F.multilabel_margin_loss(torch.tensor([[0.1, 0.2, 0.4]]), torch.tensor([[2, -1, 0]]))
    tensor(0.5000)
    """
    reduction = check_reduction("multilabel_margin_loss", reduction, size_average, reduce)
    if tuple(target.shape) != tuple(input.shape):
        raise RuntimeError(f"multilabel_margin_loss: shapes {list(input.shape)} and {list(target.shape)} must be equal")
    if input.ndim > 2 or (input.shape and not input.shape[-1]):
        raise RuntimeError(f"multilabel_margin_loss: expected a vector or matrix, but got shape {list(input.shape)}")
    full_precision_only("multilabel_margin_loss", input._array)
    if target.dtype is not dtypes.int64:
        raise RuntimeError(f"multilabel_margin_loss: targets must be of type torch.int64, but are of type {target.dtype!r}")
    x, y = (t if t.ndim == 2 else t.reshape(1, -1) for t in (input, target))
    if y.numel() and not -1 <= y._array.min() <= y._array.max() < x.shape[1]:
        raise RuntimeError(
            f"multilabel_margin_loss: a target must be -1 or one of the {x.shape[1]} classes, but they range from "
            f"{y._array.min()} to {y._array.max()}"
        )
    losses, _ = _multilabel_margin(x, y)
    return reduced(losses if input.ndim == 2 else losses.reshape(()), reduction, "MultilabelMarginLossBackward0", input)


@public("nn.functional")
def multilabel_soft_margin_loss(
    input: Tensor, target: Tensor, weight: MaybeTensor = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Tensor:
    r"""Binary cross entropy of each class's sigmoid, averaged over the classes.

    Parameters
    ----------
    input, target : Tensor of shape (N, C) or (C,)
    weight : Tensor of shape (C,), optional
        A factor for each class.
    reduction : 'mean', 'sum' or 'none'

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.multilabel_soft_margin_loss(torch.zeros(1, 2), torch.tensor([[1.0, 0.0]]))
    tensor(0.6931)
    """
    reduction = check_reduction("multilabel_soft_margin_loss", reduction, size_average, reduce)
    losses = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    losses = losses if weight is None else losses * weight
    return reduced(losses.sum(-1) / input.shape[-1], reduction)
