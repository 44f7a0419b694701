"""Every pair that PyTorch registers: values and gradients, what is infinite, and how a formula is found."""

import math
import pathlib
import sys
import warnings

import numpy as np
import pytest
import torch

import minitorch_bp as mt

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from cases import FRAMEWORKS, SPD, TRIL, Maker, Raised, outcome

#: Two members of each family; of those whose support depends on parameters, one inside of the other and apart.
MEMBERS = {
    "Bernoulli": [lambda m: m.D.Bernoulli(m([0.3, 0.8])), lambda m: m.D.Bernoulli(m([0.6, 0.1]))],
    "Beta": [lambda m: m.D.Beta(m([0.5, 3.0]), m([2.0, 1.5])), lambda m: m.D.Beta(m([1.5, 0.7]), m([2.5, 3.5]))],
    "Binomial": [
        lambda m: m.D.Binomial(5, m([0.3, 0.8])),
        lambda m: m.D.Binomial(5, m([0.6, 0.1])),
        lambda m: m.D.Binomial(3, m([0.6, 0.1])),
    ],
    "Categorical": [lambda m: m.D.Categorical(m([[0.2, 0.3, 0.5]])), lambda m: m.D.Categorical(logits=m([[0.2, 0.3, -0.5]]))],
    "Cauchy": [lambda m: m.D.Cauchy(m([0.5, 3.0]), m([2.0, 1.5])), lambda m: m.D.Cauchy(m([1.5, -0.7]), m([0.5, 3.5]))],
    "ContinuousBernoulli": [
        lambda m: m.D.ContinuousBernoulli(m([0.3, 0.8])),
        lambda m: m.D.ContinuousBernoulli(m([0.4999, 0.1])),
    ],
    "Dirichlet": [lambda m: m.D.Dirichlet(m([[0.5, 2.0, 3.0]])), lambda m: m.D.Dirichlet(m([[1.5, 0.7, 0.9]]))],
    "Exponential": [lambda m: m.D.Exponential(m([0.5, 3.0])), lambda m: m.D.Exponential(m([1.5, 0.4]))],
    "Gamma": [lambda m: m.D.Gamma(m([0.5, 3.0]), m([2.0, 1.5])), lambda m: m.D.Gamma(m([1.5, 0.7]), m([0.5, 3.5]))],
    "Chi2": [lambda m: m.D.Chi2(m([1.5, 4.0])), lambda m: m.D.Chi2(m([3.5, 2.0]))],
    "Geometric": [lambda m: m.D.Geometric(m([0.3, 0.8])), lambda m: m.D.Geometric(logits=m([0.6, 0.1]))],
    "Gumbel": [lambda m: m.D.Gumbel(m([0.5, 3.0]), m([2.0, 1.5])), lambda m: m.D.Gumbel(m([1.5, -0.7]), m([0.5, 3.5]))],
    "HalfNormal": [lambda m: m.D.HalfNormal(m([0.5, 3.0])), lambda m: m.D.HalfNormal(m([1.5, 0.4]))],
    "Independent": [
        lambda m: m.D.Independent(m.D.Normal(m([0.5, 3.0]), m([2.0, 1.5])), 1),
        lambda m: m.D.Independent(m.D.Normal(m([1.5, -0.7]), m([0.5, 3.5])), 1),
        lambda m: m.D.Independent(m.D.Normal(m([1.5, -0.7]), m([0.5, 3.5])), 0),
    ],
    "Laplace": [lambda m: m.D.Laplace(m([0.5, 3.0]), m([2.0, 1.5])), lambda m: m.D.Laplace(m([1.5, -0.7]), m([0.5, 3.5]))],
    "LogNormal": [lambda m: m.D.LogNormal(m([0.5, 3.0]), m([2.0, 1.5])), lambda m: m.D.LogNormal(m([1.5, -0.7]), m([0.5, 3.5]))],
    "LowRankMultivariateNormal": [
        lambda m: m.D.LowRankMultivariateNormal(m([0.1, -0.4, 2.0]), m([[1.0, 0.5], [0.2, -0.3], [0.7, 0.1]]), m([0.4, 1.0, 0.3])),
        lambda m: m.D.LowRankMultivariateNormal(m([[0.0, 0.4, 1.0]] * 2), m([[0.3], [0.2], [-0.7]]), m([1.4, 0.6, 0.9])),
    ],
    "MultivariateNormal": [
        lambda m: m.D.MultivariateNormal(m([0.1, -0.4, 2.0]), m(SPD)),
        lambda m: m.D.MultivariateNormal(m([[0.0, 0.4, 1.0]] * 2), scale_tril=m(TRIL)),
    ],
    "Normal": [lambda m: m.D.Normal(m([0.5, 3.0]), m([2.0, 1.5])), lambda m: m.D.Normal(m([1.5, -0.7]), m([0.5, 3.5]))],
    "OneHotCategorical": [
        lambda m: m.D.OneHotCategorical(m([[0.2, 0.3, 0.5]])),
        lambda m: m.D.OneHotCategorical(logits=m([[0.2, 0.3, -0.5]])),
    ],
    "Pareto": [lambda m: m.D.Pareto(m([0.5, 1.0]), m([2.5, 1.5])), lambda m: m.D.Pareto(m([0.4, 2.0]), m([0.7, 3.5]))],
    "Poisson": [lambda m: m.D.Poisson(m([0.5, 3.0])), lambda m: m.D.Poisson(m([1.5, 0.4]))],
    "TransformedDistribution": [
        lambda m: m.D.TransformedDistribution(m.D.Normal(m([0.5, 3.0]), m([2.0, 1.5])), m.D.ExpTransform()),
        lambda m: m.D.TransformedDistribution(m.D.Normal(m([1.5, -0.7]), m([0.5, 3.5])), m.D.ExpTransform()),
        lambda m: m.D.TransformedDistribution(m.D.Normal(m([1.5, -0.7]), m([0.5, 3.5])), m.D.SigmoidTransform()),
    ],
    "Uniform": [
        lambda m: m.D.Uniform(m([0.2, 0.4]), m([0.7, 0.9])),
        lambda m: m.D.Uniform(m([0.1, -0.5]), m([0.8, 2.5])),
        lambda m: m.D.Uniform(m([0.5, -0.5]), m([0.95, 0.5])),
    ],
    "Weibull": [lambda m: m.D.Weibull(m([0.5, 3.0]), m([2.0, 1.5])), lambda m: m.D.Weibull(m([0.7, 1.0]), m([2.0, 1.5]))],
}
REGISTERED = sorted((p.__name__, q.__name__) for p, q in torch.distributions.kl._KL_REGISTRY)


