"""At the borders of supports and parameters: infinities, zeros and what 0 ln 0 is, as in PyTorch; and what others write with it."""

import copy
import pathlib
import pickle
import sys

import numpy as np
import pytest

import minitorch_bp as mt

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from cases import CASES, FRAMEWORKS, Maker, Raised, outcome

#: name: (make, values); parameters at a border, or values there.
BORDERS = {
    "Poisson of rate 0": (lambda t, D: D.Poisson(t.tensor([0.0, 1.0])), [0.0, 1.0]),
    "Binomial of certainty": (lambda t, D: D.Binomial(3, t.tensor([0.0, 1.0, 0.5])), [0.0, 1.0, 3.0]),
    "Binomial of no trials": (lambda t, D: D.Binomial(0, t.tensor([0.3, 1.0, 0.0])), [0.0, 0.0, 0.0]),
    "Bernoulli of certainty": (lambda t, D: D.Bernoulli(t.tensor([0.0, 1.0, 0.5])), [0.0, 1.0, 1.0]),
    "Geometric of certainty": (lambda t, D: D.Geometric(t.tensor([1.0, 1.0, 1e-6])), [0.0, 1.0, 3.0]),
    "NegativeBinomial of none": (lambda t, D: D.NegativeBinomial(t.tensor([0.0, 0.0, 2.0]), t.tensor([0.3, 0.5, 0.0])), [0.0, 1.0, 0.0]),
    "Categorical of a zero": (lambda t, D: D.Categorical(t.tensor([[0.0, 1.0, 1.0]])), [0.0, 1.0, 2.0]),
    "Categorical of -inf": (lambda t, D: D.Categorical(logits=t.tensor([[-float("inf"), 1.0, 1.0]])), [0.0, 1.0, 2.0]),
    "Multinomial of a zero": (lambda t, D: D.Multinomial(2, t.tensor([0.0, 1.0, 1.0])), [[0.0, 1.0, 1.0], [1.0, 1.0, 0.0]]),
    "Multinomial of -inf": (lambda t, D: D.Multinomial(2, logits=t.tensor([-float("inf"), 1.0, 1.0])), [[0.0, 1.0, 1.0], [1.0, 1.0, 0.0]]),
    "OneHotCategorical of a zero": (lambda t, D: D.OneHotCategorical(t.tensor([0.0, 1.0, 1.0])), [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]),
    "Uniform at its ends": (lambda t, D: D.Uniform(0.0, 1.0), [0.0, 1.0]),
    "Uniform outside": (lambda t, D: D.Uniform(0.0, 1.0, validate_args=False), [-1.0, 2.0]),
    "Beta at its ends": (lambda t, D: D.Beta(t.tensor([1.0, 0.5, 2.0]), t.tensor([1.0, 2.0, 0.5])), [0.0, 1.0, 0.5]),
    "Beta at the corners": (lambda t, D: D.Beta(t.tensor([0.5, 1.0, 2.0, 0.3]), t.tensor([0.5, 1.0, 1.0, 0.9])), [0.5, 0.5, 0.5, 0.5]),
    "Dirichlet at a corner": (lambda t, D: D.Dirichlet(t.tensor([1.0, 0.5, 2.0])), [[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]]),
    "Dirichlet below 1": (lambda t, D: D.Dirichlet(t.tensor([[0.2, 0.5, 0.4], [1.0, 1.0, 1.0]])), [[0.2, 0.3, 0.5]]),
    "Gamma at 0": (lambda t, D: D.Gamma(t.tensor([0.5, 1.0, 2.0]), 1.0), [0.0, 0.0, 0.0]),
    "Exponential at 0": (lambda t, D: D.Exponential(2.0), [0.0, 1e6]),
    "HalfNormal outside": (lambda t, D: D.HalfNormal(1.0, validate_args=False), [-1.0, 0.0]),
    "HalfCauchy outside": (lambda t, D: D.HalfCauchy(1.0, validate_args=False), [-1.0, 0.0]),
    "StudentT without moments": (lambda t, D: D.StudentT(t.tensor([0.5, 1.0, 2.0, 3.0])), [0.0, 1.0, 1e6, -2.0]),
    "FisherSnedecor without moments": (lambda t, D: D.FisherSnedecor(t.tensor([1.0, 2.0, 3.0]), t.tensor([2.0, 4.0, 5.0])), [0.1, 1.0, 9.0]),
    "InverseGamma without moments": (lambda t, D: D.InverseGamma(t.tensor([0.5, 1.0, 2.0, 3.0]), 1.0), [0.1, 1.0, 9.0, 1.0]),
    "Pareto without moments": (lambda t, D: D.Pareto(1.0, t.tensor([0.5, 1.0, 2.0, 3.0])), [1.0, 2.0, 9.0, 1.0]),
    "Weibull of shape 1": (lambda t, D: D.Weibull(1.0, t.tensor([1.0, 2.0])), [1e-3, 2.0]),
    "Laplace far out": (lambda t, D: D.Laplace(0.0, 1.0), [-200.0, 0.0, 200.0]),
    "Normal far out": (lambda t, D: D.Normal(0.0, 1.0), [-50.0, 50.0, float("inf")]),
    "Gumbel far out": (lambda t, D: D.Gumbel(0.0, 1.0), [-50.0, 90.0]),
    "VonMises of no direction": (lambda t, D: D.VonMises(t.tensor(0.0), t.tensor([1e-4, 10.0])), [0.1, 3.0]),
    "ContinuousBernoulli near a half": (lambda t, D: D.ContinuousBernoulli(t.tensor([0.47, 0.5, 0.5003, 0.0, 1.0])), [0.0, 0.3, 0.5, 0.9, 1.0]),
    "GeneralizedPareto of two kinds": (lambda t, D: D.GeneralizedPareto(0.0, 1.0, t.tensor([0.0, 0.6, 1.5, -0.5])), [0.1, 0.5, 1.0, 1.5]),
    "Wishart near its border": (lambda t, D: D.Wishart(t.tensor(2.5), t.eye(2)), [[[1.0, 0.2], [0.2, 1.0]]]),
    "LogNormal far out": (lambda t, D: D.LogNormal(0.0, 1.0), [1e-30, 1e30]),
}  # fmt: skip
QUANTITIES = ["mean", "mode", "variance", "stddev"]
METHODS = ["entropy", "cdf", "log_prob"]


