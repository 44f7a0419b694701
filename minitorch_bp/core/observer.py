"""Who wants to know when the parts of a program run that are not calls of public functions: a profile, while one is recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: Of the name of a part (a node of the backward pass, a step of an optimizer), a context to run it in; None while nobody asks.
current: Callable[[str], Any] | None = None
