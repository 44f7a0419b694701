"""Data types: torch's names for NumPy's types, and torch's promotion rules.

The idea: a :class:`dtype` is a label around one NumPy dtype. Promotion differs from NumPy's in two ways, and both live
here. First, torch looks at the *kind* of operand before its width: a tensor with dimensions outranks a 0-d tensor, and
a 0-d tensor outranks a Python number, unless the lower one is of a higher category (bool < int < float < complex).
Second, an integer never widens a float: ``int64 + float32`` is float32 in torch and float64 in NumPy.
"""

from __future__ import annotations

import builtins
import functools
import math
import numbers
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from builtins import bool as _bool
    from builtins import float as _float
    from builtins import int as _int

BOOL, INTEGER, FLOATING, COMPLEX = range(4)
_CATEGORY = {"b": BOOL, "i": INTEGER, "u": INTEGER, "f": FLOATING, "c": COMPLEX}


class dtype:
    """The type of a tensor's elements, such as ``float32``. Types are not made: they are ``torch.float32`` and its kin.

    Parameters
    ----------
    name : str
        What it is printed as.
    numpy_type : type
        The type of the arrays.
    category, itemsize : int
        Its place in the order of boolean, integer, floating and complex types; bytes per element.

    Attributes
    ----------
    is_floating_point, is_complex, is_signed : bool
    itemsize : int
        Bytes per element.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.float32, torch.float32.itemsize, torch.int64.is_floating_point
    (torch.float32, 4, False)
    """

    __slots__ = ("_numpy", "category", "is_complex", "is_floating_point", "is_signed", "itemsize", "name")

    name: str
    category: _int
    itemsize: _int
    is_floating_point: _bool
    is_complex: _bool
    is_signed: _bool

    def __init__(self, name: str, numpy_type: Any, category: _int, itemsize: _int):
        self.name, self.category, self.itemsize = name, category, itemsize
        self._numpy = np.dtype(numpy_type) if numpy_type is not None else None
        self.is_floating_point = category == FLOATING
        self.is_complex = category == COMPLEX
        self.is_signed = not (category == BOOL or name.startswith("uint"))

    @property
    def numpy(self) -> np.dtype:
        """The NumPy dtype of the storage."""
        if self._numpy is None:
            self._numpy = _load(self)
        return self._numpy

    def to_complex(self) -> dtype:
        """The complex type whose parts have this type.

        Returns
        -------
        dtype
            The type itself, if it is complex.
        """
        return self if self.is_complex else complex128 if self is float64 else complex64

    def to_real(self) -> dtype:
        """The type of the real and imaginary parts.

        Returns
        -------
        dtype
            The type itself, if it is not complex.
        """
        return {complex32: float16, complex64: float32, complex128: float64}.get(self, self)

    def __repr__(self) -> str:
        return "torch." + self.name

    def __reduce__(self) -> str | tuple[Any, ...]:
        return (_by_name, (self.name,))


def _load(d: dtype) -> np.dtype:
    """The type of the arrays of a type that NumPy does not have itself."""
    if d in _WITHOUT_TENSORS:
        raise NotImplementedError(
            f"there are no tensors of {d!r}: NumPy has no such type (and PyTorch computes little or nothing in them)"
        )
    try:
        import ml_dtypes
    except ImportError:
        raise NotImplementedError(
            f"{d.name} needs the package ml_dtypes, which is not installed here, because NumPy has no such type: pip install ml_dtypes"
        ) from None
    storage: np.dtype = np.dtype(getattr(ml_dtypes, d.name))
    _BY_CHAR[storage.char] = d
    return storage


def narrowed(array: np.ndarray, d: dtype) -> np.ndarray:
    """An array in a type of one byte; what is too large for ``float8_e4m3fn`` becomes its largest number, as in PyTorch."""
    if d is float8_e4m3fn:
        array = np.clip(array.astype(np.float32), -448, 448)
    elif d is float8_e8m0fnu:  # powers of 2 only
        array = np.maximum(np.abs(array.astype(np.float32)), np.float32(2.0**-127))
    return array.astype(d.numpy)


