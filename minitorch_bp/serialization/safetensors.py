"""The safetensors format: named tensors and nothing else, so that a file cannot hold code.

A file is the length of the header (8 bytes, little endian), the header (JSON: for each tensor its dtype, shape and the place of its bytes),
and the bytes. Tensors do not share memory in it, and lie behind each other without gaps. The format is small enough that its package is
not needed: this module has the functions of ``safetensors.torch`` and ``safe_open``, with the same names, arguments and types of errors.

Source: the page "Format" of the safetensors documentation, https://github.com/huggingface/safetensors#format.
"""

from __future__ import annotations

import io
import json
import math
import mmap
import os
import sys
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.device import check_device
from ..core.tensor import Tensor, wrap

_NAMES = {
    dtypes.float64: "F64", dtypes.float32: "F32", dtypes.float16: "F16", dtypes.bfloat16: "BF16", dtypes.int64: "I64", dtypes.int32: "I32",
    dtypes.int16: "I16", dtypes.int8: "I8", dtypes.uint8: "U8", dtypes.uint16: "U16", dtypes.uint32: "U32", dtypes.uint64: "U64",
    dtypes.bool: "BOOL", dtypes.complex64: "C64",
}  # fmt: skip
_TYPES = {name: d for d, name in _NAMES.items()}
_MAX_HEADER = 100_000_000  # bytes, as the format says
_MAX_DIMENSIONS = 64  # NumPy's limit
_FRAMEWORKS = {"pt": True, "torch": True, "pytorch": True, "np": False, "numpy": False}  # whether they want tensors


class SafetensorError(Exception):
    """A file of safetensors that is not sound, or can't be written."""


def _invalid(why: str) -> SafetensorError:
    return SafetensorError(f"the file is not a sound safetensors file: {why}")


def save(tensors: dict[str, Tensor], metadata: dict[str, str] | None = None) -> bytes:
    """The tensors as the bytes of a safetensors file.

    Parameters
    ----------
    tensors : dict of Tensors
        By their names; contiguous. Tensors that share memory are refused, because they would not after loading.
    metadata : dict of str, optional
        Kept in the header.

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        If a value is not a tensor, or not contiguous.
    TypeError
        If a name, or something in the metadata, is not a string.
    KeyError
        If a tensor is of a dtype that the format lacks.
    RuntimeError
        If tensors share memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.serialization import safetensors
    >>> safetensors.load(safetensors.save({"w": torch.ones(2)}))
    {'w': tensor([1., 1.])}
    """
    return b"".join(bytes(part) for part in _parts(tensors, metadata))


def save_file(tensors: dict[str, Tensor], filename: Any, metadata: dict[str, str] | None = None) -> None:
    """Write tensors to a safetensors file.

    Parameters
    ----------
    tensors : dict of Tensors
        As for :func:`save`.
    filename : str or path
    metadata : dict of str, optional
        Kept in the header.

    Raises
    ------
    SafetensorError
        If the file can't be written; otherwise as :func:`save`.

    Examples
    --------
    >>> import os, tempfile
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.serialization import safetensors
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "model.safetensors")
    ...     safetensors.save_file({"w": torch.ones(2)}, path)
    ...     safetensors.load_file(path)
    {'w': tensor([1., 1.])}
    """
    parts = _parts(tensors, metadata)
    try:
        with open(filename, "wb") as file:
            file.writelines(parts)
    except OSError as error:
        raise SafetensorError(f"can't write to {filename!r:.200}: {error.strerror}") from error


def _texts(values: Iterable[Any], what: str) -> None:
    for value in values:
        if not isinstance(value, str):
            raise TypeError(f"safetensors: {what} must be strings, but one is a {type(value).__name__}")


def _extent(t: Tensor) -> tuple[int, int]:
    """Where the memory that a tensor shows begins and ends."""
    array = t._array
    begin = array.__array_interface__["data"][0]
    return begin, begin + sum((n - 1) * s for n, s in zip(array.shape, array.strides, strict=True)) + array.itemsize


