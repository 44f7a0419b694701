"""Elementwise functions of one tensor: the lecture's generic unary node, once per function.

Each entry is a NumPy ufunc and its derivative. Where the derivative is cheapest in terms of the output (``exp``,
``tanh``, ``sigmoid``), the rule reads ``result``, so that is what is kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.primitive import primitive, write_out
from ..core.tensor import Tensor
from ._shapes import ZERO, floats_only, no_booleans, takes_out


def _sigmoid(x: np.ndarray) -> np.ndarray:
    out = np.negative(x, np.empty_like(x))
    np.exp(out, out)
    np.add(out, 1, out)
    return np.reciprocal(out, out)


def _integral(function: Any, x: np.ndarray, out: Any) -> np.ndarray:
    """Rounding functions leave integers as they are, with their type."""
    no_booleans(function.__name__, x)
    return np.positive(x, out) if x.dtype.kind in "iub" else function(x, out)


@primitive(method=False)
def _zeros_of(input):
    return np.zeros_like(input)


@primitive(ufunc=np.exp, promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, result: grad * result)
def exp(input, out=None):
    r"""The exponential function: :math:`e^x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.exp(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 2.7183])
    """
    return np.exp(input, out)


@primitive(
    ufunc=np.exp2,
    promote="float",
    promoted=("input",),
    inplace=True,
    input=lambda xp, grad, result: grad * (result * 0.6931471805599453),
)
def exp2(input, out=None):
    r"""Two to the power of x: :math:`2^x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.exp2(torch.tensor([0.0, 3.0]))
    tensor([1., 8.])
    """
    return np.exp2(input, out)


@primitive(ufunc=np.expm1, promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, result: grad * (result + 1))
def expm1(input, out=None):
    r"""The exponential less one, accurate near 0: :math:`e^x - 1`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.expm1(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 1.7183])
    """
    return np.expm1(input, out)


@primitive(ufunc=np.log, promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, input: grad / input)
def log(input, out=None):
    r"""The natural logarithm: :math:`\ln x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.log(torch.tensor([1.0, 10.0]))
    tensor([0.0000, 2.3026])
    """
    return np.log(input, out)


@primitive(
    ufunc=np.log2,
    promote="float",
    promoted=("input",),
    inplace=True,
    input=lambda xp, grad, input: grad / (input * 0.6931471805599453),
)
def log2(input, out=None):
    r"""The logarithm to base 2: :math:`\log_2 x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.log2(torch.tensor([1.0, 8.0]))
    tensor([0., 3.])
    """
    return np.log2(input, out)


@primitive(promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, input: grad / (input * 2.302585092994046))
def log10(input, out=None):
    r"""The logarithm to base 10: :math:`\log_{10} x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.log10(torch.tensor([1.0, 100.0]))
    tensor([0., 2.])
    """
    if input.dtype == np.float32:  # NumPy's own float32 loop gives log10(100) = 2.0000002
        return np.log10(input, out, dtype=np.float64, casting="same_kind").astype(np.float32, copy=False)
    return np.log10(input, out)


@primitive(ufunc=np.log1p, promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, input: grad / (input + 1))
def log1p(input, out=None):
    r"""The logarithm of one more than x, accurate near 0: :math:`\ln(1 + x)`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.log1p(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.6931])
    """
    return np.log1p(input, out)


@primitive(ufunc=np.sqrt, promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, result: grad / (2 * result))
def sqrt(input, out=None):
    r"""The square root; its derivative at 0 is inf: :math:`\sqrt{x}`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.sqrt(torch.tensor([4.0, 9.0]))
    tensor([2., 3.])
    """
    return np.sqrt(input, out)


@primitive(
    promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, result: -0.5 * grad * (result * result * result)
)
def rsqrt(input, out=None):
    r"""The reciprocal of the square root: :math:`1 / \sqrt{x}`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.rsqrt(torch.tensor([4.0, 16.0]))
    tensor([0.5000, 0.2500])
    """
    return np.reciprocal(np.sqrt(input), out)


@primitive(promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, result: grad * (1 - result) * result)
def sigmoid(input):
    r"""The logistic function: :math:`\sigma(x) = 1 / (1 + e^{-x})`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.sigmoid(torch.tensor([0.0, 2.0]))
    tensor([0.5000, 0.8808])
    """
    return _sigmoid(input)


@primitive(inplace=True, input=lambda xp, grad, input: grad * xp.sgn(input))
def abs(input, out=None):
    r"""The absolute value; its derivative at 0 is 0: :math:`|x|`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.abs(torch.tensor([-1.5, 2.0]))
    tensor([1.5000, 2.0000])
    """
    no_booleans("abs", input)
    return np.abs(input, out)


@primitive(inplace=True, input=lambda xp, grad: xp._zeros_of(grad))
def sign(input, out=None):
    r"""-1, 0 or 1 (0 for NaN); the derivative is 0 everywhere: :math:`\operatorname{sign} x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.sign(torch.tensor([-1.5, 2.0]))
    tensor([-1.,  1.])
    """
    if input.dtype.kind == "b":
        return np.array(input)
    found = np.sign(input, out)
    if input.dtype.kind in "fV" and np.isnan(np.add.reduce(found, None)):
        return np.nan_to_num(found, copy=out is None)
    return found


@primitive(inplace=True, input=lambda xp, grad: xp._zeros_of(grad))
def floor(input, out=None):
    r"""The largest integer not above x; the derivative is 0: :math:`\lfloor x \rfloor`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.floor(torch.tensor([-1.5, 1.5]))
    tensor([-2.,  1.])
    """
    return _integral(np.floor, input, out)


@primitive(inplace=True, input=lambda xp, grad: xp._zeros_of(grad))
def ceil(input, out=None):
    r"""The smallest integer not below x; the derivative is 0: :math:`\lceil x \rceil`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ceil(torch.tensor([-1.5, 1.5]))
    tensor([-1.,  2.])
    """
    return _integral(np.ceil, input, out)


@primitive(inplace=True, input=lambda xp, grad: xp._zeros_of(grad))
def trunc(input, out=None):
    r"""The integer part, towards 0; the derivative is 0: :math:`\operatorname{trunc} x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.trunc(torch.tensor([-1.5, 1.5]))
    tensor([-1.,  1.])
    """
    return _integral(np.trunc, input, out)


@primitive(inplace=True, input=lambda xp, grad: grad)
def frac(input):
    r"""The fractional part, with the sign of x: :math:`x - \operatorname{trunc} x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.frac(torch.tensor([-1.5, 1.25]))
    tensor([-0.5000,  0.2500])
    """
    floats_only("frac", input)
    return input - np.trunc(input)


@primitive(elementwise=True, method=False, grad_name="RoundBackward0", input=lambda xp, grad: xp._zeros_of(grad))
def _round(input, decimals):
    no_booleans("round", input)
    return input.copy() if input.dtype.kind in "iu" else np.round(input, decimals).astype(input.dtype, copy=False)


@takes_out
def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    r"""Round to the nearest integer, halves to even, or to ``decimals`` digits; the derivative is 0.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.round(torch.tensor([0.5, 1.5, 2.6]))
    tensor([0., 2., 3.])
    """
    return _round(input, decimals)


# ---------------------------------------------------------------------- clamp
@primitive(
    elementwise=True,
    method=False,
    grad_name=lambda node: "ClampBackward1",
    input=lambda xp, grad, input, min, max: xp._clamp_mask(grad, input, min, max),
)
def _clamp(input, min, max):
    if min is None:
        return np.minimum(input, np.asarray(max, input.dtype))
    if max is None:
        return np.maximum(input, np.asarray(min, input.dtype))
    return np.minimum(np.maximum(input, np.asarray(min, input.dtype)), np.asarray(max, input.dtype))


@primitive(elementwise=True, method=False, grad=lambda xp, grad, input, min, max: xp._clamp_mask(grad, input, min, max))
def _clamp_mask(grad, input, min, max):
    inside = np.ones(input.shape, bool) if min is None else input >= min
    if max is not None:
        inside = inside & (input <= max)
    return np.where(inside, grad, ZERO[grad.dtype])


def clamp(input: Tensor, min: Any = None, max: Any = None, *, out: Any = None) -> Tensor:
    r"""Limit to an interval: :math:`\min(\max(x, \text{min}), \text{max})`. At either end the derivative is 1.

    Parameters
    ----------
    input : Tensor
    min, max : number, Tensor or None
        At least one must be given.

    Raises
    ------
    RuntimeError
        If neither bound is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.clamp(torch.tensor([-2.0, 0.5, 3.0]), 0, 1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    from ..core import dtype as dtypes

    if min is None and max is None:
        raise RuntimeError("clamp: at least one of min and max must be given")
    tensors = [b for b in (min, max) if isinstance(b, Tensor)]
    if tensors:
        if len(tensors) < 2 and min is not None and max is not None:
            raise TypeError("clamp(): the bounds min and max must be two numbers or two tensors, not one of each")
        wanted = dtypes.result_dtype([t._array for t in (input, *tensors)])
        result = _clamp_by_tensors(*(b if b is None else b.to(wanted) for b in (input, min, max)))
    else:
        numbers = [b for b in (min, max) if b is not None]
        if input.dtype.category <= 1 and any(isinstance(b, float) for b in numbers):
            input = input.to(dtypes.get_default_dtype())
        elif input.dtype is dtypes.bool and not all(isinstance(b, bool) for b in numbers):
            input = input.to(dtypes.int64)
        result = _clamp(input, min, max)
    return write_out("clamp", result, out)


@primitive(
    elementwise=True,
    method=False,
    grad_name="ClampBackward0",
    input=lambda xp, grad, input, min, max: xp._clamp_mask(grad, input, min, max),
    min=lambda xp, grad, input, min, max: xp._where(
        input < min if max is None else xp.logical_and(input < min, min < max), grad, 0
    ),
    max=lambda xp, grad, input, min, max: xp._where(input > max if min is None else xp.logical_or(input > max, max < min), grad, 0),
)
def _clamp_by_tensors(input, min, max):
    out = input if min is None else np.maximum(input, min)
    return out if max is None else np.minimum(out, max)