float16 = half = dtype("float16", "f2", FLOATING, 2)
bfloat16 = dtype("bfloat16", None, FLOATING, 2)
float32 = float = dtype("float32", "f4", FLOATING, 4)
float64 = double = dtype("float64", "f8", FLOATING, 8)
complex64 = cfloat = dtype("complex64", "c8", COMPLEX, 8)
complex128 = cdouble = dtype("complex128", "c16", COMPLEX, 16)
uint8 = dtype("uint8", "u1", INTEGER, 1)
uint16 = dtype("uint16", "u2", INTEGER, 2)
uint32 = dtype("uint32", "u4", INTEGER, 4)
uint64 = dtype("uint64", "u8", INTEGER, 8)
int8 = dtype("int8", "i1", INTEGER, 1)
int16 = short = dtype("int16", "i2", INTEGER, 2)
int32 = int = dtype("int32", "i4", INTEGER, 4)
int64 = long = dtype("int64", "i8", INTEGER, 8)
bool = dtype("bool", "?", BOOL, 1)

ALL = (float16, bfloat16, float32, float64, complex64, complex128,
       uint8, uint16, uint32, uint64, int8, int16, int32, int64, bool)  # fmt: skip
#: Types of 8 bits, in which numbers are stored and little is computed: values are converted, compared, moved.
float8_e4m3fn, float8_e4m3fnuz, float8_e5m2, float8_e5m2fnuz, float8_e8m0fnu = NARROW = tuple(
    dtype(f"float8_{form}", None, FLOATING, 1) for form in ("e4m3fn", "e4m3fnuz", "e5m2", "e5m2fnuz", "e8m0fnu")
)
float8_e8m0fnu.is_signed = False
#: Names without tensors.
complex32 = chalf = dtype("complex32", None, COMPLEX, 4)
float4_e2m1fn_x2 = dtype("float4_e2m1fn_x2", None, FLOATING, 1)
uint1, uint2, uint3, uint4, uint5, uint6, uint7 = (dtype(f"uint{k}", None, INTEGER, 1) for k in range(1, 8))
int1, int2, int3, int4, int5, int6, int7 = (dtype(f"int{k}", None, INTEGER, 1) for k in range(1, 8))
bits1x8, bits2x4, bits4x2, bits8, bits16 = (
    dtype(f"bits{form}", None, INTEGER, 2 if form == "16" else 1) for form in ("1x8", "2x4", "4x2", "8", "16")
)
bit = uint1
_WITHOUT_TENSORS = frozenset(
    (complex32, float4_e2m1fn_x2, uint1, uint2, uint3, uint4, uint5, uint6, uint7, int1, int2, int3, int4, int5, int6, int7,
     bits1x8, bits2x4, bits4x2, bits8, bits16)
)  # fmt: skip
_BY_NAME = {d.name: d for d in (*ALL, *NARROW, *_WITHOUT_TENSORS)}
_BY_CHAR = {d._numpy.char: d for d in ALL if d._numpy is not None}
# C has more names of integers than there are sizes, which of them have 64 bits depends on the machine; NumPy keeps all of them.
_BY_CHAR.update({c: _BY_NAME[np.dtype(c).name] for c in "bhilqBHILQ"})

_default = float32


def _by_name(name: str) -> dtype:
    return _BY_NAME[name]


def from_numpy_dtype(numpy_dtype: np.dtype) -> dtype:
    """The dtype that stands for a NumPy dtype; TypeError where there is none."""
    try:
        return _BY_CHAR[numpy_dtype.char]
    except KeyError:
        pass
    found = _BY_NAME.get(numpy_dtype.name)
    if found is bfloat16 or found in NARROW:
        _load(found)
        return found
    raise TypeError(
        f"can't convert an array of NumPy type {numpy_dtype} to a tensor. The types that work are: "
        + ", ".join(d.name for d in ALL)
    )


#: Python's types of numbers, where a dtype is asked for.
_BY_PYTHON_TYPE = {builtins.bool: bool, builtins.int: int64, builtins.float: float64, complex: complex128}


def as_dtype(value: Any) -> dtype:
    """The dtype that is meant by ``dtype=value``: itself, or what one of Python's types stands for."""
    found = value if isinstance(value, dtype) else _BY_PYTHON_TYPE.get(value) if isinstance(value, type) else None
    if found is None:
        raise TypeError(f"dtype must be a dtype such as torch.float32, but got {value!r}")
    return found


