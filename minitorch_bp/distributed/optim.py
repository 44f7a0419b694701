"""``torch.distributed.optim``: an optimizer whose state is spread over processes, of which there is one."""

from __future__ import annotations

from typing import Any


class ZeroRedundancyOptimizer:
    """Refused: there is one process. The name is here for those who ask ``isinstance``.

    Parameters
    ----------
    params : iterable
    optimizer_class : class, optional
    **options : any

    Raises
    ------
    NotImplementedError
        Always.
    """

    def __init__(self, params: Any, optimizer_class: Any = None, **options: Any):
        raise NotImplementedError("ZeroRedundancyOptimizer: minitorch_bp runs in one process; use the optimizer itself")


__all__ = ["ZeroRedundancyOptimizer"]
