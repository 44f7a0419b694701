"""Rounding: the derivative is zero, since the value is constant almost everywhere."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, apply_in_place, primitive, public, shown_as
from .._shapes import floats_only, no_booleans


def _integral(function: Any, x: np.ndarray, out: Any) -> np.ndarray:
    """Rounding functions leave integers as they are, with their type."""
    no_booleans(function.__name__, x)
    if x.dtype.kind == "c":
        raise RuntimeError(f"{function.__name__} is not defined for complex tensors: which number is the next one?")
    return np.positive(x, out) if x.dtype.kind in "iub" else function(x, out)


@public(inplace=True, exact=True)
@primitive(reals_only=True, input=lambda xp, grad: xp._zeros_of(grad))
def floor(input, out=None):
    r"""The largest integer not above x: :math:`\lfloor x \rfloor`, elementwise; the derivative is 0.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    See Also
    --------
    minitorch_bp.ceil, minitorch_bp.trunc, minitorch_bp.round

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.floor(torch.tensor([-1.5, 1.5]))
    tensor([-2.,  1.])
    """
    return _integral(np.floor, input, out)


@public(inplace=True, exact=True)
@primitive(reals_only=True, input=lambda xp, grad: xp._zeros_of(grad))
def ceil(input, out=None):
    r"""The smallest integer not below x: :math:`\lceil x \rceil`, elementwise; the derivative is 0.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    See Also
    --------
    minitorch_bp.floor, minitorch_bp.trunc, minitorch_bp.round

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ceil(torch.tensor([-1.5, 1.5]))
    tensor([-1.,  2.])
    """
    return _integral(np.ceil, input, out)


@public(inplace=True, names=["fix"], exact=True)
@primitive(reals_only=True, input=lambda xp, grad: xp._zeros_of(grad))
def trunc(input, out=None):
    r"""The integer part, towards 0: :math:`\operatorname{trunc} x`, elementwise; the derivative is 0.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    See Also
    --------
    minitorch_bp.floor, minitorch_bp.ceil, minitorch_bp.frac

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.trunc(torch.tensor([-1.5, 1.5]))
    tensor([-1.,  1.])
    """
    return _integral(np.trunc, input, out)


@public(inplace=True, exact=True)
@primitive(reals_only=True, input=lambda xp, grad: grad)
def frac(input):
    r"""The fractional part, with the sign of x: :math:`x - \operatorname{trunc} x`, elementwise.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    See Also
    --------
    minitorch_bp.trunc : What is taken off.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.frac(torch.tensor([-1.5, 1.25]))
    tensor([-0.5000,  0.2500])
    """
    floats_only("frac", input)
    return input - np.trunc(input)


@primitive(reals_only=True, elementwise=True, grad_name="RoundBackward0", input=lambda xp, grad: xp._zeros_of(grad))
def _round(input, decimals):
    no_booleans("round", input)
    return input.copy() if input.dtype.kind in "iu" else np.round(input, decimals).astype(input.dtype, copy=False)


def _digits(input: Tensor, decimals: int | None) -> int:
    """The number of digits, which PyTorch takes for floats alone."""
    if decimals is not None and input._array.dtype.kind in "iu":
        raise NotImplementedError(f"round: decimals is for floating-point tensors, but the input is of type {input.dtype!r}")
    return decimals or 0


def _round_(input: Tensor, *, decimals: int | None = None) -> Tensor:
    return apply_in_place(_round.op, input, _digits(input, decimals))


@public("torch", "Tensor", "special", inplace=_round_, exact=True)
def round(input: Tensor, *, decimals: int | None = None, out: Any = None) -> Tensor:
    """Round to the nearest integer, halves to even, or to ``decimals`` digits; the derivative is 0.

    Parameters
    ----------
    input : Tensor
    decimals : int, optional
        How many digits to keep (0 by default); negative to round to tens, hundreds, ... For floating-point tensors only.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    See Also
    --------
    minitorch_bp.floor, minitorch_bp.ceil, minitorch_bp.trunc

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.round(torch.tensor([0.5, 1.5, 2.6]))
    tensor([0., 2., 3.])
    """
    rounded: Tensor = _round(input, _digits(input, decimals))
    return shown_as(rounded, "RoundBackward1") if decimals else rounded
