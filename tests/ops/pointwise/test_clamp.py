"""clamp with tensors as bounds: values, ties, crossed bounds, NaN, and who gets the gradient."""

import pytest
import torch

import minitorch_bp as mt

NAN = float("nan")


@pytest.mark.parametrize("given", [("min",), ("max",), ("min", "max")], ids="-".join)
def test_gradients(given):
    found = []
    for t in (mt, torch):
        x = t.tensor([-1.0, 0.0, 0.5, 1.0, 2.0, NAN, 0.0, 0.3], dtype=t.float64, requires_grad=True)
        low = t.tensor([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, NAN, 1.0], dtype=t.float64, requires_grad=True)
        high = t.tensor([1.0, 1.0, 0.5, 1.0, 1.0, 1.0, 1.0, 0.2], dtype=t.float64, requires_grad=True)
        bounds = {k: {"min": low, "max": high}[k] for k in given}
        y = t.clamp(x, **bounds)
        leaves = [x, *bounds.values()]
        weights = t.arange(1, 9, dtype=t.float64)
        grads = t.autograd.grad((y * y * weights)[[0, 1, 2, 3, 4, 7]].sum(), leaves, create_graph=True)
        second = t.autograd.grad(sum((g * g).sum() for g in grads), leaves)
        found.append([v.detach().numpy() for v in (y, *grads, *second)])
    for a, b in zip(*found, strict=True):
        assert a == pytest.approx(b, nan_ok=True)


def test_one_number_and_one_tensor_is_refused():
    for t in (mt, torch):
        with pytest.raises(TypeError):
            t.clamp(t.ones(2), t.zeros(2), 1.0)


def test_types_are_promoted():
    for t in (mt, torch):
        assert t.clamp(t.ones(2), t.zeros(2, dtype=t.float64)).dtype is t.float64
        assert t.clamp(t.ones(2, dtype=t.int64), max=t.zeros(2)).dtype is t.float32
