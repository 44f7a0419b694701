"""Backward hooks of modules: an identity node before the module and one after it, through which the gradients pass."""

from __future__ import annotations

from typing import Any

from ...autograd.function import Function
from ...core.tensor import Tensor


class _Gate(Function):
    """The identity on some tensors, telling a callback about their gradients."""

    @staticmethod
    def forward(ctx: Any, callback: Any, *tensors: Any) -> Any:
        ctx.callback = callback
        ctx.set_materialize_grads(False)
        return tuple(t.view_as(t) for t in tensors)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        return (None, *ctx.callback(grads))


def backward_hooks_around(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run ``module.forward`` so that its backward hooks are called."""
    hooks, pre_hooks = module._backward_hooks, module._backward_pre_hooks
    if not hooks and not pre_hooks:
        return module.forward(*args, **kwargs)
    arrived: dict[str, Any] = {"outputs": None}
    tensors = [k for k, a in enumerate(args) if isinstance(a, Tensor) and a.requires_grad]

    def entered(grads: Any) -> Any:
        """Gradients of the inputs are complete."""
        full: list[Any] = [None] * len(args)
        for k, g in zip(tensors, grads, strict=True):
            full[k] = g
        replaced = _call(tuple(full))
        return tuple(replaced[k] for k in tensors)

    def _call(grad_input: Any) -> Any:
        for hook in tuple(hooks.values()):
            replaced = hook(module, grad_input, arrived["outputs"])
            if replaced is not None:
                grad_input = replaced if isinstance(replaced, tuple) else (replaced,)
        return grad_input

    def left(grads: Any) -> Any:
        """Gradients of the outputs have arrived."""
        for hook in tuple(pre_hooks.values()):
            replaced = hook(module, grads)
            if replaced is not None:
                grads = replaced if isinstance(replaced, tuple) else (replaced,)
        arrived["outputs"] = grads
        if not tensors and hooks:
            _call((None,) * len(args))
        return grads

    if tensors:
        gated = _Gate.apply(entered, *(args[k] for k in tensors))
        passed = list(args)
        for k, t in zip(tensors, gated, strict=True):
            passed[k] = t
        args = tuple(passed)
    result = module.forward(*args, **kwargs)
    several = isinstance(result, tuple)
    outputs = list(result) if several else [result]
    places = [k for k, t in enumerate(outputs) if isinstance(t, Tensor) and t.requires_grad]
    if places:
        for k, t in zip(places, _Gate.apply(left, *(outputs[k] for k in places)), strict=True):
            outputs[k] = t
    return tuple(outputs) if several else outputs[0]
