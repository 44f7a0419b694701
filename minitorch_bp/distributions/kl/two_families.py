r"""Divergences of members of two families, as :math:`-H(p) - E_p[\ln q(x)]`.

The expectation of ln q needs only a few moments of p: for a normal q its mean and variance, for an exponential q its mean, for a
gamma q also the mean of ln x, for a Gumbel q that of e^(-x/s). So there is one formula for each q, whatever p.
"""

from __future__ import annotations

import math
from typing import Any

from ...core.tensor import Tensor
from ...ops.creation import full_like
from ...ops.special.entropy import xlogy
from ..bernoulli import Bernoulli
from ..beta import Beta
from ..binomial import Binomial
from ..continuous_bernoulli import ContinuousBernoulli
from ..exponential import Exponential
from ..gamma import Gamma
from ..gumbel import Gumbel
from ..laplace import Laplace
from ..normal import Normal
from ..pareto import Pareto
from ..poisson import Poisson
from ..uniform import Uniform
from ..utils import euler_constant
from .registry import register_kl

#: The mean of ln x.
MEAN_LOG: dict[type, Any] = {
    Beta: lambda p: p.concentration1.digamma() - (p.concentration1 + p.concentration0).digamma(),
    Exponential: lambda p: -euler_constant - p.rate.log(),
    Pareto: lambda p: p.scale.log() + p.alpha.reciprocal(),
    Uniform: lambda p: (xlogy(p.high, p.high) - xlogy(p.low, p.low)) / (p.high - p.low) - 1,
}

#: The mean of e^(-x / s).
MEAN_DECAY: dict[type, Any] = {
    Exponential: lambda p, s: p.rate / (p.rate + s.reciprocal()),
    Gamma: lambda p, s: (1 + (p.rate * s).reciprocal()).pow(-p.concentration),
    Normal: lambda p, s: (-p.loc / s + 0.5 * (p.scale / s).pow(2)).exp(),
    Uniform: lambda p, s: ((-p.low / s).exp() - (-p.high / s).exp()) * s / (p.high - p.low),
}


def _family(p: Any) -> type:
    """The class that the tables know p by."""
    return next(kind for kind in type(p).__mro__ if kind in MEAN_LOG or kind in MEAN_DECAY)


def _outside(result: Tensor, *conditions: Tensor) -> Tensor:
    """Infinite where p has values that q has not."""
    for condition in conditions:
        result = result.masked_fill(condition, math.inf)
    return result


def _moment_of_pareto(p: Any, n: int) -> Tensor:
    """The mean of x^n, if that is finite (alpha > n)."""
    return p.alpha * p.scale.pow(n) / (p.alpha - n)


def _to_normal(p: Any, q: Any) -> Tensor:
    return _with_moments_to_normal(p, q, p.mean, p.variance)


def _with_moments_to_normal(p: Any, q: Any, mean: Tensor, variance: Tensor) -> Tensor:
    spread = (variance + (mean - q.loc).pow(2)) / (2 * q.scale.pow(2))
    return -p.entropy() + 0.5 * math.log(2 * math.pi) + q.scale.log() + spread


for _kind in (Beta, ContinuousBernoulli, Exponential, Gamma, Gumbel, Laplace, Uniform):
    register_kl(_kind, Normal)(_to_normal)


@register_kl(Pareto, Normal)
def _pareto_to_normal(p: Any, q: Any) -> Tensor:
    mean = _moment_of_pareto(p, 1)
    return _outside(_with_moments_to_normal(p, q, mean, _moment_of_pareto(p, 2) - mean.pow(2)), p.alpha <= 2)


@register_kl(Beta, Exponential)
@register_kl(ContinuousBernoulli, Exponential)
@register_kl(Gamma, Exponential)
def _to_exponential(p: Any, q: Any) -> Tensor:
    return -p.entropy() - q.rate.log() + q.rate * p.mean


@register_kl(Pareto, Exponential)
def _pareto_to_exponential(p: Any, q: Any) -> Tensor:
    return _outside(-p.entropy() - q.rate.log() + q.rate * _moment_of_pareto(p, 1), p.alpha <= 1)


@register_kl(Uniform, Exponential)
def _uniform_to_exponential(p: Any, q: Any) -> Tensor:
    return _outside(_to_exponential(p, q), p.low < 0)


