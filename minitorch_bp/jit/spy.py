"""Arrays that say when somebody computes with them.

While a function is traced, its tensors hold such arrays. What primitives do with them is written down anyway; what is read anywhere else
(a decision on a value, an index worked out in NumPy) would be frozen in the program without a trace, so the trace ends there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

#: What may be asked of an array without reading its elements.
_METADATA = frozenset(
    {
        "shape", "dtype", "ndim", "size", "strides", "flags", "itemsize", "nbytes", "base", "__class__", "__array_interface__", "source",
        "__setattr__",
    }
)  # fmt: skip
#: What gives the same elements, as a spy again: it is watched in its turn.
_SAME = frozenset({"reshape", "transpose", "swapaxes", "squeeze", "T", "mT", "copy", "view"})
#: Functions that look at shapes, types and places only.
_OF_PLACES = frozenset(
    {"empty_like", "zeros_like", "ones_like", "shares_memory", "may_share_memory", "shape", "ndim", "result_type", "can_cast"}
)
_BASIC = (int, slice, type(None), type(Ellipsis))


class Spy(np.ndarray):
    """An array whose every use calls :attr:`seen`."""

    seen: Callable[[str], None] = staticmethod(lambda what: None)
    source: np.ndarray | None = None  # what this is a copy of

    def __getattribute__(self, name: str) -> Any:
        if name not in _METADATA and name not in _SAME:
            Spy.seen(name)
        return super().__getattribute__(name)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        Spy.seen(ufunc.__name__)
        if "out" in kwargs:
            kwargs["out"] = tuple(plain(x) for x in kwargs["out"])
        return getattr(ufunc, method)(*map(plain, inputs), **kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function.__name__ not in _OF_PLACES:
            Spy.seen(function.__name__)
        return function(*plain(args), **plain(kwargs))

    def __getitem__(self, index: Any) -> Any:
        part = plain(self)[plain(index)]
        if type(part) is np.ndarray and all(type(i) in _BASIC for i in (index if type(index) is tuple else (index,))):
            return spied(part)
        Spy.seen("indexing")
        return part

    def copy(self, order: Any = "C") -> Any:
        new = spied(np.array(plain(self), order=order))
        new.source = self  # type: ignore[attr-defined]
        return new

    def __setitem__(self, index: Any, value: Any) -> None:
        Spy.seen("assignment")
        plain(self)[plain(index)] = plain(value)

    def __iter__(self) -> Any:
        Spy.seen("iteration")
        return iter(plain(self))

    def _number(self, kind: Any) -> Any:
        Spy.seen(kind.__name__)
        return kind(plain(self))

    def __bool__(self) -> bool:
        return self._number(bool)

    def __int__(self) -> int:
        return self._number(int)

    def __float__(self) -> float:
        return self._number(float)


def plain(x: Any) -> Any:
    """The same without spies."""
    if type(x) is Spy:
        return np.asarray(x)
    if type(x) in (tuple, list):
        return type(x)(map(plain, x))
    if type(x) is dict:
        return {k: plain(v) for k, v in x.items()}
    return x


def spied(array: np.ndarray) -> np.ndarray:
    """A spy in the same memory."""
    return array if type(array) is Spy else np.ndarray.view(array, Spy)
