"""Whole grids of parameters at once, small and large, at values that PyTorch draws from each."""

import itertools
import pathlib
import sys

import numpy as np
import pytest
import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from cases import FRAMEWORKS, Raised, outcome

LOC, POSITIVE, PROBS = [-3.0, 0.0, 40.0], [0.02, 0.5, 1.0, 7.0, 150.0], [0.01, 0.3, 0.5, 0.99]
MODERATE, LOGITS = [0.3, 1.0, 2.5, 9.0], [-8.0, -0.5, 0.0, 3.0]
GRIDS = {
    "Normal": {"loc": LOC, "scale": POSITIVE}, "Laplace": {"loc": LOC, "scale": POSITIVE}, "Cauchy": {"loc": LOC, "scale": POSITIVE},
    "Gumbel": {"loc": LOC, "scale": POSITIVE}, "LogNormal": {"loc": [-3.0, 0.0, 4.0], "scale": [0.02, 0.5, 2.0]}, "HalfNormal": {"scale": POSITIVE},
    "HalfCauchy": {"scale": POSITIVE}, "Exponential": {"rate": POSITIVE}, "Gamma": {"concentration": POSITIVE, "rate": POSITIVE},
    "InverseGamma": {"concentration": [0.5, 1.5, 7.0, 150.0], "rate": POSITIVE}, "Chi2": {"df": POSITIVE}, "Beta": {"concentration1": POSITIVE, "concentration0": POSITIVE},
    "Kumaraswamy": {"concentration1": MODERATE, "concentration0": MODERATE}, "StudentT": {"df": POSITIVE, "loc": LOC, "scale": [0.5, 7.0]},
    "FisherSnedecor": {"df1": MODERATE, "df2": MODERATE}, "Pareto": {"scale": MODERATE, "alpha": MODERATE}, "Weibull": {"scale": MODERATE, "concentration": MODERATE},
    "GeneralizedPareto": {"loc": LOC, "scale": MODERATE, "concentration": [-0.4, 0.0, 0.3, 1.5]}, "VonMises": {"loc": [-3.0, 0.0, 1.0], "concentration": POSITIVE},
    "Uniform": {"low": [-3.0, 0.0], "high": [0.5, 40.0]}, "Poisson": {"rate": [0.0, 0.02, 1.0, 7.0, 150.0]}, "Bernoulli": {"probs": PROBS}, "Geometric": {"probs": PROBS},
    "ContinuousBernoulli": {"probs": PROBS}, "Binomial": {"total_count": [1.0, 10.0, 200.0], "probs": PROBS}, "NegativeBinomial": {"total_count": POSITIVE, "probs": PROBS},
    "Bernoulli logits": {"logits": LOGITS}, "Geometric logits": {"logits": LOGITS}, "ContinuousBernoulli logits": {"logits": LOGITS},
    "Binomial logits": {"total_count": [1.0, 10.0, 200.0], "logits": LOGITS}, "NegativeBinomial logits": {"total_count": POSITIVE, "logits": LOGITS},
}  # fmt: skip
#: PyTorch's Bessel functions have 7 digits, and it subtracts from 1; so does the tail of a distribution function.
LIMITS = {"float32": {"rtol": 2e-4, "atol": 3e-5}, "float64": {"rtol": 1e-8, "atol": 1e-9}}
BY_POLYNOMIALS = {"rtol": 1e-5, "atol": 1e-5}


@pytest.fixture(autouse=True)
def default_dtype(request):
    """PyTorch's GeneralizedPareto compares with a zero of the default dtype."""
    for t in FRAMEWORKS.values():
        t.set_default_dtype(getattr(t, request.node.callspec.params["dtype"]))
    yield
    for t in FRAMEWORKS.values():
        t.set_default_dtype(t.float32)


@pytest.mark.parametrize("dtype", LIMITS)
@pytest.mark.parametrize("name", GRIDS)
def test_grid(name, dtype):
    points = np.array(list(itertools.product(*GRIDS[name].values()))).T
    values, results = None, []
    for t in FRAMEWORKS.values():
        parameters = {key: t.tensor(column, dtype=getattr(t, dtype)) for key, column in zip(GRIDS[name], points, strict=True)}
        d = getattr(t.distributions, name.split()[0])(**parameters)
        if t is torch:
            t.manual_seed(0)
            values = d.sample((4,)).numpy()
        x, u = t.tensor(values), t.tensor([[0.003], [0.4], [0.98]], dtype=getattr(t, dtype))
        results.append({
            "log_prob": outcome(lambda: d.log_prob(x).numpy()), "cdf": outcome(lambda: d.cdf(x).numpy()), "icdf": outcome(lambda: d.icdf(u).numpy()),
            "mean": outcome(lambda: d.mean.numpy()), "variance": outcome(lambda: d.variance.numpy()), "entropy": outcome(lambda: d.entropy().numpy()),
            "mode": outcome(lambda: d.mode.numpy()),
        })  # fmt: skip
    for quantity, want in results[0].items():
        got = results[1][quantity]
        if isinstance(want, Raised) or isinstance(got, Raised):
            assert got == want, quantity
        elif (name, quantity) != ("Kumaraswamy", "mode"):
            limits = BY_POLYNOMIALS if name == "VonMises" and dtype == "float64" else LIMITS[dtype]
            np.testing.assert_allclose(got, want, **limits, err_msg=quantity)
