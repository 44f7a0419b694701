"""Would the harness notice, and does it survive what happens to campaigns: planted bugs, and lost workers."""

import multiprocessing
import os
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
from parity import campaign, mutants, mutate, networks, shrink
from parity.catalog import CATALOG
from parity.choices import Seeded
from parity.generate import random_dag
from parity.judge import compare
from parity.program import run, script

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
    """The planted bugs of one optimizer, in forked processes, with the table (``python -m parity mutate``, every night, does all)."""
    done = subprocess.run(
        [sys.executable, "-m", "parity", "mutate", "--jobs", "1", "--only", "optim.sgd."], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "forgotten weight decay" in done.stdout and "SURVIVED" not in done.stdout


def test_a_network_is_shrunk():
    draw = Seeded((1, 1))
    net = networks.random_mlp(draw, 3, "conv2d")
    small = networks.shrink_network(net, lambda n: n.optimizer != "" and len(n.sizes) > 1)
    assert small.body == "mlp" and small.steps == 1 and small.optimizer == "sgd" and small.sizes == (1, 1)


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
