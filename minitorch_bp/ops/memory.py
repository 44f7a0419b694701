"""The memory behind tensors: storages, which views share, and the constructors of old code.

A tensor is a window (shape, strides, offset) on a storage, one block of bytes. Here the block is the NumPy array at the
bottom of the chain of views.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.device import CPU, Size, check_device, device
from ..core.dtype import dtype, get_default_dtype
from ..core.public import export
from ..core.storage import is_dense, memory, root
from ._base import Tensor, public, wrap


class UntypedStorage:
    """The bytes that a tensor and its views share.

    Parameters
    ----------
    data : int, list of ints or array
        The size, the bytes, or an array whose memory it is.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.arange(6, dtype=torch.float32)
    >>> x.untyped_storage().nbytes()
    24
    >>> x.untyped_storage().data_ptr() == x[2:].untyped_storage().data_ptr()
    True
    """

    __slots__ = ("_array",)

    def __init__(self, data: Any = 0):
        if isinstance(data, np.ndarray):
            self._array = root(data)
        else:
            self._array = np.empty(data, np.uint8) if isinstance(data, int) else np.array(data, np.uint8)

    @property
    def device(self) -> device:
        """The CPU."""
        return CPU

    def data_ptr(self) -> int:
        """The address of the first byte."""
        return int(self._array.__array_interface__["data"][0])

    def nbytes(self) -> int:
        """Size in bytes."""
        return self._array.nbytes

    def size(self) -> int:
        """Size in bytes."""
        return self._array.nbytes

    def element_size(self) -> int:
        """1: the elements are bytes."""
        return 1

    def __len__(self) -> int:
        return self._array.nbytes

    def _bytes(self) -> np.ndarray:
        if not is_dense(self._array):
            raise NotImplementedError("the bytes of an array of another program that has gaps in its memory can't be listed")
        return memory(self._array)

    def __getitem__(self, index: int) -> int:
        return int(self._bytes()[index])

    def tolist(self) -> list[int]:
        """The bytes."""
        numbers: list[int] = self._bytes().tolist()
        return numbers

    def __repr__(self) -> str:
        lines = "\n".join(f" {b}" for b in self._bytes())
        return f"{lines}\n[torch.storage.UntypedStorage(device=cpu) of size {len(self)}]"


class TypedStorage:
    """The elements that a tensor and its views share, in the order of memory.

    Parameters
    ----------
    data : int, list of numbers or Tensor
        The size, the elements, or a tensor whose memory it is.
    wrap_storage : UntypedStorage, optional
        The memory.
    dtype : dtype, optional
        The default type, if not given.
    device : device, optional
        Only the CPU exists.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([[1, 2], [3, 4]]).t().storage().tolist()
    [1, 2, 3, 4]
    """

    __slots__ = ("_untyped", "dtype")

    def __init__(self, data: Any = 0, *, wrap_storage: Any = None, dtype: Any = None, device: Any = None):
        check_device(device)
        if isinstance(data, Tensor):
            self.dtype, self._untyped = data.dtype, UntypedStorage(data._array)
        else:
            self.dtype = dtype or get_default_dtype()
            if wrap_storage is None:
                kind = self.dtype.numpy
                wrap_storage = UntypedStorage(np.empty(data, kind) if isinstance(data, int) else np.array(data, kind))
            elif not isinstance(wrap_storage, UntypedStorage):
                raise TypeError(f"wrap_storage must be an UntypedStorage, but is a {type(wrap_storage).__name__}")
            self._untyped = wrap_storage

    @property
    def _elements(self) -> np.ndarray:
        return self._untyped._bytes().view(self.dtype.numpy)

    def fill_(self, value: Any) -> TypedStorage:
        """Set all elements to a number."""
        self._elements[...] = value
        return self

    @property
    def device(self) -> device:
        """The CPU."""
        return CPU

    def untyped(self) -> UntypedStorage:
        """The same memory as bytes."""
        return self._untyped

    def data_ptr(self) -> int:
        """The address of the first element."""
        return self._untyped.data_ptr()

    def nbytes(self) -> int:
        """Size in bytes."""
        return self._untyped.nbytes()

    def size(self) -> int:
        """Number of elements."""
        return len(self)

    def element_size(self) -> int:
        """Bytes of an element."""
        return self.dtype.itemsize

    def __len__(self) -> int:
        return self.nbytes() // self.dtype.itemsize

    def __getitem__(self, index: int) -> Any:
        if not isinstance(index, int):
            raise NotImplementedError(f"a storage is read by one integer, not by {type(index).__name__}")
        return self._elements[index].item()

    def __setitem__(self, index: int, value: Any) -> None:
        if not isinstance(index, int):
            raise NotImplementedError(f"a storage is written by one integer, not by {type(index).__name__}")
        self._elements[index] = value

    def tolist(self) -> list[Any]:
        """The elements."""
        values: list[Any] = self._elements.tolist()
        return values

    def __repr__(self) -> str:
        lines = "\n".join(f" {x}" for x in self.tolist())
        kind = f"dtype={self.dtype!r}, device=cpu"
        return f"{lines}\n[torch.storage.TypedStorage({kind}) of size {len(self)}]"


class _OfOneType(type):
    dtype: dtype

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, TypedStorage) and instance.dtype is cls.dtype


def _of_one_type(name: str, d: dtype) -> Any:
    def __new__(cls: Any, data: Any = 0, *, wrap_storage: Any = None) -> TypedStorage:
        return TypedStorage(data, wrap_storage=wrap_storage, dtype=d)

    doc = f"""The old constructor of storages of type ``{d!r}``.

    Parameters
    ----------
    data : int or list of numbers
        The size, or the elements.
    wrap_storage : UntypedStorage, optional
        The memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.{name}([0, 1]).dtype
    {d!r}
    """
    return _OfOneType(name, (), {"__new__": __new__, "__doc__": doc, "dtype": d, "__module__": __name__})


FloatStorage = _of_one_type("FloatStorage", dtypes.float32)
DoubleStorage = _of_one_type("DoubleStorage", dtypes.float64)
HalfStorage = _of_one_type("HalfStorage", dtypes.float16)
BFloat16Storage = _of_one_type("BFloat16Storage", dtypes.bfloat16)
ByteStorage = _of_one_type("ByteStorage", dtypes.uint8)
CharStorage = _of_one_type("CharStorage", dtypes.int8)
ShortStorage = _of_one_type("ShortStorage", dtypes.int16)
IntStorage = _of_one_type("IntStorage", dtypes.int32)
LongStorage = _of_one_type("LongStorage", dtypes.int64)
BoolStorage = _of_one_type("BoolStorage", dtypes.bool)
ComplexFloatStorage = _of_one_type("ComplexFloatStorage", dtypes.complex64)
ComplexDoubleStorage = _of_one_type("ComplexDoubleStorage", dtypes.complex128)

#: The storages that have a class of their own, by its name; in files of PyTorch they stand for the types.
STORAGES = {
    each.__name__: each
    for each in (
        FloatStorage, DoubleStorage, HalfStorage, BFloat16Storage, ByteStorage, CharStorage, ShortStorage, IntStorage, LongStorage,
        BoolStorage, ComplexFloatStorage, ComplexDoubleStorage,
    )
}  # fmt: skip
for _class in (TypedStorage, UntypedStorage, *STORAGES.values()):
    export("torch", _class.__name__, _class)


@public("Tensor")
def untyped_storage(self: Tensor) -> UntypedStorage:
    """The bytes behind the tensor, which its views share.

    Returns
    -------
    UntypedStorage
        A view of the same memory, as bytes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(2, 3)[1].untyped_storage().nbytes()
    24
    """
    return UntypedStorage(self._array)


@public("Tensor")
def storage(self: Tensor) -> TypedStorage:
    """The elements behind the tensor, which its views share, in the order of memory.

    Returns
    -------
    TypedStorage
        A view of the same memory, as elements of the dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([[1, 2], [3, 4]])[1].storage().tolist()
    [1, 2, 3, 4]
    """
    return TypedStorage(self)


@public("Tensor")
def new(self: Tensor, *args: Any, size: Any = None, device: Any = None) -> Tensor:
    """A tensor of the same type, from sizes, data or another tensor: the constructor ``torch.Tensor(...)`` of old code.

    Use ``new_tensor``, ``new_empty`` or ``new_zeros``.

    Parameters
    ----------
    *args : ints, data, Tensor or storage
    size : tuple of ints, optional
        The sizes by name.
    device : optional

    Returns
    -------
    Tensor
        Of this tensor's dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([1]).new([1.5, 2.5])
    tensor([1, 2])
    """
    from .creation import empty, tensor

    check_device(device)
    if size is not None:
        return empty(size, dtype=self.dtype)
    if len(args) == 1 and isinstance(args[0], TypedStorage):
        if args[0].dtype is not self.dtype:
            raise RuntimeError(f"new: expected a storage of type {self.dtype!r}, but got one of type {args[0].dtype!r}")
        return wrap(args[0]._elements)
    if len(args) == 1 and not isinstance(args[0], (int, Size)):
        if isinstance(args[0], Tensor):
            if args[0].dtype != self.dtype:
                raise TypeError(f"new: expected a tensor of type {self.dtype!r}, but got {args[0].dtype!r}")
            return wrap(args[0]._array)
        return tensor(args[0], dtype=self.dtype)
    sizes = args[0] if len(args) == 1 and isinstance(args[0], Size) else args or (0,)
    return empty(tuple(sizes), dtype=self.dtype)


@public("Tensor")
def resize(self: Tensor, *sizes: Any) -> Tensor:
    """View the elements in another shape. Deprecated in torch: use ``reshape``.

    Parameters
    ----------
    *sizes : ints
        They multiply to the number of elements.

    Returns
    -------
    Tensor
        Of this tensor's dtype.

    Raises
    ------
    RuntimeError
        If the number of elements differs.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.arange(4).reshape(2, 2).resize(4)
    tensor([0, 1, 2, 3])
    """
    warnings.warn("resize is deprecated: use reshape, or resize_ to change the memory", stacklevel=2)
    if not all(isinstance(n, int) for n in sizes):
        raise RuntimeError(f"resize: expected integers, but got {sizes}")
    if math.prod(sizes) != self.numel():
        raise RuntimeError(
            f"resize: a tensor of shape {list(self.shape)} can't have shape {list(sizes)}: the number of elements differs"
        )
    return self.reshape(sizes)


@public("Tensor")
def to_dense(self: Tensor, dtype: Any = None, *, masked_grad: Any = None) -> Tensor:
    """The tensor itself: it is dense already.

    Parameters
    ----------
    dtype : dtype, optional
        Convert to this type.
    masked_grad : bool, optional
        Without effect.

    Returns
    -------
    Tensor
        The same object, unless converted.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(2).to_dense()
    tensor([1., 1.])
    """
    return self if dtype is None else self.to(dtype)


@public("torch")
def typename(obj: Any) -> str:
    """The full name of an object's type: of a tensor that of its old type, of a class its own.

    Parameters
    ----------
    obj : object

    Returns
    -------
    str
        As ``'torch.FloatTensor'``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.typename(torch.ones(1)), torch.typename(3)
    ('torch.FloatTensor', 'int')
    """
    if isinstance(obj, Tensor):
        return str(obj.type())
    kind = obj if hasattr(obj, "__qualname__") else type(obj)
    module = getattr(kind, "__module__", "")
    package = __name__.split(".")[0]
    if module == package or module.startswith(package + "."):
        module = "torch" + module[len(package) :]
    return kind.__qualname__ if module in ("", "builtins") else f"{module}.{kind.__qualname__}"


@public("torch")
def is_storage(obj: Any) -> bool:
    """Whether an object is a storage, the memory behind a tensor.

    Parameters
    ----------
    obj : object

    Returns
    -------
    bool
        For both kinds, typed and untyped.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.is_storage(torch.ones(1).storage())
    True
    """
    return isinstance(obj, (TypedStorage, UntypedStorage))
