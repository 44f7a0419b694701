"""The commands: parse, say something at once, import the frameworks, run, report.

Nothing but the standard library is imported before the first line is printed. Whatever Ctrl-C interrupts, the reports that were asked
for are written, with what was done and what was not.
"""

from __future__ import annotations

import importlib
import pathlib
import secrets
import shlex
import subprocess
import sys
import time
from typing import Any

from . import interrupts
from .options import PINNED, parsed
from .record import COMMAND, DATABASE, DATABASE_PARTS, Failure, Report, about, merged

MISMATCH, USAGE, NOT_COVERED, NO_REFERENCE, CORRUPT, WRONG_VERSION, INTERRUPTED = 1, 2, 3, 4, 5, 6, 130
START = time.perf_counter()  # a budget includes what it takes to import the frameworks


class Refused(Exception):
    """What was asked for cannot be done: one sentence, and the exit code."""

    def __init__(self, message: str, code: int):
        super().__init__(message)
        self.code = code


def main(argv: list[str] | None = None) -> int:
    """Parse the arguments and run; the exit code says what happened."""
    args = parsed(sys.argv[1:] if argv is None else argv)
    args.line = f"{COMMAND} {shlex.join(sys.argv[1:] if argv is None else argv)}"
    report = Report()
    try:
        return _run_command(args, report)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return refused.code
    except BaseException as error:
        if not isinstance(error, KeyboardInterrupt) and not interrupts.seen:
            raise
        interrupts.ignore()
        return _interrupted(args, report)


def _interrupted(args: Any, report: Report) -> int:
    report.interrupted = True
    if args.command not in ("run", "corpus"):
        print(
            f"interrupted: {args.command} was not finished" + (f", and {args.json} is not written" if args.json else ""),
            file=sys.stderr,
        )
        return INTERRUPTED
    if not report.cases and not report.replayed and not report.modules:
        print("interrupted before the first results: nothing was compared", file=sys.stderr)
    return _finish(args, report)


def _run_command(args: Any, report: Report) -> int:
    if args.command == "merge":
        return _merge(args)
    if args.seed is None:  # a campaign looks elsewhere every time; what is asked for by number is the first one's
        drawn = args.command == "run" and args.case is None and args.program is None
        args.seed = secrets.randbelow(2**31) if drawn else 0
    report.about = about(args.seed, _shard_name(args), command=args.line)
    said = (
        f"seed {args.seed}, importing the frameworks" if args.command in ("run", "opdb", "moduledb") else "importing the frameworks"
    )
    print(f"parity: {said}", file=sys.stderr, flush=True)
    with interrupts.ending_by(lambda: _interrupted(args, report)):
        _check_reference(args)
        if args.command in ("run", "corpus"):
            importlib.import_module(".corpus", __package__)  # with it minitorch_bp, and all kinds of cases
    report.about = about(args.seed, _shard_name(args), command=args.line)
    if args.command == "run" and args.backend is not None:
        from .backend import main as backend

        return backend(args)
    if args.command == "run" and args.case is not None:
        return _one_case(args)
    if args.command == "run" and args.program is not None:
        return _one_program(args.program)
    if args.command == "run":
        return _run(args, report)
    if args.command == "corpus":
        return _corpus(args, report)
    if args.command == "coverage":
        return _coverage(args)
    if args.command == "bench":
        from .bench import main as bench

        return bench(args.quick, args.only, args.json, args.profile)
    if args.command == "mutate" and args.planted:
        from .planting import main as planting

        return planting(args.jobs, args.only, args.json, args.budget or 20.0, args.seed, args.every)
    if args.command == "mutate":
        from .mutate import main as mutate

        return mutate(args.jobs, args.only, args.json)
    replay = importlib.import_module("." + args.command, __package__).main
    code: int = replay(args.only, args.jobs, args.json, args.samples, args.seed)
    return code


def _shard_name(args: Any) -> str:
    return "{}/{}".format(*getattr(args, "shard", (1, 1)))


