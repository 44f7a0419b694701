"""The command line: ``python -m parity`` runs a campaign, ``python -m parity bench`` measures speed."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any

from .campaign import Failure, Report, campaign, reference, run_chunk

MISMATCH, NOT_COVERED, NO_REFERENCE, INTERRUPTED = 1, 3, 4, 130
PINNED = "2.13.0"


def main(argv: list[str] | None = None) -> int:
    """Parse the arguments and run; the exit code says what happened."""
    parser = argparse.ArgumentParser(prog="python -m parity", description="Compare minitorch_bp with PyTorch on random programs.")
    parser.add_argument("command", nargs="?", choices=["run", "bench", "coverage"], default="run", help="run (the default): a campaign; "
                        "bench: speed against PyTorch and NumPy; coverage: which primitives the catalogue reaches")  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, help="the campaign's seed (0)")
    parser.add_argument("--budget", type=float, default=None, help="seconds (60, unless --cases is given)")
    parser.add_argument("--cases", type=int, default=None, help="number of cases")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (one per core)")
    parser.add_argument("--shard", default="1/1", help="i/n: the i-th of n parts of the same campaign")
    parser.add_argument("--ops", default=None, help="only these entries of the catalogue, separated by commas")
    parser.add_argument("--case", type=int, default=None, help="run this one case and print it")
    parser.add_argument("--json", default=None, metavar="FILE", help="write the report to a file")
    parser.add_argument("--quick", action="store_true", help="bench: fewer repetitions")
    args = parser.parse_args(argv)
    if args.command == "bench":
        from .bench import main as bench

        return bench(args.quick)
    if args.command == "coverage":
        return _coverage()
    try:
        torch = reference()
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return NO_REFERENCE
    if not torch.__version__.startswith(PINNED):
        print(f"note: the reference is PyTorch {torch.__version__}; the expectations were measured on {PINNED}", file=sys.stderr)
    if args.case is not None:
        return _one_case(args)
    return _run(args)


def _ops(args: Any) -> list[str] | None:
    from .catalog import CATALOG

    if args.ops is None:
        return None
    names = args.ops.split(",")
    unknown = [n for n in names if n not in CATALOG]
    if unknown:
        raise SystemExit(f"the catalogue has no entry {', '.join(unknown)}")
    return names


def _run(args: Any) -> int:
    try:
        index, count = (int(n) for n in args.shard.split("/"))
        assert 1 <= index <= count
    except (ValueError, AssertionError):
        raise SystemExit(f"--shard must look like 1/4, but is {args.shard!r}") from None
    budget = 60.0 if args.budget is None and args.cases is None else args.budget
    from .coverage import missing

    unreached = missing() if args.ops is None else []
    with Display(budget, args.cases) as display:
        report = campaign(args.seed, budget, args.cases, args.jobs, (index, count), _ops(args), progress=display.update)
    if args.json:
        with open(args.json, "w") as f:
            json.dump({**report.as_dict(), "primitives_not_reached": unreached}, f, indent=1)
    _summary(report, unreached)
    if report.failures:
        return MISMATCH
    if unreached:
        return NOT_COVERED
    return INTERRUPTED if report.interrupted else 0


def _summary(report: Report, unreached: list[str]) -> None:
    from minitorch_bp.core.op import OPS

    from .catalog import CATALOG

    for failure in report.failures[:5]:
        _show(failure)
    if len(report.failures) > 5:
        print(f"... and {len(report.failures) - 5} more")
    rate = report.cases / max(report.seconds, 1e-9)
    print(f"{report.cases} cases in {report.seconds:.1f} s ({rate:.0f} a second): {report.dags} random DAGs "
          f"({report.second_order} with second derivatives) and {report.networks} trained MLPs")  # fmt: skip
    print(f"dtypes: {', '.join(f'{n} {d}' for d, n in sorted(report.dtypes.items()))}")
    print(
        f"operations: {len(report.ops)} of {len(CATALOG)} catalogue entries drawn; {len(OPS) - len(unreached)} of {len(OPS)} primitives reached"
    )
    if unreached:
        print("NOT REACHED by any entry of the catalogue: " + ", ".join(unreached))
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


def _coverage() -> int:
    from .coverage import reached

    found = reached()
    for name, entries in sorted(found.items()):
        print(f"{name:24s} {', '.join(sorted(entries)[:6]) or 'NOT REACHED'}")
    return NOT_COVERED if any(not e for e in found.values()) else 0


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
