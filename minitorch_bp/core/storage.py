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
