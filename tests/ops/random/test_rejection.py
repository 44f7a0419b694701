"""Draws by rejection are PyTorch's, and their slopes those of the quantile functions."""

import numpy as np
import pytest
import scipy.special
import torch

import minitorch_bp as mt

FRAMEWORKS = {"torch": torch, "ours": mt}
DTYPES = ["float32", "float64"]


def slopes(quantile, a, h):
    """The derivative of a quantile in a parameter, by the five-point formula."""
    return (quantile(a - 2 * h) - 8 * quantile(a - h) + 8 * quantile(a + h) - quantile(a + 2 * h)) / (12 * h)


def test_slope_of_gamma_variates():
    """Against the derivative of the quantile function at a fixed probability."""
    a = np.repeat(np.array([0.02, 0.3, 1.0, 4.0, 60.0, 2000.0]), 5)
    u = np.tile(np.array([0.01, 0.2, 0.5, 0.8, 0.99]), 6)
    x = scipy.special.gammaincinv(a, u)
    want = slopes(lambda a: scipy.special.gammaincinv(a, u), a, 1e-3 * a)
    got = mt._standard_gamma_grad(mt.tensor(a), mt.tensor(x)).numpy()
    large = x > 1e-25
    np.testing.assert_allclose(got[large], want[large], rtol=1e-6)


def test_slope_of_beta_variates():
    a, b, u = (g.reshape(-1) for g in np.meshgrid([0.1, 1.0, 5.0, 80.0], [0.2, 1.0, 7.0], [0.02, 0.5, 0.97]))
    x = scipy.special.betaincinv(a, b, u)
    want = slopes(lambda a: scipy.special.betaincinv(a, b, u), a, 1e-3 * a) / (1 - x)
    got = mt._dirichlet_grad(mt.tensor(x), mt.tensor(a), mt.tensor(a + b)).numpy()
    inside = (x > 1e-30) & (x < 1 - 1e-6)
    np.testing.assert_allclose(got[inside], want[inside], rtol=1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_binomial_is_pytorchs(dtype):
    counts = [0.0, 1.0, 5.0, 10.0, 40.0, 100.0, 1000.0, 17.0, 25.0, 3000.0]
    results = []
    for t in FRAMEWORKS.values():
        d = getattr(t, dtype)
        t.manual_seed(5)
        drawn = t.binomial(t.tensor(counts, dtype=d).repeat(50), t.tensor(np.linspace(0, 1, 500), dtype=d))
        results.append((drawn.numpy().tobytes(), t.get_rng_state().numpy().tobytes()))
    assert results[0] == results[1]
    for t in FRAMEWORKS.values():
        with pytest.raises(RuntimeError):
            t.binomial(t.tensor([2.0]), t.tensor([0.5], dtype=t.float64))


@pytest.mark.parametrize("dtype", DTYPES)
def test_primitives_under_the_draws(dtype):
    """The draws of PyTorch's private functions, and that they have no derivative of second order."""
    results = []
    for t in FRAMEWORKS.values():
        t.manual_seed(11)
        alpha = t.tensor([[0.05, 0.5, 3.0], [10.0, 1.0, 0.2]], dtype=getattr(t, dtype), requires_grad=True)
        gammas, points = t._standard_gamma(alpha), t._sample_dirichlet(alpha)
        results.append((gammas.detach().numpy().tobytes(), points.detach().numpy().tobytes()))
        (slope,) = t.autograd.grad(gammas.sum(), alpha, create_graph=True)
        with pytest.raises(NotImplementedError):
            slope.sum().backward()
    assert results[0] == results[1]


def test_slopes_are_pytorchs():
    """To the 3 or 4 digits that PyTorch's approximations have."""
    rng = np.random.default_rng(0)
    a = np.exp(rng.uniform(-8, 9, 2000))
    x = np.maximum(rng.gamma(a), 1e-300)
    want = torch._standard_gamma_grad(torch.tensor(a), torch.tensor(x)).numpy()
    np.testing.assert_allclose(mt._standard_gamma_grad(mt.tensor(a), mt.tensor(x)).numpy(), want, rtol=2e-3)
    a, b = np.exp(rng.uniform(-3, 6, 2000)), np.exp(rng.uniform(-3, 6, 2000))
    x = np.clip(rng.beta(a, b), 1e-300, 1 - 1e-16)
    want = torch._dirichlet_grad(*map(torch.tensor, (x, a, a + b))).numpy()
    np.testing.assert_allclose(mt._dirichlet_grad(*map(mt.tensor, (x, a, a + b))).numpy(), want, rtol=3e-3)


def test_gamma_of_what_is_no_shape():
    values = mt._standard_gamma(mt.tensor([0.0, float("nan"), float("inf")]))
    assert values[0] == mt.finfo(mt.float32).tiny and values[1].isnan() and values[2].isinf()
