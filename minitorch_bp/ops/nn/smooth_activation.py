"""Activations made of exponentials (elu, gelu, silu, softplus, mish): smooth everywhere, or everywhere but at 0."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._base import Tensor, apply_in_place, primitive, public, shown_as, wrap
from .._composite import is_half, rounded_once
from .._shapes import ZERO, check_tensor, chosen, floats_only, least_ndim, wrap_dim
from ..pointwise.exponential import _sigmoid
from ..pointwise.trigonometric import tanh
from ..special.error import erf_of
from .activation import _maybe_in_place


@primitive(
    reals_only=True,
    elementwise=True,
    grad_name="EluBackward0",
    input=lambda xp, grad, input, alpha, scale: xp._elu_backward(grad, input, alpha, scale),
)
def _elu(input, alpha, scale):
    floats_only("elu", input)
    out = chosen(input <= 0, np.expm1(np.minimum(ZERO[input.dtype], input)) * input.dtype.type(alpha), input)
    return out * input.dtype.type(scale) if scale != 1 else out


@primitive(
    elementwise=True,
    grad=lambda xp, g, input, alpha, scale: xp._elu_backward(g, input, alpha, scale),
    input=lambda xp, g, grad, input, alpha, scale: xp._where(input < 0, g * grad * (xp.exp(input) * (alpha * scale)), 0),
)
def _elu_backward(grad, input, alpha, scale):
    return chosen(input > 0, grad * grad.dtype.type(scale), grad * (np.exp(np.minimum(input, 0)) * grad.dtype.type(alpha * scale)))


@public("nn.functional")
def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    r"""The exponential linear unit: x where x > 0, else :math:`\alpha (e^x - 1)`.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    alpha : float

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.elu(torch.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    return apply_in_place(_elu_written.op, input, alpha, 1.0) if inplace else _elu(input, alpha, 1.0)


@public("torch", "nn.functional")
def selu(input: Tensor, inplace: bool = False) -> Tensor:
    r"""The self-normalizing :func:`elu`: scale 1.0507, alpha 1.6733 (Klambauer et al., 2017).

    Parameters
    ----------
    input : Tensor
        Of floating-point type.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.selu(torch.tensor([-1.0, 2.0]))
    tensor([-1.1113,  2.1014])
    """
    constants = (1.6732632423543772848170429916717, 1.0507009873554804934193349852946)
    return apply_in_place(_elu_written.op, input, *constants) if inplace else _elu(input, *constants)


@primitive(elementwise=True, input=lambda xp, grad, input: grad * _silu_slope(xp, input))
def _silu(input):
    floats_only("silu", input)
    return input * _sigmoid(input)


@public("nn.functional")
def silu(input: Tensor, inplace: bool = False) -> Tensor:
    r"""The sigmoid-weighted linear unit (swish), :math:`x \sigma(x)`.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.silu(torch.tensor([0.0, 2.0]))
    tensor([0.0000, 1.7616])
    """
    check_tensor("silu", input)
    return apply_in_place(_silu.op, input) if inplace else _silu(input)


def _silu_slope(xp: Any, x: Any) -> Any:
    s = xp.sigmoid(x)
    return s * (1 + x * (1 - s))


def _gelu_slope(xp: Any, x: Any, approximate: str) -> Any:
    if approximate == "none":
        return 0.5 * (1 + xp.erf(x * math.sqrt(0.5))) + x * xp.exp(x * x * -0.5) * (1 / math.sqrt(2 * math.pi))
    t = xp.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * (math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x * x))


def _gelu_rule(xp: Any, grad: Any, input: Any, approximate: str, hidden0: Any) -> Any:
    if not xp.on_arrays or hidden0 is None:
        return grad * _gelu_slope(xp, input, approximate)
    slope = np.exp(input * input * -0.5)  # the density; the distribution is known from the forward pass
    slope *= input
    slope *= 1 / math.sqrt(2 * math.pi)
    slope += hidden0
    slope *= grad
    return slope


