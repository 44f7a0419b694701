"""The command line: exit codes, bad input, Ctrl-C at any moment, budgets, and the options of each command."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

from parity import campaign, modules, record, replay

ROOT = pathlib.Path(campaign.__file__).parent.parent


def parity(*arguments, **options):
    return subprocess.run([sys.executable, "-m", "parity", *arguments], capture_output=True, text=True, **options)


@pytest.mark.parametrize(
    "arguments, code",
    [
        (["--cases", "60", "--ops", "mul,sum,nn.Linear", "--jobs", "2"], 0), (["--case", "6"], 0), (["--cases", "30", "--ops", "mul,sum", "--jobs", "1"], 0),
        (["coverage", "--ops", "mul"], 0), (["--cases", "60", "--ops", "distributions,data,optimizers", "--jobs", "1"], 0), (["corpus"], 0),
        (["--ops", "nn.Linear,nn.ReLU", "--jobs", "1"], 0),
    ],
)  # fmt: skip
def test_what_agrees_ends_with_0(arguments, code, tmp_path):
    extra = ["--corpus", str(tmp_path / "corpus")] if arguments[0] != "coverage" else []
    if "--cases" in arguments:
        extra += ["--json", str(tmp_path / "r.json"), "--junit", str(tmp_path / "r.xml"), "--html", str(tmp_path / "r.html")]
    done = parity(*arguments, *extra)
    assert done.returncode == code, done.stdout + done.stderr
    if "--json" in extra:
        found = json.loads((tmp_path / "r.json").read_text())
        assert found["failures"] == 0 and found["cases"] == int(arguments[1]) and found["not_done"] == []
        assert "<testsuites" in (tmp_path / "r.xml").read_text() and "no mismatch" in (tmp_path / "r.html").read_text()
        assert set(found["modules"]) == ({"Linear"} if "nn.Linear" in arguments[3] else set())
        assert set(found["coverage"]) == ({"mul", "sum"} if "mul" in arguments[3] else set())


@pytest.mark.parametrize(
    "arguments, word",
    [
        (["--ops", "nonsense"], "no entry, module or kind of case nonsense"), (["--ops", "nn.Nonsense"], "nn.Nonsense"), (["--shard", "3/2"], "1/4"),
        (["--shard", "0/2"], "1/4"), (["--scheduler", "tcp://127.0.0.1:1", "--cases", "1", "--ops", "mul"], "no cluster"), (["nonsense"], "no command 'nonsense'"),
        (["--budget", "-1"], "above 0"), (["--budget", "soon"], "--budget"), (["--jobs", "0"], "1 or more"), (["--cases", "-3"], "0 or more"),
        (["--samples", "3"], "opdb, moduledb would"), (["opdb", "--case", "3"], "run would"), (["opdb", "--samples", "some"], "--samples"),
        (["opdb", "--only", "no such operator"], "no entry has"), (["merge"], "REPORT.json"),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_sentence_and_ends_with_2(arguments, word, tmp_path):
    done = parity(*arguments, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 2 and word in done.stdout + done.stderr, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_every_command_has_its_own_help():
    for command in ("run", "corpus", "coverage", "opdb", "moduledb", "mutate", "bench", "merge"):
        done = parity(command, "--help", env={**os.environ, "COLUMNS": "80"})
        assert done.returncode == 0 and "exit codes:" in done.stdout
        assert ("--budget" in done.stdout) == (command in ("run", "mutate"))
        assert max(map(len, done.stdout.splitlines())) <= 130


@pytest.mark.parametrize(
    "content, code, word",
    [("raise ImportError", 4, "not installed"), ("__version__ = '2.12.0+cpu'\ndef set_num_threads(n): pass", 6, "2.12.0")],
)
def test_another_torch_or_none(content, code, word, tmp_path):
    (tmp_path / "torch.py").write_text(content)
    done = parity("--cases", "1", env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}, cwd=tmp_path)
    assert done.returncode == code and word in done.stderr, done.stderr


def test_a_seed_is_drawn_and_printed(tmp_path):
    corpus = ["--corpus", str(tmp_path / "c"), "--ops", "nn.Identity", "--jobs", "1"]
    seeds = [done.stderr.partition("seed ")[2].partition(",")[0] for done in (parity(*corpus), parity(*corpus))]
    assert seeds[0] != seeds[1] and all(s.isdigit() for s in seeds)
    assert "seed 5," in parity(*corpus, "--seed", "5").stderr


# ---------------------------------------------------------------------- time
def started(*arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "parity", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        **options,
    )  # fmt: skip  (a job in a shell's background would ignore Ctrl-C)


def processor_seconds(pid):
    """What a process has used of a processor: a busy machine does not count."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_it_shows_life_within_a_second():
    process = started("--budget", "60", "--seed", "3")
    assert process.stderr is not None
    first, used = process.stderr.readline(), processor_seconds(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    assert "seed 3" in first and used < 1


def test_a_budget_includes_the_start(tmp_path):
    began = time.perf_counter()
    done = parity(
        "--seed", "0", "--budget", "12", "--jobs", "2", "--corpus", str(tmp_path / "c"), "--json", str(tmp_path / "r.json")
    )
    wall, found = time.perf_counter() - began, json.loads((tmp_path / "r.json").read_text())
    assert done.returncode == 0, done.stdout + done.stderr
    # The campaign's own time and the start fit in; a task that is in hand is ended, and the machine may be busy with other tests.
    assert found["seconds"] < wall < 60


# ---------------------------------------------------------------------- Ctrl-C
@pytest.mark.parametrize("seconds", [0.0, 0.3, 0.6])  # (a fast machine has begun to compare after a second)
def test_ctrl_c_during_the_start_writes_reports_of_nothing(seconds, tmp_path):
    files = [tmp_path / "r.json", tmp_path / "r.xml", tmp_path / "r.html"]
    process = started(
        "--budget",
        "60",
        "--json",
        str(files[0]),
        "--junit",
        str(files[1]),
        "--html",
        str(files[2]),
        "--corpus",
        str(tmp_path / "c"),
    )
    assert process.stderr is not None and "seed" in process.stderr.readline()  # its first sign of life
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)
    out, said = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in said, said
    assert "nothing was compared" in said and "not done:" in out
    found = json.loads(files[0].read_text())
    assert found["interrupted"] and found["not_done"] and found["cases"] == 0 and found["about"]["seed"] is not None
    assert "not done" in files[1].read_text() and "Interrupted" in files[2].read_text()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_keeps_what_was_done(jobs, tmp_path):
    file = tmp_path / "r.json"
    process = started("--seed", "0", "--budget", "300", "--jobs", jobs, "--json", str(file), "--corpus", str(tmp_path / "c"))
    assert process.stderr is not None
    seen = ""
    while " cases (" not in seen:  # its first line of progress
        line = process.stderr.readline()
        assert line, "it ended by itself"
        seen += line
    os.killpg(process.pid, signal.SIGINT)  # its workers get one, too
    out, said = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in said, out + said
    found = json.loads(file.read_text())
    assert found["interrupted"] and found["modules"] and "interrupted" in out and "not done:" in out
    assert found["not_done"]  # at least the random cases that were still to come


