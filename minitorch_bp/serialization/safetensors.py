"""The safetensors format: named tensors and nothing else, so that a file cannot hold code.

A file is the length of the header (8 bytes, little endian), the header (JSON: for each tensor its dtype, shape and the place of its bytes),
and the bytes. Tensors do not share memory in it, and lie behind each other without gaps. The format is small enough that its package is
not needed: this module has the functions of ``safetensors.torch``, with the same names and arguments.

Source: the page "Format" of the safetensors documentation, https://github.com/huggingface/safetensors#format.
"""

from __future__ import annotations

import json
import math
import os
import sys
from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.tensor import Tensor, wrap
from .archive import fill

_NAMES = {
    dtypes.float64: "F64", dtypes.float32: "F32", dtypes.float16: "F16", dtypes.bfloat16: "BF16", dtypes.int64: "I64", dtypes.int32: "I32",
    dtypes.int16: "I16", dtypes.int8: "I8", dtypes.uint8: "U8", dtypes.uint16: "U16", dtypes.uint32: "U32", dtypes.uint64: "U64",
    dtypes.bool: "BOOL", dtypes.complex64: "C64",
}  # fmt: skip
_TYPES = {name: d for d, name in _NAMES.items()}
_MAX_HEADER = 100_000_000  # bytes, as the format says
_MAX_DIMENSIONS = 64


def _invalid(why: str) -> ValueError:
    return ValueError(f"the file is not a sound safetensors file: {why}")


def save(tensors: dict[str, Tensor], metadata: dict[str, str] | None = None) -> bytes:
    """The tensors as the bytes of a safetensors file.

    Parameters
    ----------
    tensors : dict of Tensors
        By their names. Tensors that share memory are refused, because they would not after loading.
    metadata : dict of str, optional
        Kept in the header.

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        If a value is not a tensor, or of a dtype that the format lacks.
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
    with open(filename, "wb") as file:
        for part in parts:
            file.write(part)


def _parts(tensors: Any, metadata: Any) -> list[Any]:
    if not isinstance(tensors, dict) or not all(isinstance(t, Tensor) for t in tensors.values()):
        raise ValueError("safetensors holds a dict from names to tensors")
    owners: dict[int, str] = {}
    for name, t in tensors.items():
        if t.dtype not in _NAMES:
            raise ValueError(f"safetensors has no dtype {t.dtype!r}, which {name!r} has")
        pointer = t.untyped_storage().data_ptr()  # type: ignore[attr-defined]
        other = owners.setdefault(pointer, name)
        if other != name and t._array.size:
            raise RuntimeError(
                f"{other!r} and {name!r} share memory, which a safetensors file can't say: save a clone() of one, or only one"
            )
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
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

    Raises
    ------
    ValueError
        If the bytes are no sound safetensors file.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.serialization import safetensors
    >>> safetensors.load(safetensors.save({"n": torch.tensor(3)}))["n"]
    tensor(3)
    """
    import io

    return _load(io.BytesIO(data), len(data))


def load_file(filename: Any, device: Any = "cpu") -> dict[str, Tensor]:
    """Read a safetensors file.

    Parameters
    ----------
    filename : str or path
    device : device
        There is only the CPU.

    Returns
    -------
    dict of Tensors
        By their names.

    Raises
    ------
    ValueError
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
    from ..core.device import check_device

    check_device(device)
    with open(filename, "rb") as file:
        return _load(file, os.fstat(file.fileno()).st_size)


def _pairs_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise _invalid("a name stands in its header twice")
    return dict(pairs)


def _load(file: Any, size: int) -> dict[str, Tensor]:
    length = int.from_bytes(file.read(8), "little")
    if size < 8 or length > min(size - 8, _MAX_HEADER):
        raise _invalid(f"its header would have {length} bytes, but the file has {size}")
    try:
        header = json.loads(file.read(length).decode("utf-8"), object_pairs_hook=_pairs_once)
    except (UnicodeDecodeError, RecursionError, json.JSONDecodeError) as error:
        raise _invalid(f"its header is not JSON ({type(error).__name__})") from None
    if type(header) is not dict:
        raise _invalid("its header is not a table of tensors")
    metadata = header.pop("__metadata__", {})
    if type(metadata) is not dict or not all(type(value) is str for value in metadata.values()):
        raise _invalid("its metadata are not texts")
    entries = {name: _entry(name, entry) for name, entry in header.items()}
    place = 0
    tensors: dict[str, Tensor] = {}
    for name, (d, shape, begin, end) in sorted(entries.items(), key=lambda item: item[1][2:]):
        if begin != place or end > size - 8 - length:
            raise _invalid(f"the bytes of {name!r:.60} do not follow those before it, or end outside the file")
        place = end
        array = np.empty(end - begin, np.uint8)
        if array.size:
            fill(file, memoryview(array), f"tensor {name:.60}")  # type: ignore[arg-type]
        values = array.view(d.numpy).reshape(shape)
        tensors[name] = wrap(values.byteswap() if sys.byteorder == "big" else values)
    if place != size - 8 - length:
        raise _invalid("bytes follow behind the last tensor")
    return {name: tensors[name] for name in entries}


def _entry(name: str, entry: Any) -> tuple[dtypes.dtype, list[int], int, int]:
    """The dtype, the shape and the place of a tensor, after all have been compared."""
    if type(entry) is not dict or set(entry) != {"dtype", "shape", "data_offsets"}:
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
    return d, shape, place[0], place[1]
