"""``save``: objects as a pickle with references to storages, and the storages beside it.

The pickle uses PyTorch's names for what has a counterpart there, so that PyTorch reads it with its own default settings. Two tensors
whose arrays share memory refer to one storage, and share memory again after loading. The storage is written whole, also if a tensor
shows only a part of it.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import pickle
import sys
import types
from collections import OrderedDict
from typing import Any, ClassVar

import numpy as np

from ..core import dtype as dtypes
from ..core.device import Size, device
from ..core.public import public
from ..core.storage import byte_offset, is_dense, memory, root
from ..core.tensor import Tensor, layout, wrap
from ..nn.parameter import Buffer, Parameter, UninitializedBuffer, UninitializedParameter
from ..ops.memory import STORAGES, TypedStorage, UntypedStorage
from ..utils.serialization.config import save as settings
from .archive import Writer, folder_of
from .locations import location_tag
from .options import skips_data
from .reading import LEGACY_MAGIC, LEGACY_VERSION

_STORAGE_NAMES = {kind.dtype: name for name, kind in STORAGES.items()}


class _Name:
    """A global that is written by name, whether or not it can be imported here."""

    def __init__(self, module: str, name: str):
        self.module, self.name = module, name

    def __call__(self) -> None:
        """Never called: the pickler only insists that what rebuilds an object is callable."""


_name = functools.cache(_Name)  # one object for each, so that a file writes it once


class _Storage:
    """The memory of one or several tensors, in the place where the pickle refers to it."""

    def __init__(self, key: str, dtype: dtypes.dtype | None, data: np.ndarray):
        self.key, self.dtype, self.data = key, dtype, data

    def reference(self) -> tuple[Any, ...]:
        """('storage', type, key, location, number of elements), as PyTorch writes it."""
        place = UntypedStorage.__new__(UntypedStorage)
        place._array = self.data
        count = self.data.size // (self.dtype.itemsize if self.dtype else 1)
        kind = _name("torch", _STORAGE_NAMES[self.dtype]) if self.dtype else _name("torch.storage", "UntypedStorage")
        return ("storage", kind, self.key, location_tag(place), count)


class _TorchNames:
    """What is added to Python's pickler: how tensors and their kin are written."""

    storages: dict[int, _Storage]
    owners: list[Any]
    legacy = False

    def persistent_id(self, obj: Any) -> Any:
        if isinstance(obj, TypedStorage):
            obj = self._storage(obj.untyped()._array, obj.dtype)
        elif isinstance(obj, UntypedStorage):
            obj = self._storage(obj._array, None)
        elif not isinstance(obj, _Storage):
            return None
        return obj.reference() + ((None,) if self.legacy else ())

    def reducer_override(self, obj: Any) -> Any:
        if not isinstance(obj, Tensor):
            return NotImplemented
        if isinstance(obj, (UninitializedParameter, UninitializedBuffer)):
            name = _name("torch.nn.parameter", type(obj).__name__)
            return (name, (bool(obj.requires_grad),))
        return self._reduce_tensor(obj)

    def _reduce_tensor(self, t: Tensor) -> Any:
        array, d, kind = t._array, t.dtype, type(t)
        state: Any = _state(t)
        if kind is Parameter:
            fields: Any = (wrap(array), bool(t.requires_grad), OrderedDict())
            if state:
                return (_name("torch._utils", "_rebuild_parameter_with_state"), (*fields, state))
            return (_name("torch._utils", "_rebuild_parameter"), fields)
        storage, offset = self._place(array, d)
        fields = (storage, offset, tuple(array.shape), t.stride(), bool(t.requires_grad), OrderedDict())
        function = _name("torch._utils", "_rebuild_tensor_v2")
        if storage.dtype is None:
            function, fields = _name("torch._utils", "_rebuild_tensor_v3"), (*fields, d)
        if kind is Buffer:
            kind, state = Tensor, {**state, "persistent": t.persistent, "_is_buffer": True}  # type: ignore[attr-defined]
        if kind is Tensor and not state:
            return (function, fields)
        name: Any = _name("torch", "Tensor") if kind is Tensor else kind
        return (_name("torch._tensor", "_rebuild_from_type_v2"), (function, name, fields, state))

    def _place(self, array: np.ndarray, d: dtypes.dtype) -> tuple[_Storage, int]:
        """The storage of an array, and how many elements into it the array begins."""
        owner = root(array)
        start = byte_offset(array, owner)
        whole = start % array.itemsize == 0 and owner.nbytes % array.itemsize == 0 and all(s >= 0 for s in array.strides)
        if not is_dense(owner) or not whole:  # the memory of an array of another program
            owner, start = np.ascontiguousarray(array), 0
        typed = d if d in _STORAGE_NAMES else None
        return self._storage(owner, typed), start // array.itemsize

    def _storage(self, owner: np.ndarray, d: dtypes.dtype | None) -> _Storage:
        known = self.storages.get(id(owner))
        if known is None:
            known = self.storages[id(owner)] = _Storage(str(len(self.storages)), d, memory(owner))
            self.owners.append(owner)
        elif known.dtype is not d and owner.nbytes:
            raise RuntimeError(
                f"Cannot save tensors or storages that view the same memory as different types, here {known.dtype} and {d}: "
                "save a clone() of one of them"
            )
        return known


