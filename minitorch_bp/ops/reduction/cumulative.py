"""Cumulative operations along a dimension: sums, products, logsumexp, maxima and minima."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dtype import as_dtype
from .._base import Tensor, dtypes, primitive, public
from .._return_types import return_type
from .._shapes import check_tensor, floats_only, summed_as, wrap_dim


# ---------------------------------------------------------------------- running logarithms of sums
def _logcumsumexp_rule(xp: Any, grad: Any, input: Any, result: Any, dim: Any) -> Any:
    """exp(x_i) times the sum over k >= i of g_k exp(-y_k), with positive and negative parts in logarithms."""
    if not len(input.shape):
        return grad
    if not xp.on_arrays:  # as a matrix of weights (of real numbers, all at most 1)
        place = input.shape[dim]
        x, y, g = (xp.transpose(t, dim, -1) for t in (input, result, grad))
        below = xp.constant(np.tri(place, dtype=bool))
        weights = xp.exp(xp._where(below, x[..., None, :] - y[..., :, None], -np.inf))
        return xp.transpose(xp._sum_over(weights * g[..., :, None], -2, False), dim, -1) if place else grad
    back = lambda x: xp.flip(xp._logcumsumexp(xp.flip(x, (dim,)), dim), (dim,))
    if input.dtype.kind == "c":
        return xp.exp(back(xp.log(grad) - result) + input)
    zero = -np.inf
    positive = back(xp._where(grad > 0, xp.log(xp.abs(grad)), zero) - result)
    negative = back(xp._where(grad < 0, xp.log(xp.abs(grad)), zero) - result)
    return xp.exp(positive + input) - xp.exp(negative + input)


@primitive(grad_name="LogcumsumexpBackward0", input=_logcumsumexp_rule)
def _logcumsumexp(input, dim):
    floats_only("logcumsumexp", input)
    if input.dtype.kind == "c" and input.ndim:
        rows, out = np.moveaxis(input, dim, 0), np.empty_like(input)
        steps, so_far = np.moveaxis(out, dim, 0), np.full(rows.shape[1:], -np.inf, input.dtype)
        for k, row in enumerate(rows):
            steps[k] = so_far = _complex_logaddexp(row, so_far)
        return out
    return _running_value(np.logaddexp, input, dim)


def _complex_logaddexp(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The logarithm of exp(x) + exp(y), the larger factored out."""
    less = x.real < y.real
    low, high = np.where(less, x, y), np.where(less, y, x)
    out = np.log(1 + np.exp(low - high)) + high
    both = np.isinf(low.real) & (low.real == high.real)
    out = np.where(both, np.where(low.real < 0, low, np.log(np.exp(low) + np.exp(high))), out)
    return np.where(np.isnan(x) | np.isnan(y), complex(np.nan, np.nan), out).astype(x.dtype)


@public(exact=True)
def logcumsumexp(input: Tensor, dim: int, *, out: Any = None) -> Tensor:
    r"""Cumulative logarithms of sums of exponentials, :math:`y_i = \ln \sum_{j \le i} e^{x_j}`.

    Parameters
    ----------
    input : Tensor
        Of floating-point or complex type.
    dim : int

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.logcumsumexp(torch.tensor([0.0, 0.0]), 0)
    tensor([0.0000, 0.6931])
    """
    check_tensor("logcumsumexp", input)
    return _logcumsumexp(input, wrap_dim(dim, input.ndim, "logcumsumexp"))


def _reversed_cumsum(xp: Any, grad: Any, dim: Any) -> Any:
    return xp.flip(xp._cumsum(xp.flip(grad, (dim,)), dim), (dim,)) if len(grad.shape) else grad


def _wide(x: np.ndarray) -> Any:
    """The type in which PyTorch keeps the running value."""
    if x.dtype.kind in "iub":
        return np.int64
    return np.float32 if x.dtype.itemsize == 2 else np.complex128 if x.dtype.kind == "c" else np.float64


def _running_value(ufunc: Any, x: np.ndarray, dim: int) -> np.ndarray:
    result = np.int64 if x.dtype.kind in "iub" else x.dtype
    if not x.ndim:
        return x.astype(result)
    wide = _wide(x)
    if x.size > 4096 and (dim == 0 or x.ndim == 1):  # (else NumPy converts as it goes, which is slow along long columns)
        x = x.astype(wide)
    out: np.ndarray = ufunc.accumulate(x, dim, wide)
    return out.astype(result, copy=False)


def _in_type(name: str, operation: Any, input: Tensor, dim: int, dtype: Any) -> Tensor:
    kind = as_dtype(dtype)
    if kind is dtypes.bool:
        raise NotImplementedError(f"{name} is not defined for a result of type bool")
    result: Tensor = summed_as(operation, input, kind, dim)
    return result


@primitive(grad_name="CumsumBackward0", input=_reversed_cumsum)
def _cumsum(input, dim):
    return _running_value(np.add, input, dim)


