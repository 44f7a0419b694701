"""Reports: a page for people (``--html``), JUnit for CI servers (``--junit``), JSON for programs (``--json``).

The page is one file with nothing to load: the figures, the coverage matrix with the worst distance of every operation, and
every failure with its program drawn as a graph, inputs on the left.
"""

from __future__ import annotations

import html
import json
import pathlib
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from .campaign import Failure, Report
from .program import Program

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 78rem; padding: 0 1rem; color: #1d2330; background: #fff }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem }
table { border-collapse: collapse; font-size: 12px } th, td { padding: 2px 6px; border-bottom: 1px solid #e3e6ec; text-align: left }
thead th { position: sticky; top: 0; background: #fff } td.ok { color: #18794e } td.refused { color: #71798a } td.no { color: #b9bfca }
td.bad { background: #ffe5e5; color: #b00020; font-weight: 600 } td.known { color: #9a6700 }
.figures { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; margin: 1rem 0 } .figures b { display: block; font-size: 1.4rem }
pre { background: #f6f7f9; padding: .8rem; overflow-x: auto; font-size: 12px } .fail { border-left: 4px solid #b00020; padding-left: 1rem }
.scroll { max-height: 40rem; overflow: auto; border: 1px solid #e3e6ec } svg text { font: 12px system-ui, sans-serif }
@media (prefers-color-scheme: dark) { body, thead th { background: #14171e; color: #dfe3ea } pre { background: #1d222c }
  td.bad { background: #4a1520; color: #ffb3b8 } td.ok { color: #6fcf97 } }
"""


def as_dict(report: Report, gaps: list[str], table: dict[str, dict[str, Any]] | None = None) -> dict[str, Any]:
    """The JSON report: the campaign's figures, what nothing exercises, and the coverage matrix, if it was made."""
    content = {**report.as_dict(), "not_covered": gaps}
    if table is not None:
        content["coverage"] = table
    return content


def write_json(path: str, content: dict[str, Any]) -> None:
    pathlib.Path(path).write_text(json.dumps(content, indent=1) + "\n")


def junit(report: Report, gaps: list[str]) -> str:
    """One test case for the campaign, one for every failure, one for the coverage."""
    cases = [f'<testcase classname="parity" name="campaign of {report.cases} cases" time="{report.seconds:.2f}"/>']
    for f in report.failures:
        text = f"{f.difference}\n\n{f.script}\nreproduce: {f.command}"
        cases.append(
            f'<testcase classname="parity" name="seed {f.seed} case {f.case}"><failure message={quoteattr(f.difference.splitlines()[0])}>'
            f"{escape(text)}</failure></testcase>"
        )
    if gaps:
        cases.append(
            f'<testcase classname="parity" name="coverage"><failure message="not covered">{escape(", ".join(gaps))}</failure></testcase>'
        )
    else:
        cases.append('<testcase classname="parity" name="coverage"/>')
    failures = len(report.failures) + bool(gaps)
    head = f'<testsuite name="parity" tests="{len(cases)}" failures="{failures}" time="{report.seconds:.2f}">'
    return '<?xml version="1.0" encoding="utf-8"?>\n' + head + "\n" + "\n".join(cases) + "\n</testsuite>\n"


def page(report: Report, gaps: list[str], table: dict[str, dict[str, Any]]) -> str:
    """The self-contained page."""
    figures = [
        (f"{report.cases:,}", "cases"), (str(len(report.failures)), "mismatches"), (f"{report.cases / max(report.seconds, 1e-9):.0f}", "cases a second"),
        (f"{report.harness_share:.0%}", "the harness's share of the time"), (f"{len(report.ops)} of {len(table)}", "catalogue entries drawn"),
        (str(report.second_order), "with second derivatives"), (str(report.networks), "trained networks"), (str(report.scripts), "scripts"), (str(report.sensitive), "accepted as sensitive"),
    ]  # fmt: skip
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Parity report</title><style>{_STYLE}</style><h1>Parity with PyTorch</h1>"
    ]
    parts.append(
        '<div class="figures">' + "".join(f"<div><b>{html.escape(a)}</b>{html.escape(b)}</div>" for a, b in figures) + "</div>"
    )
    if report.interrupted:
        parts.append("<p>Interrupted: the figures are those until then.</p>")
    if gaps:
        parts.append("<p><b>Not covered:</b> " + html.escape(", ".join(gaps)) + "</p>")
    parts += [_failure(f) for f in report.failures]
    parts.append("<h2>What was drawn</h2><p>" + html.escape(", ".join(f"{n} {k}" for k, n in report.kinds.most_common())) + "</p>")
    parts.append(
        "<h2>Every operation on every kind of input</h2><p>ok: equal results; refused: both raise the same type of error.</p>"
        + matrix_table(table)
    )
    return "\n".join(parts) + "</html>\n"


def matrix_table(table: dict[str, dict[str, Any]]) -> str:
    """The coverage matrix as an HTML table."""
    if not table:
        return ""
    columns = list(next(iter(table.values())))
    head = "".join(f"<th>{html.escape(c)}</th>" for c in ("entry", *columns))
    rows = []
    for name, row in table.items():
        cells = [f"<th>{html.escape(name)}</th>"]
        for c in columns:
            v = row[c]
            if isinstance(v, float):
                cells.append(f"<td>{v:.3g}</td>")
            else:
                kind = {"ok": "ok", "refused": "refused", "-": "no", "known": "known"}.get(v, "bad")
                cells.append(f'<td class="{kind}" title={quoteattr(v)}>{html.escape(v if kind != "bad" else "differs")}</td>')
        rows.append("<tr>" + "".join(cells) + "</tr>")
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def _failure(f: Failure) -> str:
    drawn = drawing(Program.from_json(f.program)) if f.program else ""
    return (
        f'<div class="fail"><h2>Mismatch in case {f.case} of seed {f.seed}</h2><pre>{html.escape(f.difference)}</pre>{drawn}'
        f"<pre>{html.escape(f.script)}</pre><p>Reproduce: <code>{html.escape(f.command)}</code></p></div>"
    )


def drawing(program: Program) -> str:
    """A program as an SVG graph: a column per depth, leaves on the left, roots marked."""
    n = len(program.leaves)
    names = [f"v{i} {leaf.dtype or program.dtype} {list(leaf.shape)}" for i, leaf in enumerate(program.leaves)]
    names += [f"v{n + k} = {s.op}" for k, s in enumerate(program.steps)]
    depth = [0] * n
    for s in program.steps:
        depth.append(1 + max(depth[i] for i in s.operands))
    rows: dict[int, int] = {}
    place = []
    for d in depth:
        place.append((20 + d * 210, 24 + rows.get(d, 0) * 52))
        rows[d] = rows.get(d, 0) + 1
    width, height = 220 + max(depth) * 210, 30 + max(rows.values()) * 52
    lines = []
    for k, s in enumerate(program.steps):
        x2, y2 = place[n + k]
        for i in s.operands:
            x1, y1 = place[i]
            lines.append(f'<path d="M{x1 + 180} {y1} C{x1 + 195} {y1} {x2 - 15} {y2} {x2} {y2}" fill="none" stroke="#8a93a6"/>')
    for i, (x, y) in enumerate(place):
        stroke = "#b00020" if i in program.roots else "#8a93a6"
        lines.append(
            f'<rect x="{x}" y="{y - 15}" width="180" height="30" rx="6" fill="{"#eef3ff" if i < n else "#fff"}" stroke="{stroke}"/>'
        )
        lines.append(f'<text x="{x + 8}" y="{y + 4}" fill="#1d2330">{html.escape(names[i][:28])}</text>')
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="the program">{"".join(lines)}</svg>'
