"""The lecture's systems, each with the lecture's own numbers."""

import numpy as np
import pytest

import minitorch_bp as torch
from minitorch_bp import nn


def leaf(value):
    return torch.tensor(float(value), requires_grad=True)


def numerical(f, values, eps=1e-6):
    """The lecture's gradient check: nudge each input; one evaluation (here two) per input."""
    return [
        (f(*[v + eps * (i == k) for i, v in enumerate(values)]) - f(*[v - eps * (i == k) for i, v in enumerate(values)]))
        / (2 * eps)
        for k in range(len(values))
    ]


def test_forward_pass_of_the_first_graph():
    a, b, c = leaf(7), leaf(3), leaf(2)
    d = a + b
    e = d * c
    assert (d.item(), e.item()) == (10, 20)


def test_backprop_on_a_tree():
    a, b, c = leaf(7), leaf(3), leaf(2)
    d = a + b
    d.retain_grad()
    e = d * c
    e.backward()
    assert [t.grad.item() for t in (d, c, a, b)] == [2, 10, 2, 2]


def test_leaves_do_nothing():
    a = leaf(7)
    a.backward()
    assert a.grad.item() == 1  # the base case, and nowhere to recurse to
    assert a.grad_fn is None


@pytest.mark.parametrize(
    "f, values",
    [
        (lambda a, b, c: (a + b) * c, (7.0, 3.0, 2.0)),
        (lambda a, b, c: (a + b**3) * c, (7.0, 3.0, 2.0)),
        (lambda a, b: (a + b) * b**3, (7.0, 3.0)),
    ],
)
def test_numerical_gradients_match_the_analytic_ones(f, values):
    leaves = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in values]
    f(*leaves).backward()
    assert [t.grad.item() for t in leaves] == pytest.approx(numerical(f, values), rel=1e-7)
    assert torch.autograd.gradcheck(f, leaves)


def test_power_node():
    a, b, c = leaf(7), leaf(3), leaf(2)
    d = b**3
    e = a + d
    f = e * c
    for t in (d, e):
        t.retain_grad()
    f.backward()
    assert [t.item() for t in (d, e, f)] == [27, 34, 68]
    assert {n: t.grad.item() for n, t in zip("ecadb", (e, c, a, d, b), strict=True)} == {"e": 2, "c": 34, "a": 2, "d": 2, "b": 54}


@pytest.mark.parametrize("b_value, f_value, grads", [(3, 20, (2, 2, 10)), (-3, 14, (2, 0, 7)), (0, 14, (2, 0, 7))])
def test_relu_node(b_value, f_value, grads):
    a, b, c = leaf(7), leaf(b_value), leaf(2)
    f = (a + torch.relu(b)) * c
    f.backward()
    assert f.item() == f_value
    assert tuple(t.grad.item() for t in (a, b, c)) == grads


class Cubed(torch.autograd.Function):
    """A function the student writes."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * 3 * x**2


@pytest.mark.parametrize(
    "func, derivative",
    [
        (torch.tanh, lambda x: 1 - np.tanh(x) ** 2),
        (torch.sigmoid, lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
        (torch.exp, np.exp),
        (Cubed.apply, lambda x: 3 * x**2),
    ],
)
def test_generic_unary_function_node(func, derivative):
    a, b, c = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (7.0, 3.0, 2.0))
    ((a + func(b)) * c).backward()
    assert b.grad.item() == pytest.approx(2 * derivative(3.0), rel=1e-12)  # parent.grad * func'(child)


def test_dag_backprop_adds_over_parents():
    a, b = leaf(7), leaf(3)
    c = a + b
    d = b**3
    e = c * d
    for t in (c, d):
        t.retain_grad()
    e.backward()
    assert [t.item() for t in (c, d, e)] == [10, 27, 270]
    assert [t.grad.item() for t in (c, d, a, b)] == [27, 10, 27, 297]
    assert b.grad.item() == 10 * 27 + 27


# ---------------------------------------------------------------------- the lecture's own code, right and wrong
class LectureNode:
    """A node as the lecture's code has it: its children, and how it shares its gradient among them."""

    def __init__(self, value, children=(), shares=()):
        self.value, self.children, self.shares, self.grad = value, children, shares, 0

    def __add__(self, other):
        return LectureNode(self.value + other.value, (self, other), (1, 1))

    def __mul__(self, other):
        return LectureNode(self.value * other.value, (self, other), (other.value, self.value))

    def __pow__(self, p):
        return LectureNode(self.value**p, (self,), (p * self.value ** (p - 1),))


def recurse(node, accumulate):
    for child, share in zip(node.children, node.shares, strict=True):
        child.grad = child.grad + node.grad * share if accumulate else node.grad * share
        recurse(child, accumulate)


def topological_order(root):
    order, seen = [], set()

    def visit(node):
        if id(node) not in seen:
            seen.add(id(node))
            for child in node.children:
                visit(child)
            order.append(node)

    visit(root)
    return order


def test_overwriting_loses_a_path():
    a, b = LectureNode(7), LectureNode(3)
    e = (a + b) * b**3
    e.grad = 1
    recurse(e, accumulate=False)
    assert b.grad == 270  # the last path to write; 27 from the other is lost
    assert b.grad != 297


def test_recursion_without_order_counts_twice():
    x, one = LectureNode(2.0), LectureNode(1.0)
    w = x * one
    y = (w * one) + (w * one)  # x -> w -> u1, u2 -> y
    y.grad = 1
    recurse(y, accumulate=True)
    wrong = x.grad
    t = torch.tensor(2.0, requires_grad=True)
    v = t * 1.0
    (v * 1.0 + v * 1.0).backward()
    assert t.grad.item() == 2
    assert wrong == 3  # w runs twice: first with 1, then with 1 + 1


