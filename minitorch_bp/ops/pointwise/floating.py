"""Floating-point numbers: tests for NaN and infinity, mantissa and exponent, neighbouring numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, primitive, public
from .._return_types import return_type
from .._shapes import check_tensor
from .power import pow


@public()
@primitive()
def isnan(input):
    """Whether each element is NaN.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape, of dtype bool.

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

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape, of dtype bool.

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

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape, of dtype bool.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.isfinite(torch.tensor([1.0, float("nan")]))
    tensor([ True, False])
    """
    return np.isfinite(input)


@public(inplace=True)
@primitive(
    numbers="none",
    promote="same",
    half=False,
    input=lambda xp, grad, input, other: xp._where(input == other, 0, grad),
    other=lambda xp, grad: xp._zeros_of(grad),
)
def nextafter(input, other):
    """The next number after ``input`` that its dtype can represent, towards ``other``.

    Parameters
    ----------
    input, other : Tensor
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> bool(torch.nextafter(torch.tensor(1.0), torch.tensor(2.0)) > 1)
    True
    """
    if input.dtype.kind not in "fV":
        raise NotImplementedError(f"nextafter is not defined for torch.{input.dtype} tensors")
    return np.nextafter(input, other)


# ---------------------------------------------------------------------- one number
@public(inplace=True, exact=True)
@primitive(
    elementwise=True,
    input=lambda xp, grad, input: grad * xp.logical_not(xp.logical_or(xp.isinf(input), xp.isnan(input))),
)
def nan_to_num(input, nan=0.0, posinf=None, neginf=None):
    """Replace NaN and infinities by numbers.

    Parameters
    ----------
    input : Tensor
    nan : float
        In place of NaN.
    posinf, neginf : float, optional
        In place of the infinities; by default the dtype's largest and smallest numbers.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nan_to_num(torch.tensor([float("nan"), float("-inf")]), neginf=-1.0)
    tensor([ 0., -1.])
    """
    for name, number in (("nan", nan), ("posinf", posinf), ("neginf", neginf)):
        if number is not None and not isinstance(number, (int, float, np.generic)):
            raise TypeError(f"nan_to_num(): {name} must be a number, but got {type(number).__name__}")
    return np.nan_to_num(input, nan=0.0 if nan is None else nan, posinf=posinf, neginf=neginf)


@public(exact=True)
@primitive()
def isposinf(input):
    """Whether each element is plus infinity.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape, of dtype bool.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.isposinf(torch.tensor([float("inf"), 1.0]))
    tensor([ True, False])
    """
    if input.dtype.kind == "c":
        raise RuntimeError("isposinf: complex numbers have no order")
    return np.isinf(input) & (input > 0)


@public(exact=True)
@primitive()
def isneginf(input):
    """Whether each element is minus infinity.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape, of dtype bool.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.isneginf(torch.tensor([float("-inf"), 1.0]))
    tensor([ True, False])
    """
    if input.dtype.kind == "c":
        raise RuntimeError("isneginf: complex numbers have no order")
    return np.isinf(input) & (input < 0)


@public(inplace=True, node="LdexpBackward0(input, other)")
def ldexp(input: Tensor, other: Any, *, out: Any = None) -> Tensor:
    r"""Multiply by a power of two: :math:`x 2^n`.

    Parameters
    ----------
    input, other : Tensor
        The factor x and the exponent n, of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype; integers become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ldexp(torch.tensor([3.0]), torch.tensor([2]))
    tensor([12.])
    """
    check_tensor("ldexp", input)
    check_tensor("ldexp", other, "other")
    factor = pow(2.0, other)
    return input * (factor.to(input.dtype) if input.is_floating_point() and not other.is_floating_point() else factor)


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
    r"""Split into mantissa and exponent: :math:`x = m 2^e`, with :math:`|m|` in [0.5, 1).

    Parameters
    ----------
    input : Tensor
        Of floating-point type.

    Returns
    -------
    (Tensor, Tensor)
        A named tuple ``(mantissa, exponent)``; the exponent is of dtype int32.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.frexp(torch.tensor([12.0]))
    torch.return_types.frexp(
    mantissa=tensor([0.7500]),
    exponent=tensor([4], dtype=torch.int32))
    """
    check_tensor("frexp", input)
    return return_type("frexp", "mantissa", "exponent")(*_frexp(input))
