"""Functions that treat large arrays in a way of their own: values, signs of zeros and gradients are PyTorch's there, too."""

import numpy as np
import pytest
import torch

import minitorch_bp

FUNCTIONS = {
    "relu": lambda t, x, y: t.relu(x),
    "relu_": lambda t, x, y: t.nn.functional.relu((x + 0).contiguous(), inplace=True),
    "clamp": lambda t, x, y: x.clamp(-1, 0),
    "clamp of min": lambda t, x, y: x.clamp(min=0.5),
    "hardtanh": lambda t, x, y: t.nn.functional.hardtanh(x),
    "leaky_relu": lambda t, x, y: t.nn.functional.leaky_relu(x, 0.1),
    "elu": lambda t, x, y: t.nn.functional.elu(x),
    "where": lambda t, x, y: t.where(x > 0, x, y),
    "where of a number": lambda t, x, y: t.where(x > 0, x, 2.0),
    "maximum": lambda t, x, y: t.maximum(x, y),
    "smooth_l1_loss": lambda t, x, y: t.nn.functional.smooth_l1_loss(x, y, reduction="none"),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(9000,), (91, 100), (2, 3, 50, 50)])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_and_gradients_of_large_arrays(name, shape, dtype):
    rng = np.random.default_rng(0)
    x, y, g = (rng.standard_normal(shape).astype(dtype) for _ in range(3))
    x.flat[::97], x.flat[5::97], x.flat[9::97], y.flat[3::50] = np.nan, -0.0, np.inf, -np.inf
    results = []
    for t in (minitorch_bp, torch):
        a, b = (t.from_numpy(v.copy()).requires_grad_() for v in (x, y))
        out = FUNCTIONS[name](t, a, b)
        out.backward(t.from_numpy(g))
        results.append([v if v is None else v.detach().numpy() for v in (out, a.grad, b.grad)])
    for ours, theirs in zip(*results, strict=True):
        assert (ours is None) == (theirs is None)
        if ours is not None:
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)
            known = ~np.isnan(theirs)  # the sign of what is no number says nothing
            assert np.array_equal(np.signbit(ours[known]), np.signbit(theirs[known]))


@pytest.mark.parametrize("name", ["relu", "where", "leaky_relu"])
def test_large_arrays_that_are_not_contiguous(name):
    x, y = (np.random.default_rng(k).standard_normal((120, 90)).astype(np.float32) for k in range(2))
    ours, theirs = (FUNCTIONS[name](t, t.from_numpy(x).t(), t.from_numpy(y).t()) for t in (minitorch_bp, torch))
    assert ours.stride() == theirs.stride()
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-6)


@pytest.mark.parametrize("numbers", [(1.5, 0.0), (1, 2), (True, False), (1.5, 2)])
def test_where_chooses_between_two_numbers(numbers):
    ours, theirs = (t.where(t.arange(5000) % 3 == 0, *numbers) for t in (minitorch_bp, torch))
    assert str(ours.dtype) == str(theirs.dtype) and ours.tolist() == theirs.tolist()
