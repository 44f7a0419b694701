"""Does the harness reach everything? One traced pass over the catalogue says which primitives' kernels ran.

A primitive that no entry of the catalogue reaches fails the run: an operation that is added without a way to test it is
noticed at once.
"""

from __future__ import annotations

import sys
from typing import Any

import minitorch_bp
import minitorch_bp.nn  # registers the layers' primitives
from minitorch_bp.core.op import OPS

from .catalog import CATALOG
from .choices import Seeded
from .generate import random_dag
from .networks import random_mlp
from .networks import run as run_network
from .program import run


def reached(draws: int = 6) -> dict[str, set[str]]:
    """For each primitive, the catalogue entries (or ``"mlp"``) that ran its kernel, forward or in a rule."""
    kernels = {op.kernel.__code__: name for name, op in OPS.items()}
    # The fast paths of ufuncs go round the kernel; there the frame of the call itself tells which operation it is.
    calls = {f.__code__ for op in OPS.values() if op.ufunc is not None for f in (op.call, op.operator) if f is not None}
    found: dict[str, set[str]] = {name: set() for name in OPS}
    current = ""

    def trace(frame: Any, event: str, arg: Any) -> None:
        name = kernels.get(frame.f_code) if event == "call" else None
        if name is None and event == "call" and frame.f_code in calls:
            name = frame.f_locals["op"].name
        if name is not None:
            found[name].add(current)

    sys.setprofile(trace)
    try:
        for entry in CATALOG:
            current = entry
            for seed in range(draws):
                program = random_dag(Seeded((seed, 1)), seed, [entry], 2)
                program = type(program)(program.leaves, program.steps, program.roots, program.dtype, True, seed)
                run(program, minitorch_bp)
        current = "mlp"
        for seed in range(40):
            run_network(random_mlp(Seeded(seed), seed), minitorch_bp)
    finally:
        sys.setprofile(None)
    return found


def missing() -> list[str]:
    """The primitives that nothing reaches."""
    return sorted(name for name, entries in reached().items() if not entries)
