"""Positions as tensors: of triangles, of flat indices, of what is not zero."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, dtypes, public, wrap
from .._shapes import as_shape


# ---------------------------------------------------------------------- indices
def _triangle(function: Any, row: int, col: int, offset: int, dtype: Any) -> Tensor:
    if row < 0 or col < 0:
        raise RuntimeError(f"a matrix can't have {row} rows and {col} columns")
    kind = dtypes.int64 if dtype is None else dtype
    return wrap(np.stack(function(row, offset, col)).astype(kind.numpy))


@public("torch")
def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None, layout: Any = None) -> Tensor:
    """The places of a matrix's lower triangle, as rows and columns.

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
    """The places of a matrix's upper triangle, as rows and columns.

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
    """The coordinates of elements that are counted in a flattened tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.unravel_index(torch.tensor([3]), (2, 2))
    (tensor([1]), tensor([1]))
    """
    if not isinstance(indices, Tensor) or indices.dtype.category >= dtypes.FLOATING or indices.dtype is dtypes.bool:
        raise ValueError("unravel_index: indices must be a tensor of integers")
    shape = as_shape(shape)
    if any(n < 0 for n in shape):
        raise ValueError(f"unravel_index: sizes can't be negative, but are {list(shape)}")
    rest = indices._array
    found = []
    for n in reversed(shape):
        found.append(wrap(np.asarray(rest % n).astype(rest.dtype)))
        rest = rest // n
    return tuple(reversed(found))


@public()
def argwhere(input: Tensor) -> Tensor:
    """The coordinates of the elements that are not zero, one row each.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.argwhere(torch.tensor([0, 2]))
    tensor([[1]])
    """
    from .indexing import nonzero

    found: Tensor = nonzero(input)
    return found
