"""Would the harness notice, and does it survive what happens to campaigns: planted bugs, lost workers, bad files, Ctrl-C."""

import json
import multiprocessing
import os
import pathlib
import pickle
import signal
import subprocess
import sys
import time
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
import torch

import minitorch_bp
from parity import campaign, corpus, coverage, mutants, mutate, networks, report, shrink
from parity.catalog import CATALOG
from parity.choices import Seeded
from parity.generate import random_dag
from parity.judge import compare
from parity.program import Leaf, Program, Step, run, script

#: The graph bugs that random DAGs alone must find.
GRAPH = [e for e in mutants.EDITS if e.module in ("core.engine", "core.sums", "core.graph", "core.view") and e.kind in (
    "= for +=", "wrong traversal order", "missing visited set", "dropped unbroadcast", "off-by-one axis", "leaf counted wrongly",
    "aliased gradient", "stale saved value", "stale view", "write to a view forgotten", "slice keeps its gradient", "dropped cast back",
    "unbroadcast over the wrong axis", "missing version bump",
)]  # fmt: skip


def in_a_fork(function):
    """What a function returns in a forked process, which is thrown away."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(read)
            os.write(write, pickle.dumps(function()))
        finally:
            os._exit(0)
    os.close(write)
    content = b""
    while part := os.read(read, 65536):
        content += part
    os.close(read)
    os.waitpid(pid, 0)
    assert content, "the forked process died"
    return pickle.loads(content)


def hunt(edit):
    """Plant a bug, look for it with random DAGs, shrink: ``(seconds, cases, steps)``."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    mutate._edit(edit)
    began = time.process_time()  # a busy machine does not count
    for case in range(20000):
        program = random_dag(Seeded((17, case)), case)
        fails = lambda p: compare(p, run(p, minitorch_bp), run(p, torch), torch) is not None
        if fails(program):
            seconds = time.process_time() - began
            return seconds, case, len(shrink.shrink(program, fails).steps)
    return float("inf"), 20000, 0


@pytest.mark.parametrize("edit", GRAPH, ids=lambda e: e.name[:60])
def test_a_planted_graph_bug_is_found_in_seconds_and_shrunk(edit):
    seconds, case, steps = in_a_fork(lambda: hunt(edit))
    assert seconds < 10, f"not found within {case} cases"
    assert steps <= 3


@pytest.mark.parametrize(
    "name, bend",
    [("mul", "small factor"), ("_sub", "sign"), ("tanh", "added constant"), ("_mm", "factor"), ("exp", "dropped gradient")],
)
def test_a_wrong_rule_is_found_and_shrunk(name, bend):
    def look():
        warnings.simplefilter("ignore")
        op = mutate.OPS[name]
        mutate._replace_rule(op, 0, mutate.BentRule(op.rules[0][1], mutate.BENDS[bend], None))
        for case in range(3000):
            program = random_dag(Seeded((3, case)), case)
            fails = lambda p: compare(p, run(p, minitorch_bp), run(p, torch), torch) is not None
            if fails(program):
                return len(shrink.shrink(program, fails).steps)
        return 99

    assert in_a_fork(look) <= 3


