"""Sums and maxima of matrices, faster than ``add.reduce`` and ``maximum.reduce`` when a dimension is short.

A ufunc's reduction pays for every row; a product with ones does not, and a reduction over columns works on whole rows.
Measured in float32, AMD EPYC, NumPy 2.4: the sum of each row takes 0.55 us where add.reduce takes 1.7 (16x2), 0.9 where
it takes 3.9 (128x10), 3.3 where it takes 13.6 (64x1000); the sum of each column of 16x16 takes 0.35 where it takes 1.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

# keepdims by position is 60 ns less than by name; NumPy's stubs know the name only.
_add: Any = np.add.reduce
_maximum: Any = np.maximum.reduce
_rows: dict[Any, Any] = {np.dtype(np.float32): {}, np.dtype(np.float64): {}}  # dtype -> n -> n ones in a row
_columns: dict[Any, Any] = {np.dtype(np.float32): {}, np.dtype(np.float64): {}}


def sum_of_columns(x: np.ndarray) -> Any:
    """``x.sum(0)`` of a matrix or vector."""
    known = _rows.get(x.dtype)
    if known is None:
        return np.add.reduce(x, 0)
    n = len(x)
    ones = known.get(n)
    if ones is None:
        ones = known[n] = np.ones(n, x.dtype)
    return ones.dot(x)


def sum_of_rows(x: np.ndarray) -> Any:
    """``x.sum(1)`` of a matrix."""
    known = _rows.get(x.dtype)
    if known is None:
        return np.add.reduce(x, 1)
    n = x.shape[1]
    ones = known.get(n)
    if ones is None:
        ones = known[n] = np.ones(n, x.dtype)
    return x.dot(ones)


def mean_of_rows(x: np.ndarray) -> Any:
    """``x.mean(1)`` of a matrix."""
    return sum_of_rows(x) / x.dtype.type(x.shape[1])


def sum_all(x: np.ndarray) -> Any:
    """``x.sum()`` of a vector; a long one is left to NumPy, whose pairwise sum is the more exact."""
    known = _rows.get(x.dtype)
    if known is None or len(x) > 1024:
        return np.add.reduce(x)
    return sum_of_columns(x)


def sum_kept(x: np.ndarray, dim: int) -> Any:
    """``x.sum(dim, keepdims=True)``."""
    known = _columns.get(x.dtype)
    if known is None or dim != 1 or x.ndim != 2:
        return _add(x, dim, None, None, True)
    n = x.shape[1]
    ones = known.get(n)
    if ones is None:
        ones = known[n] = np.ones((n, 1), x.dtype)
    return x.dot(ones)


def max_kept(x: np.ndarray, dim: int) -> Any:
    """``x.max(dim, keepdims=True)``: over the rows of a copy if rows are short (128x10: 2 us in place of 7)."""
    if dim == 1 and x.ndim == 2 and 4 <= x.shape[1] <= 64:
        return np.maximum.reduce(x.T.copy(), 0).reshape(-1, 1)
    return _maximum(x, dim, None, None, True)
