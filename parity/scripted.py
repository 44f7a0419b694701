"""What surrounds a model, as drawn scripts: distributions, data loaders, optimizers, run in both frameworks.

A script is a list of lines. It draws its own numbers from one seed, and whatever it gives to ``show`` is compared by name: values
closely, everything else (types, shapes, strings, the order of batches, generator states) as it stands, and of an error its type.
Shrinking leaves lines out while the script still differs. The tables of cases, and how lines are drawn from them, stand in
:mod:`distribution_cases`, :mod:`data_cases` and :mod:`optimizer_cases`.
"""

from __future__ import annotations

import functools
import gc
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from .judge import differs, signs_differ
from .outcome import Mismatch, array_of

#: What scripts begin with: how numbers are drawn, and what is compared.
HELPERS = '''
def p(numbers):
    """A parameter with these numbers."""
    leaf = torch.tensor(moved(numbers), dtype=kind, requires_grad=True)
    parameters.append(leaf)
    return leaf

def v(numbers):
    """A value to evaluate at."""
    return torch.tensor(moved(numbers), dtype=kind)

def gradients(function, *more):
    """The result of a function, and its gradients in the parameters (and in more) under random cotangents."""
    result = function()
    leaves = [t for t in (*parameters, *more) if t.requires_grad]
    if not result.requires_grad or not leaves:
        return result, None
    weights = torch.tensor(np.random.default_rng(1).uniform(0.5, 1.5, tuple(result.shape)), dtype=result.dtype)
    return result, torch.autograd.grad((result * weights).sum(), leaves, allow_unused=True, retain_graph=True)

def real(*shape): return rng.standard_normal(shape) * 1.5
def positive(*shape): return np.exp(rng.standard_normal(shape) * 0.7)
def degrees(*shape): return rng.uniform(4.5, 9.0, shape)
def unit(*shape): return rng.uniform(0.05, 0.95, shape)
def counts(*shape): return rng.integers(0, 4, shape).astype(float)
def coins(*shape): return rng.integers(0, 2, shape).astype(float)
def indices(*shape): return rng.integers(0, 3, shape).astype(float)
def vectors(*shape): return rng.standard_normal((*shape, 3))
def positives(*shape): return np.exp(rng.standard_normal((*shape, 3)) * 0.7)
def simplices(*shape): return rng.dirichlet(np.full(3, 2.0), shape)
def simplices_of_4(*shape): return rng.dirichlet(np.full(4, 2.0), shape)
def one_hot(*shape): return np.eye(3)[rng.integers(0, 3, shape)]
def without_last(*shape): return rng.multinomial(4, [0.5, 0.5, 0.0], shape).astype(float)
def told(f):
    try: return f()
    except Exception as error: return type(error).__name__
def tallies(*shape): return rng.multinomial(4, np.full(3, 1 / 3), shape).astype(float)
def triangles(*shape): return np.tril(rng.standard_normal((*shape, 3, 3)), -1) + np.eye(3) * np.exp(rng.standard_normal((*shape, 3, 1)) * 0.4)
def matrices(*shape): return (lambda L: L @ L.swapaxes(-1, -2) + 0.3 * np.eye(3))(triangles(*shape))
def factors(*shape): return rng.standard_normal((*shape, 3, 2))
def squares(*shape): return rng.standard_normal((*shape, 3, 3))
def correlations(*shape): return (lambda L: L / np.linalg.norm(L, axis=-1, keepdims=True))(triangles(*shape))

'''.lstrip()
#: How a script that stands alone shows its results.
PRINTED = """
def moved(numbers):
    return numbers

def given(name, value):
    return value

def show(name, function):
    try:
        print(f"{name}:", function())
    except Exception as error:
        print(f"{name}: {type(error).__name__}: {error}")

""".lstrip()
#: Grad mode, inference mode, default type, anomaly mode, determinism, print options.
CLEAN = (True, False, "torch.float32", False, False, "tensor(1.2346)")
ABLE = "whether there is a gradient"  # a name that scripts show first
FACTOR = 256.0  # roundings that a formula may accumulate


@dataclass(frozen=True)
class Scripted:
    """A drawn script.

    Attributes
    ----------
    kind : one of the kinds in :mod:`surroundings`
    rows : the rows of its tables that it exercises
    lines : the program; lines that belong together are one text
    loose : for names that begin so, a tolerance in place of some roundings, where PyTorch itself is less precise
    """

    kind: str
    rows: tuple[str, ...]
    lines: tuple[str, ...]
    seed: int
    dtype: str = "float64"
    loose: tuple[tuple[str, float], ...] = ()

    @property
    def beginning(self) -> str:
        return (
            f"torch.manual_seed({self.seed})\nrng = np.random.default_rng({self.seed})\nkind, parameters = torch.{self.dtype}, []\n"
        )


@dataclass
class Shown:
    """A tensor as it was when it was shown."""

    facts: tuple[Any, ...]
    array: Any

    def __repr__(self) -> str:
        return f"{self.array} {self.facts}"


