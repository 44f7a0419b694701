"""The gamma function, its logarithm, its derivatives and its incomplete integrals, and the zeta function."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, dtypes, float_primitive, primitive, public
from .._shapes import no_derivative, not_negative, positive
from ._scipy import _special


@primitive(input=lambda xp, grad, input, n: grad * xp._polygamma(input, n + 1))
def _polygamma(input, n):
    return np.where(np.isneginf(input), np.nan, _special().polygamma(n, input)).astype(input.dtype)


@public(inplace=True, names=["special.gammaln"])
@float_primitive(reals_only=True, input=lambda xp, grad, input: grad * xp.digamma(input))
def lgamma(input):
    r"""The logarithm of the gamma function: :math:`\ln |\Gamma(x)|`, elementwise.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape; integers and booleans become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.lgamma(torch.tensor([1.0, 4.0]))
    tensor([0.0000, 1.7918])
    """
    found = _special().gammaln(input)  # the C library, and so PyTorch, has +inf at both ends
    return np.asarray(np.where(np.isneginf(input), np.inf, found)).astype(input.dtype, copy=False)


@public("torch", "Tensor", "special", inplace=True, names=["special.psi"])
@float_primitive(reals_only=True, input=lambda xp, grad, input: grad * xp._polygamma(input, 1))
def digamma(input):
    r"""The digamma function, the derivative of :func:`lgamma`: :math:`\Gamma'(x) / \Gamma(x)`, elementwise.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape; integers and booleans become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.digamma(torch.tensor([1.0, 2.0]))
    tensor([-0.5772,  0.4228])
    """
    return np.asarray(_special().psi(input)).astype(input.dtype, copy=False)


@public("torch", "special")
def polygamma(n: int, input: Tensor, *, out: Any = None) -> Tensor:
    r"""The n-th derivative of :func:`digamma`.

    Parameters
    ----------
    n : int
        Not negative.
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape; integers and booleans become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.polygamma(1, torch.tensor([1.0]))
    tensor([1.6449])
    """
    not_negative("polygamma", n=n)
    x = input if input.dtype.category >= dtypes.FLOATING else input.to(dtypes.get_default_dtype())
    return digamma(x) if not n else _polygamma(x, n)


@public("special")
@primitive(
    promote="float",
    input=no_derivative("zeta", "its first argument"),
    other=lambda xp, grad, input, other: grad * -input * xp.zeta(input + 1, other),
)
def zeta(input, other):
    r"""The Hurwitz zeta function, :math:`\sum_k (k + q)^{-x}`.

    Parameters
    ----------
    input, other : Tensor or number
        The x and the q, of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype; integers become the default float dtype.

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
    grad_name="IgammaBackward0",
    input=no_derivative("igamma", "its first argument"),
    other=lambda xp, grad, input, other: grad * xp.exp((input - 1) * xp.log(other) - other - xp.lgamma(input)),
)
def _igamma(input, other):
    return np.asarray(_special().gammainc(input, other)).astype(input.dtype, copy=False)


@primitive(
    numbers="none",
    promote="same",
    grad_name="IgammacBackward0",
    input=no_derivative("igammac", "its first argument"),
    other=lambda xp, grad, input, other: -grad * xp.exp((input - 1) * xp.log(other) - other - xp.lgamma(input)),
)
def _igammac(input, other):
    return np.asarray(_special().gammaincc(input, other)).astype(input.dtype, copy=False)


@public(inplace=True, names=["special.gammainc"])
def igamma(input: Tensor, other: Tensor, *, out: Any = None) -> Tensor:
    r"""The regularized lower incomplete gamma function, :math:`\frac{1}{\Gamma(a)} \int_0^x t^{a-1} e^{-t} dt`.

    Parameters
    ----------
    input, other : Tensor
        The a and the x, not negative, of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.igamma(torch.tensor([1.0]), torch.tensor([1.0]))
    tensor([0.6321])
    """
    return _igamma(input, other)


@public(inplace=True, names=["special.gammaincc"])
def igammac(input: Tensor, other: Tensor, *, out: Any = None) -> Tensor:
    """The regularized upper incomplete gamma function, one minus :func:`igamma`.

    Parameters
    ----------
    input, other : Tensor
        The a and the x, not negative, of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.igammac(torch.tensor([1.0]), torch.tensor([1.0]))
    tensor([0.3679])
    """
    return _igammac(input, other)


@public(inplace=True, names=["special.multigammaln"], node="MvlgammaBackward0(input)")
def mvlgamma(input: Tensor, p: int, *, out: Any = None) -> Tensor:
    r"""The logarithm of the multivariate gamma function, :math:`\frac{p(p-1)}{4} \ln\pi + \sum_j \ln\Gamma(x - \frac{j}{2})`.

    Parameters
    ----------
    input : Tensor
        Larger than (p - 1) / 2.
    p : int
        The dimension.

    Returns
    -------
    Tensor
        Of ``input``'s shape; integers and booleans become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.mvlgamma(torch.tensor([2.0]), 1)
    tensor([0.])
    """
    positive("mvlgamma", p=p)
    x = input if input.dtype.category >= dtypes.FLOATING else input.to(dtypes.get_default_dtype())
    total = lgamma(x + 0.0)  # (for -0, too)
    for j in range(1, p):
        total = total + lgamma(x - j / 2)
    return total + p * (p - 1) / 4 * 1.1447298858494002


@public("Tensor", name="polygamma", inplace=True)
def _polygamma_of_tensor(self: Tensor, n: int) -> Tensor:
    """:func:`polygamma` as a method: the tensor comes first.

    Parameters
    ----------
    n : int
        Not negative.

    Returns
    -------
    Tensor
        Of the tensor's shape; integers and booleans become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([1.0]).polygamma(1)
    tensor([1.6449])
    """
    return polygamma(n, self)
