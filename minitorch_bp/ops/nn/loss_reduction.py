"""What a loss does with its one value per element: the mean, the sum, or nothing."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ...core.sums import total
from .._base import Tensor, one_node


def folded(reduction: str, size_average: Any, reduce: Any) -> str:
    """The reduction that two older arguments ask for, if they are given."""
    if size_average is None and reduce is None:
        return reduction
    warnings.warn("size_average and reduce are deprecated: pass reduction='mean', 'sum' or 'none'", stacklevel=5)
    average, combine = (True if flag is None else bool(flag) for flag in (size_average, reduce))
    return "none" if not combine else "mean" if average else "sum"


def check_reduction(name: str, reduction: str, size_average: Any = None, reduce: Any = None) -> str:
    """The reduction, with the two older arguments folded in; ValueError for an unknown one."""
    reduction = folded(reduction, size_average, reduce)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{name}: reduction must be 'mean', 'sum' or 'none', but got {reduction!r}")
    return reduction


def _reduce(values: np.ndarray, reduction: str) -> Any:
    if reduction == "none":
        return values
    if values.dtype.itemsize == 2 and reduction == "mean":  # rounded once
        return _reduce(values.astype(np.float32), reduction).astype(values.dtype)
    out = total(values)
    return out if reduction == "sum" else out / values.dtype.type(values.size)


def reduced(values: Tensor, reduction: str, shown: str = "", *inputs: Any) -> Tensor:
    """The mean, the sum, or the values themselves; ``shown`` is the name of PyTorch's node for the whole, with its inputs."""
    loss = values.mean() if reduction == "mean" else values.sum() if reduction == "sum" else values
    return one_node(shown, loss, *inputs) if shown else loss
