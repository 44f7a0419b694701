"""Reports: a page for people (``--html``), JUnit for CI servers (``--junit``), JSON for programs (``--json``).

The page is one file with nothing to load: what was run where, the figures, the failures by the primitive that diverges first, each
with its program drawn as a graph and a script, then every module and the coverage matrix.
"""

from __future__ import annotations

import html
import json
import pathlib
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from .record import Failure, Report

_STYLE = """
:root { color-scheme: light dark; --text: #1d2330; --soft: #5d6675; --line: #e3e6ec; --back: #fff; --panel: #f6f7f9; --good: #18794e; --bad: #b00020;
  --badback: #ffe5e5; --warn: #9a6700; --box: #eef3ff }
@media (prefers-color-scheme: dark) { :root { --text: #dfe3ea; --soft: #9aa4b5; --line: #313846; --back: #14171e; --panel: #1d222c; --good: #6fcf97;
  --bad: #ff9aa2; --badback: #4a1520; --warn: #e0b050; --box: #22304d } }
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 78rem; padding: 1.5rem 1rem 4rem; color: var(--text); background: var(--back) }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.15rem; margin: 2.2rem 0 .5rem } h3 { font-size: 1rem; margin: 1.4rem 0 .3rem }
.verdict { display: inline-block; padding: .2rem .8rem; border-radius: 1rem; font-weight: 600; margin: .6rem 0 } .verdict.good { background: var(--good); color: var(--back) }
.verdict.bad { background: var(--bad); color: var(--back) } .verdict.part { background: var(--warn); color: var(--back) }
.about, .note { color: var(--soft); font-size: 13px; overflow-wrap: anywhere } .about b { color: var(--text); font-weight: 500 }
.figures { display: flex; flex-wrap: wrap; gap: .8rem 2.5rem; margin: 1rem 0 } .figures div { color: var(--soft) }
.figures b { display: block; font-size: 1.4rem; color: var(--text) }
table { border-collapse: collapse; font-size: 12px } th, td { padding: 2px 6px; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap }
thead th { position: sticky; top: 0; background: var(--back); z-index: 1 } tbody th { font-weight: 500; position: sticky; left: 0; background: var(--back) }
td.ok { color: var(--good) } td.refused { color: var(--soft) } td.no { color: var(--line) } td.known { color: var(--warn) }
td.bad { background: var(--badback); color: var(--bad); font-weight: 600 } td.number { text-align: right; font-variant-numeric: tabular-nums }
pre { background: var(--panel); padding: .8rem; overflow-x: auto; font-size: 12px; border-radius: 6px; margin: .5rem 0 }
code { background: var(--panel); padding: .1rem .3rem; border-radius: 4px; overflow-wrap: anywhere }
.fail { border-left: 4px solid var(--bad); padding-left: 1rem; margin: 1rem 0 } summary { cursor: pointer; padding: .2rem 0 }
.scroll { max-height: 40rem; overflow: auto; border: 1px solid var(--line); border-radius: 6px } .drawing { overflow-x: auto; margin: .5rem 0 }
.chips { display: flex; flex-wrap: wrap; gap: .25rem; font-size: 12px } .chips span { background: var(--panel); border-radius: 4px; padding: 0 .4rem }
.chips span.bad { background: var(--badback); color: var(--bad) }
svg text { font: 12px system-ui, sans-serif; fill: var(--text) } svg .leaf { fill: var(--box) } svg .step { fill: var(--back) } svg path { stroke: var(--soft) }
svg rect { stroke: var(--soft) } svg .root { stroke: var(--bad); stroke-width: 2 }
"""


class BadReport(Exception):
    """A file is not a report that ``--json`` wrote; the message names it."""


def write_json(path: str, content: dict[str, Any]) -> None:
    pathlib.Path(path).write_text(json.dumps(content, indent=1) + "\n")


