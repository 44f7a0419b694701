"""Assignment to elements in memory, where NumPy is stricter about leading ones than PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.inplace import overlapping
from ...core.view import writable
from .._base import Tensor


def strip_ones(x: np.ndarray, ndim: int) -> np.ndarray:
    while x.ndim > ndim and x.shape[0] == 1:
        x = x[0]
    return x


def assign(memory: np.ndarray, index: Any, source: np.ndarray) -> None:
    """``memory[index] = source``; NumPy takes no more than a vector for a mask, even if what is more are leading ones."""
    try:
        memory[index] = source
    except TypeError:
        memory[index] = strip_ones(source, memory[index].ndim)


def no_deleting(input: Any, index: Any) -> None:
    """``del x[0]``."""
    raise TypeError("elements of a tensor can't be deleted: index those that are to stay")


def written_memory(input: Tensor, basic: tuple[Any, ...]) -> np.ndarray:
    """The memory of the elements that are written to."""
    memory: np.ndarray = input._array[basic if Ellipsis in basic else basic + (Ellipsis,)]
    if not memory.flags.writeable:  # of an expanded tensor
        memory = writable(memory)
        if not memory.flags.writeable:
            raise overlapping("__setitem__")
    return memory
