"""Piecewise linear activations: the rectifiers, hardtanh, hardswish and hardsigmoid."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core.random import default_generator
from .._base import Tensor, apply_in_place, primitive, public, wrap, written
from .._shapes import ZERO, bounded, check_tensor, chosen, floats_only, kept_where, no_booleans, same_type


@public(inplace=True)
@primitive(reals_only=True, input=lambda xp, grad, result: xp._threshold_backward(grad, result, 0))
def relu(input, out=None):
    r"""The rectifier, :math:`\max(x, 0)`; its derivative is 1 where x > 0, and 0 elsewhere (also at 0).

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.relu(torch.tensor([-3.0, 0.0, 3.0]))
    tensor([0., 0., 3.])
    """
    if input.dtype.kind == "b":
        raise RuntimeError("relu is not defined for torch.bool tensors: convert with .float() first")
    # (Of equal numbers NumPy takes the second, and PyTorch the input, which may be -0.)
    if input.size > 8192:
        return bounded(np.maximum, ZERO[input.dtype], input, out)
    return np.maximum(ZERO[input.dtype], input) if out is None else np.maximum(ZERO[input.dtype], input, out=out)


# The gates below are the factors that relu and its relatives multiply the gradient by. Their derivative in the input is 0, but
# it exists: torch says so, too, and a second backward relies on it.
@primitive(
    elementwise=True,
    grad=lambda xp, g, input, threshold: xp._threshold_backward(g, input, threshold),
    input=lambda xp, g: xp._zeros_of(g),
)
def _threshold_backward(grad, input, threshold):
    blocked = np.less_equal(input, ZERO[input.dtype] if threshold == 0 else threshold)
    if grad.size >= 1024:
        return kept_where(np.logical_not(blocked, blocked), grad)
    out = np.array(grad)
    np.putmask(out, blocked, ZERO[grad.dtype])
    return out


@primitive(
    elementwise=True,
    grad_name="ThresholdBackward0",
    input=lambda xp, grad, input, threshold: xp._threshold_backward(grad, input, threshold),
)
def _threshold(input, threshold, value):
    no_booleans("threshold", input)
    return np.where(input <= threshold, np.asarray(value, input.dtype), input)


@public("torch", "nn.functional")
def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    r"""Keep x where :math:`x > \text{threshold}`, else put ``value``.

    Parameters
    ----------
    input : Tensor
    threshold, value : float

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.threshold(torch.tensor([0.5, 2.0]), 1.0, 9.0)
    tensor([9., 2.])
    """
    return apply_in_place(_threshold_written.op, input, threshold, value) if inplace else _threshold(input, threshold, value)


@primitive(
    reals_only=True,
    elementwise=True,
    grad_name="LeakyReluBackward0",
    input=lambda xp, grad, input, negative_slope: xp._leaky_relu_backward(grad, input, negative_slope),
)
def _leaky_relu(input, negative_slope):
    floats_only("leaky_relu", input)
    return chosen(input > 0, input, input * input.dtype.type(negative_slope))


@primitive(
    elementwise=True,
    grad=lambda xp, g, input, negative_slope: xp._leaky_relu_backward(g, input, negative_slope),
    input=lambda xp, g: xp._zeros_of(g),
)
def _leaky_relu_backward(grad, input, negative_slope):
    return chosen(input > 0, grad, grad * grad.dtype.type(negative_slope))


@public("nn.functional")
def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    r"""The leaky rectifier: x where x > 0, else :math:`\text{negative\_slope} \times x` (also the derivative at 0).

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    negative_slope : float

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.leaky_relu(torch.tensor([-1.0, 2.0]))
    tensor([-0.0100,  2.0000])
    """
    return apply_in_place(_leaky_relu_written.op, input, negative_slope) if inplace else _leaky_relu(input, negative_slope)


@primitive(
    reals_only=True,
    elementwise=True,
    grad_name="HardtanhBackward0",
    input=lambda xp, grad, input, min_val, max_val: xp._hardtanh_backward(grad, input, min_val, max_val),
)
def _hardtanh(input, min_val, max_val):
    if input.dtype.kind == "b":
        raise RuntimeError("hardtanh is not defined for torch.bool tensors: convert with .float() first")
    return bounded(np.minimum, np.asarray(max_val, input.dtype), bounded(np.maximum, np.asarray(min_val, input.dtype), input))


@primitive(
    elementwise=True,
    grad=lambda xp, g, input, min_val, max_val: xp._hardtanh_backward(g, input, min_val, max_val),
    input=lambda xp, g: xp._zeros_of(g),
)
def _hardtanh_backward(grad, input, min_val, max_val):
    return kept_where((input > min_val) & (input < max_val), grad)


@public("nn.functional")
def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    r"""Limit x to an interval; unlike :func:`clamp`, the derivative at either end is 0.

    Parameters
    ----------
    input : Tensor
    min_val, max_val : float

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.hardtanh(torch.tensor([-3.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """
    if min_val > max_val:
        raise ValueError(f"hardtanh: min_val {min_val} must not exceed max_val {max_val}")
    return apply_in_place(_hardtanh.op, input, min_val, max_val) if inplace else _hardtanh(input, min_val, max_val)


@public("nn.functional")
def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    r"""The rectifier limited to 6, :math:`\min(\max(x, 0), 6)`.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.relu6(torch.tensor([-1.0, 3.0, 9.0]))
    tensor([0., 3., 6.])
    """
    return hardtanh(input, 0.0, 6.0, inplace)


# ---------------------------------------------------------------------- in place
# The in-place forms keep nothing of the old input: their rules read the result, which is all that is left in memory. (So a
# later write to it is noticed, as in torch.) Except threshold's: `value` may lie on either side of the threshold, so its
# result cannot tell; it keeps a copy.
@primitive(
    elementwise=True,
    grad_name="ThresholdBackward1",
    input=lambda xp, grad, input, threshold: xp._threshold_backward(grad, input, threshold),
)
def _threshold_written(input, threshold, value):
    return _threshold.op.kernel(input, threshold, value)


def _leaky_relu_written_rule(xp: Any, grad: Any, result: Any, negative_slope: float) -> Any:
    if negative_slope < 0:
        raise RuntimeError("leaky_relu: with a negative slope the input can't be told from the result: use the out-of-place form")
    return xp._leaky_relu_backward(grad, result, negative_slope)


@primitive(
    elementwise=True,
    grad_name="LeakyReluBackward1",
    input=_leaky_relu_written_rule,
)
def _leaky_relu_written(input, negative_slope):
    return _leaky_relu.op.kernel(input, negative_slope)


def _maybe_in_place(function: Any, inplace: bool, input: Tensor, *options: Any) -> Tensor:
    """The function of the input, or written over it."""
    return written(function, input, *options) if inplace else function(input, *options)


@primitive(
    reals_only=True,
    elementwise=True,
    grad_name="PreluKernelBackward0",
    input=lambda xp, grad, input, weight: xp._prelu_gradient(grad, input, weight),
    weight=lambda xp, grad, input, weight: xp._prelu_weight_gradient(grad, input, weight),
)
def _prelu(input, weight):
    floats_only("prelu", input)
    return np.where(input > 0, input, input * weight)


@primitive(
    elementwise=True,
    grad=lambda xp, g, input, weight: g * xp._where(input >= 0, 1, weight),  # at 0 torch takes the other slope here
    input=lambda xp, g: xp._zeros_of(g),
    weight=lambda xp, g, grad, input: xp._where(input >= 0, 0, g * grad),
)
def _prelu_gradient(grad, input, weight):
    return grad * np.where(input > 0, np.ones((), input.dtype), weight)


@primitive(
    elementwise=True,
    grad=lambda xp, g, input: xp._where(input >= 0, 0, g * input),
    input=lambda xp, g, grad, input: xp._where(input >= 0, 0, g * grad),
    weight=lambda xp, g, weight: xp._zeros_of(weight),
)
def _prelu_weight_gradient(grad, input, weight):
    return np.where(input >= 0, np.zeros((), input.dtype), grad * input)


@public("torch", "Tensor", "nn.functional")
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    r"""The rectifier with a learned slope: x for x > 0, else :math:`w x`.

    Source: He et al., "Delving deep into rectifiers", 2015.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    weight : Tensor
        One slope, or one for each channel (dimension 1).

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

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
    same_type("prelu", input, weight)
    shape = (1, -1) + (1,) * (input.ndim - 2) if input.ndim > 1 else (-1,) if input.ndim else ()
    return _prelu(input, weight if tuple(weight.shape) == shape else weight.reshape(shape))


@primitive(
    reals_only=True,
    grad_name="HardswishBackward0",
    input=lambda xp, grad, input: grad * xp._where(input <= -3, 0, xp._where(input >= 3, 1, input / 3 + 0.5)),
)
def _hardswish(input):
    floats_only("hardswish", input)
    return input * np.minimum(np.maximum(input + 3, 0), 6) / 6


@public("nn.functional")
def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    r"""The swish in pieces, :math:`x \min(\max(x + 3, 0), 6) / 6`.

    Source: Howard et al., "Searching for MobileNetV3", 2019.

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
    >>> torch.nn.functional.hardswish(torch.tensor([-4.0, 1.0]))
    tensor([-0.0000, 0.6667])
    """
    return _maybe_in_place(_hardswish, inplace, input)


#: torch multiplies with the float32 number, in every type.
_SIXTH = float(np.float32(1 / 6))


@primitive(
    reals_only=True,
    grad_name="HardsigmoidBackward0",
    input=lambda xp, grad, input: xp._where(xp.logical_and(input > -3, input < 3), grad * _SIXTH, 0),
)
def _hardsigmoid(input):
    floats_only("hardsigmoid", input)
    return np.minimum(np.maximum(input + 3, 0), 6) / 6


@public("nn.functional")
def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    r"""The sigmoid in three straight lines: :math:`\min(\max(x + 3, 0), 6) / 6`.

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
    >>> torch.nn.functional.hardsigmoid(torch.tensor([-4.0, 0.0]))
    tensor([0.0000, 0.5000])
    """
    return _maybe_in_place(_hardsigmoid, inplace, input)


# ---------------------------------------------------------------------- other randomness in training
@primitive(
    elementwise=True,
    grad=lambda xp, g, input, noise: xp._rrelu_backward(g, input, noise),
    input=lambda xp, g: xp._zeros_of(g),
)
def _rrelu_backward(grad, input, noise):
    return grad * noise


@primitive(
    elementwise=True,
    grad_name="RreluWithNoiseBackward0",
    input=lambda xp, grad, input, noise: xp._rrelu_backward(grad, input, noise),
)
def _rrelu(input, noise):
    return input * noise


def _rrelu_written_rule(xp: Any, grad: Any, result: Any, noise: Any, mean: float) -> Any:
    if mean < 0:
        raise RuntimeError("rrelu: with a negative slope the input can't be told from the result: use the out-of-place form")
    return xp._rrelu_backward(grad, result, noise)


@primitive(elementwise=True, grad_name="RreluWithNoiseBackward1", input=_rrelu_written_rule)
def _rrelu_written(input, noise, mean):
    return input * noise


@public("torch", "nn.functional")
def rrelu(input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False) -> Tensor:
    """The leaky rectifier with a slope drawn for each negative element from U(lower, upper); their mean in evaluation.

    Source: Xu et al., "Empirical evaluation of rectified activations in convolutional network", 2015.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    lower, upper : float
    training : bool

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Raises
    ------
    RuntimeError
        If ``lower`` is larger than ``upper``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.rrelu(torch.tensor([-48.0, 1.0]))
    tensor([-11.,   1.])
    """
    check_tensor("rrelu", input)
    floats_only("rrelu", input._array)
    if not (math.isfinite(lower) and math.isfinite(upper) and lower <= upper):
        raise RuntimeError(f"rrelu: the slopes from {lower} to {upper} must be finite and in order")
    x = input._array
    below = x <= ZERO[x.dtype]
    noise = np.ones(x.shape, x.dtype)
    if training:
        low, high = float(x.dtype.type(lower)), float(x.dtype.type(upper))
        with default_generator.lock:
            slopes: Any = default_generator.uniform64(int(below.sum())) * (high - low) + low
    else:  # the leaky relu, whose slope is for everything that is not positive, NaN included
        slopes, below = (lower + upper) / 2, ~(x > ZERO[x.dtype])
    noise[below] = slopes
    if inplace:
        return apply_in_place(_rrelu_written.op, input, wrap(noise), 0.0 if training else (lower + upper) / 2)
    return _rrelu(input, wrap(noise))
