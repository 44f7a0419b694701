"""The order of a result's elements in memory, where an operand was expanded.

A result keeps the memory order of its operands: the transpose of a matrix gives a result whose columns are contiguous. NumPy does
the same, but along an expanded dimension (stride 0) nothing says what comes first, and the two libraries choose differently. It
shows in ``stride()``, and in random numbers, which are drawn in memory order.
"""

from __future__ import annotations

import numpy as np


def memory_axes(*operands: np.ndarray) -> list[int]:
    """The dimensions of arrays of one shape, the densest in memory first.

    An insertion sort, because the order is not total: the first operand that has strides in both dimensions decides, and where none
    has, the later dimension stays denser.
    """
    shape = operands[0].shape

    def comes_after(a: int, b: int) -> int:
        for x in operands:
            first, second = abs(x.strides[a]), abs(x.strides[b])
            if not first or not second:
                continue
            if first != second:
                return 1 if first > second else -1
            if shape[a] > shape[b]:
                return 1
        return 0

    axes = list(range(len(shape)))[::-1]
    for i in range(1, len(axes)):
        place = i
        for j in range(i - 1, -1, -1):
            order = comes_after(axes[j], axes[place])
            if order > 0:
                axes[j], axes[place] = axes[place], axes[j]
                place = j
            elif order < 0:
                break
    return axes


def empty_in_order(dtype: np.dtype, *operands: np.ndarray) -> np.ndarray:
    """Memory for a result of these operands, which have one shape."""
    if all(0 not in x.strides for x in operands):
        return np.empty_like(operands[0], dtype)
    axes = memory_axes(*operands)[::-1]
    shape = operands[0].shape
    return np.empty([shape[a] for a in axes], dtype).transpose(np.argsort(axes))


def in_memory_order(out: np.ndarray, *operands: np.ndarray) -> np.ndarray:
    """``out``, laid out as a result of operands of its shape."""
    copy = empty_in_order(out.dtype, *operands)
    if copy.strides == out.strides:
        return out
    copy[...] = out
    return copy


def memory_order(array: np.ndarray) -> np.ndarray:
    """A view whose last dimension is densest in memory: torch fills strided targets in this order."""
    return array.transpose(memory_axes(array)[::-1])


def laid_out(values: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Values drawn in memory order, as an array of the shape and layout of ``like``."""
    if like.flags.c_contiguous:
        return values.reshape(like.shape)
    out = empty_in_order(values.dtype, like)
    dense = memory_order(out)
    dense[...] = values.reshape(dense.shape)
    return out
