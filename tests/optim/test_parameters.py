"""Optimizers on parameters of every kind, drawn at random: shapes, types, layouts, missing gradients, groups, resumption."""

import copy
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch_bp as mt

KINDS = {
    "SGD": [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}, {"momentum": 0.5, "dampening": 0.3}],
    "Adam": [{}, {"amsgrad": True, "weight_decay": 0.1}, {"weight_decay": 0.1, "decoupled_weight_decay": True}],
    "AdamW": [{}, {"amsgrad": True}],
    "Adadelta": [{"lr": 0.5}, {"rho": 0.5, "weight_decay": 0.1}],
    "Adafactor": [{}, {"weight_decay": 0.1, "d": 2.0, "eps": (1e-4, 1e-2)}],
    "Adagrad": [{}, {"lr_decay": 0.1, "initial_accumulator_value": 0.2, "weight_decay": 0.1}],
    "Adamax": [{}, {"weight_decay": 0.1, "betas": (0.5, 0.7)}],
    "ASGD": [{}, {"lambd": 0.1, "t0": 2.0, "weight_decay": 0.1}],
    "NAdam": [{}, {"weight_decay": 0.1, "decoupled_weight_decay": True, "momentum_decay": 0.1}],
    "RAdam": [{}, {"betas": (0.8, 0.9), "weight_decay": 0.1}, {"weight_decay": 0.1, "decoupled_weight_decay": True}],
    "RMSprop": [{}, {"centered": True, "momentum": 0.5, "weight_decay": 0.1}],
    "Rprop": [{}, {"etas": (0.3, 1.5), "step_sizes": (0.01, 0.5)}],
}
#: What ten roundings to a type leave of its precision; an average of squares below a type's range is lost in both.
TOLERANCE = {"float16": 2e-2, "bfloat16": 0.15, "float32": 2e-5, "float64": 1e-10, "complex64": 2e-5, "complex128": 1e-10}


def laid_out(t, values, layout):
    """A tensor of these values: contiguous, transposed in memory, or every second one of a larger memory."""
    if layout == "transposed" and values.ndim > 1:
        return t.from_numpy(values.T.copy()).permute(*reversed(range(values.ndim))).detach()
    if layout == "sliced" and values.ndim:
        return t.from_numpy(np.repeat(values, 2, -1))[..., ::2].detach()
    return t.from_numpy(values.copy())


def result(x):
    return (
        x.detach().to(mt.float32 if isinstance(x, mt.Tensor) else torch.float32).numpy()
        if "float16" in str(x.dtype)
        else x.detach().numpy()
    )


@st.composite
def cases(draw):
    name = draw(st.sampled_from(list(KINDS)))
    dtypes = list(TOLERANCE)[: 4 if name == "Adafactor" else 6]
    shapes = [(), (1,), (3,), (2, 3), (2, 1, 2), (0,), (2, 0)][: 5 if name == "Adafactor" else 7]
    params = draw(
        st.lists(
            st.tuples(st.sampled_from(shapes), st.sampled_from(dtypes), st.sampled_from(["plain", "transposed", "sliced"])),
            min_size=1,
            max_size=4,
        )
    )
    several = draw(st.booleans())
    options = [draw(st.sampled_from(KINDS[name])) for _ in range(1 + several)]
    extra = {"maximize": draw(st.booleans())}
    return name, params, options, extra, draw(st.integers(0, 2**20)), draw(st.booleans())


def run(t, name, params, options, extra, seed, interrupted):
    rng = np.random.default_rng(seed)
    tensors = []
    for shape, dtype, layout in params:
        values = np.asarray(rng.standard_normal(shape) + (1j * rng.standard_normal(shape) if "complex" in dtype else 0))
        tensors.append(laid_out(t, values, layout).to(getattr(t, dtype)).detach().requires_grad_())

    def make():
        groups = [{"params": tensors[k :: len(options)], **o} for k, o in enumerate(options) if tensors[k :: len(options)]]
        return getattr(t.optim, name)(groups, lr=0.05, **extra)

    optimizer = make()
    for step in range(6):
        for k, p in enumerate(tensors):
            g = np.asarray(
                rng.standard_normal(tuple(p.shape)) + (1j * rng.standard_normal(tuple(p.shape)) if p.is_complex() else 0)
            )
            p.grad = None if (step + k) % 4 == 3 else t.from_numpy(g).to(p.dtype)
        optimizer.step()
        if interrupted and step == 2:
            saved = optimizer.state_dict()
            optimizer = make()
            optimizer.load_state_dict(saved)
    return tensors, optimizer


@settings(max_examples=400, deadline=None)
@given(cases())
def test_as_torch_does(case):
    (ours, a), (theirs, b) = run(mt, *case), run(torch, *case)
    for (_, dtype, _), x, y in zip(case[1], ours, theirs):
        assert str(x.dtype) == str(y.dtype) and tuple(x.shape) == tuple(y.shape)
        np.testing.assert_allclose(result(x), result(y), rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])
    mine, other = a.state_dict(), b.state_dict()
    assert mine["param_groups"] == other["param_groups"] and sorted(mine["state"]) == sorted(other["state"])
    for k, values in other["state"].items():
        assert {n: (str(v.dtype), tuple(v.shape)) for n, v in mine["state"][k].items()} == {
            n: (str(v.dtype), tuple(v.shape)) for n, v in values.items()
        }


