"""Flipping, rolling and rotating, and tensors of at least one, two or three dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.device import Size
from .._base import Tensor, attach, primitive, public
from .._shapes import check_each, least_ndim, whole_number, wrap_dim, wrap_dims


@public(listed="dims")
@primitive(elementwise=True, varargs="dims", input=lambda xp, grad, dims: xp.flip(grad, dims))
def flip(input, dims):
    """Reverse the order of elements along dimensions.

    Parameters
    ----------
    input : Tensor
    dims : tuple of ints

    Returns
    -------
    Tensor
        A copy, of ``input``'s dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.flip(torch.tensor([1, 2, 3]), (0,))
    tensor([3, 2, 1])
    """
    axes = wrap_dims(dims, input.ndim, "flip")
    return np.flip(input, axes).copy("C" if 0 in input.strides else "K") if input.ndim else input.copy()


@primitive(grad_name="RollBackward0", input=lambda xp, grad, shifts, dims: xp._roll(grad, tuple(-s for s in shifts), dims))
def _roll(input, shifts, dims):
    return np.roll(input, shifts[0] if dims is None else shifts, dims)


@public(node="RollBackward0(input)")
def roll(input: Tensor, shifts: Any, dims: Any = None) -> Tensor:
    """Shift elements along dimensions; those pushed out come in at the other end.

    Parameters
    ----------
    input : Tensor
    shifts : int or tuple of ints
        How far, for each of ``dims``.
    dims : int or tuple of ints, optional
        By default the flattened tensor is shifted.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.roll(torch.tensor([1, 2, 3]), 1)
    tensor([3, 1, 2])
    """
    shifts = tuple(whole_number("roll", "shifts", n) for n in (shifts if isinstance(shifts, (tuple, list)) else (shifts,)))
    given = () if dims is None else tuple(dims) if isinstance(dims, (tuple, list)) else (dims,)
    if not shifts or (len(given) or 1) != len(shifts):
        raise RuntimeError(f"roll: {len(shifts)} shifts do not fit the dimensions {dims}")
    if not input._array.size:
        return input.clone()
    if dims is not None and not input._array.ndim:
        raise IndexError("roll: a tensor of 0 dimensions has no dimension to shift along")
    return _roll(input, shifts, None if dims is None else tuple(wrap_dim(d, input._array.ndim, "roll") for d in given))


# ---------------------------------------------------------------------- turned and flipped
@public()
def fliplr(input: Tensor) -> Tensor:
    """Reverse the order of columns.

    Parameters
    ----------
    input : Tensor
        Of two dimensions or more.

    Returns
    -------
    Tensor
        A copy, of ``input``'s dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fliplr(torch.tensor([[1, 2]]))
    tensor([[2, 1]])
    """
    least_ndim("fliplr", 2, input)
    return flip(input, (1,))


@public()
def flipud(input: Tensor) -> Tensor:
    """Reverse the order of rows.

    Parameters
    ----------
    input : Tensor
        Of one dimension or more.

    Returns
    -------
    Tensor
        A copy, of ``input``'s dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.flipud(torch.tensor([1, 2]))
    tensor([2, 1])
    """
    least_ndim("flipud", 1, input)
    return flip(input, (0,))


@public(node="Rot90Backward0(input)")
def rot90(input: Tensor, k: int = 1, dims: Any = (0, 1)) -> Tensor:
    """Rotate by 90 degrees, k times, from the first of two dimensions towards the second.

    Parameters
    ----------
    input : Tensor
    k : int
        Negative to rotate the other way.
    dims : (int, int)

    Returns
    -------
    Tensor
        A copy, of ``input``'s dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.rot90(torch.tensor([[1, 2], [3, 4]]))
    tensor([[2, 4],
            [1, 3]])
    """
    if len(dims) != 2:
        raise RuntimeError(f"rot90: expected 2 dimensions, but got {len(dims)}")
    least_ndim("rot90", 2, input)
    a, b = (wrap_dim(d, input.ndim, "rot90") for d in dims)
    if a == b:
        raise RuntimeError(f"rot90: the dimensions must differ, but are {tuple(dims)}")
    k = whole_number("rot90", "k", k) % 4
    if k == 1:
        return flip(input, (b,)).transpose(a, b)
    if k == 3:
        return flip(input, (a,)).transpose(a, b)
    return flip(input, (a, b)) if k else input.clone()


# ---------------------------------------------------------------------- dimensions
def _each(function: Any, tensors: Any) -> Any:
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors
    check_each("atleast", given)
    results = tuple(function(t) for t in given)
    return results[0] if given is tensors and len(tensors) == 1 else results


@public("torch")
def atleast_1d(*tensors: Any) -> Any:
    """A 0-d tensor with one dimension, others as they are.

    Parameters
    ----------
    *tensors : Tensor or sequence of Tensors

    Returns
    -------
    Tensor or tuple of Tensors
        A view, in the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.atleast_1d(torch.tensor(1))
    tensor([1])
    """
    return _each(lambda t: t.reshape(1) if not t.ndim else t, tensors)


@public("torch")
def atleast_2d(*tensors: Any) -> Any:
    """At least two dimensions, new ones in front.

    Parameters
    ----------
    *tensors : Tensor or sequence of Tensors

    Returns
    -------
    Tensor or tuple of Tensors
        A view, in the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.atleast_2d(torch.tensor([1, 2]))
    tensor([[1, 2]])
    """
    return _each(lambda t: t.reshape(1, 1) if not t.ndim else t.unsqueeze(0) if t.ndim == 1 else t, tensors)


@public("torch")
def atleast_3d(*tensors: Any) -> Any:
    """At least three dimensions; the last is new for a matrix.

    Parameters
    ----------
    *tensors : Tensor or sequence of Tensors

    Returns
    -------
    Tensor or tuple of Tensors
        A view, in the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.atleast_3d(torch.tensor([1, 2])).shape
    torch.Size([1, 2, 1])
    """
    return _each(lambda t: t.reshape(1, 1, 1) if not t.ndim else atleast_2d(t).unsqueeze(-1) if t.ndim < 3 else t, tensors)


@public("torch")
def broadcast_shapes(*shapes: Any) -> Any:
    """The shape that several shapes broadcast to.

    Parameters
    ----------
    *shapes : int or tuple of ints

    Returns
    -------
    Size
        A tuple of ints.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.broadcast_shapes((2, 1), (3,))
    torch.Size([2, 3])
    """
    try:
        return Size(np.broadcast_shapes(*((s,) if isinstance(s, int) else tuple(s) for s in shapes)))
    except ValueError as error:
        raise RuntimeError(f"broadcast_shapes: {error}") from None


attach("__reversed__", lambda self: flip(self, (0,)) if self._array.ndim else self)
