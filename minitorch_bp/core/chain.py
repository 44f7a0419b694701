"""The nodes that PyTorch has in the place of those that are recorded here: a chain for one, or one for several.

A fused operation records a single node, for speed. When somebody looks at it (``grad_fn``, ``next_functions``), it becomes what it is
in PyTorch: the composition is computed once more on the saved values, and its nodes take the place of the one. They are real nodes:
hooks on them run, and what they save can be read. A value that was not kept, because no rule needs it, is replaced by zeros that
nothing reads.

The other way round, a composite records several nodes where PyTorch has one. :func:`one_node` notes what the composite was computed
from, and when somebody looks, the topmost node becomes that one node: it leads to these inputs, and its step is a backward pass through
the nodes in between (:class:`Folded`). Those that have several outputs are made at once, since their outputs share the node.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from operator import attrgetter
from typing import Any

import numpy as np

from .compiled import exchangeable
from .engine import _fit
from .grad_mode import mode
from .graph import MultiOutputNode, Node, Output, named_class, next_sequence_number
from .namespaces import tracked
from .saved import RELEASED, Packed
from .tensor import Tensor, wrap
from .view import edge_of


def argument(node: Node, name: str, shape: tuple[int, ...]) -> Tensor:
    """What the operation was given under a name: the saved tensor, or zeros at the same place in the graph."""
    op, names = node.plan.op, node.plan.names
    if node.saved is not RELEASED and name in names:
        value = node.saved[names.index(name)]
        if isinstance(value, Tensor):
            return value
    edge = node.edges[op.differentiable.index(op.position[name])]
    if isinstance(edge, Tensor):
        return edge
    zeros = wrap(np.broadcast_to(np.zeros((), node.dtype), shape if edge is None else edge.shape))
    if edge is not None:
        zeros._fn, zeros._requires_grad = edge, True
    return zeros


def unfold(node: Node, compose: Callable[[Node], Tensor | None]) -> None:
    """Put the history of ``compose(node)`` in the node's place, unless a value that it needs was overwritten or packed."""
    released = node.saved is RELEASED
    for value, version in () if released else zip(node.saved, node.versions, strict=True):
        stale = isinstance(value, Tensor) and value._cell is not None and version is not None and value._cell[0] != version
        if stale or isinstance(value, Packed):
            return
    begin = next_sequence_number()
    grad, recorder = mode.grad, mode.recorder
    mode.update(grad=True, recorder=None)
    try:
        out = compose(node)
    finally:
        mode.update(grad=grad, recorder=recorder)
    new = None if out is None else out._fn
    if new is None:
        return
    chain, outside = [new], []
    for made in chain:  # grows while it is read
        for edge in made.edges:
            if isinstance(edge, Node) and edge.seq > begin:
                chain += [edge] if edge not in chain else []
            elif edge is not None:
                outside.append(edge)
    if {id(e) for e in outside} != {id(e) for e in node.edges if e is not None}:
        return
    # Their places in the order of recording are just before the node's.
    step = 1 if isinstance(node.seq, int) else 1e-6
    for k, made in enumerate(sorted(chain[1:], key=lambda n: n.seq), 1):
        made.seq = node.seq - step * (1 - k / len(chain))
    node.plan, node.edges, node.saved, node.versions = new.plan, new.edges, new.saved, new.versions
    for name in ("shown", "below"):
        if hasattr(new, name):
            setattr(node, name, getattr(new, name))
    for made in (node, *chain[1:]):
        if released and made.plan.saves_data:
            made.saved = RELEASED


# ---------------------------------------------------------------------- one node for several
def one_node(name: str, results: Any, *inputs: Any) -> Any:
    """What a composite computed from ``inputs`` (tensors, lists of them, or anything else), as the result of one node of this name."""
    several = type(results) is not Tensor
    outs = [t for t in results if isinstance(t, Tensor)] if several else [results]
    recorded = [t for t in outs if t._fn is not None and t._requires_grad]
    if not recorded:
        return results
    given = [t for x in inputs for t in (x if isinstance(x, (tuple, list)) else (x,)) if t is None or isinstance(t, Tensor)]
    below = tuple(None if t is None else edge_of(t) for t in given)
    if any(t._fn is edge for t in recorded for edge in below):  # one of the inputs is the result
        return results
    for t in recorded:
        if t._view is not None and not any(t._view.base is x for x in given):
            t._view = None  # the only name of its memory
    if not several and results._fn.__class__ is Node and results._view is None:
        results._fn.shown, results._fn.below = name, below
    elif all(t._view is None for t in recorded):
        fold_several(name, outs, below)
    return results


