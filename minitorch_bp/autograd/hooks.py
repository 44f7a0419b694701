"""Hooks on tensors: look at a gradient, or change it, on its way."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from typing import Any

from ..core.grad_mode import mode
from ..core.graph import Output, hooks_of
from ..core.handle import RemovableHandle
from ..core.public import attach, public
from ..core.tensor import Tensor, extras
from ..core.view import edge_of


@public("Tensor")
def register_hook(self: Tensor, hook: Any) -> RemovableHandle:
    """Call ``hook(grad)`` when the tensor's gradient is complete; a returned tensor replaces it.

    Parameters
    ----------
    hook : function
        Takes the gradient, a Tensor of this one's shape; returns None, or another gradient.

    Returns
    -------
    RemovableHandle
        Its ``remove()`` takes the hook away.

    Raises
    ------
    RuntimeError
        If the tensor does not require grad.

    See Also
    --------
    minitorch_bp.Tensor.register_post_accumulate_grad_hook : After the gradient has been added to ``.grad``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.ones(1, requires_grad=True)
    >>> handle = x.register_hook(lambda grad: grad * 10)
    >>> (2 * x).sum().backward()
    >>> x.grad
    tensor([20.])
    """
    edge = edge_of(self)
    if edge is None:
        raise RuntimeError("a hook can't be registered on a tensor that does not require grad: it has no gradient to wait for")
    if edge is self:
        more = extras(self)
        if more.hooks is None:
            more.hooks = OrderedDict()
        return RemovableHandle(more.hooks, hook)
    node, index = (edge.node, edge.index) if isinstance(edge, Output) else (edge, 0)
    return RemovableHandle(hooks_of(node).tensor.setdefault(index, OrderedDict()), hook)


@public("Tensor")
def register_post_accumulate_grad_hook(self: Tensor, hook: Any) -> RemovableHandle:
    """Call ``hook(tensor)`` after a leaf's ``.grad`` has been added to.

    Parameters
    ----------
    hook : function
        Takes the tensor.

    Returns
    -------
    RemovableHandle
        Its ``remove()`` takes the hook away.

    Raises
    ------
    RuntimeError
        If the tensor is not a leaf, or does not require grad.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.ones(1, requires_grad=True)
    >>> def step(p):
    ...     with torch.no_grad():
    ...         p -= 0.1 * p.grad
    >>> handle = w.register_post_accumulate_grad_hook(step)
    >>> (2 * w).sum().backward()
    >>> w
    tensor([0.8000], requires_grad=True)
    """
    edge = edge_of(self)
    if edge is None:
        raise RuntimeError("a post-accumulate hook needs a tensor that requires grad")
    if edge is not self:
        raise RuntimeError("a post-accumulate hook can be registered only on a leaf: others do not accumulate a .grad")
    more = extras(self)
    if more.post_accumulate_hooks is None:
        more.post_accumulate_hooks = OrderedDict()
    return RemovableHandle(more.post_accumulate_hooks, hook)


@public("Tensor")
def retain_grad(self: Tensor) -> None:
    """Keep the gradient of a computed tensor in its ``.grad``, as for a leaf.

    Raises
    ------
    RuntimeError
        If the tensor does not require grad.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.ones(1, requires_grad=True)
    >>> y = x * 2
    >>> y.retain_grad()
    >>> (y * 3).sum().backward()
    >>> y.grad
    tensor([3.])
    """
    edge = edge_of(self)
    if edge is not None and mode.transforms:
        raise RuntimeError(
            f"retain_grad() inside of a function that torch.func.{mode.transforms[-1]} transforms: return what you want to keep"
        )
    if edge is None:
        raise RuntimeError("retain_grad() needs a tensor that requires grad")
    if edge is self:
        return
    node, index = (edge.node, edge.index) if isinstance(edge, Output) else (edge, 0)
    extras(self).retains_grad = True
    hooks_of(node).retain[index] = weakref.ref(self)


def retains_grad(self: Tensor) -> bool:
    """Whether :meth:`retain_grad` has been called on this computed tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> y = torch.ones(1, requires_grad=True) * 2
    >>> y.retains_grad
    False
    >>> y.retain_grad()
    >>> y.retains_grad
    True
    """
    return self._extras is not None and self._extras.retains_grad


attach("retains_grad", property(retains_grad))
