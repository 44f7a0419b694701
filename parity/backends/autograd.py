"""autograd's NumPy, through a thin face: functions of ``autograd.numpy`` under PyTorch's names and arguments.

A tensor is whatever autograd traces, inside of a :class:`Face` that has PyTorch's methods.
"""

from __future__ import annotations

import importlib.metadata
import operator
from typing import Any

import autograd.numpy as anp
import autograd.scipy.special as special
import numpy as np
from autograd import make_vjp
from autograd.builtins import tuple as traced_tuple
from autograd.tracer import getval

from ..backend import Missing

name, version = "autograd", importlib.metadata.version("autograd")
#: PyTorch's name -> autograd's, where they differ.
NAMES = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "atan2": "arctan2",
    "mul": "multiply", "sub": "subtract", "div": "true_divide", "neg": "negative", "pow": "power", "mm": "matmul", "bmm": "matmul",
    "concat": "concatenate", "cat": "concatenate", "permute": "transpose", "amax": "max", "amin": "min", "remainder": "mod", "det": "det",
}  # fmt: skip
#: Names that mean something else in NumPy.
OTHER = frozenset({"repeat", "split", "max", "min", "sort", "clip_", "median", "cov", "gradient", "resize"})
ARGUMENTS = {"dim": "axis", "keepdim": "keepdims", "dims": "axis"}


def _opened(value: Any) -> Any:
    if isinstance(value, Face):
        return value.value
    return type(value)(_opened(v) for v in value) if isinstance(value, (list, tuple)) else value


def _function(wanted: str) -> Any:
    found = _OWN.get(wanted) or getattr(anp, NAMES.get(wanted, wanted), None) or getattr(special, wanted, None)
    if wanted in OTHER or found is None or not callable(found):
        raise Missing(wanted)

    def call(*args: Any, **kwargs: Any) -> Any:
        result = found(*map(_opened, args), **{ARGUMENTS.get(k, k): _opened(v) for k, v in kwargs.items()})
        return tuple(map(Face, result)) if isinstance(result, tuple) else Face(result)

    return call


class Face:
    """An array with PyTorch's methods."""

    def __init__(self, value: Any):
        self.value = value

    def __getattr__(self, wanted: str) -> Any:
        if wanted in ("T", "mT"):
            return Face(anp.swapaxes(self.value, -1, -2))
        if wanted == "dtype":
            return self.value.dtype
        if wanted in ("shape", "ndim"):
            return getattr(self.value, wanted)
        function = _function(wanted)
        return lambda *args, **kwargs: function(self, *args, **kwargs)

    def __neg__(self) -> Face:
        return Face(-self.value)

    def __getitem__(self, index: Any) -> Face:
        return Face(self.value[_opened(index)])


for _word in ("add", "sub", "mul", "truediv", "pow", "matmul", "mod", "lt", "gt", "le", "ge", "eq", "ne"):
    _do = getattr(operator, _word)
    setattr(Face, f"__{_word}__", lambda a, b, do=_do: Face(do(a.value, _opened(b))))
    setattr(Face, f"__r{_word}__", lambda a, b, do=_do: Face(do(_opened(b), a.value)))


def _reduction(function: Any) -> Any:
    """With PyTorch's order of arguments."""
    return lambda x, axis=None, keepdims=False: function(x, axis=axis, keepdims=keepdims)


_OWN = {
    "clone": lambda x: x * 1, "contiguous": lambda x: x, "detach": getval, "t": lambda x: anp.swapaxes(x, -1, -2),
    "relu": lambda x: anp.maximum(x, 0), "sigmoid": lambda x: 1 / (1 + anp.exp(-x)), "clamp": lambda x, min=None, max=None: anp.clip(
        x, -np.inf if min is None else min, np.inf if max is None else max), "rsqrt": lambda x: 1 / anp.sqrt(x), "flatten": anp.ravel,
    "softplus": lambda x: anp.logaddexp(x, 0), "unsqueeze": anp.expand_dims, "is_floating_point": lambda x: x.dtype.kind == "f",
    **{n: _reduction(getattr(anp, NAMES.get(n, n))) for n in ("sum", "mean", "prod", "amax", "amin")},
    "logsumexp": lambda x, axis=None, keepdims=False: special.logsumexp(x, axis=axis, keepdims=keepdims),
    "var": lambda x, axis=None, keepdims=False: anp.var(x, axis=axis, keepdims=keepdims, ddof=1),
    "std": lambda x, axis=None, keepdims=False: anp.std(x, axis=axis, keepdims=keepdims, ddof=1),
}  # fmt: skip


class _Space:
    """A namespace, with those below it."""

    def __getattr__(self, wanted: str) -> Any:
        if wanted in ("nn", "functional", "special", "linalg"):
            return self
        if wanted.startswith(("float", "int")) and hasattr(np, wanted):
            return np.dtype(wanted)
        return _function(wanted)


torch = _Space()


def run(function: Any, arrays: list[np.ndarray]) -> tuple[list[Any], Any]:
    """Once through ``make_vjp``, which traces in the leaves of floating type."""
    floats = [k for k, a in enumerate(arrays) if a.dtype.kind == "f"]

    def traced(given: Any) -> Any:
        leaves = [Face(given[floats.index(k)] if k in floats else a) for k, a in enumerate(arrays)]
        return traced_tuple([_opened(r) for r in function(leaves)])

    start = tuple(arrays[k] for k in floats)
    if not floats:
        return [np.asarray(v) for v in traced(())], lambda cotangents: [None] * len(arrays)
    back, values = make_vjp(traced)(start)
    values = [np.asarray(v) for v in values]

    def pullback(cotangents: list[Any]) -> list[Any]:
        gradients = back(tuple(cotangents))
        return [np.asarray(gradients[floats.index(k)]) if k in floats else None for k in range(len(arrays))]

    return values, pullback
