"""Tensors as Python numbers, sequences and conditions, and as NumPy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.grad_mode import mode
from ..core.view import requires_grad
from ._base import Tensor, attach, dtypes, public, wrap


# ---------------------------------------------------------------------- to Python
@public("Tensor")
def item(self: Tensor) -> Any:
    """The only element, as a Python number.

    Returns
    -------
    number
        A float, int, bool or complex.

    Raises
    ------
    RuntimeError
        If there is not exactly one element.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([2.5]).item()
    2.5
    """
    if self._array.size != 1:
        raise RuntimeError(f"only a tensor of one element can be converted to a number, but this one has {self._array.size}")
    return self._array.item() if self._array.dtype.kind != "V" else float(self._array.reshape(()))  # (bfloat16 has no item)


def _convert(kind: Any) -> Any:
    def convert(self: Tensor) -> Any:
        if self._array.size != 1:
            raise ValueError(
                f"only a tensor of one element can be converted to {kind.__name__}, but this one has {self._array.size}"
            )
        number = item(self)
        if isinstance(number, complex) and kind is not complex:
            dtypes.check_number(number, dtypes.float64)  # an imaginary part has no place in a real number
            number = number.real
        return kind(number)

    return convert


@public("Tensor")
def tolist(self: Tensor) -> Any:
    """The elements as (nested lists of) Python numbers.

    Returns
    -------
    list or number
        A number for a tensor of no dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([[1, 2], [3, 4]]).tolist()
    [[1, 2], [3, 4]]
    """
    return self._array.tolist()


@public("Tensor")
def apply_(self: Tensor, callable: Any) -> Tensor:
    """Replace each element by the value of a Python function of it (slow).

    Parameters
    ----------
    callable : function
        From a number to a number.

    Returns
    -------
    Tensor
        The same object.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([1.0, 2.0]).apply_(lambda x: x + 1)
    tensor([2., 3.])
    """
    return _from_python("apply_", self, callable)


@public("Tensor")
def map_(self: Tensor, tensor: Tensor, callable: Any) -> Tensor:
    """Replace each element by the value of a Python function of it and the element of another tensor (slow).

    Parameters
    ----------
    tensor : Tensor
        Broadcast to this tensor's shape.
    callable : function
        From two numbers to a number.

    Returns
    -------
    Tensor
        The same object.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([1.0, 2.0]).map_(torch.tensor([3.0, 4.0]), lambda a, b: a * b)
    tensor([3., 8.])
    """
    return _from_python("map_", self, callable, tensor)


@public("Tensor")
def map2_(self: Tensor, x: Tensor, y: Tensor, callable: Any) -> Tensor:
    """Replace each element by the value of a Python function of it and the elements of two other tensors (slow).

    Parameters
    ----------
    x, y : Tensor
        Broadcast to this tensor's shape.
    callable : function
        From three numbers to a number.

    Returns
    -------
    Tensor
        The same object.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([1.0]).map2_(torch.tensor([3.0]), torch.tensor([4.0]), lambda a, b, c: a + b * c)
    tensor([13.])
    """
    return _from_python("map2_", self, callable, x, y)


def _from_python(name: str, self: Tensor, function: Any, *others: Tensor) -> Tensor:
    if requires_grad(self):
        raise RuntimeError(f"{name}: what a Python function computes has no gradient, but the tensor requires one: use .detach()")

    def number(*elements: Any) -> Any:
        value = function(*elements)
        if not isinstance(value, (int, float, complex, np.generic, Tensor)):
            raise TypeError(f"{name}: the function returned a {type(value).__name__}, but a number was expected")
        return value

    try:
        self._array[...] = np.vectorize(number, otypes=[self._array.dtype])(self._array, *(t._array for t in others))
    except ValueError:
        raise RuntimeError(f"{name}: tensors of shape {[list(t.shape) for t in others]} do not fit {list(self.shape)}") from None
    return self


def _bool(self: Tensor) -> bool:
    if self._array.size != 1:
        raise RuntimeError(f"the truth of a tensor of {self._array.size} elements is ambiguous: use .any() or .all()")
    return bool(self._array)


def _index(self: Tensor) -> int:
    if self._array.size != 1 or self._array.dtype.kind not in "iub":
        raise TypeError("only integer tensors of one element can be used as an index")
    return int(self._array.item())


def _len(self: Tensor) -> int:
    if not self._array.ndim:
        raise TypeError("a 0-d tensor has no len()")
    return self._array.shape[0]


def _contains(self: Tensor, element: Any) -> bool:
    if isinstance(element, (Tensor, int, float, complex, np.generic)):
        return bool((self == element).any())
    raise RuntimeError(f"'in' on a tensor looks for a number or a tensor, but got {type(element).__name__}")


def _format(self: Tensor, spec: str) -> str:
    if not self._array.ndim and type(self) is Tensor:
        return format(self.item(), spec)
    return object.__format__(self, spec)


# ---------------------------------------------------------------------- to NumPy
@public("Tensor")
def numpy(self: Tensor, *, force: bool = False) -> np.ndarray:
    """The elements as a NumPy array that shares memory with the tensor.

    Parameters
    ----------
    force : bool
        Also of a tensor that requires grad, detached.

    Returns
    -------
    numpy.ndarray
        Of the same shape and dtype.

    Raises
    ------
    RuntimeError
        If the tensor requires grad, unless ``force``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> t = torch.zeros(2)
    >>> t.numpy()[0] = 1
    >>> t
    tensor([1., 0.])
    """
    if mode.grad and requires_grad(self) and not force:
        raise RuntimeError("a tensor that requires grad can't be converted to NumPy: use .detach().numpy()")
    return self._array


def _array(self: Tensor, dtype: Any = None, copy: Any = None) -> np.ndarray:
    array = numpy(self)
    if dtype is not None and array.dtype != dtype:
        return array.astype(dtype)
    return array.copy() if copy else array


def _array_wrap(self: Tensor, array: Any, context: Any = None, return_scalar: bool = False) -> Tensor:
    array = np.asarray(array)
    return wrap(array.view(np.uint8) if array.dtype.kind == "b" else array)  # (torch answers so, as of before it had booleans)


def _dlpack(self: Tensor, **options: Any) -> Any:
    if requires_grad(self):
        raise BufferError("a tensor that requires grad can't be exported: use .detach()")
    return self._array.__dlpack__(**options)


def _dlpack_device(self: Tensor) -> Any:
    return self._array.__dlpack_device__()


for _name, _method in {
    "__bool__": _bool, "__index__": _index, "__len__": _len, "__contains__": _contains, "__format__": _format,
    "__float__": _convert(float), "__int__": _convert(int), "__complex__": _convert(complex), "__array__": _array,
    "__array_wrap__": _array_wrap, "__dlpack__": _dlpack, "__dlpack_device__": _dlpack_device,
}.items():  # fmt: skip
    attach(_name, _method)


@public("torch")
def from_dlpack(ext_tensor: Any) -> Tensor:
    """A tensor that shares memory with any object that supports the DLPack protocol.

    Parameters
    ----------
    ext_tensor : object or capsule

    Returns
    -------
    Tensor
        Of the object's shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> import numpy as np
    >>> torch.from_dlpack(np.arange(2))
    tensor([0, 1])
    """
    return wrap(np.from_dlpack(_Holder(ext_tensor) if type(ext_tensor).__name__ == "PyCapsule" else ext_tensor))


class _Holder:
    """An object that hands out a capsule, as the protocol asks for."""

    def __init__(self, capsule: Any):
        self.capsule = capsule

    def __dlpack__(self, **options: Any) -> Any:
        return self.capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)


@public("torch")
def to_dlpack(input: Tensor) -> Any:
    """A capsule that another library's ``from_dlpack`` reads.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    capsule
        Of the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.from_dlpack(torch.to_dlpack(torch.ones(2)))
    tensor([1., 1.])
    """
    return input.__dlpack__()
