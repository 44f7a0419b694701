"""What a floating-point number is made of: NaN and infinity, mantissa and exponent, neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, primitive, public
from .._shapes import check_tensor


@public()
@primitive()
def isnan(input):
    """Whether each element is NaN.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.isnan(torch.tensor([1.0, float("nan")]))
    tensor([False,  True])
    """
    return np.isnan(input)


@public()
@primitive()
def isinf(input):
    """Whether each element is infinite.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.isinf(torch.tensor([1.0, -float("inf")]))
    tensor([False,  True])
    """
    return np.isinf(input)


@public()
@primitive()
def isfinite(input):
    """Whether each element is neither infinite nor NaN.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.isfinite(torch.tensor([1.0, float("nan")]))
    tensor([ True, False])
    """
    return np.isfinite(input)


@public(inplace=True)
@primitive(elementwise=True, input=lambda xp, grad: grad, other=lambda xp, grad: xp._zeros_of(grad))
def nextafter(input, other):
    """The next number that the type holds after the first, towards the second.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> bool(torch.nextafter(torch.tensor(1.0), torch.tensor(2.0)) > 1)
    True
    """
    if input.dtype.kind != "f":
        raise NotImplementedError(f"nextafter is not defined for torch.{input.dtype} tensors")
    return np.nextafter(input, other)


# ---------------------------------------------------------------------- one number
@public(inplace=True)
@primitive(
    elementwise=True,
    input=lambda xp, grad, input: grad * xp.logical_not(xp.logical_or(xp.isinf(input), xp.isnan(input))),
)
def nan_to_num(input, nan=0.0, posinf=None, neginf=None):
    """NaN and infinities replaced, by 0 and the type's largest numbers unless given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nan_to_num(torch.tensor([float("nan"), float("-inf")]), neginf=-1.0)
    tensor([ 0., -1.])
    """
    return np.nan_to_num(input, nan=0.0 if nan is None else nan, posinf=posinf, neginf=neginf)


@public()
@primitive()
def isposinf(input):
    """Whether it is plus infinity.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.isposinf(torch.tensor([float("inf"), 1.0]))
    tensor([ True, False])
    """
    if input.dtype.kind == "c":
        raise RuntimeError("isposinf: complex numbers have no order")
    return np.isinf(input) & (input > 0)


@public()
@primitive()
def isneginf(input):
    """Whether it is minus infinity.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.isneginf(torch.tensor([float("-inf"), 1.0]))
    tensor([ True, False])
    """
    if input.dtype.kind == "c":
        raise RuntimeError("isneginf: complex numbers have no order")
    return np.isinf(input) & (input < 0)


@public(inplace=True)
def ldexp(input: Tensor, other: Any, *, out: Any = None) -> Tensor:
    r""":math:`x 2^n`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ldexp(torch.tensor([3.0]), torch.tensor([2]))
    tensor([12.])
    """
    from .power import pow

    check_tensor("ldexp", input)
    check_tensor("ldexp", other, "other")
    return input * pow(2.0, other)


@primitive(elementwise=True, outputs=("mantissa",), input=lambda xp, grad, result1: grad / xp._power_of_two(result1))
def _frexp(input):
    if input.dtype.kind not in "fV":
        raise RuntimeError(f"frexp is defined for floating-point types only, not for torch.{input.dtype}")
    return np.frexp(input)


@primitive()
def _power_of_two(exponent):
    return np.ldexp(1.0, exponent)


@public()
def frexp(input: Tensor, *, out: Any = None) -> Any:
    r"""Mantissa in [0.5, 1) and exponent: :math:`x = m 2^e`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.frexp(torch.tensor([12.0]))
    torch.return_types.frexp(
    mantissa=tensor([0.7500]),
    exponent=tensor([4], dtype=torch.int32))
    """
    from .._return_types import return_type

    check_tensor("frexp", input)
    return return_type("frexp", "mantissa", "exponent")(*_frexp(input))