@public(inplace=True, exact="out")
def cumsum(input: Tensor, dim: int, *, dtype: Any = None, out: Any = None) -> Tensor:
    r"""Cumulative sums along a dimension, :math:`y_i = \sum_{j \le i} x_j`.

    Parameters
    ----------
    input : Tensor
    dim : int
    dtype : dtype, optional
        Convert to this type first. Integers and booleans are summed as int64.

    Returns
    -------
    Tensor
        Of ``input``'s shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cumsum(torch.tensor([1, 2, 3]), 0)
    tensor([1, 3, 6])
    """
    dim = wrap_dim(dim, input._array.ndim, "cumsum")
    return _cumsum(input, dim) if dtype is None else _in_type("cumsum", _cumsum, input, dim, dtype)


def _cumprod_rule(xp: Any, grad: Any, input: Any, result: Any, dim: Any) -> Any:
    """Without zeros, the sum of grad * result from here on, over x; else row by row of the Jacobian, without dividing."""
    if not len(input.shape) or not input.shape[dim]:
        return grad
    if xp.on_arrays and not np.any(input == 0):
        return _reversed_cumsum(xp, grad * result, dim) / input
    columns = []
    for i in range(input.shape[dim]):
        # dy_k / dx_i for k >= i is the running product with x_i replaced by 1.
        without = xp._cumprod(xp._replace_at(input, dim, i, 1.0), dim)
        later = xp.narrow(grad * without, dim, i, input.shape[dim] - i)
        columns.append(xp._sum_over(later, dim, True))
    return xp._cat(tuple(columns), dim)


@primitive(grad_name="CumprodBackward0", input=_cumprod_rule)
def _cumprod(input, dim):
    return _running_value(np.multiply, input, dim)


@public(inplace=True, exact="out")
def cumprod(input: Tensor, dim: int, *, dtype: Any = None, out: Any = None) -> Tensor:
    r"""Cumulative products along a dimension, :math:`y_i = \prod_{j \le i} x_j`.

    Parameters
    ----------
    input : Tensor
    dim : int
    dtype : dtype, optional
        Convert to this type first. Integers and booleans are multiplied as int64.

    Returns
    -------
    Tensor
        Of ``input``'s shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cumprod(torch.tensor([1, 2, 3]), 0)
    tensor([1, 2, 6])
    """
    dim = wrap_dim(dim, input._array.ndim, "cumprod")
    return _cumprod(input, dim) if dtype is None else _in_type("cumprod", _cumprod, input, dim, dtype)


# ---------------------------------------------------------------------- running extremes
def _running_rule(xp: Any, grad: Any, input: Any, result1: Any, dim: Any) -> Any:
    shape = tuple(input.shape)
    return xp.scatter_add(xp._zeros(shape, grad), dim, result1, grad) if shape else grad


def _running(input: np.ndarray, dim: int, ufunc: Any) -> tuple[np.ndarray, np.ndarray]:
    """The running extreme and the last place where it was reached; NaN, once met, stays."""
    if not input.ndim:
        return input.copy(), np.zeros((), np.int64)
    values = ufunc.accumulate(input, dim)
    reached = (input == values) | (input != input)
    shape = [1] * input.ndim
    shape[dim] = -1
    places = np.where(reached, np.arange(input.shape[dim], dtype=np.int64).reshape(shape), -1)
    return values, np.maximum.accumulate(places, dim)


@primitive(reals_only=True, grad_name="CummaxBackward0", outputs=("values",), input=_running_rule)
def _cummax(input, dim):
    return _running(input, dim, np.maximum)


@primitive(reals_only=True, grad_name="CumminBackward0", outputs=("values",), input=_running_rule)
def _cummin(input, dim):
    return _running(input, dim, np.minimum)


@public(exact=True)
def cummax(input: Tensor, dim: int, *, out: Any = None) -> Any:
    """Cumulative maxima along a dimension, and where each was last attained.

    Parameters
    ----------
    input : Tensor
    dim : int

    Returns
    -------
    (Tensor, LongTensor)
        A named tuple ``(values, indices)`` of ``input``'s shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cummax(torch.tensor([1, 3, 2]), 0).values
    tensor([1, 3, 3])
    """
    return return_type("cummax", "values", "indices")(*_cummax(input, wrap_dim(dim, input.ndim, "cummax") if input.numel() else 0))


@public(exact=True)
def cummin(input: Tensor, dim: int, *, out: Any = None) -> Any:
    """Cumulative minima along a dimension, and where each was last attained.

    Parameters
    ----------
    input : Tensor
    dim : int

    Returns
    -------
    (Tensor, LongTensor)
        A named tuple ``(values, indices)`` of ``input``'s shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cummin(torch.tensor([3, 1, 2]), 0).values
    tensor([3, 1, 1])
    """
    return return_type("cummin", "values", "indices")(*_cummin(input, wrap_dim(dim, input.ndim, "cummin") if input.numel() else 0))
