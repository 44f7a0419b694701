"""Converting tensors (dtype, device, history) and overwriting them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.device import check_device
from ..core.inplace import apply_in_place
from ..core.primitive import primitive
from ..core.tensor import Tensor, version_cell, wrap
from ..core.view import requires_grad as is_tracked
from ._shapes import as_shape


def fill(input: Tensor, value: Any) -> Tensor:
    """A tensor like the input, every element one value.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fill(torch.zeros(2), 3)
    tensor([3., 3.])
    """

    if isinstance(value, Tensor) and value.ndim:
        raise RuntimeError(f"fill: the value must be a number or a 0-d tensor, but has shape {list(value.shape)}")
    return fill_(input.clone(), value)


def require_grad(t: Tensor) -> None:
    """Make a leaf require grad; RuntimeError for types that have no gradient."""
    kind = t._array.dtype.kind
    if kind not in "fc" and not t.dtype.is_floating_point:
        raise RuntimeError(
            f"only tensors of floating-point or complex type can require gradients, but this one is of type {t.dtype!r}"
        )
    t._requires_grad = True


# ---------------------------------------------------------------------- converted
@primitive(elementwise=True, method=False, grad_name="ToCopyBackward0", input=lambda xp, grad: grad)
def _to_copy(input, dtype):
    return input.astype(dtype.numpy)


def to(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """The tensor with another dtype (or on another device): itself if nothing changes.

    ``x.to(dtype)``, ``x.to(device)``, ``x.to(device, dtype)`` or ``x.to(other)``.

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
    kwargs.pop("memory_format", None)
    if isinstance(kwargs.get("other"), Tensor):
        dtype = kwargs.pop("other").dtype
    if kwargs:
        raise TypeError(f"to() got an unexpected keyword argument {next(iter(kwargs))!r}")
    for a in args:
        if isinstance(a, dtypes.dtype):
            dtype = a
        elif isinstance(a, Tensor):
            dtype = a.dtype
        elif isinstance(a, bool) or a is None:
            continue
        elif isinstance(a, (str, int)) or hasattr(a, "index"):
            check_device(a)
        else:
            raise TypeError(f"to() expects a dtype, a device or a tensor, but got {a!r}")
    if dtype is None or input._array.dtype == dtype.numpy:
        return input.clone() if copy else input
    return _to_copy(input, dtype)


def _converter(d: dtypes.dtype) -> Any:
    def convert(input: Tensor, memory_format: Any = None) -> Tensor:
        return input if input._array.dtype == d.numpy else _to_copy(input, d)

    convert.__doc__ = f"The tensor as ``{d!r}``: itself if it already is."
    return convert


CONVERTERS = {
    "float": _converter(dtypes.float32), "double": _converter(dtypes.float64), "half": _converter(dtypes.float16),
    "bfloat16": _converter(dtypes.bfloat16), "int": _converter(dtypes.int32), "long": _converter(dtypes.int64),
    "short": _converter(dtypes.int16), "char": _converter(dtypes.int8), "byte": _converter(dtypes.uint8),
    "bool": _converter(dtypes.bool), "cfloat": _converter(dtypes.complex64), "cdouble": _converter(dtypes.complex128),
}  # fmt: skip


for _name, _function in CONVERTERS.items():
    _function.__name__ = _function.__qualname__ = _name


def detach(input: Tensor) -> Tensor:
    """The same memory without the history: gradients stop here.

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


def detach_(input: Tensor) -> Tensor:
    """Forget the history in place: the tensor becomes a leaf that needs no gradient."""
    if input._view is not None:
        raise RuntimeError("a view can't be detached in place: use .detach()")
    input._fn, input._requires_grad = None, False
    return input


# ---------------------------------------------------------------------- overwritten
@primitive(method=False, grad_name="CopyBackwards", input=lambda xp, grad: xp._zeros_of(grad), src=lambda xp, grad: grad)
def _copy(input, src):
    return np.broadcast_to(src, input.shape).astype(input.dtype)


def copy_(input: Tensor, src: Any, non_blocking: bool = False) -> Tensor:
    """Overwrite the elements with those of ``src`` (broadcast, converted); gradients flow to ``src``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(2).copy_(torch.tensor([1, 2]))
    tensor([1., 2.])
    """
    if not isinstance(src, Tensor):
        raise TypeError(f"copy_(): the argument 'src' must be a Tensor, but got {type(src).__name__}")
    return apply_in_place(_copy.op, input, src)


@primitive(method=False, grad_name="FillBackward2", input=lambda xp, grad: xp._zeros_of(grad))
def _fill_number(input, value):
    return np.full(input.shape, value, input.dtype)


@primitive(method=False, grad_name="FillBackward3", input=lambda xp, grad: xp._zeros_of(grad), value=lambda xp, grad: xp._sum_over(grad, None, False))  # fmt: skip
def _fill_tensor(input, value):
    if value.ndim:
        raise RuntimeError(f"fill_: the value must be a number or a 0-d tensor, but has shape {list(value.shape)}")
    return np.full(input.shape, value, input.dtype)


@primitive(method=False, grad_name="ZeroBackward0", input=lambda xp, grad: xp._zeros_of(grad))
def _zero(input):
    return np.zeros(input.shape, input.dtype)


def fill_(input: Tensor, value: Any) -> Tensor:
    """Overwrite every element with one value (a number or a 0-d tensor, to which the gradient then flows).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(2).fill_(3)
    tensor([3., 3.])
    """
    return apply_in_place(_fill_tensor.op if isinstance(value, Tensor) else _fill_number.op, input, value)


def zero_(input: Tensor) -> Tensor:
    """Overwrite every element with 0.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(2).zero_()
    tensor([0., 0.])
    """
    return apply_in_place(_zero.op, input)


def requires_grad_(input: Tensor, requires_grad: bool = True) -> Tensor:
    """Set whether gradients are wanted, in place.

    Raises
    ------
    RuntimeError
        For an integer tensor, or when switching off what a recorded operation switched on.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(1).requires_grad_()
    tensor([1.], requires_grad=True)
    """
    set_requires_grad(input, requires_grad)
    return input


def set_requires_grad(t: Tensor, value: Any) -> None:
    """What assigning to ``t.requires_grad`` does."""
    if bool(value) == is_tracked(t):
        return
    if value:
        require_grad(t)
    elif t._fn is not None or t.grad_fn is not None:
        raise RuntimeError("requires_grad can only be switched off on a leaf: use .detach() to stop gradients at a computed tensor")
    else:
        t._requires_grad = False


def resize_(input: Tensor, *sizes: Any, memory_format: Any = None) -> Tensor:
    """Change the shape in place, keeping as many elements (in memory order) as fit; new ones are not initialized."""
    shape = as_shape(sizes)
    if is_tracked(input):
        raise RuntimeError("a tensor that requires grad can't be resized in place")
    flat = np.empty(int(np.prod(shape)), input._array.dtype)
    keep = min(flat.size, input._array.size)
    flat[:keep] = input._array.reshape(-1)[:keep]
    input._array = flat.reshape(shape)
    return input