def _check_reference(args: Any) -> None:
    from .outcome import reference

    try:
        torch = reference()
    except RuntimeError as error:
        raise Refused(str(error), NO_REFERENCE) from None
    version = torch.__version__.partition("+")[0]
    if version != PINNED and not args.any_version:
        raise Refused(f"the reference is PyTorch {version}, but the expectations were measured on {PINNED}: pip install torch=={PINNED}, "
                      "or pass --any-version", WRONG_VERSION)  # fmt: skip


# ---------------------------------------------------------------------- run
def _names(args: Any) -> tuple[list[str], list[str], list[str] | None]:
    """What ``--ops`` asks for: modules and operations to compare one by one, and what random cases are drawn from."""
    from .campaign import ONLY_NETWORKS, SURROUNDINGS
    from .catalog import CATALOG
    from .modules import MODULES

    if args.ops is None:
        return list(MODULES), list(CATALOG), None
    names = [name.strip() for name in args.ops.split(",")]
    modules = list(MODULES) if names == ["modules"] else [n[3:] for n in names if n.startswith("nn.") and n[3:] in MODULES]
    rest = [n for n in names if n != "modules" and n.removeprefix("nn.") not in modules]
    if rest == ONLY_NETWORKS or (rest and set(rest) <= set(SURROUNDINGS)):
        return modules, [], rest
    unknown = [n for n in rest if n not in CATALOG]
    if unknown:
        raise Refused(f"--ops: the catalogue has no entry, module or kind of case {', '.join(unknown)}", USAGE)
    if not rest:
        args.cases = 0  # nothing to draw
    return modules, rest, rest or None


def _run(args: Any, report: Report) -> int:
    from . import corpus
    from .campaign import DaskExecutor, campaign, sweep
    from .coverage import not_listed

    modules, operations, ops = _names(args)
    budget = 60.0 if args.budget is None and args.cases is None else args.budget
    parts = DATABASE_PARTS if args.ops is None and budget is not None else 0  # a run of so many cases is asked for its cases
    plan, first = sweep(modules, operations, args.seed, args.shard, parts)
    report.add(plan)
    if args.cases is not None:
        report.planned["cases"] = len(range(args.shard[0] - 1, args.cases, args.shard[1]))
    _replay(args, report, corpus)
    report.not_covered = not_listed() if args.ops is None else []
    executor, jobs = None, args.jobs
    if args.scheduler is not None:
        try:
            executor = DaskExecutor(args.scheduler)
        except (OSError, RuntimeError) as error:
            raise Refused(f"no cluster at {args.scheduler}: {error}", USAGE) from None
        jobs = executor.workers
    with Display(budget, args.cases) as display:
        left = None if budget is None else max(budget - (time.perf_counter() - START), 1.0)
        total = campaign(args.seed, left, args.cases, jobs, args.shard, ops, executor, progress=display.update, first=first)
    total.planned.clear()  # the same plan
    report.add(total)
    report.seconds = total.seconds
    if report.interrupted:
        interrupts.ignore()
    if executor is not None:
        executor.shutdown()
    return _finish(args, report)


def _replay(args: Any, report: Report, corpus: Any) -> None:
    folder = pathlib.Path(args.corpus)
    kept = len(corpus.files(folder))
    if kept:
        report.planned["failures of the corpus"] = kept
        print(f"parity: replaying {kept} failures of {folder}", file=sys.stderr, flush=True)
    try:
        for part in corpus.replay(folder, COMMAND):
            report.add(part)
    except corpus.CorruptCorpus as error:
        raise Refused(str(error), CORRUPT) from None


def _finish(args: Any, report: Report) -> int:
    """Keep the failures, write the reports, print the summary; the exit code."""
    report.about |= {k: v for k, v in about(args.seed, _shard_name(args)).items() if k != "date"}
    if report.failures:
        from . import corpus

        corpus.save(pathlib.Path(args.corpus), [f for f in report.failures if "--program" not in f.command])
    _write(args, report)
    _summary(report)
    if report.failures:
        return MISMATCH
    if report.interrupted:
        return INTERRUPTED
    return NOT_COVERED if report.not_covered else 0


