"""Every module with every option, and every option of every optimizer: built, run and trained in both frameworks.

A case is the text of a constructor and of an input. ``missing()`` lists the modules, and the options of modules and
optimizers, that no case uses; the run fails if there are any, so a new module comes with its cases.
"""

from __future__ import annotations

import inspect
import re
import warnings
from typing import Any

import numpy as np

import minitorch_bp
from minitorch_bp.core.trees import leaves_of

from .judge import Mismatch, array_of, compare_start
from .module_cases import MODULES
from .networks import OPTIMIZERS

#: Containers that are not called, base classes, what PyTorch refuses to run on a CPU (SyncBatchNorm)
#: and what it computes wrongly (CrossMapLRN2d: see docs/parity.md).
NOT_CALLED = frozenset(
    {
        "Module",
        "ModuleList",
        "ModuleDict",
        "ParameterList",
        "ParameterDict",
        "RNNBase",
        "RNNCellBase",
        "SyncBatchNorm",
        "CrossMapLRN2d",
    }
)
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
    found = set()
    for text in texts:
        arguments = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", text[text.index("(") + 1 : -1]))
        for k, argument in enumerate(a for a in re.split(r",\s*", arguments) if a):
            found.add(argument.split("=")[0].strip() if "=" in argument else names[k] if k < len(names) else "")
    return found


def missing() -> list[str]:
    """Modules without a case, and options of modules and optimizers that no case sets."""
    nn, optim = minitorch_bp.nn, minitorch_bp.optim
    found = []
    for name, kind in sorted(vars(nn).items()):
        if isinstance(kind, type) and issubclass(kind, nn.Module) and name not in NOT_CALLED:
            if name not in MODULES:
                found.append(f"nn.{name}")
            else:
                found += [f"nn.{name}({o}=)" for o in sorted(_options(kind) - _used([c for c, _ in MODULES[name]], kind))]
    for name, kind in sorted(vars(optim).items()):
        if isinstance(kind, type) and issubclass(kind, optim.Optimizer) and kind is not optim.Optimizer:
            texts = [t.replace("{p}", "p") for t in OPTIMIZERS.values() if t.startswith(f"optim.{name}(")]
            used = _used([t[len("optim.") :] for t in texts], kind) if texts else set()
            found += [f"optim.{name}({o}=)" for o in sorted(_options(kind) - used - {"differentiable"})]
    return found


def run_module(torch: Any, constructor: str, inputs: str, dtype: str, train: bool, seed: int) -> dict[str, Any]:
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
    space = {"torch": torch, "nn": torch.nn, "x": x, "u": u, "y": y, "s": s, "dtype": kind}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            module = eval("nn." + constructor, space)
            known = {k: v for k, v in module.state_dict().items() if not type(v).__name__.startswith("Uninit")}
            initial = {k: v.clone() for k, v in known.items()}
            module = module.to(kind).train(train)
            arguments = eval(f"({inputs},)", space)
            out = [t for t in leaves_of(module(*arguments)) if isinstance(t, torch.Tensor)]
            first = out[0]
            cotangent = torch.from_numpy(np.asarray(rng.standard_normal(tuple(first.shape)))).to(kind)
            given = [t for t in leaves_of(arguments) if isinstance(t, torch.Tensor)]
            leaves = [t for t in (*given, *module.parameters()) if t.requires_grad]
            grads = torch.autograd.grad(first, leaves, cotangent, allow_unused=True) if first.requires_grad else ()
            return {
                "initial": initial, "state": module.state_dict(), "repr": repr(module), "out": out,
                "grads": grads, "grad_fn": first.grad_fn.name() if first.grad_fn is not None else None,
                "random": torch.get_rng_state().numpy().tobytes(), "error": None,
            }  # fmt: skip
        except Exception as error:
            return {"error": error}


def compare_module(ours: dict[str, Any], theirs: dict[str, Any], dtype: str) -> Mismatch | None:
    """The first difference between two runs of a module, or None."""
    mismatch = compare_start(ours, theirs)
    if mismatch is not None or theirs["error"] is not None:
        return mismatch
    for key in ("repr", "random", "grad_fn"):
        if ours[key] != theirs[key]:
            return Mismatch({"random": "state of the random generator"}.get(key, key), str(ours[key])[:200], str(theirs[key])[:200])
    for name, b in theirs["initial"].items():
        pair: Any = (array_of(ours["initial"].get(name)), array_of(b))
        if name not in ours["initial"] or not np.array_equal(*pair):
            return Mismatch(f"initial value of {name}", ours["initial"].get(name), b)
    eps = float(np.finfo(dtype).eps)
    for key in ("out", "grads", "state"):
        mine, reference = ours[key], theirs[key]
        pairs = (
            [(k, mine[k], reference[k]) for k in reference]
            if key == "state"
            else list(zip(range(len(reference)), mine, reference, strict=True))
        )
        for k, a, b in pairs:
            if (a is None) != (b is None):
                return Mismatch(f"{key}[{k}]", a, b)
            if a is None:
                continue
            p, q = array_of(a), array_of(b)
            assert p is not None and q is not None
            if p.shape != q.shape or p.dtype != q.dtype or a.stride() != b.stride():
                return Mismatch(
                    f"{key}[{k}]: shape, dtype, strides", (p.shape, p.dtype, a.stride()), (q.shape, q.dtype, b.stride())
                )
            if p.dtype.kind == "f" and p.size:
                scale = max(float(np.abs(q).max()), 1.0)
                if not np.abs(p - q).max() <= 128 * eps * scale:
                    return Mismatch(f"{key}[{k}]", a, b)
            elif not np.array_equal(p, q):
                return Mismatch(f"{key}[{k}]", a, b)
    return None


def check(name: str, seed: int = 0) -> tuple[str, Mismatch] | None:
    """All cases of a module, in both types, in training and evaluation: the first case that differs, with the difference."""
    from .campaign import reference

    torch = reference()
    for constructor, inputs in MODULES[name]:
        for dtype in ("float64", "float32"):
            for train in (True, False):
                runs = [run_module(t, constructor, inputs, dtype, train, seed) for t in (minitorch_bp, torch)]
                found = compare_module(runs[0], runs[1], dtype)
                if found is not None:
                    return f"nn.{constructor} on ({inputs}), {dtype}, {'train' if train else 'eval'}", found
    return None
