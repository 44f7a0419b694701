"""Calls recovered from the graph: with which arguments an operation was called, as far as its node still knows.

A node keeps what its rules read, and its edges lead to the inputs that need a gradient; between them they know most calls completely:
``b**3`` keeps b and 3, ``a * b`` both factors, ``relu(h)`` has an edge to h. What neither knows (the 2 of ``a + 2``) is ``UNKNOWN``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import Node
from ..core.op import ARGUMENT, HIDDEN, MISSING, NEEDS, RESULT, SHAPE
from ..core.saved import RELEASED, Packed, SavedResult
from ..core.tensor import Tensor
from ..core.view import CopySlices


class _Unknown:
    def __repr__(self) -> str:
        return "?"


UNKNOWN: Any = _Unknown()


class Edge:
    """An argument that is known by the edge to it."""

    __slots__ = ("edge",)

    def __init__(self, edge: Any):
        self.edge = edge


def operation(node: Node) -> Any:
    """The node's entry in the table of operations, or None (a Function of the user's)."""
    if isinstance(node, CopySlices):
        node = node.inner
    return node.plan.op if node.plan is not None else None


def saved_tensors(node: Node) -> list[Tensor]:
    """The tensors that a node keeps, in the version that it saved."""
    if node.saved is RELEASED or not node.saved:
        return []
    kept = []
    for value, version in zip(node.saved, node.versions):
        if isinstance(value, Packed):
            continue
        if isinstance(value, Tensor) and (value._cell is None or version is None or value._cell[0] == version):
            kept.append(value)
    return kept


def own_result(node: Node) -> np.ndarray | None:
    """The array of the node's own output, if it keeps that."""
    if node.saved is RELEASED or not node.saved:
        return None
    for value, version in zip(node.saved, node.versions):
        if isinstance(value, SavedResult) and version == 0 and value.cell[0] == value.version:
            return value.array
    return None


def arguments(node: Node, defaults: bool = False) -> list[Any] | None:
    """The arguments of the call, in the order of the kernel: plain values, saved tensors, :class:`Edge` or ``UNKNOWN``.

    ``defaults``: what is not known is taken to be the kernel's default. None for a Function of the user's.
    """
    op = operation(node)
    if op is None:
        return None
    if isinstance(node, CopySlices):
        node = node.inner
    plan = node.plan
    saved: dict[int, Any] = {}
    if node.saved is not RELEASED:
        for (kind, i), value in zip(plan.saves, node.saved):
            if kind == ARGUMENT and not isinstance(value, Packed):
                saved[i] = value
    if op.sequence:
        first = tuple(UNKNOWN if e is None else Edge(e) for e in node.edges)
        rest = [saved.get(i, op.default_values[i]) for i in range(1, len(op.params))]
        return [first, *(UNKNOWN if r is MISSING else r for r in rest)]
    edges = dict(zip(op.differentiable, node.edges))
    result = []
    for i in range(len(op.params)):
        value = saved.get(i, MISSING)
        if value is MISSING and edges.get(i) is not None:
            value = Edge(edges[i])
        if value is MISSING and defaults:
            value = op.default_values[i]
        result.append(UNKNOWN if value is MISSING else value)
    return result


def rule_arguments(node: Node, values: list[Any], name_of: Any) -> list[Any]:
    """What the rules read, as expressions where it is an array: ``name_of(kind, position, value)`` names each."""
    from .expression import named

    read = []
    for (kind, i), value in zip(node.plan.saves, values):
        array = isinstance(value, (np.ndarray, np.generic))
        read.append(named(name_of(kind, i, value), value) if array and kind not in (SHAPE, NEEDS) else value)
    return read


__all__ = [
    "ARGUMENT",
    "HIDDEN",
    "RESULT",
    "UNKNOWN",
    "Edge",
    "arguments",
    "operation",
    "own_result",
    "rule_arguments",
    "saved_tensors",
]
