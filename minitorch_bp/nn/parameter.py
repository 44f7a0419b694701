"""Parameters and buffers: the tensors that a module knows by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.repr import tensor_repr
from ..core.tensor import Tensor, disabled_torch_function, version_cell, wrap
from ..ops.creation import empty
from ..ops.requires_grad import require_grad


class Parameter(Tensor):
    """A tensor that a :class:`Module` registers as a parameter when it is assigned as an attribute.

    Parameters
    ----------
    data : Tensor
        Its memory is shared, its history is not.
    requires_grad : bool

    See Also
    --------
    minitorch_bp.nn.Buffer : A tensor that is state, but not trained.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Parameter(torch.zeros(2))
    Parameter containing:
    tensor([0., 0.], requires_grad=True)
    """

    __slots__ = ()
    __torch_function__ = classmethod(disabled_torch_function)  # results are tensors

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Parameter:
        self: Any = Tensor.__new__(cls)
        if data is None:
            data = wrap(np.empty(0, np.float32))
        if not isinstance(data, Tensor):
            raise AttributeError(f"a Parameter is made of a Tensor, but got {type(data).__name__}")
        self._array = data._array
        self._cell = version_cell(data)
        if requires_grad is None:
            raise TypeError("requires_grad must be True or False, but got None")
        require_grad(self, requires_grad)
        return self

    def __init__(self, data: Any = None, requires_grad: bool = True):
        pass  # __new__ has done it

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return "Parameter containing:\n" + tensor_repr(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """The numbers, in memory of their own, and whether they require grad; no gradient, as in torch."""
        if id(self) not in memo:
            memo[id(self)] = type(self)(wrap(np.array(self._array)), bool(self._requires_grad))
        return memo[id(self)]


class Buffer(Tensor):
    """A tensor that a :class:`Module` registers as a buffer when it is assigned as an attribute.

    Parameters
    ----------
    data : Tensor
        Its memory is shared.
    persistent : bool
        Whether it is part of the module's state_dict.

    See Also
    --------
    minitorch_bp.nn.Parameter : A tensor that is trained.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> module = torch.nn.Module()
    >>> module.count = torch.nn.Buffer(torch.zeros(1))
    >>> module.state_dict()
    OrderedDict([('count', tensor([0.]))])
    """

    persistent: bool
    __torch_function__ = classmethod(disabled_torch_function)

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Buffer:
        self: Any = Tensor.__new__(cls)
        if data is not None:
            self._array, self._cell = data._array, version_cell(data)
        self.persistent = persistent
        return self

    def __init__(self, data: Any = None, *, persistent: bool = True):
        pass


class _Uninitialized:
    """What a lazy module has in place of a tensor until it has seen an input.

    It has a dtype, and may be converted; whatever else would read its elements, or ask how many there are, finds the property
    ``_array`` in the place of the elements, which refuses. Once the shape is known, the class is exchanged, and with it the property.
    """

    __slots__ = ()

    @property
    def _array(self: Any) -> np.ndarray:
        raise ValueError(
            f"this {type(self).__name__} has no elements yet: it gets its shape when its lazy module is called for the first time, "
            "so call the module on an input before anything is computed from its parameters"
        )

    @_array.setter
    def _array(self: Any, array: np.ndarray) -> None:
        _MEMORY.__set__(self, array)

    @property
    def data(self: Any) -> Tensor:
        """The empty tensor that stands for the dtype."""
        return wrap(_MEMORY.__get__(self))

    @data.setter
    def data(self: Any, data: Tensor) -> None:
        _MEMORY.__set__(self, data._array)

    @property
    def dtype(self: Any) -> Any:
        """What type the elements will be of."""
        return self.data.dtype

    def __getattribute__(self: Any, name: str) -> Any:
        """What depends on the dtype alone is asked of the empty tensor."""
        return getattr(_DATA.__get__(self), name) if name in _OF_THE_DTYPE else object.__getattribute__(self, name)

    def __reduce_ex__(self: Any, protocol: Any) -> Any:
        return (_of_no_shape, (type(self), bool(self._requires_grad), None, self.dtype))

    def materialize(self: Any, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Become a parameter or buffer of this shape, with uninitialized memory.

        Parameters
        ----------
        shape : int or tuple of ints
        device : device, optional
            The CPU.
        dtype : dtype, optional
            Another type than it was made with.
        """
        made = empty(*((shape,) if isinstance(shape, int) else shape), device=device, dtype=self.dtype if dtype is None else dtype)
        self._array = made._array
        self.__class__ = self._becomes

    @property
    def shape(self) -> Any:
        """RuntimeError: there is none yet."""
        raise RuntimeError("an uninitialized parameter has no shape yet: run the lazy module once")

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


UninitializedTensorMixin = _Uninitialized
_MEMORY: Any = Tensor._array  # the descriptor of every tensor's elements, behind the property that hides it
_DATA: Any = _Uninitialized.__dict__["data"]
_OF_THE_DTYPE = frozenset(
    [
        "bfloat16",
        "bool",
        "byte",
        "char",
        "cpu",
        "cuda",
        "double",
        "float",
        "get_device",
        "half",
        "int",
        "is_complex",
        "is_floating_point",
        "long",
        "short",
        "size",
        "to",
    ]
)


def _of_no_shape(kind: Any, requires_grad: bool, device: Any = None, dtype: Any = None) -> Any:
    """A parameter or buffer that waits for its shape."""
    self, data = Tensor.__new__(kind), empty(0, device=device, dtype=dtype)
    require_grad(data, requires_grad)
    self._array, self._cell, self._requires_grad = data._array, version_cell(data), data._requires_grad
    return self


class UninitializedParameter(_Uninitialized, Parameter):  # type: ignore[misc]  # of __repr__, whose option is unread
    """A parameter whose shape is not known yet (see :class:`minitorch_bp.nn.LazyLinear`).

    Parameters
    ----------
    requires_grad : bool
        As of the parameter that it becomes.

    See Also
    --------
    minitorch_bp.nn.Parameter : What it becomes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> p = torch.nn.UninitializedParameter()
    >>> p.materialize((2, 3))
    >>> p.shape
    torch.Size([2, 3])
    """

    __slots__ = ()
    _becomes = Parameter

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> UninitializedParameter:
        return _of_no_shape(cls, requires_grad, device, dtype)

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: Any = None):
        pass

    def __deepcopy__(self, memo: Any) -> UninitializedParameter:
        return UninitializedParameter(self.requires_grad, dtype=self.dtype)


class UninitializedBuffer(_Uninitialized, Tensor):
    """A buffer whose shape is not known yet.

    Parameters
    ----------
    requires_grad : bool
        As of the tensor that it becomes.
    persistent : bool
        Whether it is part of the module's state_dict.

    See Also
    --------
    minitorch_bp.nn.Buffer : A buffer that has a shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> b = torch.nn.UninitializedBuffer()
    >>> b.materialize((2, 3))
    >>> b.shape
    torch.Size([2, 3])
    """

    __slots__ = ()
    __torch_function__ = classmethod(disabled_torch_function)
    _becomes = Tensor

    def __new__(
        cls, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True
    ) -> UninitializedBuffer:
        return _of_no_shape(cls, requires_grad, device, dtype)

    def __init__(self, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True):
        pass

    def __deepcopy__(self, memo: Any) -> UninitializedBuffer:
        return UninitializedBuffer(dtype=self.dtype)


def is_lazy(param: Any) -> bool:
    """Whether a parameter or buffer has no shape yet."""
    return isinstance(param, _Uninitialized)
