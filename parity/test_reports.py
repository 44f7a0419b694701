"""What a failure is handed over as: groups by the primitive, a script, the corpus, and the reports in every form."""

import json
import os
import pathlib
import subprocess
import sys
import warnings
import xml.etree.ElementTree as tree
from typing import Any

import pytest
import torch

import minitorch_bp
from parity import blame, campaign, cases, corpus, coverage, modules, mutate, networks, record, report, scripted, surroundings
from parity.catalog import CATALOG
from parity.choices import Seeded
from parity.generate import random_dag
from parity.program import Leaf, Program, Step
from parity.reproducer import without_unused
from parity.test_harness import in_a_fork

PROGRAM = Program((Leaf((2,), 1), Leaf((2,), 2)), (Step("mul", (0, 1)), Step("exp", (2,))), (3,))


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def bent(name, index=0, bend="factor"):
    op = mutate.OPS[name]
    mutate._replace_rule(op, index, mutate.BentRule(op.rules[index][1], mutate.BENDS[bend], None))


# ---------------------------------------------------------------------- groups
@pytest.mark.parametrize(
    "name, index, group", [("_div", 1, "div (backward)"), ("_mm", 0, "mm (backward)"), ("tanh", 0, "tanh (backward)")]
)
def test_one_broken_rule_gives_one_group_that_names_it(name, index, group):
    def look():
        bent(name, index)
        ops = {"_div": ["div", "rdiv", "div_", "std_mean"], "_mm": ["mm"], "tanh": ["tanh", "tanh_", "acos"]}[name]
        found = campaign.run_operations([n for n in ops if n in CATALOG])
        found.add(campaign.run_modules({"_div": ["Softsign"], "_mm": [], "tanh": ["Tanh"]}[name]))
        found.add(campaign.campaign(seed=3, cases=300, stop_at=3))
        return {k: len(v) for k, v in found.groups.items()}

    groups = in_a_fork(look)
    assert next(iter(groups)) == group and groups[group] >= 0.6 * sum(groups.values()), groups


def test_a_wrong_result_and_a_wrong_error_are_named():
    off = lambda t: 1.001 if t is minitorch_bp else 1.0
    assert blame.first_to_diverge(lambda t: t.ones(3).exp().mul(off(t)).sum(), minitorch_bp, torch) == "mul"
    assert (
        blame.first_to_diverge(lambda t: t.ones(3).exp().mm(t.ones(3)) if t is torch else None, minitorch_bp, torch) == "mm (error)"
    )
    assert blame.first_to_diverge(lambda t: t.ones(3).exp().sum(), minitorch_bp, torch) == ""


def test_names_of_nodes():
    names = ["DivBackward0", "torch::autograd::CopyBackwards", "LogSoftmaxBackward0", "Atan2Backward0"]
    assert [blame.primitive(n) for n in names][::2] == ["div", "log_softmax"] and blame.primitive(names[3]) == "atan2"


# ---------------------------------------------------------------------- the script
def run_script(text, tmp_path):
    path = tmp_path / "reproducer.py"
    path.write_text(text)
    root = pathlib.Path(minitorch_bp.__file__).parents[1]  # the copy that is tested, where another one is installed, too
    return subprocess.run([sys.executable, str(path)], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(root)})


def test_the_script_runs_both_frameworks_and_fails(tmp_path):
    """Where the two programs differ, it says where, in full precision, which copy it imported, and exits 1."""
    f = cases.failure("dag", PROGRAM, "values[0]: 1 instead of 2", "python -m parity --seed 1 --case 2", 1, 2)
    good = run_script(f.script, tmp_path)
    assert good.returncode == 0 and "no difference" in good.stdout and minitorch_bp.__file__ in good.stdout, (
        good.stdout + good.stderr
    )
    line = next(line for line in f.script.splitlines() if "v2 = " in line and "show" not in line)
    wrong = f.script.replace(line, line + " * (1.0 if torch is reference else 1.0000001)")
    bad = run_script(wrong, tmp_path)
    assert bad.returncode == 1 and "DIFFERS" in bad.stdout and "units of the last place" in bad.stdout, bad.stdout + bad.stderr
    assert "gradient of v0" in bad.stdout and "--seed 1 --case 2" in f.script


