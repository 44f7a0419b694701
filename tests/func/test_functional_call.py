"""functional_call where names are unusual: what may be replaced, and what is left of it afterwards."""

import pytest
import torch

import minitorch_bp

BOTH = (torch, minitorch_bp)


def network(t):
    class Net(t.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = t.nn.Linear(1, 1)
            self.number, self.nothing, self.tensor = 0.0, None, t.ones(1)

        def forward(self, x):
            return self.layer(x) * self.tensor * (1 if self.nothing is None else self.nothing) + getattr(self, "new", 0)

    net = Net()
    with t.no_grad():
        net.layer.weight.fill_(2.0)
        net.layer.bias.fill_(1.0)
    return net


NAMES = [
    "layer.weight",
    "layer.bias",
    "number",
    "nothing",
    "tensor",
    "new",
    "layer",
    "layer.new",
    "other.weight",
    "",
    "layer.",
    "layer.forward",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["tensor", "object"])
def test_what_may_be_replaced(name, value):
    found = []
    for t in BOTH:
        net, before = network(t), None
        before = {**vars(net)}
        given = {name: t.full((1, 1) if name == "layer.weight" else (1,), 3.0) if value == "tensor" else "3"}
        try:
            found.append(t.func.functional_call(net, given, t.ones(1)).tolist())
        except Exception as error:
            found.append(type(error))
        assert all(vars(net)[k] is before[k] for k in before) and vars(net).keys() == before.keys()
        assert net.layer.weight.tolist() == [[2.0]] and list(given) == [name]
    assert found[0] == found[1]


def test_what_is_assigned_is_in_the_dictionary():
    found = []
    for t in BOTH:

        class Counter(t.nn.Module):
            def __init__(self, t=t):
                super().__init__()
                self.register_buffer("count", t.zeros(1))
                self.register_buffer("written", t.zeros(1))

            def forward(self, x):
                self.count = self.count + 1
                self.written.add_(1)
                return x + self.count

        counter, given = Counter(), {"count": t.full((1,), 5.0), "written": t.full((1,), 5.0)}
        old = dict(given)
        out = t.func.functional_call(counter, given, t.ones(1))
        found.append(
            (out.tolist(), {k: v.tolist() for k, v in given.items()}, [given[k] is old[k] for k in given], counter.count.tolist())
        )
        t.func.functional_call(counter, ({"count": old["count"]},), t.ones(1))
        found[-1] += (old["count"].tolist(),)
    assert found[0] == found[1]


def test_modules_that_contain_themselves():
    found = []
    for t in BOTH:
        net = network(t)
        net.layer.net = net
        found.append(t.func.functional_call(net, {"layer.net.layer.weight": t.ones(1, 1)}, t.ones(1), tie_weights=False).tolist())
    assert found[0] == found[1] == [2.0]


@pytest.mark.parametrize("names", [("a",), ("b",), ("a", "b"), ("a", "c"), ()])
@pytest.mark.parametrize("tie", [True, False])
def test_strict_after_tying(names, tie):
    def outcome(t):
        class Tied(t.nn.Module):
            def __init__(self):
                super().__init__()
                self.a = self.b = t.nn.Parameter(t.ones(1))

            def forward(self, x):
                return x * self.a + self.b

        try:
            return t.func.functional_call(
                Tied(), dict.fromkeys(names, t.full((1,), 3.0)), t.ones(1), tie_weights=tie, strict=True
            ).tolist()
        except RuntimeError:
            return RuntimeError

    assert outcome(minitorch_bp) == outcome(torch)
