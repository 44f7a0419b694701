"""Scripts about distributions, data loaders and optimizers: do they agree, reach everything, and notice what is planted?"""

import subprocess
import sys
import warnings

import numpy as np
import pytest
import torch

import minitorch_bp
from parity import campaign, data_cases, distribution_cases, mutants, mutate, optimizer_cases, scripted, surroundings
from parity.choices import Seeded
from parity.declared import TABLE
from parity.declared.domain import drawn_call
from parity.declared.forms import scripted as script_of
from parity.scripted import Run, Scripted, Shown, compare, run
from parity.test_command import parity
from parity.test_harness import in_a_fork

#: The planted bugs that only scripts are there to find.
FIRST = next(k for k, e in enumerate(mutants.EDITS) if e.kind == "state keyed wrongly")
AROUND = mutants.EDITS[FIRST:]


@pytest.mark.parametrize("kind", surroundings.KINDS)
def test_every_row_agrees(kind):
    torch.set_num_threads(1)
    rows = surroundings.KINDS[kind].ROWS
    wrong = {}
    for case in surroundings.every_row(1, source=3):
        if case.kind == kind:
            mismatch = surroundings.difference(case, torch)
            if mismatch is not None:
                wrong[case.rows[0]] = str(mismatch)
    assert not wrong and rows


def test_every_row_is_exercised():
    assert surroundings.missing() == []


@pytest.mark.parametrize(
    "module, table, row, gap",
    [
        (distribution_cases, "DISTRIBUTIONS", "Gumbel", "distributions.Gumbel"),
        (distribution_cases, "TRANSFORMS", "TanhTransform", "distributions.TanhTransform"),
        (data_cases, "SAMPLERS", "subset", "utils.data.SubsetRandomSampler"),
        (optimizer_cases, "OPTIMIZERS", "muon_options", "Muon(ns_steps=)"),
        (optimizer_cases, "SCHEDULERS", "chain_options", "ChainedScheduler(optimizer=)"),
    ],
)
def test_a_row_that_is_gone_is_missed(module, table, row, gap, monkeypatch):
    rows = {name: value for name, value in getattr(module, table).items() if name != row}
    monkeypatch.setattr(module, table, rows)
    assert gap in module.missing()


def test_every_registered_divergence_has_a_row():
    pairs = {(p.__name__, q.__name__) for p, q in torch.distributions.kl._KL_REGISTRY}
    assert pairs <= set(distribution_cases.PAIRS)


# ---------------------------------------------------------------------- planted bugs
def hunt(edit):
    """Plant a bug, look for it with the scripts of every row, shrink: the lines that are left."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    mutate._edit(edit)
    fails = lambda case: surroundings.difference(case, torch) is not None
    for source in range(4):
        for case in surroundings.every_row(1, source):
            if fails(case):
                return len(case.lines), len(scripted.shrink(case, fails).lines)
    return None


@pytest.mark.parametrize("edit", AROUND[::6], ids=lambda e: e.name[:60])
def test_a_planted_bug_is_found_and_shrunk(edit):
    before, after = in_a_fork(lambda: hunt(edit))
    assert after <= before and after <= 9


def test_planting_reaches_registries():
    """Divergences and collating functions are called through tables."""
    edit = next(e for e in AROUND if e.function == "collate_float_fn")

    def look():
        mutate._edit(edit)
        return str(minitorch_bp.utils.data.default_collate([0.5, 1.5]).dtype)

    assert in_a_fork(look).endswith("float32")
    assert minitorch_bp.utils.data.default_collate([0.5, 1.5]).dtype is minitorch_bp.float64


# ---------------------------------------------------------------------- the parts
#: Runs scripts one after the other: the frameworks are imported once.
ONE_BY_ONE = """
import runpy, sys
for path in sys.argv[1:]:
    print("script", flush=True)
    runpy.run_path(path, run_name="__main__")
