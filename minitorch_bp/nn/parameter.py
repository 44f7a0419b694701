"""Parameters and buffers: the tensors that a module knows by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.repr import tensor_repr
from ..core.tensor import Tensor, version_cell, wrap
from ..ops.conversion import require_grad


class Parameter(Tensor):
    """A tensor that a :class:`Module` registers as a parameter when it is assigned as an attribute.

    Parameters
    ----------
    data : Tensor
        Its memory is shared, its history is not.
    requires_grad : bool

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Parameter(torch.zeros(2))
    Parameter containing:
    tensor([0., 0.], requires_grad=True)
    """

    __slots__ = ()

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Parameter:
        self: Any = Tensor.__new__(cls)
        if data is None:
            data = wrap(np.empty(0, np.float32))
        if not isinstance(data, Tensor):
            raise TypeError(f"a Parameter is made of a Tensor, but got {type(data).__name__}")
        self._array = data._array
        self._cell = version_cell(data)
        if requires_grad:
            require_grad(self)
        return self

    def __init__(self, data: Any = None, requires_grad: bool = True):
        pass  # __new__ has done it

    def __repr__(self, *, tensor_contents: Any = None) -> str:  # type: ignore[override]
        return "Parameter containing:\n" + tensor_repr(self)


class Buffer(Tensor):
    """A tensor that a :class:`Module` registers as a buffer when it is assigned as an attribute."""

    __slots__ = ("persistent",)

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Buffer:
        self: Any = Tensor.__new__(cls)
        if data is not None:
            self._array, self._cell = data._array, version_cell(data)
        self.persistent = persistent
        return self

    def __init__(self, data: Any = None, *, persistent: bool = True):
        pass
