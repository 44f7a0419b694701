"""Copies with a part replaced: slice_scatter, select_scatter and diagonal_scatter."""

from __future__ import annotations

from typing import Any

from .._base import Tensor, public
from .._shapes import wrap_dim
from ..conversion import written_into
from .basic import _at, _getitem
from .diagonals import diagonal


@public(node="SliceScatterBackward0(input, src)")
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
    dim, out = wrap_dim(dim, input.ndim, "slice_scatter"), input.clone()
    return written_into("slice_scatter", out, _getitem(out, _at(out.shape, dim, slice(start, end, step))), src)


@public(node="SelectScatterBackward0(input, src)")
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
    out = input.clone()
    return written_into("select_scatter", out, _getitem(out, _at(out.shape, dim, index)), src)


@public(node="DiagonalScatterBackward0(input, src)")
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
    out = input.clone()
    return written_into("diagonal_scatter", out, diagonal(out, offset, dim1, dim2), src)
