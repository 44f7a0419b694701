"""Parameters of other types than float32: whole numbers, NumPy's, float64, mixed, half precision."""

import numpy as np
import pytest
import torch

import minitorch_bp

KINDS = {
    "ints": lambda t: (1, 2), "NumPy's": lambda t: (np.float64(0.4), np.float64(0.7)), "float64": lambda t: (t.tensor(0.4, dtype=t.float64),) * 2,
    "mixed": lambda t: (t.tensor([0.4, 0.5], dtype=t.float64), t.tensor(0.7)), "number and tensor": lambda t: (0.4, t.tensor([0.4, 0.5], dtype=t.float64)),
    "int tensors": lambda t: (t.tensor(1), t.tensor(2)), "int and float": lambda t: (t.tensor([1, 1]), t.tensor(2.0)), "booleans": lambda t: (True, True),
    "half": lambda t: (t.tensor(0.5, dtype=t.float16),) * 2,
}  # fmt: skip
FAMILIES = {
    "Gamma": 2,
    "Chi2": 1,
    "FisherSnedecor": 2,
    "HalfCauchy": 1,
    "InverseGamma": 2,
    "Laplace": 2,
    "Exponential": 1,
    "HalfNormal": 1,
}


def outcome(t, call):
    try:
        result = call()
    except Exception as error:
        return type(error).__name__
    return tuple(result.shape), str(result.dtype).split(".")[-1], result.double().numpy()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", FAMILIES)
def test_types(family, kind):
    results = []
    for t in (minitorch_bp, torch):
        t.manual_seed(0)
        d = getattr(t.distributions, family)(*KINDS[kind](t)[: FAMILIES[family]])
        values = t.tensor(0.5), t.tensor(1), t.tensor([0.5, 1.0], dtype=t.float64)
        calls = [lambda d=d: d.sample((3,)), lambda d=d: d.mean, *(lambda d=d, v=v: d.log_prob(v) for v in values)]
        results.append([outcome(t, call) for call in calls])
    for ours, theirs in zip(*results, strict=True):
        assert ours[:2] == theirs[:2]
        if isinstance(ours, tuple):
            np.testing.assert_allclose(ours[2], theirs[2], rtol=1e-2 if kind == "half" else 1e-4)