def fold(node: Node) -> type[Node]:
    """Turn the topmost of a composite's nodes into the one that stands for them all; its new class."""
    top = Node.__new__(Node)
    for part in ("plan", "edges", "saved", "versions", "seq", "shape", "dtype"):
        setattr(top, part, getattr(node, part))
    top.hooks = None
    nodes = _between([top], node.below)
    if nodes is None or len(nodes) == 1:  # it leads elsewhere; or it is one node, which has other edges in PyTorch
        return Node
    node.plan, node.edges, node.saved, node.versions = _FoldedPlan, node.below, ([top], nodes), ()
    return Folded


@exchangeable  # by ``explain``
def fold_several(name: str, outs: list[Tensor], below: tuple[Any, ...]) -> None:
    """The same for several results (or one whose node is none that may change), at once: each is an output of the new node."""
    roots = [t._fn if t._requires_grad else None for t in outs]
    nodes = _between([r for r in roots if r is not None], below)
    if nodes is None:
        return
    node = MultiOutputNode.__new__(named_class(name, FoldedSeveral))
    node.plan, node.edges, node.saved, node.versions = _FoldedPlan, below, (roots, nodes), ()
    node.outputs, node.forms = len(outs), [(t._array.shape, t._array.dtype) for t in outs]
    node.seq, node.shape, node.dtype, node.hooks = next_sequence_number(), outs[0]._array.shape, outs[0]._array.dtype, None
    for k, t in enumerate(outs):
        if roots[k] is not None:
            t._fn = Output(node, k, t._array)


def _between(roots: list[Any], below: tuple[Any, ...]) -> list[Node] | None:
    """The nodes from the roots down to the edges ``below``, newest first; None if they lead elsewhere, too."""
    nodes: list[Node] = []
    queue = list(roots)
    for edge in queue:  # grows while it is read
        if edge is None or any(edge is b for b in below):
            continue
        node = edge.node if isinstance(edge, Output) else edge
        if isinstance(node, Tensor):
            return None
        if not any(node is n for n in nodes):
            nodes.append(node)
            queue += node.edges
    for node in nodes:
        node.plan = _keeping(node.plan)
    return sorted(nodes, key=attrgetter("seq"), reverse=True)


@functools.cache
def _keeping(plan: Any) -> Any:
    """The same plan for a node within another: it keeps what it saved for as long as it is there.

    A recorded backward pass leads to it by itself, too (by the values that it saved), before or after the node that stands for it.
    """
    if plan is None:
        return None
    if isinstance(plan, type):  # of a Function, or of a node that stands for several itself
        return type(plan.__name__, (plan,), {"saves_data": False})
    kept = copy.copy(plan)
    kept.saves_data = False
    return kept


class _FoldedPlan:
    """What the engine asks a node's plan: here, that something is saved."""

    op = None
    names: tuple[str, ...] = ()
    rules: tuple[Any, ...] = ()
    saves: tuple[Any, ...] = ()
    saves_data = True


class Folded(Node):
    """One node for several, ``saved`` as the edges from which a step starts and the nodes that it goes through."""

    __slots__ = ()

    def name(self) -> str:
        return type(self).__name__

    def release(self) -> None:
        if self.plan.saves_data:
            self.saved = RELEASED

    def apply(self, xp: Any, grad: Any, needed: Any = None) -> list[tuple[Any, Any]]:
        """A backward pass from the outputs to the inputs, without hooks: nobody can see these nodes."""
        self.check_kept()
        roots, nodes = self.saved
        add = tracked._add if xp is tracked else np.add
        pending: dict[Any, Any] = {}
        contributions: Any = zip(roots, grad if type(grad) is list else [grad], strict=True)
        for node in [None, *nodes]:
            if node is not None:
                gradient = pending.pop(node, None)
                contributions = () if gradient is None else node.apply(xp, gradient)
            for edge, g in contributions:
                if edge is None or g is None:
                    continue
                g = g if node is None else _fit(xp, g, edge)
                sums: Any = pending
                place = edge
                if edge.__class__ is Output and any(edge.node is n for n in nodes):
                    sums = pending.setdefault(edge.node, [None] * edge.node.outputs)
                    place = edge.index
                before = sums[place] if type(sums) is list else sums.get(place)
                sums[place] = g if before is None else add(before, g)
        return [(edge, pending.pop(edge, None)) for edge in self.edges if edge is not None]


class FoldedSeveral(MultiOutputNode):
    """The same with several outputs."""

    __slots__ = ()
    name, release, apply = Folded.name, Folded.release, Folded.apply
