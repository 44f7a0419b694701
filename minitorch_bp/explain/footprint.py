"""``explain.memory``: where the memory of a training step goes.

A node keeps what its derivative rules read (the names of their parameters say it), until the backward pass has run it. That, and not
the parameters, is what most of the memory of training is. Arrays that several nodes keep are counted once, at the first; parameters and
data are there anyway, and are counted apart.
"""

from __future__ import annotations

import copy
import tracemalloc
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np

from ..core.engine import _fit
from ..core.grad_mode import mode
from ..core.graph import MultiOutputNode, Node
from ..core.namespaces import raw
from ..core.saved import Packed, SavedResult
from ..core.tensor import Tensor, wrap
from ..core.view import CopySlices, edge_of
from .backprop import check_output, is_released, node_of, nodes_below, place_of, seed_of
from .model import collect
from .names import Names


@dataclass(eq=False)
class Kept:
    """One value that a node keeps: what the rule calls it, its shape, and the bytes that are alive because of it alone."""

    what: str
    shape: tuple[int, ...]
    nbytes: int
    kind: str  # activation, parameter, data, or shared (counted at another node)


@dataclass(eq=False)
class Row:
    """What one operation keeps."""

    name: str
    op: str
    module: str
    kept: list[Kept] = field(default_factory=list)

    @property
    def nbytes(self) -> int:
        """Bytes that the node adds."""
        return sum(k.nbytes for k in self.kept if k.kind == "activation")


class Memory:
    """The memory of a training step, in bytes.

    Parameters
    ----------
    rows : list
        What each operation keeps.
    sizes : dict
        The totals, by name.
    optimizer, peak : int or None

    Attributes
    ----------
    rows : list
        What each operation keeps, in the order of the forward pass.
    activations : int
        What is kept for the backward pass, beside parameters and data.
    parameters, data : int
        Of the leaves that need a gradient, and of the tensors that do not.
    gradients : int
        What the ``.grad`` of the leaves will take.
    optimizer : int or None
        What the optimizer keeps for them; None without an optimizer, or for one that cannot be tried.
    peak : int or None
        The most that the backward pass takes at one time, on top of parameters and data: what is still kept, gradients on their way, and
        what the rules need in between. None if the graph was freed.

    See Also
    --------
    memory : Makes one.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp import explain
    >>> a = torch.ones(10, requires_grad=True)
    >>> explain.memory(a.exp().sum()).activations
    40
    """

    def __init__(self, rows: list[Row], sizes: dict[str, int], optimizer: int | None, peak: int | None):
        self.rows, self.optimizer, self.peak = rows, optimizer, peak
        self.activations, self.parameters = sizes["activation"], sizes["parameter"]
        self.data, self.gradients = sizes["data"], sizes["gradient"]

    def by_module(self) -> dict[str, int]:
        """Bytes kept by the operations of each module.

        Returns
        -------
        dict of str to int
            The top is the empty name.
        """
        found: dict[str, int] = {}
        for row in self.rows:
            found[row.module] = found.get(row.module, 0) + row.nbytes
        return found

    def _totals(self) -> list[tuple[str, str]]:
        lines = [("kept for backward", shown(self.activations)), ("parameters", shown(self.parameters)), ("data", shown(self.data)),
                 ("gradients", shown(self.gradients))]  # fmt: skip
        if self.optimizer is not None:
            lines.append(("optimizer", shown(self.optimizer)))
        if self.peak is not None:
            lines.append(("peak of backward", shown(self.peak)))
        return lines

    def _table(self) -> list[list[str]]:
        return [
            [f"{row.op} {row.name}".strip(), row.module, ", ".join(f"{k.what} {k.shape}" + ("" if k.kind == "activation" else f" [{k.kind}]") for k in row.kept) or "nothing",
             shown(row.nbytes) if row.nbytes else "-"]
            for row in self.rows
        ]  # fmt: skip

    def text(self) -> str:
        """The table: each operation, its module, what it keeps, and the bytes; then by module, and in all.

        Returns
        -------
        str
            Several lines.
        """
        rows = [["operation", "module", "keeps", "bytes"], *self._table()]
        if not any(row[1] for row in rows[1:]):
            rows = [[r[0], r[2], r[3]] for r in rows]
        widths = [max(len(r[k]) for r in rows) for k in range(len(rows[0]))]
        lines = [
            "  ".join(c.rjust(w) if k == len(widths) - 1 else c.ljust(w) for k, (c, w) in enumerate(zip(r, widths))).rstrip()
            for r in rows
        ]
        lines.insert(1, "-" * max(map(len, lines)))
        modules = {name: n for name, n in self.by_module().items() if name}
        if len(modules) > 1:
            lines += [
                "",
                "by module",
                *(f"  {name or 'outside of modules':24s} {shown(n):>12s}" for name, n in self.by_module().items()),
            ]
        return "\n".join([*lines, "", *(f"{what:18s} {size:>12s}" for what, size in self._totals())])

    __str__ = text

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        cells = "".join(
            "<tr>" + "".join(f"<td style='text-align:left'>{escape(c)}</td>" for c in row) + "</tr>" for row in self._table()
        )
        totals = "".join(f"<tr><td style='text-align:left'>{a}</td><td>{b}</td></tr>" for a, b in self._totals())
        head = "<tr><th>operation</th><th>module</th><th>keeps</th><th>bytes</th></tr>"
        return {"text/plain": self.text(), "text/html": f"<table>{head}{cells}</table><table>{totals}</table>"}


