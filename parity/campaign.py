"""Campaigns: many cases, on several processes or machines, against the clock; and the report of what was found.

Case number k of seed s is the same program wherever and whenever it runs, so cases can be dealt out to processes or
machines in any order, and a failure is named by its seed and number. What deals them out is any
``concurrent.futures.Executor``: a pool of processes, or a Dask cluster's. A part is counted when its result arrives, so one
that is run again after a worker was lost is counted once.
"""

from __future__ import annotations

import gc
import multiprocessing
import random
import shlex
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, ProcessPoolExecutor, wait
from typing import Any

from . import cases, interrupts, modules
from .choices import Seeded
from .outcome import reference
from .record import COMMAND, DATABASE, STOP_AT, Failure, Report

CHUNK = 60  # cases per task: about a fifth of a second
NETWORK_SHARE = 6  # every sixth case or so is a network
SCRIPT_SHARE = 3  # every third is a script: a call with drawn arguments, or what surrounds a model
ONLY_NETWORKS = ["networks"]  # in the place of the catalogue's entries: nothing but networks
TRACED_SHARE = 64  # one in 64 programs is traced, too (20 ms, where a program takes 2): the case numbers say which, no draw does
SURROUNDINGS = (
    "distributions",
    "data",
    "optimizers",
    "calls",
    "training",
    "written",
    "lifetimes",
    "illegal",
    "functions",
    "transforms",
    "files",
    "utilities",
)  # the same, for scripts of these kinds


def is_network(case: int) -> bool:
    """Whether a case is a network: one in six, whatever the number of shards."""
    return case * 7919 % 10007 % NETWORK_SHARE == 0


def is_script(case: int) -> bool:
    """Whether a case is a script: one in three."""
    return case * 7919 % 10007 % SCRIPT_SHARE == 1


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
    from . import generate, judge
    from .program import Program
    from .shrink import shrink

    watch = Stopwatch()
    program = generate.random_dag(Seeded((seed, case)), case, ops, watch=watch)
    _count(report, program)

    def difference(p: Program) -> Any:
        return cases.difference("dag", p, watch)

    accepted = len(judge.SENSITIVE)
    mismatch = difference(program)
    report.frameworks += watch.seconds
    report.sensitive += len(judge.SENSITIVE) - accepted
    judge.SENSITIVE.clear()
    if mismatch is None:
        return _traced_case(seed, case, program, report, command, shrinks) if case % TRACED_SHARE == 5 else None
    if not shrinks:
        return _unshrunk(seed, case, mismatch, command)
    small = shrink(program, lambda p: difference(p) is not None)
    text = f"{difference(small)}\n(shrunk from {len(program.steps)} to {len(small.steps)} steps)\n{judge.first_divergence(small, reference())}"
    judge.SENSITIVE.clear()
    return cases.failure("dag", small, text, command, seed, case)


def _traced_case(seed: int, case: int, program: Any, report: Report, command: str, shrinks: bool) -> Failure | None:
    """The same program through ``torch.jit.trace``, which must give what it gives without."""
    from .shrink import shrink

    report.kinds["traced"] += 1
    mismatch = cases.difference("traced", program)
    if mismatch is None:
        return None
    if not shrinks:
        return _unshrunk(seed, case, mismatch, command)
    small = shrink(program, lambda p: cases.difference("traced", p) is not None)
    return cases.failure("traced", small, f"{cases.difference('traced', small)}", command, seed, case)


def _unshrunk(seed: int, case: int, mismatch: Any, command: str) -> Failure:
    """A failure for those who only ask whether there is one."""
    return Failure(seed, case, str(mismatch), "", None, command)


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
    from . import networks

    watch = Stopwatch()
    net = networks.random_network(Seeded((seed, case)), case)
    report.networks += 1
    report.dtypes[net.dtype] += 1
    report.bodies[net.body] += 1
    mismatch = cases.difference("network", net, watch)
    report.frameworks += watch.seconds
    if mismatch is None:
        return None
    if not shrinks:
        return _unshrunk(seed, case, mismatch, command)
    small = networks.shrink_network(net, lambda n: cases.difference("network", n) is not None)
    return cases.failure("network", small, f"{cases.difference('network', small)}", command, seed, case)


