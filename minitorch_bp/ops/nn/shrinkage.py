"""Shrinkage activations: hardshrink and softshrink."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, primitive, public
from .._shapes import floats_only, not_negative, ordered_like


# The gradient where it passes. Its derivative in the input is 0, but it exists: torch says so, and a second backward relies on it.
@primitive(
    elementwise=True,
    grad=lambda xp, g, input, lambd: xp._shrink_gate(g, input, lambd),
    input=lambda xp, g: xp._zeros_of(g),
)
def _shrink_gate(grad, input, lambd):
    return np.where((input > lambd) | (input < -lambd), grad, np.zeros((), grad.dtype))


@primitive(
    reals_only=True,
    elementwise=True,
    grad_name="HardshrinkBackward0",
    input=lambda xp, grad, input, lambd: xp._shrink_gate(grad, input, lambd),
)
def _hardshrink(input, lambd):
    floats_only("hardshrink", input)
    return ordered_like(input, np.where((input >= -lambd) & (input <= lambd), np.zeros((), input.dtype), input))


@public("torch", "Tensor", "nn.functional", exact=True)
def hardshrink(input: Tensor, lambd: float = 0.5, *, out: Any = None) -> Tensor:
    r"""Hard shrinkage: 0 for :math:`|x| \le \lambda`, else x.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    lambd : float

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.hardshrink(torch.tensor([0.3, 2.0]))
    tensor([0., 2.])
    """
    return _hardshrink(input, lambd)


@primitive(
    reals_only=True,
    elementwise=True,
    grad_name="SoftshrinkBackward0",
    input=lambda xp, grad, input, lambd: xp._shrink_gate(grad, input, lambd),
)
def _softshrink(input, lambd):
    floats_only("softshrink", input)
    shrunk = np.where(input > lambd, input - lambd, np.where(input < -lambd, input + lambd, input * 0 + 0))  # (0, or NaN)
    return ordered_like(input, shrunk)


@public("nn.functional")
def softshrink(input: Tensor, lambd: float = 0.5, *, out: Any = None) -> Tensor:
    r"""Soft shrinkage: x moved towards 0 by :math:`\lambda`, and 0 for :math:`|x| \le \lambda`.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    lambd : float

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.softshrink(torch.tensor([0.3, 2.0]))
    tensor([0.0000, 1.5000])
    """
    not_negative("softshrink", lambd=lambd)
    return _softshrink(input, lambd)
