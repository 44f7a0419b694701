"""The script that a failure is handed over as: it runs both frameworks, says what differs in full precision, and exits 1.

It needs nothing of the harness. What a case prints as a script for one framework becomes the body of a function of the
framework, and what it would print goes to ``show``.
"""

from __future__ import annotations

import ast
import re
import textwrap

_BEFORE = '''"""{title}

{difference}

Shown again by: {command}
"""

import collections
import copy
import sys
import warnings

import numpy as np
import torch as reference

import minitorch_bp

TOLERANCE = {tolerance!r}  # of the largest number


def program(torch, show):
'''
_AFTER = '''

def plain(value):
    """A value without anything of its framework: arrays, and what is said of them."""
    if hasattr(value, "detach"):
        kind = str(value.dtype).rpartition(".")[2]
        numbers = np.array((value.float() if kind == "bfloat16" else value).detach().resolve_conj().numpy())
        return [f"{kind} {list(value.shape)} requires_grad={value.requires_grad}", numbers]
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, BaseException):
        return f"raises {type(value).__name__}"
    return value if isinstance(value, (int, float, str, bytes, bool, type(None))) else str(value)


def shown_by(torch):
    """What the program shows, by name, and the error that ended it."""
    shown = {}

    def show(name, function):
        try:
            value = function()
        except Exception as error:
            value = error
        shown[f"{len(shown)}: {name}"] = plain(value)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            program(torch, show)
        except Exception as error:
            shown["the error that ended the program"] = plain(error)
    return shown


def differences(name, a, b):
    """Every place where two values differ, in full precision."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in {**b, **a}:
            yield from differences(f"{name}[{key}]", a.get(key, "nothing"), b.get(key, "nothing"))
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for k, (x, y) in enumerate(zip(a, b)):
            yield from differences(name if isinstance(x, np.ndarray) else f"{name}[{k}]", x, y)
    elif isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and a.shape == b.shape:
        number = b.dtype.kind in "fc"
        size = float(np.abs(b[np.isfinite(b)]).max(initial=1.0)) if number else 1.0
        bound = 0.0 if "bit for bit" in name else TOLERANCE * size
        for place in np.ndindex(a.shape):
            x, y = a[place], b[place]
            same = x == y or (number and ((x != x and y != y) or abs(x - y) <= bound))
            if not same:
                off = f", {abs(x - y) / np.spacing(abs(y)):.3g} units of the last place" if b.dtype.kind == "f" else ""
                yield f"{name}{list(place)}: minitorch_bp {x!r}, torch {y!r}{off}"
    elif isinstance(a, float) and isinstance(b, float):
        if not (a == b or (a != a and b != b) or abs(a - b) <= TOLERANCE * max(1.0, abs(b))):
            yield f"{name}: minitorch_bp {a!r}, torch {b!r}"
    elif type(a) is not type(b) or a != b:
        yield f"{name}: minitorch_bp {a!r}, torch {b!r}"


if __name__ == "__main__":
    print(f"minitorch_bp of {minitorch_bp.__file__}, torch {reference.__version__}, numpy {np.__version__}")
    ours, theirs = shown_by(minitorch_bp), shown_by(reference)
    found = [line for name in {**theirs, **ours} for line in differences(name, ours.get(name, "nothing"), theirs.get(name, "nothing"))]
    for line in found[:20]:
        print("DIFFERS", line)
    print(f"{len(found)} differences" if found else "no difference")
    sys.exit(1 if found else 0)
'''


def without_unused(body: str) -> str:
    """The program without helpers that it does not use: functions, imports, and names of parts of the framework.

    What calls anything stays, since it may draw random numbers.
    """
    statements = ast.parse(body).body
    droppable = [
        s for s in statements if isinstance(s, (ast.FunctionDef, ast.Import)) or (isinstance(s, ast.Assign) and not _calls(s.value))
    ]
    kept = [s for s in statements if s not in droppable]
    while True:
        used = {n.id for s in kept for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        more = [s for s in droppable if s not in kept and not used.isdisjoint(_names(s))]
        if not more:
            break
        kept += more
    lines = body.split("\n")
    for s in droppable:
        if s not in kept:
            assert s.end_lineno is not None
            lines[s.lineno - 1 : s.end_lineno] = [""] * (s.end_lineno - s.lineno + 1)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).lstrip("\n")


def _calls(value: ast.expr) -> bool:
    return any(isinstance(n, (ast.Call, ast.Yield, ast.Await)) for n in ast.walk(value))


def _names(statement: ast.stmt) -> set[str]:
    """What a statement gives a name to."""
    if isinstance(statement, ast.FunctionDef):
        return {statement.name}
    if isinstance(statement, ast.Import):
        return {(a.asname or a.name).partition(".")[0] for a in statement.names}
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def reproducer(body: str, title: str, difference: str, command: str, tolerance: float) -> str:
    """The script. ``body`` is a program that calls ``show(name, function)`` and uses the framework as ``torch``."""
    quoted = difference.replace("\\", "\\\\").replace('"""', "'''")
    return (
        _BEFORE.format(title=title, difference=quoted, command=command, tolerance=tolerance)
        + textwrap.indent(without_unused(body), "    ")
        + _AFTER
    )
