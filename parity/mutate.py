"""Would the harness notice? Plant bugs, one at a time, and see whether the checks find them.

Two sources of mutants. Every derivative rule of the table is bent in a dozen ways (the sign, a factor, a missing term, another
axis, ...), and every kernel in two; and :mod:`mutants` lists edits of the engine, the record, views, modules and optimizers.

Each mutant lives in a forked process: the parent has imported both frameworks, run every check in PyTorch, and found which
catalogue entries reach which rule, so a child only runs minitorch_bp. A kill is *by assertion* if a compared value differs,
*by crash* if minitorch_bp raises (or hangs). A survivor is a hole in the checks, unless it is equivalent: a rule whose gradient
is zero wherever it is defined cannot be told from its double.
"""

from __future__ import annotations

import functools
import gc
import importlib
import inspect
import json
import os
import pathlib
import pickle
import select
import signal
import sys
import textwrap
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import minitorch_bp
from minitorch_bp.core import chain
from minitorch_bp.core.op import OPS, Op, Plan

from . import coverage
from .mutant_checks import ASSERTION, CRASH, Checks, all_checks, prepare, record_calls
from .mutants import EDITS, Edit

TIME_LIMIT = 60.0  # seconds for one mutant
SURVIVED, EQUIVALENT = "survived", "equivalent"


@dataclass
class Mutant:
    """A bug: what it is called, how to plant it (in a process that is thrown away), and which checks to run."""

    kind: str
    name: str
    plant: Callable[[], Any]
    entries: tuple[str, ...] = ()  # catalogue entries that reach it; none: all the checks
    equivalent: str = ""
    op: str = ""  # the primitive whose rule or kernel is bent: a check that never calls it has nothing to say


# ---------------------------------------------------------------------- bent rules
def _zero(g: Any) -> Any:
    return g * 0


def _rolled(g: Any) -> Any:
    if g.ndim == 0 or g.shape[-1] < 2:
        return g
    return np.roll(g, 1, -1) if isinstance(g, (np.ndarray, np.generic)) else g.roll(1, -1)


def _detached(g: Any) -> Any:
    return g if isinstance(g, (np.ndarray, np.generic)) else g.detach()


BENDS: dict[str, Callable[[Any], Any]] = {
    "sign": lambda g: -g, "factor": lambda g: g * 2, "small factor": lambda g: g * 1.001, "dropped gradient": _zero,
    "added constant": lambda g: g + 0.01, "off-by-one axis": _rolled, "absolute value": abs, "squared": lambda g: g * g,
    "lost in double backward": _detached,
}  # fmt: skip


class BentRule:
    """A rule with one of its gradients changed. It keeps the names of the parameters, so that the same is saved."""

    def __init__(self, rule: Any, change: Callable[[Any], Any], part: int | None):
        self.rule, self.change, self.part = rule, change, part
        self.ran = False
        self.changed = False  # whether the change ever made a difference

    def __call__(self, xp: Any, grad: Any, *values: Any) -> Any:
        self.ran = True
        gradients = self.rule(xp, grad, *values)
        if self.part is None:
            return [self._one(g) for g in gradients] if isinstance(gradients, (tuple, list)) else self._one(gradients)
        return tuple(self._one(g) if k == self.part else g for k, g in enumerate(gradients))

    def _one(self, g: Any) -> Any:
        if g is None:
            return None
        bent = self.change(g)
        self.changed = self.changed or _differ(g, bent)
        return bent


def _differ(g: Any, bent: Any) -> bool:
    """Whether two gradients differ in their numbers, or in whether they have a history."""
    if g is None or isinstance(g, (np.ndarray, np.generic)):
        return g is not None and not np.array_equal(g, bent, equal_nan=True)
    return g.requires_grad != bent.requires_grad or not np.array_equal(g.detach().numpy(), bent.detach().numpy(), equal_nan=True)


class IgnoresGradient(BentRule):
    """A rule that takes the incoming gradient for ones, as a check with ``sum().backward()`` could not notice."""

    def __call__(self, xp: Any, grad: Any, *values: Any) -> Any:
        self.ran = True
        ones = [None if g is None else g * 0 + 1 for g in grad] if isinstance(grad, list) else grad * 0 + 1
        right, wrong = self.rule(xp, grad, *values), self.rule(xp, ones, *values)
        pairs = zip(right, wrong, strict=True) if isinstance(wrong, (tuple, list)) else [(right, wrong)]
        self.changed = self.changed or any(_differ(a, b) for a, b in pairs)
        return wrong


