"""``autograd.graph`` and its neighbours: edges, hooks on nodes and leaves, hooks on saved tensors, versions, flags of the thread."""

import gc
import threading
import warnings
import weakref

import pytest
import torch as reference

import minitorch_bp as mt

LIBRARIES = (mt, reference)
BOTH = pytest.mark.parametrize("t", LIBRARIES, ids=["mini", "torch"])


def attempt(call):
    try:
        return call()
    except Exception as error:
        return type(error).__name__


def same(program):
    told = []
    for t in LIBRARIES:
        seen = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = attempt(lambda t=t, seen=seen: program(t, seen.append))
        told.append((seen, result if isinstance(result, str) else None))
    assert told[0] == told[1]
    return told[0]


def leaf(t, *shape):
    return t.ones(*shape or (2,), requires_grad=True)


# ---------------------------------------------------------------------- edges
@BOTH
def test_gradients_of_edges_and_from_edges(t):
    edge_of = t.autograd.graph.get_gradient_edge
    x = leaf(t)
    middle = x * 3
    out = (middle**2).sum()
    first, at_x = edge_of(middle), edge_of(x)
    (g,) = t.autograd.grad(out, first, retain_graph=True)
    assert g.tolist() == [6, 6]
    assert t.autograd.grad(out, (at_x, first, x), retain_graph=True)[0].tolist() == [18, 18]
    assert t.autograd.grad(first, x, grad_outputs=g, retain_graph=True)[0].tolist() == [18, 18]
    assert isinstance(first, t.autograd.graph.GradientEdge) and first[:2] == (middle.grad_fn, 0)
    by_hand = t.autograd.graph.GradientEdge(middle.grad_fn, middle.output_nr)
    t.autograd.backward(by_hand, g, inputs=[at_x], retain_graph=True)
    assert x.grad.tolist() == [18, 18]
    for wrong in (None, t.ones(3)):
        with pytest.raises(RuntimeError):
            t.autograd.grad(first, x, grad_outputs=wrong, retain_graph=True)
    parts = x.unbind()
    one = t.autograd.graph.GradientEdge(parts[1].grad_fn, 1)
    assert t.autograd.grad(parts[1] * 5, one, retain_graph=True)[0].item() == 5
    assert t.autograd.grad(one, x)[0].tolist() == [0, 1]
    with pytest.raises(RuntimeError):
        t.autograd.grad(leaf(t).sum(), (first,), materialize_grads=True)


@BOTH
def test_nodes_are_nodes(t):
    y = leaf(t) * 2
    for node in (y.grad_fn, y.grad_fn.next_functions[0][0]):
        assert isinstance(node, t.autograd.graph.Node) and t.autograd.graph.Node not in type(node).__mro__
        assert [tuple(m.shape) for m in node._input_metadata] == [(2,)] and node._input_metadata[0].dtype is t.float32
    assert y.grad_fn.next_functions[0][0].name() == "torch::autograd::AccumulateGrad"
    assert not isinstance(y, t.autograd.graph.Node)


def hooks_of_a_leaf(t, tell):
    x = leaf(t)
    y = x * 2
    accumulate = y.grad_fn.next_functions[0][0]
    x.register_hook(lambda g: tell(("tensor", g.tolist(), x.grad is None)) or g * 2)
    x.register_post_accumulate_grad_hook(lambda p: tell(("accumulated", p.grad.tolist())))
    accumulate.register_hook(lambda gi, go: tell(("after", gi, [g.tolist() for g in go])))
    handle = accumulate.register_prehook(lambda go: tell(("before", [g.tolist() for g in go])) or (go[0] * 10,))
    y.sum().backward(retain_graph=True)
    tell(x.grad.tolist())
    t.autograd.grad(y.sum(), x, retain_graph=True)
    tell("grad")
    handle.remove()
    t.autograd.backward(y.sum(), inputs=[x], retain_graph=True)
    x.register_post_accumulate_grad_hook(lambda p: 3)
    y.sum().backward()


