"""An exercise's source: cells, what is given, what is to be written, and the forms that are made of it.

A source is a Python script in cells (``# %%``, ``# %% [markdown]``, and one ``# %% [checks]`` at the end). Three comments mark it up:

* ``a = 7.0  # GIVEN 2..9``: a number that a variant of the exercise may change, within these bounds;
* ``# BEGIN SOLUTION`` and ``# END SOLUTION`` around what a student writes;
* ``# STARTER code`` between these: what stands there in the starter, where dots are not enough.
"""

from __future__ import annotations

import ast
import json
import pathlib
import random
import re
from dataclasses import dataclass
from types import SimpleNamespace

_CELL = re.compile(r"^# %%(?: \[(\w+)\])?.*\n", re.M)
_REGION = re.compile(r"^([ \t]*)# BEGIN SOLUTION\n(.*?)^[ \t]*# END SOLUTION\n", re.M | re.S)
_GIVEN = re.compile(r"^(\w+) = (-?[\d.]+)  # GIVEN (-?\d+)\.\.(-?\d+)$", re.M)
_IMPORT = re.compile(r"^import minitorch_bp as torch$|^from minitorch_bp(?=[ .](?!exercises))", re.M)


class BadSource(ValueError):
    """A source that is not one."""


@dataclass(frozen=True)
class Exercise:
    """A source, with the numbers of one variant filled in."""

    name: str
    cells: tuple[tuple[str, str], ...]  # kind ('markdown', 'code', 'checks') and text
    given: SimpleNamespace

    @property
    def title(self) -> str:
        return self.cells[0][1].removeprefix("# # ").split("\n")[0]

    @property
    def checks(self) -> str:
        """The code of all checks."""
        return "\n".join(text for kind, text in self.cells if kind == "checks")

    def script(self, solution: bool) -> str:
        """The file that a student gets, or the solution."""
        marks = {"markdown": "# %% [markdown]\n", "code": "# %%\n"}
        parts = [marks[kind] + (text if solution else starter(text)) for kind, text in self.cells if kind != "checks"]
        if solution:
            parts = [re.sub(r"^[ \t]*# (BEGIN SOLUTION|END SOLUTION|STARTER .*)\n", "", part, flags=re.M) for part in parts]
        return "\n".join(parts).rstrip() + "\n\n\n# %% Checks: they run when you run this file.\n" + self.tail()

    def visible_checks(self) -> str:
        """The checks that a student may see."""
        lines, tree = self.checks.split("\n"), ast.parse(self.checks)
        hidden: set[int] = set()
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and any("hidden=True" in ast.unparse(d) for d in node.decorator_list):
                hidden.update(range(node.decorator_list[0].lineno - 1, node.end_lineno or 0))
        kept = "\n".join(line for i, line in enumerate(lines) if i not in hidden)
        return re.sub(r"\n{4,}", "\n\n\n", kept).strip()

    def tail(self) -> str:
        """The end of a starter: the visible checks, and the line that runs them."""
        given = ", ".join(f"{k}={v!r}" for k, v in vars(self.given).items())
        return (
            self.visible_checks() + f"\n\n\nfrom minitorch_bp.exercises import run_checks\n\nrun_checks(globals(), dict({given}))\n"
        )

    def notebook(self, solution: bool = False, nbgrader: bool = False) -> str:
        """A Jupyter notebook; for nbgrader with its metadata, its marks and a cell for each check."""
        cells = []
        for number, (kind, text) in enumerate(self.cells):
            if kind == "markdown":
                cells.append(_cell("markdown", re.sub(r"^# ?", "", text, flags=re.M), f"text-{number}"))
            elif kind == "code":
                cells.append(self._code_cell(text, number, solution, nbgrader))
        if nbgrader:
            cells += self._nbgrader_checks()
        else:
            cells.append(_cell("code", self.tail(), "checks"))
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        return json.dumps({"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"

    def _code_cell(self, text: str, number: int, solution: bool, nbgrader: bool) -> dict:
        if not nbgrader:
            shown = (
                re.sub(r"^[ \t]*# (BEGIN SOLUTION|END SOLUTION|STARTER .*)\n", "", text, flags=re.M) if solution else starter(text)
            )
            return _cell("code", shown, f"code-{number}")
        cell = _cell("code", text.replace("# BEGIN", "### BEGIN").replace("# END", "### END"), f"code-{number}")
        if "BEGIN SOLUTION" in text:
            cell["metadata"]["nbgrader"] = {
                "grade": False, "grade_id": f"answer-{number}", "locked": False, "schema_version": 3, "solution": True, "task": False,
            }  # fmt: skip
        return cell

    def _nbgrader_checks(self) -> list[dict]:
        """One graded cell a check; a check that fails raises."""
        tree, lines = ast.parse(self.checks), self.checks.split("\n")
        setup = "\n".join(ast.unparse(n) for n in tree.body if not isinstance(n, ast.FunctionDef))
        given = ", ".join(f"{k}={v!r}" for k, v in vars(self.given).items())
        setup += f"\nfrom types import SimpleNamespace\n\ngiven = SimpleNamespace({given})"
        cells = [_cell("code", setup, "checks-setup")]
        for node in (n for n in tree.body if isinstance(n, ast.FunctionDef)):
            text = "\n".join(lines[node.decorator_list[0].lineno - 1 : node.end_lineno])
            call = f"{node.name}({', '.join(['SimpleNamespace(**globals())', 'given'][: len(node.args.args)])})"
            hidden = any("hidden=True" in ast.unparse(d) for d in node.decorator_list)
            body = f"{text}\n\n\n{call}"
            cell = _cell("code", f"### BEGIN HIDDEN TESTS\n{body}\n### END HIDDEN TESTS" if hidden else body, f"check-{node.name}")
            cell["metadata"]["nbgrader"] = {
                "grade": True, "grade_id": node.name, "locked": True, "points": points_of(node), "schema_version": 3, "solution": False, "task": False,
            }  # fmt: skip
            cells.append(cell)
        return cells


def points_of(node: ast.FunctionDef) -> float:
    """What a check declares that it is worth."""
    for keyword in (k for d in node.decorator_list if isinstance(d, ast.Call) for k in d.keywords):
        if keyword.arg == "points":
            return ast.literal_eval(keyword.value)
    return 1


def _cell(kind: str, text: str, name: str) -> dict:
    cell: dict = {"cell_type": kind, "id": re.sub(r"[^\w-]", "-", name)[:64], "metadata": {}, "source": text.strip("\n")}
    return cell if kind == "markdown" else {**cell, "execution_count": None, "outputs": []}


def starter(text: str) -> str:
    """A cell without its solution."""

    def blank(match: re.Match[str]) -> str:
        indent, body = match[1], match[2]
        kept = re.findall(r"^[ \t]*# STARTER (.*)\n", body, re.M)
        if kept:
            return "".join(f"{indent}{line}\n" for line in kept)
        return f"{indent}raise NotImplementedError  # ... your code\n" if indent else "...  # your code\n"

    return _REGION.sub(blank, text)


def read(path: pathlib.Path, seed: int = 0) -> Exercise:
    """An exercise from its source; a seed other than 0 gives other numbers, the same for the same seed.

    Raises
    ------
    BadSource
        If there are no cells, no solution or no checks.
    """
    text = path.read_text()
    draw = random.Random(f"{path.stem} {seed}")

    def number(match: re.Match[str]) -> str:
        name, value, low, high = match.groups()
        whole = draw.randint(int(low), int(high))
        return f"{name} = {value if seed == 0 else repr(type(ast.literal_eval(value))(whole))}"

    bounds = [m[1] for m in _GIVEN.finditer(text)]
    text = _GIVEN.sub(number, text)
    given = {n: ast.literal_eval(re.search(rf"^{n} = (.*)$", text, re.M)[1]) for n in bounds}  # type: ignore[index]
    pieces = _CELL.split(text)
    cells = [(kind or "code", body.strip("\n") + "\n") for kind, body in zip(pieces[1::2], pieces[2::2], strict=True)]
    if not cells or not any(kind == "checks" for kind, _ in cells) or "# BEGIN SOLUTION" not in text:
        raise BadSource(f"{path.name} is no exercise: it needs cells (# %%), a solution (# BEGIN SOLUTION) and a cell of checks")
    return Exercise(path.stem, tuple(cells), SimpleNamespace(**given))


def for_framework(text: str, framework: str) -> str:
    """The same script on PyTorch: the import is all that changes."""
    if framework == "minitorch_bp":
        return re.sub(
            r"^import torch$",
            "import minitorch_bp as torch",
            re.sub(r"^from torch(?=[ .])", "from minitorch_bp", text, flags=re.M),
            flags=re.M,
        )
    return _IMPORT.sub(lambda m: "import torch" if m[0].startswith("import") else "from torch", text)


def sources() -> pathlib.Path:
    """Where the exercises are: beside the docs in a checkout, inside of an installed package."""
    inside = pathlib.Path(__file__).parent / "sources"
    return inside if inside.is_dir() else pathlib.Path(__file__).resolve().parents[2] / "docs" / "exercises"
