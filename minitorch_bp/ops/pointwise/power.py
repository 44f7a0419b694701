"""Powers: the lecture's PowerNode, :math:`d(x^p)/dx = p x^{p-1}`."""

from __future__ import annotations

import cmath
import math
from typing import Any

import numpy as np

from .._base import Tensor, apply_in_place, dtypes, float_primitive, is_operand, operators, primitive, public
from .._composite import is_half
from .._shapes import check_operands, floats_only
from .arithmetic import mul


def _power(x: np.ndarray, p: Any) -> np.ndarray:
    """``x**p`` for a number p; small powers are products, as in torch, so that the last bit agrees."""
    if p == 2:
        return np.multiply(x, x)
    if p == 3:
        return np.multiply(np.multiply(x, x), x)
    if p == 0.5:
        return np.sqrt(x)
    if p == -0.5:
        return np.reciprocal(np.sqrt(x))
    if p == -1:
        return np.reciprocal(x)
    if p == -0.5:  # (of -0.0 minus infinity, as in PyTorch)
        return np.reciprocal(np.sqrt(x))
    if p == -2:
        return np.reciprocal(np.multiply(x, x))
    return np.power(x, np.asarray(p, x.dtype))


def _rounded_to_half(number: Any, x: Any) -> Any:
    """A number as a tensor of half precision takes it; as it is for tensors of other types."""
    return float(np.asarray(number, x._array.dtype)) if is_half(x) and isinstance(number, float) else number


def _pow_rule(xp: Any, grad: Any, input: Any, exponent: Any) -> Any:
    if exponent == 0:
        return xp._zeros_of(grad)
    return grad * (exponent * xp._pow_scalar(input, exponent - 1) if exponent != 2 else 2 * input)


@primitive(public_name="pow", elementwise=True, grad_name="PowBackward0", input=_pow_rule)
def _pow_scalar(input, exponent):
    if input.dtype.kind == "b" and not isinstance(exponent, float):
        if exponent is True or exponent is False:
            return input if exponent else np.ones_like(input)
        input = input.astype(np.int64)
    if input.dtype.kind in "iu" and not isinstance(exponent, float):
        if exponent < 0:
            raise RuntimeError("integers to negative integer powers are not allowed: convert to a float type")
        return np.power(input, np.asarray(exponent).astype(input.dtype))
    if input.dtype.kind not in "fcV":
        input = input.astype(dtypes.get_default_dtype().numpy if isinstance(exponent, float) else np.int64)
    return _power(input, exponent)


def _not_below_zero(xp: Any, exponent: Any) -> Any:
    """Which exponents are real and at least 0: the powers of 0 that have a value."""
    if xp.array_of(exponent).dtype.kind != "c":
        return exponent >= 0
    return xp.logical_and(xp._imag(exponent) == 0, xp._real(exponent) >= 0)


def _pow_base_rule(xp: Any, grad: Any, base: Any, exponent: Any, result: Any) -> Any:
    is_complex = xp.array_of(exponent).dtype.kind == "c"
    if base == 0:  # the logarithm is infinite, but the power is 0 around here
        return xp._where(_not_below_zero(xp, exponent), 0, grad * (result * -math.inf))
    return grad * (result * (cmath.log(base) if is_complex else math.log(base) if base > 0 else math.nan))


@primitive(public_name="pow", grad_name="PowBackward2", exponent=_pow_base_rule)
def _pow_base(base, exponent):
    base = np.asarray(base).astype(exponent.dtype)
    if exponent.dtype.kind == "i" and np.any(exponent < 0):  # (only 1 and -1 have an integer for a reciprocal)
        sign = np.where(exponent % 2 == 0, 1, base)
        return np.where(exponent < 0, sign * (np.abs(base) == 1), np.power(base, np.maximum(exponent, 0))).astype(exponent.dtype)
    return np.power(base, exponent)


@primitive(
    public_name="pow",
    elementwise=True,
    promote="same",
    promoted=("input", "exponent"),
    grad_name="PowBackward1",
    # (torch keeps the result even where only this rule runs; so a later write to it is refused here too.)
    input=lambda xp, grad, input, exponent, result: xp._where(
        exponent == 0, 0, grad * (exponent * xp._pow_tensor(input, exponent - 1))
    ),
    exponent=lambda xp, grad, input, exponent, result: xp._where(
        xp.logical_and(input == 0, _not_below_zero(xp, exponent)), 0, grad * (result * xp.log(input))
    ),
)
def _pow_tensor(input, exponent):
    if input.dtype.kind == "b":
        raise NotImplementedError("pow is not defined for boolean tensors: convert with .int()")
    if input.dtype.kind in "iu" and (negative := exponent < 0).any():  # 1/x, without what stands behind the point
        unit = np.where(input == 1, 1, np.where(input == -1, 1 - 2 * (exponent & 1), 0)).astype(input.dtype)
        return np.where(negative, unit, np.power(input, np.where(negative, 0, exponent)))
    return np.power(input, exponent)


@operators("ipow")
def _raise_to(self: Tensor, exponent: Any) -> Tensor:
    return apply_in_place((_pow_tensor if isinstance(exponent, Tensor) else _pow_scalar).op, self, exponent)


