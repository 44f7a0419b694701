"""Writing a program: lines, names, and which of them are needed.

A line assigns an expression to variables, adds to one, or writes into one. Names are settled at the end, when it is known which lines
stay: a line whose variables nobody reads is left out, unless it writes into memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .expression import Expr, Untraceable, named, write
from .names import identifier


class Ref:
    """A variable; ``hint`` is the name that it should have, or the variable whose gradient it is."""

    __slots__ = ("hint", "name", "of")

    def __init__(self, hint: str = "", of: Ref | None = None):
        self.hint, self.of, self.name = hint, of, ""

    def __str__(self) -> str:
        return self.name


@dataclass(eq=False)
class Line:
    """``targets = expr``, ``target += expr`` or ``target[...] = expr``."""

    targets: list[Ref]
    sign: str  # "=", "+=", "-=", "*=", "/=" or "[...] ="
    expr: Any
    comment: str = ""
    backward: bool = False


class Program:
    """The lines of a program, and the constants that have no text."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.temporary: dict[int, Ref] = {}
        self.unpacked: dict[int, list[Ref]] = {}
        self.kept: list[Any] = []  # so that an id stays its expression's
        self.constants: list[tuple[Ref, Any]] = []
        self.backward = False

    # ------------------------------------------------------------------ lines
    def assign(self, expr: Any, ref: Ref, comment: str = "") -> Expr:
        """``ref = expr``; the result is the variable."""
        self.prepare(expr)
        if id(expr) in self.temporary:  # it is used elsewhere, too, and has a line of its own
            mine = self.temporary[id(expr)]
            if not mine.hint and mine.of is None:
                mine.hint, mine.of = ref.hint, ref.of
            return named(mine, expr.value)
        if expr.form[0] == "item":  # the name of one of several results
            refs = self.unpacked[id(expr.parts[0])]
            mine = refs[expr.form[1]]
            if not mine.hint and mine.of is None:
                mine.hint, mine.of = ref.hint, ref.of
                return named(mine, expr.value)
        self.lines.append(Line([ref], "=", expr, comment, self.backward))
        return named(ref, expr.value)

    def change(self, variable: Expr, sign: str, expr: Any, comment: str = "") -> None:
        """``variable sign expr``."""
        if type(expr) is Expr:
            self.prepare(expr)
        self.lines.append(Line([variable.form[1]], sign, expr, comment, self.backward))

    def prepare(self, expr: Any) -> None:
        """Give a name to every part that is used twice, and to the results of calls that have several."""
        counts: dict[int, int] = {}
        order: list[Expr] = []
        stack: list[Any] = [(expr, False)]
        while stack:
            e, done = stack.pop()
            if done:
                order.append(e)
                continue
            if type(e) is not Expr:
                if type(e) in (tuple, list):
                    stack += [(x, False) for x in e]
                elif type(e) is slice:
                    stack += [(x, False) for x in (e.start, e.stop, e.step)]
                continue
            counts[id(e)] = counts.get(id(e), 0) + 1
            if counts[id(e)] > 1 or id(e) in self.temporary or e.form[0] == "name":
                continue
            if e.form[0] == "item" and id(e.parts[0]) in self.unpacked:
                continue
            stack.append((e, True))
            stack += [(p, False) for p in reversed(e.parts)]
        for e in order:
            if e.form[0] == "item":
                continue
            if isinstance(e.value, (tuple, list)):
                refs = [Ref() for _ in e.value]
                self.unpacked[id(e)] = refs
                self.kept.append(e)
                self.lines.append(Line(refs, "=", e, "", self.backward))
            elif counts[id(e)] > 1 and e is not expr:
                ref = self.temporary[id(e)] = Ref()
                self.kept.append(e)
                self.lines.append(Line([ref], "=", e, "", self.backward))

    def constant(self, value: Any, hint: str = "") -> Expr:
        """A variable for a value that has no text."""
        for ref, known in self.constants:
            if known is value:
                return named(ref, value)
        ref = Ref(hint)
        self.constants.append((ref, value))
        return named(ref, value)

    # ------------------------------------------------------------------ text
    def _name(self, root: Any) -> Any:
        def name(e: Any) -> str | None:
            if type(e) is not Expr:
                known = next((ref for ref, value in self.constants if value is e), None)
                if known is None:
                    known = Ref()
                    self.constants.append((known, e))
                used.add(known)
                return str(known)
            ref = None
            if e is not root:
                ref = self.temporary.get(id(e))
            if e.form[0] == "item":
                ref = self.unpacked[id(e.parts[0])][e.form[1]]
            elif e.form[0] == "name":
                ref = e.form[1]
            if ref is None:
                return None
            used.add(ref)
            return str(ref)

        used: set[Ref] = set()
        return name, used

    def reads(self, line: Line) -> set[Ref]:
        """The variables that a line reads."""
        name, used = self._name(line.expr)
        write(line.expr, name)
        if line.sign != "=":
            used |= set(line.targets)
        return used

    def needed(self, results: list[Expr]) -> list[Line]:
        """The lines without those that nothing reads."""
        live = {ref for e in results for ref in [e.form[1]]}
        kept: list[Line] = []
        for line in reversed(self.lines):
            if line.sign == "=" and not any(t in live for t in line.targets):
                continue
            if line.sign != "=" and line.backward and line.sign != "[...] =" and line.targets[0] not in live:
                continue
            live |= self.reads(line)
            kept.append(line)
        return kept[::-1]

    def settle(self, lines: list[Line], first: list[Ref], results: list[Expr]) -> None:
        """Give every variable its name."""
        taken: set[str] = {"np", "ops", "special", "step"}
        counter = 0
        read = [self.reads(line) for line in lines]
        used = {ref for refs in read for ref in refs} | {e.form[1] for e in results}

        def settle(ref: Ref) -> None:
            nonlocal counter
            if ref.name:
                return
            if ref.of is not None:
                settle(ref.of)
                hint = "grad_" + ref.of.name
            else:
                hint = identifier(ref.hint) if ref.hint else ""
            if not hint:
                while not hint or hint in taken:
                    counter += 1
                    hint = f"t{counter}"
            elif hint in taken:
                number = 2
                while f"{hint}_{number}" in taken:
                    number += 1
                hint = f"{hint}_{number}"
            taken.add(hint)
            ref.name = hint

        for ref in (*first, *(r for r, _ in self.constants)):
            if ref.hint:
                settle(ref)
        for ref in (*first, *(r for r, _ in self.constants)):
            settle(ref)
        for line in lines:
            for ref in line.targets:
                if len(line.targets) > 1 and ref not in used and not ref.hint and ref.of is None:
                    ref.name = "_"
                else:
                    settle(ref)

    def text(self, line: Line) -> str:
        """A line of the program."""
        name, _ = self._name(line.expr)
        right = write(line.expr, name)
        left = ", ".join(map(str, line.targets)) + (
            "," if len(line.targets) == 1 and isinstance(getattr(line.expr, "value", None), (tuple, list)) else ""
        )
        gap = "" if line.sign == "[...] =" else " "
        return f"{left}{gap}{line.sign} {right}"


def is_view_of(expr: Expr) -> bool:
    """Whether an expression's value may share memory with a variable in it, or cannot be written to."""
    value = expr.value
    if not isinstance(value, np.ndarray):
        return False
    if not value.flags.writeable or (value.base is not None and not value.flags.owndata and _shares(value, expr)):
        return True
    return _shares(value, expr)


def _shares(value: np.ndarray, expr: Any, depth: int = 0) -> bool:
    for part in expr.parts:
        for p in part if type(part) in (tuple, list) else (part,):
            if type(p) is Expr and depth < 30:
                if isinstance(p.value, np.ndarray) and np.may_share_memory(value, p.value):
                    return True
                if _shares(value, p, depth + 1):
                    return True
    return False


__all__ = ["Line", "Program", "Ref", "Untraceable", "is_view_of"]
