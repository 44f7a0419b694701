"""The memory below an array: the array at the bottom of a chain of views owns a block of bytes, and views are windows on it.

PyTorch calls the block a storage. Here it is found by following ``base``; so tensors share a storage exactly if their arrays do.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def root(array: np.ndarray) -> np.ndarray:
    """The array that owns the memory; a step of ``as_strided`` or ``sliding_window_view`` hides the next array in a stand-in."""
    while True:
        base: Any = array.base
        if not isinstance(base, np.ndarray):
            base = getattr(base, "base", None) if hasattr(base, "__array_interface__") else None
            if not isinstance(base, np.ndarray):
                return array
        array = base


def partly_shared(target: np.ndarray, source: np.ndarray) -> bool:
    """Whether a write, element for element, would change what is still to be read: both fill a block, and these overlap otherwise
    than place for place. Arrays with gaps are let through, as PyTorch lets them: it does not look that closely, either."""
    mine: Any = target if target.base is None else target.base
    other: Any = source if source.base is None else source.base
    if mine is not other and mine.__class__ is other.__class__ is np.ndarray and mine.base is None and other.base is None:
        return False  # the usual case: both lie one step above their memory
    if source is target or root(target) is not root(source):
        return False
    if not (target.size and source.size and fills_block(target) and fills_block(source)):
        return False
    start, begin = byte_offset(target), byte_offset(source)
    if start == begin and target.nbytes == source.nbytes:
        return target.shape != source.shape or _steps(target) != _steps(source)
    return start < begin + source.nbytes and begin < start + target.nbytes


def fills_block(array: np.ndarray) -> bool:
    """Whether the elements fill one block of memory, in some order and without gaps."""
    if is_dense(array):
        return True
    expected = array.itemsize
    for step, n in sorted((s, n) for s, n in zip(array.strides, array.shape, strict=True) if n > 1):
        if step != expected:
            return False
        expected *= n
    return True


def _steps(array: np.ndarray) -> list[int]:
    """The strides that matter: those of dimensions of more than one element."""
    return [s for s, n in zip(array.strides, array.shape, strict=True) if n > 1]


def is_dense(array: np.ndarray) -> bool:
    """Whether the elements fill one block, in some order, as those of an array that owns its memory do."""
    return array.flags.c_contiguous or array.flags.f_contiguous


def memory(owner: np.ndarray) -> np.ndarray:
    """The bytes of a dense array, as a view."""
    return owner.reshape(-1, order="A").view(np.uint8)


def byte_offset(array: np.ndarray, owner: np.ndarray | None = None) -> int:
    """How many bytes into the memory of its owner the first element lies."""
    owner = root(array) if owner is None else owner
    first: int = array.__array_interface__["data"][0]
    start: int = owner.__array_interface__["data"][0]
    return first - start


def window(owner: np.ndarray, dtype: np.dtype, size: Any, stride: Any, start: int) -> np.ndarray:
    """A view of ``owner``'s memory from byte ``start``, with strides in elements; ValueError if it reaches beyond."""
    block = memory(owner) if owner.dtype != np.uint8 or owner.ndim != 1 else owner
    return np.ndarray(size, dtype, block, min(start, block.size), [s * dtype.itemsize for s in stride])
