"""Copies with a part replaced: slice_scatter, select_scatter and diagonal_scatter."""

from __future__ import annotations

from typing import Any

from .._base import Tensor, public
from .._shapes import wrap_dim
from .diagonals import diagonal
from .indexing import _at, _getitem


# ---------------------------------------------------------------------- slices written into a copy
def _written(input: Tensor, index: Any, src: Tensor) -> Tensor:
    from ..conversion import copy_

    out = input.clone()
    copy_(_getitem(out, index), src)
    return out


@public()
def slice_scatter(
    input: Tensor, src: Tensor, dim: int = 0, start: Any = None, end: Any = None, step: int = 1, *, out: Any = None
) -> Tensor:
    """A copy with ``input[..., start:end:step]`` replaced.

    Parameters
    ----------
    input : Tensor
    src : Tensor
        Of the slice's shape.
    dim : int
    start, end : int, optional
    step : int

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.slice_scatter(torch.zeros(3), torch.ones(2), start=1)
    tensor([0., 1., 1.])
    """
    dim = wrap_dim(dim, input.ndim, "slice_scatter")
    index = _at(input._array.shape, dim, slice(start, end, step))
    if tuple(input._array[index].shape) != tuple(src.shape):
        raise RuntimeError(
            f"slice_scatter: a src of shape {list(src.shape)} does not fit a slice of shape {list(input._array[index].shape)}"
        )
    return _written(input, index, src)


@public()
def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """A copy with ``input.select(dim, index)`` replaced.

    Parameters
    ----------
    input : Tensor
    src : Tensor
        Of the slice's shape.
    dim, index : int

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.select_scatter(torch.zeros(2, 2), torch.ones(2), 0, 1)
    tensor([[0., 0.],
            [1., 1.]])
    """
    dim = wrap_dim(dim, input.ndim, "select_scatter")
    size = input.shape[dim] if input.ndim else 1
    if not -size <= index < size:
        raise IndexError(f"select_scatter: index {index} is out of range for a dimension of size {size}")
    place = _at(input._array.shape, dim, index)
    if tuple(input._array[place].shape) != tuple(src.shape):
        raise RuntimeError(f"select_scatter: a src of shape {list(src.shape)} does not fit {list(input._array[place].shape)}")
    return _written(input, place, src)


@public()
def diagonal_scatter(input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A copy with a diagonal replaced.

    Parameters
    ----------
    input : Tensor
    src : Tensor
        Of the diagonal's shape.
    offset : int
        Which diagonal: 0 is the main one, positive ones lie above.
    dim1, dim2 : int
        The dimensions of the matrices.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.diagonal_scatter(torch.zeros(2, 2), torch.ones(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    from ..conversion import copy_

    out = input.clone()
    place = diagonal(out, offset, dim1, dim2)
    if tuple(place.shape) != tuple(src.shape):
        raise RuntimeError(f"diagonal_scatter: a src of shape {list(src.shape)} does not fit a diagonal of {list(place.shape)}")
    copy_(place, src)
    return out
