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
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import minitorch_bp
from minitorch_bp.core.trees import leaves_of

from .campaign import reference
from .translation import (
    TESTING,
    Missing,
    array_of,
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
_TO_DO = "not written yet"
_FREE = "PyTorch hands the gradient of overwritten elements on; the values do not depend on them, so ours is zero there"
KNOWN: dict[str, dict[str, str]] = {
    **{n: {"missing": _TO_DO} for n in ("stft", "istft", "linalg.ldl_factor", "linalg.ldl_factor_ex", "linalg.ldl_solve")},
    "as_strided_scatter": {c: _FREE for c in ("gradient", "second order", "method", "gaps")},
    "nn.functional.normalize": {"second order": "terms that cancel to rounding in one sample"},
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


@dataclass
class Result:
    """What became of one entry: for each check, how often it was done, and the first difference."""

    name: str
    done: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    missing: str = ""

    def count(self, check: str, difference: str | None) -> None:
        self.done[check] = self.done.get(check, 0) + 1
        if difference is not None:
            self.wrong[check] = self.wrong.get(check, 0) + 1
            self.first.setdefault(check, difference)

    def passes(self, check: str) -> bool:
        return not self.missing and not self.wrong.get(check)


def entries(torch: Any) -> list[Any]:
    """The database's entries, in its order."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(importlib.import_module(f"{TESTING}.common_methods_invocations").op_db)


def full_name(info: Any) -> str:
    """The entry's name with its variant."""
    return info.name + ("." + info.variant_test_name if info.variant_test_name else "")


# ---------------------------------------------------------------------- one run
@dataclass
class Outcome:
    """What one call gave: results, their flags, gradients of two orders; or the error."""

    outputs: list[Any] = field(default_factory=list)
    flags: list[Any] = field(default_factory=list)
    first: list[Any] = field(default_factory=list)
    second: list[Any] = field(default_factory=list)
    error: BaseException | None = None


def evaluate(framework: Any, call: Any, arguments: Any, process: Any, orders: int, gauge: bool = False) -> Outcome:
    """Call, differentiate, differentiate again."""
    out = Outcome()
    is_tensor = lambda t: isinstance(t, framework.Tensor)
    framework.manual_seed(0)
    args, kwargs = arguments
    try:
        result = call(*args, **kwargs)
        results = list(leaves_of(process(result) if gauge else result))
        out.flags = [(str(t.dtype), tuple(t.shape), t.requires_grad) if is_tensor(t) else type(t).__name__ for t in results]
        out.outputs = [np.array(array_of(t)) if is_tensor(t) else t for t in results]
        if orders:
            differentiate(framework, out, list(leaves_of(process(result))), args, kwargs, orders, is_tensor)
    except Exception as error:
        out.error = error
    return out


def differentiate(framework: Any, out: Outcome, results: Any, args: Any, kwargs: Any, orders: int, is_tensor: Any) -> None:
    rng = np.random.default_rng(0)

    def cotangent(t: Any) -> Any:
        numbers = rng.standard_normal(tuple(t.shape))
        if t.is_complex():
            numbers = numbers + 1j * rng.standard_normal(tuple(t.shape))
        return framework.from_numpy(np.asarray(numbers)).to(t.dtype)

    roots = [t for t in results if is_tensor(t) and t.requires_grad]
    leaves = [t for t in leaves_of((args, kwargs)) if is_tensor(t) and t.requires_grad and t.is_leaf]
    if not roots or not leaves:
        return
    first = framework.autograd.grad(roots, leaves, [cotangent(t) for t in roots], create_graph=orders > 1, allow_unused=True)
    out.first = [array_of(g) for g in first]
    roots = [g for g in first if g is not None and g.requires_grad]
    if orders > 1 and roots:
        second = framework.autograd.grad(roots, leaves, [cotangent(t) for t in roots], allow_unused=True)
        out.second = [array_of(g) for g in second]


# ---------------------------------------------------------------------- judgement
def _differs(a: Any, b: Any, exact: Any, scale: float, eps: float) -> bool:
    """Whether two results differ by more than rounding: 64 units of the largest number, or 4 times PyTorch's own error."""
    if a is None or b is None:
        return not all(v is None or not np.any(v) for v in (a, b))  # an undefined gradient is a zero
    if not isinstance(b, np.ndarray):
        return not (a == b or (a != a and b != b) or (isinstance(b, float) and abs(a - b) <= 64 * eps * scale))
    if a.shape != b.shape or a.dtype != b.dtype:
        return True
    if b.dtype.kind not in "fc":
        return not np.array_equal(a, b)
    with np.errstate(all="ignore"):
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        if same.all():
            return False
        x, y = a[~same], b[~same]
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            return True
        allowed = 64 * eps * scale
        if isinstance(exact, np.ndarray) and exact.shape == b.shape:
            error = np.abs(b - exact)[~same]
            allowed = max(allowed, 4 * float(error[np.isfinite(error)].max(initial=0)))
        return bool(np.abs(x - y).max() > allowed)


def _as_sensitive(a: Any, b: Any, moved: list[Outcome], part: str, k: int) -> bool:
    """Whether PyTorch's own result moves as much when its inputs move by a few units in the last place."""
    if not isinstance(b, np.ndarray) or not isinstance(a, np.ndarray) or a.shape != b.shape or a.dtype != b.dtype:
        return False
    reach = 0.0
    for other in moved:
        found = getattr(other, part)
        if len(found) > k and isinstance(found[k], np.ndarray) and found[k].shape == b.shape:
            change = np.abs(found[k] - b)
            reach = max(reach, float(change[np.isfinite(change)].max(initial=0)))
    with np.errstate(all="ignore"):
        far = np.abs(a - b)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    return bool(np.where(same, 0, np.nan_to_num(far, nan=np.inf)).max(initial=0) <= 16 * reach)


def scale_of(outcome: Outcome, arguments: Any) -> float:
    largest = 1.0
    arrays = [*outcome.outputs, *outcome.first, *outcome.second]
    arrays += [array_of(t) for t in leaves_of(arguments) if hasattr(t, "detach")]
    for x in arrays:
        if isinstance(x, np.ndarray) and x.dtype.kind in "fc" and x.size:
            finite = np.abs(x[np.isfinite(x)])
            largest = max(largest, float(finite.max(initial=0)))
    return largest


def difference(
    a: Outcome, b: Outcome, part: str, scale: float, eps: float, exact: Outcome | None, loose: bool, moved: Any = None
) -> str | None:
    """The first difference in one part ('outputs', 'first' or 'second') of two runs."""
    if part == "outputs" and a.flags != b.flags:
        return f"{a.flags} instead of {b.flags}"
    x, y = getattr(a, part), getattr(b, part)
    z = getattr(exact, part) if exact is not None and len(getattr(exact, part)) == len(y) else [None] * len(y)
    if len(x) != len(y):
        return f"{len(x)} instead of {len(y)} of {part}"
    if loose:
        return None
    for k in range(len(y)):
        if _differs(x[k], y[k], z[k], scale, eps) and not (moved is not None and _as_sensitive(x[k], y[k], moved(), part, k)):
            return f"{part}[{k}]: {_short(x[k])} instead of {_short(y[k])}"
    return None


def _short(value: Any) -> str:
    return " ".join(repr(value).split())[:160]


# ---------------------------------------------------------------------- an entry
def replay(info: Any, dtype: str = "float64", limit: int | None = None, errors: bool = True) -> Result:
    """Every sample of an entry in both frameworks; and, for float64, what it must refuse."""
    torch = reference()
    result = Result(full_name(info))
    kind = getattr(torch, dtype)
    try:
        function = ours(info.op, info.name)
    except Missing as missing:
        result.missing = str(missing)
        return result
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if kind in info.supported_dtypes("cpu"):
            grads = info.supports_autograd and kind in info.supported_backward_dtypes("cpu")
            orders = 2 if grads and info.supports_gradgrad else 1 if grads else 0
            torch.manual_seed(0)
            for number, sample in enumerate(info.sample_inputs("cpu", kind, requires_grad=grads)):
                if limit is not None and number >= limit:
                    break
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


def _replay_sample(torch: Any, info: Any, function: Any, sample: Any, orders: int, result: Result, kind: Any) -> None:
    process = sample.output_process_fn_grad
    loose, gauge = info.name in _UNWRITTEN, info.name in _GAUGE
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
        return mine, evaluate(torch, their_call, theirs_in, process, orders, gauge), theirs_in

    mine, theirs, arguments = both(function, info.op, lambda a: a, orders)
    if theirs.error is not None and not theirs.outputs:
        return
    scale = scale_of(theirs, arguments)
    eps = float(np.finfo(str(kind).rpartition(".")[2]).eps) if kind.is_floating_point else 2.0**-52
    eps = max(eps, _SERIES.get(info.name, 0.0))
    exact = None
    if kind is torch.float32:
        exact = evaluate(torch, info.op, widened(torch, fresh(torch, given)), process, orders, gauge)
    moved = functools.cache(
        lambda: [evaluate(torch, info.op, nudged(torch, fresh(torch, given), n), process, orders, gauge) for n in (1, 2)]
    )
    error = None if mine.error is None else f"{type(mine.error).__name__}: {mine.error}"[:300]
    failed_forward = error if not mine.outputs and theirs.outputs else None
    result.count("forward", failed_forward or difference(mine, theirs, "outputs", scale, eps, exact, loose, moved))
    if orders and theirs.first:
        result.count("gradient", error if not mine.first else difference(mine, theirs, "first", scale, eps, exact, loose, moved))
    if orders > 1 and theirs.second:
        result.count(
            "second order", error if not mine.second else difference(mine, theirs, "second", scale**2, eps, exact, loose, moved)
        )
    for check, our_call, their_call, change in _variants(torch, info, sample, function):
        mine, theirs, arguments = both(our_call, their_call, change, min(orders, 1) if check != "in place" else 0)
        if theirs.error is not None:
            continue
        error = None if mine.error is None else f"{type(mine.error).__name__}: {mine.error}"[:300]
        found = error or difference(mine, theirs, "outputs", scale, eps, exact, loose, moved)
        result.count(
            check, found or difference(mine, theirs, "first", scale, eps, exact if check != "in place" else None, loose, moved)
        )
    if info.supports_out and theirs.outputs:
        _replay_out(torch, info, function, given, result, scale, eps, exact, loose or gauge, moved)


def _replay_out(
    torch: Any, info: Any, function: Any, given: Any, result: Result, scale: float, eps: float, exact: Any, loose: bool, moved: Any
) -> None:
    """``out=``: the result must arrive in the tensor that was passed, and be returned."""
    outcomes = []
    for framework, call in ((minitorch_bp, function), (torch, info.op)):
        try:
            args, kwargs = fresh(torch, given) if framework is torch else translated(fresh(torch, given))
        except Missing:
            return
        outcome = Outcome()
        try:
            with framework.no_grad():
                framework.manual_seed(0)
                plain = call(*args, **kwargs)
                several = isinstance(plain, (tuple, list))
                places = [framework.empty_like(t) for t in (plain if several else [plain])]
                framework.manual_seed(0)
                returned = call(*args, **kwargs, out=tuple(places) if several else places[0])
            outcome.outputs = [np.array(array_of(t)) for t in places]
            outcome.flags = [a is b for a, b in zip(returned if several else [returned], places, strict=True)]
        except Exception as error:
            outcome.error = error
        outcomes.append(outcome)
    mine, theirs = outcomes
    if theirs.error is None:
        failure = None if mine.error is None else f"{type(mine.error).__name__}: {mine.error}"[:300]
        result.count("out", failure or difference(mine, theirs, "outputs", scale, eps, exact, loose, moved))


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
def _one(name: str, limit: int | None) -> dict[str, Result]:
    info = next(e for e in entries(reference()) if full_name(e) == name)
    return {dtype: replay(info, dtype, limit) for dtype in ("float64", "float32")}


def replay_all(only: str | None, jobs: int, limit: int | None = None) -> tuple[dict[str, dict[str, Result]], dict[str, str]]:
    """``{entry: {dtype: result}}`` of everything in scope, and why the rest is not."""
    import concurrent.futures

    torch = reference()
    excluded = {full_name(e): why for e in entries(torch) if (why := out_of_scope(e)) is not None}
    names = [full_name(e) for e in entries(torch) if full_name(e) not in excluded and (only is None or only in full_name(e))]
    if jobs <= 1 or len(names) < 3:
        return {name: _one(name, limit) for name in names}, excluded
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        return dict(zip(names, pool.map(functools.partial(_one, limit=limit), names, chunksize=4), strict=True)), excluded


def main(only: str | None, jobs: int, path: str | None, limit: int | None = None) -> int:
    """Replay, print one line per entry that does not pass, and the totals."""
    from .report import write_json

    results, excluded = replay_all(only, jobs, limit)
    for name, by_dtype in results.items():
        result = by_dtype["float64"]
        if result.missing:
            print(f"{name:44s} missing: {result.missing}")
            continue
        for dtype, r in by_dtype.items():
            for check, text in r.first.items():
                print(f"{name:44s} {dtype} {check}: {r.wrong[check]} of {r.done[check]} differ: {text}")
    _totals(results, excluded)
    if path:
        write_json(
            path, {"entries": {n: {d: vars(r) for d, r in by.items()} for n, by in results.items()}, "out_of_scope": excluded}
        )
    return 0


def _totals(results: dict[str, dict[str, Result]], excluded: dict[str, str]) -> None:
    total = len(results)
    print(f"\n{total} entries in scope, {len(excluded)} not; missing: {sum(bool(r['float64'].missing) for r in results.values())}")
    for dtype in ("float64", "float32"):
        for check in CHECKS:
            asked = [r[dtype] for r in results.values() if r[dtype].missing or r[dtype].done.get(check)]
            if asked:
                good = sum(r.passes(check) for r in asked)
                print(f"{dtype} {check:12s} {good:4d} of {len(asked):4d} entries pass ({good / len(asked):.1%})")
    both = sum(all(r["float64"].passes(c) for c in ("forward", "gradient")) for r in results.values())
    print(f"float64, forward and gradient: {both} of {total} ({both / max(total, 1):.1%})")
    done = sum(r["float64"].done.get("errors", 0) for r in results.values())
    wrong = sum(r["float64"].wrong.get("errors", 0) for r in results.values())
    print(
        f"error inputs of the entries that are here: {done - wrong} of {done} raise PyTorch's type ({(done - wrong) / max(done, 1):.1%})"
    )
