"""PyTorch's own operator database, replayed: ``python -m parity opdb``.

The wheel brings ``op_db``, some 700 entries with sample inputs and inputs that must be refused. For each entry in scope, every
sample is run in both frameworks: results, ``requires_grad`` of each output, gradients of the first and second order under
random cotangents, the method, the in-place form, ``out=``, inputs with gaps in memory; and the error inputs must raise
PyTorch's exception type. The report says per entry: passes, differs (where), or missing.
"""

from __future__ import annotations

import functools
import importlib
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

import minitorch_bp
from minitorch_bp.core.trees import leaves_of

from .judge import compare_calls, compare_facts
from .outcome import Outcome, array_of, reference
from .replay import DTYPES, Result, differentiate, drawn, judge_parts, largest_of, left_out, refusal, replay_all, show, type_of
from .translation import (
    TESTING,
    Missing,
    as_method,
    detached,
    fresh,
    nudged,
    ours,
    sharing,
    strided,
    translated,
    widened,
    with_gaps,
)


def out_of_scope(info: Any) -> str | None:
    """Why an entry is not looked at, or None if it is."""
    name = info.name
    if name.startswith(("_", "torch.")) and not name.startswith("__"):
        return "private, or an operator of the compiler's"
    if name.startswith(("native_", "jiterator")) or name in _INTERNAL:
        return "private, or an operator of the compiler's"
    if name.endswith("_copy") and name != "index_copy":
        return "a *_copy variant for the compiler"
    if name.startswith("sparse.") or name == "to_sparse":
        return "sparse tensors"
    if name in ("chalf",) or info.variant_test_name == "triton_optimized":
        return "complex32, and CUDA only"
    return None


#: PyTorch's own truncated series and rational approximations, with the largest relative error seen (SciPy's agree with mpmath).
_SERIES = {
    "digamma": 1e-9, "polygamma": 1e-9, "special.polygamma": 1e-9, "mvlgamma": 1e-9, "lgamma": 1e-9, "special.bessel_j0": 1e-6,
    "special.bessel_j1": 1e-6, "special.bessel_y0": 1e-6, "special.bessel_y1": 2e-6, "special.airy_ai": 5e-6, "nn.functional.hardsigmoid": 1e-7,
}  # fmt: skip
#: What is checked of a sample.
CHECKS = ("forward", "gradient", "second order", "method", "in place", "gaps", "out", "errors")
#: What is missing or differs, and why: {entry: {check: reason}}.
_FREE = "PyTorch hands the gradient of overwritten elements on; the values do not depend on them, so ours is zero there"
KNOWN: dict[str, dict[str, str]] = {
    "as_strided_scatter": dict.fromkeys(("gradient", "method", "gaps"), _FREE),
    "nn.functional.batch_norm": dict.fromkeys(("forward", "gradient", "gaps"), "an empty vector, which PyTorch returns"),
    "linalg.norm.subgradients_at_zero": {"second order": "at zero ours is NaN in two samples, where PyTorch says 0"},
}
_INTERNAL = frozenset({
    "max_pool2d_with_indices_backward", "constant_pad_nd", "grid_sampler_2d", "grid_sampler_3d", "hash_tensor", "resolve_conj", "resolve_neg",
    "nn.functional.linear_cross_entropy", "slice", "nonzero_static",
})  # fmt: skip
#: Entries whose results are memory that nobody wrote to: only types and shapes are compared.
_UNWRITTEN = frozenset(
    {"empty", "empty_like", "empty_strided", "empty_permuted", "new_empty", "new_empty_strided", "resize_", "resize_as_"}
)
#: Entries with several right answers (signs of eigenvectors): what the database makes of them is compared, which has one.
_GAUGE = frozenset({"linalg.eig", "linalg.eigh", "linalg.svd", "svd", "svd_lowrank", "pca_lowrank"})


def entries(torch: Any) -> list[Any]:
    """The database's entries, in its order."""
    with warnings.catch_warnings(action="ignore"):
        return list(importlib.import_module(f"{TESTING}.common_methods_invocations").op_db)


def full_name(info: Any) -> str:
    """The entry's name with its variant."""
    return info.name + ("." + info.variant_test_name if info.variant_test_name else "")


# ---------------------------------------------------------------------- one run
def evaluate(framework: Any, call: Any, arguments: Any, process: Any, orders: int, gauge: bool = False) -> Outcome:
    """Call, differentiate, differentiate again."""
    out = Outcome()
    framework.manual_seed(0)
    args, kwargs = arguments
    try:
        result = call(*args, **kwargs)
        results = list(leaves_of(process(result) if gauge else result))
        out.facts["types"] = [type_of(framework, t) for t in results]
        out.values = [np.array(array_of(t)) if isinstance(t, framework.Tensor) else t for t in results]
        if orders:
            differentiate(framework, out, list(leaves_of(process(result))), args, kwargs, orders)
    except Exception as error:
        out.error = error
    return out


