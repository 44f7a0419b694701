"""Hooks of modules: what they are given, in which order they run, what they may return, and what they refuse.

Each program runs in both libraries, and tells what it saw.
"""

import collections
import gc
import pickle
import warnings
import weakref

import pytest
import torch as reference

import minitorch_bp as mt

LIBRARIES = (mt, reference)
BOTH = pytest.mark.parametrize("t", LIBRARIES, ids=["mini", "torch"])


def seen_by(program):
    """What the program tells in each library: values, or the types of its errors and warnings."""

    def run(t):
        told = []
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                program(t, told.append)
            except Exception as error:
                told.append(type(error).__name__)
        return told + sorted({w.category.__name__ for w in caught})

    return [run(t) for t in LIBRARIES]


def shown(value):
    if isinstance(value, (tuple, list)):
        return [shown(v) for v in value]
    return value if value is None else [round(float(v), 4) for v in value.detach().flatten()]


def two(t):
    """A module with two inputs and two outputs."""

    class Two(t.nn.Module):
        def forward(self, x, y):
            return x * y, x + y

    return Two()


def double_backward(t, tell):
    module, x = t.nn.Linear(2, 1), t.ones(1, 2, requires_grad=True)
    t.nn.init.constant_(module.weight, 2.0)
    t.nn.init.zeros_(module.bias)
    module.register_full_backward_hook(lambda m, gi, go: tell(("full", shown(gi), shown(go))))
    y = module(x) ** 2
    (g,) = t.autograd.grad(y.sum(), x, create_graph=True)
    tell("second")
    (g**2).sum().backward()
    tell(shown(x.grad))


def dict_output(t, tell):
    class Table(t.nn.Module):
        def forward(self, x):
            return {"y": x * 2}

    module, x = Table(), t.ones(2, requires_grad=True)
    module.register_full_backward_hook(lambda m, gi, go: tell("full"))
    module.register_full_backward_pre_hook(lambda m, go: tell("before"))
    module(x)["y"].sum().backward()
    tell(shown(x.grad))


def named_tuple_output(t, tell):
    Pair = collections.namedtuple("Pair", "a b")

    class Names(t.nn.Module):
        def forward(self, x):
            return Pair(x * 2, x * 3)

    module, x = Names(), t.ones(2, requires_grad=True)
    module.register_full_backward_hook(lambda m, gi, go: tell((shown(gi), shown(go))))
    out = module(x)
    tell((type(out).__name__, shown(out.a)))
    out.b.sum().backward()


def returning(what, count=2):
    def program(t, tell):
        module = two(t)
        x, y = t.ones(2, requires_grad=True), t.ones(2, requires_grad=True)
        module.register_full_backward_hook(lambda m, gi, go: what(gi))
        sum(o.sum() for o in module(x, y)).backward()
        tell((shown(x.grad), shown(y.grad)))

    return program


def returning_before(what):
    def program(t, tell):
        module = two(t)
        x, y = t.ones(2, requires_grad=True), t.ones(2, requires_grad=True)
        module.register_full_backward_pre_hook(lambda m, go: what(go))
        module.register_full_backward_hook(lambda m, gi, go: tell(shown(go)))
        sum(o.sum() for o in module(x, y)).backward()
        tell((shown(x.grad), shown(y.grad)))

    return program


def no_input_requires_grad(what):
    def program(t, tell):
        module = t.nn.Linear(2, 1)

        def hook(m, gi, go):
            tell((shown(gi), shown(go)))
            return what(t)

        module.register_full_backward_hook(hook)
        module(t.ones(1, 2)).sum().backward()

    return program


def only_one_requires_grad(t, tell):
    module = two(t)
    x, y = t.ones(2, requires_grad=True), t.ones(2)
    module.register_full_backward_hook(lambda m, gi, go: tell((shown(gi), shown(go))))
    module(x, y)[1].sum().backward()


def numbers_among_the_arguments(t, tell):
    class Scaled(t.nn.Module):
        def forward(self, a, x, b, y=None):
            return a, x * b

    module, x = Scaled(), t.ones(2, requires_grad=True)
    module.register_full_backward_hook(lambda m, gi, go: tell((shown(gi), shown(go))))
    module(2, x, 3)[1].sum().backward()


def in_place_inside(t, tell):
    class Doubles(t.nn.Module):
        def forward(self, x):
            return x.mul_(2)

    module, x = Doubles(), t.ones(2, requires_grad=True)
    module.register_full_backward_hook(lambda m, gi, go: tell("full"))
    module(x * 1)


def in_place_after(t, tell):
    module, x = t.nn.Identity(), t.ones(2, requires_grad=True)
    module.register_full_backward_hook(lambda m, gi, go: tell("full"))
    y = module(x * 3)
    tell(y.requires_grad)
    y.mul_(2)


def without_grad(t, tell):
    module, x = t.nn.Identity(), t.ones(2, requires_grad=True)
    module.register_full_backward_hook(lambda m, gi, go: tell("full"))
    with t.no_grad():
        tell(module(x).requires_grad)


def order(t, tell):
    every, module = t.nn.modules.module, t.nn.ReLU()
    x = t.ones(1, requires_grad=True)
    handles = [
        module.register_forward_pre_hook(lambda m, a: tell("own before")),
        module.register_forward_hook(lambda m, a, r: tell("own after")),
        module.register_full_backward_hook(lambda m, gi, go: tell("own full")),
        module.register_full_backward_hook(lambda m, gi, go: tell("own full, first"), prepend=True),
        module.register_full_backward_pre_hook(lambda m, go: tell("own full before")),
        module.register_full_backward_pre_hook(lambda m, go: tell("own full before, first"), prepend=True),
        every.register_module_forward_pre_hook(lambda m, a: tell("all before")),
        every.register_module_forward_hook(lambda m, a, r: tell("all after")),
        every.register_module_full_backward_hook(lambda m, gi, go: tell("all full")),
        every.register_module_full_backward_pre_hook(lambda m, go: tell("all full before")),
    ]
    try:
        module(x).sum().backward()
    finally:
        for handle in handles:
            handle.remove()
    tell("removed")
    module(x).sum().backward()


