"""Converting tensors (dtype, device, history) and overwriting them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core.device import check_device
from ..core.grad_mode import is_inference_mode_enabled
from ..core.inplace import _copy, refuse_shifted
from ..core.layout import check_format, suggested_format
from ..core.storage import byte_offset, is_dense, root, window
from ..core.tensor import version_cell
from ..core.view import bump_version
from ..core.view import requires_grad as is_tracked
from ._base import Tensor, apply_in_place, dtypes, is_operand, one_node, primitive, public, wrap
from ._shapes import as_shape, by_name, check_tensor


@public("torch")
def fill(input: Tensor, value: Any) -> Tensor:
    """A tensor like ``input``, every element one value.

    Parameters
    ----------
    input : Tensor
    value : number or Tensor
        A tensor has no dimensions; the gradient flows to it.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fill(torch.zeros(2), 3)
    tensor([3., 3.])
    """
    return one_node(f"FillBackward{int(isinstance(value, Tensor))}", fill_(input.clone(), value), input, value)


# ---------------------------------------------------------------------- converted
@primitive(elementwise=True, half=False, grad_name="ToCopyBackward0", input=lambda xp, grad: grad)
def _to_copy(input, dtype):
    return input.astype(dtype.numpy) if dtype.itemsize > 1 else dtypes.narrowed(input, dtype)


@public("Tensor")
def to(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """The tensor with another dtype (or on another device): itself if nothing changes.

    ``x.to(dtype)``, ``x.to(device)``, ``x.to(device, dtype)`` or ``x.to(other)``.

    Parameters
    ----------
    input : Tensor
    *args, **kwargs : dtype, device or Tensor
        In any of these forms; ``copy=True`` returns a copy in any case.

    Returns
    -------
    Tensor
        Of ``input``'s shape.

    Raises
    ------
    AssertionError
        For a CUDA device.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([1.7]).to(torch.int64)
    tensor([1])
    """
    dtype, copy = kwargs.pop("dtype", None), kwargs.pop("copy", False)
    check_device(kwargs.pop("device", None))
    kwargs.pop("non_blocking", None)
    form = check_format("to", kwargs.pop("memory_format", None), input.ndim)
    if isinstance(kwargs.get("other"), Tensor):
        dtype = kwargs.pop("other").dtype
    if kwargs:
        raise TypeError(f"to() got an unexpected keyword argument {next(iter(kwargs))!r}")
    flags: list[bool] = []
    for a in args:
        if isinstance(a, (dtypes.dtype, type)):
            dtype = a
        elif isinstance(a, Tensor):
            dtype = a.dtype
        elif isinstance(a, bool):
            flags.append(a)  # non_blocking, copy
        elif a is None:
            continue
        elif isinstance(a, (str, int)) or hasattr(a, "index"):
            check_device(a)
        else:
            raise TypeError(f"to() expects a dtype, a device or a tensor, but got {a!r}")
    copy = copy or flags[1:] == [True]
    if dtype is not None:
        dtype = dtypes.as_dtype(dtype)
    if dtype is None or input._array.dtype == dtype.numpy:
        if copy or (form is not None and form.order and suggested_format(input._array) is not form):
            return one_node("ToCopyBackward0", input.clone(memory_format=form), input)
        return input if form is None else one_node("ToCopyBackward0", input.contiguous(memory_format=form), input)
    converted = _to_copy(input, dtype)
    return converted if form is None else one_node("ToCopyBackward0", converted.contiguous(memory_format=form), input)


_CONVERTER_DOC = """The tensor as ``{dtype}``: itself if it already is.

Parameters
----------
input : Tensor

Returns
-------
Tensor
    Of the same shape.

