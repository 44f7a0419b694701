"""Resizing with antialias=True takes means over what an output covers, as PyTorch's does."""

import itertools

import numpy as np
import pytest
import torch

import minitorch_bp

CASES = list(
    itertools.product([(7, 9), (16, 5), (1, 1)], [(3, 4), (14, 18), (1, 1), (2, 40)], ["bilinear", "bicubic"], [False, True])
)


@pytest.mark.parametrize("size, new, mode, align_corners", CASES)
def test_values_and_gradients(size, new, mode, align_corners):
    data = np.random.default_rng(0).standard_normal((2, 3, *size))
    found = []
    for t in (minitorch_bp, torch):
        x = t.tensor(data, requires_grad=True)
        y = t.nn.functional.interpolate(x, new, mode=mode, antialias=True, align_corners=align_corners)
        (y * y).sum().backward()
        found.append((y.detach().numpy(), x.grad.numpy()))
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("scale", [0.3, 0.5, 1.7])
def test_by_a_factor(scale):
    data = np.random.default_rng(0).standard_normal((1, 2, 10, 11)).astype(np.float32)
    ours, theirs = (
        t.nn.functional.interpolate(t.tensor(data), scale_factor=scale, mode="bicubic", antialias=True)
        for t in (minitorch_bp, torch)
    )
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=1e-5)


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
@pytest.mark.parametrize("mode, ndim", [("nearest", 4), ("trilinear", 5)])
def test_refusals(t, mode, ndim):
    with pytest.raises(ValueError):
        t.nn.functional.interpolate(t.ones([1, 1] + [4] * (ndim - 2)), size=2, mode=mode, antialias=True)
