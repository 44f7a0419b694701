"""The one node that a run of a traced program leaves in the graph.

Its step is the program's backward function. Under ``create_graph`` (and for gradients of some of several outputs) the recorded calls are run
again on tensors, and the backward pass goes through the nodes that these leave.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import numpy as np

from ..core import observer
from ..core.engine import _fit
from ..core.grad_mode import mode
from ..core.graph import MultiOutputNode, Node, Output
from ..core.namespaces import tracked
from ..core.saved import RELEASED
from ..core.tensor import Tensor, wrap
from ..core.view import edge_of


class Plan:
    """What the engine asks a node's plan: here, that something is saved."""

    op = None
    names: tuple[str, ...] = ()
    rules: tuple[Any, ...] = ()
    saves: tuple[Any, ...] = ()
    saves_data = True


class _Traced(Node):
    """The node of a traced call. ``inputs`` are all tensors that the program was given, ``versions`` those they had."""

    __slots__ = ()
    program: Any
    inputs: Any
    cells: Any

    def name(self) -> str:
        return "DifferentiableGraphBackward"

    def __repr__(self) -> str:
        return f"<{self.name()} object at {id(self):#x}>"

    def release(self) -> None:
        self.saved, self.inputs = RELEASED, ()

    def check_fresh(self, places: Any) -> None:
        """RuntimeError if something that was saved has been written to, as a node of one operation has it."""
        self.check_kept()
        for k in places:
            cell, version = self.inputs[k]._cell, self.versions[k]
            if cell is not None and cell[0] != version:
                self._stale(self.inputs[k]._array.shape, cell[0], version)
        for cell in self.cells:
            if cell[0]:
                self._stale(self.shape, cell[0], 0)

    def apply(self, xp: Any, grad: Any, needed: Any = None) -> list[tuple[Any, Any]]:
        program = self.program
        several = grad if type(grad) is list else [grad]
        mask = sum(1 << k for k, g in enumerate(several) if g is not None)
        found = program.backwards.get(mask) if xp.on_arrays else None
        self.check_fresh(program.saved_own if found is not None else range(len(self.inputs)))
        if found is None:
            return self._through_nodes(xp, grad)
        backward, places = found
        results = backward(*[g for g in several if g is not None], self.saved)
        return (
            list(zip(self.edges, results))
            if places is None
            else [(e, None if p is None else results[p]) for e, p in zip(self.edges, places)]
        )

    def alone(self, one: np.ndarray, retain_graph: Any) -> bool:
        """The whole backward pass of a loss that leads to nothing but leaves, whose ``.grad`` is empty: 2 us in place of the engine's 7."""
        if mode.recorder is not None or observer.current is not None or self.hooks is not None or self.outputs != 1:
            return False
        leaf: Any
        for leaf in self.edges:
            if not isinstance(leaf, Tensor) or leaf._grad is not None or leaf._extras is not None:
                return False
        program = self.program
        self.check_fresh(program.saved_own)
        for leaf, g in zip(self.edges, program.backwards[1][0](one, self.saved)):
            if leaf._grad is None:
                leaf._grad = wrap(g if g.base is None and g is not one else g.copy())
            else:  # several of the arguments are this leaf
                leaf._grad = wrap(leaf._grad._array + g)
        if not retain_graph:
            self.release()
        return True

    def _through_nodes(self, xp: Any, grad: Any) -> list[tuple[Any, Any]]:
        grad_enabled, recorder = mode.grad, mode.recorder
        mode.update(grad=True, recorder=None)
        try:
            outs = self.program.replay(self)
        finally:
            mode.update(grad=grad_enabled, recorder=recorder)
        nodes: list[Node] = []
        roots = [edge for edge in map(edge_of, outs) if edge is not None]
        queue = list(roots)
        for edge in queue:  # grows while it is read
            if edge is not None and not any(edge is e for e in self.edges):
                made = edge.node if isinstance(edge, Output) else edge
                if made not in nodes:
                    nodes.append(made)
                    queue += made.edges
        nodes.sort(key=attrgetter("seq"))
        for k, made in enumerate(nodes, 1):  # their places in the order of recording are just before this node's
            made.seq = self.seq - 1 + k / (len(nodes) + 1)  # type: ignore[assignment]
        found = _contributions(roots, grad if type(grad) is list else [grad], nodes[::-1], xp)
        return _to_each(self.edges, found, tracked._add if xp is tracked else np.add)


def _contributions(roots: list[Any], gradients: list[Any], nodes: list[Node], xp: Any) -> list[tuple[Any, Any]]:
    """What arrives at the edges below the nodes, in the order of its arrival: the engine's loop, without hooks."""
    add = tracked._add if xp is tracked else np.add
    pending: dict[Any, Any] = {}
    found = []
    step: Any = zip(roots, gradients, strict=True)
    for node in [None, *nodes]:
        if node is not None:
            gradient = pending.pop(node, None)
            step = () if gradient is None else node.apply(xp, gradient)
        for edge, g in step:
            if edge is None or g is None:
                continue
            g = g if node is None else _fit(xp, g, edge)
            inner = edge.node if isinstance(edge, Output) else edge
            if not any(inner is n for n in nodes):
                found.append((edge, g))
                continue
            slots, key = (
                (pending.setdefault(inner, [None] * inner.outputs), edge.index) if isinstance(edge, Output) else (pending, edge)
            )
            before = slots[key] if slots is not pending else slots.get(key)
            slots[key] = g if before is None else add(before, g)
    return found


def _to_each(edges: Any, found: list[tuple[Any, Any]], add: Any) -> list[tuple[Any, Any]]:
    """The contributions in their order, as many for each edge as it occurs among the node's: None, or sums, where there are fewer or more."""
    left = list(edges)
    result: list[tuple[Any, Any]] = []
    for edge, g in found:
        place = next((k for k, e in enumerate(left) if e is edge), None)
        if place is not None:
            del left[place]
            result.append((edge, g))
        else:
            last = max(k for k, (e, _) in enumerate(result) if e is edge)
            result[last] = edge, add(result[last][1], g)
    return result + [(edge, None) for edge in left]


class Traced(_Traced):
    """Of a call with one output."""

    __slots__ = ("cells", "inputs", "program")


class TracedSeveral(MultiOutputNode, _Traced):  # type: ignore[misc]
    """Of a call with several."""

    __slots__ = ("cells", "inputs", "program")
    name, release, apply = _Traced.name, _Traced.release, _Traced.apply


for _kind in (Traced, TracedSeveral):
    _kind.__name__ = _kind.__qualname__ = "DifferentiableGraphBackward"
    _kind.__module__ = "builtins"  # as other nodes
