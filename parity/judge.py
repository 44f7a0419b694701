"""Judgement: when are two results the same?

Not by taste. In float64 two correct implementations differ by a few rounding errors, so the bound is a small multiple of
the unit of the *largest number that took part*, since sums may cancel. In float32 the judge is a float64 run of the same
program: ours may be at most a small factor further from it than PyTorch is. And where a difference remains, PyTorch is
asked whether it agrees with itself when its inputs, and the results of library functions, move by one unit in the last place:
a program that is that sensitive (a sort of near-equal numbers, a rounding, the slope of a saturated tanh) has no single right
answer in floating point.

:func:`close` judges two arrays, whatever they come from; :func:`differs` what may also be a number or an undefined gradient.
:func:`compare_calls` judges two runs of a call, a module or a training, :func:`compare` two runs of a program.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .outcome import Mismatch, Outcome, array_of
from .program import Program, run

FACTOR = 64.0  # roundings that a short program may accumulate


# ---------------------------------------------------------------------- two results
def close(a: Any, b: Any, *, scale: Any, eps: float, exact: Any = None, factor: float = FACTOR) -> bool:
    """Whether two arrays agree (see the module's text), ``b`` being PyTorch's.

    ``scale`` is the largest number that took part, or a function that gives it if need be; ``factor`` the roundings that are
    allowed; ``exact`` the result in float64, from which ``a`` may be four times as far as ``b``.
    """
    if a.dtype == b.dtype and np.array_equal(a, b):  # most are
        return True
    if a.shape != b.shape or a.dtype != b.dtype or a.dtype.kind not in "fc":
        return False
    with np.errstate(invalid="ignore", over="ignore"):
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        x, y = a[~same], b[~same]
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            return False
        distance = np.abs(x - y).max(initial=0)
        allowed = factor * eps * (scale() if callable(scale) else scale)
        if exact is not None and exact.shape == b.shape and np.isfinite(exact).all():
            allowed = max(allowed, 4 * float(np.abs(y - exact[~same]).max(initial=0)))
            distance = max(distance, np.abs(x - exact[~same]).max(initial=0))
        return bool(distance <= allowed)


def differs(a: Any, b: Any, **options: Any) -> bool:
    """Whether two results are not the same: arrays and floating-point numbers by :func:`close`, anything else as it stands."""
    if a is None or b is None:
        return not (_is_zero(a) and _is_zero(b))  # an undefined gradient is a zero
    if isinstance(b, (float, complex)) and isinstance(a, (float, complex)):
        a, b = np.asarray(a), np.asarray(b)
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return not close(a, b, **options)
    return isinstance(a, np.ndarray) or isinstance(b, np.ndarray) or not (a == b or (a != a and b != b))


def signs_differ(a: Any, b: Any) -> bool:
    """Whether a zero has another sign (which no closeness shows)."""
    if a.dtype.kind == "c":
        return signs_differ(a.real, b.real) or signs_differ(a.imag, b.imag)
    return a.dtype.kind == "f" and bool(((np.signbit(a) != np.signbit(b)) & (a == 0) & (b == 0)).any())


def same_bits(a: Any, b: Any) -> bool:
    """Whether two arrays are the same, with the signs of zeros (and NaN in the same places, whatever its bits)."""
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    return a.tobytes() == b.tobytes() or (np.array_equal(a, b, equal_nan=a.dtype.kind in "fc") and not signs_differ(a, b))


def _is_zero(t: Any) -> bool:
    return t is None or not np.any(array_of(t))


def largest(results: Iterable[Any]) -> float:
    """The largest finite number in results and arguments, at least 1."""
    top = 1.0
    for x in map(array_of, results):
        if isinstance(x, np.ndarray) and x.size and x.dtype.kind in "fc":
            sizes = np.abs(x)
            top = max(top, float(np.max(sizes, where=np.isfinite(sizes), initial=0)))
    return top


def ulps(a: np.ndarray, b: np.ndarray) -> float:
    """The largest distance of two arrays, in units of the last place of ``b`` (0 where both are NaN or equal)."""
    if a.dtype.kind != "f" or a.shape != b.shape or not a.size:
        return 0.0
    with np.errstate(invalid="ignore", over="ignore"):
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        distance = np.abs(a.astype(np.float64) - b) / np.spacing(np.maximum(np.abs(b), np.finfo(b.dtype).tiny))
    return float(np.max(np.where(same, 0.0, distance), initial=0.0))


# ---------------------------------------------------------------------- two runs of a call, a module or a training
def compare_facts(ours: Outcome, theirs: Outcome) -> Mismatch | None:
    """The first difference in what must be equal as it stands."""
    for name in {**theirs.facts, **ours.facts}:
        a, b = ours.facts.get(name), theirs.facts.get(name)
        bits = [(x.dtype, x.shape, x.tobytes()) if isinstance(x, np.ndarray) else x for x in (a, b)]
        if bits[0] != bits[1]:
            return Mismatch(name, a, b, certain=True)
    return None


def compare_start(ours: Outcome, theirs: Outcome) -> Mismatch | None:
    """The first difference in the type of the error and in what must be equal as it stands."""
    if type(ours.error) is not type(theirs.error):
        return Mismatch("error", ours.error, theirs.error, certain=True)
    return compare_facts(ours, theirs)


def compare_calls(
    ours: Outcome,
    theirs: Outcome,
    part: str,
    exact: Outcome | None = None,
    moved: Callable[[], list[Outcome]] | None = None,
    **options: Any,
) -> Mismatch | None:
    """The first difference in one part of two runs, or None; ``moved`` gives PyTorch's runs on inputs that are moved a little,
    and the other ``options`` are those of :func:`close`."""
    x, y = getattr(ours, part), getattr(theirs, part)
    if len(x) != len(y):
        return Mismatch(f"number of {part}", len(x), len(y))
    z = getattr(exact, part) if exact is not None and len(getattr(exact, part)) == len(y) else [None] * len(y)
    for k, (a, b) in enumerate(zip(x, y, strict=True)):
        a, b = array_of(a), array_of(b)
        if differs(a, b, exact=z[k] if isinstance(z[k], np.ndarray) else None, **options):
            if moved is None or not _as_sensitive(a, b, [getattr(m, part)[k : k + 1] for m in moved()]):
                return Mismatch(f"{part}[{k}]", a, b)
    return None


def _as_sensitive(a: Any, b: Any, moved: list[list[Any]]) -> bool:
    """Whether PyTorch's own result moves as much when its inputs move by a few units in the last place."""
    if not isinstance(b, np.ndarray) or not isinstance(a, np.ndarray) or a.shape != b.shape or a.dtype != b.dtype:
        return False
    reach = 0.0
    for others in moved:
        for other in others:
            if isinstance(other, np.ndarray) and other.shape == b.shape:
                change = np.abs(other - b)
                reach = max(reach, float(change[np.isfinite(change)].max(initial=0)))
    with np.errstate(all="ignore"):
        far = np.abs(a - b)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    return bool(np.where(same, 0, np.nan_to_num(far, nan=np.inf)).max(initial=0) <= 16 * reach)


# ---------------------------------------------------------------------- two runs of a program
_GROUPS = ("values", "leaf_grads", "value_grads", "second")
#: Programs that were accepted because PyTorch disagrees with itself on them (see :func:`_sensitive`); campaigns count them.
SENSITIVE: list[Program] = []


def compare(program: Program, ours: Outcome, theirs: Outcome, torch: Any, watch: Any = None) -> Mismatch | None:
    """The first difference between two runs, or None. ``watch(function, *args)``, if given, times further runs."""
    execute = run if watch is None else functools.partial(watch, run)
    if type(ours.error) is not type(theirs.error) or ours.failed_at != theirs.failed_at:
        return Mismatch(f"error at step {ours.failed_at}, {theirs.failed_at}", ours.error, theirs.error)
    mismatch = _first_difference(program, ours, theirs, None)
    if mismatch is None or (mismatch.certain and mismatch.where not in theirs.facts):
        return mismatch
    if program.dtype == "float32" or any(leaf.dtype == "float32" for leaf in program.leaves):
        mismatch = _first_difference(program, ours, theirs, execute(program, torch, "float64"))
    if mismatch is not None and _sensitive(program, theirs, torch):
        SENSITIVE.append(program)
        return None
    return mismatch


def _first_difference(program: Program, ours: Outcome, theirs: Outcome, exact: Outcome | None) -> Mismatch | None:
    eps, scale = _unit(program, theirs), functools.cache(lambda: _scale(program, theirs))
    steps = len(program.steps)
    special = any(leaf.values == "special" for leaf in program.leaves)
    loose_from = next((k for k, e in enumerate(program.entries) if special and e.loose_at_infinity), steps)
    masked = special and (steps > 1 or loose_from == 0)
    groups, last = _comparable(program, ours, theirs, loose_from < steps)
    for group in groups:
        mine, reference = getattr(ours, group), getattr(theirs, group)
        judged = getattr(exact, group) if exact is not None else []
        if len(mine) != len(reference):
            return Mismatch(f"number of {group}", len(mine), len(reference), certain=True)
        bound: Any = scale if group != "second" else lambda: scale() ** 2
        equal = [True] * len(program.leaves)  # whether leaves and values are the same bits
        for k, (a, b) in enumerate(zip(mine, reference, strict=True)):
            if group == "values" and (k >= last or k > loose_from):
                break
            where = f"{group}[{k}]" + (f" ({program.steps[k].op})" if group in ("values", "value_grads") else "")
            if a is None or b is None:
                if differs(a, b):
                    return Mismatch(where, a, b, certain=True)
                continue
            if _kind(a) != _kind(b):
                return Mismatch(where + ": shape, dtype, requires_grad, is_leaf", _kind(a), _kind(b), certain=True)
            if group == "values" and program.layout_is_fixed(k) and a.is_contiguous() != b.is_contiguous():
                return Mismatch(where + ": strides", a.stride(), b.stride(), certain=True)
            x, y = array_of(a), array_of(b)
            z = array_of(judged[k]) if k < len(judged) else None
            if group == "second":  # at sqrt(0) and the like, terms that one side leaves out are infinite
                x, y = (np.where(np.isfinite(x) & np.isfinite(y), v, 0) for v in (x, y))
            elif masked and (group != "values" or k == loose_from):
                finite = np.isfinite(x) & np.isfinite(y)
                if group == "value_grads":
                    finite &= np.isfinite(np.asarray(array_of(theirs.values[k])))
                elif group == "leaf_grads":
                    finite &= np.isfinite([leaf for leaf in program.leaves if leaf.requires_grad][k].array(program.dtype))
                x, y = (np.where(finite, v, 0) for v in (x, y))
            if not close(x, y, scale=bound, eps=eps, exact=z):
                return Mismatch(where, a, b, z)
            if group == "values" and not masked:
                unlike = _unlike(program, k, a, b, equal)
                if unlike is not None:
                    return Mismatch(f"{where}: {unlike[0]}", unlike[1], unlike[2], certain=True)
    return _difference_of_state(program, ours, theirs)


_NAMES: dict[type, str] = {}


def _node(t: Any) -> str:
    """The name of a value's node."""
    kind = type(t.grad_fn)
    name = _NAMES.get(kind)
    if name is None:
        name = _NAMES[kind] = kind.__name__
    return name


def _unlike(program: Program, k: int, a: Any, b: Any, equal: list[bool]) -> tuple[str, Any, Any] | None:
    """What strict comparison of a step's result finds, and both: bits, the node's name, the printed form (of one in eight programs).

    Bits are compared where those of all operands were the same, and the operation leaves no choice.
    """
    step, entry = program.steps[k], program.entries[k]
    x, y = array_of(a), array_of(b)
    same = same_bits(x, y)
    if not same and entry.exact and all(equal[i] for i in step.operands):
        return "bits, or the sign of a zero", a, b
    equal.append(same)
    renamed = any(e.writes for e in program.entries)  # (a later write gives an earlier value another node)
    if not renamed and not any(e.node or e.itself_or_copy for e in program.entries[: k + 1]):
        names = _node(a), _node(b)
        if names[0] != names[1]:
            return "name of the node", *names
        if same and program.seed % 8 == k % 8:
            texts = repr(a), repr(b)
            if texts[0] != texts[1]:
                return "printed form", *texts
    return None


def _difference_of_state(program: Program, ours: Outcome, theirs: Outcome) -> Mismatch | None:
    """The first difference in what a run leaves behind: shared memory, the generator's state, the order of hooks."""
    shared = _shared(ours) - _shared(theirs) if program.mode != "grad" and _shared(ours) else None
    if shared:
        where = "pairs of leaves' .grad (and gradients given to backward) in the same memory"
        return Mismatch(where, shared, "none", certain=True)
    mismatch = compare_facts(ours, theirs)
    if mismatch is None and not _hooks_move(program, ours, theirs):
        if ours.hook_order != theirs.hook_order:
            return Mismatch("order of hooks", ours.hook_order, theirs.hook_order, certain=True)
    return mismatch


def _comparable(program: Program, ours: Outcome, theirs: Outcome, loose: bool) -> tuple[tuple[str, ...], int]:
    """The groups that mean something, and the number of steps whose values do.

    Random numbers fill memory in its order: after an operation whose layout is free, they are other numbers.
    """
    steps = len(program.steps)
    if _hooks_move(program, ours, theirs):
        parted = next(k for k, (a, b) in enumerate(zip(ours.views, theirs.views, strict=True)) if a != b)
        return (("values",), steps) if program.layout_is_fixed(parted) else ((), 0)
    for k, entry in enumerate(program.entries):
        if entry.random and not program.layout_is_fixed(k):
            return ("values",), k
        if entry.itself_or_copy and not program.layout_is_fixed(k):
            written = any(e.writes for e in program.entries[k:])  # then to either
            return ((), 0) if written else (("values", "leaf_grads"), steps)
        if entry.deviation and k < len(theirs.values):
            x = array_of(theirs.values[k])
            if x.size and np.nanmin(np.abs(x)) < 1e-6:
                return ("values",), steps
    return (("values",) if loose else _GROUPS), steps


def _shared(outcome: Outcome) -> set[tuple[int, int]]:
    """Pairs of a leaf's gradient and another's, or one given to backward, in the same memory: adding to one changes the other."""
    arrays = [array_of(g) for g in outcome.leaf_grads + outcome.cotangents]
    pairs = ((i, k) for i in range(len(outcome.leaf_grads)) for k in range(i + 1, len(arrays)))
    return {
        (i, k) for i, k in pairs if arrays[i] is not None and arrays[k] is not None and np.may_share_memory(arrays[i], arrays[k])
    }


def _hooks_move(program: Program, ours: Outcome, theirs: Outcome) -> bool:
    """Whether a write moves hooks in PyTorch: some of its operations (linear, max_pool2d of three dimensions) return a view of
    something inside of them."""
    return ours.views != theirs.views and any(e.writes for e in program.entries)


def first_divergence(program: Program, torch: Any) -> str:
    """Where two runs part: the first value in the order of the forward pass, or the first gradient in that of backward."""
    import minitorch_bp

    ours, theirs = run(program, minitorch_bp), run(program, torch)
    options: dict[str, Any] = {"eps": _unit(program, theirs), "scale": _scale(program, theirs)}
    for group, order, kind in (("values", 1, "value"), ("value_grads", -1, "gradient")):
        for k, (a, b) in list(enumerate(zip(getattr(ours, group), getattr(theirs, group), strict=False)))[::order]:
            if a is not None and b is not None and differs(array_of(a), array_of(b), **options):
                return f"first diverges at the {kind} of v{len(program.leaves) + k} = {program.steps[k].op}"
    return "no value or gradient of a step diverges by itself"


# ---------------------------------------------------------------------- bounds of a program
def _scale(program: Program, outcome: Outcome) -> float:
    """The largest finite number anywhere in a run."""
    top = largest(t for group in _GROUPS for t in getattr(outcome, group))
    return top * _inverse_deviations(program, outcome)


def _inverse_deviations(program: Program, outcome: Outcome) -> float:
    """The numbers that took part inside of a normalization: its gradient is a difference of terms of the size of the incoming
    gradient over the deviation, of which PyTorch's result (its own rounding is 30 units for a deviation of 0.03) shows nothing."""
    top = 1.0
    for step, entry, _ in zip(program.steps, program.entries, outcome.values, strict=False):  # with an error, there are fewer
        if entry.normalizes:
            at = step.operands[0] - len(program.leaves)
            x = array_of(outcome.values[at]) if at >= 0 else program.leaves[step.operands[0]].array(program.dtype)
            if x.size and x.ndim and np.isfinite(x).all():
                x = x.astype(np.float64)
                rows = x.reshape(len(x), -1) if entry.normalizes == "groups" else x.reshape(-1, x.shape[-1])
                top *= float(1 / np.sqrt(rows.var(1).min() + 1e-5))
    return max(top, 1.0)


def _unit(program: Program, outcome: Outcome) -> float:
    """The relative size of one rounding, in the least precise type that took part; larger where PyTorch's own function is
    a truncated series."""
    kinds = {program.dtype} | {leaf.dtype for leaf in program.leaves if leaf.dtype and leaf.dtype.startswith("float")}
    kinds |= {k for k in map(_type_name, {v.dtype for v in outcome.values}) if k.startswith("float")}
    if any(leaf.dtype and not leaf.dtype.startswith("float") for leaf in program.leaves):
        kinds.add("float32")  # what integers become on the way
    eps = max(float(np.finfo(k).eps) for k in kinds)
    return max(eps, 1e-10) if any(e.series for e in program.entries) else eps


@functools.cache
def _type_name(dtype: Any) -> str:
    return str(dtype).rpartition(".")[2]


def _kind(t: Any) -> tuple[Any, ...]:
    return (tuple(t.shape), _type_name(t.dtype), t.requires_grad, t.is_leaf)


def _sensitive(program: Program, theirs: Outcome, torch: Any) -> bool:
    """Whether PyTorch disagrees with itself when inputs and library functions move by a few units in the last place."""
    eps, scale = _unit(program, theirs), _scale(program, theirs)
    for nudge in (1, 2, 3, 4):
        moved = run(program, torch, nudge=nudge)
        if moved.facts != theirs.facts:  # how much was drawn hangs on the sign of what is nothing but rounding
            return True
        for group in _GROUPS:
            bound = FACTOR * eps * (scale if group != "second" else scale * scale)
            for a, b in zip(getattr(moved, group), getattr(theirs, group), strict=False):
                x, y = array_of(a), array_of(b)
                if x is None or y is None:
                    continue
                if x.shape != y.shape:
                    return True
                if x.size and x.dtype.kind == "f":
                    with np.errstate(invalid="ignore"):
                        change = np.abs(x - y)
                    if np.max(change, where=np.isfinite(change), initial=0) > bound / 4:
                        return True
    return False
