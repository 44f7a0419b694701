"""The memory behind tensors: storages, which views share, and the constructors of old code.

A tensor is a window (shape, strides, offset) on a storage, one block of bytes. Here the block is the NumPy array at the
bottom of the chain of views.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ..core.device import CPU, Size, check_device, device
from ._base import Tensor, public, wrap
from .creation import empty, tensor


def _root(array: np.ndarray) -> np.ndarray:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


class _Storage:
    """What both kinds of storage are: the array at the bottom of the views, as a row of elements in the order of memory."""

    def __init__(self, array: np.ndarray, element: Any, shown: str):
        self._array, self._element, self._shown = _root(array), np.dtype(element), shown

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
        """Number of elements; those of an untyped storage are bytes."""
        return len(self)

    def element_size(self) -> int:
        """Bytes of an element."""
        return self._element.itemsize

    def __len__(self) -> int:
        return self.nbytes() // self.element_size()

    def _elements(self) -> np.ndarray:
        if not (self._array.flags.c_contiguous or self._array.flags.f_contiguous):
            raise NotImplementedError("the bytes of an array of another program that has gaps in its memory can't be listed")
        return self._array.reshape(-1, order="A").view(self._element)

    def tolist(self) -> list[Any]:
        """The elements."""
        values: list[Any] = self._elements().tolist()
        return values

    def __repr__(self) -> str:
        lines = "\n".join(f" {x}" for x in self.tolist())
        return f"{lines}\n[torch.storage.{type(self).__name__}({self._shown}) of size {len(self)}]"


class UntypedStorage(_Storage):
    """The bytes that a tensor and its views share.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.arange(6, dtype=torch.float32)
    >>> x.untyped_storage().nbytes()
    24
    >>> x.untyped_storage().data_ptr() == x[2:].untyped_storage().data_ptr()
    True
    """

    def __init__(self, array: np.ndarray):
        super().__init__(array, np.uint8, "device=cpu")

    def __getitem__(self, index: int) -> int:
        return int(self._elements()[index])


class TypedStorage(_Storage):
    """The elements that a tensor and its views share, in the order of memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([[1, 2], [3, 4]]).t().storage().tolist()
    [1, 2, 3, 4]
    """

    def __init__(self, tensor: Tensor):
        super().__init__(tensor._array, tensor._array.dtype, f"dtype={tensor.dtype!r}, device=cpu")
        self.dtype = tensor.dtype
        self._row = self._elements()

    def untyped(self) -> UntypedStorage:
        """The same memory as bytes."""
        return UntypedStorage(self._array)

    def __getitem__(self, index: int) -> Any:
        if not isinstance(index, int):
            raise NotImplementedError(f"a storage is read by one integer, not by {type(index).__name__}")
        return self._row[index].item()

    def __setitem__(self, index: int, value: Any) -> None:
        if not isinstance(index, int):
            raise NotImplementedError(f"a storage is written by one integer, not by {type(index).__name__}")
        self._row[index] = value


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
def new(self: Tensor, *args: Any, device: Any = None) -> Tensor:
    """A tensor of the same type, from sizes, data or another tensor: the constructor ``torch.Tensor(...)`` of old code.

    Use ``new_tensor``, ``new_empty`` or ``new_zeros``.

    Parameters
    ----------
    *args : ints, data or Tensor
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
    check_device(device)
    if len(args) == 1 and not isinstance(args[0], (int, Size)):
        if isinstance(args[0], Tensor):
            if args[0].dtype != self.dtype:
                raise TypeError(f"new: expected a tensor of type {self.dtype!r}, but got {args[0].dtype!r}")
            return wrap(args[0]._array)
        return tensor(args[0], dtype=self.dtype)
    sizes = args[0] if len(args) == 1 and isinstance(args[0], Size) else args or (0,)
    return empty(*sizes, dtype=self.dtype)


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
    return self.reshape(*sizes)


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
