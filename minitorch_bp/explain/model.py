"""The picture's model: boxes for inputs and operations, and links between them, made from a graph.

:func:`collect` walks the graph below an output and makes a :class:`Box` for every leaf, every operation, and every tensor without a
gradient that an operation is known to have used. Values come from the tensors that nodes keep, from the caller's variables, and
where neither has them, from computing the operation again on what is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..core.graph import Node
from ..core.tensor import Tensor
from ..core.view import CopySlices, edge_of
from .backprop import Gradients, is_released, node_of, nodes_below, place_of
from .expression import Expr, Untraceable, named, write
from .names import Names, free_names
from .recovered import UNKNOWN, Edge, arguments, operation, own_result, saved_tensors
from .written import text_of


@dataclass(eq=False)
class Link:
    """One argument of an operation: from the box that it comes from, with what flows back along it."""

    source: Box
    place: Any = None
    position: int = -1  # among the node's edges; -1 for what needs no gradient
    local: str = ""  # the local derivative, "3 * b**2"
    local_value: Any = None
    share: Any = None  # what the node gives to this input


@dataclass(eq=False)
class Box:
    """An input, a constant, an operation, or a group of them."""

    kind: str  # input, data, operation, failed, group, more
    op: str = ""
    name: str = ""
    node: Node | None = None
    shape: tuple[int, ...] = ()
    dtype: Any = None
    value: Any = None
    grad: Any = None
    links: list[Link] = field(default_factory=list)
    module: str = ""
    formula: str = ""
    note: str = ""
    members: list[Box] = field(default_factory=list)
    number: int = 0

    @property
    def title(self) -> str:
        """``Add c``, ``Input a``, ..."""
        return f"{self.op} {self.name}".strip()

    @property
    def needs_grad(self) -> bool:
        return self.kind != "data"


_SUFFIXES = ("Backward0", "Backward1", "Backward2", "Backward3", "Backward4", "Backward", "Backwards")
#: What an operation is called on a blackboard, where the node's own name is a programmer's.
_PLAIN = {"Mv": "MatrixVectorMult", "Mm": "MatrixMult", "Bmm": "BatchMatrixMult", "T": "Transpose"}


def short_name(node: Any) -> str:
    """``Add`` of ``AddBackward0``."""
    name = node.name()
    for suffix in _SUFFIXES:
        if name.endswith(suffix):
            name = name.removesuffix(suffix)
            break
    op = operation(node)
    if op is not None and op.name == "linear":
        return "Linear"
    return _PLAIN.get(name, name)


class Model:
    """The boxes of a graph, inputs first.

    Attributes
    ----------
    boxes : list of Box
        In an order in which every box comes after those that it is computed from.
    of : dict
        Node or leaf -> its box.
    notes : list of str
        What a reader must know: values that were freed, nodes that were left out.
    """

    def __init__(self) -> None:
        self.boxes: list[Box] = []
        self.of: dict[Any, Box] = {}
        self.notes: list[str] = []
        self.output: Box | None = None
        self.gradients: Gradients | None = None
        self.kept: list[Any] = []

    def name_of(self, place: Any) -> str:
        """The name of a node's output or a leaf."""
        node, k = place if isinstance(place, tuple) else (place, None)
        box = self.of.get(node)
        name = box.name if box is not None else "?"
        return f"{name}[{k}]" if k is not None and getattr(node, "outputs", 1) > 1 else name


