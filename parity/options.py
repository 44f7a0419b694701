"""The command line's words: the commands, and the options that each of them takes."""

from __future__ import annotations

import argparse
import os
from typing import Any

from .record import COMMAND

PINNED = "2.13.0"
EXIT_CODES = """exit codes:
  0  no mismatch
  1  a mismatch, or a planted bug that nothing found
  2  wrong usage
  3  a module, option, or operation that nothing exercises
  4  PyTorch is not installed
  5  the corpus, or a report to be merged, is a file that the harness did not write
  6  PyTorch is not the version that the expectations were measured on (--any-version runs all the same)
130  interrupted: what was done is reported, with what was not
"""
COMMANDS = {
    "run": "a campaign: what once failed, every module, every operation, then random cases until the time is over (the default)",
    "corpus": "only what once failed, as a regression suite",
    "coverage": "every operation on every kind of input, every module, and what nothing exercises",
    "opdb": "PyTorch's own database of operators, replayed",
    "moduledb": "PyTorch's own database of modules, replayed",
    "mutate": "plant bugs, and see which of them the checks find",
    "bench": "speed against PyTorch and NumPy",
    "merge": "join the JSON reports of shards into one",
}


def parser(command: str) -> argparse.ArgumentParser:
    """The parser of one command."""
    listed = "\n".join(f"  {name:9s} {text}" for name, text in COMMANDS.items())
    made = argparse.ArgumentParser(
        prog=COMMAND if command == "run" else f"{COMMAND} {command}",
        usage=None if command != "run" else f"{COMMAND} [command] [options]",
        description="Compare minitorch_bp, or another backend, with PyTorch."
        + (f"\n\ncommands ({COMMAND} COMMAND --help shows the options of each):\n{listed}" if command == "run" else f"\n\n{COMMANDS[command]}"),
        epilog=EXIT_CODES, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
    )  # fmt: skip
    made.set_defaults(
        command=command, seed=None, jobs=os.cpu_count() or 1, json=None, html=None, junit=None, any_version=False, backend=None
    )
    if command == "merge":
        made.add_argument("reports", nargs="+", metavar="REPORT.json", help="what --json of a shard wrote")
    else:
        made.add_argument("--any-version", action="store_true", help="run with a PyTorch that is not " + PINNED)
    if command not in ("bench", "merge", "corpus"):
        made.add_argument("--jobs", type=_positive, metavar="N", default=os.cpu_count() or 1, help="processes (one per core)")
        made.add_argument("--seed", type=int, metavar="S", help="the seed of what is drawn (run: one that is drawn, and printed)")
    {
        "run": _run,
        "corpus": _corpus,
        "coverage": _ops,
        "opdb": _database,
        "moduledb": _database,
        "mutate": _mutate,
        "bench": _bench,
    }.get(command, lambda p: None)(made)
    made.add_argument("--json", metavar="FILE", help="write the report for programs")
    if command in ("run", "merge", "corpus"):
        made.add_argument("--html", metavar="FILE", help="write the report for people: one page with nothing to load")
        made.add_argument("--junit", metavar="FILE", help="write the report for CI servers: a test case per operation and module")
    return made


def parsed(arguments: list[str]) -> Any:
    """The arguments; the first may be a command."""
    command = arguments[0] if arguments and arguments[0] in COMMANDS else "run"
    rest = arguments[1:] if arguments[:1] == [command] else arguments
    made = parser(command)
    if rest and not rest[0].startswith("-") and command != "merge":
        made.error(f"there is no command {rest[0]!r}: the commands are {', '.join(COMMANDS)}")
    args, unknown = made.parse_known_args(rest)
    if unknown:
        others = [c for c in COMMANDS if any(word in parser(c)._option_string_actions for word in unknown)]
        made.error(f"{COMMAND} {command} does not take {' '.join(unknown)}" + (f" ({', '.join(others)} would)" if others else ""))
    return args


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, but is {text}")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a number of seconds above 0, but is {text}")
    return number


def _cases(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"must be 0 or more, but is {text}")
    return number


def _shard(text: str) -> tuple[int, int]:
    index, _, count = text.partition("/")
    if not (index.isdigit() and count.isdigit() and 1 <= int(index) <= int(count)):
        raise argparse.ArgumentTypeError(f"must look like 1/4, from 1/4 to 4/4, but is {text!r}")
    return int(index), int(count)


def _samples(text: str) -> int | None:
    return None if text == "all" else _positive(text)


def _run(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--budget", type=_seconds, metavar="SECONDS", help="when to stop, start-up included (60, unless --cases is given)"
    )
    made.add_argument("--cases", type=_cases, metavar="N", help="how many random cases, of all shards together")
    made.add_argument("--shard", type=_shard, default=(1, 1), metavar="i/n", help="the i-th of n parts of the same campaign")
    made.add_argument("--backend", metavar="NAME", help="compare this instead of minitorch_bp: tinygrad, autograd, torch (its float32 "
                      "with its float64), or a module that mirrors torch or has an adapter: see the docs, Anybody's backend")  # fmt: skip
    made.add_argument("--ops", metavar="a,b", help="only these: entries of the catalogue (mul,sum), modules (nn.Linear), or one kind of case: "
                      "networks, modules, calls, training, written, lifetimes, illegal, functions, transforms, files, utilities, distributions, data, optimizers")  # fmt: skip
    made.add_argument("--case", type=int, metavar="K", help="run only case K of the seed, and print it if it differs")
    made.add_argument("--program", metavar="FILE", help="run only the saved case of a file of the corpus")
    made.add_argument("--scheduler", metavar="ADDRESS", help="run on the Dask cluster of this scheduler")
    _corpus(made)


def _corpus(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--corpus", default="parity-report/corpus", metavar="DIR", help="where failures are kept, and replayed from (%(default)s)"
    )


def _ops(made: argparse.ArgumentParser) -> None:
    made.add_argument("--ops", metavar="a,b", help="only these entries of the catalogue")


def _database(made: argparse.ArgumentParser) -> None:
    made.add_argument("--only", metavar="TEXT", help="only entries with this in their name")
    made.add_argument(
        "--samples",
        type=_samples,
        metavar="N",
        help="so many samples of each entry, those that the seed draws; or all (the default)",
    )


def _mutate(made: argparse.ArgumentParser) -> None:
    made.add_argument("--only", metavar="TEXT", help="only bugs with this in their name")
    made.add_argument(
        "--planted", action="store_true", help="the second table, each bug hunted by a campaign of --budget seconds (20)"
    )
    made.add_argument("--every", type=_positive, default=1, metavar="N", help="with --planted: every N-th bug only")
    made.add_argument("--budget", type=_seconds, metavar="SECONDS", help="with --planted: for each bug (20)")


def _bench(made: argparse.ArgumentParser) -> None:
    made.add_argument("--only", metavar="TEXT", help="loaders, or work")
    made.add_argument("--quick", action="store_true", help="fewer repetitions")
    made.add_argument("--profile", metavar="NAME", help="where the time of this workload goes")