class SwapsReads(BentRule):
    """A rule that is given two of its saved values in each other's place: no difference where it is symmetric in them."""

    def __init__(self, rule: Any, i: int, j: int):
        super().__init__(rule, _zero, None)
        self.places = i, j

    def __call__(self, xp: Any, grad: Any, *values: Any) -> Any:
        self.ran, moved, (i, j) = True, list(values), self.places
        moved[i], moved[j] = moved[j], moved[i]
        right, wrong = self.rule(xp, grad, *values), self.rule(xp, grad, *moved)
        pairs = zip(right, wrong, strict=True) if isinstance(wrong, (tuple, list)) else [(right, wrong)]
        self.changed = self.changed or any(_differ(a, b) for a, b in pairs)
        return wrong


def _replace_rule(op: Op, index: int, rule: Any) -> Any:
    """Put another rule into the table and into every plan that has been made."""
    targets, old, reads = op.rules[index]
    op.rules[index] = (targets, rule, reads)
    chain._keeping.cache_clear()  # copies of plans, for nodes within a node
    for plan in op.plans.values():
        plan.rules = [(rule if r is old else r, positions, target) for r, positions, target in plan.rules]
        plan._complex = None  # made of the rules when first needed
    return rule


def _rule_mutants(reach: dict[str, tuple[str, ...]]) -> Iterator[Mutant]:
    for name, op in OPS.items():
        for index, (targets, rule, reads) in enumerate(op.rules):
            if getattr(rule, "raises", False):  # there is no derivative, here or in torch: nothing to bend
                continue
            parts = list(range(len(op.differentiable))) if isinstance(targets, tuple) else [None]
            for part in parts:
                argument = op.params[op.differentiable[part if part is not None else index if not op.sequence else 0]]
                for kind, change in BENDS.items():
                    plant = functools.partial(
                        lambda op, i, r, c, p: _replace_rule(op, i, BentRule(r, c, p)), op, index, rule, change, part
                    )
                    yield Mutant(kind, f"{kind} in the rule of {name} for {argument}", plant, reach[name], op=name)
            plant = functools.partial(lambda op, i, r: _replace_rule(op, i, IgnoresGradient(r, _zero, None)), op, index, rule)
            ignored = "incoming gradient ignored"
            yield Mutant(ignored, f"{ignored} by rule {index} of {name}", plant, reach[name], op=name)
            arrays = [
                n
                for n in reads
                if n in op.params and n in ("input", "other", "mat1", "mat2", "tensor1", "tensor2", "end", "weight")
            ]
            if len(arrays) > 1:
                plant = functools.partial(_swap_reads, op, index, *arrays[:2])
                yield Mutant(
                    "swapped saved values", f"{arrays[0]} and {arrays[1]} swapped in rule {index} of {name}", plant, reach[name], op=name
                )  # fmt: skip
        if len(op.rules) == 2 and op.rules[0][2] != op.rules[1][2] and len(op.rules[0][2]) == len(op.rules[1][2]):
            swap = functools.partial(_swap_rules, op)
            yield Mutant("swapped operands", f"the two rules of {name} swapped", swap, reach[name], op=name)
        for kind, factor in (("kernel scaled", 1.001), ("kernel negated", -1.0)):
            yield Mutant(kind, f"{kind}: {name}", functools.partial(_bend_kernel, op, factor), reach[name], op=name)


class _Planted:
    """Stands for a change whose effect is not measured."""

    ran = changed = True


def _swap_reads(op: Op, index: int, first: str, second: str) -> Any:
    _, rule, reads = op.rules[index]
    swapped = SwapsReads(rule, reads.index(first), reads.index(second))
    _replace_rule(op, index, swapped)
    return swapped


def _swap_rules(op: Op) -> Any:
    (t0, r0, reads0), (t1, r1, reads1) = op.rules
    op.rules[:] = [(t0, r1, reads1), (t1, r0, reads0)]
    op.plans = {mask: Plan(op, mask) for mask in op.plans}
    _forget_calls(op)
    return _Planted()


def _bend_kernel(op: Op, factor: float) -> Any:
    kernel, watch = op.kernel, BentRule(None, _zero, None)
    watch.changed = False

    @functools.wraps(kernel)
    def bent(*args: Any, **kwargs: Any) -> Any:
        result = kernel(*args, **kwargs)
        watch.ran = True
        first: Any = result[0] if isinstance(result, tuple) else result
        out = kwargs.get("out")
        if not isinstance(first, (np.ndarray, np.generic)) or first.dtype.kind not in "fc" or out is not None or op.view:
            return result
        watch.changed = watch.changed or bool(np.any(first != 0))
        first = np.multiply(first, first.dtype.type(factor))
        return (first, *result[1:]) if isinstance(result, tuple) else first

    op.kernel, op.plain_kernel, op.ufunc = bent, bent, None
    setattr(minitorch_bp.core.namespaces.raw, op.name, bent)
    _forget_calls(op)
    return watch


