"""The process in which a student's file runs: ``python -m minitorch_bp.exercises.worker``, started by :mod:`.grader`.

The file is run statement by statement, so that what stands after a mistake still counts; each statement and each check has its own
limit of time. What the file prints is cut off. What it changes in the checker, the framework or Python is put back and said.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib
import io
import json
import os
import signal
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

from . import checks, hints, source


class TooLong(BaseException):
    """The time for one statement or check is over; not an Exception, so that ``except Exception`` does not swallow it."""


class Short(io.TextIOBase):
    """A text stream that keeps the first characters and forgets the rest."""

    def __init__(self, limit: int = 2000):
        self.limit, self.text, self.lost = limit, "", 0

    def write(self, text: str) -> int:
        kept = text[: max(0, self.limit - len(self.text))]
        self.text, self.lost = self.text + kept, self.lost + len(text) - len(kept)
        return len(text)


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise :class:`TooLong` after this time, where there are timers: a browser has none, and ends the whole worker."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: Any) -> None:
        raise TooLong

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def snapshot(modules: list[ModuleType]) -> dict[tuple[str, str], Any]:
    """What every name of these modules is, and what code each of the checker's functions runs."""
    return {
        (m.__name__, n): (v, getattr(v, "__code__", None)) for m in modules for n, v in vars(m).items() if not n.startswith("__")
    }


def put_back(modules: list[ModuleType], before: dict[tuple[str, str], Any]) -> list[str]:
    """Restore what was replaced, and name it."""
    changed = []
    for module in modules:
        for (owner, name), (value, code) in before.items():
            if owner != module.__name__:
                continue
            if vars(module).get(name, before) is not value:
                setattr(module, name, value)
                changed.append(f"{owner}.{name}")
            elif code is not None and value.__code__ is not code:
                value.__code__ = code
                changed.append(f"{owner}.{name}")
    return changed


def run_file(text: str, framework: str, seconds: float) -> tuple[SimpleNamespace, list[str]]:
    """The names that a file defines, and what went wrong on the way."""
    names: dict[str, Any] = {"__name__": "student"}
    trouble = []
    text = text.split("\n# %% Checks")[0]
    try:
        tree = ast.parse(source.for_framework(text, framework))
    except SyntaxError as error:
        return SimpleNamespace(), [f"the file is not Python: {error.msg}, line {error.lineno}: {(error.text or '').strip()}"]
    for statement in tree.body:
        try:
            with limited(seconds):
                exec(compile(ast.Module([statement], []), "your file", "exec"), names)
        except TooLong:
            trouble.append(f"line {statement.lineno} was still running after {seconds:g} s: is there a loop that does not end?")
        except SystemExit:
            trouble.append(f"line {statement.lineno} ends the program: remove exit() and quit()")
        except NotImplementedError:
            pass  # a starter's dots: the checks say so
        except BaseException as error:
            trouble.append(f"line {statement.lineno}, `{ast.unparse(statement).splitlines()[0]}`: {type(error).__name__}: {error}")
    return SimpleNamespace(**names), trouble


def judge(checks_text: str, given: SimpleNamespace, text: str, framework: str, seconds: float) -> Iterator[dict[str, Any]]:
    """What there is to say of the file, and then of each check as soon as it has run."""
    torch = importlib.import_module(framework)
    checks.DECLARED.clear()
    exec(compile(source.for_framework(checks_text, framework), "checks", "exec"), {"__name__": "checks", "torch": torch})
    declared = list(checks.DECLARED)
    watched = [checks, hints, json, builtins, torch, torch.nn, torch.nn.functional, torch.autograd]
    before = snapshot(watched)
    outcome = checks.outcome

    said = Short()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        student, trouble = run_file(text, framework, seconds)
        changed = put_back(watched, before)
    if changed:
        trouble.append(f"the file replaces {', '.join(changed[:5])}: that was undone before the checks")
    if said.lost:
        trouble.append(f"the file prints {said.lost + said.limit:,} characters; only the first {said.limit:,} are kept")
    yield {"trouble": trouble, "printed": said.text, "checks": [[c.name, c.title, c.points, c.hidden] for c in declared]}
    student.torch = torch
    for one in declared:
        with contextlib.redirect_stdout(Short()), contextlib.redirect_stderr(Short()):
            try:
                with limited(seconds):
                    result = outcome(one, student, given)
            except TooLong:
                result = failed(one, f"still running after {seconds:g} s: is there a loop that does not end?")
            except BaseException as error:  # SystemExit in a function
                result = failed(one, f"ended the program ({type(error).__name__}): return instead")
            put_back(watched, before)
        yield result


def main(source_path: str, student_path: str, framework: str, seed: str, seconds: str, results_fd: str) -> None:
    """Write a line of JSON for the file, and one for each check as soon as it has run."""
    import pathlib

    out, dump = os.fdopen(int(results_fd), "w"), json.dumps
    exercise = source.read(pathlib.Path(source_path), int(seed))
    text = pathlib.Path(student_path).read_text(errors="replace")
    for line in judge(exercise.checks, exercise.given, text, framework, float(seconds)):
        print(dump(line), file=out, flush=True)


def failed(one: checks.Check, message: str) -> dict[str, Any]:
    return {"name": one.name, "title": one.title, "points": 0.0, "of": one.points, "hidden": one.hidden, "message": message}


if __name__ == "__main__":
    main(*sys.argv[1:])
