"""``parity.check``: a function, module or training step of one's own, in both frameworks.

What it returns is compared, and what it leaves behind: gradients of both orders under random cotangents, the inputs (a function may write
to them), the state of modules, the state of the random generator, and of an error its type. The judge is that of the campaigns.
"""

from __future__ import annotations

import copy
import functools
import inspect
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import minitorch_bp
from minitorch_bp.core.trees import leaves_of

from . import blame
from .judge import compare_calls, compare_start
from .outcome import Mismatch, Outcome, array_of, generator_state, named_state, reference
from .rebinding import Rebound
from .replay import differentiate, largest_of, type_of
from .translation import fresh, mapped, nudged, widened

FACTOR = 256.0  # roundings that a function of one's own may accumulate


class ParityError(AssertionError):
    """The two frameworks differ; the message says where, and what diverges first.

    Attributes
    ----------
    mismatch : the difference, with both values
    primitive : the primitive that diverges first; empty if none can be told
    """

    def __init__(self, message: str, mismatch: Mismatch, primitive: str):
        super().__init__(message)
        self.mismatch, self.primitive = mismatch, primitive


def check(
    function: Callable[..., Any], *inputs: Any, seed: int = 0, orders: int = 2, tolerance: float | None = None, **named: Any
) -> Any:
    """Run a function in minitorch_bp and in PyTorch, and compare everything that it gives.

    Parameters
    ----------
    function : callable
        Code that uses PyTorch: a function, a method, or a module. It runs in PyTorch as it is; for minitorch_bp, the names ``torch`` and
        what comes of it mean minitorch_bp, in it and in the functions and classes of the same project that it uses. A function whose
        first parameter is called ``torch`` is given the framework instead. To compare a training step, make model and optimizer
        inside of the function, and return the losses and the ``state_dict``.
    *inputs, **named
        Tensors of either framework, NumPy arrays (they become tensors, and those of floating type require a gradient), modules, and
        whatever else the function takes; each run gets copies.
    seed : int
        What both generators are seeded with.
    orders : 0, 1 or 2
        The orders of derivatives to compare.
    tolerance : float, optional
        Accept differences of this size, relative to the largest number, in place of some hundred roundings.

    Returns
    -------
    Any
        What the function returned in PyTorch.

    Raises
    ------
    ParityError
        The frameworks differ.
    TypeError, ValueError
        The function cannot be called, or the options make no sense.

    Examples
    --------
    >>> import numpy as np
    >>> import parity
    >>> def loss(torch, x, w):
    ...     return torch.nn.functional.softplus(x @ w).mean()
    >>> x, w = np.linspace(-1, 1, 6).reshape(2, 3), np.ones((3, 1))
    >>> parity.check(loss, x, w)
    tensor(1.0530, dtype=torch.float64, grad_fn=<MeanBackward0>)
    """
    if not callable(function):
        raise TypeError(f"check() takes a function or a module first, but was given a {type(function).__name__}")
    if orders not in (0, 1, 2):
        raise ValueError(f"orders must be 0, 1 or 2, but is {orders!r}")
    torch = reference()
    given = (_tensors(torch, inputs), _tensors(torch, named))
    runs = lambda framework, given: _run(_prepared(function, framework, given), seed, orders)
    with warnings.catch_warnings(action="ignore"):
        theirs, returned = runs(torch, given)
        ours, _ = runs(minitorch_bp, given)
        mismatch = _difference(torch, ours, theirs, given, runs, tolerance)
        if mismatch is None:
            if theirs.error is not None:  # both refuse, alike
                raise theirs.error
            return returned
        prepared = {framework: _prepared(function, framework, given) for framework in (torch, minitorch_bp)}
        primitive = blame.first_to_diverge(lambda framework: _run(prepared[framework], seed, orders), minitorch_bp, torch)
    raise ParityError(_report(function, mismatch, primitive, seed), mismatch, primitive)


def _tensors(torch: Any, value: Any) -> Any:
    """Arrays and minitorch_bp's tensors as PyTorch's."""

    def one(v: Any) -> Any:
        if isinstance(v, np.ndarray):
            t = torch.from_numpy(v.copy())
            return t.requires_grad_(t.is_floating_point() or t.is_complex())
        if isinstance(v, minitorch_bp.Tensor):
            return torch.from_numpy(np.array(v.detach().numpy())).requires_grad_(v.requires_grad)
        return v

    return mapped(one, value)


@dataclass
class Prepared:
    """A call in one framework: the function and its arguments, all of that framework, and the modules among them."""

    framework: Any
    call: Any
    args: list[Any]
    kwargs: dict[str, Any]
    modules: list[Any]


