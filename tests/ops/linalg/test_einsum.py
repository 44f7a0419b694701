"""einsum against PyTorch: values, gradients, the names of nodes, the form with lists, and what is refused."""

import pytest
import torch as reference

import minitorch_bp as torch

EQUATIONS = [
    "ij->j", "ij->", "ij->ji", "ii->i", "ii->", "ij", "ji", "...j->...", "ij,ij->i", "ij,kj -> ik", "...i,...i", "ij,jk->ki", "ij,ij",
    "ij,ij->ij", "ij,ji->ij", "ij,kl->ijkl", "ij,kl->", "ij,kl->ki", "ij,kj->kij", "ii,ij->j", "ij,ik->ijk", "i...,i...->...i",
    "ij,jk,kl->il", "ij,jk,kl->", "ij,ij,ij->ij", "ij,ij,ij->i", "ij,kl,ik->jl",
]  # fmt: skip
OTHERS = [
    "t.einsum(x, [0, 1], [1, 0])", "t.einsum(x, [0, 1])", "t.einsum(x, [0, 1], x, [1, 2], [0, 2])", "t.einsum(x, [..., 1], [1, ...])",
    "t.einsum(x, [5, 30], [30, 5])", "t.einsum(x, [0, 60])", "t.einsum(x)", "t.einsum('ij')", "t.einsum('ij', 1)", "t.einsum(1, x)",
    "t.einsum('i', x)", "t.einsum('ij->k', x)", "t.einsum('ij->ii', x)", "t.einsum('i1', x)", "t.einsum('ij,j', x, t.ones(3))",
    "t.einsum('ij,jk->ik', [x, x])",
]  # fmt: skip


def outcome(t, expression):
    x = (t.arange(16.0).reshape(4, 4) / 8).requires_grad_()
    try:
        y = eval(expression, {"t": t, "x": x})
    except Exception as error:
        return type(error).__name__
    y.sum().backward()
    return y.tolist(), type(y.grad_fn).__name__, x.grad.tolist()


@pytest.mark.parametrize("equation", EQUATIONS)
def test_equations(equation):
    operands = ", ".join(["x", "x + 1", "x * x"][: equation.count(",") + 1])
    expression = f"t.einsum({equation!r}, {operands})"
    (value, name, grad), (wanted, wanted_name, wanted_grad) = outcome(torch, expression), outcome(reference, expression)
    reference.testing.assert_close(reference.tensor(value), reference.tensor(wanted))
    reference.testing.assert_close(reference.tensor(grad), reference.tensor(wanted_grad))
    assert name == wanted_name


@pytest.mark.parametrize("expression", OTHERS)
def test_forms_of_arguments(expression):
    assert outcome(torch, expression) == outcome(reference, expression)


def test_dimensions_of_size_one_broadcast():
    for t in (torch, reference):
        y = t.einsum("bij,bij->bij", t.ones(1, 2, 3), t.full((4, 2, 3), 2.0))
        assert tuple(y.shape) == (4, 2, 3) and float(y.sum()) == 48
