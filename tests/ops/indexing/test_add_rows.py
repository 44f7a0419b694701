"""Adding many rows at indices that occur again and again: the gradient of looking rows up, against PyTorch's."""

import numpy as np
import pytest
import torch

import minitorch_bp as mt


@pytest.mark.parametrize(
    ("rows", "width", "shape"), [(7, 16, (200,)), (7, 16, (5, 40)), (500, 8, (64,)), (3, 4, (100,)), (1, 9, (70,))]
)
def test_gradients_of_lookups(rows, width, shape):
    rng = np.random.default_rng(0)
    table, index = rng.standard_normal((rows, width)), rng.integers(-rows, rows, shape)
    factors = rng.standard_normal((*shape, width))
    results = []
    for t in (mt, torch):
        w, i, f = t.tensor(table, requires_grad=True), t.tensor(index), t.tensor(factors)
        (w[i] * f).sum().backward()
        e = t.tensor(table, requires_grad=True)
        (t.nn.functional.embedding(i % rows, e, padding_idx=0) * f).sum().backward()
        results.append((w.grad.numpy(), e.grad.numpy()))
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)
