"""The harness as a test suite: random programs under pytest, in parallel with ``-n auto``.

The seeded shards run what a campaign runs. The Hypothesis tests draw the same programs from Hypothesis, which shrinks what
fails; they are derandomized, so that a run is reproducible.
"""

import json
import subprocess
import sys
import warnings
from dataclasses import replace

import hypothesis
import numpy as np
import pytest
import torch
from hypothesis import strategies as st

import minitorch_bp
from parity import campaign, coverage, networks, shrink
from parity.catalog import CATALOG
from parity.choices import FromHypothesis, Seeded
from parity.generate import random_dag
from parity.judge import compare
from parity.program import Leaf, Program, Step, run, script

SETTINGS = hypothesis.settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck))


@pytest.mark.parametrize("shard", range(16))
def test_random_programs(shard):
    report = campaign.run_chunk(seed=2026, start=shard, stop=16 * 120, step=16)
    assert report.cases == 120
    assert not report.failures, report.failures[0].difference + "\n" + report.failures[0].script


@pytest.mark.parametrize("entry", CATALOG)
def test_every_entry_by_itself(entry):
    """Each operation on its own, both dtypes, with second derivatives, on ordinary numbers and on ties and zeros."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for seed in range(8):
            program = random_dag(Seeded((seed, 77)), seed, [entry], 1, "grid" if seed % 4 == 3 else "normal")
            program = replace(program, second_order=True, dtype=("float64", "float32")[seed % 2])
            found = compare(program, run(program, minitorch_bp), run(program, torch), torch)
            assert found is None, f"{found}\n{script(program)}"


@pytest.mark.parametrize("part", range(4))
@hypothesis.given(data=st.data())
@SETTINGS
def test_programs_drawn_by_hypothesis(part, data):
    names = list(CATALOG)[part::4]
    program = random_dag(FromHypothesis(data), data.draw(st.integers(0, 1000)), names, 6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = compare(program, run(program, minitorch_bp), run(program, torch), torch)
    assert found is None, f"{found}\n{script(program)}"


@pytest.mark.parametrize("optimizer", networks.OPTIMIZERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_networks_with_every_optimizer(optimizer, dtype):
    for seed in range(6):
        net = replace(networks.random_mlp(Seeded((seed, 5)), seed), optimizer=optimizer, dtype=dtype, steps=4)
        assert networks.compare(net, networks.run(net, minitorch_bp), networks.run(net, torch)) is None, networks.script(net)


@pytest.mark.parametrize("loss", networks.LOSSES)
@pytest.mark.parametrize("activation", networks.ACTIVATIONS)
def test_networks_with_every_loss_and_activation(loss, activation):
    net = networks.Network((4, 5, 3), (activation, "tanh"), 0.0, True, loss, "sgd", 4, 2, "float64", 1)
    assert networks.compare(net, networks.run(net, minitorch_bp), networks.run(net, torch)) is None, networks.script(net)


def test_every_primitive_is_reached():
    assert coverage.missing() == []


# ---------------------------------------------------------------------- would the harness notice?
def planted(name, bug):
    """The framework with a bug in one rule, for the time of a ``with`` block."""
    from contextlib import contextmanager

    from minitorch_bp.core.op import OPS

    @contextmanager
    def inside():
        op = OPS[name]
        kept = op.rules
        op.rules = [(t, (lambda *a, rule=rule: bug(rule(*a))), reads) for t, rule, reads in kept]
        plans = {mask: plan.rules for mask, plan in op.plans.items()}
        for plan in op.plans.values():
            plan.rules = [((lambda *a, rule=rule: bug(rule(*a))), reads, target) for rule, reads, target in plan.rules]
        try:
            yield
        finally:
            op.rules = kept
            for mask, plan in op.plans.items():
                plan.rules = plans.get(mask, plan.rules)
            for mask in set(op.plans) - set(plans):
                del op.plans[mask]

    return inside()


@pytest.mark.parametrize(
    "name, bug", [("mul", lambda g: g * 1.001), ("_sub", lambda g: -g), ("tanh", lambda g: g + 1e-3), ("_mm", lambda g: g * 2)]
)
def test_a_wrong_rule_is_found_and_shrunk(name, bug):
    """A planted bug is found within a few hundred cases, and shrinks to a handful of steps."""
    entries = [n for n, e in CATALOG.items() if n in ("mul", "sub", "tanh", "mm", "add", "sum", "relu")]
    with planted(name, bug):
        for seed in range(400):
            program = random_dag(Seeded((seed, 3)), seed, entries)
            fails = lambda p: compare(p, run(p, minitorch_bp), run(p, torch), torch) is not None
            if fails(program):
                small = shrink.shrink(program, fails)
                assert len(small.steps) <= 3 and fails(small)
                return
    raise AssertionError("the planted bug was not found")


def test_engine_bug_overwriting_is_found():
    """The lecture's mistake, ``=`` for ``+=``, planted in the engine."""
    from minitorch_bp.core import engine

    kept = engine.np
    try:

        class Overwriting:
            def __getattr__(self, name):
                return (lambda a, b, out=None: b) if name == "add" else getattr(np, name)

        engine.np = Overwriting()
        found = 0
        for seed in range(100):
            program = random_dag(Seeded((seed, 9)), seed, ["add", "mul", "sub"])
            found += compare(program, run(program, minitorch_bp), run(program, torch), torch) is not None
    finally:
        engine.np = kept
    assert found > 10