def collect(t: Any, names: Names, seed: np.ndarray | None, limit: int = 5000, tape: Any = None) -> Model:
    """The model of the graph of ``t``; with ``seed``, the gradient of the output, also of its backward pass.

    Without ``t`` it is that of all that a tape has recorded.
    """
    model = Model()
    edge = None if t is None else edge_of(t)
    nodes, complete = nodes_below(edge, limit) if t is not None else (tape.nodes(), True)
    if not complete:
        model.notes.append(f"Only the {limit:,} operations nearest to the output are drawn; the graph has more.")
    inside = set(nodes)
    values = _values(t, nodes, names, tape)
    own = _own_names(names)
    for node in nodes:
        box = Box("operation", short_name(node), own.get(node, ""), node, node.shape, node.dtype, values.get(place_of_first(node)))
        inputs = list(node.edges)
        for k, e in enumerate(inputs):
            if e is None:
                continue
            below = node_of(e)
            if below is not None and below not in inside:
                box.note = "computed from more than is drawn"
                continue
            source = model.of.get(below if below is not None else e)
            if source is None:  # a leaf
                source = model.of[e] = Box("input", "Input", own.get(e, ""), None, e._array.shape, e._array.dtype, e._array)
                model.boxes.append(source)
            box.links.append(Link(source, place_of(e), k))
        for data in _data_of(node, tape):
            source = model.of.get(data)
            if source is None:
                source = model.of[data] = Box(
                    "data", "Data", names.get(data), None, data._array.shape, data._array.dtype, data._array
                )
                model.boxes.append(source)
            box.links.append(Link(source))
        box.module = tape.module_of(node) if tape is not None else ""
        model.boxes.append(box)
        model.of[node] = box
    if t is None:
        tape.add_failure(model, names)
    elif not nodes:  # a leaf alone
        model.of[edge] = Box("input", "Input", own.get(edge, ""), None, t._array.shape, t._array.dtype, t._array)
        model.boxes.append(model.of[edge])
    if t is not None:
        model.output = model.of[node_of(edge) if nodes else edge]
        if nodes and t is not edge:
            model.output.name = names.get(t) or model.output.name
    _fill_names(model)
    _fill_values(model, nodes, tape)
    for box in model.boxes:
        if box.kind == "input" and "." in box.name:
            box.module = box.name.rpartition(".")[0]
    if tape is None:
        _guess_modules(model)
    if any(is_released(n) for n in nodes):
        model.notes.append(
            "backward() has freed the saved values: draw before it, or call it with retain_graph=True, to see gradients."
        )
        for box in model.boxes:
            if box.kind == "input" and box.node is None:
                leaf = next((k for k, b in model.of.items() if b is box), None)
                box.grad = leaf._grad._array if isinstance(leaf, Tensor) and leaf._grad is not None else None
    elif seed is not None and complete:
        model.gradients = gradients = Gradients(edge, nodes, seed)
        for key, box in model.of.items():
            if box.kind != "data":
                box.grad = gradients.of.get(key, gradients.of.get((key, 0)))
        for node, given in gradients.given.items():
            for link in model.of[node].links:
                if link.position >= 0:
                    link.share = given[link.position]
    for k, box in enumerate(model.boxes):
        box.number = k
    return model


def place_of_first(node: Node) -> Any:
    return node if node.outputs == 1 and type(node).__name__ != "MultiOutputNode" else (node, 0)


def _own_names(names: Names) -> dict[Any, str]:
    """Node or leaf -> the name of the variable that holds its output."""
    own: dict[Any, str] = {}
    for t in names.tensors:
        edge = edge_of(t)
        node = node_of(edge) if edge is not None else None
        if edge is not None:
            own.setdefault(node if node is not None else edge, names.get(t))
    return own


def _values(t: Any, nodes: list[Node], names: Names, tape: Any) -> dict[Any, np.ndarray]:
    values: dict[Any, np.ndarray] = {}
    for node in nodes:
        for saved in saved_tensors(node):
            if saved._fn is not None and saved._view is None:
                values.setdefault(place_of(saved._fn), saved._array)
        result = own_result(node)
        if result is not None:
            values.setdefault(place_of_first(node), result)
    for other in (*names.tensors, *([] if t is None else [t]), *(tape.tensors if tape is not None else ())):
        edge = edge_of(other)
        if edge is not None and edge is not other:
            values.setdefault(place_of(edge), other._array)
    return values


