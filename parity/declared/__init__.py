"""What operations take: their parameters and the domains of these, from which calls are drawn.

The chapters list the declarations; see :mod:`domain` for the words in which they are written.
"""

from __future__ import annotations

from . import algebra, drawing, elementwise, factories, layers, losses, places, reductions, windows
from .domain import Declared

CHAPTERS = {"windows": windows, "losses": losses, "layers": layers, "reductions": reductions, "elementwise": elementwise, "places": places, "drawing": drawing, "factories": factories, "algebra": algebra}  # fmt: skip


def _table() -> dict[str, Declared]:
    table: dict[str, Declared] = {}
    for chapter in CHAPTERS.values():
        for declared in chapter.TABLE:
            name, number = declared.name, 2
            while name in table:
                name, number = f"{declared.name} {number}", number + 1
            table[name] = declared
    return table


TABLE = _table()

__all__ = ["CHAPTERS", "TABLE", "Declared"]
