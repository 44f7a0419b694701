"""Where a file's references to storages lead: checks, location, byte order.

A tensor in a pickle refers to its storage by a tuple ('storage', type, key, location, number of elements). Here the reference is
checked, and the storage found: in the zip archive it is a record, whose size must be what the reference says; in a file of the format
before, it follows behind the pickle, and memory for it is reserved only if the file is long enough to hold it.
"""

from __future__ import annotations

import mmap
import pickle
import sys
from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..ops.memory import STORAGES, TypedStorage, UntypedStorage
from .archive import Reader, check_size, fill
from .budget import Budget
from .locations import moved
from .machine import shown
from .options import MAP_SHARED, get_default_mmap_options, skips_data, unsaid_order
from .rebuild import LoadedStorage

_STORAGE = 350  # bytes that a storage takes besides its contents
_TYPES: dict[int, dtypes.dtype | None] = {id(kind): kind.dtype for kind in STORAGES.values()}
_TYPES[id(UntypedStorage)] = None


def swap_bytes(memory: np.ndarray, d: dtypes.dtype | None) -> None:
    """Turn elements written by a machine of the other byte order around, in place."""
    if d is None:
        raise NotImplementedError("the file holds bytes of a machine with another byte order, whose type it does not say")
    width = d.itemsize // 2 if d.is_complex else d.itemsize
    if width > 1:
        memory.view(f"u{width}").byteswap(inplace=True)


class Storages:
    """The storages of one file, by the keys that references have for them."""

    def __init__(self, budget: Budget, map_location: Any):
        self._budget, self._map_location = budget, map_location
        self._found: dict[str, Any] = {}
        self._swapped = False
        self._pending: list[Any] | None = None  # a list while the storages have not been read

    def find(self, reference: Any) -> Any:
        """The storage that a reference stands for, the same object each time."""
        if type(reference) is not tuple or len(reference) not in (5, 6) or reference[0] != "storage":
            raise pickle.UnpicklingError(f"refers to {shown(reference)}, which is not a storage")
        _, kind, key, location, count = reference[:5]
        if type(key) is not str or type(location) is not str or type(count) is not int or count < 0 or id(kind) not in _TYPES:
            raise pickle.UnpicklingError("refers to a storage in an unknown way")
        d = _TYPES[id(kind)]
        known = self._found.get(key)
        if known is None:
            self._budget.spend(_STORAGE, f"storage {key:.40}")
            memory = self._memory(key, count * (d.itemsize if d else 1), d)
            untyped: Any = self._wrap(memory)
            if location != "cpu" or self._map_location is not None:
                untyped = self._wrap(moved(untyped, location, self._map_location)._array)
            known = self._found[key] = untyped if d is None else TypedStorage(wrap_storage=untyped, dtype=d)
        elif getattr(known, "dtype", None) is not d or len(known) < count:
            raise RuntimeError(f"the file refers to storage {key:.40} as two types or sizes")
        return known

    def _memory(self, key: str, size: int, d: dtypes.dtype | None) -> np.ndarray:
        raise NotImplementedError

    def _wrap(self, memory: np.ndarray) -> LoadedStorage:
        untyped = LoadedStorage.__new__(LoadedStorage)
        untyped._array, untyped.budget, untyped.pending = memory, self._budget, self._pending
        return untyped


