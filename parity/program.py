"""Programs as data, and the one interpreter that runs them in both frameworks.

A program is a list of leaves and a flat list of steps. A step names an entry of the catalogue, the earlier values it
reads, and constant arguments. Because both frameworks have the same API, one interpreter serves both, and the program
prints itself as a script that runs with either import.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from .catalog import CATALOG


@dataclass(frozen=True)
class Leaf:
    """An input: how to draw it, rather than its numbers, unless it has been written out (``data``)."""

    shape: tuple[int, ...]
    seed: int
    values: str = "normal"  # normal, grid (ties and zeros), or special (with inf and NaN)
    requires_grad: bool = True

    def array(self, dtype: str) -> np.ndarray:
        """The numbers; float32 programs get numbers that are exact in both precisions."""
        rng = np.random.default_rng(self.seed)
        x = rng.standard_normal(self.shape).astype(np.float32)
        if self.values == "grid":
            x = np.round(x * 2) / 2
        elif self.values == "special" and x.size:
            x.reshape(-1)[rng.integers(x.size)] = rng.choice([np.inf, -np.inf, np.nan])
        return np.asarray(x).astype(dtype)


@dataclass(frozen=True)
class Step:
    """One operation: an entry of the catalogue on earlier values."""

    op: str
    operands: tuple[int, ...]
    args: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Program:
    """A random DAG. ``roots`` are the values that backward starts from, each with a random cotangent."""

    leaves: tuple[Leaf, ...]
    steps: tuple[Step, ...]
    roots: tuple[int, ...]
    dtype: str = "float64"
    second_order: bool = False
    seed: int = 0  # of the cotangents

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> Program:
        """A program that :meth:`to_json` wrote; ValueError if it is not one, or names an unknown op."""
        try:
            d = json.loads(text)
            program = Program(
                tuple(Leaf(tuple(v["shape"]), v["seed"], v["values"], v["requires_grad"]) for v in d["leaves"]),
                tuple(Step(s["op"], tuple(s["operands"]), s["args"]) for s in d["steps"]),
                tuple(d["roots"]), d["dtype"], d["second_order"], d["seed"],
            )  # fmt: skip
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"this is not a saved program: {error}") from None
        unknown = {s.op for s in program.steps} - set(CATALOG)
        if unknown:
            raise ValueError(f"the program uses operations that the catalogue does not have: {', '.join(sorted(unknown))}")
        return program


@dataclass
class Outcome:
    """What a run produced: everything that is compared."""

    values: list[Any] = field(default_factory=list)  # of every step
    leaf_grads: list[Any] = field(default_factory=list)
    value_grads: list[Any] = field(default_factory=list)  # of every retained step
    second: list[Any] = field(default_factory=list)
    hook_order: list[int] = field(default_factory=list)
    error: BaseException | None = None
    failed_at: int | None = None  # the step that raised, or len(steps) for backward


@functools.cache
def compiled(template: str) -> Any:
    """The function ``f(torch, x, a)`` of a catalogue template."""
    body = template if "{out}" in template else "{out} = " + template
    source = body.replace("{out}", "out")
    for k in range(4):
        source = source.replace("{%d}" % k, f"x[{k}]")
    source = re.sub(r"\{(\w+)\}", r"a['\1']", source)
    lines = "\n".join("    " + line for line in source.split("\n"))
    space: dict[str, Any] = {}
    exec(f"def f(torch, x, a):\n{lines}\n    return out\n", space)
    return space["f"]


def run(program: Program, torch: Any, dtype: str | None = None, nudge: int = 0) -> Outcome:
    """Run a program in a framework. ``nudge`` seeds a move of every leaf element by up to two units in the last place."""
    out = Outcome()
    dtype = dtype or program.dtype
    values: list[Any] = []
    for leaf in program.leaves:
        x = leaf.array(program.dtype).astype(dtype)
        if nudge:
            units = np.random.default_rng(nudge).integers(-2, 3, x.shape)
            x = np.asarray(x * (1 + units * np.finfo(program.dtype).eps)).astype(dtype)
        t = torch.from_numpy(np.array(x))
        values.append(t.requires_grad_() if leaf.requires_grad else t)
    first = len(values)
    try:
        for k, step in enumerate(program.steps):
            out.failed_at = k
            v = compiled(CATALOG[step.op].template)(torch, [values[i] for i in step.operands], step.args)
            if not isinstance(v, torch.Tensor):
                v = torch.tensor(v)
            values.append(v)
            if v.requires_grad and v.grad_fn is not None:
                v.retain_grad()
                if len(program.steps) < 40:
                    v.register_hook(functools.partial(_note, out.hook_order, k))
        out.values = values[first:]
        out.failed_at = len(program.steps)
        _backward(program, torch, values, out, dtype)
        out.failed_at = None
    except Exception as error:
        out.error = error
        out.values = values[first:]
    return out


def _note(order: list[int], k: int, grad: Any) -> None:
    order.append(k)


def _backward(program: Program, torch: Any, values: list[Any], out: Outcome, dtype: str) -> None:
    roots = [values[i] for i in program.roots if values[i].requires_grad]
    if not roots:
        return
    rng = np.random.default_rng(program.seed)

    def cotangent(t: Any) -> Any:
        shape = tuple(t.shape)
        kind = str(t.dtype).rpartition(".")[2]
        return torch.from_numpy(np.asarray(rng.standard_normal(shape).astype(np.float32)).astype(kind))

    cotangents = [cotangent(t) for t in roots]
    leaves = [t for t in values[: len(program.leaves)] if t.requires_grad]
    torch.autograd.backward(roots, cotangents, create_graph=program.second_order)
    out.leaf_grads = [t.grad for t in leaves]
    out.value_grads = [t.grad if t.requires_grad else None for t in values[len(program.leaves) :]]
    if program.second_order:
        first = [t.grad for t in leaves if t.grad is not None and t.grad.requires_grad]
        if first:
            order = list(out.hook_order)
            out.second = list(torch.autograd.grad(first, leaves, [cotangent(g) for g in first], allow_unused=True))
            out.hook_order = order


# ---------------------------------------------------------------------- printing
def script(program: Program, module: str = "torch") -> str:
    """The program as a standalone script."""
    lines = ["import numpy as np", "import torch" if module == "torch" else f"import {module} as torch", ""]
    for i, leaf in enumerate(program.leaves):
        data = leaf.array(program.dtype).tolist()
        text = repr(data).replace("nan", "float('nan')").replace("inf", "float('inf')")
        lines.append(f"v{i} = torch.tensor({text}, dtype=torch.{program.dtype}, requires_grad={leaf.requires_grad})")
    n = len(program.leaves)
    for k, step in enumerate(program.steps):
        text = CATALOG[step.op].template
        text = text if "{out}" in text else "{out} = " + text
        text = text.replace("{out}", f"v{n + k}")
        for j, i in enumerate(step.operands):
            text = text.replace("{%d}" % j, f"v{i}")
        for key, value in step.args.items():
            text = text.replace("{%s}" % key, repr(value))
        lines.append(text)
    lines += ["", f"rng = np.random.default_rng({program.seed})", "roots, cotangents = [], []"]
    lines.append(f"for v in [{', '.join(f'v{i}' for i in program.roots)}]:")
    lines.append("    if v.requires_grad:")
    lines.append("        roots.append(v)")
    lines.append("        c = np.asarray(rng.standard_normal(tuple(v.shape)).astype(np.float32))")
    lines.append("        cotangents.append(torch.from_numpy(c).to(v.dtype))")
    leaves = [f"v{i}" for i, leaf in enumerate(program.leaves) if leaf.requires_grad]
    lines.append(f"torch.autograd.backward(roots, cotangents, create_graph={program.second_order})")
    lines.append(f"for name, leaf in zip({leaves}, [{', '.join(leaves)}]):")
    lines.append("    print(name, leaf.grad)")
    if program.second_order:
        lines.append(f"leaves = [{', '.join(leaves)}]")
        lines.append("first = [t.grad for t in leaves if t.grad is not None and t.grad.requires_grad]")
        lines.append(
            "c2 = [torch.from_numpy(np.asarray(rng.standard_normal(tuple(g.shape)).astype(np.float32))).to(g.dtype) for g in first]"
        )
        lines.append("print(torch.autograd.grad(first, leaves, c2, allow_unused=True))")
    return "\n".join(lines) + "\n"
