"""``swap_tensors``: two tensors exchange what they are, and remain the objects that others hold."""

from __future__ import annotations

import weakref
from typing import Any

from ..core.tensor import Tensor

_FIELDS = ("_array", "_requires_grad", "_grad", "_fn", "_cell", "_view", "_extras", "__class__", "__dict__")


def swap_tensors(t1: Tensor, t2: Tensor) -> None:
    """Exchange everything of two tensors: numbers, type, history, gradient, class and attributes.

    Parameters
    ----------
    t1, t2 : Tensor

    Raises
    ------
    RuntimeError
        If somebody holds a weak reference to one of them, which would then see the other, or looks at its AccumulateGrad.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> a, b = torch.ones(2), torch.zeros(3)
    >>> torch.utils.swap_tensors(a, b)
    >>> a
    tensor([0., 0., 0.])
    """
    for t in (t1, t2):
        if not isinstance(t, Tensor):
            raise AttributeError(f"swap_tensors exchanges tensors, but got a {type(t).__name__}")
    for name, t in (("first", t1), ("second", t2)):
        if weakref.getweakrefcount(t):
            raise RuntimeError(
                f"swap_tensors: there is a weak reference to the {name} tensor, which would change what it refers to"
            )
        node: Any = None if t._extras is None else t._extras.accumulate_grad
        if node is not None and node() is not None:
            raise RuntimeError(
                f"swap_tensors: the AccumulateGrad of the {name} tensor is held by somebody: finish the backward pass first"
            )
    for field in _FIELDS:
        mine, other = getattr(t1, field), getattr(t2, field)
        setattr(t1, field, other)
        setattr(t2, field, mine)


def set_module(obj: Any, mod: str) -> None:
    """Say in which module a function or class is to be found.

    Parameters
    ----------
    obj : function or class
    mod : str

    Raises
    ------
    TypeError
        If the name of the module is no text.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> class Layer:
    ...     pass
    ...
    >>> torch.utils.set_module(Layer, "mine")
    >>> Layer.__module__
    'mine'
    """
    if not isinstance(mod, str):
        raise TypeError(f"set_module: the name of a module is a str, not a {type(mod).__name__}")
    obj.__module__ = mod
