"""``fill_diagonal_``: PyTorch's values, and the gradient that is left."""

import pytest
import torch

import minitorch_bp


@pytest.mark.parametrize("shape", [(3, 3), (5, 2), (7, 2), (2, 5), (3, 3, 3), (2, 2, 2, 2), (0, 3), (3, 3, 2), (3,), ()])
@pytest.mark.parametrize("wrap", [False, True])
def test_fill_diagonal(shape, wrap):
    found = []
    for t in (minitorch_bp, torch):
        x = t.ones(shape, requires_grad=True)
        y = x * 2
        try:
            assert y.fill_diagonal_(7, wrap=wrap) is y
        except RuntimeError as error:
            found.append(type(error))
            continue
        y.sum().backward()
        found.append((y.tolist(), x.grad.tolist()))
    assert found[0] == found[1]
