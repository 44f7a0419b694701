"""A table of measurements, as text: for each label a table, with a column for each description and a row for each statement."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable
from typing import Any

from .common import Measurement, log10, ordered_unique, select_unit, trim_sigfig, unit_to_english

_END = "\033[0m"
_BETWEEN = "  |  "


class Colorize(enum.Enum):
    """Of which times the best is found: none, those of a column, or those of a row."""

    NONE = "none"
    COLUMNWISE = "columnwise"
    ROWWISE = "rowwise"


def _colored(text: str, time: float, best: float) -> str:
    """Green and bold is the best, blue up to a tenth more, red from twice as much, and dark red from five times."""
    if time <= best * 1.01 or time <= best + 100e-9:
        return f"\033[92m\033[1m{text}{_END}{_END}"
    if time <= best * 1.1:
        return f"\033[34m\033[1m{text}{_END}{_END}"
    if time >= best * 5:
        return f"\033[31m\033[1m{text}{_END}{_END}"
    return f"\033[2m\033[91m{text}{_END}{_END}" if time >= best * 2 else text


class _Column:
    """How the times of one column are written: with the same number of digits."""

    def __init__(self, times: list[Measurement], size: float, trim: bool, spread: bool):
        before = [math.ceil(log10(m.median / size)) for m in times]
        behind = min(max(m.significant_figures - n, 0) for m, n in zip(times, before, strict=True)) if trim else 1
        self._width, self._behind = max(before) + behind + (behind > 0), behind
        self._size, self._trim, self._spread = size, trim, spread and any(m.has_warnings for m in times)

    def text(self, m: Measurement | None) -> str:
        if m is None:
            return ""
        value = m.median / self._size
        if self._trim:
            value = trim_sigfig(value, m.significant_figures)
        mark = f" (! {100 * m.iqr / m.median:.0f}%)" if self._spread and m.has_warnings else ""
        return f"{value:>{self._width}.{self._behind}f}" + (f"{mark:>7}" if self._spread else "")


class _Table:
    """The measurements of one label."""

    def __init__(self, results: list[Measurement], colors: Colorize, trim: bool, spread: bool):
        self._label, self._colors, self._marks = results[0].label or "", colors, spread and any(m.has_warnings for m in results)
        self._unit, size = select_unit(min(m.median for m in results))
        self._descriptions = ordered_unique(m.description or "" for m in results)
        self._cells = {(_row(m), m.description or ""): m for m in results}
        self._rows = sorted(ordered_unique(map(_row, results)), key=lambda row: row[:2])
        self._columns = [
            _Column([m for m in results if (m.description or "") == d], size, trim, self._marks) for d in self._descriptions
        ]

    def _best(self, row: tuple[int, str, str], description: str) -> float:
        """What a time is compared with: in its row, or in its column among those of as many threads."""
        rowwise = self._colors is Colorize.ROWWISE
        return min(m.median for (r, d), m in self._cells.items() if (r == row if rowwise else d == description and r[0] == row[0]))

    def _names(self) -> list[str]:
        """Of the rows; an environment is named where it begins."""
        width = max(len(env) for _, env, _ in self._rows) + 4
        names, before = [], (0, "")
        for threads, env, name in self._rows:
            shown = f"({env})" if env and (threads, env) != before else ""
            names.append("  " + shown.ljust(width) + name)
            before = (threads, env)
        return names

    def text(self) -> str:
        names, titles = self._names(), self._descriptions
        texts = [[c.text(self._cells.get((row, d))) for c, d in zip(self._columns, titles, strict=True)] for row in self._rows]
        widths = [max(map(len, column)) for column in zip(titles, *texts, strict=True)]
        first = max(map(len, names))
        lines = [_BETWEEN.join([" " * first, *(title.center(w) for title, w in zip(titles, widths, strict=True))])]
        width, threads = len(lines[0]), 0
        for row, name, parts in zip(self._rows, names, texts, strict=True):
            if row[0] != threads:
                threads = row[0]
                lines.append(f"{threads} threads: ".ljust(width, "-"))
            cells = [name.ljust(first)]
            for d, part, w in zip(titles, parts, widths, strict=True):
                m, part = self._cells.get((row, d)), part.center(w)
                colored = m is not None and self._colors is not Colorize.NONE
                cells.append(_colored(part, m.median, self._best(row, d)) if colored else part)  # type: ignore[union-attr]
            lines.append(_BETWEEN.join(cells))
        lines.insert(0, f"[{f' {self._label} '.center(width - 2, '-')}]")
        lines += ["", f"Times are in {unit_to_english(self._unit)}s ({self._unit})."]
        if self._marks:
            lines.append("(! XX%) The times vary: their quartiles are XX% of the median apart.")
        return "\n".join(lines) + "\n"


def _row(m: Measurement) -> tuple[int, str, str]:
    return m.num_threads, m.env or "", m.as_row_name


class Compare:
    """Tables of measurements: rows are statements (or ``sub_label``), columns ``description``; one table for each ``label``.

    Parameters
    ----------
    results : list of Measurement

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.utils.benchmark import Compare, Measurement, TaskSpec
    >>> few = Measurement(1, [2e-6], TaskSpec("x + y", "pass", label="sums", description="few"))
    >>> many = Measurement(1, [7e-6], TaskSpec("x + y", "pass", label="sums", description="100"))
    >>> Compare([few, many]).print()
    [---------- sums ---------]
                 |  few  |  100
    1 threads: ----------------
          x + y  |  2.0  |  7.0
    <BLANKLINE>
    Times are in microseconds (us).
    <BLANKLINE>
    """

    def __init__(self, results: list[Measurement]):
        self._results: list[Measurement] = []
        self.extend_results(results)
        self._trim, self._colors, self._marks = False, Colorize.NONE, False

    def __str__(self) -> str:
        merged = Measurement.merge(self._results)
        groups: dict[Any, list[Measurement]] = {}
        for m in merged:
            groups.setdefault(m.label, []).append(m)
        return "\n".join(_Table(group, self._colors, self._trim, self._marks).text() for group in groups.values())

    def extend_results(self, results: Iterable[Measurement]) -> None:
        """Add measurements."""
        results = list(results)
        for each in results:
            if not isinstance(each, Measurement):
                raise ValueError(f"Compare: expected measurements, but got a {type(each).__name__}")
        self._results += results

    def trim_significant_figures(self) -> None:
        """Show only digits that mean something, see :attr:`Measurement.significant_figures`."""
        self._trim = True

    def colorize(self, rowwise: bool = False) -> None:
        """Color good and bad times of a column, or of a row."""
        self._colors = Colorize.ROWWISE if rowwise else Colorize.COLUMNWISE

    def highlight_warnings(self) -> None:
        """Mark times that vary much."""
        self._marks = True

    def print(self) -> None:
        """Print the table."""
        print(self)