def hooks_of_nodes(t, tell):
    x = leaf(t)
    b = x * 2
    c = b * 2
    b.register_hook(lambda g: tell("tensor"))
    b.grad_fn.register_hook(lambda gi, go: tell("after"))
    b.grad_fn.register_prehook(lambda go: tell("before"))
    for inputs in ((b,), (x, b), (x,)):
        t.autograd.grad(c.sum(), inputs, retain_graph=True)
        tell(len(inputs))
    c.sum().backward(inputs=[x, b], retain_graph=True)
    c.sum().backward()


def hooks_of_outputs_without_a_gradient(t, tell):
    parts = leaf(t).unbind()
    parts[0].register_hook(lambda g: tell(g if g is None else g.item()))
    parts[1].backward(retain_graph=True)
    parts[0].backward()


def a_hook_for_several(mode):
    def program(t, tell):
        a, b, c = leaf(t), leaf(t), leaf(t)
        d, e = a * b, a * c
        shown = (lambda g: tell(g.tolist())) if mode == "any" else lambda gs: tell([g if g is None else g.tolist() for g in gs])
        handle = t.autograd.graph.register_multi_grad_hook((a, b, c, d), shown, mode=mode)
        d.sum().backward(retain_graph=True)
        (d + e).sum().backward(retain_graph=True)
        d.sum().backward(inputs=[a], retain_graph=True)
        e.sum().backward(retain_graph=True)
        handle.remove()
        tell("removed")
        (d + e).sum().backward()

    return program


def a_hook_for_several_of_unknown_mode(t, tell):
    t.autograd.graph.register_multi_grad_hook((leaf(t),), tell, mode="some")


# ---------------------------------------------------------------------- saved tensors
def doubled_and_halved(t, tell):
    for unpack in (lambda x: x / 2, lambda x: x):
        with t.autograd.graph.saved_tensors_hooks(lambda x: (tell(x.requires_grad), x * 2)[1], unpack):
            x = leaf(t)
            y = (x**3).sum()
        (g,) = t.autograd.grad(y, x, create_graph=True)
        tell(g.tolist())
        tell(t.autograd.grad(g.sum(), x)[0].tolist())


def of_one_value(t, tell):
    x = leaf(t)
    y = x * x
    tell(y.grad_fn._saved_self is x)
    y.grad_fn._raw_saved_self.register_hooks(lambda v: v * 2, lambda v: v)
    tell(y.grad_fn._saved_self.tolist())
    y.sum().backward()
    tell(x.grad.tolist())
    e = x.exp()
    e.grad_fn._raw_saved_result.register_hooks(lambda v: v, lambda v: v)
    tell(e.grad_fn._saved_result.grad_fn is e.grad_fn)
    late = lambda: y.grad_fn._raw_saved_self
    for call in (
        lambda: e.grad_fn._raw_saved_result.register_hooks(lambda v: v, lambda v: v),
        late,
        lambda: (x * x).grad_fn._raw_saved_self.register_hooks(1, 2),
        lambda: (x * x).grad_fn._raw_saved_self.register_hooks(lambda v: v.add_(1), lambda v: v),
        lambda: (x * 2).grad_fn._raw_saved_self.register_hooks(lambda v: v, lambda v: v),
        t.autograd.SavedTensor,
    ):
        tell(type(attempt(call)).__name__ if call is late else attempt(call))


def of_a_function(t, tell):
    class Saves(t.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x, None)
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0]

    x = leaf(t)
    y = Saves.apply(x)
    saved = y.grad_fn._raw_saved_tensors
    tell((len(saved), type(saved[0]).__name__))
    tell(attempt(lambda: saved[1].register_hooks(lambda v: v, lambda v: v)))
    saved[0].register_hooks(lambda v: v * 5, lambda v: v)
    y.sum().backward()
    tell(x.grad.tolist())


def disabled(t, tell):
    graph = t.autograd.graph
    with graph.disable_saved_tensors_hooks("no"):
        tell(attempt(graph.save_on_cpu().__enter__))
    with graph.save_on_cpu():
        tell(attempt(graph.disable_saved_tensors_hooks("no").__enter__))
    with graph.save_on_cpu():
        tell((leaf(t) ** 2).sum().item())