def test_the_same_pairs_are_registered():
    assert sorted((p.__name__, q.__name__) for p, q in mt.distributions.kl._KL_REGISTRY) == REGISTERED


def divergence_and_gradients(maker, p, q):
    result = maker.D.kl_divergence(p, q)
    finite = result.isfinite()
    grads = [None] * len(maker.leaves)
    if result.requires_grad and finite.any():
        grads = maker.t.autograd.grad(result[finite].sum(), maker.leaves, allow_unused=True)
    return [result.detach().numpy(), *[0.0 if g is None else g.numpy() for g in grads]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "pair", [*REGISTERED, ("Chi2", "Gamma"), ("LogNormal", "LogNormal"), ("Weibull", "Weibull"), ("Chi2", "Normal")]
)
def test_divergence(pair, dtype):
    if pair == ("ExponentialFamily", "ExponentialFamily"):
        return  # test_bregman_divergence
    for make_p in MEMBERS[pair[0]]:
        for make_q in MEMBERS[pair[1]]:
            results = []
            for framework in FRAMEWORKS.values():
                maker = Maker(framework, dtype)
                p, q = make_p(maker), make_q(maker)
                results.append(outcome(lambda: divergence_and_gradients(maker, p, q)))
            want, got = results
            if isinstance(want, Raised):
                assert got == want
                continue
            limits = {"rtol": 3e-4, "atol": 3e-5} if dtype == "float32" else {"rtol": 1e-8, "atol": 1e-9}
            assert got[0].dtype == want[0].dtype and got[0].shape == np.broadcast_shapes(want[0].shape, got[0].shape)
            for a, b in zip(want, got, strict=True):
                np.testing.assert_allclose(b, np.broadcast_to(a, b.shape) if np.ndim(b) else a, **limits)


