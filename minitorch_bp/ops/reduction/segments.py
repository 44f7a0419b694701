"""Reductions of consecutive segments of a dimension, whose lengths or ends are given."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import MaybeTensor, Tensor, dtypes, public
from .._shapes import check_tensor, wrap_dim
from ..shape.joining import stack
from .extremes import amax, amin

_EMPTY = {"sum": 0.0, "prod": 1.0, "max": -np.inf, "min": np.inf, "mean": np.nan}


@public("torch")
def segment_reduce(
    data: Tensor, reduce: str, *, lengths: Any = None, indices: Any = None, offsets: MaybeTensor = None, axis: int = 0, unsafe: bool = False,
    initial: Any = None,
) -> Tensor:  # fmt: skip
    """The sum, mean, product, maximum or minimum of each segment of a dimension.

    Parameters
    ----------
    data : Tensor
        Of floating-point type.
    reduce : 'sum', 'mean', 'prod', 'max' or 'min'
    lengths : LongTensor, optional
        The lengths of the segments, of shape ``data.shape[:axis] + (segments,)``.
    indices : Tensor, optional
        Not supported, as in PyTorch.
    offsets : LongTensor, optional
        Where the segments begin and the last one ends, in place of their lengths.
    axis : int
        The dimension.
    unsafe : bool
        Do not check the lengths.
    initial : number, optional
        What each reduction begins with; by itself the value of an empty segment.

    Returns
    -------
    Tensor
        Of shape ``data.shape[:axis] + (segments,) + data.shape[axis + 1:]``.

    Raises
    ------
    RuntimeError
        If the lengths are negative, or do not add up to the size of the dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.segment_reduce(torch.tensor([1.0, 2.0, 4.0]), "sum", lengths=torch.tensor([2, 1]))
    tensor([3., 4.])
    """
    check_tensor("segment_reduce", data, "data")
    if reduce not in _EMPTY:
        raise RuntimeError(f"segment_reduce: expected 'sum', 'mean', 'prod', 'max' or 'min', but got {reduce!r}")
    if not data.is_floating_point():
        raise NotImplementedError(f"segment_reduce is not defined for {data.dtype!r}: convert to a floating-point type")
    axis = wrap_dim(axis, data.ndim, "segment_reduce")
    if lengths is None and offsets is None:
        raise RuntimeError("segment_reduce: give lengths or offsets")
    given = lengths if lengths is not None else offsets
    if given.dtype not in (dtypes.int64, dtypes.int32) or given.ndim != axis + 1 or given.shape[:axis] != data.shape[:axis]:
        raise RuntimeError(
            f"segment_reduce: the lengths or offsets must be integers of shape {[*data.shape[:axis], 'segments']}, "
            f"but are of shape {list(given.shape)} and type {given.dtype!r}"
        )
    counts = given._array if lengths is not None else np.diff(offsets._array, axis=-1)
    if not unsafe and lengths is not None:
        if counts.size and counts.min() < 0:
            raise RuntimeError("segment_reduce: a length is negative")
        if (counts.sum(-1) != data.shape[axis]).any():
            raise RuntimeError(f"segment_reduce: the lengths must add up to {data.shape[axis]}, the size of dimension {axis}")
    return _by_row(data, reduce, counts, initial)


def _by_row(data: Tensor, reduce: str, counts: np.ndarray, initial: Any) -> Tensor:
    if counts.ndim > 1:
        return stack([_by_row(data[k], reduce, counts[k], initial) for k in range(len(counts))])
    parts, start = [], 0
    for n in counts.tolist():
        parts.append(_reduced(data[start : start + n], reduce, initial))
        start += n
    return stack(parts) if parts else data[:0]


def _reduced(x: Tensor, reduce: str, initial: Any) -> Tensor:
    if not x.shape[0]:
        return x.new_full(x.shape[1:], _EMPTY[reduce] if initial is None else initial)
    if reduce in ("max", "min"):
        value = (amax if reduce == "max" else amin)(x, 0)
        return value if initial is None else value.clamp(min=initial) if reduce == "max" else value.clamp(max=initial)
    if reduce == "prod":
        return x.prod(0) if initial is None else x.prod(0) * initial
    total = x.sum(0) if initial is None else x.sum(0) + initial
    return total / x.shape[0] if reduce == "mean" else total
