"""The operations of a written program that have no short NumPy text: ``ops.name(arrays)``.

``ops.conv`` and the like are the kernels of the table of operations, on arrays; ``ops.mul_rule_input(grad, ...)`` and
``ops.conv_rule(grad, ...)`` are their derivative rules; ``ops.public("argsort", x)`` is any public function.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ..core.dtype import from_numpy_dtype
from ..core.grad_mode import no_grad
from ..core.namespaces import raw
from ..core.op import OPS
from ..core.tensor import Tensor, wrap
from ..ops import exports


def public(name: str, *args: Any, **kwargs: Any) -> Any:
    """A public function on arrays: ``public("nn.functional.one_hot", classes, 10)``."""
    space, _, last = name.rpartition(".")
    function = exports()[space or "torch"][last]
    with no_grad():
        result = function(*map(_tensor, args), **{k: _tensor(v) for k, v in kwargs.items()})
    array = lambda x: x._array if isinstance(x, Tensor) else x
    return tuple(map(array, result)) if isinstance(result, (tuple, list)) else array(result)


def _tensor(x: Any) -> Any:
    """An argument as the public function takes it."""
    if isinstance(x, (np.ndarray, np.generic)):
        return wrap(np.asarray(x))
    if isinstance(x, np.dtype) or (isinstance(x, type) and issubclass(x, np.generic)):
        return from_numpy_dtype(np.dtype(x))
    return type(x)(map(_tensor, x)) if type(x) in (tuple, list) else x


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    if name not in OPS:
        exports()  # loads all files that declare something
    if name in OPS:
        return OPS[name].kernel
    operation, _, argument = name.partition("_rule")
    op = OPS.get(operation)
    if op is not None:
        for targets, rule, _ in op.rules:
            if not argument or argument == "_" + op.params[op.differentiable[targets]]:
                return functools.partial(rule, raw)
    raise AttributeError(f"there is no operation {name!r}")
