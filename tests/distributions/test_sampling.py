"""Draws: the numbers that PyTorch draws under a seed, how it leaves the generator, and gradients through draws."""

import pathlib
import sys

import numpy as np
import pytest

import minitorch_bp as mt

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from cases import CASES, FRAMEWORKS, Maker, Raised, outcome

#: Families whose draws go through a function (log, exp, pow, a product of matrices) that PyTorch evaluates by other code than
#: NumPy, with another last digit. All other families draw the same bytes.
ROUNDED = {
    "ContinuousBernoulli", "Kumaraswamy", "InverseGamma", "Laplace", "Gumbel", "LogNormal", "LogisticNormal", "Pareto",
    "GeneralizedPareto", "Weibull", "Wishart", "LKJCholesky", "MultivariateNormal", "LowRankMultivariateNormal",
    "TransformedDistribution", "RelaxedBernoulli", "RelaxedOneHotCategorical", "LogitRelaxedBernoulli", "ExpRelaxedCategorical",
}  # fmt: skip
CLOSE = {"float32": {"rtol": 3e-4, "atol": 3e-5}, "float64": {"rtol": 1e-11, "atol": 1e-11}}


def draws(name, dtype, shape, seed, how):
    """The draw, the generator's state afterwards, and the maker, of each framework."""
    results = []
    for framework in FRAMEWORKS.values():
        maker = Maker(framework, dtype)
        d = CASES[name][0](maker)
        framework.manual_seed(seed)
        value = outcome(lambda: getattr(d, how)(shape))
        results.append((value, framework.get_rng_state().numpy().tobytes(), maker))
    return results


@pytest.mark.filterwarnings("ignore:Singular sample detected")
@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize("name", CASES)
def test_same_draws(name, dtype):
    for framework in FRAMEWORKS.values():  # GeneralizedPareto of PyTorch needs it
        framework.set_default_dtype(getattr(framework, dtype if name.startswith("GeneralizedPareto") else "float32"))
    try:
        for shape in [(), (5,), (40, 3)]:
            for seed in (0, 7):
                for how in ("sample", "rsample"):
                    (want, state, _), (got, our_state, _) = draws(name, dtype, shape, seed, how)
                    if isinstance(want, Raised):
                        assert got == want
                        continue
                    assert state == our_state
                    assert tuple(got.shape) == tuple(want.shape) and str(got.dtype).split(".")[1] == str(want.dtype).split(".")[1]
                    assert got.requires_grad == want.requires_grad
                    want, got = want.detach().numpy(), got.detach().numpy()
                    if name.split()[0] in ROUNDED:
                        np.testing.assert_allclose(got, want, **CLOSE[dtype])
                    else:
                        assert got.tobytes() == want.tobytes()
    finally:
        for framework in FRAMEWORKS.values():
            framework.set_default_dtype(framework.float32)


#: PyTorch approximates the slope of gamma and beta variates to 3 or 4 digits, we compute it to 10.
APPROXIMATED = ("Gamma", "InverseGamma", "Beta", "Dirichlet", "StudentT", "FisherSnedecor", "Chi2")


@pytest.mark.parametrize("name", [name for name in CASES if not name.startswith("Wishart")])  # PyTorch's backward fails there
def test_gradients_of_draws(name):
    results = []
    for value, _, maker in draws(name, "float64", (50,), 3, "rsample"):
        if isinstance(value, Raised) or not value.requires_grad:
            results.append(None)
            continue
        weights = maker.t.linspace(-1.0, 1.0, value.numel(), dtype=value.dtype).reshape(value.shape)
        grads = maker.t.autograd.grad((value * weights).sum(), maker.leaves, allow_unused=True)
        results.append([None if g is None else g.numpy() for g in grads])
    assert (results[0] is None) == (results[1] is None)
    limits = {"rtol": 3e-3, "atol": 1e-3} if name.startswith(APPROXIMATED) else {"rtol": 1e-8, "atol": 1e-9}
    for want, got in zip(*(r or [] for r in results), strict=True):
        zero = lambda g: 0.0 if g is None else g
        np.testing.assert_allclose(zero(got), zero(want), **limits)


def test_gradient_of_wishart_draws():
    """A draw is L A A^T L^T: a function of L of degree 2, so that the derivative along L is twice the value."""
    mt.manual_seed(0)
    factor = mt.tensor([[1.5, 0.0], [-0.3, 0.8]], requires_grad=True)
    df = mt.tensor(4.0, requires_grad=True)
    total = (mt.distributions.Wishart(df, scale_tril=factor).rsample((20,)) * mt.tensor([[1.0, 0.5], [0.5, -2.0]])).sum()
    total.backward()
    np.testing.assert_allclose((factor.grad * factor.detach()).sum().item(), 2 * total.item(), rtol=1e-5)
    assert df.grad.isfinite() and df.grad != 0


@pytest.mark.parametrize("name", CASES)
def test_draws_lie_in_the_support(name):
    mt.manual_seed(1)
    d = CASES[name][0](Maker(mt))
    values = d.sample((200,))
    assert not values.requires_grad and tuple(values.shape) == (200, *d.batch_shape, *d.event_shape)
    if "Exp" not in name:
        assert d.support.check(values).all()
        assert d.log_prob(values).isfinite().all()


@pytest.mark.parametrize("name", CASES)
def test_draws_have_the_mean_and_the_variance(name):
    """Of 20,000 draws in float64: within 6 standard errors."""
    mt.manual_seed(2)
    d = CASES[name][0](Maker(mt, "float64"))
    mean, variance = outcome(lambda: d.mean), outcome(lambda: d.variance)
    if isinstance(mean, Raised) or isinstance(variance, Raised) or name.startswith(("Categorical", "VonMises", "Wishart")):
        return
    mean, variance = mean.detach(), variance.detach()
    values = d.sample((20000,)).double()
    known = variance.isfinite() & (variance.diagonal(dim1=-2, dim2=-1) if variance.dim() < 0 else variance).isfinite()
    error = (values.mean(0) - mean).abs() / (variance / 20000).sqrt().clamp(min=1e-6)
    assert (error[known] < 6).all()


def test_seeds_of_the_uses():
    """What a course's REINFORCE and VAE draw and compute: the same in both."""
    results = []
    for t in FRAMEWORKS.values():
        t.manual_seed(0)
        logits = t.tensor([[0.1, 0.2, -0.3], [1.0, 0.0, 0.5]], requires_grad=True)
        policy = t.distributions.Categorical(logits=logits)
        action = policy.sample()
        (-(policy.log_prob(action) * t.tensor([1.0, -2.0])).sum() - 0.01 * policy.entropy().mean()).backward()
        mean, log_var = t.zeros(4, requires_grad=True), t.full((4,), -1.0, requires_grad=True)
        posterior = t.distributions.Normal(mean, (0.5 * log_var).exp())
        z = posterior.rsample((3,))
        loss = (z**2).mean() + t.distributions.kl_divergence(posterior, t.distributions.Normal(0.0, 1.0)).sum()
        loss.backward()
        results.append([x.detach().numpy() for x in (action, logits.grad, z, mean.grad, log_var.grad, loss)])
    for want, got in zip(*results, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-6)