class ArchiveStorages(Storages):
    """Storages in the records of an archive.

    Parameters
    ----------
    archive : Reader
    budget : Budget
    map_location : str, device, dict or function, optional
    path : str, optional
        If given, the records are mapped into memory from this file, and read when they are first used.
    """

    def __init__(self, archive: Reader, budget: Budget, map_location: Any, path: Any = None):
        super().__init__(budget, map_location)
        self._archive = archive
        self._map = None
        if path is not None:
            shared = get_default_mmap_options() == MAP_SHARED
            with open(path, "r+b" if shared else "rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_WRITE if shared else mmap.ACCESS_COPY)
        order = archive.read_bytes("byteorder") if "byteorder" in archive else unsaid_order().encode()
        if order not in (b"little", b"big"):
            raise ValueError(f"the file has the unknown byte order {order!r:.40}")
        self._swapped = order.decode() != sys.byteorder

    def _memory(self, key: str, size: int, d: dtypes.dtype | None) -> np.ndarray:
        name = f"data/{key}"
        if skips_data():
            check_size(self._archive.place(name)[0], size)
            self._budget.spend(size, f"storage {key:.40}")
            return np.zeros(size, np.uint8)
        if self._map is None:
            memory = self._archive.read(name, size)
        else:
            record, begin = self._archive.place(name)
            check_size(record, size)
            if record.method:
                raise RuntimeError(f"record {name:.80} is compressed, so that it can't be mapped into memory: load without mmap")
            memory = np.frombuffer(self._map, np.uint8, size, begin)
        if self._swapped and size:
            swap_bytes(memory, d)
        return memory


class LegacyStorages(Storages):
    """Storages that follow behind the pickle: first reserved, then filled.

    Parameters
    ----------
    budget : Budget
    map_location : str, device, dict or function, optional
    swapped : bool
        Whether the machine that wrote the file had another byte order.
    behind : int
        How many bytes of the file can still follow.
    """

    def __init__(self, budget: Budget, map_location: Any, swapped: bool, behind: int):
        super().__init__(budget, map_location)
        self._swapped, self._behind = swapped, behind
        self._reserved: dict[str, tuple[np.ndarray, dtypes.dtype | None]] = {}
        self._views: dict[Any, Any] = {}
        self._pending = []

    def _memory(self, key: str, size: int, d: dtypes.dtype | None) -> np.ndarray:
        self._behind -= size + 8
        if self._behind < 0:
            raise RuntimeError(f"unexpected end of the file: storage {key:.40} should have {size} bytes, but fewer follow")
        self._budget.spend(size, f"storage {key:.40}")
        memory = np.empty(size, np.uint8)
        self._reserved[key] = (memory, d)
        return memory

    def find(self, reference: Any) -> Any:
        """Also of files that hold a part of a storage as a storage: (key, first element, number of elements)."""
        if type(reference) is tuple and len(reference) == 6:
            storage, part = super().find(reference[:5]), reference[5]
            if part is None:
                return storage
            if type(part) is not tuple or len(part) != 3 or any(type(n) is not int or n < 0 for n in part[1:]):
                raise pickle.UnpicklingError("refers to a part of a storage in an unknown way")
            if not isinstance(storage, TypedStorage) or type(part[0]) is not str or part[1] + part[2] > len(storage):
                raise RuntimeError(
                    f"the file refers to elements {part[1]} to {part[1] + part[2]} of a storage that does not have them"
                )
            if part not in self._views:
                self._budget.spend(_STORAGE, "a part of a storage")
                step = storage.element_size()
                untyped = self._wrap(storage.untyped()._array[part[1] * step : (part[1] + part[2]) * step])
                self._views[part] = TypedStorage(wrap_storage=untyped, dtype=storage.dtype)
            return self._views[part]
        return super().find(reference)

    def fill(self, file: Any, keys: Any) -> None:
        """Read the contents, in the order of ``keys``; RuntimeError if they are not those that were reserved."""
        if type(keys) is not list or not all(type(key) is str for key in keys) or sorted(keys) != sorted(self._reserved):
            raise RuntimeError("the file lists other storages than its tensors refer to; it may be damaged")
        for key in keys:
            memory, d = self._reserved[key]
            count = file.read(8)
            if len(count) != 8 or int.from_bytes(count, "little") * (d.itemsize if d else 1) != memory.size:
                raise RuntimeError(f"storage {key:.40} has not the size that its tensors need; the file may be damaged")
            if memory.size:
                fill(file, memoryview(memory), f"storage {key:.40}")  # type: ignore[arg-type]
                if self._swapped:
                    swap_bytes(memory, d)
        for finish in self._pending or ():
            finish()
