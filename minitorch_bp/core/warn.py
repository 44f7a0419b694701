"""Warnings that are given once, unless the user wants them always (``torch.set_warn_always``)."""

from __future__ import annotations

import warnings

_given: set[str] = set()
#: The flag of ``torch.set_warn_always``.
state = {"always": False}


def warn_once(message: str, stacklevel: int = 3) -> None:
    """Warn, unless this was said before."""
    if state["always"] or message not in _given:
        _given.add(message)
        warnings.warn(message, stacklevel=stacklevel)