def read_json(path: str) -> Report:
    """The report that a run wrote with ``--json``."""
    try:
        return Report.from_dict(json.loads(pathlib.Path(path).read_text()))
    except OSError as error:
        raise BadReport(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadReport(f"{path} is not a report that --json of a run wrote ({type(error).__name__}: {error})") from None


# ---------------------------------------------------------------------- for CI servers
def junit(report: Report) -> str:
    """A suite of modules, one of operations, one of scripts' rows, each with a test case per name; and the campaign.

    A failure stands at the operation or module that diverges first, or where it was found. What was not reached is skipped.
    """
    left = dict(report.groups)
    known, layers = _names() if report.planned else ([], [])

    def failing(*names: str) -> list[Failure]:
        return [f for name in names for f in left.pop(name, [])]

    def case(suite: str, name: str, runs: int, failures: list[Failure]) -> str:
        inner = "".join(_junit_failure(f) for f in failures) or ("" if runs else '<skipped message="not run: see not_done"/>')
        return f'<testcase classname="parity.{suite}" name={quoteattr(name)} assertions="{runs}">{inner}</testcase>'

    operations = list(dict.fromkeys([*known, *report.operations]))
    runs = {n: report.ops[n] + sum(v not in ("-", 0.0) for v in report.operations.get(n, {}).values()) for n in operations}
    modules = list(dict.fromkeys([*layers, *report.modules]))
    suites = {
        "operations": [case("operations", n, runs[n], failing(n, f"{n} (backward)", f"{n} (error)")) for n in operations],
        "modules": [case("modules", f"nn.{n}", report.modules[n], failing(f"nn.{n}")) for n in modules],
        "scripts": [case("scripts", n, k, []) for n, k in sorted(report.rows.items())],
    }
    suites["campaign"] = [case("campaign", name, 1, those) for name, those in left.items()]
    suites["campaign"].append(case("campaign", f"{report.cases} random cases", report.cases, []))
    if report.not_covered:
        text = quoteattr("no case exercises: " + ", ".join(report.not_covered))
        suites["campaign"].append(
            f'<testcase classname="parity.campaign" name="every module and option"><failure message={text}/></testcase>'
        )
    for what in report.not_done:
        suites["campaign"].append(
            f'<testcase classname="parity.campaign" name={quoteattr(what)}><skipped message="not done"/></testcase>'
        )
    about = {**report.about, **{f"version of {k}": v for k, v in report.about.get("versions", {}).items()}}
    properties = "".join(f"<property name={quoteattr(k)} value={quoteattr(str(v))}/>" for k, v in about.items() if k != "versions")
    parts = []
    for name, lines in suites.items():
        text = "\n".join(lines)
        counts = f'tests="{len(lines)}" failures="{text.count("<failure ")}" skipped="{text.count("<skipped ")}"'
        time, stamp = report.seconds if name == "campaign" else 0.0, str(report.about.get("date", "")).rstrip("Z")
        parts.append(
            f'<testsuite name="parity {name}" {counts} time="{time:.2f}" timestamp={quoteattr(stamp)}><properties>{properties}</properties>\n{text}\n</testsuite>'
        )
    tests, failures = sum(map(len, suites.values())), "".join(parts).count("<failure ")
    head = f'<testsuites name="parity" tests="{tests}" failures="{failures}" time="{report.seconds:.2f}">'
    return '<?xml version="1.0" encoding="utf-8"?>\n' + head + "\n" + "\n".join(parts) + "\n</testsuites>\n"


def _names() -> tuple[list[str], list[str]]:
    """All operations and modules; an interrupted start has not imported what they are made of."""
    from .catalog import CATALOG
    from .modules import MODULES

    return list(CATALOG), list(MODULES)


def _junit_failure(f: Failure) -> str:
    message = quoteattr(_printable(f"{f.title}: " + f.difference.partition("\n")[0]))
    text = f"{f.difference}\n\n{f.script}\nor: {f.command}"
    return f"<failure message={message}>{escape(_printable(text))}</failure>"


def _printable(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(c if c in "\n\t" or c >= " " else "?" for c in text)


# ---------------------------------------------------------------------- for people
def page(report: Report) -> str:
    """The self-contained page."""
    figures = [
        (f"{report.cases:,}", "random cases"), (str(len(report.failures)), "mismatches"), (f"{report.rate:.0f}", "a second in each process"),
        (str(len(report.modules)), "modules"), (str(len(report.operations)), "operations on every kind of input"),
        (f"{report.harness_share:.0%}", "the harness's share of the time"), (str(report.second_order), "with second derivatives"),
        (str(report.networks), "trained networks"), (str(report.scripts), "scripts"), (str(report.replayed), "replayed of the corpus"),
        (str(report.sensitive), "accepted as sensitive"),
    ]  # fmt: skip
    if report.failures:
        verdict = f'<span class="verdict bad">{len(report.failures)} mismatches</span>'
    elif report.interrupted or report.not_done:
        verdict = '<span class="verdict part">no mismatch in what was done</span>'
    else:
        verdict = '<span class="verdict good">no mismatch</span>'
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Parity report</title><style>{_STYLE}</style></head><body><h1>{html.escape(report.about.get('subject', 'minitorch_bp'))} and PyTorch</h1>{verdict}",
        _about(report),
        '<div class="figures">'
        + "".join(
            f"<div><b>{html.escape(a)}</b>{html.escape(b)}</div>" for a, b in figures if a not in ("0", "0%") or b == "mismatches"
        )
        + "</div>",
    ]
    if report.interrupted:
        parts.append("<p><b>Interrupted:</b> the figures are those until then.</p>")
    if report.not_done:
        parts.append("<p><b>Not done:</b> " + html.escape("; ".join(report.not_done)) + "</p>")
    if report.not_covered:
        parts.append("<p><b>Not exercised by any case:</b> " + html.escape(", ".join(report.not_covered)) + "</p>")
    if report.failures:
        parts.append('<h2>Mismatches, by what diverges first</h2><table><tbody>' + "".join(
            f'<tr><th><a href="#group-{k}">{html.escape(name)}</a></th><td class="number">{len(those)}</td></tr>' for k, (name, those) in enumerate(report.groups.items())
        ) + "</tbody></table>")  # fmt: skip
    for k, (name, those) in enumerate(report.groups.items()):
        parts.append(f'<h2 id="group-{k}">{html.escape(name)}</h2>')
        parts += [_failure(f, opened=n == 0) for n, f in enumerate(sorted(those, key=lambda f: len(f.script)))]
    if report.kinds:
        kinds = "".join(f"<span>{html.escape(k)} {n:,}</span>" for k, n in report.kinds.most_common() if n)
        parts.append(f'<h2>What was drawn</h2><div class="chips">{kinds}</div>')
    if report.modules:
        bad = {name for name in report.modules if f"nn.{name}" in report.groups}
        chips = "".join(
            f"<span{' class=bad' if n in bad else ''}>{html.escape(n)} {k}</span>" for n, k in sorted(report.modules.items())
        )
        parts.append(
            f'<h2>Modules</h2><p class="note">with the number of runs that were compared</p><div class="chips">{chips}</div>'
        )
    if report.operations:
        parts.append('<h2>Every operation on every kind of input</h2><p class="note">ok: equal results; refused: both raise the same type of '
                     "error; known: a difference with a reason; -: makes no sense there; ulp: the worst distance in units of the last place.</p>"
                     + matrix_table(dict(sorted(report.operations.items()))))  # fmt: skip
    return "\n".join(parts) + "</body></html>\n"


def _about(report: Report) -> str:
    """Seed, shard, versions, platform and date, in a line."""
    versions = ", ".join(f"{name} {number}" for name, number in report.about.get("versions", {}).items())
    rest = {k.replace("_", " "): v for k, v in report.about.items() if k not in ("versions", "subject")}
    text = " · ".join(f"{html.escape(k)} <b>{html.escape(str(v))}</b>" for k, v in {**rest, "versions": versions}.items())
    return f'<p class="about">{text}</p>'


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
                cells.append(f'<td class="number">{v:.3g}</td>')
            else:
                kind = {"ok": "ok", "refused": "refused", "-": "no", "known": "known"}.get(v, "bad")
                cells.append(f'<td class="{kind}" title={quoteattr(v)}>{html.escape(v if kind != "bad" else "differs")}</td>')
        rows.append("<tr>" + "".join(cells) + "</tr>")
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def _failure(f: Failure, opened: bool) -> str:
    drawn = ""
    if f.kind == "dag" and f.program:
        from .program import Program

        drawn = f'<div class="drawing">{drawing(Program.from_json(f.program))}</div>'
    return (
        f'<details class="fail"{" open" if opened else ""}><summary><b>{html.escape(f.title)}</b></summary><pre>{html.escape(f.difference)}</pre>{drawn}'
        f"<p>Again: <code>{html.escape(f.command)}</code></p><details><summary>a script that runs both frameworks, and exits 1</summary>"
        f"<pre>{html.escape(f.script)}</pre></details></details>"
    )


def drawing(program: Any) -> str:
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
            lines.append(f'<path d="M{x1 + 180} {y1} C{x1 + 195} {y1} {x2 - 15} {y2} {x2} {y2}" fill="none"/>')
    for i, (x, y) in enumerate(place):
        kind = ("leaf" if i < n else "step") + (" root" if i in program.roots else "")
        lines.append(f'<rect class="{kind}" x="{x}" y="{y - 15}" width="180" height="30" rx="6"/>')
        lines.append(f'<text x="{x + 8}" y="{y + 4}">{html.escape(names[i][:28])}</text>')
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="the program">{"".join(lines)}</svg>'
