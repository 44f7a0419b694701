"""Checkpointing: the same values, gradients, random numbers and errors as without, and as PyTorch's."""

import contextlib
import math
import warnings

import numpy as np
import pytest
import torch
import torch.utils.checkpoint

import minitorch_bp as mt


def train(t, use_reentrant, checkpointed=True):
    """Losses and gradients of a network with dropout, its middle checkpointed."""
    t.manual_seed(0)
    middle = t.nn.Sequential(t.nn.Linear(4, 8), t.nn.Tanh(), t.nn.Dropout(0.4), t.nn.Linear(8, 4))
    head = t.nn.Linear(4, 1)
    x = t.from_numpy(np.random.default_rng(0).standard_normal((5, 4)).astype(np.float32)).requires_grad_()
    out = t.utils.checkpoint.checkpoint(middle, x, use_reentrant=use_reentrant) if checkpointed else middle(x)
    loss = head(out.relu()).sum()
    loss.backward()
    grads = [p.grad.numpy() for p in (*middle.parameters(), *head.parameters())]
    return [loss.detach().numpy(), x.grad.numpy(), *grads], t.get_rng_state().numpy().tobytes()


@pytest.mark.parametrize("use_reentrant", [True, False])
def test_as_without_and_as_pytorch(use_reentrant):
    ours, state = train(mt, use_reentrant)
    plain, _ = train(mt, use_reentrant, checkpointed=False)
    theirs, their_state = train(torch, use_reentrant)
    assert state == their_state
    for a, b, c in zip(ours, plain, theirs, strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_allclose(a, c, rtol=1e-5, atol=1e-6)


def test_it_runs_twice_and_saves_nothing_in_between():
    for t in (mt, torch):
        calls = []

        def f(x, calls=calls):
            calls.append(1)
            return x.exp().sin()

        x = t.ones(3, requires_grad=True)
        y = t.utils.checkpoint.checkpoint(f, x, use_reentrant=False)
        assert len(calls) == 1
        y.sum().backward()
        assert len(calls) == 2 and x.grad is not None


def test_without_reentering_grad_and_second_derivatives_work():
    found = []
    for t in (mt, torch):
        x = t.tensor([0.5, 1.5], requires_grad=True, dtype=t.float64)
        w = t.tensor(2.0, requires_grad=True, dtype=t.float64)
        y = t.utils.checkpoint.checkpoint(lambda a, scale: (a * w).exp() * scale, x, scale=3, use_reentrant=False)
        g = t.autograd.grad(y.sum(), (x, w), retain_graph=True)
        found.append([v.numpy() for v in g])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    x = mt.tensor([0.5, 1.5], requires_grad=True, dtype=mt.float64)
    y = mt.utils.checkpoint.checkpoint(lambda a: a**3, x, use_reentrant=False)
    (g,) = mt.autograd.grad(y.sum(), x, create_graph=True)
    assert mt.autograd.grad(g.sum(), x)[0].tolist() == [3.0, 9.0]


@pytest.mark.parametrize("use_reentrant", [True, False])
def test_sequential(use_reentrant):
    found = []
    for t in (mt, torch):
        t.manual_seed(1)
        layers = t.nn.Sequential(*(t.nn.Linear(3, 3) for _ in range(5)))
        x = t.ones(2, 3, requires_grad=True)
        out = t.utils.checkpoint.checkpoint_sequential(layers, 2, x, use_reentrant=use_reentrant)
        out.sum().backward()
        found.append([out.detach().numpy(), x.grad.numpy(), *(p.grad.numpy() for p in layers.parameters())])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)


def test_mistakes_and_warnings():
    for t in (mt, torch):
        c = t.utils.checkpoint.checkpoint
        x = t.ones(1, requires_grad=True)
        with pytest.raises(ValueError):
            c(lambda a, b: a * b, x, b=2, use_reentrant=True)
        with pytest.raises(ValueError):
            c(t.exp, x, use_reentrant=True, debug=True)
        with pytest.warns(UserWarning):
            c(t.exp, x)
        with pytest.warns(UserWarning):
            c(t.exp, x.detach(), use_reentrant=True)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            c(t.exp, x, use_reentrant=False)


def test_a_second_run_that_differs_is_noticed():
    for t in (mt, torch):
        turn = []

        def f(x, turn=turn):
            turn.append(1)
            return x.exp() if len(turn) == 1 else x.exp().sin().exp()

        y = t.utils.checkpoint.checkpoint(f, t.ones(2, requires_grad=True), use_reentrant=False, early_stop=False)
        with pytest.raises(t.utils.checkpoint.CheckpointError):
            y.sum().backward()


BOTH = pytest.mark.parametrize("t", [mt, torch], ids=["mini", "torch"])


@BOTH
def test_the_second_run_stops_early(t):
    c, calls = t.utils.checkpoint, []
    x = t.ones(2, requires_grad=True)

    def f(x):
        calls.append(1)
        y = x.sin()
        calls.append(2)
        z = y.exp()
        calls.append(3)
        return z + 1

    def run(inside=None, outside=None, **options):
        calls.clear()
        with contextlib.nullcontext() if inside is None else c.set_checkpoint_early_stop(inside):
            y = c.checkpoint(f, x, use_reentrant=False, **options)
        with contextlib.nullcontext() if outside is None else c.set_checkpoint_early_stop(outside):
            y.sum().backward()
        return list(calls)

    stopped, whole = [1, 2, 3, 1, 2], [1, 2, 3, 1, 2, 3]
    assert run() == run(outside=False) == run(early_stop=False, inside=True) == stopped
    assert run(early_stop=False) == run(inside=False) == whole
    assert x.grad.tolist() == pytest.approx([5 * math.cos(1) * math.exp(math.sin(1))] * 2)


