"""What the autograd package attaches to Tensor."""

from __future__ import annotations

from ..core.tensor import Tensor
from .gradients import tensor_backward
from .hooks import register_hook, register_post_accumulate_grad_hook, retain_grad, retains_grad


def attach() -> None:
    """Put the methods on the class; called once, by the package."""
    Tensor.backward = tensor_backward  # type: ignore[attr-defined]
    Tensor.retains_grad = property(retains_grad)  # type: ignore[attr-defined]
    for function in (register_hook, register_post_accumulate_grad_hook, retain_grad):
        setattr(Tensor, function.__name__, function)