def shown(n: int) -> str:
    """A number of bytes for people: ``1.5 MB``."""
    size = float(n)
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{n} B" if unit == "B" else f"{size:.4g} {unit}"
        size /= 1000
    return ""


def _root(array: np.ndarray) -> np.ndarray:
    """The array that owns the memory."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _saved(node: Node) -> list[tuple[str, np.ndarray, Any]]:
    """What a node keeps: name, array, and the tensor if it is one."""
    inner = node.inner if isinstance(node, CopySlices) else node
    if is_released(node):
        return []
    names = list(getattr(inner.plan, "names", ())) if inner.plan is not None else []
    found: list[tuple[str, np.ndarray, Any]] = []
    for k, value in enumerate(inner.saved):
        name = names[k] if k < len(names) else f"saved {k}"
        if isinstance(value, Packed):
            value = value.content
        if isinstance(value, SavedResult):
            found.append((name, value.array, None))
        elif isinstance(value, Tensor):
            found.append((name, value._array, value))
        elif isinstance(value, np.ndarray):
            found.append((name.replace("hidden", "hidden "), value, None))
    for name, value in getattr(inner, "__dict__", {}).items():  # ctx.mask = ... of a Function
        if isinstance(value, (Tensor, np.ndarray)):
            found.append((name, value._array if isinstance(value, Tensor) else value, value if isinstance(value, Tensor) else None))
    return found


def memory(loss: Any, optimizer: Any = None, *, gradient: Any = None, names: dict[str, Any] | None = None) -> Memory:
    """Say where the memory of a training step goes: what each operation keeps for the backward pass, and the peak.

    Parameters
    ----------
    loss : Tensor
        Before ``backward()``, which frees what is kept.
    optimizer : Optimizer, optional
        To count what it keeps, too. It is not changed: one that has not made a step yet is tried on a copy.
    gradient : Tensor, optional
        The gradient of the output, for one that is not a single number.
    names : dict, optional
        Names for tensors, if the variables of the caller are not the wanted ones.

    Returns
    -------
    Memory
        ``print`` it; the figures are attributes.

    Raises
    ------
    RuntimeError
        If the tensor has no graph.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp import explain
    >>> x, w = torch.ones(4, 3), torch.ones(3, requires_grad=True)
    >>> loss = torch.tanh(x @ w).sum()
    >>> usage = explain.memory(loss)
    >>> [(row.op, [kept.what for kept in row.kept], row.nbytes) for row in usage.rows]
    [('MatrixVectorMult', ['input'], 0), ('Tanh', ['result'], 16), ('Sum', [], 0)]
    >>> usage.activations, usage.parameters, usage.data, usage.gradients
    (16, 12, 48, 12)
    """
    edge = check_output(loss, "memory")
    seed = seed_of(loss, gradient, "memory")
    nodes, _ = nodes_below(edge)
    model = collect(loss, Names(names), None, 2000) if len(nodes) <= 2000 else None
    leaves = {id(e): e for node in nodes for e in node.edges if isinstance(e, Tensor)}
    if isinstance(edge, Tensor):
        leaves[id(edge)] = edge
    owners = {id(_root(t._array)): ("parameter", _root(t._array)) for t in leaves.values()}
    counted: dict[int, np.ndarray] = {}
    rows: list[Row] = []
    holders: dict[int, list[Node]] = {}
    for node in nodes:
        box = model.of.get(node) if model is not None else None
        row = Row(box.name if box else "", box.op if box else node.name(), box.module if box else "")
        for what, array, t in _saved(node):
            root = _root(array)
            if t is not None and edge_of(t) is None and t._fn is None:
                owners.setdefault(id(root), ("data", root))
            kind = owners[id(root)][0] if id(root) in owners else "shared" if id(root) in counted else "activation"
            if kind == "activation":
                counted[id(root)] = root
            if kind in ("activation", "shared"):
                holders.setdefault(id(root), []).append(node)
            row.kept.append(Kept(what, array.shape, root.nbytes if kind == "activation" else 0, kind))
        rows.append(row)
    sizes = {
        "activation": sum(r.nbytes for r in counted.values()),
        "parameter": sum(r.nbytes for kind, r in owners.values() if kind == "parameter"),
        "data": sum(r.nbytes for kind, r in owners.values() if kind == "data"),
        "gradient": sum(t._array.nbytes for t in leaves.values()),
    }
    peak = None if any(map(is_released, nodes)) else _peak(edge, nodes, seed, counted, holders)
    return Memory(rows, sizes, None if optimizer is None else _of_optimizer(optimizer), peak)


def _peak(edge: Any, nodes: list[Node], seed: np.ndarray, counted: dict[int, np.ndarray], holders: dict[int, list[Node]]) -> int:
    """Run the backward pass on the side, node by node, and measure: what is still kept, and all that is allocated meanwhile."""
    last: dict[Node, int] = {}  # node -> bytes that are free once it has run
    first = {node: k for k, node in enumerate(nodes)}
    for key, root in counted.items():
        node = min(holders[key], key=first.__getitem__)  # the last to run, since the oldest runs last
        last[node] = last.get(node, 0) + root.nbytes
    alive, most = sum(root.nbytes for root in counted.values()), 0
    found: Any = None
    running = tracemalloc.is_tracing()
    previous = mode.grad
    if not running:
        tracemalloc.start()
    try:
        mode.update(grad=False)
        base = tracemalloc.get_traced_memory()[0]
        pending: dict[Any, Any] = {place_of(edge): seed.copy()}
        for node in reversed(nodes):
            grad = _taken(node, pending)
            if grad is not None:
                tracemalloc.reset_peak()
                found = node.apply(raw, grad)  # those of the node before are alive until now, as in the engine
                for e, g in found:
                    if e is not None and g is not None:
                        _arrive(pending, e, g)
                most = max(most, alive + tracemalloc.get_traced_memory()[1] - base)
            del grad
            alive -= last.get(node, 0)
    finally:
        mode.update(grad=previous)
        if not running:
            tracemalloc.stop()
    return most


def _taken(node: Node, pending: dict[Any, Any]) -> Any:
    if isinstance(node, MultiOutputNode) or node.outputs > 1:
        several = [pending.pop((node, k), None) for k in range(node.outputs)]
        return None if all(g is None for g in several) else several
    return pending.pop(node, None)


def _arrive(pending: dict[Any, Any], edge: Any, g: Any) -> None:
    g = _fit(raw, g, edge._array if isinstance(edge, Tensor) else edge)
    place = place_of(edge)
    before = pending.get(place)
    pending[place] = (g.copy() if node_of(edge) is None and g.base is not None else g) if before is None else before + g


def _of_optimizer(optimizer: Any) -> int | None:
    """The bytes of an optimizer's state; of one without any yet, those of a copy that has made a step."""
    if not optimizer.state:
        try:
            optimizer = copy.deepcopy(optimizer)
            for group in optimizer.param_groups:
                for p in group["params"]:
                    p._grad = wrap(np.zeros_like(p._array))
            optimizer.step()
        except Exception:  # one that needs a closure
            return None
    return sum(v._array.nbytes for state in optimizer.state.values() for v in state.values() if isinstance(v, Tensor))
