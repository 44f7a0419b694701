"""Bringing the operands of a call to one dtype, and the errors for operands that do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import dtype as dtypes
from .namespaces import tracked
from .op import Op
from .tensor import Tensor, version_cell

_ndarray = np.ndarray
#: Where a number meets half precision, PyTorch rounds the result only in these; in sums and differences it rounds the number first.
_WIDE_NUMBERS = frozenset({np.multiply, np.true_divide})


def type_error(op: Op, name: str, value: Any) -> TypeError:
    return TypeError(f"{op.public_name}(): the argument {name!r} must be a Tensor, but got {type(value).__name__}")


def shape_error(op: Op, x: Any, y: Any, name: str = "") -> RuntimeError:
    """The error for two shapes that do not broadcast, naming the dimension."""
    name = name or op.public_name
    a, b = np.shape(x), np.shape(y)
    for k in range(1, min(len(a), len(b)) + 1):
        if a[-k] != b[-k] and 1 not in (a[-k], b[-k]):
            return RuntimeError(
                f"{name}: shapes {list(a)} and {list(b)} cannot be broadcast together: at dimension {max(len(a), len(b)) - k} "
                f"the sizes are {a[-k]} and {b[-k]}. They must be equal, or one of them 1"
            )
    return RuntimeError(f"{name}: shapes {list(a)} and {list(b)} do not fit together")


class UnsupportedOperand(TypeError):
    """The other operand is neither a tensor nor a number: an operator gives Python the chance to try the other side.

    Users see it as a TypeError, by name, too.
    """


UnsupportedOperand.__name__ = UnsupportedOperand.__qualname__ = "TypeError"
UnsupportedOperand.__module__ = "builtins"


def not_defined(op: Op, d: np.dtype) -> RuntimeError:
    kind = NotImplementedError if d.kind == "c" else RuntimeError
    return kind(f"{op.public_name} is not defined for tensors of type {dtypes.from_numpy_dtype(d)!r}: convert them first")


def convert(t: Tensor, d: np.dtype) -> Tensor:
    """The tensor in another dtype, for saving: it shares the version cell, so a write to the original is noticed."""
    if t._array.dtype == d:
        return t
    converted: Tensor = tracked._to_copy(t, dtypes.from_numpy_dtype(d))
    converted._cell = version_cell(t)
    return converted


def promote(op: Op, operands: list[Any]) -> tuple[list[Any], list[Any]]:
    """``(values, arrays)`` of tensors and numbers, brought to one dtype by torch's rules."""
    for x in operands:
        if not isinstance(x, Tensor) and not isinstance(x, (bool, int, float, complex, np.generic)):
            raise UnsupportedOperand(
                f"{op.public_name}(): expected tensors and numbers, but got {type(x).__name__}. "
                + ("Use from_numpy to make a tensor of an array" if isinstance(x, _ndarray) else "")
            )
    if not op.booleans and any(x is True or x is False or (isinstance(x, Tensor) and x._array.dtype.kind == "b") for x in operands):
        raise not_defined(op, np.dtype(bool))
    wanted = dtypes.result_dtype([x._array if isinstance(x, Tensor) else x for x in operands])
    if op.promote == "float" and wanted.category < dtypes.FLOATING:
        wanted = dtypes.get_default_dtype()
    d = wanted.numpy
    values = [convert(x, d) if isinstance(x, Tensor) else x for x in operands]
    of_number = np.dtype(np.float32) if d.itemsize == 2 and op.ufunc in _WIDE_NUMBERS and wanted.is_floating_point else d
    arrays = [x._array if isinstance(x, Tensor) else np.asarray(x).astype(of_number) for x in values]
    return values, arrays
