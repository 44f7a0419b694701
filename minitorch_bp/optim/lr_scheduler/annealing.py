"""The ways from one value to another: along half a wave, or a straight line."""

from __future__ import annotations

import math
from typing import Any


def _cosine(start: Any, end: Any, part: float) -> Any:
    r"""`b + (a - b) (1 + cos(pi p)) / 2`: slow at both ends."""
    return end + (start - end) / 2.0 * (math.cos(math.pi * part) + 1)


def _line(start: Any, end: Any, part: float) -> Any:
    """`a + (b - a) p`."""
    return (end - start) * part + start


ANNEALING = {"cos": _cosine, "linear": _line}


def check_strategy(name: str) -> None:
    """ValueError for an unknown one."""
    if name not in ANNEALING:
        raise ValueError(f"anneal_strategy must be 'cos' or 'linear', but is {name!r}")
