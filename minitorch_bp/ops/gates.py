"""More activation functions: pieces of straight lines, and smooth gates made of others."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import shown_as
from ..core.primitive import primitive
from ..core.tensor import Tensor
from ._shapes import check_tensor, floats_only, ordered_like, takes_out
from .activation import softplus
from .conversion import copy_
from .trigonometric import tanh


def _maybe_in_place(input: Tensor, result: Tensor, inplace: bool, shown: str = "") -> Tensor:
    """The result, or written over the input; then the node goes by the name of the result's."""
    if not inplace:
        return result
    return shown_as(copy_(input, result), shown or (result._fn.name() if result._fn is not None else ""))


@primitive(
    elementwise=True,
    method=False,
    grad_name="PreluKernelBackward0",
    input=lambda xp, grad, input, weight: xp._prelu_gradient(grad, input, weight),
    weight=lambda xp, grad, input, weight: xp._prelu_weight_gradient(grad, input, weight),
)
def _prelu(input, weight):
    floats_only("prelu", input)
    return np.where(input > 0, input, input * weight)


@primitive(
    elementwise=True,
    method=False,
    grad=lambda xp, g, input, weight: g * xp._where(input >= 0, 1, weight),  # at 0 torch takes the other slope here
    input=lambda xp, g: xp._zeros_of(g),
    weight=lambda xp, g, grad, input: xp._where(input >= 0, 0, g * grad),
)
def _prelu_gradient(grad, input, weight):
    return grad * np.where(input > 0, np.ones((), input.dtype), weight)


@primitive(
    elementwise=True,
    method=False,
    grad=lambda xp, g, input: xp._where(input >= 0, 0, g * input),
    input=lambda xp, g, grad, input: xp._where(input >= 0, 0, g * grad),
    weight=lambda xp, g, weight: xp._zeros_of(weight),
)
def _prelu_weight_gradient(grad, input, weight):
    return np.where(input >= 0, np.zeros((), input.dtype), grad * input)


# What the gradient passes. Its derivative in the input is 0, but it exists: torch says so, and a second backward relies on it.
@primitive(
    elementwise=True,
    method=False,
    grad=lambda xp, g, input, lambd: xp._shrink_gate(g, input, lambd),
    input=lambda xp, g: xp._zeros_of(g),
)
def _shrink_gate(grad, input, lambd):
    return np.where((input >= -lambd) & (input <= lambd), np.zeros((), grad.dtype), grad)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    r"""x for x > 0, else :math:`w x`, with one learned slope, or one for each channel (dimension 1).

    Source: He et al., "Delving deep into rectifiers", 2015.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.prelu(torch.tensor([-2.0, 3.0]), torch.tensor(0.25))
    tensor([-0.5000,  3.0000])
    """
    check_tensor("prelu", input)
    check_tensor("prelu", weight, "weight")
    if weight.ndim > 1:
        raise RuntimeError(f"prelu: the weight must be a number or a vector, but has shape {list(weight.shape)}")
    channels = input.shape[1] if input.ndim > 1 else 1
    if weight.numel() != 1:
        if not input.ndim:
            raise RuntimeError("prelu: a 0-d input takes one slope only")
        if weight.numel() != channels:
            raise RuntimeError(f"prelu: {weight.numel()} slopes do not fit {channels} channels")
    if weight.dtype is not input.dtype:
        raise RuntimeError(f"prelu: input and weight must have one type, but got {input.dtype!r} and {weight.dtype!r}")
    shape = (1, -1) + (1,) * (input.ndim - 2) if input.ndim > 1 else (-1,) if input.ndim else ()
    return _prelu(input, weight.reshape(shape))


@primitive(
    elementwise=True,
    method=False,
    grad_name="CeluBackward0",
    input=lambda xp, grad, input, alpha: xp._celu_backward(grad, input, alpha),
)
def _celu(input, alpha):
    alpha = input.dtype.type(alpha)
    return np.where(input <= 0, np.expm1(np.minimum(input, 0) / alpha) * alpha, input)