@pytest.mark.parametrize("family", ["Normal", "Bernoulli", "Gamma", "Exponential", "Poisson", "Beta", "Dirichlet", "Wishart"])
def test_bregman_divergence(family):
    """The general formula of exponential families gives that of the family, where there is one."""
    results = []
    for framework in FRAMEWORKS.values():
        maker = Maker(framework, "float64")
        if family == "Wishart":
            p, q = maker.D.Wishart(maker(4.0), maker(SPD)), maker.D.Wishart(maker(6.0), scale_tril=maker(TRIL))
        else:
            p, q = (make(maker) for make in MEMBERS[family])
        E = maker.D.ExponentialFamily
        general = maker.D.kl._KL_REGISTRY[E, E](p, q)
        results.append(general.detach().numpy())
        if family != "Wishart":
            np.testing.assert_allclose(results[-1], maker.D.kl_divergence(p, q).detach().numpy(), rtol=1e-8)
    np.testing.assert_allclose(results[1], results[0], rtol=1e-8)


@pytest.mark.parametrize(
    "pair", [("Bernoulli", [0.0, 1.0, 0.0, 0.5], [0.0, 0.0, 0.5, 1.0]), ("Categorical", [0.0, 0.5, 0.5], [0.2, 0.0, 0.8])]
)
def test_divergence_at_the_border(pair):
    results = []
    for t in FRAMEWORKS.values():
        kind = getattr(t.distributions, pair[0])
        p, q = kind(t.tensor(pair[1])), kind(t.tensor(pair[2]))
        results.append([t.distributions.kl_divergence(p, q).numpy(), t.distributions.kl_divergence(q, p).numpy()])
    np.testing.assert_allclose(results[1], results[0], atol=1e-6)


def test_uniform_from_continuous_bernoulli_on_the_whole_interval():
    """Against the trapezoid rule: PyTorch calls it infinite if p ends at 1."""
    p, q = mt.distributions.Uniform(0.5, 1.0), mt.distributions.ContinuousBernoulli(0.3)
    x = mt.linspace(0.5, 1.0, 2001, dtype=mt.float64)
    want = mt.trapezoid(2.0 * (math.log(2.0) - q.log_prob(x)), x)
    np.testing.assert_allclose(mt.distributions.kl_divergence(p, q).item(), want.item(), rtol=1e-5)


def test_how_a_formula_is_found():
    for t in FRAMEWORKS.values():
        D = t.distributions
        first = type("First", (D.Normal,), {})
        second = type("Second", (first,), {})
        p = second(0.0, 1.0)
        assert D.kl_divergence(p, D.Normal(0.0, 1.0)) == 0.0  # inherited
        D.register_kl(first, D.Normal)(lambda p, q: "first, Normal")
        D.register_kl(D.Normal, first)(lambda p, q: "Normal, first")
        assert D.kl_divergence(p, D.Normal(0.0, 1.0)) == "first, Normal"
        with pytest.warns(RuntimeWarning):
            assert D.kl_divergence(p, p) == "first, Normal"
        D.register_kl(first, first)(lambda p, q: "first, first")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert D.kl_divergence(p, p) == "first, first"
        for key in [(first, D.Normal), (D.Normal, first), (first, first)]:
            del D.kl._KL_REGISTRY[key]
        with pytest.raises(TypeError):
            D.register_kl(5, D.Normal)
        with pytest.raises(NotImplementedError):
            D.kl_divergence(D.Normal(0.0, 1.0), D.Cauchy(0.0, 1.0))
        with pytest.raises(NotImplementedError):
            D.kl_divergence(D.Poisson(1.0), D.Gamma(1.0, 1.0))  # two exponential families, but not the same


@pytest.mark.parametrize("pair", [pair for pair in REGISTERED if pair[0] != "ExponentialFamily"])
def test_batches_broadcast(pair):
    """PyTorch's values for batches of one shape (it refuses some that differ)."""
    results = []
    for framework in FRAMEWORKS.values():
        maker = Maker(framework, "float64")
        p, q = MEMBERS[pair[0]][0](maker), MEMBERS[pair[1]][1](maker)
        p = p.expand((3, 1, *p.batch_shape))
        if framework is torch:
            shape = torch.broadcast_shapes(p.batch_shape, q.batch_shape)
            p, q = p.expand(shape), q.expand(shape)
        results.append(outcome(lambda: maker.D.kl_divergence(p, q).detach().numpy()))
    want, got = results
    np.testing.assert_allclose(got, np.broadcast_to(want, got.shape), rtol=1e-8, atol=1e-9)
