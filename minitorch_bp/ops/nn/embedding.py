"""Embeddings: rows of a table, chosen by index."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.grad_mode import is_grad_enabled, no_grad
from ...core.inplace import overlapping
from ...core.sums import add_rows
from ...core.view import bump_version
from .._base import Tensor, primitive, public, wrap
from .._shapes import check_tensor


def _embedding_rule(xp: Any, grad: Any, weight_shape: Any, index: Any, padding_idx: int, by_frequency: bool) -> Any:
    return xp._embedding_backward(grad, weight_shape, index, padding_idx, by_frequency)


@primitive(grad_name="EmbeddingBackward0", weight=_embedding_rule)
def _embedding(index, weight, padding_idx, by_frequency):
    if weight.ndim != 2:
        raise RuntimeError(f"embedding: the weight must be a table of 2 dimensions, but has {weight.ndim}")
    if index.dtype.char not in "lqi":
        raise RuntimeError(f"embedding: indices must be of type int64 or int32, but got torch.{index.dtype}")
    if index.size and not weight.shape[0]:
        raise RuntimeError("embedding: the table has no rows")
    if index.size and (index.min() < 0 or index.max() >= weight.shape[0]):
        raise IndexError(f"embedding: an index is out of range: the table has {weight.shape[0]} rows")
    return weight[index]


def _per_use(index: np.ndarray, rows: int, dtype: np.dtype) -> np.ndarray:
    """One over the number of times that each index of the batch occurs in it."""
    return (1 / np.bincount(index.reshape(-1).astype(np.intp, copy=False), minlength=rows)[index])[..., None].astype(dtype)


def _again(xp: Any, g: Any, index: Any, padding_idx: int, by_frequency: bool) -> Any:
    """The transpose of summing rows into a table is looking them up, except that the padding row got nothing."""
    places = xp.array_of(index)
    rows = xp._index(g, (places,))
    if by_frequency:
        rows = rows * xp.constant(_per_use(places, g.shape[0], xp.array_of(rows).dtype))
    return rows if padding_idx < 0 else rows * xp.unsqueeze(index != padding_idx, -1)


@primitive(grad=_again)
def _embedding_backward(grad, shape, index, padding_idx, by_frequency):
    out = np.zeros(shape, grad.dtype)
    if by_frequency:
        grad = grad * _per_use(index, shape[0], grad.dtype)
    add_rows(out, index, grad)
    if padding_idx >= 0:
        out[padding_idx] = 0
    return out


@public("nn.functional")
def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: Any = None,
    max_norm: Any = None,
    norm_type: float | Tensor = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    r"""The rows of ``weight`` that ``input`` names; a row used twice receives both gradients.

    Parameters
    ----------
    input : LongTensor of any shape
    weight : Tensor of shape (rows, size)
    padding_idx : int, optional
        A row whose gradient stays 0.
    max_norm : float, optional
        Rows that are used are first scaled down, in place, to at most this norm.
    norm_type : float
        Which norm.
    scale_grad_by_freq : bool
        Divide a row's gradient by the number of times it was used.
    sparse : bool
        Whether torch's gradient is sparse; without effect here.

    Returns
    -------
    Tensor
        Of shape (..., size).

    Raises
    ------
    IndexError
        If an index is not a row.
    RuntimeError
        If ``weight`` does not have two dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.embedding(torch.tensor([1, 1]), torch.tensor([[0.0, 0.0], [1.0, 2.0]]))
    tensor([[1., 2.],
            [1., 2.]])
    """
    if sparse:
        raise NotImplementedError("embedding() does not support the argument sparse=True: there are no sparse tensors here")
    check_tensor("embedding", input)
    check_tensor("embedding", weight, "weight")
    if weight._array.ndim != 2:
        # torch asks a recorded weight for its number of rows before it looks at the dimensions
        scalar = weight._array.ndim == 0 and weight.requires_grad and is_grad_enabled() and max_norm is None
        kind = IndexError if scalar else RuntimeError
        raise kind(f"embedding: the weight must be a table of 2 dimensions, but has {weight._array.ndim}")
    rows = weight._array.shape[0]
    if padding_idx is None:
        padding_idx = -1
    elif rows and not -rows <= padding_idx < rows:
        raise AssertionError(f"embedding: padding_idx {padding_idx} is not one of the {rows} rows")
    else:
        padding_idx %= max(rows, 1)
    if max_norm is not None:
        _shorten_rows(input, weight, max_norm, norm_type)
    return _embedding(input, weight, padding_idx, scale_grad_by_freq)


def _shorten_rows(index: Tensor, weight: Tensor, max_norm: float, p: Any) -> None:
    """Scale the rows that are looked up down to a norm, in place, as part of the forward pass."""
    with no_grad():
        table = weight._array
        if not table.flags.writeable:
            raise overlapping("embedding")
        rows = np.unique(index._array)
        norms = np.linalg.norm(table[rows], p, axis=1)
        long = norms > max_norm
        table[rows[long]] *= (max_norm / (norms[long] + 1e-7)).astype(table.dtype)[:, None]
        bump_version(weight)


@public("nn.functional")
def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """One-hot vectors: for each class a row of zeros with a single 1.

    Parameters
    ----------
    tensor : LongTensor
        Classes from 0 on.
    num_classes : int
        One more than the largest class if -1.

    Returns
    -------
    LongTensor
        Of shape (..., num_classes).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.one_hot(torch.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    check_tensor("one_hot", tensor, "tensor")
    index = tensor._array
    if isinstance(num_classes, Tensor):
        num_classes = num_classes.item()
    if not isinstance(num_classes, (int, np.integer)):
        raise TypeError(f"one_hot: num_classes must be an int, but is a {type(num_classes).__name__}")
    if num_classes < -1 or (num_classes < 1 and not index.size):
        raise RuntimeError(f"one_hot: num_classes = {num_classes} does not say how many classes there are, and the classes do not")
    if index.dtype != np.int64:
        raise RuntimeError(f"one_hot: classes must be of type torch.int64, but got {tensor.dtype!r}")
    if index.size and index.min() < 0:
        raise RuntimeError(f"one_hot: a class can't be negative, but one is {index.min()}")
    classes = num_classes if num_classes >= 0 else int(index.max()) + 1
    if index.size and index.max() >= classes:
        raise RuntimeError(f"one_hot: class {index.max()} is not below num_classes = {classes}")
    return wrap((index[..., None] == np.arange(classes)).astype(np.int64))
