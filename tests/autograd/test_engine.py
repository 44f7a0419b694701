"""The engine: order, accumulation, higher derivatives, memory, and everything that may go wrong."""

import gc
import threading
import weakref

import numpy as np
import pytest
import torch

import minitorch_bp as mt

BOTH = pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])


@BOTH
def test_backward_accumulates_and_keeps_the_grad_object(t):
    x = t.ones(2, requires_grad=True)
    (x * 2).sum().backward()
    g = x.grad
    (x * 3).sum().backward()
    assert x.grad is g and g.tolist() == [5, 5]


@BOTH
def test_a_leaf_that_is_the_root_owns_its_gradient(t):
    x, given = t.ones(2, 3, requires_grad=True), t.arange(6.0).reshape(3, 2).t()
    t.autograd.backward([x, x * 2, x], [given, given, given])
    assert x.grad.tolist() == [[0, 8, 16], [4, 12, 20]]
    x.grad = None
    x.backward(given)
    given.zero_()
    assert x.grad.tolist() == [[0, 2, 4], [1, 3, 5]] and x.grad.stride() == (3, 1)


@BOTH
def test_gradients_of_two_leaves_never_share_memory(t):
    a, b = t.ones(2, requires_grad=True), t.ones(2, requires_grad=True)
    seed = t.ones(2)
    (a + b).backward(seed)
    a.grad[0] = 100
    assert b.grad.tolist() == [1, 1] and seed.tolist() == [1, 1]


@BOTH
@pytest.mark.filterwarnings("ignore:Using backward")
def test_nor_do_they_when_the_backward_pass_is_recorded(t):
    a, b = t.ones(2, requires_grad=True), t.ones(2, requires_grad=True)
    seed = t.ones(2)
    (a + b).backward(seed, create_graph=True)
    a.grad[0] = 100
    assert b.grad.tolist() == [1, 1] and seed.tolist() == [1, 1]
    c = t.ones(2, requires_grad=True)
    (c * c).sum().backward(create_graph=True)
    assert c.grad.grad_fn.name().endswith("CopyBackwards") and c.grad.grad_fn.next_functions[0] == (None, 0)


@BOTH
@pytest.mark.parametrize(
    "make, kind",
    [
        (lambda t, x: (x * x).backward(), RuntimeError),  # not a scalar
        (lambda t, x: t.ones(1).backward(), RuntimeError),  # needs no grad
        (lambda t, x: (x.detach() * 2).sum().backward(), RuntimeError),
        (lambda t, x: [l := (x * x).sum(), l.backward(), l.backward()], RuntimeError),  # twice
        (lambda t, x: x.add_(1), RuntimeError),  # in-place on a leaf
        (lambda t, x: x[0].mul_(2), RuntimeError),  # on a view of a leaf
        (lambda t, x: [y := x * 1, z := y * y, y.add_(1), z.sum().backward()], RuntimeError),  # stale
        (lambda t, x: [y := x.exp(), y.add_(1), y.sum().backward()], RuntimeError),  # stale result
        (lambda t, x: (x * 2).backward(t.ones(3)), RuntimeError),  # wrong shape
        (lambda t, x: t.autograd.grad((x * 2).sum(), t.ones(1, requires_grad=True)), RuntimeError),  # unused
        (lambda t, x: t.autograd.grad(x.sum(), t.ones(1)), RuntimeError),
        (lambda t, x: (x * 2).requires_grad_(False), RuntimeError),
        (lambda t, x: setattr(x, "grad", t.ones(3)), RuntimeError),
        (lambda t, x: setattr(x, "grad", 3), TypeError),
        (lambda t, x: t.ones(1).register_hook(print), RuntimeError),
        (lambda t, x: t.ones(1).retain_grad(), RuntimeError),
        (lambda t, x: (x * 2).register_post_accumulate_grad_hook(print), RuntimeError),
        (lambda t, x: [u := (x * 1).unbind(), u[0].mul_(2)], RuntimeError),
        (lambda t, x: t.autograd.backward((x * 2).sum(), inputs=[]), RuntimeError),
    ],
)
def test_mistakes_raise_what_pytorch_raises(t, make, kind):
    with pytest.raises(kind) as caught:
        make(t, t.tensor([1.0, 2.0], requires_grad=True))
    assert len(str(caught.value)) > 10


