"""The command line: ``python -m parity`` runs a campaign, ``python -m parity bench`` measures speed."""

from __future__ import annotations

import argparse
import importlib
import os
import pathlib
import secrets
import sys
import time
from typing import Any

from .campaign import COMMAND, ONLY_NETWORKS, SURROUNDINGS, DaskExecutor, Failure, Report, campaign, reference, run_chunk

MISMATCH, USAGE, NOT_COVERED, NO_REFERENCE, CORRUPT, WRONG_VERSION, INTERRUPTED = 1, 2, 3, 4, 5, 6, 130
PINNED = "2.13.0"
START = time.perf_counter()  # a budget includes what it takes to import the frameworks
EXIT_CODES = """exit codes: 0 no mismatch; 1 a mismatch (or a mutant that survived); 2 wrong usage; 3 something is not covered;
4 PyTorch is not installed; 5 the corpus holds a file that is not a saved program; 6 PyTorch has another version than
the one the expectations were measured on (--any-version runs all the same); 130 interrupted, what was done is reported"""


def main(argv: list[str] | None = None) -> int:
    """Parse the arguments and run; the exit code says what happened."""
    try:
        return _main(argv)
    except KeyboardInterrupt:
        print("interrupted before the first results: nothing was compared, and no report is written", file=sys.stderr)
        return INTERRUPTED


def _main(argv: list[str] | None) -> int:
    parser = argparse.ArgumentParser(
        prog=COMMAND, description="Compare minitorch_bp with PyTorch on random programs.", epilog=EXIT_CODES
    )
    parser.add_argument("command", nargs="?", choices=["run", "bench", "coverage", "mutate", "opdb", "moduledb"], default="run", help="run (the default): a "
                        "campaign; bench: speed against PyTorch and NumPy; coverage: every operation on every kind of input; "
                        "mutate: plant bugs and see which are found; opdb, moduledb: PyTorch's own databases of operators and modules, replayed")  # fmt: skip
    parser.add_argument("--seed", type=int, default=None, help="the campaign's seed (one that is drawn, and printed)")
    parser.add_argument("--budget", type=float, default=None, help="seconds (60, unless --cases is given)")
    parser.add_argument("--cases", type=int, default=None, help="number of cases")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (one per core)")
    parser.add_argument("--shard", default="1/1", help="i/n: the i-th of n parts of the same campaign")
    parser.add_argument("--scheduler", default=None, metavar="ADDRESS", help="run on the Dask cluster of this scheduler")
    parser.add_argument(
        "--ops",
        default=None,
        help="only these entries of the catalogue, by commas; networks: only networks; "
        "distributions,data,optimizers,calls,training: only scripts about these",
    )
    parser.add_argument("--case", type=int, default=None, help="run this one case and print it")
    parser.add_argument("--program", default=None, metavar="FILE", help="run the saved program of a file")
    parser.add_argument("--corpus", default="parity-report/corpus", metavar="DIR", help="of failures, to be replayed first")
    parser.add_argument("--json", default=None, metavar="FILE", help="write the report for programs")
    parser.add_argument("--html", default=None, metavar="FILE", help="write the report for people")
    parser.add_argument("--junit", default=None, metavar="FILE", help="write the report for CI servers")
    parser.add_argument("--any-version", action="store_true", help="run with a PyTorch that is not " + PINNED)
    parser.add_argument(
        "--only", default=None, help="mutate, opdb, moduledb: only what has this in its name; bench: loaders or work"
    )
    parser.add_argument(
        "--samples",
        type=lambda n: None if n == "all" else int(n),
        default=None,
        help="opdb, moduledb: so many samples of each entry, or all (the default)",
    )
    parser.add_argument(
        "--planted", action="store_true", help="mutate: the second table, each bug hunted by a campaign of --budget seconds (20)"
    )
    parser.add_argument("--every", type=int, default=1, metavar="N", help="mutate --planted: every N-th bug only")
    parser.add_argument("--quick", action="store_true", help="bench: fewer repetitions")
    parser.add_argument("--profile", default=None, metavar="NAME", help="bench: where the time of this workload goes")
    args = parser.parse_args(argv)
    if args.seed is None:  # a campaign looks elsewhere every time; what is asked for by number is the first one's
        drawn = args.command == "run" and args.case is None and args.program is None
        args.seed = secrets.randbelow(2**31) if drawn else 0
    if args.command == "run":
        print(f"parity: seed {args.seed}, importing the frameworks", file=sys.stderr, flush=True)
    try:
        torch = reference()
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return NO_REFERENCE
    version = torch.__version__.partition("+")[0]
    if version != PINNED and not args.any_version:
        print(f"the reference is PyTorch {version}, but the expectations were measured on {PINNED}: pip install torch=={PINNED}, "
              "or pass --any-version", file=sys.stderr)  # fmt: skip
        return WRONG_VERSION
    if args.command == "bench":
        from .bench import main as bench

        return bench(args.quick, args.only, args.json, args.profile)
    if args.command == "coverage":
        return _coverage(args)
    if args.command == "mutate" and args.planted:
        from .planting import main as planting

        return planting(args.jobs, args.only, args.json, args.budget or 20.0, args.seed, args.every)
    if args.command == "mutate":
        from .mutate import main as mutate

        return mutate(args.jobs, args.only, args.json)
    if args.command in ("opdb", "moduledb"):
        replay = importlib.import_module("." + args.command, __package__).main
        return replay(args.only, args.jobs, args.json, args.samples)
    if args.case is not None:
        return _one_case(args)
    if args.program is not None:
        return _one_program(args.program)
    return _run(args)


