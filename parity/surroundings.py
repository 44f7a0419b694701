"""What surrounds a model, as kinds of cases of a campaign: distributions, data loaders, optimizers.

Each kind has a table of rows, and every row a function that draws a script (see :mod:`scripted`) from it. A campaign draws a kind and
a row; ``coverage`` runs every row.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator
from typing import Any

import minitorch_bp

from . import (
    call_cases,
    data_cases,
    distribution_cases,
    function_cases,
    illegal_cases,
    lifetime_cases,
    optimizer_cases,
    saving_cases,
    training_cases,
    transform_cases,
    utility_cases,
    written_cases,
)
from .choices import Choices, Seeded
from .outcome import Mismatch
from .scripted import Run, Scripted, compare, run

KINDS = {
    "distributions": distribution_cases,
    "data": data_cases,
    "optimizers": optimizer_cases,
    "calls": call_cases,
    "training": training_cases,
    "written": written_cases,
    "lifetimes": lifetime_cases,
    "illegal": illegal_cases,
    "functions": function_cases,
    "transforms": transform_cases,
    "files": saving_cases,
    "utilities": utility_cases,
}


#: Kinds with a row for each declared operation, or use: some of their calls both frameworks refuse at once.
OF_EACH_OPERATION = frozenset({"written", "lifetimes", "illegal", "functions"})
#: How often a campaign draws each kind.
SHARES = (
    ("calls",) * 10
    + ("training",) * 2
    + ("written", "illegal") * 3
    + ("lifetimes", "functions", "functions")
    + ("distributions", "data", "optimizers")
    + ("transforms", "files", "utilities", "utilities")
)


@functools.cache
def _drawn_from(kind: str) -> list[str]:
    """The rows of a kind, some of them several times, if it says so."""
    return list(getattr(KINDS[kind], "OFTEN", KINDS[kind].ROWS))


def random_case(draw: Choices, seed: int, kinds: list[str] | None = None) -> Scripted:
    """A script of a random row of a random kind."""
    kind = draw.choice(kinds or SHARES)
    function, arguments = KINDS[kind].ROWS[draw.choice(_drawn_from(kind))]
    case: Scripted = function(draw, seed, *arguments)
    return case


def every_row(seeds: int, source: int = 0) -> Iterator[Scripted]:
    """Some scripts of each row; of the kinds that have a row for each operation, of every eighth."""
    for kind, module in KINDS.items():
        for k, (row, (function, arguments)) in enumerate(module.ROWS.items()):
            if kind in OF_EACH_OPERATION and (k + source) % 8:
                continue
            for seed in range(seeds):
                case = function(Seeded((source, k, seed)), seed, *arguments)
                yield dataclasses.replace(case, rows=tuple(dict.fromkeys((row, *case.rows))))


def difference(case: Scripted, torch: Any, watch: Callable[..., Any] = lambda f, *args: f(*args)) -> Mismatch | None:
    """Run a script in both frameworks. What one of them hands over, if the script does so, the other one begins from."""
    first, second = (torch, minitorch_bp) if case.seed % 2 else (minitorch_bp, torch)
    one = watch(run, case, first)
    runs: dict[Any, Run] = {first: one, second: watch(run, case, second, 0.0, one.given)}
    return compare(case, runs[minitorch_bp], runs[torch], torch)


def differences(torch: Any, seeds: int = 2) -> dict[str, str]:
    """Row -> how it differs, of those that do."""
    found: dict[str, str] = {}
    for case in every_row(seeds):
        mismatch = difference(case, torch)
        if mismatch is not None:
            found.setdefault(case.rows[0], mismatch.line)
    return found


def missing() -> list[str]:
    """What no row names, and rows that never get as far as to show something (a few draws of a row may be refused)."""
    shown = {row for case in every_row(2) if run(case, minitorch_bp).shown for row in case.rows}
    rows = [
        (kind, k, row)
        for name, kind in KINDS.items()
        if name not in OF_EACH_OPERATION
        for k, row in enumerate(kind.ROWS)
        if row not in shown and row not in REFUSED
    ]
    never_run = [
        row for kind, k, row in rows if not any(run(_drawn(kind, k, row, seed), minitorch_bp).shown for seed in range(2, 30))
    ]
    return [*(gap for module in KINDS.values() for gap in module.missing()), *never_run]


def _drawn(kind: Any, number: int, row: str, seed: int) -> Scripted:
    function, arguments = kind.ROWS[row]
    case: Scripted = function(Seeded((0, number, seed)), seed, *arguments)
    return case


#: Rows that show nothing since both frameworks refuse them at once.
REFUSED = frozenset({"optimizer refused", "loader both", "loader of a stream, shuffled"})
