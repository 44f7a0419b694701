"""tinygrad, through its Tensor: most of its methods have PyTorch's names; the words for dimensions and types are mapped."""

from __future__ import annotations

import importlib.metadata
import operator
from typing import Any

import numpy as np
from tinygrad import Tensor, dtypes

from ..backend import Missing

name, version = "tinygrad", importlib.metadata.version("tinygrad")
#: PyTorch's name -> tinygrad's, where they differ.
NAMES = {
    "mm": "matmul",
    "bmm": "matmul",
    "amax": "max",
    "amin": "min",
    "multiply": "mul",
    "subtract": "sub",
    "negative": "neg",
    "layer_norm": "layernorm",
}
ARGUMENTS = {"dim": "axis", "min": "min_", "max": "max_"}


def _opened(value: Any) -> Any:
    if isinstance(value, Face):
        return value.value
    return type(value)(_opened(v) for v in value) if isinstance(value, (list, tuple)) else value


def _closed(value: Any) -> Any:
    if isinstance(value, Tensor):
        return Face(value)
    return type(value)(_closed(v) for v in value) if isinstance(value, (list, tuple)) else value


def _call(wanted: str, first: Any, *rest: Any, **kwargs: Any) -> Any:
    method = getattr(Tensor, NAMES.get(wanted, wanted), None)
    if method is None or not callable(method) or wanted.endswith("_"):
        raise Missing(wanted)
    options = {k: _opened(v) for k, v in kwargs.items()}
    names = getattr(getattr(method, "__wrapped__", method), "__code__", None)
    known = names.co_varnames if names is not None else ()
    options = {ARGUMENTS[k] if k in ARGUMENTS and ARGUMENTS[k] in known and k not in known else k: v for k, v in options.items()}
    first = _opened(first)
    if isinstance(first, (list, tuple)):  # cat, stack
        return _closed(method(first[0], *first[1:], **{"dim": 0, **options}))
    return _closed(method(first, *map(_opened, rest), **options))


class Face:
    """A tensor of tinygrad's with PyTorch's methods."""

    def __init__(self, value: Tensor):
        self.value = value

    def __getattr__(self, wanted: str) -> Any:
        if wanted in ("shape", "ndim", "dtype"):
            return getattr(self.value, wanted)
        if wanted in ("T", "mT"):
            return Face(self.value.transpose(-1, -2))
        if not hasattr(Tensor, NAMES.get(wanted, wanted)):
            raise Missing(wanted)
        return lambda *args, **kwargs: _call(wanted, self, *args, **kwargs)

    def __neg__(self) -> Face:
        return Face(-self.value)

    def __getitem__(self, index: Any) -> Face:
        return Face(self.value[_opened(index)])


for _word in ("add", "sub", "mul", "truediv", "pow", "matmul", "mod", "lt", "gt", "le", "ge", "eq", "ne"):
    _do = getattr(operator, _word)
    setattr(Face, f"__{_word}__", lambda a, b, do=_do: Face(do(a.value, _opened(b))))
    setattr(Face, f"__r{_word}__", lambda a, b, do=_do: Face(do(_opened(b), a.value)))


class _Space:
    """A namespace, with those below it."""

    def __getattr__(self, wanted: str) -> Any:
        if wanted in ("nn", "functional", "special", "linalg"):
            return self
        if hasattr(dtypes, wanted) and wanted.startswith(("float", "int", "bool")):
            return getattr(dtypes, wanted)
        if not hasattr(Tensor, NAMES.get(wanted, wanted)):
            raise Missing(wanted)
        return lambda *args, **kwargs: _call(wanted, *args, **kwargs)


torch = _Space()


def run(function: Any, arrays: list[np.ndarray]) -> tuple[list[Any], Any]:
    """Results, and their gradients by ``Tensor.gradient`` of the sum of products with the cotangents."""
    leaves = [Tensor(a.copy()) for a in arrays]
    results = [_opened(r) for r in function([Face(t) for t in leaves])]
    values = [np.asarray(r.numpy()) for r in results]
    floats = [k for k, a in enumerate(arrays) if a.dtype.kind == "f"]

    def pullback(cotangents: list[Any]) -> list[Any]:
        total = sum((r * Tensor(c)).sum() for r, c in zip(results, cotangents, strict=True) if c.dtype.kind == "f")
        if isinstance(total, int) or not floats:
            return [None] * len(arrays)
        found = total.gradient(*(leaves[k] for k in floats))
        return [np.asarray(found[floats.index(k)].numpy()) if k in floats else None for k in range(len(arrays))]

    return values, pullback
