"""Functions of probability and number theory: error functions and their inverses, incomplete gamma functions, zeta."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.primitive import primitive, write_out
from ..core.tensor import Tensor
from ._shapes import no_derivative, takes_out
from .special import _polygamma, _special, digamma, lgamma


def polygamma(n: int, input: Tensor, *, out: Any = None) -> Tensor:
    r"""The n-th derivative of :func:`digamma`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.polygamma(1, torch.tensor([1.0]))
    tensor([1.6449])
    """
    if n < 0:
        raise RuntimeError(f"polygamma: n must not be negative, but is {n}")
    x = input if input.dtype.category >= dtypes.FLOATING else input.to(dtypes.get_default_dtype())
    return write_out("polygamma", digamma(x) if not n else _polygamma(x, n), out)


_ROOT_PI = 1.7724538509055159


@primitive(
    promote="float",
    promoted=("input",),
    inplace=True,
    input=lambda xp, grad, input: grad * (xp.exp(xp.erfinv(input) * xp.erfinv(input)) * (_ROOT_PI / 2)),
)
def erfinv(input):
    """The inverse of :func:`erf`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.erfinv(torch.tensor([0.0, 0.5]))
    tensor([0.0000, 0.4769])
    """
    return np.asarray(_special().erfinv(input)).astype(input.dtype, copy=False)


@primitive(
    promote="float",
    promoted=("input",),
    method=False,
    input=lambda xp, grad, input, result: grad * (2 * input * result - 2 / _ROOT_PI),
)
def erfcx(input):
    r"""The scaled complement of the error function, :math:`e^{x^2} \operatorname{erfc} x`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.special.erfcx(torch.tensor([0.0]))
    tensor([1.])
    """
    return np.asarray(_special().erfcx(input)).astype(input.dtype, copy=False)


@primitive(
    promote="float",
    promoted=("input",),
    method=False,
    input=lambda xp, grad, input: grad * (-xp.log(input) - 1),
)
def entr(input):
    r""":math:`-x \ln x`; 0 at 0, minus infinity below.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.special.entr(torch.tensor([0.0, 1.0]))
    tensor([0., -0.])
    """
    return np.asarray(_special().entr(input)).astype(input.dtype, copy=False)


@primitive(
    promote="float",
    promoted=("input",),
    method=False,
    input=lambda xp, grad, input: grad * (xp.exp(input * input * -0.5) * 0.3989422804014327),
)
def ndtr(input):
    """The probability that a normal number is smaller.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.special.ndtr(torch.tensor([0.0]))
    tensor([0.5000])
    """
    return np.asarray(_special().ndtr(input)).astype(input.dtype, copy=False)


@primitive(
    promote="float",
    promoted=("input",),
    method=False,
    input=lambda xp, grad, result: grad * (xp.exp(result * result * 0.5) * 2.5066282746310002),
)
def ndtri(input):
    """The inverse of :func:`ndtr`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.special.ndtri(torch.tensor([0.5]))
    tensor([0.])
    """
    return np.asarray(_special().ndtri(input)).astype(input.dtype, copy=False)


@primitive(
    promote="float",
    promoted=("input",),
    method=False,
    input=lambda xp, grad, input, result: grad / xp.erfcx(input * -0.7071067811865476) * 0.7978845608028654,
)
def log_ndtr(input):
    """The logarithm of :func:`ndtr`, accurate where that underflows.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.special.log_ndtr(torch.tensor([0.0]))
    tensor([-0.6931])
    """
    return np.asarray(_special().log_ndtr(input)).astype(input.dtype, copy=False)


@primitive(
    promote="float",
    method=False,
    input=lambda xp, grad, input, other: grad * xp._where(xp.logical_and(input == 0, other <= -1), 0, xp.log1p(other)),
    other=lambda xp, grad, input, other: grad * input / (other + 1),
)
def xlog1py(input, other):
    r""":math:`x \ln(1 + y)`, and 0 where x is 0.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.special.xlog1py(torch.tensor([0.0, 2.0]), torch.tensor([-1.0, 0.0]))
    tensor([0., 0.])
    """
    return np.where((input == 0) & ~np.isnan(other), np.zeros((), input.dtype), input * np.log1p(other))


@primitive(
    promote="float",
    method=False,
    input=no_derivative("zeta", "its first argument"),
    other=lambda xp, grad, input, other: grad * -input * xp.zeta(input + 1, other),
)
def zeta(input, other):
    r"""Hurwitz's zeta function, :math:`\sum_k (k + q)^{-x}`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.special.zeta(torch.tensor([2.0]), torch.tensor([1.0]))
    tensor([1.6449])
    """
    return np.asarray(_special().zeta(input, other)).astype(input.dtype, copy=False)


@primitive(
    numbers="none",
    promote="same",
    method=False,
    grad_name="IgammaBackward0",
    input=no_derivative("igamma", "its first argument"),
    other=lambda xp, grad, input, other: grad * xp.exp((input - 1) * xp.log(other) - other - xp.lgamma(input)),
)
def _igamma(input, other):
    return np.asarray(_special().gammainc(input, other)).astype(input.dtype, copy=False)


@primitive(
    numbers="none",
    promote="same",
    method=False,
    grad_name="IgammacBackward0",
    input=no_derivative("igammac", "its first argument"),
    other=lambda xp, grad, input, other: -grad * xp.exp((input - 1) * xp.log(other) - other - xp.lgamma(input)),
)
def _igammac(input, other):
    return np.asarray(_special().gammaincc(input, other)).astype(input.dtype, copy=False)


@takes_out
def gammainc(input: Tensor, other: Tensor) -> Tensor:
    r"""The regularized lower incomplete gamma function, :math:`\frac{1}{\Gamma(a)} \int_0^x t^{a-1} e^{-t} dt`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.special.gammainc(torch.tensor([1.0]), torch.tensor([1.0]))
    tensor([0.6321])
    """
    return _igamma(input, other)


@takes_out
def gammaincc(input: Tensor, other: Tensor) -> Tensor:
    """The complement of :func:`gammainc`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.special.gammaincc(torch.tensor([1.0]), torch.tensor([1.0]))
    tensor([0.3679])
    """
    return _igammac(input, other)


@takes_out
def igamma(input: Tensor, other: Tensor) -> Tensor:
    """:func:`minitorch_bp.special.gammainc`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.igamma(torch.tensor([1.0]), torch.tensor([1.0]))
    tensor([0.6321])
    """
    return _igamma(input, other)


@takes_out
def igammac(input: Tensor, other: Tensor) -> Tensor:
    """:func:`minitorch_bp.special.gammaincc`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.igammac(torch.tensor([1.0]), torch.tensor([1.0]))
    tensor([0.3679])
    """
    return _igammac(input, other)


@takes_out
def mvlgamma(input: Tensor, p: int) -> Tensor:
    r"""The logarithm of the multivariate gamma function, :math:`\frac{p(p-1)}{4} \ln\pi + \sum_j \ln\Gamma(x - \frac{j}{2})`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.mvlgamma(torch.tensor([2.0]), 1)
    tensor([0.])
    """
    if p < 1:
        raise RuntimeError(f"mvlgamma: p must be positive, but is {p}")
    x = input if input.dtype.category >= dtypes.FLOATING else input.to(dtypes.get_default_dtype())
    total = lgamma(x)
    for j in range(1, p):
        total = total + lgamma(x - j / 2)
    return total + p * (p - 1) / 4 * 1.1447298858494002


multigammaln, gammaln = mvlgamma, lgamma
