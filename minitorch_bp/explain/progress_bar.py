"""A progress bar for long loops, used as ``tqdm`` is: ``for x, y in explain.progress(loader): ...``."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from typing import Any, Self

_BLOCKS = " ▏▎▍▌▋▊▉█"


class Progress:
    """A loop with a bar that says how far it is, how long it takes, and what ``set_postfix`` was told.

    Parameters
    ----------
    iterable : iterable, optional
        Such as a DataLoader; without one, ``update(n)`` moves the bar.
    desc : str
        Stands before the bar.
    total : int, optional
        The number of steps, if ``len(iterable)`` does not say it.
    leave : bool
        Whether the finished bar stays.
    file : stream, optional
        ``sys.stderr`` if not given.
    disable : bool
        Show nothing.
    mininterval : float
        Seconds between two drawings.
    unit : str
        What a step is called.
    initial : int
        The number of steps that are done already.

    See Also
    --------
    progress : Makes one.

    Examples
    --------
    >>> import io
    >>> from minitorch_bp import explain
    >>> sum(explain.Progress([1, 2, 3], file=io.StringIO()))
    6
    """

    def __init__(
        self, iterable: Any = None, desc: str = "", total: int | None = None, leave: bool = True, file: Any = None, disable: bool = False,
        mininterval: float = 0.1, unit: str = "it", initial: int = 0,
    ):  # fmt: skip
        if total is None and hasattr(iterable, "__len__"):
            total = len(iterable)
        self.iterable, self.desc, self.total, self.leave, self.disable = iterable, desc, total, leave, disable
        self.file, self.mininterval, self.unit, self.n = file or sys.stderr, mininterval, unit, initial
        self.postfix = ""
        self._start = time.monotonic()
        self._drawn, self._width, self._closed, self._initial = 0.0, 0, False, initial
        if not disable:
            self.refresh()

    def __iter__(self) -> Iterator[Any]:
        if self.iterable is None:
            raise TypeError("progress() has nothing to loop over: give it an iterable, or call update(n)")
        try:
            for item in self.iterable:
                yield item
                self.update(1)
        finally:
            self.close()

    def __len__(self) -> int:
        if self.total is None:
            raise TypeError("the number of steps is not known: pass total=")
        return self.total

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: Any) -> None:
        self.close()

    def update(self, n: float = 1) -> None:
        """Go on by ``n`` steps.

        Parameters
        ----------
        n : float
            How many.
        """
        self.n += n  # type: ignore[assignment]
        if not self.disable and time.monotonic() - self._drawn >= self.mininterval:
            self.refresh()

    def set_description(self, desc: str = "", refresh: bool = True) -> None:
        """Change what stands before the bar.

        Parameters
        ----------
        desc : str
        refresh : bool
            Whether the bar is drawn at once.
        """
        self.desc = desc
        if refresh and not self.disable:
            self.refresh()

    def set_postfix(self, values: Any = None, refresh: bool = True, **more: Any) -> None:
        """Show values after the bar: ``set_postfix(loss=0.25)``. Numbers get three digits.

        Parameters
        ----------
        values : dict, optional
            Names and values.
        refresh : bool
            Whether the bar is drawn at once.
        **more : any
            Further values by name.
        """
        pairs = {**(values or {}), **more}
        self.postfix = ", ".join(f"{k}={_short(v)}" for k, v in pairs.items())
        if refresh and not self.disable and time.monotonic() - self._drawn >= self.mininterval:
            self.refresh()

    def set_postfix_str(self, text: str = "", refresh: bool = True) -> None:
        """Show a text after the bar.

        Parameters
        ----------
        text : str
        refresh : bool
            Whether the bar is drawn at once.
        """
        self.postfix = text
        if refresh and not self.disable:
            self.refresh()

    def write(self, text: str) -> None:
        """Print a line above the bar.

        Parameters
        ----------
        text : str
            The line.
        """
        self._clear()
        print(text, file=self.file)
        if not self.disable:
            self.refresh()

    def close(self) -> None:
        """Draw the last state, and leave it or wipe it."""
        if self._closed:
            return
        self._closed = True
        if self.disable:
            return
        if self.leave:
            self.refresh()
            self.file.write("\n")
        else:
            self._clear()
        self.file.flush()

    def refresh(self) -> None:
        """Draw the bar now."""
        line = str(self)
        self.file.write("\r" + line + " " * max(0, self._width - len(line)))
        self.file.flush()
        self._width, self._drawn = len(line), time.monotonic()

    def _clear(self) -> None:
        self.file.write("\r" + " " * self._width + "\r")

    def __str__(self) -> str:
        passed = time.monotonic() - self._start
        done = self.n - self._initial
        rate = done / passed if passed > 0 and done else 0
        speed = "?" if not rate else f"{rate:.2f}{self.unit}/s" if rate >= 1 else f"{1 / rate:.2f}s/{self.unit}"
        head = f"{self.desc}: " if self.desc and not self.desc.rstrip().endswith(":") else self.desc
        tail = f", {self.postfix}" if self.postfix else ""
        if self.total is None:
            return f"{head}{self.n:g}{self.unit} [{_clock(passed)}, {speed}{tail}]"
        part = min(1.0, self.n / self.total) if self.total else 1.0
        left = _clock((self.total - self.n) / rate) if rate else "?"
        right = f"| {self.n:g}/{self.total} [{_clock(passed)}<{left}, {speed}{tail}]"
        room = max(6, min(30, shutil.get_terminal_size((100, 20)).columns - len(head) - len(right) - 7))
        eighths = int(part * room * 8)
        bar = "█" * (eighths // 8) + (_BLOCKS[eighths % 8] if eighths // 8 < room else "")
        return f"{head}{part:4.0%}|{bar.ljust(room)}{right}"


def _short(value: Any) -> str:
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"


def progress(iterable: Any = None, desc: str = "", **options: Any) -> Progress:
    """Loop with a progress bar, as with ``tqdm``.

    Parameters
    ----------
    iterable : iterable, optional
        Such as a DataLoader.
    desc : str
        Stands before the bar.
    **options : any
        As of :class:`Progress`: ``total``, ``leave``, ``file``, ``disable``, ``mininterval``, ``unit``.

    Returns
    -------
    Progress
        Loop over it; ``set_postfix(loss=...)`` shows numbers beside the bar.

    Examples
    --------
    >>> import io
    >>> from minitorch_bp import explain
    >>> shown = io.StringIO()
    >>> for k in explain.progress([1, 2, 3], "epoch 1", file=shown):
    ...     pass
    >>> "100%" in shown.getvalue() and "3/3" in shown.getvalue()
    True
    """
    return Progress(iterable, desc, **options)
