"""The old constructors: ``FloatTensor([1, 2])``, ``LongTensor(2, 3)``, ``torch.Tensor(2, 3)``.

Given sizes they make an uninitialized tensor, given data a tensor of it. ``isinstance(x, torch.FloatTensor)`` asks for
the dtype.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .core import dtype as dtypes
from .core.tensor import Tensor, constructor, strided
from .ops.conversion import _OLD_TYPES
from .ops.from_data import to_array


def _array(args: tuple[Any, ...], d: dtypes.dtype) -> np.ndarray:
    if not args:
        return np.empty(0, d.numpy)
    if all(isinstance(a, (int, np.integer)) for a in args):
        return np.empty(args, d.numpy)
    if len(args) != 1:
        raise TypeError("the constructor takes either sizes (ints) or one list, array or tensor of data")
    if isinstance(args[0], Tensor) and args[0].dtype is not d:
        raise TypeError(f"expected a tensor of type {d!r}, but got {args[0].dtype!r}: convert it with .to()")
    if isinstance(args[0], tuple) and type(args[0]).__name__ == "Size":
        return np.empty(args[0], d.numpy)
    if isinstance(args[0], (float, complex, np.generic)) or args[0] is None:
        raise TypeError(f"the constructor takes sizes or data in a list, not a {type(args[0]).__name__}: use torch.tensor()")
    return to_array(args[0], d.numpy, copy=not isinstance(args[0], Tensor))


class _OldType(type):
    tensor_dtype: dtypes.dtype

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.tensor_dtype


def _old_type(name: str, d: dtypes.dtype) -> Any:
    def __new__(cls: Any, *args: Any) -> Tensor:
        t = Tensor.__new__(Tensor)
        t._array = _array(args, d)
        return t

    doc = f"""The old constructor of tensors of type ``{d!r}``.

    Parameters
    ----------
    *args : ints, or a list, array or tensor
        The sizes of an uninitialized tensor, or its data.

    Raises
    ------
    TypeError
        For anything else.

    See Also
    --------
    minitorch_bp.tensor : With the type by name, ``dtype={d!r}``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.{name}([0, 1]).dtype
    {d!r}
    """
    return _OldType(
        name,
        (),
        {"__new__": __new__, "__doc__": doc, "tensor_dtype": d, "dtype": d, "layout": strided, "__module__": "minitorch_bp"},
    )


_TYPES = {f"{name}Tensor": d for d, name in _OLD_TYPES.items() if not d.is_complex and d is not dtypes.bfloat16}
globals().update((name, _old_type(name, d)) for name, d in _TYPES.items())
__all__ = [*_TYPES]


def _of_tensor(*args: Any, **kwargs: Any) -> np.ndarray:
    """``torch.Tensor(2, 3)`` or ``torch.Tensor([1, 2])``: of the default dtype."""
    if kwargs.pop("device", "cpu") not in ("cpu", None) or kwargs:
        raise TypeError(f"Tensor() takes sizes or data, but got {kwargs}")
    if len(args) == 1 and isinstance(args[0], Tensor):
        return args[0]._array  # the same memory, whatever its type
    return _array(args, dtypes.get_default_dtype())


constructor[:] = [_of_tensor]
