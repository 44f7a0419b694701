"""What is said of a name that is not here."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable
from typing import Any


def missing_from(module: str) -> Callable[[str], Any]:
    """A module's ``__getattr__``, which names the nearest thing that there is."""

    def __getattr__(name: str) -> Any:
        here = [n for n in getattr(sys.modules[module], "__all__", ()) if not n.startswith("_")]
        near = difflib.get_close_matches(name, here, 1)
        hint = f"; the nearest is {near[0]!r}" if near else ""
        raise AttributeError(f"module {module!r} has no {name!r}: not all of torchvision is here{hint}")

    return __getattr__
