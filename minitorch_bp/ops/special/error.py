"""The error function and the normal distribution function: SciPy's values, with derivative rules."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from ...core.chain import argument, unfold
from ...core.layout import in_memory_order
from ...core.namespaces import tracked
from .._base import Tensor, float_primitive, public
from .._composite import plus, times
from ._scipy import _special

#: x times a quotient of polynomials in x squared is erf x to 2e-8 of its value, where erf is not 1 in float32 (a third of a
#: unit in the last place). Least squares with weights moved to where the error was largest, until it was the same everywhere.
_ERF_ABOVE = (
    2.025911125053859e-06,
    0.0002846877874922498,
    0.003808157016745917,
    0.05287543261516857,
    0.19155018411709404,
    1.1283791437576227,
)


_ERF_BELOW = (3.783183615193359e-05, 0.0011707249613316039, 0.015055080422864303, 0.11455957400036819, 0.503089606421533, 1.0)


_ERF_BLOCK = 16384


def _polynomial(t: np.ndarray, coefficients: Any, out: np.ndarray) -> None:
    np.multiply(t, coefficients[0], out)
    for c in coefficients[1:-1]:
        out += c
        out *= t
    out += coefficients[-1]


def erf_of(x: np.ndarray) -> np.ndarray:
    """The error function of an array. In float32 a quarter of SciPy's time, in blocks that stay in the cache, without SciPy."""
    if x.dtype != np.float32:
        return np.asarray(_special().erf(x)).astype(x.dtype, copy=False)
    if 0 in x.strides:  # an expanded array has fewer numbers in memory than elements
        x = in_memory_order(x, x)
    whole = np.empty_like(x)
    flat, out = x.ravel("K"), whole.ravel("K")  # in the order in memory, which the result keeps
    size = min(_ERF_BLOCK, flat.size)
    places = [np.empty(size) for _ in range(4)]
    for start in range(0, flat.size, _ERF_BLOCK):
        part = flat[start : start + _ERF_BLOCK]
        y, t, above, below = (p[: part.size] for p in places)
        np.clip(part, np.float32(-3.93), np.float32(3.93), y)
        np.multiply(y, y, t)
        _polynomial(t, _ERF_ABOVE, above)
        _polynomial(t, _ERF_BELOW, below)
        above *= y
        np.divide(above, below, out[start : start + _ERF_BLOCK], casting="same_kind")
    return whole


@public("torch", "Tensor", "special", inplace=True)
@float_primitive(reals_only=True, input=lambda xp, grad, input: grad * (xp.exp(-(input * input)) * 1.1283791670955126))
def erf(input):
    r"""The error function: :math:`\frac{2}{\sqrt\pi}\int_0^x e^{-t^2}\,dt`, elementwise.

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
    >>> torch.erf(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8427])
    """
    return erf_of(input)


@public("torch", "Tensor", "special", inplace=True)
@float_primitive(reals_only=True, input=lambda xp, grad, input: -grad * (xp.exp(-(input * input)) * 1.1283791670955126))
def erfc(input):
    r"""The complementary error function: :math:`1 - \operatorname{erf} x`, elementwise.

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
    >>> torch.erfc(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 0.1573])
    """
    return np.asarray(_special().erfc(input)).astype(input.dtype, copy=False)


_ROOT_PI = 1.7724538509055159


@public("torch", "Tensor", "special", inplace=True)
@float_primitive(
    reals_only=True, input=lambda xp, grad, input: grad * (xp.exp(xp.erfinv(input) * xp.erfinv(input)) * (_ROOT_PI / 2))
)
def erfinv(input):
    """The inverse of :func:`erf`.

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
    >>> torch.erfinv(torch.tensor([0.0, 0.5]))
    tensor([0.0000, 0.4769])
    """
    return np.where(input == 0, input, _special().erfinv(input)).astype(input.dtype, copy=False)  # (SciPy's loses the sign of -0)


@public("special")
@float_primitive(
    grad_name="SpecialErfcxBackward0", input=lambda xp, grad, input, result: grad * (2 * input * result - 2 / _ROOT_PI)
)
def erfcx(input):
    r"""The scaled complementary error function, :math:`e^{x^2} \operatorname{erfc} x`.

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
    >>> torch.special.erfcx(torch.tensor([0.0]))
    tensor([1.])
    """
    return np.asarray(_special().erfcx(input)).astype(input.dtype, copy=False)


@public("special")
@float_primitive(input=lambda xp, grad, input: grad * (xp.exp(input * input * -0.5) * 0.3989422804014327))
def ndtr(input):
    """The cumulative distribution function of the standard normal distribution.

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
    >>> torch.special.ndtr(torch.tensor([0.0]))
    tensor([0.5000])
    """
    return np.asarray(_special().ndtr(input)).astype(input.dtype, copy=False)


def _ndtr_chain(node: Any) -> Tensor:
    return times(plus(tracked.erf(times(argument(node, "input", node.shape), 0.7071067811865476)), 1), 0.5)


ndtr.op.unfold = functools.partial(unfold, compose=_ndtr_chain)


@public("special")
@float_primitive(
    grad_name="SpecialNdtriBackward0", input=lambda xp, grad, result: grad * (xp.exp(result * result * 0.5) * 2.5066282746310002)
)
def ndtri(input):
    """The quantile function of the standard normal distribution: the inverse of :func:`ndtr`.

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
    >>> torch.special.ndtri(torch.tensor([0.5]))
    tensor([0.])
    """
    return np.asarray(_special().ndtri(input)).astype(input.dtype, copy=False)


def _log_ndtr_rule(xp: Any, grad: Any, input: Any, result: Any) -> Any:
    """The density over the distribution: below 0 by erfcx, as both underflow, and above by logarithms, as erfcx overflows."""
    below, above = xp._where(input < 0, input, 0), xp._where(input < 0, 0, input)
    left = 2 / xp.erfcx(below * -math.sqrt(0.5))
    right = xp.exp(above * above * -0.5 - xp._where(input < 0, 0, result))
    return grad * xp._where(input < 0, left, right) * (1 / math.sqrt(2 * math.pi))


@public("special")
@float_primitive(grad_name="SpecialLogNdtrBackward0", input=_log_ndtr_rule)
def log_ndtr(input):
    """The logarithm of :func:`ndtr`, accurate where that underflows.

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
    >>> torch.special.log_ndtr(torch.tensor([0.0]))
    tensor([-0.6931])
    """
    return np.asarray(_special().log_ndtr(input)).astype(input.dtype, copy=False)
