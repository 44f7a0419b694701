"""Comparing a student's answer, and saying what is wrong with it.

A check is a function of the student's names (and of the numbers that were given). It passes if it returns; what it raises is
what the student reads. :class:`Wrong` is for answers that are wrong, and carries the hint; any other exception is the student's own.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from .hints import close, hint


class Wrong(Exception):
    """An answer that is not the right one."""


@dataclass(frozen=True)
class Check:
    """One thing that earns points."""

    name: str
    run: Callable[..., None]
    points: float = 1
    hidden: bool = False

    @property
    def title(self) -> str:
        return (self.run.__doc__ or self.name.replace("_", " ")).strip().split("\n")[0]


#: the checks of the file that is being read, in its order
DECLARED: list[Check] = []


def check(points: float = 1, hidden: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare a check of an exercise.

    Parameters
    ----------
    points : float
        What it is worth.
    hidden : bool
        Not in the starter: it runs only where the work is graded.

    Examples
    --------
    >>> from minitorch_bp.exercises import check, equal
    >>> @check(points=2)
    ... def doubles(student):
    ...     "double(x) is twice x"
    ...     equal(student.double(3.0), 6.0, "double(3.0)")
    """

    def declare(run: Callable[..., None]) -> Callable[..., None]:
        DECLARED.append(Check(run.__name__, run, points, hidden))
        return run

    return declare


def array(value: Any, what: str = "the answer") -> np.ndarray:
    """Numbers of either framework, of Python or NumPy."""
    if value is None:
        raise Wrong(f"{what} is None: nothing was returned, or the gradient was never written")
    if value is Ellipsis:
        raise NotImplementedError(what)
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    try:
        result = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise Wrong(f"{what} should be a number or a tensor, and is {type(value).__name__} {value!r:.60}") from None
    return result


def equal(given: Any, right: Any, what: str, mistakes: Mapping[Any, str] | None = None, rtol: float = 1e-4) -> None:
    """Raise :class:`Wrong` unless two answers are the same numbers in the same shape.

    Parameters
    ----------
    given, right : number, array, Tensor or a list of them
    what : str
        What was computed, as the student would write it: 'b.grad'.
    mistakes : dict of wrong answer to hint, optional
        Answers that a known mistake gives.
    rtol : float
        The relative tolerance.

    Raises
    ------
    Wrong
        With the first index that differs, both numbers, and the likely mistake.

    Examples
    --------
    >>> from minitorch_bp.exercises import equal
    >>> equal(270.0, 270.0, "e")
    """
    got, want = array(given, what), array(right)
    if got.shape == want.shape and close(got, want, rtol):
        return
    text = f"{what} should be {shown(want)}, and is {shown(got)}"
    if got.shape == want.shape and want.size > 1:
        index = tuple(int(i) for i in np.argwhere(~np.isclose(got, want, rtol=rtol, atol=1e-6))[0])
        text = f"{what} at {list(index)} should be {want[index]:.6g}, and is {got[index]:.6g}"
    elif got.shape != want.shape:
        text = f"{what} should have shape {want.shape}, and has {got.shape}"
    for wrong, why in (mistakes or {}).items():
        if close(got, array(wrong), rtol):
            raise Wrong(f"{text}. Hint: {why}")
    guess = hint(got, want)
    raise Wrong(f"{text}. Hint: {guess}" if guess else text)


def true(condition: bool, text: str) -> None:
    """Raise :class:`Wrong` with the text unless the condition holds."""
    if not condition:
        raise Wrong(text)


def refuses(function: Callable[[], Any], error: type[Exception], what: str) -> None:
    """Raise :class:`Wrong` unless the call raises the error."""
    try:
        function()
    except error:
        return
    except Exception as other:
        raise Wrong(f"{what} should raise {error.__name__}, and raises {type(other).__name__}: {other}") from None
    raise Wrong(f"{what} should raise {error.__name__}, and returns")