@pytest.mark.filterwarnings("ignore:Wishart", "ignore:Low df")
@pytest.mark.parametrize("name", BORDERS)
def test_borders(name):
    results = []
    for t in FRAMEWORKS.values():
        d, values = BORDERS[name][0](t, t.distributions), t.tensor(BORDERS[name][1])
        found = [outcome(lambda: getattr(d, q).numpy()) for q in QUANTITIES]
        found += [
            outcome(lambda: d.entropy().numpy()),
            outcome(lambda: d.cdf(values).numpy()),
            outcome(lambda: d.log_prob(values).numpy()),
        ]
        results.append(found)
    for quantity, want, got in zip(QUANTITIES + METHODS, *results, strict=True):
        if isinstance(want, Raised) or isinstance(got, Raised):
            assert got == want, quantity
        else:
            np.testing.assert_allclose(got, want, rtol=3e-5, atol=3e-6, err_msg=quantity)


# ---------------------------------------------------------------------- copies
@pytest.mark.parametrize("name", CASES)
def test_copies(name):
    class Plain(Maker):
        def __call__(self, data):
            return super().__call__(data).detach()

    maker = Plain(mt)
    d, value = CASES[name][0](maker), maker.value(CASES[name][1])
    for again in (copy.deepcopy(d), pickle.loads(pickle.dumps(d))):
        assert type(again) is type(d) and again.batch_shape == d.batch_shape and again.event_shape == d.event_shape
        assert again.log_prob(value).tolist() == d.log_prob(value).tolist()


