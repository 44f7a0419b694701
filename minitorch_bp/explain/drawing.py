"""Graphs as SVG: boxes with op, value and gradient, links with the local derivative, in light and dark.

Colours are CSS variables that follow the reader's scheme, so one file serves both; the numbers of an array are a small picture of its
elements, orange below zero and blue above, and a pointer that rests on a box shows the numbers themselves.
"""

from __future__ import annotations

import itertools
from html import escape
from typing import Any

import numpy as np

from .formulas import brief, number
from .layout import Layout, Place
from .model import Box, Link

STYLE = """
.mb{--bg:#ffffff;--ink:#1c2430;--soft:#5d6878;--line:#a9b4c2;--box:#ffffff;--edge:#c5cedb;--in:#eaf2ff;--inedge:#6c9bea;--out:#fff4dc;
--outedge:#dba63a;--bad:#fdeaea;--badedge:#d9534f;--value:#1d58c9;--grad:#b5460f;--group:#f1effb;--groupedge:#9a8ed6;--now:#0f9d6e;
--plus:37,99,235;--minus:217,108,20}
@media (prefers-color-scheme:dark){.mb:not(.light){--bg:#14181f;--ink:#e8ecf2;--soft:#9aa7b8;--line:#5f6c7d;--box:#1d232d;--edge:#465263;
--in:#17294a;--inedge:#4f7fd0;--out:#3a2f14;--outedge:#c2932f;--bad:#431d1f;--badedge:#d9635f;--value:#8db8ff;--grad:#ffab75;
--group:#262240;--groupedge:#8478c9;--now:#3ad29f;--plus:110,165,255;--minus:255,158,84}}
.mb.dark{--bg:#14181f;--ink:#e8ecf2;--soft:#9aa7b8;--line:#5f6c7d;--box:#1d232d;--edge:#465263;--in:#17294a;--inedge:#4f7fd0;--out:#3a2f14;
--outedge:#c2932f;--bad:#431d1f;--badedge:#d9635f;--value:#8db8ff;--grad:#ffab75;--group:#262240;--groupedge:#8478c9;--now:#3ad29f;
--plus:110,165,255;--minus:255,158,84}
svg.mb{background:var(--bg);font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.mb rect.b{fill:var(--box);stroke:var(--edge);stroke-width:1.3}
.mb .input rect.b{fill:var(--in);stroke:var(--inedge)}.mb .output rect.b{fill:var(--out);stroke:var(--outedge)}
.mb .data rect.b{stroke-dasharray:4 3;fill:none}.mb .failed rect.b{fill:var(--bad);stroke:var(--badedge)}
.mb .group rect.b{fill:var(--group);stroke:var(--groupedge)}
.mb text{fill:var(--ink)}.mb .t{font:600 13px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
.mb .n{fill:var(--soft)}.mb .f{fill:var(--soft);font-size:11px}.mb .v{fill:var(--value)}.mb .g{fill:var(--grad)}
.mb path.l{fill:none;stroke:var(--line);stroke-width:1.4}.mb path.h{fill:var(--line)}
.mb .d{fill:var(--grad);font-size:11px}.mb rect.k{fill:var(--bg)}
.mb .p{fill:rgb(var(--plus))}.mb .m{fill:rgb(var(--minus))}.mb .w{fill:none;stroke:var(--edge);stroke-width:.7}
.mb .note{fill:var(--soft);font:12px system-ui,"DejaVu Sans",sans-serif}
.mb .now rect.b{stroke:var(--now);stroke-width:2.6}.mb path.l.now{stroke:var(--now);stroke-width:2.6}
"""

_CHAR, _TITLE, _LINE, _PAD = 7.25, 7.9, 17, 11
_CELLS, _CELL = 8, 5


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