@pytest.mark.parametrize("name", KINDS)
def test_copies_and_pickles_go_on(name):
    w = mt.tensor([1.0, -2.0], requires_grad=True)
    optimizer = getattr(mt.optim, name)([w])
    w.grad = mt.tensor([0.5, 1.0])
    optimizer.step()
    for again in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
        (p,) = again.param_groups[0]["params"]
        p.grad = mt.tensor([1.0, -1.0])
        again.step()
    w.grad = mt.tensor([1.0, -1.0])
    optimizer.step()
    assert p.tolist() == w.tolist() and repr(again) == repr(optimizer)


@pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])
@pytest.mark.parametrize("name", KINDS)
def test_an_expanded_parameter_is_refused(t, name):
    w = t.zeros(1).expand(3).detach().requires_grad_()
    w.grad = t.ones(3)
    with pytest.raises(RuntimeError):
        getattr(t.optim, name)([w], lr=0.1).step()


@pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])
@pytest.mark.parametrize("name", [n for n in KINDS if n != "Adafactor"])
def test_the_state_of_another_model_is_refused(t, name):
    options = {"momentum": 0.9} if name == "SGD" else {}
    w, v = t.ones(3, requires_grad=True), t.ones(5, requires_grad=True)
    w.grad, v.grad = t.ones(3), t.ones(5)
    first, second = getattr(t.optim, name)([w], **options), getattr(t.optim, name)([v], **options)
    first.step()
    second.load_state_dict(first.state_dict())
    with pytest.raises(RuntimeError):
        second.step()
    if t is mt:
        assert v.tolist() == [1.0] * 5


DIFFERENTIABLE = [(n, o) for n in KINDS if n != "Adafactor" for o in KINDS[n]]


# PyTorch cuts the graph where the momentum of SGD begins; the next test has it.
@pytest.mark.parametrize("name, options", [(n, o) for n, o in DIFFERENTIABLE if n != "SGD" or not o])
def test_the_step_is_differentiated(name, options):
    """The derivative of what a step led to, in where it began, in the gradient and in the learning rate."""
    out = []
    for t in (mt, torch):
        start = t.tensor([1.0, -2.0, 0.5], dtype=t.float64, requires_grad=True)
        g = t.tensor([0.3, 0.7, -1.1], dtype=t.float64, requires_grad=True)
        lr = t.tensor(0.1, dtype=t.float64, requires_grad=True) if name in ("Adam", "AdamW", "NAdam") else 0.1
        p = start.clone()
        optimizer = getattr(t.optim, name)([p], **{**options, "lr": lr}, differentiable=True)
        p.grad = g
        optimizer.step()
        (p**2).sum().backward()
        out.append([x.grad.numpy() for x in (start, g, *([lr] if isinstance(lr, t.Tensor) else []))])
    for a, b in zip(*out):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name, options", DIFFERENTIABLE)
def test_several_steps_are_differentiated(name, options):
    def last(start, g1, g2):
        p = start.clone()
        optimizer = getattr(mt.optim, name)([p], **{"lr": 0.1, **options}, differentiable=True)
        for g in (g1, g2, g1 * g2):
            p.grad = g
            optimizer.step()
        return p.clone()

    start, g1, g2 = (mt.tensor(v, dtype=mt.float64, requires_grad=True) for v in ([1.0, -2.0], [0.3, 0.7], [-0.6, 1.1]))
    assert mt.autograd.gradcheck(last, (start, g1, g2), atol=1e-4)


@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("Adam", {"lr": 0.01}), ("AdamW", {"lr": 0.01}), ("Adam", {"lr": 0.01, "amsgrad": True}), ("NAdam", {"lr": 0.01}), ("Adamax", {}),
        ("Adagrad", {}), ("RMSprop", {}), ("Rprop", {}), ("SGD", {"lr": 0.1}), ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.1}),
        ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ],
)  # fmt: skip
def test_half_precision_is_rounded_where_pytorch_rounds(name, options, kind):
    """Bit for bit over 20 steps, but for one unit of an average in float16 (PyTorch adds and multiplies at once); in blocks of 32."""
    ends = []
    for t in (mt, torch):
        rng = np.random.default_rng(0)
        draw = lambda t=t, rng=rng: t.tensor(rng.standard_normal(512).astype(np.float32)).to(getattr(t, kind))
        w = draw().requires_grad_()
        optimizer = getattr(t.optim, name)([w], **options)
        for _ in range(20):
            w.grad = draw()
            optimizer.step()
        state = {k: v.double().tolist() for k, v in optimizer.state[w].items() if isinstance(v, t.Tensor)}
        ends.append({"w": w.detach().double().tolist(), **state})
    for key, there in ends[1].items():
        assert np.sum(~np.isclose(ends[0][key], there, rtol=0, atol=0, equal_nan=True)) <= 1, key
