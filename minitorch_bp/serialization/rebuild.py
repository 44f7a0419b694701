"""Tensors from a storage and a description: what the functions that a checkpoint names stand for here.

PyTorch's files say ``torch._utils._rebuild_tensor_v2(storage, offset, size, stride, ...)``. The functions below are their counterparts.
Each checks all that it is given, because the file may say anything.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.device import Size, device
from ..core.storage import window
from ..core.tensor import Tensor, sparse_coo, sparse_csr, strided, version_cell, wrap
from ..nn.parameter import Buffer, Parameter
from ..ops.memory import TypedStorage, UntypedStorage
from ..ops.requires_grad import require_grad
from .budget import Budget
from .machine import call_foreign, shown

TENSOR = 220  # bytes that a tensor takes besides its elements
_MAX_DIMENSIONS = 64  # NumPy's limits
_MAX_ELEMENTS = 1 << 56


def _impossible(why: str) -> RuntimeError:
    return RuntimeError(f"the file describes an impossible tensor: {why}")


def _view(memory: np.ndarray, d: dtypes.dtype, offset: Any, size: Any, stride: Any) -> np.ndarray:
    """The elements of a storage that a tensor shows, after all numbers have been checked."""
    if type(offset) is not int or offset < 0:
        raise _impossible(f"its storage offset is {shown(offset)}")
    if type(size) not in (tuple, Size, list) or type(stride) not in (tuple, Size, list) or len(size) != len(stride):
        raise _impossible("its size and stride are not two tuples of one length")
    if len(size) > _MAX_DIMENSIONS:
        raise _impossible(f"it has {len(size)} dimensions")
    last, count = offset, 1
    for n, s in zip(size, stride):
        if type(n) is not int or type(s) is not int or n < 0 or s < 0:
            raise _impossible(f"a dimension has size {shown(n)} and stride {shown(s)}")
        last += (n - 1) * s
        count *= n
    held = memory.size // d.itemsize
    if count and last >= held:
        raise _impossible(f"its last element is number {last} of a storage that holds {held}")
    if count > _MAX_ELEMENTS:
        raise _impossible(f"it has {count} elements")
    if not count:
        return np.empty(size, d.numpy) if max(size) < 1 << 40 else _refuse_size(size)
    return window(memory, d.numpy, size, stride, offset * d.itemsize)


def _refuse_size(size: Any) -> Any:
    raise _impossible(f"its size is {list(size)}")


def rebuild_tensor(
    storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any = False, hooks: Any = None, metadata: Any = None
) -> Tensor:
    """A tensor on a typed storage (``_rebuild_tensor`` and ``_rebuild_tensor_v2``)."""
    if not isinstance(storage, TypedStorage) or not isinstance(storage._untyped, LoadedStorage):
        raise _impossible(f"it lies in a {type(storage).__name__} instead of a typed storage")
    untyped = storage._untyped
    t = wrap(_view(untyped._array, storage.dtype, offset, size, stride))
    if requires_grad or metadata:
        _finish(t, untyped, requires_grad, metadata)
    return t


def rebuild_tensor_v3(
    storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any, hooks: Any, d: Any, metadata: Any = None
) -> Tensor:
    """A tensor of a dtype without a class of storages (``_rebuild_tensor_v3``)."""
    untyped = storage.untyped() if isinstance(storage, TypedStorage) else storage
    if not isinstance(untyped, LoadedStorage) or not isinstance(d, dtypes.dtype):
        raise _impossible("it needs a storage and a dtype")
    t = wrap(_view(untyped._array, d, offset, size, stride))
    _finish(t, untyped, requires_grad, metadata)
    return t


class LoadedStorage(UntypedStorage):
    """Memory of a file: ``pending`` is what to do when it has been filled, None if it is."""

    __slots__ = ("budget", "pending")

    budget: Budget
    pending: list[Callable[[], None]] | None


def _finish(t: Tensor, storage: Any, requires_grad: Any, metadata: Any) -> None:
    """Set what a tensor has besides its elements: whether it requires grad, and the conjugate and negative bits."""
    if metadata:
        if type(metadata) is not dict or not all(type(on) is bool for on in metadata.values()):
            raise _impossible("its metadata are not bits with names")
        unknown = [name for name in metadata if name not in ("conj", "neg")]
        if unknown:
            raise _impossible(f"the bit {shown(unknown[0])} is unknown")
        _apply_bits(t, storage, metadata)
    if type(requires_grad) is not bool:
        raise _impossible("requires_grad is not a bool")
    if requires_grad:
        require_grad(t)


def _apply_bits(t: Tensor, storage: Any, bits: dict[str, bool]) -> None:
    """Nothing is conjugated or negated lazily here, so a tensor with a bit gets memory of its own."""
    view = t._array
    if not any(bits.values()):
        return
    if view.dtype == np.bool_:
        raise _impossible("a tensor of bools is negated")
    storage.budget.spend(view.nbytes, "a conjugated or negated tensor")
    t._array = copy = np.empty_like(view)

    def finish() -> None:
        copy[...] = view
        if bits.get("conj"):
            np.conj(copy, out=copy)
        if bits.get("neg"):
            np.negative(copy, out=copy)

    if storage.pending is None:
        finish()
    else:
        storage.pending.append(finish)


def rebuild_parameter(data: Any, requires_grad: Any, hooks: Any) -> Parameter:
    """A parameter (``_rebuild_parameter``)."""
    if not isinstance(data, Tensor) or type(requires_grad) is not bool:
        raise _impossible("a parameter needs a tensor and a bool")
    return Parameter(data, requires_grad)


def rebuild_parameter_with_state(data: Any, requires_grad: Any, hooks: Any, state: Any) -> Parameter:
    """A parameter with attributes (``_rebuild_parameter_with_state``)."""
    parameter = rebuild_parameter(data, requires_grad, hooks)
    set_attributes(parameter, state, Tensor)
    return parameter


def rebuild_from_type(function: Any, kind: Any, args: Any, state: Any) -> Tensor:
    """A tensor with attributes, or of a subclass that the caller of ``load`` allows (``_rebuild_from_type_v2``)."""
    if not any(function is each for each in (rebuild_tensor, rebuild_tensor_v3, rebuild_parameter)) or type(args) is not tuple:
        raise _impossible("only a function that rebuilds tensors can be called, with a tuple of arguments")
    if not isinstance(kind, type) or not issubclass(kind, Tensor):
        raise _impossible(f"{shown(kind)} is not a class of tensors")
    t = function(*args)
    if kind is Tensor and type(state) is dict and state.get("_is_buffer") is True:
        buffer = Buffer(t, persistent=bool(state.get("persistent", True)))
        state = {name: value for name, value in state.items() if name not in ("_is_buffer", "persistent")}
        t = buffer
    elif kind is not Tensor and type(t) is not kind:
        plain, t = t, Tensor.__new__(kind)
        t._array, t._requires_grad, t._cell = plain._array, plain._requires_grad, version_cell(plain)
    own = kind.__dict__.get("__setstate__") if kind not in (Tensor, Parameter) else None
    if own is not None:
        call_foreign(t.__setstate__, state)  # type: ignore[attr-defined]
    else:
        set_attributes(t, state, Tensor)
    return t


def set_attributes(target: Any, state: Any, base: type) -> None:
    """Give a new object attributes that hide nothing of ``base``: a dict, or a pair of those in its dict and those in slots."""
    attributes, slots = state if type(state) is tuple and len(state) == 2 else (state, None)
    for each in (attributes, slots):
        if each is None:
            continue
        if type(each) is not dict:
            raise pickle.UnpicklingError(f"the state of a {type(target).__name__} must be a dict, but is a {type(each).__name__}")
        for name in each:
            if type(name) is not str or name.startswith("__"):
                raise pickle.UnpicklingError(f"the state of a {type(target).__name__} names an attribute {shown(name)}")
    kind = type(target)
    for name, value in (attributes or {}).items():
        if hasattr(base, name):
            raise pickle.UnpicklingError(f"the attribute {shown(name)} would hide what every {base.__name__} has under this name")
        target.__dict__[name] = value
    for name, value in (slots or {}).items():
        if type(kind.__dict__.get(name)).__name__ != "member_descriptor":
            raise pickle.UnpicklingError(f"{kind.__name__} has no slot {shown(name)} of its own")
        setattr(target, name, value)


def set_tensor(target: Tensor, state: Any) -> None:
    """Fill a tensor that was made empty, as files of the first versions do: (storage, offset, size, stride)."""
    if type(target) is not Tensor or target._array.size or type(state) is not tuple or len(state) != 4:
        raise pickle.UnpicklingError("only an empty tensor takes a state, which is a storage, an offset, a size and a stride")
    target._array = rebuild_tensor(*state)._array


def make_device(*args: Any) -> device:
    """A device, by its name and index."""
    if not args or type(args[0]) is not str or len(args) > 2 or not all(type(index) is int for index in args[1:]):
        raise pickle.UnpicklingError(f"a device is made of a name and an index, not of {len(args)} other things")
    return device(*args)


def make_layout(name: Any) -> Any:
    """A layout, by its name."""
    layouts = {repr(each): each for each in (strided, sparse_coo, sparse_csr)}
    if type(name) is not str or name not in layouts:
        raise pickle.UnpicklingError(f"unknown layout {shown(name)}")
    return layouts[name]


def make_size(*args: Any) -> Size:
    """A shape."""
    if len(args) != 1 or type(args[0]) is not tuple or not all(type(n) is int for n in args[0]):
        raise pickle.UnpicklingError("a Size is made of a tuple of ints")
    return Size(args[0])


def unsupported(what: str) -> Callable[..., Any]:
    """Stands for a function that rebuilds what does not exist here."""

    def refuse(*args: Any) -> Any:
        raise NotImplementedError(f"the file holds a {what}, which minitorch_bp does not have")

    return refuse
