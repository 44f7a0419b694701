"""``python -m minitorch_bp doctor path``: which names of torch and torchvision code uses, and which of them are here.

Nothing is run: scripts, notebooks and folders of them are read as syntax trees. Imports say what each name stands for
(``import torch.nn.functional as F``), chains of attributes are followed from there (``F.relu`` is ``torch.nn.functional.relu``), and each
is looked up in this library. Methods of tensors are found by their names alone, since only running code would tell what a variable
holds; so a method that only PyTorch's tensors have is a hint, and no finding. What stands in a ``try`` that catches ImportError or
AttributeError, or behind ``hasattr``, is expected to be missing somewhere, and is no finding, either; nor is an attribute of what is
also a variable of the file.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from . import torch_version
from ._absent import ABSENT
from .compat import _ALIASES

USAGE = """usage: python -m minitorch_bp doctor PATH [PATH ...] [--json]

Reads scripts, notebooks and folders, and lists the names of torch and torchvision that they use and that are not here.
The exit code is 0 if all are here, 1 if some are not, 2 if a file cannot be read."""

#: What to do without a part that is not here. The longest beginning of a name counts.
_INSTEAD = {
    "torch.fx": "there is no symbolic tracing; walk the modules (named_modules) or the graph (grad_fn.next_functions)",
    "torch.export": "nothing is exported; save a state_dict, which PyTorch reads",
    "torch.distributed": "one process; leave the wrapping in DistributedDataParallel out",
    "torch.ao": "there is no quantization",
    "torch.quantization": "there is no quantization",
    "torch.sparse": "tensors are dense",
    "torch.utils.cpp_extension": "there is no C++ core to extend; write an autograd.Function",
    "torch.library": "there is no C++ core to extend; write an autograd.Function",
    "torch.ops": "there is no C++ core; write an autograd.Function",
    "torch.jit": "scripted modules run as they are; traces are NumPy programs",
    "torchvision.models": "build it of nn.Module, or of the models that there are",
    "torchvision.datasets": "read its files with ImageFolder, DatasetFolder or a Dataset of your own",
    "torchaudio": "not mirrored, and the real one needs the real PyTorch",
    "torchtext": "not mirrored, and the real one needs the real PyTorch",
}
_MIRRORED = tuple(_ALIASES)
_NOT_MIRRORED = ("torchaudio", "torchtext")
_METHODS = frozenset(ABSENT.get("torch.Tensor", ()))


@dataclass
class Name:
    """A name that code uses: where, and whether it is here."""

    name: str
    here: bool
    instead: str = ""
    places: list[tuple[str, int]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"name": self.name, "here": self.here, "instead": self.instead, "places": [list(p) for p in self.places]}


@dataclass
class Report:
    """What was found in all files."""

    files: int = 0
    names: dict[str, Name] = field(default_factory=dict)
    hints: dict[str, Name] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[Name]:
        """The names that are not here."""
        return sorted((n for n in self.names.values() if not n.here), key=lambda n: n.name)

    @property
    def exit_code(self) -> int:
        """0 if all is here, 1 if not, 2 if a file could not be read."""
        return 2 if self.unreadable else 1 if self.missing else 0


# ---------------------------------------------------------------------- what code uses
class _Reader(ast.NodeVisitor):
    """The full names that a file uses, with their lines."""

    def __init__(self) -> None:
        self.stands_for: dict[str, str] = {}
        self.found: list[tuple[str, int, str]] = []
        self.methods: list[tuple[str, int]] = []
        self.guarded: set[str] = set()
        self.variables: set[str] = set()
        self.tries = 0

    def _add(self, name: str, line: int, root: str = "") -> None:
        if not self.tries:
            self.found.append((name, line, root))

    def is_expected(self, name: str, root: str) -> bool:
        """Whether a name that is not here may be missing: the code asks for it first, or its beginning is a variable elsewhere."""
        return name.rpartition(".")[2] in self.guarded or root in self.variables

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.variables.add(node.id)

    def visit_arg(self, node: ast.arg) -> None:
        self.variables.add(node.arg)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            root = alias.name.partition(".")[0]
            if root in _MIRRORED + _NOT_MIRRORED:
                self.stands_for[alias.asname or root] = alias.name if alias.asname else root
                self._add(alias.name, node.lineno)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        if node.level or module.partition(".")[0] not in _MIRRORED + _NOT_MIRRORED:
            return
        for alias in node.names:
            if alias.name == "*":
                self._add(module, node.lineno)
                continue
            name = f"{module}.{alias.name}"
            self.stands_for[alias.asname or alias.name] = name
            self._add(name, node.lineno)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        parts, value = [node.attr], node.value
        while isinstance(value, ast.Attribute):
            parts.append(value.attr)
            value = value.value
        if isinstance(value, ast.Name) and value.id in self.stands_for:
            self._add(".".join([self.stands_for[value.id], *reversed(parts)]), node.lineno, value.id)
            return
        if node.attr in _METHODS:
            self.methods.append((node.attr, node.lineno))
        self.visit(value)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in ("hasattr", "getattr") and len(node.args) > 1:
            name = node.args[1]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                self.guarded.add(name.value)
        self.generic_visit(node)

    def visit_Try(self, node: ast.Try) -> None:
        caught = {n.id for h in node.handlers for n in ast.walk(h.type or ast.Name("Exception")) if isinstance(n, ast.Name)}
        expected = bool(caught & {"ImportError", "ModuleNotFoundError", "AttributeError", "Exception"})
        self.tries += expected
        for statement in node.body:
            self.visit(statement)
        self.tries -= expected
        for part in (*node.handlers, *node.orelse, *node.finalbody):
            self.visit(part)


def _sources(path: str) -> Iterator[tuple[int, str]]:
    """The code of a script, or of each cell of a notebook with its number (a script has the number 0)."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if not path.endswith(".ipynb"):
        yield 0, text
        return
    for number, cell in enumerate(json.loads(text)["cells"], 1):
        if cell.get("cell_type") == "code":
            lines = "".join(cell["source"]).splitlines()
            if lines and lines[0].startswith("%%"):
                lines = [] if not re.match(r"%%(time|timeit|capture)\b", lines[0]) else lines[1:]
            yield number, "\n".join(re.sub(r"^(\s*)[%!?].*", r"\1pass", line) for line in lines)


