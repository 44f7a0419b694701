"""``torch.utils.benchmark``: how long a statement takes, measured several times, and told with its spread."""

from __future__ import annotations

import statistics
import timeit as _timeit
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_UNITS = ((1e-9, "ns", "nanosecond"), (1e-6, "us", "microsecond"), (1e-3, "ms", "millisecond"), (1.0, "s", "second"))


def select_unit(t: float) -> tuple[str, float]:
    """The unit for a time, and its size in seconds.

    Parameters
    ----------
    t : float
        Seconds.

    Returns
    -------
    (str, float)
        Such as ('us', 1e-06).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils.benchmark.select_unit(0.002)
    ('ms', 0.001)
    """
    size, short, _ = next((u for u in reversed(_UNITS) if t >= u[0]), _UNITS[0])
    return short, size


@dataclass(frozen=True)
class TaskSpec:
    """What was measured: the statement, its setup, and how it is labelled."""

    stmt: str
    setup: str
    global_setup: str = ""
    label: str | None = None
    sub_label: str | None = None
    description: str | None = None
    env: str | None = None
    num_threads: int = 1

    @property
    def title(self) -> str:
        """The labels, or the statement."""
        return self.label + (f": {self.sub_label}" if self.sub_label else "") if self.label is not None else self.stmt


@dataclass(repr=False)
class Measurement:
    """The times of several runs of one statement.

    Parameters
    ----------
    number_per_run : int
        How often the statement ran in each.
    raw_times : list of float
        Seconds of each run.
    task_spec : TaskSpec
    metadata : dict, optional
    """

    number_per_run: int
    raw_times: list[float]
    task_spec: TaskSpec
    metadata: dict[Any, Any] | None = field(default=None)

    @property
    def times(self) -> list[float]:
        """Seconds of one execution, for each run."""
        return [t / self.number_per_run for t in self.raw_times]

    @property
    def median(self) -> float:
        """Of the times."""
        return statistics.median(self.times)

    @property
    def mean(self) -> float:
        """Of the times."""
        return statistics.fmean(self.times)

    @property
    def _quartiles(self) -> tuple[float, float]:
        if len(self.raw_times) < 2:
            return self.times[0], self.times[0]
        first, _, third = statistics.quantiles(self.times, n=4, method="inclusive")
        return first, third

    @property
    def iqr(self) -> float:
        """The distance between the quartiles, which half of the times lie within."""
        first, third = self._quartiles
        return third - first

    @property
    def has_warnings(self) -> bool:
        """Whether the times vary so much, by over 10 % of the median, that something else was running."""
        return self.iqr > 0.1 * self.median

    def meets_confidence(self, threshold: float = 0.1) -> bool:
        """Whether half of the times lie within this fraction of the median."""
        return self.iqr / self.median < threshold

    @property
    def title(self) -> str:
        """The labels, or the statement."""
        return self.task_spec.title

    @property
    def stmt(self) -> str:
        """The statement."""
        return self.task_spec.stmt

    @property
    def label(self) -> str | None:
        """As it was given."""
        return self.task_spec.label

    @property
    def sub_label(self) -> str | None:
        """As it was given."""
        return self.task_spec.sub_label

    @property
    def description(self) -> str | None:
        """As it was given."""
        return self.task_spec.description

    @property
    def num_threads(self) -> int:
        """As it was given."""
        return self.task_spec.num_threads

    def __repr__(self) -> str:
        unit, size = select_unit(self.median)
        count = len(self.raw_times)
        lines = [super().__repr__(), self.title]
        lines += [self.description] if self.description else []
        lines += [f"setup: {self.task_spec.setup}"] if self.task_spec.setup not in ("", "pass") else []
        if count == 1:
            lines.append(f"  {self.median / size:.2f} {unit}")
        else:
            first, third = self._quartiles
            lines.append(f"  Median: {self.median / size:.2f} {unit}")
            lines.append(f"  IQR:    {self.iqr / size:.2f} {unit} ({first / size:.2f} to {third / size:.2f})")
        runs = f"{self.number_per_run} runs" + (" per measurement" if count > 1 else "")
        lines.append(f"  {count} measurement{'s' * (count > 1)}, {runs}, {self.num_threads} thread{'s' * (self.num_threads > 1)}")
        if self.has_warnings:
            lines.append(
                f"  the quartiles are {self.iqr / self.median:.0%} of the median apart: the machine is busy with other things"
            )
        return "\n".join(lines)


