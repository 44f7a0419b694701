"""Elementwise functions of numbers beyond the everyday ones: extremes that skip NaN, signs, logarithms of sums, bits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.primitive import primitive
from ..core.tensor import Tensor, wrap
from ._shapes import check_tensor, floats_only, no_derivative, ordered_like, takes_out


# ---------------------------------------------------------------------- two numbers
@primitive(
    numbers="none",
    promote="same",
    input=lambda xp, grad, input, other: xp._where(xp.logical_or(input >= other, other != other), grad, 0),
    other=lambda xp, grad, input, other: xp._where(xp.logical_or(input >= other, other != other), 0, grad),
)
def fmax(input, other):
    """The larger of two numbers, and the other one where one is NaN; the gradient goes to the first on a tie.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fmax(torch.tensor([1.0, float("nan")]), torch.tensor([3.0, 2.0]))
    tensor([3., 2.])
    """
    return np.fmax(input, other)


@primitive(
    numbers="none",
    promote="same",
    input=lambda xp, grad, input, other: xp._where(xp.logical_or(input <= other, other != other), grad, 0),
    other=lambda xp, grad, input, other: xp._where(xp.logical_or(input <= other, other != other), 0, grad),
)
def fmin(input, other):
    """The smaller of two numbers, and the other one where one is NaN; the gradient goes to the first on a tie.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fmin(torch.tensor([1.0, float("nan")]), torch.tensor([3.0, 2.0]))
    tensor([1., 2.])
    """
    return np.fmin(input, other)


@primitive(
    numbers="second",
    promote="float",
    inplace=True,
    input=lambda xp, grad, input, result: xp._where(input == 0, 0, grad * (result / xp._where(input == 0, 1, input))),
    other=lambda xp, grad, result: xp._zeros_of(grad),  # (torch keeps the result in any case)
)
def copysign(input, other):
    """The size of the first with the sign of the second.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.copysign(torch.tensor([1.0, -2.0]), torch.tensor([-0.0, 3.0]))
    tensor([-1.,  2.])
    """
    return np.copysign(input, other)


@primitive(
    numbers="none",
    promote="same",
    inplace=True,
    input=lambda xp, grad, input, result: grad * (input / result),
    other=lambda xp, grad, other, result: grad * (other / result),
)
def hypot(input, other):
    r"""The long side of a right triangle, :math:`\sqrt{x^2 + y^2}`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.hypot(torch.tensor([3.0]), torch.tensor([4.0]))
    tensor([5.])
    """
    floats_only("hypot", input)
    return np.hypot(input, other)


@primitive(
    numbers="none",
    promote="same",
    input=lambda xp, grad, input, other: grad / (1 + xp.exp(other - input)),
    other=lambda xp, grad, input, other: grad / (1 + xp.exp(input - other)),
)
def logaddexp(input, other):
    r"""The logarithm of a sum of exponentials, :math:`\ln(e^x + e^y)`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.logaddexp(torch.tensor([0.0]), torch.tensor([0.0]))
    tensor([0.6931])
    """
    floats_only("logaddexp", input)
    if input.dtype.kind == "c":
        high = np.where(input.real >= other.real, input, other)
        low = np.where(input.real >= other.real, other, input)
        return high + np.log1p(np.exp(low - high))
    return np.logaddexp(input, other)


@primitive(
    numbers="none",
    promote="same",
    input=lambda xp, grad, input, other: grad / (1 + xp.exp2(other - input)),
    other=lambda xp, grad, input, other: grad / (1 + xp.exp2(input - other)),
)
def logaddexp2(input, other):
    r"""The same to base 2, :math:`\log_2(2^x + 2^y)`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.logaddexp2(torch.tensor([1.0]), torch.tensor([1.0]))
    tensor([2.])
    """
    floats_only("logaddexp2", input)
    # (As torch computes it, to the last bit: np.logaddexp2 is exact where this is off by a rounding.)
    high, low = np.maximum(input, other), np.minimum(input, other)
    distance = np.where(high == low, np.zeros((), input.dtype), high - low)
    return high + np.log1p(np.exp2(-distance)) * input.dtype.type(1 / math.log(2))


@primitive(elementwise=True, inplace=True, input=lambda xp, grad: grad, other=lambda xp, grad: xp._zeros_of(grad))
def nextafter(input, other):
    """The next number that the type holds after the first, towards the second.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> bool(torch.nextafter(torch.tensor(1.0), torch.tensor(2.0)) > 1)
    True
    """
    if input.dtype.kind != "f":
        raise NotImplementedError(f"nextafter is not defined for torch.{input.dtype} tensors")
    return np.nextafter(input, other)


def _whole(name: str, x: np.ndarray) -> None:
    if x.dtype.kind not in "iu":
        raise NotImplementedError(f"{name} is not defined for torch.{x.dtype} tensors: it needs integers")


@primitive(numbers="none", promote="same", inplace=True)
def gcd(input, other):
    """The greatest common divisor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.gcd(torch.tensor([12]), torch.tensor([18]))
    tensor([6])
    """
    _whole("gcd", input)
    return np.gcd(input, other)


@primitive(numbers="none", promote="same", inplace=True)
def lcm(input, other):
    """The least common multiple.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.lcm(torch.tensor([4]), torch.tensor([6]))
    tensor([12])
    """
    _whole("lcm", input)
    return np.lcm(input, other)


@primitive(promote="same", inplace=True)
def bitwise_left_shift(input, other):
    """The bits moved to the left: :math:`x 2^n`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.bitwise_left_shift(torch.tensor([3]), torch.tensor([2]))
    tensor([12])
    """
    _whole("bitwise_left_shift", input)
    bits = input.dtype.itemsize * 8
    out = np.where((other < 0) | (other >= bits), np.zeros((), input.dtype), np.left_shift(input, other))
    return ordered_like(input, out.astype(input.dtype))


@primitive(promote="same", inplace=True)
def bitwise_right_shift(input, other):
    """The bits moved to the right, the sign kept: :math:`\\lfloor x / 2^n \\rfloor`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.bitwise_right_shift(torch.tensor([12]), torch.tensor([2]))
    tensor([3])
    """
    _whole("bitwise_right_shift", input)
    bits = input.dtype.itemsize * 8
    shift = np.where((other < 0) | (other >= bits), bits - 1, other).astype(input.dtype)
    return ordered_like(input, np.right_shift(input, shift))


@primitive(
    elementwise=True,
    inplace=True,
    grad_name="NotImplemented",
    input=no_derivative("heaviside", "its input", RuntimeError),
    values=no_derivative("heaviside", "its values", RuntimeError),
)
def heaviside(input, values):
    """0 for x < 0, 1 for x > 0, and ``values`` at 0.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.heaviside(torch.tensor([-1.0, 0.0, 2.0]), torch.tensor(0.5))
    tensor([0.0000, 0.5000, 1.0000])
    """
    if not hasattr(values, "dtype"):
        raise TypeError(f"heaviside(): the argument 'values' must be a Tensor, but got {type(values).__name__}")
    if input.dtype != values.dtype:
        raise RuntimeError(f"heaviside: both must have one type, but got torch.{input.dtype} and torch.{values.dtype}")
    return ordered_like(input, np.where(input == 0, values, (input > 0).astype(input.dtype)).astype(input.dtype))


# ---------------------------------------------------------------------- one number
@primitive(
    elementwise=True,
    input=lambda xp, grad, input: grad * xp.logical_not(xp.logical_or(xp.isinf(input), xp.isnan(input))),
    inplace=True,
)
def nan_to_num(input, nan=0.0, posinf=None, neginf=None):
    """NaN and infinities replaced, by 0 and the type's largest numbers unless given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nan_to_num(torch.tensor([float("nan"), float("-inf")]), neginf=-1.0)
    tensor([ 0., -1.])
    """
    return np.nan_to_num(input, nan=0.0 if nan is None else nan, posinf=posinf, neginf=neginf)


@primitive(promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, input: grad * xp._sinc_slope(input))
def sinc(input):
    r""":math:`\frac{\sin \pi x}{\pi x}`, and 1 at 0.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.sinc(torch.tensor([0.0, 0.5]))
    tensor([1.0000, 0.6366])
    """
    return np.sinc(input).astype(input.dtype, copy=False)


@primitive(method=False, input=lambda xp, grad, input, result: grad * _sinc_curvature(xp, input, result))
def _sinc_slope(input):
    safe = np.where(input == 0, np.ones((), input.dtype), input)
    product = np.pi * safe
    slope = (np.cos(product) * product - np.sin(product)) / (product * safe)
    return np.where(input == 0, np.zeros((), input.dtype), slope).astype(input.dtype, copy=False)


def _sinc_curvature(xp: Any, x: Any, slope: Any) -> Any:
    """From :math:`x s'' + 2 s' + \\pi^2 x s = 0`; at 0, :math:`-\\pi^2 / 3`."""
    safe = xp._where(x == 0, 1, x)
    return xp._where(x == 0, -(math.pi**2) / 3, -2 * slope / safe - math.pi**2 * xp.sinc(x))


@primitive()
def signbit(input):
    """Whether the sign is negative, also of zero.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.signbit(torch.tensor([-0.0, 2.0]))
    tensor([ True, False])
    """
    return np.signbit(input) if input.dtype.kind in "fV" else input < 0 if input.dtype.kind != "b" else np.zeros_like(input)


@primitive()
def isposinf(input):
    """Whether it is plus infinity.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.isposinf(torch.tensor([float("inf"), 1.0]))
    tensor([ True, False])
    """
    if input.dtype.kind == "c":
        raise RuntimeError("isposinf: complex numbers have no order")
    return np.isinf(input) & (input > 0)


@primitive()
def isneginf(input):
    """Whether it is minus infinity.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.isneginf(torch.tensor([float("-inf"), 1.0]))
    tensor([ True, False])
    """
    if input.dtype.kind == "c":
        raise RuntimeError("isneginf: complex numbers have no order")
    return np.isinf(input) & (input < 0)


def _as_float(name: str, input: Tensor) -> Tensor:
    check_tensor(name, input)
    return input if input.dtype.category >= dtypes.FLOATING else input.to(dtypes.get_default_dtype())


@takes_out
def deg2rad(input: Tensor) -> Tensor:
    """Degrees to radians.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.deg2rad(torch.tensor([180.0]))
    tensor([3.1416])
    """
    if input.dtype.is_complex:
        raise RuntimeError("deg2rad: complex angles are not supported")
    return _as_float("deg2rad", input) * (math.pi / 180)


@takes_out
def rad2deg(input: Tensor) -> Tensor:
    """Radians to degrees.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.rad2deg(torch.tensor([1.0]))
    tensor([57.2958])
    """
    if input.dtype.is_complex:
        raise RuntimeError("rad2deg: complex angles are not supported")
    return _as_float("rad2deg", input) * (180 / math.pi)


@takes_out
def ldexp(input: Tensor, other: Any) -> Tensor:
    r""":math:`x 2^n`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ldexp(torch.tensor([3.0]), torch.tensor([2]))
    tensor([12.])
    """
    from .power import pow

    check_tensor("ldexp", input)
    check_tensor("ldexp", other, "other")
    return input * pow(2.0, other)


@takes_out
def float_power(input: Any, exponent: Any) -> Tensor:
    """A power computed in double precision.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.float_power(torch.tensor([2]), 3)
    tensor([8.], dtype=torch.float64)
    """
    from .power import pow

    given = (input, exponent)
    is_complex = any(isinstance(x, complex) or (isinstance(x, Tensor) and x.dtype.is_complex) for x in given)
    wanted = dtypes.complex128 if is_complex else dtypes.float64
    a, b = (x.to(wanted) if isinstance(x, Tensor) else x if is_complex else float(x) for x in given)
    return pow(a, b)


def positive(input: Tensor) -> Tensor:
    """The tensor itself (``+x``).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.positive(torch.tensor([-1.0]))
    tensor([-1.])
    """
    check_tensor("positive", input)
    if input.dtype is dtypes.bool:
        raise RuntimeError("positive is not defined for boolean tensors")
    return input


@primitive(method=False, elementwise=True, outputs=("mantissa",), input=lambda xp, grad, result1: grad / xp._power_of_two(result1))
def _frexp(input):
    if input.dtype.kind not in "fV":
        raise RuntimeError(f"frexp is defined for floating-point types only, not for torch.{input.dtype}")
    return np.frexp(input)


@primitive(method=False)
def _power_of_two(exponent):
    return np.ldexp(1.0, exponent)


def frexp(input: Tensor, *, out: Any = None) -> Any:
    r"""Mantissa in [0.5, 1) and exponent: :math:`x = m 2^e`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.frexp(torch.tensor([12.0]))
    torch.return_types.frexp(
    mantissa=tensor([0.7500]),
    exponent=tensor([4], dtype=torch.int32))
    """
    from ..core.primitive import write_out
    from .extremes import return_type

    check_tensor("frexp", input)
    return write_out("frexp", return_type("frexp", "mantissa", "exponent")(*_frexp(input)), out)


@takes_out
def clamp_min(input: Tensor, min: Any) -> Tensor:
    """:func:`clamp` from below only.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.clamp_min(torch.tensor([-1.0, 2.0]), 0)
    tensor([0., 2.])
    """
    from .pointwise import clamp

    check_tensor("clamp_min", input)
    return clamp(input, min=min)


@takes_out
def clamp_max(input: Tensor, max: Any) -> Tensor:
    """:func:`clamp` from above only.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.clamp_max(torch.tensor([-1.0, 2.0]), 0)
    tensor([-1.,  0.])
    """
    from .pointwise import clamp

    check_tensor("clamp_max", input)
    return clamp(input, max=max)


@takes_out
def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    r"""The length of the difference, :math:`\|x - y\|_p`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.dist(torch.tensor([0.0, 0.0]), torch.tensor([3.0, 4.0]))
    tensor(5.)
    """
    return (input - other).norm(p)


def scalar_tensor(s: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A number as a 0-d tensor, of the default type unless given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.scalar_tensor(2)
    tensor(2.)
    """
    kind = dtypes.get_default_dtype() if dtype is None else dtype
    t = wrap(np.asarray(s).astype(kind.numpy))
    return t.requires_grad_() if requires_grad else t
