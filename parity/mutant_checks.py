"""The checks that a planted bug has to pass: what they are, what PyTorch gives for each, and which primitives each one calls."""

from __future__ import annotations

import functools
import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import minitorch_bp

from . import coverage, modules, networks, scripted, scripts, surroundings
from .catalog import CATALOG
from .choices import Seeded
from .generate import random_dag
from .judge import compare
from .program import Program, run

ASSERTION, CRASH = "killed by assertion", "killed by crash"


@dataclass
class Checks:
    """What PyTorch gave, computed once: a child compares minitorch_bp with it."""

    singles: dict[str, list[tuple[Program, Any]]]  # per catalogue entry
    dags: list[tuple[Program, Any]]
    nets: list[tuple[Any, Any]]
    layers: list[tuple[str, str, str, bool, Any]]
    texts: dict[str, str]
    surrounding: list[tuple[scripted.Scripted, scripted.Run]]
    calls: dict[tuple[str, Any], set[str]] = field(default_factory=dict)  # the primitives that each check calls


def prepare(torch: Any) -> Checks:
    """Run every check in PyTorch."""
    with warnings.catch_warnings(action="ignore"):
        features = ("float64", "second order", "ties", "broadcast", "float32", "zeros", "transposed", "twice", "mixed types")
        singles: dict[str, list[tuple[Program, Any]]] = {}
        for name, entry in CATALOG.items():
            singles[name] = []
            for seed in range(6):
                for feature in features if seed < 2 else features[:3]:
                    program = coverage.program_for(entry, feature, seed)
                    if program is not None:
                        singles[name].append((program, run(program, torch)))
        dags = [(p, run(p, torch)) for p in (random_dag(Seeded((77, k)), k) for k in range(400))]
        nets = []
        schedulers = itertools.cycle(networks.SCHEDULERS)
        for k, optimizer in enumerate(networks.OPTIMIZERS):
            for seed in range(2):
                net = networks.random_mlp(Seeded((seed, k)), seed)
                net = networks.replace(
                    net, optimizer=optimizer, scheduler=next(schedulers), steps=4, dtype="float64",
                    activations=("tanh",) * len(net.activations), dropout=0.0,
                )  # fmt: skip
                nets.append((net, networks.run(net, torch)))
        for k in range(60):
            net = networks.random_network(Seeded((5, k)), k)
            nets.append((net, networks.run(net, torch)))
        layers = [
            (c, i, dtype, train, modules.run_module(torch, c, i, dtype, train, 0))
            for cases in modules.MODULES.values() for c, i in cases for dtype in ("float64",) for train in (True, False)
        ]  # fmt: skip
        texts = {name: scripts.outcome(name, torch) for name in scripts.SCRIPTS}
        # Rows with worker processes last: each copies this large process.
        rows = sorted(surroundings.every_row(3), key=lambda case: case.rows[0].startswith("workers"))
        surrounding = [(case, scripted.run(case, torch)) for case in rows]
    return Checks(singles, dags, nets, layers, texts, surrounding)


def _program_verdict(program: Program, theirs: Any, torch: Any) -> str | None:
    ours = run(program, minitorch_bp)
    if ours.error is not None and theirs.error is None:
        return CRASH
    return ASSERTION if compare(program, ours, theirs, torch) is not None else None


Check = tuple[tuple[str, Any], str, Callable[[], str | None]]  # what tells it from the others, what to call it, the verdict


def all_checks(entries: Iterable[str], checks: Checks, torch: Any) -> Iterator[Check]:
    """First what reaches a mutant, then all else; what no entry of the catalogue is known to reach is looked for in all of them."""
    yield from _singles(entries, checks, torch)
    for name, text in checks.texts.items():
        yield ("text", name), f"script: {name}", functools.partial(_text_verdict, name, text)
    for k, layer in enumerate(checks.layers):
        yield ("layer", k), f"nn.{layer[0]}", functools.partial(_layer_verdict, *layer)
    for k, (net, result) in enumerate(checks.nets):
        yield ("net", k), f"network {net.seed}, {net.optimizer}", functools.partial(_net_verdict, net, result)
    for k, (case, given) in enumerate(checks.surrounding):
        yield ("surrounding", k), f"script: {case.rows[0]}", functools.partial(_script_verdict, case, given, torch)
    for k, (program, theirs) in enumerate(checks.dags):
        yield ("dag", k), "random DAG", functools.partial(_program_verdict, program, theirs, torch)
    if not entries:
        yield from _singles(CATALOG, checks, torch)


def _singles(entries: Iterable[str], checks: Checks, torch: Any) -> Iterator[Check]:
    for entry in entries:
        for k, (program, theirs) in enumerate(checks.singles.get(entry, ())):
            yield ("single", (entry, k)), entry, functools.partial(_program_verdict, program, theirs, torch)


def _text_verdict(name: str, text: str) -> str | None:
    printed = scripts.outcome(name, minitorch_bp)
    if printed == text:
        return None
    return CRASH if printed.endswith("Error") and not text.endswith("Error") else ASSERTION


def _layer_verdict(constructor: str, inputs: str, dtype: str, train: bool, theirs: Any) -> str | None:
    ours = modules.run_module(minitorch_bp, constructor, inputs, dtype, train, 0)
    if modules.compare_module(ours, theirs, dtype) is None:
        return None
    return CRASH if ours.error is not None else ASSERTION


def _net_verdict(net: Any, theirs: Any) -> str | None:
    ours = networks.run(net, minitorch_bp)
    if networks.compare(net, ours, theirs) is None:
        return None
    return CRASH if ours.error is not None else ASSERTION


def _script_verdict(case: scripted.Scripted, theirs: scripted.Run, torch: Any) -> str | None:
    ours = scripted.run(case, minitorch_bp, 0.0, theirs.given)
    if scripted.compare(case, ours, theirs, torch) is None:
        return None
    return CRASH if ours.error is not None and theirs.error is None else ASSERTION


def record_calls(checks: Checks, torch: Any, wanted: bool = True) -> list[str]:
    """Run every check without a bug and return those that fail; if wanted, note which primitives each one calls (kernels or rules)."""
    failed = []
    with warnings.catch_warnings(action="ignore"):
        for key, where, check in all_checks(CATALOG, checks, torch):
            names: set[str] = set()
            with coverage.profiled(lambda name, how: names.add(name), rules=True) if wanted else nullcontext():
                verdict = check()
            checks.calls[key] = names
            if verdict:
                failed.append(where)
    return failed
