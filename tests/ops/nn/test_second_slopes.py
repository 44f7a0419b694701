"""Second derivatives of losses in float32, where the value is nearly linear: none may come from a difference of nearly equal numbers."""

import pytest
import torch as reference

import minitorch_bp as mt


@pytest.mark.parametrize("loss", ["soft_margin_loss", "binary_cross_entropy_with_logits"])
def test_second_derivative_of_a_confident_answer(loss):
    def slopes(t, dtype):
        x = t.tensor([12.0, -17.0, 20.0, 3.0, -30.0], dtype=dtype, requires_grad=True)
        y = t.tensor([1.0, 1.0, -1.0, 1.0, -1.0] if loss == "soft_margin_loss" else [1.0, 1.0, 0.0, 1.0, 0.0], dtype=dtype)
        value = getattr(t.nn.functional, loss)(x, y, reduction="sum")
        (first,) = t.autograd.grad(value, x, create_graph=True)
        return t.autograd.grad(first.sum(), x)[0].tolist()

    exact = slopes(reference, reference.float64)
    theirs = slopes(reference, reference.float32)
    for ours, wanted, their in zip(slopes(mt, mt.float32), exact, theirs, strict=True):
        assert abs(ours - wanted) <= max(1e-5 * abs(wanted), 2 * abs(their - wanted))
