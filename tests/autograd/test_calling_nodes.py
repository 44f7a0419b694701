"""A node called by hand: ``y.grad_fn(gradient)`` gives the gradients of its inputs, as PyTorch does."""

import pytest
import torch as reference

import minitorch_bp as torch

CALLS = [
    "(x * w).grad_fn(t.ones(2, 2))", "(x * x).grad_fn(t.ones(2, 1))", "x.exp().grad_fn(t.ones(2, 1))", "(x @ w).grad_fn(t.ones(2, 2))",
    "x.sum().grad_fn(t.tensor(1.0))", "(x + 1).grad_fn(t.ones(2, 1))", "t.unbind(x)[0].grad_fn(t.ones(1), None)",
    "t.unbind(x)[0].grad_fn(t.ones(1))", "x.exp().grad_fn()", "x.exp().grad_fn(None)", "x.exp().grad_fn(1.0)",
    "x.view(1, 2).grad_fn(t.ones(1, 2))", "t.cat([x, x]).grad_fn(t.ones(4, 1))", "t.max(x).grad_fn(t.tensor(2.0))",
]  # fmt: skip


def outcome(t, expression, grad=True):
    x = t.tensor([[1.0], [2.0]], requires_grad=True)
    w = t.tensor([[3.0, 4.0]], requires_grad=True)
    names = {"t": t, "x": x, "w": w}
    try:
        y = eval(expression.partition(".grad_fn(")[0], names)
        names["y"] = y
        with t.set_grad_enabled(grad):
            return repr(eval("y.grad_fn(" + expression.partition(".grad_fn(")[2], names))
    except Exception as error:
        return type(error).__name__


@pytest.mark.parametrize("expression", CALLS)
@pytest.mark.parametrize("grad", [True, False])
def test_gradients_of_one_node(expression, grad):
    assert outcome(torch, expression, grad) == outcome(reference, expression, grad)


def test_the_node_of_a_leaf_adds_to_its_gradient():
    for t in (torch, reference):
        x = t.ones(2, requires_grad=True)
        place = x.sum().grad_fn.next_functions[0][0]
        assert place(t.tensor([1.0, 2.0])) == () and x.grad.tolist() == [1, 2]
        place(t.tensor([1.0, 2.0]))
        assert x.grad.tolist() == [2, 4]


def test_saved_values_that_were_freed_are_refused():
    for t in (torch, reference):
        y = t.ones(2, requires_grad=True).exp()
        y.sum().backward()
        with pytest.raises(RuntimeError):
            y.grad_fn(t.ones(2))
