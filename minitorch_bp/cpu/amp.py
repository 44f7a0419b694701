"""``torch.cpu.amp``: older names of :mod:`minitorch_bp.amp`, which PyTorch warns of, too."""

from __future__ import annotations

from ..amp.deprecated import OldAutocast, OldGradScaler


class autocast(OldAutocast):
    """:class:`minitorch_bp.amp.autocast` for the CPU.

    Parameters
    ----------
    enabled : bool
    dtype : dtype, optional
    cache_enabled : bool
    """

    _device = "cpu"


class GradScaler(OldGradScaler):
    """:class:`minitorch_bp.amp.GradScaler` for the CPU.

    Parameters
    ----------
    init_scale, growth_factor, backoff_factor : float
    growth_interval : int
    enabled : bool
    """

    _of = "cpu"


__all__ = ["GradScaler", "autocast"]
