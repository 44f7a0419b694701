"""Arrays from Python data: what a nested list's shape and dtype are, and which numbers a dtype can hold.

Three questions, in this order. Which *dtype*? The one to which those of all elements promote: Python's ``bool``, ``int``,
``float`` and ``complex`` stand for bool, int64, the default dtype and its complex companion; NumPy's numbers, arrays and tensors
bring their own. Which *shape*? The lengths along the first elements; whoever has another length makes the list ragged. A tensor
that the list begins with is one number, an array is a list of numbers. Does every number *fit*? An integer type refuses what lies beyond its
range, whereas a floating-point type rounds, if need be to infinity.

A whole array, or tensor, is no nested list: its elements are converted as ``.to()`` does it, without a look at the range.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ._base import Tensor, dtypes

_EXPECTED = "expected numbers, nested lists, arrays or tensors"
_DEEPEST = 64  # as many dimensions as NumPy has; a list that contains itself has more
_PLAIN = {bool, int, float}
_LISTS = {list, tuple}


def check_layout(array: np.ndarray) -> None:
    """TypeError for an array of a type that has no dtype, ValueError for one whose memory a tensor can't describe."""
    dtypes.from_numpy_dtype(array.dtype)
    if not array.dtype.isnative:
        raise ValueError(f"the array's byte order is not this machine's: pass array.astype({array.dtype.newbyteorder('=').name!r})")
    if any(s < 0 for s in array.strides):
        raise ValueError("an array with negative strides can't be shared: pass a copy of it (array.copy())")


def to_array(data: Any, dtype: Any = None, copy: bool = True) -> np.ndarray:
    """A NumPy array from anything that ``tensor`` accepts; of the dtype that its elements have, unless one is given."""
    if dtype is not None and not isinstance(dtype, np.dtype):
        dtype = dtypes.as_dtype(dtype).numpy
    if dtype is not None and dtype.itemsize == 1 and dtype.kind in "Vf":
        return dtypes.narrowed(to_array(data), dtypes.from_numpy_dtype(dtype))
    if isinstance(data, Tensor):
        data = data._array
    elif isinstance(data, np.ndarray):
        check_layout(data)
    if isinstance(data, np.ndarray):
        return _of_array(data, dtype, copy)
    if isinstance(data, (str, bytes)):
        raise TypeError(f"a tensor can't be made of {type(data).__name__}: {_EXPECTED}")
    array = _of_plain_numbers(data, dtype)
    if array is not None:
        return array
    shape = _shape_of(data)
    if dtype is None:
        found: set[dtypes.dtype] = set()
        _dtypes_in([data], found, 0)
        dtype = functools.reduce(dtypes.promote_types, found).numpy
    elements: list[Any] = []
    if not shape:
        elements.append(data)
    elif 0 not in shape:
        _collect(data, shape, elements)
    return _numbers(elements, dtype).reshape(shape)


def _of_array(array: np.ndarray, dtype: np.dtype | None, copy: bool) -> np.ndarray:
    if dtype is None:
        dtypes.from_numpy_dtype(array.dtype)  # raises for a type that no tensor can have
        dtype = array.dtype.newbyteorder("=")
    return np.array(array, dtype) if copy else array.astype(dtype, copy=False)


# ---------------------------------------------------------------------- what NumPy does alike, and fast
def _of_plain_numbers(data: Any, dtype: np.dtype | None) -> np.ndarray | None:
    """NumPy's own reading of nested lists of Python's numbers, or of a list of like arrays; None where torch has another."""
    kinds = {type(data)} if type(data) not in _LISTS else _kinds_in(data, 0)
    if not kinds:
        return None
    if kinds == {np.ndarray}:
        first = data[0]
        if not first.size or (dtype is not None and dtype.kind not in "fc"):
            return None
        alike = all(type(a) is np.ndarray and a.ndim and a.shape == first.shape and a.dtype == first.dtype for a in data)
        return _of_array(np.stack(data), dtype, copy=False) if alike else None
    if not kinds <= _PLAIN:
        return None
    if dtype is None:
        wanted = dtypes.get_default_dtype() if float in kinds else dtypes.int64 if int in kinds else dtypes.bool
        dtype = wanted.numpy
    if dtype.kind not in "fb" and (dtype != np.int64 or float in kinds):
        return None
    try:
        return np.array(data, dtype)
    except (ValueError, OverflowError):
        return None  # the general way says what is wrong