def gradients(function: Callable[..., Any], torch: Any, *inputs: Any, what: str = "the gradient", eps: float = 1e-6) -> None:
    """Compare what ``backward()`` gives with difference quotients, for every input and element.

    Parameters
    ----------
    function : callable of tensors, with a tensor of any shape as its result
    torch : module
        The framework that the student's file uses.
    inputs : nested lists of numbers
    what : str
        The operation's name in the message.

    Raises
    ------
    Wrong
        With operation, input, index, both numbers, and the likely mistake.
    """
    leaves = [torch.tensor(i, dtype=torch.float64, requires_grad=True) for i in inputs]
    result = function(*leaves)
    true(hasattr(result, "backward"), f"{what} should return a tensor, and returns {type(result).__name__}")
    weights = np.linspace(0.7, 1.3, max(1, array(result).size)).reshape(
        array(result).shape
    )  # so that no two elements count the same
    true(bool(result.requires_grad), f"{what}: its result has no history, so nothing flows back")
    (result * torch.tensor(weights)).sum().backward()
    for k, leaf in enumerate(leaves):
        name = f"{what}: input {k}"
        right = quotients(lambda *x: float((array(function(*x)) * weights).sum()), torch, leaves, k, eps)
        true(leaf.grad is not None, f"{name} got no gradient: return one for each input of forward")
        compare(array(leaf.grad), right, name)


def quotients(value: Callable[..., float], torch: Any, leaves: list[Any], k: int, eps: float) -> np.ndarray:
    """Nudge every element of one input up and down."""
    base = array(leaves[k])
    right = np.zeros_like(base)
    for index in np.ndindex(base.shape):
        ends = []
        for sign in (1, -1):
            moved = base.copy()
            moved[index] += sign * eps
            ends.append(value(*[torch.tensor(moved) if j == k else x.detach() for j, x in enumerate(leaves)]))
        right[index] = (ends[0] - ends[1]) / (2 * eps)
    return right


def compare(given: np.ndarray, right: np.ndarray, name: str) -> None:
    """An analytic gradient against a numeric one."""
    if close(given, right):
        return
    guess = hint(given, right)
    text = f"{name}: the gradient has shape {given.shape}, the input {right.shape}"
    if given.shape == right.shape:
        index = np.unravel_index(int(np.abs(given - right).argmax()), right.shape) if right.ndim else ()
        where = f" at {[int(i) for i in index]}" if right.ndim else ""
        text = f"{name}{where}: analytic {given[index]:.6g}, numeric {right[index]:.6g}"
    raise Wrong(f"{text}. Hint: {guess}" if guess else text)


def shown(numbers: np.ndarray) -> str:
    """Few numbers in full, many by their shape."""
    return (
        f"{numbers.item():.6g}"
        if numbers.ndim == 0
        else np.array2string(numbers, precision=4, threshold=8)
        if numbers.size <= 8
        else f"an array of shape {numbers.shape}"
    )


# ------------------------------------------------------------------------------------------------ running them
def outcome(one: Check, student: Any, given: SimpleNamespace) -> dict[str, Any]:
    """Points and message of one check."""
    message = ""
    try:
        one.run(*(student, given)[: one.run.__code__.co_argcount])
    except Wrong as error:
        message = str(error)
    except NotImplementedError as error:
        message = f"not written yet{f': {error}' if str(error) else ''}. Look for the dots in the starter"
    except AttributeError as error:
        missing = getattr(error, "name", None)
        own = getattr(error, "obj", None) is student
        message = f"your file has no {missing!r}: was it renamed or deleted?" if own else own_error(error)
    except Exception as error:
        message = own_error(error)
    return {
        "name": one.name,
        "title": one.title,
        "points": 0.0 if message else one.points,
        "of": one.points,
        "hidden": one.hidden,
        "message": message,
    }


def own_error(error: BaseException) -> str:
    """The student's exception, with the last line of theirs that it passed through."""
    frames = [
        f for f in traceback.extract_tb(error.__traceback__) if "minitorch_bp" not in f.filename and "torch" not in f.filename
    ]
    where = f" in line {frames[-1].lineno}, `{frames[-1].line}`" if frames and frames[-1].line else ""
    return f"{type(error).__name__}{where}: {error}"


def run_checks(names: Mapping[str, Any], given: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Run the checks that the file has declared on its own names, print each, and return the outcomes: the last line of a starter."""
    student = SimpleNamespace(**names)
    results = [outcome(one, student, SimpleNamespace(**(given or {}))) for one in DECLARED]
    DECLARED.clear()
    print_results(results)
    return results


def print_results(results: list[dict[str, Any]], file: Any = None) -> None:
    """A line per check, with its message below."""
    for result in results:
        mark = "ok " if not result["message"] else "no "
        print(f"{mark} {result['points']:g}/{result['of']:g}  {result['title']}", file=file or sys.stdout)
        if result["message"]:
            print(f"        {result['message']}", file=file or sys.stdout)
    print(f"{sum(r['points'] for r in results):g} of {sum(r['of'] for r in results):g} points", file=file or sys.stdout)
