"""Recording: making the node of a call, with its edges and saved values."""

from __future__ import annotations

from typing import Any

import numpy as np

from .compiled import exchangeable
from .grad_mode import mode
from .graph import MultiOutputNode, Node, NodeBase, Output, next_sequence_number
from .op import ARGUMENT, HIDDEN, RESULT, SHAPE, Op, Plan
from .saved import SavedResult, Watched
from .tensor import Tensor, TensorBase
from .view import CopySlices, edge_of

_new_node = Node.__new__
_F32, _F64 = np.dtype(np.float32), np.dtype(np.float64)


@exchangeable  # by ``explain``
def record(
    op: Op, args: tuple[Any, ...], values: tuple[Any, ...], outs: tuple[Tensor, ...], writes: int = 0, hidden: Any = ()
) -> Node | None:
    """Make the node of one call the history of its outputs; None (and nothing done) if no input needs a gradient.

    ``args`` are the arguments as given (the edges come from them), ``values`` the same after promotion (these are
    saved). ``writes`` is 1 for an in-place call, whose result will be one version further on. ``hidden`` are the arrays
    that the kernel returned for its rules only.
    """
    edges: list[Any] = []
    t: TensorBase
    mask, bit = 0, 1
    for i in op.differentiable:
        a = args[i]
        edge = None
        if isinstance(a, Tensor):
            t = a
            if t._requires_grad:
                edge = (t._fn or a) if t._view is None else edge_of(a)
                if edge is not None:
                    mask |= bit
        elif op.sequence:
            edges = [edge_of(each) for each in a]
            mask = any(e is not None for e in edges)
            break
        edges.append(edge)
        bit += bit
    if not mask:
        return None
    node = new_node(op.plans.get(mask) or op.plan(mask), tuple(edges), args, values, outs, writes, hidden)
    if not writes:
        if node.__class__ is Node:
            t = outs[0]
            t._requires_grad = True
            t._fn = node
        else:
            for k, t in enumerate(outs):
                t._requires_grad = True
                t._fn = Output(node, k, t._array)
    return node


def new_node(plan: Plan, edges: tuple[Any, ...], args: Any, values: Any, outs: Any, writes: int = 0, hidden: Any = ()) -> Node:
    """A node with its saved values; ``record`` without the question whether to."""
    saved: list[Any] = []
    versions: list[Any] = []
    t: TensorBase
    for kind, i in plan.saves:
        version: Any = None
        if kind == ARGUMENT:
            value = values[i]
            if isinstance(value, Tensor):
                t = value
                cell = t._cell
                version = 0 if cell is None else cell[0]
        elif kind == RESULT:
            t = outs[i]
            cell = t._cell
            if cell is None:
                cell = t._cell = [0]
            value, version = SavedResult(t._array, cell, cell[0] + writes), i
        elif kind == HIDDEN:
            value = hidden[i]
            if value is not None and value.dtype.kind in "fcV":
                version = i
        elif kind == SHAPE:
            a = args[i]
            value = a._array.shape if isinstance(a, Tensor) else [each._array.shape for each in a] if plan.op.sequence else ()
        else:
            value = plan.needs
        saved.append(value)
        versions.append(version)
    node: NodeBase
    if plan.op.outputs != ("*",):
        node = _new_node(Node)
    else:
        several = node = _new_node(MultiOutputNode)
        several.outputs = len(outs)
        several.forms = [(each._array.shape, each._array.dtype) for each in outs]
    t = outs[0]
    out = t._array
    d = out.dtype
    node.plan = plan if d is _F32 or d is _F64 else plan.for_type(d)
    node.edges = edges
    node.saved = saved
    node.versions = versions
    node.seq = next_sequence_number()
    node.shape = out.shape
    node.dtype = d
    node.hooks = None
    recording = mode.recording
    if recording is not True and recording:
        recording.on_record(node)
    return node


def watch_indices(t: Tensor, index: Any) -> Tensor:
    """The result of indexing, or the target of an assignment, whose gradient needs the index tensors as they are now."""
    entries = index if type(index) in (tuple, list) else (index,)
    tensors = [i for i in entries if isinstance(i, Tensor) and i._array.dtype.kind == "i"]
    node = t._fn if t._view is None else edge_of(t._view.base)
    node = node.inner if isinstance(node, CopySlices) else node
    if tensors and isinstance(node, Node) and "index" in node.plan.names:
        k = node.plan.names.index("index")
        saved, versions = list(node.saved), list(node.versions)
        saved[k], versions[k] = Watched(saved[k], tensors), 0
        node.saved, node.versions = saved, versions
    return t
