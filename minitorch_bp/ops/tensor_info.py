"""Tensor attributes: queries whose answer is a Python value, and the properties that autograd uses."""

from __future__ import annotations

import warnings
from typing import Any

from ..core.grad_mode import INFERENCE
from ..core.layout import check_format, is_in_format
from ..core.repr import tensor_repr
from ..core.storage import byte_offset
from ..core.tensor import extras
from ..core.view import grad_fn, is_leaf, requires_grad
from ._base import Tensor, attach, dtypes, public, wrap
from ._shapes import check_tensor, wrap_dim
from .requires_grad import set_requires_grad


@public("torch")
def is_tensor(obj: Any) -> bool:
    """Whether an object is a Tensor.

    Parameters
    ----------
    obj : object

    Returns
    -------
    bool
        Also for subclasses.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.is_tensor(torch.zeros(1))
    True
    """
    return isinstance(obj, Tensor)


@public()
def is_floating_point(input: Tensor) -> bool:
    """Whether the dtype is a floating-point type.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    bool
        Also for float16 and bfloat16.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.is_floating_point(torch.tensor([1.0])), torch.is_floating_point(torch.tensor([1]))
    (True, False)
    """
    check_tensor("is_floating_point", input)
    return input.dtype.is_floating_point


@public()
def is_signed(input: Tensor) -> bool:
    """Whether the dtype has negative numbers.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    bool
        False for the unsigned integers and bool.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.is_signed(torch.tensor([1])), torch.is_signed(torch.tensor([True]))
    (True, False)
    """
    check_tensor("is_signed", input)
    return input.dtype.is_signed


@public()
def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape.

    Parameters
    ----------
    input, other : Tensor

    Returns
    -------
    bool
        Without regard to their dtypes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(2, 3).is_same_size(torch.ones(3, 2))
    False
    """
    check_tensor("is_same_size", input)
    check_tensor("is_same_size", other, "other")
    return input._array.shape == other._array.shape


@public()
def is_complex(input: Tensor) -> bool:
    """Whether the dtype is a complex type.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    bool
        For complex64 and complex128.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.is_complex(torch.tensor([1j]))
    True
    """
    check_tensor("is_complex", input)
    return input.dtype.is_complex


@public(names=["Tensor.nelement"])
def numel(input: Tensor) -> int:
    """The number of elements.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    int
        1 for a tensor of no dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.numel(torch.zeros(2, 3))
    6
    """
    check_tensor("numel", input)
    return input._array.size


@public("torch")
def result_type(tensor1: Any, tensor2: Any) -> dtypes.dtype:
    """The dtype of an arithmetic result of two tensors or numbers.

    Parameters
    ----------
    tensor1, tensor2 : Tensor or number

    Returns
    -------
    dtype
        Numbers count less than tensors, and tensors of no dimensions less than others.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.result_type(torch.tensor([1, 2], dtype=torch.int32), 1.0)
    torch.float32
    """
    return dtypes.result_dtype([x._array if isinstance(x, Tensor) else x for x in (tensor1, tensor2)])


@public("Tensor", aliases=False)
def size(self: Tensor, dim: Any = None) -> Any:
    """The shape, or the size of one dimension.

    Parameters
    ----------
    dim : int, optional

    Returns
    -------
    Size or int
        The shape is a tuple of ints.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(2, 3).size(), torch.zeros(2, 3).size(1)
    (torch.Size([2, 3]), 3)
    """
    return self.shape if dim is None else self._array.shape[wrap_dim(dim, self._array.ndim, "size")]


@public("Tensor", aliases=False)
def stride(self: Tensor, dim: Any = None) -> Any:
    """The strides: how many elements apart neighbours along each dimension lie in memory.

    Parameters
    ----------
    dim : int, optional

    Returns
    -------
    tuple of ints or int
        One stride if ``dim`` is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(2, 3).stride(), torch.zeros(2, 3).stride(0)
    ((3, 1), 3)
    """
    x = self._array
    steps = tuple(s // x.itemsize for s in x.strides)
    if 0 in steps and (1 in x.shape or not x.size):  # NumPy's strides of new dimensions, and of new empty arrays, are 0
        own, inner = list(steps), 1
        for d in reversed(range(len(own))):
            if own[d] == 0 and (x.shape[d] == 1 or not x.size):
                own[d] = inner
            inner = own[d] * max(x.shape[d], 1)
        steps = tuple(own)
    return steps if dim is None else steps[dim]


@public("Tensor")
def is_contiguous(self: Tensor, memory_format: Any = None) -> bool:
    """Whether the elements lie in order in memory.

    Parameters
    ----------
    memory_format : memory_format, optional
        Another order: ``torch.channels_last``.

    Returns
    -------
    bool
        True if memory is in the order of the last dimension first.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(2, 3).is_contiguous(), torch.zeros(2, 3).t().is_contiguous()
    (True, False)
    """
    form = check_format("is_contiguous", memory_format)
    return bool(self._array.flags.c_contiguous) if form is None else is_in_format(self._array, form)


@public("Tensor")
def storage_offset(self: Tensor) -> int:
    """How many elements into the storage the first element lies.

    Returns
    -------
    int
        0 unless it is a view.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(4)[1:].storage_offset()
    1
    """
    return byte_offset(self._array) // self._array.itemsize


@public("Tensor")
def data_ptr(self: Tensor) -> int:
    """The address of the first element.

    Returns
    -------
    int
        An address in bytes; 0 if there is no element.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.zeros(4)
    >>> x[1:].data_ptr() - x.data_ptr()
    4
    """
    return self._array.__array_interface__["data"][0] if self._array.size else 0


@public("Tensor", names=["ndimension"])
def dim(self: Tensor) -> int:
    """The number of dimensions.

    Returns
    -------
    int
        The length of the shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(2, 3).dim()
    2
    """
    return self._array.ndim


@public("Tensor")
def element_size(self: Tensor) -> int:
    """The size of an element in bytes.

    Returns
    -------
    int
        As the dtype has.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(1).element_size()
    4
    """
    return self._array.itemsize


@public("Tensor")
def get_device(self: Tensor) -> int:
    """The number of the device: -1, since the tensor is on the CPU.

    Returns
    -------
    int
        -1.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(1).get_device()
    -1
    """
    return -1


@public("Tensor", names=["pin_memory"])
def share_memory_(self: Tensor) -> Tensor:
    """The tensor itself: it is not moved to memory that other processes share.

    Returns
    -------
    Tensor
        The same object.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(1).share_memory_()
    tensor([0.])
    """
    return self


# ---------------------------------------------------------------------- gradients and data
_NAME = """Always None, as for every tensor that was not given a name.

