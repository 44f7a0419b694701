"""Scales, gradients and refusals are PyTorch's, over a run with an overflow in it."""

import copy
import pickle

import pytest
import torch

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])


def run(t, enabled=True):
    p = t.tensor([1.0, 2.0], requires_grad=True)
    optimizer = t.optim.SGD([p], lr=0.1)
    scaler = t.amp.GradScaler("cpu", init_scale=1000.0, growth_factor=3.0, backoff_factor=0.25, growth_interval=2, enabled=enabled)
    history = []
    for k in range(7):
        optimizer.zero_grad()
        scaler.scale((p * p).sum() * (float("inf") if k == 3 else 1)).backward()
        history.append(p.grad.tolist())
        if k % 2:
            scaler.unscale_(optimizer)
            history.append(p.grad.tolist())
        assert scaler.step(optimizer) is None
        scaler.update()
        history.append((p.tolist(), scaler.get_scale(), scaler.state_dict(), scaler._get_growth_tracker()))
    return history


def test_a_run():
    assert run(minitorch_bp) == run(torch)


def test_a_run_that_is_off():
    # a step on an infinite gradient gives NaN in both
    assert str(run(minitorch_bp, False)) == str(run(torch, False))


@BOTH
def test_state(t):
    scaler = t.amp.GradScaler("cpu")
    assert scaler.state_dict() == {
        "scale": 65536.0, "growth_factor": 2.0, "backoff_factor": 0.5, "growth_interval": 2000, "_growth_tracker": 0,
    }  # fmt: skip
    assert scaler.is_enabled() and t.amp.GradScaler("cpu", enabled=False).state_dict() == {}
    other = t.amp.GradScaler("cpu", init_scale=4.0)
    other.load_state_dict({**scaler.state_dict(), "scale": 8.0, "_growth_tracker": 3})
    assert other.get_scale() == 8.0 and other._get_growth_tracker() == 3
    assert other.scale(t.ones(1)).tolist() == [8.0]
    other.load_state_dict({**scaler.state_dict(), "scale": 16.0})
    assert other.scale(t.ones(1)).tolist() == [16.0]
    other.set_growth_factor(5.0)
    other.set_backoff_factor(0.1)
    other.set_growth_interval(7)
    assert (other.get_growth_factor(), other.get_backoff_factor(), other.get_growth_interval()) == (5.0, 0.1, 7)
    again = pickle.loads(pickle.dumps(scaler)), copy.deepcopy(scaler)
    assert all(s.state_dict() == scaler.state_dict() for s in again)
    other.update(3.0)
    assert other.get_scale() == 3.0
    other.update(t.tensor(5.0))
    assert other.get_scale() == 5.0
    with pytest.raises(RuntimeError):
        scaler.load_state_dict({})


@BOTH
def test_what_is_scaled(t):
    scaler = t.amp.GradScaler("cpu", init_scale=2.0)
    a, (b,) = scaler.scale([t.ones(1), (t.ones(1),)])
    assert a.tolist() == b.tolist() == [2.0] and isinstance(scaler.scale((t.ones(1),)), tuple)
    with pytest.raises(ValueError):
        scaler.scale(3)
    off = t.amp.GradScaler("cpu", enabled=False)
    assert off.scale(3) == 3 and off.get_scale() == 1.0
    off.update()


@BOTH
def test_what_is_refused(t):
    p = t.ones(1, requires_grad=True)
    optimizer = t.optim.SGD([p], lr=0.1)
    for options in ({"growth_factor": 0.5}, {"backoff_factor": 1.5}):
        with pytest.raises(AssertionError):
            t.amp.GradScaler("cpu", **options)
    scaler = t.amp.GradScaler("cpu")
    for early in (scaler.update, lambda: scaler.step(optimizer), lambda: scaler.unscale_(optimizer)):
        with pytest.raises(AssertionError):
            early()
    scaler.scale(p.sum()).backward()
    with pytest.raises(AssertionError):
        scaler.update()
    with pytest.raises(RuntimeError):
        scaler.step(optimizer, closure=lambda: 1)
    scaler.unscale_(optimizer)
    with pytest.raises(RuntimeError):
        scaler.unscale_(optimizer)
    scaler.step(optimizer)
    with pytest.raises(RuntimeError):
        scaler.step(optimizer)
    with pytest.raises(RuntimeError):
        scaler.unscale_(optimizer)
    half = t.ones(1, dtype=t.float16, requires_grad=True)
    optimizer = t.optim.SGD([half], lr=0.1)
    scaler.scale(half.sum()).backward()
    with pytest.raises(ValueError):
        scaler.unscale_(optimizer)


@BOTH
def test_it_is_off_without_cuda(t):
    with pytest.warns(UserWarning):
        assert not t.amp.GradScaler().is_enabled()
    with pytest.warns(FutureWarning):
        assert t.cpu.amp.GradScaler().is_enabled()
    with pytest.warns(FutureWarning):
        assert not t.cuda.amp.GradScaler(enabled=False).is_enabled()


@BOTH
def test_a_step_without_gradients(t):
    w = t.ones(2, requires_grad=True)
    optimizer, scaler = t.optim.SGD([w], lr=0.1), t.amp.GradScaler("cpu")
    scaler.scale(w.sum())
    with pytest.raises(AssertionError):
        scaler.step(optimizer)  # nothing to look at
    with pytest.raises(RuntimeError):
        scaler.unscale_(optimizer)  # which has begun
    with pytest.raises(AssertionError):
        scaler.update()
    assert w.tolist() == [1, 1]


@BOTH
def test_a_new_scale(t):
    scaler = t.amp.GradScaler("cpu")
    scaler.scale(t.ones(1))
    scaler.update(t.tensor(3.0))
    assert scaler.get_scale() == 3
    for wrong in (t.tensor([4.0, 2.0]), t.tensor(4.0, requires_grad=True)):
        with pytest.raises(AssertionError):
            scaler.update(wrong)
    for wrong in (3, "a"):
        with pytest.raises(AttributeError):
            scaler.update(wrong)
    assert scaler.get_scale() == 3


@BOTH
def test_pickling_is_for_between_iterations(t):
    w = t.ones(2, requires_grad=True)
    optimizer, scaler = t.optim.SGD([w], lr=0.1), t.amp.GradScaler("cpu", init_scale=8.0)
    scaler.scale(w.sum()).backward()
    scaler.unscale_(optimizer)
    with pytest.raises(AssertionError):
        pickle.dumps(scaler)
    scaler.step(optimizer)
    scaler.update()
    assert pickle.loads(pickle.dumps(scaler)).state_dict() == scaler.state_dict()
