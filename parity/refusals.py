"""What is no tensor, in the place of each tensor: ``python -m parity.refusals`` compares what is raised with PyTorch.

The calls are the first samples of PyTorch's operator database (see :mod:`opdb`), as functions and as methods. In each of them one tensor
after the other is replaced by None, a text, a list, a number and a NumPy array. Both must raise, of the same type; and a message may
not show what is inside: no underscored names, and no error that Python or NumPy raised by itself.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .campaign import reference
from .opdb import entries, full_name, out_of_scope
from .translation import Missing, as_method, fresh, ours, translated

WRONG: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "a text": lambda: "text",
    "a list": lambda: [1.0, 2.0],
    "a number": lambda: 2.5,
    "an array": lambda: np.ones(2),
}
_INSIDE = re.compile(r"(?<![\w.'\"])_[a-z]\w*|has no attribute|NumPy|ufunc|ndarray object|not subscriptable|unsupported operand")


def places(torch: Any, arguments: Any) -> Iterator[tuple[Any, ...]]:
    """Where the tensors of a call are: ``(0, i)`` or ``(1, name)``, and a third for a place in a list."""
    args, kwargs = arguments
    for part, values in ((0, enumerate(args)), (1, kwargs.items())):
        for key, value in values:
            if isinstance(value, torch.Tensor):
                yield part, key
            elif isinstance(value, (list, tuple)):
                for k, v in enumerate(value):
                    if isinstance(v, torch.Tensor):
                        yield part, key, k


def replaced(arguments: Any, place: tuple[Any, ...], value: Any) -> Any:
    """The same arguments with another value at a place."""
    args, kwargs = list(arguments[0]), dict(arguments[1])
    target: Any = args if place[0] == 0 else kwargs
    if len(place) == 2:
        target[place[1]] = value
    else:
        target[place[1]] = type(target[place[1]])([value if k == place[2] else v for k, v in enumerate(target[place[1]])])
    return tuple(args), kwargs


def outcome(call: Any, arguments: Any) -> BaseException | None:
    args, kwargs = arguments
    try:
        call(*args, **kwargs)
    except Exception as error:
        return error
    return None


def variants(info: Any, torch: Any, sample: Any) -> Iterator[tuple[str, Any, Any]]:
    """The ways to call an entry: (name, ours, PyTorch's)."""
    yield "", ours(info.op, info.name), info.op
    method = info.method_variant
    if method is not None and method is not info.op and isinstance(sample.input, torch.Tensor):
        yield " as a method", lambda *a, **k: as_method(method, *a, **k), method


def compare(info: Any, samples: int = 1) -> Iterator[tuple[str, BaseException | None, BaseException | None]]:
    """Each refusal that PyTorch makes: (what was called, our error, PyTorch's)."""
    torch = reference()
    with warnings.catch_warnings(action="ignore"):
        kind = next((k for k in (torch.float64, torch.int64, torch.bool) if k in info.supported_dtypes("cpu")), torch.float64)
        for number, sample in enumerate(info.sample_inputs("cpu", kind)):
            if number == samples:
                break
            given = ((sample.input, *sample.args), sample.kwargs)
            for variant, mine, theirs in variants(info, torch, sample):
                if outcome(theirs, fresh(torch, given)) is not None:
                    continue
                for place in places(torch, given):
                    if variant and place == (0, 0):
                        continue
                    for name, make in WRONG.items():
                        refused = outcome(theirs, replaced(fresh(torch, given), place, make()))
                        if refused is None:
                            continue
                        raised = outcome(mine, replaced(translated(fresh(torch, given)), place, make()))
                        yield f"{full_name(info)}{variant}, {name} at {place}", raised, refused


def fault(raised: BaseException | None, refused: BaseException) -> str | None:
    """What is wrong with a refusal, or None."""
    if isinstance(raised, AttributeError) and str(raised) == str(refused):
        return None  # Python's own: what has no such method was asked for it
    if raised is None:
        return f"accepted, where PyTorch raises {type(refused).__name__}"
    # PyTorch's functions in Python do not check, and Python says what a number or a list does not have: an AttributeError as well.
    kinds = (TypeError, AttributeError) if isinstance(refused, AttributeError) else (type(refused),)
    if not isinstance(raised, kinds) or (isinstance(raised, NotImplementedError) and NotImplementedError not in kinds):
        return (
            f"{type(raised).__name__} ({str(raised)[:90]}), where PyTorch raises {type(refused).__name__} ({str(refused)[:60]!r})"
        )
    if "unsupported operand" not in str(refused) and (found := _INSIDE.search(str(raised))):  # (an expression is Python's in both)
        return f"the message says {found[0]!r}: {str(raised)[:90]}"
    return None


def main(only: str | None) -> int:
    """Compare, print what is wrong, and the totals."""
    total = right = 0
    for info in entries(reference()):
        if out_of_scope(info) is not None or (only is not None and only not in full_name(info)):
            continue
        try:
            for what, raised, refused in compare(info):
                assert refused is not None
                wrong = fault(raised, refused)
                total, right = total + 1, right + (wrong is None)
                if wrong is not None:
                    print(f"{what}: {wrong}")
        except Missing as missing:
            print(f"{full_name(info)}: no {missing}")
    print(f"{right} of {total} refusals are PyTorch's ({right / max(total, 1):.1%})")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
