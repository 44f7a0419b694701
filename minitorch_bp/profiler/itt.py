"""``torch.profiler.itt``: marks for Intel's profiler VTune, which are not made here."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator


def is_available() -> bool:
    """Whether marks can be made: False."""
    return False


def range_push(msg: str) -> None:
    """Mark the begin of a range: refused."""
    raise RuntimeError("itt: marks for VTune are not made here; ask is_available() first")


def range_pop() -> None:
    """Mark the end of a range: refused."""
    range_push("")


def mark(msg: str) -> None:
    """Mark a moment: refused."""
    range_push(msg)


@contextlib.contextmanager
def range(msg: str, *args: object, **kwargs: object) -> Iterator[None]:
    """A context whose begin and end are marked: refused when it is entered."""
    range_push(msg)
    yield


__all__ = ["is_available", "mark", "range", "range_pop", "range_push"]