def test_ctrl_c_of_a_database_says_what_was_not_replayed():
    process = started("moduledb", "--samples", "1", "--jobs", "2")
    assert process.stderr is not None and "seed" in process.stderr.readline()
    time.sleep(9)
    os.killpg(process.pid, signal.SIGINT)
    out, said = process.communicate(timeout=60)
    assert process.returncode in (130, 0) and "Traceback" not in said, said
    assert process.returncode == 0 or "not replayed" in out or "not finished" in said


# ---------------------------------------------------------------------- what a run compares
def test_a_run_and_coverage_compare_modules(monkeypatch):
    """A module that is wrong in minitorch_bp is found by what `run` and `coverage` call."""
    import minitorch_bp

    right = minitorch_bp.nn.Softplus.forward
    monkeypatch.setattr(minitorch_bp.nn.Softplus, "forward", lambda self, input: right(self, input) * 1.001)
    found = campaign.run_modules(["Tanh", "Softplus"])
    assert found.modules["Tanh"] == len(modules.cases("Tanh")) and found.modules["Softplus"] == 1
    assert [f.title for f in found.failures] == [modules.described(modules.cases("Softplus")[0])]
    plan, tasks = campaign.sweep(list(modules.MODULES), [], 0)
    assert sorted(name for _, (names,) in tasks for name in names) == sorted(modules.MODULES)
    assert plan.planned == {"modules": len(modules.MODULES)}


def test_shards_share_out_what_is_compared_one_by_one():
    parts = [campaign.sweep(list(modules.MODULES), ["mul", "sum", "exp"], 5, (k, 3)) for k in (1, 2, 3)]
    names = sorted(name for _, tasks in parts for _, (names,) in tasks for name in names)
    assert names == sorted([*modules.MODULES, "mul", "sum", "exp"])
    assert sum(plan.planned["modules"] for plan, _ in parts) == len(modules.MODULES)


def test_parts_of_the_databases_come_last_and_are_shared_out():
    """They are replayed with samples that the seed draws; what differs is a failure with a script of its own."""
    parts = [campaign.sweep(["Tanh"], ["mul"], 5, (k, 2), 8) for k in (1, 2)]
    assert [plan.planned[record.DATABASE] for plan, _ in parts] == [4, 4]
    last = [arguments for _, tasks in parts for function, arguments in tasks[-4:] if function is campaign.run_database]
    assert sorted(last) == [((k,), 5) for k in range(8)]


def test_what_differs_in_a_database_is_a_failure(monkeypatch):
    from parity import moduledb, opdb
    from parity.replay import Result

    monkeypatch.setattr(opdb, "names", lambda: ["sinh"])
    monkeypatch.setattr(moduledb, "names", lambda: ["nn.Tanh"])
    done = campaign.run_database([0], 3)
    assert not done.failures and done.database == {"part 0": 1}
    monkeypatch.setattr(
        opdb, "one", lambda name, limit, seed: {"float64": Result(name, {"forward": 2}, {"forward": 1}, {"forward": "x"})}
    )
    (failure,) = campaign.run_database([0], 3).failures
    assert failure.title == "sinh" and failure.kind == "opdb" and "--only sinh --samples 3 --seed 3" in failure.command


def test_half_of_the_time_is_left_for_random_cases():
    def slow(names):
        time.sleep(0.3)
        return record.Report()

    found = campaign.campaign(seed=1, budget=1.5, ops=["mul"], first=[(slow, ((),))] * 20)
    assert found.cases > 0


def test_samples_are_drawn_by_the_seed():
    drawn = lambda limit, seed: [number for number, _ in replay.drawn(iter("abcdefghij"), limit, seed)]
    assert drawn(3, None) == [0, 1, 2] and drawn(None, 1) == list(range(10)) and drawn(20, 1) == list(range(10))
    assert drawn(3, 1) == drawn(3, 1) and len({tuple(drawn(3, seed)) for seed in range(20)}) > 10
    assert set().union(*(drawn(3, seed) for seed in range(30))) == set(range(10))  # rotating seeds reach every sample


def test_ci_replays_a_rotating_sample_and_all_of_them_at_night():
    ci, nightly = ((ROOT / ".ci" / name).read_text() for name in ("run", "nightly"))
    assert "opdb --samples 2 --seed" in ci and "opdb --samples all" in nightly
