"""Vector norms, and the functions built on them: dist and renorm."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._base import Tensor, dtypes, one_node, primitive, public
from .._composite import is_half, rounded_once
from .._shapes import check_tensor, kept, least_ndim, not_negative, positive, reduced_axis, wrap_dim, wrap_dims
from ..pointwise.compare import where
from .sums import _float_only, _sum


@public(node="DistBackward0(input, other)")
def dist(input: Tensor, other: Tensor, p: float = 2, *, out: Any = None) -> Tensor:
    r"""The p-norm of the difference, :math:`\|x - y\|_p`.

    Parameters
    ----------
    input, other : Tensor
        Of broadcastable shapes.
    p : float

    Returns
    -------
    Tensor
        Of no dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.dist(torch.tensor([0.0, 0.0]), torch.tensor([3.0, 4.0]))
    tensor(5.)
    """
    if is_half(input):
        return rounded_once(dist, input, other, p)
    return (input - other).norm(p)


# ---------------------------------------------------------------------- norms
def _norm_rule(xp: Any, grad: Any, input: Any, result: Any, p: Any, dim: Any, keepdim: Any) -> Any:
    # (sgn, since the norm of complex numbers is real, and z / |z| is where their size grows.)
    grad, norm = (kept(xp, g, input.shape, dim, keepdim) for g in (grad, result))
    if p == 0:
        return xp.expand(xp._zeros_of(grad), input.shape)
    if p == 1:
        return grad * xp.sgn(input)
    if p == 2:
        return grad * xp._where(norm == 0, 0, input / norm)
    if p in (float("inf"), -float("inf")):
        ties = xp.abs(input) == norm
        shared = grad / xp._sum_over(ties, dim, True)
        return xp.sgn(input) * xp._where(ties, shared, 0)
    size = xp.abs(input)
    if p < 2:
        inner = xp._pow_scalar(size + (size == 0), p - 1) * xp.sgn(input)
    else:
        inner = input * xp._pow_scalar(size, p - 2)
    return grad * xp._where(norm == 0, 0, inner / xp._pow_scalar(norm, p - 1))


@primitive(grad_name="LinalgVectorNormBackward0", input=_norm_rule)
def _vector_norm(input, p=2, dim=None, keepdim=False):
    _float_only("norm", input)
    axis = reduced_axis(dim, input.ndim, "norm")
    size = np.abs(input)
    if p == 2:
        return np.sqrt(_sum(size * size, axis, keepdim))
    if p == 1:
        return _sum(size, axis, keepdim)
    if p == 0:
        return _sum(size != 0, axis, keepdim).astype(size.dtype)
    if p == float("inf"):
        return np.maximum.reduce(size, axis, keepdims=keepdim)
    if p == -float("inf"):
        return np.minimum.reduce(size, axis, keepdims=keepdim)
    real = size.dtype.type  # (of complex numbers, too, the norm is real)
    return np.power(_sum(np.power(size, real(p)), axis, keepdim), real(1.0 / p))


@primitive(grad_name="NormBackward1", input=_norm_rule)
def _norm(input, p=2, dim=None, keepdim=False):
    """The same under the name that torch's older functions record."""
    return _vector_norm.op.kernel(input, p, dim, keepdim)


def _typed(name: str, x: Tensor, dtype: Any) -> Tensor:
    if not isinstance(x, Tensor):
        raise TypeError(f"linalg.{name}: expected a Tensor, but got {type(x).__name__}")
    if x.dtype.category < dtypes.FLOATING:
        raise RuntimeError(f"linalg.{name}: expected a floating-point or complex type, but got {x.dtype!r}")
    if dtype is None:
        return x
    if dtype.is_complex != x.dtype.is_complex and not dtype.is_complex:
        raise RuntimeError(f"linalg.{name}: a tensor of type {x.dtype!r} can't be computed in {dtype!r}")
    return x.to(dtype)


@public("linalg", exact=True)
def vector_norm(x: Tensor, ord: Any = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, out: Any = None) -> Tensor:
    r"""The p-norm of vectors, :math:`(\sum_i |x_i|^p)^{1/p}`; of the whole tensor unless ``dim`` is given.

    Parameters
    ----------
    x : Tensor
        Of floating-point or complex type.
    ord : float, inf or -inf
        The p; 0 counts the elements that are not zero.
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    Tensor
        Of a real dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.vector_norm(torch.tensor([3.0, 4.0]))
    tensor(5.)
    """
    x = _typed("vector_norm", x, dtype)
    dims = tuple(range(x.ndim)) if dim is None else wrap_dims(dim, x.ndim, "vector_norm")
    if not x.numel() and (ord < 0 or ord == math.inf) and any(not x.shape[d] for d in dims if x.ndim):
        raise RuntimeError(f"linalg.vector_norm: the norm of order {ord} of no elements is not defined")
    if ord == 0:
        counted = (x != 0).to(x.real.dtype).sum(dims, keepdim) + 0 * x.abs().sum(dims, keepdim)
        return one_node("LinalgVectorNormBackward0", counted, x)
    return x.norm(ord, dims if x.ndim else None, keepdim=keepdim) if x.ndim or not keepdim else x.norm(ord)


@public(inplace=True, node="RenormBackward0(input)")
def renorm(input: Tensor, p: float, dim: int, maxnorm: float, *, out: Any = None) -> Tensor:
    """Scale the slices along a dimension whose p-norm exceeds ``maxnorm`` down to that norm.

    Parameters
    ----------
    input : Tensor
    p : float
        Which norm.
    dim : int
        The dimension whose slices are scaled.
    maxnorm : float

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.renorm(torch.tensor([[3.0, 4.0], [0.0, 1.0]]), 2, 0, 1.0)
    tensor([[0.6000, 0.8000],
            [0.0000, 1.0000]])
    """
    if is_half(input):
        return rounded_once(renorm, input, p, dim, maxnorm)
    check_tensor("renorm", input)
    least_ndim("renorm", 2, input)
    positive("renorm", p=p)
    not_negative("renorm", maxnorm=maxnorm)
    dim = wrap_dim(dim, input.ndim, "renorm")
    over = tuple(k for k in range(input.ndim) if k != dim)
    length = input.norm(p, over, keepdim=True)
    factor = where(length > maxnorm, maxnorm / (length + 1e-7), 1.0)
    return input * factor
