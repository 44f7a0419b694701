"""``out=``: a result that is also written into a tensor which the caller passed."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from . import dtype as dtypes
from .grad_mode import mode
from .storage import is_dense, root, window
from .tensor import Tensor
from .view import bump_version, check_writable


def check_out(name: str, out: Any, args: Any, apart: bool = False) -> None:
    """RuntimeError if ``out`` overlaps itself, or an operand other than place for place.

    ``apart``: the function reads other places than those it writes, so that ``out`` must not be an operand, either.
    """
    for place in out if isinstance(out, (tuple, list)) else (out,):
        if not isinstance(place, Tensor):
            continue
        memory = place._array
        if memory.size and any(s == 0 and n > 1 for s, n in zip(memory.strides, memory.shape, strict=True)):
            raise RuntimeError(f"{name}(): several elements of out share one place in memory; pass a .clone() of it")
        for a in args:
            for t in a if isinstance(a, (tuple, list)) else (a,):
                if isinstance(t, Tensor) and memory.size and np.may_share_memory(t._array, memory):
                    mine = t._array.__array_interface__["data"], t._array.strides, t._array.shape
                    same = mine == (memory.__array_interface__["data"], memory.strides, memory.shape)
                    if not same or apart:
                        raise RuntimeError(f"{name}(): out overlaps an operand in memory; pass another tensor")


def write_out(name: str, result: Any, out: Any, exact: bool | str = False) -> Any:
    """Put a result into the tensor that the caller passed as ``out=``, if there is one, and return that.

    ``exact``: they must be of one type, or ``out`` of one of the types that are named.
    """
    if out is None:
        return result
    if isinstance(result, tuple):
        written = [write_out(name, r, o, exact) for r, o in zip(result, out, strict=True)]
        return tuple(written) if type(result) is tuple else type(result)(*written)
    if not isinstance(out, Tensor):
        raise TypeError(f"{name}(): the argument 'out' must be a Tensor, but got {type(out).__name__}")
    if mode.grad and (result._requires_grad is True or out._requires_grad is True):
        raise RuntimeError(f"{name}(): a result written to out= cannot be differentiated; call it without out=")
    if exact and result.dtype is not out.dtype and (exact is True or exact == "out" or repr(out.dtype)[6:] not in exact.split()):
        wanted = f"of type {result.dtype!r}" if exact is True or exact == "out" else f"of one of the types {exact}"
        raise RuntimeError(f"{name}(): out must be {wanted}, but is of type {out.dtype!r}")
    if not dtypes.can_cast(result.dtype, out.dtype) and exact in (True, False, "out"):
        raise RuntimeError(f"{name}(): a result of type {result.dtype} can't be written to out of type {out.dtype}")
    check_writable(out, recorded=False)
    if out._array.shape != result._array.shape:
        _resize(name, out, result._array.shape)
    out._array[...] = result._array
    bump_version(out)
    return out


def _resize(name: str, out: Tensor, shape: tuple[int, ...]) -> None:
    """Give ``out`` the shape of the result: in its own memory where that is large enough, so that its views see the result."""
    memory = out._array
    if memory.size:
        warnings.warn(
            f"{name}(): out of shape {list(memory.shape)} is resized to {list(shape)}. Pass a tensor of that shape, or an empty one",
            stacklevel=5,
        )
    owner = root(memory)
    count = math.prod(shape)
    start = memory.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
    if count and is_dense(owner) and owner.flags.writeable and start + count * memory.itemsize <= owner.nbytes:
        steps, step = [], 1
        for n in reversed(shape):
            steps.append(step)
            step *= n
        out._array = window(owner, memory.dtype, shape, steps[::-1], start)
    else:
        out._array = np.empty(shape, memory.dtype)
