"""Index tensors: tril_indices, triu_indices, unravel_index and argwhere."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, dtypes, public, wrap
from .._shapes import as_shape
from .masks import nonzero


# ---------------------------------------------------------------------- indices
def _triangle(function: Any, row: int, col: int, offset: int, dtype: Any) -> Tensor:
    if row < 0 or col < 0:
        raise RuntimeError(f"a matrix can't have {row} rows and {col} columns")
    kind = dtypes.int64 if dtype is None else dtype
    return wrap(np.stack(function(row, offset, col)).astype(kind.numpy))


@public("torch")
def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None, layout: Any = None) -> Tensor:
    """The indices of a matrix's lower triangle.

    Parameters
    ----------
    row, col : int
        The matrix's size.
    offset : int
        The last diagonal of the triangle: 0 is the main one, positive ones lie above.

    Returns
    -------
    LongTensor
        Two rows: the elements' rows and their columns.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    return _triangle(np.tril_indices, row, col, offset, dtype)


@public("torch")
def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None, layout: Any = None) -> Tensor:
    """The indices of a matrix's upper triangle.

    Parameters
    ----------
    row, col : int
        The matrix's size.
    offset : int
        The first diagonal of the triangle: 0 is the main one, positive ones lie above.

    Returns
    -------
    LongTensor
        Two rows: the elements' rows and their columns.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.triu_indices(2, 2)
    tensor([[0, 0, 1],
            [0, 1, 1]])
    """
    return _triangle(np.triu_indices, row, col, offset, dtype)


@public("torch")
def unravel_index(indices: Tensor, shape: Any) -> tuple[Tensor, ...]:
    """The coordinates that belong to indices into a flattened tensor.

    Parameters
    ----------
    indices : LongTensor
    shape : tuple of ints
        The shape before flattening.

    Returns
    -------
    tuple of LongTensors
        One per dimension, of the shape of ``indices``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.unravel_index(torch.tensor([3]), (2, 2))
    (tensor([1]), tensor([1]))
    """
    if not isinstance(indices, Tensor) or indices.dtype.category >= dtypes.FLOATING or indices.dtype is dtypes.bool:
        raise TypeError("unravel_index: indices must be a tensor of integers")
    if isinstance(shape, Tensor):
        raise TypeError("unravel_index: shape must be an int or a sequence of ints, but got a Tensor")
    shape = as_shape(shape)
    if any(n < 0 for n in shape):
        raise ValueError(f"unravel_index: sizes can't be negative, but are {list(shape)}")
    rest = indices._array
    coordinates = []
    for n in reversed(shape):
        coordinates.append(wrap(np.asarray(rest % n).astype(rest.dtype)))
        rest = rest // n
    return tuple(reversed(coordinates))


@public()
def argwhere(input: Tensor) -> Tensor:
    """The indices of the elements that are not zero.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    LongTensor
        One row per element.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.argwhere(torch.tensor([0, 2]))
    tensor([[1]])
    """
    places: Tensor = nonzero(input)
    return places
