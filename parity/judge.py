"""Judgement: when are two results the same?

Not by taste. In float64 two correct implementations differ by a few rounding errors, so the bound is a small multiple of
the unit of the *largest number that took part*, since sums may cancel. In float32 the judge is a float64 run of the same
program: ours may be at most a small factor further from it than PyTorch is. And where a difference remains, PyTorch is
asked whether it agrees with itself when its inputs, and the results of library functions, move by one unit in the last place:
a program that is that sensitive (a sort of near-equal numbers, a rounding, the slope of a saturated tanh) has no single right
answer in floating point.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from .catalog import CATALOG, LOOSE_AT_INFINITY, WRITES
from .catalog_tail import NAMES as TAIL
from .program import Outcome, Program, run

FACTOR = 64.0  # roundings that a short program may accumulate


@dataclass
class Mismatch:
    """One difference: where, and both values."""

    where: str
    ours: Any
    theirs: Any
    exact: Any = None

    def __str__(self) -> str:
        lines = [f"{self.where}:", f"  minitorch_bp {_short(self.ours)}", f"  torch        {_short(self.theirs)}"]
        if self.exact is not None:
            lines.append(f"  in float64   {_short(self.exact)}")
        return "\n".join(lines)


def _short(value: Any) -> str:
    text = repr(value if not hasattr(value, "detach") else value.detach())
    return " ".join(text.split())[:400]


def array_of(t: Any) -> np.ndarray | None:
    """The numbers of a tensor of either framework."""
    return None if t is None else t.numpy(force=True)


def compare_start(ours: dict[str, Any], theirs: dict[str, Any]) -> Mismatch | None:
    """The first difference in how two runs of a module began: the error's type, or a parameter's initial bits."""
    if type(ours["error"]) is not type(theirs["error"]):
        return Mismatch("error", ours["error"], theirs["error"])
    if theirs["error"] is not None:
        return None
    if list(ours["initial"]) != list(theirs["initial"]):
        return Mismatch("names of the state_dict", list(ours["initial"]), list(theirs["initial"]))
    for name, value in ours["initial"].items():
        if value.numpy().tobytes() != theirs["initial"][name].numpy().tobytes():
            return Mismatch(f"initial {name}, which must be bit-equal", value, theirs["initial"][name])
    return None


def _inverse_deviations(program: Program, outcome: Outcome) -> float:
    """The numbers that took part inside of a normalization: its gradient is a difference of terms of the size of the incoming
    gradient over the deviation, of which PyTorch's result (its own rounding is 30 units for a deviation of 0.03) shows nothing."""
    largest = 1.0
    for step, _ in zip(program.steps, outcome.values, strict=False):  # an outcome that ended in an error has fewer values
        if step.op.startswith(("layer_norm", "group_norm", "instance_norm")):
            at = step.operands[0] - len(program.leaves)
            x = array_of(outcome.values[at]) if at >= 0 else program.leaves[step.operands[0]].array(program.dtype)
            if x is not None and x.size and x.ndim and np.isfinite(x).all():
                x = x.astype(np.float64)
                rows = x.reshape(len(x), -1) if step.op.startswith("group_norm") else x.reshape(-1, x.shape[-1])
                largest *= float(1 / np.sqrt(rows.var(1).min() + 1e-5))
    return max(largest, 1.0)


def _scale(program: Program, outcome: Outcome) -> float:
    """The largest finite number anywhere in a run."""
    largest = 1.0
    for group in (outcome.values, outcome.leaf_grads, outcome.value_grads, outcome.second):
        for t in group:
            x = array_of(t)
            if x is not None and x.size and x.dtype.kind == "f":
                finite = np.abs(x[np.isfinite(x)])
                largest = max(largest, float(finite.max())) if finite.size else largest
    return largest * _inverse_deviations(program, outcome)


def close(a: np.ndarray, b: np.ndarray, scale: Any, eps: float, exact: np.ndarray | None = None) -> bool:
    """Whether two arrays agree (see the module's text); ``scale`` is a number, or a function that gives it if need be."""
    if np.array_equal(a, b):  # most are
        return True
    if a.dtype.kind != "f":
        return False
    with np.errstate(invalid="ignore", over="ignore"):
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        if same.all():
            return True
        if not np.isfinite(a[~same]).all() or not np.isfinite(b[~same]).all():
            return False
        allowed = FACTOR * eps * (scale() if callable(scale) else scale)
        if exact is not None and np.isfinite(exact).all():
            allowed = max(allowed, 4 * float(np.abs(b - exact).max()))
            return bool(np.abs(a - exact).max() <= allowed)
        return bool(np.abs(a - b)[~same].max() <= allowed)


def _unit(program: Program, outcome: Outcome) -> float:
    """The relative size of one rounding, in the least precise type that took part; larger where PyTorch's own function is
    a truncated series."""
    kinds = {program.dtype} | {leaf.dtype for leaf in program.leaves if leaf.dtype and leaf.dtype.startswith("float")}
    kinds |= {k for k in map(_type_name, {v.dtype for v in outcome.values}) if k.startswith("float")}
    if any(leaf.dtype and not leaf.dtype.startswith("float") for leaf in program.leaves):
        kinds.add("float32")  # what integers become on the way
    eps = max(float(np.finfo(k).eps) for k in kinds)
    return max(eps, 1e-10) if any(CATALOG[s.op].series for s in program.steps) else eps