class _Content:
    """What stands in a box: lines of (class, text), and small pictures of arrays."""

    def __init__(self, box: Box, gradients: bool):
        self.head = f"{box.op} {box.name}".strip()
        self.lines: list[tuple[str, str]] = []
        self.pictures: list[Any] = []
        if box.kind == "group":
            self.lines.append(("f", _short(box.formula, 34)))
            if box.shape:
                self.lines.append(("v", f"value {box.shape}"))
        else:
            if box.formula:
                self.lines.append(("f", _short("= " + box.formula, 34)))
            if box.kind == "failed":
                self.lines.append(("g", _short(box.note, 44)))
            else:
                many = (isinstance(box.value, np.ndarray) and box.value.ndim) or (box.value is None and box.shape)
                self.lines.append(("v", "value " + (f"{box.shape}" if many else brief(box.value))))
                if gradients and box.needs_grad:
                    self.lines.append(
                        ("g", "grad  " + ("-" if box.grad is None else brief(box.grad) if np.ndim(box.grad) == 0 else ""))
                    )
                if box.shape:
                    shown = [box.value] + ([box.grad] if gradients and box.needs_grad else [])
                    self.pictures = list(map(sample, shown))
        self.width = max([len(self.head) * _TITLE, *(len(text) * _CHAR for _, text in self.lines), 84]) + 2 * _PAD
        extra = max((len(p) * _CELL for p in self.pictures if p is not None), default=0)
        if self.pictures and extra:
            wide = sum(max(len(p[0]) * _CELL, 1) for p in self.pictures if p is not None)
            self.width = max(self.width, wide + 2 * _PAD + 12 * len(self.pictures))
        self.height = 12 + _TITLE * 2 + _LINE * len(self.lines) + (extra + 8 if extra else 0)


def sample(array: Any) -> list[list[float]] | None:
    """At most 8 by 8 elements of an array, divided by the largest: what the small picture shows."""
    if not isinstance(array, np.ndarray) or not array.size or array.dtype.kind not in "biuf" or not array.ndim:
        return None
    while array.ndim > 2:
        array = array[0]
    if array.ndim == 1:
        array = array[None]
    rows = np.unique(np.linspace(0, array.shape[0] - 1, min(_CELLS, array.shape[0])).astype(int))
    columns = np.unique(np.linspace(0, array.shape[1] - 1, min(2 * _CELLS, array.shape[1])).astype(int))
    part = array[np.ix_(rows, columns)].astype(float)
    most = np.abs(part[np.isfinite(part)]).max(initial=0.0)
    return np.where(np.isfinite(part), part / (most or 1), 0).tolist()


def look_inside(array: Any) -> str:
    """The numbers of an array, as much as fits into a few lines."""
    if not isinstance(array, np.ndarray):
        return ""
    with np.printoptions(precision=4, threshold=36, edgeitems=3, linewidth=72, suppress=True):
        return np.array2string(array) if array.ndim else number(array)


def tooltip(box: Box) -> str:
    """Everything about a box, as text."""
    lines = [box.title + (f" = {box.formula}" if box.formula and box.kind != "group" else "")]
    if box.module:
        lines.append(f"in {box.module}")
    if box.kind == "group":
        lines.append(f"{len(box.members)} boxes: {box.formula}")
    if box.shape:
        lines.append(f"shape {box.shape}, {box.dtype}")
    for what, array in (("value", box.value), ("grad", box.grad)):
        inside = look_inside(array)
        if inside:
            lines.append(f"{what}: " + ("\n" if "\n" in inside else "") + inside)
    if box.note:
        lines.append(box.note)
    return "\n".join(lines)


def _picture(cells: list[list[float]], x: float, y: float) -> str:
    marks = []
    for r, row in enumerate(cells):
        for c, v in enumerate(row):
            if abs(v) > 0.02:
                marks.append(
                    f'<rect class="{"p" if v > 0 else "m"}" x="{x + c * _CELL:.0f}" y="{y + r * _CELL:.0f}" width="{_CELL}" '
                    f'height="{_CELL}" opacity="{0.15 + 0.85 * abs(v):.2f}"/>'
                )
    frame = f'<rect class="w" x="{x - 0.5:.1f}" y="{y - 0.5:.1f}" width="{len(cells[0]) * _CELL + 1}" height="{len(cells) * _CELL + 1}"/>'
    return "".join([*marks, frame])


def _curve(points: list[tuple[float, float]]) -> str:
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        middle = (x1 - x0) / 2
        path.append(f"C{x0 + middle:.1f} {y0:.1f} {x1 - middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}")
    return "".join(path)


def label_of(link: Link) -> str:
    """What stands on a link: the local derivative, as a number if it is one."""
    if link.local_value is not None:
        return "\u00d7" + number(link.local_value)
    return "\u00d7" + link.local if link.local and len(link.local) <= 14 and link.local != "1" else ""