# ---------------------------------------------------------------------- as others write it
def test_squashed_normal():
    """The policy of soft actor-critic (T. Haarnoja et al., 2018), as its implementations define it."""
    results = []
    for t in FRAMEWORKS.values():
        D = t.distributions

        class Tanh(D.transforms.Transform):
            domain = D.constraints.real
            codomain = D.constraints.interval(-1.0, 1.0)
            bijective = True
            sign = +1

            def __init__(self, cache_size=1):
                super().__init__(cache_size=cache_size)

            def __eq__(self, other):
                return isinstance(other, Tanh)

            def _call(self, x):
                return x.tanh()

            def _inverse(self, y):
                return 0.5 * (y.log1p() - (-y).log1p())

            def log_abs_det_jacobian(self, x, y):
                return 2.0 * (np.log(2.0) - x - t.nn.functional.softplus(-2.0 * x))

        class Squashed(D.transformed_distribution.TransformedDistribution):
            def __init__(self, loc, scale):
                self.loc, self.scale = loc, scale
                self.base_dist = D.Normal(loc, scale)
                super().__init__(self.base_dist, [Tanh()])

            @property
            def mean(self):
                value = self.loc
                for transform in self.transforms:
                    value = transform(value)
                return value

        t.manual_seed(4)
        loc, log_std = t.zeros(5, 2, requires_grad=True), t.full((5, 2), -0.5, requires_grad=True)
        policy = Squashed(loc, log_std.exp())
        action = policy.rsample()
        log_prob = policy.log_prob(action).sum(-1, keepdim=True)
        (0.1 * log_prob - action.sum(-1, keepdim=True)).mean().backward()
        results.append(
            [
                action.detach().numpy(),
                log_prob.detach().numpy(),
                policy.mean.detach().numpy(),
                loc.grad.numpy(),
                log_std.grad.numpy(),
            ]
        )
    for want, got in zip(*results, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


def test_truncated_normal():
    """A subclass with draws of its own, over the private helper that such code imports."""
    results = []
    for t in FRAMEWORKS.values():
        D = t.distributions

        class Truncated(D.Normal):
            def sample(self, clip=0.3, sample_shape=()):
                shape = self._extended_shape(sample_shape)
                eps = D.utils._standard_normal(shape, dtype=self.loc.dtype, device=None)
                return (self.loc + (eps * self.scale).clamp(-clip, clip)).clamp(-1.0, 1.0)

        t.manual_seed(4)
        results.append(Truncated(t.zeros(3), t.ones(3)).sample(sample_shape=t.Size((4,))).numpy().tobytes())
    assert results[0] == results[1]


def test_generalized_linear_model():
    """Maximum likelihood with a learned distribution: the losses of both, step by step."""
    results = []
    for t in FRAMEWORKS.values():
        t.manual_seed(0)
        x = t.randn(64, 3)
        y = t.poisson((x @ t.tensor([0.5, -0.3, 0.1])).exp())
        w = t.zeros(3, requires_grad=True)
        optimizer, losses = t.optim.Adam([w], lr=0.05), []
        for _ in range(25):
            optimizer.zero_grad()
            loss = -t.distributions.Poisson((x @ w).exp()).log_prob(y).mean()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        results.append(losses)
    np.testing.assert_allclose(results[1], results[0], rtol=1e-5)


def test_normalizing_flow():
    results = []
    for t in FRAMEWORKS.values():
        D = t.distributions
        t.manual_seed(0)
        data = D.MixtureSameFamily(D.Categorical(t.ones(2)), D.Normal(t.tensor([-2.0, 2.0]), 0.5)).sample((200,))
        loc, log_scale = t.zeros((), requires_grad=True), t.zeros((), requires_grad=True)
        optimizer, losses = t.optim.SGD([loc, log_scale], lr=0.01), []
        for _ in range(10):
            flow = D.TransformedDistribution(D.Normal(0.0, 1.0), [D.TanhTransform(), D.AffineTransform(loc, 6 * log_scale.exp())])
            loss = -flow.log_prob(data.clamp(-3.5, 3.5)).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        results.append(losses)
    np.testing.assert_allclose(results[1], results[0], rtol=1e-4)
