"""What a checkpoint may name, and what it may do with it.

The table below is the whole of what :func:`load` accepts by default; it is PyTorch's list, as far as the things exist here. The entry
says what GLOBAL puts on the stack. Calling is another matter: REDUCE and NEWOBJ look up the function in a second table, by identity,
and that one holds functions of ours which check their arguments. So a name that a file obtains is an inert value, and nothing of the
file ever becomes an attribute of a class, a function or an object that others share.

A caller extends the list with :func:`add_safe_globals`. Those classes are then made, filled and given a state as Python's pickle would.
"""

from __future__ import annotations

import codecs
import pickle
from collections import Counter, OrderedDict, defaultdict
from typing import Any

import numpy as np

from .. import legacy
from ..core import dtype as dtypes
from ..core.device import Size, device
from ..core.tensor import Tensor
from ..nn.parameter import Parameter
from ..ops.memory import STORAGES, TypedStorage, UntypedStorage
from . import rebuild
from .budget import Budget
from .machine import Keys, call_foreign, shown

#: module and name in the file -> the value here.
NAMES: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("collections", "Counter"): Counter,
    ("builtins", "set"): set,
    ("builtins", "complex"): complex,
    ("builtins", "bytearray"): bytearray,
    ("builtins", "bytes"): bytes,
    ("_codecs", "encode"): codecs.encode,
    ("torch", "Size"): Size,
    ("torch", "Tensor"): Tensor,
    ("torch", "device"): device,
    ("torch.nn.parameter", "Parameter"): Parameter,
    ("torch.storage", "TypedStorage"): TypedStorage,
    ("torch.storage", "UntypedStorage"): UntypedStorage,
    ("torch.serialization", "_get_layout"): rebuild.make_layout,
    ("torch._utils", "_rebuild_tensor"): rebuild.rebuild_tensor,
    ("torch._utils", "_rebuild_tensor_v2"): rebuild.rebuild_tensor,
    ("torch._utils", "_rebuild_tensor_v3"): rebuild.rebuild_tensor_v3,
    ("torch._utils", "_rebuild_parameter"): rebuild.rebuild_parameter,
    ("torch._utils", "_rebuild_parameter_with_state"): rebuild.rebuild_parameter_with_state,
    ("torch._tensor", "_rebuild_from_type_v2"): rebuild.rebuild_from_type,
    ("minitorch_bp.core.dtype", "_by_name"): dtypes._by_name,  # files of our first version
}
NAMES.update({("torch", d.name): d for d in dtypes.ALL})
NAMES.update({("torch", name): value for name, value in STORAGES.items()})
NAMES.update({("torch", name): getattr(legacy, name) for name in vars(legacy) if name.endswith("Tensor") and name != "Tensor"})

#: What PyTorch would rebuild, and we have not.
_UNSUPPORTED = {
    ("torch._utils", "_rebuild_sparse_tensor"): "sparse tensor",
    ("torch._utils", "_rebuild_qtensor"): "quantized tensor",
    ("torch._utils", "_rebuild_meta_tensor_no_storage"): "meta tensor",
    ("torch._utils", "_rebuild_nested_tensor"): "nested tensor",
    ("torch._utils", "_rebuild_device_tensor_from_numpy"): "tensor of another device",
    ("torch._utils", "_rebuild_wrapper_subclass"): "tensor without a storage",
}
_DTYPES = ("float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu", "float4_e2m1fn_x2", "complex32")
_OTHERS = ("quint8", "qint8", "qint32", "quint4x2", "quint2x4", "per_tensor_affine", "per_channel_affine")
_UNSUPPORTED.update({("torch", name): f"tensor of dtype {name}" for name in _DTYPES})
_UNSUPPORTED.update({("torch", name): "quantized tensor" for name in _OTHERS})
_UNSUPPORTED.update(
    {("torch", f"{name}Storage"): "quantized tensor" for name in ("QInt8", "QUInt8", "QInt32", "QUInt4x2", "QUInt2x4")}
)