def test_scripts_of_every_kind_agree_where_the_frameworks_do(tmp_path):
    """One file of many: for each kind of case, what it shows is the same in both."""
    drawn: list[tuple[str, Any]] = [("dag", random_dag(Seeded((21, k)), k)) for k in range(40)]
    drawn += [("network", networks.random_network(Seeded((22, k)), k)) for k in range(25)]
    drawn += [("script", case) for case in list(surroundings.every_row(1))[::12]]
    drawn += [("module", modules.cases(name)[0]) for name in list(modules.MODULES)[::6]]
    differing = []
    for kind, case in drawn:
        space: dict[str, Any] = {"__name__": "reproducer"}
        text = cases.reproducer(
            cases.KINDS[kind].body(case), "a case", "nothing", "nothing", max(1e-6, cases.KINDS[kind].tolerance(case))
        )
        exec(compile(text, "<reproducer>", "exec"), space)
        ours, theirs = space["shown_by"](minitorch_bp), space["shown_by"](torch)
        assert ours and set(ours) == set(theirs), text
        error = ours.get("the error that ended the program", "")
        assert "NameError" not in str(error) and "UnboundLocal" not in str(error), text
        if any(list(space["differences"](name, ours[name], theirs[name])) for name in theirs):
            differing.append((kind, case))
    assert len(differing) <= len(drawn) // 10  # (the script has no judge that asks PyTorch about itself)


def test_helpers_that_a_script_does_not_use_are_left_out():
    body = """import math
F, nn = torch.nn.functional, torch.nn
torch.manual_seed(1)
rng = np.random.default_rng(1)
def inner(): return 2
def outer(): return inner()
def unused(): return F
drawn = rng.random()
show("x", lambda: outer())"""
    assert (
        without_unused(body)
        == """torch.manual_seed(1)
rng = np.random.default_rng(1)
def inner(): return 2
def outer(): return inner()

drawn = rng.random()
show("x", lambda: outer())"""
    )


# ---------------------------------------------------------------------- the corpus
def every_kind():
    return {
        "dag": PROGRAM, "network": networks.random_network(Seeded((1, 2)), 2), "script": next(iter(surroundings.every_row(1))),
        "module": modules.cases("Linear")[0],
    }  # fmt: skip


def test_what_once_failed_is_kept_and_replayed(tmp_path):
    failures = [cases.failure(kind, case, "x: 1 instead of 2", "again", 1, k, "a module" if kind == "module" else "")
                for k, (kind, case) in enumerate(every_kind().items())]  # fmt: skip
    paths = corpus.save(tmp_path, failures)
    assert len(paths) == 4 and "a-module.json" in [p.name for p in paths]
    for path, case in zip(paths, every_kind().values(), strict=True):
        assert corpus.load(path)["content"] == case
    for _ in range(2):  # what passes stays
        reports = list(corpus.replay(tmp_path, "python -m parity"))
        assert [r.replayed for r in reports] == [1] * 4 and not any(r.failures for r in reports)


def test_a_saved_case_that_fails_again_is_reported(tmp_path):
    def look():
        corpus.save(tmp_path, [cases.failure("dag", PROGRAM, "x", "again", 1, 2)])
        bent("mul")
        (found,) = corpus.replay(tmp_path, "python -m parity")
        return found.failures[0].group, found.failures[0].title, found.failures[0].command

    group, title, command = in_a_fork(look)
    assert group == "mul (backward)" and "case 2 of seed 1" in title and "--program" in command


@pytest.mark.parametrize(
    "content, words",
    [
        ('{"seed": 1', "not a saved failure"), ("[1]", "not a saved failure"), ('{"seed": 1, "case": 1, "program": null}', "an older version of the harness"),
        ('{"format": 3}', "format 3"), ('{"format": 2, "kind": "dag", "label": "", "seed": 1, "case": 2, "content": {"steps": []}}', "not a saved failure"),
        ('{"format": 2, "kind": "poem", "label": "", "seed": 1, "case": 2, "content": {}}', "not a saved failure"),
    ],
)  # fmt: skip
def test_a_bad_corpus_is_one_sentence(content, words, tmp_path):
    (tmp_path / "bad.json").write_text(content)
    with pytest.raises(corpus.CorruptCorpus, match=words) as caught:
        list(corpus.replay(tmp_path, "python -m parity"))
    assert "bad.json" in str(caught.value) and "\n" not in str(caught.value)


def test_the_command_says_so_and_ends_with_5(tmp_path):
    (tmp_path / "bad.json").write_text('{"seed": 1, "case": 1, "program": null}')
    for arguments in (["corpus"], ["--cases", "1"]):
        done = subprocess.run(
            [sys.executable, "-m", "parity", *arguments, "--corpus", str(tmp_path)], capture_output=True, text=True
        )
        assert done.returncode == 5 and "older version" in done.stderr and "Traceback" not in done.stderr


# ---------------------------------------------------------------------- the reports
@pytest.fixture(scope="module")
def found():
    made = campaign.run_chunk(0, 0, 60)
    made.add(campaign.run_modules(["Linear", "ReLU"]))
    made.operations = coverage.matrix(["mul", "sum"], seeds=1)
    made.planned.update({"modules": 3, "cases": 60})
    made.failures = [
        record.Failure(1, 2, "values[0] (mul):\n  ours <1>\n  theirs 2", "print(1)", PROGRAM.to_json(), "again", "dag", "mul"),
        record.Failure(1, 7, "gradient of x\x00", "print(2)", None, "again", "script", "mul"),
        record.Failure(None, None, "values[0]", "print(3)", None, "again", "module", "nn.ReLU", "nn.ReLU() on (x(2),)"),
    ]
    made.not_covered, made.about = ["nothing <here>"], record.about(1, "2/3", command="python -m parity --shard 2/3")
    return made


