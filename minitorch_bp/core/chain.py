"""One node as the chain of nodes that PyTorch has in its place.

A fused operation records a single node, for speed. When somebody looks at it (``grad_fn``, ``next_functions``), it becomes what it is
in PyTorch: the composition is computed once more on the saved values, and its nodes take the place of the one. They are real nodes:
hooks on them run, and what they save can be read. A value that was not kept, because no rule needs it, is replaced by zeros that
nothing reads.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .grad_mode import mode
from .graph import Node, next_sequence_number
from .saved import RELEASED, Packed
from .tensor import Tensor, wrap


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
    if hasattr(new, "shown"):
        node.shown = new.shown
    for made in (node, *chain[1:]):
        if released and made.plan.saves_data:
            made.saved = RELEASED