@primitive(
    elementwise=True,
    method=False,
    grad=lambda xp, g, input, alpha: xp._celu_backward(g, input, alpha),
    input=lambda xp, g, grad, input, alpha: xp._where(input >= 0, 0, g * grad * (xp.exp(input / alpha) / alpha)),
)
def _celu_backward(grad, input, alpha):
    return np.where(input <= 0, grad * np.exp(np.minimum(input, 0) / input.dtype.type(alpha)), grad)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    r"""x for x > 0, else :math:`\alpha (e^{x / \alpha} - 1)`: smooth for every :math:`\alpha`.

    Source: Barron, "Continuously differentiable exponential linear units", 2017.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.celu(torch.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    floats_only("celu", input._array)
    if not alpha:
        raise RuntimeError("celu: alpha must not be 0")
    return _maybe_in_place(input, _celu(input, float(alpha)), inplace, "CeluBackward1")


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    r""":math:`x \tanh(\ln(1 + e^x))`.

    Source: Misra, "Mish: a self regularized non-monotonic activation function", 2019.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.mish(torch.tensor([0.0, 2.0]))
    tensor([0.0000, 1.9440])
    """
    return _maybe_in_place(input, shown_as(input * tanh(softplus(input)), "MishBackward0"), inplace)


@primitive(
    method=False,
    grad_name="HardswishBackward0",
    input=lambda xp, grad, input: grad * xp._where(input <= -3, 0, xp._where(input < 3, input / 3 + 0.5, 1)),
)
def _hardswish(input):
    floats_only("hardswish", input)
    return input * np.minimum(np.maximum(input + 3, 0), 6) / 6


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    r""":math:`x \min(\max(x + 3, 0), 6) / 6`.

    Source: Howard et al., "Searching for MobileNetV3", 2019.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.hardswish(torch.tensor([-4.0, 1.0]))
    tensor([-0.0000, 0.6667])
    """
    return _maybe_in_place(input, _hardswish(input), inplace)


#: torch multiplies with the float32 number, in every type.
_SIXTH = float(np.float32(1 / 6))


@primitive(
    method=False,
    grad_name="HardsigmoidBackward0",
    input=lambda xp, grad, input: xp._where(xp.logical_and(input > -3, input < 3), grad * _SIXTH, 0),
)
def _hardsigmoid(input):
    floats_only("hardsigmoid", input)
    return np.minimum(np.maximum(input + 3, 0), 6) / 6


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    r"""The sigmoid in three straight lines: :math:`\min(\max(x + 3, 0), 6) / 6`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.hardsigmoid(torch.tensor([-4.0, 0.0]))
    tensor([0.0000, 0.5000])
    """
    return _maybe_in_place(input, _hardsigmoid(input), inplace)


@primitive(
    method=False,
    elementwise=True,
    grad_name="HardshrinkBackward0",
    input=lambda xp, grad, input, lambd: xp._shrink_gate(grad, input, lambd),
)
def _hardshrink(input, lambd):
    floats_only("hardshrink", input)
    return ordered_like(input, np.where((input >= -lambd) & (input <= lambd), np.zeros((), input.dtype), input))


@takes_out
def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    r"""0 for :math:`|x| \le \lambda`, else x.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.hardshrink(torch.tensor([0.3, 2.0]))
    tensor([0., 2.])
    """
    return _hardshrink(input, lambd)


@primitive(
    method=False,
    elementwise=True,
    grad_name="SoftshrinkBackward0",
    input=lambda xp, grad, input, lambd: xp._shrink_gate(grad, input, lambd),
)
def _softshrink(input, lambd):
    floats_only("softshrink", input)
    return ordered_like(input, np.where(input > lambd, input - lambd, np.where(input < -lambd, input + lambd, input * 0)))


@takes_out
def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    r"""x moved towards 0 by :math:`\lambda`, and 0 for :math:`|x| \le \lambda`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.softshrink(torch.tensor([0.3, 2.0]))
    tensor([0.0000, 1.5000])
    """
    if lambd < 0:
        raise RuntimeError(f"softshrink: lambd must not be negative, but is {lambd}")
    return _softshrink(input, lambd)


def logit(input: Tensor, eps: Any = None, *, out: Any = None) -> Tensor:
    r"""The inverse of the sigmoid, :math:`\ln \frac{x}{1 - x}`; x is first brought into [eps, 1 - eps], if given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.logit(torch.tensor([0.5, 0.9]))
    tensor([0.0000, 2.1972])
    """
    from ..core.primitive import write_out

    check_tensor("logit", input)
    x = input if eps is None else input.clamp(eps, 1 - eps)
    return write_out("logit", (x / (1 - x)).log(), out)
