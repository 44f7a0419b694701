"""Drawn programs through ``torch.jit.trace``: what a traced function gives must be what the eager one gives, bit for bit.

PyTorch is not asked. The program becomes a function of its leaves, which is traced on their numbers and called with these and with others:
outputs, gradients and the state of the random generator are compared, or the type of the error. Second derivatives may differ by roundings:
sums over all paths are added up in another order, since the paths within the traced function come together first.
"""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import minitorch_bp
from minitorch_bp import jit

from .judge import differs
from .outcome import Mismatch, generator_state
from .program import Program, compiled

Outcome = list[tuple[str, Any]]


def function_of(program: Program) -> Callable[..., Any]:
    """The steps as a function of the leaves, which returns the roots."""

    first = len(program.leaves)
    roots = [i for i in program.roots if i >= first] or [first + len(program.steps) - 1]

    def function(*leaves: Any) -> tuple[Any, ...]:
        values = list(leaves)
        for step, entry in zip(program.steps, program.entries, strict=True):
            value = compiled(entry.template)(minitorch_bp, [values[i] for i in step.operands], step.args)
            values.append(value if isinstance(value, minitorch_bp.Tensor) else minitorch_bp.tensor(value))
        return tuple(values[i] for i in roots)

    return function


def leaves_of(program: Program, numbers: int = 0) -> list[Any]:
    """Tensors for the leaves; other numbers than the program's unless ``numbers`` is 0."""
    arrays = [dataclasses.replace(leaf, seed=leaf.seed + numbers).array(program.dtype) for leaf in program.leaves]
    tensors = [minitorch_bp.from_numpy(a) for a in arrays]
    return [t.requires_grad_() if leaf.requires_grad else t for t, leaf in zip(tensors, program.leaves, strict=True)]


def outcome(function: Any, program: Program, numbers: int) -> Outcome:
    """What a call and its derivatives give, by name."""
    found: Outcome = []
    torch: Any = minitorch_bp
    try:
        torch.manual_seed(program.seed)
        leaves = leaves_of(program, numbers)
        outs = function(*leaves)
        found += [(f"output {k}", _seen(t)) for k, t in enumerate(outs)]
        found.append(("state of the random generator", generator_state(torch)))
        wanted = [t for t in leaves if t.requires_grad]
        found += [("leaves", [_seen(t) for t in leaves])]
        found += _derivatives(program, outs, wanted)
    except Exception as error:
        found.append(("error", type(error).__name__))
    return found


def _derivatives(program: Program, outs: Any, wanted: list[Any]) -> Outcome:
    torch: Any = minitorch_bp
    rng = np.random.default_rng(program.seed)
    random = lambda t: torch.from_numpy(np.asarray(rng.standard_normal(tuple(t.shape)))).to(t.dtype)
    roots = [t for t in outs if t.requires_grad]
    if not roots or not wanted:
        return []
    if program.mode == "grad" or program.second_order:
        grads: Any = torch.autograd.grad(
            roots, wanted, [random(t) for t in roots], create_graph=program.second_order, allow_unused=True
        )
    else:
        torch.autograd.backward(roots, [random(t) for t in roots], inputs=wanted[:1] if program.mode == "inputs" else None)
        grads = [t.grad for t in wanted]
    found: Outcome = [("gradients", [None if g is None else _seen(g) for g in grads])]
    first = [g for g in grads if g is not None and g.requires_grad]
    if program.second_order and first:
        second = torch.autograd.grad(first, wanted, [random(g) for g in first], allow_unused=True)
        found.append(("second derivatives", [None if g is None else g.detach().numpy() for g in second]))
    return found


def _same(name: str, a: Any, b: Any, dtype: str) -> bool:
    if name != "second derivatives":
        return bool(a == b)
    bound = 1e-9 if dtype == "float64" else 1e-3
    return all(
        x is y or (x is not None and y is not None and not differs(x, y, scale=_size(y), eps=bound, factor=1.0))
        for x, y in zip(a, b, strict=True)
    )


def _size(x: np.ndarray) -> float:
    return float(np.abs(x[np.isfinite(x)]).max(initial=1.0))


def _seen(t: Any) -> tuple[Any, ...]:
    array = t.detach().numpy()
    return array.dtype.name, array.shape, t.stride(), t.requires_grad, array.tobytes()


def difference(program: Program) -> Mismatch | None:
    """The first difference between the traced function and the eager one, or None."""
    eager = function_of(program)
    with warnings.catch_warnings(action="ignore"):
        try:
            minitorch_bp.manual_seed(program.seed)
            traced = jit.trace(eager, tuple(leaves_of(program)), check_trace=False)
        except Exception:
            return None if outcome(eager, program, 0)[-1][0] == "error" else Mismatch("trace", "an error", "no error", certain=True)
        if traced._runner.answers:  # Python decided on values, which are frozen
            return None
        for numbers in (0, 1):
            ours, right = outcome(traced, program, numbers), outcome(eager, program, numbers)
            for (name, a), (_, b) in zip(ours, right, strict=False):
                if not _same(name, a, b, program.dtype):
                    return Mismatch(f"traced: {name}" + (", for other numbers" if numbers else ""), a, b, certain=True)
            if len(ours) != len(right):
                return Mismatch("traced: what is shown", [n for n, _ in ours], [n for n, _ in right], certain=True)
    return None