# ---------------------------------------------------------------------- programs as data
def test_a_program_survives_json_and_prints_as_a_script_for_either_import(tmp_path):
    program = Program(
        (Leaf((2, 3), 1), Leaf((3,), 2)),
        (Step("mul", (0, 1)), Step("sum", (2,), {"dim": 0, "keepdim": False})),
        (3,),
        "float64",
        False,
        4,
    )
    assert Program.from_json(program.to_json()) == program
    printed = []
    for module in ("torch", "minitorch_bp"):
        path = tmp_path / f"with_{module}.py"
        path.write_text(script(program, module))
        printed.append(subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=True).stdout)
    assert printed[0] == printed[1] and "v0 tensor" in printed[0]


def test_bad_saved_programs_are_refused():
    good = json.loads(Program((Leaf((), 1),), (Step("exp", (0,)),), (1,)).to_json())
    with pytest.raises(ValueError, match="not a saved program"):
        Program.from_json("{")
    good["steps"][0]["op"] = "frobnicate"
    with pytest.raises(ValueError, match="frobnicate"):
        Program.from_json(json.dumps(good))


def test_a_seed_and_a_number_name_a_case():
    a, b = random_dag(Seeded((1, 2)), 2), random_dag(Seeded((1, 2)), 2)
    assert a == b and a != random_dag(Seeded((1, 3)), 3)


@pytest.mark.parametrize(
    "arguments, code",
    [(["--cases", "40", "--jobs", "1"], 0), (["--case", "6"], 0), (["--cases", "30", "--ops", "mul,sum"], 0), (["coverage"], 0)],
)
def test_command_line(arguments, code, tmp_path):
    report = tmp_path / "report.json"
    extra = ["--json", str(report)] if "--cases" in arguments else []
    done = subprocess.run([sys.executable, "-m", "parity", *arguments, *extra], capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    if extra:
        found = json.loads(report.read_text())
        assert found["failures"] == [] and found["cases"] == int(arguments[1]) and found["cases_per_second"] > 0


def test_shards_partition_the_campaign():
    whole = campaign.campaign(seed=5, cases=120)
    parts = [campaign.campaign(seed=5, cases=120, shard=(k, 3)) for k in (1, 2, 3)]
    assert whole.cases == sum(p.cases for p in parts) == 120
    assert whole.ops == parts[0].ops + parts[1].ops + parts[2].ops
