"""Functions that a traced program calls as they are, since they do more than compute: they draw numbers, or write without a node.

A trace (``jit``) writes down the primitives that ran, and runs them again. A dropout mask that a function computes from the random
generator beside the primitives would be frozen so; a declared function is called anew instead, with the arguments that it had.
"""

from __future__ import annotations

from typing import Any, TypeVar

F = TypeVar("F")

#: The declared functions.
REPLAYED: list[Any] = []


def replayed(function: F) -> F:
    """Declare a function of tensors (and plain values) that returns new tensors without a history, or None."""
    REPLAYED.append(function)
    return function