def svg(boxes: list[Box], output: Box | None, notes: list[str], title: str = "", gradients: bool = True, theme: str = "") -> str:
    """The picture of boxes and their links."""
    contents = {box: _Content(box, gradients) for box in boxes}
    sources = {box: [link.source for link in box.links] for box in boxes}
    operations = sum(box.kind not in ("input", "data") for box in boxes)
    widest = max((len(label_of(link)) for box in boxes for link in box.links), default=0)
    layout = Layout(boxes, sources, lambda b: (contents[b].width, contents[b].height), operations > 12, (34 + widest * 7.0, 20))
    margin, top = 16, 16 + (26 if title else 0)
    width, height = layout.width + 2 * margin, layout.height + top + margin + 20 * len(notes)
    width = max(width, 7.0 * max((len(n) for n in notes), default=0) + 2 * margin, 8.5 * len(title) + 2 * margin)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="mb {theme}" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img"><style>{STYLE}</style>'
    ]
    if title:
        out.append(f'<text class="t" x="{margin}" y="28">{escape(title)}</text>')
    out.append(f'<g transform="translate({margin},{top})">')
    labels = []
    for box in boxes:
        here = layout.of[box]
        count = max(1, len(box.links))
        for k, link in enumerate(box.links):
            there = layout.of[link.source]
            end = (here.x - 7, here.y + here.height * (k + 1) / (count + 1))
            points = [(there.x + there.width, there.y + there.height / 2)]
            for p in layout.routes[link.source, box]:
                wide = max((q.width for q in layout.columns[p.column]), default=0)
                left = min((q.x for q in layout.columns[p.column] if q.item is not None), default=p.x)
                points += [(left, p.y + 2), (left + wide, p.y + 2)] if wide else [(p.x, p.y + 2)]
            points.append(end)
            backward = f"d{box.name}/d{link.source.name} = {link.local}" if link.local else ""
            if link.local_value is not None and link.local != number(link.local_value):
                backward += f" = {number(link.local_value)}"
            if link.share is not None:
                backward += f"\ngives back {look_inside(np.asarray(link.share))}"
            out.append(
                f'<g><title>{escape(backward.strip())}</title><path class="l" id="l{link.source.number}-{box.number}-{k}" d="{_curve(points)}"/>'
                f'<path class="h" d="M{end[0] + 7:.1f} {end[1]:.1f}l-8 -4v8z"/></g>'
            )
            label = label_of(link)
            if label and gradients:
                x0, y0 = points[-2]
                x, y = x0 + (end[0] - x0) * 0.5, y0 + (end[1] - y0) * 0.5
                wide = 6.7 * len(label) + 4
                labels.append(
                    f'<rect class="k" x="{x - wide / 2:.1f}" y="{y - 7:.1f}" width="{wide:.1f}" height="14" rx="4"/>'
                    f'<text class="d" text-anchor="middle" x="{x:.1f}" y="{y + 4:.1f}">{escape(label)}</text>'
                )
    for box in boxes:
        out.append(_box(box, layout.of[box], contents[box], "output" if box is output and box.kind == "operation" else box.kind))
    out += [*labels, "</g>"]
    for k, note in enumerate(notes):
        out.append(f'<text class="note" x="{margin}" y="{layout.height + top + 22 + 20 * k:.0f}">{escape(note)}</text>')
    return "".join([*out, "</svg>"])


def _box(box: Box, place: Place, content: _Content, kind: str) -> str:
    x, y = place.x, place.y
    out = [
        f'<g class="{kind}" id="b{box.number}"><title>{escape(tooltip(box))}</title><rect class="b" x="{x:.1f}" y="{y:.1f}" '
        f'width="{content.width:.1f}" height="{content.height:.1f}" rx="7"/>'
    ]
    name = f' <tspan class="n" dx="2">{escape(box.name)}</tspan>' if box.name else ""
    out.append(f'<text class="t" x="{x + _PAD:.1f}" y="{y + 19:.1f}">{escape(box.op)}{name}</text>')
    line = y + 19
    for kind, words in content.lines:
        line += _LINE
        mark = f' id="g{box.number}"' if kind == "g" and box.kind != "failed" else ""
        out.append(f'<text class="{kind}"{mark} x="{x + _PAD:.1f}" y="{line:.1f}" xml:space="preserve">{escape(words)}</text>')
    at = x + _PAD
    for k, cells in enumerate(content.pictures):
        if cells is not None:
            out.append(f'<g id="{"vg"[k > 0]}p{box.number}">{_picture(cells, at, line + 9)}</g>')
            at += len(cells[0]) * _CELL + 12
    return "".join([*out, "</g>"])
