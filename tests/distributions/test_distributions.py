"""Every distribution against PyTorch: densities, moments, distribution functions, entropies, and their gradients."""

import pathlib
import sys

import numpy as np
import pytest

import minitorch_bp as mt

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from cases import CASES, FRAMEWORKS, Raised, both, outcome

DTYPES = ["float32", "float64"]
TOLERANCE = {"float32": {"rtol": 2e-5, "atol": 2e-5}, "float64": {"rtol": 1e-9, "atol": 1e-10}}
LOOSER = {"VonMises": {"rtol": 3e-6, "atol": 3e-7}}
"""PyTorch evaluates Bessel functions by polynomials of 7 digits here, we by series of 16."""


def tolerance(name, dtype):
    return LOOSER.get(name, TOLERANCE["float64"]) if dtype == "float64" else TOLERANCE["float32"]


def dtype_name(result):
    return str(result.dtype).rpartition(".")[2]


def compare(want, got, name, dtype):
    if isinstance(want, Raised) or isinstance(got, Raised):
        assert got == want
        return
    assert tuple(got.shape) == tuple(want.shape)
    assert dtype_name(got) == dtype_name(want)
    assert got.requires_grad == want.requires_grad
    np.testing.assert_allclose(got.detach().numpy(), want.detach().numpy(), **tolerance(name, dtype_name(want)))


def gradients(maker, result):
    """Of a weighted sum of the result, in all parameters: of the first and the second order."""
    if not result.requires_grad:
        return []
    grad = maker.t.autograd.grad
    total = (result * maker.t.linspace(0.5, 1.5, result.numel(), dtype=result.dtype).reshape(result.shape)).sum()
    first = grad(total, maker.leaves, create_graph=True, allow_unused=True)
    second = [None] * len(first)
    outer = sum((g * g).sum() for g in first if g is not None)
    if outer.requires_grad:
        second = grad(outer, maker.leaves, allow_unused=True, retain_graph=True)
    return [*first, *second]


def compare_gradients(torch_side, our_side, name, dtype):
    results = [outcome(lambda: gradients(*side)) for side in (torch_side, our_side)]
    if isinstance(results[0], Raised):
        assert results[1] == results[0]
        return
    for want, got in zip(*results, strict=True):
        zero = lambda g: 0.0 if g is None else g.detach().numpy()
        limits = tolerance(name, dtype)
        np.testing.assert_allclose(zero(got), zero(want), rtol=20 * limits["rtol"], atol=20 * limits["atol"])


#: PyTorch compares with a float32 zero in it, so that its float64 results need that default dtype.
DEFAULT_DTYPE_ONLY = ("GeneralizedPareto", "GeneralizedPareto exponential")


@pytest.fixture(autouse=True)
def default_dtype(request):
    arguments = getattr(request.node, "callspec", None)
    name, dtype = (arguments.params.get(key) for key in ("name", "dtype")) if arguments else (None, None)
    if name in DEFAULT_DTYPE_ONLY and dtype:
        for framework in FRAMEWORKS.values():
            framework.set_default_dtype(getattr(framework, dtype))
    yield
    for framework in FRAMEWORKS.values():
        framework.set_default_dtype(framework.float32)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", CASES)
def test_log_prob(name, dtype):
    sides = []
    for maker, d in both(name, dtype):
        sides.append((maker, d.log_prob(maker.value(CASES[name][1]))))
    compare(sides[0][1], sides[1][1], name, dtype)
    compare_gradients(*sides, name, dtype)