def _surrounding_case(seed: int, case: int, report: Report, command: str, kinds: list[str], shrinks: bool) -> Failure | None:
    from . import scripted, surroundings

    watch = Stopwatch()
    drawn = surroundings.random_case(Seeded((seed, case)), case, kinds)
    report.scripts += 1
    report.rows.update(drawn.rows)
    mismatch = cases.difference("script", drawn, watch)
    report.frameworks += watch.seconds
    if mismatch is None:
        return None
    if not shrinks:
        return _unshrunk(seed, case, mismatch, command)
    small = scripted.shrink(drawn, lambda c: cases.difference("script", c) is not None)
    return cases.failure("script", small, f"{cases.difference('script', small)}", command, seed, case)


_WATCHED = 32  # every so many chunks a process looks at what is still alive: it takes as long as a hundred cases


def left_alive() -> int:
    """How many tensors and nodes of minitorch_bp are alive when the collector has run: after cases, none."""
    from minitorch_bp import Tensor
    from minitorch_bp.core.graph import Node

    gc.collect()
    return sum(issubclass(type(thing), (Tensor, Node)) for thing in gc.get_objects())


def _alive(seed: int, start: int, stop: int, step: int, ops: list[str] | None) -> Failure | None:
    """A failure if the cases of a chunk, or those before it in this process, have left something alive."""
    count = left_alive()
    if not count:
        return None
    asked = f"seed={seed}, start={start}, stop={stop}, step={step}, ops={ops}"
    script = f"from parity.campaign import left_alive, run_chunk\nrun_chunk({asked})\nraise SystemExit(bool(left_alive()))\n"
    text = f"{count} tensors and nodes are alive after cases {start} to {stop - 1}, when nobody holds any"
    return Failure(seed, stop - 1, text, script, None, f"{COMMAND} --seed {seed} --cases {stop}", group="what cases leave alive")


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
        if start // (CHUNK * step) % _WATCHED == _WATCHED - 1 and not report.failures:
            alive = _alive(seed, start, stop, step, ops)
            report.failures += [] if alive is None else [alive]
    report.spent = time.perf_counter() - began
    return report


def run_modules(names: Sequence[str]) -> Report:
    """All cases of these modules."""
    report = Report()
    with warnings.catch_warnings(action="ignore"):
        for name in names:
            for case in modules.cases(name):
                mismatch = cases.difference("module", case)
                report.modules[name] += 1
                if mismatch is not None:
                    command = f"{COMMAND} --ops nn.{name} --cases 0"
                    report.failures.append(cases.failure("module", case, str(mismatch), command, label=modules.described(case)))
                    break
    return report


def run_operations(names: Sequence[str]) -> Report:
    """These entries of the catalogue on every kind of input."""
    from . import coverage
    from .catalog import CATALOG

    report = Report()
    report.operations = coverage.matrix(list(names), seeds=1)
    for where, (name, feature) in coverage.places_of_differences(report.operations).items():
        program = coverage.program_for(CATALOG[name], feature)
        if program is not None:
            text, command = report.operations[name][feature], f"{COMMAND} --ops {shlex.quote(name)} --cases 0"
            with warnings.catch_warnings(action="ignore"):
                report.failures.append(cases.failure("dag", program, text, command, label=where))
    return report


Task = tuple[Callable[..., Report], tuple[Any, ...]]


def run_database(parts: Sequence[int], seed: int) -> Report:
    """These parts of PyTorch's databases, which are imported here, in the process that needs them."""
    from . import databases

    report = Report()
    for part in parts:
        report.add(databases.run_part(part, seed))
    return report