class Timer:
    """Measures a statement with ``timeit``: the garbage collector is off, and the statement is warmed up.

    Parameters
    ----------
    stmt, setup : str
        What is measured, and what runs once before.
    global_setup : str
        For C++, which is not supported.
    timer : function
        Of no arguments, to seconds.
    globals : dict, optional
        What the statement sees.
    label, sub_label, description, env : str, optional
        How it is shown.
    num_threads : int
        Shown; NumPy's BLAS takes its number of threads from the environment when it starts.
    language : str
        'python'.

    Raises
    ------
    NotImplementedError
        For C++.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> measured = torch.utils.benchmark.Timer("x + x", globals={"x": torch.ones(3)}).timeit(10)
    >>> measured.number_per_run, measured.median > 0
    (10, True)
    """

    def __init__(
        self,
        stmt: str = "pass",
        setup: str = "pass",
        global_setup: str = "",
        timer: Callable[[], float] = _timeit.default_timer,
        globals: dict[str, Any] | None = None,
        label: str | None = None,
        sub_label: str | None = None,
        description: str | None = None,
        env: str | None = None,
        num_threads: int = 1,
        language: str = "python",
    ) -> None:
        if not isinstance(stmt, str):
            raise ValueError(f"Timer: the statement must be a string, but is {stmt!r}")
        if str(language).lower() not in ("python", "py") or global_setup:
            raise NotImplementedError("Timer measures Python only, no C++")
        self._timer = _timeit.Timer(stmt, setup, timer, {} if globals is None else globals)
        self._task_spec = TaskSpec(stmt, setup, "", label, sub_label, description, env, num_threads)

    def _measured(self, number: int, times: list[float]) -> Measurement:
        return Measurement(number, times, self._task_spec)

    def timeit(self, number: int = 1000000) -> Measurement:
        """One run of ``number`` executions, after a warm-up of a hundredth."""
        self._timer.timeit(max(number // 100, 1))
        return self._measured(number, [self._timer.timeit(number)])

    def repeat(self, repeat: int = -1, number: int = -1) -> None:
        """Not supported, as in PyTorch: see :meth:`blocked_autorange`."""
        raise NotImplementedError("Timer.repeat: use blocked_autorange(), which chooses both numbers")

    def _block(self, least: float) -> int:
        """How many executions take at least so long: a power of ten."""
        number = 1
        while self._timer.timeit(number) < least:
            number *= 10
        return number

    def blocked_autorange(self, callback: Any = None, min_run_time: float = 0.2) -> Measurement:
        """Blocks of executions, each long enough for the clock to be exact, until ``min_run_time`` seconds have passed."""
        number = self._block(min_run_time / 1000)
        times: list[float] = []
        while sum(times) < min_run_time:
            times.append(self._timer.timeit(number))
            if callback is not None:
                callback(number, times[-1])
        return self._measured(number, times)

    def adaptive_autorange(
        self, threshold: float = 0.1, *, min_run_time: float = 0.01, max_run_time: float = 10.0, callback: Any = None
    ) -> Measurement:
        """Blocks of executions, until half of the times lie within ``threshold`` of the median, or ``max_run_time`` has passed."""
        number = self._block(min_run_time / 100)
        times: list[float] = []
        while sum(times) < max_run_time:
            times.append(self._timer.timeit(number))
            if callback is not None:
                callback(number, times[-1])
            if len(times) > 3 and sum(times) > min_run_time and self._measured(number, times).meets_confidence(threshold):
                break
        return self._measured(number, times)


class Compare:
    """A table of measurements: rows are statements (or ``sub_label``), columns ``description``.

    Parameters
    ----------
    results : list of Measurement
    """

    def __init__(self, results: list[Measurement]):
        self._results = list(results)

    def extend_results(self, results: list[Measurement]) -> None:
        """Add measurements."""
        self._results += results

    def __str__(self) -> str:
        columns = list(dict.fromkeys(m.description or "" for m in self._results))
        rows = list(dict.fromkeys(m.sub_label or m.stmt for m in self._results))
        unit, size = select_unit(min(m.median for m in self._results))
        times = {(m.sub_label or m.stmt, m.description or ""): f"{m.median / size:.1f}" for m in self._results}
        lines = [["", *columns], *([row, *(times.get((row, c), "") for c in columns)] for row in rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = ["  |  ".join(cell.rjust(w) for cell, w in zip(line, widths, strict=True)) for line in lines]
        label = next((m.label for m in self._results if m.label), "")
        return "\n".join(
            [*([label] if label else []), *text, f"times are in {next(u[2] for u in _UNITS if u[1] == unit)}s ({unit})"]
        )

    def print(self) -> None:
        """Print the table."""
        print(self)


__all__ = ["Compare", "Measurement", "TaskSpec", "Timer", "select_unit"]
