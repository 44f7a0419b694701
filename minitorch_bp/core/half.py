"""Half precision: float16 and bfloat16 are computed in float32, and rounded once, as in PyTorch's kernels.

A kernel of several steps would otherwise round after each. So each kernel but those of one NumPy function stands behind
:func:`in_float32`, and each derivative rule of a half-precision result behind :func:`rule_in_float32`; the engine brings the
gradient back to the type of what it belongs to.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

_ndarray = np.ndarray


def is_half(x: Any) -> bool:
    """Whether it is an array of float16 or bfloat16."""
    return x.__class__ is _ndarray and x.dtype.itemsize == 2 and x.dtype.kind in "fV"


def widened(values: Any) -> list[Any]:
    """The values with float32 for half precision, in lists, too."""
    return [
        v.astype(np.float32) if is_half(v) else widened(v) if v.__class__ is list and v and any(map(is_half, v)) else v
        for v in values
    ]


def _narrowed(out: Any, half: np.dtype) -> Any:
    if isinstance(out, (_ndarray, np.generic)):
        return out.astype(half) if out.dtype == np.float32 else out
    return out


def in_float32(kernel: Any, name: str, only_first: bool) -> Any:
    """The kernel for operands of any type; ``only_first`` of several results is of the operands' type again."""

    @functools.wraps(kernel)
    def computed(*args: Any, **options: Any) -> Any:
        for a in args:
            if a.__class__ is _ndarray and a.dtype.itemsize == 2 and a.dtype.kind in "fV":
                break
        else:
            return kernel(*args, **options)
        half = a.dtype
        for b in args:  # (widened first, a kernel would not see that its operands are of two types)
            if b.__class__ is _ndarray and b.dtype is not half and b.dtype.kind in "fcV" and b.dtype != half:
                raise RuntimeError(
                    f"{name}: all operands must be of one type, but got torch.{half} and torch.{b.dtype}: convert with .to()"
                )
        out = kernel(*widened(args), **options)
        if out.__class__ is tuple or out.__class__ is list:
            return tuple(o if only_first and k else _narrowed(o, half) for k, o in enumerate(out))
        return _narrowed(out, half)

    return computed


def rule_in_float32(rule: Any) -> Any:
    """A derivative rule of a result in half precision."""

    def computed(xp: Any, grad: Any, *args: Any) -> Any:
        if xp.on_arrays:
            (grad, *args) = widened([grad, *args])  # type: ignore[assignment]
        return rule(xp, grad, *args)

    return computed
