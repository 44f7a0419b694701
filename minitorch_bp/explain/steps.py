"""The backward pass as a list of steps, right or wrong.

The right algorithm is the engine's: nodes in reverse topological order, each adds to the gradients of its inputs. The lecture's two wrong
ones are here as well, to be seen going wrong: *overwriting* (``child.grad = ...``), which loses all paths but one, and *recursion without
order*, which goes on from a node before its gradient is complete, and so counts paths twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..core.graph import MultiOutputNode, Node
from .backprop import node_of, place_of, shares
from .formulas import backward_expressions, brief, contribution, number
from .model import Box, Model

MOST_STEPS = 2000


@dataclass(eq=False)
class Line:
    """One assignment of a step: ``target.grad += formula``."""

    target: Box
    place: Any
    sign: str  # "+=" or "="
    formula: str  # in names
    filled: str  # in numbers
    share: np.ndarray
    before: Any
    after: np.ndarray
    link: int  # which of the box's links it flows along
    note: str = ""

    @property
    def text(self) -> str:
        """``b.grad += 10 * 3 * 3**2 = 0 + 270``; of arrays, the formula in names and the shape."""
        left = f"{self.target.name}.grad {self.sign} "
        if np.ndim(self.share):
            return left + (self.formula or "what its rule gives") + f"   {np.shape(self.share)}{self.note}"
        given = number(self.share)
        middle = self.filled if self.filled and self.filled != given else ""
        if self.sign == "=":
            lost = f", and the {brief(self.before)} of another path is lost" if self.before is not None else ""
            return left + (f"{middle} = {given}" if middle else given) + lost
        before = "0" if self.before is None else brief(self.before)
        return left + (f"{middle} = " if middle else f"{given} = ") + f"{before} + {given}{self.note}"


@dataclass(eq=False)
class Step:
    """One step: the box whose turn it is, and what it adds to its inputs."""

    number: int
    title: str
    box: Box | None = None
    lines: list[Line] = field(default_factory=list)
    changed: dict[Any, np.ndarray] = field(default_factory=dict)  # place -> its gradient from now on

    @property
    def text(self) -> str:
        head = f"Step {self.number}: {self.title}"
        if not self.lines:
            return head
        head += ": "
        return "\n".join([head + self.lines[0].text, *(" " * len(head) + line.text for line in self.lines[1:])])


class Run:
    """An algorithm run on a graph: its steps, and the gradients that it ends with."""

    def __init__(self, model: Model, seed: np.ndarray, order: str, accumulate: str):
        self.model, self.overwrite = model, accumulate == "overwrite"
        self.state: dict[Any, np.ndarray] = {}
        self.steps: list[Step] = []
        self.visits: dict[Node, int] = {}
        self.complete = True
        output = model.output
        assert output is not None and model.gradients is not None
        self.nodes = model.gradients.nodes
        self.steps.append(Step(0, "every gradient is 0"))
        place = next(p for p, g in model.gradients.of.items() if g is seed)
        first = Step(1, f"{output.name} is the output: {output.name}.grad = {brief(seed)}", output)
        self._set(first, place, seed)
        self.steps.append(first)
        (self._recursively if order == "recursive" else self._in_order)(place)

    def _set(self, step: Step, place: Any, value: np.ndarray) -> None:
        self.state[place] = step.changed[place] = value

    def _grad(self, node: Node) -> Any:
        if isinstance(node, MultiOutputNode) or node.outputs > 1:
            several = [self.state.get((node, k)) for k in range(node.outputs)]
            return None if all(g is None for g in several) else several
        return self.state.get(node)

    def _step(self, title: str, box: Box | None) -> Step:
        step = Step(len(self.steps), title, box)
        self.steps.append(step)
        return step

    def _lines(self, node: Node) -> list[tuple[int, Any, Any]]:
        """(position among the edges, what it gives there, its formula) for a node in the present state."""
        self.visits[node] = self.visits.get(node, 0) + 1
        grad = self._grad(node)
        if grad is None:
            return []
        formulas = backward_expressions(self.model, node, grad)
        return [(k, g, formulas.get(k)) for k, g in enumerate(shares(node, grad)) if g is not None]

    def _add(self, step: Step, node: Node, k: int, share: np.ndarray, expr: Any) -> None:
        place = place_of(node.edges[k])
        box = self.model.of[node]
        before = self.state.get(place)
        after = share if before is None or self.overwrite else before + share
        link = next(j for j, other in enumerate(box.links) if other.position == k)
        note = ""
        if expr is not None and np.shape(expr.value) != share.shape:
            note = f", summed from {np.shape(expr.value)} (undo broadcasting)"
        line = Line(box.links[link].source, place, "=" if self.overwrite else "+=", contribution(expr, False), contribution(expr, True), share, before, after, link, note)  # fmt: skip
        step.lines.append(line)
        self._set(step, place, after)

    def _in_order(self, place: Any) -> None:
        for node in reversed(self.nodes):
            lines = self._lines(node)
            step = self._step(self.model.of[node].title, self.model.of[node])
            for k, share, expr in lines:
                self._add(step, node, k, share, expr)
            if not lines:
                step.title += ": no gradient arrives here"
        leaves = [box for box in self.model.boxes if box.kind == "input"]
        if len(self.nodes) + len(leaves) <= 60:
            for box in reversed(leaves):
                self._step(f"{box.title}: a leaf has nothing to do", box)

    def _recursively(self, place: Any) -> None:
        def visit(node: Node) -> Any:
            for k, share, expr in self._lines(node):
                yield node, k, share, expr

        stack = [visit(place[0] if isinstance(place, tuple) else place)] if self.nodes else []
        while stack:
            found = next(stack[-1], None)
            if found is None:
                stack.pop()
                continue
            node, k, share, expr = found
            if len(self.steps) >= MOST_STEPS:
                self._step(f"stopped after {MOST_STEPS:,} steps: recursion runs a node once for every path that leads to it", None)
                self.complete = False
                return
            again = self.visits[node]
            box = self.model.of[node]
            step = self._step(box.title + (f" (visit {again})" if again > 1 else ""), box)
            self._add(step, node, k, share, expr)
            below = node_of(node.edges[k])
            if below is not None:
                stack.append(visit(below))
