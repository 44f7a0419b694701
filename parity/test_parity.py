"""The harness as a test suite: random programs under pytest, in parallel with ``-n auto``.

The seeded shards run what a campaign runs. The Hypothesis tests draw the same programs from Hypothesis, which shrinks what
fails; they are derandomized, so that a run is reproducible.
"""

import json
import warnings
from dataclasses import replace

import hypothesis
import numpy as np
import pytest
import torch
from hypothesis import strategies as st

import minitorch_bp
from parity import campaign, coverage, judge, modules, networks, scripts
from parity.catalog import CATALOG
from parity.choices import FromHypothesis, Seeded
from parity.generate import random_dag
from parity.judge import compare, ulps
from parity.outcome import array_of
from parity.program import Leaf, Program, Step, compiled, run, script

SETTINGS = hypothesis.settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck))
NAMES = list(CATALOG)


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("shard", range(16))
def test_random_programs(shard):
    report = campaign.run_chunk(seed=2026, start=shard, stop=16 * 120, step=16)
    assert report.cases == 120
    assert not report.failures, report.failures[0].difference + "\n" + report.failures[0].script


@pytest.mark.parametrize("part", range(20))
def test_every_entry_on_every_kind_of_input(part):
    table = coverage.matrix(NAMES[part::20])
    assert coverage.differences(table) == {}


@pytest.mark.parametrize("part", range(8))
def test_elementwise_results_are_within_a_few_units_of_the_last_place(part):
    """Both frameworks do the same IEEE operations: 4 units, in either type."""
    names = [n for n in NAMES[part::8] if CATALOG[n].kind in ("unary", "binary") and not CATALOG[n].composite]
    for name, row in coverage.matrix(names, seeds=3).items():
        assert row["ulp float32"] <= 4 and row["ulp float64"] <= 4, (name, row)


SUMS = (
    "sum", "mean", "cumsum", "mm", "matmul", "mv", "bmm", "matmul_3d_2d", "einsum_mm", "dot", "trace", "linear_no_bias", "conv2d", "conv1d",
)  # fmt: skip