@public("nn.functional")
@primitive(reals_only=True, elementwise=True, hidden=lambda node, k, array: wrap(array), input=_gelu_rule)
def gelu(input, approximate="none"):
    r"""The Gaussian error linear unit, :math:`x \Phi(x)`, exactly or by the ``'tanh'`` approximation.

    Source: Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    approximate : 'none' or 'tanh'

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.gelu(torch.tensor([-1.0, 2.0]))
    tensor([-0.1587,  1.9545])
    """
    floats_only("gelu", input)
    if approximate == "none":
        below = erf_of(input * input.dtype.type(math.sqrt(0.5))).astype(input.dtype, copy=False)
        below += input.dtype.type(1)
        below *= input.dtype.type(0.5)
        return input * below, below
    if approximate != "tanh":
        raise RuntimeError(f"gelu: approximate must be 'none' or 'tanh', but got {approximate!r}")
    return 0.5 * input * (1 + np.tanh(math.sqrt(2 / math.pi) * (input + 0.044715 * input * input * input))), None


def _softplus_rule(xp: Any, grad: Any, input: Any, beta: float, threshold: float) -> Any:
    """The sigmoid in the form that keeps its last digits where it is tiny, as PyTorch's kernel has it."""
    linear = input * beta > threshold
    z = xp.exp(xp._where(linear, 0, input * beta))
    return xp._where(linear, grad, grad * (z / (z + 1)))


@public("nn.functional")
@primitive(
    reals_only=True,
    elementwise=True,
    input=_softplus_rule,
)
def softplus(input, beta=1.0, threshold=20.0):
    r"""A smooth rectifier, :math:`\frac{1}{\beta} \ln(1 + e^{\beta x})`; linear above ``threshold``.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    beta, threshold : float

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.softplus(torch.tensor([0.0, 30.0]))
    tensor([ 0.6931, 30.0000])
    """
    beta, threshold = float(beta), float(threshold)  # a number of NumPy would decide the type
    floats_only("softplus", input)
    scaled = input * input.dtype.type(beta)
    result = np.where(scaled > threshold, input, np.log1p(np.exp(np.minimum(scaled, threshold))) / input.dtype.type(beta))
    return result


@public("nn.functional", sized="input")
def softsign(input: Tensor) -> Tensor:
    r"""A bounded activation with a slow tail, :math:`x / (1 + |x|)`.

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
    >>> torch.nn.functional.softsign(torch.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """
    return input / (input.abs() + 1)


@public("nn.functional")
@primitive(reals_only=True, grad_name="LogSigmoidBackward0", input=lambda xp, grad, input: grad * xp.sigmoid(-input))
def logsigmoid(input):
    r"""The logarithm of the sigmoid, :math:`-\ln(1 + e^{-x})`, computed without overflow.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.logsigmoid(torch.tensor([0.0, -100.0]))
    tensor([  -0.6931, -100.0000])
    """
    floats_only("logsigmoid", input)
    input = input if input.flags.c_contiguous else input.copy()  # torch's result is contiguous, too
    return np.minimum(input, 0) - np.log1p(np.exp(-np.abs(input)))


@public("nn.functional", sized="input")
def tanhshrink(input: Tensor) -> Tensor:
    r"""What the hyperbolic tangent takes off, :math:`x - \tanh x`.

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
    >>> torch.nn.functional.tanhshrink(torch.tensor([0.0, 2.0]))
    tensor([0.0000, 1.0360])
    """
    return input - input.tanh()


def _elu_written_rule(xp: Any, grad: Any, result: Any, alpha: float, scale: float) -> Any:
    """At 0 the slope is the left one, and the second derivative 0, as in torch."""
    if alpha < 0:
        raise RuntimeError("elu: with a negative alpha the input can't be told from the result: use the out-of-place form")
    return grad * xp._where(result < 0, result + alpha * scale, xp._where(result == 0, alpha * scale, scale))


@primitive(elementwise=True, grad_name="EluBackward1", input=_elu_written_rule)
def _elu_written(input, alpha, scale):
    return _elu.op.kernel(input, alpha, scale)


