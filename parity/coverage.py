"""Does the harness reach everything? Which operations run on which kinds of inputs, and do they agree there?

Two tables. ``matrix()`` calls every entry of the catalogue on every kind of input, in both frameworks: same result, same
refusal, or a difference; with the worst distance in units of the last place. ``reached()`` traces the same programs and says
for every primitive which kinds of inputs its kernel has seen, whether it was run in place, and whether as a view. A primitive
that nothing reaches, in both float types and in place if it can be, fails the run: an operation that is added without a way
to test it is noticed at once.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import minitorch_bp
from minitorch_bp.core.inplace import apply_in_place
from minitorch_bp.core.op import OPS
from minitorch_bp.core.view import mark_view
from minitorch_bp.ops import exports

from . import modules, scripted, surroundings
from .catalog import CATALOG
from .catalog.entry import Entry
from .choices import Seeded
from .judge import compare, ulps
from .networks import random_network
from .networks import run as run_network
from .outcome import array_of, reference
from .program import Leaf, Program, Step, run

_SHAPES = {"unary": (2, 3), "binary": (2, 3), "reduce": (2, 3), "dim": (2, 4), "matrix": (3, 4), "batch": (2, 4, 5)}
#: Kinds of inputs: what is changed of two leaves of the entry's usual shape.
FEATURES: dict[str, dict[str, Any]] = {
    "float64": {}, "float32": {"program": {"dtype": "float32"}}, "second order": {"program": {"second_order": True}},
    "second order, float32": {"program": {"second_order": True, "dtype": "float32"}},
    "broadcast": {"second": {"shape": (1,)}}, "0-d": {"shape": ()}, "empty": {"shape": (0, 3)}, "transposed": {"layout": "transposed"},
    "strided": {"layout": "step"}, "ties": {"values": "grid"}, "zeros": {"values": "zeros"}, "inf, nan": {"values": "special"},
    "integers": {"dtype": "int64"}, "booleans": {"dtype": "bool"}, "mixed types": {"second": {"dtype": "float32"}}, "twice": {"program": {"mode": "twice"}},
}  # fmt: skip

METHODS = exports()["Tensor"]


def program_for(entry: Entry, feature: str, seed: int = 0) -> Program | None:
    """The one-step program that calls an entry on a kind of input; None where that makes no sense."""
    change = FEATURES[feature]
    if ("second" in change and entry.kind != "binary") or (entry.once and feature.startswith("second order")):
        return None
    shape = change.get("shape", _SHAPES[entry.kind])
    if feature == "empty" and len(_SHAPES[entry.kind]) == 3:
        shape = (0, 4, 5)
    rest = {k: v for k, v in change.items() if k in ("values", "layout", "dtype")}
    grad = rest.get("dtype") is None
    leaves = [Leaf(shape, 10 * seed + 1, requires_grad=grad, **rest)]
    if entry.kind == "binary":
        leaves.append(replace(Leaf(shape, 10 * seed + 2, requires_grad=grad, **rest), **change.get("second", {})))
    args: dict[str, Any] = {}
    if entry.kind in ("reduce", "dim"):
        args["dim"] = (0, -1)[seed % 2] if shape else 0
    if entry.kind == "reduce":
        args["keepdim"] = bool(seed // 2 % 2)
    n = len(leaves)
    steps = [Step(entry.name, tuple(range(n)), args)]
    if feature.startswith("second order"):  # of the cube, so that the gradient that arrives depends on the leaves, too
        steps += [Step("mul", (n, n)), Step("mul", (n, n + 1))]
    program = Program(tuple(leaves), tuple(steps), (n + len(steps) - 1,), "float64", False, seed)
    return replace(program, **change.get("program", {}))


def matrix(names: list[str] | None = None, seeds: int = 4) -> dict[str, dict[str, Any]]:
    """For every entry and kind of input: 'ok', 'refused' by both, '-' or the difference; and the worst ULP of both types."""
    torch = reference()
    table: dict[str, dict[str, Any]] = {}
    with warnings.catch_warnings(action="ignore"):
        for name in names or CATALOG:
            row: dict[str, Any] = {"ulp float32": 0.0, "ulp float64": 0.0}
            for feature in FEATURES:
                row[feature] = "-"
                for seed in range(seeds):
                    program = program_for(CATALOG[name], feature, seed)
                    if program is None:
                        continue
                    ours, theirs = run(program, minitorch_bp), run(program, torch)
                    mismatch = compare(program, ours, theirs, torch)
                    if mismatch is not None:
                        row[feature] = "known" if feature in CATALOG[name].known else str(mismatch)
                        break
                    row[feature] = "refused" if theirs.error is not None else "ok"
                    if feature in ("float64", "float32") and theirs.values:
                        key = f"ulp {feature}"
                        row[key] = max(row[key], ulps(array_of(ours.values[0]), array_of(theirs.values[0])))
            table[name] = row
    return table


def differences(table: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The cells of :func:`matrix` that are neither equal nor refused nor known."""
    return {where: _cell(table, *place) for where, place in places_of_differences(table).items()}


