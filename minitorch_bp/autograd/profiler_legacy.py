"""``torch.autograd.profiler_legacy``: the profiler before the present one, which has taken its place."""

from __future__ import annotations

import warnings
from typing import Any

from .profiler import profile as _profile


class profile(_profile):
    """:class:`torch.autograd.profiler.profile`; deprecated in PyTorch, too.

    Parameters
    ----------
    enabled : bool
        Whether anything is recorded.
    **options : any
        As there.
    """

    def __init__(self, enabled: bool = True, **options: Any):
        warnings.warn("profiler_legacy is deprecated: use torch.profiler", DeprecationWarning, stacklevel=2)
        super().__init__(enabled, **options)


__all__ = ["profile"]
