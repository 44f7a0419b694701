"""Module: registration, walking, state, hooks; against PyTorch."""

import copy
import itertools
from collections import OrderedDict

import pytest
import torch

import minitorch_bp as mt

BOTH = pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])


def build(t):
    class Net(t.nn.Module):
        def __init__(self):
            super().__init__()
            self.first = t.nn.Linear(2, 3)
            self.rest = t.nn.ModuleDict({"a": t.nn.Sequential(t.nn.ReLU(), t.nn.Linear(3, 1)), "b": t.nn.ModuleList([t.nn.Tanh()])})
            self.tied = self.first
            self.register_buffer("kept", t.ones(2))
            self.register_buffer("not_kept", t.ones(2), persistent=False)
            self.scale = t.nn.Parameter(t.ones(1))
            self.plain = [t.nn.Linear(1, 1)]

        def forward(self, x):
            return self.rest["a"](self.first(x)) * self.scale

    return Net()


def test_walks_and_state_equal_pytorchs():
    a, b = build(mt), build(torch)
    for walk in ("named_parameters", "named_modules", "named_children", "named_buffers"):
        assert [n for n, _ in getattr(a, walk)()] == [n for n, _ in getattr(b, walk)()]
    assert list(a.state_dict()) == list(b.state_dict()) and repr(a) == repr(b)
    assert len(list(a.parameters())) == len(list(b.parameters())) and len(list(a.modules())) == len(list(b.modules()))
    assert [n for n, _ in a.named_parameters(prefix="x", recurse=False)] == [
        n for n, _ in b.named_parameters(prefix="x", recurse=False)
    ]


@BOTH
def test_state_dict_aliases_and_loads(t):
    net, other = build(t), build(t)
    state = net.state_dict()
    assert isinstance(state, OrderedDict)
    with t.no_grad():
        state["scale"][...] = 5
    assert net.scale.item() == 5 and not state["scale"].requires_grad
    assert repr(other.load_state_dict(state)) == "<All keys matched successfully>"
    assert other.scale.item() == 5 and other.scale is not net.scale
    del state["kept"]
    state["extra"] = t.ones(1)
    with pytest.raises(
        RuntimeError, match=r"(?s)Unexpected key.*extra.*Missing key.*kept|Missing key.*kept.*Unexpected key.*extra"
    ):
        other.load_state_dict(state)
    found = other.load_state_dict(state, strict=False)
    assert found.missing_keys == ["kept"] and found.unexpected_keys == ["extra"]
    with pytest.raises(RuntimeError, match="size mismatch"):
        other.load_state_dict({"scale": t.ones(4)}, strict=False)


@BOTH
def test_modes_conversion_and_freezing(t):
    net = build(t)
    assert net.training and not net.eval().rest["a"].training and net.train().rest["b"][0].training
    assert net.double().first.weight.dtype == t.float64 and net.kept.dtype == t.float64
    net.to(t.float32)
    net.requires_grad_(False)
    assert not any(p.requires_grad for p in net.parameters())
    seen = []
    net.apply(lambda m: seen.append(type(m).__name__))
    assert seen[-1] == "Net" and "Linear" in seen
    with pytest.raises(TypeError):
        net.to(t.int64)


@BOTH
def test_hooks(t):
    net, calls = t.nn.Linear(2, 1), []
    a = net.register_forward_pre_hook(lambda m, args: (args[0] * 2,))
    net.register_forward_hook(lambda m, args, out: calls.append(args[0].tolist()) or out + 1)
    net.register_full_backward_hook(lambda m, gi, go: calls.append([gi[0].tolist(), go[0].tolist()]))
    x = t.ones(1, 2, requires_grad=True)
    y = net(x)
    y.backward(t.tensor([[3.0]]))
    weight = net.weight.detach()
    assert calls[0] == [[2, 2]] and calls[1] == [(weight * 3).tolist(), [[3]]]
    a.remove()
    assert net(x.detach()).shape == (1, 1) and calls[2] == [[1, 1]]