def places_of_differences(table: dict[str, dict[str, Any]]) -> dict[str, tuple[str, str]]:
    """The same cells, by what they are called: (entry, kind of input)."""
    fine = ("ok", "refused", "known", "-")
    return {f"{name}, {k}": (name, k) for name, row in table.items() for k, v in row.items()
            if isinstance(v, str) and _cell(table, name, k) not in fine}  # fmt: skip


def _cell(table: dict[str, dict[str, Any]], name: str, kind: str) -> str:
    text: str = table[name][kind]
    bad = kind == "float64" and text == "refused" and not CATALOG[name].refused
    return "refused on its ordinary input" if bad else text


@contextmanager
def profiled(see: Callable[[str, str], None], rules: bool = False) -> Iterator[None]:
    """Calls ``see(primitive, how)`` whenever a primitive runs, ``how`` being "in place", "view" or nothing; with ``rules``,
    also when one of its derivative rules does.
    """
    codes = {op.plain_kernel.__code__: {name} for name, op in OPS.items()}
    if rules:
        for name, op in OPS.items():
            for _, rule, _ in op.rules:
                if hasattr(rule, "__code__"):
                    codes.setdefault(rule.__code__, set()).add(name)
    # The fast paths of ufuncs go round the kernel; there the frame of the call itself tells which operation it is.
    calls = {f.__code__ for op in OPS.values() if op.ufunc is not None for f in (op.call, op.operator) if f is not None}

    def trace(frame: Any, event: str, arg: Any) -> None:
        if event != "call":
            return
        code = frame.f_code
        if code in codes:
            for name in codes[code]:
                see(name, "")
        elif code in calls:
            see(frame.f_locals["op"].name, "")
        elif code is apply_in_place.__code__:
            see(frame.f_locals["op"].name, "in place")
        elif code is mark_view.__code__:
            see(frame.f_locals["op"].name, "view")

    sys.setprofile(trace)
    try:
        yield
    finally:
        sys.setprofile(None)


def reached() -> dict[str, dict[str, set[str]]]:
    """For each primitive, the kinds of inputs its kernel has seen ('in place' and 'view' among them), and by which entries."""
    seen_by: dict[str, dict[str, set[str]]] = {name: {} for name in OPS}
    feature = entry = ""

    def see(name: str, how: str) -> None:
        seen_by[name].setdefault(how or feature, set()).add(entry)

    with warnings.catch_warnings(action="ignore"), profiled(see):
        for entry in CATALOG:
            for feature in FEATURES:
                for seed in range(2):
                    program = program_for(CATALOG[entry], feature, seed)
                    if program is not None:
                        run(program, minitorch_bp)
        entry = "modules"
        for feature in ("float64", "float32"):
            for name, cases in modules.MODULES.items():  # noqa: B007
                for constructor, inputs in cases:
                    modules.run_module(minitorch_bp, constructor, inputs, feature, True, 0)
                    modules.run_module(minitorch_bp, constructor, inputs, feature, False, 0)
        entry = "networks"
        for seed in range(40):
            net = random_network(Seeded(seed), seed)
            feature = net.dtype
            run_network(net, minitorch_bp)
        entry = "scripts"
        for case in surroundings.every_row(1):
            for feature in ("float64", "float32"):
                scripted.run(replace(case, dtype=feature), minitorch_bp)
    return seen_by


def missing(seen_by: dict[str, dict[str, set[str]]] | None = None) -> list[str]:
    """What nothing exercises: primitives (by type, and in place), modules, options of modules and optimizers, rows of scripts."""
    seen_by = reached() if seen_by is None else seen_by
    gaps = []
    for name, kinds in sorted(seen_by.items()):
        if not kinds:
            gaps.append(name)
            continue
        for seen in (("float64", "second order"), ("float32", "second order, float32")):
            if not set(seen) & set(kinds):
                gaps.append(f"{name} ({seen[0]})")
        if (
            METHODS.get(name) is OPS[name].call
            and name + "_" in METHODS
            and OPS[name].rules
            and not OPS[name].view
            and "in place" not in kinds
        ):
            gaps.append(f"{name} (in place)")
        if OPS[name].view and "view" not in kinds:
            gaps.append(f"{name} (view)")
    return gaps + modules.missing() + surroundings.missing()


def not_listed() -> list[str]:
    """The part of :func:`missing` that needs no run: what no table of cases names."""
    return modules.missing() + [gap for kind in surroundings.KINDS.values() for gap in kind.missing()]
