"""Tensors on memory that other objects own: buffers, files, whatever speaks DLPack; and ``asarray``, which takes them all."""

from __future__ import annotations

import os
import warnings
from typing import Any

import numpy as np

from ._base import Tensor, dtypes, public, wrap
from .creation import as_tensor, finish
from .interop import from_dlpack
from .requires_grad import require_grad


@public("torch")
def frombuffer(buffer: Any, *, dtype: Any, count: int = -1, offset: int = 0, requires_grad: bool = False) -> Tensor:
    """A tensor on the memory of a buffer: ``bytes``, ``bytearray``, ``array.array``, ``memoryview``, ...

    Parameters
    ----------
    buffer : object with the buffer protocol
    dtype : dtype
        How to read the bytes.
    count : int
        The number of elements; -1 for as many as there are.
    offset : int
        The number of bytes to skip.
    requires_grad : bool

    Returns
    -------
    Tensor
        A vector; a write to it is a write to the buffer.

    Raises
    ------
    ValueError
        If the buffer does not hold so many elements, or none.
    TypeError
        For an object without the buffer protocol.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.frombuffer(bytearray(b"\\x01\\x00\\x02\\x00"), dtype=torch.int16)
    tensor([1, 2], dtype=torch.int16)
    """
    kind = dtypes.as_dtype(dtype)
    try:
        view = memoryview(buffer)
    except TypeError:
        raise ValueError(f"frombuffer(): an object of type {type(buffer).__name__} has no buffer") from None
    size, each = view.nbytes, kind.itemsize
    if not size or not count:
        raise ValueError(f"frombuffer(): a buffer of {size} bytes and count={count} leave nothing to read")
    if not 0 <= offset < size:
        raise ValueError(f"frombuffer(): the offset {offset} does not lie in the buffer of {size} bytes")
    if count < 0:
        if (size - offset) % each:
            raise ValueError(f"frombuffer(): {size - offset} bytes are no whole number of elements of {each} bytes, {kind!r}")
        count = (size - offset) // each
    if offset + count * each > size:
        raise ValueError(f"frombuffer(): {count} elements of {each} bytes from byte {offset} on reach beyond the {size} bytes")
    if view.readonly:
        warnings.warn("the buffer is read-only, and so is the tensor; copy it if you want to write", stacklevel=3)
    array = np.frombuffer(buffer, np.uint8, count * each, offset).view(kind.numpy)
    return finish(array, requires_grad)


@public("torch")
def from_file(
    filename: str, shared: Any = None, size: int = 0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    layout: Any = None, pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    """A vector on the bytes of a file, which is read as it is needed.

    Parameters
    ----------
    filename : str
    shared : bool, optional
        Whether what is written to the tensor goes to the file, too; the file is made or lengthened if need be.
    size : int
        The number of elements.

    Returns
    -------
    Tensor
        Of shape (size,), and of the default dtype unless another is given.

    Raises
    ------
    RuntimeError
        If the file does not hold so many elements.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> import tempfile, os
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     torch.from_file(os.path.join(folder, "x"), shared=True, size=2).fill_(3.0)
    tensor([3., 3.])
    """
    kind = (dtypes.get_default_dtype() if dtype is None else dtypes.as_dtype(dtype)).numpy
    if not size:
        return finish(np.empty(0, kind), requires_grad, device)
    wanted = size * kind.itemsize
    held = os.path.getsize(filename) if os.path.exists(filename) else -1
    if held < wanted:
        if not shared:
            raise RuntimeError(f"from_file: {filename!r} holds {max(held, 0)} bytes, but {wanted} are to be read")
        with open(filename, "ab") as file:
            file.truncate(wanted)
    return finish(np.asarray(np.memmap(filename, kind, "r+" if shared else "c", 0, (size,))), requires_grad, device)


@public("torch")
def asarray(obj: Any, *, dtype: Any = None, device: Any = None, copy: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor of the data: a tensor is returned as it is, the memory of arrays and buffers is shared, anything else is copied.

    Parameters
    ----------
    obj : number, nested lists, array, buffer, object that supports DLPack, or Tensor
    dtype : dtype, optional
        Another dtype than the data's makes a copy.
    copy : bool, optional
        Whether to copy; by default only where it is necessary.
    requires_grad : bool
        Whether a tensor that is made requires a gradient.

    Returns
    -------
    Tensor
        Of the data's shape.

    Raises
    ------
    ValueError
        If ``copy=False`` and a copy is necessary.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.asarray([1, 2])
    tensor([1, 2])
    """
    if isinstance(obj, np.generic) and copy is False:
        raise RuntimeError("asarray(): a NumPy number has no memory to share: leave copy=False out")
    shared, whole = _shared(obj, dtype)
    if shared is None:
        shared = as_tensor(obj, dtype=dtype, device=device)
        same = shared is obj or (isinstance(obj, np.ndarray) and np.shares_memory(shared._array, obj))
    else:
        same = shared.dtype is whole.dtype
    if copy is False and not same:
        raise ValueError("asarray(): copy=False, but this data or dtype needs a copy: leave copy out")
    if copy and same:
        shared = shared.clone() if shared is obj else wrap(shared._array.copy())
    if requires_grad and not shared._requires_grad:
        shared = shared if shared is not obj else shared.detach()
        require_grad(shared)
    return shared


def _shared(obj: Any, dtype: Any) -> tuple[Any, Any]:
    """A tensor on the memory of an object that is neither a tensor nor an array, in ``dtype`` and as it is; (None, None) if it
    shares no memory."""
    if isinstance(obj, (Tensor, np.ndarray, np.generic, list, tuple, str, bool, int, float, complex)):
        return None, None
    if type(obj).__name__ == "PyCapsule" or hasattr(obj, "__dlpack__"):
        whole = from_dlpack(obj)
        return (whole if dtype is None else whole.to(dtype)), whole
    try:
        memoryview(obj)
    except TypeError:
        return None, None
    whole = frombuffer(obj, dtype=dtypes.get_default_dtype() if dtype is None else dtype)
    return whole, whole
