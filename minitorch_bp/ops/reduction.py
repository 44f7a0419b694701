"""Reductions: one number out of many. The lecture's Mean node is here.

The rule of a reduction spreads the incoming gradient back over what was reduced; ``kept`` gives the reduced dimensions
their place back, and broadcasting does the rest.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.primitive import primitive
from ..core.tensor import Tensor
from ._shapes import check_tensor, count, kept, reduced_axis, takes_out

_add = np.add.reduce


def _accumulate_in(x: np.ndarray) -> Any:
    """The dtype that sums are formed in: integers in int64, half precision in float32."""
    return np.int64 if x.dtype.kind in "iub" else np.float32 if x.dtype.itemsize == 2 and x.dtype.kind != "c" else None


def _sum(x: np.ndarray, axis: Any, keepdim: bool) -> np.ndarray:
    wide = _accumulate_in(x)
    if wide is None:
        return _add(x, axis, None, None, keepdim)
    out = _add(x, axis, wide, None, keepdim)
    return out if x.dtype.kind in "iub" else out.astype(x.dtype)


@primitive(
    method=False,
    grad_name=lambda node: "SumBackward0" if node.reads("dim") is None else "SumBackward1",
    input=lambda xp, grad, input_shape, dim, keepdim: xp.expand(kept(xp, grad, input_shape, dim, keepdim), input_shape),
)
def _sum_over(input, dim=None, keepdim=False):
    return _sum(input, reduced_axis(dim, input.ndim, "sum"), keepdim)


def sum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, out: Any = None) -> Tensor:
    r"""The sum of all elements, or along ``dim``: :math:`\sum_i x_i`.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints, optional
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this type first. Integers and booleans are summed as int64.

    Raises
    ------
    IndexError
        If there is no such dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.sum(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=0)
    tensor([4., 6.])
    """
    if dtype is not None:
        input = input.to(dtype)
    return _sum_over(input, dim, keepdim) if out is None else _sum_over(input, dim, keepdim, out=out)


def _float_only(name: str, x: np.ndarray) -> None:
    if x.dtype.kind not in "fcV":
        raise RuntimeError(
            f"{name} needs a floating-point tensor, but got one of type torch.{x.dtype}: convert it with .float(), "
            "or pass dtype= where the function has it"
        )


@primitive(
    method=False,
    grad_name=lambda node: "MeanBackward0" if node.reads("dim") is None else "MeanBackward1",
    input=lambda xp, grad, input_shape, dim, keepdim: xp.expand(
        kept(xp, grad, input_shape, dim, keepdim) / count(input_shape, dim), input_shape
    ),
)
def _mean_over(input, dim=None, keepdim=False):
    _float_only("mean", input)
    total = _sum(input, reduced_axis(dim, input.ndim, "mean"), keepdim)
    return total / total.dtype.type(count(input.shape, dim))


def mean(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, out: Any = None) -> Tensor:
    r"""The average of all elements, or along ``dim``: :math:`\frac{1}{n} \sum_i x_i`.

    Raises
    ------
    RuntimeError
        If the tensor is not of floating-point type.
    IndexError
        If there is no such dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.mean(torch.tensor([1.0, 2.0, 6.0]))
    tensor(3.)
    """
    if dtype is not None:
        input = input.to(dtype)
    return _mean_over(input, dim, keepdim) if out is None else _mean_over(input, dim, keepdim, out=out)


# ---------------------------------------------------------------------- products
def _prod_rule(xp: Any, grad: Any, input: Any, result: Any, dim: Any, keepdim: Any) -> Any:
    """The product of all the others. Dividing the result by x is faster, but fails at 0, and its own derivative cancels
    badly, so it serves a plain backward without zeros only."""
    shape = input.shape
    grad, result = kept(xp, grad, shape, dim, keepdim), kept(xp, result, shape, dim, keepdim)
    if xp.on_arrays and not np.any(input == 0):
        return grad * (result / input)
    return grad * xp._product_of_others(input, dim)


@primitive(method=False, input=lambda xp, grad, input, dim: _others_rule(xp, grad, input, dim))
def _product_of_others(input, dim):
    if dim is None:
        return _product_of_others.op.kernel(input.reshape(-1), 0).reshape(input.shape)
    x = np.moveaxis(input, dim, 0) if input.ndim else input.reshape(1)
    before, after = np.ones_like(x), np.ones_like(x)
    np.cumprod(x[:-1], 0, out=before[1:])
    after[:-1] = np.cumprod(x[:0:-1], 0)[::-1]
    out = before * after
    return np.moveaxis(out, 0, dim) if input.ndim else out.reshape(())


def _others_rule(xp: Any, grad: Any, input: Any, dim: Any) -> Any:
    # d/dx_j of prod_{k != i} x_k is prod_{k != i, j} x_k: leave each element out in turn.
    flat = xp._unsafe_view(input, (-1,)) if dim is None else input
    g = xp._unsafe_view(grad, (-1,)) if dim is None else grad
    axis = 0 if dim is None else dim
    total = xp._zeros_of(flat)
    size = flat.shape[axis] if len(flat.shape) else 1
    for i in range(size):
        without = xp._replace_at(flat, axis, i, 1.0)
        part = xp._replace_at(xp._product_of_others(without, axis), axis, i, 0.0)
        part = part * xp.narrow(g, axis, i, 1) if len(flat.shape) else part * g
        total = total + part
    return xp._unsafe_view(total, tuple(input.shape))


@primitive(method=False, input=lambda xp, grad, dim, index: xp._replace_at(grad, dim, index, 0.0))
def _replace_at(input, dim, index, value):
    out = input.copy()
    out[(slice(None),) * (dim % max(input.ndim, 1)) + (index,) if input.ndim else ()] = value
    return out


@primitive(method=False, grad_name=lambda node: "ProdBackward0", input=_prod_rule)
def _prod_over(input, dim=None, keepdim=False):
    axis = None if dim is None else reduced_axis(dim, input.ndim, "prod")
    out = np.multiply.reduce(input, axis, np.int64 if input.dtype.kind in "iub" else None, None, keepdim)
    return out


def prod(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    r"""The product of all elements, or along ``dim``: :math:`\prod_i x_i`. Its derivative is right with zeros, too.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.tensor([2.0, 0.0, 3.0], requires_grad=True)
    >>> torch.prod(x).backward()
    >>> x.grad
    tensor([0., 6., 0.])
    """
    if dtype is not None:
        input = input.to(dtype)
    return _prod_over(input, dim, keepdim)


# ---------------------------------------------------------------------- spread
def _variance(x: np.ndarray, dim: Any, correction: Any, keepdim: bool) -> np.ndarray:
    _float_only("var and std", x)
    axis = reduced_axis(dim, x.ndim, "var")
    n = count(x.shape, dim)
    wide = x.astype(np.float32) if x.dtype.itemsize == 2 else x
    if n:
        # Counted from the first element, equal numbers have variance 0 exactly (and the derivative that goes with it).
        axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
        wide = wide - wide[tuple(slice(0, 1) if k % x.ndim in {a % x.ndim for a in axes} else slice(None) for k in range(x.ndim))]
    centred = wide - _add(wide, axis, None, None, True) / wide.dtype.type(n)
    total = _add(centred * centred, axis, None, None, keepdim)
    return (total / wide.dtype.type(n - correction if n > correction else 0)).astype(x.dtype)


def _variance_rule(xp: Any, grad: Any, input: Any, dim: Any, correction: Any, keepdim: Any) -> Any:
    n = count(input.shape, dim)
    grad = kept(xp, grad, input.shape, dim, keepdim)
    centred = input - xp._mean_over(input, dim, True)
    return grad * (2.0 / (n - correction) if n > correction else float("inf")) * centred


@primitive(method=False, grad_name="VarBackward0", input=_variance_rule)
def _var(input, dim, correction, keepdim):
    return _variance(input, dim, correction, keepdim)


@primitive(
    method=False,
    grad_name="StdBackward0",
    input=lambda xp, grad, input, result, dim, correction, keepdim: _variance_rule(
        xp, xp._where(result == 0, 0, grad / (result * 2)), input, dim, correction, keepdim
    ),
)
def _std(input, dim, correction, keepdim):
    return np.sqrt(_variance(input, dim, correction, keepdim))


def _spread_arguments(dim: Any, unbiased: Any, correction: Any) -> tuple[Any, Any]:
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if correction is None:
        correction = 1 if unbiased is None or unbiased else 0
    return dim, correction


@takes_out
def var(input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None) -> Tensor:
    r"""The variance, :math:`\frac{1}{n - c} \sum_i (x_i - \bar x)^2`, with the correction c = 1 by default.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints, optional
    unbiased : bool, optional
        The older spelling of ``correction``: True for 1, False for 0.
    keepdim : bool
    correction : int, optional

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.var(torch.tensor([1.0, 2.0, 3.0]))
    tensor(1.)
    """
    dim, correction = _spread_arguments(dim, unbiased, correction)
    return _var(input, dim, correction, keepdim)


@takes_out
def std(input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None) -> Tensor:
    r"""The standard deviation: the square root of :func:`var`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.std(torch.tensor([1.0, 2.0, 3.0]))
    tensor(1.)
    """
    dim, correction = _spread_arguments(dim, unbiased, correction)
    return _std(input, dim, correction, keepdim)


def var_mean(input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None) -> Any:
    """The variance and the mean, as a pair.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.var_mean(torch.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    dim, correction = _spread_arguments(dim, unbiased, correction)
    return _var(input, dim, correction, keepdim), _mean_over(input, dim, keepdim)


def std_mean(input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None) -> Any:
    """The standard deviation and the mean, as a pair.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.std_mean(torch.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    dim, correction = _spread_arguments(dim, unbiased, correction)
    return _std(input, dim, correction, keepdim), _mean_over(input, dim, keepdim)


# ---------------------------------------------------------------------- norms
def _norm_rule(xp: Any, grad: Any, input: Any, result: Any, p: Any, dim: Any, keepdim: Any) -> Any:
    grad, norm = (kept(xp, g, input.shape, dim, keepdim) for g in (grad, result))
    if p == 0:
        return xp.expand(xp._zeros_of(grad), input.shape)
    if p == 1:
        return grad * xp.sign(input)
    if p == 2:
        return grad * xp._where(norm == 0, 0, input / norm)
    if p in (float("inf"), -float("inf")):
        ties = xp.abs(input) == norm
        shared = grad / xp._sum_over(ties, dim, True)
        return xp.sign(input) * xp._where(ties, shared, 0)
    size = xp.abs(input)
    if p < 2:
        inner = xp._pow_scalar(size + (size == 0), p - 1) * xp.sign(input)
    else:
        inner = input * xp._pow_scalar(size, p - 2)
    return grad * xp._where(norm == 0, 0, inner / xp._pow_scalar(norm, p - 1))


@primitive(method=False, grad_name="LinalgVectorNormBackward0", input=_norm_rule)
def _vector_norm(input, p=2, dim=None, keepdim=False):
    _float_only("norm", input)
    axis = reduced_axis(dim, input.ndim, "norm")
    size = np.abs(input)
    if p == 2:
        return np.sqrt(_sum(size * size, axis, keepdim))
    if p == 1:
        return _sum(size, axis, keepdim)
    if p == 0:
        return _sum(size != 0, axis, keepdim).astype(input.dtype)
    if p == float("inf"):
        return np.maximum.reduce(size, axis, keepdims=keepdim)
    if p == -float("inf"):
        return np.minimum.reduce(size, axis, keepdims=keepdim)
    return np.power(_sum(np.power(size, input.dtype.type(p)), axis, keepdim), input.dtype.type(1.0 / p))


@primitive(method=False, grad_name="NormBackward1", input=_norm_rule)
def _norm(input, p=2, dim=None, keepdim=False):
    """The same under the name that torch's older functions record."""
    return _vector_norm.op.kernel(input, p, dim, keepdim)


@takes_out
def norm(input: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    r"""The p-norm of the elements, :math:`(\sum_i |x_i|^p)^{1/p}`; the Euclidean norm by default.

    Parameters
    ----------
    input : Tensor
    p : number, inf, -inf or 'fro'
    dim : int or tuple of ints, optional
    keepdim : bool

    Raises
    ------
    NotImplementedError
        For the nuclear norm.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.norm(torch.tensor([3.0, 4.0]))
    tensor(5.)
    """
    check_tensor("norm", input)
    if p == "nuc":
        from .norms import matrix_norm

        return matrix_norm(input, "nuc", (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    if dtype is not None:
        input = input.to(dtype)
    return _vector_norm(input, 2 if p in ("fro", None) else p, dim, keepdim)


@primitive(
    inplace=False,
    input=lambda xp, grad, input, result, dim, keepdim: (
        kept(xp, grad, input.shape, dim, keepdim) * xp.exp(input - kept(xp, result, input.shape, dim, keepdim))
    ),
)
def logsumexp(input, dim, keepdim=False):
    r"""The logarithm of the sum of exponentials, :math:`\ln \sum_i e^{x_i}`, computed without overflow.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.logsumexp(torch.tensor([0.0, 0.0]), dim=0)
    tensor(0.6931)
    """
    if input.dtype.kind not in "fcV":
        input = input.astype(dtypes.get_default_dtype().numpy)
    axis = reduced_axis(dim, input.ndim, "logsumexp")
    if not input.size:  # the logarithm of an empty sum
        return np.log(np.add.reduce(input, axis, keepdims=keepdim))
    top = np.maximum.reduce(input, axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0).astype(input.dtype, copy=False)
    out = np.log(_add(np.exp(input - top), axis, None, None, True)) + top
    return out if keepdim else np.squeeze(out, tuple(range(input.ndim)) if axis is None else axis)


# ---------------------------------------------------------------------- logic and counting
@primitive()
def any(input, dim=None, keepdim=False):
    """Whether some element is nonzero.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.any(torch.tensor([False, True]))
    tensor(True)
    """
    out = np.any(input, reduced_axis(dim, input.ndim, "any"), keepdims=keepdim)
    return np.asarray(out).astype(np.uint8) if input.dtype == np.uint8 else out


@primitive()
def all(input, dim=None, keepdim=False):
    """Whether every element is nonzero.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.all(torch.tensor([False, True]))
    tensor(False)
    """
    out = np.all(input, reduced_axis(dim, input.ndim, "all"), keepdims=keepdim)
    return np.asarray(out).astype(np.uint8) if input.dtype == np.uint8 else out


@primitive()
def count_nonzero(input, dim=None):
    """How many elements are nonzero.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.count_nonzero(torch.tensor([0, 3, 5]))
    tensor(2)
    """
    return np.asarray(np.count_nonzero(input, reduced_axis(dim, input.ndim, "count_nonzero")), np.int64)
