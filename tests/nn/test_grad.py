"""Gradients of convolutions as functions: PyTorch's values. And the older place of functional_call."""

import numpy as np
import pytest
import torch

import minitorch_bp


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": 1}, {"dilation": 2, "groups": 2}], ids=str)
def test_gradients_of_convolutions(d, options):
    rng = np.random.default_rng(d)
    x, w = rng.normal(size=(2, 4) + (7,) * d), rng.normal(size=(6, 4 // options.get("groups", 1)) + (3,) * d)
    conv = getattr(torch.nn.functional, f"conv{d}d")
    g = np.ones(conv(torch.tensor(x), torch.tensor(w), **options).shape)
    found = []
    for t in (minitorch_bp, torch):
        a, b, c = (t.tensor(v) for v in (x, w, g))
        found.append(
            (
                getattr(t.nn.grad, f"conv{d}d_input")(x.shape, b, c, **options),
                getattr(t.nn.grad, f"conv{d}d_weight")(a, w.shape, c, **options),
            )
        )
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-9)


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
def test_functional_call(t):
    layer = t.nn.Linear(2, 1, bias=False)
    with pytest.warns(FutureWarning):
        assert t.nn.utils.stateless.functional_call(layer, {"weight": t.ones(1, 2)}, t.ones(2)).tolist() == [2.0]