def _write(args: Any, report: Report) -> None:
    from . import report as reports

    if args.json:
        reports.write_json(args.json, report.as_dict())
    if args.junit:
        pathlib.Path(args.junit).write_text(reports.junit(report))
    if args.html:
        pathlib.Path(args.html).write_text(reports.page(report))


def _summary(report: Report) -> None:
    for name, those in list(report.groups.items())[:5]:
        if len(those) > 1:
            print(f"=== {len(those)} failures begin at {name}: {', '.join(f.title for f in those)[:300]}\n")
        smallest = min(those, key=lambda f: len(f.script))
        show(smallest)
        print(in_a_fresh_process(smallest) + "\n")
    if len(report.groups) > 5:
        print(f"... and {len(report.groups) - 5} more groups of failures: {', '.join(list(report.groups)[5:])[:600]}")
    print(f"{report.cases} random cases in {report.seconds:.1f} s ({report.rate:.0f} a second in each process; the harness's share of the time {report.harness_share:.0%}): "
          f"{report.dags} random DAGs ({report.second_order} with second derivatives), {report.networks} trained networks, {report.scripts} scripts")  # fmt: skip
    print(
        f"one by one: {len(report.modules)} modules, {len(report.operations)} operations on every kind of input, "
        f"{len(report.database)} {DATABASE}, {report.replayed} of the corpus"
    )
    if report.dtypes:
        print(
            f"dtypes: {', '.join(f'{n} {d}' for d, n in sorted(report.dtypes.items()))}; {len(report.ops)} catalogue entries drawn"
        )
    if report.not_covered:
        print("NOT EXERCISED: " + ", ".join(report.not_covered))
    if report.sensitive:
        print(f"accepted because PyTorch disagrees with itself when inputs move by a unit in the last place: {report.sensitive}")
    if report.interrupted:
        print("interrupted: the figures are those until then")
    if report.not_done:
        print(f"not done: {'; '.join(report.not_done)}")
    if report.failures:
        groups = ", ".join(f"{name} ({len(those)})" for name, those in report.groups.items())
        print(f"{len(report.failures)} MISMATCHES, by what diverges first: {groups}"[:1000])
    elif report.interrupted and not report.cases:
        print("no result")
    else:
        print("no mismatch")


def in_a_fresh_process(failure: Failure) -> str:
    """Whether the failure's script fails by itself, in words: what an earlier case has left behind may have blamed this one."""
    try:
        done = subprocess.run([sys.executable, "-c", failure.script], capture_output=True, timeout=120)
    except subprocess.TimeoutExpired:
        return "(its script did not end within two minutes in a process of its own)"
    if done.returncode:
        return "(shown again by its script in a process of its own)"
    return "NOT SHOWN AGAIN in a process of its own: look for what an earlier case has left behind"


def show(failure: Failure) -> None:
    """Print a failure."""
    print(f"MISMATCH in {failure.title}; first diverges: {failure.group or 'unknown'}\n{failure.difference}\n")
    print("--- a script that runs both frameworks, and exits 1 ---")
    print(failure.script)
    print(f"--- end of the script; or: {failure.command}\n")


def _one_case(args: Any) -> int:
    from .campaign import run_chunk

    report = run_chunk(args.seed, args.case, args.case + 1, 1, _names(args)[2])
    if report.failures:
        show(report.failures[0])
        return MISMATCH
    print(f"case {args.case} of seed {args.seed}: no mismatch")
    return 0


def _one_program(name: str) -> int:
    from . import corpus

    try:
        failure = corpus.check(pathlib.Path(name), COMMAND)
    except corpus.CorruptCorpus as error:
        raise Refused(str(error), CORRUPT) from None
    if failure is not None:
        show(failure)
        return MISMATCH
    print(f"{name}: no mismatch")
    return 0