def _state(t: Tensor) -> Any:
    """The attributes that the user has given a tensor: a dict, or with those in slots a pair of dicts."""
    if "__getstate__" in type(t).__dict__:
        return t.__getstate__()
    slots = [
        n
        for kind in type(t).__mro__
        if kind.__module__.partition(".")[0] not in (_PACKAGE, "torch")
        for n in kind.__dict__.get("__slots__", ())
    ]
    filled = {name: getattr(t, name) for name in slots if name not in ("__dict__", "__weakref__") and hasattr(t, name)}
    return (dict(t.__dict__), filled) if filled else dict(t.__dict__)


_PACKAGE = __name__.partition(".")[0]


def _save_name(self: Any, obj: _Name) -> None:
    self.write(pickle.GLOBAL + f"{obj.module}\n{obj.name}\n".encode())
    self.memoize(obj)


def _save_size(self: Any, obj: Size) -> None:
    self.save_reduce(_name("torch", "Size"), (tuple(obj),), obj=obj)


def _save_dtype(self: Any, obj: dtypes.dtype) -> None:
    self.save(_name("torch", obj.name))


def _save_device(self: Any, obj: device) -> None:
    self.save_reduce(_name("torch", "device"), (obj.type,) if obj.index is None else (obj.type, obj.index), obj=obj)


def _save_layout(self: Any, obj: layout) -> None:
    self.save_reduce(_name("torch.serialization", "_get_layout"), (repr(obj),), obj=obj)


def _save_bytes(self: Any, obj: bytes) -> None:
    if obj or self.proto >= 3:
        pickle._Pickler.dispatch[bytes](self, obj)
    else:  # Python would write a call of bytes(), which PyTorch refuses
        self.save_reduce(_name("_codecs", "encode"), ("", "latin1"), obj=obj)


_DISPATCH: dict[Any, Any] = {
    bytes: _save_bytes,
    _Name: _save_name,
    Size: _save_size,
    dtypes.dtype: _save_dtype,
    device: _save_device,
    layout: _save_layout,
}


class _Pickler(_TorchNames, pickle._Pickler):
    """The pickler in Python, because it can write any name."""

    def save_global(self, obj: Any, name: Any = None) -> None:
        """What is referred to by name; Python's faster pickler says by which type of error something can't be."""
        try:
            super().save_global(obj, name)  # type: ignore[misc]
        except pickle.PicklingError:
            pickle.dumps(obj)
            raise

    dispatch: ClassVar[dict[Any, Any]] = {**pickle._Pickler.dispatch, **_DISPATCH, types.FunctionType: save_global}


def _pickler(module: Any) -> Any:
    """The pickler of a module such as dill that builds on Python's, with our names."""
    base = getattr(module, "Pickler", None)
    if not isinstance(base, type) or not issubclass(base, pickle._Pickler):
        raise NotImplementedError(
            f"save() can't write with the pickler of {getattr(module, '__name__', module)!s}: "
            "it must be a subclass of the pickler that is written in Python, as dill's is"
        )
    inherited: Any = base.dispatch
    return type("Pickler", (_TorchNames, base), {"dispatch": {**inherited, **_DISPATCH}})


