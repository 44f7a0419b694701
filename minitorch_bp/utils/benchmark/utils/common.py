"""What was measured, and the times: their median, their spread, and how many of their digits mean something."""

from __future__ import annotations

import math
import statistics
import textwrap
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ....settings import get_num_threads, set_num_threads

_UNITS = {"ns": (1e-9, "nanosecond"), "us": (1e-6, "microsecond"), "ms": (1e-3, "millisecond"), "s": (1, "second")}
_BUSY, _VERY_BUSY = 0.1, 0.25  # the distance of the quartiles, as a part of the median
_LEAST_ERROR = 25e-9  # seconds; no measurement is more exact
_MOST_DIGITS = 4


def log10(x: float) -> float:
    """The logarithm as float32, so that 0.001 is a thousandth in spite of rounding."""
    return float(np.float32(math.log10(x)))


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

    Raises
    ------
    ValueError
        If the time is not positive.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils.benchmark.select_unit(0.002)
    ('ms', 0.001)
    """
    if not t > 0:
        raise ValueError(f"select_unit: a time is positive, but got {t}")
    thousands = int(log10(t) // 3)
    unit = {-3: "ns", -2: "us", -1: "ms"}.get(thousands, "s")
    return unit, _UNITS[unit][0]


def unit_to_english(u: str) -> str:
    """The name of a unit.

    Parameters
    ----------
    u : str
        'ns', 'us', 'ms' or 's'.

    Returns
    -------
    str
        In the singular.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils.benchmark.unit_to_english("us")
    'microsecond'
    """
    return _UNITS[u][1]


def trim_sigfig(x: float, n: int) -> float:
    """A number rounded to so many significant digits, in float32.

    Parameters
    ----------
    x : float
    n : int

    Returns
    -------
    float
        A multiple of a power of ten.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils.benchmark.trim_sigfig(1234567, 2)
    1200000.0
    """
    scale = 10 ** (math.ceil(log10(abs(x))) - n)
    return float(np.round(np.float32(x / scale)) * np.float32(scale))


def ordered_unique(elements: Iterable[Any]) -> list[Any]:
    """The elements without repetitions, in the order of their first places.

    Parameters
    ----------
    elements : iterable

    Returns
    -------
    list
        Each element once.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils.benchmark.ordered_unique([3, 1, 3, 2])
    [3, 1, 2]
    """
    seen: dict[Hashable, None] = dict.fromkeys(elements)
    return list(seen)


@contextmanager
def set_torch_threads(n: int) -> Iterator[None]:
    """A context in which products of matrices use so many threads.

    Parameters
    ----------
    n : int

    Yields
    ------
    None
        Nothing.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.utils.benchmark.set_torch_threads(1):
    ...     torch.get_num_threads()
    1
    """
    before = get_num_threads()
    set_num_threads(n)
    try:
        yield
    finally:
        set_num_threads(before)


@dataclass(init=True, repr=False, eq=True, frozen=True)
class TaskSpec:
    """What was measured: the statement, its setup, and how it is labelled.

    Parameters
    ----------
    stmt, setup : str
    global_setup : str
        For C++, which is not supported.
    label, sub_label, description, env : str, optional
        The heading, the name of the row, the name of the column, and the environment, in tables.
    num_threads : int
    """

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
        """The labels; without, the statement."""
        behind = f": {self.sub_label}" if self.sub_label else ""
        if self.label is not None:
            return self.label + behind
        if "\n" not in self.stmt:
            return self.stmt + behind
        return _headed(f"stmt: ({self.sub_label})" if self.sub_label else "stmt:", self.stmt)

    def setup_str(self) -> str:
        """The setup; nothing if it is ``pass``."""
        if self.setup in ("", "pass"):
            return ""
        return _headed("setup:", self.setup) if "\n" in self.setup else f"setup: {self.setup}"

    def summarize(self) -> str:
        """The title, the description and the setup, each on lines of its own."""
        parts = [part for part in (self.title, self.description, self.setup_str()) if part]
        return "\n".join(part + "\n" if "\n" in part else part for part in parts)


def _headed(heading: str, code: str) -> str:
    return f"{heading}\n{textwrap.indent(code, '  ')}"


@dataclass(init=True, repr=False)
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

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.utils.benchmark import Measurement, TaskSpec
    >>> measured = Measurement(10, [2.0, 3.0, 2.0], TaskSpec("x + y", "pass"))
    >>> measured.times, measured.median
    ([0.2, 0.3, 0.2], 0.2)
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
        """Of the times; -1 if there are none."""
        return statistics.median(self.times) if self.raw_times else -1.0

    @property
    def mean(self) -> float:
        """Of the times; -1 if there are none."""
        return statistics.fmean(self.times) if self.raw_times else -1.0

    @property
    def _quartiles(self) -> tuple[float, float]:
        if len(self.raw_times) < 2:
            return self.median, self.median
        first, _, third = statistics.quantiles(self.times, n=4, method="inclusive")
        return first, third

    @property
    def iqr(self) -> float:
        """The distance between the quartiles, which half of the times lie within."""
        first, third = self._quartiles
        return third - first

    @property
    def significant_figures(self) -> int:
        """How many digits of the median mean something, from 1 to 4.

        The middle half of the times has a standard deviation; the median is off by 1.645 standard errors in one of ten cases.
        """
        count = len(self.raw_times)
        middle = sorted(self.times)[count // 4 : math.ceil(3 * count / 4)]
        error = 1.645 * float(np.std(middle)) / math.sqrt(len(middle))
        return min(max(math.floor(math.log10(self.median / max(error, _LEAST_ERROR))), 1), _MOST_DIGITS)

    @property
    def has_warnings(self) -> bool:
        """Whether the times vary so much, by over 10 % of the median, that something else was running."""
        return self.iqr > _BUSY * self.median

    def meets_confidence(self, threshold: float = 0.1) -> bool:
        """Whether half of the times lie within this fraction of the median."""
        return self.iqr / self.median < threshold

    @property
    def title(self) -> str:
        """The labels, or the statement."""
        return self.task_spec.title

    @property
    def as_row_name(self) -> str:
        """What its row in a table is called: the ``sub_label``, or the statement."""
        return self.sub_label or self.stmt or "[Unknown]"

    @property
    def stmt(self) -> str:
        """The statement."""
        return self.task_spec.stmt

    @property
    def setup(self) -> str:
        """As it was given."""
        return self.task_spec.setup

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
    def env(self) -> str | None:
        """As it was given."""
        return self.task_spec.env

    @property
    def num_threads(self) -> int:
        """As it was given."""
        return self.task_spec.num_threads

    @staticmethod
    def merge(measurements: Iterable[Measurement]) -> list[Measurement]:
        """One measurement for each statement, with the times of all that have it.

        Parameters
        ----------
        measurements : iterable of Measurement

        Returns
        -------
        list of Measurement
        """
        times: dict[TaskSpec, list[float]] = {}
        for each in measurements:
            times.setdefault(each.task_spec, []).extend(each.times)
        return [Measurement(1, together, spec) for spec, together in times.items()]

    def __repr__(self) -> str:
        unit, size = select_unit(self.median)
        count, (first, third) = len(self.raw_times), self._quartiles
        several = count > 1
        lines = [super().__repr__(), self.task_spec.summarize()]
        lines.append(f"  {'Median: ' * several}{self.median / size:.2f} {unit}")
        if count > 3:
            lines.append(f"  IQR:    {self.iqr / size:.2f} {unit} ({first / size:.2f} to {third / size:.2f})")
        runs = f"{self.number_per_run} runs {'per measurement' * several},"
        lines.append(f"  {count} measurement{'s' * several}, {runs} {self.num_threads} thread{'s' * (self.num_threads > 1)}")
        if self.has_warnings:
            spread = self.iqr / self.median
            who = "something else kept the machine busy" if spread > _VERY_BUSY else "perhaps the machine did other things"
            lines.append(f"  WARNING: the quartiles are {spread:.1%} of the median apart;\n           {who}.")
        return "\n".join(lines)
