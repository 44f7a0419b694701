"""Draws by rejection, from distributions with a tensor of parameters: Poisson, binomial, gamma, Dirichlet.

A gamma variate is a smooth function of its shape parameter, although rejection hides it: with the distribution function F and
the density p, keeping F(x; alpha) fixed while alpha changes gives dx/dalpha = -(dF/dalpha) / p ("implicit reparameterization",
Figurnov, Mohamed and Mnih 2018, arXiv:1805.08498). Dirichlet variates are gamma variates over their sum, and each is by
itself a beta variate, so that their slope is that of the incomplete beta function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...core import variates
from ...core.random import generator_of
from .._base import Tensor, primitive, public, wrap
from .._shapes import check_tensor, full_precision_only, no_derivative
from ..special._scipy import _special
from .fill import _drawn, is_float


def _log_slope(log_of: Callable[[np.ndarray], np.ndarray], a: np.ndarray) -> np.ndarray:
    """The derivative of a smooth function at a > 0, by the five-point formula: exact to about 10 digits here."""
    h = 0.002 * np.minimum(a, np.sqrt(a))
    return (log_of(a - 2 * h) - 8 * log_of(a - h) + 8 * log_of(a + h) - log_of(a + 2 * h)) / (12 * h)


def _implicit_slope(below: Callable[..., Any], above: Callable[..., Any], log_density: np.ndarray, *arguments: Any) -> np.ndarray:
    """-(dF/da) / p in the first argument, from the smaller of F (``below``) and 1 - F (``above``), which is exact where small."""
    arguments = np.broadcast_arrays(*arguments)
    log_density = np.broadcast_to(log_density, arguments[0].shape)
    slope = np.empty(log_density.shape)
    lower = below(*arguments) < 0.5
    for where, tail, sign in ((lower, below, -1), (~lower, above, 1)):
        a, *others = (argument[where] for argument in arguments)
        log_tail = lambda a, tail=tail, others=others: np.log(tail(a, *others))
        slope[where] = sign * _log_slope(log_tail, a) * np.exp(log_tail(a) - log_density[where])
    return slope


@public("torch")
@primitive(
    input=no_derivative("_standard_gamma_grad", "its first argument"),
    output=no_derivative("_standard_gamma_grad", "its second argument"),
)
def _standard_gamma_grad(input, output):
    """The derivative of gamma variates ``output`` in their shape parameters ``input``."""
    special, a, x = _special(), input.astype(np.float64), output.astype(np.float64)
    log_density = (a - 1) * np.log(x) - x - special.gammaln(a)
    return _implicit_slope(special.gammainc, special.gammaincc, log_density, a, x).astype(input.dtype)


@public("torch")
@primitive(
    x=no_derivative("_dirichlet_grad", "its first argument"),
    alpha=no_derivative("_dirichlet_grad", "its second argument"),
    total=no_derivative("_dirichlet_grad", "its third argument"),
)
def _dirichlet_grad(x, alpha, total):
    """The derivative of x ~ Beta(alpha, total - alpha) in alpha, over 1 - x."""
    special, a = _special(), alpha.astype(np.float64)
    b, z = total.astype(np.float64) - a, np.clip(x.astype(np.float64), 1e-300, 1 - 2.0**-53)
    log_density = (a - 1) * np.log(z) + (b - 1) * np.log1p(-z) - special.betaln(a, b)
    return (_implicit_slope(special.betainc, special.betaincc, log_density, a, b, z) / (1 - z)).astype(x.dtype)


@primitive(
    grad_name="StandardGammaBackward0",
    input=lambda xp, grad, input, result: grad * xp._standard_gamma_grad(input, result),
)
def _gamma_drawn(input, values):
    """``values``, drawn with the shape parameters ``input``."""
    return values


@public("torch")
def _standard_gamma(input: Tensor, generator: Any = None) -> Tensor:
    """Gamma variates of scale 1, each with its own shape parameter, in which they can be differentiated."""
    full_precision_only("_standard_gamma", input._array)
    g = generator_of(generator)
    with g.lock:
        return _gamma_drawn(input, variates.standard_gamma(g, input._array))


def _dirichlet_rule(xp: Any, grad: Any, input: Any, result: Any) -> Any:
    """Raising one alpha moves its own component by the beta's slope, at the cost of the others in proportion."""
    slope = xp._dirichlet_grad(result, input, xp._sum_over(input, -1, True))
    return slope * (grad - xp._sum_over(result * grad, -1, True))


@primitive(grad_name="_DirichletBackward", input=_dirichlet_rule)
def _dirichlet_drawn(input, values):
    """``values``, drawn with the concentrations ``input``."""
    return values


@public("torch")
def _sample_dirichlet(input: Tensor, generator: Any = None) -> Tensor:
    """Points of the simplex: gamma variates, drawn in float64, over their sums along the last dimension."""
    full_precision_only("_sample_dirichlet", input._array)
    g = generator_of(generator)
    with g.lock:
        return _dirichlet_drawn(input, variates.dirichlet(g, input._array))


@public("torch")
def poisson(input: Tensor, generator: Any = None) -> Tensor:
    r"""Draw from Poisson distributions, each with its own rate: :math:`P(k) = \lambda^k e^{-\lambda} / k!`.

    Parameters
    ----------
    input : Tensor
        The rates, of floating-point type.
    generator : Generator, optional
        The default one unless given.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Raises
    ------
    RuntimeError
        If a rate is negative.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.poisson(torch.tensor([0.0, 0.0]))
    tensor([0., 0.])
    """
    check_tensor("poisson", input)
    if not is_float(input._array.dtype):
        raise NotImplementedError(f"poisson is not defined for {input.dtype!r}: the rates must be of floating-point type")
    if input._array.size and not input._array.min() >= 0:
        raise RuntimeError("poisson: the rates can't be negative")
    g = generator_of(generator)
    with g.lock:
        values = variates.poisson(g, input._array)
    return _drawn(input, values, "PoissonBackward0")


@public("torch")
def binomial(count: Tensor, prob: Tensor, generator: Any = None) -> Tensor:
    r"""Draw numbers of successes in independent trials: :math:`P(k) = \binom{n}{k} p^k (1 - p)^{n - k}`.

    Parameters
    ----------
    count, prob : Tensor
        The n and the p, of floating-point type and of broadcastable shapes.
    generator : Generator, optional
        The default one unless given.

    Returns
    -------
    Tensor
        Of the broadcast shape and ``count``'s dtype.

    Raises
    ------
    RuntimeError
        If the dtypes differ.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.binomial(torch.tensor([4.0, 4.0]), torch.tensor([0.0, 1.0]))
    tensor([0., 4.])
    """
    check_tensor("binomial", count, "count")
    check_tensor("binomial", prob, "prob")
    if count.dtype != prob.dtype or not is_float(count._array.dtype):
        raise RuntimeError(f"binomial: count and prob must be of one floating type, but are of {count.dtype!r} and {prob.dtype!r}")
    g = generator_of(generator)
    n, p = np.broadcast_arrays(count._array, prob._array)
    with g.lock:
        return wrap(variates.binomial(g, n, p))