"""


def test_scripts_run_with_either_import(tmp_path):
    cases = [next(c for c in surroundings.every_row(1) if c.kind == kind) for kind in surroundings.KINDS]
    printed = []
    for module in ("torch", "minitorch_bp"):
        paths = [tmp_path / f"{module}{k}.py" for k in range(len(cases))]
        for path, case in zip(paths, cases, strict=True):
            path.write_text(scripted.script(case, module))
        done = subprocess.run([sys.executable, "-c", ONE_BY_ONE, *map(str, paths)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        names = [line.partition(":")[0] for line in done.stdout.splitlines() if line[:1].isalpha()]
        printed.append(" ".join(names).split("script ")[1:])
    assert printed[0] == printed[1] and len(printed[0]) == len(cases) and all(len(each.split()) > 2 for each in printed[0])


def judged(ours, theirs, name="x", lines=(), dtype="float64"):
    case = Scripted("data", (), tuple(lines), 0, dtype)
    return compare(case, Run([(name, ours)]), Run([(name, theirs)]), torch)


def test_what_counts_as_a_difference():
    tensor = lambda x: Shown(("float64", np.shape(x), False), np.asarray(x))
    assert judged(tensor([1.0, 2.0]), tensor([1.0, 2.0 + 1e-15])) is None
    assert judged(tensor([1.0, 2.0]), tensor([1.0, 2.001])) is not None
    assert judged(tensor([1.0, 2.0]), tensor([1.0, 2.0 + 1e-15]), "x, bit for bit") is not None
    assert judged(Shown(("float32", (1,), False), np.ones(1)), Shown(("float64", (1,), False), np.ones(1))) is not None
    assert judged(("list", None, [1]), ("tuple", None, [1])) is not None
    assert judged(("list", None, [1]), ("list", None, [1, 2])) is not None
    assert judged(1, True) is not None and judged("a", "b") is not None
    assert judged(("raised", "ValueError"), ("raised", "TypeError")) is not None
    mismatch = compare(Scripted("data", (), (), 0), Run(error=ValueError()), Run(), torch)
    assert mismatch is not None and mismatch.where == "error"


def test_types_and_errors_are_seen():
    lines = (
        "show('error', lambda: torch.ones(2) @ torch.ones(3))",
        "x = torch.ones(2)",
        "show('before', lambda: x)",
        "x.add_(1)",
        "show('pair', lambda: (1, [np.float32(0.5)], {'a': x.shape}))",
        "undefined",
    )
    for framework in (torch, minitorch_bp):
        out = run(Scripted("data", (), lines, 0), framework)
        shown = dict(out.shown)
        assert shown["error"] == ("raised", "RuntimeError") and shown["before"].array.tolist() == [1.0, 1.0]
        number = ("list", None, [("float32", "float32", 0.5)])
        assert shown["pair"] == ("tuple", None, [1, number, ("dict", {"a": ("Size", 2)})])
        assert isinstance(out.error, NameError)


def test_what_is_handed_over_comes_from_the_other_run():
    case = Scripted("optimizers", (), ("saved = given('state', rng.random())", "show('loaded', lambda: saved)"), 4)
    first = run(case, torch)
    assert set(first.given) == {"state"}
    assert dict(run(case, minitorch_bp, given={"state": 7.0}).shown) == {"loaded": 7.0}
    assert run(case, minitorch_bp, given=first.given).shown == first.shown


def test_a_sensitive_script_is_accepted():
    """A difference that PyTorch itself shows when all numbers move by two units."""
    lines = ("x = v(np.array(1.0))", "show('rest', lambda: (x - 1) * 1e9)")
    case = Scripted("distributions", (), lines, 0)
    theirs = run(case, torch)
    ours = run(case, torch, 4.5e-16)
    assert compare(case, ours, theirs, torch) is None
    ours.shown[0][1].array[()] = 0.5
    assert compare(case, ours, theirs, torch) is not None


# ---------------------------------------------------------------------- in campaigns
def test_campaigns_draw_scripts():
    cases = [k for k in range(600) if campaign.is_script(k)]
    assert 190 < len(cases) < 210 and not any(campaign.is_network(k) for k in cases)
    found = campaign.run_chunk(0, cases[0], cases[0] + 1)
    assert found.scripts == 1 and found.rows and not found.dags
    assert found.as_dict()["scripts"] == 1 and found.as_dict()["rows"]
    done = parity("--case", str(cases[0]))
    assert done.returncode == 0 and "no mismatch" in done.stdout


def test_a_failure_has_a_script_and_a_command(monkeypatch):
    """With a judge that finds one line wrong, the report has what is needed to look into it."""
    wrong = lambda case, ours, theirs, torch: scripted.Mismatch("log_prob", 1, 2) if "show('log_prob'" in str(case.lines) else None
    monkeypatch.setattr(surroundings, "compare", wrong)
    found = campaign.run_chunk(0, 0, 60, 1, ["distributions"])
    failure = found.failures[0]
    assert "import torch" in failure.script and "log_prob" in failure.script
    assert failure.command.endswith(f"--seed 0 --case {failure.case} --ops distributions")


def test_no_declared_call_is_refused_always():
    """A row whose calls all raise, in both frameworks, compares nothing."""
    refused = []
    for row, declared in TABLE.items():
        for number in range(40):
            shown = run(script_of(drawn_call(declared, Seeded((5, number))), number, row, "float64"), minitorch_bp).shown
            if shown and not (isinstance(shown[0][1], tuple) and shown[0][1][:1] == ("raised",)):
                break
        else:
            refused.append(row)
    assert not refused


def test_complex_numbers_are_compared():
    """What differs by a factor is no rounding, of complex numbers either."""
    case = Scripted(
        "calls",
        ("typed",),
        ("show('x', lambda: torch.ones(2, dtype=torch.complex64) * (2 if torch.__name__ == 'torch' else 1))",),
        0,
    )
    runs = run(case, minitorch_bp), run(case, torch)
    assert compare(case, *runs, torch) is not None