def _prepared(function: Any, framework: Any, given: Any) -> Prepared:
    torch = reference()
    first = inspect.isfunction(function) and next(iter(inspect.signature(function).parameters), "") == "torch"
    args, kwargs = fresh(torch, given)
    if framework is torch:
        memo: dict[int, Any] = {}  # what is shared stays shared
        still = lambda v: copy.deepcopy(v, memo) if isinstance(v, torch.nn.Module) else v
        call, args, kwargs = still(function), mapped(still, list(args)), mapped(still, kwargs)
    else:
        project = type(function).__module__ if isinstance(function, torch.nn.Module) else getattr(function, "__module__", None)
        rebound = Rebound(project or "")
        call, args, kwargs = rebound(function), rebound(list(args)), rebound(kwargs)
    modules = [m for m in (call, *leaves_of((args, kwargs))) if isinstance(m, framework.nn.Module)]
    return Prepared(framework, call, [framework, *args] if first else args, kwargs, modules)


def _run(prepared: Prepared, seed: int, orders: int) -> tuple[Outcome, Any]:
    """Call, differentiate, and note what is left behind."""
    framework, args, kwargs = prepared.framework, prepared.args, prepared.kwargs
    tensors = [t for t in leaves_of((args, kwargs)) if isinstance(t, framework.Tensor)]
    parameters = list({id(p): p for m in prepared.modules for p in m.parameters()}.values())
    out, result = Outcome(), None
    framework.manual_seed(seed)
    try:
        result = prepared.call(*args, **kwargs)
        results = list(leaves_of(result))
        out.facts = {
            "types of the results": [type_of(framework, t) for t in results],
            "state of the random generator": generator_state(framework),
        }
        numbers = [np.array(array_of(t)) if isinstance(t, framework.Tensor) else t for t in results]
        if orders:
            differentiate(framework, out, results, tensors, parameters, orders)
        state = [v for m in prepared.modules for v in named_state(m).values()]
        kept = [t.grad for t in (*tensors, *parameters) if t.is_leaf]
        left = [np.array(array_of(t)) for t in tensors]
        out.values = [*numbers, *left, *state, *(None if g is None else np.array(array_of(g)) for g in kept)]
        out.facts["what is compared"] = (len(numbers), len(left), len(state), [g is None for g in kept])
    except Exception as error:
        out.error = error
    return out, result


def _difference(torch: Any, ours: Outcome, theirs: Outcome, given: Any, runs: Any, tolerance: float | None) -> Mismatch | None:
    mismatch = compare_start(ours, theirs)
    if mismatch is not None or theirs.error is not None:
        return mismatch
    kinds = {v.dtype for v in (*theirs.values, *theirs.leaf_grads) if isinstance(v, np.ndarray) and v.dtype.kind in "fc"}
    eps = max((float(np.finfo(k).eps) for k in kinds), default=2.0**-52)
    exact = None
    if any(k.itemsize == 4 for k in kinds):
        exact = runs(torch, widened(torch, given))[0]
    moved = functools.cache(lambda: [runs(torch, nudged(torch, given, k))[0] for k in (1, 2)])
    size = largest_of(theirs, given)
    for part, place in (("values", "result"), ("leaf_grads", "gradient"), ("second", "second derivative")):
        options: dict[str, Any] = {"scale": size**2 if part == "second" else size, "eps": eps, "factor": FACTOR}
        if tolerance is not None:
            options |= {"eps": tolerance, "factor": 1.0}
        if part == "second" and not ours.second:
            ours.second = [None] * len(theirs.second)  # a gradient that depends on nothing may say so, or be zero
        found = compare_calls(ours, theirs, part, exact, None if tolerance is not None else moved, **options)
        if found is not None:
            found.where = _named(found.where, place, theirs)
            return found
    return None


def _named(where: str, place: str, theirs: Outcome) -> str:
    """What an entry of an outcome is called: of values, the results come first, then the inputs, the modules' states, and ``.grad``."""
    index = where.partition("[")[2].rstrip("]")
    if place != "result" or not index.isdigit():
        return f"{place} {index}" if index.isdigit() else where
    k = int(index)
    for name, count in zip(
        ("result", "input afterwards", "state of a module", ".grad"), (*theirs.facts["what is compared"][:3], k + 1), strict=True
    ):
        if k < count:
            return f"{name} {k}"
        k -= count
    return where


def _report(function: Any, mismatch: Mismatch, primitive: str, seed: int) -> str:
    torch = reference()
    name = getattr(function, "__qualname__", type(function).__qualname__)
    first = f"first diverges: {primitive}" if primitive else "no single call or gradient diverges by itself"
    where = f"minitorch_bp of {minitorch_bp.__file__}, torch {torch.__version__}, numpy {np.__version__}, seed {seed}"
    return f"{name} differs between the frameworks in {mismatch}\n{first}\n({where})"


__all__ = ["ParityError", "check"]
