"""Programs with state, and calls with drawn arguments: do they agree, and do they notice what is planted?"""

import copy

import pytest
import torch

import minitorch_bp
from parity import call_cases, scripted, surroundings, training_cases
from parity.choices import Seeded
from parity.declared import TABLE
from parity.declared.domain import T, drawn_call, op
from parity.declared.forms import body


def test_a_declaration_draws_calls():
    declared = op("F.conv1d", "g=2 k=3", input=T("1 2*g 5"), weight=T("g 2 k"), groups=("=g",), padding=(1,))
    call = drawn_call(declared, Seeded(3))
    assert "real(1, 4, 5)" in call.made["input"] or "(1, 4, 5)" in call.made["input"]
    assert body(call).startswith("return F.conv1d(") and "groups=2, padding=1" in body(call)


def test_every_option_of_a_declared_function_is_drawn(monkeypatch):
    assert call_cases.missing() == []
    without = {name: row for name, row in TABLE.items() if not name.startswith("F.softplus")}
    monkeypatch.setattr(call_cases, "TABLE", {**without, "F.softplus": op("F.softplus", input=T("any"))})
    assert call_cases.missing() == ["F.softplus(beta=)", "F.softplus(threshold=)"]


@pytest.mark.parametrize("part", range(4))
def test_random_sequences_agree(part):
    torch.set_num_threads(1)
    for seed in range(part, 48, 4):
        case = training_cases.training(Seeded((41, seed)), seed)
        mismatch = surroundings.difference(case, torch)
        assert mismatch is None, f"{mismatch}\n{scripted.script(case)}"


def test_what_is_left_behind_is_noticed_and_put_right():
    case = scripted.Scripted("calls", (), ("torch.set_default_dtype(torch.float64)",), 0)
    left = scripted.run(case, minitorch_bp)
    ((what, state),) = left.shown
    assert what == "what is left behind" and state[:3] == (True, False, "torch.float64")
    assert scripted.run(scripted.Scripted("calls", (), (), 0), minitorch_bp).shown == []


def test_a_copied_parameter_has_no_gradient():
    for t in (torch, minitorch_bp):
        model = t.nn.Linear(2, 1)
        model(t.ones(1, 2)).sum().backward()
        assert all(p.grad is None for p in copy.deepcopy(model).parameters())
