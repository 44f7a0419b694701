"""Factorizations: Cholesky, QR, eigenvalues, singular values, LU, reflections."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, dtypes, public, wrap
from .._return_types import return_type as _named
from .._shapes import same_type
from ..shape.constant_pad import _pad
from . import decompositions as _d
from .checks import _matrices, _square, _zeros_info
from .matmul import matmul
from .systems import solve


@public("linalg", node="LinalgCholeskyExBackward0(A)")
def cholesky(A: Tensor, *, upper: bool = False, out: Any = None) -> Tensor:
    r"""The Cholesky factor L of a positive definite matrix, :math:`A = L L^H`.

    Parameters
    ----------
    A : Tensor of shape (..., n, n)
        Symmetric (Hermitian); one triangle is read.
    upper : bool
        Return :math:`L^H`.

    Returns
    -------
    Tensor
        Of the same shape.

    Raises
    ------
    LinAlgError
        If a matrix is not positive definite.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.cholesky(torch.tensor([[4.0, 2.0], [2.0, 2.0]]))
    tensor([[2., 0.],
            [1., 1.]])
    """
    L = _d._cholesky(_square("cholesky", A))
    return L.mH if upper else L


@public("linalg", node="LinalgCholeskyExBackward0(A)")
def cholesky_ex(A: Tensor, *, upper: bool = False, check_errors: bool = False, out: Any = None) -> Any:
    """:func:`cholesky` that says which matrices are not positive definite, instead of raising.

    Parameters
    ----------
    A : Tensor of shape (..., n, n)
    upper : bool
    check_errors : bool
        Raise after all.

    Returns
    -------
    (Tensor, Tensor)
        A named tuple ``(L, info)``: info is 0, or the order of the first leading minor that is not positive definite; L is
        then unfinished (and has no gradient, if that is so for one matrix of the batch).

    Raises
    ------
    LinAlgError
        If ``check_errors`` is set and a matrix is not positive definite.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.cholesky_ex(torch.tensor([[1.0, 2.0], [2.0, 1.0]])).info
    tensor(2, dtype=torch.int32)
    """
    named = _named("linalg_cholesky_ex", "L", "info")
    try:
        return named(cholesky(A, upper=upper), _zeros_info(A))
    except _d.LinAlgError:
        if check_errors:
            raise
    from scipy.linalg.lapack import get_lapack_funcs

    array = A._array
    (factor,) = get_lapack_funcs(("potrf",), (array,))
    parts = [factor(matrix, lower=True, clean=True) for matrix in array.reshape(-1, *array.shape[-2:])]
    L = wrap(np.array([part for part, _ in parts], array.dtype).reshape(array.shape))
    return named(L.mH if upper else L, wrap(np.array([info for _, info in parts], np.int32).reshape(array.shape[:-2])))


@public("linalg")
def qr(A: Tensor, mode: str = "reduced", *, out: Any = None) -> Any:
    """The QR factorization, A = Q R: orthonormal columns times an upper triangular matrix.

    Parameters
    ----------
    A : Tensor of shape (..., m, n)
    mode : 'reduced', 'complete' or 'r'
        Q of min(m, n) columns, or of m; with 'r' it is empty, and there is no gradient.

    Returns
    -------
    (Tensor, Tensor)
        A named tuple ``(Q, R)``.

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
    """The eigenvalues in ascending order and orthonormal eigenvectors of a symmetric (Hermitian) matrix.

    Parameters
    ----------
    A : Tensor of shape (..., n, n)
    UPLO : 'L' or 'U'
        Which triangle is read.

    Returns
    -------
    (Tensor, Tensor)
        A named tuple ``(eigenvalues, eigenvectors)``; the eigenvectors are columns.

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


@public("linalg", exact=True)
def eigvalsh(A: Tensor, UPLO: str = "L", *, out: Any = None) -> Tensor:
    """The eigenvalues of :func:`eigh`.

    Parameters
    ----------
    A : Tensor of shape (..., n, n)
    UPLO : 'L' or 'U'
        Which triangle is read.

    Returns
    -------
    Tensor
        Of shape (..., n), and of a real dtype.

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
    """The complex eigenvalues and eigenvectors of any square matrix.

    Parameters
    ----------
    A : Tensor of shape (..., n, n)

    Returns
    -------
    (Tensor, Tensor)
        A named tuple ``(eigenvalues, eigenvectors)``; the eigenvectors are columns.

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

    Parameters
    ----------
    A : Tensor of shape (..., n, n)

    Returns
    -------
    Tensor
        Of shape (..., n), and of a complex dtype.

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
    r"""The singular value decomposition, :math:`A = U \operatorname{diag}(S) V^H`, with S in descending order.

    Parameters
    ----------
    A : Tensor of shape (..., m, n)
    full_matrices : bool
        Whether U and Vh are square.
    driver : str, optional
        A method on CUDA devices; without effect here.

    Returns
    -------
    (Tensor, Tensor, Tensor)
        A named tuple ``(U, S, Vh)``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.svd(torch.tensor([[3.0, 0.0], [0.0, 4.0]])).S
    tensor([4., 3.])
    """
    return _named("linalg_svd", "U", "S", "Vh")(*_d._svd(_matrices("svd", A), full_matrices))


@public("linalg", exact=True)
def svdvals(A: Tensor, *, driver: Any = None, out: Any = None) -> Tensor:
    """The singular values of :func:`svd`.

    Parameters
    ----------
    A : Tensor of shape (..., m, n)
    driver : str, optional
        A method on CUDA devices; without effect here.

    Returns
    -------
    Tensor
        Of shape (..., min(m, n)), and of a real dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.svdvals(torch.tensor([[3.0, 0.0], [0.0, 4.0]]))
    tensor([4., 3.])
    """
    values: Tensor = svd(A, False)[1]
    return values


def _permutation(order: np.ndarray, like: Tensor) -> Tensor:
    """The matrices that bring the rows of L U into their old order."""
    P = np.zeros((*order.shape, order.shape[-1]), like._array.dtype)
    np.put_along_axis(P, order[..., None, :], 1, -2)
    return wrap(P)


@public("linalg")
def lu(A: Tensor, *, pivot: bool = True, out: Any = None) -> Any:
    """The LU factorization with partial pivoting, A = P L U.

    Parameters
    ----------
    A : Tensor of shape (..., m, n)
    pivot : bool
        Whether rows are exchanged.

    Returns
    -------
    (Tensor, Tensor, Tensor)
        A named tuple ``(P, L, U)``: a permutation, a lower triangular matrix with ones on its diagonal, an upper one.

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
    return _named("linalg_lu", "P", "L", "U")(_permutation(order, A), L, U)


