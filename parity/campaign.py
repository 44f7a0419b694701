"""Campaigns: many cases, on several processes, against the clock; and the report of what was found.

Case number k of seed s is the same program wherever and whenever it runs, so cases can be dealt out to processes or
machines in any order, and a failure is named by its seed and number.
"""

from __future__ import annotations

import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from .choices import Seeded

CHUNK = 60  # cases per task: about a fifth of a second
NETWORK_SHARE = 6  # every sixth case is a network


@dataclass
class Failure:
    """A case that differed, shrunk, with everything needed to look into it."""

    seed: int
    case: int
    difference: str
    script: str
    program: str | None  # as JSON, for a DAG
    command: str


@dataclass
class Report:
    """What a campaign did and found."""

    cases: int = 0
    dags: int = 0
    networks: int = 0
    seconds: float = 0.0
    ops: Counter[str] = field(default_factory=Counter)
    dtypes: Counter[str] = field(default_factory=Counter)
    second_order: int = 0
    failures: list[Failure] = field(default_factory=list)
    interrupted: bool = False

    def add(self, other: Report) -> None:
        """Take in another report (of a chunk)."""
        self.cases += other.cases
        self.dags += other.dags
        self.networks += other.networks
        self.ops.update(other.ops)
        self.dtypes.update(other.dtypes)
        self.second_order += other.second_order
        self.failures += other.failures

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        from .catalog import CATALOG

        return {
            "cases": self.cases, "dags": self.dags, "networks": self.networks, "failures": [vars(f) for f in self.failures],
            "seconds": round(self.seconds, 2), "cases_per_second": round(self.cases / max(self.seconds, 1e-9), 1),
            "second_order": self.second_order, "dtypes": dict(self.dtypes), "ops_covered": len(self.ops),
            "ops_total": len(CATALOG), "interrupted": self.interrupted,
        }  # fmt: skip


def reference() -> Any:
    """PyTorch, on one thread; RuntimeError if it is missing."""
    try:
        import torch
    except ImportError:
        raise RuntimeError("the harness compares with PyTorch, which is not installed: pip install torch==2.13.0") from None
    torch.set_num_threads(1)
    return torch


def run_case(seed: int, case: int, report: Report, ops: list[str] | None = None) -> Failure | None:
    """Draw case number ``case``, run it in both frameworks, and judge."""
    import minitorch_bp

    torch = reference()
    draw = Seeded((seed, case))
    command = f"python -m parity --seed {seed} --case {case}"
    if case % NETWORK_SHARE == 0 and not ops:
        from . import networks

        net = networks.random_mlp(draw, case)
        report.networks += 1
        report.dtypes[net.dtype] += 1
        found = networks.compare(net, networks.run(net, minitorch_bp), networks.run(net, torch))
        if found is None:
            return None
        return Failure(seed, case, str(found), networks.script(net), None, command)
    from .generate import random_dag
    from .judge import compare
    from .program import Program, run, script
    from .shrink import shrink

    program = random_dag(draw, case, ops)
    report.dags += 1
    report.dtypes[program.dtype] += 1
    report.second_order += program.second_order
    report.ops.update(s.op for s in program.steps)

    def difference(p: Program) -> Any:
        return compare(p, run(p, minitorch_bp), run(p, torch), torch)

    if difference(program) is None:
        return None
    small = shrink(program, lambda p: difference(p) is not None)
    text = f"{difference(small)}\n(shrunk from {len(program.steps)} to {len(small.steps)} steps)"
    return Failure(seed, case, text, script(small), small.to_json(), command)


def run_chunk(seed: int, start: int, stop: int, step: int = 1, ops: list[str] | None = None) -> Report:
    """Cases start, start + step, ... below stop."""
    report = Report()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for case in range(start, stop, step):
            failure = run_case(seed, case, report, ops)
            report.cases += 1
            if failure is not None:
                report.failures.append(failure)
    return report


def campaign(
    seed: int,
    budget: float | None = None,
    cases: int | None = None,
    jobs: int = 1,
    shard: tuple[int, int] = (1, 1),
    ops: list[str] | None = None,
    executor: Executor | None = None,
    progress: Callable[[Report], None] | None = None,
    stop_at: int = 20,
) -> Report:
    """Run cases until the time or the number is used up (or ``stop_at`` failures are found)."""
    total = Report()
    began = time.perf_counter()

    def over() -> bool:
        late = budget is not None and time.perf_counter() - began >= budget
        return late or len(total.failures) >= stop_at

    index, count = shard

    def chunks() -> Iterator[tuple[int, int]]:
        start = 0
        while cases is None or start < cases:
            stop = start + CHUNK * count
            yield start + index - 1, min(stop, cases) if cases is not None else stop
            start = stop

    def done(part: Report) -> None:
        total.add(part)
        total.seconds = time.perf_counter() - began
        if progress is not None:
            progress(total)

    pending_chunks = chunks()
    own = executor is None and jobs > 1
    pool = ProcessPoolExecutor(jobs) if own else executor
    try:
        if pool is None:
            for start, stop in pending_chunks:
                if over():
                    break
                done(run_chunk(seed, start, stop, count, ops))
        else:
            _deal_out(pool, jobs, pending_chunks, over, done, seed, count, ops)
    except KeyboardInterrupt:
        total.interrupted = True
    finally:
        if own and pool is not None:
            pool.shutdown(wait=not total.interrupted, cancel_futures=True)
    total.seconds = time.perf_counter() - began
    return total


def _deal_out(pool: Executor, jobs: int, chunks: Any, over: Any, done: Any, seed: int, step: int, ops: Any) -> None:
    """Keep every worker busy with one chunk and one in hand."""
    running: set[Any] = set()
    exhausted = False
    while running or not (exhausted or over()):
        while not exhausted and not over() and len(running) < 2 * jobs:
            try:
                start, stop = next(chunks)
            except StopIteration:
                exhausted = True
                break
            running.add(pool.submit(run_chunk, seed, start, stop, step, ops))
        if not running:
            break
        finished, running = wait(running, return_when=FIRST_COMPLETED)
        for future in finished:
            done(future.result())
