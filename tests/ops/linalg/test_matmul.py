"""Products of batches: which of them are one large product, as PyTorch decides and its graph shows."""

import itertools

import pytest
import torch

import minitorch_bp

SHAPES = [
    ((2, 3), (4, 3, 2)), ((1, 1), (1, 1, 1)), ((2, 3), (1, 3, 2)), ((3,), (4, 3, 2)), ((4, 2, 3), (3,)), ((4, 2, 3), (3, 2)),
    ((1, 2, 3), (3, 2)), ((4, 2, 3), (4, 3, 2)), ((1, 2, 3), (4, 3, 2)), ((4, 2, 3), (1, 3, 2)), ((2, 3), (2, 4, 3, 2)),
    ((2, 4, 2, 3), (3, 2)), ((2, 1, 2, 3), (4, 3, 2)), ((3,), (3, 2)), ((4, 1, 3), (3, 1)), ((1,), (1, 1, 1)), ((0, 2, 3), (3, 2)),
    ((2, 3), (0, 3, 2)),
]  # fmt: skip


def graph(node, depth=6):
    below = [graph(n, depth - 1) for n, _ in node.next_functions if n is not None] if depth else []
    return f"{node.name()}({', '.join(below)})" if below else node.name()


def operand(framework, shape, needs, turned):
    if not turned or len(shape) < 2:
        return framework.ones(shape, requires_grad=needs)
    return framework.ones(*shape[:-2], shape[-1], shape[-2], requires_grad=needs).transpose(-1, -2)


@pytest.mark.parametrize(("left", "right"), SHAPES)
def test_the_graph_and_the_layout_are_those_of_pytorch(left, right):
    for first, second, turned in itertools.product((True, False), (True, False), ("", "left", "right")):
        shown = []
        for framework in (torch, minitorch_bp):
            x = operand(framework, left, first, turned == "left")
            y = operand(framework, right, second, turned == "right")
            product = x @ y
            steps = product.stride() if product.numel() else None
            shown.append((None if product.grad_fn is None else graph(product.grad_fn), tuple(product.shape), steps))
        assert shown[1] == shown[0]


@pytest.mark.parametrize(("left", "right"), SHAPES)
def test_values_and_gradients_are_those_of_pytorch(left, right):
    results = []
    for framework in (torch, minitorch_bp):
        framework.manual_seed(0)
        x, y = framework.randn(left, requires_grad=True), framework.randn(right, requires_grad=True)
        product = x @ y
        (product * framework.arange(1.0, product.numel() + 1).reshape(product.shape)).sum().backward()
        results.append([t.detach().numpy() for t in (product, x.grad, y.grad)])
    for ours, theirs in zip(results[1], results[0], strict=True):
        assert ours.shape == theirs.shape
        assert abs(ours - theirs).max(initial=0.0) <= 1e-5 * max(1.0, abs(theirs).max(initial=0.0))
