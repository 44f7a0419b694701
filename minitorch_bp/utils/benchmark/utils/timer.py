"""Measures a statement with ``timeit``: the garbage collector is off, and the statement is warmed up."""

from __future__ import annotations

import enum
import statistics
import sys
import textwrap
import timeit
from collections.abc import Callable
from typing import Any

from .common import Measurement, TaskSpec, set_torch_threads

_PACKAGE = __name__.partition(".")[0]
_MOST = 2147483647  # executions in a block
timer: Callable[[], float] = timeit.default_timer


class Language(enum.Enum):
    """Of a statement; only Python can be measured here."""

    PYTHON = 0
    CPP = 1


def _plain(code: str) -> str:
    """Code without the indentation that it has as a text in a program, and without empty lines around it."""
    return textwrap.dedent(code).removeprefix("\n").rstrip()


class Timer:
    """Measures a statement with ``timeit``: the garbage collector is off, and the statement is warmed up.

    Parameters
    ----------
    stmt, setup : str
        What is measured, and what runs once before. Several lines may be indented together.
    global_setup : str
        For C++, which is not supported.
    timer : function
        Of no arguments, to seconds.
    globals : dict, optional
        What the statement sees, besides ``torch``, which is this library.
    label, sub_label, description, env : str, optional
        How it is shown; see :class:`TaskSpec`.
    num_threads : int
        How many threads products of matrices use meanwhile.
    language : str or Language
        'python'.

    Raises
    ------
    ValueError
        If the statement is not a string, or the language is none that PyTorch knows.
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
        timer: Callable[[], float] = timer,
        globals: dict[str, Any] | None = None,
        label: str | None = None,
        sub_label: str | None = None,
        description: str | None = None,
        env: str | None = None,
        num_threads: int = 1,
        language: Language | str = Language.PYTHON,
    ) -> None:
        if not isinstance(stmt, str):
            raise ValueError(f"Timer: the statement must be a string, but is a {type(stmt).__name__}")
        name = str(language).lower()
        if language is Language.CPP or name in ("cpp", "c++"):
            raise NotImplementedError("Timer measures Python only, no C++")
        if language is not Language.PYTHON and name not in ("py", "python"):
            raise ValueError(f"Timer: the language must be 'python', but is {language!r}")
        if global_setup:
            raise ValueError("Timer: global_setup is for C++; write it into setup")
        stmt, setup = _plain(stmt), _plain(setup)
        self._globals = {"torch": sys.modules[_PACKAGE], **(globals or {})}
        self._timer = timeit.Timer(stmt, setup, timer, self._globals)
        self._task_spec = TaskSpec(stmt, setup, "", label, sub_label, description, env, num_threads)

    def _time(self, number: int) -> float:
        return max(self._timer.timeit(number), 1e-9)

    def _measured(self, number: int, times: list[float]) -> Measurement:
        return Measurement(number, times, self._task_spec)

    def timeit(self, number: int = 1000000) -> Measurement:
        """One run of ``number`` executions, after a warm-up of a hundredth."""
        with set_torch_threads(self._task_spec.num_threads):
            self._time(max(int(number // 100), 2))
            return self._measured(number, [self._time(number)])

    def repeat(self, repeat: int = -1, number: int = -1) -> None:
        """Not supported, as in PyTorch: see :meth:`blocked_autorange`."""
        raise NotImplementedError("Timer.repeat: use blocked_autorange(), which chooses both numbers")

    def autorange(self, callback: Any = None) -> None:
        """Not supported, as in PyTorch: see :meth:`blocked_autorange`."""
        raise NotImplementedError("Timer.autorange: use blocked_autorange(), which says how much the times vary")

    def collect_callgrind(self, *args: Any, **options: Any) -> None:
        """Not supported: PyTorch counts the instructions of its C++ core with Valgrind."""
        raise NotImplementedError("Timer.collect_callgrind counts instructions of C++, of which there is none here")

    def _block(self, least: float) -> int:
        """How many executions, a power of ten, take so long that the clock itself takes no more than 1/10000 of it."""
        clock = statistics.median(self._timer.timeit(0) for _ in range(5))
        number = 1
        while True:
            took = self._time(number)
            if (took >= least / 1000 and clock <= took / 10_000) or took > least or 10 * number > _MOST:
                return number
            number *= 10

    def _run(self, number: int, callback: Any, enough: Callable[[list[float]], bool]) -> Measurement:
        times: list[float] = []
        while not enough(times):
            times.append(self._time(number))
            if callback is not None:
                callback(number, times[-1])
        return self._measured(number, times)

    def blocked_autorange(
        self, callback: Callable[[int, float], Any] | None = None, min_run_time: float = 0.2
    ) -> Measurement:  # fmt: skip
        """Blocks of executions, each long enough for the clock to be exact, until ``min_run_time`` seconds have passed.

        Parameters
        ----------
        callback : function, optional
            Of the number of executions and the seconds that they took, for each block.
        min_run_time : float
        """
        with set_torch_threads(self._task_spec.num_threads):
            return self._run(self._block(min_run_time), callback, lambda times: sum(times) >= min_run_time and bool(times))

    def adaptive_autorange(
        self,
        threshold: float = 0.1,
        *,
        min_run_time: float = 0.01,
        max_run_time: float = 10.0,
        callback: Callable[[int, float], Any] | None = None,
    ) -> Measurement:
        """Blocks of executions, until half of the times lie within ``threshold`` of the median, or ``max_run_time`` has passed.

        Parameters
        ----------
        threshold : float
        min_run_time, max_run_time : float
            Seconds.
        callback : function, optional
            As for :meth:`blocked_autorange`.
        """
        with set_torch_threads(self._task_spec.num_threads):
            number = self._block(min(min_run_time, 0.05))

            def enough(times: list[float]) -> bool:
                took = sum(times)
                steady = len(times) > 3 and self._measured(number, times).meets_confidence(threshold)
                return took > max_run_time or (took >= min_run_time and steady)

            return self._run(number, callback, enough)
