"""Steps with gradients whose square overflows float32: PyTorch scales one factor first."""

import pytest
import torch

import minitorch_bp as mt


@pytest.mark.parametrize("name", ["Adam", "AdamW", "RMSprop", "Adadelta", "Adagrad", "Adamax", "Rprop", "NAdam"])
def test_a_gradient_of_1e20(name):
    parameters = []
    for t in (mt, torch):
        p = t.nn.Parameter(t.ones(3))
        optimizer = getattr(t.optim, name)([p], lr=0.1)
        for _ in range(3):
            p.grad = t.tensor([1e20, 1.0, 1e-30])
            optimizer.step()
        parameters.append(p.detach().tolist())
    assert parameters[0] == pytest.approx(parameters[1], rel=1e-6)
