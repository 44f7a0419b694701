"""A page for each section exercise, to be solved there or in its starter (a script, a notebook), and the playground.

The text of an exercise stands once, in its source. ``minitorch_bp/exercises/pages.py`` says how a page runs Python.
"""

from __future__ import annotations

import pathlib
import re

from pages import write_if_changed

from minitorch_bp.exercises import pages as running
from minitorch_bp.exercises import source

HERE = pathlib.Path(__file__).parent / "exercises"


def write_exercise_pages() -> None:
    """``exercises/eNN_*.md``, and the starters to download beside them."""
    downloads = HERE / "starters"
    downloads.mkdir(exist_ok=True)
    for path in sorted(HERE.glob("e[0-9]*.py")):
        exercise = source.read(path)
        write_if_changed(downloads / f"{exercise.name}.py", exercise.script(solution=False))
        write_if_changed(downloads / f"{exercise.name}.ipynb", exercise.notebook())
        write_if_changed(HERE / f"{exercise.name}.md", page(exercise))
    write_if_changed(HERE.parent / "playground.md", playground())


def page(exercise: source.Exercise) -> str:
    """In MyST: the text, what is given, and where to write."""
    parts = []
    for kind, text in exercise.cells:
        if kind == "markdown":
            parts.append(re.sub(r"^# ?", "", text, flags=re.M).strip())
        elif kind == "code":
            parts.append(cell(source.starter(text)))
    name = exercise.name
    get = (
        "Write into the page, and *Check* tells how far you are; what you write stays in this browser. Or work elsewhere: "
        f"{{download}}`the starter as a script <starters/{name}.py>`, {{download}}`as a notebook <starters/{name}.ipynb>`, and "
        f"`python -m minitorch_bp.exercises check {name}.py`."
    )
    return "\n\n".join([parts[0], get, *parts[1:], runs(exercise, "../")]) + "\n"


def playground() -> str:
    """A page to write anything into."""
    text = (
        "This page runs Python in your browser, with NumPy and minitorch_bp: nothing is installed, and nothing that you write leaves this machine. "
        "`import torch` is minitorch_bp. The value of the last line is shown as in a notebook: graphs, players, tensors, modules. "
        "Ctrl+Enter runs the program; Tab indents, and after Escape goes to the next button. The [exercises](exercises/index.md) have pages like this, with checks."
    )
    return "\n\n".join(["# Playground", text, cell(next(iter(running.EXAMPLES.values()))), runs(None, "")]) + "\n"


def cell(code: str) -> str:
    """A block of code that the page makes an editor of."""
    return f"::::{{div}} mb-cell\n```python\n{code.strip()}\n```\n::::"


def runs(exercise: source.Exercise | None, root: str) -> str:
    """What makes a page run its cells."""
    style, script = f'<link rel="stylesheet" href="{root}_static/run.css">', f'<script src="{root}_static/run.js"></script>'
    return f"```{{raw}} html\n{style}{running.about(exercise)}{script}\n```"
