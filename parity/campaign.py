"""Campaigns: many cases, on several processes or machines, against the clock; and the report of what was found.

Case number k of seed s is the same program wherever and whenever it runs, so cases can be dealt out to processes or
machines in any order, and a failure is named by its seed and number. What deals them out is any
``concurrent.futures.Executor``: a pool of processes, or a Dask cluster's. A part is counted when its result arrives, so one
that is run again after a worker was lost is counted once.
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

COMMAND = f"python -m {__package__}"  # the package has another name where it is installed
CHUNK = 60  # cases per task: about a fifth of a second
NETWORK_SHARE = 6  # every sixth case or so is a network
SCRIPT_SHARE = 3  # every third is a script: a call with drawn arguments, or what surrounds a model
ONLY_NETWORKS = ["networks"]  # in the place of the catalogue's entries: nothing but networks
SURROUNDINGS = ("distributions", "data", "optimizers", "calls", "training", "written")  # the same, for scripts of these kinds


def is_network(case: int) -> bool:
    """Whether a case is a network: one in six, whatever the number of shards."""
    return case * 7919 % 10007 % NETWORK_SHARE == 0


def is_script(case: int) -> bool:
    """Whether a case is a script: one in three."""
    return case * 7919 % 10007 % SCRIPT_SHARE == 1


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
    scripts: int = 0  # about distributions, data, optimizers and calls with drawn arguments
    seconds: float = 0.0
    frameworks: float = 0.0  # seconds inside minitorch_bp and torch, all processes together
    spent: float = 0.0  # seconds of all processes together
    ops: Counter[str] = field(default_factory=Counter)
    dtypes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)  # of programs: illegal, hooked, strided, ...
    bodies: Counter[str] = field(default_factory=Counter)  # of networks
    rows: Counter[str] = field(default_factory=Counter)  # of the tables that scripts are drawn from
    second_order: int = 0
    sensitive: int = 0  # accepted because PyTorch disagrees with itself
    replayed: int = 0
    failures: list[Failure] = field(default_factory=list)
    interrupted: bool = False

    def add(self, other: Report) -> None:
        """Take in another report (of a chunk)."""
        for name in ("cases", "dags", "networks", "scripts", "frameworks", "spent", "second_order", "sensitive", "replayed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("ops", "dtypes", "kinds", "bodies", "rows"):
            getattr(self, name).update(getattr(other, name))
        self.failures += other.failures

    @property
    def harness_share(self) -> float:
        """The share of the time that is neither minitorch_bp's nor PyTorch's."""
        return 1 - self.frameworks / self.spent if self.spent else 0.0

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        from .catalog import CATALOG

        return {
            "cases": self.cases, "dags": self.dags, "networks": self.networks, "scripts": self.scripts, "failures": len(self.failures),
            "seconds": round(self.seconds, 2), "cases_per_second": round(self.cases / max(self.seconds, 1e-9), 1),
            "harness_share": round(self.harness_share, 3), "second_order": self.second_order, "sensitive": self.sensitive,
            "replayed": self.replayed, "dtypes": dict(self.dtypes), "kinds": dict(self.kinds), "bodies": dict(self.bodies), "rows": dict(self.rows),
            "ops_covered": len(self.ops), "ops_total": len(CATALOG), "interrupted": self.interrupted,
            "mismatches": [vars(f) for f in self.failures],
        }  # fmt: skip


def reference() -> Any:
    """PyTorch, on one thread; RuntimeError if it is missing."""
    try:
        import torch
    except ImportError:
        raise RuntimeError("the harness compares with PyTorch, which is not installed: pip install torch==2.13.0") from None
    torch.set_num_threads(1)
    return torch


class Stopwatch:
    """Adds up the seconds spent inside the frameworks."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, function: Callable[..., Any], *args: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*args)
        finally:
            self.seconds += time.perf_counter() - began


def run_case(seed: int, case: int, report: Report, ops: list[str] | None = None, shrinks: bool = True) -> Failure | None:
    """Draw case number ``case``, run it in both frameworks, and judge; a failure is shrunk, if ``shrinks``."""
    command = f"{COMMAND} --seed {seed} --case {case}" + (f" --ops {','.join(ops)}" if ops else "")
    if ops == ONLY_NETWORKS or (is_network(case) and not ops):
        return _network_case(seed, case, report, command, shrinks)
    kinds = [name for name in ops or () if name in SURROUNDINGS]
    if kinds or (is_script(case) and not ops):
        return _surrounding_case(seed, case, report, command, kinds, shrinks)
    import minitorch_bp

    from . import generate, judge
    from .program import Program, run, script
    from .shrink import shrink

    torch, watch = reference(), Stopwatch()
    program = generate.random_dag(Seeded((seed, case)), case, ops, watch=watch)
    _count(report, program)

    def difference(p: Program) -> Any:
        return judge.compare(p, watch(run, p, minitorch_bp), watch(run, p, torch), torch, watch)

    accepted = len(judge.SENSITIVE)
    mismatch = difference(program)
    report.frameworks += watch.seconds
    report.sensitive += len(judge.SENSITIVE) - accepted
    judge.SENSITIVE.clear()
    if mismatch is None:
        return None
    if not shrinks:
        return Failure(seed, case, f"{mismatch}", script(program), program.to_json(), command)
    small = shrink(program, lambda p: difference(p) is not None)
    text = f"{difference(small)}\n(shrunk from {len(program.steps)} to {len(small.steps)} steps)\n{judge.first_divergence(small, torch)}"
    judge.SENSITIVE.clear()
    return Failure(seed, case, text, script(small), small.to_json(), command)


