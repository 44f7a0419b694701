"""What is checked: each parameter's and value's constraint, shapes, and how the checks are switched off."""

import pathlib
import subprocess
import sys
import warnings

import numpy as np
import pytest

import minitorch_bp as mt

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from cases import CASES, FRAMEWORKS, SPD, Maker, Raised, both, outcome

NAN = float("nan")
BAD_SPD = [[1.0, 2.0], [2.0, 1.0]]
#: name: (the parameter, a function of a framework and a bad value, bad values)
PARAMETERS = {
    "Normal loc": ("loc", lambda D, t, v: D.Normal(v, 1.0), [NAN]),
    "Normal scale": ("scale", lambda D, t, v: D.Normal(0.0, v), [0.0, -1.0, NAN]),
    "Normal batch": ("scale", lambda D, t, v: D.Normal(t.zeros(2), v), [[1.0, -2.0]]),
    "Uniform": ("low", lambda D, t, v: D.Uniform(v, 1.0), [1.0, 2.0]),
    "Bernoulli": ("probs", lambda D, t, v: D.Bernoulli(v), [-0.1, 1.5, NAN]),
    "Bernoulli logits": ("logits", lambda D, t, v: D.Bernoulli(logits=v), [NAN]),
    "ContinuousBernoulli": ("probs", lambda D, t, v: D.ContinuousBernoulli(v, validate_args=True), [-0.1, 1.5]),
    "Binomial": ("probs", lambda D, t, v: D.Binomial(3, v), [-0.1, 1.5]),
    "Binomial count": ("total_count", lambda D, t, v: D.Binomial(v, t.tensor(0.5)), [-1.0, 1.5]),
    "NegativeBinomial": ("probs", lambda D, t, v: D.NegativeBinomial(3.0, v), [-0.1, 1.0]),
    "NegativeBinomial count": ("total_count", lambda D, t, v: D.NegativeBinomial(v, t.tensor(0.5)), [-1.0]),
    "Categorical": ("probs", lambda D, t, v: D.Categorical(v), [[-1.0, 2.0], [NAN, 1.0], [0.0, 0.0]]),
    "Categorical logits": ("logits", lambda D, t, v: D.Categorical(logits=v), [[NAN, 1.0]]),
    "OneHotCategorical": ("probs", lambda D, t, v: D.OneHotCategorical(v), [[-1.0, 2.0]]),
    "Multinomial": ("probs", lambda D, t, v: D.Multinomial(2, v), [[-1.0, 2.0]]),
    "Beta": ("concentration", lambda D, t, v: D.Beta(v, 1.0), [0.0, -1.0]),
    "Kumaraswamy": ("concentration0", lambda D, t, v: D.Kumaraswamy(1.0, v), [0.0]),
    "Gamma": ("rate", lambda D, t, v: D.Gamma(1.0, v), [0.0, -1.0]),
    "InverseGamma": ("concentration", lambda D, t, v: D.InverseGamma(v, 1.0), [0.0, -1.0]),
    "Dirichlet": ("concentration", lambda D, t, v: D.Dirichlet(v), [[1.0, 0.0]]),
    "Exponential": ("rate", lambda D, t, v: D.Exponential(v), [0.0, -2.0]),
    "Laplace": ("scale", lambda D, t, v: D.Laplace(0.0, v), [0.0]),
    "Cauchy": ("scale", lambda D, t, v: D.Cauchy(0.0, v), [0.0]),
    "HalfCauchy": ("scale", lambda D, t, v: D.HalfCauchy(v), [0.0]),
    "HalfNormal": ("scale", lambda D, t, v: D.HalfNormal(v), [-1.0]),
    "StudentT": ("df", lambda D, t, v: D.StudentT(v), [0.0]),
    "FisherSnedecor": ("df2", lambda D, t, v: D.FisherSnedecor(1.0, v), [0.0]),
    "Chi2": ("df", lambda D, t, v: D.Chi2(v), [0.0]),
    "Poisson": ("rate", lambda D, t, v: D.Poisson(v), [-1.0]),
    "Geometric": ("probs", lambda D, t, v: D.Geometric(v), [0.0, 1.5]),
    "Gumbel": ("scale", lambda D, t, v: D.Gumbel(0.0, v), [0.0]),
    "LogNormal": ("scale", lambda D, t, v: D.LogNormal(0.0, v), [0.0]),
    "Pareto": ("alpha", lambda D, t, v: D.Pareto(1.0, v), [0.0]),
    "GeneralizedPareto": ("scale", lambda D, t, v: D.GeneralizedPareto(0.0, v, 0.1), [0.0]),
    "Weibull": ("concentration", lambda D, t, v: D.Weibull(1.0, v), [0.0]),
    "VonMises": ("concentration", lambda D, t, v: D.VonMises(t.tensor(0.0), v), [0.0]),
    "LKJCholesky": ("concentration", lambda D, t, v: D.LKJCholesky(3, v), [0.0]),
    "MultivariateNormal loc": ("loc", lambda D, t, v: D.MultivariateNormal(v, t.eye(2)), [[NAN, 1.0]]),
    "MultivariateNormal covariance": ("covariance_matrix", lambda D, t, v: D.MultivariateNormal(t.zeros(2), v), [BAD_SPD, [[1.0, 0.5], [0.0, 1.0]]]),
    "MultivariateNormal precision": ("precision_matrix", lambda D, t, v: D.MultivariateNormal(t.zeros(2), precision_matrix=v), [BAD_SPD]),
    "MultivariateNormal factor": ("scale_tril", lambda D, t, v: D.MultivariateNormal(t.zeros(2), scale_tril=v), [BAD_SPD, [[1.0, 0.0], [1.0, -1.0]]]),
    "LowRankMultivariateNormal": ("cov_diag", lambda D, t, v: D.LowRankMultivariateNormal(t.zeros(2), t.ones(2, 1), v), [[1.0, 0.0]]),
    "Wishart": ("covariance_matrix", lambda D, t, v: D.Wishart(t.tensor(3.0), v), [BAD_SPD]),
    "Wishart df": ("df", lambda D, t, v: D.Wishart(v, t.eye(2)), [1.0, 0.5]),
    "RelaxedOneHotCategorical": ("probs", lambda D, t, v: D.RelaxedOneHotCategorical(t.tensor(1.0), v), [[-1.0, 2.0]]),
    "RelaxedBernoulli": ("probs", lambda D, t, v: D.RelaxedBernoulli(t.tensor(1.0), v), [1.5]),
}  # fmt: skip


