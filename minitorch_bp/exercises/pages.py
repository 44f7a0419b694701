"""Exercises as pages that run in a browser, and the playground; all of them in a folder that needs no internet.

A page holds its code in blocks (``mb-cell``) and what its script has to know in JSON (:func:`about`); ``run.js`` makes editors of the
blocks and runs them by Pyodide in a worker. The documentation site has such pages and takes Pyodide from its CDN;
:func:`write_folder` makes them without Sphinx, with a copy of Pyodide and this library as a wheel beside them.
"""

from __future__ import annotations

import hashlib
import html
import json
import pathlib
import re
import shutil
from typing import Any

from . import packs
from .source import Exercise, read, sources, starter

#: the scripts and the style that every page loads
STATIC = ("run.js", "run_worker.js", "run.css", "favicon.svg")
_CORE = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")

#: what the playground offers to begin with; the first stands there already
EXAMPLES = {
    "Backprop, step by step": """import torch  # minitorch_bp, under PyTorch's name
from minitorch_bp import explain

a = torch.tensor(7.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
e = (a + b) * b**3

explain.backward(e)
""",
    "A computation graph": """import torch
from minitorch_bp import explain

X, y = torch.randn(5, 3), torch.randn(5)
w = torch.zeros(3, requires_grad=True)

explain.graph(lambda w: ((X @ w - y) ** 2).mean(), w)
""",
    "Train a network": """import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
X = torch.linspace(-3, 3, 200)[:, None]
data = DataLoader(TensorDataset(X, torch.sin(X)), batch_size=20, shuffle=True)
model = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

for epoch in range(30):
    for x, y in data:
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1}: {loss.item():.5f}")

model
""",
    "Two algorithms that go wrong": """import torch
from minitorch_bp import explain

a = torch.tensor(7.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
e = (a + b) * b**3

print(explain.backward(e, order="recursive", accumulate="overwrite"))
""",
    "backward() as a program": """import torch
from torch import nn
from minitorch_bp import explain

model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
X, y = torch.randn(6, 4), torch.tensor([0, 1, 2, 0, 1, 2])

print(explain.source(lambda X, y: nn.functional.cross_entropy(model(X), y), X, y))
""",
}


def about(exercise: Exercise | None, **more: Any) -> str:
    """What a page's script has to know, as an element of the page; None for the playground.

    Parameters
    ----------
    exercise : Exercise or None
    **more : any
        Further fields: ``pyodide``, an address other than the CDN's.

    Returns
    -------
    str
        HTML.
    """
    if exercise is None:
        content: dict[str, Any] = {"name": "playground", "examples": EXAMPLES}
    else:
        content = {"name": exercise.name, "tail": exercise.tail(), "given": vars(exercise.given)}
    text = json.dumps({**content, **more}).replace("</", "<\\/")
    return f'<div class="mb-place"></div><script type="application/json" id="mb-page">{text}</script>'


def static() -> pathlib.Path:
    """Where the scripts are: beside the docs in a checkout, inside of an installed package."""
    inside = pathlib.Path(__file__).parent / "static"
    return inside if inside.is_dir() else pathlib.Path(__file__).resolve().parents[2] / "docs" / "_static"