def test_mutation_score_of_a_part():
    """The engine's and the optimizers' planted bugs, in forked processes, with the table (``python -m parity mutate`` does all)."""
    done = subprocess.run(
        [sys.executable, "-m", "parity", "mutate", "--jobs", "1", "--only", "optim."], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "forgotten weight decay" in done.stdout and "SURVIVED" not in done.stdout


def test_a_network_is_shrunk():
    draw = Seeded((1, 1))
    net = networks.random_mlp(draw, 3, "conv2d")
    small = networks.shrink_network(net, lambda n: n.optimizer != "" and len(n.sizes) > 1)
    assert small.body == "mlp" and small.steps == 1 and small.optimizer == "sgd" and small.sizes == (1, 1)


# ---------------------------------------------------------------------- reports
@pytest.fixture()
def failure():
    program = Program((Leaf((2,), 1), Leaf((2,), 2)), (Step("mul", (0, 1)), Step("exp", (2,))), (3,))
    return campaign.Failure(
        1, 2, "values[0] (mul):\n  ours <1>\n  theirs 2", script(program), program.to_json(), "python -m parity --seed 1 --case 2"
    )


def test_reports(failure):
    found = campaign.run_chunk(0, 0, 60)
    found.failures = [failure]
    table = coverage.matrix(["mul", "sum"], seeds=1)
    page = report.page(found, ["nothing <here>"], table)
    assert "<svg" in page and "v2 = mul" in page and "ours &lt;1&gt;" in page and "nothing &lt;here&gt;" in page
    assert "http://" not in page.replace("http://www.w3.org", "") and "https://" not in page and "<script" not in page
    xml = report.junit(found, [])
    import xml.etree.ElementTree as tree

    suite = tree.fromstring(xml)
    assert suite.get("failures") == "1" and "seed 1 case 2" in xml
    content = report.as_dict(found, [], table)
    for key in ("cases", "failures", "seconds", "cases_per_second", "harness_share", "ops_covered", "ops_total"):
        assert isinstance(content[key], (int, float)), key
    assert content["failures"] == 1 and 0 <= content["harness_share"] < 1


def test_failures_are_kept_and_replayed(tmp_path, failure):
    corpus.save(tmp_path, [failure])
    assert corpus.load(next(tmp_path.iterdir()))["program"].steps[0].op == "mul"
    replayed = corpus.replay(tmp_path)
    assert replayed.replayed == 1 and not replayed.failures
    assert not list(tmp_path.iterdir()), "what passes leaves the corpus"


def test_the_script_runs_with_either_import(tmp_path):
    for case in (3, 5, 11, 29):
        program = random_dag(Seeded((21, case)), case)
        printed = []
        for module in ("torch", "minitorch_bp"):
            path = tmp_path / "s.py"
            path.write_text(script(program, module))
            done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True)
            printed.append((done.returncode, done.stdout.count("\n")))
        assert printed[0] == printed[1]


# ---------------------------------------------------------------------- the command line
def parity(*arguments, **options):
    return subprocess.run([sys.executable, "-m", "parity", *arguments], capture_output=True, text=True, **options)


@pytest.mark.parametrize(
    "arguments, code",
    [
        (["--cases", "120", "--jobs", "2"], 0), (["--case", "6"], 0), (["--cases", "30", "--ops", "mul,sum", "--jobs", "1"], 0), (["coverage", "--ops", "mul"], 0), (["--cases", "60", "--ops", "distributions,data,optimizers", "--jobs", "1"], 0),
        (["--ops", "nonsense"], 2), (["--shard", "3/2"], 2), (["--scheduler", "tcp://127.0.0.1:1", "--cases", "1"], 2), (["nonsense"], 2),
    ],
)  # fmt: skip
def test_command_line(arguments, code, tmp_path):
    extra = ["--corpus", str(tmp_path / "corpus"), "--seed", "0"]
    if "--cases" in arguments and code == 0:
        extra += ["--json", str(tmp_path / "r.json"), "--junit", str(tmp_path / "r.xml")]
    done = parity(*arguments, *extra)
    assert done.returncode == code, done.stdout + done.stderr
    if "--json" in extra:
        found = json.loads((tmp_path / "r.json").read_text())
        assert found["failures"] == 0 and found["cases"] == int(arguments[1]) and found["cases_per_second"] > 0
        assert "<testsuite" in (tmp_path / "r.xml").read_text()


def test_a_corrupt_corpus_is_named(tmp_path):
    (tmp_path / "bad.json").write_text('{"seed": 1')
    done = parity("--cases", "1", "--corpus", str(tmp_path))
    assert done.returncode == 5 and "bad.json" in done.stderr
    (tmp_path / "bad.json").write_text('{"seed": 1, "case": 1, "program": {"steps": []}}')
    assert parity("--cases", "1", "--corpus", str(tmp_path)).returncode == 5
    assert parity("--program", str(tmp_path / "bad.json")).returncode == 5


