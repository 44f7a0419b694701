"""Fused operations show the nodes that PyTorch has in their place, and these are real: hooks run, gradients stay the same."""

import pytest
import torch as reference

import minitorch_bp as mt

LIBRARIES = (mt, reference)


def shown(node):
    """The names of all nodes below, and how they are connected."""
    if node is None:
        return None
    return type(node).__name__.rsplit("::")[-1], [(shown(n), k) for n, k in node.next_functions]


def linear(*shape, bias=True, frozen=(), middle=False):
    def run(t):
        t.manual_seed(0)
        x, weight, b = t.rand(*shape), t.rand(5, 4), t.rand(5) if bias else None
        leaves = {"x": x, "weight": weight, "b": b}
        for name, leaf in leaves.items():
            if leaf is not None and name not in frozen:
                leaf.requires_grad_()
        given = x * 2 if middle else x
        return t.nn.functional.linear(given, weight, b), [p for p in leaves.values() if p is not None and p.requires_grad]

    return run


def cross_entropy(*shape, middle=False, **options):
    def run(t):
        t.manual_seed(0)
        x = t.rand(*shape).requires_grad_()
        target = t.randint(0, shape[1], (shape[0], *shape[2:]))
        return t.nn.functional.cross_entropy(x * 2 if middle else x, target, **options), [x]

    return run


CASES = {
    "a matrix": linear(3, 4),
    "a matrix, computed": linear(3, 4, middle=True),
    "no bias": linear(3, 4, bias=False),
    "three dimensions": linear(2, 3, 4),
    "three dimensions, no bias": linear(2, 3, 4, bias=False),
    "a vector": linear(4),
    "a vector, no bias": linear(4, bias=False),
    "a frozen weight": linear(3, 4, frozen=("weight",)),
    "data": linear(3, 4, frozen=("x",)),
    "data, no bias": linear(3, 4, bias=False, frozen=("x",)),
    "the bias alone": linear(3, 4, frozen=("x", "weight")),
    "cross entropy": cross_entropy(3, 4),
    "cross entropy, computed": cross_entropy(3, 4, middle=True),
    "of images": cross_entropy(2, 3, 4, 4),
    "a sum": cross_entropy(3, 4, reduction="sum"),
    "of each": cross_entropy(3, 4, reduction="none"),
    "without a class": cross_entropy(3, 4, ignore_index=1),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_chain_is_that_of_pytorch(case):
    assert shown(case(mt)[0].grad_fn) == shown(case(reference)[0].grad_fn)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_gradients_are_the_same_for_those_who_look(case):
    def gradients(look, order):
        out, leaves = case(mt)
        if look:
            shown(out.grad_fn)
        total = (out**2).sum()
        found = mt.autograd.grad(total, leaves, create_graph=order == 2)
        if order == 2:
            found = mt.autograd.grad(sum((g**2).sum() for g in found), leaves, allow_unused=True)
        return [None if g is None else g.numpy() for g in found]

    for order in (1, 2):
        for looked, plain in zip(gradients(True, order), gradients(False, order), strict=True):
            assert (looked is None) == (plain is None)
            if plain is not None:
                assert abs(looked - plain).max() <= 2e-6 * max(1, abs(plain).max())


@pytest.mark.parametrize("t", LIBRARIES, ids=["mini", "torch"])
def test_the_nodes_of_a_chain_are_real(t):
    out, (x, _, bias) = CASES["a matrix"](t)
    seen = []
    transposed = out.grad_fn.next_functions[2][0]
    transposed.register_hook(lambda gi, go: seen.append((tuple(gi[0].shape), tuple(go[0].shape))))
    assert out.grad_fn._saved_mat1 is x or out.grad_fn._saved_mat1.tolist() == x.tolist()
    out.sum().backward()
    assert seen == [((5, 4), (4, 5))] and bias.grad.tolist() == [3] * 5
    assert shown(out.grad_fn)[1][2][0][0] == "TBackward0"  # also after the values were freed
    with pytest.raises(RuntimeError):
        out.sum().backward()


def test_an_overwritten_value_is_still_noticed():
    for look in (False, True):
        out, (_, weight, _) = CASES["a matrix, computed"](mt)
        with mt.no_grad():
            weight.mul_(2)
        if look:
            shown(out.grad_fn)
        with pytest.raises(RuntimeError):
            out.sum().backward()


def test_the_nodes_within_one_are_reached_by_a_recorded_pass_too():
    """The second derivative goes through what the first pass saved, which leads to the nodes within, and through the one node."""

    def slopes(t):
        x = t.tensor([[0.6]], dtype=t.float64, requires_grad=True)
        y = t.linalg.solve(x @ x.mT * 0.02 + 1, x)
        y.grad_fn.next_functions  # somebody looks
        y.retain_grad()
        y.asinh().backward(create_graph=True)
        return [x.grad.item(), *(g.item() for g in t.autograd.grad(x.grad, x))]

    assert slopes(mt) == pytest.approx(slopes(reference), rel=1e-12)
