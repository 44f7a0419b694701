"""``torch.sym_max`` and its kin: operations on sizes that a compiler may trace. Without one they are operations on numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .core.public import public


def _declare(name: str, function: Callable[..., Any], arguments: str, says: str, example: str, shows: str) -> None:
    def operation(*numbers: Any) -> Any:
        return function(*numbers)

    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = f"""{says}

    Parameters
    ----------
    *numbers
        {arguments}.

    Returns
    -------
    number
        Python's own.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> {example}
    {shows}
    """
    public("torch", aliases=False)(operation)


def _truncated(x: Any) -> int:
    if isinstance(x, (int, float)):
        return math.trunc(x)
    return int(x)


def _chosen(condition: bool, yes: Any, no: Any) -> Any:
    if not isinstance(condition, bool) or type(yes) is not type(no):
        raise AssertionError(f"sym_ite: expected a bool and two values of one type, but got {condition!r}, {yes!r} and {no!r}")
    return yes if condition else no


_declare("sym_int", _truncated, "One number", "The number without its fraction.", "torch.sym_int(-2.5)", "-2")
_declare("sym_float", float, "One number", "The number as a float.", "torch.sym_float(3)", "3.0")
_declare("sym_not", lambda a: not a, "One truth value", "The opposite of a truth value.", "torch.sym_not(True)", "False")
_declare("sym_sqrt", math.sqrt, "One number", "The square root.", "torch.sym_sqrt(4)", "2.0")
_declare("sym_sum", sum, "One list of numbers", "The sum.", "torch.sym_sum([1, 2])", "3")
_declare(
    "sym_ite",
    _chosen,
    "A truth value and two values",
    "The first value if it is true, else the second.",
    "torch.sym_ite(True, 1, 2)",
    "1",
)
_declare(
    "sym_max", lambda a, b: float(max(a, b)) if isinstance(a, float) or isinstance(b, float) else max(a, b), "Two numbers",
    "The larger number, a float if one of them is.", "torch.sym_max(3, 2.0)", "3.0",
)  # fmt: skip
_declare(
    "sym_min", lambda a, b: float(min(a, b)) if isinstance(a, float) or isinstance(b, float) else min(a, b), "Two numbers",
    "The smaller number, a float if one of them is.", "torch.sym_min(3, 2.0)", "2.0",
)  # fmt: skip
_declare(
    "sym_fresh_size",
    lambda a: a,
    "One number",
    "The number: without a compiler it stands for itself.",
    "torch.sym_fresh_size(3)",
    "3",
)