@public("linalg", node="LinalgLuFactorExBackward0(A)")
def lu_factor(A: Tensor, *, pivot: bool = True, out: Any = None) -> Any:
    """The factors of :func:`lu` in one matrix, and which rows were exchanged (counted from 1).

    Parameters
    ----------
    A : Tensor of shape (..., m, n)
    pivot : bool
        Whether rows are exchanged.

    Returns
    -------
    (Tensor, Tensor)
        A named tuple ``(LU, pivots)``; the pivots are of dtype int32.

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
    return _named("linalg_lu_factor", "LU", "pivots")(_compact(L, U, A), wrap(exchanged + np.int32(1)))


def _compact(L: Tensor, U: Tensor, A: Tensor) -> Tensor:
    """Both triangles in one matrix of A's shape."""
    m, n = A.shape[-2:]
    zeros = (0,) * (A.ndim - 1)
    lower = _pad(L.tril(-1), (0,) * A.ndim, (*zeros, n - L.shape[-1]), 0.0)
    upper = _pad(U, (0,) * A.ndim, (*zeros[:-1], m - U.shape[-2], 0), 0.0)
    return lower + upper


@public("linalg", node="LinalgLuFactorExBackward0(A)")
def lu_factor_ex(A: Tensor, *, pivot: bool = True, check_errors: bool = False, out: Any = None) -> Any:
    """:func:`lu_factor` with LAPACK's error code.

    Parameters
    ----------
    A : Tensor of shape (..., m, n)
    pivot : bool
        Whether rows are exchanged.
    check_errors : bool
        Without effect here, where the code is returned in any case.

    Returns
    -------
    (Tensor, Tensor, Tensor)
        A named tuple ``(LU, pivots, info)``.

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


@public("linalg", node="LinalgLuSolveBackward0(LU, B)")
def lu_solve(LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False, out: Any = None) -> Tensor:
    """:func:`solve` with the factors of :func:`lu_factor`.

    Parameters
    ----------
    LU, pivots : Tensor
        From :func:`lu_factor`.
    B : Tensor of shape (..., n, k)
    left : bool
        Solve A X = B, else X A = B.
    adjoint : bool
        With the conjugate transpose of A.

    Returns
    -------
    Tensor
        Of the shape of B.

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
    same_type("linalg.lu_solve", LU, B)
    P, L, U = _unpacked(LU, pivots)
    A = matmul(P, matmul(L, U))
    return solve(A.mH if adjoint else A, B, left=left)


def _unpacked(LU: Tensor, pivots: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    m, n = LU.shape[-2:]
    k = min(m, n)
    eye = wrap(np.eye(m, k, dtype=LU._array.dtype))
    return _permutation(_d.row_order(pivots._array - 1, m), LU), LU[..., :, :k].tril(-1) + eye, LU[..., :k, :].triu()


@public("linalg", node="LinalgHouseholderProductBackward0(A, tau)")
def householder_product(A: Tensor, tau: Tensor, *, out: Any = None) -> Tensor:
    r"""The first columns of a product of Householder reflections :math:`I - \tau_i v_i v_i^H`, as ``geqrf`` stores them.

    Parameters
    ----------
    A : Tensor of shape (..., m, n)
        The vectors v below its diagonal.
    tau : Tensor of shape (..., k)

    Returns
    -------
    Tensor
        Of the shape of A.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.householder_product(torch.tensor([[1.0], [2.0]]), torch.tensor([0.4]))
    tensor([[ 0.6000],
            [-0.8000]])
    """
    _matrices("householder_product", A)
    m, n = A.shape[-2:]
    if m < n:
        raise RuntimeError(f"linalg.householder_product: more columns than rows in {list(A.shape)}")
    if tau.ndim != A.ndim - 1 or tau.shape[-1] > n or tuple(tau.shape[:-1]) != tuple(A.shape[:-2]):
        raise RuntimeError(f"linalg.householder_product: tau of shape {list(tau.shape)} does not fit {list(A.shape)}")
    same_type("linalg.householder_product", A, tau)
    Q = wrap(np.broadcast_to(np.eye(m, n, dtype=A._array.dtype), (*A.shape[:-2], m, n)).copy())
    vectors = A.tril(-1) + wrap(np.eye(m, n, dtype=A._array.dtype))
    if not tau.numel() and tuple(A.shape) == tuple(Q.shape):
        Q = Q + A * 0
    for i in reversed(range(tau.shape[-1])):
        v = vectors[..., :, i : i + 1]
        Q = Q - tau[..., i : i + 1].unsqueeze(-1) * matmul(v, matmul(v.mH, Q))
    return Q
