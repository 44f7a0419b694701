"""autograd.functional: every function, equal to PyTorch's in values, structure, history and errors."""

import numpy as np
import pytest
import torch

import minitorch_bp as mt

X = np.array([[0.3, -0.5, 0.8], [1.1, 0.2, -0.7]])
Y = np.array([0.4, -1.2, 0.6])
A = "torch.autograd.functional."
CALLS = [
    "jacobian(lambda a: (a @ y).sin(), x)", "jacobian(lambda a, b: (a @ b).sin(), (x, y))", "jacobian(lambda a: (a.sum(0), a.prod()), x)",
    "jacobian(lambda a, b: (a.sum(0), b * 2), (x, y))", "jacobian(lambda a: (a @ y).sin(), x, create_graph=True)", "jacobian(lambda a: a.sum(), x, vectorize=True)",
    "jacobian(lambda a: a.exp(), y.detach(), vectorize=True, strategy='forward-mode')", "jacobian(lambda a, b: a * 2, (y, y))",
    "hessian(lambda a: (a ** 3).sum() * a[0], y)", "hessian(lambda a, b: ((a @ b) ** 2).sum(), (x, y))", "hessian(lambda a: (a ** 3).sum(), y, create_graph=True)",
    "vjp(lambda a: a @ y, x, y[:2])", "vjp(lambda a, b: (a @ b, b), (x, y), (y[:2], y))", "vjp(lambda a: a.sum(), x)", "vjp(lambda a: a @ y, x, y[:2], create_graph=True)",
    "jvp(lambda a: a.sin() @ y, x, x * 2)", "jvp(lambda a, b: (a @ b, b), (x, y), (x, y))", "jvp(lambda a: a.sin() @ y, x, x * 2, create_graph=True)", "jvp(lambda a: a.exp(), y[0])",
    "vhp(lambda a: (a ** 3).sum(), y, y * 2)", "vhp(lambda a, b: ((a @ b) ** 3).sum(), (x, y), (x, y))", "vhp(lambda a: (a ** 3).sum(), y, y, create_graph=True)",
    "hvp(lambda a: (a ** 3).sum(), y, y * 2)", "hvp(lambda a, b: ((a @ b) ** 3).sum(), (x, y), (x, y))", "hvp(lambda a: (a ** 3).sum(), y, y, create_graph=True)",
    "hvp(lambda a: a.sum(), y, y)", "vhp(lambda a: a.sum(), y, y)", "jacobian(lambda a: a.t() * 2, x)",
]  # fmt: skip


def flat(value):
    if isinstance(value, tuple):
        return [("tuple", len(value)), *(part for v in value for part in flat(v))]
    return [(value.detach().numpy(), value.requires_grad, tuple(value.shape))]


@pytest.mark.parametrize("requires_grad", [False, True])
@pytest.mark.parametrize("call", CALLS)
def test_calls(call, requires_grad):
    results = []
    for t in (mt, torch):
        x, y = (t.from_numpy(v.copy()).requires_grad_(requires_grad) for v in (X, Y))
        results.append(flat(eval(A + call, {"torch": t, "x": x, "y": y})))
    assert len(results[0]) == len(results[1])
    for a, b in zip(*results, strict=True):
        assert a[1:] == b[1:]
        if not isinstance(b[0], str):
            np.testing.assert_allclose(a[0], b[0], rtol=1e-12, atol=1e-13)


MISTAKES = [
    "hessian(lambda a: a, y)", "hessian(lambda a: (a.sum(), a.sum()), y)", "vjp(lambda a: a @ y, x)", "vjp(lambda a: a @ y, x, y)", "jvp(lambda a: a, x)", "jacobian(lambda a: 3, x)", "jacobian(lambda a: a, 3)",
    "vjp(lambda a: y.detach(), x, y, strict=True)", "jacobian(lambda a: y.detach(), x, strict=True)", "jacobian(lambda a, b: a, (x, y), strict=True)", "jacobian(lambda a: a, x, strategy='forward-mode')",
    "jacobian(lambda a: a, x, strict=True, vectorize=True)", "jacobian(lambda a: a, x, strategy='sideways')", "vhp(lambda a: a, y, y)", "hvp(lambda a: a.sum(), y, x)",
]  # fmt: skip


@pytest.mark.parametrize("call", MISTAKES)
def test_mistakes(call):
    kinds = []
    for t in (mt, torch):
        x, y = (t.from_numpy(v.copy()) for v in (X, Y))
        with pytest.raises(Exception) as raised:
            eval(A + call, {"torch": t, "x": x, "y": y})
        kinds.append(raised.type)
    assert issubclass(kinds[0], kinds[1])


def test_the_graph_goes_on():
    found = []
    for t in (mt, torch):
        x = t.tensor([1.0, 2.0], requires_grad=True)
        t.autograd.functional.jacobian(lambda a: a**3, x, create_graph=True).sum().backward()
        found.append(x.grad.tolist())
    assert found[0] == found[1] == [6.0, 12.0]


@pytest.mark.parametrize("vectorize", [False, True])
def test_a_number_of_a_number(vectorize):
    """Neither has dimensions: no sizes are left to reshape to."""
    x = mt.tensor(3.0, dtype=mt.float64)
    assert mt.autograd.functional.jacobian(lambda t: t**3, x, vectorize=vectorize).item() == 27.0
    assert mt.autograd.functional.hessian(lambda t: t**3, x, vectorize=vectorize).item() == 18.0
    assert mt.func.hessian(lambda t: t**3)(x).item() == 18.0 and mt.func.jacrev(lambda t: t**3)(x).item() == 27.0
    assert mt.func.jacfwd(lambda t: t**3)(x).item() == 27.0
    assert mt.einsum("i,i->", mt.ones(2), mt.ones(2)).item() == 2.0 and mt.tensordot(mt.ones(2), mt.ones(2), 1).item() == 2.0
