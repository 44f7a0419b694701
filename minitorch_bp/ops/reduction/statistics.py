"""Variance, standard deviation, covariance and correlation."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ...core.sums import total
from .._base import Tensor, dtypes, primitive, public
from .._shapes import check_tensor, count, kept, reduced_axis
from .sums import _float_only, _mean_over


# ---------------------------------------------------------------------- spread
def _variance(x: np.ndarray, dim: Any, correction: Any, keepdim: bool) -> np.ndarray:
    _float_only("var and std", x)
    if x.dtype.kind == "c":
        return _variance(x.real, dim, correction, keepdim) + _variance(x.imag, dim, correction, keepdim)
    axis = reduced_axis(dim, x.ndim, "var")
    n = count(x.shape, dim)
    if n <= correction:
        warnings.warn(
            f"the variance of {n} elements with correction {correction} divides by no degrees of freedom: it is NaN or infinite",
            stacklevel=5,
        )
    narrow = x.dtype.itemsize <= 4
    if narrow:  # PyTorch, too, computes it in float64
        wide = x.astype(np.float64)
    elif n:
        # Counted from the first element, equal numbers have variance 0 exactly (and the derivative that goes with it).
        axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
        first = x[tuple(slice(0, 1) if k % x.ndim in {a % x.ndim for a in axes} else slice(None) for k in range(x.ndim))]
        wide = np.asarray(x - first)  # (of no dimensions, it would be a number)
    else:
        wide = x.copy()
    size = wide.dtype.type(n)
    wide -= total(wide, axis, True) / size
    rest = 0 if narrow else total(wide, axis, keepdim)  # what the rounding of the mean has left
    np.multiply(wide, wide, wide)
    squares = total(wide, axis, keepdim) - rest * rest / size
    return np.asarray(squares / wide.dtype.type(n - correction if n > correction else 0), x.dtype)


def _variance_rule(xp: Any, grad: Any, input: Any, dim: Any, correction: Any, keepdim: Any) -> Any:
    n = count(input.shape, dim)
    grad = kept(xp, grad, input.shape, dim, keepdim)
    centred = input - xp._mean_over(input, dim, True)
    if (
        dim is None or not len(input.shape)
    ) and n <= correction:  # PyTorch tells this case apart only where all dimensions are reduced
        return grad * xp._where(centred == 0, float("nan"), float("inf"))
    return grad * (2.0 / (n - correction) if n != correction else float("inf")) * centred


@primitive(grad_name="VarBackward0", input=_variance_rule)
def _var(input, dim, correction, keepdim):
    return _variance(input, dim, correction, keepdim)


@primitive(
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


@public()
def var(
    input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None, out: Any = None
) -> Tensor:
    r"""The variance, :math:`\frac{1}{n - c} \sum_i (x_i - \bar x)^2`, with the correction c = 1 by default.

    Parameters
    ----------
    input : Tensor
        Of floating-point or complex type.
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    unbiased : bool, optional
        The older spelling of ``correction``: True for 1, False for 0.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    correction : int, optional

    Returns
    -------
    Tensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    See Also
    --------
    minitorch_bp.std : Its root.
    minitorch_bp.var_mean : With the mean.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.var(torch.tensor([1.0, 2.0, 3.0]))
    tensor(1.)
    """
    return _var(input, *_spread_arguments(dim, unbiased, correction), keepdim)


@public()
def std(
    input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None, out: Any = None
) -> Tensor:
    """The standard deviation: the square root of :func:`var`.

    Parameters
    ----------
    input : Tensor
        Of floating-point or complex type.
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    unbiased : bool, optional
        The older spelling of ``correction``: True for 1, False for 0.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    correction : int, optional

    Returns
    -------
    Tensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    See Also
    --------
    minitorch_bp.var : Its square.
    minitorch_bp.std_mean : With the mean.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.std(torch.tensor([1.0, 2.0, 3.0]))
    tensor(1.)
    """
    return _std(input, *_spread_arguments(dim, unbiased, correction), keepdim)


@public("torch", node="VarMeanBackward0(input)")
def var_mean(input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None) -> Any:
    """The variance and the mean, as a pair.

    Parameters
    ----------
    input : Tensor
        Of floating-point or complex type.
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    unbiased : bool, optional
        The older spelling of ``correction``: True for 1, False for 0.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    correction : int, optional

    Returns
    -------
    (Tensor, Tensor)
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    See Also
    --------
    minitorch_bp.var, minitorch_bp.mean

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.var_mean(torch.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    dim, correction = _spread_arguments(dim, unbiased, correction)
    return _var(input, dim, correction, keepdim), _mean_over(input, dim, keepdim)


@public("torch", node="StdMeanBackward0(input)")
def std_mean(input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None) -> Any:
    """The standard deviation and the mean, as a pair.

    Parameters
    ----------
    input : Tensor
        Of floating-point or complex type.
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    unbiased : bool, optional
        The older spelling of ``correction``: True for 1, False for 0.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    correction : int, optional

    Returns
    -------
    (Tensor, Tensor)
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    See Also
    --------
    minitorch_bp.std, minitorch_bp.mean

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.std_mean(torch.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    dim, correction = _spread_arguments(dim, unbiased, correction)
    return _std(input, dim, correction, keepdim), _mean_over(input, dim, keepdim)


# ---------------------------------------------------------------------- covariance
@public()
def cov(input: Tensor, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Tensor:
    r"""The covariance matrix of the rows, each a variable: :math:`\frac{\sum_k w_k (x_{ik} - \bar x_i)(x_{jk} - \bar x_j)}{N}`.

    Parameters
    ----------
    input : Tensor
        Variables by observations, or one variable.
    correction : int
        Subtracted from the number of observations in N.
    fweights : Tensor, optional
        How often each observation was made.
    aweights : Tensor, optional
        How much each observation weighs.

    Returns
    -------
    Tensor
        A square matrix; of no dimensions for one variable.

    See Also
    --------
    minitorch_bp.corrcoef : Divided by the standard deviations.

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
    return (centred.to(other.dtype).matmul(other.t().conj()) / factor).squeeze()


@public()
def corrcoef(input: Tensor) -> Tensor:
    """Pearson's correlation coefficients of the rows: covariances of variables scaled to variance 1.

    Parameters
    ----------
    input : Tensor
        Variables by observations, or one variable.

    Returns
    -------
    Tensor
        A square matrix; of no dimensions for one variable.

    See Also
    --------
    minitorch_bp.cov : Not divided by the standard deviations.

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