def test_topological_order_and_steps():
    a, b = LectureNode(7), LectureNode(3)
    c = a + b
    d = b**3
    e = c * d
    order = topological_order(e)
    names = {id(n): s for n, s in zip((a, b, c, d, e), "abcde", strict=True)}
    assert [names[id(n)] for n in order] == ["a", "b", "c", "d", "e"]
    state = lambda: [n.grad for n in (a, b, c, d, e)]
    seen = [state()]  # step 0: all zero
    e.grad = 1
    seen.append(state())  # step 1: base case
    for node in (e, d, c, b, a):  # steps 2 to 6
        for child, share in zip(node.children, node.shares, strict=True):
            child.grad += node.grad * share
        seen.append(state())
    assert seen == [
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 1],
        [0, 0, 27, 10, 1],
        [0, 270, 27, 10, 1],
        [27, 297, 27, 10, 1],
        [27, 297, 27, 10, 1],
        [27, 297, 27, 10, 1],
    ]


def test_the_engine_visits_in_the_lectures_order():
    """Reverse topological order: e, then d (made last), then c."""
    visited = []
    a, b = leaf(7), leaf(3)
    c = a + b
    d = b**3
    e = c * d
    for name, t in zip("cde", (c, d, e), strict=True):
        t.register_hook(lambda grad, name=name: visited.append((name, grad.item())))
    e.backward()
    assert visited == [("e", 1.0), ("d", 10.0), ("c", 27.0)]


# ---------------------------------------------------------------------- vectors, blocks, training
def test_mean_squared_error_of_a_linear_model():
    rng = np.random.default_rng(0)
    X, w, y = rng.standard_normal((5, 3)), rng.standard_normal(3), rng.standard_normal(5)
    W = torch.tensor(w, requires_grad=True)
    product = torch.from_numpy(X) @ W
    difference = product - torch.from_numpy(y)
    squared = difference**2
    loss = squared.mean()
    for t in (product, difference, squared):
        t.retain_grad()
    loss.backward()
    assert all(t.grad.shape == t.shape for t in (product, difference, squared, W))
    np.testing.assert_allclose(W.grad.numpy(), 2 / 5 * X.T @ (X @ w - y), rtol=1e-12)


def test_building_blocks():
    layer = nn.Linear(3, 2)
    assert layer.weight.shape == (2, 3) and layer.bias.shape == (2,)
    x = torch.randn(4, 3)
    expected = x.numpy() @ layer.weight.detach().numpy().T + layer.bias.detach().numpy()
    np.testing.assert_allclose(layer(x).detach().numpy(), expected, rtol=1e-6)
    scores = torch.tensor([[1.0, 2.0, 3.0]])
    softmax_loss = nn.CrossEntropyLoss()(scores, torch.tensor([2]))
    assert softmax_loss.item() == pytest.approx(-3 + np.log(np.exp([1, 2, 3]).sum()), rel=1e-6)
    assert nn.MSELoss()(torch.tensor([3.0]), torch.tensor([1.0])).item() == 4


def test_gradient_of_an_average_is_the_average_of_gradients():
    torch.manual_seed(0)
    model, loss = nn.Linear(3, 1), nn.MSELoss()
    X, y = torch.randn(4, 3), torch.randn(4, 1)
    loss(model(X), y).backward()
    whole = model.weight.grad.clone()
    model.zero_grad()
    for k in range(4):
        (loss(model(X[k : k + 1]), y[k : k + 1]) / 4).backward()
    np.testing.assert_allclose(model.weight.grad.numpy(), whole.numpy(), rtol=1e-5)


def train(torch, kind, l2):
    """Gradient descent as the lecture writes it; returns the losses."""
    nn = torch.nn
    rng = np.random.default_rng(1)
    X = torch.from_numpy(rng.standard_normal((30, 4)).astype(np.float32))
    torch.manual_seed(3)
    if kind == "linear":
        model, loss = nn.Linear(4, 1), nn.MSELoss()
        y = torch.from_numpy(rng.standard_normal((30, 1)).astype(np.float32))
    elif kind == "logistic":
        model, loss = nn.Linear(4, 1), nn.BCEWithLogitsLoss()
        y = torch.from_numpy((rng.random((30, 1)) > 0.5).astype(np.float32))
    elif kind == "softmax":
        model, loss = nn.Linear(4, 3), nn.CrossEntropyLoss()
        y = torch.from_numpy(rng.integers(0, 3, 30))
    else:
        model, loss = nn.Sequential(nn.Linear(4, 8), nn.Sigmoid(), nn.Linear(8, 3)), nn.CrossEntropyLoss()
        y = torch.from_numpy(rng.integers(0, 3, 30))
    losses = []
    for _ in range(50):
        value = loss(model(X), y)
        if l2:
            value = value + 0.01 * sum((p**2).sum() for p in model.parameters())
        model.zero_grad()
        value.backward()
        with torch.no_grad():
            for p in model.parameters():
                p -= 0.1 * p.grad
        losses.append(value.item())
    return losses


@pytest.mark.parametrize("kind", ["linear", "logistic", "softmax", "mlp"])
@pytest.mark.parametrize("l2", [False, True])
def test_training_falls_along_pytorchs_trajectory(kind, l2):
    import torch as reference

    ours, theirs = train(torch, kind, l2), train(reference, kind, l2)
    assert ours[-1] < ours[0]
    np.testing.assert_allclose(ours, theirs, rtol=2e-5)