@pytest.mark.parametrize(
    "content, code, word",
    [("raise ImportError", 4, "not installed"), ("__version__ = '2.12.0+cpu'\ndef set_num_threads(n): pass", 6, "2.12.0")],
)
def test_another_torch_or_none(content, code, word, tmp_path):
    (tmp_path / "torch.py").write_text(content)
    path = os.pathsep.join([str(tmp_path), str(pathlib.Path(campaign.__file__).parent.parent)])
    done = parity("--cases", "1", env={**os.environ, "PYTHONPATH": path}, cwd=tmp_path)
    assert done.returncode == code and word in done.stderr, done.stderr


def test_a_seed_is_drawn_and_printed(tmp_path):
    corpus = ["--corpus", str(tmp_path / "c"), "--ops", "mul,sum", "--cases", "2", "--jobs", "1"]
    seeds = [done.stderr.partition("seed ")[2].partition(",")[0] for done in (parity(*corpus), parity(*corpus))]
    assert seeds[0] != seeds[1] and all(s.isdigit() for s in seeds)
    assert "seed 5," in parity(*corpus, "--seed", "5").stderr


def test_ctrl_c_while_the_frameworks_are_imported():
    process = subprocess.Popen(
        [sys.executable, "-m", "parity", "--budget", "60"], stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    assert process.stderr is not None and "seed" in process.stderr.readline()  # its first sign of life
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and "nothing was compared" in said and "Traceback" not in said


def test_ctrl_c_keeps_what_was_done(tmp_path):
    file = tmp_path / "r.json"
    options = ["--seed", "0", "--budget", "300", "--jobs", "2", "--json", str(file), "--corpus", str(tmp_path / "c")]
    process = subprocess.Popen(
        [sys.executable, "-m", "parity", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in a shell's background would ignore Ctrl-C
    )  # fmt: skip
    assert process.stderr is not None
    seen = ""
    while " cases," not in seen:  # its first line of progress
        line = process.stderr.readline()
        assert line, "it ended by itself"
        seen += line
    os.killpg(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130, out
    found = json.loads(file.read_text())
    assert found["interrupted"] and found["cases"] > 0 and "interrupted" in out


# ---------------------------------------------------------------------- many workers
def test_shards_partition_the_campaign():
    whole = campaign.campaign(seed=5, cases=240)
    parts = [campaign.campaign(seed=5, cases=240, shard=(k, 3)) for k in (1, 2, 3)]
    assert whole.cases == sum(p.cases for p in parts) == 240
    assert whole.ops == parts[0].ops + parts[1].ops + parts[2].ops and all(p.networks for p in parts)


def test_any_executor():
    with ThreadPoolExecutor(1) as pool:
        found = campaign.campaign(seed=5, cases=120, executor=pool, jobs=1)
    assert found.cases == 120 and found.ops == campaign.campaign(seed=5, cases=120).ops


def test_a_cluster_that_loses_workers_loses_no_case():
    """A Dask cluster of separate processes; two of its workers are killed while the campaign runs."""
    distributed = pytest.importorskip("distributed")
    cases = 900
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        executor = campaign.DaskExecutor(cluster.scheduler_address)
        killed: list[int] = []

        def progress(so_far):
            if so_far.cases >= 120 * (len(killed) + 1) and len(killed) < 2:
                pids = [w.pid for w in cluster.workers.values() if getattr(w, "pid", None)]
                victim = next((p for p in pids if p not in killed), None)
                if victim is not None:
                    killed.append(victim)
                    os.kill(victim, signal.SIGKILL)

        found = campaign.campaign(seed=6, cases=cases, executor=executor, jobs=2, progress=progress)
        executor.shutdown()
    assert killed, "no worker was killed"
    # In a process as fresh as the cluster's: what is drawn depends on shapes that PyTorch computes, some of them by rounding.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as fresh:
        alone = campaign.campaign(seed=6, cases=cases, executor=fresh)
    assert found.cases == cases and found.ops == alone.ops and found.dags == alone.dags and not found.failures


def test_a_program_is_legal_for_both_or_for_none():
    torch.set_num_threads(1)
    for case in range(300):
        program = random_dag(Seeded((31, case)), case, list(CATALOG)[::7])
        ours, theirs = run(program, minitorch_bp), run(program, torch)
        assert type(ours.error) is type(theirs.error)
