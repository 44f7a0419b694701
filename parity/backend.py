"""Anybody's backend: ``python -m parity --backend NAME`` compares a namespace that mirrors PyTorch's API, or a part of it, with PyTorch.

An *adapter* is a module with four things:

* ``name`` and ``version``, for the report;
* ``torch``, the namespace: ``torch.exp``, ``torch.nn.functional.relu``, ... What it does not have raises :class:`Missing` (or AttributeError);
* ``run(function, arrays)``: makes tensors of the arrays, gives them to the function, and returns the arrays of the tensors that this returns,
  with a pullback: a function from their cotangents to the gradients of the arrays (None for one that has none).

``NAME`` is an adapter in :mod:`parity.backends`, or any module that can be imported: with a ``run`` of its own it is an adapter, without
one it is taken for a namespace that mirrors PyTorch's, whose tensors have ``requires_grad_``, ``backward`` and ``grad``.

Every entry of the catalogue is called on every kind of input that makes sense, results and gradients are compared, then random DAGs of the
entries that agree.
"""

from __future__ import annotations

import importlib
import pathlib
import time
import warnings
from collections import Counter
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from .catalog import CATALOG
from .choices import Seeded
from .coverage import FEATURES, program_for
from .generate import random_dag
from .judge import differs, largest
from .outcome import Mismatch, Outcome, array_of, reference
from .program import Program, compiled, run, script
from .record import COMMAND, Failure, Report, about

#: Kinds of inputs; the others are about in-place writes, second derivatives, and PyTorch's own memory.
KINDS = ("float64", "float32", "broadcast", "0-d", "empty", "transposed", "ties", "zeros", "inf, nan", "integers", "booleans")
FACTOR = 64.0
_TYPE = "result: type, shape"
Pullback = Callable[[list[Any]], list[Any]]


class Missing(AttributeError):
    """The backend has no such name."""

    def __init__(self, name: str):
        super().__init__(f"there is no {name}", name=name)


class BadBackend(Exception):
    """What was given is no backend: one sentence."""


class Mirror:
    """The adapter of a module that mirrors PyTorch's API."""

    def __init__(self, module: ModuleType):
        self.torch: Any = module
        self.name = module.__name__
        self.version = str(getattr(module, "__version__", "unknown"))

    def run(self, function: Any, arrays: list[np.ndarray]) -> tuple[list[Any], Pullback]:
        """With tensors that require a gradient where they are of floating type."""
        leaves = [self.torch.from_numpy(a.copy()) for a in arrays]
        leaves = [t.requires_grad_() if a.dtype.kind == "f" else t for t, a in zip(leaves, arrays, strict=True)]
        results = function(leaves)

        def pullback(cotangents: list[Any]) -> list[Any]:
            for t, c in zip(results, cotangents, strict=True):
                if t.requires_grad:
                    t.backward(self.torch.from_numpy(c))
            return [None if t.grad is None else array_of(t.grad) for t in leaves]

        return [array_of(t) for t in results], pullback


def load(name: str) -> Any:
    """The adapter of this name; :class:`BadBackend` if there is none."""
    known = sorted(p.stem for p in (pathlib.Path(__file__).parent / "backends").glob("[a-z]*.py"))
    if not name.strip():
        raise BadBackend(f"--backend needs a name: {', '.join(known)}, or a module that mirrors torch or is an adapter")
    place = f".backends.{name}" if name in known else name
    try:
        module = importlib.import_module(place, __package__)
    except ImportError as error:
        if name in known:
            raise BadBackend(f"--backend {name} needs the package: {error}: pip install {name}") from None
        raise BadBackend(
            f"there is no backend {name!r}: it is none of {', '.join(known)}, and cannot be imported ({error})"
        ) from None
    if not hasattr(module, "run"):
        if not hasattr(module, "from_numpy"):
            raise BadBackend(
                f"{name} is neither an adapter (it has no run) nor a namespace that mirrors torch (it has no from_numpy)"
            )
        return Mirror(module)
    for part in ("name", "version", "torch"):
        if not hasattr(module, part):
            raise BadBackend(f"the adapter {name} has no {part}: an adapter has name, version, torch and run")
    return module


# ---------------------------------------------------------------------- one program
def outcome(program: Program, adapter: Any, theirs: Outcome) -> Outcome:
    """Run a program in a backend: its roots, and the gradients of the leaves under the cotangents of PyTorch's run."""
    out = Outcome()
    arrays = [leaf.array(program.dtype) for leaf in program.leaves]

    def steps(leaves: list[Any]) -> list[Any]:
        values = list(leaves)
        for step, entry in zip(program.steps, program.entries, strict=True):
            values.append(compiled(entry.template)(adapter.torch, [values[i] for i in step.operands], step.args))
        return [values[i] for i in program.roots]

    try:
        results, pullback = adapter.run(steps, arrays)
        out.values = [np.asarray(r) for r in results]
        if theirs.error is None and theirs.cotangents:
            gradients = pullback(_cotangents(program, out.values, theirs))
            out.leaf_grads = [
                None if g is None else np.asarray(g)
                for g, leaf in zip(gradients, program.leaves, strict=True)
                if leaf.requires_grad
            ]
    except Exception as error:
        out.error = error
    return out