@dataclass
class Run:
    """What came of a script: what it showed, by name and in order, and the error that ended it."""

    shown: list[tuple[str, Any]] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)  # what another run may begin from
    error: BaseException | None = None


def script(case: Scripted, module: str = "torch") -> str:
    """The case as a script that stands alone."""
    head = f"import {module}" + ("" if module == "torch" else " as torch")
    names = f"D, optim, data, ABLE = torch.distributions, torch.optim, torch.utils.data, {ABLE!r}"
    return "\n".join(
        [
            "import collections",
            "import copy",
            "",
            "import numpy as np",
            head,
            "",
            names,
            PRINTED + "\n" + HELPERS + case.beginning,
            *case.lines,
            "",
        ]
    )


def shown(case: Scripted) -> str:
    """The lines of the script, which give what is compared to a ``show(name, function)`` that stands outside."""
    helpers = PRINTED.partition("def show")[0]
    return "\n".join(
        [
            f"D, optim, data, ABLE = torch.distributions, torch.optim, torch.utils.data, {ABLE!r}",
            helpers + HELPERS + case.beginning,
            *case.lines,
            "",
        ]
    )


@functools.lru_cache(512)
def _compiled(text: str) -> Any:
    return compile(text, "<script>", "exec")


_LONG = 600  # characters of what is a table's own text, and therefore in many scripts


def _blocks(case: Scripted) -> list[str]:
    """The lines to run, the long ones apart: they are compiled once for all cases (half of a script's time otherwise)."""
    blocks, short = [], [case.beginning]
    for line in case.lines:
        if len(line) > _LONG:
            blocks += ["\n".join(short), line]
            short = []
        else:
            short.append(line)
    return [*blocks, "\n".join(short)]


def run(case: Scripted, torch: Any, move: float = 0.0, given: dict[str, Any] | None = None) -> Run:
    """Run a script in a framework.

    ``move`` moves every number that the script draws, relatively; ``given`` has what another run saved, to be loaded instead of
    what this one saves.
    """
    import collections
    import copy

    out = Run()
    torch.distributions.Distribution.set_default_validate_args(True)  # importing PyTorch's compiler switches its checks off

    def show(name: str, function: Callable[[], Any]) -> None:
        try:
            value = function()
        except Exception as error:
            value = error.with_traceback(None)  # which would keep a loader's workers
        out.shown.append((name, _seen(value, torch)))

    def moved(numbers: Any) -> Any:
        return numbers * (1 + move) if move else numbers

    def hand_over(name: str, value: Any) -> Any:
        out.given[name] = value
        return value if given is None or name not in given else given[name]

    space = {"torch": torch, "np": np, "collections": collections, "copy": copy, "D": torch.distributions, "optim": torch.optim,
             "data": torch.utils.data, "ABLE": ABLE, "show": show, "moved": moved, "given": hand_over}  # fmt: skip
    collects = gc.isenabled()
    gc.disable()  # what is alive then has a holder
    with warnings.catch_warnings(action="ignore"):
        try:
            exec(_compiled(HELPERS), space)
            for block in _blocks(case):
                exec(_compiled(block), space)
        except Exception as error:
            out.error = error.with_traceback(None)
    if collects:
        gc.enable()
    left = _reset(torch)
    if left != CLEAN:
        out.shown.append(("what is left behind", left))
    return out


def _reset(torch: Any) -> tuple[Any, ...]:
    """What a script left behind; what it found is put back, so that no later case is blamed."""
    left = (
        torch.is_grad_enabled(), torch.is_inference_mode_enabled(), str(torch.get_default_dtype()), torch.is_anomaly_enabled(),
        torch.are_deterministic_algorithms_enabled(), repr(torch.tensor(1.23456789)),
    )  # fmt: skip
    if left != CLEAN:
        torch.set_grad_enabled(True)
        torch.set_default_dtype(torch.float32)
        torch.autograd.set_detect_anomaly(False)
        torch.use_deterministic_algorithms(False)
        torch.set_printoptions(profile="default", sci_mode=None)
    return left


def _seen(value: Any, torch: Any) -> Any:
    """A value as it is now, without anything of its framework."""
    if isinstance(value, torch.Tensor):
        facts = (str(value.dtype).rpartition(".")[2], tuple(value.shape), value.requires_grad)
        return Shown(facts, np.array(array_of(value)))
    if isinstance(value, torch.Size):
        return ("Size", *value)
    if isinstance(value, dict):
        return (type(value).__name__, {k: _seen(v, torch) for k, v in value.items()})
    if isinstance(value, (list, tuple)):
        fields = getattr(value, "_fields", None) if "return_types" not in type(value).__module__ else None
        return (type(value).__name__, fields, [_seen(v, torch) for v in value])
    if isinstance(value, BaseException):
        return ("raised", type(value).__name__)
    if isinstance(value, (np.ndarray, np.generic)):
        return (type(value).__name__, str(value.dtype), value.tolist())
    return value if isinstance(value, (int, float, str, bytes, bool, type(None))) else (type(value).__name__, str(value))


