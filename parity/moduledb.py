"""PyTorch's module database replayed: every sample of its entries, in both frameworks.

The database (``torch.testing._internal.common_modules``) ships in PyTorch's wheel: constructor arguments and inputs for each
module, in training and in evaluation, and what must be refused. A module is built in both frameworks from one seed, so that its
initial values must agree bit for bit, and with them the state of the random generator; then called, and differentiated.
"""

from __future__ import annotations

import copy
import functools
import importlib
import warnings
from typing import Any

import numpy as np

import minitorch_bp
from minitorch_bp.core.trees import leaves_of

from .judge import compare_facts
from .outcome import Outcome, array_of, generator_state, named_state, reference
from .replay import DTYPES, Result, differentiate, drawn, judge_parts, largest_of, left_out, replay_all, show, type_of
from .translation import TESTING, Missing, fresh, nudged, translated, widened

CHECKS = ("start", "forward", "gradient", "second order", "errors")


def entries(torch: Any) -> list[Any]:
    """The database's entries, in its order."""
    with warnings.catch_warnings(action="ignore"):
        return list(importlib.import_module(f"{TESTING}.common_modules").module_db)


def _build(framework: Any, kind: Any, arguments: Any, dtype: Any, training: bool) -> Any:
    framework.manual_seed(0)
    args, kwargs = arguments
    return kind(*args, **kwargs).to(dtype).train(training)


def _start(framework: Any, module: Any) -> Outcome:
    """What a new module looks like: its text, the names, types and bits of its state, the generator's state."""
    facts = {
        "repr": repr(module), "names of the state_dict": list(module.state_dict()),
        "names": ([n for n, _ in module.named_parameters()], [n for n, _ in module.named_modules()]),
        **{f"initial values of {name}": value for name, value in named_state(module).items()},
        "state of the random generator": generator_state(framework),
    }  # fmt: skip
    return Outcome(facts=facts)


def _run(framework: Any, module: Any, arguments: Any, orders: int) -> Outcome:
    """Call the module and differentiate, in the inputs and in the parameters."""
    out = Outcome()
    framework.manual_seed(1)
    args, kwargs = arguments
    try:
        results = list(leaves_of(module(*args, **kwargs)))
        out.facts = {"types": [type_of(framework, t) for t in results], "repr": repr(module)}
        out.facts["state of the random generator"] = generator_state(framework)
        out.values = [np.array(array_of(t)) if isinstance(t, framework.Tensor) else t for t in results]
        out.values += [np.array(array_of(t)) for t in module.state_dict().values()]
        differentiate(framework, out, results, (args, list(module.parameters())), kwargs, orders)
    except Exception as error:
        out.error = error
    return out


def replay(info: Any, dtype: str = "float64", limit: int | None = None, seed: Any = None) -> Result:
    """Every sample of an entry (or ``limit`` of them, that the seed draws) in one type, in training and in evaluation."""
    torch = reference()
    result = Result(info.name)
    kind = getattr(torch, dtype)
    try:
        ours = functools.reduce(getattr, info.name.split("."), minitorch_bp)
    except AttributeError:
        result.missing = info.name
        return result
    with warnings.catch_warnings(action="ignore"):
        for training in (True, False):
            options = {"device": "cpu", "dtype": kind, "requires_grad": True, "training": training}
            torch.manual_seed(0)
            for _, sample in drawn(info.module_inputs_func(info, **options), limit, seed):
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
        result.count("start", compare_facts(_start(minitorch_bp, mine), their_start))
        a = _run(minitorch_bp, mine, translated(fresh(torch, called)), orders)
    except Exception as error:
        result.count("start", f"{type(error).__name__}: {error}"[:300])
        return
    b = _run(torch, theirs, fresh(torch, called), orders)
    if b.error is not None and not b.values:
        return
    exact = None
    if kind is torch.float32:
        exact = _run(torch, copy.deepcopy(unused).double(), widened(torch, fresh(torch, called)), orders)

    @functools.cache
    def moved() -> list[Outcome]:
        return [_run(torch, copy.deepcopy(unused), nudged(torch, fresh(torch, called), n), orders) for n in (1, 2)]

    judge_parts(result, a, b, largest_of(b, called), exact, eps=float(np.finfo(dtype).eps), moved=moved)


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
def names() -> list[str]:
    """The names of the entries in scope."""
    return [e.name for e in entries(reference())]


def one(name: str, limit: int | None, seed: int) -> dict[str, Result]:
    """An entry in each type, with samples that the seed draws."""
    info = next(e for e in entries(reference()) if e.name == name)
    return {dtype: replay(info, dtype, limit, seed=(seed, name)) for dtype in DTYPES}


def main(only: str | None, jobs: int, path: str | None, limit: int | None = None, seed: int = 0) -> int:
    """Replay, print one line per difference, and the totals; 1 if anything differs."""
    asked = [name for name in names() if only is None or only in name]
    results = replay_all(asked, functools.partial(one, limit=limit, seed=seed), jobs)
    show(results, CHECKS, path, {}, seed=seed, samples=limit or "all", left_out=len(asked) - len(results))
    failed = sum(bool(beyond_known(name, by_dtype)) for name, by_dtype in results.items())
    print(f"{len(results)} entries, {len(results) - failed} pass in full")
    if only is not None and not asked:
        print(f"no entry has {only!r} in its name")
        return 2
    return 130 if left_out(asked, results) else 1 if failed else 0


def beyond_known(name: str, by_dtype: dict[str, Result]) -> list[str]:
    """The checks that an entry fails: none is known to."""
    return sorted({check for r in by_dtype.values() for check in (*r.wrong, *(["missing"] if r.missing else []))})