def _cotangents(program: Program, values: list[np.ndarray], theirs: Outcome) -> list[Any]:
    """PyTorch's, which are those of the roots that require a gradient; zeros for the others."""
    drawn = iter(theirs.cotangents)
    roots = [theirs.values[i - len(program.leaves)] for i in program.roots]
    wanted = [array_of(next(drawn)) if t.requires_grad else np.zeros(v.shape) for t, v in zip(roots, values, strict=True)]
    return [c.astype(v.dtype) if c.shape == v.shape else np.zeros(v.shape, v.dtype) for c, v in zip(wanted, values, strict=True)]


def compare(program: Program, ours: Outcome, theirs: Outcome, exact: Outcome | None, types: bool = True) -> Mismatch | None:
    """The first difference, or None. ``exact`` is PyTorch's run in float64."""
    at = [i - len(program.leaves) for i in program.roots]
    wanted = [array_of(theirs.values[k]) for k in at]
    judged = [array_of(exact.values[k]) for k in at] if exact is not None and not exact.error else [None] * len(at)
    scale = largest([*wanted, *theirs.leaf_grads, *theirs.value_grads])
    eps = float(np.finfo("float32").eps) if any(w.dtype == np.float32 for w in wanted) or program.dtype == "float32" else 2.0**-52
    special = any(leaf.values == "special" for leaf in program.leaves) and any(e.loose_at_infinity for e in program.entries)
    pairs = [("result", x, y, z) for x, y, z in zip(ours.values, wanted, judged, strict=True)]
    slopes = (
        exact.leaf_grads
        if exact is not None and not exact.error and len(exact.leaf_grads) == len(theirs.leaf_grads)
        else [None] * len(theirs.leaf_grads)
    )
    pairs += [
        (f"gradient {k}", x, array_of(y), array_of(z))
        for k, (x, y, z) in enumerate(zip(ours.leaf_grads, theirs.leaf_grads, slopes, strict=False))
    ]
    for where, x, y, z in pairs if not special else ():
        if x is None or y is None:
            if differs(x, y):
                return Mismatch(where, x, y)
        elif x.shape != y.shape or (types and x.dtype != y.dtype):
            return Mismatch(where + _TYPE.removeprefix("result"), (str(x.dtype), x.shape), (str(y.dtype), y.shape))
        elif differs(x.astype(y.dtype), y, scale=scale, eps=eps, factor=FACTOR, exact=z):
            return Mismatch(where, x, y, z)
    return None


def judged(program: Program, adapter: Any, torch: Any) -> tuple[str, Mismatch | None]:
    """What came of a program: 'ok', 'refused' (by both), 'differs', 'other type', 'refuses' (what PyTorch takes), or what is missing."""
    alone = getattr(adapter, "alone", False)  # PyTorch's float32, against its own float64
    theirs = run(program, torch, "float64" if alone else None)
    mine = outcome(program, adapter, theirs)
    if isinstance(mine.error, AttributeError):
        return f"missing: {mine.error.name or mine.error}", None
    if theirs.error is not None:
        return ("refused", None) if mine.error is not None else ("ok", None)
    if mine.error is not None:
        return f"refuses: {type(mine.error).__name__}: {mine.error}"[:200], None
    exact = run(program, torch, "float64") if program.dtype == "float32" and not alone else None
    mismatch = compare(program, mine, theirs, exact, types=not alone)
    if mismatch is not None and mismatch.where == _TYPE and mismatch.ours[1] == mismatch.theirs[1]:
        return f"other type: {mismatch.ours[0]} for {mismatch.theirs[0]}", None
    return ("ok", None) if mismatch is None else ("differs", mismatch)


