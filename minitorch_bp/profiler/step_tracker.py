"""A count of steps that several parts of a program share."""

from __future__ import annotations

import warnings


class KinetoStepTracker:
    """The number of the step that a program is in, where loaders, optimizers and profilers each count: the largest of the counts."""

    _current = 0
    _counts: dict[str, int] = {}  # noqa: RUF012  (one for the program)

    @classmethod
    def init_step_count(cls, requester: str) -> None:
        """Begin a count at the present number.

        Parameters
        ----------
        requester : str
            Who counts.
        """
        cls._counts[requester] = cls._current

    @classmethod
    def erase_step_count(cls, requester: str) -> bool:
        """Forget a count.

        Parameters
        ----------
        requester : str

        Returns
        -------
        bool
            Whether there was one.
        """
        return cls._counts.pop(requester, None) is not None

    @classmethod
    def increment_step(cls, requester: str) -> int:
        """One step more.

        Parameters
        ----------
        requester : str

        Returns
        -------
        int
            The number that the program is at.
        """
        if requester not in cls._counts:
            cls.init_step_count(requester)
        cls._counts[requester] += 1
        highest = max(cls._counts.values())
        if highest > cls._current + 1:
            warnings.warn(f"steps were skipped between {cls._current} and {highest}: {cls._counts}", stacklevel=2)
        cls._current = max(cls._current, highest)
        return cls._current

    @classmethod
    def current_step(cls) -> int:
        """The number that the program is at.

        Returns
        -------
        int
            0 at first.
        """
        return cls._current
