"""Large graphs, made readable: operations of a module become one box, and what is still too long becomes runs.

Above about 150 boxes nobody reads a graph. First the modules are folded, the deepest first and only as far as needed; then operations
that follow each other without a branch; then whatever is neighbours in time. A folded box lists what it holds.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from .model import Box, Link

READABLE = 150
_RUNS = 24


def collapse(boxes: list[Box], most: int = READABLE) -> list[Box]:
    """The boxes, or fewer that stand for groups of them."""
    if len(boxes) <= most:
        return boxes
    depth = max((b.module.count(".") + 1 for b in boxes if b.module), default=0)
    best = boxes
    links = {b: b.links for b in boxes}
    for level in range(depth, 0, -1):
        for b in boxes:
            b.links = links[b]
        best = _grouped(boxes, lambda b, level=level: ".".join(b.module.split(".")[:level]) if b.module else "")
        if len(best) <= most:
            return best
    best = _chains(best)
    if len(best) > most:
        best = _runs(best)
    _fewer_links(best)
    return best


def _grouped(boxes: list[Box], label: Any) -> list[Box]:
    """One box for each run of boxes with the same label (so that a module that is called twice is two boxes)."""
    uses = {b: 0 for b in boxes}
    for b in boxes:
        for link in b.links:
            uses[link.source] = uses.get(link.source, 0) + 1
    groups: dict[Any, list[Box]] = {}
    key_of: dict[Box, Any] = {}
    count: Counter[str] = Counter()
    current: dict[str, int] = {}
    last = ""
    for b in boxes:
        name = label(b)
        if b.kind in ("input", "data"):
            continue
        if name and name != last:
            count[name] += 1
            current[name] = count[name]
        last = name
        key = (name, current[name]) if name else b
        key_of[b] = key
        groups.setdefault(key, []).append(b)
    consumers: dict[Box, set[Any]] = {}
    for b in boxes:
        for link in b.links:
            consumers.setdefault(link.source, set()).add(key_of[b])
    for b in boxes:  # parameters go where they are used, if that is one place
        if b.kind in ("input", "data"):
            users = consumers.get(b, set())
            only = next(iter(users)) if len(users) == 1 else None
            key_of[b] = only if isinstance(only, tuple) and label(b) == only[0] else b
            groups.setdefault(key_of[b], [])
            if key_of[b] is b:
                groups[b] = [b]
            else:
                groups[key_of[b]].append(b)
    return _merge(boxes, key_of, groups, lambda key: key[0] if isinstance(key, tuple) else "")


def _chains(boxes: list[Box]) -> list[Box]:
    """One box for operations that follow each other, each with one consumer; inputs that only one of them uses go along."""
    uses: dict[Box, list[Box]] = {}
    for b in boxes:
        for link in b.links:
            uses.setdefault(link.source, []).append(b)
    key_of: dict[Box, Any] = {}
    groups: dict[Any, list[Box]] = {}
    for b in boxes:
        if b.kind in ("input", "data"):
            continue
        before = [link.source for link in b.links if link.source.kind not in ("input", "data")]
        only = before[0] if len(set(before)) == 1 and len(set(uses[before[0]])) == 1 else None
        key = key_of[only] if only is not None and only in key_of else ("chain", b)
        key_of[b] = key
        groups.setdefault(key, []).append(b)
    for b in boxes:
        if b.kind in ("input", "data"):
            keys = {key_of[u] for u in uses.get(b, [])}
            key = next(iter(keys)) if len(keys) == 1 and len(uses[b]) == 1 else b
            key_of[b] = key
            groups.setdefault(key, []).append(b)
    return _merge(boxes, key_of, groups, lambda key: "")


def _runs(boxes: list[Box]) -> list[Box]:
    """One box for each stretch of operations that were recorded after each other; inputs that several of them use stay outside."""
    operations = [b for b in boxes if b.kind not in ("input", "data")]
    size = -(-len(operations) // _RUNS)
    key_of: dict[Box, Any] = {b: k // size for k, b in enumerate(operations)}
    users: dict[Box, set[Any]] = {}
    for b in operations:
        for link in b.links:
            users.setdefault(link.source, set()).add(key_of[b])
    groups: dict[Any, list[Box]] = {}
    for b in boxes:
        if b not in key_of:
            of = users.get(b, set())
            key_of[b] = next(iter(of)) if len(of) == 1 else b
        groups.setdefault(key_of[b], []).append(b)
    return _merge(boxes, key_of, groups, lambda key: "")


def _fewer_links(boxes: list[Box]) -> None:
    """What nearly every box uses is linked to the first few of them only."""
    links: dict[Box, list[tuple[Box, Link]]] = {}
    for b in boxes:
        for link in b.links:
            links.setdefault(link.source, []).append((b, link))
    for source, of in links.items():
        if len(of) > 6 and source.kind in ("input", "data"):
            source.note = f"used by {len(of)} boxes, of which the first three are linked"
            for b, link in of[3:]:
                b.links = [other for other in b.links if other is not link]


def _flat(box: Box) -> list[Box]:
    return [m for b in box.members for m in _flat(b)] if box.members else [box]


def _merge(boxes: list[Box], key_of: dict[Box, Any], groups: dict[Any, list[Box]], name: Any) -> list[Box]:
    made: dict[Any, Box] = {}
    for key, members in groups.items():
        if len(members) == 1:
            made[key] = members[0]
            continue
        members = sorted(members, key=lambda b: b.number)
        all_ = [m for b in members for m in _flat(b)]
        last = [b for b in all_ if b.kind not in ("input", "data")][-1:] or all_[-1:]
        operations = [m for m in all_ if m.kind not in ("input", "data")]
        title = name(key) or (f"{last[0].module}" if len({m.module for m in operations}) == 1 and last[0].module else "")
        counted = Counter(m.op for m in operations)
        most_common = ", ".join(f"{n} {op}" if n > 1 else op for op, n in counted.most_common(4)) + (
            ", ..." if len(counted) > 4 else ""
        )
        box = Box(
            "group", title or f"{len(operations)} operations", "", None, last[0].shape, last[0].dtype, last[0].value, last[0].grad
        )
        box.formula, box.members, box.number = most_common, all_, members[-1].number
        box.name = last[0].name if not title else ""
        made[key] = box
    seen: set[tuple[Any, Any]] = set()
    result: dict[Any, Box] = {}
    for b in boxes:
        key = key_of[b]
        box = made[key]
        result[key] = box
        if box is b:
            links, b.links = b.links, []
        else:
            links = b.links
        for link in links:
            source = made.get(key_of.get(link.source))
            if source is None or source is box or (box is not b and (source, box) in seen):
                continue
            seen.add((source, box))
            box.links.append(Link(source, link.place, link.position, link.local, link.local_value, link.share))
    return _sorted(list(result.values()))


def _sorted(boxes: list[Box]) -> list[Box]:
    """The boxes, each after its sources; a link that would close a circle between groups is dropped."""
    done: dict[Box, int] = {}
    order: list[Box] = []
    for root in sorted(boxes, key=lambda b: b.number):
        stack: list[tuple[Box, int]] = [(root, 0)]
        while stack:
            box, k = stack.pop()
            if k == 0:
                if box in done:
                    continue
                done[box] = 1
            if k < len(box.links):
                stack.append((box, k + 1))
                if box.links[k].source not in done:
                    stack.append((box.links[k].source, 0))
            else:
                done[box] = 2
                order.append(box)
    place = {b: k for k, b in enumerate(order)}
    for box in order:
        box.links = [link for link in box.links if place[link.source] < place[box]]
    return order
