"""What ``torch.tensor(data)`` makes of Python numbers, nested lists, arrays and tensors: an array, and its dtype.

The type is inferred from the *kinds* of numbers that occur: Python's int, float and complex stand for int64 and the default
types, tensors and NumPy's numbers for their own, and the result is what all of them promote to.
"""

from __future__ import annotations

import array as arrays
import collections
from functools import reduce
from typing import Any

import numpy as np

from ._base import Tensor, dtypes

_PYTHON = {bool: dtypes.BOOL, int: dtypes.INTEGER, float: dtypes.FLOATING, complex: dtypes.COMPLEX}
_USUAL = {*_PYTHON, list, tuple}
_CARRIERS = (np.bool_, np.int64, np.float64, np.complex128)
_SEQUENCES = (range, arrays.array, collections.deque, collections.UserList)


def check_layout(array: np.ndarray) -> None:
    """TypeError for an array of a type that has no dtype, ValueError for one whose memory a tensor can't describe."""
    dtypes.from_numpy_dtype(array.dtype)
    if not array.dtype.isnative:
        raise ValueError(f"the array's byte order is not this machine's: pass array.astype({array.dtype.newbyteorder('=').name!r})")
    if any(s < 0 for s in array.strides):
        raise ValueError("an array with negative strides can't be shared: pass a copy of it (array.copy())")


def to_array(data: Any, dtype: Any = None, copy: bool = True) -> np.ndarray:
    """A NumPy array from anything :func:`tensor` accepts, with torch's choice of dtype."""
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    if type(data) not in _USUAL:
        if isinstance(data, Tensor):
            return _converted(data._array, wanted, copy)
        if not isinstance(data, (list, tuple, int, float, complex, np.generic)) and hasattr(data, "__array__"):
            data = np.asarray(data)
        if isinstance(data, np.ndarray):
            check_layout(data)
            return _converted(data, wanted, copy)
    kinds: set[Any] = set()
    numbers = _plain(data, kinds, wanted)
    found = _inferred(kinds)
    if wanted is None:
        wanted = found
    elif found.is_complex and not (wanted.is_complex or wanted is dtypes.bool):
        raise TypeError(f"a complex number can't be converted to {wanted!r}: take its .real")
    return _build(numbers, found, wanted, dtype is None)


def _converted(array: np.ndarray, wanted: Any, copy: bool) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return array.astype(array.dtype if wanted is None else wanted.numpy, copy=copy)


def _inferred(kinds: set[Any]) -> dtypes.dtype:
    """The dtype that the kinds of numbers promote to; the default dtype if there are none."""
    default = dtypes.get_default_dtype()
    if not kinds or kinds == {float}:
        return default
    by_category = (dtypes.bool, dtypes.int64, default, default.to_complex())
    found = [k if isinstance(k, dtypes.dtype) else by_category[_PYTHON[k]] for k in kinds]
    return reduce(dtypes.promote_types, found)


def _plain(data: Any, kinds: set[Any], wanted: Any, nested: bool = False) -> Any:
    """The data as Python numbers in nested lists; what kinds of numbers they were is added to ``kinds``."""
    kind = type(data)
    if kind in _PYTHON:
        kinds.add(kind)
        return data
    if isinstance(data, (list, tuple)):
        inside = set(map(type, data))
        if inside <= _PYTHON.keys():
            kinds |= inside
            return data
        first = data[0]
        if inside == {np.ndarray} and all(a.dtype == first.dtype and a.shape == first.shape for a in data):
            kinds.add(dtypes.from_numpy_dtype(first.dtype))
            return np.stack(data)
        return [_plain(d, kinds, wanted, True) for d in data]
    if isinstance(data, (Tensor, np.generic, np.ndarray)):
        kinds.add(data.dtype if isinstance(data, Tensor) else dtypes.from_numpy_dtype(data.dtype))
        if not isinstance(data, Tensor):
            return data.tolist()
        if data._array.size != 1:
            raise ValueError(
                f"only a tensor of one element can stand for a number in a list, not one of {data._array.size}: use stack()"
            )
        return data.item()
    if isinstance(data, _SEQUENCES):
        return _plain(list(data), kinds, wanted, nested)
    for base in (int, float, complex):  # subclasses, such as an enumeration's members
        if isinstance(data, base):
            kinds.add(base)
            return np.asarray(data).item()
    raise _refusal(data, nested and not kinds, wanted is None)


def _refusal(data: Any, first: bool, infer: bool) -> Exception:
    """PyTorch raises TypeError for what is not a number, RuntimeError where the dtype was to be inferred from it."""
    name = type(data).__name__
    message = f"a tensor can't be made of {name}: expected numbers, nested lists, arrays or tensors"
    if isinstance(data, (str, bytes)):
        return ValueError(message) if first else TypeError(message)
    return RuntimeError(message) if infer else TypeError(message)


def _build(numbers: Any, found: dtypes.dtype, wanted: dtypes.dtype, inferred: bool) -> np.ndarray:
    """The array of dtype ``wanted``: first of the widest type that holds the numbers, so that their range can be checked."""
    category = max(found.category, wanted.category)
    carrier = np.uint64 if wanted is dtypes.uint64 and category == dtypes.INTEGER else _CARRIERS[category]
    try:
        array = np.array(numbers, carrier)
    except OverflowError:
        if carrier is not np.int64:
            raise
        raise ValueError("an integer has more than the 64 bits of torch.int64") from None
    except (TypeError, ValueError):
        _check_nested(numbers)
        raise
    if wanted.category == dtypes.INTEGER and array.dtype != wanted.numpy and array.size:
        dtypes.check_range(array.min(), wanted)
        dtypes.check_range(array.max(), wanted)
    if array.dtype == wanted.numpy:
        return array
    with np.errstate(over="ignore"):
        return array.astype(wanted.numpy)


def _check_nested(data: Any, depth: int = 0) -> None:
    """ValueError naming the place where a nested list is ragged, TypeError where lists and numbers are mixed."""
    if not isinstance(data, (list, tuple)):
        return
    lengths = [len(d) if isinstance(d, (list, tuple)) else None for d in data]
    if None in lengths and any(n is not None for n in lengths):
        raise TypeError(f"at dimension {depth + 1} of the nested list, numbers and sequences are mixed")
    for n in lengths:
        if n != lengths[0]:
            raise ValueError(
                f"the nested list is ragged: at dimension {depth + 1} a sequence of length {lengths[0]} was expected, not {n}"
            )
    for d in data:
        _check_nested(d, depth + 1)
    depths = {_depth(d) for d in data}
    if len(depths) > 1:
        raise TypeError(f"at dimension {depth + 2} of the nested list, numbers and sequences are mixed")


def _depth(data: Any) -> int:
    return 1 + _depth(data[0]) if isinstance(data, (list, tuple)) and data else 0
