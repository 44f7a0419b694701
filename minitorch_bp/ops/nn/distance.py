"""Distances and similarities of vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, dtypes, one_node, public
from .._composite import is_half, plus, rounded_once
from .._shapes import check_tensor, full_precision_only, not_negative, same_type
from ..creation import from_numpy
from ..pointwise.compare import where
from ..reduction.norms import _norm
from ..shape.expand import broadcast_tensors


@public("torch", "nn.functional")
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    r"""The cosine of the angle between vectors: :math:`\frac{x_1 \cdot x_2}{\max(\|x_1\|, \epsilon) \max(\|x_2\|, \epsilon)}`.

    Parameters
    ----------
    x1, x2 : Tensor
        Of broadcastable shapes.
    dim : int
        The dimension of the vectors.
    eps : float

    Returns
    -------
    Tensor
        Without ``dim``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cosine_similarity(torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """
    if is_half(x1):
        return rounded_once(cosine_similarity, x1, x2, dim, eps)
    wanted = dtypes.result_dtype([x1._array, x2._array])
    if not wanted.is_floating_point:
        raise RuntimeError(f"cosine_similarity: expected a floating-point type, but got {wanted!r}")
    x1, x2 = broadcast_tensors(x1.to(wanted), x2.to(wanted))
    if eps < 0:
        raise RuntimeError(f"cosine_similarity: eps can't be negative, but is {eps}")
    lengths = [x.norm(2, dim, keepdim=True) for x in (x1, x2)]
    lengths = [
        one_node("CloneBackward0", n + (n.detach().clamp(min=eps) - n.detach()), n) for n in lengths
    ]  # as in PyTorch, the limit has no gradient of its own
    first, second = x1 / lengths[0], x2 / lengths[1]
    return (first * second).sum(dim)


@public("torch", "nn.functional")
def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    r"""The p-norm of the difference, :math:`\|x_1 - x_2 + \epsilon\|_p`, over the last dimension.

    Parameters
    ----------
    x1, x2 : Tensor
        Of broadcastable shapes.
    p : float
    eps : float
        Added to the difference.
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    Tensor
        Without the last dimension, or with size 1 where ``keepdim``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.pairwise_distance(torch.tensor([[0.0, 0.0]]), torch.tensor([[3.0, 4.0]]))
    tensor([5.0000])
    """
    if is_half(x1):
        return rounded_once(pairwise_distance, x1, x2, p, eps, keepdim)
    return _norm(plus(x1 - x2, eps), float(p), -1, keepdim)


def _p_distance(difference: Tensor, p: float) -> Tensor:
    """The p-norm of the last dimension, whose gradient at 0 is 0."""
    if p == 0:
        return (difference != 0).to(difference.dtype).sum(-1) + difference.sum(-1) * 0
    size = difference.abs()
    if p == float("inf"):
        return size.amax(-1) if difference.shape[-1] else size.sum(-1)
    if p == 1:
        return size.sum(-1)
    zero = (size == 0).all(-1)
    safe = where(zero.unsqueeze(-1), size.detach() * 0 + 1, size)
    if p < 1:  # the slope of |x|**p at 0 is infinite: such coordinates get the gradient 0
        safe = where(size == 0, size.detach(), safe)
    total = (safe * safe).sum(-1).sqrt() if p == 2 else safe.pow(p).sum(-1).pow(1.0 / p)
    return where(zero, size.sum(-1) * 0, total)


@public("torch", node="CdistBackward0(x1, x2)")
def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: Any = None) -> Tensor:
    r"""The distances of all pairs: ``out[..., i, j]`` :math:`= \|x_{1,i} - x_{2,j}\|_p`.

    Parameters
    ----------
    x1, x2 : Tensor of shape (..., P, M) and (..., R, M)
    p : float
    compute_mode : str, optional
        How torch computes Euclidean distances; without effect here.

    Returns
    -------
    Tensor
        Of shape (..., P, R).

    Raises
    ------
    RuntimeError
        If the last sizes differ, or p is negative.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cdist(torch.tensor([[0.0, 0.0]]), torch.tensor([[3.0, 4.0], [0.0, 1.0]]))
    tensor([[5., 1.]])
    """
    check_tensor("cdist", x1, "x1")
    check_tensor("cdist", x2, "x2")
    if x1.ndim < 2 or x2.ndim < 2:
        raise RuntimeError(f"cdist: expected at least 2 dimensions, but got shapes {list(x1.shape)} and {list(x2.shape)}")
    if x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(f"cdist: points of {x1.shape[-1]} and of {x2.shape[-1]} coordinates can't be compared")
    if not x1.is_floating_point() or not x2.is_floating_point():
        raise RuntimeError(f"cdist: expected floating-point types, but got {x1.dtype!r} and {x2.dtype!r}")
    not_negative("cdist", p=p)
    full_precision_only("cdist", x1._array)
    same_type("cdist", x1, x2)
    return _p_distance(x1.unsqueeze(-2) - x2.unsqueeze(-3), p)


@public("torch", "nn.functional", node="PdistBackward0(input)")
def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The distances of all pairs of rows, each pair once.

    Parameters
    ----------
    input : Tensor of shape (N, M)
    p : float

    Returns
    -------
    Tensor
        Of shape (N (N - 1) / 2,).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.pdist(torch.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]))
    tensor([5.0000, 1.0000, 4.2426])
    """
    check_tensor("pdist", input)
    if input.ndim != 2:
        raise RuntimeError(f"pdist: expected a matrix, but got shape {list(input.shape)}")
    if not input.dtype.is_floating_point:
        raise RuntimeError(f"pdist: expected floating-point numbers, but got type {input.dtype!r}")
    full_precision_only("pdist", input._array)
    rows, columns = (from_numpy(i) for i in np.triu_indices(input.shape[0], 1))
    return _p_distance(input[rows] - input[columns], p)
