"""PyTorch's module database: a few samples of every entry (``python -m parity moduledb`` takes all), and the replay itself."""

import pytest
import torch

import minitorch_bp
from parity import moduledb

ENTRIES = {e.name: e for e in moduledb.entries(torch)}


@pytest.mark.parametrize("part", range(12))
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_few_samples_of_every_entry(part, dtype):
    differing = {}
    for name in list(ENTRIES)[part::12]:
        result = moduledb.replay(ENTRIES[name], dtype, 4)
        assert result.missing or result.done.get("start")
        if result.missing or result.first:
            differing[name] = result.missing or result.first
    assert not differing


def test_every_entry_is_replayed():
    assert sorted(moduledb.names()) == sorted(ENTRIES) and len(ENTRIES) == 114


def test_a_wrong_initial_value_is_noticed(monkeypatch):
    reset = minitorch_bp.nn.Linear.reset_parameters

    def bent(self):
        reset(self)
        with minitorch_bp.no_grad():
            self.weight.mul_(1 + 2**-20)

    monkeypatch.setattr(minitorch_bp.nn.Linear, "reset_parameters", bent)
    result = moduledb.replay(ENTRIES["nn.Linear"], "float32", 1)
    assert "initial values" in result.first["start"]


def test_a_wrong_name_and_a_wrong_text_are_noticed(monkeypatch):
    monkeypatch.setattr(minitorch_bp.nn.GRUCell, "extra_repr", lambda self: "")
    assert "repr" in moduledb.replay(ENTRIES["nn.GRUCell"], "float64", 1).first["start"]


def test_a_wrong_gradient_is_noticed(monkeypatch):
    op = minitorch_bp.core.op.OPS["_gru_layer"]
    (targets, rule, reads) = op.rules[0]
    monkeypatch.setattr(op, "plans", {})
    monkeypatch.setattr(op, "rules", [(targets, lambda *args: [None if g is None else -g for g in rule(*args)], reads)])
    result = moduledb.replay(ENTRIES["nn.GRU"], "float64", 1)
    assert result.passes("forward") and not result.passes("gradient")


def test_a_missing_module_is_reported(monkeypatch):
    monkeypatch.delattr(minitorch_bp.nn, "GRU")
    assert moduledb.replay(ENTRIES["nn.GRU"], "float64", 1).missing == "nn.GRU"
