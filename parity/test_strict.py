"""What only strict comparison tells: versions, lifetimes, refusals, signs of zeros; and that the kinds of scripts notice each."""

import numpy as np
import pytest
import torch

import minitorch_bp
from parity import campaign, function_cases, illegal_cases, lifetime_cases, surroundings, written_cases
from parity.choices import Seeded
from parity.judge import signs_differ
from parity.scripted import ABLE, Run, Scripted, Shown, compare, run


def test_signs_of_zeros():
    assert signs_differ(np.array([0.0, 1.0]), np.array([-0.0, 1.0])) and not signs_differ(np.zeros(2), np.zeros(2))
    assert signs_differ(np.array([0j]), np.array([complex(0, -0.0)])) and not signs_differ(np.array([1]), np.array([0]))
    shown = lambda x: Shown(("float64", (1,), False), np.array([x]))
    case = Scripted("calls", (), (), 0)
    for name, differ in (("x, bit for bit", True), ("x", False)):
        mismatch = compare(case, Run([(name, shown(0.0))]), Run([(name, shown(-0.0))]), torch)
        assert (mismatch is not None) == differ


def test_where_pytorch_has_no_gradient_nothing_is_said():
    refused, there = ("raised", "RuntimeError"), 1.0
    case = Scripted("written", (), (), 0)
    assert compare(case, Run([(ABLE, there), ("x", 1)]), Run([(ABLE, refused), ("x", 2)]), torch) is None
    assert compare(case, Run([(ABLE, refused)]), Run([(ABLE, there)]), torch) is not None


@pytest.mark.parametrize("module", [written_cases, lifetime_cases, illegal_cases, function_cases])
def test_scripts_show_something(module):
    for k, row in enumerate(list(module.ROWS)[::37]):
        function, arguments = module.ROWS[row]
        case = function(Seeded((k,)), k, *arguments)
        for framework in (torch, minitorch_bp):
            done = run(case, framework)
            assert done.shown or done.error is not None
        assert surroundings.difference(case, torch) is None


def test_a_written_value_is_noticed(monkeypatch):
    """If saved values were not checked, the scripts would say so."""
    monkeypatch.setattr(minitorch_bp.core.graph.Node, "_stale", lambda *_: None)
    rows = [row for row in written_cases.ROWS if row.startswith("saved by torch.mul")] or list(written_cases.ROWS)[:1]
    rows += ["saved by torch.atan2", "saved by torch.sin"]
    found = []
    for k, row in enumerate(r for r in rows * 10 if r in written_cases.ROWS):
        function, arguments = written_cases.ROWS[row]
        found.append(surroundings.difference(function(Seeded((k,)), k, *arguments), torch))
    assert any(found)


def test_what_is_kept_alive_is_noticed(monkeypatch):
    kept: list[object] = []
    monkeypatch.setattr(minitorch_bp.Tensor, "retain_grad", kept.append)
    function, arguments = lifetime_cases.ROWS["lives through retain_grad"]
    assert surroundings.difference(function(Seeded((1,)), 1, *arguments), torch) is not None


def test_what_a_script_leaves_behind_is_noticed_and_taken_back():
    for line in ("torch.set_printoptions(precision=1)", "torch.autograd.set_detect_anomaly(True)", "torch.set_grad_enabled(False)"):
        case = Scripted("functions", (), (line,), 0)
        assert [name for name, _ in run(case, minitorch_bp).shown] == ["what is left behind"]
        assert not run(Scripted("functions", (), (), 0), minitorch_bp).shown


def test_cases_leave_no_objects():
    """Scripts end with as many tensors and nodes as there were, once the collector has run."""
    import gc

    from minitorch_bp.core.graph import Node

    def alive():
        gc.collect()
        return sum(isinstance(o, (minitorch_bp.Tensor, Node)) for o in gc.get_objects())

    kinds = ["written", "lifetimes", "functions", "illegal"]
    cases = [surroundings.random_case(Seeded((9, k)), k, kinds) for k in range(40)]
    for case in cases:
        run(case, minitorch_bp)
    before = alive()
    for case in cases:
        run(case, minitorch_bp)
    assert alive() <= before


def test_a_failure_is_confirmed_in_a_fresh_process():
    from parity.command import in_a_fresh_process
    from parity.record import Failure

    made = lambda script: Failure(1, 2, "x", script, None, "")
    assert "shown again" in in_a_fresh_process(made("raise SystemExit(1)"))
    assert "NOT SHOWN AGAIN" in in_a_fresh_process(made("pass"))


def test_what_is_left_alive_after_cases_is_noticed():
    assert campaign.left_alive() == 0 or campaign._alive(0, 0, 60, 1, None) is not None
    kept = minitorch_bp.ones(1)
    failure = campaign._alive(0, 0, 60, 1, None)
    assert kept is not None and failure is not None and "alive" in failure.difference and "run_chunk" in failure.script


def test_programs_compare_bits_signs_of_zeros_and_names(monkeypatch):
    """Where operands are the same bits and the operation leaves no choice, so must the result be."""
    from parity import judge
    from parity.catalog import CATALOG
    from parity.program import Leaf, Program, Step
    from parity.program import run as run_program

    assert CATALOG["add"].exact and CATALOG["neg"].exact and not CATALOG["exp"].exact and not CATALOG["mm"].exact
    program = Program((Leaf((3,), 1, "zeros"),), (Step("neg", (0,)),), (1,))
    ours, theirs = run_program(program, minitorch_bp), run_program(program, torch)
    assert judge.compare(program, ours, theirs, torch) is None
    ours.values[0].data.abs_()
    mismatch = judge.compare(program, ours, theirs, torch)
    assert mismatch is not None and "sign of a zero" in mismatch.where
    monkeypatch.setattr(judge, "_node", lambda t: type(t).__module__)
    mismatch = judge.compare(program, run_program(program, minitorch_bp), theirs, torch)
    assert mismatch is not None and "name of the node" in mismatch.where