# ---------------------------------------------------------------------- corpus, coverage, merge
def _corpus(args: Any, report: Report) -> int:
    from . import corpus

    _replay(args, report, corpus)
    report.seconds = time.perf_counter() - START
    if not report.planned:
        print(f"{args.corpus} holds no failures")
    return _finish(args, report)


def _coverage(args: Any) -> int:
    from . import coverage, report, surroundings
    from .campaign import run_modules
    from .outcome import reference

    reached = coverage.reached()
    modules, operations, _ = _names(args)
    gaps, table = coverage.missing(reached), coverage.matrix(operations)
    kinds = [*coverage.FEATURES, "in place", "view"]
    for name, seen in sorted(reached.items()):
        print(f"{name:24s} " + " ".join("x" if kind in seen else "." for kind in kinds))
    print(f"{'columns:':24s} " + ", ".join(kinds))
    wrong = coverage.differences(table)
    compared = run_modules(modules)
    wrong |= {f.title: " ".join(f.difference.split()) for f in compared.failures}
    if args.ops is None:
        wrong |= surroundings.differences(reference())
    cells = sum(isinstance(v, str) and v != "-" for row in table.values() for v in row.values())
    for where, what in wrong.items():
        print(f"DIFFERS: {where}: {what}")
    rows = sum(len(m.ROWS) for m in surroundings.KINDS.values())
    print(f"{cells} pairs of catalogue entry and kind of input, {len(compared.modules)} modules ({compared.modules.total()} runs), "
          f"{rows} rows of scripts, {len(wrong)} differ; not exercised: {', '.join(gaps) or 'nothing'}")  # fmt: skip
    if args.json:
        kinds_by_name = {n: {k: sorted(v) for k, v in s.items()} for n, s in reached.items()}
        content = {"about": about(args.seed, command=args.line), "reached": kinds_by_name, "coverage": table, "modules": dict(compared.modules),
                   "not_covered": gaps}  # fmt: skip
        report.write_json(args.json, content)
    return MISMATCH if wrong else NOT_COVERED if gaps else 0


def _merge(args: Any) -> int:
    from .report import BadReport, read_json

    try:
        report = merged([read_json(path) for path in args.reports])
    except BadReport as error:
        raise Refused(str(error), CORRUPT) from None
    _write(args, report)
    _summary(report)
    return MISMATCH if report.failures else INTERRUPTED if report.interrupted else NOT_COVERED if report.not_covered else 0


class Display:
    """The live progress line: a bar in a terminal, a line now and then elsewhere."""

    def __init__(self, budget: float | None, cases: int | None):
        self.budget, self.cases = budget, cases
        self.shown = 0.0

    def __enter__(self) -> Display:
        self.terminal = False
        try:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
        except ImportError:  # a line now and then needs nothing
            return self
        console = Console(stderr=True)
        self.terminal = console.is_terminal
        columns = (TextColumn("parity"), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        if not self.terminal:
            return self
        self.bar = Progress(*columns, console=console)
        self.bar.start()
        self.task = self.bar.add_task("starting", total=self.cases if self.budget is None else self.budget)
        return self

    def __exit__(self, *exc: Any) -> None:
        if self.terminal:
            self.bar.stop()

    def update(self, report: Report) -> None:
        """Show a report's figures."""
        compared = f"{len(report.modules)} modules, {len(report.operations)} operations, "
        text = f"{compared}{report.cases} cases ({report.rate:.0f}/s), {len(report.failures)} failures"
        if self.terminal:
            self.bar.update(self.task, completed=report.cases if self.budget is None else report.seconds, description=text)
        if not self.terminal and report.seconds - self.shown >= 10:
            self.shown = report.seconds
            print(f"parity: {report.seconds:.0f} s, {text}", file=sys.stderr, flush=True)