def _parts(tensors: Any, metadata: Any) -> list[Any]:
    """The length of the header, the header, and the bytes of each tensor."""
    if not isinstance(tensors, dict) or not all(isinstance(t, Tensor) for t in tensors.values()):
        raise ValueError("safetensors holds a dict from names to tensors")
    end, before = 0, ""
    for (begin, own_end), name in sorted((_extent(t), str(name)) for name, t in tensors.items() if t._array.size):
        if begin < end:
            raise RuntimeError(
                f"{before!r} and {name!r} share memory, which a safetensors file can't say: save a clone() of one, or only one"
            )
        end, before = own_end, name
    for name, t in tensors.items():
        if not t.is_contiguous():
            raise ValueError(f"safetensors holds contiguous tensors: save {name!r} as .contiguous()")
        if t.dtype not in _NAMES:
            raise KeyError(f"safetensors has no dtype {t.dtype!r}, which {name!r} has")
    _texts(tensors, "names of tensors")
    if "__metadata__" in tensors:
        raise SafetensorError("a tensor can't have the name '__metadata__', under which the file has its metadata")
    header: dict[str, Any] = {}
    if metadata is not None:
        if not isinstance(metadata, dict):
            raise TypeError(f"safetensors: metadata must be a dict of strings, but are a {type(metadata).__name__}")
        _texts((*metadata, *metadata.values()), "metadata")
        header["__metadata__"] = metadata
    blocks: list[Any] = []
    place = 0
    for name, t in sorted(
        tensors.items(), key=lambda item: (-item[1].itemsize, item[0])
    ):  # the largest elements first, for alignment
        array = np.ascontiguousarray(t._array)
        if sys.byteorder == "big":
            array = array.byteswap()
        blocks.append(memoryview(array.reshape(-1).view(np.uint8)))  # type: ignore[arg-type]
        header[name] = {"dtype": _NAMES[t.dtype], "shape": list(t.shape), "data_offsets": [place, place + array.nbytes]}
        place += array.nbytes
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return [len(text).to_bytes(8, "little"), text, *blocks]


def load(data: bytes) -> dict[str, Tensor]:
    """The tensors in the bytes of a safetensors file.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    dict of Tensors
        By their names, in alphabetical order.

    Raises
    ------
    SafetensorError
        If the bytes are no sound safetensors file.
    TypeError
        If they are no bytes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.serialization import safetensors
    >>> safetensors.load(safetensors.save({"n": torch.tensor(3)}))["n"]
    tensor(3)
    """
    if not isinstance(data, bytes):
        raise TypeError(f"safetensors.load() takes bytes, but got a {type(data).__name__}")
    _, entries, start = _header(io.BytesIO(data), len(data))
    return {name: wrap(_array(data, start, *entries[name]).copy()) for name in sorted(entries)}


def load_file(filename: Any, device: Any = "cpu", *, backend: str = "mmap") -> dict[str, Tensor]:
    """Read a safetensors file.

    Parameters
    ----------
    filename : str or path
    device : device
        There is only the CPU.
    backend : str
        The file is mapped into memory ('mmap'); there is no other way.

    Returns
    -------
    dict of Tensors
        By their names, in alphabetical order.

    Raises
    ------
    SafetensorError
        If it is no sound safetensors file.

    Examples
    --------
    >>> import os, tempfile
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.serialization import safetensors
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "model.safetensors")
    ...     safetensors.save_file({"w": torch.zeros(1, 2)}, path)
    ...     safetensors.load_file(path)["w"].shape
    torch.Size([1, 2])
    """
    with safe_open(filename, "pt", device) as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # it is not a dict


def _pairs_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise _invalid("a name stands in its header twice")
    return dict(pairs)


def _header(file: Any, size: int) -> tuple[dict[str, str] | None, dict[str, Any], int]:
    """The metadata, the entries of the tensors in the order of their bytes, and where the bytes begin."""
    length = int.from_bytes(file.read(8), "little")
    start = 8 + length
    if size < 8 or length > min(size - 8, _MAX_HEADER):
        raise _invalid(f"its header would have {length} bytes, but the file has {size}")
    try:
        header = json.loads(file.read(length).decode("utf-8"), object_pairs_hook=_pairs_once)
    except (ValueError, RecursionError) as error:
        raise _invalid(f"its header is not JSON ({type(error).__name__})") from None
    if type(header) is not dict:
        raise _invalid("its header is not a table of tensors")
    metadata = header.pop("__metadata__", None)
    if metadata is not None and (type(metadata) is not dict or not all(type(value) is str for value in metadata.values())):
        raise _invalid("its metadata are not texts")
    entries = {name: _entry(name, entry) for name, entry in header.items()}
    entries = dict(sorted(entries.items(), key=lambda item: item[1][2:]))
    place = 0
    for name, (_, _, begin, end) in entries.items():
        if begin != place or end > size - start:
            raise _invalid(f"the bytes of {name!r:.60} do not follow those before it, or end outside the file")
        place = end
    if place != size - start:
        raise _invalid("bytes follow behind the last tensor")
    return metadata, entries, start


