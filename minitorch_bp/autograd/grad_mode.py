"""``torch.autograd.grad_mode``: whether operations are recorded, and how (the classes stand in ``core/grad_mode.py``)."""

from ..core.grad_mode import (
    _force_original_view_tracking,
    enable_grad,
    inference_mode,
    is_multithreading_enabled,
    is_view_replay_enabled,
    no_grad,
    set_grad_enabled,
    set_multithreading_enabled,
)
from ..core.public import shown_in

shown_in(__name__, enable_grad, inference_mode, no_grad, set_grad_enabled, set_multithreading_enabled)

__all__ = [
    "_force_original_view_tracking",
    "enable_grad",
    "inference_mode",
    "is_multithreading_enabled",
    "is_view_replay_enabled",
    "no_grad",
    "set_grad_enabled",
    "set_multithreading_enabled",
]
