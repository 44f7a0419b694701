"""A line search that ends where the strong Wolfe conditions hold.

Along a direction with slope :math:`f'(0) < 0` it looks for a step :math:`t` with enough descent,
:math:`f(t) \\le f(0) + c_1 t f'(0)`, and a slope that has become flat, :math:`|f'(t)| \\le -c_2 f'(0)`.

Source: Nocedal and Wright, "Numerical Optimization", 2006, algorithms 3.5 (the bracket) and 3.6 (the zoom), with the safeguards of
Schmidt's minFunc, which PyTorch has, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Point(NamedTuple):
    """A place on the line: the step, the value, the gradient, and the slope along the line."""

    t: Any
    value: Any
    gradient: Any
    slope: Any


def minimum_of_cubic(a: Any, b: Any, bounds: tuple[Any, Any] | None = None) -> Any:
    """The minimum of the cubic through two points with their slopes, within bounds (else between the two)."""
    if a.t > b.t:
        a, b = b, a
    low, high = bounds if bounds is not None else (a.t, b.t)
    d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.t - b.t)
    square = d1**2 - a.slope * b.slope
    if square >= 0:
        d2 = square**0.5
        return min(max(b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2)), low), high)
    return (low + high) / 2.0


def strong_wolfe(
    at: Callable[[Any], Point],
    start: Point,
    t: Any,
    largest: Any,
    most: int = 25,
    c1: float = 1e-4,
    c2: float = 0.9,
    tolerance_change: float = 1e-9,
) -> tuple[Point, int]:  # fmt: skip
    """A point where both conditions hold, or the best one found, and the number of evaluations.

    Parameters
    ----------
    at : callable
        The point with a step.
    start : Point
        That with step 0.
    t : float or Tensor
        The first step to try.
    largest : Tensor
        The largest number of the direction, which says how far a step moves.
    most : int, optional
        The most evaluations beside the first.
    c1, c2, tolerance_change : float, optional

    Returns
    -------
    tuple of a Point and an int
    """

    def enough_descent(new: Point) -> Any:
        return new.value <= start.value + c1 * new.t * start.slope

    def flat(new: Point) -> Any:
        return abs(new.slope) <= -c2 * start.slope

    # Forward, until the line has passed a minimum, which then lies between the last two points.
    before, new, tries = start, at(t), 0
    while tries < most:
        if not enough_descent(new) or (tries > 1 and new.value >= before.value):
            break
        if flat(new):
            return new, tries + 1
        if new.slope >= 0:
            break
        t = minimum_of_cubic(before, new, (new.t + 0.01 * (new.t - before.t), new.t * 10))
        before, new, tries = new, at(t), tries + 1
    else:
        before = start

    # Closer, keeping the best point as one end, and the other where the line has risen again.
    ends, slow = [before, new], False
    low = 0 if before.value <= new.value else 1
    while tries < most and abs(ends[1].t - ends[0].t) * largest >= tolerance_change:
        left, right = min(ends[0].t, ends[1].t), max(ends[0].t, ends[1].t)
        t, margin = minimum_of_cubic(ends[0], ends[1]), 0.1 * (right - left)
        near_an_end = min(right - t, t - left) < margin
        if near_an_end and (slow or t >= right or t <= left):
            t = right - margin if abs(t - right) < abs(t - left) else left + margin
            near_an_end = False
        slow = near_an_end  # once is allowed, twice in a row is too slow
        new, tries = at(t), tries + 1
        if not enough_descent(new) or new.value >= ends[low].value:
            ends[1 - low] = new
            low = 0 if ends[0].value <= ends[1].value else 1
            continue
        if flat(new):
            return new, tries + 1
        if new.slope * (ends[1 - low].t - ends[low].t) >= 0:
            ends[1 - low] = ends[low]
        ends[low] = new
    return ends[low], tries + 1
