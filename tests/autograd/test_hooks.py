"""Hooks on tensors: what they may return, what they may write, and the handle."""

import collections
import pickle

import pytest
import torch as reference

import minitorch_bp as mt

LIBRARIES = (mt, reference)
LOSSES = {
    "product": lambda y: (y * 2).sum(),
    "mean": lambda y: y.mean(),
    "mean of rows": lambda y: y.mean(1).sum(),
    "clone": lambda y: (y.clone() * 3).sum(),
    "matmul": lambda y: (y @ y.detach().mT).sum(),
    "softmax": lambda y: (y.softmax(1) ** 2).sum(),
}
WRITES = [lambda g: g.zero_(), lambda g: g.mul_(2), lambda g: g.fill_(3), lambda g: g.__setitem__(0, 5), lambda g: g.clamp_(0, 0.1)]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_a_hook_writes_into_the_gradient(loss, write):
    def gradient(t):
        x = t.arange(6.0).view(2, 3).requires_grad_()
        y = x * 1
        y.register_hook(lambda g: (write(g), None)[1])
        loss(y).backward()
        return x.grad.tolist()

    assert [pytest.approx(row, abs=1e-5) for row in gradient(reference)] == gradient(mt)


@pytest.mark.parametrize("write", WRITES[::2][:2])
def test_a_hook_fills_the_gradient_of_a_sum(write):
    def gradient(t):
        x = t.ones(2, 3, requires_grad=True)
        y = x * 1
        y.register_hook(lambda g: (write(g), None)[1])
        y.sum().backward()
        return x.grad.tolist()

    assert gradient(mt) == gradient(reference)


@pytest.mark.parametrize("t", LIBRARIES)
@pytest.mark.parametrize("leaf", [True, False])
def test_a_hook_can_not_change_the_type_of_a_gradient(t, leaf):
    x = t.ones(2, requires_grad=True)
    y = x * 1
    (x if leaf else y).register_hook(lambda g: g.double())
    with pytest.raises(RuntimeError):
        y.sum().backward()
    assert x.grad is None


@pytest.mark.parametrize("t", LIBRARIES)
def test_one_value_can_be_written_to_an_expanded_tensor(t):
    base = t.ones(3)
    base.expand(2, 3).zero_()
    assert base.tolist() == [0, 0, 0]
    base[:1].expand(4).fill_(2)
    assert base.tolist() == [2, 0, 0]
    with pytest.raises(RuntimeError):
        base.expand(2, 3).add_(1)
    assert base.tolist() == [2, 0, 0]


@pytest.mark.parametrize("t", LIBRARIES)
def test_the_handle_is_a_public_class(t):
    handle = t.ones(1, requires_grad=True).register_hook(print)
    assert type(handle) is t.utils.hooks.RemovableHandle
    assert type(handle).__module__ == t.__name__ + ".utils.hooks"
    assert pickle.loads(pickle.dumps(type(handle))) is type(handle)
    table = collections.OrderedDict()
    own = t.utils.hooks.RemovableHandle(table)
    table[own.id] = print
    own.remove()
    assert not table


@pytest.mark.parametrize("framework", [reference, mt], ids=["torch", "mini"])
def test_a_leaf_that_is_frozen_runs_its_hook_without_a_gradient(framework):
    seen = []
    x = framework.ones(2, requires_grad=True)
    x.register_post_accumulate_grad_hook(lambda leaf: seen.append(leaf.grad is None))
    y = (x * 3).sum()
    x.requires_grad_(False)
    y.backward(retain_graph=True)
    x.requires_grad_()
    y.backward()
    assert seen == [True, False]
