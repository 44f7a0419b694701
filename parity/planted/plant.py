"""A bug to plant, and how: the module is imported with the edit in its source, in a process that is thrown away."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import pathlib
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

PACKAGE = "minitorch_bp"


@dataclass(frozen=True)
class Plant:
    """One bug: in the module's source, from the definition of ``where`` on, the first ``old`` becomes ``new``.

    Unlike :class:`parity.mutants.Edit` it reaches whatever is text: rules in decorators, tables, defaults.
    ``where`` may be empty (the whole file), a function, or a class and its method. ``unseen`` says why no check can tell.
    """

    kind: str
    module: str
    where: str
    old: str
    new: str
    unseen: str = ""

    @property
    def name(self) -> str:
        short = lambda text, n: " ".join(text.split())[:n]
        return f"{self.module}.{self.where}: {short(self.old, 60)!r} -> {short(self.new, 50)!r}"

    @property
    def file(self) -> pathlib.Path:
        """The module's file, found without importing it."""
        root = pathlib.Path(__file__).resolve().parents[2] / PACKAGE
        if not root.is_dir():
            found = importlib.util.find_spec(PACKAGE)
            assert found is not None and found.origin is not None
            root = pathlib.Path(found.origin).parent
        path = root.joinpath(*self.module.split("."))
        return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")

    def applied(self, source: str) -> str:
        """The source with the bug in it; LookupError if it is no longer there to be planted."""
        start = 0
        for part in self.where.split(".") if self.where else ():
            found = re.compile(rf"^[ \t]*(?:def|class) {re.escape(part)}\b", re.M).search(source, start)
            if found is None:
                raise LookupError(f"{self.module} has no {self.where}")
            start = found.start()
        if start and "(" in self.where:
            raise LookupError(f"{self.where} is not a name")
        at = source.find(self.old, start)
        if at < 0:
            raise LookupError(f"{self.module}.{self.where} no longer contains {self.old!r}")
        return source[:at] + self.new + source[at + len(self.old) :]


def of_kind(kind: str, *rows: tuple[str, ...]) -> list[Plant]:
    """Bugs of one kind, a row each."""
    return [Plant(kind, *row) for row in rows]


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, bug: Plant):
        super().__init__(name, path)
        self.bug = bug

    def get_code(self, fullname: str) -> Any:
        path = self.get_filename(fullname)
        return compile(self.bug.applied(self.get_data(path).decode()), path, "exec", dont_inherit=True)


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, bug: Plant):
        self.bug = bug

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> Any:
        if fullname != f"{PACKAGE}.{self.bug.module}":
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is not None and spec.origin is not None:
            spec.loader = _Loader(fullname, spec.origin, self.bug)
        return spec


def plant(bug: Plant) -> None:
    """Have the package imported with the bug, in this process from now on."""
    if PACKAGE in sys.modules:
        raise RuntimeError(f"{PACKAGE} has been imported already: plant in a fresh process")
    sys.meta_path.insert(0, _Finder(bug))
