"""Masks: masked_fill, masked_select and nonzero."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.out import check_out, write_out
from .._base import Tensor, apply_in_place, by_second, dtypes, one_node, primitive, public, wrap
from .._shapes import check_tensor
from ..shape.expand import broadcast_tensors


@primitive(
    half=False,  # nothing is computed, and the value must fit the type
    grad_name=by_second("MaskedFillBackward0", "MaskedFillBackward1"),
    arity=1,
    input=lambda xp, grad, mask: xp._where(mask, 0, grad),
    value=lambda xp, grad, mask: xp._sum_over(xp._where(mask, grad, 0), None, False),
)
def _masked_fill(input, mask, value):
    return np.where(mask, dtypes.stored(value, dtypes.from_numpy_dtype(input.dtype)), input)


def _check_mask(name: str, input: Tensor, mask: Any, value: Any) -> None:
    check_tensor(name, mask, "mask")
    if mask._array.dtype.kind != "b":
        raise RuntimeError(f"{name}: the mask must be a boolean tensor, but got {mask.dtype!r}")
    if not isinstance(value, (Tensor, int, float, complex, np.generic, type(None))):
        raise TypeError(f"{name}(): the value must be a number or a 0-d tensor, but got {type(value).__name__}")
    if isinstance(value, Tensor) and value._array.ndim:
        raise RuntimeError(f"{name}: the value must be a number or a 0-d tensor, but has shape {list(value._array.shape)}")


@public()
def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """``value`` where the mask is true, ``input`` elsewhere.

    Parameters
    ----------
    input : Tensor
    mask : BoolTensor
        Broadcast against ``input``.
    value : number or Tensor
        A tensor has no dimensions.

    Returns
    -------
    Tensor
        Of the broadcast shape and ``input``'s dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked_fill(torch.tensor([1.0, 2.0]), torch.tensor([True, False]), -1.0)
    tensor([-1.,  2.])
    """
    _check_mask("masked_fill", input, mask, value)
    if isinstance(value, Tensor) and value.dtype.is_complex and not input.dtype.is_complex:
        raise RuntimeError(f"masked_fill: a complex value does not fit a tensor of type {input.dtype!r}")
    return _masked_fill(input, mask, value)


@public("Tensor")
def masked_fill_(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """In-place version of :func:`masked_fill`."""
    _check_mask("masked_fill_", input, mask, value)
    return apply_in_place(_masked_fill.op, input, mask, value)


# (torch keeps the input, of which only the shape is needed; so a later write to it is refused here, too.)
@primitive(
    grad_name="MaskedSelectBackward0",
    input=lambda xp, grad, input, mask: xp._spread_by_mask(grad, tuple(input.shape), mask),
)
def _masked_select(input, mask):
    return input[mask]


@primitive(input=lambda xp, grad, mask: xp._masked_select(grad, mask))
def _spread_by_mask(input, shape, mask):
    out = np.zeros(shape, input.dtype)
    out[mask] = input
    return out


@public(apart=True, exact=True)
def masked_select(input: Tensor, mask: Tensor, *, out: Any = None) -> Tensor:
    """The elements where the mask is true, as a vector.

    Parameters
    ----------
    input : Tensor
    mask : BoolTensor
        Broadcast against ``input``.

    Returns
    -------
    Tensor
        Of one dimension and ``input``'s dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked_select(torch.tensor([1, 2, 3]), torch.tensor([True, False, True]))
    tensor([1, 3])
    """
    _check_mask("masked_select", input, mask, None)
    return one_node("MaskedSelectBackward0", _masked_select(*broadcast_tensors(input, mask)), input)


@public(own_out=True)
def nonzero(input: Tensor, *, as_tuple: bool = False, out: Any = None) -> Any:
    """The indices of nonzero elements: one row each, or (``as_tuple``) one vector per dimension.

    Parameters
    ----------
    input : Tensor
    as_tuple : bool

    Returns
    -------
    LongTensor or tuple of LongTensors
        A matrix of one row per element, or one vector per dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nonzero(torch.tensor([0, 3, 5]))
    tensor([[1],
            [2]])
    """
    check_tensor("nonzero", input)
    if out is not None:
        if as_tuple:
            raise RuntimeError("nonzero: out can't be given for as_tuple=True, which returns a tuple")
        check_out("nonzero", out, (input,))
        return write_out("nonzero", nonzero(input), out, exact=True)
    if as_tuple:
        return tuple(wrap(i.astype(np.int64, copy=False)) for i in np.nonzero(np.atleast_1d(input._array)))
    if not input._array.ndim:
        return wrap(np.zeros((int(input._array != 0), 0), np.int64))
    return wrap(np.ascontiguousarray(np.argwhere(input._array), np.int64))


@public()
def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1, out: Any = None) -> Tensor:
    """The indices of the first nonzero elements, as a matrix of a given number of rows.

    Parameters
    ----------
    input : Tensor
    size : int
        The number of rows.
    fill_value : int
        What rows without an element hold.

    Returns
    -------
    LongTensor
        Of shape (size, dimensions).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nonzero_static(torch.tensor([0, 3, 5]), size=3)
    tensor([[ 1],
            [ 2],
            [-1]])
    """
    places = nonzero(input)._array[:size]
    rows = np.full((size, places.shape[1]), fill_value, np.int64)
    rows[: len(places)] = places
    return wrap(rows)
