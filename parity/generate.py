"""Random DAGs: programs drawn step by step, each legal by construction.

The generator runs its own program forward as it goes, so it knows every shape and never has to reject a program. Operands
are indices modulo the number of values so far: dependent draws would shrink badly, these shrink to a step or two.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

import minitorch_bp

from .catalog import CATALOG
from .catalog.entry import Entry
from .choices import Choices
from .program import Leaf, Program, Step, compiled

MAX_ELEMENTS = 48
MAX_SIZE = 1e3
_NAMES = list(CATALOG)
_WRITES = [name for name in _NAMES if CATALOG[name].writes]


def _leaf_shape(draw: Choices, base: tuple[int, ...]) -> tuple[int, ...]:
    """A shape that broadcasts against the others: some trailing part of the base, with some sizes 1."""
    rank = draw.integer(0, len(base))
    return tuple(1 if draw.integer(0, 4) == 0 else n for n in base[len(base) - rank :])


_KINDS = ("normal",) * 7 + ("grid",) * 3 + ("special", "zeros")
_LAYOUTS = ("plain",) * 4 + ("transposed", "step")
_OTHER_TYPES = ("int64", "bool", "float32", "float64", "int32")


def _draw_leaves(draw: Choices, seed: int, values: str | None) -> tuple[Leaf, ...]:
    base: tuple[int, ...] = (draw.integer(1, 2), draw.integer(1, 3), draw.integer(1, 4))
    if draw.integer(0, 15) == 15:
        base = draw.choice(((), (0,), (2, 0), (3,), (1,)))
    kind = values or draw.choice(_KINDS)
    leaves = []
    for k in range(draw.integer(1, 3)):
        needs = k == 0 or draw.integer(0, 4) > 0
        dtype = draw.choice(_OTHER_TYPES) if k and draw.integer(0, 7) == 7 else None
        needs = needs and (dtype is None or dtype.startswith("float"))
        shape = base if k == 0 else _leaf_shape(draw, base)
        leaves.append(Leaf(shape, seed * 10 + k, kind, needs, draw.choice(_LAYOUTS), dtype))
    return tuple(leaves)


def random_dag(
    draw: Choices, seed: int, ops: list[str] | None = None, max_steps: int = 10, values: str | None = None, watch: Any = None
) -> Program:
    """A random DAG of at most ``max_steps`` operations, over all of the catalogue or the named part.

    A few steps are drawn without regard for what fits: the program may then be illegal, and ends there. Both frameworks
    must refuse it at the same step with the same type of error. ``watch(function, *args)``, if given, times the calls of
    minitorch_bp.
    """
    execute = _run if watch is None else functools.partial(watch, _run)
    names = ops or _NAMES
    leaves = _draw_leaves(draw, seed, values)
    dtype = draw.choice(("float64", "float32"))
    with minitorch_bp.no_grad():
        known = [minitorch_bp.from_numpy(leaf.array(dtype)) for leaf in leaves]
        steps: list[Step] = []
        for _ in range(draw.integer(1, max_steps)):
            entry = CATALOG[names[draw.integer(0, len(names) - 1)]]
            if ops is None and draw.integer(0, 31) == 31:  # what was saved and then written to must be noticed
                entry = CATALOG[draw.choice(_WRITES)]
            wild = draw.integer(0, 63) == 63 and not entry.legal_only
            step = _wild_step(draw, entry, known) if wild else _draw_step(draw, entry, known)
            if CATALOG[step.op].writes and any(CATALOG[s.op].read_only for s in steps):
                step = Step("clone", step.operands)
            try:
                value = execute(step, known)
            except Exception:
                steps.append(step)  # an illegal program ends here
                break
            if not wild and not _is_tame(value):
                step = _harmless(step, known)
                value = execute(step, known)
            steps.append(step)
            known.append(value)
    count = len(known)
    roots = {count - 1} | {draw.integer(0, count - 1) for _ in range(draw.integer(0, 2))}
    roots = {r for r in roots if known[r].is_floating_point()} or {0}
    # The second derivative at an infinity or NaN is a matter of which terms an implementation leaves out.
    second = draw.integer(0, 2) == 0 and not any(leaf.values == "special" for leaf in leaves)
    second = second and not any(CATALOG[s.op].once for s in steps)
    mode = draw.choice(("backward",) * 5 + ("twice", "grad", "inputs"))
    hooked: tuple[int, ...] = (draw.integer(0, count - 1),) if draw.integer(0, 5) == 5 else ()
    if not all(CATALOG[s.op].hookable for s in steps):
        hooked = ()
    if second:  # a hook on an operation's result sees the second derivative, too, if the operation saved its result
        hooked = tuple(i for i in hooked if i < len(leaves))
    return Program(leaves, tuple(steps), tuple(sorted(roots)), dtype, second, seed, hooked, mode)


def _run(step: Step, known: list[Any]) -> Any:
    value = compiled(CATALOG[step.op].template)(minitorch_bp, [known[i] for i in step.operands], step.args)
    return value if isinstance(value, minitorch_bp.Tensor) else minitorch_bp.tensor(value)


def _is_tame(value: Any) -> bool:
    """Whether a value is of floating type, not too large and has not too many elements."""
    array = value.numpy()
    if array.dtype.kind != "f" or array.size > MAX_ELEMENTS:
        return False
    if not array.size:
        return True
    if array.min() >= -MAX_SIZE and array.max() <= MAX_SIZE:
        return True
    finite = array[np.isfinite(array)]
    return bool(not finite.size or np.abs(finite).max() <= MAX_SIZE)


def _harmless(step: Step, known: list[Any]) -> Step:
    x = known[step.operands[0]]
    if not x.is_floating_point() or not x.numel():
        return Step("mul_scalar", step.operands[:1])
    return (
        Step("tanh", step.operands[:1])
        if x.numel() <= MAX_ELEMENTS
        else Step("mean", step.operands[:1], {"dim": None, "keepdim": False})
    )


def _wild_step(draw: Choices, entry: Entry, known: list[Any]) -> Step:
    """Any operands, any dimension: perhaps illegal."""
    count = 2 if entry.kind == "binary" else 1
    operands = tuple(draw.integer(0, 63) % len(known) for _ in range(count))
    args: dict[str, Any] = {}
    if entry.kind in ("reduce", "dim"):
        args["dim"] = draw.integer(-4, 4)
    if entry.kind == "reduce":
        args["keepdim"] = bool(draw.integer(0, 1))
    return Step(entry.name, operands, args)


def _draw_step(draw: Choices, entry: Entry, known: list[Any]) -> Step:
    """Operands and arguments for an entry; where nothing fits its kind, an operation that always does."""
    first = draw.integer(0, 63) % len(known)
    x = known[first]
    shape = tuple(x.shape)
    if entry.floats_only and not x.is_floating_point():
        return Step("clone", (first,))
    if entry.kind == "unary":
        return Step(entry.name, (first,)) if x.numel() else Step("clone", (first,))
    if entry.kind == "binary":
        second = draw.integer(0, 63) % len(known)
        for k in range(len(known)):  # the next value that broadcasts without growing
            candidate = (second + k) % len(known)
            if entry.floats_only and not known[candidate].is_floating_point():
                continue
            if _broadcasts_into(tuple(known[candidate].shape), shape):
                return Step(entry.name, (first, candidate))
    if not x.numel():
        return Step("clone", (first,))
    if entry.kind == "reduce":
        if not shape:
            return Step("mean", (first,), {"dim": None, "keepdim": False})
        dim = draw.integer(0, 7) % len(shape) - (len(shape) if draw.integer(0, 1) else 0)
        return Step(entry.name, (first,), {"dim": dim, "keepdim": bool(draw.integer(0, 1))})
    if entry.kind == "dim":
        return Step(entry.name, (first,), {"dim": draw.integer(0, 7) % len(shape)}) if shape else Step("reshape", (first,))
    wanted = 2 if entry.kind == "matrix" else 3
    for k in range(len(known)):
        candidate = (first + k) % len(known)
        fits = known[candidate].ndim == wanted and known[candidate].numel()
        if fits and (known[candidate].is_floating_point() or not entry.floats_only):
            return Step(entry.name, (candidate,))
    return Step("reshape", (first,)) if not shape else Step("unsqueeze", (first,), {"dim": 0})


def _broadcasts_into(small: tuple[int, ...], large: tuple[int, ...]) -> bool:
    return len(small) <= len(large) and all(a in (1, b) for a, b in zip(reversed(small), reversed(large), strict=False))
