"""Data parallelism among processes: the name, and the refusal."""

from __future__ import annotations

from typing import Any

from ..modules.module import Module


class DistributedDataParallel(Module):
    """Refused: there is one process. The name is here for those who ask ``isinstance``.

    Parameters
    ----------
    module : Module
    **options : any

    Raises
    ------
    NotImplementedError
        Always.
    """

    def __init__(self, module: Module, *args: Any, **options: Any):
        raise NotImplementedError("DistributedDataParallel: minitorch_bp runs in one process; use the module itself")
