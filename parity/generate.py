"""Random DAGs: programs drawn step by step, each legal by construction.

The generator runs its own program forward as it goes, so it knows every shape and never has to reject a program. Operands
are indices modulo the number of values so far: dependent draws would shrink badly, these shrink to a step or two.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import minitorch_bp

from .catalog import CATALOG, Entry
from .choices import Choices
from .program import Leaf, Program, Step, compiled

MAX_ELEMENTS = 48
MAX_SIZE = 1e3
_NAMES = list(CATALOG)


def _leaf_shape(draw: Choices, base: tuple[int, ...]) -> tuple[int, ...]:
    """A shape that broadcasts against the others: some trailing part of the base, with some sizes 1."""
    rank = draw.integer(0, len(base))
    return tuple(1 if draw.integer(0, 4) == 0 else n for n in base[len(base) - rank :])


def random_dag(draw: Choices, seed: int, ops: list[str] | None = None, max_steps: int = 10, values: str | None = None) -> Program:
    """A random DAG of at most ``max_steps`` operations, over all of the catalogue or the named part."""
    names = ops or _NAMES
    base = (draw.integer(1, 2), draw.integer(1, 3), draw.integer(1, 4))
    kind = values or draw.choice(("normal", "normal", "normal", "grid"))
    leaves = []
    for k in range(draw.integer(1, 3)):
        needs = k == 0 or draw.integer(0, 4) > 0
        leaves.append(Leaf(base if k == 0 else _leaf_shape(draw, base), seed * 10 + k, kind, needs))
    dtype = draw.choice(("float64", "float32"))
    with minitorch_bp.no_grad():
        known = [minitorch_bp.from_numpy(leaf.array(dtype)) for leaf in leaves]
        steps: list[Step] = []
        for _ in range(draw.integer(1, max_steps)):
            step = _draw_step(draw, CATALOG[names[draw.integer(0, len(names) - 1)]], known)
            steps.append(_tamed(step, known))
            known.append(_run(steps[-1], known))
    count = len(leaves) + len(steps)
    roots = {count - 1} | {draw.integer(0, count - 1) for _ in range(draw.integer(0, 2))}
    roots = {r for r in roots if known[r].is_floating_point()} or {0}
    return Program(tuple(leaves), tuple(steps), tuple(sorted(roots)), dtype, draw.integer(0, 2) == 0, seed)


def _run(step: Step, known: list[Any]) -> Any:
    return compiled(CATALOG[step.op].template)(minitorch_bp, [known[i] for i in step.operands], step.args)


def _tamed(step: Step, known: list[Any]) -> Step:
    """The step, or a harmless one where it would make values that are too large or too many."""
    value = _run(step, known)
    array = value.numpy() if isinstance(value, minitorch_bp.Tensor) else np.asarray(value)
    if array.dtype.kind != "f" or array.size > MAX_ELEMENTS:
        return Step("mean", step.operands[:1], {"dim": None, "keepdim": False})
    with np.errstate(invalid="ignore"):
        tame = not array.size or bool(np.nanmax(np.abs(np.where(np.isfinite(array), array, 0))) <= MAX_SIZE)
    return step if tame else Step("tanh", step.operands[:1])


def _draw_step(draw: Choices, entry: Entry, known: list[Any]) -> Step:
    """Operands and arguments for an entry; where nothing fits its kind, an operation that always does."""
    first = draw.integer(0, 63) % len(known)
    x = known[first]
    shape = tuple(x.shape)
    if entry.kind == "unary":
        return Step(entry.name, (first,)) if x.numel() else Step("clone", (first,))
    if entry.kind == "binary":
        second = draw.integer(0, 63) % len(known)
        for k in range(len(known)):  # the next value that broadcasts without growing
            candidate = (second + k) % len(known)
            if _broadcasts_into(tuple(known[candidate].shape), shape):
                return Step(entry.name, (first, candidate))
    if not x.numel():
        return Step("clone", (first,))
    if entry.kind == "reduce":
        dim = draw.integer(0, 7) % len(shape) if shape else None
        if dim is None or (("max" in entry.name or "min" in entry.name or "pair" in entry.name) and not shape):
            return Step("mean", (first,), {"dim": None, "keepdim": False})
        return Step(
            entry.name, (first,), {"dim": dim - (len(shape) if draw.integer(0, 1) else 0), "keepdim": bool(draw.integer(0, 1))}
        )
    if entry.kind == "dim":
        return Step(entry.name, (first,), {"dim": draw.integer(0, 7) % len(shape)}) if shape else Step("reshape", (first,))
    wanted = 2 if entry.kind == "matrix" else 3
    for k in range(len(known)):
        candidate = (first + k) % len(known)
        if known[candidate].ndim == wanted and known[candidate].numel():
            return Step(entry.name, (candidate,))
    return Step("reshape", (first,)) if not shape else Step("unsqueeze", (first,), {"dim": 0})


def _broadcasts_into(small: tuple[int, ...], large: tuple[int, ...]) -> bool:
    return len(small) <= len(large) and all(a in (1, b) for a, b in zip(reversed(small), reversed(large), strict=False))
