"""``alpha`` of sums."""

import pytest
import torch

import minitorch_bp


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
def test_alpha_may_be_a_tensor(t):
    x, y = t.tensor([1.0, 2.0]), t.tensor([3.0, 5.0])
    assert t.add(x, y, alpha=t.tensor(2.0)).tolist() == [7.0, 12.0] and t.sub(x, y, alpha=t.tensor(2)).tolist() == [-5.0, -8.0]
    assert x.clone().add_(y, alpha=t.tensor(0.5)).tolist() == [2.5, 4.5] and x.clone().sub_(y, alpha=t.tensor(0.5)).tolist() == [
        -0.5,
        -0.5,
    ]