def mutation(t, tell):
    allow = t.autograd.graph.allow_mutation_on_saved_tensors
    with allow() as saved:
        x = leaf(t)
        a = x.clone()
        view = a[:1]
        out = (a**2).sum() + view.sin().sum()
        a.mul_(3)
        tell(len(list(saved.cloned.items())))
        out.backward()
        tell([round(v, 4) for v in x.grad.tolist()])
        del out
        tell(attempt(allow().__enter__))
        y = (a * a).sum()
    tell(attempt(y.backward))


PROGRAMS = (
    hooks_of_a_leaf, hooks_of_nodes, hooks_of_outputs_without_a_gradient, a_hook_for_several("all"), a_hook_for_several("any"),
    a_hook_for_several_of_unknown_mode, doubled_and_halved, of_one_value, of_a_function, disabled, mutation,
)  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__qualname__.partition(".")[0])
def test_programs(program):
    same(program)


@BOTH
def test_an_unpack_hook_must_return_a_tensor(t):
    with t.autograd.graph.saved_tensors_hooks(lambda x: x, lambda x: 3):
        y = (leaf(t) ** 2).sum()
    with pytest.raises(TypeError):
        y.backward()


@BOTH
def test_increment_version(t):
    x, y = t.ones(2), t.ones(2)
    t.autograd.graph.increment_version(x)
    t.autograd.graph.increment_version([x, y])
    assert (x._version, y._version) == (2, 1)
    with t.inference_mode():
        z = t.ones(2)
    t.autograd.graph.increment_version(z)  # has none
    for wrong in (3, [3]):
        with pytest.raises(RuntimeError):
            t.autograd.graph.increment_version(wrong)


# ---------------------------------------------------------------------- grad, backward
@BOTH
def test_gradients_in_batches(t):
    x = leaf(t, 3)
    y = x * t.tensor([1.0, 2.0, 3.0])
    (rows,) = t.autograd.grad(y, x, t.eye(3), is_grads_batched=True, retain_graph=True)
    assert rows.tolist() == [[1, 0, 0], [0, 2, 0], [0, 0, 3]]


@BOTH
def test_zeros_for_what_does_not_require_grad(t):
    x = leaf(t)
    (zero,) = t.autograd.grad((leaf(t) * 2).sum(), x, materialize_grads=True, create_graph=True)
    assert zero.tolist() == [0, 0] and zero.requires_grad
    (again,) = t.autograd.grad(zero.sum(), x, materialize_grads=True)
    assert again.tolist() == [0, 0] and not again.requires_grad
    with pytest.raises(RuntimeError):
        t.autograd.grad(t.ones(2).sum(), x, materialize_grads=True)


@BOTH
def test_a_recorded_backward_warns_of_the_cycle(t):
    t.set_warn_always(True)
    try:
        with pytest.warns(UserWarning, match="create_graph=True"):
            leaf(t).sum().backward(create_graph=True)
    finally:
        t.set_warn_always(False)
    assert not t.is_warn_always_enabled()


@BOTH
def test_callbacks_at_the_end_of_a_pass(t):
    seen, x = [], leaf(t)
    queue = t.autograd.Variable._execution_engine.queue_callback
    x.register_hook(lambda g: queue(lambda: seen.append(x.grad.tolist())))
    (x * 2).sum().backward()
    assert seen == [[2, 2]]
    with pytest.raises(RuntimeError):
        queue(lambda: None)


