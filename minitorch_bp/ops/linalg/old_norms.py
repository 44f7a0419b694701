"""Norms and products under the names that old code has for them; :mod:`linalg` is where they live."""

from __future__ import annotations

from typing import Any

from .._base import Tensor, dtypes, public
from .._shapes import check_tensor
from ..reduction.norms import vector_norm
from ..shape.joining import cat
from .matmul import mm
from .norms import matrix_norm


@public("torch")
def frobenius_norm(input: Tensor, dim: Any, keepdim: bool = False, *, out: Any = None) -> Tensor:
    r"""The Frobenius norm, :math:`\sqrt{\sum_{ij} |a_{ij}|^2}`; see :func:`linalg.matrix_norm`.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints
        The dimensions to reduce; all of them for an empty list.
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    Tensor
        Without the reduced dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.frobenius_norm(torch.tensor([[3.0, 4.0]]), (0, 1))
    tensor(5.)
    """
    check_tensor("frobenius_norm", input)
    return vector_norm(input, 2, None if isinstance(dim, (tuple, list)) and not dim else dim, keepdim)


@public("torch")
def nuclear_norm(input: Tensor, dim: Any = None, keepdim: bool = False, *, out: Any = None) -> Tensor:
    """The nuclear norm, the sum of the singular values; see :func:`linalg.matrix_norm`.

    Parameters
    ----------
    input : Tensor
    dim : tuple of two ints, optional
        The dimensions of the matrices; the last two by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    Tensor
        Without the reduced dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nuclear_norm(torch.eye(2))
    tensor(2.)
    """
    return matrix_norm(input, "nuc", (-2, -1) if dim is None else dim, keepdim)


@public("torch")
def norm_except_dim(v: Tensor, pow: int = 2, dim: int = 0) -> Tensor:
    """The norm over all dimensions but one, as weight normalization takes it.

    Parameters
    ----------
    v : Tensor
    pow : int
        Which norm.
    dim : int
        The dimension that stays; -1 for none.

    Returns
    -------
    Tensor
        With size 1 in the dimensions that were reduced.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.norm_except_dim(torch.tensor([[3.0, 4.0], [0.0, 1.0]]))
    tensor([[5.],
            [1.]])
    """
    check_tensor("norm_except_dim", v, "v")
    if dim == -1:
        return vector_norm(v, pow)
    return vector_norm(v, pow, tuple(d for d in range(v.ndim) if d != dim % v.ndim), True)


@public("torch", names=["spmm"])
def dsmm(input: Tensor, mat2: Tensor) -> Tensor:
    """A product of matrices, of which PyTorch lets one be sparse.

    Parameters
    ----------
    input, mat2 : Tensor of two dimensions

    Returns
    -------
    Tensor
        The product.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.dsmm(torch.eye(2), torch.ones(2, 1))
    tensor([[1.],
            [1.]])
    """
    return mm(input, mat2)


@public()
def adjoint(input: Tensor) -> Tensor:
    """The matrices transposed and conjugated: ``x.mH``.

    Parameters
    ----------
    input : Tensor of shape (..., m, n)

    Returns
    -------
    Tensor
        Of shape (..., n, m); a view for real tensors.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.adjoint(torch.tensor([[1.0, 2.0]])).shape
    torch.Size([2, 1])
    """
    check_tensor("adjoint", input)
    adjoint: Tensor = input.mH
    return adjoint


@public("torch")
def vander(x: Tensor, N: Any = None, increasing: bool = False) -> Tensor:
    """The Vandermonde matrix of a vector: its powers, as columns.

    Parameters
    ----------
    x : Tensor of one dimension
    N : int, optional
        The number of columns; as many as elements by default.
    increasing : bool
        Whether the powers grow from left to right; else they fall.

    Returns
    -------
    Tensor
        Of shape (len(x), N).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.vander(torch.tensor([2, 3]), 3)
    tensor([[4, 2, 1],
            [9, 3, 1]])
    """
    check_tensor("vander", x, "x")
    if x.ndim != 1:
        raise RuntimeError(f"vander: expected a vector, but got shape {list(x.shape)}")
    columns = x.shape[0] if N is None else N
    if columns < 0:
        raise RuntimeError(f"vander: the number of columns must not be negative, but is {columns}")
    kind = x.dtype if x.dtype.category >= dtypes.FLOATING else dtypes.int64
    powers = x.to(kind).new_ones((x.shape[0], columns))
    if columns > 1:
        powers = cat([powers[:, :1], x.to(kind).unsqueeze(1).expand(-1, columns - 1).cumprod(1)], 1)
    return powers if increasing else powers.flip(1)
