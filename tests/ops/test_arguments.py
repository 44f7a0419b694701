"""Types of arguments that PyTorch refuses: sizes, steps, bounds, devices, and what operators and orderings are defined for."""

import numpy as np
import pytest
import torch as reference

import minitorch_bp as torch

EXPRESSIONS = [
    "t.full(2, 3)", "t.full([2], 3)", "t.full(size=2, fill_value=3)", "t.full((True,), 3)", "t.zeros(True)", "t.zeros((True,))",
    "t.zeros(2, True)", "t.zeros()", "t.ones()", "t.rand()", "t.randn()", "t.zeros(())", "t.zeros([])", "t.zeros(size=2)",
    "t.zeros(size=(2,))", "t.zeros(2.0)", "t.zeros(t.tensor(2))", "t.zeros(np.int64(2))", "t.rand(True)", "x.reshape(True)", "x.view(True)",
    "t.linspace(0, 1, 5.0)", "t.linspace(0, 1, True)", "t.linspace(0, 1, t.tensor(3))", "t.linspace(0, 1, -1)", "t.logspace(0, 1, 5.0)",
    "t.randint(0, 10, 3)", "t.randint(0.5, 10, (3,))", "t.randint(0, 10.0, (3,))", "t.randint(True, [2])", "t.randint(10, size=(3,))",
    "t.randint(low=0, high=5, size=(2, 2))", "t.Size([2.5])", "t.Size(['a'])", "t.Size([t.tensor(2)])", "t.Size([True])", "t.Size('ab')",
    "t.Size([np.int64(2), t.tensor([3])])", "t.Size([None])", "t.Size([2]) + (3,)", "t.Size([2]) * 2", "t.Size(range(2))", "t.device()",
    "t.device('cpu', 0)", "t.device(0)", "x.to('mps')", "x.type('other')", "~t.tensor([1.0])", "~t.tensor([1j])", "~t.tensor([1, 5])",
    "t.bitwise_not(t.tensor([1.0]))", "t.add(x, 'a')", "t.add([1], x)", "x + 'a'", "t.where(x > 0, 'a', 2)",
    "x.add_('a')", "[1.0] + t.tensor([1.0])",
]  # fmt: skip
ORDERS = ["<", ">", "<=", ">=", "==", "!="]


def outcome(t, expression):
    t.manual_seed(0)
    try:
        return repr(eval(expression, {"t": t, "np": np, "x": t.arange(4)})).replace("minitorch_bp", "torch")
    except Exception as error:
        return type(error).__name__


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_arguments(expression):
    assert outcome(torch, expression) == outcome(reference, expression)


@pytest.mark.parametrize("order", ORDERS)
def test_complex_numbers_have_no_order(order):
    for left, right in (("t.tensor([1 + 1j])", "t.tensor([1j])"), ("t.tensor([1j])", "1"), ("t.tensor([1.0])", "1j")):
        expression = f"{left} {order} {right}"
        assert outcome(torch, expression) == outcome(reference, expression)


def test_a_device_as_context():
    for t in (torch, reference):
        with t.device("cpu") as outer:
            assert outer == t.device("cpu") and t.ones(1).tolist() == [1]
            with t.device("cpu"):
                pass
            assert t.ones(1).device.type == "cpu"


def test_the_gradient_of_atan2_at_the_origin_is_zero():
    for t in (torch, reference):
        y, x = t.tensor([0.0, -0.0, 1.0], requires_grad=True), t.tensor([0.0, 0.0, 2.0], requires_grad=True)
        t.atan2(y, x).sum().backward()
        assert y.grad.tolist() == pytest.approx([0, 0, 0.4]) and x.grad.tolist() == pytest.approx([0, 0, -0.2])


@pytest.mark.parametrize("kind", ["float64", "float32", "float16", "int64", "int32", "bool"])
@pytest.mark.parametrize("expression", ["x ** s", "s ** x", "x * s", "s - x", "s / x", "s // x", "s > x", "s == x"])
def test_numbers_of_numpy_as_operands(expression, kind):
    results = []
    for t in (torch, reference):
        y = eval(expression, {"x": t.tensor([1.0, 3.0]), "s": getattr(np, kind)(2)})
        results.append((repr(y).replace("minitorch_bp", "torch"), type(y).__name__))
    assert results[0] == results[1]


def test_the_gradient_of_acosh_outside_of_its_domain():
    for t in (torch, reference):
        x = t.tensor([1.0, -1.0, 2.0], requires_grad=True)
        t.acosh(x).sum().backward()
        assert x.grad.tolist() == pytest.approx([float("inf"), float("inf"), 3**-0.5])
        z = t.tensor([2 + 1j, -0.5 + 1j, -2 + 0.5j], requires_grad=True)
        t.acosh(z).abs().sum().backward()
        assert z.grad.tolist() == pytest.approx([0.2991 + 0.3663j, -0.6917 + 0.1329j, -0.3729 - 0.3937j], abs=1e-4)


def test_nodes_of_elements_written_by_index():
    names = []
    for t in (torch, reference):
        x, v, i = t.zeros(5, requires_grad=True), t.ones(3), t.tensor([0, 0, 1])
        written = [x.clone() for _ in range(3)]
        written[0][i] = v
        written[1][t.tensor([True, False, True, False, True])] = v
        written[2][0] = 1.0
        names.append([type(y.grad_fn).__name__ for y in (*written, x.put(i, v))])
    assert names[0] == names[1]
