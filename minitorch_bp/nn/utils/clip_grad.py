"""Clipping gradients before a step, so that one bad batch cannot throw the parameters far away."""

from __future__ import annotations

from typing import Any

from ...core.grad_mode import no_grad
from ...core.tensor import Tensor
from ...ops.joining import stack
from ...ops.reduction import norm


def clip_grad_norm_(
    parameters: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: Any = None
) -> Tensor:
    r"""Scale all gradients so that their common norm is at most ``max_norm``; returns the norm before.

    Raises
    ------
    RuntimeError
        If the norm is not finite and ``error_if_nonfinite``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.zeros(2, requires_grad=True)
    >>> w.grad = torch.tensor([3.0, 4.0])
    >>> torch.nn.utils.clip_grad_norm_([w], 1.0), w.grad
    (tensor(5.), tensor([0.6000, 0.8000]))
    """
    parameters = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    grads = [p._grad for p in parameters if p._grad is not None]
    from ...ops.creation import tensor

    if not grads:
        return tensor(0.0)
    with no_grad():
        total = norm(stack([norm(g, norm_type) for g in grads]), norm_type)
        if error_if_nonfinite and not bool(total.isfinite()):  # type: ignore[attr-defined]
            raise RuntimeError(f"the norm of the gradients is {total.item()}, so they cannot be clipped")  # type: ignore[attr-defined]
        factor = (max_norm / (total + 1e-6)).clamp(max=1.0)  # type: ignore[operator]
        for g in grads:
            g.mul_(factor)  # type: ignore[attr-defined]
    return total


def clip_grad_value_(parameters: Any, clip_value: float, foreach: Any = None) -> None:
    """Limit every element of the gradients to [-clip_value, clip_value]."""
    parameters = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    with no_grad():
        for p in parameters:
            if p._grad is not None:
                p._grad.clamp_(-clip_value, clip_value)
