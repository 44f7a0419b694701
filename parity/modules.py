"""Every module with every option, and every option of every optimizer: built, run and trained in both frameworks.

A case is the text of a constructor and of an input. ``missing()`` lists the modules, and the options of modules and
optimizers, that no case uses; the run fails if there are any, so a new module comes with its cases.
"""

from __future__ import annotations

import ast
import inspect
import warnings
from typing import Any

import numpy as np

import minitorch_bp
from minitorch_bp.core.trees import leaves_of

from .judge import compare_start, differs, largest
from .module_cases import MODULES
from .networks import OPTIMIZERS, OTHER_OPTIMIZERS
from .outcome import Mismatch, Outcome, array_of, generator_state, named_state, reference

#: Containers that are not called, base classes, what PyTorch refuses to run on a CPU (SyncBatchNorm)
#: and what it computes wrongly (CrossMapLRN2d: see docs/parity.md).
NOT_CALLED = frozenset({
    "Module", "Container", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict", "RNNBase", "RNNCellBase", "SyncBatchNorm", "CrossMapLRN2d",
})  # fmt: skip
#: Options that say where and how, not what.
_ANYWHERE = frozenset({"self", "device", "dtype", "args", "kwargs", "foreach", "fused", "capturable"})


def _options(kind: Any) -> set[str]:
    return {
        n for n, p in inspect.signature(kind.__init__).parameters.items()
        if n not in _ANYWHERE and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    }  # fmt: skip


def _used(texts: list[str], kind: Any) -> set[str]:
    """The options that constructor texts set, by name or by position."""
    names = list(inspect.signature(kind.__init__).parameters)[1:]
    options: set[str] = set()
    for text in texts:
        call = ast.parse(text, mode="eval").body
        assert isinstance(call, ast.Call), text
        options.update(names[: len(call.args)], (str(keyword.arg) for keyword in call.keywords))
    return options


def missing() -> list[str]:
    """Modules without a case, and options of modules and optimizers that no case sets."""
    nn, optim = minitorch_bp.nn, minitorch_bp.optim
    gaps = []
    for name, kind in sorted(vars(nn).items()):
        if isinstance(kind, type) and issubclass(kind, nn.Module) and name not in NOT_CALLED:
            if name not in MODULES:
                gaps.append(f"nn.{name}")
            else:
                gaps += [f"nn.{name}({o}=)" for o in sorted(_options(kind) - _used([c for c, _ in MODULES[name]], kind))]
    for name, kind in sorted(vars(optim).items()):
        if isinstance(kind, type) and issubclass(kind, optim.Optimizer) and name not in {"Optimizer", *OTHER_OPTIMIZERS}:
            texts = [t.replace("{p}", "p") for t in OPTIMIZERS.values() if t.startswith(f"optim.{name}(")]
            used = _used([t[len("optim.") :] for t in texts], kind) if texts else set()
            gaps += [f"optim.{name}({o}=)" for o in sorted(_options(kind) - used - {"differentiable"})]
    return gaps


def run_module(torch: Any, constructor: str, inputs: str, dtype: str, train: bool, seed: int) -> Outcome:
    """Build a module, call it on inputs, differentiate under a random cotangent; everything that is compared."""
    rng = np.random.default_rng(seed)
    kind = getattr(torch, dtype)

    def x(*shape: int) -> Any:
        return torch.from_numpy(rng.standard_normal(shape)).to(kind).requires_grad_()

    def u(*shape: int) -> Any:
        return torch.from_numpy(rng.random(shape) * 0.8 + 0.1).to(kind)

    def y(*shape: int, classes: int) -> Any:
        return torch.from_numpy(rng.integers(0, classes, shape))

    def s(*shape: int) -> Any:
        return torch.from_numpy(rng.choice((-1.0, 1.0), shape)).to(kind)

    torch.manual_seed(seed)
    outcome = Outcome()
    space = {"torch": torch, "nn": torch.nn, "x": x, "u": u, "y": y, "s": s, "dtype": kind}
    with warnings.catch_warnings(action="ignore"):
        try:
            module = eval("nn." + constructor, space)
            initial = named_state(module)
            module = module.to(kind).train(train)
            arguments = eval(f"({inputs},)", space)
            out = [t for t in leaves_of(module(*arguments)) if isinstance(t, torch.Tensor)]
            first = out[0]
            cotangent = torch.from_numpy(np.asarray(rng.standard_normal(tuple(first.shape)))).to(kind)
            given = [t for t in leaves_of(arguments) if isinstance(t, torch.Tensor)]
            leaves = [t for t in (*given, *module.parameters()) if t.requires_grad]
            grads = torch.autograd.grad(first, leaves, cotangent, allow_unused=True) if first.requires_grad else ()
            outcome.values = [*out, *module.state_dict().values()]
            outcome.leaf_grads = list(grads)
            outcome.facts = {
                "names of the state_dict": [list(initial), list(module.state_dict())],
                **{f"initial {name}, which must be bit-equal": value for name, value in initial.items()},
                "repr": repr(module), "state of the random generator": generator_state(torch),
                "grad_fn": first.grad_fn.name() if first.grad_fn is not None else None,
                "shapes, dtypes, strides": [_layout(t) for t in (*outcome.values, *grads)],
            }  # fmt: skip
        except Exception as error:
            outcome.error = error
    return outcome


