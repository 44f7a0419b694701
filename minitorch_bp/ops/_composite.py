"""Functions in terms of others: second derivatives by a slow definition, and half precision rounded once.

An operation's own rule may be written on arrays for speed. Such an operation also has a slow definition in terms of others. When the backward pass is itself recorded, the gradient is
that of the slow definition, through the ordinary engine; so it has a history, and derivatives of every order follow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.engine import run_backward
from ..core.view import edge_of
from ._base import Tensor, dtypes, one_node, wrap


def gradients_of(function: Callable[..., Any], args: tuple[Any, ...], needs: tuple[bool, ...], grads: list[Any]) -> list[Any]:
    """The gradients of ``function(*args)`` in those of its first arguments that ``needs`` names, as Tensors with a history.

    ``grads`` are the gradients of the function's outputs, None where there is none.
    """
    # An alias each, so that a tensor that is passed twice gets a gradient for each place.
    own = [a.view_as(a) if needed else a for a, needed in zip(args, needs, strict=False)]
    outs = function(*own, *args[len(own) :])
    outs = (outs,) if isinstance(outs, Tensor) else outs
    roots = [(edge_of(o), g) for o, g in zip(outs, grads, strict=False) if g is not None and o._requires_grad]
    wanted = tuple(o for o, needed in zip(own, needs, strict=False) if needed)
    gradients = iter(run_backward([r for r, _ in roots], [g for _, g in roots], True, True, wanted, accumulate=False))
    return [next(gradients) if needed else None for needed in needs]


def is_half(x: Any) -> bool:
    """Whether it is a tensor of float16 or bfloat16."""
    return isinstance(x, Tensor) and x.dtype.itemsize == 2 and x.dtype.is_floating_point


def half_with_float(name: str, input: Tensor, *parameters: Tensor | None) -> bool:
    """Whether an input in half precision meets float32 parameters, as under autocast: it is then computed in float32.
    RuntimeError if the parameters are otherwise of another type than the input."""
    own = input._array.dtype
    if all(p is None or p._array.dtype is own for p in parameters):
        return False
    given = [p.dtype for p in parameters if p is not None]
    if given.count(input.dtype) == len(given):
        return False
    if is_half(input) and given.count(dtypes.float32) == len(given):
        return True
    types = ", ".join(map(repr, dict.fromkeys(given)))
    raise RuntimeError(
        f"{name}: an input of type {input.dtype!r} needs parameters of its type (or of torch.float32, if it is in half precision), "
        f"but they are of {types}"
    )


def rounded_once(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """``function(*args)`` of tensors in half precision, computed in float32 from beginning to end, then rounded to their common type."""
    wanted = dtypes.result_dtype([a._array for a in args if isinstance(a, Tensor)])
    result = function(*(a.to(dtypes.float32) if is_half(a) else a for a in args), **options)
    return result.to(wanted)


# ---------------------------------------------------------------------- with numbers, where PyTorch's own code in C++ does so
def plus(x: Tensor, number: Any) -> Tensor:
    """``x + number``, whose node has one input only."""
    return one_node("AddBackward1", x + number, x)


def times(x: Tensor, number: Any) -> Tensor:
    """``x * number``, whose node has one input only."""
    return one_node("MulBackward1", x * number, x)


def over(x: Tensor, number: Any) -> Tensor:
    """``x / number``, whose node has one input only."""
    return one_node("DivBackward1", x / number, x)


def less(number: Any, x: Tensor) -> Tensor:
    """``number - x``, as the difference of two tensors."""
    return wrap(np.asarray(number, x._array.dtype)) - x if x.is_floating_point() else number - x
