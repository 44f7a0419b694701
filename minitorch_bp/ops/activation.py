"""Activation functions: the lecture's ReluNode and sigmoid layer, and the others courses use.

At a kink the derivative is a matter of convention; ours is torch's (0 for relu at 0, and so on, each stated where it
applies).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.inplace import apply_in_place
from ..core.primitive import primitive
from ..core.sums import max_kept, sum_kept
from ..core.tensor import Tensor, wrap
from ._shapes import ZERO, check_tensor, floats_only, kept_where, no_booleans, takes_out, wrap_dim
from .pointwise import _sigmoid
from .special import erf_of


@primitive(inplace=True, input=lambda xp, grad, result: xp._threshold_backward(grad, result, 0))
def relu(input, out=None):
    r"""The rectifier, :math:`\max(x, 0)`; its derivative is 1 where x > 0, and 0 elsewhere (also at 0).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.relu(torch.tensor([-3.0, 0.0, 3.0]))
    tensor([0., 0., 3.])
    """
    if input.dtype.kind == "b":
        raise RuntimeError("relu is not defined for torch.bool tensors: convert with .float() first")
    return np.maximum(input, ZERO[input.dtype]) if out is None else np.maximum(input, ZERO[input.dtype], out=out)


# The gates below are what relu and its kin multiply the gradient with. Their derivative in the input is 0, but it exists:
# torch says so, too, and a second backward relies on it.
@primitive(
    elementwise=True,
    method=False,
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
    method=False,
    grad_name="ThresholdBackward0",
    input=lambda xp, grad, input, threshold: xp._threshold_backward(grad, input, threshold),
)
def _threshold(input, threshold, value):
    no_booleans("threshold", input)
    return np.where(input <= threshold, np.asarray(value, input.dtype), input)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    r"""x where :math:`x > \text{threshold}`, else ``value``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.threshold(torch.tensor([0.5, 2.0]), 1.0, 9.0)
    tensor([9., 2.])
    """
    return apply_in_place(_threshold_written.op, input, threshold, value) if inplace else _threshold(input, threshold, value)


@primitive(
    elementwise=True,
    method=False,
    grad_name="LeakyReluBackward0",
    input=lambda xp, grad, input, negative_slope: xp._leaky_relu_backward(grad, input, negative_slope),
)
def _leaky_relu(input, negative_slope):
    floats_only("leaky_relu", input)
    return np.where(input > 0, input, input * input.dtype.type(negative_slope))


@primitive(
    elementwise=True,
    method=False,
    grad=lambda xp, g, input, negative_slope: xp._leaky_relu_backward(g, input, negative_slope),
    input=lambda xp, g: xp._zeros_of(g),
)
def _leaky_relu_backward(grad, input, negative_slope):
    return np.where(input > 0, grad, grad * grad.dtype.type(negative_slope))


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    r"""x where x > 0, else :math:`\text{negative\_slope} \times x` (also the derivative at 0).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.leaky_relu(torch.tensor([-1.0, 2.0]))
    tensor([-0.0100,  2.0000])
    """
    return apply_in_place(_leaky_relu_written.op, input, negative_slope) if inplace else _leaky_relu(input, negative_slope)


@primitive(
    elementwise=True,
    method=False,
    grad_name="EluBackward0",
    input=lambda xp, grad, input, alpha, scale: xp._elu_backward(grad, input, alpha, scale),
)
def _elu(input, alpha, scale):
    floats_only("elu", input)
    out = np.where(input <= 0, np.expm1(np.minimum(input, 0)) * input.dtype.type(alpha), input)
    return out * input.dtype.type(scale) if scale != 1 else out


@primitive(
    elementwise=True,
    method=False,
    grad=lambda xp, g, input, alpha, scale: xp._elu_backward(g, input, alpha, scale),
    input=lambda xp, g, grad, input, alpha, scale: xp._where(input >= 0, 0, g * grad * (xp.exp(input) * (alpha * scale))),
)
def _elu_backward(grad, input, alpha, scale):
    return np.where(
        input <= 0, grad * (np.exp(np.minimum(input, 0)) * grad.dtype.type(alpha * scale)), grad * grad.dtype.type(scale)
    )


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    r"""x where x > 0, else :math:`\alpha (e^x - 1)`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.elu(torch.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    return apply_in_place(_elu_written.op, input, alpha, 1.0) if inplace else _elu(input, alpha, 1.0)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    r"""The self-normalizing :func:`elu`: scale 1.0507, alpha 1.6733 (Klambauer et al., 2017).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.selu(torch.tensor([-1.0, 2.0]))
    tensor([-1.1113,  2.1014])
    """
    constants = (1.6732632423543772848170429916717, 1.0507009873554804934193349852946)
    return apply_in_place(_elu_written.op, input, *constants) if inplace else _elu(input, *constants)


@primitive(
    elementwise=True,
    method=False,
    grad_name="HardtanhBackward0",
    input=lambda xp, grad, input, min_val, max_val: xp._hardtanh_backward(grad, input, min_val, max_val),
)
def _hardtanh(input, min_val, max_val):
    if input.dtype.kind == "b":
        raise RuntimeError("hardtanh is not defined for torch.bool tensors: convert with .float() first")
    return np.clip(input, np.asarray(min_val, input.dtype), np.asarray(max_val, input.dtype))


@primitive(
    elementwise=True,
    method=False,
    grad=lambda xp, g, input, min_val, max_val: xp._hardtanh_backward(g, input, min_val, max_val),
    input=lambda xp, g: xp._zeros_of(g),
)
def _hardtanh_backward(grad, input, min_val, max_val):
    return np.where((input <= min_val) | (input >= max_val), ZERO[grad.dtype], grad)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    r"""x limited to an interval; unlike :func:`clamp`, the derivative at either end is 0.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.hardtanh(torch.tensor([-3.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """
    if min_val > max_val:
        raise ValueError(f"hardtanh: min_val {min_val} must not exceed max_val {max_val}")
    return apply_in_place(_hardtanh.op, input, min_val, max_val) if inplace else _hardtanh(input, min_val, max_val)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    r""":math:`\min(\max(x, 0), 6)`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.relu6(torch.tensor([-1.0, 3.0, 9.0]))
    tensor([0., 3., 6.])
    """
    return hardtanh(input, 0.0, 6.0, inplace)


@primitive(elementwise=True, method=False, input=lambda xp, grad, input: grad * _silu_slope(xp, input))
def _silu(input):
    floats_only("silu", input)
    return input * _sigmoid(input)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    r"""The sigmoid-weighted linear unit (swish), :math:`x \sigma(x)`.

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


@primitive(elementwise=True, method=False, hidden=lambda node, k, array: wrap(array), input=_gelu_rule)
def gelu(input, approximate="none"):
    r"""The Gaussian error linear unit, :math:`x \Phi(x)`, exactly or by the ``'tanh'`` approximation.

    Source: Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.

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


@primitive(
    elementwise=True,
    method=False,
    input=lambda xp, grad, input, beta, threshold: xp._where(input * beta > threshold, grad, grad * xp.sigmoid(input * beta)),
)
def softplus(input, beta=1.0, threshold=20.0):
    r"""A smooth rectifier, :math:`\frac{1}{\beta} \ln(1 + e^{\beta x})`; linear above ``threshold``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.softplus(torch.tensor([0.0, 30.0]))
    tensor([ 0.6931, 30.0000])
    """
    floats_only("softplus", input)
    scaled = input * input.dtype.type(beta)
    return np.where(scaled > threshold, input, np.log1p(np.exp(np.minimum(scaled, threshold))) / input.dtype.type(beta))


def softsign(input: Tensor) -> Tensor:
    r""":math:`x / (1 + |x|)`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.softsign(torch.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """
    return input / (input.abs() + 1)


@primitive(method=False, grad_name="LogSigmoidBackward0", input=lambda xp, grad, input: grad * xp.sigmoid(-input))
def logsigmoid(input):
    r"""The logarithm of the sigmoid, :math:`-\ln(1 + e^{-x})`, computed without overflow.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.logsigmoid(torch.tensor([0.0, -100.0]))
    tensor([  -0.6931, -100.0000])
    """
    floats_only("logsigmoid", input)
    input = input if input.flags.c_contiguous else input.copy()  # torch's result is contiguous, too
    return np.minimum(input, 0) - np.log1p(np.exp(-np.abs(input)))


def tanhshrink(input: Tensor) -> Tensor:
    r""":math:`x - \tanh x`."""
    return input - input.tanh()


# ---------------------------------------------------------------------- in place
# The in-place forms keep nothing of the old input: their rules read the result, which is all that is left in memory. (So a
# later write to it is noticed, as in torch.) Except threshold's: `value` may lie on either side of the threshold, so its
# result cannot tell; it keeps a copy.
@primitive(
    elementwise=True,
    method=False,
    grad_name="ThresholdBackward1",
    input=lambda xp, grad, input, threshold: xp._threshold_backward(grad, input, threshold),
)
def _threshold_written(input, threshold, value):
    return _threshold.op.kernel(input, threshold, value)


@primitive(
    elementwise=True,
    method=False,
    grad_name="LeakyReluBackward1",
    input=lambda xp, grad, result, negative_slope: xp._leaky_relu_backward(grad, result, negative_slope),
)
def _leaky_relu_written(input, negative_slope):
    if negative_slope < 0:
        raise RuntimeError("leaky_relu: with a negative slope the input can't be told from the result: use the out-of-place form")
    return _leaky_relu.op.kernel(input, negative_slope)


def _elu_slope(xp: Any, result: Any, alpha: float, scale: float) -> Any:
    """At 0 the slope is the left one, and the second derivative 0, as in torch."""
    return xp._where(result < 0, result + alpha * scale, xp._where(result == 0, alpha * scale, scale))


@primitive(
    elementwise=True,
    method=False,
    grad_name="EluBackward1",
    input=lambda xp, grad, result, alpha, scale: grad * _elu_slope(xp, result, alpha, scale),
)
def _elu_written(input, alpha, scale):
    if alpha < 0:
        raise RuntimeError("elu: with a negative alpha the input can't be told from the result: use the out-of-place form")
    return _elu.op.kernel(input, alpha, scale)


# ---------------------------------------------------------------------- softmax
def _prepare(name: str, input: Tensor, dim: Any, dtype: Any) -> tuple[Tensor, int]:
    check_tensor(name, input)
    if dtype is not None:
        input = input.to(dtype)
    if dim is None:
        # torch's old default: the last dimension, except for 0, 1 and 3 dimensions.
        import warnings

        warnings.warn(f"{name} without dim= chooses a dimension by an old rule; pass dim=", stacklevel=3)
        dim = 0 if input.ndim in (0, 1, 3) else 1
    dim = wrap_dim(dim, input._array.ndim, name)
    if input.dtype.category < dtypes.FLOATING:
        raise NotImplementedError(f"{name} is not defined for {input.dtype!r}: convert with .float() or pass dtype=")
    return input, dim


def _softmax_rule(xp: Any, grad: Any, result: Any, dim: Any) -> Any:
    g = grad * result
    return g - result * xp._sum_over(g, dim, True)


def _wide(x: np.ndarray) -> np.ndarray:
    return x.astype(np.float32) if x.dtype.itemsize == 2 else x


@primitive(method=False, grad_name="SoftmaxBackward0", input=_softmax_rule)
def _softmax(input, dim):
    if not input.size or not input.ndim:
        return np.ones_like(input)
    x = _wide(input)
    out = np.subtract(x, max_kept(x, dim))
    np.exp(out, out)
    out /= sum_kept(out, dim)
    return out.astype(input.dtype, copy=False)


@takes_out
def softmax(input: Tensor, dim: Any = None, dtype: Any = None, *, _stacklevel: int = 3) -> Tensor:
    r"""Exponentials normalized to sum 1 along ``dim``: :math:`e^{x_i} / \sum_j e^{x_j}`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.softmax(torch.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    return _softmax(*_prepare("softmax", input, dim, dtype))


@primitive(
    method=False,
    grad_name="LogSoftmaxBackward0",
    input=lambda xp, grad, result, dim: grad - xp.exp(result) * xp._sum_over(grad, dim, True),
)
def _log_softmax(input, dim):
    if not input.size or not input.ndim:
        return np.zeros_like(input)
    x = _wide(input)
    out = np.subtract(x, max_kept(x, dim))
    np.subtract(out, np.log(sum_kept(np.exp(out), dim)), out)
    return out if x is input else out.astype(input.dtype)


@takes_out
def log_softmax(input: Tensor, dim: Any = None, dtype: Any = None, *, _stacklevel: int = 3) -> Tensor:
    r"""The logarithm of :func:`softmax`, computed without overflow: :math:`x_i - \ln \sum_j e^{x_j}`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.log_softmax(torch.tensor([0.0, 0.0]), dim=0)
    tensor([-0.6931, -0.6931])
    """
    return _log_softmax(*_prepare("log_softmax", input, dim, dtype))


def softmin(input: Tensor, dim: Any = None, dtype: Any = None) -> Tensor:
    """:func:`softmax` of the negative."""
    return softmax(-input, dim, dtype)


def _glu_rule(xp: Any, grad: Any, input: Any, dim: int) -> Any:
    half = input.shape[dim] // 2
    first, gate = xp.narrow(input, dim, 0, half), xp.sigmoid(xp.narrow(input, dim, half, half))
    g = grad * gate
    return xp._cat((g, g * first * (1 - gate)), dim)


@primitive(method=False, grad_name="GluBackward0", input=_glu_rule)
def _glu(input, dim):
    floats_only("glu", input)
    first, second = np.split(input, 2, dim)
    return first * _sigmoid(second)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    r"""The gated linear unit: one half times the sigmoid of the other.

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
    if not input._array.ndim:
        raise RuntimeError("glu: a tensor of 0 dimensions can't be halved")
    dim = wrap_dim(dim, input._array.ndim, "glu")
    size = input._array.shape[dim]
    if size % 2:
        raise RuntimeError(f"glu: dimension {dim} must have an even size to be halved, but has {size}")
    return _glu(input, dim)
