"""torch.func: every transformation, nested and mixed with backward(), equal to PyTorch's."""

import numpy as np
import pytest
import torch
import torch.func

import minitorch_bp as mt

X = np.array([[0.3, -0.5, 0.8], [1.1, 0.2, -0.7]])
Y = np.array([0.4, -1.2, 0.6])

PROGRAMS = {
    "grad": lambda t, x, y: t.func.grad(lambda a: (a.sin() * a).sum())(x),
    "grad, second argument": lambda t, x, y: t.func.grad(lambda a, b: (a * b.exp()).sum(), argnums=1)(x, y),
    "grad, both": lambda t, x, y: t.func.grad(lambda a, b: (a * b.exp()).sum(), argnums=(0, 1))(x, y),
    "grad, dictionary": lambda t, x, y: t.func.grad(lambda p: (p["w"] @ p["b"]).sum() ** 2)({"w": x, "b": y}),
    "grad with aux": lambda t, x, y: t.func.grad(lambda a: ((a * a).sum(), a + 1), has_aux=True)(x),
    "grad_and_value": lambda t, x, y: t.func.grad_and_value(lambda a: (a * a).sum())(x),
    "grad_and_value with aux": lambda t, x, y: t.func.grad_and_value(lambda a: ((a * a).sum(), (a, 2 * a)), has_aux=True)(x),
    "grad of grad": lambda t, x, y: t.func.grad(lambda a: t.func.grad(lambda b: (b**4).sum())(a).sum())(y),
    "closure": lambda t, x, y: t.func.grad(lambda a: t.func.grad(lambda b: (a * b * b).sum())(y).sum())(y),
    "vjp": lambda t, x, y: t.func.vjp(lambda a: a @ y, x)[1](t.ones(2, dtype=t.float64)),
    "vjp, two": lambda t, x, y: t.func.vjp(lambda a, b: (a @ b, a * 2), x, y)[1]((t.ones(2, dtype=t.float64), x)),
    "vjp's value": lambda t, x, y: t.func.vjp(lambda a: a @ y, x)[0],
    "jvp": lambda t, x, y: t.func.jvp(lambda a: (a @ y).sin(), (x,), (x * 2,)),
    "jvp, two": lambda t, x, y: t.func.jvp(lambda a, b: (a @ b).sin(), (x, y), (x * 2, y)),
    "jvp of jvp": lambda t, x, y: t.func.jvp(lambda a: t.func.jvp(lambda b: b**3, (a,), (y,))[1], (y,), (y * 2,)),
    "jvp of grad": lambda t, x, y: t.func.jvp(t.func.grad(lambda a: (a**4).sum()), (y,), (y * 2,)),
    "jacrev": lambda t, x, y: t.func.jacrev(lambda a: (a @ y).sin())(x),
    "jacrev, both": lambda t, x, y: t.func.jacrev(lambda a, b: (a @ b).sin(), argnums=(0, 1))(x, y),
    "jacrev, several outputs": lambda t, x, y: t.func.jacrev(lambda a: {"p": a.exp().sum(0), "q": (a * a,)})(x),
    "jacrev with aux": lambda t, x, y: t.func.jacrev(lambda a: (a.sum(0), a), has_aux=True)(x),
    "jacfwd": lambda t, x, y: t.func.jacfwd(lambda a: (a @ y).sin())(x),
    "jacfwd, both": lambda t, x, y: t.func.jacfwd(lambda a, b: (a @ b).sin(), argnums=(0, 1))(x, y),
    "jacfwd, several outputs": lambda t, x, y: t.func.jacfwd(lambda a: (a.sum(0), a.prod()))(x),
    "jacrev of jacfwd": lambda t, x, y: t.func.jacrev(t.func.jacfwd(lambda a: a**3))(y),
    "hessian": lambda t, x, y: t.func.hessian(lambda a: (a**3).sum() * a[0])(y),
    "hessian, both": lambda t, x, y: t.func.hessian(lambda a, b: ((a @ b) ** 2).sum(), argnums=(0, 1))(x, y),
    "linearize": lambda t, x, y: t.func.linearize(lambda a: (a * a).sum(0), x)[1](x * 3),
    "vmap of grad": lambda t, x, y: t.func.vmap(t.func.grad(lambda a: (a * a).sum()))(x),
    "vmap, dictionary": lambda t, x, y: t.func.vmap(lambda p, b: {"s": p["a"] * b}, in_dims=({"a": 0}, None))({"a": x}, y),
    "vmap, nested output": lambda t, x, y: t.func.vmap(lambda a: (a, (a.sum(), a * 2)), out_dims=(1, 0))(x),
    "vmap, columns": lambda t, x, y: t.func.vmap(lambda a: a.sum(), in_dims=1)(x),
    "functionalize": lambda t, x, y: t.func.functionalize(lambda a: (a * 1).add_(1))(x),
    "under no_grad": lambda t, x, y: no_grad(t, lambda: t.func.grad(lambda a: (a * a).sum())(x)),
    "kink": lambda t, x, y: t.func.grad(lambda a: (a.relu() + a.abs()).sum())(y * 0),
    "no path": lambda t, x, y: t.func.grad(lambda a: (a * 0 + 3).sum())(x),
}


def no_grad(t, f):
    with t.no_grad():
        return f()


def arrays(tree):
    if isinstance(tree, dict):
        return {k: arrays(v) for k, v in tree.items()}
    if isinstance(tree, (tuple, list)):
        return [arrays(v) for v in tree]
    return tree.detach().numpy(), tree.requires_grad


