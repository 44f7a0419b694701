"""What is attached to Tensor: the table of methods, the operators, and the conversions to Python and NumPy.

``x.exp()`` and ``torch.exp(x)`` are the same function object. A primitive that says ``inplace=True`` also gets
``x.exp_()``. Operators return ``NotImplemented`` for operands they do not know, so Python can ask the other side.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.inplace import apply_in_place, in_place_method
from ..core.op import OPS
from ..core.promotion import UnsupportedOperand
from ..core.repr import tensor_repr
from ..core.tensor import Tensor, wrap
from ..core.view import grad_fn, requires_grad
from . import conversion, creation, interop, tail
from .indexing import diagonals, gather, indexing
from .linalg import matmul, matrix_functions
from .nn import (
    dropout,  # noqa: F401
    softmax,
)
from .pointwise import arithmetic, bitwise, clamp, compare, complex_numbers, power, rounding, sign, trigonometric
from .random import draw, fill
from .reduction import cumulative, extremes, histogram, prod, quantile, sort, statistics, sums
from .shape import splitting, view
from .special import entropy
from .tail import in_place


# ---------------------------------------------------------------------- operators
def _reflected(function: Any) -> Any:
    def operator(self: Any, other: Any) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        try:
            return function(other, self)
        except UnsupportedOperand:
            return NotImplemented

    return operator


def _rdiv(self: Any, other: Any) -> Any:
    """``1 / x`` is the reciprocal, times one (as torch records it)."""
    if isinstance(other, np.ndarray) or not isinstance(other, (Tensor, int, float, complex, np.generic)):
        return NotImplemented
    return arithmetic.mul(power.reciprocal(self), other)


def _rsub(self: Any, other: Any) -> Any:
    if isinstance(other, np.ndarray) or not isinstance(other, (Tensor, int, float, complex, np.generic)):
        return NotImplemented
    return arithmetic._rsub(self, other)


def _pow(self: Any, other: Any) -> Any:
    return power.pow(self, other) if isinstance(other, (Tensor, int, float, np.generic)) else NotImplemented


def _rpow(self: Any, other: Any) -> Any:
    return power.pow(other, self) if isinstance(other, (Tensor, int, float)) else NotImplemented


def _in_place(name: str) -> Any:
    op = OPS[name]

    def operator(self: Any, other: Any) -> Any:
        try:
            return apply_in_place(op, self, other)
        except UnsupportedOperand:
            return NotImplemented

    return operator


def _eq(self: Any, other: Any) -> Any:
    if isinstance(other, np.ndarray):
        other = wrap(other)
    if not isinstance(other, (Tensor, int, float, complex, np.generic)):
        return NotImplemented
    return compare.eq(self, other)


def _ne(self: Any, other: Any) -> Any:
    if isinstance(other, np.ndarray):
        other = wrap(other)
    if not isinstance(other, (Tensor, int, float, complex, np.generic)):
        return NotImplemented
    return compare.ne(self, other)


OPERATORS: dict[str, Any] = {
    "__add__": arithmetic._add.op.operator,
    "__radd__": arithmetic._add.op.operator,
    "__sub__": arithmetic._sub.op.operator,
    "__rsub__": _rsub,
    "__mul__": arithmetic.mul.op.operator,
    "__rmul__": arithmetic.mul.op.operator,
    "__truediv__": arithmetic._div.op.operator,
    "__rtruediv__": _rdiv,
    "__rdiv__": _rdiv,
    "__floordiv__": arithmetic.floor_divide.op.operator,
    "__rfloordiv__": _reflected(arithmetic.floor_divide),
    "__mod__": arithmetic.remainder.op.operator,
    "__rmod__": _reflected(arithmetic.remainder),
    "__pow__": _pow,
    "__rpow__": _rpow,
    "__matmul__": lambda self, other: matmul.matmul(self, other) if isinstance(other, Tensor) else NotImplemented,
    "__rmatmul__": lambda self, other: matmul.matmul(other, self) if isinstance(other, Tensor) else NotImplemented,
    "__neg__": arithmetic.neg,
    "__pos__": lambda self: self,
    "__abs__": sign.abs,
    "__invert__": bitwise.bitwise_not,
    "__and__": bitwise.bitwise_and.op.operator,
    "__rand__": _reflected(bitwise.bitwise_and),
    "__or__": bitwise.bitwise_or.op.operator,
    "__ror__": _reflected(bitwise.bitwise_or),
    "__xor__": bitwise.bitwise_xor.op.operator,
    "__rxor__": _reflected(bitwise.bitwise_xor),
    "__iadd__": _in_place("_add"),
    "__isub__": _in_place("_sub"),
    "__imul__": _in_place("mul"),
    "__itruediv__": _in_place("_div"),
    "__ifloordiv__": _in_place("floor_divide"),
    "__imod__": _in_place("remainder"),
    "__iand__": _in_place("bitwise_and"),
    "__ior__": _in_place("bitwise_or"),
    "__ixor__": _in_place("bitwise_xor"),
    "__ipow__": lambda self, other: pow_(self, other),
    "__eq__": _eq,
    "__ne__": _ne,
    "__lt__": compare.lt.op.operator,
    "__le__": compare.le.op.operator,
    "__gt__": compare.gt.op.operator,
    "__ge__": compare.ge.op.operator,
    "__getitem__": indexing.getitem,
    "__setitem__": indexing.setitem,
}


# ---------------------------------------------------------------------- in-place forms of composites
def add_(self: Tensor, other: Any, *, alpha: Any = 1) -> Tensor:
    """In-place version of :func:`minitorch_bp.add`."""
    return apply_in_place(OPS["_add"], self, other if alpha == 1 else arithmetic._scaled(self, other, alpha))


def sub_(self: Tensor, other: Any, *, alpha: Any = 1) -> Tensor:
    """In-place version of :func:`minitorch_bp.sub`."""
    return apply_in_place(OPS["_sub"], self, other if alpha == 1 else arithmetic._scaled(self, other, alpha))


def div_(self: Tensor, other: Any, *, rounding_mode: Any = None) -> Tensor:
    """In-place version of :func:`minitorch_bp.div`."""
    if rounding_mode is None:
        return apply_in_place(OPS["_div"], self, other)
    return apply_in_place(OPS["_floor_div" if rounding_mode == "floor" else "_trunc_divide"], self, other)


def pow_(self: Tensor, exponent: Any) -> Tensor:
    """In-place version of :func:`minitorch_bp.pow`."""
    return apply_in_place(OPS["_pow_tensor" if isinstance(exponent, Tensor) else "_pow_scalar"], self, exponent)


def clamp_(self: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """In-place version of :func:`minitorch_bp.clamp`."""
    if min is None and max is None:
        raise RuntimeError("clamp_: at least one of min and max must be given")
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        return in_place(clamp.clamp)(self, min, max)
    if self.dtype.category < dtypes.FLOATING and any(isinstance(b, float) for b in (min, max)):
        raise RuntimeError(f"clamp_: with a float bound the result is of floating type, which can't be written to {self.dtype!r}")
    return apply_in_place(OPS["_clamp"], self, min, max)


def round_(self: Tensor, *, decimals: int = 0) -> Tensor:
    """In-place version of :func:`minitorch_bp.round`."""
    return apply_in_place(OPS["_round"], self, decimals)


def square_(self: Tensor) -> Tensor:
    """In-place version of :func:`minitorch_bp.square`."""
    return pow_(self, 2)


# ---------------------------------------------------------------------- what it is
def size(self: Tensor, dim: Any = None) -> Any:
    """The shape, or the size of one dimension."""
    return self.shape if dim is None else self._array.shape[view.wrap_dim(dim, self._array.ndim, "size")]


def stride(self: Tensor, dim: Any = None) -> Any:
    """How many elements apart neighbours along each dimension lie in memory."""
    x = self._array
    steps = tuple(s // x.itemsize for s in x.strides)
    # NumPy leaves the strides of empty and size-1 dimensions as they happen to be; torch's are those of a compact tensor.
    if x.flags.c_contiguous:
        compact, n = [], 1
        for size_ in reversed(x.shape):
            compact.append(n)
            n *= builtin_max(size_, 1)
        steps = tuple(reversed(compact))
    return steps if dim is None else steps[dim]


builtin_max = max


def numel(self: Tensor) -> int:
    """The number of elements."""
    return self._array.size


def is_contiguous(self: Tensor, memory_format: Any = None) -> bool:
    """Whether the elements lie in order in memory."""
    return bool(self._array.flags.c_contiguous)


def storage_offset(self: Tensor) -> int:
    """How many elements into its base's memory the first element lies."""
    x, base = self._array, self._array
    while isinstance(base.base, np.ndarray):
        base = base.base
    return (x.__array_interface__["data"][0] - base.__array_interface__["data"][0]) // x.itemsize


