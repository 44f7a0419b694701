"""How long does a campaign take to find each bug of the second table? (``python -m parity mutate --planted``)

PyTorch is imported once, with its databases. Every bug then gets a forked process, which imports minitorch_bp with the bug in it and
runs a campaign until something differs: what it compares one by one, for half of the time, between its random cases. Seconds are the process's own, so a busy machine does not count. What is not found within the
budget survives; where no check can tell, the table says why.
"""

from __future__ import annotations

import importlib
import json
import os
import pathlib
import pickle
import select
import statistics
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

from .planted import TABLE, Plant, plant
from .record import DATABASE_PARTS

Found = tuple[str, float, int]  # what found it ('' for nothing), seconds, cases


def hunt(bug: Plant, seed: int, budget: float) -> Found:
    """Plant a bug in this process and run a campaign's cases until one differs."""
    began = time.process_time()
    plant(bug)
    case, swept = 0, 0.0
    try:
        from .campaign import Report, run_case, sweep
        from .catalog import CATALOG
        from .module_cases import MODULES

        _, first = sweep(list(MODULES), list(CATALOG), seed, parts=DATABASE_PARTS)
        with warnings.catch_warnings(action="ignore"):
            while (now := time.process_time() - began) < budget:
                if first and swept < now / 2:
                    function, arguments = first.pop(0)
                    failures = function(*arguments).failures
                    swept += time.process_time() - began - now
                else:
                    failures = [f for f in [run_case(seed, case, Report(), shrinks=False)] if f is not None]
                    case += 1
                if failures:
                    return failures[0].difference.partition("\n")[0][:200], time.process_time() - began, case
    except Exception as error:
        return f"crash: {type(error).__name__}: {error}"[:200], time.process_time() - began, case
    return "", time.process_time() - began, case


def _in_a_fork(bug: Plant, seed: int, budget: float) -> tuple[int, int]:
    """Start the hunt: (pipe to read its result from, process)."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(read)
            with open(os.devnull, "w") as nowhere:
                os.dup2(nowhere.fileno(), 1)
                os.dup2(nowhere.fileno(), 2)
                os.write(write, pickle.dumps(hunt(bug, seed, budget)))
        finally:
            os._exit(0)
    os.close(write)
    return read, pid


def hunt_all(bugs: list[Plant], seed: int, budget: float, jobs: int, progress: Callable[[int], None]) -> list[Found]:
    """Every bug in a process of its own, ``jobs`` at a time."""
    results: list[Found] = [("", 0.0, 0)] * len(bugs)
    running: dict[int, tuple[int, int]] = {}
    waiting, done = list(range(len(bugs)))[::-1], 0
    while waiting or running:
        while waiting and len(running) < jobs:
            index = waiting.pop()
            read, pid = _in_a_fork(bugs[index], seed, budget)
            running[read] = (index, pid)
        ready, _, _ = select.select(list(running), [], [], 1.0)
        for pipe in ready:
            index, pid = running.pop(pipe)
            content = b""
            while part := os.read(pipe, 65536):
                content += part
            os.close(pipe)
            os.waitpid(pid, 0)
            results[index] = pickle.loads(content) if content else ("crash: the process died", 0.0, 0)
            done += 1
            progress(done)
    return results


def _is_there(bug: Plant) -> bool:
    try:
        return bool(bug.applied(bug.file.read_text()))
    except LookupError:
        return False


def main(jobs: int, only: str | None, json_file: str | None, budget: float, seed: int, every: int = 1) -> int:
    """Hunt all bugs and print the table; 0 if each was found."""
    from .outcome import reference

    reference()
    importlib.import_module("torch.testing._internal.common_methods_invocations")  # (without minitorch_bp, which the bugs change)
    bugs = [b for b in TABLE if only is None or only in b.name or only in b.kind][::every]
    gone = [b for b in bugs if not _is_there(b)]
    for bug in gone:
        print(f"CANNOT BE PLANTED: {bug.name}: the code has moved on")
    bugs = [b for b in bugs if b not in gone]
    began = time.perf_counter()
    print(f"{len(bugs)} bugs, at most {budget:.0f} s each", file=sys.stderr)

    def progress(done: int) -> None:
        if done % 20 == 0:
            print(f"planted: {done} of {len(bugs)}, {time.perf_counter() - began:.0f} s", file=sys.stderr)

    results = hunt_all(bugs, seed, budget, jobs, progress)
    kinds: dict[str, list[Found]] = {}
    unseen = Counter(b.kind for b, r in zip(bugs, results, strict=True) if b.unseen and not r[0])
    for bug, result in zip(bugs, results, strict=True):
        kinds.setdefault(bug.kind, []).append(result)
    print(f"{'kind of bug':30s} {'planted':>8s} {'found':>6s} {'median s':>9s} {'no check can tell':>18s}")
    for kind, those in [*sorted(kinds.items()), ("all", results)]:
        times = [seconds for what, seconds, _ in those if what]
        missed = unseen.total() if kind == "all" else unseen[kind]
        print(f"{kind:30s} {len(those):8d} {len(times):6d} {statistics.median(times) if times else 0:9.1f} {missed:18d}")
    survivors = [b for b, r in zip(bugs, results, strict=True) if not r[0] and not b.unseen]
    for bug in survivors:
        print(f"SURVIVED: {bug.kind}: {bug.name}")
    found = sum(bool(r[0]) for r in results)
    print(f"found {found} of {len(bugs) - unseen.total()} that a check could tell, in {time.perf_counter() - began:.0f} s")
    if json_file:
        rows: list[dict[str, Any]] = [
            {"kind": b.kind, "name": b.name, "found": w, "seconds": round(s, 2), "cases": n, "unseen": b.unseen}
            for b, (w, s, n) in zip(bugs, results, strict=True)
        ]
        pathlib.Path(json_file).write_text(json.dumps({"budget": budget, "seed": seed, "bugs": rows}, indent=1) + "\n")
    return 1 if survivors else 0