_safe: dict[tuple[str, str], Any] = {}  # what add_safe_globals has added, by module and name
_ATTRIBUTES = 300  # bytes that the dict of an object's attributes takes
_LATIN = ("latin1", "latin-1")
_PACKAGE = __name__.partition(".")[0]
OLD_MODULES = {"__builtin__": "builtins", "copy_reg": "copyreg"}  # Python 2 wrote these


class Allowed:
    """The world of a file that is not trusted.

    Parameters
    ----------
    budget : Budget
    storage : function
        The storage that a reference in the file stands for.
    """

    def __init__(self, budget: Budget, storage: Any):
        self._budget, self.storage, self.keys = budget, storage, Keys(budget)
        self._names = {**NAMES, **_safe}
        self._user = {id(value): value for value in _safe.values()}
        self._calls: dict[int, Any] = {
            id(rebuild.rebuild_tensor): rebuild.rebuild_tensor,
            id(rebuild.rebuild_tensor_v3): rebuild.rebuild_tensor_v3,
            id(rebuild.rebuild_parameter): rebuild.rebuild_parameter,
            id(rebuild.rebuild_parameter_with_state): self._rebuild_parameter_with_state,
            id(rebuild.rebuild_from_type): self._rebuild_from_type,
            id(rebuild.make_layout): rebuild.make_layout,
            id(OrderedDict): self._ordered_dict,
            id(Counter): self._counter,
            id(set): self._set,
            id(complex): _complex,
            id(bytearray): self._bytearray,
            id(codecs.encode): self._encode,
            id(bytes): _no_bytes,
            id(device): rebuild.make_device,
            id(Size): rebuild.make_size,
            id(Tensor): _empty_tensor,
            id(dtypes._by_name): _dtype,
        }

    # ------------------------------------------------------------------ names
    def find(self, module: str, name: str) -> Any:
        """The value that a name stands for; UnpicklingError if it is not on the list."""
        module = OLD_MODULES.get(module, module)
        if (module, name) in self._names:
            return self._names[module, name]
        if (module, name) in _UNSUPPORTED:
            raise NotImplementedError(f"the file holds a {_UNSUPPORTED[module, name]}, which minitorch_bp does not have")
        raise pickle.UnpicklingError(
            f"Unsupported class or function {module}.{name}: it is not among the names that loading accepts with weights_only=True. If "
            f"you know it to be harmless, allow it with torch.serialization.add_safe_globals([{name}]); if you trust where the file "
            "comes from, pass weights_only=False, which executes whatever code the file names"
        )

    # ------------------------------------------------------------------ calls
    def call(self, function: Any, args: tuple[Any, ...]) -> Any:
        """REDUCE: one of our functions, or what the caller allows."""
        rule = self._calls.get(id(function))
        if rule is not None:
            self._budget.spend(rebuild.TENSOR, "an object")
            try:
                return rule(*args)
            except TypeError:
                raise pickle.UnpicklingError(
                    f"calls {function.__name__} with {len(args)} arguments that it does not take"
                ) from None
        if id(function) in self._user:
            self._budget.spend(rebuild.TENSOR, "an object")
            return self._allowed_call(function, args)
        raise pickle.UnpicklingError(f"calls {shown(function)}, which can't be called while loading")

    def _allowed_call(self, function: Any, args: tuple[Any, ...]) -> Any:
        if function is defaultdict:
            if len(args) != 1 or not (args[0] is None or id(args[0]) in self._user):
                raise pickle.UnpicklingError("the default of a defaultdict must be among the names that were allowed")
        return call_foreign(function, *args)

    def new(self, kind: Any, args: tuple[Any, ...]) -> Any:
        """NEWOBJ: the same for classes."""
        if id(kind) in self._user and isinstance(kind, type):
            self._budget.spend(rebuild.TENSOR, "an object")
            return call_foreign(kind.__new__, kind, *args)
        if (kind is OrderedDict or kind is Counter) and not args:
            return self.call(kind, args)
        raise pickle.UnpicklingError(f"makes an object of {shown(kind)}, which can't be made while loading")

    def build(self, target: Any, state: Any) -> None:
        """BUILD: the state of an object that this file has made."""
        kind = type(target)
        if kind is OrderedDict:
            self._budget.spend(_ATTRIBUTES, "attributes")
            rebuild.set_attributes(target, state, OrderedDict)
        elif kind is Tensor:
            rebuild.set_tensor(target, state)
        elif id(kind) in self._user and kind not in (Parameter, defaultdict, Counter, type):
            if hasattr(target, "__setstate__"):
                call_foreign(target.__setstate__, state)
            else:
                rebuild.set_attributes(target, state, object)
        else:
            raise pickle.UnpicklingError(f"sets the state of a {kind.__name__}; only an OrderedDict and an empty tensor have one")

    def extend(self, target: Any, items: list[Any]) -> None:
        """APPEND and APPENDS to what is not a list."""
        raise pickle.UnpicklingError(f"appends to a {type(target).__name__}; only a list is appended to")

    # ------------------------------------------------------------------ containers and numbers
    def _rebuild_parameter_with_state(self, *args: Any) -> Any:
        self._budget.spend(_ATTRIBUTES, "attributes")
        return rebuild.rebuild_parameter_with_state(*args)

    def _rebuild_from_type(self, function: Any, kind: Any, args: Any, state: Any) -> Any:
        self._budget.spend(_ATTRIBUTES, "attributes")
        if kind is not Tensor and kind is not Parameter and id(kind) not in self._user:
            raise pickle.UnpicklingError(f"makes a tensor of {shown(kind)}; classes of tensors are allowed with add_safe_globals()")
        return rebuild.rebuild_from_type(function, kind, args, state)

    def _pairs(self, args: tuple[Any, ...], kind: str) -> list[tuple[Any, Any]]:
        """The items that a dict is made of: of a dict, or of a list of pairs."""
        if len(args) > 1 or (args and type(args[0]) not in (dict, list)):
            raise pickle.UnpicklingError(f"an {kind} is made of a dict or a list of pairs")
        items = list(args[0].items()) if args and type(args[0]) is dict else list(args[0]) if args else []
        if not all(type(pair) in (tuple, list) and len(pair) == 2 for pair in items):
            raise pickle.UnpicklingError(f"an {kind} is made of a dict or a list of pairs")
        return items

    def _ordered_dict(self, *args: Any) -> OrderedDict[Any, Any]:
        pairs = self._pairs(args, "OrderedDict")
        made: OrderedDict[Any, Any] = OrderedDict()
        self._budget.spend(160 * len(pairs), "an OrderedDict")
        self.keys.check(made, [key for key, _ in pairs])
        made.update(pairs)
        return made

    def _counter(self, *args: Any) -> Counter[Any]:
        pairs = self._pairs(args, "Counter")
        made: Counter[Any] = Counter()
        self._budget.spend(120 * len(pairs), "a Counter")
        self.keys.check(made, [key for key, _ in pairs])
        for key, count in pairs:
            made[key] = count
        return made

    def _set(self, *args: Any) -> set[Any]:
        if len(args) > 1 or (args and type(args[0]) not in (list, tuple)):
            raise pickle.UnpicklingError("a set is made of a list")
        made: set[Any] = set()
        if args:
            self._budget.spend(64 * len(args[0]), "a set")
            self.keys.check(made, args[0])
            made.update(args[0])
        return made

    def _bytearray(self, *args: Any) -> bytearray:
        if len(args) == 2 and type(args[0]) is str:
            return bytearray(self._encode(*args))
        if len(args) > 1 or (args and type(args[0]) is not bytes):
            raise pickle.UnpicklingError("a bytearray is made of bytes")
        self._budget.spend(len(args[0]) if args else 0, "a bytearray")
        return bytearray(*args)

    def _encode(self, *args: Any) -> bytes:
        """How Python writes bytes in protocol 2."""
        if len(args) != 2 or type(args[0]) is not str or type(args[1]) is not str or args[1] not in _LATIN:
            raise pickle.UnpicklingError("bytes are made of a text with one letter for each, in the encoding latin1")
        self._budget.spend(len(args[0]), "bytes")
        return args[0].encode("latin-1")