def _entry(name: str, entry: Any) -> tuple[dtypes.dtype, list[int], int, int]:
    """The dtype, the shape and the place of a tensor, after all have been compared."""
    if type(entry) is not dict or not {"dtype", "shape", "data_offsets"} <= set(entry):
        raise _invalid(f"the entry of {name!r:.60} is not a dtype, a shape and a place")
    kind, shape, place = entry["dtype"], entry["shape"], entry["data_offsets"]
    if type(kind) is not str or kind not in _TYPES:
        raise _invalid(f"{name!r:.60} has a dtype that is unknown here")
    for numbers in (shape, place):
        if type(numbers) is not list or not all(type(n) is int and 0 <= n < 1 << 60 for n in numbers):
            raise _invalid(f"the shape or the place of {name!r:.60} are not numbers")
    d = _TYPES[kind]
    if len(place) != 2 or len(shape) > _MAX_DIMENSIONS or math.prod(shape) * d.itemsize != place[1] - place[0]:
        raise _invalid(f"the shape of {name!r:.60} does not fit its {' to '.join(map(str, place[:2]))} bytes")
    if math.prod(n for n in shape if n) > 1 << 56:
        raise _invalid(f"the shape of {name!r:.60} is larger than any tensor")
    return d, shape, place[0], place[1]


def _array(data: Any, start: int, d: dtypes.dtype, shape: list[int], begin: int, end: int) -> np.ndarray:
    """A tensor's values, in the memory of the file."""
    values = np.frombuffer(data, np.uint8, end - begin, start + begin) if end > begin else np.empty(0, np.uint8)
    values = values.view(d.numpy).reshape(shape)
    return values.byteswap() if sys.byteorder == "big" else values


class safe_open:
    """A safetensors file of which single tensors, or parts of them, are read.

    Parameters
    ----------
    filename : str or path
    framework : str
        'pt' for tensors, 'np' for NumPy arrays.
    device : device
        There is only the CPU.

    Raises
    ------
    SafetensorError
        If it is no sound safetensors file.

    Examples
    --------
    >>> import os, tempfile
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.serialization import safetensors
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "model.safetensors")
    ...     safetensors.save_file({"w": torch.arange(6).reshape(2, 3)}, path, {"epoch": "3"})
    ...     with safetensors.safe_open(path, framework="pt") as file:
    ...         file.keys(), file.metadata(), file.get_slice("w")[:, 1:]
    (['w'], {'epoch': '3'}, tensor([[1, 2],
            [4, 5]]))
    """

    def __init__(self, filename: Any, framework: str, device: Any = "cpu"):
        if framework not in _FRAMEWORKS:
            raise SafetensorError(f"unknown framework {framework!r}: expected one of {', '.join(_FRAMEWORKS)}")
        try:
            check_device(device)
        except RuntimeError as error:
            raise SafetensorError(str(error)) from None
        self._wanted = wrap if _FRAMEWORKS[framework] else np.asarray
        with open(os.fspath(filename), "rb") as file:
            self._metadata, self._entries, self._start = _header(file, os.fstat(file.fileno()).st_size)
            self._map: mmap.mmap | None = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)

    def __enter__(self) -> safe_open:
        return self

    def __exit__(self, *exception: Any) -> None:
        self._map = None  # (closed when no slice needs it any more)

    def _find(self, name: str) -> np.ndarray:
        if not isinstance(name, str):
            raise TypeError(f"the name of a tensor is a string, but got a {type(name).__name__}")
        self._check_open()
        if name not in self._entries:
            raise SafetensorError(f"there is no tensor {name!r} in the file")
        return _array(self._map, self._start, *self._entries[name])

    def _check_open(self) -> None:
        if self._map is None:
            raise SafetensorError("the file has been closed: use it inside of its `with` block")

    def keys(self) -> list[str]:
        """The names of the tensors, in alphabetical order."""
        self._check_open()
        return sorted(self._entries)

    def offset_keys(self) -> list[str]:
        """The names of the tensors, in the order of their bytes."""
        self._check_open()
        return list(self._entries)

    def metadata(self) -> dict[str, str] | None:
        """What was saved beside the tensors; None if nothing was."""
        self._check_open()
        return self._metadata

    def get_tensor(self, name: str) -> Any:
        """One tensor."""
        return self._wanted(self._find(name).copy())

    def get_slice(self, name: str) -> _Slice:
        """A tensor of which indexing reads a part."""
        return _Slice(self._find(name), self._wanted)


