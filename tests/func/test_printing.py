"""Tensors print inside of transformations as PyTorch's do, which say what transforms them."""

import pytest
import torch

import minitorch_bp

BOTH = (torch, minitorch_bp)


def texts(t, run):
    """What a function that is transformed would print."""
    shown = []

    def look(*tensors):
        shown.extend(f"{x!r}" for x in tensors)

    run(t, look)
    return shown


def plain(t, look):
    x = t.tensor([1.0, 2.0])
    for transform in (lambda f: t.func.grad(f)(x), lambda f: t.func.vjp(f, x), lambda f: t.func.jvp(f, (x,), (x,))):
        transform(lambda y: (look(y, y * 2, [y]), y.sum())[1])
    look(x)


def nested(t, look):
    def outer(a):
        def inner(b):
            look(a, b, a * b, b * 2)
            return (a * b).sum()

        look(t.func.grad(inner)(a))
        return a.sum()

    t.func.grad(outer)(t.tensor([1.0, 2.0], dtype=t.float64))


def with_history(t, look):
    leaf = t.tensor([1.0, 2.0], requires_grad=True)
    for x in (leaf, leaf * 2):
        t.func.grad(lambda y: (look(y, y * 2), y.sum())[1])(x)
    with t.no_grad():
        t.func.grad(lambda y: (look(y.sum()), y.sum())[1])(leaf * 1)


def captured(t, look):
    c = t.ones(2, requires_grad=True)
    t.func.grad(lambda y: (look(c), y.sum())[1])(t.ones(2))


def wide(t, look):
    t.func.grad(lambda y: (look(y), y.sum())[1])(t.arange(24.0).reshape(2, 12) / 7)


@pytest.mark.parametrize("run", [plain, nested, with_history, captured, wide])
def test_texts(run):
    assert texts(minitorch_bp, run) == texts(torch, run)


def test_what_pulls_back_is_recorded_where_it_is_called():
    found = []
    for t in BOTH:
        x = t.tensor(3.0, requires_grad=True)
        with t.no_grad():
            value, pull = t.func.vjp(lambda x: x**3, x)
        (slope,) = pull(t.tensor(1.0))
        found.append((value.requires_grad, slope.requires_grad, t.autograd.grad(slope, x)[0].item()))
    assert found[0] == found[1]
