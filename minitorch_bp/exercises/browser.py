"""The Python of a page: what its buttons Run and Check ask for, on Pyodide (CPython built for the browser).

The page's worker (``run_worker.js``) calls :func:`answer` with a request. What happens is written to the standard output as it
happens, one JSON object a line, and the page shows each line at once: so nothing needs to end for its output to be seen, and a program
that never ends is stopped by ending the worker. The objects are

* ``{"status": "running"}``: it begins;
* ``{"cell": 2}``: what follows belongs to this cell;
* ``{"text": ...}``, ``{"html": ...}``, ``{"error": ...}``: what a program prints, shows and raises;
* ``{"trouble": [...], "checks": [...]}`` and then one object for each check, as the grader has them;
* ``{"needs": "scipy"}``: a module that is not loaded; the worker loads it and asks again.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import linecache
import re
import sys
import traceback
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

Say = Callable[[dict[str, Any]], None]

#: characters of text, and of pictures, that one request may show
MOST_TEXT, MOST_RICH = 100_000, 5_000_000
_MISSING = re.compile(r"No module named '(\w+)")


def answer(request: str) -> None:
    """Do what a request (JSON) asks for, and print what happens.

    Parameters
    ----------
    request : str
        ``{"do": "run", "cells": [text, ...]}``, or ``{"do": "check", "cells": ..., "checks": text, "given": {name: number}}``.

    Examples
    --------
    >>> from minitorch_bp.exercises import browser
    >>> browser.answer('{"do": "run", "cells": ["x = 6", "print(x)\\\\nx * 7"]}')
    {"status": "running"}
    {"cell": 0}
    {"cell": 1}
    {"text": "6\\n"}
    {"text": "42\\n"}
    """
    asked, out, dump, needed = json.loads(request), sys.stdout, json.dumps, set()

    def say(event: dict[str, Any]) -> None:
        told = dump(event)
        needed.update(_MISSING.findall(told))
        print(told, file=out, flush=True)

    _as_new()
    say({"status": "running"})  # everything is imported: from here on it is the student's time
    if asked["do"] == "run":
        run(asked["cells"], say)
    else:
        check(asked["cells"], asked["checks"], asked["given"], say)
    for name in sorted(needed):
        print(dump({"needs": name}), file=out, flush=True)


def _as_new() -> None:
    """What an earlier program may have changed for all later ones."""
    import minitorch_bp as torch

    torch.set_default_dtype(torch.float32)
    torch.set_grad_enabled(True)
    torch.set_printoptions(profile="default")


class Said(io.TextIOBase):
    """What a program prints: passed on line by line, up to a limit."""

    def __init__(self, say: Say, limit: int = MOST_TEXT):
        self.say, self.left, self.lost, self.line = say, limit, 0, ""

    def write(self, text: str) -> int:
        kept = text[: self.left]
        self.left -= len(kept)
        self.line += kept
        if self.line.endswith(("\n", "\r")) or (kept and not self.left):
            self.flush()
        if len(kept) < len(text) and not self.lost:
            self.say({"text": "\n... (the rest is not shown)\n"})
        self.lost += len(text) - len(kept)
        return len(text)

    def flush(self) -> None:
        if self.line:
            self.say({"text": self.line})
            self.line = ""

    def close_with_count(self) -> None:
        """The end of the program: how much was not shown."""
        self.flush()
        if self.lost:
            self.say({"text": f"... {self.lost:,} characters more were printed than are shown here\n"})


def run(cells: list[str], say: Say) -> None:
    """Run cells in order, in names of their own, and show the value of each last line, as a notebook does."""
    from ..compat import enable_torch_alias

    said, room = Said(say), [MOST_RICH]

    def display(*values: Any) -> None:
        for value in values:
            show(value, said, say, room)

    names = {"__name__": "__main__", "display": display, "input": no_input}
    others = drawn()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), _aliased(enable_torch_alias):
        for number, text in enumerate(cells):
            say({"cell": number})
            name = f"cell {number + 1}" if len(cells) > 1 else "your program"
            linecache.cache[name] = (len(text), None, text.splitlines(True), name)
            try:
                display_value = evaluate(text, name, names)
                if display_value is not None:
                    display(display_value)
                figures(display, others)
            except BaseException as error:
                said.flush()
                say({"error": told(error)})
                break
        said.close_with_count()


@contextlib.contextmanager
def _aliased(alias: Callable[[], Any]) -> Any:
    """``import torch`` is this library, unless PyTorch itself is there (as it may be where this is tested)."""
    try:
        entered = alias()
    except ImportError:
        yield
    else:
        with entered:
            yield


def evaluate(text: str, name: str, names: dict[str, Any]) -> Any:
    """Run a text, and return the value of its last line if that is an expression."""
    tree = ast.parse(text, name)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, name, "exec"), names)
        return None
    tree.body.pop()
    exec(compile(tree, name, "exec"), names)
    return eval(compile(ast.Expression(last.value), name, "eval"), names)


def show(value: Any, said: Said, say: Say, room: list[int]) -> None:
    """A value in the richest form that it has and that there is room for."""
    said.flush()
    forms = value._repr_mimebundle_() if hasattr(value, "_repr_mimebundle_") and not isinstance(value, type) else {}
    forms = forms[0] if isinstance(forms, tuple) else forms
    rich = forms.get("text/html") or forms.get("image/svg+xml") or (value._repr_html_() if hasattr(value, "_repr_html_") else "")
    if rich and len(rich) <= room[0]:
        room[0] -= len(rich)
        say({"html": rich})
    else:
        print(forms.get("text/plain") or repr(value), file=said)


def drawn() -> list[int]:
    """The numbers of the figures that matplotlib has, if it was loaded."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    return [] if pyplot is None else list(pyplot.get_fignums())


def figures(display: Callable[[Any], None], others: list[int]) -> None:
    """Show the figures but for others, and close them."""
    for number in drawn():
        if number not in others:
            pyplot, file = sys.modules["matplotlib.pyplot"], io.BytesIO()
            pyplot.figure(number).savefig(file, format="png", dpi=110, bbox_inches="tight")
            picture = f'<img alt="figure {number}" src="data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}">'
            display(SimpleNamespace(_repr_html_=lambda picture=picture: picture))
            pyplot.close(number)


def no_input(prompt: str = "") -> str:
    """The page has nobody to ask while a program runs."""
    raise RuntimeError(f"input({prompt!r}) cannot ask here: write the value into the program")


def told(error: BaseException) -> str:
    """An exception as Python tells it, with the lines of the student's own program only."""
    if isinstance(error, SystemExit):
        return "the program ended itself: remove exit() and quit()"
    full = traceback.TracebackException.from_exception(error)
    full.stack = traceback.StackSummary.from_list(
        [f for f in full.stack if f.filename in linecache.cache and "/" not in f.filename]
    )
    full.__cause__ = full.__context__ = None
    return "".join(full.format())


def check(cells: list[str], checks: str, given: dict[str, Any], say: Say) -> None:
    """Run the cells as one file, and the checks on it."""
    from .worker import judge

    for event in judge(checks, SimpleNamespace(**given), "\n\n".join(cells), "minitorch_bp", 10.0):
        say(event)