def compare(case: Scripted, ours: Run, theirs: Run, torch: Any) -> Mismatch | None:
    """The first difference between two runs, or None."""
    if type(ours.error) is not type(theirs.error):
        return Mismatch("error", ours.error, theirs.error, certain=True)
    names = [[name for name, _ in r.shown] for r in (ours, theirs)]
    if names[0] != names[1]:
        return Mismatch("what is shown", names[0], names[1], certain=True)
    others: list[Run] = []
    for k, ((name, a), (_, b)) in enumerate(zip(ours.shown, theirs.shown, strict=True)):
        eps = float(np.finfo(case.dtype).eps)
        loose = max([FACTOR * eps, *(bound for start, bound in case.loose if name.startswith(start))])
        bound = 0.0 if name.endswith("bit for bit") else loose
        place = _difference(a, b, bound)
        if place is None:
            continue
        if name == ABLE and isinstance(b, tuple) and b[:1] == ("raised",):
            return None  # PyTorch has no derivative of this, or trips over it: the rest says nothing
        if (
            case.kind in ("calls", "transforms")
            and name.endswith(("gradient", "second order"))
            and isinstance(b, tuple)
            and b[:1] == ("raised",)
        ):
            continue  # where PyTorch has no derivative, or trips over its own view(), there may be one
        if bound and not others:
            others = [run(case, torch, move) for move in (2 * eps, -2 * eps)]
            if case.dtype == "float32":
                others.append(run(replace(case, dtype="float64"), torch))
        if bound and _as_sensitive(a, b, [r.shown[k][1] for r in others if len(r.shown) == len(theirs.shown)]):
            continue
        return Mismatch(name + place, a, b)
    return None


def _difference(a: Any, b: Any, bound: float) -> str | None:
    """Where two values differ, or None; numbers of floating type may by ``bound`` times the largest number of the array."""
    if isinstance(a, Shown) and isinstance(b, Shown):
        if a.facts != b.facts:
            return ": type, shape, requires_grad"
        finite = 1.0
        if b.array.dtype.kind in "fc":
            finite = float(np.abs(b.array[np.isfinite(b.array)]).max(initial=1.0))
            bound = bound and max(bound, FACTOR * float(np.finfo(b.array.dtype).eps))
        if differs(a.array, b.array, scale=finite, eps=bound, factor=1.0):
            return ""
        return ": sign of a zero" if not bound and signs_differ(a.array, b.array) else None
    if (a is None or b is None) and isinstance(a or b, Shown):
        return ": undefined" if (a or b).array.any() else None  # an undefined gradient is a zero
    if type(a) is not type(b):
        return ": type"
    if isinstance(a, dict):
        if list(a) != list(b):
            return ": keys"
        return next((f"[{k!r}]{d}" for k in a if (d := _difference(a[k], b[k], bound)) is not None), None)
    if isinstance(a, (list, tuple)):
        if len(a) != len(b):
            return ": length"
        parts = enumerate(zip(a, b, strict=True))
        return next(
            ((f"[{k}]" if isinstance(a, list) else "") + d for k, (x, y) in parts if (d := _difference(x, y, bound)) is not None),
            None,
        )
    if isinstance(a, float):
        return "" if differs(a, b, scale=max(1.0, abs(b)), eps=bound, factor=1.0) else None
    return None if a == b else ""


def _numbers(value: Any) -> list[np.ndarray]:
    """All numbers of floating type in a value."""
    if isinstance(value, Shown):
        if value.array.dtype.kind == "c":
            return [value.array.astype(np.complex128).ravel().view(np.float64)]
        return [value.array.astype(np.float64).ravel()] if value.array.dtype.kind == "f" else []
    if isinstance(value, float):
        return [np.array([value])]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return [n for part in parts for n in _numbers(part)]


def _as_sensitive(a: Any, b: Any, others: list[Any]) -> bool:
    """Whether PyTorch's own result moves as much when all numbers move by two units, or are those of float64."""
    if _difference(a, b, np.inf) is not None:  # not a matter of rounding
        return False
    x, y = ([*_numbers(value), np.zeros(0)] for value in (a, b))
    reach = 0.0
    for other in others:
        z = [*_numbers(other), np.zeros(0)]
        if [n.shape for n in z] == [n.shape for n in y]:
            change = np.abs(np.concatenate(z) - np.concatenate(y))
            reach = max(reach, float(change[np.isfinite(change)].max(initial=0)))
    with np.errstate(invalid="ignore"):
        far = np.abs(np.concatenate(x) - np.concatenate(y))
    return bool(far[np.isfinite(far)].max(initial=0) <= 16 * reach)


def shrink(case: Scripted, fails: Callable[[Scripted], bool]) -> Scripted:
    """The case without the lines that the difference does not need."""
    improved = True
    while improved:
        improved = False
        for k in reversed(range(len(case.lines))):
            smaller = replace(case, lines=case.lines[:k] + case.lines[k + 1 :])
            if fails(smaller):
                case, improved = smaller, True
    return case