class _Slice:
    """A tensor in a file: an index reads a part of it."""

    def __init__(self, array: np.ndarray, wanted: Any):
        self._array, self._wanted = array, wanted

    def get_shape(self) -> list[int]:
        """Its shape."""
        return list(self._array.shape)

    def get_dtype(self) -> str:
        """The name that its dtype has in the format."""
        return _NAMES[wrap(self._array).dtype]

    def __getitem__(self, index: Any) -> Any:
        return self._wanted(wrap(self._array)[index]._array.copy())


def _kept(tensors: dict[str, Tensor], preferred: Iterable[str] = ()) -> dict[str, str]:
    """For each name that shares the memory of another, the name under which it is kept: a tensor that is a whole storage.

    RuntimeError if there is none, because the others could not be had back from what is kept.
    """
    groups: list[tuple[int, list[str]]] = []
    for (begin, end), name in sorted((_extent(t), name) for name, t in tensors.items() if t._array.size):
        if groups and begin < groups[-1][0]:
            groups[-1] = max(end, groups[-1][0]), [*groups[-1][1], name]
        else:
            groups.append((end, [name]))
    kept: dict[str, str] = {}
    for _, names in groups:
        whole = sorted(name for name in names if tensors[name].untyped_storage().nbytes() == tensors[name]._array.nbytes)  # type: ignore[attr-defined]
        if not whole:
            raise RuntimeError(
                f"none of {', '.join(sorted(names))} shows the whole memory in which it lies; make clones of them before saving"
            )
        best = next((name for name in whole if name in preferred), whole[0])
        kept.update({name: best for name in names if name != best})
    return kept


def save_model(model: Any, filename: Any, metadata: dict[str, str] | None = None, force_contiguous: bool = True) -> None:
    """Write a module's ``state_dict``; of tensors that share memory, one, with the other names among the metadata.

    Parameters
    ----------
    model : Module
    filename : str or path
    metadata : dict of str, optional
    force_contiguous : bool
        Whether tensors that are not contiguous are copied, or refused.

    Raises
    ------
    RuntimeError
        If tensors share memory that none of them shows whole.

    Examples
    --------
    >>> import os, tempfile
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.serialization import safetensors
    >>> model = torch.nn.Linear(2, 2)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "model.safetensors")
    ...     safetensors.save_model(model, path)
    ...     safetensors.load_model(torch.nn.Linear(2, 2), path)
    (set(), [])
    """
    tensors = model.state_dict()
    kept = _kept(tensors)
    said = None if metadata is None and not kept else {**kept, **(metadata or {})}
    tensors = {name: t.contiguous() if force_contiguous else t for name, t in tensors.items() if name not in kept}
    save_file(tensors, filename, said)


def load_model(
    model: Any, filename: Any, strict: bool = True, device: Any = "cpu", *, backend: str = "mmap"
) -> tuple[set[str], list[str]]:
    """Read what :func:`save_model` has written into a module.

    Parameters
    ----------
    model : Module
    filename : str or path
    strict : bool
        Whether names that are missing, or too many, are an error.
    device : device
        There is only the CPU.
    backend : str
        As for :func:`load_file`.

    Returns
    -------
    (set, list)
        The names of the module that are missing in the file, and the names in the file that the module has not.

    Raises
    ------
    RuntimeError
        If ``strict`` and there are any, or if shapes differ.

    Examples
    --------
    See :func:`save_model`.
    """
    tensors = load_file(filename, device, backend=backend)
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    missing = set(missing)
    for name in _kept(model.state_dict(), tensors):
        if name in missing:
            missing.remove(name)
        else:
            unexpected.append(name)
    if strict and (missing or unexpected):
        raise RuntimeError(
            f"the file and the {type(model).__name__} have other names: missing in the file {sorted(missing)}, "
            f"in the file only {sorted(unexpected)}"
        )
    return missing, unexpected
