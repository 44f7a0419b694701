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
from .catalog.entry import Entry
from .outcome import Outcome, generator_state

VALUES = ("normal", "grid", "special", "zeros")
LAYOUTS = ("plain", "transposed", "step")
MODES = ("backward", "twice", "grad", "inputs")


@dataclass(frozen=True)
class Leaf:
    """An input: how to draw it, rather than its numbers.

    Attributes
    ----------
    values : 'normal', 'grid' (ties and zeros), 'special' (with an infinity or NaN) or 'zeros'
    layout : 'plain', 'transposed' (column-major) or 'step' (every other element of a longer row)
    dtype : None for the program's type, or the name of another
    """

    shape: tuple[int, ...]
    seed: int
    values: str = "normal"
    requires_grad: bool = True
    layout: str = "plain"
    dtype: str | None = None

    def array(self, dtype: str) -> np.ndarray:
        """The numbers, as a new array in the leaf's layout; float32 programs get numbers that are exact in both precisions."""
        return _laid_out(_numbers(self, dtype), self.layout)


@functools.lru_cache(512)
def _numbers(leaf: Leaf, dtype: str) -> np.ndarray:
    rng = np.random.default_rng(leaf.seed)
    x: np.ndarray = rng.standard_normal(leaf.shape).astype(np.float32)
    if leaf.values == "grid":
        x = np.round(x * 2) / 2
    elif leaf.values == "zeros":
        x = np.zeros(leaf.shape, np.float32)
    elif leaf.values == "special" and x.size:
        x.reshape(-1)[rng.integers(x.size)] = rng.choice([np.inf, -np.inf, np.nan])
    if leaf.dtype is not None:
        dtype = leaf.dtype
        x = np.nan_to_num(x * 3) if dtype.startswith(("int", "uint")) else x > 0 if dtype == "bool" else x
    return np.asarray(x).astype(dtype)


def _laid_out(x: np.ndarray, layout: str) -> np.ndarray:
    if layout == "transposed":
        return np.array(x, order="F")
    if layout == "step" and x.ndim:
        longer = np.repeat(x, 2, axis=-1)
        return longer[..., ::2]
    return np.array(x)


@dataclass(frozen=True)
class Step:
    """One operation: an entry of the catalogue on earlier values."""

    op: str
    operands: tuple[int, ...]
    args: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Program:
    """A random DAG.

    Attributes
    ----------
    roots : the values that backward starts from, each with a random cotangent
    hooked : values whose gradient a tensor hook multiplies by -0.5
    mode : 'backward', 'twice' (backward runs twice and accumulates), 'grad' (``autograd.grad`` of the leaves), or 'inputs'
        (``backward(inputs=...)`` of the first leaf that requires grad)
    """

    leaves: tuple[Leaf, ...]
    steps: tuple[Step, ...]
    roots: tuple[int, ...]
    dtype: str = "float64"
    second_order: bool = False
    seed: int = 0  # of the cotangents
    hooked: tuple[int, ...] = ()
    mode: str = "backward"

    @property
    def looks(self) -> bool:
        """Whether the graph is looked at before the backward pass: a fused node then becomes the chain that PyTorch shows."""
        return self.seed % 2 == 1

    @functools.cached_property
    def entries(self) -> list[Entry]:
        """The catalogue's entries of the steps."""
        return [CATALOG[s.op] for s in self.steps]

    def layout_is_fixed(self, k: int | None = None) -> bool:
        """Whether the layout in memory of step ``k``'s result (of all results) is compared: PyTorch's iteration decided nowhere."""
        return not any(e.free_layout for e in (self.entries if k is None else self.entries[: k + 1]))

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> Program:
        """A program that :meth:`to_json` wrote; ValueError if it is not one, or names an unknown op."""
        try:
            d = json.loads(text)
            program = Program(
                tuple(
                    Leaf(tuple(v["shape"]), v["seed"], v["values"], v["requires_grad"], v.get("layout", "plain"), v.get("dtype"))
                    for v in d["leaves"]
                ),
                tuple(Step(s["op"], tuple(s["operands"]), s["args"]) for s in d["steps"]),
                tuple(d["roots"]), d["dtype"], d["second_order"], d["seed"], tuple(d.get("hooked", ())), d.get("mode", "backward"),
            )  # fmt: skip
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
            raise ValueError(f"this is not a saved program: {error}") from None
        if program.mode not in MODES or any(v.values not in VALUES or v.layout not in LAYOUTS for v in program.leaves):
            raise ValueError("this is not a saved program: unknown mode, kind of values or layout")
        unknown = {s.op for s in program.steps} - set(CATALOG)
        if unknown:
            raise ValueError(f"the program uses operations that the catalogue does not have: {', '.join(sorted(unknown))}")
        return program


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
    """Run a program in a framework.

    ``nudge`` (for PyTorch alone) seeds a move of every leaf element by up to two units in the last place, and of every result
    of a function of the mathematics library by one: where tanh saturates, no move of its input shows that its last bit counts.
    """
    if nudge:
        with _moved_functions(torch, nudge):
            return _run(program, torch, dtype, nudge)
    return _run(program, torch, dtype, 0)


