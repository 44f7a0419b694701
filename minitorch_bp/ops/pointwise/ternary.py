"""Pointwise functions of three tensors: addcmul, addcdiv and lerp."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ...core.op import OPS
from .._base import Tensor, apply_in_place, primitive, public
from .._shapes import check_tensor, floats_only, no_booleans


def _in_place(name: str) -> Any:
    """The in-place form, which takes its number first, too, as it was written once: ``x.addcmul_(2, y, z)``."""

    def method(self: Tensor, tensor1: Any, tensor2: Any, value: Any = 1) -> Tensor:
        return apply_in_place(OPS[name], self, *_arguments(name.strip("_"), tensor1, tensor2, value))

    return method


def _arguments(name: str, tensor1: Any, tensor2: Any, value: Any) -> tuple[Any, Any, Any]:
    """The two tensors and the factor, which stood first in old code; TypeError if a tensor stands where the factor belongs."""
    if isinstance(value, Tensor):
        if not isinstance(tensor1, Tensor):
            warnings.warn(f"{name}: the factor in front of the tensors is an old form: write value=... behind them", stacklevel=4)
            return tensor2, value, tensor1
        if value._array.ndim:
            raise TypeError(
                f"{name}: value must be a number, but is a tensor of shape {list(value.shape)}; give it by name, value=..."
            )
        value = value.item()
    check_tensor(name, tensor1, "tensor1")
    check_tensor(name, tensor2, "tensor2")
    return tensor1, tensor2, value


@primitive(
    public_name="addcmul",
    grad_name="AddcmulBackward0",
    elementwise=True,
    promote="same",
    promoted=("input", "tensor1", "tensor2"),
    input=lambda xp, grad: grad,
    tensor1=lambda xp, grad, tensor2, value: grad * (tensor2 * value),
    tensor2=lambda xp, grad, tensor1, value: grad * (tensor1 * value),
)
def _addcmul(input, tensor1, tensor2, value):
    no_booleans("addcmul", input)
    if input.dtype.kind in "iu":
        value = int(value)
    return input + input.dtype.type(value) * tensor1 * tensor2


@public(inplace=_in_place("_addcmul"))
def addcmul(input: Tensor, tensor1: Any, tensor2: Any, value: Any = 1, *, out: Any = None) -> Tensor:
    r"""Add a product: ``input + value * tensor1 * tensor2``.

    Parameters
    ----------
    input, tensor1, tensor2 : Tensor
        Of broadcastable shapes.
    value : number

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.addcmul(torch.ones(2), torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), value=0.5)
    tensor([2.5000, 5.0000])
    """
    return _addcmul(input, *_arguments("addcmul", tensor1, tensor2, value))


@primitive(
    public_name="addcdiv",
    grad_name="AddcdivBackward0",
    elementwise=True,
    promote="same",
    promoted=("input", "tensor1", "tensor2"),
    input=lambda xp, grad: grad,
    tensor1=lambda xp, grad, tensor2, value: grad * (value / tensor2),
    tensor2=lambda xp, grad, tensor1, tensor2, value: -grad * (value * tensor1 / (tensor2 * tensor2)),
)
def _addcdiv(input, tensor1, tensor2, value):
    if input.dtype.kind in "iub":
        raise RuntimeError("addcdiv is not defined for integer tensors: convert to a float type")
    return input + input.dtype.type(value) * tensor1 / tensor2


@public(inplace=_in_place("_addcdiv"))
def addcdiv(input: Tensor, tensor1: Any, tensor2: Any, value: Any = 1, *, out: Any = None) -> Tensor:
    r"""Add a quotient: ``input + value * tensor1 / tensor2``.

    Parameters
    ----------
    input, tensor1, tensor2 : Tensor
        Of broadcastable shapes.
    value : number

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Raises
    ------
    RuntimeError
        If ``input`` is an integer tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.addcdiv(torch.ones(2), torch.tensor([1.0, 2.0]), torch.tensor([4.0, 4.0]), value=2)
    tensor([1.5000, 2.0000])
    """
    return _addcdiv(input, *_arguments("addcdiv", tensor1, tensor2, value))


@public(inplace=True)
@primitive(
    elementwise=True,
    grad_name=lambda node: f"LerpBackward{int('weight' not in node.plan.names or isinstance(node.reads('weight'), Tensor))}",
    arity=lambda node: 3 if node.name() == "LerpBackward1" else 2,
    input=lambda xp, grad, weight: grad * (1 - weight),
    end=lambda xp, grad, weight: grad * weight,
    weight=lambda xp, grad, input, end: grad * (end - input),
)
def lerp(input, end, weight):
    r"""Linear interpolation, ``input + weight * (end - input)``.

    Parameters
    ----------
    input, end : Tensor
        Start and end, of broadcastable shapes and one dtype.
    weight : Tensor or number
        0 gives ``input``, 1 gives ``end``; values outside of [0, 1] extrapolate.

    Returns
    -------
    Tensor
        Of the broadcast shape.

    Raises
    ------
    RuntimeError
        If the dtypes differ or are not floating-point.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.lerp(torch.zeros(2), torch.tensor([10.0, 20.0]), 0.25)
    tensor([2.5000, 5.0000])
    """
    if not hasattr(end, "dtype"):
        raise TypeError(f"lerp(): the argument 'end' must be a Tensor, but got {type(end).__name__}")
    for name, x in (("end", end), ("weight", weight)):
        if isinstance(x, np.ndarray) and x.dtype != input.dtype:
            raise RuntimeError(f"lerp: {name} must have the dtype of input, torch.{input.dtype}, but has torch.{x.dtype}")
    if isinstance(weight, complex) and input.dtype.kind != "c":
        raise RuntimeError(f"lerp: between real numbers the weight must be real, too, but is {weight}")
    floats_only("lerp", input)
    return np.where(np.abs(weight) < 0.5, input + weight * (end - input), end - (end - input) * (1 - weight))