def get_default_dtype() -> dtype:
    """The floating type that Python floats become: float32 until :func:`set_default_dtype` changes it.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.get_default_dtype()
    torch.float32
    """
    return _default


def set_default_dtype(d: dtype) -> None:
    """Make ``d`` the type that Python floats become.

    Raises
    ------
    TypeError
        If ``d`` is not a floating-point dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.set_default_dtype(torch.float64)
    >>> torch.tensor(1.0).dtype
    torch.float64
    >>> torch.set_default_dtype(torch.float32)
    """
    global _default
    if not isinstance(d, dtype) or not d.is_floating_point:
        raise TypeError(f"the default dtype must be a floating-point dtype such as torch.float32, but got {d!r}")
    _default = d


def promote_types(type1: dtype, type2: dtype) -> dtype:
    """The smallest type that both types convert to, by torch's table.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.promote_types(torch.int64, torch.float16)
    torch.float16
    """
    if type1 is type2:
        return type1
    type1, type2 = as_dtype(type1), as_dtype(type2)
    if (type1.itemsize == 1 and type1.is_floating_point) or (type2.itemsize == 1 and type2.is_floating_point):
        raise RuntimeError(f"{type1!r} and {type2!r} have no common type: convert what has 8 bits with .to(), to torch.float32 say")
    low, high = sorted((type1, type2), key=lambda d: d.category)
    if high.is_complex and low.is_floating_point:
        return promote_types(high, low.to_complex())
    if high.category != low.category:
        return high
    if high.is_floating_point and bfloat16 in (low, high):
        other = high if low is bfloat16 else low
        return float32 if other is float16 else other
    return from_numpy_dtype(np.promote_types(low.numpy, high.numpy))


def scalar_type(value: Any) -> dtype:
    """The type a Python (or NumPy) number has on its own."""
    if isinstance(value, np.generic):
        return from_numpy_dtype(value.dtype)
    if value is True or value is False:
        return bool
    if isinstance(value, numbers.Integral):
        return int64
    if isinstance(value, numbers.Real):
        return _default
    if isinstance(value, numbers.Complex):
        return _default.to_complex()
    raise TypeError(f"expected a tensor or a number, but got {type(value).__name__}")


def check_number(value: Any, d: dtype) -> None:
    """An error if a number lies beyond the range of a type: where one number is stored, nothing wraps or becomes infinite.

    An unsigned type takes the negative integers that have a place in it, -1 as its largest number, as in C.
    """
    whole = isinstance(value, (builtins.int, np.integer))
    if whole and not -(2**63) <= value < 2**64:
        raise OverflowError(f"{value} takes more than 64 bits")
    if isinstance(value, (builtins.complex, np.complexfloating)):
        if d.is_complex or d is bool or not value.imag:
            return
    elif d.category == INTEGER:
        lowest, highest = _range(d)
        if (-highest if whole and not d.is_signed else lowest) <= value <= highest:
            return
    elif d is bool or not -math.inf < value < math.inf or abs(value) <= _range(d)[1]:
        return
    raise RuntimeError(f"{value} is out of the range of {d!r}")


@functools.cache
def _range(d: dtype) -> tuple[Any, Any]:
    limits: Any = iinfo(d) if d.category == INTEGER else finfo(d)
    return limits.min, limits.max


def stored(value: Any, d: dtype, rounds: _bool = False) -> np.ndarray:
    """A number as an array of no dimensions, checked to be in the range of the type (an array is not checked).

    Where torch ``rounds`` to the floating-point types of 16 bits, what is beyond their range becomes infinite.
    """
    if not isinstance(value, np.ndarray):
        check_number(value, float64 if rounds and d.is_floating_point and d.itemsize == 2 else d)
    return np.asarray(value).astype(d.numpy)


def _outrank(higher: dtype | None, lower: dtype | None) -> dtype | None:
    """Combine the result of a higher-ranked kind of operand with that of a lower-ranked one."""
    if higher is None or lower is None:
        return higher or lower
    if higher.is_complex:
        return higher
    if higher.is_floating_point:
        return higher.to_complex() if lower.is_complex else higher
    if higher is bool or lower.category >= FLOATING:
        return promote_types(higher, lower)
    return higher


