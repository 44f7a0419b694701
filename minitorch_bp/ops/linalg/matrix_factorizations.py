"""Cholesky and LU factorizations and their solvers under their names in ``torch``, beside those in ``torch.linalg``."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, dtypes, public, wrap
from .._return_types import return_type
from .._shapes import same_type
from . import factorizations, systems
from .matmul import matmul


@public(node="CholeskyBackward0(input)")
def cholesky(input: Tensor, upper: bool = False, *, out: Any = None) -> Tensor:
    """The Cholesky factor; see :func:`minitorch_bp.linalg.cholesky`.

    Parameters
    ----------
    input : Tensor of shape (..., n, n)
    upper : bool

    Returns
    -------
    Tensor
        Of the same shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cholesky(torch.eye(1) * 4)
    tensor([[2.]])
    """
    return factorizations.cholesky(input, upper=upper)


@public(node="CholeskySolveBackward0(input, L)")
def cholesky_solve(input: Tensor, L: Tensor, upper: bool = False, *, out: Any = None) -> Tensor:
    r"""Solve :math:`L L^H X = B` for X, given the Cholesky factor.

    Parameters
    ----------
    input : Tensor of shape (..., n, k)
        The B.
    L : Tensor of shape (..., n, n)
    upper : bool
        Whether :math:`L^H` is given.

    Returns
    -------
    Tensor
        Of the shape of B.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cholesky_solve(torch.ones(1, 1), torch.eye(1) * 2)
    tensor([[0.2500]])
    """
    if input.ndim < 2 or L.ndim < 2 or L.shape[-1] != L.shape[-2] or input.shape[-2] != L.shape[-1]:
        raise RuntimeError(f"cholesky_solve: shapes {list(input.shape)} and {list(L.shape)} do not fit together")
    same_type("cholesky_solve", input, L)
    solve, factor = systems.solve_triangular, L if upper else L.mH
    factor = factor.triu() + (factor - factor.detach()).tril(-1)  # torch's gradient has the other triangle, too
    if L.requires_grad:
        return systems.solve(matmul(factor.mH, factor), input)
    return solve(factor, solve(factor.mH, input, upper=False), upper=True)


@public(node="CholeskyInverseBackward0(L)")
def cholesky_inverse(L: Tensor, upper: bool = False, *, out: Any = None) -> Tensor:
    r"""The inverse of :math:`L L^H`, given the Cholesky factor.

    Parameters
    ----------
    L : Tensor of shape (..., n, n)
    upper : bool
        Whether :math:`L^H` is given.

    Returns
    -------
    Tensor
        Of the same shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cholesky_inverse(torch.eye(1) * 2)
    tensor([[0.2500]])
    """
    if L.ndim < 2 or L.shape[-1] != L.shape[-2]:
        raise RuntimeError(f"cholesky_inverse: expected square matrices, but got shape {list(L.shape)}")
    return cholesky_solve(systems.identity(L), L, upper)


@public(node="TriangularSolveBackward0(input, A)")
def triangular_solve(
    input: Tensor, A: Tensor, upper: bool = True, transpose: bool = False, unitriangular: bool = False, *, out: Any = None
) -> Any:
    """Solve A X = B for a triangular A; see :func:`minitorch_bp.linalg.solve_triangular`.

    Parameters
    ----------
    input : Tensor of shape (..., n, k)
        The B.
    A : Tensor of shape (..., n, n)
    upper : bool
        Which triangle is read.
    transpose : bool
        With the transpose of A.
    unitriangular : bool
        Take the diagonal as ones.

    Returns
    -------
    (Tensor, Tensor)
        A named tuple ``(solution, cloned_coefficient)``; the latter is a copy of A.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.triangular_solve(torch.ones(1, 1), torch.eye(1) * 2).solution
    tensor([[0.5000]])
    """
    if input.ndim < 2 or A.ndim < 2 or A.shape[-1] != A.shape[-2]:
        raise RuntimeError(f"triangular_solve: shapes {list(input.shape)} and {list(A.shape)} do not fit together")
    matrix = A.mT if transpose else A
    X = systems.solve_triangular(matrix, input, upper=upper != transpose, unitriangular=unitriangular)
    batch = np.broadcast_shapes(tuple(A.shape[:-2]), tuple(input.shape[:-2]))
    copy = A.expand((*batch, *A.shape[-2:])).clone()
    return return_type("triangular_solve", "solution", "cloned_coefficient")(X, copy)


@public(node="LinalgLuFactorExBackward0(A)")
def lu(A: Tensor, pivot: bool = True, get_infos: bool = False, out: Any = None) -> Any:
    """The LU factorization in compact form; see :func:`minitorch_bp.linalg.lu_factor`.

    Parameters
    ----------
    A : Tensor of shape (..., m, n)
    pivot : bool
        Whether rows are exchanged.
    get_infos : bool
        Also return LAPACK's error codes.

    Returns
    -------
    (Tensor, Tensor) or (Tensor, Tensor, Tensor)
        LU, pivots and, if asked for, infos.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.lu(torch.eye(1))[1]
    tensor([1], dtype=torch.int32)
    """
    LU, pivots, info = factorizations.lu_factor_ex(A, pivot=pivot)
    return (LU, pivots, info) if get_infos else (LU, pivots)


@public(node="LinalgLuSolveBackward0(LU_data, b)")
def lu_solve(b: Tensor, LU_data: Tensor, LU_pivots: Tensor, *, out: Any = None) -> Tensor:
    """Solve A X = B with the factors of :func:`lu`; see :func:`minitorch_bp.linalg.lu_solve`.

    Parameters
    ----------
    b : Tensor of shape (..., n, k)
        The B.
    LU_data, LU_pivots : Tensor
        From :func:`lu`.

    Returns
    -------
    Tensor
        Of the shape of B.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.lu_solve(torch.ones(1, 1), *torch.lu(torch.eye(1) * 2))
    tensor([[0.5000]])
    """
    return factorizations.lu_solve(LU_data, LU_pivots, b)


@public("torch", node="LuUnpackBackward0(LU_data)")
def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True, *, out: Any = None) -> Any:
    """Unpack P, L and U from the compact factors of :func:`lu`.

    Parameters
    ----------
    LU_data, LU_pivots : Tensor
        From :func:`lu`.
    unpack_data, unpack_pivots : bool
        Whether L and U, and P, are wanted; else they are empty.

    Returns
    -------
    (Tensor, Tensor, Tensor)
        A named tuple ``(P, L, U)``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.lu_unpack(*torch.lu(torch.eye(1) * 2)).U
    tensor([[2.]])
    """
    if unpack_pivots and LU_pivots.dtype is not dtypes.int32:
        raise RuntimeError(f"lu_unpack: pivots must be of type torch.int32, but are of type {LU_pivots.dtype!r}")
    P, L, U = factorizations._unpacked(LU_data, LU_pivots)
    nothing = wrap(np.empty(0, LU_data._array.dtype))
    P = P if unpack_pivots else nothing
    L, U = (L, U) if unpack_data else (nothing, nothing)
    return return_type("lu_unpack", "P", "L", "U")(P, L, U)
