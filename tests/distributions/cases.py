"""Distributions with parameters and values, made in either framework: what the tests of this folder compare."""

import math

import torch

import minitorch_bp as mt

FRAMEWORKS = {"torch": torch, "ours": mt}


class Raised:
    """An error, equal to those of the same type."""

    def __init__(self, error):
        self.error = error

    def __eq__(self, other):
        return isinstance(other, Raised) and type(self.error) is type(other.error)

    def __repr__(self):
        return f"<raised {self.error!r}>"


def outcome(function):
    """The result of a call, or the error that it raised."""
    try:
        return function()
    except Exception as error:
        return Raised(error)


class Maker:
    """Makes tensors of one dtype in one framework, and remembers those that need a gradient."""

    def __init__(self, framework, dtype="float32"):
        self.t, self.D, self.dtype = framework, framework.distributions, getattr(framework, dtype)
        self.leaves = []

    def __call__(self, data):
        """A parameter."""
        leaf = self.t.tensor(data, dtype=self.dtype, requires_grad=True)
        self.leaves.append(leaf)
        return leaf

    def value(self, data):
        """A value to evaluate at."""
        return self.t.tensor(data, dtype=self.dtype)


SPD = [[2.0, 0.5, 0.1], [0.5, 1.0, -0.2], [0.1, -0.2, 0.7]]
TRIL = [[1.5, 0.0, 0.0], [-0.3, 0.8, 0.0], [0.2, 0.4, 2.0]]
P3 = [[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]]
L3 = [[0.5, -1.0, 2.0], [0.0, 0.3, -0.7]]
REALS = [[-2.5, 0.1], [0.4, 3.0]]
POSITIVES = [[0.05, 0.9], [2.5, 7.0]]
UNITS = [[0.03, 0.35], [0.6, 0.97]]
COUNTS = [[0.0, 1.0], [2.0, 3.0]]
COINS = [[0.0, 1.0], [1.0, 0.0]]
#: name: (make the distribution, values of its support)
CASES = {
    "Normal": (lambda m: m.D.Normal(m([-1.0, 0.5]), m([0.3, 2.0])), REALS),
    "Normal scalar": (lambda m: m.D.Normal(m(0.5), 2.0), REALS),
    "Normal broadcast": (lambda m: m.D.Normal(m([[0.5], [1.0]]), m([0.3, 2.0])), REALS),
    "Uniform": (lambda m: m.D.Uniform(m([-3.0, 0.0]), m([4.5, 3.5])), [[-2.5, 0.1], [0.4, 3.0]]),
    "Bernoulli probs": (lambda m: m.D.Bernoulli(m([0.3, 0.8])), COINS),
    "Bernoulli logits": (lambda m: m.D.Bernoulli(logits=m([-0.4, 1.3])), COINS),
    "ContinuousBernoulli probs": (lambda m: m.D.ContinuousBernoulli(m([0.3, 0.5002])), UNITS),
    "ContinuousBernoulli logits": (lambda m: m.D.ContinuousBernoulli(logits=m([-0.4, 1.3])), UNITS),
    "Binomial probs": (lambda m: m.D.Binomial(3, m([0.3, 0.8])), COUNTS),
    "Binomial logits": (lambda m: m.D.Binomial(3, logits=m([-0.4, 1.3])), COUNTS),
    "Binomial counts": (lambda m: m.D.Binomial(m.value([3.0, 50.0]), m([0.3, 0.8])), COUNTS),
    "NegativeBinomial probs": (lambda m: m.D.NegativeBinomial(m([2.5, 4.0]), m([0.3, 0.8])), COUNTS),
    "NegativeBinomial logits": (lambda m: m.D.NegativeBinomial(3.0, logits=m([-0.4, 1.3])), COUNTS),
    "Categorical probs": (lambda m: m.D.Categorical(m(P3)), [[0.0, 1.0], [2.0, 0.0]]),
    "Categorical logits": (lambda m: m.D.Categorical(logits=m(L3)), [[0.0, 1.0], [2.0, 0.0]]),
    "OneHotCategorical": (lambda m: m.D.OneHotCategorical(m(P3)), [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]),
    "OneHotCategorical logits": (lambda m: m.D.OneHotCategorical(logits=m(L3)), [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]),
    "OneHotCategoricalStraightThrough": (
        lambda m: m.D.OneHotCategoricalStraightThrough(m(P3)),
        [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]],
    ),
    "Multinomial": (lambda m: m.D.Multinomial(4, m(P3)), [[1.0, 1.0, 2.0], [0.0, 4.0, 0.0]]),
    "Multinomial logits": (lambda m: m.D.Multinomial(4, logits=m(L3)), [[1.0, 1.0, 2.0], [0.0, 4.0, 0.0]]),
    "Beta": (lambda m: m.D.Beta(m([0.5, 3.0]), m([2.0, 1.5])), UNITS),
    "Beta scalar": (lambda m: m.D.Beta(2.0, 3.0), UNITS),
    "Kumaraswamy": (lambda m: m.D.Kumaraswamy(m([0.5, 3.0]), m([2.0, 1.5])), UNITS),
    "Gamma": (lambda m: m.D.Gamma(m([0.5, 3.0]), m([2.0, 1.5])), POSITIVES),
    "InverseGamma": (lambda m: m.D.InverseGamma(m([2.5, 3.0]), m([2.0, 1.5])), POSITIVES),
    "Dirichlet": (lambda m: m.D.Dirichlet(m([[0.5, 2.0, 3.0], [1.2, 0.8, 0.7]])), P3),
    "Exponential": (lambda m: m.D.Exponential(m([0.5, 3.0])), POSITIVES),
    "Laplace": (lambda m: m.D.Laplace(m([-1.0, 0.5]), m([0.3, 2.0])), REALS),
    "Cauchy": (lambda m: m.D.Cauchy(m([-1.0, 0.5]), m([0.3, 2.0])), REALS),
    "HalfCauchy": (lambda m: m.D.HalfCauchy(m([0.3, 2.0])), POSITIVES),
    "StudentT": (lambda m: m.D.StudentT(m([1.5, 4.0]), m([-1.0, 0.5]), m([0.3, 2.0])), REALS),
    "FisherSnedecor": (lambda m: m.D.FisherSnedecor(m([1.5, 4.0]), m([3.0, 5.5])), POSITIVES),
    "Chi2": (lambda m: m.D.Chi2(m([1.5, 4.0])), POSITIVES),
    "Poisson": (lambda m: m.D.Poisson(m([0.7, 14.0])), COUNTS),
    "Geometric probs": (lambda m: m.D.Geometric(m([0.3, 0.8])), COUNTS),
    "Geometric logits": (lambda m: m.D.Geometric(logits=m([-0.4, 1.3])), COUNTS),
    "Gumbel": (lambda m: m.D.Gumbel(m([-1.0, 0.5]), m([0.3, 2.0])), REALS),
    "HalfNormal": (lambda m: m.D.HalfNormal(m([0.3, 2.0])), POSITIVES),
    "LogNormal": (lambda m: m.D.LogNormal(m([-1.0, 0.5]), m([0.3, 2.0])), POSITIVES),
    "LogisticNormal": (lambda m: m.D.LogisticNormal(m([[-1.0, 0.5], [0.2, 0.3]]), m([0.3, 2.0])), P3),
    "Pareto": (lambda m: m.D.Pareto(m([0.03, 0.5]), m([2.5, 1.5])), POSITIVES),
    "GeneralizedPareto": (
        lambda m: m.D.GeneralizedPareto(m([0.0, 0.05]), m([1.5, 20.0]), m([0.3, -0.2])),
        POSITIVES,
    ),
    "GeneralizedPareto exponential": (lambda m: m.D.GeneralizedPareto(m(0.0), m(1.5), m(0.0)), POSITIVES),
    "Weibull": (lambda m: m.D.Weibull(m([0.3, 2.0]), m([1.5, 3.0])), POSITIVES),
    "VonMises": (lambda m: m.D.VonMises(m([-1.0, 0.5]), m([0.3, 12.0])), REALS),
    "Wishart covariance": (lambda m: m.D.Wishart(m([4.0, 5.5]), covariance_matrix=m(SPD)), SPD),
    "Wishart precision": (lambda m: m.D.Wishart(m(4.0), precision_matrix=m(SPD)), SPD),
    "Wishart scale_tril": (lambda m: m.D.Wishart(m(6.0), scale_tril=m(TRIL)), SPD),
    "LKJCholesky": (
        lambda m: m.D.LKJCholesky(3, m([0.7, 1.8])),
        [[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.0, 0.28, 0.96]],
    ),
    "MultivariateNormal covariance": (
        lambda m: m.D.MultivariateNormal(m([0.1, -0.4, 2.0]), m(SPD)),
        [[0.3, 1.0, -0.5], [1.0, 0.0, 2.0]],
    ),
    "MultivariateNormal precision": (
        lambda m: m.D.MultivariateNormal(m([0.1, -0.4, 2.0]), precision_matrix=m(SPD)),
        [[0.3, 1.0, -0.5], [1.0, 0.0, 2.0]],
    ),
    "MultivariateNormal scale_tril": (
        lambda m: m.D.MultivariateNormal(m([[0.1, -0.4, 2.0], [0.0, 1.0, 0.0]]), scale_tril=m([TRIL, TRIL])),
        [[0.3, 1.0, -0.5], [1.0, 0.0, 2.0]],
    ),
    "LowRankMultivariateNormal": (
        lambda m: m.D.LowRankMultivariateNormal(m([0.1, -0.4, 2.0]), m([[1.0, 0.5], [0.2, -0.3], [0.7, 0.1]]), m([0.4, 1.0, 0.3])),
        [[0.3, 1.0, -0.5], [1.0, 0.0, 2.0]],
    ),
    "MixtureSameFamily": (
        lambda m: m.D.MixtureSameFamily(m.D.Categorical(m(P3)), m.D.Normal(m(L3), m([0.3, 2.0, 1.0]))),
        REALS,
    ),
    "MixtureSameFamily vectors": (
        lambda m: m.D.MixtureSameFamily(
            m.D.Categorical(logits=m([0.2, -0.3])), m.D.Independent(m.D.Normal(m(REALS), m(POSITIVES)), 1)
        ),
        REALS,
    ),
    "Independent": (lambda m: m.D.Independent(m.D.Normal(m([-1.0, 0.5]), m([0.3, 2.0])), 1), REALS),
    "TransformedDistribution": (
        lambda m: m.D.TransformedDistribution(
            m.D.Normal(m([-1.0, 0.5]), m([0.3, 2.0])), [m.D.AffineTransform(m(0.3), m(-2.0)), m.D.ExpTransform()]
        ),
        POSITIVES,
    ),
    "TransformedDistribution vectors": (
        lambda m: m.D.TransformedDistribution(m.D.Normal(m([-1.0, 0.5]), m([0.3, 2.0])), m.D.StickBreakingTransform()),
        P3,
    ),
    "RelaxedBernoulli": (lambda m: m.D.RelaxedBernoulli(m(0.7), m([0.3, 0.8])), UNITS),
    "RelaxedBernoulli logits": (lambda m: m.D.RelaxedBernoulli(m(0.7), logits=m([-0.4, 1.3])), UNITS),
    "RelaxedOneHotCategorical": (lambda m: m.D.RelaxedOneHotCategorical(m(0.7), m(P3)), P3),
    "RelaxedOneHotCategorical logits": (lambda m: m.D.RelaxedOneHotCategorical(m(0.7), logits=m(L3)), P3),
    "LogitRelaxedBernoulli": (
        lambda m: m.D.relaxed_bernoulli.LogitRelaxedBernoulli(m(0.7), logits=m([-0.4, 1.3])),
        REALS,
    ),
    "ExpRelaxedCategorical": (
        lambda m: m.D.relaxed_categorical.ExpRelaxedCategorical(m(0.7), m(P3)),
        [[math.log(p) for p in row] for row in P3],
    ),
}


def both(name, dtype="float32"):
    """``(maker, distribution)`` of PyTorch, and ours."""
    made = []
    for framework in FRAMEWORKS.values():
        maker = Maker(framework, dtype)
        made.append((maker, CASES[name][0](maker)))
    return made