def _count(report: Report, program: Any) -> None:
    report.dags += 1
    report.dtypes[program.dtype] += 1
    report.second_order += program.second_order
    report.ops.update(s.op for s in program.steps)
    for leaf in program.leaves:
        report.kinds.update([leaf.values, leaf.layout])
        if leaf.dtype is not None:
            report.kinds[f"a leaf of type {leaf.dtype}"] += 1
        if 0 in leaf.shape:
            report.kinds["empty"] += 1
        elif not leaf.shape:
            report.kinds["0-d"] += 1
    report.kinds[f"mode {program.mode}"] += 1
    report.kinds["hooked"] += bool(program.hooked)


def _network_case(seed: int, case: int, report: Report, command: str, shrinks: bool) -> Failure | None:
    import minitorch_bp

    from . import networks

    torch, watch = reference(), Stopwatch()
    net = networks.random_network(Seeded((seed, case)), case)
    report.networks += 1
    report.dtypes[net.dtype] += 1
    report.bodies[net.body] += 1

    def difference(n: Any) -> Any:
        return networks.compare(n, watch(networks.run, n, minitorch_bp), watch(networks.run, n, torch))

    mismatch = difference(net)
    report.frameworks += watch.seconds
    if mismatch is None:
        return None
    small = networks.shrink_network(net, lambda n: difference(n) is not None) if shrinks else net
    return Failure(seed, case, f"{difference(small)}", networks.script(small), None, command)


def _surrounding_case(seed: int, case: int, report: Report, command: str, kinds: list[str], shrinks: bool) -> Failure | None:
    from . import scripted, surroundings

    torch, watch = reference(), Stopwatch()
    drawn = surroundings.random_case(Seeded((seed, case)), case, kinds)
    report.scripts += 1
    report.rows.update(drawn.rows)
    mismatch = surroundings.difference(drawn, torch, watch)
    report.frameworks += watch.seconds
    if mismatch is None:
        return None
    small = scripted.shrink(drawn, lambda c: surroundings.difference(c, torch) is not None) if shrinks else drawn
    return Failure(seed, case, f"{surroundings.difference(small, torch)}", scripted.script(small), None, command)


def run_chunk(seed: int, start: int, stop: int, step: int = 1, ops: list[str] | None = None) -> Report:
    """Cases start, start + step, ... below stop."""
    report = Report()
    began = time.perf_counter()
    with warnings.catch_warnings(action="ignore"):
        for case in range(start, stop, step):
            failure = run_case(seed, case, report, ops)
            report.cases += 1
            if failure is not None:
                report.failures.append(failure)
    report.spent = time.perf_counter() - began
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
    """Run cases until the time or the number is used up (or ``stop_at`` failures are found).

    ``executor`` may be any ``concurrent.futures.Executor``; without one, ``jobs`` processes are started. A KeyboardInterrupt
    ends it with what was done so far.
    """
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
    pool = ProcessPoolExecutor(jobs, initializer=_leave_interrupts_to_the_parent) if own else executor
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


def _leave_interrupts_to_the_parent() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


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


class DaskExecutor(Executor):
    """A Dask cluster as an executor: the scheduler gives the work of a lost worker to another one."""

    def __init__(self, address: str):
        try:
            from distributed import Client
        except ImportError:
            raise RuntimeError("--scheduler needs Dask: pip install 'minitorch_bp[cluster]'") from None
        self.client = Client(address, timeout="10s")
        self.workers = max(sum(self.client.nthreads().values()), 1)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Run a call on some worker; a ``concurrent.futures.Future``."""
        from concurrent.futures import Future

        result: Future[Any] = Future()
        remote = self.client.submit(fn, *args, pure=False, retries=20, **kwargs)

        def finished(done: Any) -> None:
            if done.status == "finished":
                result.set_result(done.result())
            else:
                result.set_exception(done.exception() or RuntimeError(f"the task ended as {done.status}"))

        result.set_running_or_notify_cancel()
        remote.add_done_callback(finished)
        return result

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Disconnect; the cluster goes on."""
        self.client.close()