@public(inplace=_raise_to)
def pow(input: Any, exponent: Any, *, out: Any = None) -> Tensor:
    r"""Raise to a power elementwise, :math:`x_i^{p_i}`; the derivative in x is :math:`p x^{p-1}`.

    Parameters
    ----------
    input, exponent : Tensor or number
        Of broadcastable shapes; at least one is a Tensor.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Raises
    ------
    RuntimeError
        For an integer tensor and a negative integer exponent.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> b = torch.tensor(3.0, requires_grad=True)
    >>> torch.pow(b, 3).backward()
    >>> b.grad
    tensor(27.)
    """
    if isinstance(exponent, Tensor):
        if isinstance(input, Tensor):
            return _pow_tensor(input, exponent)
        if isinstance(input, (int, float, complex)):
            wanted = dtypes.result_dtype([input, exponent._array])
            if wanted is dtypes.bool:
                raise NotImplementedError("pow is not defined for boolean tensors: convert with .int()")
            return _pow_base(_rounded_to_half(input, exponent), exponent if exponent.dtype is wanted else exponent.to(wanted))
        raise TypeError(f"pow(): the argument 'input' must be a Tensor or a number, but got {type(input).__name__}")
    if isinstance(exponent, (int, float, complex, np.generic)):
        exponent = exponent.item() if isinstance(exponent, np.generic) else exponent
        if isinstance(exponent, complex) and not input.dtype.is_complex:
            input = input.to(dtypes.result_dtype([input._array, exponent]))
        return _pow_scalar(input, _rounded_to_half(exponent, input))
    raise TypeError(f"pow(): the argument 'exponent' must be a Tensor or a number, but got {type(exponent).__name__}")


@operators("pow")
def _pow_operator(self: Any, other: Any) -> Any:
    return pow(self, other) if isinstance(other, (Tensor, int, float, complex, np.generic)) else NotImplemented


@operators("rpow")
def _rpow_operator(self: Any, other: Any) -> Any:
    other = other.item() if isinstance(other, np.generic) else other
    return pow(other, self) if isinstance(other, (Tensor, int, float, complex)) else NotImplemented


@public(inplace=lambda self: apply_in_place(_pow_scalar.op, self, 2))
def square(input: Tensor, *, out: Any = None) -> Tensor:
    r"""The square, :math:`x^2`.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype; booleans become int64.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.square(torch.tensor([-2.0, 3.0]))
    tensor([4., 9.])
    """
    return pow(input, 2)


@public(inplace=True)
@float_primitive(input=lambda xp, grad, result: -grad * result * result)
def reciprocal(input, out=None):
    r"""The reciprocal, :math:`1 / x`.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape; integers and booleans become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.reciprocal(torch.tensor([2.0, 4.0]))
    tensor([0.5000, 0.2500])
    """
    return _inverse(input, out)


def _inverse(x: np.ndarray, out: Any = None) -> np.ndarray:
    """1/x; of complex numbers as a quotient, whose zeros and infinities are those of PyTorch."""
    return np.reciprocal(x, out) if x.dtype.kind != "c" else np.true_divide(x.dtype.type(1), x, out)


@operators("rtruediv rdiv")
def _rdiv_operator(self: Any, other: Any) -> Any:
    """``1 / x`` is the reciprocal, times one (as torch records it)."""
    return mul(reciprocal(self), other) if is_operand(other) else NotImplemented


@public(inplace=True)
@float_primitive(ufunc=np.sqrt, input=lambda xp, grad, result: grad / (2 * result))
def sqrt(input, out=None):
    r"""The square root: :math:`\sqrt{x}`, elementwise; its derivative at 0 is inf.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape; integers and booleans become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.sqrt(torch.tensor([4.0, 9.0]))
    tensor([2., 3.])
    """
    return np.sqrt(input, out)


@public(inplace=True)
@float_primitive(input=lambda xp, grad, result: -0.5 * grad * (result * result * result))
def rsqrt(input, out=None):
    r"""The reciprocal of the square root: :math:`1 / \sqrt{x}`, elementwise.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape; integers and booleans become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.rsqrt(torch.tensor([4.0, 16.0]))
    tensor([0.5000, 0.2500])
    """
    return _inverse(np.sqrt(input), out)


@public(inplace=True)
@primitive(
    numbers="none",
    promote="same",
    input=lambda xp, grad, input, result: grad * (input / result),
    other=lambda xp, grad, other, result: grad * (other / result),
)
def hypot(input, other):
    r"""The hypotenuse of a right triangle, :math:`\sqrt{x^2 + y^2}`.

    Parameters
    ----------
    input, other : Tensor
        The legs, of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.hypot(torch.tensor([3.0]), torch.tensor([4.0]))
    tensor([5.])
    """
    floats_only("hypot", input)
    return np.hypot(input, other)


@public(inplace=True, exact=True)
def float_power(input: Any, exponent: Any, *, out: Any = None) -> Tensor:
    """Raise to a power in double precision.

    Parameters
    ----------
    input, exponent : Tensor or number
        Of broadcastable shapes; at least one is a Tensor.

    Returns
    -------
    Tensor
        Of the broadcast shape, of dtype float64 or complex128.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.float_power(torch.tensor([2]), 3)
    tensor([8.], dtype=torch.float64)
    """
    check_operands("float_power", input=input, exponent=exponent)
    given = (input, exponent)
    is_complex = any(isinstance(x, complex) or (isinstance(x, Tensor) and x.dtype.is_complex) for x in given)
    wanted = dtypes.complex128 if is_complex else dtypes.float64
    a, b = (x.to(wanted) if isinstance(x, Tensor) else x if is_complex else float(x) for x in given)
    return pow(a, b)
