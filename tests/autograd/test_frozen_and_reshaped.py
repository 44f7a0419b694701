"""Leaves that are frozen after they were used, views whose shape changes unrecorded, and private names that programs use."""

import itertools

import pytest
import torch

import minitorch_bp
from minitorch_bp.autograd import forward_ad

BOTH = (torch, minitorch_bp)


@pytest.mark.parametrize("freeze", [lambda x: x.requires_grad_(False), lambda x: x.detach_()])
@pytest.mark.parametrize("hooked", [False, True])
def test_a_leaf_that_was_frozen_gets_no_gradient(freeze, hooked):
    found = []
    for t in BOTH:
        x, y, seen = t.tensor(2.0, requires_grad=True), t.tensor(3.0, requires_grad=True), []
        if hooked:
            x.register_hook(lambda g, seen=seen: seen.append(g.item()))
        z = x * y
        freeze(x)
        z.backward()
        found.append((x.grad, y.grad.item(), seen))
    assert found[0] == found[1]


@pytest.mark.parametrize("reshape", ["t_", "unsqueeze_", "squeeze_", "transpose_", "as_strided_"])
@pytest.mark.parametrize("kind", ["one", "several"])
@pytest.mark.parametrize(("first", "second"), list(itertools.product([True, False], repeat=2)))
def test_views_whose_shape_changes(reshape, kind, first, second):
    """Whether a view may be written to depends on how it was made, not on when its shape was changed."""
    arguments = {"unsqueeze_": (1,), "squeeze_": (0,), "transpose_": (0, -1), "as_strided_": ((2,), (1,), 1)}.get(reshape, ())

    def outcome(t):
        leaf = t.arange(6.0).reshape(2, 3).requires_grad_()
        base = leaf.clone()
        with t.set_grad_enabled(first):
            view = base[0] if kind == "one" else base.unbind()[0]
        try:
            with t.set_grad_enabled(second):
                getattr(view, reshape)(*arguments)
            view.mul_(2)
        except RuntimeError:
            return RuntimeError
        (base * t.arange(6.0).reshape(2, 3)).sum().backward()
        return view.tolist(), leaf.grad.tolist(), type(view.grad_fn).__name__

    assert outcome(minitorch_bp) == outcome(torch)


@pytest.mark.parametrize("returns", [lambda d: d, lambda d: d * 2, lambda d: d.mul_(2)])
def test_a_tangent_is_written_as_its_input(returns):
    def outcome(t):
        class Twice(t.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                x.mul_(2)
                ctx.mark_dirty(x)
                return x

            @staticmethod
            def jvp(ctx, d):
                return returns(d)

        with t.autograd.forward_ad.dual_level():
            dual = t.autograd.forward_ad.make_dual(t.ones(2), t.ones(2))
            try:
                return t.autograd.forward_ad.unpack_dual(Twice.apply(dual)).tangent.tolist()
            except RuntimeError:
                return RuntimeError

    assert outcome(minitorch_bp) == outcome(torch)
    assert forward_ad._current_level == -1


def test_a_function_returns_a_tensor_of_the_subclass_as_it_is():
    def outcome(t):
        class Sub(t.Tensor):
            @classmethod
            def __torch_function__(cls, func, types, args=(), kwargs=None):
                return super().__torch_function__(func, types, args, kwargs or {})

        class Same(t.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x

            @staticmethod
            def backward(ctx, g):
                return g * 3

        x = t.ones(2).as_subclass(Sub)
        y = Same.apply(x)
        z = Same.apply(t.ones(2, requires_grad=True).as_subclass(Sub))
        return type(y).__name__, y is x, type(z).__name__, type(z.grad_fn).__name__

    assert outcome(minitorch_bp) == outcome(torch)


def test_private_names():
    for t in BOTH:
        base = t.tensor([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])
        view = base[1]
        assert view._view_func(base * 10).tolist() == [30, 40, 50]
        x = t.ones(2)
        x._backward_hooks = {}
        x._backward_hooks["x"] = None
        y = x * t.ones(2, requires_grad=True)
        y.grad_fn._set_sequence_nr(1)
        assert y.grad_fn._sequence_nr() == 1
        y.sum().backward()
