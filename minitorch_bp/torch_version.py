"""The version of PyTorch that is mirrored, as a text that compares like a version: scripts ask ``torch.__version__ >= "1.8"``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_VERSION = re.compile(r"v?(\d+(?:\.\d+)*)[-_.]?(a|alpha|b|beta|c|rc|pre|dev)?[-_.]?\d*(?:\.?dev\d+)?(?:\+(\S+))?", re.IGNORECASE)


def _key(version: Any) -> tuple[Any, ...] | None:
    """What versions are ordered by: the numbers, a preview before the release, a build of it after. None if it is no version."""
    if isinstance(version, str):
        text = str(version)
    elif isinstance(version, Iterable):
        text = ".".join(str(part) for part in version)
    else:
        return None
    match = _VERSION.fullmatch(text)
    if match is None:
        return None
    numbers = [int(n) for n in match[1].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers, match[2] is None, match[3] or ""


class TorchVersion(str):
    """A version: a text, ordered by its numbers. Compare it with texts or with tuples of numbers.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.__version__ >= "1.8", torch.__version__ >= (2, 4), torch.__version__.split("+")[0]
    (True, True, '2.13.0')
    """

    def _compared(self, other: Any, compare: str) -> Any:
        mine, theirs = _key(self), _key(other)
        if mine is None or theirs is None:
            return getattr(str, compare)(self, other) if isinstance(other, str) else NotImplemented
        return getattr(tuple, compare)(mine, theirs)

    def __lt__(self, other: Any) -> bool:
        return self._compared(other, "__lt__")

    def __le__(self, other: Any) -> bool:
        return self._compared(other, "__le__")

    def __gt__(self, other: Any) -> bool:
        return self._compared(other, "__gt__")

    def __ge__(self, other: Any) -> bool:
        return self._compared(other, "__ge__")

    def __eq__(self, other: Any) -> bool:
        return self._compared(other, "__eq__")

    def __ne__(self, other: Any) -> bool:
        return self._compared(other, "__ne__")

    __hash__ = str.__hash__


__version__ = TorchVersion("2.13.0+minitorch")
