"""Optimizers: trajectories, states and mistakes against PyTorch."""

import copy
import itertools

import numpy as np
import pytest
import torch

import minitorch_bp as mt

SGD = [
    dict(zip(("momentum", "weight_decay", "nesterov", "maximize", "dampening"), v))
    for v in itertools.product((0, 0.9), (0, 0.1), (False, True), (False, True), (0, 0.5))
]
SGD = [o for o in SGD if not (o["nesterov"] and (o["momentum"] == 0 or o["dampening"]))]
ADAM = [
    dict(zip(("betas", "weight_decay", "amsgrad", "maximize", "eps"), v))
    for v in itertools.product(((0.9, 0.999), (0.5, 0.7)), (0, 0.1), (False, True), (False, True), (1e-8, 1e-3))
]


@pytest.mark.parametrize("name, options", [("SGD", o) for o in SGD] + [("Adam", o) for o in ADAM] + [("AdamW", o) for o in ADAM])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_trajectories(name, options, dtype):
    results = []
    for t in (mt, torch):
        rng = np.random.default_rng(0)
        w = t.from_numpy(rng.standard_normal((3, 2)).astype(dtype)).requires_grad_()
        b = t.from_numpy(rng.standard_normal(2).astype(dtype)).requires_grad_()
        optimizer = getattr(t.optim, name)([{"params": [w]}, {"params": [b], "lr": 0.03}], lr=0.01, **options)
        for step in range(8):
            optimizer.zero_grad()
            ((t.from_numpy(rng.standard_normal((4, 3)).astype(dtype)) @ w + (b if step % 2 else 0)) ** 2).mean().backward()
            optimizer.step()
        state = optimizer.state_dict()
        results.append(
            (
                w.detach().numpy(),
                b.detach().numpy(),
                {k: {n: v.numpy() if v is not None else None for n, v in s.items()} for k, s in state["state"].items()},
                [set(g) for g in state["param_groups"]],
            )
        )
    (w1, b1, s1, g1), (w2, b2, s2, g2) = results
    tolerance = {"rtol": 2e-5, "atol": 1e-6} if dtype == "float32" else {"rtol": 1e-11, "atol": 1e-12}
    np.testing.assert_allclose(w1, w2, **tolerance)
    np.testing.assert_allclose(b1, b2, **tolerance)
    assert g1 == g2 and s1.keys() == s2.keys()
    for k in s1:
        assert s1[k].keys() == s2[k].keys()
        for n, v in s1[k].items():
            assert (v is None) == (s2[k][n] is None)
            if v is not None:
                assert v.dtype == s2[k][n].dtype
                np.testing.assert_allclose(v, s2[k][n], **tolerance)


@pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])
def test_saving_resumes_exactly(t):
    def fresh():
        w = t.ones(3, requires_grad=True)
        return w, t.optim.Adam([w], lr=0.1)

    def advance(w, optimizer, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            (w**2).sum().backward()
            optimizer.step()

    w, optimizer = fresh()
    advance(w, optimizer, 3)
    w2, other = fresh()
    with t.no_grad():
        w2.copy_(w)
    other.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    advance(w, optimizer, 2)
    advance(w2, other, 2)
    assert w.tolist() == w2.tolist()


@pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])
def test_closures_groups_and_mistakes(t):
    w = t.ones(1, requires_grad=True)
    optimizer = t.optim.SGD([w], lr=0.5)

    def closure():
        optimizer.zero_grad()
        loss = (w**2).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 1 and w.item() == 0
    optimizer.add_param_group({"params": [t.ones(1, requires_grad=True)], "lr": 2.0})
    assert [g["lr"] for g in optimizer.param_groups] == [0.5, 2.0]
    for f, kind in (
        (lambda: t.optim.SGD([], lr=1), ValueError),
        (lambda: t.optim.SGD([w], lr=-1), ValueError),
        (lambda: t.optim.SGD([w], lr=1, nesterov=True), ValueError),
        (lambda: t.optim.Adam([w], betas=(1.0, 0.9)), ValueError),
        (lambda: t.optim.SGD(w, lr=1), TypeError),
        (lambda: t.optim.SGD([1], lr=1), TypeError),
        (lambda: t.optim.SGD([w * 2], lr=1), ValueError),
        (lambda: optimizer.add_param_group({"params": [w]}), ValueError),
        (lambda: optimizer.load_state_dict({"state": {}, "param_groups": []}), ValueError),
    ):
        with pytest.raises(kind):
            f()


@pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])
def test_a_step_is_noticed_by_saved_values(t):
    w = t.ones(2, requires_grad=True)
    loss = (w * w).sum()
    loss.backward(retain_graph=True)
    t.optim.SGD([w], lr=0.1).step()
    with pytest.raises(RuntimeError):
        loss.backward()
