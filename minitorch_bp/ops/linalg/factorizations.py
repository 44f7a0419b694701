"""Factorizations: Cholesky, QR, eigenvalues, singular values, LU, reflections."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core import dtype as dtypes
from ...core.public import public
from ...core.tensor import Tensor, wrap
from .._return_types import return_type as _named
from . import decompositions as _d
from .checks import _checked_pair, _matrices, _square, _zeros_info
from .matmul import matmul
from .systems import solve


@public("linalg")
def cholesky(A: Tensor, *, upper: bool = False, out: Any = None) -> Tensor:
    r"""L with :math:`A = L L^H`, for a positive definite matrix; LinAlgError for others.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.cholesky(torch.tensor([[4.0, 2.0], [2.0, 2.0]]))
    tensor([[2., 0.],
            [1., 1.]])
    """
    L = _d._cholesky(_square("cholesky", A))
    return L.mH if upper else L


@public("linalg")
def cholesky_ex(A: Tensor, *, upper: bool = False, check_errors: bool = False, out: Any = None) -> Any:
    """:func:`cholesky` with the number of LAPACK's error.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.cholesky_ex(torch.eye(1)).L
    tensor([[1.]])
    """
    result = _named("linalg_cholesky_ex", "L", "info")(cholesky(A, upper=upper), _zeros_info(A))
    return result


@public("linalg")
def qr(A: Tensor, mode: str = "reduced", *, out: Any = None) -> Any:
    """A = Q R with orthonormal columns and an upper triangle.

    Parameters
    ----------
    mode : 'reduced', 'complete' or 'r' (Q is empty then, and there is no gradient)

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.qr(torch.tensor([[3.0], [4.0]])).R
    tensor([[-5.]])
    """
    _matrices("qr", A)
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(f"linalg.qr: unknown mode {mode!r}")
    result_type = _named("linalg_qr", "Q", "R")
    if mode == "r":
        return result_type(wrap(np.empty(0, A._array.dtype)), wrap(np.asarray(np.linalg.qr(A._array, "r"))))
    return result_type(*_d._qr(A, mode))


@public("linalg")
def eigh(A: Tensor, UPLO: str = "L", *, out: Any = None) -> Any:
    """Eigenvalues in ascending order and orthonormal eigenvectors of a symmetric (Hermitian) matrix.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.eigh(torch.tensor([[2.0, 0.0], [0.0, 1.0]])).eigenvalues
    tensor([1., 2.])
    """
    _square("eigh", A)
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"linalg.eigh: UPLO must be 'L' or 'U', but is {UPLO!r}")
    return _named("linalg_eigh", "eigenvalues", "eigenvectors")(*_d._eigh(A, UPLO.upper()))


@public("linalg")
def eigvalsh(A: Tensor, UPLO: str = "L", *, out: Any = None) -> Tensor:
    """The eigenvalues of :func:`eigh`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.eigvalsh(torch.tensor([[2.0, 0.0], [0.0, 1.0]]))
    tensor([1., 2.])
    """
    values: Tensor = eigh(A, UPLO)[0]
    return values


@public("linalg")
def eig(A: Tensor, *, out: Any = None) -> Any:
    """Complex eigenvalues and eigenvectors of any square matrix.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.eig(torch.tensor([[2.0, 0.0], [0.0, 1.0]])).eigenvalues
    tensor([2.+0.j, 1.+0.j])
    """
    _square("eig", A)
    return _named("linalg_eig", "eigenvalues", "eigenvectors")(*_d._eig(A))


@public("linalg")
def eigvals(A: Tensor, *, out: Any = None) -> Tensor:
    """The eigenvalues of :func:`eig`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.eigvals(torch.tensor([[2.0, 0.0], [0.0, 1.0]]))
    tensor([2.+0.j, 1.+0.j])
    """
    values: Tensor = eig(A)[0]
    return values


@public("linalg")
def svd(A: Tensor, full_matrices: bool = True, *, driver: Any = None, out: Any = None) -> Any:
    r"""Singular values in descending order: :math:`A = U \operatorname{diag}(S) V^H`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.svd(torch.tensor([[3.0, 0.0], [0.0, 4.0]])).S
    tensor([4., 3.])
    """
    return _named("linalg_svd", "U", "S", "Vh")(*_d._svd(_matrices("svd", A), full_matrices))


@public("linalg")
def svdvals(A: Tensor, *, driver: Any = None, out: Any = None) -> Tensor:
    """The singular values of :func:`svd`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.svdvals(torch.tensor([[3.0, 0.0], [0.0, 4.0]]))
    tensor([4., 3.])
    """
    values: Tensor = svd(A, False)[1]
    return values


@public("linalg")
def lu(A: Tensor, *, pivot: bool = True, out: Any = None) -> Any:
    """A = P L U: a permutation, a lower triangle with ones on the diagonal, an upper triangle.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.lu(torch.tensor([[1.0, 2.0], [4.0, 3.0]])).U
    tensor([[4.0000, 3.0000],
            [0.0000, 1.2500]])
    """
    _matrices("lu", A)
    if not pivot:
        raise RuntimeError("linalg.lu: pivot=False does not work on the CPU")
    order = _d.row_order(_d.pivots(A._array), A.shape[-2])
    L, U = _d._lu_factors(A, order)
    P = np.zeros((*A.shape[:-1], A.shape[-2]), A._array.dtype)
    np.put_along_axis(P, order[..., None, :], 1, -2)
    return _named("linalg_lu", "P", "L", "U")(wrap(P), L, U)


@public("linalg")
def lu_factor(A: Tensor, *, pivot: bool = True, out: Any = None) -> Any:
    """The triangles of :func:`lu` in one matrix, and which rows were exchanged (from 1).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.lu_factor(torch.tensor([[1.0, 2.0], [4.0, 3.0]])).pivots
    tensor([2, 2], dtype=torch.int32)
    """
    _matrices("lu_factor", A)
    if not pivot:
        raise RuntimeError("linalg.lu_factor: pivot=False does not work on the CPU")
    exchanged = _d.pivots(A._array)
    L, U = _d._lu_factors(A, _d.row_order(exchanged, A.shape[-2]))
    LU = _compact(L, U, A)
    return _named("linalg_lu_factor", "LU", "pivots")(LU, wrap(exchanged + np.int32(1)))


def _compact(L: Tensor, U: Tensor, A: Tensor) -> Tensor:
    """Both triangles in one matrix of A's shape."""
    from ..shape.constant_pad import _pad

    m, n = A.shape[-2:]
    zeros = (0,) * (A.ndim - 1)
    lower = _pad(L.tril(-1), (0,) * A.ndim, (*zeros, n - L.shape[-1]), 0.0)
    upper = _pad(U, (0,) * A.ndim, (*zeros[:-1], m - U.shape[-2], 0), 0.0)
    return lower + upper