_GROUPS = ("values", "leaf_grads", "value_grads", "second")


def compare(program: Program, ours: Outcome, theirs: Outcome, torch: Any, watch: Any = None) -> Mismatch | None:
    """The first difference between two runs, or None. ``watch(function, *args)``, if given, times further runs."""
    execute = run if watch is None else functools.partial(watch, run)
    if type(ours.error) is not type(theirs.error) or ours.failed_at != theirs.failed_at:
        return Mismatch(f"error at step {ours.failed_at}, {theirs.failed_at}", ours.error, theirs.error)
    found = _first_difference(program, ours, theirs, None)
    if found is None or found.exact == "kind":
        return found
    single = program.dtype == "float32" or any(leaf.dtype == "float32" for leaf in program.leaves)
    exact = execute(program, torch, "float64") if single else None
    if exact is not None:
        found = _first_difference(program, ours, theirs, exact)
    if found is not None and _sensitive(program, theirs, torch):
        SENSITIVE.append(program)
        return None
    return found


#: Programs that were accepted because PyTorch disagrees with itself on them (see :func:`_sensitive`); campaigns count them.
SENSITIVE: list[Program] = []


def ulps(a: np.ndarray, b: np.ndarray) -> float:
    """The largest distance of two arrays, in units of the last place of ``b`` (0 where both are NaN or equal)."""
    if a.dtype.kind != "f" or a.shape != b.shape or not a.size:
        return 0.0
    with np.errstate(invalid="ignore", over="ignore"):
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        distance = np.abs(a.astype(np.float64) - b) / np.spacing(np.maximum(np.abs(b), np.finfo(b.dtype).tiny))
    return float(np.max(np.where(same, 0.0, distance), initial=0.0))


def _first_difference(program: Program, ours: Outcome, theirs: Outcome, exact: Outcome | None) -> Mismatch | None:
    eps = _unit(program, theirs)
    scale = functools.cache(lambda: _scale(program, theirs))
    special = any(leaf.values == "special" for leaf in program.leaves)
    loose = special and (len(program.steps) > 1 or program.steps[0].op in LOOSE_AT_INFINITY)
    groups, last = _comparable(program, ours, theirs, loose)
    for group in groups:
        mine, reference = getattr(ours, group), getattr(theirs, group)
        judged = getattr(exact, group) if exact is not None else [None] * len(reference)
        if len(mine) != len(reference):
            return Mismatch(f"number of {group}", len(mine), len(reference), "kind")
        bound: Any = scale if group != "second" else lambda: scale() ** 2
        for k, (a, b) in enumerate(zip(mine, reference, strict=True)):
            if group == "values" and k >= last:
                break
            if (a is None) != (b is None):
                if _is_zero(a) and _is_zero(b):
                    continue  # an undefined gradient is a zero
                return Mismatch(_where(program, group, k), a, b, "kind")
            if a is None or (special and group == "values" and any(s.op in LOOSE_AT_INFINITY for s in program.steps[:k])):
                continue
            if _kind(a) != _kind(b):
                where = _where(program, group, k) + ": shape, dtype, requires_grad, is_leaf"
                return Mismatch(where, _kind(a), _kind(b), "kind")
            if group == "values" and _fixed_layout(program, k) and a.is_contiguous() != b.is_contiguous():
                return Mismatch(_where(program, group, k) + ": strides", a.stride(), b.stride(), "kind")
            x, y = array_of(a), array_of(b)
            z = array_of(judged[k]) if k < len(judged) and judged[k] is not None else None
            assert x is not None and y is not None
            if group == "second":  # at sqrt(0) and the like, terms that one side leaves out are infinite
                x, y = (np.where(np.isfinite(x) & np.isfinite(y), v, 0) for v in (x, y))
            if loose and (group != "values" or any(s.op in LOOSE_AT_INFINITY for s in program.steps[: k + 1])):
                finite = np.isfinite(x) & np.isfinite(y)
                if group == "value_grads":
                    finite &= np.isfinite(np.asarray(array_of(theirs.values[k])))
                elif group == "leaf_grads":
                    finite &= np.isfinite([leaf for leaf in program.leaves if leaf.requires_grad][k].array(program.dtype))
                x, y = (np.where(finite, v, 0) for v in (x, y))
            if not close(x, y, bound, eps, z if z is not None and z.shape == x.shape else None):
                return Mismatch(_where(program, group, k), a, b, z)
    shared = _shared(ours) - _shared(theirs) if program.mode != "grad" and _shared(ours) else None
    if shared:
        return Mismatch("pairs of leaves' .grad (and gradients given to backward) in the same memory", shared, "none", "kind")
    if ours.random_state != theirs.random_state:
        return Mismatch("state of the random generator", "differs", "differs", "kind")
    if (
        not _hooks_move(program, ours, theirs)
        and _fixed_layout(program, len(program.steps))
        and ours.hook_order != theirs.hook_order
    ):
        return Mismatch("order of hooks", ours.hook_order, theirs.hook_order, "kind")
    return None


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
    return ours.views != theirs.views and any(s.op in WRITES for s in program.steps)