@register_kl(Beta, Gamma)
@register_kl(Exponential, Gamma)
def _to_gamma(p: Any, q: Any) -> Tensor:
    return _with_mean_to_gamma(p, q, p.mean)


def _with_mean_to_gamma(p: Any, q: Any, mean: Tensor) -> Tensor:
    normalizer = q.concentration.lgamma() - q.concentration * q.rate.log()
    return -p.entropy() + normalizer - (q.concentration - 1) * MEAN_LOG[_family(p)](p) + q.rate * mean


@register_kl(Pareto, Gamma)
def _pareto_to_gamma(p: Any, q: Any) -> Tensor:
    return _outside(_with_mean_to_gamma(p, q, _moment_of_pareto(p, 1)), p.alpha <= 1)


@register_kl(Uniform, Gamma)
def _uniform_to_gamma(p: Any, q: Any) -> Tensor:
    return _outside(_to_gamma(p, q), p.low < 0)


@register_kl(Exponential, Gumbel)
@register_kl(Gamma, Gumbel)
@register_kl(Normal, Gumbel)
@register_kl(Uniform, Gumbel)
def _to_gumbel(p: Any, q: Any) -> Tensor:
    decay = (q.loc / q.scale).exp() * MEAN_DECAY[_family(p)](p, q.scale)
    return -p.entropy() + q.scale.log() + (p.mean - q.loc) / q.scale + decay


@register_kl(Beta, Uniform)
@register_kl(ContinuousBernoulli, Uniform)
def _unit_interval_to_uniform(p: Any, q: Any) -> Tensor:
    return _outside(-p.entropy() + (q.high - q.low).log(), q.low > 0, q.high < 1)


def _to_continuous_bernoulli(p: Any, q: Any) -> Tensor:
    return -p.entropy() - p.mean * q.logits - (-q.probs).log1p() - q._log_norm()


register_kl(Beta, ContinuousBernoulli)(_to_continuous_bernoulli)


@register_kl(Uniform, ContinuousBernoulli)
def _uniform_to_continuous_bernoulli(p: Any, q: Any) -> Tensor:
    return _outside(_to_continuous_bernoulli(p, q), p.low < 0, p.high > 1)


@register_kl(Uniform, Beta)
def _uniform_to_beta(p: Any, q: Any) -> Tensor:
    a, b = q.concentration1, q.concentration0
    mean_log = MEAN_LOG[Uniform](p)
    mean_log_rest = MEAN_LOG[Uniform](Uniform(1 - p.high, 1 - p.low, validate_args=False))
    result = -p.entropy() + a.lgamma() + b.lgamma() - (a + b).lgamma() - (a - 1) * mean_log - (b - 1) * mean_log_rest
    return _outside(result, p.low < 0, p.high > 1)


@register_kl(Uniform, Pareto)
def _uniform_to_pareto(p: Any, q: Any) -> Tensor:
    result = -p.entropy() - q.alpha.log() - q.alpha * q.scale.log() + (q.alpha + 1) * MEAN_LOG[Uniform](p)
    return _outside(result, p.low < q.scale)


@register_kl(Normal, Laplace)
def _normal_to_laplace(p: Any, q: Any) -> Tensor:
    """With the mean distance of a normal variable from a point, that of the folded normal distribution."""
    distance = p.loc - q.loc
    in_scales = distance / p.scale
    folded = math.sqrt(2 / math.pi) * p.scale * (-0.5 * in_scales.pow(2)).exp() + distance * (math.sqrt(0.5) * in_scales).erf()
    return -p.entropy() + (2 * q.scale).log() + folded / q.scale


@register_kl(Bernoulli, Poisson)
def _bernoulli_to_poisson(p: Any, q: Any) -> Tensor:
    return -p.entropy() - (p.probs * q.rate.log() - q.rate)


def _infinite(p: Any, q: Any) -> Tensor:
    """p has values that q has not, whatever the parameters."""
    return full_like(p.mean, math.inf)


for _p, _qs in {
    Beta: (Pareto,),
    ContinuousBernoulli: (Pareto,),
    Exponential: (Beta, ContinuousBernoulli, Pareto, Uniform),
    Gamma: (Beta, ContinuousBernoulli, Pareto, Uniform),
    Gumbel: (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    Laplace: (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    Normal: (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    Pareto: (Beta, ContinuousBernoulli, Uniform),
    Poisson: (Bernoulli, Binomial),
}.items():
    for _q in _qs:
        register_kl(_p, _q)(_infinite)
