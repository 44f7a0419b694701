"""The gradient of a number to the power of a tensor, in the exponent, real and complex, of both orders."""

import pytest
import torch

import minitorch_bp


@pytest.mark.parametrize("base", [2.0, -2.0, -1, 3, 0.5, -0.5])
@pytest.mark.parametrize("kind", ["float64", "complex128"])
def test_gradient_in_the_exponent(base, kind):
    found = []
    for t in (torch, minitorch_bp):
        exponent = t.tensor([1.0, -0.5, 0.0, 2.0], dtype=getattr(t, kind))
        exponent = (exponent * (1 + 0.5j) if kind == "complex128" else exponent).requires_grad_()
        power = t.pow(base, exponent)
        (first,) = t.autograd.grad(power.abs().sum(), exponent, create_graph=True)
        (second,) = t.autograd.grad(first.abs().sum(), exponent)
        found.append([x for part in (power, first, second) for x in part.tolist()])
    assert found[1] == pytest.approx(found[0], rel=1e-10, abs=1e-12, nan_ok=True)


def test_a_negative_base_by_differences():
    exponent = minitorch_bp.tensor([0.5 + 1j, -1.0 - 0.2j], dtype=minitorch_bp.complex128, requires_grad=True)
    assert minitorch_bp.autograd.gradcheck(lambda e: minitorch_bp.pow(-1.5, e), (exponent,))
