"""Families of modules that differ in a number: ``class Conv2d(_ConvNd, n=2)``."""

from __future__ import annotations

from typing import Any


class Family:
    """What a class says beside its bases it has as an attribute: ``n=2`` is ``self._n``."""

    def __init_subclass__(cls, **settings: Any):
        super().__init_subclass__()
        for name, value in settings.items():
            setattr(cls, f"_{name}", value)
