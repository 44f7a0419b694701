"""In-place operations: the same primitive, its result written over its first argument.

``x.mul_(y)`` computes ``mul(x, y)`` and stores it in ``x``'s memory. Nothing is touched before every check has passed, so
a call that raises leaves ``x`` as it was. What the write means for gradients is told in ``view``.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from . import dtype as dtypes
from .grad_mode import mode
from .op import Op
from .promotion import promote, shape_error
from .record import record
from .tensor import Tensor, wrap
from .view import bump_version, check_writable, edge_of, rebase_history, writable


def apply_in_place(op: Op, target: Tensor, *rest: Any) -> Tensor:
    """Run ``target.op_(*rest)`` and return ``target``."""
    args = (target, *rest)
    if not isinstance(target, Tensor):
        raise TypeError(f"{op.name}_(): expected a Tensor to write to, but got {type(target).__name__}")
    tracks = any(isinstance(a, Tensor) and a._requires_grad for a in args)
    check_writable(target, recorded=bool(tracks and mode.grad))
    memory = writable(target._array)
    values: list[Any] = list(args)
    data = [a._array if isinstance(a, Tensor) else a for a in args]
    data[0] = memory
    if op.promote:
        positions = [op.position[p] for p in op.promoted]
        changed, arrays = promote(op, [args[i] for i in positions])
        for i, v, array in zip(positions, changed, arrays, strict=True):
            values[i], data[i] = v, array
    buffered = op.buffered and not (tracks and mode.recording) and data[0] is memory and memory.ndim and _fits(op, data, memory)
    try:
        if buffered:
            op.kernel(*data, memory)
            out = memory
        else:
            out = np.asarray(op.kernel(*data))
    except ValueError as error:
        if not memory.flags.writeable:
            raise _overlapping(op) from None
        if len(data) > 1 and op.promote:
            raise shape_error(op, *data[:2]) from None
        raise RuntimeError(f"{op.name}_: {error}") from None
    except TypeError:
        raise RuntimeError(f"{op.name}_ is not defined for tensors of type {target.dtype!r}") from None
    if out.shape != memory.shape:
        raise RuntimeError(
            f"{op.name}_: the result has shape {list(out.shape)}, which does not fit into the tensor of shape "
            f"{list(memory.shape)} that is to be overwritten; an in-place operation can't change the shape"
        )
    if out.dtype != memory.dtype and not dtypes.can_cast(dtypes.from_numpy_dtype(out.dtype), target.dtype):
        raise RuntimeError(
            f"{op.name}_: the result has type {dtypes.from_numpy_dtype(out.dtype)!r}, which can't be written into a tensor "
            f"of type {target.dtype!r}. Use the out-of-place operation, or convert the tensor first"
        )
    node = None
    if tracks and mode.recording and op.rules:
        values[0] = _before(target) if op.params[0] in {n for _, _, reads in op.rules for n in reads} else values[0]
        node = record(op, args, tuple(values), (target,), writes=1)
    if not buffered:
        if not memory.flags.writeable:
            raise _overlapping(op)
        memory[...] = out
    bump_version(target)
    if node is not None:
        rebase_history(target, node)
    return target


def _fits(op: Op, data: list[Any], memory: np.ndarray) -> bool:
    """Whether the kernel may write straight into the memory: same type, and a result of the same shape."""
    others = [d for d in data[1:] if isinstance(d, np.ndarray)]
    return all(d.dtype == memory.dtype and d.ndim <= memory.ndim for d in others) and all(
        n in (1, m) for d in others for n, m in zip(d.shape[::-1], memory.shape[::-1], strict=False)
    )


def _overlapping(op: Op) -> RuntimeError:
    return RuntimeError(
        f"{op.name}_: several elements of this tensor share one place in memory (it was expanded) or the memory is "
        "read-only; write to a .clone() of it"
    )


def _before(target: Tensor) -> Tensor:
    """The tensor as it is before the write, with its history, for a rule that needs the old value."""
    old = wrap(target._array.copy())
    edge = edge_of(target)
    if edge is not None:
        old._requires_grad, old._fn = True, target._fn
    return old


def in_place_method(op: Op) -> Any:
    """The method ``name_`` of a primitive."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return apply_in_place(op, *op.bind((self, *args), kwargs))

    functools.update_wrapper(method, op.kernel)
    method.__name__ = method.__qualname__ = op.name.rstrip("_") + "_"
    method.__doc__ = f"In-place version of :func:`minitorch_bp.{op.name}`: the result overwrites the tensor itself."
    return method