@BOTH
def test_contexts_of_the_two_runs(t):
    log, x = [], t.ones(2, requires_grad=True)

    @contextlib.contextmanager
    def noted(name):
        log.append(f"in {name}")
        try:
            yield
        finally:
            log.append(f"out of {name}")

    c = t.utils.checkpoint
    y = c.checkpoint(lambda x: x.exp() + 1, x, use_reentrant=False, context_fn=lambda: (noted("first"), noted("second")))
    y.sum().backward()
    assert log == ["in first", "out of first", "in second", "out of second"]
    assert [type(each).__name__ for each in c.noop_context_fn()] == ["nullcontext"] * 2
    with c.set_checkpoint_debug_enabled(False):
        c.checkpoint(t.exp, x, use_reentrant=False)
    own, number = c.detach_variable((x, 3))
    assert own.requires_grad and own.is_leaf and number == 3
    with pytest.raises(RuntimeError):
        c.detach_variable([x])


@BOTH
def test_one_node_finds_all_gradients_together(t):
    x = t.ones(2, requires_grad=True)
    y = t.utils.checkpoint.checkpoint(t.exp, x, use_reentrant=True)
    assert repr(y.grad_fn).startswith(
        ("<minitorch_bp.autograd.function.CheckpointFunctionBackward", "<torch.autograd.function.CheckpointFunctionBackward")
    )
    with pytest.raises(RuntimeError, match="use_reentrant"):
        t.autograd.grad(y.sum(), x)
    y.sum().backward()
    assert x.grad.tolist() == pytest.approx([math.e] * 2)


@BOTH
def test_what_may_differ_between_the_runs(t):
    """The second run may save more, which it does not come to; not less, nor other shapes unless nobody looks."""
    c, x = t.utils.checkpoint, t.ones(2, requires_grad=True)
    for first, second, options, refused in [
        (lambda x: x.exp(), lambda x: x.exp().sin().exp(), {}, False),
        (lambda x: x.exp(), lambda x: x.exp().sin().exp(), {"early_stop": False}, True),
        (lambda x: x.sin().exp(), lambda x: x.sin(), {}, True),
        (lambda x: (x * 2).exp(), lambda x: (x[:1] * 2).exp(), {}, True),
    ]:
        turns = iter((first, second))
        y = c.checkpoint(lambda x, turns=turns: next(turns)(x), x, use_reentrant=False, **options)
        with pytest.raises(c.CheckpointError) if refused else contextlib.nullcontext():
            y.sum().backward()


def nested(t):
    """Functions whose inside takes gradients, with checkpoints around, within and between."""

    def f(x):
        return x.sin().exp().sin()

    def c(function):
        return lambda x: t.utils.checkpoint.checkpoint(function, x, use_reentrant=False)

    def grad(function):
        def gradient(x):
            with t.enable_grad():
                return t.autograd.grad(function(x), x, create_graph=True)[0]

        return gradient

    return [c(c(f)), grad(c(f)), c(grad(f)), grad(c(grad(f))), c(grad(grad(c(f)))), grad(c(grad(c(grad(c(f))))))]


@pytest.mark.parametrize("early", [True, False])
def test_gradients_within_checkpoints(early):
    found = []
    for t in (torch, mt):
        with t.utils.checkpoint.set_checkpoint_early_stop(early):
            slopes = []
            for function in nested(t):
                x = t.tensor(0.7, dtype=t.float64, requires_grad=True)
                function(x).backward()
                slopes.append(x.grad.item())
            found.append(slopes)
    assert found[1] == pytest.approx(found[0], rel=1e-12)


def test_a_value_is_given_once_in_a_backward_pass():
    class Cube(mt.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            with pytest.raises(mt.utils.checkpoint.CheckpointError, match="a second time"):
                _ = ctx.saved_tensors
            return grad * 3 * x * x

    x = mt.tensor(2.0, requires_grad=True)
    y = mt.utils.checkpoint.checkpoint(lambda x: Cube.apply(x * 1), x, use_reentrant=False)
    for _ in range(2):  # each pass computes it again
        y.backward(retain_graph=True)
    assert x.grad.item() == 24


@pytest.mark.parametrize("reentrant", [True, False])
@pytest.mark.parametrize("enabled", [True, False])
def test_the_second_run_casts_as_the_first(reentrant, enabled):
    """Whether autocast was on counts, not whether it is on in the backward pass."""
    found = []
    for t in (torch, mt):
        kinds = []

        def product(x, y, kinds=kinds):
            z = x @ y
            kinds.append(str(z.dtype).removeprefix("torch."))
            return z

        x, y = (t.tensor([[1.0, 2.0], [3.0, n]], requires_grad=True) for n in (4.0, 5.0))
        with t.autocast("cpu", dtype=t.bfloat16, enabled=enabled):
            out = t.utils.checkpoint.checkpoint(product, x, y, use_reentrant=reentrant).sum()
        with t.autocast("cpu", dtype=t.bfloat16, enabled=not enabled):
            out.backward()
        found.append((kinds, x.grad.tolist(), y.grad.tolist()))
    assert found[0] == found[1]