# ---------------------------------------------------------------------- an entry
def replay(info: Any, dtype: str = "float64", limit: int | None = None, errors: bool = True, seed: Any = None) -> Result:
    """Every sample of an entry in both frameworks (or ``limit`` of them, that the seed draws); and, for float64, what it must refuse."""
    torch = reference()
    result = Result(full_name(info))
    kind = getattr(torch, dtype)
    try:
        function = ours(info.op, info.name)
    except Missing as missing:
        result.missing = str(missing)
        return result
    with warnings.catch_warnings(action="ignore"):
        if kind in info.supported_dtypes("cpu"):
            grads = info.supports_autograd and kind in info.supported_backward_dtypes("cpu")
            orders = 2 if grads and info.supports_gradgrad else 1 if grads else 0
            torch.manual_seed(0)
            for _, sample in drawn(info.sample_inputs("cpu", kind, requires_grad=grads), limit, seed):
                _replay_sample(torch, info, function, sample, orders, result, kind)
        if errors and dtype == "float64" and info.error_inputs_func is not None:
            for error in info.error_inputs("cpu"):
                _replay_error(info, function, error, result)
    return result


def _variants(torch: Any, info: Any, sample: Any, function: Any) -> Iterator[tuple[str, Any, Any, Any]]:
    """The other ways to ask for the same: (check, our callable, PyTorch's, a function that changes the arguments)."""
    same = lambda arguments: arguments
    if info.method_variant is not None and info.method_variant is not info.op and isinstance(sample.input, torch.Tensor):
        yield "method", functools.partial(as_method, info.method_variant), info.method_variant, same
    if info.inplace_variant is not None and not sample.broadcasts_input and isinstance(sample.input, torch.Tensor):
        yield "in place", functools.partial(as_method, info.inplace_variant), info.inplace_variant, detached
    if isinstance(sample.input, torch.Tensor):
        yield "gaps", function, info.op, functools.partial(with_gaps, torch)


def _only_types(outcome: Outcome) -> Outcome:
    """Without the numbers, of a result that is memory which nobody wrote to."""
    numbers: Any = {part: [None] * len(getattr(outcome, part)) for part in ("values", "leaf_grads", "second")}
    return replace(outcome, **numbers)


def _replay_sample(torch: Any, info: Any, function: Any, sample: Any, orders: int, result: Result, kind: Any) -> None:
    process = sample.output_process_fn_grad
    gauge = info.name in _GAUGE
    try:
        our_process = translated(process)
    except Missing:
        our_process = lambda x: x
    given = ((sample.input, *sample.args), sample.kwargs)

    def both(our_call: Any, their_call: Any, change: Any, orders: int) -> tuple[Outcome, Outcome, Any]:
        theirs_in = change(fresh(torch, given))
        try:
            mine_in = translated(fresh(torch, given))
            mine_in = strided(mine_in) if isinstance(change, functools.partial) else change(mine_in)
        except Missing as missing:
            mine = Outcome(error=NotImplementedError(f"no {missing} here"))
        else:
            mine = evaluate(minitorch_bp, our_call, mine_in, our_process, orders, gauge)
        theirs = evaluate(torch, their_call, theirs_in, process, orders, gauge)
        return (_only_types(mine), _only_types(theirs), theirs_in) if info.name in _UNWRITTEN else (mine, theirs, theirs_in)

    mine, theirs, arguments = both(function, info.op, lambda a: a, orders)
    if theirs.error is not None and not theirs.values:
        return
    eps = float(torch.finfo(kind).eps) if kind.is_floating_point or kind.is_complex else 2.0**-52
    exact = None
    if kind is torch.float32:
        exact = evaluate(torch, info.op, widened(torch, fresh(torch, given)), process, orders, gauge)
    moved = functools.cache(
        lambda: [evaluate(torch, info.op, nudged(torch, fresh(torch, given), n), process, orders, gauge) for n in (1, 2)]
    )
    options: dict[str, Any] = {"scale": largest_of(theirs, arguments), "eps": max(eps, _SERIES.get(info.name, 0.0)), "moved": moved}
    judge_parts(result, mine, theirs, exact=exact, **options)
    for check, our_call, their_call, change in _variants(torch, info, sample, function):
        mine, theirs, arguments = both(our_call, their_call, change, min(orders, 1) if check != "in place" else 0)
        if theirs.error is None:
            wrong: Any = refusal(mine) or compare_facts(mine, theirs) or compare_calls(mine, theirs, "values", exact, **options)
            result.count(
                check, wrong or compare_calls(mine, theirs, "leaf_grads", exact if check != "in place" else None, **options)
            )
    if info.supports_out and theirs.values:
        mine, theirs = (
            _with_out(torch, framework, call, given) for framework, call in ((minitorch_bp, function), (torch, info.op))
        )
        if theirs.error is None and not isinstance(mine.error, Missing):
            if info.name in _UNWRITTEN or gauge:
                mine, theirs = _only_types(mine), _only_types(theirs)
            wrong = refusal(mine) or compare_facts(mine, theirs)
            result.count("out", wrong or compare_calls(mine, theirs, "values", exact, **options))