def check(a, b):
    if isinstance(b, dict):
        assert a.keys() == b.keys()
        for k in b:
            check(a[k], b[k])
    elif isinstance(b, list):
        assert len(a) == len(b)
        for p, q in zip(a, b, strict=True):
            check(p, q)
    else:
        assert a[1] == b[1]
        np.testing.assert_allclose(a[0], b[0], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("requires_grad", [False, True])
@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(name, requires_grad):
    results = []
    for t in (mt, torch):
        x, y = (t.from_numpy(v.copy()).requires_grad_(requires_grad) for v in (X, Y))
        results.append(arrays(PROGRAMS[name](t, x, y)))
    check(*results)


def test_mixed_with_backward():
    grads = []
    for t in (mt, torch):
        x, w = t.tensor([1.0, 2.0], requires_grad=True), t.tensor(3.0, requires_grad=True)
        g = t.func.grad(lambda a: (w * a**3).sum())(x)
        g.sum().backward()
        grads.append((x.grad.tolist(), w.grad.tolist()))
    assert grads[0] == grads[1] == ([18.0, 36.0], 15.0)


@pytest.mark.parametrize(
    "f",
    [
        lambda t: t.func.grad(lambda a: a)(t.ones(2)),
        lambda t: t.func.grad(lambda a: 3)(t.ones(2)),
        lambda t: t.func.grad(lambda a: a.sum(), has_aux=True)(t.ones(2)),
        lambda t: t.func.grad(lambda a: a.sum())(t.ones(2, dtype=t.int64)),
        lambda t: t.func.grad(lambda a: a.sum(), argnums=2)(t.ones(2)),
        lambda t: t.func.vjp(lambda a: a, t.ones(2))[1](t.ones(3)),
        lambda t: t.func.jvp(lambda a: a, t.ones(2), t.ones(2)),
        lambda t: t.func.jvp(lambda a: a, (t.ones(2),), (t.ones(3),)),
        lambda t: t.func.vmap(lambda a: a, in_dims=(0, 0))(t.ones(2)),
        lambda t: t.func.vmap(lambda a: a)(3.0),
        lambda t: t.func.vmap(lambda a: t.rand(2))(t.ones(2)),
    ],
)
def test_mistakes(f):
    with pytest.raises(Exception) as theirs:
        f(torch)
    with pytest.raises(type(theirs.value)):
        f(mt)


# ---------------------------------------------------------------------- modules
def test_functional_call():
    outs = []
    for t in (mt, torch):
        t.manual_seed(0)
        model = t.nn.Sequential(t.nn.Linear(3, 4), t.nn.BatchNorm1d(4))
        new = {k: v * 2 for k, v in model.named_parameters()}
        before = {k: v.clone() for k, v in model.state_dict().items()}
        x = t.from_numpy(X.astype(np.float32))
        out = t.func.functional_call(model, new, (x,))
        first, own = model[0], dict(model[0].named_parameters())
        grads = t.func.grad(lambda p: t.func.functional_call(first, p, (x,)).pow(2).sum())(own)
        assert all(t.equal(before[k], v) for k, v in model.named_parameters())
        outs.append([out.detach().numpy(), *(g.detach().numpy() for g in grads.values()), model[1].running_mean.numpy()])
    for a, b in zip(*outs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_functional_call_with_tied_weights_and_mistakes():
    for t in (mt, torch):
        model = t.nn.ModuleDict({"a": t.nn.Linear(2, 2, bias=False), "b": t.nn.Linear(2, 2, bias=False)})
        model["b"].weight = model["a"].weight
        model.forward = lambda x, m=model: m["b"](m["a"](x))
        x = t.ones(1, 2)
        assert t.func.functional_call(model, {"a.weight": t.eye(2) * 3}, x).tolist() == [[9, 9]]
        with pytest.raises(ValueError):
            t.func.functional_call(model, {"a.weight": t.eye(2), "b.weight": t.ones(2, 2)}, x)
        with pytest.raises(RuntimeError):
            t.func.functional_call(model, {"c": t.ones(1)}, x, strict=True)
        with pytest.raises(ValueError):
            t.func.functional_call(model, ({"a.weight": t.eye(2)}, {"a.weight": t.eye(2)}), x)


def test_an_ensemble_and_gradients_per_sample():
    outs = []
    for t in (mt, torch):
        t.manual_seed(0)
        models = [t.nn.Linear(3, 2) for _ in range(3)]
        parameters, buffers = t.func.stack_module_state(models)
        x = t.from_numpy(X.astype(np.float32))
        call = lambda p, x, m=models[0], t=t: t.func.functional_call(m, p, (x,))
        together = t.func.vmap(call, in_dims=(0, None))(parameters, x)
        loss = lambda p, row, t=t, call=call: call(p, row).pow(2).sum()
        own = {k: v.detach() for k, v in models[0].named_parameters()}
        each = t.func.vmap(t.func.grad(loss), in_dims=(None, 0))(own, x)
        assert buffers == {} and parameters["weight"].requires_grad
        outs.append([together.detach().numpy(), *(each[k].numpy() for k in sorted(each))])
    for a, b in zip(*outs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_mistakes_of_stacking():
    for t in (mt, torch):
        for models in ([], [t.nn.Linear(1, 1), t.nn.ReLU()], [t.nn.Linear(1, 1), t.nn.Linear(1, 1).eval()]):
            with pytest.raises(RuntimeError):
                t.func.stack_module_state(models)


def test_batch_norm_without_averages():
    for t in (mt, torch):
        model = t.func.replace_all_batch_norm_modules_(t.nn.Sequential(t.nn.BatchNorm1d(2)))
        assert list(model.state_dict()) == ["0.weight", "0.bias"] and model[0].running_mean is None