def test_the_page(found):
    page = report.page(found)
    assert "<svg" in page and "v2 = mul" in page and "ours &lt;1&gt;" in page and "nothing &lt;here&gt;" in page
    assert "http://" not in page and "https://" not in page and "<script" not in page and "link" not in page.partition("<body>")[0]
    assert "2/3" in page and torch.__version__ in page and "1 of 3 modules" in page
    assert page.index('<h2 id="group-0">mul') < page.index('<h2 id="group-1">nn.ReLU')


def test_junit_has_a_test_case_for_every_operation_and_module(found):
    suites = {s.get("name"): s for s in tree.fromstring(report.junit(found))}
    operations = {c.get("name"): c for c in suites["parity operations"]}
    assert set(CATALOG) <= set(operations) and len(operations["mul"].findall("failure")) == 2
    assert operations["sum"].find("skipped") is None
    assert {f"nn.{n}" for n in modules.MODULES} <= {c.get("name") for c in suites["parity modules"]}
    relu, tanh = (next(c for c in suites["parity modules"] if c.get("name") == n) for n in ("nn.ReLU", "nn.Tanh"))
    assert relu.find("failure") is not None and tanh.find("skipped") is not None
    values = {p.get("name"): p.get("value") for p in suites["parity modules"].iter("property")}
    assert values["seed"] == "1" and values["shard"] == "2/3" and values["version of torch"] == torch.__version__
    assert {"platform", "date", "version of python", "minitorch_bp_path"} <= set(values)
    root = tree.fromstring(report.junit(found))
    assert int(root.get("failures", "")) == sum(int(s.get("failures", "")) for s in root) == 4


def test_json_comes_back_as_the_report(found, tmp_path):
    content = found.as_dict()
    assert content["groups"] == {"mul": 2, "nn.ReLU": 1} and content["not_done"] == ["1 of 3 modules"]
    assert {"seed", "shard", "versions", "platform", "date"} <= set(content["about"])
    report.write_json(str(tmp_path / "r.json"), content)
    assert report.read_json(str(tmp_path / "r.json")).as_dict() | {"seconds": 0, "harness_share": 0, "cases_per_second": 0} == content | {
        "seconds": 0, "harness_share": 0, "cases_per_second": 0, "frameworks": content["frameworks"],
    }  # fmt: skip


def test_shards_merge_into_the_report_of_the_whole(tmp_path):
    whole = campaign.campaign(seed=5, cases=180)
    files = []
    for k in (1, 2, 3):
        part = campaign.campaign(seed=5, cases=180, shard=(k, 3))
        part.about = record.about(5, f"{k}/3")
        files.append(str(tmp_path / f"{k}.json"))
        report.write_json(files[-1], part.as_dict())
    out = {kind: tmp_path / f"whole.{kind}" for kind in ("html", "json", "junit")}
    options = [x for kind, path in out.items() for x in (f"--{kind}", str(path))]
    done = subprocess.run([sys.executable, "-m", "parity", "merge", *files, *options], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    merged = report.read_json(str(out["json"]))
    assert (merged.cases, merged.ops, merged.rows, merged.not_done) == (whole.cases, whole.ops, whole.rows, [])
    assert merged.about["shard"] == "1/3, 2/3, 3/3" and merged.about["seed"] == "5" and "180" in out["html"].read_text()
    (tmp_path / "bad.json").write_text("{}")
    for bad, word in (("bad.json", "is not a report"), ("none.json", "cannot be read")):
        done = subprocess.run(
            [sys.executable, "-m", "parity", "merge", files[0], str(tmp_path / bad)], capture_output=True, text=True
        )
        assert done.returncode == 5 and word in done.stderr and bad in done.stderr and "Traceback" not in done.stderr


def test_a_failed_shard_fails_the_whole(found, tmp_path):
    report.write_json(str(tmp_path / "1.json"), found.as_dict())
    done = subprocess.run([sys.executable, "-m", "parity", "merge", str(tmp_path / "1.json")], capture_output=True, text=True)
    assert done.returncode == 1 and "3 MISMATCHES, by what diverges first: mul (2), nn.ReLU (1)" in done.stdout


def test_scripted_cases_survive_json():
    for case in list(surroundings.every_row(1))[::9]:
        known = cases.KINDS["script"]
        again = known.load(json.loads(json.dumps(known.dump(case))))
        assert again == case and isinstance(again, scripted.Scripted)
