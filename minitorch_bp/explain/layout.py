"""Where the boxes of a graph go: columns from inputs to output, as few crossings as a few sweeps can reach.

Three steps, each a classic (Sugiyama, Tagawa and Toda 1981): a box's column is the longest path from an input to it; within the columns,
boxes are sorted by the average position of their neighbours, in sweeps to the right and back; then each box moves towards the average
height of its neighbours as far as the others in its column allow. A link that spans several columns passes through an invisible box
in each, so that it goes around what lies between.
"""

from __future__ import annotations

from typing import Any


class Place:
    """A box in the plane, or (without an item) the point where a long link passes a column."""

    __slots__ = ("column", "down", "height", "item", "order", "up", "width", "x", "y")

    def __init__(self, item: Any, width: float, height: float, column: int):
        self.item, self.width, self.height, self.column = item, width, height, column
        self.up: list[Place] = []  # neighbours to the left
        self.down: list[Place] = []
        self.x = self.y = 0.0
        self.order = 0


class Layout:
    """The places of items that are linked.

    Parameters
    ----------
    items : list
        In an order in which each comes after its sources.
    sources : dict
        Item -> the items that it is computed from.
    size : function
        Item -> its width and height.
    near : bool
        Put an input beside its first consumer, rather than into the first column.
    """

    def __init__(
        self, items: list[Any], sources: dict[Any, list[Any]], size: Any, near: bool = False, gap: tuple[float, float] = (64, 22)
    ):
        columns = _columns(items, sources, near)
        self.of: dict[Any, Place] = {item: Place(item, size(item)[0], size(item)[1], columns[item]) for item in items}
        self.columns: list[list[Place]] = [[] for _ in range(max(columns.values(), default=-1) + 1)]
        for place in self.of.values():
            self.columns[place.column].append(place)
        #: (source, target) -> the points on the way, as places
        self.routes: dict[tuple[Any, Any], list[Place]] = {}
        for item in items:
            for source in sources[item]:
                if (source, item) not in self.routes:
                    self.routes[source, item] = self._route(self.of[source], self.of[item])
        for _ in range(6 if len(items) < 400 else 3):
            self._sort(self.columns[1:], "up")
            self._sort(self.columns[-2::-1], "down")
        self._heights(gap[1])
        x = 0.0
        for column in self.columns:
            wide = max((p.width for p in column), default=0)
            for p in column:
                p.x = x + (wide - p.width) / 2
            x += wide + gap[0]
        self.width = max(0.0, x - gap[0])
        top = min((p.y for c in self.columns for p in c), default=0)
        for column in self.columns:
            for p in column:
                p.y -= top
        self.height = max((p.y + p.height for c in self.columns for p in c), default=0)

    def _route(self, source: Place, target: Place) -> list[Place]:
        points = []
        last = source
        for column in range(source.column + 1, target.column):
            point = Place(None, 0, 4, column)
            self.columns[column].append(point)
            points.append(point)
            last.down.append(point)
            point.up.append(last)
            last = point
        last.down.append(target)
        target.up.append(last)
        return points

    def _sort(self, columns: list[list[Place]], side: str) -> None:
        for column in self.columns:
            for k, p in enumerate(column):
                p.order = k
        for column in columns:
            weights = {}
            for p in column:
                others = getattr(p, side)
                weights[p] = sum(o.order for o in others) / len(others) if others else p.order
            column.sort(key=weights.__getitem__)
            for k, p in enumerate(column):
                p.order = k

    def _heights(self, gap: float) -> None:
        for column in self.columns:
            y = 0.0
            for p in column:
                p.y = y
                y += p.height + gap
        for sweep in range(8):
            order = self.columns if sweep % 2 == 0 else self.columns[::-1]
            for column in order:
                for p in column:
                    others = p.up + p.down if sweep > 1 else (p.up if sweep % 2 == 0 else p.down) or p.up + p.down
                    if others:
                        p.y = sum(o.y + o.height / 2 for o in others) / len(others) - p.height / 2
                _spread(column, gap)


def _columns(items: list[Any], sources: dict[Any, list[Any]], near: bool) -> dict[Any, int]:
    columns: dict[Any, int] = {}
    consumers: dict[Any, list[Any]] = {item: [] for item in items}
    for item in items:
        columns[item] = max((columns[s] + 1 for s in sources[item]), default=0)
        for s in sources[item]:
            consumers[s].append(item)
    if near:
        for item in items:
            if not sources[item] and consumers[item]:
                columns[item] = min(columns[c] for c in consumers[item]) - 1
    return columns


def _spread(column: list[Place], gap: float) -> None:
    """Push the places of a column apart, as little as possible: runs that touch move as one to their average."""
    runs: list[list[float]] = []  # [wanted top, height, number of boxes]
    members: list[list[Place]] = []
    for p in column:
        runs.append([p.y, p.height, 1])
        members.append([p])
        while len(runs) > 1 and runs[-2][0] + runs[-2][1] + gap > runs[-1][0]:
            y, height, n = runs.pop()
            y0, height0, n0 = runs[-1]
            shift = height0 + gap
            runs[-1] = [(y0 * n0 + (y - shift) * n) / (n0 + n), height0 + gap + height, n0 + n]
            moved = members.pop()
            members[-1] += moved
    for (y, _, _), places in zip(runs, members):
        for p in places:
            p.y = y
            y += p.height + gap
