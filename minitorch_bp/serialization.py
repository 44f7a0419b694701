"""Checkpoints in PyTorch's own file format, read and written without PyTorch.

A file is a zip archive: ``data.pkl`` holds the structure, with a reference where a tensor's storage goes, and one entry per
storage holds the bytes. The names in the pickle are PyTorch's, so either framework reads the other's files.

Loading executes no code: by default only the few names that tensors and containers need are accepted, and every size is
checked against the bytes that are there before memory is touched.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import OrderedDict
from typing import Any, ClassVar

import numpy as np

from .core import dtype as dtypes
from .core.device import Size, check_device
from .core.public import public
from .core.tensor import Tensor, wrap
from .ops.conversion import _OLD_TYPES
from .ops.requires_grad import require_grad

_STORAGE_NAMES = {d: f"{name}Storage" for d, name in _OLD_TYPES.items()}
_MAX_TOTAL = 1 << 36  # bytes a file may claim when unpacked: a guard against decompression bombs


# ---------------------------------------------------------------------- writing
class _Name:
    """A global that is written by name, whether or not it can be imported here."""

    def __init__(self, module: str, name: str):
        self.module, self.name = module, name

    def __call__(self) -> None:
        """Never called: the pickler only insists that what rebuilds an object is callable."""


class _Storage:
    """The memory of one or several tensors, in the place where the pickle refers to it."""

    def __init__(self, key: str, dtype: dtypes.dtype, numel: int):
        self.key, self.dtype, self.numel = key, dtype, numel


class _Pickler(pickle._Pickler):
    """Writes tensors as PyTorch does; the pure-Python pickler, because it can write any name."""

    dispatch: ClassVar[dict[Any, Any]] = dict(pickle._Pickler.dispatch)

    def __init__(self, file: Any):
        super().__init__(file, protocol=2)
        self.storages: dict[int, tuple[_Storage, np.ndarray]] = {}

    def _save_name(self, obj: _Name) -> None:
        self.write(  # type: ignore[attr-defined]
            pickle.GLOBAL + f"{obj.module}\n{obj.name}\n".encode()
        )

    dispatch[_Name] = _save_name

    def persistent_id(self, obj: Any) -> Any:
        if isinstance(obj, _Storage):
            return ("storage", _Name("torch", _STORAGE_NAMES[obj.dtype]), obj.key, "cpu", obj.numel)
        return None

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, Tensor):
            return self._reduce_tensor(obj)
        return NotImplemented

    def _reduce_tensor(self, t: Tensor) -> Any:
        if t._fn is not None:
            t = t.detach()
        array = t._array
        owner = array
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        if not owner.flags.c_contiguous or owner.dtype != array.dtype:
            array = owner = np.ascontiguousarray(array).reshape(array.shape)
        known = self.storages.get(id(owner))
        if known is None:
            known = (_Storage(str(len(self.storages)), dtypes.from_numpy_dtype(owner.dtype), owner.size), owner)
            self.storages[id(owner)] = known
        offset = (array.__array_interface__["data"][0] - owner.__array_interface__["data"][0]) // array.itemsize
        strides = wrap(array).stride()
        fields: Any = (known[0], offset, tuple(array.shape), strides, bool(t.requires_grad), OrderedDict())
        rebuilt = (_Name("torch._utils", "_rebuild_tensor_v2"), fields)
        if type(t).__name__ != "Parameter":
            return rebuilt
        return (_Name("torch._utils", "_rebuild_parameter"), (_Plain(t), bool(t.requires_grad), OrderedDict()))

    def _save_plain(self, obj: Any) -> None:
        data = wrap(obj.tensor._array)
        self.save_reduce(*self._reduce_tensor(data))  # type: ignore[attr-defined]

    def save_size(self, obj: Any) -> None:
        self.save_reduce(_Name("torch", "Size"), (tuple(obj),), obj=obj)  # type: ignore[attr-defined]

    dispatch[Size] = save_size


class _Plain:
    """The tensor inside a Parameter."""

    def __init__(self, tensor: Tensor):
        self.tensor = tensor


_Pickler.dispatch[_Plain] = _Pickler._save_plain


@public("torch")
def save(
    obj: Any, f: Any, pickle_module: Any = None, pickle_protocol: int = 2, _use_new_zipfile_serialization: bool = True
) -> None:
    """Write tensors, or containers of them, to a file that PyTorch reads, too.

    Parameters
    ----------
    obj : object
        Typically a ``state_dict``. Tensors that share memory still do after loading.
    f : path or binary file
    pickle_module, pickle_protocol, _use_new_zipfile_serialization : optional
        Only the defaults.

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
    if pickle_module is not None or pickle_protocol != 2 or not _use_new_zipfile_serialization:
        raise NotImplementedError("save() does not support the arguments pickle_module, pickle_protocol and the format before zip")
    buffer = io.BytesIO()
    pickler = _Pickler(buffer)
    pickler.dump(obj)
    with zipfile.ZipFile(f, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/data.pkl", buffer.getvalue())
        archive.writestr("archive/byteorder", "little")
        for storage, array in pickler.storages.values():
            archive.writestr(f"archive/data/{storage.key}", array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())
        archive.writestr("archive/version", "3\n")


# ---------------------------------------------------------------------- reading
class _StorageType:
    """``torch.FloatStorage`` in a pickle: nothing but a dtype."""

    def __init__(self, dtype: dtypes.dtype):
        self.dtype = dtype


def _rebuild_tensor(
    storage: Any, offset: int, size: Any, stride: Any, requires_grad: bool, hooks: Any, metadata: Any = None
) -> Tensor:
    numbers = (offset, *size, *stride)
    if not isinstance(storage, np.ndarray) or any(not isinstance(n, int) or n < 0 for n in numbers) or len(size) != len(stride):
        raise pickle.UnpicklingError("the file describes a tensor with an impossible size, stride or offset")
    if 0 not in size and offset + sum((n - 1) * s for n, s in zip(size, stride, strict=True)) >= max(storage.size, 1):
        raise pickle.UnpicklingError("the file describes a tensor that reaches beyond its storage")
    steps = tuple(s * storage.itemsize for s in stride)
    array = (
        np.lib.stride_tricks.as_strided(storage[offset:], tuple(size), steps) if 0 not in size else np.empty(size, storage.dtype)
    )
    t = wrap(array)
    if requires_grad:
        require_grad(t)
    return t


def _rebuild_parameter(data: Any, requires_grad: bool, hooks: Any) -> Any:
    from .nn.parameter import Parameter

    return Parameter(data, requires_grad)


_ALLOWED: dict[tuple[str, str], Any] = {
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): _rebuild_parameter,
    ("collections", "OrderedDict"): OrderedDict,
    ("torch", "Size"): Size,
    ("minitorch_bp.core.dtype", "_by_name"): dtypes._by_name,
}
_ALLOWED.update({("torch", name): _StorageType(d) for d, name in _STORAGE_NAMES.items()})


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: Any, archive: zipfile.ZipFile, root: str, weights_only: bool):
        super().__init__(file, encoding="utf-8")
        self.archive, self.root, self.weights_only = archive, root, weights_only
        self.storages: dict[str, np.ndarray] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _ALLOWED:
            return _ALLOWED[module, name]
        if self.weights_only:
            raise pickle.UnpicklingError(
                f"the file wants {module}.{name}, which is not among the names that loading accepts. If you trust where the "
                "file comes from, pass weights_only=False; that executes whatever code the file names"
            )
        return super().find_class(module, name)

    def persistent_load(self, saved_id: Any) -> np.ndarray:
        kind, storage_type, key, _, numel = saved_id
        if kind != "storage" or not isinstance(storage_type, _StorageType) or not str(key).isalnum():
            raise pickle.UnpicklingError(f"unknown reference {saved_id!r} in the file")
        if key not in self.storages:
            raw = self.archive.read(f"{self.root}/data/{key}")
            array = np.frombuffer(bytearray(raw), storage_type.dtype.numpy)
            if array.size < numel:
                raise pickle.UnpicklingError(f"storage {key} holds {array.size} elements, but {numel} are claimed")
            self.storages[key] = array
        return self.storages[key]