def result_dtype(operands: Any) -> dtype:
    """The type of an arithmetic result, from ``(array or number)`` operands.

    Source: the page "torch.Tensor type promotion" of the PyTorch documentation (tensor attributes, ``torch.dtype``).
    """
    dimensioned = zero_dim = number = None
    for x in operands:
        if isinstance(x, np.ndarray):
            d = from_numpy_dtype(x.dtype)
            if x.ndim:
                dimensioned = d if dimensioned is None else promote_types(dimensioned, d)
            else:
                zero_dim = d if zero_dim is None else promote_types(zero_dim, d)
        else:
            d = scalar_type(x)
            # A number takes the default type of its category, whatever its own width.
            d = (bool, int64, _default, _default.to_complex())[d.category]
            number = d if number is None else promote_types(number, d)
    winner = _outrank(dimensioned, _outrank(zero_dim, number))
    assert winner is not None
    return winner


def can_cast(from_: dtype, to: dtype) -> _bool:
    """Whether a result of type ``from_`` may be written into a tensor of type ``to`` (no category is lost).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.can_cast(torch.float64, torch.float32), torch.can_cast(torch.float32, torch.int64)
    (True, False)
    """
    from_, to = as_dtype(from_), as_dtype(to)
    if to is bool:
        return from_ is bool
    return from_.category <= to.category


class finfo:
    """Limits of a floating-point type: ``eps``, ``max``, ``min``, ``tiny``, ``bits``, ``resolution``.

    Parameters
    ----------
    type : dtype, optional
        A floating-point or complex type; the default dtype unless given.

    Raises
    ------
    TypeError
        For a type of integers; that is :class:`minitorch_bp.iinfo`.

    See Also
    --------
    minitorch_bp.iinfo : Limits of integers.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.finfo(torch.float32).eps
    1.1920928955078125e-07
    """

    bits: _int
    eps: _float
    max: _float
    min: _float
    tiny: _float
    smallest_normal: _float
    resolution: _float

    def __init__(self, type: dtype | None = None):
        d = as_dtype(type or _default).to_real()
        if not d.is_floating_point or d in _WITHOUT_TENSORS:
            raise TypeError(f"finfo describes floating-point types, but got {d!r}; use iinfo for integers")
        if d is bfloat16 or d in NARROW:
            import ml_dtypes

            limits: Any = ml_dtypes.finfo  # which has no annotations
            info = limits(d.numpy)
        else:
            info = np.finfo(d.numpy)
        self.dtype, self.bits = d.name, d.itemsize * 8
        self.eps, self.max, self.min = (np.float64(v).item() for v in (info.eps, info.max, info.min))
        self.tiny = self.smallest_normal = np.float64(info.tiny).item()
        self.resolution = np.float64(info.resolution).item() if d.itemsize > 1 else 1.0

    def __repr__(self) -> str:
        return (f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
                f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})")  # fmt: skip


class iinfo:
    """Limits of an integer type: ``min``, ``max``, ``bits``.

    Parameters
    ----------
    type : dtype
        A type of integers.

    Raises
    ------
    TypeError
        For another type; that is :class:`minitorch_bp.finfo`.

    See Also
    --------
    minitorch_bp.finfo : Limits of floating-point types.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.iinfo(torch.uint8)
    iinfo(min=0, max=255, dtype=uint8)
    """

    bits: _int
    min: _int
    max: _int

    def __init__(self, type: dtype):
        type = as_dtype(type)
        if type.category != INTEGER or type in _WITHOUT_TENSORS:
            raise TypeError(f"iinfo describes integer types, but got {type!r}; use finfo for floating-point types")
        info = np.iinfo(type.numpy)
        self.dtype, self.bits = type.name, type.itemsize * 8
        self.min, self.max = info.min, info.max

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"


#: What ``torch`` shows of this: the types under all their names, and what is asked of them.
__all__ = [name for name, value in list(globals().items()) if isinstance(value, dtype) and not name.startswith("_")]
__all__ += ["can_cast", "dtype", "finfo", "get_default_dtype", "iinfo", "promote_types", "set_default_dtype"]