def _with_out(torch: Any, framework: Any, call: Any, given: Any) -> Outcome:
    """``out=``: the result must arrive in the tensor that was passed, and be returned."""
    outcome = Outcome()
    try:
        args, kwargs = fresh(torch, given) if framework is torch else translated(fresh(torch, given))
        with framework.no_grad():
            framework.manual_seed(0)
            plain = call(*args, **kwargs)
            several = isinstance(plain, (tuple, list))
            places = [framework.empty_like(t) for t in (plain if several else [plain])]
            framework.manual_seed(0)
            returned = call(*args, **kwargs, out=tuple(places) if several else places[0])
        outcome.values = [np.array(array_of(t)) for t in places]
        outcome.facts["returned is what was given"] = [
            a is b for a, b in zip(returned if several else [returned], places, strict=True)
        ]
    except Exception as error:
        outcome.error = error
    return outcome


def _replay_error(info: Any, function: Any, error: Any, result: Result) -> None:
    """An input that must be refused, with PyTorch's type of exception."""
    sample = error.sample_input
    try:
        info.op(sample.input, *sample.args, **sample.kwargs)
        return  # PyTorch takes it
    except Exception as refused:
        wanted = type(refused)
    try:
        args, kwargs = translated(((sample.input, *sample.args), sample.kwargs), sharing)
        function(*args, **kwargs)
    except Missing as missing:
        if str(missing) not in ("meta", "cuda") and "NumPy" not in str(missing):
            result.count("errors", f"no {missing} here")
    except Exception as raised:
        fine = isinstance(raised, wanted) and (
            not isinstance(raised, NotImplementedError) or issubclass(NotImplementedError, wanted)
        )
        result.count(
            "errors", None if fine else f"{type(raised).__name__}: {raised} instead of {wanted.__name__}: {error.error_regex}"[:300]
        )
    else:
        result.count("errors", f"nothing raised instead of {wanted.__name__}: {error.error_regex}"[:300])


# ---------------------------------------------------------------------- the command
def names() -> list[str]:
    """The names of the entries in scope."""
    return [full_name(e) for e in entries(reference()) if out_of_scope(e) is None]


def one(name: str, limit: int | None, seed: int) -> dict[str, Result]:
    """An entry in each type, with samples that the seed draws."""
    info = next(e for e in entries(reference()) if full_name(e) == name)
    return {dtype: replay(info, dtype, limit, seed=(seed, name)) for dtype in (*DTYPES, "complex128")}


def main(only: str | None, jobs: int, path: str | None, limit: int | None = None, seed: int = 0) -> int:
    """Replay, print one line per entry that does not pass, and the totals."""
    everything = entries(reference())
    excluded = {full_name(e): why for e in everything if (why := out_of_scope(e)) is not None}
    asked = [name for name in names() if only is None or only in name]
    results = replay_all(asked, functools.partial(one, limit=limit, seed=seed), jobs)
    show(results, CHECKS, path, excluded, seed=seed, samples=limit or "all", left_out=len(asked) - len(results))
    total = len(results)
    both = sum(all(r["float64"].passes(c) for c in ("forward", "gradient")) for r in results.values())
    print(f"float64, forward and gradient: {both} of {total} ({both / max(total, 1):.1%})")
    done, wrong = (sum(getattr(r["float64"], part).get("errors", 0) for r in results.values()) for part in ("done", "wrong"))
    share = (done - wrong) / max(done, 1)
    print(f"error inputs of the entries that are here: {done - wrong} of {done} raise PyTorch's type ({share:.1%})")
    new = [f"{name}, {check}" for name, by in results.items() for check in beyond_known(name, by)]
    print(f"beyond what is known: {', '.join(new) or 'nothing'}")
    if only is not None and not asked:
        print(f"no entry has {only!r} in its name")
        return 2
    return 130 if left_out(asked, results) else 1 if new else 0


def beyond_known(name: str, by_dtype: dict[str, Result]) -> list[str]:
    """The checks that an entry fails and that :data:`KNOWN` does not list; ``errors`` are counted, and judged one by one above."""
    known = KNOWN.get(name, {})
    wrong = {check for r in by_dtype.values() for check in (*r.wrong, *(["missing"] if r.missing else []))}
    return sorted(wrong - set(known) - {"errors"}) if "missing" not in known else []