# ---------------------------------------------------------------------- the command
def main(args: Any) -> int:
    """Compare, print the summary, write the reports; 1 if something differs, 2 if there is no such backend."""
    from .command import USAGE, Refused
    from .command import _write as write

    try:
        adapter = load(args.backend)
    except BadBackend as error:
        raise Refused(str(error), USAGE) from None
    began, torch = time.perf_counter(), reference()
    budget = 60.0 if args.budget is None and args.cases is None else args.budget
    report = Report(
        about=about(args.seed, "{}/{}".format(*args.shard), command=args.line, subject=f"{adapter.name} {adapter.version}")
    )
    late = lambda share: budget is not None and time.perf_counter() - began > budget * share
    names = [n for n, e in CATALOG.items() if not e.random and not e.writes and not n.endswith(" auto")][
        args.shard[0] - 1 :: args.shard[1]
    ]
    names = names if args.ops is None else [n for n in args.ops.split(",") if n in CATALOG]
    kinds = [k for k in KINDS if k in FEATURES and not (getattr(adapter, "alone", False) and k not in ("float32",))]
    report.planned["operations on every kind of input"] = len(names)
    missing: Counter[str] = Counter()
    try:
        with warnings.catch_warnings(action="ignore"):
            for name in names:
                if late(0.7):
                    break
                _compare_entry(name, kinds, adapter, torch, report, missing)
            _random(args, adapter, torch, report, late)
    except KeyboardInterrupt:
        report.interrupted = True
    report.seconds = time.perf_counter() - began
    write(args, report)
    _summary(adapter, report, missing)
    return 1 if report.failures else 130 if report.interrupted else 0


def _compare_entry(name: str, kinds: list[str], adapter: Any, torch: Any, report: Report, missing: Counter[str]) -> None:
    row: dict[str, Any] = dict.fromkeys(kinds, "-")
    for kind in kinds:
        program = program_for(CATALOG[name], kind)
        if program is None:
            continue
        verdict, mismatch = judged(program, adapter, torch)
        row[kind] = str(mismatch) if mismatch is not None else verdict
        if verdict.startswith("missing"):
            missing[verdict.removeprefix("missing: ")] += 1
            row = dict.fromkeys(kinds, "missing")
            break
        if mismatch is not None:
            report.failures.append(_failure(program, str(mismatch), f"{name}, {kind}", name, adapter))
    report.operations[name] = row


def _failure(program: Program, text: str, label: str, group: str, adapter: Any) -> Failure:
    command = f"{COMMAND} --backend {getattr(adapter, 'asked', adapter.name)} --ops {group}"
    return Failure(None, None, text, script(program), program.to_json(), command, "dag", group, label)


def _random(args: Any, adapter: Any, torch: Any, report: Report, late: Callable[[float], bool]) -> None:
    """Random DAGs of the entries that agree."""
    good = [
        n
        for n, row in report.operations.items()
        if all(v in ("ok", "refused", "-") or str(v).startswith("other type") for v in row.values()) and "ok" in row.values()
    ]
    case = args.shard[0] - 1
    while good and not late(1.0) and (args.cases is None or case < args.cases) and len(report.failures) < 200:
        program = random_dag(Seeded((args.seed, case)), case, good, 6, "normal")
        roots = tuple(i for i in program.roots if i >= len(program.leaves))
        plain = bool(roots) and all(leaf.dtype is None for leaf in program.leaves)
        dtype = "float32" if getattr(adapter, "alone", False) else program.dtype
        program = Program(program.leaves, program.steps, roots, dtype, False, program.seed)
        report.cases += 1
        report.dags += 1
        began = time.perf_counter()
        _, mismatch = judged(program, adapter, torch) if plain else ("ok", None)
        report.spent += time.perf_counter() - began
        report.ops.update(s.op for s in program.steps)
        if mismatch is not None:
            report.failures.append(
                _failure(program, str(mismatch), f"random case {case} of seed {args.seed}", "random DAGs", adapter)
            )
        case += args.shard[1]


def _summary(adapter: Any, report: Report, missing: Counter[str]) -> None:
    rows = report.operations
    there = {n: row for n, row in rows.items() if "missing" not in row.values()}
    refused = {n: [k for k, v in row.items() if str(v).startswith("refuses")] for n, row in there.items()}
    refused = {n: kinds for n, kinds in refused.items() if kinds}
    wrong = {f.group for f in report.failures}
    for name, those in report.groups.items():
        print(
            f"DIFFERS: {name}: {', '.join(f.title.removeprefix(name + ', ') for f in those)[:120]}\n{those[0].difference.replace('minitorch_bp', 'backend     ')}\n"
        )
    for name, kinds in refused.items():
        print(f"REFUSES: {name} on {', '.join(kinds)}: {there[name][kinds[0]].removeprefix('refuses: ')[:160]}")
    others = {n: v for n, row in there.items() for v in row.values() if str(v).startswith("other type")}
    if others:
        print(f"OTHER TYPE: {', '.join(others)}: {next(iter(others.values())).removeprefix('other type: ')}"[:600])
    if missing:
        print("MISSING: " + ", ".join(sorted(missing)))
    agree = [n for n in there if n not in wrong and n not in refused]
    print(f"{adapter.name} {adapter.version}: {len(there)} of {len(rows)} entries of the catalogue are there; {len(agree)} agree on every kind of input, "
          f"{len(wrong - {'random DAGs'})} differ, {len(refused)} refuse what PyTorch takes; {report.cases} random DAGs of those that agree")  # fmt: skip
    if report.not_done:
        print(f"not done: {'; '.join(report.not_done)}")
