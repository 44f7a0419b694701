"""Exponentials, logarithms and the sigmoid: the lecture's generic unary node, once per function.

Each entry is a NumPy ufunc and its derivative. Where the derivative is cheapest in terms of the output (``exp``,
``tanh``, ``sigmoid``), the rule reads ``result``, so that is what is kept.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._base import Tensor, float_primitive, primitive, public
from .._shapes import check_tensor, floats_only


def _logit_rule(xp: Any, grad: Any, input: Any, eps: Any) -> Any:
    slope = grad / (input * (1 - input))
    if eps is None:  # beside [0, 1] there is no logarithm to differentiate
        return xp._where(xp.logical_or(input < 0, input > 1), float("nan"), slope)
    return xp._where(xp.logical_or(input < eps, input > 1 - eps), 0.0, slope)


@float_primitive(reals_only=True, elementwise=True, grad_name="LogitBackward0", input=_logit_rule)
def _logit(input, eps):
    x = input if eps is None else np.clip(input, input.dtype.type(eps), input.dtype.type(1 - eps))
    return np.log(x / (1 - x))


@public("torch", "Tensor", "special", inplace=True)
def logit(input: Tensor, eps: Any = None, *, out: Any = None) -> Tensor:
    r"""The inverse of the sigmoid, :math:`\ln \frac{x}{1 - x}`; x is first brought into [eps, 1 - eps], if given.

    Parameters
    ----------
    input : Tensor
    eps : float, optional
        Limit x to [eps, 1 - eps] first.

    Returns
    -------
    Tensor
        Of ``input``'s shape; integers become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.logit(torch.tensor([0.5, 0.9]))
    tensor([0.0000, 2.1972])
    """
    check_tensor("logit", input)
    return _logit(input, None if eps is None else float(eps))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    out = np.negative(x, np.empty_like(x))
    np.exp(out, out)
    np.add(out, 1, out)
    return np.reciprocal(out, out)


@public(inplace=True)
@float_primitive(ufunc=np.exp, input=lambda xp, grad, result: grad * result)
def exp(input, out=None):
    r"""The exponential function: :math:`e^x`, elementwise.

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
    >>> torch.exp(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 2.7183])
    """
    return np.exp(input, out)


@public("torch", "Tensor", "special", inplace=True)
@float_primitive(ufunc=np.exp2, input=lambda xp, grad, result: grad * (result * 0.6931471805599453))
def exp2(input, out=None):
    r"""Two to the power of x: :math:`2^x`, elementwise.

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
    >>> torch.exp2(torch.tensor([0.0, 3.0]))
    tensor([1., 8.])
    """
    return np.exp2(input, out)


@public("torch", "Tensor", "special", inplace=True)
@float_primitive(ufunc=np.expm1, input=lambda xp, grad, result: grad * (result + 1))
def expm1(input, out=None):
    r"""The exponential less one, accurate near 0: :math:`e^x - 1`, elementwise.

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
    >>> torch.expm1(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 1.7183])
    """
    return np.expm1(input, out)


@public(inplace=True)
@float_primitive(ufunc=np.log, input=lambda xp, grad, input: grad / input)
def log(input, out=None):
    r"""The natural logarithm: :math:`\ln x`, elementwise.

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
    >>> torch.log(torch.tensor([1.0, 10.0]))
    tensor([0.0000, 2.3026])
    """
    return np.log(input, out)


@public(inplace=True)
@float_primitive(ufunc=np.log2, input=lambda xp, grad, input: grad / (input * 0.6931471805599453))
def log2(input, out=None):
    r"""The logarithm to base 2: :math:`\log_2 x`, elementwise.

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
    >>> torch.log2(torch.tensor([1.0, 8.0]))
    tensor([0., 3.])
    """
    return np.log2(input, out)


@public(inplace=True)
@float_primitive(input=lambda xp, grad, input: grad / (input * 2.302585092994046))
def log10(input, out=None):
    r"""The logarithm to base 10: :math:`\log_{10} x`, elementwise.

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
    >>> torch.log10(torch.tensor([1.0, 100.0]))
    tensor([0., 2.])
    """
    if input.dtype == np.float32:  # NumPy's own float32 loop gives log10(100) = 2.0000002
        return np.log10(input, out, dtype=np.float64, casting="same_kind").astype(np.float32, copy=False)
    return np.log10(input, out)


@public("torch", "Tensor", "special", inplace=True)
@float_primitive(ufunc=np.log1p, grad_name="Log1PBackward0", input=lambda xp, grad, input: grad / (input + 1))
def log1p(input, out=None):
    r"""The logarithm of one more than x, accurate near 0: :math:`\ln(1 + x)`, elementwise.

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
    >>> torch.log1p(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.6931])
    """
    return np.log1p(input, out)


@public("torch", "Tensor", "nn.functional", inplace=True, names=["special.expit"])
@float_primitive(input=lambda xp, grad, result: grad * (1 - result) * result)
def sigmoid(input):
    r"""The logistic function: :math:`\sigma(x) = 1 / (1 + e^{-x})`, elementwise.

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
    >>> torch.sigmoid(torch.tensor([0.0, 2.0]))
    tensor([0.5000, 0.8808])
    """
    return _sigmoid(input)


@public()
@primitive(
    numbers="none",
    promote="same",
    input=lambda xp, grad, input, other: grad / (1 + xp.exp(other - input)),
    other=lambda xp, grad, input, other: grad / (1 + xp.exp(input - other)),
)
def logaddexp(input, other):
    r"""The logarithm of a sum of exponentials, :math:`\ln(e^x + e^y)`.

    Parameters
    ----------
    input, other : Tensor
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

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


@public()
@primitive(
    numbers="none",
    promote="same",
    input=lambda xp, grad, input, other: grad / (1 + xp.exp2(other - input)),
    other=lambda xp, grad, input, other: grad / (1 + xp.exp2(input - other)),
)
def logaddexp2(input, other):
    r"""The logarithm to base 2 of a sum of powers of 2, :math:`\log_2(2^x + 2^y)`.

    Parameters
    ----------
    input, other : Tensor
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

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
