"""What becomes of a Function's outputs: views, inputs returned as they are, dirty and non-differentiable ones, defaults, refusals."""

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


def made(t, forward, backward=lambda ctx, *g: g, setup_context=None):
    members = {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    if setup_context is not None:
        members["setup_context"] = staticmethod(setup_context)
    return type("Made", (t.autograd.Function,), members)


SOURCES = {
    "a leaf": lambda t: t.ones(4, requires_grad=True),
    "computed": lambda t: t.ones(4, requires_grad=True) * 2,
    "without grad": lambda t: t.ones(4),
    "a view": lambda t: (t.ones(2, 4, requires_grad=True) * 2)[1],
}


def constant(ctx, x):
    ctx.mark_non_differentiable(x)
    return x


def constant_view(ctx, x):
    view = x.view(-1)
    ctx.mark_non_differentiable(view)
    return view


def constant_new(ctx, x):
    new = x * 2
    ctx.mark_non_differentiable(new)
    return new


def dirty(ctx, x):
    ctx.mark_dirty(x)
    return x.add_(1)


FORWARDS = {
    "the input": lambda ctx, x: x,
    "the input in a tuple": lambda ctx, x: (x, x * 2),
    "the input twice": lambda ctx, x: (x, x),
    "a view": lambda ctx, x: x.view(2, 2),
    "a view and another": lambda ctx, x: (x.view(2, 2), x * 2),
    "integers": lambda ctx, x: x.long(),
    "constant input": constant,
    "constant view": constant_view,
    "constant": constant_new,
    "dirty": dirty,
    "dirty in a tuple": lambda ctx, x: (dirty(ctx, x), x * 2),
}


@pytest.mark.parametrize("forward", FORWARDS.values(), ids=FORWARDS)
@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_outputs_are_what_pytorch_makes_of_them(forward, source):
    def outcome(t):
        x = source(t)
        function = made(t, forward, lambda ctx, *g: sum(h.reshape(-1) for h in g))
        out = attempt(lambda: function.apply(x))
        if isinstance(out, str):
            return out
        told = [x._version]
        for o in out if isinstance(out, tuple) else (out,):
            told.append((o is x, o.requires_grad, o._base is not None, attempt(lambda o=o: o.is_leaf), type(o.grad_fn).__name__))
            if o.is_floating_point():
                told.append(attempt(lambda o=o: o.mul_(1).sum().item()))
        told.append(attempt(lambda: x.mul_(2).sum().item()))  # written to through the input's name
        for o in out if isinstance(out, tuple) else (out,):
            told.append(attempt(lambda o=o: type(o.grad_fn).__name__))
            told.append(repr(o).replace("minitorch_bp", "torch").startswith("tensor("))
        return told

    assert outcome(mt) == outcome(reference)


@BOTH
def test_setup_context_sees_the_defaults(t):
    seen = []
    function = made(t, lambda x, y=2, z=None: x * y, lambda ctx, g: (g * ctx.y, None, None),
                    lambda ctx, inputs, output: (seen.append(len(inputs)), setattr(ctx, "y", inputs[1])))  # fmt: skip
    x = t.ones(2, requires_grad=True)
    function.apply(x).sum().backward()
    function.apply(x, 3).sum().backward()
    function.apply(x, z=1).sum().backward()
    assert seen == [3, 3, 3] and x.grad.tolist() == [7, 7]


@BOTH
def test_an_input_that_is_returned_cannot_be_saved_in_setup_context(t):
    function = made(t, lambda x: x, setup_context=lambda ctx, inputs, output: ctx.save_for_backward(*inputs))
    with pytest.raises(RuntimeError):
        function.apply(t.ones(2, requires_grad=True))


def dirty_not_returned(ctx, x):
    ctx.mark_dirty(x.add_(1))
    return x * 3


REFUSALS = {
    "dirty, not returned": (dirty_not_returned, lambda ctx, g: g),
    "a gradient for a number": (lambda ctx, x, n: x * n, lambda ctx, g: (g, g)),
    "backward and vjp": None,
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_refusals(kind):
    def outcome(t):
        x = t.ones(2, requires_grad=True) * 1
        if kind == "backward and vjp":
            function = made(t, lambda ctx, x: x * 2)
            function.vjp = staticmethod(lambda ctx, g: g)
            return attempt(lambda: function.apply(x).sum().backward())
        function = made(t, *REFUSALS[kind])
        return attempt(lambda: function.apply(*((x, 2) if "number" in kind else (x,))).sum().backward())

    assert outcome(mt) == outcome(reference) == "RuntimeError"


@BOTH
def test_a_dirty_tensor_that_is_no_input_is_only_a_warning(t):
    def forward(ctx, x):
        y = x * 3
        ctx.mark_dirty(y)
        return y

    with pytest.warns(UserWarning):
        assert made(t, forward).apply(t.ones(1, requires_grad=True)).item() == 3


@BOTH
def test_none_instead_of_zeros(t):
    seen = []

    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2, x * 3, x.long()

    def backward(ctx, *grads):
        seen.extend(grads)
        return grads[0]

    x = t.ones(2, requires_grad=True)
    made(t, forward, backward).apply(x)[0].sum().backward()
    assert seen[0].tolist() == [1, 1] and seen[1:] == [None, None]


@BOTH
def test_hooks_of_a_node_see_what_backward_returned(t):
    seen = []
    x, y = t.ones(2, requires_grad=True), t.ones(2)
    out = made(t, lambda ctx, x, n, y: x * n + y, lambda ctx, g: (g * 2, None, g * 3)).apply(x, 2, y)
    assert len(out.grad_fn.next_functions) == 2 and out.grad_fn.next_functions[1] == (None, 0)
    out.grad_fn.register_hook(lambda gi, go: seen.append([g.tolist() for g in gi]))
    out.sum().backward()
    assert seen == [[[2, 2], [3, 3]]] and x.grad.tolist() == [2, 2]


HOOKS = {
    "None": lambda g: None,
    "a tensor": lambda g: g[0],
    "a list": lambda g: list(g),
    "one": lambda g: (g[0],),
    "one and None": lambda g: (g[0], None),
    "Nones": lambda g: (None, None),
    "a number": lambda g: (g[0], 3),
    "another shape": lambda g: (g[0], g[0].sum()),
    "another type": lambda g: (g[0].double(), g[1]),
}


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
@pytest.mark.parametrize("before", [False, True])
def test_what_a_hook_of_a_node_may_return(hook, before):
    def outcome(t):
        x, y = t.ones(2, requires_grad=True), t.ones(2, requires_grad=True)
        z = x * y
        if before:
            z.grad_fn.register_prehook(lambda go: hook((go[0], go[0])))
        else:
            z.grad_fn.register_hook(lambda gi, go: hook(gi))
        error = attempt(lambda: z.sum().backward())
        return error, x.grad is None, y.grad is None

    assert outcome(mt) == outcome(reference)


@BOTH
def test_once_differentiable_refuses_the_second_time(t):
    backward = t.autograd.function.once_differentiable(lambda ctx, g: (g * 2, None))
    x, y = t.ones(2, requires_grad=True), t.ones(2, requires_grad=True)
    out = made(t, lambda ctx, x, y: x * 2, backward).apply(x, y)
    out.backward(t.ones(2, requires_grad=True), create_graph=True)
    assert x.grad.requires_grad and y.grad is None
    with pytest.raises(RuntimeError):
        x.grad.sum().backward()


VIEWS = {
    "unbind": lambda t, y: y.unbind(0)[0],
    "chunk": lambda t, y: y.chunk(2)[0],
    "split": lambda t, y: y.split(1)[0],
    "iteration": lambda t, y: next(iter(y)),
    "a view of one": lambda t, y: y.unbind(0)[0].view(-1),
    "select": lambda t, y: y[0],
    "under no_grad": lambda t, y: no_grad_view(t, y),
}


def no_grad_view(t, y):
    with t.no_grad():
        return y[0]


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize("under_no_grad", [False, True])
def test_views_of_a_base_that_is_written_to(view, recorded, under_no_grad):
    """Those that can't be brought up to date say so when somebody asks."""

    def outcome(t):
        x = t.ones(2, 2, requires_grad=True)
        y = x * 2 if recorded else t.ones(2, 2)
        v = view(t, y)
        with t.set_grad_enabled(not under_no_grad):
            y.mul_(x if not under_no_grad else 3)
        told = [v.requires_grad, attempt(lambda: type(v.grad_fn).__name__), attempt(lambda: v.is_leaf), v.detach().tolist()]
        told.append(attempt(lambda: v.mul_(2).detach().tolist()))
        return [*told, attempt(lambda: (v * 2).detach().tolist()), "Invalid" in repr(v)]

    ours, theirs = outcome(mt), outcome(reference)
    assert ours == theirs


def test_a_chain_of_views_is_as_long_as_it_is():
    from minitorch_bp.core.view import View

    z = mt.ones(2)
    for _ in range(50_000):
        z = z.view(2)
    view, steps = z._view, 0
    while view is not None:
        assert isinstance(view, View) and view.args == ((2,),)  # one step each, no copies of the steps before
        view, steps = view.above, steps + 1
    assert steps == 50_000
    z.add_(1)
    assert z._base.tolist() == [2, 2]