def old_hooks(t, tell):
    module, x = t.nn.Sequential(t.nn.ReLU(), t.nn.Sigmoid()), t.zeros(2, requires_grad=True)
    module.register_backward_hook(lambda m, gi, go: tell((shown(gi), shown(go))))
    module(x).sum().backward()


def both_kinds(first, second):
    def program(t, tell):
        module = t.nn.ReLU()
        getattr(module, first)(print)
        tell("one")
        getattr(module, second)(print)

    return program


def registrations(t, tell):
    every = t.nn.modules.module
    with every.register_module_parameter_registration_hook(lambda m, name, p: tell(("parameter", name))):
        t.nn.Linear(1, 1)
    with every.register_module_buffer_registration_hook(lambda m, name, b: tell(("buffer", name))):
        t.nn.BatchNorm1d(1)
    with every.register_module_module_registration_hook(lambda m, name, p: t.nn.ReLU()):
        tell(type(t.nn.Sequential(t.nn.Tanh())[0]).__name__)
    tell(type(t.nn.Sequential(t.nn.Tanh())[0]).__name__)


def always_called(t, tell):
    class Fails(t.nn.Module):
        def forward(self, x):
            raise ValueError("no")

    def worse(m, a, r):
        tell("worse")
        raise KeyError("worse")

    module = Fails()
    module.register_forward_hook(lambda m, a, r: tell(("always", r)), always_call=True)
    module.register_forward_hook(worse, always_call=True)
    module.register_forward_hook(lambda m, a, r: tell("not always"))
    module(1)


def tables(t, tell):
    module = t.nn.ReLU()
    hook = module.register_forward_hook(print, with_kwargs=True, always_call=True)
    before = module.register_forward_pre_hook(print, with_kwargs=True)
    names = ("_forward_hooks", "_forward_hooks_with_kwargs", "_forward_hooks_always_called",
             "_forward_pre_hooks", "_forward_pre_hooks_with_kwargs")  # fmt: skip
    tell([list(getattr(module, n).values()) for n in names])
    hook.remove()
    before.remove()
    tell([list(getattr(module, n).values()) for n in names])


def post_hook_of_the_state(t, tell):
    module = t.nn.ReLU()
    module.register_state_dict_post_hook(lambda m, s, p, meta: {"other": 1})
    module.state_dict()


PROGRAMS = {
    "double backward": double_backward,
    "a dict": dict_output,
    "a named tuple": named_tuple_output,
    "replaced": returning(lambda gi: (gi[0] * 2, gi[1] * 3)),
    "one": returning(lambda gi: (gi[0],)),
    "three": returning(lambda gi: (*gi, gi[0])),
    "a tensor": returning(lambda gi: gi[0]),
    "None for one": returning(lambda gi: (None, gi[1])),
    "replaced before": returning_before(lambda go: (go[0] * 2, go[1] * 3)),
    "one before": returning_before(lambda go: (go[0],)),
    "three before": returning_before(lambda go: (*go, go[0])),
    "no grad in": no_input_requires_grad(lambda t: None),
    "no grad in, Nones": no_input_requires_grad(lambda t: (None,)),
    "no grad in, replaced": no_input_requires_grad(lambda t: (t.ones(1),)),
    "one requires grad": only_one_requires_grad,
    "numbers": numbers_among_the_arguments,
    "in place inside": in_place_inside,
    "in place after": in_place_after,
    "without grad": without_grad,
    "order": order,
    "old": old_hooks,
    "full, then old": both_kinds("register_full_backward_hook", "register_backward_hook"),
    "old, then full": both_kinds("register_backward_hook", "register_full_backward_hook"),
    "registrations": registrations,
    "always": always_called,
    "tables": tables,
    "post hook of the state": post_hook_of_the_state,
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_programs(program):
    ours, theirs = seen_by(program)
    assert ours == theirs


@BOTH
def test_a_handle_keeps_no_hook_alive(t):
    class Hook:
        def __call__(self, *args):
            pass

    layer, hook = t.nn.ReLU(), Hook()
    handle, alive = layer.register_forward_hook(hook), weakref.ref(hook)
    del layer, hook
    gc.collect()
    assert alive() is None
    handle.remove()


def hook_of_a_module(*args):
    pass


@BOTH
def test_a_module_with_hooks_can_be_pickled(t):
    layer = t.nn.Linear(1, 1)
    layer.register_forward_hook(hook_of_a_module)
    layer.register_state_dict_pre_hook(hook_of_a_module)
    again = pickle.loads(pickle.dumps(layer))
    assert list(again._forward_hooks.values()) == list(again._state_dict_pre_hooks.values()) == [hook_of_a_module]


@BOTH
def test_conversion_can_make_new_parameters(t):
    layer = t.nn.Linear(1, 1)
    before = layer.weight
    assert layer.double().weight is before
    t.__future__.set_overwrite_module_params_on_conversion(True)
    try:
        assert layer.float().weight is not before and layer.weight.dtype is t.float32 and before.dtype is t.float64
        assert t.__future__.get_overwrite_module_params_on_conversion()
    finally:
        t.__future__.set_overwrite_module_params_on_conversion(False)
