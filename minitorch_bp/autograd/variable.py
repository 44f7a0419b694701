"""``Variable``: what tensors that require grad were called before they were all tensors."""

from __future__ import annotations

from typing import Any

from ..core.grad_mode import mode
from ..core.tensor import Tensor
from ..ops.requires_grad import requiring_grad


class _ExecutionEngine:
    """What PyTorch shows of its engine."""

    def queue_callback(self, callback: Any) -> None:
        """Call a function at the end of the backward pass that is running."""
        if mode.task is None:
            raise RuntimeError("queue_callback() can only be called during a backward pass, for its end")
        mode.task.callbacks.append(callback)


class _VariableType(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor)


class Variable(metaclass=_VariableType):
    """``Variable(tensor, requires_grad=True)``: the tensor's data as a new leaf.

    Parameters
    ----------
    data : Tensor
    requires_grad : bool
        Whether gradients are computed for it.
    volatile : bool
        Without effect since long ago.

    See Also
    --------
    minitorch_bp.Tensor : What a Variable is.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.autograd.Variable(torch.ones(1), requires_grad=True)
    tensor([1.], requires_grad=True)
    """

    _execution_engine = _ExecutionEngine()

    def __new__(cls, data: Any = None, requires_grad: bool = False, volatile: bool = False) -> Any:
        out = data.detach()
        return requiring_grad(out) if requires_grad else out
