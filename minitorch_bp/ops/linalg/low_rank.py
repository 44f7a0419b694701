"""Factorizations of low rank: a random subspace that holds most of the matrix, and its singular values in there.

Source: Halko, Martinsson and Tropp, "Finding structure with randomness", 2009 (algorithms 4.4 and 5.1).
"""

from __future__ import annotations

from typing import Any

from .._base import Tensor, public
from ..random.draw import randn
from .factorizations import qr, svd
from .matmul import matmul


def _basis(A: Tensor, q: int, niter: int, M: Any) -> Tensor:
    R = randn(A.shape[-1], q, dtype=A.dtype)
    X = matmul(A, R) if M is None else matmul(A, R) - matmul(M, R)
    Q = qr(X)[0]
    for _ in range(niter):
        X = matmul(A.mH, Q) if M is None else matmul(A.mH, Q) - matmul(M.mH, Q)
        Q = qr(X)[0]
        X = matmul(A, Q) if M is None else matmul(A, Q) - matmul(M, Q)
        Q = qr(X)[0]
    return Q


@public("torch")
def svd_lowrank(A: Tensor, q: int = 6, niter: int = 2, M: Any = None) -> tuple[Tensor, Tensor, Tensor]:
    """An approximate singular value decomposition of rank q, by a random subspace.

    Parameters
    ----------
    A : Tensor of shape (..., m, n)
    q : int
        How many singular values; a few more than are needed.
    niter : int
        How many power iterations.
    M : Tensor, optional
        Subtracted from A.

    Returns
    -------
    (Tensor, Tensor, Tensor)
        U, S and V, of q columns each.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.svd_lowrank(torch.eye(3) * 2, q=3)[1].round(decimals=4)
    tensor([2., 2., 2.])
    """
    m, n = A.shape[-2:]
    M = None if M is None else M.expand(A.shape)
    if m < n:
        A, M = A.mH, None if M is None else M.mH
    Q = _basis(A, q, niter, M)
    B = matmul(Q.mH, A) if M is None else matmul(Q.mH, A) - matmul(Q.mH, M)
    U, S, Vh = svd(B, False)
    V, U = Vh.mH, matmul(Q, U)
    return (V, S, U) if m < n else (U, S, V)


@public("torch")
def pca_lowrank(A: Tensor, q: Any = None, center: bool = True, niter: int = 2) -> tuple[Tensor, Tensor, Tensor]:
    """Principal component analysis: :func:`svd_lowrank` of the rows, moved so that their mean is zero.

    Parameters
    ----------
    A : Tensor of shape (..., m, n)
    q : int, optional
        How many components; min(6, m, n) by default.
    center : bool
        Whether the mean is subtracted.
    niter : int
        How many power iterations.

    Returns
    -------
    (Tensor, Tensor, Tensor)
        U, S and V, of q columns each.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.pca_lowrank(torch.tensor([[1.0, 1.0], [3.0, 3.0]]), q=1)[1].round(decimals=4)
    tensor([2.])
    """
    m, n = A.shape[-2:]
    q = min(6, m, n) if q is None else q
    if not 0 <= q <= min(m, n):
        raise ValueError(f"pca_lowrank: q must lie between 0 and {min(m, n)}, but is {q}")
    if niter < 0:
        raise ValueError(f"pca_lowrank: niter must not be negative, but is {niter}")
    return svd_lowrank(A - A.mean(-2, keepdim=True) if center else A, q, niter)
