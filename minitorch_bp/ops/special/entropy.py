"""Terms of entropies: xlogy, xlog1py and entr, which are 0 where x is 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import float_primitive, primitive, public
from ._scipy import _special


def _xlogy_slope(xp: Any, grad: Any, input: Any, other: Any) -> Any:
    return xp._where(xp.logical_and(input == 0, other <= 0), 0, xp.xlogy(grad, other))


@public("torch", "Tensor", "special", inplace=True)
@primitive(
    promote="float",
    input=lambda xp, grad, input, other: _xlogy_slope(xp, grad, input, xp._zeros_of(input) + other),
    other=lambda xp, grad, input, other: grad * input / other,
)
def xlogy(input, other):
    r"""A product with a logarithm, :math:`x \ln y`, and 0 where x is 0.

    Parameters
    ----------
    input, other : Tensor or number
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype; integers become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.xlogy(torch.tensor([0.0, 2.0]), torch.tensor([0.0, 1.0]))
    tensor([0., 0.])
    """
    d = np.result_type(input, other)
    other = np.asarray(other, d)
    return np.where((input == 0) & ~np.isnan(other), np.zeros((), d), input * np.log(other))


@public("special")
@float_primitive(grad_name="SpecialEntrBackward0", input=lambda xp, grad, input: grad * (-xp.log(input) - 1))
def entr(input):
    r"""The entropy of each element, :math:`-x \ln x`; 0 at 0, minus infinity below.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape; integers and booleans become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.special.entr(torch.tensor([0.0, 1.0]))
    tensor([0., -0.])
    """
    return np.asarray(_special().entr(input)).astype(input.dtype, copy=False)


@public("special")
@primitive(
    grad_name="SpecialXlog1PyBackward0",
    promote="float",
    input=lambda xp, grad, input, other: grad * xp._where(xp.logical_and(input == 0, other <= -1), 0, xp.log1p(other)),
    other=lambda xp, grad, input, other: grad * input / (other + 1),
)
def xlog1py(input, other):
    r"""A product with a logarithm, :math:`x \ln(1 + y)`, and 0 where x is 0.

    Parameters
    ----------
    input, other : Tensor or number
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype; integers become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.special.xlog1py(torch.tensor([0.0, 2.0]), torch.tensor([-1.0, 0.0]))
    tensor([0., 0.])
    """
    kind = np.result_type(input, other)  # a Python number has none of its own
    return np.where(np.equal(input, 0) & ~np.isnan(other), np.zeros((), kind), input * np.log1p(other, dtype=kind))
