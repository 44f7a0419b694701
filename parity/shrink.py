"""Making a failing program small: drop steps and leaves while it keeps failing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .program import Leaf, Program


def shrink(program: Program, fails: Callable[[Program], bool], tries: int = 400) -> Program:
    """The smallest failing program that dropping things one at a time leads to."""
    best = program
    improved = True
    while improved and tries > 0:
        improved = False
        for candidate in _smaller(best):
            tries -= 1
            if tries <= 0:
                break
            if _fails(candidate, fails):
                best, improved = candidate, True
                break
    return best


def _fails(program: Program, fails: Callable[[Program], bool]) -> bool:
    try:
        return fails(program)
    except Exception:
        return False  # the smaller program is not legal


def _smaller(program: Program) -> list[Program]:
    """Programs with one thing less, most promising first."""
    n = len(program.leaves)
    smaller = []
    for root in program.roots:
        if len(program.roots) > 1:
            smaller.append(replace(program, roots=(root,)))
    if program.steps:
        last = n + len(program.steps) - 1
        kept = tuple(i for i in program.hooked if i != last)
        smaller.append(replace(program, steps=program.steps[:-1], roots=_roots_without(program, last), hooked=kept))
    for k in reversed(range(len(program.steps))):
        smaller += _bypass(program, n + k)
    for i in reversed(range(n)):
        if n > 1 and not any(i in s.operands for s in program.steps) and i not in program.roots:
            smaller.append(_remove_value(program, i, i))
    if program.second_order:
        smaller.append(replace(program, second_order=False))
    if program.hooked:
        smaller.append(replace(program, hooked=()))
    if program.mode != "backward":
        smaller.append(replace(program, mode="backward"))
    for i, leaf in enumerate(program.leaves):
        smaller += [replace(program, leaves=(*program.leaves[:i], simpler, *program.leaves[i + 1 :])) for simpler in _simpler(leaf)]
    return [p for p in smaller if p.roots]


def _roots_without(program: Program, value: int) -> tuple[int, ...]:
    kept = tuple(r for r in program.roots if r != value)
    return kept or (value - 1,)


def _bypass(program: Program, value: int) -> list[Program]:
    """Without one step: what read its result reads one of its operands instead."""
    step = program.steps[value - len(program.leaves)]
    return [_remove_value(program, value, operand) for operand in dict.fromkeys(step.operands)]


def _remove_value(program: Program, value: int, instead: int) -> Program:
    n = len(program.leaves)

    def moved(i: int) -> int:
        i = instead if i == value else i
        return i - 1 if i > value else i

    leaves = program.leaves if value >= n else program.leaves[:value] + program.leaves[value + 1 :]
    steps = tuple(replace(s, operands=tuple(moved(i) for i in s.operands)) for k, s in enumerate(program.steps) if n + k != value)
    roots, hooked = (tuple(sorted({moved(r) for r in group})) for group in (program.roots, program.hooked))
    return replace(program, leaves=leaves, steps=steps, roots=roots, hooked=hooked)


def _simpler(leaf: Leaf) -> list[Leaf]:
    simpler = []
    if leaf.shape:
        simpler.append(replace(leaf, shape=leaf.shape[1:]))
        simpler += [replace(leaf, shape=tuple(1 if j == k else m for j, m in enumerate(leaf.shape)))
                  for k, n in enumerate(leaf.shape) if n > 1]  # fmt: skip
    for name, simple in (("values", "normal"), ("layout", "plain"), ("dtype", None)):
        if getattr(leaf, name) != simple:
            simpler.append(replace(leaf, **{name: simple}))  # type: ignore[arg-type]
    return simpler
