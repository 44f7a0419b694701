"""Backward formulas: what a node gives to each of its inputs, in names and in numbers.

The derivative rules themselves are the source: each is run once on expressions (see ``written``), and what comes out is its formula. So
what is shown is what runs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import MultiOutputNode, Node
from ..core.namespaces import raw
from ..core.tensor import Tensor
from ..core.view import CopySlices, edge_of
from .backprop import place_of
from .expression import Expr, Untraceable, named, write
from .model import Box, Link, Model
from .recovered import ARGUMENT, RESULT, operation, rule_arguments
from .written import formula


def backward_expressions(model: Model, node: Node, grad: Any) -> dict[int, Expr]:
    """Position among the node's edges -> what its rule gives there, as an expression in ``name.grad`` and saved values."""
    if isinstance(node, CopySlices) or operation(node) is None or node.plan.op is None:
        return {}
    name = model.of[node].name
    if isinstance(node, MultiOutputNode):
        incoming: Any = [None if g is None else named(f"{name}[{k}].grad", g) for k, g in enumerate(grad)]
    else:
        incoming = named(f"{name}.grad", grad)

    def name_of(kind: int, i: int, value: Any) -> str:
        if kind == ARGUMENT:
            saved = node.saved[node.plan.saves.index((kind, i))]
            if isinstance(saved, Tensor):
                edge = edge_of(saved)
                found = model.name_of(place_of(edge) if edge is not None else saved)
                if found != "?":
                    return found
            return operation(node).params[i]
        return model.name_of((node, i)) if kind == RESULT else f"{name}.saved{i or ''}"

    try:
        values = rule_arguments(node, node.unpack(raw), name_of)
    except RuntimeError:
        return {}
    found: dict[int, Expr] = {}
    with np.errstate(all="ignore"):
        for rule, reads, target in node.plan.rules:
            args = values if reads is None else [values[i] for i in reads]
            try:
                result = formula(operation(node), rule, incoming, args)
            except Exception:  # the formula is a comment beside the number, which the engine's own rule gives
                continue
            targets = list(range(len(node.edges))) if target is None else [target] if isinstance(target, int) else list(target)
            for k, g in zip(targets, result if isinstance(result, (tuple, list)) else [result]):
                if type(g) is Expr:
                    found[k] = g
    return found


def local_derivative(expr: Any, depth: int = 0) -> Any:
    """The formula of a contribution without its factor ``name.grad``; None where it is not a product with that."""
    if type(expr) is not Expr or depth > 50:
        return None
    if _is_grad(expr):
        return 1
    kind = expr.form[0]
    if kind == "infix" and expr.form[1] in ("*", "/"):
        left = local_derivative(expr.parts[0], depth + 1)
        if left is not None:
            if left == 1 if not isinstance(left, Expr) and type(left) is int else False:
                if expr.form[1] == "*":
                    return expr.parts[1]
            return Expr(expr.value, expr.form, (left, expr.parts[1]))
        right = local_derivative(expr.parts[1], depth + 1) if expr.form[1] == "*" else None
        if right is not None:
            return expr.parts[0] if type(right) is int and right == 1 else Expr(expr.value, expr.form, (expr.parts[0], right))
        return None
    if kind == "prefix":
        inner = local_derivative(expr.parts[0], depth + 1)
        return None if inner is None else -1 if type(inner) is int else Expr(expr.value, expr.form, (inner,))
    return None


def _is_grad(expr: Any) -> bool:
    return type(expr) is Expr and expr.form[0] == "name" and str(expr.form[1]).endswith(".grad")


def number(x: Any) -> str:
    """A number as it is shown: at most four digits."""
    x = x.item() if isinstance(x, (np.ndarray, np.generic)) else x
    if isinstance(x, bool):
        return str(x)
    if isinstance(x, complex):
        return f"({x:.4g})"
    if isinstance(x, int):
        return str(x)
    return (
        f"{x:.4g}"
        if abs(x) < 1e4 and (abs(x) >= 1e-3 or x == 0) and x != round(x)
        else f"{x:.0f}"
        if abs(x) < 1e6 and x == round(x)
        else f"{x:.3g}"
    )


def brief(x: Any) -> str:
    """A value in a few characters: a number, or a shape."""
    if x is None:
        return "?"
    if isinstance(x, (np.ndarray, np.generic)) and x.ndim:
        return f"{x.shape}"
    return number(x)


def text(expr: Any, filled: bool, most: int = 160) -> str:
    """A formula in names, or with numbers (and the shapes of arrays) filled in; empty if it is too long to read."""

    def name(e: Expr) -> str | None:
        return brief(e.value) if filled and e.form[0] == "name" else None

    try:
        result = write(expr, name, tight=True).replace("ops._", "").replace("ops.", "")
    except (Untraceable, RecursionError):
        return ""
    return result if len(result) <= most else ""


def contribution(expr: Any, filled: bool) -> str:
    """The same for what a node gives to an input; a gradient that is passed on unchanged is written ``c.grad * 1``."""
    if expr is None:
        return ""
    return text(expr, filled) + (" * 1" if _is_grad(expr) else "")


def annotate(model: Model, boxes: list[Box]) -> None:
    """Write the local derivative on each link of the boxes."""
    if model.gradients is None:
        return
    for box in boxes:
        if box.node is None or box.node not in model.gradients.given:
            continue
        found = backward_expressions(model, box.node, model.gradients.at(box.node))
        for link in box.links:
            local = local_derivative(found.get(link.position))
            if local is not None:
                link.local = text(local, False, 40)
                link.local_value = _value_of(link, box, local)


def _value_of(link: Link, box: Box, local: Any) -> Any:
    """The number of a local derivative between single numbers."""
    if box.shape or link.source.shape or link.share is None:
        return None
    if type(local) is int:
        return local
    if isinstance(local, (int, float)):
        return local
    ones = {}

    def value(e: Any) -> Any:
        if type(e) is not Expr:
            return e
        if id(e) not in ones:
            ones[id(e)] = _evaluate(e, value)
        return ones[id(e)]

    return value(local)


def _evaluate(e: Expr, value: Any) -> Any:
    """The value of a product from which the gradient has been taken out."""
    if e.form[0] == "infix" and e.form[1] in ("*", "/"):
        a, b = (value(p) for p in e.parts)
        return a * b if e.form[1] == "*" else a / b
    return -value(e.parts[0]) if e.form[0] == "prefix" else e.value
