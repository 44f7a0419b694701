"""What a function may do while ``torch.func`` transforms it: the same kinds of errors, and the same numbers, as PyTorch."""

import warnings

import pytest
import torch as reference

import minitorch_bp as mt


def _outcome(t, transform, inside):
    def function(x):
        inside(t, x)
        return (x * 2).sum()

    run = {
        "grad": lambda x: t.func.grad(function)(x), "vjp": lambda x: t.func.vjp(function, x)[0], "jvp": lambda x: t.func.jvp(function, (x,), (x,)),
        "jacrev": lambda x: t.func.jacrev(function)(x), "jacfwd": lambda x: t.func.jacfwd(function)(x),
        "hessian": lambda x: t.func.hessian(function)(x), "vmap": lambda x: t.vmap(function)(x),
    }[transform]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = run(t.ones(2, 2))
        except Exception as error:
            return type(error).__name__
    return [x.tolist() for x in (found if isinstance(found, tuple) else (found,))]


def _saving(t, x):
    with t.autograd.graph.save_on_cpu():
        x.sin()


def _function(separate, **members):
    def apply(t, x):
        if separate:
            body = {"forward": staticmethod(lambda x: x * 2), "setup_context": staticmethod(lambda ctx, inputs, output: None)}
        else:
            body = {"forward": staticmethod(lambda ctx, x: x * 2)}
        body |= {"backward": staticmethod(lambda ctx, g: g * 2), "jvp": staticmethod(lambda ctx, g: g * 2), **members}
        type("Twice", (t.autograd.Function,), body).apply(x)

    return apply


INSIDE = {
    "requires_grad_": lambda t, x: x.requires_grad_(),
    "requires_grad_ of another": lambda t, x: t.ones(1).requires_grad_(),
    "requires_grad_(False)": lambda t, x: x.requires_grad_(False),
    "requires_grad=True": lambda t, x: t.ones(1, requires_grad=True),
    "Parameter": lambda t, x: t.nn.Parameter(t.ones(1)),
    "the setter": lambda t, x: setattr(t.ones(1), "requires_grad", True),
    "retain_grad": lambda t, x: x.sin().retain_grad(),
    "backward": lambda t, x: x.sum().backward(),
    "saved tensor hooks": _saving,
    "a Function that saves in forward": _function(False),
    "a Function that saves apart": _function(True, generate_vmap_rule=True),
    "a Function without a rule for batches": _function(True),
    "nothing": lambda t, x: None,
}


@pytest.mark.parametrize("transform", ["grad", "vjp", "jvp", "jacrev", "jacfwd", "hessian", "vmap"])
@pytest.mark.parametrize("inside", INSIDE.values(), ids=INSIDE)
def test_refusals(transform, inside):
    if transform in ("jacrev", "jacfwd", "hessian") and inside is INSIDE["a Function without a rule for batches"]:
        inside = INSIDE["nothing"]  # (its Jacobians are batches; here they are loops)
    assert _outcome(mt, transform, inside) == _outcome(reference, transform, inside)


@pytest.mark.parametrize("transform", ["grad", "vjp"])
def test_hooks_around(transform):
    def outcome(t):
        with t.autograd.graph.save_on_cpu():
            return _outcome(t, transform, lambda t, x: None)

    assert outcome(mt) == outcome(reference) == "RuntimeError"


@pytest.mark.parametrize(
    "primals, tangents",
    [((1.0,), ("x",)), (("x",), (1.0,)), (((),), ((),)), ((("x", 1), "x"), (("x", 1), "x")), (("x",), "x"), ("x", ("x",))],
    ids=str,
)
def test_primals_that_are_no_tensors(primals, tangents):
    def outcome(t):
        def filled(tree):
            return t.ones(()) if tree == "x" else tuple(map(filled, tree)) if isinstance(tree, tuple) else tree

        with pytest.raises(Exception) as caught:
            t.func.jvp(lambda *x: x[0], filled(primals), filled(tangents))
        return caught.type.__name__

    assert outcome(mt) == outcome(reference)


def test_a_write_to_an_argument_in_jvp():
    def told(t):
        x, direction, y, along = t.ones(3), t.tensor([1.0, 2.0, 3.0]), t.tensor([4.0, 5.0, 6.0]), t.tensor([7.0, 8.0, 9.0])

        def function(x, y):
            part = x[1:]
            x.mul_(y)
            return x, part

        value, derivative = t.func.jvp(function, (x, y), (direction, along))
        return [v.tolist() for v in (*value, *derivative, x)]

    assert told(mt) == told(reference)


@pytest.mark.parametrize("t", [mt, reference], ids=["mini", "torch"])
def test_a_graph_from_outside_is_walked_once_for_the_whole_batch(t):
    """One call of grad in the mapped function is one walk: no retain_graph is needed, and the next call finds the graph freed."""
    x = t.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x**2
    jacobian = t.func.vmap(lambda v: t.autograd.grad(y, x, v)[0])(t.eye(3))
    assert jacobian.tolist() == [[2, 0, 0], [0, 4, 0], [0, 0, 6]]
    with pytest.raises(RuntimeError):
        t.autograd.grad(y, x, t.ones(3))
    y = x**3
    nested = t.func.vmap(t.func.vmap(lambda v: t.autograd.grad(y, x, v)[0]))(t.eye(3).expand(2, 3, 3))
    assert nested.tolist() == [[[3, 0, 0], [0, 12, 0], [0, 0, 27]]] * 2