@public("torch")
def save(
    obj: Any, f: Any, pickle_module: Any = None, pickle_protocol: int = 2, _use_new_zipfile_serialization: bool = True,
    _disable_byteorder_record: bool = False,
) -> None:  # fmt: skip
    """Write tensors, or containers of them, to a file that PyTorch reads, too.

    Parameters
    ----------
    obj : object
        Typically a ``state_dict``. Tensors that share memory still do after loading.
    f : str, path or binary file
        A file only needs ``write``.
    pickle_module : module, optional
        :mod:`pickle`, or a module whose ``Pickler`` builds on the one that is written in Python.
    pickle_protocol : int
        The protocol of the pickle. PyTorch's safe loading, and ours, reads 2.
    _use_new_zipfile_serialization : bool
        False writes the format that PyTorch had before 1.6, without zip.
    _disable_byteorder_record : bool
        True writes the byte order as one of the last records.

    Raises
    ------
    RuntimeError
        If tensors of different types view the same memory, or the path can't be written to.
    AttributeError
        If ``f`` is neither a path nor a file that can be written to, or ``obj`` holds a function or class from inside a function.

    Examples
    --------
    >>> import io
    >>> import minitorch_bp as torch
    >>> buffer = io.BytesIO()
    >>> torch.save({"w": torch.ones(2)}, buffer)
    >>> _ = buffer.seek(0)
    >>> torch.load(buffer)
    {'w': tensor([1., 1.])}
    """
    is_path = isinstance(f, (str, os.PathLike))
    if not is_path and not hasattr(f, "write"):
        raise AttributeError(f"save() writes to a path or to a binary file with a method write(), but got a {type(f).__name__}")
    if skips_data() and not _use_new_zipfile_serialization:
        raise RuntimeError("the contents of storages can only be skipped in the zip format: leave out skip_data()")
    kind: Any = _Pickler if pickle_module is None or pickle_module is pickle else _pickler(pickle_module)
    buffer = io.BytesIO()
    pickler = kind(buffer, protocol=pickle_protocol)
    pickler.storages, pickler.owners, pickler.legacy = {}, [], not _use_new_zipfile_serialization
    pickler.dump(obj)
    storages = list(pickler.storages.values())
    if not _use_new_zipfile_serialization:
        with open(f, "wb") if is_path else contextlib.nullcontext(f) as file:
            _write_legacy(file, buffer.getbuffer(), storages)
        return
    folder = folder_of(f)
    try:
        opened = open(f, "wb") if is_path else contextlib.nullcontext(f)  # noqa: SIM115  # closed by the `with` below
    except OSError as error:
        raise RuntimeError(f"save() can't write to {f!r:.200}: {error.strerror}") from error
    with opened as file:
        _write_archive(Writer(file, folder, settings.storage_alignment, settings.compute_crc32), buffer.getbuffer(), storages,
                       not _disable_byteorder_record)  # fmt: skip


def _write_archive(archive: Writer, data: Any, storages: list[_Storage], says_order: bool) -> None:
    archive.add("data.pkl", data)
    archive.add(".format_version", b"1")
    archive.add(".storage_alignment", str(settings.storage_alignment).encode())
    if says_order:
        archive.add("byteorder", sys.byteorder.encode())
    for storage in storages:
        contents = np.zeros(storage.data.size, np.uint8) if skips_data() else storage.data
        archive.add(f"data/{storage.key}", memoryview(contents))  # type: ignore[arg-type]
    archive.close()


def _write_legacy(file: Any, data: Any, storages: list[_Storage]) -> None:
    sizes = {"short": 2, "int": 4, "long": 4}
    machine = {"protocol_version": LEGACY_VERSION, "little_endian": sys.byteorder == "little", "type_sizes": sizes}
    for each in (LEGACY_MAGIC, LEGACY_VERSION, machine):
        file.write(pickle.dumps(each, 2))
    file.write(data)
    file.write(pickle.dumps([storage.key for storage in storages], 2))
    for storage in storages:
        file.write(storage.reference()[-1].to_bytes(8, "little"))
        file.write(memoryview(storage.data))  # type: ignore[arg-type]