def sweep(
    modules: Sequence[str], operations: Sequence[str], seed: int, shard: tuple[int, int] = (1, 1), parts: int = 0
) -> tuple[Report, list[Task]]:
    """What a run compares one by one, before it draws: a plan, and the tasks. Their order is the seed's, in case time is short; so many
    parts of PyTorch's databases come last, which take long to import."""
    index, count = shard
    kinds = [("modules", run_modules, list(modules)[index - 1 :: count], 4),
             ("operations on every kind of input", run_operations, list(operations)[index - 1 :: count], 6)]  # fmt: skip
    plan, tasks = Report(), []
    for name, function, names, size in kinds:
        if names:
            plan.planned[name] = len(names)
        tasks += [(function, (tuple(names[k : k + size]),)) for k in range(0, len(names), size)]
    chance = random.Random(seed)
    chance.shuffle(tasks)
    mine = list(range(parts))[index - 1 :: count]
    chance.shuffle(mine)
    if mine:
        plan.planned[DATABASE] = len(mine)
    return plan, tasks + [(run_database, ((part,), seed)) for part in mine]


def campaign(
    seed: int,
    budget: float | None = None,
    cases: int | None = None,
    jobs: int = 1,
    shard: tuple[int, int] = (1, 1),
    ops: list[str] | None = None,
    executor: Executor | None = None,
    progress: Callable[[Report], None] | None = None,
    stop_at: int = STOP_AT,
    first: Sequence[Task] = (),
) -> Report:
    """Run cases until the time or the number is used up (or ``stop_at`` failures are found).

    ``executor`` may be any ``concurrent.futures.Executor``; without one, ``jobs`` processes are started. ``first`` is run before
    any case is drawn, for at most half of the time. A KeyboardInterrupt ends it with what was done so far.
    """
    total = Report()
    began = time.perf_counter()
    index, count = shard
    if cases is not None:
        total.planned["cases"] = len(range(index - 1, cases, count))

    def over(share: float = 1.0) -> bool:
        late = budget is not None and time.perf_counter() - began >= budget * share
        return late or len(total.failures) >= stop_at

    def tasks() -> Iterator[Task]:
        for task in first:
            if over(0.5):
                break
            yield task
        start = 0
        while cases is None or start < cases:
            stop = start + CHUNK * count
            yield run_chunk, (seed, start + index - 1, min(stop, cases) if cases is not None else stop, count, ops)
            start = stop

    def done(part: Report) -> None:
        total.add(part)
        total.seconds = time.perf_counter() - began
        if progress is not None:
            progress(total)

    own = executor is None and jobs > 1
    pool = ProcessPoolExecutor(jobs, initializer=interrupts.ignore) if own else executor
    try:
        if pool is None:
            for function, arguments in tasks():
                if over():
                    break
                done(function(*arguments))
        else:
            _deal_out(pool, jobs, tasks(), over, done)
    except KeyboardInterrupt:
        total.interrupted = True
    finally:
        if own and pool is not None:
            if total.interrupted:  # nobody waits for a worker that shrinks
                for worker in multiprocessing.active_children():
                    worker.terminate()
            pool.shutdown(wait=not total.interrupted, cancel_futures=True)
    total.seconds = time.perf_counter() - began
    return total


def _deal_out(pool: Executor, jobs: int, tasks: Iterator[Task], over: Callable[[], bool], done: Callable[[Report], None]) -> None:
    """Keep every worker busy with one task and one in hand."""
    running: set[Any] = set()
    exhausted = False
    while running or not (exhausted or over()):
        while not exhausted and not over() and len(running) < 2 * jobs:
            try:
                function, arguments = next(tasks)
            except StopIteration:
                exhausted = True
                break
            with interrupts.held():  # a worker may be started here
                running.add(pool.submit(function, *arguments))
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
