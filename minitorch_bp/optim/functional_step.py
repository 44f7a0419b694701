"""Optimizers as functions: one step on lists of parameters, gradients and states, such as ``torch.optim.sgd.sgd``.

The formula stands once, in the class's ``_update``. A function lends it a state made of the lists that it was given, and the
given gradients in place of the parameters' own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.grad_mode import enable_grad, is_grad_enabled
from ..core.tensor import Tensor
from .optimizer import _arrays, _by_dtype, _halves, _tensors

if TYPE_CHECKING:
    from .optimizer import Optimizer


def step_on_lists(
    kind: type[Optimizer], params: list[Tensor], grads: list[Tensor], buffers: dict[str, list[Any]], **options: Any
) -> None:
    """One step of an optimizer on parameters whose gradients and states stand in lists.

    Parameters
    ----------
    kind : subclass of Optimizer
    params, grads : lists of Tensors
        The parameters are moved in place.
    buffers : dict of lists of Tensors
        For each name in the optimizer's state one tensor per parameter, written in place. None among them is replaced by a
        new tensor; a list that the options do not need may be empty.
    **options
        Those of a parameter group.

    Raises
    ------
    RuntimeError
        If a step count is not a tensor, or a parameter requires grad outside of ``no_grad``.
    IndexError
        If a list is too short.
    """
    if not all(isinstance(step, Tensor) for step in buffers.get("step", ())):
        raise RuntimeError("state_steps must be a list of tensors of one number, one for each parameter")
    recorded = options.get("differentiable") or (is_grad_enabled() and any(p.requires_grad for p in params))
    group = {"maximize": False, **options, "differentiable": recorded}
    optimizer = kind.__new__(kind)
    optimizer.state = {p: {name: values[k] for name, values in buffers.items()} for k, p in enumerate(params)}  # type: ignore[assignment]
    optimizer._check_options(group)
    own: list[Tensor | None] = [p._grad for p in params]
    try:
        for p, grad in zip(params, grads, strict=True):
            p._grad = grad
        for alike in _by_dtype(params) if params else ():
            if recorded:
                with enable_grad():
                    optimizer._update(_tensors, group, alike)
            else:
                optimizer._update(_arrays if alike[0]._array.itemsize > 2 else _halves, group, alike)
    finally:
        for p, previous in zip(params, own, strict=True):
            p._grad = previous
    for name, values in buffers.items():
        for k, p in enumerate(params):
            new = optimizer.state[p][name]
            if values[k] is None:
                values[k] = new
            elif new is not values[k]:  # a recorded step puts new tensors in the places of the old ones
                values[k].copy_(new)


__all__ = ["step_on_lists"]