def shown(constructor: str, inputs: str, dtype: str, train: bool, seed: int) -> str:
    """The same as a script, with what is compared given to ``show(name, function)``."""
    return f"""nn, kind, dtype, rng = torch.nn, torch.{dtype}, torch.{dtype}, np.random.default_rng({seed})


def x(*shape): return torch.from_numpy(rng.standard_normal(shape)).to(kind).requires_grad_()
def u(*shape): return torch.from_numpy(rng.random(shape) * 0.8 + 0.1).to(kind)
def y(*shape, classes): return torch.from_numpy(rng.integers(0, classes, shape))
def s(*shape): return torch.from_numpy(rng.choice((-1.0, 1.0), shape)).to(kind)
def tensors(value):
    if isinstance(value, torch.Tensor):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return [t for part in parts for t in tensors(part)]

torch.manual_seed({seed})
module = nn.{constructor}
show("initial state, bit for bit", lambda: {{k: v.clone() for k, v in module.state_dict().items()}})
module = module.to(kind).train({train})
arguments = ({inputs},)
out = tensors(module(*arguments))
show("results", lambda: out)
show("state", lambda: dict(module.state_dict()))
show("printed module", lambda: repr(module))
show("state of the random generator, bit for bit", lambda: torch.get_rng_state())
cotangent = torch.from_numpy(np.asarray(rng.standard_normal(tuple(out[0].shape)))).to(kind)
leaves = [t for t in (*tensors(arguments), *module.parameters()) if t.requires_grad]
if out[0].requires_grad:
    grads = torch.autograd.grad(out[0], leaves, cotangent, allow_unused=True)
    show("gradients of inputs and parameters", lambda: grads)
"""


def _layout(t: Any) -> Any:
    return None if t is None else (tuple(t.shape), str(t.dtype).rpartition(".")[2], tuple(t.stride()))


def compare_module(ours: Outcome, theirs: Outcome, dtype: str) -> Mismatch | None:
    """The first difference between two runs of a module, or None."""
    mismatch = compare_start(ours, theirs)
    for part in ("values", "leaf_grads"):
        for k, (a, b) in enumerate(zip(getattr(ours, part), getattr(theirs, part), strict=True) if mismatch is None else ()):
            if differs(array_of(a), array_of(b), scale=largest([b]), eps=float(np.finfo(dtype).eps), factor=128.0):
                return Mismatch(f"{part}[{k}]", a, b)
    return mismatch


Case = tuple[str, str, str, bool, int]  # constructor, inputs, dtype, train, seed


def cases(name: str, seed: int = 0) -> list[Case]:
    """All cases of a module, in both types, in training and evaluation."""
    return [(c, i, dtype, train, seed) for c, i in MODULES[name] for dtype in ("float64", "float32") for train in (True, False)]


def difference(case: Case) -> Mismatch | None:
    """Run one case in both frameworks."""
    runs = [run_module(torch, *case) for torch in (minitorch_bp, reference())]
    return compare_module(runs[0], runs[1], case[2])


def described(case: Case) -> str:
    constructor, inputs, dtype, train, _ = case
    return f"nn.{constructor} on ({inputs}), {dtype}, {'train' if train else 'eval'}"


def check(name: str, seed: int = 0) -> tuple[str, Mismatch] | None:
    """The first case of a module that differs, with the difference."""
    for case in cases(name, seed):
        mismatch = difference(case)
        if mismatch is not None:
            return described(case), mismatch
    return None
