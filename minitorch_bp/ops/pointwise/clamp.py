"""Clamping: limits from below and above; the gradient passes inside of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.inplace import refuse_shifted
from .._base import Tensor, apply_in_place, dtypes, one_node, primitive, public, written
from .._shapes import bounded, check_operands, check_tensor, kept_where


# ---------------------------------------------------------------------- clamp
def _bound(value: Any, input: np.ndarray) -> np.ndarray:
    return np.asarray(value, input.dtype) if input.dtype.kind == "f" else dtypes.stored(value, dtypes.from_numpy_dtype(input.dtype))


@primitive(
    reals_only=True,
    elementwise=True,
    grad_name=lambda node: "ClampBackward1",
    input=lambda xp, grad, input, min, max: xp._clamp_mask(grad, input, min, max),
)
def _clamp(input, min, max):
    # Of equal numbers NumPy takes the second, and PyTorch the input, which may be -0.
    if min is None:
        return bounded(np.minimum, _bound(max, input), input)
    if max is None:
        return bounded(np.maximum, _bound(min, input), input)
    return bounded(np.minimum, _bound(max, input), bounded(np.maximum, _bound(min, input), input))


@primitive(elementwise=True, grad=lambda xp, grad, input, min, max: xp._clamp_mask(grad, input, min, max))
def _clamp_mask(grad, input, min, max):
    inside = np.ones(input.shape, bool) if min is None else input >= min
    if max is not None:
        inside = inside & (input <= max)
    return kept_where(inside, grad)


def _limit(self: Tensor, min: Any = None, max: Any = None) -> Tensor:
    if min is None and max is None:
        raise RuntimeError("clamp_: at least one of min and max must be given")
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        refuse_shifted("clamp_", self._array, min, max)
        return written(clamp, self, min, max)
    check_operands("clamp_", **{k: b for k, b in (("min", min), ("max", max)) if b is not None})
    if self.dtype is dtypes.bool and not any(isinstance(b, float) for b in (min, max)):
        if all(b is None or isinstance(b, bool) for b in (min, max)):
            raise NotImplementedError("clamp_ is not defined for boolean tensors")
        raise RuntimeError("clamp_: the result is of type torch.int64, which can't be written to a boolean tensor")
    if self.dtype.category < dtypes.FLOATING and any(isinstance(b, float) for b in (min, max)):
        raise RuntimeError(f"clamp_: with a float bound the result is of floating type, which can't be written to {self.dtype!r}")
    return apply_in_place(_clamp.op, self, min, max)


@public(inplace=_limit, names=["clip"])
def clamp(input: Tensor, min: Any = None, max: Any = None, *, out: Any = None) -> Tensor:
    r"""Limit to an interval: :math:`\min(\max(x, \text{min}), \text{max})`. At either end the derivative is 1.

    Parameters
    ----------
    input : Tensor
    min, max : number, Tensor or None
        At least one must be given.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Raises
    ------
    RuntimeError
        If neither bound is given.

    See Also
    --------
    minitorch_bp.clamp_min, minitorch_bp.clamp_max

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.clamp(torch.tensor([-2.0, 0.5, 3.0]), 0, 1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    if min is None and max is None:
        raise RuntimeError("clamp: at least one of min and max must be given")
    tensors = [b for b in (min, max) if isinstance(b, Tensor)]
    if len(tensors) == 1 and None not in (min, max) and not tensors[0]._array.ndim and not tensors[0].requires_grad:
        tensors, min, max = [], *(b.item() if isinstance(b, Tensor) else b for b in (min, max))  # beside a number it is one
    if tensors:
        if len(tensors) < 2 and min is not None and max is not None:
            raise TypeError("clamp(): the bounds min and max must be two numbers or two tensors, not one of each")
        wanted = dtypes.result_dtype([t._array for t in (input, *tensors)])
        return _clamp_by_tensors(*(b if b is None else b.to(wanted) for b in (input, min, max)))
    numbers = [b for b in (min, max) if b is not None]
    for b in numbers:
        check_operands("clamp", bound=b)
    if input.dtype.category <= 1 and any(isinstance(b, float) for b in numbers):
        input = input.to(dtypes.get_default_dtype())
    elif input.dtype is dtypes.bool:
        if all(isinstance(b, bool) for b in numbers):
            raise NotImplementedError("clamp is not defined for boolean tensors with boolean bounds: convert with .int()")
        input = input.to(dtypes.int64)
    return _clamp(input, min, max)


@primitive(
    reals_only=True,
    elementwise=True,
    grad_name="ClampBackward0",
    input=lambda xp, grad, input, min, max: xp._clamp_mask(grad, input, min, max),
    min=lambda xp, grad, input, min, max: xp._where(
        input < min if max is None else xp.logical_and(input < min, min < max), grad, 0
    ),
    max=lambda xp, grad, input, min, max: xp._where(input > max if min is None else xp.logical_or(input > max, max < min), grad, 0),
)
def _clamp_by_tensors(input, min, max):
    out = input if min is None else np.maximum(input, min)
    return out if max is None else np.minimum(out, max)


@public(inplace=True)
def clamp_min(input: Tensor, min: Any, *, out: Any = None) -> Tensor:
    """:func:`clamp` from below only.

    Parameters
    ----------
    input : Tensor
    min : Tensor or number
        The lower bound, broadcast against ``input``.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    See Also
    --------
    minitorch_bp.clamp : Both bounds.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.clamp_min(torch.tensor([-1.0, 2.0]), 0)
    tensor([0., 2.])
    """
    check_tensor("clamp_min", input)
    check_operands("clamp_min", min=min)
    kind = int(isinstance(min, Tensor))
    return one_node(f"ClampMinBackward{kind}", clamp(input, min=min), input, min)


@public(inplace=True)
def clamp_max(input: Tensor, max: Any, *, out: Any = None) -> Tensor:
    """:func:`clamp` from above only.

    Parameters
    ----------
    input : Tensor
    max : Tensor or number
        The upper bound, broadcast against ``input``.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    See Also
    --------
    minitorch_bp.clamp : Both bounds.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.clamp_max(torch.tensor([-1.0, 2.0]), 0)
    tensor([-1.,  0.])
    """
    check_tensor("clamp_max", input)
    check_operands("clamp_max", max=max)
    kind = int(isinstance(max, Tensor))
    return one_node(f"ClampMaxBackward{kind}", clamp(input, max=max), input, max)
