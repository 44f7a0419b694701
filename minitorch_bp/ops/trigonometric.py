"""Trigonometric and hyperbolic functions, and their inverses. Angles are in radians."""

from __future__ import annotations

import numpy as np

from ..core.primitive import primitive


@primitive(ufunc=np.sin, promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, input: grad * xp.cos(input))
def sin(input, out=None):
    r"""The sine of an angle in radians: :math:`\sin x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.sin(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8415])
    """
    return np.sin(input, out)


@primitive(ufunc=np.cos, promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, input: -grad * xp.sin(input))
def cos(input, out=None):
    r"""The cosine of an angle in radians: :math:`\cos x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cos(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 0.5403])
    """
    return np.cos(input, out)


@primitive(
    ufunc=np.tan, promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, result: grad * (1 + result * result)
)
def tan(input, out=None):
    r"""The tangent of an angle in radians: :math:`\tan x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tan(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 1.5574])
    """
    return np.tan(input, out)


@primitive(promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, input: grad * xp.rsqrt(1 - input * input))
def asin(input, out=None):
    r"""The angle in radians whose sine is x: :math:`\arcsin x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.asin(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 1.5708])
    """
    return np.arcsin(input, out)


@primitive(promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, input: -grad * xp.rsqrt(1 - input * input))
def acos(input, out=None):
    r"""The angle in radians whose cosine is x: :math:`\arccos x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.acos(torch.tensor([0.0, 1.0]))
    tensor([1.5708, 0.0000])
    """
    return np.arccos(input, out)


@primitive(promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, input: grad / (input * input + 1))
def atan(input, out=None):
    r"""The angle in radians whose tangent is x: :math:`\arctan x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.atan(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7854])
    """
    return np.arctan(input, out)


@primitive(ufunc=np.sinh, promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, input: grad * xp.cosh(input))
def sinh(input, out=None):
    r"""The hyperbolic sine: :math:`\sinh x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.sinh(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 1.1752])
    """
    return np.sinh(input, out)


@primitive(ufunc=np.cosh, promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, input: grad * xp.sinh(input))
def cosh(input, out=None):
    r"""The hyperbolic cosine: :math:`\cosh x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cosh(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 1.5431])
    """
    return np.cosh(input, out)


@primitive(
    ufunc=np.tanh, promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, result: grad * (1 - result * result)
)
def tanh(input, out=None):
    r"""The hyperbolic tangent; its derivative is one minus its square: :math:`\tanh x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tanh(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7616])
    """
    return np.tanh(input, out)


@primitive(promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, input: grad * xp.rsqrt(input * input + 1))
def asinh(input, out=None):
    r"""The inverse of the hyperbolic sine: :math:`\operatorname{arsinh} x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.asinh(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8814])
    """
    return np.arcsinh(input, out)


@primitive(
    promote="float",
    promoted=("input",),
    inplace=True,
    input=lambda xp, grad, input: grad / (xp.sqrt(input - 1) * xp.sqrt(input + 1)),
)
def acosh(input, out=None):
    r"""The inverse of the hyperbolic cosine: :math:`\operatorname{arcosh} x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.acosh(torch.tensor([1.0, 2.0]))
    tensor([0.0000, 1.3170])
    """
    return np.arccosh(input, out)


@primitive(promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, input: grad / (1 - input * input))
def atanh(input, out=None):
    r"""The inverse of the hyperbolic tangent: :math:`\operatorname{artanh} x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.atanh(torch.tensor([0.0, 0.5]))
    tensor([0.0000, 0.5493])
    """
    return np.arctanh(input, out)


@primitive(
    numbers="none",
    promote="float",
    input=lambda xp, grad, input, other: grad * (other / (input * input + other * other)),
    other=lambda xp, grad, input, other: -grad * (input / (input * input + other * other)),
)
def atan2(input, other, out=None):
    r"""The angle in radians of the point (other, input), in :math:`(-\pi, \pi]`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.atan2(torch.tensor([1.0]), torch.tensor([-1.0]))
    tensor([2.3562])
    """
    return np.arctan2(input, other, out)