def _comparable(program: Program, ours: Outcome, theirs: Outcome, loose: bool) -> tuple[tuple[str, ...], int]:
    """The groups that mean something, and the number of steps whose values do.

    Random numbers fill memory in its order: after an operation whose layout is free, they are other numbers. The derivative
    of a standard deviation that is zero but for rounding is rounding divided by rounding.
    """
    if _hooks_move(program, ours, theirs):
        parted = next(k for k, (a, b) in enumerate(zip(ours.views, theirs.views, strict=True)) if a != b)
        return (("values",), len(program.steps)) if _fixed_layout(program, parted) else ((), 0)
    for k, step in enumerate(program.steps):
        if CATALOG[step.op].random and not _fixed_layout(program, k):
            return ("values",), k
        if step.op.startswith(_ITSELF_OR_A_COPY) and not _fixed_layout(program, k):
            written = any(s.op in WRITES for s in program.steps[k:])  # then to either
            return ((), 0) if written else (("values", "leaf_grads"), len(program.steps))
        if step.op.startswith("std") and k < len(theirs.values):
            x = array_of(theirs.values[k])
            if x is not None and x.size and np.nanmin(np.abs(x)) < 1e-6:
                return ("values",), len(program.steps)
    if loose and any(s.op in LOOSE_AT_INFINITY for s in program.steps):
        return ("values",), len(program.steps)
    return _GROUPS, len(program.steps)


def _where(program: Program, group: str, k: int) -> str:
    return f"{group}[{k}]" + (f" ({program.steps[k].op})" if group in ("values", "value_grads") else "")


def _fixed_layout(program: Program, k: int) -> bool:
    """Whether the result's memory layout is compared.

    Not where PyTorch's own iteration decides it: two operands that lie differently, einsum, indexing by tensors and lists, the
    longer tail (LAPACK's results lie column by column);
    and not for a tensor that is both permuted and expanded, which is made contiguous here and stays permuted there.
    """
    return all(
        CATALOG[s.op].kind != "binary" and not s.op.startswith(_FREE_LAYOUT) and s.op not in TAIL for s in program.steps[: k + 1]
    )


_ITSELF_OR_A_COPY = ("contiguous", "ravel", "flatten", "reshape")
_FREE_LAYOUT = ("einsum", "glu", "stack", "cat", "hstack", "vstack", "roll", "expand", "getitem", "advanced", "int_then_list")


def first_divergence(program: Program, torch: Any) -> str:
    """Where two runs part: the first value in the order of the forward pass, or the first gradient in that of backward."""
    import minitorch_bp

    ours, theirs = run(program, minitorch_bp), run(program, torch)
    eps, scale = _unit(program, theirs), _scale(program, theirs)
    found = ""
    for group, order in (("values", 1), ("value_grads", -1)):
        pairs = list(enumerate(zip(getattr(ours, group), getattr(theirs, group), strict=False)))[::order]
        for k, (a, b) in pairs:
            x, y = array_of(a), array_of(b)
            if not found and x is not None and y is not None and (x.shape != y.shape or not close(x, y, scale, eps)):
                kind = "value" if group == "values" else "gradient"
                found = f"first diverges at the {kind} of v{len(program.leaves) + k} = {program.steps[k].op}"
    return found or "no value or gradient of a step diverges by itself"


def _is_zero(t: Any) -> bool:
    x = array_of(t)
    return x is None or not x.any()


@functools.cache
def _type_name(dtype: Any) -> str:
    return str(dtype).rpartition(".")[2]


def _kind(t: Any) -> tuple[Any, ...]:
    return (tuple(t.shape), _type_name(t.dtype), t.requires_grad, t.is_leaf)


def _sensitive(program: Program, theirs: Outcome, torch: Any) -> bool:
    """Whether PyTorch disagrees with itself when inputs and library functions move by a few units in the last place."""
    eps = _unit(program, theirs)
    scale = _scale(program, theirs)
    for nudge in (1, 2, 3, 4):
        moved = run(program, torch, nudge=nudge)
        for group in _GROUPS:
            bound = FACTOR * eps * (scale if group != "second" else scale * scale)
            for a, b in zip(getattr(moved, group), getattr(theirs, group), strict=False):
                x, y = array_of(a), array_of(b)
                if x is None or y is None or x.shape != y.shape or x.dtype.kind != "f":
                    if x is not None and y is not None and x.shape != y.shape:
                        return True
                    continue
                with np.errstate(invalid="ignore"):
                    difference = np.abs(x - y)
                if x.size and np.nanmax(np.where(np.isfinite(difference), difference, 0)) > bound / 4:
                    return True
    return False
