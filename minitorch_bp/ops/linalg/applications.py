"""Pseudoinverses, ranks, condition numbers, least squares and tensor equations, by the factorizations."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, dtypes, public, wrap
from .._return_types import return_type as _named
from .._shapes import positive, same_type, wrap_dim
from ..pointwise.compare import where
from . import decompositions as _d
from .checks import _matrices, _square
from .factorizations import eigvalsh, svdvals
from .matmul import matmul
from .norms import matrix_norm
from .systems import inv, solve


@public("linalg", node="LinalgPinvBackward0(A)")
def pinv(A: Tensor, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None, out: Any = None) -> Tensor:
    """The Moore-Penrose pseudoinverse; singular values below the tolerance count as zero.

    Parameters
    ----------
    A : Tensor of shape (..., m, n)
    rcond : float or Tensor, optional
        The older name of ``rtol``.
    hermitian : bool
        Use eigenvalues, for a symmetric (Hermitian) matrix.
    atol, rtol : float or Tensor, optional
        The absolute tolerance, and the relative one to the largest singular value.

    Returns
    -------
    Tensor
        Of shape (..., n, m).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.pinv(torch.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """
    _matrices("pinv", A)
    if rcond is not None:
        if rtol is not None or atol is not None:
            raise TypeError("linalg.pinv(): rcond is the older name of rtol; give one of them, and no atol beside rcond")
        rtol = rcond
    if hermitian:
        _square("pinv", A)
    if not A.numel():
        return A.mT.clone() if A.shape[-1] != A.shape[-2] else A.clone()
    largest = matrix_norm(A.detach(), 2)
    limit = _tolerance(A, atol, rtol, largest)
    relative = where(largest > 0, limit / where(largest > 0, largest, largest * 0 + 1), largest * 0)
    return _d._pinv(A, relative._array, hermitian)


def _tolerance(A: Tensor, atol: Any, rtol: Any, largest: Tensor) -> Tensor:
    """``max(atol, rtol * largest)``; rtol is max(m, n) times the unit roundoff unless one of them is given."""
    if rtol is None:
        given = (
            atol is not None and (not isinstance(atol, Tensor) or bool((atol > 0).any())) and (isinstance(atol, Tensor) or atol > 0)
        )
        rtol = 0.0 if given else max(A.shape[-2:]) * dtypes.finfo(A.dtype).eps
        if isinstance(atol, Tensor):
            rtol = where(atol > 0, (atol * 0), atol * 0 + max(A.shape[-2:]) * dtypes.finfo(A.dtype).eps)
    absolute = 0.0 if atol is None else atol
    relative = largest * rtol
    return where(relative > absolute, relative, relative * 0 + absolute)


@public("linalg")
def matrix_rank(
    A: Tensor, tol: Any = None, *, atol: Any = None, rtol: Any = None, hermitian: bool = False, out: Any = None
) -> Tensor:
    """The rank: how many singular values lie above the tolerance.

    Parameters
    ----------
    A : Tensor of shape (..., m, n)
    tol : float or Tensor, optional
        An older spelling of ``atol``.
    atol, rtol : float or Tensor, optional
        The absolute tolerance, and the relative one to the largest singular value.
    hermitian : bool
        Use eigenvalues, for a symmetric (Hermitian) matrix.

    Returns
    -------
    LongTensor
        Of shape (...).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.matrix_rank(torch.ones(2, 2))
    tensor(1)
    """
    _matrices("matrix_rank", A)
    A = A.detach()
    if tol is not None:
        atol, rtol = tol, 0.0
    if not A.numel():
        return wrap(np.zeros(A.shape[:-2], np.int64))
    values = eigvalsh(A).abs() if hermitian else svdvals(A)
    limit = _tolerance(A, atol, rtol, values.amax(-1))
    return (values > limit.unsqueeze(-1)).sum(-1)


@public("linalg")
def cond(A: Tensor, p: Any = None, *, out: Any = None) -> Tensor:
    r"""The condition number, :math:`\|A\|_p \|A^{-1}\|_p`; the ratio of the extreme singular values for p = 2 or None.

    Parameters
    ----------
    A : Tensor of shape (..., m, n)
        Square unless p is None, 2 or -2.
    p : number or str, optional
        As the ``ord`` of :func:`matrix_norm`.

    Returns
    -------
    Tensor
        Of shape (...), and of a real dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.cond(torch.tensor([[4.0, 0.0], [0.0, 2.0]]))
    tensor(2.)
    """
    _matrices("cond", A)
    if p is None or p in (2, -2):
        values = svdvals(A)
        if not A.numel():
            raise RuntimeError("linalg.cond: the matrices are empty")
        largest, smallest = values[..., :1], values[..., -1:]
        return (smallest / largest if p == -2 else largest / smallest).squeeze(-1)
    _square("cond", A)
    if not A.numel():
        return matrix_norm(A, p).real * 0 if A.shape[-1] == 0 else matrix_norm(A, p)
    if p == "nuc":
        return svdvals(A).sum(-1) * (1 / svdvals(A)).sum(-1)
    return matrix_norm(A, p) * matrix_norm(inv(A), p)


@public("linalg", node="LinalgLstsqBackward0(A, B)")
def lstsq(A: Tensor, B: Tensor, rcond: Any = None, *, driver: Any = None, out: Any = None) -> Any:
    r"""Least squares: X that minimizes :math:`\|A X - B\|_F`.

    Parameters
    ----------
    A : Tensor of shape (..., m, n)
    B : Tensor of shape (..., m, k)
    rcond : float, optional
        The relative tolerance of the rank.
    driver : 'gels', 'gelsy', 'gelsd' or 'gelss', optional
        LAPACK's method; it decides which results are returned.

    Returns
    -------
    (Tensor, Tensor, Tensor, Tensor)
        A named tuple ``(solution, residuals, rank, singular_values)``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.lstsq(torch.tensor([[1.0], [1.0]]), torch.tensor([[1.0], [3.0]])).solution.round(decimals=4)
    tensor([[2.]])
    """
    _matrices("lstsq", A)
    same_type("linalg.lstsq", A, B)
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError(f"linalg.lstsq: unknown driver {driver!r}")
    if B.ndim < 1 or (B.ndim != A.ndim and B.ndim + 1 != A.ndim):
        raise RuntimeError(f"linalg.lstsq: shapes {list(A.shape)} and {list(B.shape)} do not fit together")
    vector = B.ndim + 1 == A.ndim
    right = B.unsqueeze(-1) if vector else B
    if A.shape[-2] != right.shape[-2]:
        raise RuntimeError(f"linalg.lstsq: shapes {list(A.shape)} and {list(B.shape)} do not fit together")
    solution = matmul(pinv(A, rtol=rcond), right)
    driver = driver or "gelsy"
    m, n = A.shape[-2:]
    empty = (solution.real.reshape(-1) * 0)[:0]  # it requires grad if one of the two does
    rank = wrap(np.empty(0, np.int64)) if driver == "gels" else matrix_rank(A, rtol=rcond)
    full = driver != "gelsy" and (driver == "gels" or bool((rank == n).all()))
    residuals = ((matmul(A, solution) - right).abs() ** 2).sum(-2) if m > n and full else empty
    values = svdvals(A.detach()) if driver in ("gelsd", "gelss") else empty.detach()
    solution = solution.squeeze(-1) if vector else solution
    return _named("linalg_lstsq", "solution", "residuals", "rank", "singular_values")(solution, residuals, rank, values)


@public("linalg")
def tensorinv(A: Tensor, ind: int = 2, *, out: Any = None) -> Tensor:
    """The inverse of a tensor as a linear map from its last dimensions to its first ``ind``.

    Parameters
    ----------
    A : Tensor
        Of as many elements in the first ``ind`` dimensions as in the others.
    ind : int

    Returns
    -------
    Tensor
        Of the shape ``A.shape[ind:] + A.shape[:ind]``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.tensorinv(torch.eye(4).reshape(2, 2, 4), ind=2).shape
    torch.Size([4, 2, 2])
    """
    positive("linalg.tensorinv", ind=ind)
    rows, columns = int(np.prod(A.shape[:ind])), int(np.prod(A.shape[ind:]))
    if rows != columns:
        raise RuntimeError(f"linalg.tensorinv: shape {list(A.shape)} with ind={ind} is not square ({rows} by {columns})")
    return inv(A.reshape(rows, columns)).reshape((*A.shape[ind:], *A.shape[:ind]))


@public("linalg")
def tensorsolve(A: Tensor, B: Tensor, dims: Any = None, *, out: Any = None) -> Tensor:
    """Solve ``tensordot(A, X, X.ndim) = B`` for X.

    Parameters
    ----------
    A : Tensor
    B : Tensor
        Of the shape of A's first dimensions.
    dims : tuple of ints, optional
        Dimensions of A to move to its end first.

    Returns
    -------
    Tensor
        Of the shape of A's last dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.tensorsolve(torch.eye(4).reshape(2, 2, 4), torch.ones(2, 2))
    tensor([1., 1., 1., 1.])
    """
    if dims is not None:
        moved = [wrap_dim(d, A.ndim) for d in dims]
        A = A.permute((*(d for d in range(A.ndim) if d not in moved), *moved))
    n = B.numel()
    shape = A.shape[B.ndim :]
    if n != int(np.prod(shape)):
        raise RuntimeError(f"linalg.tensorsolve: shapes {list(A.shape)} and {list(B.shape)} do not fit together")
    return solve(A.reshape(n, n), B.flatten()).reshape(shape)
