"""Sums that skip NaN, differences, integrals, covariances, and lengths brought down to a limit."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.primitive import primitive
from ..core.tensor import Tensor, wrap
from ._shapes import check_tensor, floats_only, takes_out, wrap_dim
from .compare import where
from .joining import cat


@takes_out
def nansum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum, NaN counting as zero.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nansum(torch.tensor([1.0, float("nan")]))
    tensor(1.)
    """
    check_tensor("nansum", input)
    if input.dtype.is_complex:
        raise RuntimeError("nansum: complex tensors are not supported")
    kept = input if not input.is_floating_point() else input.masked_fill(input.detach() != input.detach(), 0.0)
    return kept.sum(dim, keepdim, dtype=dtype)


@takes_out
def nanmean(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of the elements that are not NaN.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nanmean(torch.tensor([1.0, float("nan"), 3.0]))
    tensor(2.)
    """
    check_tensor("nanmean", input)
    floats_only("nanmean", input._array) if input.dtype.category >= dtypes.FLOATING else None
    if input.dtype.category < dtypes.FLOATING:
        raise RuntimeError(f"nanmean: expected a floating-point type, but got {input.dtype!r}")
    count = (input.detach() == input.detach()).sum(dim, keepdim)
    clean = where(input.detach() == input.detach(), input, (input * 0).detach().nan_to_num() * 0)
    return clean.sum(dim, keepdim, dtype=dtype) / count


@takes_out
def renorm(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """The slices of a dimension shortened to the length ``maxnorm`` where they are longer.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.renorm(torch.tensor([[3.0, 4.0], [0.0, 1.0]]), 2, 0, 1.0)
    tensor([[0.6000, 0.8000],
            [0.0000, 1.0000]])
    """
    check_tensor("renorm", input)
    if input.ndim < 2:
        raise RuntimeError(f"renorm: expected at least 2 dimensions, but got shape {list(input.shape)}")
    if p <= 0:
        raise RuntimeError(f"renorm: p must be positive, but is {p}")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: maxnorm must not be negative, but is {maxnorm}")
    dim = wrap_dim(dim, input.ndim, "renorm")
    over = tuple(k for k in range(input.ndim) if k != dim)
    length = (
        (input.abs() ** p).sum(over, keepdim=True) ** (1 / p) if p not in (2, float("inf")) else input.norm(p, over, keepdim=True)
    )
    factor = where(length > maxnorm, maxnorm / (length + 1e-7), (length * 0).detach() + 1)
    return input * factor


# ---------------------------------------------------------------------- running logarithms of sums
def _logcumsumexp_rule(xp: Any, grad: Any, input: Any, result: Any, dim: Any) -> Any:
    """exp(x_i) times the sum over k >= i of g_k exp(-y_k), with positive and negative parts in logarithms."""
    if not len(input.shape):
        return grad
    if not xp.on_arrays:  # as a matrix of weights, all at most 1
        place = input.shape[dim]
        x, y, g = (xp.transpose(t, dim, -1) for t in (input, result, grad))
        weights = xp.tril(xp.exp(xp.minimum(x[..., None, :] - y[..., :, None], x[..., None, :] * 0)), 0)
        return xp.transpose(xp._sum_over(weights * g[..., :, None], -2, False), dim, -1) if place else grad
    back = lambda x: xp.flip(xp._logcumsumexp(xp.flip(x, (dim,)), dim), (dim,))
    zero = -np.inf
    positive = back(xp._where(grad > 0, xp.log(xp.abs(grad)), zero) - result)
    negative = back(xp._where(grad < 0, xp.log(xp.abs(grad)), zero) - result)
    return xp.exp(positive + input) - xp.exp(negative + input)


@primitive(method=False, grad_name="LogcumsumexpBackward0", input=_logcumsumexp_rule)
def _logcumsumexp(input, dim):
    floats_only("logcumsumexp", input)
    return np.logaddexp.accumulate(input, dim) if input.ndim else input.copy()


@takes_out
def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    r"""Running logarithms of sums of exponentials, :math:`y_i = \ln \sum_{j \le i} e^{x_j}`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.logcumsumexp(torch.tensor([0.0, 0.0]), 0)
    tensor([0.0000, 0.6931])
    """
    check_tensor("logcumsumexp", input)
    if input.dtype.is_complex:
        raise NotImplementedError("logcumsumexp: complex tensors are not supported")
    return _logcumsumexp(input, wrap_dim(dim, input.ndim, "logcumsumexp"))


# ---------------------------------------------------------------------- differences and integrals
@takes_out
def diff(input: Tensor, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Tensor:
    """Differences of neighbours along a dimension, n times.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.diff(torch.tensor([1, 3, 6]))
    tensor([2, 3])
    """
    check_tensor("diff", input)
    if not input.ndim:
        raise RuntimeError("diff: expected at least one dimension")
    if n < 0:
        raise RuntimeError(f"diff: n must not be negative, but is {n}")
    dim = wrap_dim(dim, input.ndim, "diff")
    parts = [t for t in (prepend, input, append) if t is not None]
    if not n:
        return input.clone()
    x = cat(parts, dim) if len(parts) > 1 else input
    for _ in range(min(n, x.shape[dim])):
        size = x.shape[dim]
        after, before = x.narrow(dim, min(1, size), max(size - 1, 0)), x.narrow(dim, 0, max(size - 1, 0))
        x = after ^ before if x.dtype is dtypes.bool else after - before
    return x


def _spacings(spacing: Any, dims: list[int]) -> list[Any]:
    if isinstance(spacing, (list, tuple)):
        if len(spacing) != len(dims):
            raise RuntimeError(f"gradient: {len(spacing)} spacings do not fit {len(dims)} dimensions")
        return list(spacing)
    return [spacing] * len(dims)


def gradient(input: Tensor, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1) -> tuple[Tensor, ...]:
    """The derivative along each dimension, by central differences (one-sided at the ends).

    Parameters
    ----------
    spacing : number, or for each dimension a number or the coordinates
    edge_order : 1 or 2

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.gradient(torch.tensor([1.0, 4.0, 9.0]))
    (tensor([3., 4., 5.]),)
    """
    check_tensor("gradient", input)
    if dim is None:
        dims = list(range(input.ndim))
        if isinstance(spacing, (list, tuple)) and len(spacing) == 1 and len(dims) != 1:
            raise RuntimeError(f"gradient: 1 spacing does not fit {len(dims)} dimensions")
    else:
        dims = [wrap_dim(d, input.ndim, "gradient") for d in (dim if isinstance(dim, (list, tuple)) else [dim])]
    if edge_order not in (1, 2):
        raise RuntimeError(f"gradient: edge_order must be 1 or 2, but is {edge_order}")
    if len(set(dims)) != len(dims):
        raise RuntimeError(f"gradient: a dimension appears twice in {dims}")
    for d in dims:
        if input.shape[d] < edge_order + 1:
            raise RuntimeError(f"gradient: dimension {d} of {list(input.shape)} has fewer than {edge_order + 1} elements")
    spacing = 1 if spacing is None else spacing
    found = []
    for d, step in zip(dims, _spacings(spacing, dims), strict=True):
        if isinstance(step, Tensor) and step.ndim:
            if step.ndim != 1 or step.numel() != input.shape[d]:
                raise RuntimeError(
                    f"gradient: coordinates of shape {list(step.shape)} do not fit dimension {d} of {list(input.shape)}"
                )
            found.append(_slope(input, d, step.detach(), edge_order))
        else:
            n = input.shape[d]
            at = wrap(np.arange(n, dtype=np.float64)).to(_real_type(input)) * step
            found.append(_slope(input, d, at, edge_order))
    return tuple(found)


def _real_type(input: Tensor) -> Any:
    if input.dtype.category < dtypes.FLOATING:
        return dtypes.get_default_dtype()
    return dtypes.float32 if input.dtype is dtypes.complex64 else dtypes.float64 if input.dtype.is_complex else input.dtype


def _slope(x: Tensor, d: int, at: Tensor, edge_order: int) -> Tensor:
    n = x.shape[d]
    shape = [1] * x.ndim
    shape[d] = -1
    part = lambda start, length: x.narrow(d, start, length)
    h = at[1:] - at[:-1]
    if n < 2:
        raise RuntimeError("gradient: at least 2 elements are needed")
    slopes = (part(1, n - 1) - part(0, n - 1)) / h.reshape(shape)
    first, last = slopes.narrow(d, 0, 1), slopes.narrow(d, n - 2, 1)
    pieces = []
    if n > 2:
        a, b = h[:-1].reshape(shape), h[1:].reshape(shape)
        middle = (slopes.narrow(d, 0, n - 2) * b + slopes.narrow(d, 1, n - 2) * a) / (a + b)
        if edge_order == 2:
            second, before = slopes.narrow(d, 1, 1), slopes.narrow(d, n - 3, 1)
            first = first + (first - second) * (h[0] / (h[0] + h[1]))
            last = last + (last - before) * (h[-1] / (h[-1] + h[-2]))
        pieces = [middle]
    return cat([first, *pieces, last], d)


def _trapezoids(name: str, y: Tensor, x: Any, dx: Any, dim: int) -> Tensor:
    check_tensor(name, y, "y")
    if not y.ndim:
        if x is not None:
            raise RuntimeError(f"{name}: y needs a dimension to integrate over")
        raise IndexError(f"{name}: y has no dimension to integrate over")
    dim = wrap_dim(dim, y.ndim, name)
    n = y.shape[dim]
    pairs = y.narrow(dim, min(1, n), max(n - 1, 0)) + y.narrow(dim, 0, max(n - 1, 0))
    if x is None:
        if isinstance(dx, (Tensor, bool)):
            raise RuntimeError(f"{name}: dx must be a number")
        return pairs * dx / 2
    if not x.ndim:
        raise RuntimeError(f"{name}: x must have at least one dimension")
    if x.ndim < y.ndim and x.ndim != 1:
        x = x.reshape((1,) * (y.ndim - x.ndim) + tuple(x.shape))
    if x.ndim == 1:
        if x.numel() != n:
            raise RuntimeError(f"{name}: {x.numel()} places do not fit {n} values")
        steps = (x[1:] - x[:-1]).reshape((-1,) + (1,) * (y.ndim - 1 - dim))
    else:
        steps = diff(x, dim=dim - y.ndim)
    return pairs * steps / 2


def trapezoid(y: Tensor, x: Any = None, *, dx: Any = 1, dim: int = -1) -> Tensor:
    r"""The integral by trapezoids, :math:`\sum_i \frac{y_i + y_{i+1}}{2} (x_{i+1} - x_i)`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.trapezoid(torch.tensor([1.0, 5.0, 10.0]))
    tensor(10.5000)
    """
    parts = _trapezoids("trapezoid", y, x, dx, dim)
    return parts.sum(wrap_dim(dim, y.ndim) - y.ndim)


def cumulative_trapezoid(y: Tensor, x: Any = None, *, dx: Any = 1, dim: int = -1) -> Tensor:
    """The integral up to each place; see :func:`trapezoid`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cumulative_trapezoid(torch.tensor([1.0, 5.0, 10.0]))
    tensor([ 3.0000, 10.5000])
    """
    parts = _trapezoids("cumulative_trapezoid", y, x, dx, dim)
    return parts.cumsum(wrap_dim(dim, y.ndim) - y.ndim)


trapz = trapezoid


# ---------------------------------------------------------------------- covariance
def cov(input: Tensor, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Tensor:
    r"""The covariances of the rows, each a variable: :math:`\frac{\sum_k w_k (x_{ik} - \bar x_i)(x_{jk} - \bar x_j)}{N}`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cov(torch.tensor([[0.0, 2.0], [0.0, 4.0]]))
    tensor([[2., 4.],
            [4., 8.]])
    """
    check_tensor("cov", input)
    if input.ndim > 2:
        raise RuntimeError(f"cov: expected at most 2 dimensions, but got shape {list(input.shape)}")
    if input.dtype is dtypes.bool:
        raise RuntimeError("cov: boolean tensors are not supported")
    x = input.reshape(1, -1) if input.ndim < 2 else input
    n = x.shape[1]
    for name, w in (("fweights", fweights), ("aweights", aweights)):
        if w is None:
            continue
        if w.ndim > 1 or w.numel() != n:
            raise RuntimeError(f"cov: {name} of shape {list(w.shape)} do not fit {n} observations")
        if (w.dtype.category >= dtypes.FLOATING) != (name == "aweights"):
            raise RuntimeError(f"cov: {name} can't be of type {w.dtype!r}")
        if w.numel() and bool((w < 0).any()):
            raise RuntimeError(f"cov: {name} can't be negative")
    weights = None
    if fweights is not None or aweights is not None:
        weights = fweights if aweights is None else aweights if fweights is None else fweights * aweights
        total = weights.sum()
        mean = (x * weights).sum(1) / total
    else:
        total = None
        mean = x.sum(1) / n if input.dtype.category >= dtypes.FLOATING else x.to(dtypes.get_default_dtype()).mean(1)
    if weights is None:
        factor: Any = max(n - correction, 0)
    elif aweights is None or not correction:
        factor = total - correction
    else:
        factor = total - correction * (weights * aweights).sum() / total
    factor = factor.clamp(min=0) if isinstance(factor, Tensor) else factor
    centred = x - mean.unsqueeze(1)
    other = centred if weights is None else centred * weights
    found = centred.matmul(other.t().conj()) if other.dtype is centred.dtype else centred.to(other.dtype).matmul(other.t().conj())
    found = found / factor
    return found.squeeze()


def corrcoef(input: Tensor) -> Tensor:
    """Pearson's correlations of the rows: covariances of variables brought to variance 1.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.corrcoef(torch.tensor([[0.0, 2.0], [0.0, 4.0]]))
    tensor([[1., 1.],
            [1., 1.]])
    """
    c = cov(input)
    if not c.ndim:
        return c / c
    deviation = c.diagonal().sqrt() if not c.dtype.is_complex else c.diagonal().real.sqrt()
    return c / deviation.unsqueeze(1) / deviation.unsqueeze(0)
