"""What the replays of PyTorch's databases share: gradients, the count of what came of an entry, and the command's output."""

from __future__ import annotations

import itertools
import multiprocessing
import random
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from minitorch_bp.core.trees import leaves_of

from . import interrupts
from .judge import compare_calls, compare_facts, largest
from .outcome import Mismatch, Outcome, array_of
from .record import about
from .report import write_json

DTYPES = ("float64", "float32")


@dataclass
class Result:
    """What became of one entry: for each check, how often it was done, and the first difference."""

    name: str
    done: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    missing: str = ""

    def count(self, check: str, difference: Mismatch | str | None) -> None:
        self.done[check] = self.done.get(check, 0) + 1
        if difference is not None:
            self.wrong[check] = self.wrong.get(check, 0) + 1
            self.first.setdefault(check, difference if isinstance(difference, str) else difference.line)

    def passes(self, check: str) -> bool:
        return not self.missing and not self.wrong.get(check)


def differentiate(framework: Any, out: Outcome, results: Any, args: Any, kwargs: Any, orders: int) -> None:
    """Gradients of the results in the arguments, of one order or two, under random cotangents."""
    rng = np.random.default_rng(0)

    def cotangent(t: Any) -> Any:
        numbers = rng.standard_normal(tuple(t.shape))
        if t.is_complex():
            numbers = numbers + 1j * rng.standard_normal(tuple(t.shape))
        return framework.from_numpy(np.asarray(numbers)).to(t.dtype)

    def differentiable(values: Any) -> list[Any]:
        return [t for t in values if isinstance(t, framework.Tensor) and t.requires_grad]

    roots, leaves = differentiable(results), [t for t in differentiable(leaves_of((args, kwargs))) if t.is_leaf]
    if not roots or not leaves:
        return
    first = framework.autograd.grad(roots, leaves, [cotangent(t) for t in roots], create_graph=orders > 1, allow_unused=True)
    out.leaf_grads = [array_of(g) for g in first]
    roots = differentiable(first)
    if orders > 1 and roots:
        second = framework.autograd.grad(roots, leaves, [cotangent(t) for t in roots], allow_unused=True)
        out.second = [array_of(g) for g in second]


def largest_of(outcome: Outcome, arguments: Any) -> float:
    """The largest finite number in a run and in what it was given."""
    return largest([*outcome.values, *outcome.leaf_grads, *outcome.second, *leaves_of(arguments)])


def type_of(framework: Any, t: Any) -> Any:
    """What is said of a result besides its numbers."""
    return (
        (str(t.dtype).rpartition(".")[2], tuple(t.shape), t.requires_grad) if isinstance(t, framework.Tensor) else type(t).__name__
    )


def refusal(outcome: Outcome) -> str | None:
    """The error that ended a run, in one line."""
    return None if outcome.error is None else f"{type(outcome.error).__name__}: {outcome.error}"[:300]


def judge_parts(result: Result, mine: Outcome, theirs: Outcome, scale: float, exact: Outcome | None = None, **options: Any) -> None:
    """Count what came of each part of a run: its values, its gradients of the first and second order, where PyTorch has some."""
    if not mine.second and mine.error is None:
        mine.second = [None] * len(theirs.second)  # a gradient that depends on nothing may say so, or be zero
    for check, part in (("forward", "values"), ("gradient", "leaf_grads"), ("second order", "second")):
        if part == "values" or getattr(theirs, part):
            wrong: Any = refusal(mine) if not getattr(mine, part) else None
            if wrong is None and part == "values":
                wrong = compare_facts(mine, theirs)
            bound = scale**2 if part == "second" else scale
            result.count(check, wrong or compare_calls(mine, theirs, part, exact, scale=bound, **options))


def drawn(samples: Iterable[Any], limit: int | None, seed: Any) -> list[tuple[int, Any]]:
    """So many of the samples, with their numbers, drawn by the seed; the first ones without a seed, all without a limit."""
    numbered = list(enumerate(itertools.islice(samples, limit if seed is None else None)))
    if limit is None or limit >= len(numbered):
        return numbered
    return sorted(random.Random(str(seed)).sample(numbered, limit), key=lambda pair: pair[0])


def replay_all(names: list[str], one: Callable[[str], dict[str, Result]], jobs: int) -> dict[str, dict[str, Result]]:
    """``{entry: {dtype: result}}``, on several processes. Ctrl-C ends it with the entries that are done."""
    done: dict[str, dict[str, Result]] = {}
    pool = None
    try:
        if jobs <= 1 or len(names) < 3:
            for name in names:
                done[name] = one(name)
            return done
        pool = ProcessPoolExecutor(jobs, initializer=interrupts.ignore)
        with interrupts.held():
            waiting = {pool.submit(one, name): name for name in names}
        for future in as_completed(waiting):
            done[waiting[future]] = future.result()
            if len(done) % 100 == 0:
                print(f"parity: {len(done)} of {len(names)} entries", file=sys.stderr, flush=True)
        pool.shutdown()
    except KeyboardInterrupt:
        interrupts.ignore()
        if pool is not None:
            for worker in multiprocessing.active_children():
                worker.terminate()
            pool.shutdown(wait=False, cancel_futures=True)
    return {name: done[name] for name in names if name in done}


def left_out(names: list[str], results: dict[str, Any]) -> int:
    """Say what an interrupted replay did not do, and how many entries that is."""
    left = len(names) - len(results)
    if left:
        print(
            f"interrupted: {left} of {len(names)} entries were not replayed: {', '.join(n for n in names if n not in results)[:300]} ..."
        )
    return left


def show(
    results: dict[str, dict[str, Result]], checks: tuple[str, ...], path: str | None, excluded: dict[str, str], **more: Any
) -> None:
    """Print one line per difference, and how many entries pass each check; write all of it to ``path``, with the seed and what else is
    said about the run."""
    for name, by_dtype in results.items():
        if by_dtype["float64"].missing:
            print(f"{name:44s} missing: {by_dtype['float64'].missing}")
        for dtype, r in by_dtype.items():
            for check, text in r.first.items():
                print(f"{name:44s} {dtype} {check}: {r.wrong[check]} of {r.done[check]} differ: {text}")
    missing = sum(bool(r["float64"].missing) for r in results.values())
    print(f"\n{len(results)} entries in scope, {len(excluded)} not; missing: {missing}")
    for dtype in dict.fromkeys(dtype for by_dtype in results.values() for dtype in by_dtype):
        for check in checks:
            asked = [r[dtype] for r in results.values() if r[dtype].missing or r[dtype].done.get(check)]
            if asked:
                good, samples = sum(r.passes(check) for r in asked), sum(r.done.get(check, 0) for r in asked)
                share = f"{good:4d} of {len(asked):4d} entries pass ({good / len(asked):.1%}), {samples} samples"
                print(f"{dtype} {check:12s} {share}")
    if path:
        entries = {name: {dtype: vars(r) for dtype, r in by.items()} for name, by in results.items()}
        write_json(path, {"about": about(**more), "entries": entries, "out_of_scope": excluded})