def test_a_failed_write_changes_nothing():
    x = mt.ones(2)
    for f in (
        lambda: x.add_(mt.ones(3)),
        lambda: x.add_(mt.ones(2, 2)),
        lambda: x.copy_(mt.ones(3)),
        lambda: x.__setitem__(0, mt.ones(2)),
    ):
        with pytest.raises(RuntimeError):
            f()
    assert x.tolist() == [1, 1] and x._version == 0


@BOTH
def test_saving_only_shapes_survives_a_write(t):
    x = t.ones(2, requires_grad=True)
    y = x * 1
    z = y.sum()
    y.add_(1)
    z.backward()
    assert x.grad.tolist() == [1, 1]


@BOTH
def test_backward_twice_where_nothing_is_saved(t):
    x = t.ones(2, requires_grad=True)
    y = (x + 1).sum()
    y.backward()
    y.backward()
    assert x.grad.tolist() == [2, 2]


@BOTH
def test_every_order_of_derivative(t):
    x = t.tensor(2.0, dtype=t.float64, requires_grad=True)
    y = x**5
    found = []
    for _ in range(5):
        (y,) = t.autograd.grad(y, x, create_graph=True)
        found.append(y.item())
    assert found == [80, 160, 240, 240, 120]


@BOTH
def test_grad_of_intermediate_and_allow_unused(t):
    x = t.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    z = (y * y).sum()
    gy, gx = t.autograd.grad(z, [y, x], retain_graph=True)
    assert gy.tolist() == [4, 8] and gx.tolist() == [8, 16] and x.grad is None
    assert t.autograd.grad(z, t.ones(1, requires_grad=True), allow_unused=True, retain_graph=True) == (None,)
    (zero,) = t.autograd.grad(z, t.ones(3, requires_grad=True), materialize_grads=True)
    assert zero.tolist() == [0, 0, 0]


@BOTH
def test_backward_inputs(t):
    a, b = t.ones(1, requires_grad=True), t.ones(1, requires_grad=True)
    c = a * 2
    (c * b).sum().backward(inputs=[a])
    assert a.grad.tolist() == [2] and b.grad is None
    d = a * 2
    (d * b).sum().backward(inputs=[d])
    d_grad = d._grad if t is mt else d.grad
    assert d_grad.tolist() == [1]


@BOTH
def test_hooks_replace_and_fire_in_order(t):
    order = []
    x = t.ones(1, requires_grad=True)
    y = x * 2
    z = y * 3
    x.register_hook(lambda g: order.append("x"))
    y.register_hook(lambda g: order.append("y") or g * 10)
    h = z.register_hook(lambda g: order.append("removed"))
    z.register_hook(lambda g: order.append("z"))
    h.remove()
    x.register_post_accumulate_grad_hook(lambda p: order.append(p.grad.item()))
    z.sum().backward()
    assert order == ["z", "y", "x", 60.0]


@BOTH
def test_node_hooks(t):
    x = t.ones(2, requires_grad=True)
    y = x * 2
    seen = []
    y.grad_fn.register_hook(lambda gi, go: seen.append((gi[0].tolist(), go[0].tolist())))
    y.grad_fn.register_prehook(lambda go: (go[0] * 5,))
    y.sum().backward()
    assert seen == [([10, 10], [5, 5])] and x.grad.tolist() == [10, 10]


@BOTH
def test_the_graph_as_users_see_it(t):
    x = t.ones(1, requires_grad=True)
    y = (x * 2).exp()
    assert y.grad_fn.name() == "ExpBackward0" and type(y.grad_fn).__name__ == "ExpBackward0"
    (mul, index), *_ = y.grad_fn.next_functions
    assert mul.name() == "MulBackward0" and index == 0
    accumulate = mul.next_functions[0][0]
    assert "AccumulateGrad" in accumulate.name() and accumulate.variable is x
    assert mul.next_functions[1] == (None, 0)
    assert x.grad_fn is None and x.is_leaf and not y.is_leaf
    y.grad_fn.metadata["note"] = 1
    assert y.grad_fn.metadata == {"note": 1}


