"""Which primitive diverges first? A failure is run again in both frameworks, and everything it computes is written down.

Forward, a mode sees every public call and its result: the first call whose result differs is to blame. Backward, every node of the
graph has a hook: the first node that is given the same gradient in both frameworks, and hands another one on, is to blame. Both
frameworks have the same calls, nodes and names, so the two records are compared entry by entry, one backward pass after the other.
A suspect is made sure of by making its calls alone, in both; where the ways of the two records part (a second derivative is written in
other primitives), every call that minitorch_bp made is.
A broken rule of ``div`` is found so in whatever program, network or script it shows up, and all its failures form one group.
"""

from __future__ import annotations

import contextlib
import functools
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import minitorch_bp
from minitorch_bp.core.trees import leaves_of

from .judge import differs, largest
from .outcome import array_of
from .translation import mapped

FACTOR = 256.0
EACH = 4  # so many calls of one name are made alone


@dataclass
class Part:
    """What ran up to the end of a backward pass: calls with their results, and nodes with the gradients that came and left."""

    calls: list[tuple[str, list[Any]]] = field(default_factory=list)
    nodes: list[tuple[str, list[Any], list[Any]]] = field(default_factory=list)


@dataclass
class Record:
    """A run."""

    parts: list[Part] = field(default_factory=lambda: [Part()])
    alone: dict[str, list[tuple[Any, Any, Any]]] = field(default_factory=dict)  # name -> function and arguments
    raised: str = ""  # the call that raised the error that ended the run
    backward: bool = False  # whether a pass goes on: what is called in it is no step of the program


def first_to_diverge(run: Callable[[Any], Any], ours: Any, torch: Any) -> str:
    """The name of the primitive, with ' (backward)' or ' (error)' after it; empty if none can be told."""
    mine, theirs = record(run, ours), record(run, torch)
    if mine.raised != theirs.raised:
        return f"{mine.raised or theirs.raised} (error)"
    suspect = _first_in_step(mine, theirs)
    name = suspect.partition(" ")[0]
    if suspect and name not in mine.alone:  # a node inside of a call of another name
        return suspect
    found = _differs_alone(name, mine.alone.get(name, []), torch)
    others = ((n, calls) for n, calls in mine.alone.items() if n != name)
    return found or next((f for n, calls in others if (f := _differs_alone(n, calls, torch))), suspect)


def _first_in_step(mine: Record, theirs: Record, calls: bool = True) -> str:
    """The first entry of the two records that differs, as long as they run in step."""
    for one, other in zip(mine.parts, theirs.parts, strict=False):
        for (_, a), (name, b) in zip(one.calls, other.calls, strict=False) if calls else ():
            if _layouts(a) != _layouts(b):
                break
            if _differ(a, b):
                return name
        for (name, came, left), (called, given, handed) in zip(one.nodes, other.nodes, strict=False):
            if _plain(name) != _plain(called) or _differ(came, given):
                break
            if _differ(left, handed):
                return f"{primitive(name)} (backward)"
    return ""


def _differs_alone(name: str, calls: list[tuple[Any, Any, Any]], torch: Any) -> str:
    """The name, if one of these calls of minitorch_bp differs from PyTorch's function of that name on the same arguments."""
    homes = (torch, torch.nn.functional, torch.Tensor, torch.linalg, torch.special)
    theirs = next((f for home in homes if callable(f := getattr(home, name, None))), None)
    for ours, args, kwargs in calls if theirs is not None else ():
        with contextlib.suppress(Exception), warnings.catch_warnings(action="ignore"):
            for framework in (torch, minitorch_bp):
                framework.manual_seed(0)
            mine = functools.partial(_alone, ours, args, kwargs, lambda x: x)
            other = functools.partial(_alone, theirs, args, kwargs, lambda x: torch.from_numpy(x.numpy().copy()))
            a, b = mine(), other()
            if _layouts(a[0]) == _layouts(b[0]) and _differ(a[0], b[0]):
                return name
            if len(a[1]) == len(b[1]) and _differ(a[1], b[1]):
                inside = (record(run, framework) for run, framework in ((mine, minitorch_bp), (other, torch)))
                return _first_in_step(next(inside), next(inside), calls=False) or f"{name} (backward)"
    return ""


