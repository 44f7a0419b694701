"""``torch.cuda.amp.grad_scaler``: the older name of :class:`minitorch_bp.amp.GradScaler`."""

from __future__ import annotations

from ...amp.deprecated import OldGradScaler


class GradScaler(OldGradScaler):
    """:class:`minitorch_bp.amp.GradScaler` for CUDA: it warns, and is off.

    Parameters
    ----------
    init_scale, growth_factor, backoff_factor : float
    growth_interval : int
    enabled : bool
    """

    _of = "cuda"


__all__ = ["GradScaler"]
