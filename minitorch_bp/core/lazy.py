"""Submodules that are imported when they are first named, so that a package costs no more than what is used of it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any


def on_demand(package: str, modules: str, **names: str) -> Callable[[str], Any]:
    """``__getattr__`` of a package: ``modules`` are its submodules that wait, and ``names`` says which module has a function, as seen
    from the package (``".overrides"`` is beside it)."""
    waiting = modules.split()

    def __getattr__(name: str) -> Any:
        if name in waiting:
            return importlib.import_module(f"{package}.{name}")
        if name in names:
            return getattr(importlib.import_module(f".{names[name]}", package), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}; the names that are here are in the API reference")

    return __getattr__