@public("torch")
def load(
    f: Any, map_location: Any = None, pickle_module: Any = None, *, weights_only: Any = None, mmap: Any = None, **options: Any
) -> Any:
    """Read a file that :func:`save` (here or in PyTorch) wrote.

    Parameters
    ----------
    f : path or binary file
    map_location : device, optional
        Only the CPU exists.
    pickle_module : optional
        Not supported.
    weights_only : bool, optional
        Accept nothing but tensors, containers and numbers (the default). False executes the code that the file names.
    mmap : bool, optional
        Not supported.

    Returns
    -------
    object
        What was saved.

    Raises
    ------
    UnpicklingError
        If the file refers to other names, or describes impossible tensors.
    RuntimeError
        If it is not such a file.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> import io
    >>> buffer = io.BytesIO()
    >>> torch.save([torch.ones(2), 3], buffer)
    >>> _ = buffer.seek(0)
    >>> torch.load(buffer)
    [tensor([1., 1.]), 3]
    """
    for name, value in (("pickle_module", pickle_module), ("mmap", mmap), *options.items()):
        if value:
            raise NotImplementedError(f"load() does not support the argument {name}={value!r}")
    if callable(map_location) or isinstance(map_location, dict):
        raise NotImplementedError("load() supports only a device as map_location; there is only the CPU to load to")
    if isinstance(map_location, str) or hasattr(map_location, "type"):
        check_device(map_location)
    try:
        archive = zipfile.ZipFile(f)
    except zipfile.BadZipFile:
        raise RuntimeError(
            f"{f} is not a checkpoint: it is not a zip archive (files of PyTorch before 1.6 are not supported)"
        ) from None
    with archive:
        if sum(entry.file_size for entry in archive.infolist()) > _MAX_TOTAL:
            raise RuntimeError("the file claims more data than can be sensible")
        roots = [n[: -len("/data.pkl")] for n in archive.namelist() if n.endswith("/data.pkl")]
        if len(roots) != 1:
            raise RuntimeError("the archive is not a checkpoint: it has no data.pkl")
        file = io.BytesIO(archive.read(f"{roots[0]}/data.pkl"))
        return _Unpickler(file, archive, roots[0], weights_only is None or bool(weights_only)).load()