def _glu_rule(xp: Any, grad: Any, input: Any, dim: int) -> Any:
    half = input.shape[dim] // 2
    first, gate = xp.narrow(input, dim, 0, half), xp.sigmoid(xp.narrow(input, dim, half, half))
    g = grad * gate
    return xp._cat((g, g * first * (1 - gate)), dim)


@primitive(reals_only=True, grad_name="GluBackward0", input=_glu_rule)
def _glu(input, dim):
    floats_only("glu", input)
    first, second = np.split(input, 2, dim)
    return first * _sigmoid(second)


@public("nn.functional", aliases=False, sized="input")
def glu(input: Tensor, dim: int = -1) -> Tensor:
    r"""The gated linear unit: the first half times the sigmoid of the second.

    Source: Dauphin et al., "Language modeling with gated convolutional networks", 2017.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    dim : int
        The dimension that is halved.

    Returns
    -------
    Tensor
        Of half the size along ``dim``.

    Raises
    ------
    RuntimeError
        If the dimension has an odd size.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.glu(torch.tensor([2.0, 0.0]))
    tensor([1.])
    """
    check_tensor("glu", input)
    least_ndim("glu", 1, input)
    dim = wrap_dim(dim, input._array.ndim, "glu")
    size = input._array.shape[dim]
    if size % 2:
        raise RuntimeError(f"glu: dimension {dim} must have an even size to be halved, but has {size}")
    return _glu(input, dim)


@primitive(
    reals_only=True,
    elementwise=True,
    grad_name="CeluBackward0",
    input=lambda xp, grad, input, alpha: xp._celu_backward(grad, input, alpha),
)
def _celu(input, alpha):
    alpha = input.dtype.type(alpha)
    return np.where(input <= 0, np.expm1(np.minimum(ZERO[input.dtype], input) / alpha) * alpha, input)


@primitive(
    elementwise=True,
    grad=lambda xp, g, input, alpha: xp._celu_backward(g, input, alpha),
    input=lambda xp, g, grad, input, alpha: xp._where(input < 0, g * grad * (xp.exp(input / alpha) / alpha), 0),
)
def _celu_backward(grad, input, alpha):
    return np.where(input > 0, grad, grad * np.exp(np.minimum(input, 0) / input.dtype.type(alpha)))


def _celu_written_rule(xp: Any, grad: Any, result: Any, alpha: float) -> Any:
    """As elu's."""
    if alpha < 0:
        raise RuntimeError("celu: with a negative alpha the input can't be told from the result: use the out-of-place form")
    return grad * xp._where(result < 0, result / alpha + 1, 1)


@primitive(elementwise=True, grad_name="CeluBackward1", input=_celu_written_rule)
def _celu_written(input, alpha):
    return _celu.op.kernel(input, alpha)


@public("torch", "nn.functional")
def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    r"""The continuously differentiable :func:`elu`: x for x > 0, else :math:`\alpha (e^{x / \alpha} - 1)`.

    Source: Barron, "Continuously differentiable exponential linear units", 2017.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    alpha : float

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.celu(torch.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    floats_only("celu", input._array)
    if not alpha:
        raise RuntimeError("celu: alpha must not be 0")
    return apply_in_place(_celu_written.op, input, float(alpha)) if inplace else _celu(input, float(alpha))


def _mish(input: Tensor) -> Tensor:
    if is_half(input):
        return rounded_once(_mish, input)
    return shown_as(input * tanh(softplus(input)), "MishBackward0")


@public("nn.functional", node="MishBackward0(input)")
def mish(input: Tensor, inplace: bool = False) -> Tensor:
    r"""A self-gated activation, :math:`x \tanh(\ln(1 + e^x))`.

    Source: Misra, "Mish: a self regularized non-monotonic activation function", 2019.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.mish(torch.tensor([0.0, 2.0]))
    tensor([0.0000, 1.9440])
    """
    return _maybe_in_place(_mish, inplace, input)