def _files(paths: list[str]) -> Iterator[str]:
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        for folder, inner, names in os.walk(path):
            inner[:] = sorted(d for d in inner if not d.startswith(".") and d not in ("__pycache__", "node_modules"))
            yield from (os.path.join(folder, n) for n in sorted(names) if n.endswith((".py", ".ipynb")))


# ---------------------------------------------------------------------- what is here
def look_up(name: str) -> tuple[bool, str]:
    """Whether a full name is here, and if not, what to use instead."""
    root, *parts = name.split(".")
    if root not in _ALIASES:
        return False, _instead(name)
    module: Any = importlib.import_module(_ALIASES[root])
    value: Any = module
    for k, part in enumerate(parts):
        if root == "torch" and k == 0 and part == "vision":
            return False, "torchvision"
        try:
            value = getattr(value, part)
        except ImportError as error:  # it needs a package that is not installed
            return False, str(error)
        except AttributeError:
            try:
                value = importlib.import_module(f"{module.__name__}.{part}") if value is module else None
            except ImportError:
                value = None
            if value is None:
                return False, _instead(".".join([root, *parts[: k + 1]]), module)
        if isinstance(value, type(json)):
            module = value
        elif not isinstance(value, type):
            break  # an attribute of an object, which only running the code would tell
    return True, ""