def _alone(function: Any, args: Any, kwargs: Any, changed: Callable[[Any], Any], _: Any = None) -> tuple[list[Any], list[Any]]:
    """A call by itself: its results, and their gradients in the arguments."""

    def leaf(v: Any) -> Any:
        if not hasattr(v, "detach"):
            return v
        return (t := changed(v.detach())).clone().requires_grad_(t.is_floating_point())

    args, kwargs = mapped(leaf, args), mapped(leaf, kwargs)
    results = [t for t in leaves_of(function(*args, **kwargs)) if hasattr(t, "detach")]
    leaves = [t for t in leaves_of((args, kwargs)) if hasattr(t, "detach") and t.requires_grad]
    if leaves and results and results[0].requires_grad:
        weights = np.linspace(0.5, 1.5, results[0].numel()).reshape(tuple(results[0].shape))
        cotangent = changed(leaves[0].new_tensor(weights.tolist(), dtype=results[0].dtype)) if results[0].ndim else None
        results[0].backward(cotangent)
    return [array_of(t) for t in results], [array_of(t.grad) for t in leaves]


def primitive(node: str) -> str:
    """The operation's name, of its node: ``DivBackward0`` is that of ``div``."""
    text = re.sub(r"Backward\d*$", "", node.rpartition("::")[2])
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower()


def _plain(node: str) -> str:
    """A node's name without what only one of the frameworks says (``SpecialXlog1PyBackward0`` for ``Xlog1pyBackward0``)."""
    return primitive(node).replace("_", "").removeprefix("special").removeprefix("linalg")


def record(run: Callable[[Any], Any], torch: Any) -> Record:
    """Run in one framework, and write down what it does."""
    kept = Record()

    class Calls(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            name = getattr(function, "__name__", str(function)).strip("_")
            try:
                result = function(*args, **(kwargs or {}))
            except Exception:
                kept.raised = name
                raise
            kept.raised = ""
            tensors = [t for t in leaves_of(result) if isinstance(t, torch.Tensor)]
            given = any(isinstance(t, torch.Tensor) for t in leaves_of((args, kwargs or {})))
            if tensors and given and name not in ("get", "requires_grad"):  # (PyTorch's mode does not see from_numpy)
                if not kept.backward:
                    kept.parts[-1].calls.append((name, [np.array(array_of(t)) for t in tensors]))
                if len(calls := kept.alone.setdefault(name, [])) < EACH:
                    still = lambda v: v.detach().clone() if isinstance(v, torch.Tensor) else v
                    calls.append((function, mapped(still, args), mapped(still, kwargs or {})))
            return result

    with warnings.catch_warnings(action="ignore"), _nodes_hooked(torch, kept), Calls(), contextlib.suppress(Exception):
        run(torch)
    return kept


@contextlib.contextmanager
def _nodes_hooked(torch: Any, kept: Record) -> Iterator[None]:
    """Have every node of a graph hooked before a backward pass goes through it."""
    hooked: list[Any] = []
    homes = [(torch.autograd, "backward"), (torch.autograd, "grad"), (torch.Tensor, "backward")]
    originals = [home.__dict__[name] for home, name in homes]

    def looked_at(function: Any) -> Any:
        def with_hooks(roots: Any, *args: Any, **kwargs: Any) -> Any:
            if kept.backward:  # one of these calls another one
                return function(roots, *args, **kwargs)
            kept.backward = True
            try:
                _hook_all([roots] if isinstance(roots, torch.Tensor) else list(roots), hooked, kept)
                return function(roots, *args, **kwargs)
            finally:
                kept.backward = False
                kept.parts.append(Part())

        return with_hooks

    for (home, name), function in zip(homes, originals, strict=True):
        setattr(home, name, looked_at(function))
    try:
        yield
    finally:
        for (home, name), function in zip(homes, originals, strict=True):
            setattr(home, name, function)


def _hook_all(roots: list[Any], hooked: list[Any], kept: Record) -> None:
    waiting = [t.grad_fn for t in roots if getattr(t, "grad_fn", None) is not None]
    known = {id(node) for node in hooked}
    while waiting:
        node = waiting.pop()
        if id(node) in known:
            continue
        known.add(id(node))
        hooked.append(node)  # kept alive, so that its id stays its own
        name = node.name()
        if "AccumulateGrad" not in name:
            node.register_hook(lambda left, came, name=name: kept.parts[-1].nodes.append((name, _arrays(came), _arrays(left))))
        waiting += [following for following, _ in node.next_functions if following is not None]


def _arrays(gradients: Any) -> list[Any]:
    return [None if g is None else np.array(array_of(g)) for g in gradients]


def _layouts(arrays: list[Any]) -> list[Any]:
    return [(a.shape, a.dtype) for a in arrays]


def _differ(mine: list[Any], theirs: list[Any]) -> bool:
    if len(mine) != len(theirs):
        return True
    scale = largest([*theirs, *mine])
    return any(differs(a, b, scale=scale, eps=_unit(b), factor=FACTOR) for a, b in zip(mine, theirs, strict=True))


def _unit(array: Any) -> float:
    return float(np.finfo(array.dtype).eps) if array is not None and array.dtype.kind in "fc" else 0.0