@BOTH
def test_passes_within_passes(t):
    class Again(t.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            with t.enable_grad():
                ctx.x = x.detach().requires_grad_()
                ctx.y = ctx.x - 1
            return ctx.y.detach()

        @staticmethod
        def backward(ctx, g):
            if ctx.x.item() > 0:
                with t.enable_grad():
                    Again.apply(ctx.y.detach().requires_grad_()).sum().backward()
            return g

    Again.apply(t.tensor(300.0, requires_grad=True)).sum().backward()


# ---------------------------------------------------------------------- the state of a thread
@BOTH
def test_flags(t):
    a = t.autograd
    assert a.is_multithreading_enabled() and not a.is_view_replay_enabled()
    with a.set_multithreading_enabled(False):
        assert not a.is_multithreading_enabled()
    for replay, name in ((False, "AsStridedBackward0"), (True, "ViewBackward0")):
        with a._force_original_view_tracking(replay):
            y = leaf(t) * 2
            view = y.view(-1)
            view.add_(1)
            assert type(view.grad_fn).__name__ == name and a.is_view_replay_enabled() is replay
    a.set_multithreading_enabled(False)
    assert not a.is_multithreading_enabled()
    a.set_multithreading_enabled(True)


def under_no_grad(how):
    def program(t, tell):
        @t.no_grad()
        def body():
            total = 0
            while True:
                try:
                    got = yield (total, t.is_grad_enabled())
                    total += got or 0
                except ValueError as error:
                    tell(("caught", str(error), t.is_grad_enabled()))
                except GeneratorExit:
                    tell(("exit", t.is_grad_enabled()))
                    raise
                finally:
                    tell(t.is_grad_enabled())
                if total > 9:
                    return total

        source = body()
        tell((next(source), t.is_grad_enabled()))
        tell(attempt(lambda: how(source, tell)))
        tell(t.is_grad_enabled())

    return program


def finished(source, tell):
    source.send(20)


THROWN = {
    "send": lambda source, tell: tell((source.send(3), source.send(4))),
    "throw what is caught": lambda source, tell: tell(source.throw(ValueError("x"))),
    "throw what is not": lambda source, tell: source.throw(KeyError("x")),
    "close": lambda source, tell: source.close(),
    "the end": finished,
}


@pytest.mark.parametrize("how", THROWN.values(), ids=THROWN)
def test_generators_under_no_grad(how):
    same(under_no_grad(how))


@BOTH
def test_decorating_a_class_is_deprecated(t):
    with pytest.warns(FutureWarning):

        @t.no_grad()
        class Plain:
            def __init__(self):
                self.recorded = t.is_grad_enabled()

    assert Plain().recorded is False


# ---------------------------------------------------------------------- lifetimes
@BOTH
def test_a_hook_goes_with_its_tensor(t):
    class Hook:
        def __call__(self, grad):
            pass

    hook = Hook()
    alive = weakref.ref(hook)
    x = leaf(t)
    handle = x.register_hook(hook)
    del x, hook
    gc.collect()
    assert alive() is None
    handle.remove()


def test_hooks_entered_in_a_pass_go_with_it(t=mt):
    def unpack(x):
        context().__enter__()
        return x

    hooks = t.autograd.graph.saved_tensors_hooks(lambda x: x, unpack)
    context = weakref.ref(hooks)
    with hooks:
        leaf(t).sin().sum().backward()
    (leaf(t).sin().grad_fn._raw_saved_self).register_hooks(lambda x: x, lambda x: x)  # there are none left


@BOTH
def test_a_pass_in_each_thread(t):
    seen = []

    def run():
        x = leaf(t)
        d = x * 2
        t.autograd.graph.register_multi_grad_hook((x, d), lambda grads: seen.append([g.tolist() for g in grads]))
        for _ in range(5):
            d.sum().backward(retain_graph=True)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [[[2, 2], [1, 1]]] * 20


@BOTH
def test_a_hook_sees_the_history_of_a_saved_argument(t):
    seen = []
    a, b = t.ones(2, requires_grad=True), t.ones(2, requires_grad=True)
    with t.autograd.graph.saved_tensors_hooks(lambda x: (seen.append(repr(x)), x)[1], lambda x: (seen.append(repr(x)), x)[1]):
        y = (a * 2).pow(2)
        z = a * b
        saved = z.grad_fn._saved_self, z.grad_fn._saved_other
    assert repr(saved[0]) == repr(saved[1]) == repr(b)
    y.sum().backward()
    assert a.grad.tolist() == [8.0, 8.0] and seen[0] == seen[-1] == "tensor([2., 2.], grad_fn=<MulBackward0>)"
    assert set(seen[1:-1]) == {"tensor([1., 1.], requires_grad=True)"}
