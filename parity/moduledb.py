"""PyTorch's module database replayed: every sample of its entries, in both frameworks.

The database (``torch.testing._internal.common_modules``) ships in PyTorch's wheel: constructor arguments and inputs for each
module, in training and in evaluation, and what must be refused. A module is built in both frameworks from one seed, so that its
initial values must agree bit for bit, and with them the state of the random generator; then called, and differentiated.
"""

from __future__ import annotations

import concurrent.futures
import copy
import functools
import importlib
import warnings
from typing import Any

import numpy as np

import minitorch_bp
from minitorch_bp.core.trees import leaves_of

from .campaign import reference
from .opdb import Outcome, Result, difference, differentiate, scale_of
from .translation import TESTING, Missing, array_of, fresh, nudged, translated, widened

CHECKS = ("start", "forward", "gradient", "second order", "errors")
#: Left out, and why.
OUT_OF_SCOPE = {"nn.LinearCrossEntropyLoss": "a fusion of two modules that are here, for memory"}


def entries(torch: Any) -> list[Any]:
    """The database's entries, in its order."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(importlib.import_module(f"{TESTING}.common_modules").module_db)


def _build(framework: Any, kind: Any, arguments: Any, dtype: Any, training: bool) -> Any:
    framework.manual_seed(0)
    args, kwargs = arguments
    return kind(*args, **kwargs).to(dtype).train(training)


def _start(framework: Any, module: Any) -> list[Any]:
    """What a new module looks like: its text, the names, types and bits of its state, the generator's state."""
    state = {k: v for k, v in module.state_dict().items() if not type(v).__name__.startswith("Uninitialized")}
    described = [(k, str(v.dtype), array_of(v).tobytes()) for k, v in state.items()]
    names = [n for n, _ in module.named_parameters()], [n for n, _ in module.named_modules()]
    return [repr(module), list(module.state_dict()), names, described, framework.get_rng_state().numpy().tobytes()]


def _run(framework: Any, module: Any, arguments: Any, orders: int) -> Outcome:
    """Call the module and differentiate, in the inputs and in the parameters."""
    out = Outcome()
    is_tensor = lambda t: isinstance(t, framework.Tensor)
    framework.manual_seed(1)
    args, kwargs = arguments
    try:
        results = list(leaves_of(module(*args, **kwargs)))
        out.flags = [(str(t.dtype), tuple(t.shape), t.requires_grad) if is_tensor(t) else type(t).__name__ for t in results]
        out.flags.append(framework.get_rng_state().numpy().tobytes())
        out.flags.append(repr(module))
        out.outputs = [np.array(array_of(t)) if is_tensor(t) else t for t in results]
        out.outputs += [np.array(array_of(t)) for t in module.state_dict().values()]
        differentiate(framework, out, results, (args, list(module.parameters())), kwargs, orders, is_tensor)
    except Exception as error:
        out.error = error
    return out


def replay(info: Any, dtype: str = "float64", limit: int | None = None) -> Result:
    """Every sample of an entry in one type, in training and in evaluation."""
    torch = reference()
    result = Result(info.name)
    kind = getattr(torch, dtype)
    try:
        ours = functools.reduce(getattr, info.name.split("."), minitorch_bp)
    except AttributeError:
        result.missing = info.name
        return result
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for training in (True, False):
            options = {"device": "cpu", "dtype": kind, "requires_grad": True, "training": training}
            torch.manual_seed(0)
            for number, sample in enumerate(info.module_inputs_func(info, **options)):
                if limit is None or number < limit:
                    _replay_sample(torch, info, ours, sample, kind, training, result)
            if info.module_error_inputs_func is not None:
                for error in info.module_error_inputs_func(info, **options):
                    _replay_error(info, ours, error, result)
    return result


