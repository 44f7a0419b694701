"""Trying a program out: on copies of the tensors, with other numbers, beside the eager function, to the last bit.

What a trace can't see it must not get wrong. So before a program is used, it runs on the example and on changed copies of it; outputs,
gradients, buffers and the state of the random generator must be what the function itself gives. The tensors of the user are not touched:
while a trial runs they hold copies (:func:`sandbox`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..core.detour import remove_detour, set_detour
from ..core.engine import run_backward
from ..core.random import default_generator
from ..core.tensor import Tensor, wrap
from ..core.view import edge_of
from .lines import alike
from .program import MISS
from .recorder import Refused, looks


def copied(array: np.ndarray) -> np.ndarray:
    """A copy in the same layout, also of one that has gaps or is expanded."""
    if not array.size or array.flags.c_contiguous:
        return array.copy()
    steps = [s // array.itemsize for s in array.strides]
    if any(s < 0 or s * array.itemsize != t for s, t in zip(steps, array.strides)):
        raise Refused("a tensor whose elements lie at odd places")
    memory = np.zeros(1 + sum(s * (n - 1) for s, n in zip(steps, array.shape)), array.dtype)
    new = np.lib.stride_tricks.as_strided(memory, array.shape, array.strides, writeable=True)
    new[...] = array
    if not array.flags.writeable:
        new.flags.writeable = False
    return new


def changed(array: np.ndarray, kind: int) -> np.ndarray:
    """Other numbers of the same sort: the example itself (0), a little off (1), or its elements in another order (2)."""
    new = copied(array)
    if kind and array.size and new.flags.writeable and 0 not in array.strides:
        if kind == 2:
            new[...] = np.random.default_rng(7).permutation(array.ravel()).reshape(array.shape)
        elif array.dtype.kind == "f":
            noise = np.random.default_rng(5).standard_normal(array.shape)
            new[...] = (array * (1 + 0.05 * noise)).astype(array.dtype)
    return new


@contextlib.contextmanager
def sandbox(tensors: list[Tensor], arrays: list[np.ndarray]) -> Iterator[None]:
    """The tensors with other arrays; afterwards they, and the random generator, are as they were."""
    parts = ("_array", "_cell", "_fn", "_requires_grad", "_view", "_grad", "_extras")
    before = [[getattr(t, part) for part in parts] for t in tensors]
    versions = [None if t._cell is None else t._cell[0] for t in tensors]
    state = default_generator.get_state()
    for t, array in zip(tensors, arrays, strict=True):
        t._array = array
    try:
        yield
    finally:
        for t, values, version in zip(tensors, before, versions, strict=True):
            for part, value in zip(parts, values):
                setattr(t, part, value)
            if version is not None:
                t._cell[0] = version
        default_generator.set_state(state)


@contextlib.contextmanager
def answering(answers: list[Any]) -> Iterator[None]:
    """Every look at a value sees what it saw while the function was traced."""
    rest = list(answers)

    def answer(function: Any, call: Any, *args: Any, **kwargs: Any) -> Any:
        if not rest:
            raise Refused("the function looks at values that it did not look at before")
        return rest.pop(0)

    if not answers:
        yield
        return
    set_detour(looks(), answer)
    try:
        yield
    finally:
        remove_detour(looks(), answer)


def _gradients(outs: list[Tensor], leaves: list[Tensor], only: int | None) -> list[Any]:
    """The gradients of all outputs, or of one of them, in the leaves."""
    random = np.random.default_rng(3)
    roots, seeds = [], []
    for k, t in enumerate(outs):
        seed = np.asarray(random.standard_normal(t._array.shape)).astype(t._array.dtype)
        edge = edge_of(t)
        if edge is not None and only in (None, k):
            roots.append(edge)
            seeds.append(seed)
    if not roots or not leaves:
        return []
    found = run_backward(roots, seeds, True, False, tuple(leaves), False)
    return [None if g is None else g._array for g in found]


def _second(outs: list[Tensor], leaves: list[Tensor]) -> Any:
    """The gradients under ``create_graph``, whether they have a history, and theirs; or the type of an error."""
    random = np.random.default_rng(3)
    seed = lambda t: wrap(np.asarray(random.standard_normal(t._array.shape)).astype(t._array.dtype))
    try:
        roots = [t for t in outs if edge_of(t) is not None]
        if not roots or not leaves:
            return [], [], []
        grads = run_backward([edge_of(t) for t in roots], [seed(t) for t in roots], True, True, tuple(leaves), False)
        ends = [g for g in grads if g is not None and edge_of(g) is not None]
        seeds = [seed(g)._array for g in ends]
        second = run_backward([edge_of(g) for g in ends], seeds, True, False, tuple(leaves), False) if ends else []
    except (RuntimeError, NotImplementedError, TypeError, ValueError, IndexError) as error:
        return type(error).__name__
    array = lambda g: None if g is None else g._array
    return list(map(array, grads)), [g is not None and edge_of(g) is not None for g in grads], list(map(array, second))


def _close(a: list[Any], b: list[Any]) -> bool:
    """Whether second derivatives agree, but for roundings."""
    for x, y in zip(a, b, strict=True):
        if x is None or y is None:
            if x is not y and (x if y is None else y).any():  # an undefined gradient is a zero
                return False
            continue
        tolerance = {2: 5e-2, 4: 1e-3}.get(y.dtype.itemsize, 1e-8)
        size = np.abs(y[np.isfinite(y)]).max(initial=1.0)
        if not np.allclose(x, y, tolerance, tolerance * size, equal_nan=True):
            return False
    return True


def _outcome(function: Any, own: list[Tensor], arrays: list[np.ndarray], twice: bool) -> Any:
    """Outputs, whether they require grad, gradients, what has become of the tensors, and the random state."""
    with sandbox(own, [copied(a) for a in arrays]), np.errstate(all="ignore"):
        outs = function()
        leaves = [t for t in own if edge_of(t) is t]
        groups = [None, *range(len(outs))] if len(outs) > 1 else [None]
        gradients = [g for only in groups for g in _gradients(outs, leaves, only)]
        state = default_generator.get_state()._array.copy()
        arrays, flags, written = [t._array for t in outs], [edge_of(t) is not None for t in outs], [t._array.copy() for t in own]
        return arrays, flags, gradients, written, state, _second(outs, leaves) if twice else None


def check(eager: Any, program: Any, own: list[Tensor], answers: list[Any]) -> None:
    """Refused unless the program gives what the function gives. Both are functions without arguments that return the outputs."""
    originals = [t._array for t in own]
    for kind in range(3):
        arrays = [changed(a, kind) for a in originals]
        try:
            with answering(answers):
                right = _outcome(eager, own, arrays, not kind)
        except Exception as error:
            if not kind:
                raise Refused(f"the function fails: {error}") from None
            continue  # these numbers it does not take
        try:
            outcome = _outcome(program, own, arrays, not kind)
        except Exception as error:
            raise Refused(f"the program fails: {type(error).__name__}: {error}") from None
        if right[1] != outcome[1]:
            raise Refused("other outputs require grad")
        for name, a, b in zip(("outputs", "", "gradients", "tensors that are written to", "random state"), outcome, right):
            if name and not alike(a, b):
                raise Refused(f"the program's {name} differ from the function's" + (" for other numbers" if kind else ""))
        ours, theirs = outcome[5], right[5]
        if type(ours) is not type(theirs) or (isinstance(theirs, str) and ours != theirs):
            raise Refused("a recorded backward pass fails")
        if isinstance(theirs, tuple) and not (alike(ours[0], theirs[0]) and ours[1] == theirs[1] and _close(ours[2], theirs[2])):
            raise Refused("second derivatives differ from the function's")


__all__ = ["MISS", "answering", "changed", "check", "copied", "sandbox"]