def _kinds_in(data: Any, depth: int) -> set[type]:
    """The types of the elements of nested lists, as far as nothing else but such types is found; empty otherwise."""
    kinds = set(map(type, data))
    if not kinds <= _LISTS or depth > _DEEPEST:
        return kinds
    inner: set[type] = set()
    for row in data:
        below = _kinds_in(row, depth + 1)
        if not below <= _PLAIN:
            return set()
        inner |= below
    return inner


# ---------------------------------------------------------------------- which dtype
def _is_sequence(kind: type) -> bool:
    """Whether objects of this type are lists of other objects. (A tensor is a number here, see above.)"""
    return (
        hasattr(kind, "__getitem__") and hasattr(kind, "__len__") and not issubclass(kind, (dict, str, bytes, Tensor, np.generic))
    )


def _by_index(data: Any, count: int | None = None) -> Any:
    """The elements by their numbers: those of a column of pandas are NumPy's, where iterating makes Python's of them."""
    if isinstance(data, (list, tuple)):
        return data
    try:
        return [data[k] for k in range(len(data) if count is None else count)]
    except (KeyError, IndexError):
        raise ValueError(
            f"a {type(data).__name__} without elements 0, 1, ... has no shape: pass its .values, or a list of it"
        ) from None


def _dtypes_in(data: Any, found: set[Any], depth: int) -> None:
    """Add the dtype of every element, however deeply nested."""
    if isinstance(data, np.ndarray):
        found.add(dtypes.from_numpy_dtype(data.dtype))
        return
    if depth > _DEEPEST:
        raise ValueError(f"a tensor can't have more than {_DEEPEST} dimensions")
    data = _by_index(data)
    if not data:
        found.add(dtypes.get_default_dtype())
    for kind in set(map(type, data)):
        if _is_sequence(kind):
            for element in data:
                if type(element) is kind:
                    _dtypes_in(element, found, depth + 1)
        elif issubclass(kind, Tensor):
            found.update(element.dtype for element in data if type(element) is kind)
        else:
            found.add(_dtype_of(kind, depth))


def _dtype_of(kind: type, depth: int) -> Any:
    if issubclass(kind, np.generic) and not issubclass(kind, (str, bytes)):
        return dtypes.from_numpy_dtype(np.dtype(kind))
    for number, dtype in ((bool, dtypes.bool), (int, dtypes.int64), (float, dtypes.get_default_dtype())):
        if issubclass(kind, number):
            return dtype
    if issubclass(kind, complex):
        return dtypes.get_default_dtype().to_complex()
    error = TypeError if issubclass(kind, (str, bytes)) else RuntimeError
    raise error(f"a tensor can't be made of {kind.__name__}: {_EXPECTED}")


# ---------------------------------------------------------------------- which shape
def _shape_of(data: Any) -> tuple[int, ...]:
    """The lengths of the sequence, of its first element, of that one's first element, and so on."""
    shape: list[int] = []
    while _is_sequence(type(data)):
        if isinstance(data, np.ndarray) and not data.ndim:
            raise TypeError("an array of no dimensions can't stand in a list: write array.item()")
        shape.append(len(data))
        if len(shape) > _DEEPEST:
            raise ValueError(f"a tensor can't have more than {_DEEPEST} dimensions")
        if not shape[-1]:
            break
        data = _by_index(data, 1)[0]
    if shape and isinstance(data, str):
        raise ValueError(f"a tensor can't be made of lists of strings: {_EXPECTED}")
    return tuple(shape)