@BOTH
def test_grad_modes(t):
    x = t.ones(1, requires_grad=True)
    with t.no_grad():
        assert not (x * 2).requires_grad
        with t.enable_grad():
            assert (x * 2).requires_grad
    with t.set_grad_enabled(False):
        assert not t.is_grad_enabled()
    assert t.is_grad_enabled()

    @t.no_grad()
    def f():
        return x * 2

    @t.no_grad()
    def generate():
        yield t.is_grad_enabled()

    assert not f().requires_grad and list(generate()) == [False]
    with t.inference_mode():
        y = x * 2
    assert y.is_inference() and not y.requires_grad
    with pytest.raises(RuntimeError):
        x * y
    with pytest.raises(RuntimeError):
        y.add_(1)


@BOTH
def test_grad_mode_belongs_to_the_thread(t):
    seen = []
    with t.no_grad():
        thread = threading.Thread(target=lambda: seen.append(t.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


class Square(mt.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * x * g


def functions(t):
    class Split(t.autograd.Function):
        """Two outputs, a constant one, an unused argument."""

        @staticmethod
        def forward(ctx, x, factor):
            index = x.argmax()
            ctx.mark_non_differentiable(index)
            ctx.save_for_backward(x)
            ctx.factor = factor
            return x * factor, x * x, index

        @staticmethod
        def backward(ctx, g1, g2, g3):
            (x,) = ctx.saved_tensors
            assert ctx.needs_input_grad == (True, False)
            return g1 * ctx.factor + g2 * 2 * x, None

    class Modern(t.autograd.Function):
        """The setup_context style, saving the output."""

        @staticmethod
        def forward(x):
            return x.exp()

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(output)

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0]

    class Dirty(t.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            x.mul_(2)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 2

    class Once(t.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @t.autograd.function.once_differentiable
        def backward(ctx, g):
            return g * 2 * ctx.saved_tensors[0]

    class Wrong(t.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g, g

    return Split, Modern, Dirty, Once, Wrong


@BOTH
def test_custom_functions(t):
    Split, Modern, Dirty, Once, Wrong = functions(t)
    x = t.tensor([1.0, 3.0], requires_grad=True)
    a, b, index = Split.apply(x, 5.0)
    assert not index.requires_grad and a.grad_fn.name() == "SplitBackward"
    (a.sum() + b.sum()).backward()
    assert x.grad.tolist() == [7, 11]
    x.grad = None
    Split.apply(x, 5.0)[1].sum().backward()  # the other output's gradient is zeros
    assert x.grad.tolist() == [2, 6]
    (g,) = t.autograd.grad(Modern.apply(x).sum(), x, create_graph=True)
    (gg,) = t.autograd.grad(g.sum(), x)
    np.testing.assert_allclose(gg.numpy(), np.exp([1, 3]), rtol=1e-6)
    y = x * 1
    z = Dirty.apply(y)
    assert z is y and y.tolist() == [2, 6]
    (g,) = t.autograd.grad(z.sum(), x)
    assert g.tolist() == [2, 2]
    (g,) = t.autograd.grad(Once.apply(x).sum(), x, create_graph=True)
    with pytest.raises(RuntimeError):
        g.sum().backward()
    with pytest.raises(RuntimeError):
        Wrong.apply(x).sum().backward()
    assert "SplitBackward" in repr(a)


def test_saved_output_of_a_function_is_freed():
    gc.disable()
    try:
        x = mt.ones(1, requires_grad=True)
        y = functions(mt)[1].apply(x)
        reference = weakref.ref(y)
        del y
        assert reference() is None
    finally:
        gc.enable()


@BOTH
def test_saved_tensors_hooks(t):
    packed = []
    x = t.ones(2, requires_grad=True)
    with t.autograd.graph.saved_tensors_hooks(lambda s: packed.append(s.shape) or s.detach() * 3, lambda p: p):
        y = (x * x).sum()
    y.backward()
    assert len(packed) == 2 and x.grad.tolist() == [6, 6]


@BOTH
@pytest.mark.filterwarnings("ignore")
def test_anomaly_detection_names_the_culprit(t):
    x = t.tensor([0.0], requires_grad=True)
    with t.autograd.detect_anomaly():
        y = (x * 0).sqrt() * 0
        with pytest.raises(RuntimeError, match="(?i)nan"):
            y.sum().backward()


@BOTH
def test_gradcheck(t):
    x = t.randn(3, dtype=t.float64, requires_grad=True)
    assert t.autograd.gradcheck(t.tanh, (x,)) and t.autograd.gradgradcheck(t.tanh, (x,))
    wrong = functions(t)[2]  # doubles x in place, so the difference quotient sees another function

    class Bad(t.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 3

    with pytest.raises(RuntimeError):
        t.autograd.gradcheck(Bad.apply, (x,))
    assert not t.autograd.gradcheck(Bad.apply, (x,), raise_exception=False)
    assert wrong


def test_a_million_nodes_run_and_are_freed_without_the_collector():
    gc.collect()
    gc.disable()
    try:
        x = mt.ones(1, requires_grad=True)
        y = x
        for _ in range(1_000_000):
            y = y + 1
        y.backward()
        assert x.grad.item() == 1
        node = weakref.ref(y._fn)
        del y
        assert node() is None
        assert gc.collect() < 1000
    finally:
        gc.enable()


def test_graphs_with_saved_results_are_freed_by_reference_counting():
    gc.collect()
    gc.disable()
    try:
        x = mt.randn(3, requires_grad=True)
        y = (x.exp().tanh().softmax(0) * x.sigmoid()).sum()
        references = [weakref.ref(y._fn), weakref.ref(y)]
        del y
        assert all(r() is None for r in references)
    finally:
        gc.enable()


@BOTH
def test_views_and_versions(t):
    x = t.arange(6.0).requires_grad_()
    b = x * 1
    v = b.view(2, 3)
    w = v[0]
    b.mul_(2)
    assert b._version == v._version == w._version == 1
    w.add_(1)
    assert b._version == 2 and b.tolist() == [1, 3, 5, 6, 8, 10]
    (v * v).sum().backward()
    assert x.grad.tolist() == [4, 12, 20, 24, 32, 40]
    assert v._base is b and w._base is b
    d = b.detach()
    d.add_(1)
    assert b._version == 3
    b.data.add_(1)
    assert b._version == 3 and b.tolist()[0] == 3


@BOTH
def test_a_view_of_a_constant_becomes_part_of_the_graph(t):
    base = t.zeros(4)
    view = base[:2]
    w = t.ones(2, requires_grad=True)
    base[:2] = w * 3
    assert base.requires_grad and view.requires_grad
    (view * t.tensor([1.0, 2.0])).sum().backward()
    assert w.grad.tolist() == [3, 6]


@BOTH
def test_optimizer_in_backward(t):
    w = t.ones(2, requires_grad=True)

    def step(p):
        with t.no_grad():
            p.sub_(p.grad)
        p.grad = None

    w.register_post_accumulate_grad_hook(step)
    (w * w).sum().backward()
    assert w.tolist() == [-1, -1] and w.grad is None


@pytest.mark.parametrize("t", [torch, mt], ids=["torch", "mini"])
def test_a_node_that_is_an_input_keeps_what_it_saved(t):
    """The gradient with respect to a computed tensor does not run the node that computed it, which can be differentiated later."""
    a = t.tensor([2.0, 3.0], requires_grad=True)
    x = a * a
    (x * 2).sum()  # another consumer
    y = (x * x).sum()
    (g,) = t.autograd.grad(y, x)
    assert g.tolist() == [8.0, 18.0]
    (h,) = t.autograd.grad(x.sum(), a)  # in PyTorch too: only y's own nodes were freed
    assert h.tolist() == [4.0, 6.0]
    with pytest.raises(RuntimeError, match="second time"):
        t.autograd.grad(x.sum(), a)
