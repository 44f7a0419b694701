"""The same bytes as another type: ``x.view(torch.int32)``."""

from __future__ import annotations

from typing import Any

from ...core.tensor import version_cell
from .._base import Tensor, dtypes, wrap


def view_as_dtype(input: Tensor, dtype: Any) -> Tensor:
    """A view of the last dimension's bytes; RuntimeError where the new type does not fit the places in memory."""
    dtype = dtypes.as_dtype(dtype)
    array, size = input._array, dtype.numpy.itemsize
    if size > array.itemsize:
        ratio = size // array.itemsize
        if not array.ndim:
            raise RuntimeError(f"view: a tensor of no dimensions can't be read as {dtype!r}, which is larger than {input.dtype!r}")
        steps = input.stride()
        wrong = array.shape[-1] % ratio or input.storage_offset() % ratio or any(s % ratio for s in steps[:-1])
        if wrong or (steps[-1] != 1 and array.shape[-1] > 1):
            raise RuntimeError(
                f"view: to be read as {dtype!r}, {ratio} elements of {input.dtype!r} at a time, the last dimension must be contiguous, "
                f"and its size, the offset and the other strides multiples of {ratio}; but the shape is {list(input.shape)}, the "
                f"offset {input.storage_offset()} and the strides {list(steps)}"
            )
    try:
        seen = array.view(dtype.numpy)
    except ValueError:
        raise RuntimeError(
            f"view: the last dimension of a tensor of shape {list(input.shape)}, in its place in memory, can't be read as {dtype!r}"
        ) from None
    out = wrap(seen)
    out._cell = version_cell(input)
    return out