def _collect(data: Any, shape: tuple[int, ...], elements: list[Any], depth: int = 0) -> None:
    """Append the elements of a nested list in order, checking that it has the shape."""
    if isinstance(data, Tensor):
        data = data._array  # where other elements are lists, a tensor is one, too
    if not hasattr(data, "__len__") or (isinstance(data, np.ndarray) and not data.ndim):
        raise TypeError(
            f"the nested list is ragged: at dimension {depth} a sequence of length {shape[0]} was expected, "
            f"not a {type(data).__name__}"
        )
    if len(data) != shape[0]:
        raise ValueError(
            f"the nested list is ragged: at dimension {depth} a sequence of length {shape[0]} was expected, not {len(data)}"
        )
    if isinstance(data, np.ndarray) and data.shape == shape:
        elements.extend(data.ravel())
    elif len(shape) == 1:
        elements.extend(data)
    else:
        for element in data:
            _collect(element, shape[1:], elements, depth + 1)


# ---------------------------------------------------------------------- does it fit
def _numbers(elements: list[Any], dtype: np.dtype) -> np.ndarray:
    """The numbers as an array of one dimension."""
    kinds = set(map(type, elements))
    if any(issubclass(kind, Tensor) for kind in kinds):
        elements = [_number_in(e, dtype) if isinstance(e, Tensor) else e for e in elements]
        kinds = set(map(type, elements))
    for kind in kinds:
        if not _converts(kind, dtype.kind):
            raise TypeError(f"a {kind.__name__} is not a number that {dtype} can hold: {_EXPECTED}")
    if dtype.kind in "iu":
        return _integers(elements, dtype)
    if dtype.kind == "b":
        return np.array([bool(e) for e in elements], dtype)
    # A float64 first: each number is read as Python reads it, then rounded to the type.
    return np.array(elements, np.complex128 if dtype.kind == "c" else np.float64).astype(dtype, copy=False)


def _converts(kind: type, to: str) -> bool:
    """Whether numbers of this Python type become numbers of a kind of dtype (``'iufVcb'``)."""
    if _is_sequence(kind) or issubclass(kind, (str, bytes)):
        return False
    if issubclass(kind, (complex, np.complexfloating)):
        return to in "cb"
    if issubclass(kind, float) or hasattr(kind, "__index__"):
        return True
    return issubclass(kind, np.bool_) if to == "b" else to not in "iu" and hasattr(kind, "__float__")


def _integers(elements: list[Any], dtype: np.dtype) -> np.ndarray:
    widest = np.dtype(np.uint64 if dtype == np.uint64 else np.int64)
    for e in elements:
        if isinstance(e, float):
            dtypes.check_number(e, dtypes.from_numpy_dtype(dtype))
    try:
        array = np.array(elements, widest)
    except OverflowError as error:
        kind = OverflowError if dtype == np.uint64 else ValueError
        raise kind(f"an integer is out of the range of {widest}: {error}") from None
    if dtype != widest and array.size:
        for extreme in (array.min(), array.max()):
            dtypes.check_number(int(extreme), dtypes.from_numpy_dtype(dtype))
    return array.astype(dtype, copy=False)


def _number_in(t: Tensor, dtype: np.dtype) -> Any:
    """The number in a tensor of one element that stands in a list."""
    whole = dtype.kind in "iub"
    if t._array.size != 1 or (whole and t._array.dtype.kind not in "iub"):
        raise (TypeError if whole else ValueError)(
            f"within a list a tensor must be a single number that {dtype} can hold, but this one has shape {list(t.shape)} and "
            f"type {t.dtype!r}: join tensors with torch.stack() or torch.cat()"
        )
    if t._array.dtype.kind == "c" and dtype.kind != "c" and t._array.item().imag:
        raise RuntimeError(f"a complex number can't be converted to {dtype}: take .real first")
    return t._array.item()


__all__ = ["check_layout", "to_array"]
