"""What can be asked of a tensor, where the answer is a Python value, and the properties that autograd looks at."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..core.repr import tensor_repr
from ..core.view import grad_fn, requires_grad
from ._base import Tensor, attach, dtypes, public, wrap
from ._shapes import check_tensor, wrap_dim
from .conversion import set_requires_grad


@public("torch")
def is_tensor(obj: Any) -> bool:
    """Whether an object is a Tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.is_tensor(torch.zeros(1))
    True
    """
    return isinstance(obj, Tensor)


@public()
def is_floating_point(input: Tensor) -> bool:
    """Whether the dtype is a floating-point type."""
    check_tensor("is_floating_point", input)
    return input.dtype.is_floating_point


@public()
def is_complex(input: Tensor) -> bool:
    """Whether the dtype is a complex type."""
    check_tensor("is_complex", input)
    return input.dtype.is_complex


@public(names=["Tensor.nelement"])
def numel(input: Tensor) -> int:
    """The number of elements."""
    check_tensor("numel", input)
    return input._array.size


@public("torch")
def result_type(tensor1: Any, tensor2: Any) -> dtypes.dtype:
    """The dtype of an arithmetic result of two tensors or numbers.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.result_type(torch.tensor([1, 2], dtype=torch.int32), 1.0)
    torch.float32
    """
    return dtypes.result_dtype([x._array if isinstance(x, Tensor) else x for x in (tensor1, tensor2)])


@public("Tensor", aliases=False)
def size(self: Tensor, dim: Any = None) -> Any:
    """The shape, or the size of one dimension."""
    return self.shape if dim is None else self._array.shape[wrap_dim(dim, self._array.ndim, "size")]


@public("Tensor", aliases=False)
def stride(self: Tensor, dim: Any = None) -> Any:
    """How many elements apart neighbours along each dimension lie in memory."""
    x = self._array
    steps = tuple(s // x.itemsize for s in x.strides)
    # NumPy leaves the strides of empty and size-1 dimensions as they happen to be; torch's are those of a compact tensor.
    if x.flags.c_contiguous:
        compact, n = [], 1
        for size_ in reversed(x.shape):
            compact.append(n)
            n *= max(size_, 1)
        steps = tuple(reversed(compact))
    return steps if dim is None else steps[dim]


@public("Tensor")
def is_contiguous(self: Tensor, memory_format: Any = None) -> bool:
    """Whether the elements lie in order in memory."""
    return bool(self._array.flags.c_contiguous)


@public("Tensor")
def storage_offset(self: Tensor) -> int:
    """How many elements into its base's memory the first element lies."""
    x, base = self._array, self._array
    while isinstance(base.base, np.ndarray):
        base = base.base
    return (x.__array_interface__["data"][0] - base.__array_interface__["data"][0]) // x.itemsize


@public("Tensor")
def data_ptr(self: Tensor) -> int:
    """The address of the first element."""
    return self._array.__array_interface__["data"][0]


@public("Tensor", names=["ndimension"])
def dim(self: Tensor) -> int:
    """The number of dimensions."""
    return self._array.ndim


@public("Tensor")
def element_size(self: Tensor) -> int:
    """Bytes per element."""
    return self._array.itemsize


@public("Tensor")
def get_device(self: Tensor) -> int:
    """-1: the tensor is on the CPU."""
    return -1


@public("Tensor", names=["pin_memory"])
def share_memory_(self: Tensor) -> Tensor:
    """The tensor itself: its memory is the process's own."""
    return self


# ---------------------------------------------------------------------- gradients and data
def _get_grad(self: Tensor) -> Tensor | None:
    """The gradient that backward accumulated, or None."""
    if self._grad is None and self._fn is not None and not (self._extras is not None and self._extras.retains_grad):
        warnings.warn(
            "the .grad of a tensor that is not a leaf is not kept: call .retain_grad() on it before backward()", stacklevel=2
        )
    return self._grad


def _set_grad(self: Tensor, value: Any) -> None:
    if value is not None:
        if not isinstance(value, Tensor):
            raise TypeError(f"a gradient must be a Tensor or None, but got {type(value).__name__}")
        if value is self:
            raise RuntimeError("a tensor can't be its own gradient")
        if value._array.shape != self._array.shape or value._array.dtype != self._array.dtype:
            raise RuntimeError(
                f"a gradient must have its tensor's shape and type, {list(self.shape)} of {self.dtype!r}, "
                f"but got {list(value.shape)} of {value.dtype!r}"
            )
    self._grad = value


def _del_grad(self: Tensor) -> None:
    self._grad = None


def _get_data(self: Tensor) -> Tensor:
    """The same memory, outside of the graph: writes to it are not noticed by backward."""
    return wrap(self._array)


def _set_data(self: Tensor, value: Tensor) -> None:
    if not isinstance(value, Tensor):
        raise TypeError(f"data must be a Tensor, but got {type(value).__name__}")
    self._array = value._array


attach("name", property(lambda self: None, doc="Always None, as for every tensor that was not given one."))
attach("requires_grad", property(requires_grad, set_requires_grad, doc="Whether a gradient is wanted."))
attach("grad_fn", property(grad_fn))
attach("grad", property(_get_grad, _set_grad, _del_grad))
attach("data", property(_get_data, _set_data))
attach(
    "_base", property(lambda self: self._view.base if self._view is not None else None, doc="The tensor that this is a view of.")
)
attach("__repr__", lambda self, *, tensor_contents=None: tensor_repr(self))
