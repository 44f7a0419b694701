"""No feature of the autograd and hook API leaves a reference cycle: what it made is freed at once, with the collector off."""

import gc
import warnings

import pytest

import minitorch_bp as torch
from minitorch_bp import nn
from minitorch_bp.autograd import Function, graph
from minitorch_bp.utils.checkpoint import checkpoint


class Scale(Function):
    @staticmethod
    def forward(ctx, x, y):
        out = x * y
        ctx.save_for_backward(x, out)
        ctx.y = y
        return out, x

    @staticmethod
    def backward(ctx, g, h):
        x, out = ctx.saved_tensors
        return g * ctx.y + x * 0 + out * 0, None


class Separate(Function):
    @staticmethod
    def forward(x, n=2):
        return x * n

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0], output)

    @staticmethod
    def backward(ctx, g):
        return g * 2, None


class Dirty(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.add_(1)

    @staticmethod
    def backward(ctx, g):
        return g


LEAF = torch.ones(4, requires_grad=True)
HOOKED, OLD = nn.Linear(4, 4), nn.Linear(4, 4)
HOOKED.register_full_backward_hook(lambda m, gi, go: None)
HOOKED.register_full_backward_pre_hook(lambda m, go: None)
OLD.register_backward_hook(lambda m, gi, go: None)


def hooks_of_tensors_and_nodes(x):
    y = x * 2
    y.register_hook(lambda g: g * 2)
    y.grad_fn.register_hook(lambda gi, go: None)
    y.grad_fn.register_prehook(lambda go: None)
    accumulate = y.grad_fn.next_functions[0][0]
    handle = accumulate.register_hook(lambda gi, go: None)
    y.sum().backward()
    handle.remove()


def retained(x):
    y = x * 2
    y.retain_grad()
    y.mul_(2)
    y.sum().backward()


def views(x):
    y = x * 2
    v = y.view(2, 2)
    v[0].add_(1)
    (v.sum() + y.sum()).backward()


def views_that_refuse(x):
    y = x * 2
    part = y.chunk(2)[0]
    y.mul_(2)
    with pytest.raises(RuntimeError):
        part.grad_fn


def saved_hooks(x):
    with graph.saved_tensors_hooks(lambda a: a, lambda a: a):
        y = x.exp() * x
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    g.sum().backward()


def hooks_of_one_saved_value(x):
    y = x.exp()
    y.grad_fn._raw_saved_result.register_hooks(lambda a: a, lambda a: a)
    y.sum().backward()


def several(mode):
    def run(x):
        y = x * 2
        graph.register_multi_grad_hook((y,), lambda g: None, mode=mode)
        y.sum().backward()

    return run


def mutation(x):
    with graph.allow_mutation_on_saved_tensors():
        y = x * 2
        z = y**2
        y.mul_(2)
        z.sum().backward()


def looked_at(x):
    y = nn.functional.linear(x.view(1, 4), OLD.weight, OLD.bias)
    loss = nn.functional.cross_entropy(y, torch.tensor([0]))
    loss.grad_fn.next_functions[0][0].next_functions
    y.grad_fn.next_functions
    loss.backward()


def anomaly(x):
    with torch.autograd.detect_anomaly():
        (x * 2).sum().backward()


def twice(x):
    (g,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
    torch.autograd.grad(g.sum(), x)


FEATURES = {
    "full backward hooks": lambda x: HOOKED(x).sum().backward(),
    "full backward hooks, no backward": lambda x: HOOKED(x),
    "full backward hooks, data": lambda x: HOOKED(torch.ones(4)).sum().backward(),
    "old backward hooks": lambda x: OLD(x).sum().backward(),
    "a Function": lambda x: Scale.apply(x * 1, 2.0)[0].sum().backward(),
    "a Function, no backward": lambda x: Scale.apply(x * 1, 2.0),
    "setup_context": lambda x: Separate.apply(x).sum().backward(),
    "a dirty input": lambda x: Dirty.apply(x * 1).sum().backward(),
    "checkpoint": lambda x: checkpoint(lambda a: (a * 2).exp(), x, use_reentrant=False).sum().backward(),
    "checkpoint, no backward": lambda x: checkpoint(lambda a: (a * 2).exp(), x, use_reentrant=False),
    "checkpoint, reentrant": lambda x: checkpoint(lambda a: (a * 2).exp(), x, use_reentrant=True).sum().backward(),
    "hooks": hooks_of_tensors_and_nodes,
    "retain_grad": retained,
    "views": views,
    "views that refuse": views_that_refuse,
    "saved tensor hooks": saved_hooks,
    "hooks of a saved value": hooks_of_one_saved_value,
    "a hook for several, all": several("all"),
    "a hook for several, any": several("any"),
    "mutation of saved tensors": mutation,
    "a graph that is looked at": looked_at,
    "edges": lambda x: torch.autograd.grad((y := x * 2).exp().sum(), graph.get_gradient_edge(y)),
    "anomaly detection": anomaly,
    "second order": twice,
    "batches of gradients": lambda x: torch.autograd.grad(x * 2, x, torch.eye(4), is_grads_batched=True),
    "func.grad": lambda x: torch.func.grad(lambda a: (a**2).sum())(x.detach()),
    "func.vjp": lambda x: torch.func.vjp(lambda a: a**2, x.detach())[1](torch.ones(4)),
    "func.vmap": lambda x: torch.func.vmap(lambda a: a**2)(x.detach()),
    "func.jacrev": lambda x: torch.func.jacrev(lambda a: a**2)(x.detach()),
    "func.hessian": lambda x: torch.func.hessian(lambda a: (a**2).sum())(x.detach()),
    "gradcheck": lambda x: torch.autograd.gradcheck(torch.sin, (x.detach().double().requires_grad_(),)),
}


@pytest.mark.parametrize("feature", FEATURES.values(), ids=FEATURES)
def test_nothing_is_left_for_the_collector(feature):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        feature(LEAF)  # what is made once
        LEAF.grad = None
        gc.collect()
        gc.disable()
        try:
            for _ in range(3):
                feature(LEAF)
            LEAF.grad = None
            assert gc.collect() == 0
        finally:
            gc.enable()
