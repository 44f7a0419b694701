"""Ctrl-C, from the first moment on.

Code that is being imported may swallow KeyboardInterrupt, and PyTorch's own aborts the process if it is raised in the middle: there, the
handler itself writes the reports and ends the process. Later the exception is raised as usual, and remembered. Only the process that asked is told. Workers are forked with the handler, and leave Ctrl-C to their parent.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

seen = False
_owner = 0
_ending: Callable[[], int] | None = None


def watch() -> None:
    """From now on Ctrl-C raises KeyboardInterrupt in this process, and is remembered (:data:`seen`)."""
    global _owner
    _owner = os.getpid()
    signal.signal(signal.SIGINT, _note)


def _note(number: int, frame: Any) -> None:
    global seen
    if os.getpid() == _owner:
        seen = True
        if _ending is None:
            raise KeyboardInterrupt
        ignore()
        code = _ending()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


@contextlib.contextmanager
def ending_by(function: Callable[[], int]) -> Iterator[None]:
    """In this block Ctrl-C calls the function, and ends the process with the exit code that it returns."""
    global _ending
    _ending = function
    try:
        yield
    finally:
        _ending = None


def ignore() -> None:
    """Let nothing interrupt what follows: a worker, or the writing of reports."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Ctrl-C waits until the block is over. Processes that are started in it never see one."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
