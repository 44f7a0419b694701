"""What a wrong gradient looks like, and the mistake that makes it look so.

Each line of :data:`MISTAKES` is a transformation of the right answer that a classic mistake makes; the answer that was given is
compared with each. A hint is a guess and says so: it names the mistake that would give exactly this number.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Array = np.ndarray


def _sum_to(given: Array, shape: tuple[int, ...]) -> Array | None:
    """A gradient of the result's shape, summed to its input's."""
    if given.ndim < len(shape):
        return None
    given = given.sum(axis=tuple(range(given.ndim - len(shape))))
    for axis, (have, want) in enumerate(zip(given.shape, shape, strict=True)):
        if want == 1 and have != 1:
            given = given.sum(axis=axis, keepdims=True)
    return given if given.shape == shape else None


def close(a: Array | None, b: Array, rtol: float = 1e-4) -> bool:
    """Equal shapes and values, as far as a difference quotient can tell."""
    return (
        a is not None
        and a.shape == b.shape
        and bool(np.allclose(a, b, rtol=rtol, atol=1e-6 + rtol * float(np.abs(b).max(initial=0.0))))
    )


#: what was given and what is right -> whether this mistake explains it
MISTAKES: list[tuple[Callable[[Array, Array], bool], str]] = [
    (
        lambda given, right: given.shape != right.shape and close(_sum_to(given, right.shape), right),
        "it is right before the sum: the input was broadcast, used in several places, and the gradient of each place must be added. "
        "Sum over the dimensions that were repeated",
    ),
    (
        lambda given, right: given.shape != right.shape and given.T.shape == right.shape and close(given.T, right),
        "it is right but transposed: the gradient has the shape of the input, so turn the product round",
    ),
    (
        lambda given, right: given.ndim >= 2 and given.shape == right.shape and close(np.swapaxes(given, -1, -2), right),
        "it is right but transposed",
    ),
    (lambda given, right: not given.any(), "it is zero: nothing was written to the gradient, or the path to this input was not followed"),
    (lambda given, right: close(-given, right), "the sign is wrong: d(a - b)/db is -1, and a step of descent goes against the gradient"),
    (
        lambda given, right: right.size > 1 and np.ptp(right) > 0 and close(given, np.full_like(right, right.sum())),
        "every element has the whole sum: the gradient was summed where each element should keep its own",
    ),
]  # fmt: skip


def hint(given: Array, right: Array) -> str:
    """The mistake that gives exactly this, or an empty string."""
    for explains, text in MISTAKES:
        with np.errstate(all="ignore"):
            if explains(given, right):
                return text
    if given.shape != right.shape:
        return f"a gradient has the shape of its input, {right.shape}, and this one has {given.shape}"
    with np.errstate(all="ignore"):
        ratios = given[np.abs(right) > 1e-9] / right[np.abs(right) > 1e-9]
    if ratios.size and np.allclose(ratios, ratios.flat[0], rtol=1e-3):
        return factor(float(ratios.flat[0]), right.size)
    return ""


def factor(ratio: float, size: int) -> str:
    """A constant factor too much or too little."""
    for number, why in (
        (2.0, "the derivative of a square is twice the number"),
        (0.5, "the derivative of a square is twice the number"),
        (float(size), "a mean divides by the number of elements, and so does its gradient"),
        (1.0 / size, "a sum does not divide by the number of elements"),
    ):
        if np.isclose(ratio, number, rtol=1e-3):
            what = f"{number:g} times" if number >= 1 else f"one {1 / number:g}th of" if number != 0.5 else "half of"
            return f"it is {what} what it should be: {why}"
    return f"a factor is wrong: it is {ratio:.4g} times what it should be"