def _ops(args: Any) -> list[str] | None:
    from .catalog import CATALOG

    if args.ops is None:
        return None
    names = args.ops.split(",")
    if names == ONLY_NETWORKS or set(names) <= set(SURROUNDINGS):
        return names
    unknown = [n for n in names if n not in CATALOG]
    if unknown:
        print(f"the catalogue has no entry {', '.join(unknown)}", file=sys.stderr)
        raise SystemExit(USAGE)
    return names


def _shard(text: str) -> tuple[int, int]:
    try:
        index, count = (int(n) for n in text.split("/"))
    except ValueError:
        index, count = 0, 0
    if not 1 <= index <= count:
        print(f"--shard must look like 1/4, but is {text!r}", file=sys.stderr)
        raise SystemExit(USAGE)
    return index, count


def _run(args: Any) -> int:
    from . import corpus, report
    from .coverage import matrix, missing

    shard, ops = _shard(args.shard), _ops(args)
    folder = pathlib.Path(args.corpus)
    budget = 60.0 if args.budget is None and args.cases is None else args.budget
    try:
        replayed = corpus.replay(folder)
    except corpus.CorruptCorpus as error:
        print(error, file=sys.stderr)
        return CORRUPT
    if replayed.replayed:
        print(f"replayed {replayed.replayed} failures of {folder}: {len(replayed.failures)} still fail", file=sys.stderr)
    gaps = missing() if ops is None else []
    executor = None
    jobs = args.jobs
    if args.scheduler is not None:
        try:
            executor = DaskExecutor(args.scheduler)
        except (OSError, RuntimeError) as error:
            print(f"no cluster at {args.scheduler}: {error}", file=sys.stderr)
            return USAGE
        jobs = executor.workers
    with Display(budget, args.cases) as display:
        if budget is not None:
            budget = max(budget - (time.perf_counter() - START), 1.0)
        total = campaign(args.seed, budget, args.cases, jobs, shard, ops, executor, progress=display.update)
    total.failures = replayed.failures + total.failures
    total.replayed = replayed.replayed
    if executor is not None:
        executor.shutdown()
    if total.failures:
        corpus.save(folder, total.failures)
    table = matrix() if args.html else None
    if args.json:
        report.write_json(args.json, report.as_dict(total, gaps, table))
    if args.junit:
        pathlib.Path(args.junit).write_text(report.junit(total, gaps))
    if args.html and table is not None:
        pathlib.Path(args.html).write_text(report.page(total, gaps, table))
    _summary(total, gaps)
    if total.failures:
        return MISMATCH
    if gaps:
        return NOT_COVERED
    return INTERRUPTED if total.interrupted else 0