#: Functions whose results libraries round differently in the last place.
_LIBRARY = frozenset({
    "tanh", "sigmoid", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "sinh", "cosh", "asin", "acos",
    "atan", "atan2", "asinh", "acosh", "atanh", "erf", "erfc", "erfinv", "softmax", "log_softmax", "logsumexp", "logsigmoid",
    "softplus", "gelu", "silu", "elu", "celu", "selu", "lgamma", "digamma", "pow", "rsqrt",
})  # fmt: skip
#: Functions that take a mean away: what is left where all is equal to it may be 0, or a unit in the last place of the rest.
_CENTRED = frozenset({"group_norm", "layer_norm", "batch_norm", "instance_norm"})


def _moved_functions(torch: Any, seed: int) -> Any:
    """A mode in which those functions' results are larger or smaller by a unit in the last place; all alike, so ties stay."""

    class Moved(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            result = function(*args, **(kwargs or {}))
            name = getattr(function, "__name__", "").rstrip("_")
            if (
                (name in _LIBRARY or name.startswith("special_"))
                and isinstance(result, torch.Tensor)
                and result.is_floating_point()
            ):
                result.data.mul_(1 + (-1) ** seed * torch.finfo(result.dtype).eps)
            elif name in _CENTRED and result.numel() and result.is_floating_point():
                result.data.add_(result.detach().nan_to_num().abs().max() * ((-1) ** seed * torch.finfo(result.dtype).eps))
            return result

    return Moved()


def _run(program: Program, torch: Any, dtype: str | None, nudge: int) -> Outcome:
    out = Outcome()
    values: list[Any] = []
    for leaf in program.leaves:
        x = leaf.array(program.dtype)
        if x.dtype.kind == "f" and (dtype is not None or nudge):
            if nudge:
                units = np.random.default_rng(nudge).integers(-2, 3, x.shape)
                x[...] = x * (1 + units * np.finfo(x.dtype).eps)
            if dtype is not None:
                x = _laid_out(x.astype(dtype), leaf.layout)
        t = torch.from_numpy(x)
        values.append(t.requires_grad_() if leaf.requires_grad else t)
    first = len(values)
    try:
        if program.hooked:
            _hook(program, values, range(first), out)
        for k, (step, entry) in enumerate(zip(program.steps, program.entries, strict=True)):
            out.failed_at = k
            v = compiled(entry.template)(torch, [values[i] for i in step.operands], step.args)
            if not isinstance(v, torch.Tensor):
                v = torch.tensor(v)
            values.append(v)
            out.views.append(v._base is not None)
            if v.requires_grad and not v.is_leaf and not (program.looks and v.grad_fn is None):
                v.retain_grad()
                if len(program.steps) < 40:
                    v.register_hook(functools.partial(_note, out.hook_order, k))
                if first + k in program.hooked:
                    _hook(program, values, (first + k,), out)
        out.values = values[first:]
        out.failed_at = len(program.steps)
        if any(e.random for e in program.entries):
            out.facts["state of the random generator"] = generator_state(torch)
        _backward(program, torch, values, out)
        out.failed_at = None
    except Exception as error:
        out.error = error
        out.values = values[first:]
    return out


def _hook(program: Program, values: list[Any], places: Any, out: Outcome) -> None:
    """Tensor hooks that change the gradient, and on leaves one that sees the sum arrive."""
    for i in places:
        if i in program.hooked and values[i].requires_grad:
            values[i].register_hook(lambda g: g * -0.5)
            if values[i].is_leaf:
                values[i].register_post_accumulate_grad_hook(lambda leaf, i=i: out.hook_order.append(-1 - i))


def _note(order: list[int], k: int, grad: Any) -> None:
    order.append(k)


def _backward(program: Program, torch: Any, values: list[Any], out: Outcome) -> None:
    roots = [values[i] for i in program.roots if values[i].requires_grad]
    if not roots:
        return
    rng = np.random.default_rng(program.seed)

    def cotangent(t: Any) -> Any:
        shape = tuple(t.shape)
        kind = str(t.dtype).rpartition(".")[2]
        return torch.from_numpy(np.asarray(rng.standard_normal(shape).astype(np.float32)).astype(kind))

    cotangents = out.cotangents = [cotangent(t) for t in roots]
    leaves = [t for t in values[: len(program.leaves)] if t.requires_grad]
    create = program.second_order
    if program.mode == "grad":
        out.leaf_grads = list(torch.autograd.grad(roots, leaves, cotangents, create_graph=create, allow_unused=True))
    else:
        if program.mode == "twice":
            torch.autograd.backward(roots, cotangents, retain_graph=True)
        torch.autograd.backward(roots, cotangents, create_graph=create, inputs=leaves[:1] if program.mode == "inputs" else None)
        out.leaf_grads = [t.grad for t in leaves]
    out.value_grads = [t.grad if t.requires_grad else None for t in values[len(program.leaves) :]]
    if create:
        first = [g for g in out.leaf_grads if g is not None and g.requires_grad]
        if first:
            order = list(out.hook_order)
            out.second = list(torch.autograd.grad(first, leaves, [cotangent(g) for g in first], allow_unused=True))
            out.hook_order = order


# ---------------------------------------------------------------------- printing
def script(program: Program, module: str = "torch") -> str:
    """The program as a standalone script for one framework."""
    lines = ["import numpy as np", "import torch" if module == "torch" else f"import {module} as torch", "",
             "def show(name, function):", "    print(name, function())", ""]  # fmt: skip
    return "\n".join(lines) + "\n" + body(program)


def body(program: Program) -> str:
    """The lines of the script; every result goes to ``show(name, function)``."""
    lines = []
    for i, leaf in enumerate(program.leaves):
        lines += _leaf_lines(i, leaf, program)
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
        if program.looks:
            lines.append(f"v{n + k}.grad_fn")
        if n + k in program.hooked:
            lines += [f"if v{n + k}.requires_grad:", f"    v{n + k}.register_hook(lambda g: g * -0.5)"]
    lines += [f"show('v{n + k} = {s.op}', lambda: v{n + k})" for k, s in enumerate(program.steps)]
    leaves = [f"v{i}" for i, leaf in enumerate(program.leaves) if leaf.requires_grad]
    lines += [
        "", f"rng = np.random.default_rng({program.seed})",
        f"roots = [v for v in [{', '.join(f'v{i}' for i in program.roots)}] if v.requires_grad]",
        "random = lambda t: torch.from_numpy(np.asarray(rng.standard_normal(tuple(t.shape)).astype(np.float32))).to(t.dtype)",
        "cotangents = [random(t) for t in roots]", f"leaves = [{', '.join(leaves)}]",
    ]  # fmt: skip
    create = f"create_graph={program.second_order}"
    if program.mode == "grad":
        lines.append(f"grads = torch.autograd.grad(roots, leaves, cotangents, {create}, allow_unused=True)")
    else:
        steps = ", ".join(f"v{n + k}" for k in range(len(program.steps)))
        lines += [f"for v in [{steps}]:", "    if v.requires_grad and not v.is_leaf:", "        v.retain_grad()"]
        if program.mode == "twice":
            lines.append("torch.autograd.backward(roots, cotangents, retain_graph=True)")
        inputs = ", inputs=leaves[:1]" if program.mode == "inputs" else ""
        lines += [f"torch.autograd.backward(roots, cotangents, {create}{inputs})", "grads = [t.grad for t in leaves]"]
        lines += [f"show('gradient of v{n + k} = {s.op}', lambda: v{n + k}.grad if v{n + k}.requires_grad else None)"
                  for k, s in enumerate(program.steps)]  # fmt: skip
    lines += [f"show('gradient of {name}', lambda: grads[{k}])" for k, name in enumerate(leaves)]
    if program.second_order:
        lines.append("first = [g for g in grads if g is not None and g.requires_grad]")
        lines.append("second = torch.autograd.grad(first, leaves, [random(g) for g in first], allow_unused=True)")
        lines.append("show('second derivatives', lambda: second)")
    return "\n".join(lines) + "\n"


def _leaf_lines(i: int, leaf: Leaf, program: Program) -> list[str]:
    data = leaf.array(program.dtype)
    text = repr(data.tolist()).replace("nan", "np.nan").replace("inf", "np.inf")
    dtype = leaf.dtype or program.dtype
    if leaf.layout == "plain":
        made = f"torch.tensor({text}, dtype=torch.{dtype})"
    else:
        numbers = f"np.array({text}, np.{dtype}{', order=' + repr('F') if leaf.layout == 'transposed' else ''})"
        made = f"torch.from_numpy({numbers if leaf.layout == 'transposed' else f'np.repeat({numbers}, 2, -1)[..., ::2]'})"
    lines = [f"v{i} = {made}" + (".requires_grad_()" if leaf.requires_grad else "")]
    if i in program.hooked and leaf.requires_grad:
        lines.append(f"v{i}.register_hook(lambda g: g * -0.5)")
    return lines