QUANTITIES = {
    "mean": lambda d: d.mean,
    "mode": lambda d: d.mode,
    "variance": lambda d: d.variance,
    "stddev": lambda d: d.stddev,
    "entropy": lambda d: d.entropy(),
    "perplexity": lambda d: d.perplexity(),
    "enumerate_support": lambda d: d.enumerate_support(),
    "enumerate_support compact": lambda d: d.enumerate_support(expand=False),
    "probs": lambda d: d.probs,
    "logits": lambda d: d.logits,
    "covariance_matrix": lambda d: d.covariance_matrix,
    "precision_matrix": lambda d: d.precision_matrix,
    "scale_tril": lambda d: d.scale_tril,
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", CASES)
def test_quantities(name, dtype):
    for quantity, of in QUANTITIES.items():
        if (name, quantity) == ("Kumaraswamy", "mode"):
            continue  # PyTorch's is NaN for a concentration above 1: see test_mode_of_kumaraswamy
        (torch_maker, theirs), (our_maker, ours) = both(name, dtype)
        want, got = outcome(lambda: of(theirs)), outcome(lambda: of(ours))
        compare(want, got, name, dtype)
        if not isinstance(want, Raised) and want.dtype.is_floating_point:
            compare_gradients((torch_maker, want), (our_maker, got), name, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", CASES)
def test_distribution_functions(name, dtype):
    sides = both(name, dtype)
    for function, data in (("cdf", CASES[name][1]), ("icdf", [[0.02, 0.3], [0.55, 0.99]])):
        want, got = [outcome(lambda: getattr(d, function)(maker.value(data))) for maker, d in sides]
        compare(want, got, name, dtype)
        if not isinstance(want, Raised):
            compare_gradients((sides[0][0], want), (sides[1][0], got), name, dtype)


@pytest.mark.parametrize("name", CASES)
def test_shapes_and_what_is_shown(name):
    (_, theirs), (_, ours) = both(name)
    for attribute in (
        "batch_shape",
        "event_shape",
        "has_rsample",
        "has_enumerate_support",
        "support",
        "arg_constraints",
        "_validate_args",
    ):
        want, got = (getattr(d, attribute) for d in (theirs, ours))
        assert repr(got) == repr(want), attribute
    assert ours.support.event_dim == theirs.support.event_dim and ours.support.is_discrete == theirs.support.is_discrete
    assert repr(ours) == repr(theirs)


@pytest.mark.parametrize("shape", [(2,), (2, 2), (4, 1, 2)])
@pytest.mark.parametrize("name", CASES)
def test_expand(name, shape):
    results = []
    for maker, d in both(name):
        d.entropy() if "Normal" in name and "Logistic" not in name and "Mixture" not in name else None  # fills caches
        expanded = outcome(lambda: d.expand(maker.t.Size(shape)))
        if isinstance(expanded, Raised):
            results.append(expanded)
            continue
        value = maker.value(CASES[name][1])
        log_prob = expanded.log_prob(value)
        results.append([repr(expanded), tuple(expanded.batch_shape), tuple(expanded.event_shape), tuple(expanded.sample().shape)])
        results[-1] += [log_prob.detach().numpy(), outcome(lambda: expanded.mean.detach().numpy()), type(expanded).__name__]
    if isinstance(results[0], Raised):
        assert results[1] == results[0]
        return
    for want, got in zip(*results, strict=True):
        if isinstance(want, np.ndarray):
            np.testing.assert_allclose(got, want, rtol=2e-5, atol=2e-5)
        else:
            assert got == want


def test_mode_of_kumaraswamy():
    """Against calculus, ((a - 1) / (a b - 1)) ** (1 / a), and a grid: PyTorch takes the logarithm of negative numbers."""
    a, b = mt.tensor([3.0, 1.5]), mt.tensor([1.5, 4.0])
    d = mt.distributions.Kumaraswamy(a, b)
    np.testing.assert_allclose(d.mode.numpy(), ((a - 1) / (a * b - 1)).pow(1 / a).numpy(), rtol=1e-6)
    grid = mt.linspace(0.001, 0.999, 999)[:, None]
    best = grid[d.log_prob(grid).argmax(0), 0]
    np.testing.assert_allclose(d.mode.numpy(), best.numpy(), atol=2e-3)


@pytest.mark.parametrize("logit", [-1000.0, -40.0, 0.0, 40.0, 1000.0])
@pytest.mark.parametrize("kind", ["Bernoulli", "ContinuousBernoulli", "Geometric", "NegativeBinomial", "Binomial"])
def test_extreme_logits(kind, logit):
    results = []
    for t in FRAMEWORKS.values():
        arguments = {"total_count": 3} if "nomial" in kind else {}
        d = getattr(t.distributions, kind)(**arguments, logits=t.tensor(logit))
        results.append([d.log_prob(t.tensor(v)).item() for v in (0.0, 1.0)] + [d.mean.item(), outcome(lambda: d.entropy().item())])
    if isinstance(results[0][-1], Raised):
        assert results[1].pop() == results[0].pop()
    np.testing.assert_allclose(results[1], results[0], rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_score_of_values(name):
    """The derivative of log_prob in the value, and its second."""
    results = []
    for maker, d in both(name, "float32" if name in DEFAULT_DTYPE_ONLY else "float64"):
        value = maker.value(CASES[name][1]).requires_grad_()
        maker.leaves = [value]
        results.append(outcome(lambda: gradients(maker, d.log_prob(value))))
    want, got = results
    if isinstance(want, Raised):
        assert got == want
        return
    limits = {"rtol": 1e-4, "atol": 1e-5} if name in DEFAULT_DTYPE_ONLY else {"rtol": 1e-7, "atol": 1e-8}
    for a, b in zip(want, got, strict=True):
        zero = lambda g: 0.0 if g is None else (g.detach() + 0.0).numpy()  # PyTorch's zeros may have no memory
        np.testing.assert_allclose(zero(b), zero(a), **limits)
