"""PyTorch's operator database: a few samples of every entry (``python -m parity opdb`` takes all), and the replay itself."""

import functools

import pytest
import torch

import minitorch_bp
from minitorch_bp._index import INDEX
from minitorch_bp.core.public import EXPORTS
from parity import opdb
from parity.translation import nudged

NAMES = [opdb.full_name(e) for e in opdb.entries(torch) if opdb.out_of_scope(e) is None]


@functools.cache
def _entries():
    return {opdb.full_name(e): e for e in opdb.entries(torch)}


@pytest.mark.parametrize("dtype", ["float64", "complex128"])
@pytest.mark.parametrize("part", range(24))
def test_a_few_samples_of_every_entry(part, dtype):
    differing = {}
    for name in NAMES[part::24]:
        result = opdb.replay(_entries()[name], dtype, 2, errors=False)
        found = {"missing": result.missing} if result.missing else dict(result.first)
        found = {c: t for c, t in found.items() if c not in opdb.KNOWN.get(name, {})}
        if found:
            differing[name] = found
    assert not differing


@pytest.mark.parametrize("name", opdb.KNOWN)
def test_what_is_known_to_differ_still_does(name):
    """So that the list shrinks with the differences."""
    result = opdb.replay(_entries()[name], "float64", errors=False)
    assert all(result.missing if check == "missing" else not result.passes(check) for check in opdb.KNOWN[name])


def test_every_entry_is_looked_at_or_has_a_reason():
    everything = opdb.entries(torch)
    assert len(everything) == 702
    reasons = {reason for e in everything if (reason := opdb.out_of_scope(e)) is not None}
    assert len(NAMES) >= 640 and all(len(r) > 10 for r in reasons)


def test_two_units_in_the_last_place_move_numbers_of_every_type():
    """What a result may differ by is measured so; a factor that rounds to 1 would measure nothing."""
    for dtype in (torch.float32, torch.float64, torch.complex64, torch.complex128):
        (x,), _ = nudged(torch, ((torch.ones(50, dtype=dtype),), {}), 1)
        steps = (x - 1).abs() / torch.finfo(dtype).eps
        assert x.dtype is dtype and 0.5 < steps.mean() < 2 and steps.max() <= 2


def test_a_wrong_conjugate_is_noticed(monkeypatch):
    op = minitorch_bp.core.op.OPS["exp"]
    monkeypatch.setattr(op, "plans", {})
    monkeypatch.setattr(op, "conjugates", True)
    assert opdb.replay(_entries()["exp"], "float64", 2).passes("gradient")
    assert not opdb.replay(_entries()["exp"], "complex128", 2).passes("gradient")


def test_a_wrong_value_is_noticed(monkeypatch):
    monkeypatch.setattr(minitorch_bp, "fmax", minitorch_bp.fmin)
    result = opdb.replay(_entries()["fmax"], "float64", 3)
    assert not result.passes("forward")


def test_a_wrong_gradient_is_noticed(monkeypatch):
    op = minitorch_bp.core.op.OPS["hypot"]
    monkeypatch.setattr(op, "plans", {})
    monkeypatch.setattr(op, "rules", [(0, lambda xp, grad, input: grad, ("input",)), *op.rules[1:]])
    result = opdb.replay(_entries()["hypot"], "float64", 2)
    assert result.passes("forward") and not result.passes("gradient")


def test_a_missing_name_is_reported(monkeypatch):
    for table in (EXPORTS, INDEX):
        monkeypatch.delitem(table["torch"], "exp")
    monkeypatch.delattr(minitorch_bp, "exp")
    monkeypatch.delattr(minitorch_bp.Tensor, "exp")
    assert opdb.replay(_entries()["exp"], "float64", 1).missing == "exp"
