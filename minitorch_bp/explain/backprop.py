"""The backward pass on the side: every gradient, and what each node gives to each of its inputs, without touching any ``.grad``.

It is the engine's own algorithm (``core/engine``) with its own rules, except that nothing is released, written to a leaf, or shown to
hooks: what is drawn and replayed is what ``.backward()`` will compute.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.engine import _fit
from ..core.grad_mode import mode
from ..core.graph import MultiOutputNode, Node, Output
from ..core.namespaces import raw
from ..core.saved import RELEASED
from ..core.tensor import Tensor
from ..core.view import CopySlices, edge_of


def check_output(t: Any, function: str) -> Any:
    """The edge of a tensor whose graph is asked for; an error that a student understands if it has none."""
    if not isinstance(t, Tensor):
        raise TypeError(f"{function}() takes a tensor, such as a loss, but got {type(t).__name__}")
    edge = edge_of(t)
    if edge is None:
        raise RuntimeError(
            f"{function}(): this tensor has no graph, because nothing that it was computed from requires grad. Make the inputs with "
            "requires_grad=True (a model's parameters have it), and compute it outside of torch.no_grad()"
        )
    return edge


def place_of(edge: Any) -> Any:
    """What identifies a tensor in the graph: its node, (node, output number), or the leaf itself."""
    return (edge.node, edge.index) if isinstance(edge, Output) else edge


def node_of(edge: Any) -> Any:
    """The node of an edge, or None for a leaf."""
    node = edge.node if isinstance(edge, Output) else edge
    return node if isinstance(node, Node) else None


def nodes_below(edge: Any, limit: int | None = None) -> tuple[list[Node], bool]:
    """The nodes that an output depends on, oldest first, and whether that is all of them: at most ``limit``, the nearest ones."""
    import heapq

    first = node_of(edge)
    if first is None:
        return [], True
    seen, queue = {first}, [(-first.seq, first)]
    nodes: list[Node] = []
    while queue:
        if limit is not None and len(nodes) >= limit:
            return nodes[::-1], False
        _, node = heapq.heappop(queue)
        nodes.append(node)
        for e in node.edges:
            below = None if e is None else node_of(e)
            if below is not None and below not in seen:
                seen.add(below)
                heapq.heappush(queue, (-below.seq, below))
    return nodes[::-1], True


def is_released(node: Node) -> bool:
    """Whether a node's saved values were freed by a backward pass."""
    return node.saved is RELEASED or (isinstance(node, CopySlices) and node.inner.saved is RELEASED)


def shares(node: Node, grad: Any) -> list[Any]:
    """What a node gives to each of its edges for the gradient of its output (for several outputs, a list with None for those without)."""
    previous = mode.grad
    mode.update(grad=False)
    try:
        found = node.apply(raw, list(grad) if isinstance(grad, list) else grad)
    finally:
        mode.update(grad=previous)
    result: list[Any] = [None] * len(node.edges)
    open_ = list(range(len(node.edges)))
    for edge, g in found:
        k = next((k for k in open_ if node.edges[k] is edge), None)
        if k is not None:
            open_.remove(k)
            if edge is not None and g is not None:
                result[k] = np.array(_fit(raw, g, edge))
    return result


class Gradients:
    """All gradients below an output.

    Attributes
    ----------
    nodes : list of Node
        Oldest first.
    of : dict
        Place (see :func:`place_of`) -> the complete gradient.
    given : dict
        Node -> what it gives to each of its edges, None where there is nothing.
    """

    def __init__(self, edge: Any, nodes: list[Node], gradient: np.ndarray):
        self.nodes = nodes
        self.of: dict[Any, Any] = {place_of(edge): gradient}
        self.given: dict[Node, list[Any]] = {}
        for node in reversed(nodes):
            grad = self.at(node)
            if grad is None:
                continue
            self.given[node] = shares(node, grad)
            for e, g in zip(node.edges, self.given[node]):
                if e is not None and g is not None:
                    place = place_of(e)
                    before = self.of.get(place)
                    self.of[place] = g if before is None else before + g

    def at(self, node: Node) -> Any:
        """The gradient of a node's output: an array, a list of them for several outputs, or None."""
        if node.outputs == 1 and not isinstance(node, MultiOutputNode):
            return self.of.get(node)
        several = [self.of.get((node, k)) for k in range(node.outputs)]
        return None if all(g is None for g in several) else several


def seed_of(t: Tensor, gradient: Any, function: str) -> np.ndarray:
    """The gradient that backprop begins with: 1 for a single number, or what was given."""
    array = t._array
    if gradient is not None:
        given = np.asarray(gradient._array if isinstance(gradient, Tensor) else gradient, array.dtype)
        if given.shape != array.shape:
            raise RuntimeError(
                f"{function}(): the gradient has shape {list(given.shape)}, but the output has {list(array.shape)}: it must be the same"
            )
        return given
    if array.size != 1:
        raise RuntimeError(
            f"{function}(): backprop starts at a single number, but this tensor has shape {list(array.shape)}. Explain the loss, or "
            "reduce it with .sum() or .mean(), or pass gradient= of the same shape"
        )
    return np.ones(array.shape, array.dtype)