Examples
--------
>>> import minitorch_bp as torch
>>> torch.ones(1).name is None
True
"""


@public()
def is_inference(input: Tensor) -> bool:
    """Whether the tensor was made under :class:`inference_mode`.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    bool
        True also outside of the mode.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.inference_mode():
    ...     y = torch.ones(1)
    >>> torch.is_inference(y), torch.is_inference(y.clone())
    (True, False)
    """
    return input._cell is INFERENCE


def _get_grad(self: Tensor) -> Tensor | None:
    """The gradient that backward accumulated, or None.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> (x * x).backward()
    >>> x.grad
    tensor(6.)
    """
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
    """The same memory, outside of the graph: backward does not notice writes to it.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.ones(1, requires_grad=True)
    >>> x.data.requires_grad
    False
    """
    return wrap(self._array)


def _get_hooks(self: Tensor) -> dict[int, Any] | None:
    if self._fn is None:
        return None if self._extras is None else self._extras.hooks
    node, index = (self._fn.node, self._fn.index) if hasattr(self._fn, "node") else (self._fn, 0)
    return None if node.hooks is None else node.hooks.tensor.get(index) or None


def _set_hooks(self: Tensor, hooks: dict[int, Any] | None) -> None:
    extras(self).hooks = hooks


def _refuse_deletion(name: str) -> Any:
    def delete(self: Tensor) -> None:
        raise RuntimeError(f"a tensor's {name} can't be deleted. Delete the tensor, or detach() it from the graph")

    return delete


def _set_data(self: Tensor, value: Tensor) -> None:
    if not isinstance(value, Tensor):
        raise TypeError(f"data must be a Tensor, but got {type(value).__name__}")
    if requires_grad(self) and value._array.dtype.kind not in "fc" and not value.dtype.is_floating_point:
        raise RuntimeError(f"a tensor that requires grad can't have data of type {value.dtype!r}, which has no gradients")
    self._array = value._array


def _is_view(self: Tensor) -> bool:
    """Whether this is a view of another tensor (``_base``).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(2, 2)[0]._is_view(), torch.ones(2)._is_view()
    (True, False)
    """
    return self._view is not None


attach("name", property(lambda self: None, doc=_NAME))
attach("requires_grad", property(requires_grad, set_requires_grad, _refuse_deletion("requires_grad")))
attach("is_leaf", property(is_leaf))
attach("grad_fn", property(grad_fn))
attach("_grad_fn", property(grad_fn, None, _refuse_deletion("_grad_fn"), "The same as grad_fn."))
attach(
    "_backward_hooks", property(_get_hooks, _set_hooks, _refuse_deletion("_backward_hooks"), "The hooks of register_hook, or None.")
)
attach("grad", property(_get_grad, _set_grad, _del_grad))
attach("data", property(_get_data, _set_data, _refuse_deletion("data")))
attach("_base", property(lambda self: self._view and self._view.base, doc="The tensor that this is a view of."))
attach("_is_view", _is_view)
attach("__repr__", lambda self, *, tensor_contents=None: tensor_repr(self))
