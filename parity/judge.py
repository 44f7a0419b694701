"""Judgement: when are two results the same?

Not by taste. In float64 two correct implementations differ by a few rounding errors, so the bound is a small multiple of
the unit of the *largest number that took part*, since sums may cancel. In float32 the judge is a float64 run of the same
program: ours may be at most a small factor further from it than PyTorch is. And where a difference remains, PyTorch is
asked whether it agrees with itself when its inputs move by one unit in the last place: a program that is that sensitive
(a sort of near-equal numbers, a rounding) has no single right answer in floating point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .catalog import CATALOG
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


def _scale(outcome: Outcome) -> float:
    """The largest finite number anywhere in a run."""
    largest = 1.0
    for group in (outcome.values, outcome.leaf_grads, outcome.value_grads, outcome.second):
        for t in group:
            x = array_of(t)
            if x is not None and x.size and x.dtype.kind == "f":
                finite = np.abs(x[np.isfinite(x)])
                largest = max(largest, float(finite.max())) if finite.size else largest
    return largest


def close(a: np.ndarray, b: np.ndarray, scale: float, eps: float, exact: np.ndarray | None = None) -> bool:
    """Whether two arrays agree (see the module's text)."""
    if a.dtype.kind != "f":
        return bool(np.array_equal(a, b))
    with np.errstate(invalid="ignore", over="ignore"):
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        if same.all():
            return True
        if not np.isfinite(a[~same]).all() or not np.isfinite(b[~same]).all():
            return False
        allowed = FACTOR * eps * scale
        if exact is not None and np.isfinite(exact).all():
            allowed = max(allowed, 4 * float(np.abs(b - exact).max()))
            return bool(np.abs(a - exact).max() <= allowed)
        return bool(np.abs(a - b)[~same].max() <= allowed)


def _unit(program: Program) -> float:
    """The relative size of one rounding; larger where PyTorch's own function is a truncated series."""
    eps = float(np.finfo(program.dtype).eps)
    return max(eps, 1e-10) if any(CATALOG[s.op].series for s in program.steps) else eps


_GROUPS = ("values", "leaf_grads", "value_grads", "second")


def compare(program: Program, ours: Outcome, theirs: Outcome, torch: Any) -> Mismatch | None:
    """The first difference between two runs, or None."""
    if type(ours.error) is not type(theirs.error) or ours.failed_at != theirs.failed_at:
        return Mismatch(f"error at step {ours.failed_at}, {theirs.failed_at}", ours.error, theirs.error)
    found = _first_difference(program, ours, theirs, None)
    if found is None or found.exact == "kind":
        return found
    exact = run(program, torch, "float64") if program.dtype == "float32" else None
    if exact is not None:
        found = _first_difference(program, ours, theirs, exact)
    if found is not None and _sensitive(program, theirs, torch):
        return None
    return found


def _first_difference(program: Program, ours: Outcome, theirs: Outcome, exact: Outcome | None) -> Mismatch | None:
    eps = _unit(program)
    scale = _scale(theirs)
    for group in _GROUPS:
        mine, reference = getattr(ours, group), getattr(theirs, group)
        judged = getattr(exact, group) if exact is not None else [None] * len(reference)
        if len(mine) != len(reference):
            return Mismatch(f"number of {group}", len(mine), len(reference), "kind")
        bound = scale if group != "second" else scale * scale
        for k, (a, b) in enumerate(zip(mine, reference, strict=True)):
            where = f"{group}[{k}]" + (f" ({program.steps[k].op})" if group in ("values", "value_grads") else "")
            if (a is None) != (b is None):
                if _is_zero(a) and _is_zero(b):
                    continue  # an undefined gradient is a zero
                return Mismatch(where, a, b, "kind")
            if a is None:
                continue
            if _kind(a) != _kind(b):
                return Mismatch(where + ": shape, dtype, requires_grad, is_leaf", _kind(a), _kind(b), "kind")
            if group == "values" and _fixed_layout(program, k) and a.is_contiguous() != b.is_contiguous():
                return Mismatch(where + ": strides", a.stride(), b.stride(), "kind")
            x, y = array_of(a), array_of(b)
            z = array_of(judged[k]) if k < len(judged) and judged[k] is not None else None
            assert x is not None and y is not None
            if not close(x, y, bound, eps, z if z is not None and z.shape == x.shape else None):
                return Mismatch(where, a, b, z)
    if ours.hook_order != theirs.hook_order:
        return Mismatch("order of hooks", ours.hook_order, theirs.hook_order, "kind")
    return None


def _fixed_layout(program: Program, k: int) -> bool:
    """Whether the result's memory layout is compared.

    Not where PyTorch's own iteration decides it: two operands that lie differently, einsum, indexing by tensors and lists;
    and not for a tensor that is both permuted and expanded, which is made contiguous here and stays permuted there.
    """
    return all(CATALOG[s.op].kind != "binary" and not s.op.startswith(_FREE_LAYOUT) for s in program.steps[: k + 1])


_FREE_LAYOUT = ("einsum", "expand", "getitem", "advanced", "int_then_list")


def _is_zero(t: Any) -> bool:
    x = array_of(t)
    return x is None or not x.any()


def _kind(t: Any) -> tuple[Any, ...]:
    return (tuple(t.shape), str(t.dtype).rpartition(".")[2], bool(t.requires_grad), bool(t.is_leaf))


def _sensitive(program: Program, theirs: Outcome, torch: Any) -> bool:
    """Whether PyTorch disagrees with itself when the inputs move by a few units in the last place."""
    eps = float(np.finfo(program.dtype).eps)
    scale = _scale(theirs)
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
