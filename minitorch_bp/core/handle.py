"""The handle of a hook: what registering one returns, of tensors, nodes, modules and optimizers."""

from __future__ import annotations

import itertools
import weakref
from collections import OrderedDict
from typing import Any


class RemovableHandle:
    """What registering a hook returns: ``remove()`` takes the hook away again.

    Parameters
    ----------
    hooks_dict : dict
        Where the hook is kept, under the handle's ``id``.
    hook : function, optional
        What is put there.
    extra_dict : dict or list of dicts, optional
        Where else the handle's ``id`` is removed.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.ones(1, requires_grad=True)
    >>> with x.register_hook(lambda grad: grad * 2):
    ...     (x * 1).sum().backward()
    >>> x.grad
    tensor([2.])
    """

    __slots__ = ("extra_dict_ref", "hooks_dict_ref", "id")
    __module__ = "minitorch_bp.utils.hooks"
    _next_id = itertools.count().__next__

    def __init__(self, hooks_dict: Any, hook: Any = None, *, extra_dict: Any = None):
        others = () if extra_dict is None else extra_dict if isinstance(extra_dict, list) else [extra_dict]
        # Weak, so that a handle keeps no hook alive (and no cycle, if the hook holds the handle).
        self.hooks_dict_ref, self.id = _reference(hooks_dict), RemovableHandle._next_id()
        self.extra_dict_ref = tuple(_reference(d) for d in others)
        if hook is not None:
            hooks_dict[self.id] = hook

    def remove(self) -> None:
        """Take the hook away; doing so twice is harmless."""
        for reference in (self.hooks_dict_ref, *self.extra_dict_ref):
            hooks = reference()
            if hooks is not None:
                hooks.pop(self.id, None)

    def __reduce__(self) -> Any:
        return _handle_from, (self.id, self.hooks_dict_ref(), [d() for d in self.extra_dict_ref])

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exc: Any) -> None:
        self.remove()


def _reference(hooks: Any) -> Any:
    """A weak reference to a dictionary; a function that returns it, if its type has no weak references."""
    try:
        return weakref.ref(hooks)
    except TypeError:
        return lambda: hooks


def _handle_from(number: int, hooks: Any, others: list[Any]) -> RemovableHandle:
    handle = RemovableHandle(OrderedDict() if hooks is None else hooks, extra_dict=[d for d in others if d is not None])
    handle.id = number
    return handle
