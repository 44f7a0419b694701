"""``torch.amp``: mixed precision. :class:`autocast` computes products in a type of 16 bits, :class:`GradScaler` keeps the gradients
of float16 from vanishing."""

from .autocast_mode import autocast, is_autocast_available
from .functions import custom_bwd, custom_fwd
from .grad_scaler import GradScaler

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]
