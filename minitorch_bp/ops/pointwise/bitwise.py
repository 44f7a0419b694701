"""Bitwise operations on integers, shifts, and gcd and lcm."""

from __future__ import annotations

import numpy as np

from .._base import Tensor, operators, primitive, public, reflected
from .._shapes import ordered_like


def _integers(name: str, *arrays: np.ndarray) -> None:
    for x in arrays:
        if np.asarray(x).dtype.kind in "fcV":
            raise NotImplementedError(f"{name} is defined for integer and boolean tensors, but got one of type {x.dtype}")


@public(inplace=True)
@operators("and iand")
@primitive(promote="same")
def bitwise_and(input, other):
    """Bitwise and of integers; logical and of booleans.

    Parameters
    ----------
    input, other : Tensor or number
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.bitwise_and(torch.tensor([6, 5]), 3)
    tensor([2, 1])
    """
    _integers("bitwise_and", input, other)
    return np.bitwise_and(input, other)


@public(inplace=True)
@operators("or ior")
@primitive(promote="same")
def bitwise_or(input, other):
    """Bitwise or of integers; logical or of booleans.

    Parameters
    ----------
    input, other : Tensor or number
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.bitwise_or(torch.tensor([6, 5]), 3)
    tensor([7, 7])
    """
    _integers("bitwise_or", input, other)
    return np.bitwise_or(input, other)


@public(inplace=True)
@operators("xor ixor")
@primitive(promote="same")
def bitwise_xor(input, other):
    """Bitwise exclusive or of integers; logical exclusive or of booleans.

    Parameters
    ----------
    input, other : Tensor or number
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.bitwise_xor(torch.tensor([6, 5]), 3)
    tensor([5, 6])
    """
    _integers("bitwise_xor", input, other)
    return np.bitwise_xor(input, other)


@public(inplace=True, exact=True)
@primitive()
def bitwise_not(input):
    """The complement of each bit; of booleans, the negation.

    Parameters
    ----------
    input : Tensor
        Of integer or boolean type.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.bitwise_not(torch.tensor([0, 5]))
    tensor([-1, -6])
    """
    _integers("bitwise_not", input)
    return np.invert(input)


def _invert(input: Tensor) -> Tensor:
    if input._array.dtype.kind not in "iub":
        raise TypeError(f"~ is defined for integer and boolean tensors, but got one of type {input.dtype!r}")
    return bitwise_not(input)


operators("invert")(_invert)
for _name, _function in {"rand": bitwise_and, "ror": bitwise_or, "rxor": bitwise_xor}.items():
    operators(_name)(reflected(_function))


def _whole(name: str, x: np.ndarray) -> None:
    if x.dtype.kind not in "iu":
        raise NotImplementedError(f"{name} is not defined for torch.{x.dtype} tensors: it needs integers")


@public(inplace=True)
@primitive(numbers="none", promote="same")
def gcd(input, other):
    """The greatest common divisor.

    Parameters
    ----------
    input, other : Tensor
        Integers, of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.gcd(torch.tensor([12]), torch.tensor([18]))
    tensor([6])
    """
    _whole("gcd", input)
    return np.gcd(input, other)


@public(inplace=True)
@primitive(numbers="none", promote="same")
def lcm(input, other):
    """The least common multiple.

    Parameters
    ----------
    input, other : Tensor
        Integers, of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.lcm(torch.tensor([4]), torch.tensor([6]))
    tensor([12])
    """
    _whole("lcm", input)
    return np.lcm(input, other)


@public(inplace=True)
@operators("lshift ilshift")
@primitive(promote="same")
def bitwise_left_shift(input, other):
    """Shift the bits to the left: :math:`x 2^n`.

    Parameters
    ----------
    input, other : Tensor or number
        Integers, of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.bitwise_left_shift(torch.tensor([3]), torch.tensor([2]))
    tensor([12])
    """
    _whole("bitwise_left_shift", input)
    bits = input.dtype.itemsize * 8
    out = np.where((other < 0) | (other >= bits), np.zeros((), input.dtype), np.left_shift(input, other))
    return ordered_like(input, out.astype(input.dtype))


@public(inplace=True)
@operators("rshift irshift")
@primitive(promote="same")
def bitwise_right_shift(input, other):
    r"""Shift the bits to the right, keeping the sign: :math:`\lfloor x / 2^n \rfloor`.

    Parameters
    ----------
    input, other : Tensor or number
        Integers, of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.bitwise_right_shift(torch.tensor([12]), torch.tensor([2]))
    tensor([3])
    """
    _whole("bitwise_right_shift", input)
    bits = input.dtype.itemsize * 8
    shift = np.where((other < 0) | (other >= bits), bits - 1, other).astype(input.dtype)
    return ordered_like(input, np.right_shift(input, shift))


operators("rlshift")(reflected(bitwise_left_shift))
operators("rrshift")(reflected(bitwise_right_shift))