def _no_bytes(*args: Any) -> bytes:
    """How Python writes empty bytes in protocol 2."""
    if args:
        raise pickle.UnpicklingError("bytes() is called without arguments while loading")
    return b""


def _complex(*args: Any) -> complex:
    if len(args) != 2 or not all(type(part) in (int, float) for part in args):
        raise pickle.UnpicklingError("a complex number is made of two numbers")
    return complex(*args)


def _dtype(*args: Any) -> Any:
    if len(args) != 1 or type(args[0]) is not str:
        raise pickle.UnpicklingError("a dtype is named by a string")
    return dtypes._by_name(args[0])


def _empty_tensor(*args: Any) -> Tensor:
    if args:
        raise pickle.UnpicklingError("torch.Tensor is called without arguments while loading")
    t = Tensor.__new__(Tensor)
    t._array = np.empty(0, np.float32)
    return t


# ---------------------------------------------------------------------- what the caller allows
def _named(values: Any) -> dict[tuple[str, str], Any]:
    """Classes and functions by the module and name under which files refer to them; ours have PyTorch's names, too."""
    found: dict[tuple[str, str], Any] = {}
    for value in values:
        if isinstance(value, tuple):
            value, full = value
            if not isinstance(full, str):
                raise TypeError(f"a pair of a class and its name in files needs a string, but got {full!r}")
            module, _, name = full.rpartition(".")
        elif callable(value) and hasattr(value, "__qualname__"):
            module, name = value.__module__, value.__qualname__
        else:
            raise TypeError(f"expected classes, functions, or pairs of one and its name, but got {value!r}")
        found[OLD_MODULES.get(module, module), name] = value
        if module.partition(".")[0] == _PACKAGE:
            found["torch" + module.removeprefix(_PACKAGE), name] = value
    return found