@pytest.mark.parametrize("name", SUMS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sums_are_within_the_sum_of_their_terms(name, dtype):
    """A sum may cancel, so its error is measured by the sum of the sizes of its terms: the operation on absolute values."""
    shapes = {"reduce": (3, 200), "dim": (3, 200), "matrix": (20, 30), "batch": (3, 20, 20), "unary": (500,)}
    for seed in range(8):
        program = coverage.program_for(CATALOG[name], "float32" if dtype == "float32" else "float64", seed)
        assert program is not None
        leaf = replace(program.leaves[0], shape=shapes[CATALOG[name].kind])
        program = replace(program, leaves=(leaf,))
        ours, theirs = run(program, minitorch_bp), run(program, torch)
        terms = compiled(CATALOG[name].template)(
            torch, [torch.from_numpy(np.abs(leaf.array("float64")))], program.steps[0].args
        ).numpy()
        a, b = (array_of(o.values[0]).astype(np.float64) for o in (ours, theirs))
        assert (np.abs(a - b) <= 8 * np.finfo(dtype).eps * terms).all()


@pytest.mark.parametrize("part", range(4))
@hypothesis.given(data=st.data())
@SETTINGS
def test_programs_drawn_by_hypothesis(part, data):
    program = random_dag(FromHypothesis(data), data.draw(st.integers(0, 1000)), NAMES[part::4], 6)
    found = compare(program, run(program, minitorch_bp), run(program, torch), torch)
    assert found is None, f"{found}\n{script(program)}"


@pytest.mark.parametrize("name", modules.MODULES)
def test_every_module_with_every_option(name):
    assert modules.check(name) is None


@pytest.mark.parametrize("name", scripts.SCRIPTS)
def test_scripts(name):
    assert scripts.outcome(name, minitorch_bp) == scripts.outcome(name, torch)


@pytest.mark.parametrize("optimizer", networks.OPTIMIZERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_networks_with_every_optimizer(optimizer, dtype):
    for seed in range(6):
        net = replace(networks.random_mlp(Seeded((seed, 5)), seed), optimizer=optimizer, dtype=dtype, steps=4)
        assert networks.compare(net, networks.run(net, minitorch_bp), networks.run(net, torch)) is None, networks.script(net)


@pytest.mark.parametrize("scheduler", networks.SCHEDULERS)
def test_networks_with_every_scheduler(scheduler):
    for seed, optimizer in enumerate(("momentum", "adam", "adamw")):
        net = replace(networks.random_mlp(Seeded((seed, 6)), seed), scheduler=scheduler, optimizer=optimizer, steps=4)
        assert networks.compare(net, networks.run(net, minitorch_bp), networks.run(net, torch)) is None, networks.script(net)


@pytest.mark.parametrize("loss", networks.LOSSES)
@pytest.mark.parametrize("activation", networks.ACTIVATIONS)
def test_networks_with_every_loss_and_activation(loss, activation):
    net = networks.Network((4, 5, 3), (activation, "tanh"), 0.0, True, loss, "sgd", 4, 2, "float64", 1)
    assert networks.compare(net, networks.run(net, minitorch_bp), networks.run(net, torch)) is None, networks.script(net)


@pytest.mark.parametrize("body", networks.BODIES)
def test_networks_with_every_body(body):
    for seed in range(5):
        net = networks.random_mlp(Seeded((seed, 8)), seed, body)
        assert networks.compare(net, networks.run(net, minitorch_bp), networks.run(net, torch)) is None, networks.script(net)


def test_everything_is_exercised():
    assert coverage.missing() == []


def test_an_operation_or_module_without_a_case_is_noticed(monkeypatch):
    class Unheard(minitorch_bp.nn.Module):
        """A module that no case knows."""

    monkeypatch.setattr(minitorch_bp.nn, "Unheard", Unheard, raising=False)
    monkeypatch.delitem(modules.MODULES, "ReLU")
    assert {"nn.Unheard", "nn.ReLU"} <= set(modules.missing())
    assert "tanh" in coverage.missing({"tanh": {}}) and "tanh (in place)" in coverage.missing(
        {"tanh": {"float64": {"x"}, "float32": {"x"}}}
    )


# ---------------------------------------------------------------------- programs as data
def test_a_program_survives_json():
    for case in range(200):
        program = random_dag(Seeded((4, case)), case)
        assert Program.from_json(program.to_json()) == program


def test_a_seed_and_a_number_name_a_case():
    a, b = random_dag(Seeded((1, 2)), 2), random_dag(Seeded((1, 2)), 2)
    assert a == b and a != random_dag(Seeded((1, 3)), 3)


def test_what_is_drawn():
    """Ties, zeros, infinities, strides, other types, empty and 0-d tensors, hooks, illegal programs: all on purpose."""
    report = campaign.Report()
    illegal = 0
    for case in range(2500):
        program = random_dag(Seeded((8, case)), case)
        campaign._count(report, program)
        illegal += case < 600 and run(program, torch).error is not None
    kinds = ["grid", "zeros", "special", "transposed", "step", "empty", "0-d", "hooked"] + [
        f"mode {m}" for m in ("twice", "grad", "inputs")
    ]
    assert all(report.kinds[k] >= 20 for k in kinds), report.kinds
    assert all(report.kinds[f"a leaf of type {t}"] >= 10 for t in ("int64", "bool", "float32", "int32"))
    assert illegal >= 5 and set(report.ops) == set(CATALOG)


def test_bad_saved_programs_are_refused():
    good = json.loads(Program((Leaf((), 1),), (Step("exp", (0,)),), (1,)).to_json())
    with pytest.raises(ValueError, match="not a saved program"):
        Program.from_json("{")
    with pytest.raises(ValueError, match="not a saved program"):
        Program.from_json("[1]")
    with pytest.raises(ValueError, match="unknown mode"):
        Program.from_json(json.dumps({**good, "mode": "sideways"}))
    good["steps"][0]["op"] = "frobnicate"
    with pytest.raises(ValueError, match="frobnicate"):
        Program.from_json(json.dumps(good))


def test_units_of_the_last_place():
    one = np.array([1.0])
    assert ulps(np.nextafter(one, 2), one) == 1 and ulps(np.array([np.nan]), np.array([np.nan])) == 0
    assert ulps(np.array([np.inf]), one) == np.inf


def test_a_difference_within_pytorchs_own_noise_is_counted(monkeypatch):
    """A rounding that the last place decides is accepted, and the report says how often."""
    program = Program((Leaf((1,), 3),), (Step("round", (0,)),), (1,), "float64")
    theirs = run(program, torch)
    monkeypatch.setattr(judge, "_sensitive", lambda *a: True)
    ours = run(program, minitorch_bp)
    ours.values[0] = ours.values[0] + 1
    judge.SENSITIVE.clear()
    assert compare(program, ours, theirs, torch) is None and len(judge.SENSITIVE) == 1
    judge.SENSITIVE.clear()