def _replay_sample(torch: Any, info: Any, ours: Any, sample: Any, kind: Any, training: bool, result: Result) -> None:
    built = sample.constructor_input.args, sample.constructor_input.kwargs
    called = sample.forward_input.args, sample.forward_input.kwargs
    dtype = str(kind).rpartition(".")[2]
    orders = 2 if info.supports_gradgrad else 1
    theirs = _build(torch, info.module_cls, copy.deepcopy(built), kind, training)
    their_start, unused = _start(torch, theirs), copy.deepcopy(theirs)
    try:
        mine = _build(minitorch_bp, ours, translated(built), getattr(minitorch_bp, dtype), training)
        result.count("start", _first_difference(_start(minitorch_bp, mine), their_start))
        a = _run(minitorch_bp, mine, translated(fresh(torch, called)), orders)
    except Exception as error:
        result.count("start", f"{type(error).__name__}: {error}"[:300])
        return
    b = _run(torch, theirs, fresh(torch, called), orders)
    if b.error is not None and not b.outputs:
        return
    exact = None
    if kind is torch.float32:
        exact = _run(torch, copy.deepcopy(unused).double(), widened(torch, fresh(torch, called)), orders)

    @functools.cache
    def moved() -> list[Outcome]:
        return [_run(torch, copy.deepcopy(unused), nudged(torch, fresh(torch, called), n), orders) for n in (1, 2)]

    scale, eps = scale_of(b, called), float(np.finfo(dtype).eps)
    failure = None if a.error is None else f"{type(a.error).__name__}: {a.error}"[:300]
    for check, part in (("forward", "outputs"), ("gradient", "first"), ("second order", "second")):
        if part == "second" and not a.second and not a.error:
            a.second = [None] * len(b.second)  # a gradient that depends on nothing may say so, or be zero
        if getattr(b, part):
            failed = failure if not getattr(a, part) else None
            power = 2 if part == "second" else 1
            result.count(check, failed or difference(a, b, part, scale**power, eps, exact, False, moved))


def _first_difference(mine: list[Any], theirs: list[Any]) -> str | None:
    for what, a, b in zip(("repr", "state_dict", "names", "initial values", "generator"), mine, theirs, strict=True):
        if a != b:
            return f"{what}: {str(a)[:120]} instead of {str(b)[:120]}"
    return None


def _replay_error(info: Any, ours: Any, error: Any, result: Result) -> None:
    """What must be refused, with PyTorch's type of exception, when the module is made or when it is called."""
    sample = error.module_error_input

    def attempt(kind: Any, change: Any) -> BaseException | None:
        built = sample.constructor_input.args, sample.constructor_input.kwargs
        called = sample.forward_input
        try:
            args, kwargs = change(built)
            module = kind(*args, **kwargs)
            if called is not None:
                args, kwargs = change((called.args, called.kwargs))
                module(*args, **kwargs)
        except Exception as refused:
            return refused
        return None

    wanted, raised = attempt(info.module_cls, copy.deepcopy), attempt(ours, translated)
    if wanted is None or isinstance(raised, Missing):
        return
    fine = raised is not None and isinstance(raised, type(wanted)) and not isinstance(raised, NotImplementedError)
    text = f"{type(raised).__name__}: {raised} instead of {type(wanted).__name__}: {wanted}"[:300]
    result.count("errors", None if fine else text)


# ---------------------------------------------------------------------- the command
def _one(name: str, limit: int | None) -> dict[str, Result]:
    info = next(e for e in entries(reference()) if e.name == name)
    return {dtype: replay(info, dtype, limit) for dtype in ("float64", "float32")}


def main(only: str | None, jobs: int, path: str | None, limit: int | None = None) -> int:
    """Replay, print one line per difference, and the totals; 1 if anything differs."""
    from .report import write_json

    names = [e.name for e in entries(reference()) if e.name not in OUT_OF_SCOPE and (only is None or only in e.name)]
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        results = dict(zip(names, pool.map(functools.partial(_one, limit=limit), names, chunksize=2), strict=True))
    failed = 0
    for name, by_dtype in results.items():
        for dtype, r in by_dtype.items():
            if r.missing:
                print(f"{name:32s} missing")
            for check, text in r.first.items():
                print(f"{name:32s} {dtype} {check}: {r.wrong[check]} of {r.done[check]} differ: {text}")
        failed += any(r.missing or r.wrong for r in by_dtype.values())
    print(f"\n{len(names)} entries, {len(names) - failed} pass in full; left out: {', '.join(OUT_OF_SCOPE)}")
    for dtype in ("float64", "float32"):
        for check in CHECKS:
            asked = [by[dtype] for by in results.values() if by[dtype].missing or by[dtype].done.get(check)]
            if asked:
                samples = sum(r.done.get(check, 0) for r in asked)
                print(f"{dtype} {check:12s} {sum(r.passes(check) for r in asked):4d} of {len(asked):4d} entries, {samples} samples")
    if path:
        write_json(path, {"entries": {n: {d: vars(r) for d, r in by.items()} for n, by in results.items()}})
    return 1 if failed else 0
