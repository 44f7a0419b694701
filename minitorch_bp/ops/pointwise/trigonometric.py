"""Trigonometric and hyperbolic functions, and their inverses. Angles are in radians."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._base import Tensor, dtypes, float_primitive, primitive, public
from .._shapes import check_tensor


@public(inplace=True)
@float_primitive(ufunc=np.sin, input=lambda xp, grad, input: grad * xp.cos(input))
def sin(input, out=None):
    r"""The sine of an angle in radians: :math:`\sin x`, elementwise.

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
    >>> torch.sin(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8415])
    """
    return np.sin(input, out)


@public(inplace=True)
@float_primitive(ufunc=np.cos, input=lambda xp, grad, input: -grad * xp.sin(input))
def cos(input, out=None):
    r"""The cosine of an angle in radians: :math:`\cos x`, elementwise.

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
    >>> torch.cos(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 0.5403])
    """
    return np.cos(input, out)


@public(inplace=True)
@float_primitive(ufunc=np.tan, input=lambda xp, grad, result: grad * (1 + result * result))
def tan(input, out=None):
    r"""The tangent of an angle in radians: :math:`\tan x`, elementwise.

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
    >>> torch.tan(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 1.5574])
    """
    return np.tan(input, out)


@public(inplace=True, names=["arcsin"])
@float_primitive(input=lambda xp, grad, input: grad * xp.rsqrt(1 - input * input))
def asin(input, out=None):
    r"""The angle in radians whose sine is x: :math:`\arcsin x`, elementwise.

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
    >>> torch.asin(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 1.5708])
    """
    return np.arcsin(input, out)


@public(inplace=True, names=["arccos"])
@float_primitive(input=lambda xp, grad, input: -grad * xp.rsqrt(1 - input * input))
def acos(input, out=None):
    r"""The angle in radians whose cosine is x: :math:`\arccos x`, elementwise.

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
    >>> torch.acos(torch.tensor([0.0, 1.0]))
    tensor([1.5708, 0.0000])
    """
    return np.arccos(input, out)


@public(inplace=True, names=["arctan"])
@float_primitive(input=lambda xp, grad, input: grad / (input * input + 1))
def atan(input, out=None):
    r"""The angle in radians whose tangent is x: :math:`\arctan x`, elementwise.

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
    >>> torch.atan(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7854])
    """
    return np.arctan(input, out)


@public(inplace=True)
@float_primitive(ufunc=np.sinh, input=lambda xp, grad, input: grad * xp.cosh(input))
def sinh(input, out=None):
    r"""The hyperbolic sine: :math:`\sinh x`, elementwise.

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
    >>> torch.sinh(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 1.1752])
    """
    return np.sinh(input, out)


@public(inplace=True)
@float_primitive(ufunc=np.cosh, input=lambda xp, grad, input: grad * xp.sinh(input))
def cosh(input, out=None):
    r"""The hyperbolic cosine: :math:`\cosh x`, elementwise.

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
    >>> torch.cosh(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 1.5431])
    """
    return np.cosh(input, out)


@public("torch", "Tensor", "nn.functional", inplace=True)
@float_primitive(ufunc=np.tanh, input=lambda xp, grad, result: grad * (1 - result * result))
def tanh(input, out=None):
    r"""The hyperbolic tangent: :math:`\tanh x`, elementwise; its derivative is one minus its square.

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
    >>> torch.tanh(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7616])
    """
    return np.tanh(input, out)


@public(inplace=True, names=["arcsinh"])
@float_primitive(input=lambda xp, grad, input: grad * xp.rsqrt(input * input + 1))
def asinh(input, out=None):
    r"""The inverse of the hyperbolic sine: :math:`\operatorname{arsinh} x`, elementwise.

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
    >>> torch.asinh(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8814])
    """
    return np.arcsinh(input, out)


def _acosh_slope(xp: Any, x: Any) -> Any:
    """1 / sqrt(x^2 - 1); of complex numbers the root is taken of each factor, so that it is the right one of the two."""
    if xp.array_of(x).dtype.kind == "c":
        return 1 / (xp.sqrt(x - 1) * xp.sqrt(x + 1))
    return xp.rsqrt(x * x - 1)


@public(inplace=True, names=["arccosh"])
@float_primitive(input=lambda xp, grad, input: grad * _acosh_slope(xp, input))
def acosh(input, out=None):
    r"""The inverse of the hyperbolic cosine: :math:`\operatorname{arcosh} x`, elementwise.

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
    >>> torch.acosh(torch.tensor([1.0, 2.0]))
    tensor([0.0000, 1.3170])
    """
    return np.arccosh(input, out)


@public(inplace=True, names=["arctanh"])
@float_primitive(input=lambda xp, grad, input: grad / (1 - input * input))
def atanh(input, out=None):
    r"""The inverse of the hyperbolic tangent: :math:`\operatorname{artanh} x`, elementwise.

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
    >>> torch.atanh(torch.tensor([0.0, 0.5]))
    tensor([0.0000, 0.5493])
    """
    return np.arctanh(input, out)


def _squares(xp: Any, x: Any, y: Any) -> Any:
    """The square of the distance from the origin; infinite where it is 0, so that the gradient there is 0, as in torch."""
    squares = x * x + y * y
    return xp._where(squares == 0, math.inf, squares)


@public(inplace=True, names=["arctan2"])
@primitive(
    numbers="none",
    promote="float",
    input=lambda xp, grad, input, other: grad * (other / _squares(xp, input, other)),
    other=lambda xp, grad, input, other: -grad * (input / _squares(xp, input, other)),
)
def atan2(input, other, out=None):
    r"""The angle in radians of the point (other, input), in :math:`(-\pi, \pi]`.

    Parameters
    ----------
    input, other : Tensor
        The ordinates and the abscissas, of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype; integers become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.atan2(torch.tensor([1.0]), torch.tensor([-1.0]))
    tensor([2.3562])
    """
    return np.arctan2(input, other, out)


@public("torch", "Tensor", "special", inplace=True)
@float_primitive(input=lambda xp, grad, input: grad * xp._sinc_slope(input))
def sinc(input):
    r"""The normalized sinc function, :math:`\frac{\sin \pi x}{\pi x}`, and 1 at 0.

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
    >>> torch.sinc(torch.tensor([0.0, 0.5]))
    tensor([1.0000, 0.6366])
    """
    return np.sinc(input).astype(input.dtype, copy=False)


#: Of the series of the sinc function in :math:`(\pi x)^2`, from the second term on: where it is small, the formulas cancel.
_SINC_SERIES = [(-1) ** k / math.factorial(2 * k + 1) for k in range(1, 8)]


@primitive(input=lambda xp, grad, input, result: grad * _sinc_curvature(xp, input, result))
def _sinc_slope(input):
    small = np.abs(input) < 0.15
    safe = np.where(small, np.ones((), input.dtype), input)
    product = np.pi * safe
    slope = (np.cos(product) * product - np.sin(product)) / (product * safe)
    p = np.pi * np.where(small, input, np.zeros((), input.dtype))
    series = np.polynomial.polynomial.polyval(p * p, [2 * (k + 1) * c for k, c in enumerate(_SINC_SERIES)])
    slope = np.where(small, np.pi * p * series, slope)
    return np.where(input == 0, np.zeros((), input.dtype), slope).astype(input.dtype, copy=False)


def _sinc_curvature(xp: Any, x: Any, slope: Any) -> Any:
    """From :math:`x s'' + 2 s' + \\pi^2 x s = 0`, and from the series near 0."""
    small = xp.abs(x) < 0.15
    safe = xp._where(small, 1, x)
    squares = xp._where(small, x, 0) * xp._where(small, x, 0) * math.pi**2
    series: Any = 0.0
    for k, c in reversed(list(enumerate(_SINC_SERIES))):
        series = series * squares + (2 * k + 2) * (2 * k + 1) * c
    return xp._where(small, math.pi**2 * series, -2 * slope / safe - math.pi**2 * xp.sinc(x))


def _as_float(name: str, input: Tensor) -> Tensor:
    check_tensor(name, input)
    return input if input.dtype.category >= dtypes.FLOATING else input.to(dtypes.get_default_dtype())


@public(inplace=True, node="Deg2RadBackward0(input)")
def deg2rad(input: Tensor, *, out: Any = None) -> Tensor:
    """Convert degrees to radians.

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
    >>> torch.deg2rad(torch.tensor([180.0]))
    tensor([3.1416])
    """
    if input.dtype.is_complex:
        raise RuntimeError("deg2rad: complex angles are not supported")
    return _as_float("deg2rad", input) * (math.pi / 180)


@public(inplace=True, node="Rad2DegBackward0(input)")
def rad2deg(input: Tensor, *, out: Any = None) -> Tensor:
    """Convert radians to degrees.

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
    >>> torch.rad2deg(torch.tensor([1.0]))
    tensor([57.2958])
    """
    if input.dtype.is_complex:
        raise RuntimeError("rad2deg: complex angles are not supported")
    return _as_float("rad2deg", input) * (180 / math.pi)