def _summary(report: Report, gaps: list[str]) -> None:
    from .catalog import CATALOG

    for failure in report.failures[:5]:
        _show(failure)
    if len(report.failures) > 5:
        print(f"... and {len(report.failures) - 5} more")
    rate = report.cases / max(report.seconds, 1e-9)
    print(f"{report.cases} cases in {report.seconds:.1f} s ({rate:.0f} a second; the harness's share of the time {report.harness_share:.0%}): "
          f"{report.dags} random DAGs ({report.second_order} with second derivatives), {report.networks} trained networks, {report.scripts} scripts")  # fmt: skip
    print(f"dtypes: {', '.join(f'{n} {d}' for d, n in sorted(report.dtypes.items()))}")
    print(f"operations: {len(report.ops)} of {len(CATALOG)} catalogue entries drawn; "
          + ("every primitive, module and option is exercised" if not gaps else "NOT EXERCISED: " + ", ".join(gaps)))  # fmt: skip
    if report.sensitive:
        print(f"accepted because PyTorch disagrees with itself when inputs move by a unit in the last place: {report.sensitive}")
    if report.interrupted:
        print("interrupted: the figures are those until then")
    print("no mismatch" if not report.failures else f"{len(report.failures)} MISMATCHES")


def _show(failure: Failure) -> None:
    print(f"MISMATCH in case {failure.case} of seed {failure.seed}\n{failure.difference}\n")
    print("--- a script that shows it (with either import) ---")
    print(failure.script)
    print(f"reproduce: {failure.command}\n")


def _one_case(args: Any) -> int:
    report = run_chunk(args.seed, args.case, args.case + 1, 1, _ops(args))
    if report.failures:
        _show(report.failures[0])
        return MISMATCH
    print(f"case {args.case} of seed {args.seed}: no mismatch")
    return 0


def _one_program(name: str) -> int:
    import minitorch_bp

    from . import corpus, judge
    from .program import run, script

    try:
        program = corpus.load(pathlib.Path(name))["program"]
    except corpus.CorruptCorpus as error:
        print(error, file=sys.stderr)
        return CORRUPT
    torch = reference()
    mismatch = judge.compare(program, run(program, minitorch_bp), run(program, torch), torch)
    print(script(program))
    print("no mismatch" if mismatch is None else f"{mismatch}\n{judge.first_divergence(program, torch)}")
    return 0 if mismatch is None else MISMATCH


def _coverage(args: Any) -> int:
    from . import coverage, report, surroundings

    reached = coverage.reached()
    gaps, table = coverage.missing(reached), coverage.matrix(_ops(args))
    kinds = [*coverage.FEATURES, "in place", "view"]
    for name, seen in sorted(reached.items()):
        print(f"{name:24s} " + " ".join("x" if kind in seen else "." for kind in kinds))
    print(f"{'columns:':24s} " + ", ".join(kinds))
    wrong = coverage.differences(table)
    if args.ops is None:
        wrong |= surroundings.differences(reference())
    cells = sum(isinstance(v, str) and v != "-" for row in table.values() for v in row.values())
    for where, what in wrong.items():
        print(f"DIFFERS: {where}: {what}")
    print(
        f"{cells} pairs of catalogue entry and kind of input, {sum(len(m.ROWS) for m in surroundings.KINDS.values())} rows of scripts, {len(wrong)} differ; not exercised: {', '.join(gaps) or 'nothing'}"
    )
    if args.json:
        kinds_by_name = {n: {k: sorted(v) for k, v in s.items()} for n, s in reached.items()}
        report.write_json(args.json, {"reached": kinds_by_name, "coverage": table, "not_covered": gaps})
    return MISMATCH if wrong else NOT_COVERED if gaps else 0


class Display:
    """The live progress line: a bar in a terminal, a line now and then elsewhere."""

    def __init__(self, budget: float | None, cases: int | None):
        self.budget, self.cases = budget, cases
        self.shown = 0.0

    def __enter__(self) -> Display:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(stderr=True)
        self.terminal = console.is_terminal
        columns = (TextColumn("parity"), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self.bar = Progress(*columns, console=console, disable=not self.terminal)
        self.bar.start()
        self.task = self.bar.add_task("starting", total=self.cases if self.budget is None else self.budget)
        return self

    def __exit__(self, *exc: Any) -> None:
        self.bar.stop()

    def update(self, report: Report) -> None:
        """Show a report's figures."""
        rate = report.cases / max(report.seconds, 1e-9)
        text = f"{report.cases} cases, {rate:.0f}/s, {len(report.ops)} entries, {len(report.failures)} failures"
        self.bar.update(self.task, completed=report.cases if self.budget is None else report.seconds, description=text)
        if not self.terminal and report.seconds - self.shown >= 10:
            self.shown = report.seconds
            print(f"parity: {report.seconds:.0f} s, {text}", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