# ------------------------------------------------------------------------------------------------ without Sphinx
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="icon" href="favicon.svg"><link rel="stylesheet" href="run.css"><style>{style}</style></head>
<body><nav><a href="index.html">Exercises</a> <a href="playground.html">Playground</a></nav><main>{body}</main></body></html>
"""
_STYLE = """
:root{--pst-color-text-base:#1c2430;--pst-color-text-muted:#5d6878;--pst-color-background:#fff;--pst-color-surface:#f5f6f8;--pst-color-border:#c9ced6;
--pst-color-primary:#0a6b76;--pst-color-success:#1c7d3a;--pst-color-danger:#b3261e;--pst-color-warning:#a86500;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--pst-color-text-base:#e3e6ea;--pst-color-text-muted:#9aa4b2;--pst-color-background:#14181f;
--pst-color-surface:#1e242d;--pst-color-border:#465060;--pst-color-primary:#5cc4d0;--pst-color-success:#5fd084;--pst-color-danger:#ff8a80;
--pst-color-warning:#f0b64c}}
body{margin:0;font:16px/1.6 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;color:var(--pst-color-text-base);background:var(--pst-color-background)}
main{max-width:52rem;margin:0 auto;padding:0 1rem 2rem}nav{padding:.6rem 1rem;border-bottom:1px solid var(--pst-color-border)}
nav a{margin-right:1rem}a{color:var(--pst-color-primary)}h1,h2{line-height:1.25;overflow-wrap:anywhere}
main>p code,li code{background:var(--pst-color-surface);padding:.1em .3em;border-radius:.25em;overflow-wrap:anywhere}
"""
_SIGNS = {r"\log": "log ", r"\sigma": "\N{GREEK SMALL LETTER SIGMA}"}


def _inline(text: str) -> str:
    """Code, emphasis and formulas within a line of Markdown."""
    parts = re.split(r"(`[^`]+`|\$+[^$]+\$+)", text)
    for k, part in enumerate(parts):
        if part.startswith("`"):
            parts[k] = f"<code>{html.escape(part.strip('`'))}</code>"
        elif part.startswith("$"):
            for sign, shown in _SIGNS.items():
                part = part.replace(sign, shown)
            parts[k] = f"<em>{html.escape(part.strip('$'))}</em>"
        else:
            part = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(part, quote=False))
            parts[k] = re.sub(r"\*([^*\s][^*]*)\*", r"<em>\1</em>", part)
    return "".join(parts)


def as_html(markdown: str) -> str:
    """The Markdown that exercises are written in: headings, paragraphs, lists, and what stands within a line.

    Parameters
    ----------
    markdown : str

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> from minitorch_bp.exercises.pages import as_html
    >>> print(as_html("# Mul\\n\\nIts *local* derivative is `b`:\\n\\n* for a\\n* for **b**"))
    <h1>Mul</h1>
    <p>Its <em>local</em> derivative is <code>b</code>:</p>
    <ul><li>for a</li><li>for <b>b</b></li></ul>
    """
    blocks = []
    for block in re.split(r"\n\s*\n", markdown.strip()):
        heading = re.match(r"(#+) (.*)", block)
        if heading:
            level = len(heading[1])
            blocks.append(f"<h{level}>{_inline(heading[2])}</h{level}>")
            block = block[heading.end() :].strip()
        if block.startswith("* "):
            items = re.split(r"^\* ", block, flags=re.M)[1:]
            blocks.append("<ul>" + "".join(f"<li>{_inline(i.strip())}</li>" for i in items) + "</ul>")
        elif block:
            blocks.append(f"<p>{_inline(block)}</p>")
    return "\n".join(blocks)


def _cell(code: str) -> str:
    return f'<div class="mb-cell"><pre>{html.escape(code.strip(), quote=False)}</pre></div>'


def _body(exercise: Exercise, pyodide: str) -> str:
    parts = []
    for kind, text in exercise.cells:
        if kind == "markdown":
            parts.append(as_html(re.sub(r"^# ?", "", text, flags=re.M)))
        elif kind == "code":
            parts.append(_cell(starter(text)))
    return "\n".join([*parts, about(exercise, pyodide=pyodide), '<script src="run.js"></script>'])


def write_folder(folder: pathlib.Path, pyodide: pathlib.Path, seed: int = 0) -> list[str]:
    """All exercises and the playground as pages, with Pyodide and this library: nothing is loaded from elsewhere.

    Parameters
    ----------
    folder : path
        Where to write; it is made if it is not there.
    pyodide : path
        A distribution of Pyodide, unpacked: its core and NumPy's wheel; SciPy's and what SciPy needs are taken if they are there.
    seed : int
        The variant of the exercises.

    Returns
    -------
    list of str
        Packages that this copy is without.

    Raises
    ------
    FileNotFoundError
        If the distribution has no core, or no NumPy.
    ValueError
        If a file is not the one that the distribution's list describes.
    """
    lacking = copy_pyodide(pyodide, folder / "pyodide")
    for name in STATIC:
        shutil.copyfile(static() / name, folder / name)
    packs.wheel(folder, exercises=False)
    links = []
    for path in sorted(sources().glob("e[0-9]*.py")):
        exercise = read(path, seed)
        text = _PAGE.format(title=html.escape(exercise.title), style=_STYLE, body=_body(exercise, "pyodide/"))
        (folder / f"{exercise.name}.html").write_text(text)
        links.append(f'<li><a href="{exercise.name}.html">{html.escape(exercise.title)}</a></li>')
    start = (
        f"<h1>Playground</h1>{_cell(next(iter(EXAMPLES.values())))}{about(None, pyodide='pyodide/')}<script src='run.js'></script>"
    )
    (folder / "playground.html").write_text(_PAGE.format(title="Playground", style=_STYLE, body=start))
    index = f"<h1>Section exercises</h1><ul style='list-style:none;padding:0'>{''.join(links)}</ul>"
    (folder / "index.html").write_text(_PAGE.format(title="Section exercises", style=_STYLE, body=index))
    return lacking


def copy_pyodide(distribution: pathlib.Path, target: pathlib.Path) -> list[str]:
    """The files of a distribution that pages need, each compared with its checksum; and the names of packages that it is without."""
    lock = distribution / "pyodide-lock.json"
    if not lock.is_file() or not (distribution / "pyodide.mjs").is_file():
        raise FileNotFoundError(f"{distribution}: no distribution of Pyodide, which has pyodide.mjs and pyodide-lock.json")
    packages = json.loads(lock.read_text())["packages"]
    files, lacking, wanted = [n for n in _CORE if (distribution / n).is_file()], [], ["numpy", "scipy"]
    for name in wanted:  # grows by what these depend on
        entry = packages[name]
        wanted += [n for n in entry["depends"] if n not in wanted]
        path = distribution / entry["file_name"]
        if not path.is_file():
            lacking.append(name)
        elif hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            raise ValueError(f"{path} is not the file that pyodide-lock.json describes: its SHA-256 differs")
        else:
            files.append(entry["file_name"])
    if "numpy" in lacking:
        raise FileNotFoundError(
            f"{distribution}: {packages['numpy']['file_name']} is missing; take Pyodide's full distribution, not its core"
        )
    target.mkdir(parents=True, exist_ok=True)
    for name in files:
        shutil.copyfile(distribution / name, target / name)
    return lacking
