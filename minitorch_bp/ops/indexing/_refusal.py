"""What is wrong with an index, said by dimensions and sizes of the tensor (NumPy speaks of arrays and axes)."""

from __future__ import annotations

from typing import Any

import numpy as np


def in_words(shape: tuple[int, ...], basic: tuple[Any, ...], advanced: tuple[Any, ...] | None, error: IndexError) -> IndexError:
    """The error for an index that NumPy refused: which entry does not fit which dimension; else the error itself."""
    problem = _of_numbers(shape, basic)
    if problem is None and advanced is not None:
        kept = np.empty(shape, np.bool_)[basic] if shape else np.empty(shape, np.bool_)
        problem = _of_arrays(kept.shape, advanced)
    return error if problem is None else IndexError(problem)


def _of_numbers(shape: tuple[int, ...], entries: tuple[Any, ...]) -> str | None:
    """The first int that is out of range, or that there are too many entries."""
    count = sum(entry is not None and entry is not Ellipsis for entry in entries)
    if count > len(shape):
        return f"too many indices: {count} for a tensor of {len(shape)} dimensions"
    dim = 0
    for entry in entries:
        if entry is Ellipsis:
            dim += len(shape) - count
        elif entry is not None:
            if not isinstance(entry, slice) and not -shape[dim] <= entry < shape[dim]:
                return f"index {int(entry)} is out of range for dimension {dim} of size {shape[dim]}"
            dim += 1
    return None


def _of_arrays(shape: tuple[int, ...], entries: tuple[Any, ...]) -> str | None:
    """The first index tensor that does not fit, or that their shapes don't fit each other."""
    shapes, dim = [], 0
    for entry in entries:
        if not isinstance(entry, np.ndarray):
            dim += 1
            continue
        if entry.dtype == bool:
            covered = shape[dim : dim + entry.ndim]
            if entry.shape != covered:
                return (
                    f"a mask of shape {list(entry.shape)} does not fit dimensions of sizes {list(covered)}, from dimension {dim} on"
                )
            shapes.append((int(np.count_nonzero(entry)),))
            dim += entry.ndim
            continue
        size = shape[dim]
        outside = entry[(entry < -size) | (entry >= size)]
        if outside.size:
            return f"index {int(outside.flat[0])} is out of range for dimension {dim} of size {size}"
        shapes.append(entry.shape)
        dim += 1
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        return f"index tensors of shapes {', '.join(str(list(s)) for s in shapes)} can't be broadcast to one shape"
    return None
