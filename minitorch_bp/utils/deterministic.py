"""``torch.utils.deterministic``: what new memory holds while deterministic algorithms are asked for."""

from __future__ import annotations

import sys
import types

from ..core.layout import UNINITIALIZED


class _Module(types.ModuleType):
    @property
    def fill_uninitialized_memory(self) -> bool:
        """Whether ``empty`` and its kin fill their memory under :func:`use_deterministic_algorithms`: with NaN, or the largest
        integer."""
        return UNINITIALIZED["fill"]

    @fill_uninitialized_memory.setter
    def fill_uninitialized_memory(self, value: bool) -> None:
        UNINITIALIZED["fill"] = bool(value)


sys.modules[__name__].__class__ = _Module