Examples
--------
>>> import minitorch_bp as torch
>>> torch.tensor([0, 1]).{name}().dtype
{dtype}
"""


def _converter(name: str, d: dtypes.dtype) -> Any:
    def convert(input: Tensor, memory_format: Any = None) -> Tensor:
        if memory_format is not None:
            return to(input, d, memory_format=memory_format)
        return input if input._array.dtype == d.numpy else _to_copy(input, d)

    convert.__name__ = convert.__qualname__ = name
    convert.__doc__ = _CONVERTER_DOC.format(name=name, dtype=repr(d))
    return convert


_OLD_TYPES = {
    dtypes.float32: "Float", dtypes.float64: "Double", dtypes.float16: "Half", dtypes.bfloat16: "BFloat16", dtypes.uint8: "Byte",
    dtypes.int8: "Char", dtypes.int16: "Short", dtypes.int32: "Int", dtypes.int64: "Long", dtypes.bool: "Bool",
    dtypes.complex64: "ComplexFloat", dtypes.complex128: "ComplexDouble",
}  # fmt: skip
for _name, _dtype in {
    "float": dtypes.float32, "double": dtypes.float64, "half": dtypes.float16, "bfloat16": dtypes.bfloat16, "int": dtypes.int32,
    "long": dtypes.int64, "short": dtypes.int16, "char": dtypes.int8, "byte": dtypes.uint8, "bool": dtypes.bool,
    "cfloat": dtypes.complex64, "cdouble": dtypes.complex128,
}.items():  # fmt: skip
    public("Tensor")(_converter(_name, _dtype))


@public("Tensor", name="type")
def _type(self: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The tensor converted to a dtype; without one, the name of its tensor type (``'torch.FloatTensor'``).

    Parameters
    ----------
    dtype : dtype or str, optional
        Or the name of a tensor type.
    non_blocking : bool
        Without effect.

    Returns
    -------
    Tensor or str
        The tensor itself if it has that dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(1).type(torch.int64), torch.ones(1).type()
    (tensor([1]), 'torch.FloatTensor')
    """
    if dtype is None:
        return f"torch.{_OLD_TYPES[self.dtype]}Tensor"
    if isinstance(dtype, str):
        dtype = {f"torch.{name}Tensor": d for d, name in _OLD_TYPES.items()}.get(dtype, dtype)
    wanted = dtypes.get_default_dtype() if dtype is Tensor else getattr(dtype, "tensor_dtype", dtype)
    if not isinstance(wanted, dtypes.dtype):
        raise ValueError(f"type() takes a dtype, or the name of a tensor type such as 'torch.FloatTensor', but got {dtype!r}")
    return self.to(wanted)


@public("Tensor")
def type_as(self: Tensor, other: Tensor) -> Tensor:
    """The tensor converted to the dtype of another.

    Parameters
    ----------
    other : Tensor

    Returns
    -------
    Tensor
        Of the dtype of ``other``; the tensor itself if it has that.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([1]).type_as(torch.ones(1))
    tensor([1.])
    """
    return self.to(other.dtype)