def _instead(name: str, module: Any = None) -> str:
    advice = [text for start, text in _INSTEAD.items() if name == start or name.startswith(start + ".")]
    last = name.rpartition(".")[2]
    near = difflib.get_close_matches(last, [n for n in dir(module) if not n.startswith("_")], 1) if module is not None else []
    return "; ".join([*(f"the nearest name is {near[0]}" for _ in near), *advice[-1:]]) or "nothing like it is here"


def examine(paths: list[str]) -> Report:
    """Read scripts, notebooks and folders.

    Parameters
    ----------
    paths : list of str

    Returns
    -------
    Report

    Examples
    --------
    >>> import os, tempfile
    >>> from minitorch_bp import doctor
    >>> path = os.path.join(tempfile.mkdtemp(), "a.py")
    >>> with open(path, "w") as file:
    ...     _ = file.write("import torch.nn as nn\\nlayer = nn.Linear(2, 3)\\ntrace = nn.Linaer\\n")
    >>> [(n.name, n.instead) for n in doctor.examine([path]).missing]
    [('torch.nn.Linaer', 'the nearest name is Linear')]
    """
    report = Report()
    for path in _files(paths):
        report.files += 1
        reader = _Reader()
        try:
            for cell, source in _sources(path):
                before = len(reader.found), len(reader.methods)
                reader.visit(ast.parse(source))
                if cell:  # a place in a notebook is its cell
                    reader.found[before[0] :] = [(name, cell, root) for name, _, root in reader.found[before[0] :]]
                    reader.methods[before[1] :] = [(name, cell) for name, _ in reader.methods[before[1] :]]
        except (SyntaxError, ValueError, KeyError, OSError) as error:
            report.unreadable.append(f"{path}: {error}")
        for name, place, root in reader.found:
            use = report.names.get(name) or Name(name, *look_up(name))
            if use.here or not reader.is_expected(name, root):
                report.names[name] = use
                use.places.append((path, place))
        for name, place in reader.methods:
            hint = report.hints.setdefault(name, Name(f"Tensor.{name}", False, "PyTorch's tensors have it, and those here do not"))
            hint.places.append((path, place))
    return report


# ---------------------------------------------------------------------- what is said
def _places(name: Name, most: int = 3) -> str:
    shown = [f"{path} {'cell' if path.endswith('.ipynb') else 'line'} {place}" for path, place in name.places[:most]]
    more = len(name.places) - most
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def as_text(report: Report) -> str:
    """The report in words."""
    missing, count = report.missing, len(report.names)
    files = f"{report.files} file{'s' * (report.files != 1)}"
    lines = [
        f"{files}, {count} names of torch and torchvision {torch_version.__version__.partition('+')[0]}, {count - len(missing)} of them here"
    ]
    for name in missing:
        lines += [f"  missing  {name.name}  ({_places(name)})", f"           instead: {name.instead}"]
    for hint in report.hints.values():
        lines.append(f"  perhaps  .{hint.name.partition('.')[2]}  ({_places(hint)}): {hint.instead}")
    lines += [f"  cannot be read: {line}" for line in report.unreadable]
    return "\n".join(lines)


def as_json(report: Report) -> str:
    """The report for programs."""
    return json.dumps(
        {
            "files": report.files,
            "names": [n.as_dict() for n in sorted(report.names.values(), key=lambda n: n.name)],
            "hints": [n.as_dict() for n in report.hints.values()],
            "unreadable": report.unreadable,
            "exit_code": report.exit_code,
        },
        indent=1,
    )


def command(arguments: list[str]) -> int:
    """The command line; returns the exit code."""
    paths = [a for a in arguments if not a.startswith("-")]
    options = [a for a in arguments if a.startswith("-")]
    if not paths or options not in ([], ["--json"]):
        print(USAGE)
        return 0 if options in (["-h"], ["--help"]) else 2
    absent = [p for p in paths if not os.path.exists(p)]
    if absent:
        print(f"there is no file or folder {absent[0]!r}\n\n{USAGE}")
        return 2
    report = examine(paths)
    print(as_json(report) if options else as_text(report))
    return report.exit_code
