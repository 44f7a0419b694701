"""Logical operations: an element of any dtype is true where it is not zero."""

from __future__ import annotations

import numpy as np

from .._base import primitive, public


# ---------------------------------------------------------------------- logic
@public(inplace=True)
@primitive(numbers="none", promote="same")
def logical_and(input, other):
    """Whether both are nonzero.

    Parameters
    ----------
    input, other : Tensor
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape, of dtype bool.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.logical_and(torch.tensor([1, 0]), torch.tensor([2, 2]))
    tensor([ True, False])
    """
    return np.logical_and(input, other)


@public(inplace=True)
@primitive(numbers="none", promote="same")
def logical_or(input, other):
    """Whether either is nonzero.

    Parameters
    ----------
    input, other : Tensor
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape, of dtype bool.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.logical_or(torch.tensor([1, 0]), torch.tensor([0, 0]))
    tensor([ True, False])
    """
    return np.logical_or(input, other)


@public(inplace=True)
@primitive(numbers="none", promote="same")
def logical_xor(input, other):
    """Whether exactly one is nonzero.

    Parameters
    ----------
    input, other : Tensor
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape, of dtype bool.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.logical_xor(torch.tensor([1, 0]), torch.tensor([2, 2]))
    tensor([False,  True])
    """
    return np.logical_xor(input, other)


@public(inplace=True)
@primitive()
def logical_not(input):
    """Whether each element is zero.

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
    >>> torch.logical_not(torch.tensor([1, 0]))
    tensor([False,  True])
    """
    return np.logical_not(input)