@BOTH
def test_mistakes(t):
    class NoInit(t.nn.Module):
        def __init__(self):
            self.x = t.nn.Linear(1, 1)

    net = build(t)
    for f, kind in (
        (NoInit, AttributeError),
        (lambda: t.nn.Module()(1), NotImplementedError),
        (lambda: net.nonsense, AttributeError),
        (lambda: setattr(net, "scale", 3), TypeError),
        (lambda: net.register_buffer("a.b", t.ones(1)), KeyError),
        (lambda: net.register_parameter("p", t.ones(1)), TypeError),
        (lambda: net.register_parameter("forward", None), KeyError),
        (lambda: net.add_module("m", 3), TypeError),
        (lambda: net.train("yes"), ValueError),
        (lambda: net.load_state_dict([1]), TypeError),
        (lambda: t.nn.Sequential(t.nn.ReLU())[3], IndexError),
        (lambda: t.nn.Parameter(t.ones(1, dtype=t.int64)), RuntimeError),
        (lambda: net.get_submodule("rest.z"), AttributeError),
    ):
        with pytest.raises(kind):
            f()
    assert net.get_submodule("rest.a.1") is net.rest["a"][1] and net.get_parameter("first.weight") is net.first.weight


@BOTH
def test_containers_and_copies(t):
    nn = t.nn
    s = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Tanh())
    assert len(s) == 3 and isinstance(s[-1], nn.Tanh) and len(s[:2]) == 2
    s.append(nn.Sigmoid()).insert(0, nn.Identity())
    del s[1]
    assert [type(m).__name__ for m in s] == ["Identity", "ReLU", "Tanh", "Sigmoid"]
    named = nn.Sequential(OrderedDict([("one", nn.ReLU()), ("two", nn.Tanh())]))
    assert list(named.state_dict()) == [] and isinstance(named.two, nn.Tanh)
    net = build(t)
    twin = copy.deepcopy(net)
    with t.no_grad():
        twin.scale.fill_(7)
    assert net.scale.item() == 1 and twin.tied is twin.first
    net(t.ones(1, 2)).backward()
    net.zero_grad()
    assert net.scale.grad is None
    net(t.ones(1, 2)).backward()
    net.zero_grad(set_to_none=False)
    assert net.scale.grad.tolist() == [0]


@BOTH
def test_clipping_and_vectors(t):
    net = t.nn.Linear(2, 2)
    (net(t.ones(1, 2)) * 10).sum().backward()
    before = t.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    assert before.item() > 1
    total = sum((p.grad**2).sum() for p in net.parameters()).sqrt()
    assert abs(total.item() - 1) < 1e-4
    t.nn.utils.clip_grad_value_(net.parameters(), 0.1)
    assert max(p.grad.abs().max().item() for p in net.parameters()) <= 0.1 + 1e-7
    vector = t.nn.utils.parameters_to_vector(net.parameters())
    t.nn.utils.vector_to_parameters(vector.detach() * 0, net.parameters())
    assert vector.shape == (6,) and net.weight.abs().sum().item() == 0


@BOTH
def test_limits_may_be_written_as_text_and_vectors_must_be_long_enough(t):
    utils, w = t.nn.utils, t.zeros(3, requires_grad=True)
    w.grad = t.tensor([3.0, 4.0, 0.0])
    assert utils.clip_grad_norm_([w], 100.0, norm_type="inf") == 4 and w.grad.tolist() == [3, 4, 0]
    for wrong in (
        lambda: utils.clip_grad_norm_([w], 1.0, norm_type="a"),
        lambda: utils.clip_grad_norm_([w], "a"),
        lambda: utils.clip_grad_value_([w], "a"),
    ):
        with pytest.raises(ValueError):
            wrong()
    with pytest.raises(RuntimeError):
        utils.vector_to_parameters(t.ones(2), [w])
    assert w.tolist() == [0, 0, 0]


KINDS = {
    "parameter": lambda t: t.nn.Parameter(t.ones(1)), "module": lambda t: t.nn.ReLU(), "tensor": lambda t: t.ones(1), "buffer": lambda t: t.nn.Buffer(t.ones(1)),
    "other buffer": lambda t: t.nn.Buffer(t.ones(1), persistent=False), "None": lambda t: None, "number": lambda t: 3,
}  # fmt: skip


@pytest.mark.parametrize("first", KINDS)
def test_a_name_is_given_something_else(first):
    """Three assignments to one name, of every kind: what is registered is replaced by its own kind, by a parameter, or refused."""
    for second, third in itertools.product(KINDS, KINDS):
        found = []
        for t in (mt, torch):
            m, error = t.nn.Module(), None
            try:
                for kind in (first, second, third):
                    m.x = KINDS[kind](t)
            except Exception as e:
                error = type(e)
            places = (list(m._parameters), list(m._buffers), list(m._modules), "x" in m.__dict__, list(m.state_dict()))
            found.append((error, *places, sorted(m._non_persistent_buffers_set)))
        assert found[0] == found[1], (second, third)