def _data_of(node: Node, tape: Any) -> list[Tensor]:
    """The tensors without a gradient that an operation used, as far as is known."""
    if isinstance(node, CopySlices):
        return []
    recorded = tape.tensors_of(node) if tape is not None else None
    kept = recorded if recorded is not None else saved_tensors(node)
    return [t for t in kept if edge_of(t) is None and t._array.size]


def _fill_names(model: Model) -> None:
    """Give letters to what the caller has no name for."""
    free = free_names([b.name for b in model.boxes if b.name], sum(not b.name for b in model.boxes))
    for kinds in (("input", "data"), ("operation", "failed")):
        for box in model.boxes:
            if not box.name and box.kind in kinds:
                box.name = next(free)


def _expression_of(model: Model, node: Node, tape: Any) -> tuple[Any, bool]:
    """The forward formula of a node, and whether every value in it is known."""
    args = arguments(node, defaults=True)
    recorded = tape.arguments_of(node) if tape is not None and args is not None else None
    if recorded is not None and len(recorded) == len(args or ()):
        args = [r if a is UNKNOWN else a for a, r in zip(args or (), recorded)]
    if args is None or isinstance(node, CopySlices):
        return None, False
    complete = True

    def argument(a: Any) -> Any:
        nonlocal complete
        if isinstance(a, Edge):
            box = model.of.get(node_of(a.edge) if node_of(a.edge) is not None else a.edge)
            place = place_of(a.edge)
            value = box.value if box is not None and (not isinstance(place, tuple) or place[1] == 0) else None
            if value is None:
                complete = False
                like = a.edge._array if isinstance(a.edge, Tensor) else a.edge
                value = np.ones(like.shape, like.dtype)
            return named(model.name_of(place), value)
        if isinstance(a, Tensor):
            edge = edge_of(a)
            name = model.name_of(place_of(edge) if edge is not None else a)
            return a._array if name == "?" and not a._array.ndim else named(name, a._array)
        if type(a) is tuple and a and isinstance(a[0], (Edge, type(UNKNOWN))):
            return [argument(x) for x in a]
        if a is UNKNOWN:
            complete = False
            return named("…", np.ones(node.shape, node.dtype))
        return a

    values = [argument(a) for a in args]
    try:
        with np.errstate(all="ignore"):
            return text_of(operation(node).name, None, *values), complete
    except Exception:  # a kernel on stand-ins for unknown values may refuse them
        return None, False


def _fill_values(model: Model, nodes: list[Node], tape: Any) -> None:
    """Forward formulas, and the values that nobody kept, computed again."""
    for node in nodes if len(nodes) <= 2000 else ():
        box = model.of[node]
        found, complete = _expression_of(model, node, tape)
        if found is None:
            continue
        first = found[0] if isinstance(found, (tuple, list)) else found
        if type(first) is not Expr:
            continue
        box.formula = formula_text(first)
        if box.value is None and complete and np.shape(first.value) == node.shape:
            box.value = np.asarray(first.value)


def formula_text(expr: Any, name: Any = lambda e: None, most: int = 120) -> str:
    """An expression as one line for people; empty if it is too long or has no text."""
    try:
        text = write(expr, name, tight=True)
    except (Untraceable, RecursionError):
        return ""
    text = text.replace("ops._", "").replace("ops.", "")
    return text if len(text) <= most else ""


def _guess_modules(model: Model) -> None:
    """Which module an operation belongs to, where nobody watched: that of the parameters that it uses, else of what it continues."""
    for box in model.boxes:
        if box.kind != "operation" or not box.shape:  # (a single number is a loss)
            continue
        direct = [link.source.module for link in box.links if link.source.kind == "input" and link.source.module]
        above = direct or [link.source.module for link in box.links if link.source.kind == "operation" and link.source.module]
        if above:
            parts = [m.split(".") for m in above]
            common = []
            for level in zip(*parts):
                if len(set(level)) > 1:
                    break
                common.append(level[0])
            box.module = ".".join(common)