def _forget_calls(op: Op) -> None:
    """The public function holds kernel and plans in its closure: bend what the closure sees."""
    for call in (op.call, op.operator):
        for cell in getattr(call, "__closure__", None) or ():
            content = cell.cell_contents
            if content is not None and any(content is k for k in op.__dict__.get("_originals", ())):
                cell.cell_contents = op.kernel
            elif isinstance(content, tuple) and len(content) == 4 and isinstance(content[1], Plan):
                cell.cell_contents = (None, op.plan(1), op.plan(2), op.plan(3))


# ---------------------------------------------------------------------- edits
def to_edit(edit: Edit) -> tuple[Any, Any, Any, str]:
    """The module or class that has the function, the function, its operation (if it is a kernel), and the source to edit.

    LookupError if the text to change is not there, or not at one place only.
    """
    module = importlib.import_module("minitorch_bp." + edit.module)
    owner: Any = module
    *path, name = edit.function.split(".")
    for part in path:
        owner = getattr(owner, part)
    original = owner.__dict__[name] if path else getattr(module, name)
    target = getattr(original, "op", None)
    function = target.kernel if target is not None else original
    source = textwrap.dedent(inspect.getsource(function))
    if source.count(edit.old) != 1:
        raise LookupError(f"{edit.module}.{edit.function} contains {edit.old!r} {source.count(edit.old)} times")
    return owner, original, target, source


def _edit(edit: Edit) -> Any:
    """Compile the edited function and put it in the place of the original, wherever it has been imported to."""
    owner, original, target, source = to_edit(edit)
    name = edit.function.rpartition(".")[2]
    while source.startswith("@"):  # the function without its decorators
        source = source[source.index("\ndef ") + 1 :] if "\ndef " in source else source
        break
    edited = source.replace(edit.old, edit.new, 1)
    space: dict[str, Any] = {}
    exec(
        compile("from __future__ import annotations\n" + edited, f"<{edit.name}>", "exec"),
        sys.modules["minitorch_bp." + edit.module].__dict__,
        space,
    )
    new = space[name]
    if target is not None:
        target.__dict__.setdefault("_originals", (target.kernel, target.plain_kernel))
        target.kernel = target.plain_kernel = new
        setattr(minitorch_bp.core.namespaces.raw, target.name, new)
        _forget_calls(target)
        return _Planted()
    setattr(owner, name, new)
    for other in list(sys.modules.values()):
        if getattr(other, "__name__", "").startswith("minitorch_bp"):
            for key, value in list(vars(other).items()):
                if value is original:
                    setattr(other, key, new)
                elif isinstance(value, dict) and any(part is original for part in value.values()):  # a registry
                    value.update({k: new for k, part in value.items() if part is original})
    for key, value in list(vars(minitorch_bp.Tensor).items()):
        if value is original:
            setattr(minitorch_bp.Tensor, key, new)
    for op in OPS.values():  # rules that are named functions, and what was made of rules
        for plan in op.plans.values():
            plan._complex = plan._half = None
        for index, (_, rule, _) in enumerate(op.rules):
            if rule is original:
                _replace_rule(op, index, new)
        if op.kernel is not None and original is op.hidden:
            op.hidden = new
    return _Planted()


def all_mutants(reach: dict[str, tuple[str, ...]]) -> list[Mutant]:
    """Every mutant, rules first."""
    entries = lambda function: reach.get(function.removesuffix("_rule")) or reach.get(function.replace("_rule", "_layer"), ())
    edits = [Mutant(e.kind, e.name, functools.partial(_edit, e), entries(e.function), e.equivalent) for e in EDITS]
    return [*_rule_mutants(reach), *edits]


# ---------------------------------------------------------------------- forked processes
def examine(mutant: Mutant, checks: Checks, torch: Any) -> tuple[str, str]:
    """Run the checks until one fails: ``(verdict, which check)``. Called in the child, with the bug planted."""
    crash = ""
    with warnings.catch_warnings(action="ignore"):
        for where, verdict in _verdicts(mutant, checks, torch):
            if verdict == ASSERTION:
                return ASSERTION, where
            crash = crash or where
    return (CRASH, crash) if crash else (SURVIVED, "")


def _verdicts(mutant: Mutant, checks: Checks, torch: Any) -> Iterator[tuple[str, str]]:
    """The checks that fail, most telling first."""
    for key, where, check in all_checks(mutant.entries, checks, torch):
        if not mutant.op or mutant.op in checks.calls[key]:
            verdict = check()
            if verdict:
                yield where, verdict


