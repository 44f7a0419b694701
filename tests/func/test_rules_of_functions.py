"""Functions in vmap and other transformations: their own rule for a batch, and what they may save."""

import pytest
import torch

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [torch, minitorch_bp], ids=["torch", "mini"])


def with_rule(t, rule):
    """A Function that may be mapped only by the rule."""

    class Mapped(t.autograd.Function):
        @staticmethod
        def forward(*args, **kwargs):
            raise AssertionError("called for one of the batch")

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        vmap = staticmethod(rule)

    return Mapped.apply


@BOTH
def test_a_rule_gets_the_batch(t):
    told = []

    def rule(info, in_dims, x, y):
        told.append((info.batch_size, info.randomness, in_dims))
        return (x.movedim(in_dims[0], 0) * 2, y[0].sum()), (0, None)

    x, y = t.arange(6.0).reshape(2, 3), t.ones(3)
    out, other = t.func.vmap(with_rule(t, rule), in_dims=(1, [0]), out_dims=(1, 0), randomness="same")(x, [y])
    assert told == [(3, "same", (1, [0]))]
    assert out.tolist() == (x * 2).tolist() and other.tolist() == [3, 3, 3]


@BOTH
@pytest.mark.parametrize("wrong", [
    lambda x: x,
    lambda x: (x, x, 0, 0),
    lambda x: (x, (0,)),
    lambda x: ((x, x), (0,)),
    lambda x: ([x], (0,)),
])  # fmt: skip
def test_what_a_rule_must_return(t, wrong):
    with pytest.raises(RuntimeError):
        t.func.vmap(with_rule(t, lambda info, in_dims, x: wrong(x)))(t.ones(2, 3))


@BOTH
def test_a_rule_takes_no_tensors_by_name(t):
    with pytest.raises(NotImplementedError):
        t.func.vmap(with_rule(t, lambda info, in_dims, x, *, y: (x, 0)))(t.ones(2), y=t.ones(2))


@BOTH
@pytest.mark.parametrize("saved_by", ["save_for_backward", "save_for_forward"])
@pytest.mark.parametrize("what", ["input", "output", "view"])
@pytest.mark.parametrize("requires_grad", [True, False])
def test_an_input_that_is_returned_is_not_saved(t, saved_by, what, requires_grad):
    class Same(t.autograd.Function):
        @staticmethod
        def forward(x):
            return x.view_as(x) if what == "view" else x

        @staticmethod
        def setup_context(ctx, inputs, output):
            getattr(ctx, saved_by)(inputs[0] if what == "input" else output)

        @staticmethod
        def backward(ctx, g):
            return g * 2

        @staticmethod
        def jvp(ctx, d):
            return d.view_as(d)

    x = t.tensor(2.0, requires_grad=requires_grad)
    if what == "view":
        assert Same.apply(x * 1).item() == 2
        return
    with pytest.raises(RuntimeError):
        Same.apply(x * 1)
    with pytest.raises(RuntimeError):
        t.func.grad(lambda x: Same.apply(x * 1))(x)


@BOTH
def test_the_name_of_a_function_within_a_transformation(t):
    class Twice(t.autograd.Function):
        @staticmethod
        def forward(x):
            return x * 2

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def backward(ctx, g):
            return g * 2

    names = []

    def f(x):
        y = Twice.apply(x)
        names.append((type(y.grad_fn).__name__, y.grad_fn.name()))
        return y

    t.func.grad(f)(t.tensor(1.0))
    f(t.tensor(1.0, requires_grad=True))
    assert [n for n, _ in names] == ["TwiceGeneratedBackward", "TwiceBackward"]
    assert [n for _, n in names] == ["TwiceGeneratedBackward", "TwiceBackward"]


@BOTH
def test_forward_mode_is_off_within_a_function(t):
    seen = []

    class Twice(t.autograd.Function):
        @staticmethod
        def forward(x):
            seen.append(t.autograd.forward_ad._is_fwd_grad_enabled())
            return x * 2

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def jvp(ctx, d):
            return d * 2

    with t.autograd.forward_ad.dual_level():
        Twice.apply(t.autograd.forward_ad.make_dual(t.ones(1), t.ones(1)))
    assert seen == [False] and t.autograd.forward_ad._is_fwd_grad_enabled()
