"""``torch.autograd.grad_mode``: whether operations are recorded (the classes stand in ``core/grad_mode.py``)."""

from ..core.grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled
from ..core.public import shown_in

shown_in(__name__, enable_grad, inference_mode, no_grad, set_grad_enabled)

__all__ = ["enable_grad", "inference_mode", "no_grad", "set_grad_enabled"]
