"""Sources of choices: what a generator asks when it must decide.

A generator is a function of a source. A seeded source drives campaigns; a Hypothesis source drives the pytest entry
points, and shrinks what fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import numpy as np

T = TypeVar("T")


class Choices(Protocol):
    """What a generator may ask."""

    def integer(self, low: int, high: int) -> int: ...

    def choice(self, options: Sequence[T]) -> T: ...


class Seeded:
    """Choices of a seeded random number generator (drawn by the hundred: one at a time costs 4 us each)."""

    def __init__(self, seed: Any):
        self._rng = np.random.default_rng(seed)
        self._waiting: list[float] = []

    def _uniform(self) -> float:
        if not self._waiting:
            self._waiting = self._rng.random(128).tolist()
        return self._waiting.pop()

    def integer(self, low: int, high: int) -> int:
        """An integer in [low, high]."""
        return low + int(self._uniform() * (high - low + 1))

    def choice(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[int(self._uniform() * len(options))]


class FromHypothesis:
    """Choices of a Hypothesis ``data()`` object."""

    def __init__(self, data: Any):
        from hypothesis import strategies

        self._data, self._st = data, strategies

    def integer(self, low: int, high: int) -> int:
        """An integer in [low, high]; shrinks towards low."""
        return self._data.draw(self._st.integers(low, high))

    def choice(self, options: Sequence[T]) -> T:
        """One of the options; shrinks towards the first."""
        return options[self._data.draw(self._st.integers(0, len(options) - 1))]
