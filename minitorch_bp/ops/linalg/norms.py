"""The norms of ``torch.linalg``: of matrices by their singular values, of vectors by any p."""

from __future__ import annotations

import math
from typing import Any

from .._base import Tensor, public
from .._shapes import least_ndim, wrap_dim
from ..reduction.norms import _typed, vector_norm
from .decompositions import _svd


def _matrix_dims(x: Tensor, dim: Any, name: str) -> tuple[int, int]:
    if len(dim) != 2:
        raise RuntimeError(f"linalg.{name}: dim must name two dimensions, but is {dim}")
    a, b = (wrap_dim(d, x.ndim, name) for d in dim)
    if a == b:
        raise RuntimeError(f"linalg.{name}: the two dimensions must differ, but both are {a}")
    return a, b


@public("linalg", exact=True)
def matrix_norm(
    A: Tensor, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None, out: Any = None
) -> Tensor:
    """Matrix norms.

    Parameters
    ----------
    A : Tensor of shape (..., m, n)
    ord : 'fro', 'nuc', 1, -1, 2, -2, inf or -inf
        By all entries; the sum of singular values; the extreme column sum, singular value or row sum.
    dim : (int, int)
        The dimensions of the matrices.
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    Tensor
        Of a real dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.matrix_norm(torch.tensor([[3.0, 0.0], [0.0, 4.0]]), 2)
    tensor(4.)
    """
    A = _typed("matrix_norm", A, dtype)
    least_ndim("linalg.matrix_norm", 2, A)
    a, b = _matrix_dims(A, dim, "matrix_norm")
    if ord == "fro":
        return vector_norm(A, 2, (a, b), keepdim)
    if (isinstance(ord, str) and ord != "nuc") or (not isinstance(ord, str) and abs(ord) not in (1, 2, math.inf)):
        raise RuntimeError(f"linalg.matrix_norm: unknown order {ord!r}")
    if ord in ("nuc", 2, -2):
        values = _svd(A.movedim((a, b), (-2, -1)), False)[1]
        if ord != "nuc" and not values.shape[-1]:
            raise RuntimeError(f"linalg.matrix_norm: the norm of order {ord} of an empty matrix is not defined")
        norms = values.sum(-1) if ord == "nuc" else values.amax(-1) if ord == 2 else values.amin(-1)
        for d in sorted((a, b)) if keepdim else ():
            norms = norms.unsqueeze(d)
        return norms
    along, over = (a, b) if abs(ord) == 1 else (b, a)
    sums = A.abs().sum(along, keepdim=True)
    norms = sums.amax(over, keepdim=True) if ord > 0 else sums.amin(over, keepdim=True)
    return norms if keepdim else norms.squeeze(along if along > over else over).squeeze(min(along, over))


@public("linalg", exact=True)
def norm(A: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, out: Any = None) -> Tensor:
    """:func:`vector_norm` for one dimension, :func:`matrix_norm` for two; of all elements unless either is given.

    Parameters
    ----------
    A : Tensor
    ord : number or str, optional
        As in the two functions; the 2-norm of all elements by default.
    dim : int or (int, int), optional
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    Tensor
        Of a real dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.norm(torch.tensor([[3.0, 0.0], [0.0, 4.0]]), "nuc")
    tensor(7.)
    """
    if ord is None:
        return vector_norm(A, 2, dim, keepdim, dtype=dtype)
    dims = None if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    if dims is None:
        if A.ndim not in (1, 2):
            raise RuntimeError(f"linalg.norm: with ord and no dim the input must have 1 or 2 dimensions, but has {A.ndim}")
        dims = tuple(range(A.ndim))
    if len(dims) not in (1, 2):
        raise RuntimeError(f"linalg.norm: dim must name one or two dimensions, but is {dims}")
    if len(dims) == 2:
        return matrix_norm(A, ord, dims, keepdim, dtype=dtype)
    if isinstance(ord, str):
        raise RuntimeError(f"linalg.norm: order {ord!r} is one of matrices, not of vectors")
    return vector_norm(A, ord, dims, keepdim, dtype=dtype)