def add_safe_globals(safe_globals: Any) -> None:
    """Allow classes and functions in the files that :func:`load` reads with ``weights_only=True``.

    Parameters
    ----------
    safe_globals : list of classes and functions
        In place of one, a pair of it and the name that the files have for it.

    Examples
    --------
    >>> import collections
    >>> import minitorch_bp as torch
    >>> torch.serialization.add_safe_globals([collections.deque])
    >>> torch.serialization.get_safe_globals()
    [<class 'collections.deque'>]
    >>> torch.serialization.clear_safe_globals()
    """
    _safe.update(_named(safe_globals))


def get_safe_globals() -> list[Any]:
    """What :func:`add_safe_globals` has added.

    Returns
    -------
    list
        Classes and functions, and pairs where it has added pairs.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.serialization.get_safe_globals()
    []
    """
    found: dict[int, Any] = {}
    renamed = []
    for (module, name), value in _safe.items():
        if (module, name) == (value.__module__, value.__qualname__):
            found[id(value)] = value
        elif module.partition(".")[0] != "torch" or value.__module__.partition(".")[0] != _PACKAGE:
            renamed.append((value, f"{module}.{name}"))
    return [*found.values(), *renamed]


def clear_safe_globals() -> None:
    """Take back what :func:`add_safe_globals` has added.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.serialization.clear_safe_globals()
    """
    _safe.clear()


class safe_globals:
    """A context in which some classes and functions are allowed in files.

    Parameters
    ----------
    safe_globals : list of classes and functions
        As for :func:`add_safe_globals`.

    Examples
    --------
    >>> import collections
    >>> import io
    >>> import minitorch_bp as torch
    >>> buffer = io.BytesIO()
    >>> torch.save(collections.defaultdict(list, a=[1]), buffer)
    >>> _ = buffer.seek(0)
    >>> with torch.serialization.safe_globals([collections.defaultdict, list]):
    ...     torch.load(buffer)
    defaultdict(<class 'list'>, {'a': [1]})
    """

    def __init__(self, safe_globals: Any):
        self._names = _named(safe_globals)

    def __enter__(self) -> None:
        self._before = dict(_safe)
        _safe.update(self._names)

    def __exit__(self, *exception: Any) -> None:
        _safe.clear()
        _safe.update(self._before)
