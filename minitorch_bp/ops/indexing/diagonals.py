"""Triangles and diagonals of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.op import OPS
from .._base import Tensor, one_node, primitive, public
from .._shapes import least_ndim, no_booleans, whole_number, wrap_dim
from ..shape.copies import clone


@public(inplace=True, exact=True)
@primitive(input=lambda xp, grad, diagonal: xp.tril(grad, diagonal))
def tril(input, diagonal=0):
    """The lower triangle of a matrix (or of each in a batch), zeros elsewhere.

    Parameters
    ----------
    input : Tensor
        Of two dimensions or more.
    diagonal : int
        The last diagonal to keep: 0 is the main one, positive ones lie above.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tril(torch.ones(2, 2))
    tensor([[1., 0.],
            [1., 1.]])
    """
    least_ndim("tril", 2, input)
    return np.tril(input, whole_number("tril", "diagonal", diagonal))


@public(inplace=True, exact=True)
@primitive(input=lambda xp, grad, diagonal: xp.triu(grad, diagonal))
def triu(input, diagonal=0):
    """The upper triangle of a matrix (or of each in a batch), zeros elsewhere.

    Parameters
    ----------
    input : Tensor
        Of two dimensions or more.
    diagonal : int
        The first diagonal to keep: 0 is the main one, positive ones lie above.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.triu(torch.ones(2, 2), diagonal=1)
    tensor([[0., 1.],
            [0., 0.]])
    """
    least_ndim("triu", 2, input)
    return np.triu(input, whole_number("triu", "diagonal", diagonal))


@public()
@primitive(
    view=True, input=lambda xp, grad, input_shape, offset, dim1, dim2: xp._diagonal_zeros(grad, input_shape, offset, dim1, dim2)
)
def diagonal(input, offset=0, dim1=0, dim2=1):
    """The diagonal of two dimensions, appended as the last, as a view.

    Parameters
    ----------
    input : Tensor
    offset : int
        Which diagonal: 0 is the main one, positive ones lie above.
    dim1, dim2 : int
        The dimensions of the matrices.

    Returns
    -------
    Tensor
        A view, in the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.diagonal(torch.arange(4).view(2, 2))
    tensor([0, 3])
    """
    dim1, dim2 = wrap_dim(dim1, input.ndim, "diagonal"), wrap_dim(dim2, input.ndim, "diagonal")
    if dim1 == dim2:
        raise RuntimeError(f"diagonal: dim1 and dim2 must differ, but both are {dim1}")
    out = input.diagonal(offset, dim1, dim2)
    out.flags.writeable = input.flags.writeable
    return out


@primitive(grad_name="DiagEmbedBackward0", input=lambda xp, grad, offset, dim1, dim2: xp.diagonal(grad, offset, dim1, dim2))
def _diagonal_zeros(input, shape, offset, dim1, dim2):
    out = np.zeros(shape, input.dtype)
    part = out.diagonal(offset, dim1, dim2)
    part.flags.writeable = True
    part[...] = input
    return out


@public(exact=True)
def diag(input: Tensor, diagonal: int = 0, *, out: Any = None) -> Tensor:
    """The diagonal of a matrix (a copy), or a matrix with the given diagonal.

    Parameters
    ----------
    input : Tensor
        A matrix or a vector.
    diagonal : int
        Which diagonal: 0 is the main one, positive ones lie above.

    Returns
    -------
    Tensor
        A vector for a matrix, a matrix for a vector.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.diag(torch.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    ndim = input._array.ndim
    if ndim == 1:
        size = input._array.shape[0] + abs(diagonal)
        return _diagonal_zeros(input, (size, size), diagonal, 0, 1)
    if ndim != 2:
        raise RuntimeError(f"diag: expected a vector or a matrix, but the tensor has {ndim} dimensions")
    return one_node("DiagonalBackward0_copy", clone(OPS["diagonal"].call(input, diagonal)), input)


@public()
@primitive(input=lambda xp, grad, input_shape: xp._diagonal_zeros(xp.expand(grad, (min(input_shape),)), input_shape, 0, 0, 1))
def trace(input):
    """The trace: the sum of a matrix's diagonal.

    Parameters
    ----------
    input : Tensor
        Of two dimensions.

    Returns
    -------
    Tensor
        Of no dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.trace(torch.eye(3))
    tensor(3.)
    """
    no_booleans("trace", input)
    if input.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but the tensor has {input.ndim} dimensions")
    return input.trace(dtype=np.int64 if input.dtype.kind in "iu" else None)


@primitive(
    grad_name="DiagEmbedBackward0",
    input=lambda xp, grad, offset, dim1, dim2: xp.diagonal(grad, offset, dim1, dim2),
)
def _diag_embed(input, offset, dim1, dim2):
    n = input.shape[-1] + abs(offset)
    out = np.zeros((*input.shape[:-1], n, n), input.dtype)
    k = np.arange(input.shape[-1])
    out[..., k + max(-offset, 0), k + max(offset, 0)] = input
    return np.moveaxis(out, (-2, -1), (dim1, dim2))


@public()
def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Matrices whose diagonal is the last dimension.

    Parameters
    ----------
    input : Tensor
    offset : int
        Which diagonal: 0 is the main one, positive ones lie above.
    dim1, dim2 : int
        The dimensions of the matrices in the result.

    Returns
    -------
    Tensor
        With one dimension more than ``input``; zeros off the diagonal.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.diag_embed(torch.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    dim1, dim2 = wrap_dim(dim1, input.ndim + 1, "diag_embed"), wrap_dim(dim2, input.ndim + 1, "diag_embed")
    if dim1 == dim2:
        raise RuntimeError(f"diag_embed: the two dimensions must differ, but both are {dim1}")
    return _diag_embed(input, offset, dim1, dim2)


@public()
def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """A matrix whose diagonal is the flattened tensor.

    Parameters
    ----------
    input : Tensor
    offset : int
        Which diagonal: 0 is the main one, positive ones lie above.

    Returns
    -------
    Tensor
        A square matrix.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.diagflat(torch.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    return diag_embed(input.reshape(-1), offset)


@public("linalg", name="diagonal")
def linalg_diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """:func:`diagonal` of the last two dimensions.

    Parameters
    ----------
    A : Tensor
    offset : int
        Which diagonal: 0 is the main one, positive ones lie above.
    dim1, dim2 : int
        The dimensions of the matrices.

    Returns
    -------
    Tensor
        A view, in the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.diagonal(torch.eye(2))
    tensor([1., 1.])
    """
    return diagonal(A, offset, dim1, dim2)


@public("Tensor")
def fill_diagonal_(input: Tensor, fill_value: Any, wrap: bool = False) -> Tensor:
    """Fill the main diagonal, where all indices are equal, with one number.

    Parameters
    ----------
    input : Tensor
        Of two dimensions, or of more of equal sizes.
    fill_value : number
    wrap : bool
        Whether the diagonal of a matrix with more rows than columns begins again after an empty row.

    Returns
    -------
    Tensor
        The same object.

    Raises
    ------
    RuntimeError
        If there is one dimension, or the sizes of more than two differ.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(2, 2).fill_diagonal_(5)
    tensor([[5., 0.],
            [0., 5.]])
    """
    sizes = tuple(input.shape)
    if len(sizes) < 2 or (len(sizes) > 2 and len(set(sizes)) > 1):
        raise RuntimeError(f"fill_diagonal_: expected two dimensions, or more of equal sizes, but got shape {list(sizes)}")
    period = sizes[1] + 1
    for first in range(0, sizes[0] if wrap and len(sizes) == 2 else 1, period):
        diagonal = input if first == 0 else input[first:]
        while diagonal.dim() > 1:
            diagonal = diagonal.diagonal(0, 0, -1)
        diagonal.fill_(fill_value)
    return input