@pytest.mark.parametrize("name", PARAMETERS)
def test_bad_parameters(name):
    parameter, make, bad = PARAMETERS[name]
    for value in bad:
        for t in FRAMEWORKS.values():
            with pytest.raises(ValueError) as caught:
                make(t.distributions, t, t.tensor(value))
        said = str(caught.value)
        assert parameter in said, said
        if not name.startswith(("Geometric", "ContinuousBernoulli", "Wishart df")):
            assert "must satisfy" in said and "holds" in said, said
        assert said.startswith(name.split()[0] + ":"), said


#: Values outside of the support.
VALUES = {
    "Normal scalar": [NAN], "Uniform": [[-3.5, 1.0], [1.0, 4.0]], "Bernoulli probs": [0.5, 2.0], "ContinuousBernoulli probs": [-0.1, 1.1],
    "Binomial probs": [-1.0, 0.5, 4.0], "NegativeBinomial probs": [-1.0, 0.5], "Categorical probs": [-1.0, 3.0, 0.5],
    "OneHotCategorical": [[0.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.5, 0.5, 0.0]], "Multinomial": [[-1.0, 2.0, 3.0], [3.0, 3.0, 3.0]],
    "Beta": [-0.1, 1.1], "Kumaraswamy": [-0.1, 1.1], "Gamma": [-1.0], "InverseGamma": [0.0, -1.0], "Dirichlet": [[0.5, 0.6, 0.1], [-0.5, 1.0, 0.5]],
    "Exponential": [-1.0], "Laplace": [NAN], "HalfCauchy": [-1.0], "HalfNormal": [-1.0], "FisherSnedecor": [0.0, -1.0], "Chi2": [-1.0],
    "Poisson": [-1.0, 0.5], "Geometric probs": [-1.0, 0.5], "LogNormal": [0.0, -1.0], "LogisticNormal": [[0.5, 0.6, 0.1]], "Pareto": [0.01],
    "GeneralizedPareto": [-1.0, 200.0], "Weibull": [0.0, -1.0], "MultivariateNormal covariance": [[NAN, 0.0, 0.0]],
    "Wishart covariance": [[[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]]], "LKJCholesky": [SPD], "RelaxedBernoulli": [-0.1, 1.1],
    "RelaxedOneHotCategorical": [[0.5, 0.6, 0.1]], "TransformedDistribution": [-1.0], "MixtureSameFamily": [NAN], "VonMises": [NAN],
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_bad_values(name):
    for value in VALUES[name]:
        for maker, d in both(name):
            with pytest.raises(ValueError) as caught:
                d.log_prob(maker.value(value))
        said = str(caught.value)
        assert type(d).__name__ in said and "must lie in the support" in said and "holds" in said, said


@pytest.mark.parametrize("name", CASES)
def test_bad_shapes_and_types(name):
    results = []
    for maker, d in both(name):
        shapes = [(7,), (3, 7), (5, 5, 5)]
        results.append([outcome(lambda: tuple(d.log_prob(maker.t.full(s, 0.5)).shape)) for s in shapes])
        results[-1].append(outcome(lambda: tuple(d.log_prob([0.5]).shape)))
    assert results[1] == results[0]


CONSTRUCTIONS = {
    "both": lambda D, t: D.Bernoulli(0.5, 0.5), "neither": lambda D, t: D.Bernoulli(), "both of Categorical": lambda D, t: D.Categorical(t.ones(2), t.ones(2)),
    "neither of Categorical": lambda D, t: D.Categorical(), "0-d Categorical": lambda D, t: D.Categorical(t.tensor(1.0)), "0-d Dirichlet": lambda D, t: D.Dirichlet(t.tensor(1.0)),
    "a list": lambda D, t: D.Normal([0.0], 1.0), "a string": lambda D, t: D.Normal("a", 1.0), "shapes": lambda D, t: D.Normal(t.zeros(2), t.ones(3)),
    "0-d MultivariateNormal": lambda D, t: D.MultivariateNormal(t.tensor(0.0), t.eye(1)), "no matrix": lambda D, t: D.MultivariateNormal(t.zeros(2)),
    "two matrices": lambda D, t: D.MultivariateNormal(t.zeros(2), t.eye(2), t.eye(2)), "a vector as a matrix": lambda D, t: D.MultivariateNormal(t.zeros(2), t.ones(2)),
 "low rank of another size": lambda D, t: D.LowRankMultivariateNormal(t.zeros(2), t.ones(3, 1), t.ones(2)),
    "low rank without dims": lambda D, t: D.LowRankMultivariateNormal(t.zeros(2), t.ones(2), t.ones(2)), "Independent of too few": lambda D, t: D.Independent(D.Normal(0.0, 1.0), 1),
    "mixture of no Categorical": lambda D, t: D.MixtureSameFamily(D.Normal(0.0, 1.0), D.Normal(t.zeros(2), 1.0)), "mixture of no distribution": lambda D, t: D.MixtureSameFamily(D.Categorical(t.ones(2)), 3),
    "mixture of other sizes": lambda D, t: D.MixtureSameFamily(D.Categorical(t.ones(2)), D.Normal(t.zeros(3), 1.0)), "mixture of other batches": lambda D, t: D.MixtureSameFamily(D.Categorical(t.ones(4, 2)), D.Normal(t.zeros(3, 2), 1.0)),
    "no transform": lambda D, t: D.TransformedDistribution(D.Normal(0.0, 1.0), [1]), "transforms in a string": lambda D, t: D.TransformedDistribution(D.Normal(0.0, 1.0), "exp"),
    "a transform of vectors": lambda D, t: D.TransformedDistribution(D.Normal(0.0, 1.0), D.StickBreakingTransform()), "a small LKJ": lambda D, t: D.LKJCholesky(1, 1.0),
    "a batch of counts": lambda D, t: D.Multinomial(t.tensor([1, 2]), t.ones(2)), "Binomial enumerated": lambda D, t: D.Binomial(t.tensor([1.0, 2.0]), t.tensor(0.5)).enumerate_support(),
    "Wishart without": lambda D, t: D.Wishart(t.tensor(3.0)), "the default": lambda D, t: D.Distribution.set_default_validate_args(None),
    "icdf of none": lambda D, t: D.Poisson(1.0).icdf(t.tensor(0.5)), "rsample of none": lambda D, t: D.Bernoulli(0.5).rsample(), "cdf of none": lambda D, t: D.Beta(1.0, 1.0).cdf(t.tensor(0.5)),
    "enumerate none": lambda D, t: D.Normal(0.0, 1.0).enumerate_support(), "the base": lambda D, t: D.Distribution(validate_args=False).mean, "a sample shape": lambda D, t: D.Normal(0.0, 1.0).sample(3),
    "bare support": lambda D, t: D.Distribution(validate_args=False).support, "bare constraints": lambda D, t: D.Distribution(validate_args=False).arg_constraints,
    "bare expand": lambda D, t: D.Distribution(validate_args=False).expand((2,)),
}  # fmt: skip


@pytest.mark.parametrize("name", CONSTRUCTIONS)
def test_what_is_refused(name):
    want, got = (outcome(lambda: CONSTRUCTIONS[name](t.distributions, t)) for t in FRAMEWORKS.values())
    assert isinstance(want, Raised) and got == want


def test_switching_the_checks_off():
    for t in FRAMEWORKS.values():
        D = t.distributions
        assert D.Normal(0.0, -1.0, validate_args=False).scale == -1.0
        assert D.Normal(0.0, 1.0, validate_args=False).log_prob(t.tensor(NAN)).isnan()
        try:
            D.Distribution.set_default_validate_args(False)
            assert D.Normal(0.0, -1.0).scale == -1.0
            with pytest.raises(ValueError):
                D.Normal(0.0, -1.0, validate_args=True)
        finally:
            D.Distribution.set_default_validate_args(True)
        expanded = D.Normal(0.0, 1.0, validate_args=False).expand((2,))
        assert expanded.log_prob(t.tensor([NAN, 0.0])).isnan().tolist() == [True, False]


def test_a_distribution_of_ones_own():
    """Its parameters and values are checked if it says how; if it does not, there is a warning."""
    for t in FRAMEWORKS.values():
        D = t.distributions

        class Bare(D.Distribution):
            def __init__(self, validate_args=None):
                super().__init__(validate_args=validate_args)

            def log_prob(self, value):
                self._validate_sample(value)
                return value

        with pytest.warns(UserWarning):
            bare = Bare()
        with pytest.warns(UserWarning):
            bare.log_prob(t.zeros(2))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            Bare(validate_args=False)
        with pytest.raises(NotImplementedError):
            bare.expand((2,))
        with pytest.raises(NotImplementedError):
            bare.sample()

        class Shifted(D.Normal):
            """With an ``__init__`` of its own, and ``expand`` as PyTorch's classes write it."""

            def __init__(self, by, validate_args=None):
                self.by = by
                super().__init__(by, 1.0, validate_args=validate_args)

            def expand(self, batch_shape, _instance=None):
                new = self._get_checked_instance(Shifted, _instance)
                new.by = self.by
                return super().expand(batch_shape, _instance=new)

        expanded = Shifted(2.0).expand((3,))
        assert type(expanded) is Shifted and expanded.by == 2.0 and expanded.loc.tolist() == [2.0, 2.0, 2.0]

        class Careless(D.Normal):
            def __init__(self):
                super().__init__(0.0, 1.0)

        with pytest.raises(NotImplementedError):
            Careless().expand((3,))
        with pytest.warns(FutureWarning):
            assert D.Normal(0.0, 1.0).sample_n(3).shape == (3,)


def test_the_message_names_all():
    with pytest.raises(ValueError) as caught:
        mt.distributions.Normal(mt.zeros(3), mt.tensor([1.0, -2.0, 3.0]))
    for part in ("Normal", "scale", "GreaterThan(lower_bound=0.0)", "-2.0", "(3,)", "validate_args=False"):
        assert part in str(caught.value)
    with pytest.raises(ValueError) as caught:
        Maker(mt).D.Bernoulli(0.5).log_prob(mt.tensor([1.0, 0.25]))
    for part in ("Bernoulli", "Boolean()", "0.25", "(2,)"):
        assert part in str(caught.value)


def test_imported_when_first_named():
    code = (
        "import sys, minitorch_bp as torch; assert 'minitorch_bp.distributions' not in sys.modules; torch.distributions.Normal(0.0, 1.0); "
        "import minitorch_bp.distributions as D; from minitorch_bp.distributions import Normal; assert D.Normal is Normal; "
        "from minitorch_bp.distributions.normal import Normal as again; assert again is Normal; assert set(D.__all__) <= set(dir(D)); "
        "assert 'scipy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("t", FRAMEWORKS.values(), ids=FRAMEWORKS)
def test_numbers_are_pythons(t):
    """NumPy's float64 is a Python float; its other numbers are refused."""
    D = t.distributions
    assert D.Normal(np.float64(0), 1).loc.dtype is t.float32 and D.Normal(True, 1.0).loc == 1
    for wrong in (np.float32(1), np.int64(1), np.bool_(True), np.ones(2), 1j, "1", None):
        for one in (D.Exponential, D.HalfCauchy, D.Bernoulli, D.Geometric, D.StudentT, D.Poisson):
            with pytest.raises(ValueError):
                one(wrong)
        for two in (D.Normal, D.Uniform, D.Beta, D.Gamma, D.Gumbel, D.LogNormal, D.Pareto, D.Weibull, D.VonMises, D.Kumaraswamy):
            with pytest.raises(ValueError):
                two(wrong, 1.0)
        with pytest.raises(ValueError):
            D.Normal(t.zeros(2), wrong)