@public("linalg")
def lu_factor_ex(A: Tensor, *, pivot: bool = True, check_errors: bool = False, out: Any = None) -> Any:
    """:func:`lu_factor` with the number of LAPACK's error.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.lu_factor_ex(torch.eye(1)).info
    tensor(0, dtype=torch.int32)
    """
    LU, exchanged = lu_factor(A, pivot=pivot)
    diagonal_zero = (np.diagonal(LU._array, axis1=-2, axis2=-1) == 0) if LU.numel() else np.zeros((*A.shape[:-2], 1), bool)
    info = np.where(diagonal_zero.any(-1), diagonal_zero.argmax(-1) + 1, 0).astype(np.int32)
    return _named("linalg_lu_factor_ex", "LU", "pivots", "info")(LU, exchanged, wrap(np.asarray(info)))


@public("linalg")
def lu_solve(LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False, out: Any = None) -> Tensor:
    """:func:`solve` with the factors of :func:`lu_factor`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> LU, pivots = torch.linalg.lu_factor(torch.tensor([[2.0, 0.0], [0.0, 4.0]]))
    >>> torch.linalg.lu_solve(LU, pivots, torch.tensor([[2.0], [2.0]]))
    tensor([[1.0000],
            [0.5000]])
    """
    _square("lu_solve", LU)
    if pivots.dtype is not dtypes.int32:
        raise RuntimeError(f"linalg.lu_solve: pivots must be of type torch.int32, but are of type {pivots.dtype!r}")
    _checked_pair("lu_solve", LU, B)
    P, L, U = _unpacked(LU, pivots)
    A = matmul(P, matmul(L, U))
    return solve(A.mH if adjoint else A, B, left=left)


def _unpacked(LU: Tensor, pivots: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    m, n = LU.shape[-2:]
    k = min(m, n)
    order = _d.row_order(pivots._array - 1, m)
    P = np.zeros((*order.shape, m), LU._array.dtype)
    np.put_along_axis(P, order[..., None, :], 1, -2)
    eye = wrap(np.eye(m, k, dtype=LU._array.dtype))
    return wrap(P), LU[..., :, :k].tril(-1) + eye, LU[..., :k, :].triu()


@public("linalg")
def householder_product(A: Tensor, tau: Tensor, *, out: Any = None) -> Tensor:
    r"""The first columns of a product of reflections :math:`I - \tau_i v_i v_i^H`, as :func:`minitorch_bp.geqrf` stores them.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.householder_product(torch.tensor([[1.0], [0.0]]), torch.tensor([2.0]))
    tensor([[-1.],
            [ 0.]])
    """
    _matrices("householder_product", A)
    m, n = A.shape[-2:]
    if m < n:
        raise RuntimeError(f"linalg.householder_product: more columns than rows in {list(A.shape)}")
    if tau.ndim != A.ndim - 1 or tau.shape[-1] > n or tuple(tau.shape[:-1]) != tuple(A.shape[:-2]):
        raise RuntimeError(f"linalg.householder_product: tau of shape {list(tau.shape)} does not fit {list(A.shape)}")
    if tau.dtype is not A.dtype:
        raise RuntimeError(f"linalg.householder_product: both must have one type, but got {A.dtype!r} and {tau.dtype!r}")
    Q = wrap(np.broadcast_to(np.eye(m, n, dtype=A._array.dtype), (*A.shape[:-2], m, n)).copy())
    vectors = A.tril(-1) + wrap(np.eye(m, n, dtype=A._array.dtype))
    if not tau.numel() and tuple(A.shape) == tuple(Q.shape):
        Q = Q + A * 0
    for i in reversed(range(tau.shape[-1])):
        v = vectors[..., :, i : i + 1]
        Q = Q - tau[..., i : i + 1].unsqueeze(-1) * matmul(v, matmul(v.mH, Q))
    return Q