def data_ptr(self: Tensor) -> int:
    """The address of the first element."""
    return self._array.__array_interface__["data"][0]


def type_(self: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The old name of the type (``'torch.FloatTensor'``), or the tensor converted to a dtype or old name."""
    if dtype is None:
        return _OLD_NAMES[self.dtype]
    if isinstance(dtype, str):
        dtype = {v: k for k, v in _OLD_NAMES.items()}[dtype]
    return self.to(getattr(dtype, "tensor_dtype", dtype))


_OLD_NAMES = {
    dtypes.float32: "torch.FloatTensor", dtypes.float64: "torch.DoubleTensor", dtypes.float16: "torch.HalfTensor",
    dtypes.bfloat16: "torch.BFloat16Tensor", dtypes.uint8: "torch.ByteTensor", dtypes.int8: "torch.CharTensor",
    dtypes.int16: "torch.ShortTensor", dtypes.int32: "torch.IntTensor", dtypes.int64: "torch.LongTensor",
    dtypes.bool: "torch.BoolTensor", dtypes.complex64: "torch.ComplexFloatTensor",
    dtypes.complex128: "torch.ComplexDoubleTensor",
}  # fmt: skip


def type_as(self: Tensor, other: Tensor) -> Tensor:
    """The tensor converted to the dtype of another."""
    return self.to(other.dtype)


def cpu(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor itself: it is on the CPU already."""
    return self


def cuda(self: Tensor, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Tensor:
    """Raises AssertionError, as a CPU build of PyTorch does."""
    return self.to("cuda")


def new_tensor(self: Tensor, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A new tensor of the data, with this tensor's dtype unless another is given."""
    return creation.tensor(data, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)


def new_zeros(self: Tensor, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros with this tensor's dtype."""
    return creation.zeros(*size, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)


def new_ones(self: Tensor, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones with this tensor's dtype."""
    return creation.ones(*size, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)


def new_empty(self: Tensor, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """An uninitialized tensor with this tensor's dtype."""
    return creation.empty(*size, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)


def new_full(
    self: Tensor, size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """One value, with this tensor's dtype."""
    return creation.full(size, fill_value, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)


def apply_(self: Tensor, callable: Any) -> Tensor:
    """Replace each element by what a Python function makes of it (slow)."""
    self._array[...] = np.vectorize(callable, otypes=[self._array.dtype])(self._array)
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


def _adjoint(self: Tensor) -> Tensor:
    """The conjugate transpose of a matrix."""
    if self.ndim not in (0, 2):
        raise RuntimeError(f"H needs a matrix, but the tensor has {self.ndim} dimensions")
    return complex_numbers.conj(self.transpose(0, 1)) if self.ndim else complex_numbers.conj(self)


PROPERTIES: dict[str, Any] = {
    "name": property(lambda self: None, doc="Always None, as for every tensor that was not given one."),
    "requires_grad": property(requires_grad, conversion.set_requires_grad, doc="Whether a gradient is wanted."),
    "grad_fn": property(grad_fn),
    "grad": property(_get_grad, _set_grad, _del_grad),
    "data": property(_get_data, _set_data),
    "T": property(view.reversed_dims),
    "mT": property(view.matrix_transpose),
    "real": property(complex_numbers.real),
    "imag": property(complex_numbers.imag),
    "mH": property(lambda self: complex_numbers.conj(view.matrix_transpose(self)), doc="The conjugate transpose of each matrix."),
    "H": property(_adjoint),
    "_base": property(lambda self: self._view.base if self._view is not None else None, doc="The tensor that this is a view of."),
}

SPECIAL_METHODS: dict[str, Any] = {
    "__repr__": lambda self, *, tensor_contents=None: tensor_repr(self), "__bool__": interop._bool, "__index__": interop._index,
    "__len__": interop._len, "__iter__": interop._iter, "__contains__": interop._contains, "__format__": interop._format,
    "__float__": interop._convert(float), "__int__": interop._convert(int), "__complex__": interop._convert(complex), "__array__": interop._array, "__array_wrap__": interop._array_wrap,
    "__dlpack__": interop._dlpack, "__dlpack_device__": interop._dlpack_device,
}  # fmt: skip

#: Composite functions whose first argument is the tensor: attached under their own names.
COMPOSITES: tuple[Any, ...] = (
    arithmetic.add, arithmetic.sub, arithmetic.div, power.pow, power.square, rounding.round, clamp.clamp,
    compare.equal, compare.allclose, compare.is_nonzero, sums.sum, sums.mean, prod.prod,
    statistics.var, statistics.std, matrix_functions.norm, extremes.max, extremes.min, view.view, view.view_as, view.reshape,
    view.reshape_as, view.flatten, view.ravel, view.unflatten, view.movedim, view.expand_as, view.broadcast_to,
    view.tile, view.clone, view.contiguous, view.roll, diagonals.diag, splitting.split, splitting.chunk,
    splitting.unbind, indexing.index_put_, indexing.index_put, gather.scatter, gather.scatter_, indexing.masked_fill,
    indexing.masked_fill_, indexing.masked_select, indexing.nonzero, matmul.matmul, matmul.mm, matmul.outer, softmax.softmax,
    softmax.log_softmax, conversion.to, conversion.detach, conversion.detach_, conversion.copy_, conversion.fill_, conversion.zero_,
    conversion.requires_grad_, conversion.resize_, fill.uniform_, fill.normal_, fill.random_, fill.bernoulli_,
    fill.exponential_, fill.cauchy_, fill.log_normal_, fill.geometric_, draw.bernoulli, draw.multinomial,
    sort.sort, sort.argsort, sort.topk, quantile.median, sort.unique, histogram.bincount,
    cumulative.cumsum, cumulative.cumprod, complex_numbers.conj, complex_numbers.conj_physical,
    complex_numbers.isreal, diagonals.diag_embed, diagonals.diagflat, add_, sub_, div_, pow_, clamp_, round_, square_, interop.item, interop.tolist, interop.numpy, size, stride, numel,
    is_contiguous, storage_offset, data_ptr, type_as, cpu, cuda, new_tensor, new_zeros, new_ones, new_empty, new_full, apply_,
)  # fmt: skip

#: Composites with a form that writes its result over the tensor.
IN_PLACE = (
    compare.eq, compare.ne, compare.lt, compare.le, compare.gt, compare.ge, trigonometric.atan2, entropy.xlogy, cumulative.cumsum,
    cumulative.cumprod, complex_numbers.conj_physical,
)  # fmt: skip

ALIASES: dict[str, Any] = {
    "type": type_, "nelement": numel, "dim": lambda self: self._array.ndim, "ndimension": lambda self: self._array.ndim,
    "element_size": lambda self: self._array.itemsize, "is_floating_point": lambda self: self.dtype.is_floating_point,
    "is_complex": lambda self: self.dtype.is_complex, "clip": clamp.clamp, "clip_": clamp_, "subtract": arithmetic.sub,
    "multiply": arithmetic.mul, "divide": arithmetic.div, "true_divide": arithmetic.div, "absolute": sign.abs,
    "negative": arithmetic.neg, "greater": compare.gt, "greater_equal": compare.ge, "less": compare.lt,
    "less_equal": compare.le, "not_equal": compare.ne, "swapaxes": view.transpose, "swapdims": view.transpose,
    "moveaxis": view.movedim, "polygamma": lambda self, n: tail.load("special.gamma").polygamma(n, self), "true_divide_": div_,
    "polygamma_": lambda self, n: conversion.copy_(self, tail.load("special.gamma").polygamma(n, self)), "get_device": lambda self: -1, "share_memory_": lambda self: self, "pin_memory": lambda self: self,
    "where": lambda self, condition, other: compare.where(condition, self, other), "__reversed__": lambda self: view.flip(self, tuple(range(self._array.ndim))),
}  # fmt: skip


def attach_methods() -> None:
    """Put everything on the class; called once, by the package."""
    for op in list(OPS.values()):
        if op.method and not op.name.startswith("_") and op.params[0] == "input":
            setattr(Tensor, op.name, op.call)
        if op.inplace and op.method and not op.name.startswith("_"):
            setattr(Tensor, op.name + "_", in_place_method(op))
    for function in COMPOSITES:
        setattr(Tensor, function.__name__, function)
    for function in IN_PLACE:
        setattr(Tensor, function.__name__ + "_", in_place(function))
    tail.attach_stand_ins()
    for table in (PROPERTIES, SPECIAL_METHODS, ALIASES, OPERATORS, conversion.CONVERTERS):
        for name, value in table.items():
            setattr(Tensor, name, value)