def _child(mutant: Mutant, checks: Checks, torch: Any, pipe: int) -> None:
    """Plant, examine, report through the pipe, and end without cleaning up."""
    try:
        planted = mutant.plant()
        verdict, where = examine(mutant, checks, torch)
        if verdict == SURVIVED and not planted.ran:
            where = "it never ran"
        elif verdict == SURVIVED and not planted.changed:
            verdict, where = EQUIVALENT, "the change makes no difference: what it changes is zero wherever it is defined"
    except LookupError as error:
        verdict, where = "not planted", str(error)
    except BaseException as error:
        verdict, where = CRASH, f"{type(error).__name__}: {error}"
    if verdict == SURVIVED and mutant.equivalent:
        verdict, where = EQUIVALENT, mutant.equivalent
    os.write(pipe, pickle.dumps((verdict, where))[:65000])
    os._exit(0)


def examine_all(
    mutants: list[Mutant], checks: Checks, torch: Any, jobs: int, progress: Callable[[int], None] | None = None
) -> list[tuple[str, str]]:
    """Every mutant in a process of its own, ``jobs`` at a time."""
    results: list[tuple[str, str]] = [("", "")] * len(mutants)
    running: dict[int, tuple[int, int, float]] = {}  # pipe -> (index, process, start)
    following = done = 0
    sys.stdout.flush()
    gc.collect()
    gc.freeze()  # or each child's collector touches, and so copies, every page of its parent
    while done < len(mutants):
        while following < len(mutants) and len(running) < jobs:
            read, write = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.close(read)
                signal.alarm(int(TIME_LIMIT))
                _child(mutants[following], checks, torch, write)
            os.close(write)
            running[read] = (following, pid, time.monotonic())
            following += 1
        ready, _, _ = select.select(list(running), [], [], 1.0)
        for pipe in ready:
            index, pid, _ = running.pop(pipe)
            content = b""
            while part := os.read(pipe, 65536):
                content += part
            os.close(pipe)
            os.waitpid(pid, 0)
            results[index] = pickle.loads(content) if content else (CRASH, "the process died or ran out of time")
            done += 1
            if progress is not None:
                progress(done)
    return results


def main(jobs: int, only: str | None = None, json_file: str | None = None) -> int:
    """Plant everything, print the table; 0 if nothing survived."""
    from .outcome import reference

    torch = reference()
    began = time.perf_counter()
    for op in OPS.values():
        op.__dict__["_originals"] = (op.kernel, op.plain_kernel, op.ufunc)
    reached = coverage.reached()
    reach = {
        name: tuple(dict.fromkeys(e for entries in kinds.values() for e in sorted(entries))) for name, kinds in reached.items()
    }
    checks = prepare(torch)
    mutants = [m for m in all_mutants(reach) if only is None or only in m.name]
    healthy = record_calls(checks, torch, any(m.op for m in mutants))
    if healthy:
        print(f"without any bug planted, these checks fail already: {', '.join(healthy)}", file=sys.stderr)
        return 1
    print(
        f"{len(mutants)} mutants of {len({m.kind for m in mutants})} kinds; checks prepared in {time.perf_counter() - began:.0f} s",
        file=sys.stderr,
    )

    def progress(done: int) -> None:
        if done % 200 == 0:
            print(f"mutate: {done} of {len(mutants)}, {time.perf_counter() - began:.0f} s", file=sys.stderr)

    results = examine_all(mutants, checks, torch, jobs, progress)
    table: dict[str, Counter[str]] = {}
    for mutant, (verdict, _) in zip(mutants, results, strict=True):
        table.setdefault(mutant.kind, Counter())[verdict] += 1
    total = sum(table.values(), Counter())
    columns = (ASSERTION, CRASH, EQUIVALENT, SURVIVED)
    print(f"{'kind of bug':34s} {'mutants':>8s} " + " ".join(f"{c:>19s}" for c in columns))
    for kind, counts in [*sorted(table.items()), ("all", total)]:
        print(f"{kind:34s} {sum(counts.values()):8d} " + " ".join(f"{counts[c]:19d}" for c in columns))
    for mutant, (verdict, where) in zip(mutants, results, strict=True):
        if verdict not in (ASSERTION, CRASH, EQUIVALENT):
            print(f"{verdict.upper()}: {mutant.name} {where}")
    kills = total[ASSERTION] + total[CRASH]
    planted = kills + total[SURVIVED] + total["not planted"]
    print(f"killed {kills} of {planted} that are not equivalent, {total[ASSERTION] / max(kills, 1):.1%} of them by assertion, "
          f"in {time.perf_counter() - began:.0f} s")  # fmt: skip
    if json_file:
        content = {"kinds": {k: dict(c) for k, c in table.items()}, "total": dict(total), "seconds": round(time.perf_counter() - began, 1),
                   "mutants": [{"name": m.name, "kind": m.kind, "verdict": v, "where": w} for m, (v, w) in zip(mutants, results, strict=True)]}  # fmt: skip
        pathlib.Path(json_file).write_text(json.dumps(content, indent=1) + "\n")
    return 0 if kills == planted else 1