@public("Tensor")
def cpu(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor itself: it is on the CPU already.

    Returns
    -------
    Tensor
        The same object.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(1).cpu()
    tensor([1.])
    """
    return self


@public("Tensor")
def cuda(self: Tensor, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Tensor:
    """Raise AssertionError, as a CPU build of PyTorch does.

    Parameters
    ----------
    device : optional
    non_blocking : bool

    Returns
    -------
    Tensor
        Never.

    Raises
    ------
    AssertionError
        Always, but for a number of a device.
    RuntimeError
        For a number.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(1).cuda()  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    AssertionError: Torch not compiled with CUDA enabled...
    """
    return self.to(device if isinstance(device, int) else "cuda")


@public()
def detach(input: Tensor) -> Tensor:
    """The same memory without the history: gradients stop here.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        A view, in the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.ones(1, requires_grad=True)
    >>> torch.detach(x * 2).requires_grad
    False
    """
    t = wrap(input._array)
    t._cell = version_cell(input)
    return t


@public("Tensor")
def detach_(input: Tensor) -> Tensor:
    """Forget the history in place: the tensor becomes a leaf that needs no gradient.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        The same object.

    Raises
    ------
    RuntimeError
        For a view.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.ones(1, requires_grad=True) * 2
    >>> x.detach_()
    tensor([2.])
    """
    if input._view is not None:
        raise RuntimeError("a view can't be detached in place: use .detach()")
    input._fn, input._requires_grad = None, False
    return input


# ---------------------------------------------------------------------- overwritten
@public("Tensor")
def copy_(input: Tensor, src: Any, non_blocking: bool = False) -> Tensor:
    """Overwrite the elements with those of ``src`` (broadcast, converted); gradients flow to ``src``.

    Parameters
    ----------
    input : Tensor
    src : Tensor or number
        Broadcast to ``input``'s shape and converted to its dtype.
    non_blocking : bool
        Without effect.

    Returns
    -------
    Tensor
        The same object.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(2).copy_(torch.tensor([1, 2]))
    tensor([1., 2.])
    """
    if is_operand(src) and not isinstance(src, Tensor):
        src = wrap(np.asarray(src))  # one of the few tensors for which torch takes a number, too
    check_tensor("copy_", src, "src")
    refuse_shifted("copy_", input._array, src)
    return apply_in_place(_copy.op, input, src)


def written_into(name: str, copy: Tensor, place: Tensor, src: Tensor) -> Tensor:
    """The copy, after ``src`` has been written to its view ``place``; RuntimeError if it is not of the same shape."""
    if tuple(place.shape) != tuple(src.shape):
        raise RuntimeError(f"{name}: a src of shape {list(src.shape)} does not fit a part of shape {list(place.shape)}")
    copy_(place, src)
    return copy


@primitive(half=False, public_name="fill_", grad_name="FillBackward2", fills=True, input=lambda xp, grad: xp._zeros_of(grad))
def _fill_number(input, value):
    return np.full(input.shape, dtypes.stored(value, dtypes.from_numpy_dtype(input.dtype)))


@primitive(public_name="fill_", grad_name="FillBackward3", input=lambda xp, grad: xp._zeros_of(grad), value=lambda xp, grad: xp._sum_over(grad, None, False))  # fmt: skip
def _fill_tensor(input, value):
    if value.ndim:
        raise RuntimeError(f"fill_: the value must be a number or a 0-d tensor, but has shape {list(value.shape)}")
    return np.full(input.shape, value, input.dtype)


@primitive(public_name="zero_", grad_name="ZeroBackward0", fills=True, input=lambda xp, grad: xp._zeros_of(grad))
def _zero(input):
    return np.zeros(input.shape, input.dtype)


@public("Tensor")
def fill_(input: Tensor, value: Any) -> Tensor:
    """Overwrite every element with one value (a number or a 0-d tensor, to which the gradient then flows).

    Parameters
    ----------
    input : Tensor
    value : number or Tensor

    Returns
    -------
    Tensor
        The same object.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(2).fill_(3)
    tensor([3., 3.])
    """
    if not isinstance(value, (Tensor, int, float, complex, np.generic)):
        raise TypeError(f"fill_(): the value must be a number or a tensor of no dimensions, but got {type(value).__name__}")
    return apply_in_place(_fill_tensor.op if isinstance(value, Tensor) else _fill_number.op, input, value)


@public("Tensor")
def zero_(input: Tensor) -> Tensor:
    """Overwrite every element with 0.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        The same object.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(2).zero_()
    tensor([0., 0.])
    """
    return apply_in_place(_zero.op, input)


@public("Tensor")
def resize_(input: Tensor, *sizes: Any, memory_format: Any = None, **options: Any) -> Tensor:
    """Change the shape in place, keeping as many elements (in memory order) as fit; new ones are not initialized.

    Parameters
    ----------
    input : Tensor
    *sizes : ints
    memory_format : memory_format, optional
        The order of dimensions in memory.

    Returns
    -------
    Tensor
        The same object.

    Raises
    ------
    RuntimeError
        For a tensor that requires grad.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([1, 2, 3, 4]).resize_(2, 2)
    tensor([[1, 2],
            [3, 4]])
    """
    if options:
        sizes = by_name("resize_", "size", sizes, options)
    shape = as_shape(sizes)
    if is_tracked(input) and not is_inference_mode_enabled():
        raise RuntimeError("a tensor that requires grad can't be resized in place")
    form = check_format("resize_", memory_format, len(shape), preserve=False)
    if shape == input._array.shape and form is None:
        return input
    count = math.prod(shape)
    if min(shape, default=0) < 0 or count * input._array.itemsize >= 2**63 or math.prod(n for n in shape if n) >= 2**63:
        raise RuntimeError(f"resize_: the shape {list(shape)} is not one that memory can hold")
    order = form.order if form is not None and form.order else tuple(range(len(shape)))
    inner = resized_memory(input._array, count)[:count].reshape([shape[d] for d in order])
    input._array = inner.transpose(np.argsort(order)) if form is not None and form.order else inner
    bump_version(input)
    return input


def resized_memory(array: np.ndarray, count: int) -> np.ndarray:
    """The memory from an array's first element on, as a vector of at least ``count`` elements: its own if that is large enough,
    so that views of it go on seeing the same elements, else a copy with room for more."""
    owner = root(array)
    if not is_dense(owner):
        owner, start = np.ascontiguousarray(array), 0
    else:
        start = byte_offset(array, owner)
    held = (owner.nbytes - start) // array.itemsize
    if held >= count:
        return window(owner, array.dtype, (held,), (1,), start)
    flat = np.empty(count, array.dtype)
    flat[:held] = window(owner, array.dtype, (held,), (1,), start)
    return flat
