"""Systems of equations, inverses, determinants, powers and products of matrices."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from .._base import Tensor, dtypes, one_node, public, wrap
from .._return_types import return_type as _named
from .._shapes import same_type
from ..shape.joining import cat
from . import decompositions as _d
from .checks import _square, _zeros_info
from .matmul import matmul


@public("torch", exact=True)
def chain_matmul(*matrices: Tensor, out: Any = None) -> Tensor:
    """The product of several matrices; see :func:`minitorch_bp.linalg.multi_dot`.

    Parameters
    ----------
    *matrices : Tensor
        Of shapes that fit.

    Returns
    -------
    Tensor
        Of two dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.chain_matmul(torch.eye(2), torch.ones(2, 1))
    tensor([[1.],
            [1.]])
    """
    return multi_dot(list(matrices)) if len(matrices) > 1 else matrices[0]


@public("linalg", exact=True)
def inv(A: Tensor, *, out: Any = None) -> Tensor:
    """The inverse of each matrix.

    Parameters
    ----------
    A : Tensor of shape (..., n, n)

    Returns
    -------
    Tensor
        Of the same shape.

    Raises
    ------
    LinAlgError
        If a matrix is singular.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.inv(torch.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    return _d._inv(_square("inv", A))


@public("linalg")
def inv_ex(A: Tensor, *, check_errors: bool = False, out: Any = None) -> Any:
    """:func:`inv` with LAPACK's error code, 0 where there is none.

    Parameters
    ----------
    A : Tensor of shape (..., n, n)
    check_errors : bool
        Without effect here, where errors are raised in any case.

    Returns
    -------
    (Tensor, Tensor)
        A named tuple ``(inverse, info)``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.inv_ex(torch.eye(1)).info
    tensor(0, dtype=torch.int32)
    """
    return _named("linalg_inv_ex", "inverse", "info")(inv(A), _zeros_info(A))


def _batched(A: Tensor, B: Tensor, name: str) -> tuple[Tensor, Tensor]:
    try:
        batch = np.broadcast_shapes(tuple(A.shape[:-2]), tuple(B.shape[:-2]))
    except ValueError:
        raise RuntimeError(f"linalg.{name}: shapes {list(A.shape)} and {list(B.shape)} do not fit together") from None
    return A.expand((*batch, *A.shape[-2:])), B.expand((*batch, *B.shape[-2:]))


@public("linalg", exact=True, node="LinalgSolveExBackward0(A, B)")
def solve(A: Tensor, B: Tensor, *, left: bool = True, out: Any = None) -> Tensor:
    r"""Solve :math:`A X = B` (or :math:`X A = B`) for X.

    Parameters
    ----------
    A : Tensor of shape (..., n, n)
    B : Tensor of shape (..., n, k), or (..., n) for one right side per matrix
    left : bool
        A on the left of X, else on the right.

    Returns
    -------
    Tensor
        Of the shape of B.

    Raises
    ------
    LinAlgError
        If a matrix is singular.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.solve(torch.tensor([[2.0, 0.0], [0.0, 4.0]]), torch.tensor([2.0, 2.0]))
    tensor([1.0000, 0.5000])
    """
    _square("solve", A)
    same_type("linalg.solve", A, B)
    if B.ndim == 1 or (A.ndim - 1 == B.ndim and tuple(B.shape) == tuple(A.shape[:-1])):  # vectors rather than matrices
        if not left:
            raise RuntimeError("linalg.solve: a vector right side works with left=True only")
        return solve(A, B.unsqueeze(-1)).squeeze(-1)
    if not left:
        return solve(A.mT, B.mT).mT
    if B.ndim < 2 or B.shape[-2] != A.shape[-1]:
        raise RuntimeError(f"linalg.solve: shapes {list(A.shape)} and {list(B.shape)} do not fit together")
    return _d._solve(*_batched(A, B, "solve"))


@public("linalg", node="LinalgSolveExBackward0(A, B)")
def solve_ex(A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False, out: Any = None) -> Any:
    """:func:`solve` with LAPACK's error code.

    Parameters
    ----------
    A : Tensor of shape (..., n, n)
    B : Tensor of shape (..., n, k) or (..., n)
    left : bool
        A on the left of X, else on the right.
    check_errors : bool
        Without effect here, where errors are raised in any case.

    Returns
    -------
    (Tensor, Tensor)
        A named tuple ``(result, info)``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.solve_ex(torch.eye(1), torch.ones(1, 1)).result
    tensor([[1.]])
    """
    return _named("linalg_solve_ex", "result", "info")(solve(A, B, left=left), _zeros_info(A))


@public("linalg", node="LinalgSolveTriangularBackward0(A, B)")
def solve_triangular(
    A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False, out: Any = None
) -> Tensor:
    """:func:`solve` for a triangular matrix, of which only that triangle is read.

    Parameters
    ----------
    A : Tensor of shape (..., n, n)
    B : Tensor of shape (..., n, k)
    upper : bool
        Which triangle is read.
    left : bool
        A on the left of X, else on the right.
    unitriangular : bool
        Take the diagonal as ones.

    Returns
    -------
    Tensor
        Of the shape of B.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.solve_triangular(torch.tensor([[2.0, 9.0], [0.0, 4.0]]), torch.tensor([[0.0], [4.0]]), upper=True)
    tensor([[-4.5000],
            [ 1.0000]])
    """
    _square("solve_triangular", A)
    same_type("linalg.solve_triangular", A, B)
    if B.ndim < 2 or B.shape[-2 if left else -1] != A.shape[-1]:
        raise RuntimeError(f"linalg.solve_triangular: shapes {list(A.shape)} and {list(B.shape)} do not fit together")
    if not left:
        return solve_triangular(A.mT, B.mT, upper=not upper, unitriangular=unitriangular).mT
    A, B = _batched(A, B, "solve_triangular")
    return _d._solve_triangular(A, B, upper, unitriangular)


@public("linalg", exact=True)
def det(A: Tensor, *, out: Any = None) -> Tensor:
    """The determinant of each matrix.

    Parameters
    ----------
    A : Tensor of shape (..., n, n)

    Returns
    -------
    Tensor
        Of shape (...).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.det(torch.tensor([[2.0, 0.0], [0.0, 3.0]]))
    tensor(6.)
    """
    return _d._det(_square("det", A))


@public("linalg", node="LinalgSlogdetBackward0(A)")
def slogdet(A: Tensor, *, out: Any = None) -> Any:
    """Sign and logarithm of the absolute value of each determinant.

    Parameters
    ----------
    A : Tensor of shape (..., n, n)

    Returns
    -------
    (Tensor, Tensor)
        A named tuple ``(sign, logabsdet)``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.slogdet(torch.eye(2)).logabsdet
    tensor(0.)
    """
    _square("slogdet", A)
    return _named("linalg_slogdet", "sign", "logabsdet")(_d._det_sign(A), _d._logabsdet(A))


@public("linalg")
def matrix_power(A: Tensor, n: int, *, out: Any = None) -> Tensor:
    """The n-th power of each matrix, of its inverse for negative n.

    Parameters
    ----------
    A : Tensor of shape (..., m, m)
    n : int

    Returns
    -------
    Tensor
        Of the same shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.matrix_power(torch.tensor([[1.0, 1.0], [0.0, 1.0]]), 3)
    tensor([[1., 3.],
            [0., 1.]])
    """
    if not isinstance(A, Tensor) or A.ndim < 2:
        raise RuntimeError("linalg.matrix_power: expected a matrix or a batch of matrices")
    if A.shape[-1] != A.shape[-2]:
        raise RuntimeError(f"linalg.matrix_power: expected square matrices, but got shape {list(A.shape)}")
    if n < 0:
        return matrix_power(inv(A), -n)
    if not n:
        return A * 0 + identity(A)
    result, square = None, A
    while n:
        if n & 1:
            result = square if result is None else matmul(result, square)
        n >>= 1
        square = matmul(square, square) if n else square
    assert result is not None
    return result if result is not A else A.clone()


def identity(A: Tensor) -> Tensor:
    return wrap(np.broadcast_to(np.eye(A.shape[-1], dtype=A._array.dtype), A.shape).copy())


@public("linalg")
def matrix_exp(A: Tensor) -> Tensor:
    r"""The matrix exponential, :math:`\sum_k A^k / k!`.

    Source: Al-Mohy and Higham, "A new scaling and squaring algorithm for the matrix exponential", 2009 (SciPy's).

    Parameters
    ----------
    A : Tensor of shape (..., n, n)

    Returns
    -------
    Tensor
        Of the same shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.matrix_exp(torch.zeros(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    return _d._matrix_exp(_square("matrix_exp", A))


@public("linalg")
def multi_dot(tensors: Any, *, out: Any = None) -> Tensor:
    """The product of several matrices, in the order that needs the fewest multiplications.

    Parameters
    ----------
    tensors : sequence of Tensors
        Matrices of shapes that fit; the first and the last may be vectors.

    Returns
    -------
    Tensor
        Without the dimensions of the vectors.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.multi_dot([torch.ones(1, 2), torch.eye(2), torch.ones(2, 1)])
    tensor([[2.]])
    """
    if len(tensors) < 2:
        raise RuntimeError(f"linalg.multi_dot: expected at least 2 tensors, but got {len(tensors)}")
    chain = list(tensors)
    first, last = chain[0].ndim == 1, chain[-1].ndim == 1
    chain[0] = chain[0].unsqueeze(0) if first else chain[0]
    chain[-1] = chain[-1].unsqueeze(1) if last else chain[-1]
    if any(t.ndim != 2 for t in chain):
        raise RuntimeError("linalg.multi_dot: expected matrices (the first and the last may be vectors)")
    same_type("linalg.multi_dot", *chain)
    for a, b in itertools.pairwise(chain):
        if a.shape[1] != b.shape[0]:
            raise RuntimeError(f"linalg.multi_dot: shapes {list(a.shape)} and {list(b.shape)} cannot be multiplied")
    while len(chain) > 1:  # the pair whose product saves most: its common dimension is the largest
        k = max(range(len(chain) - 1), key=lambda i: chain[i].shape[1])
        chain[k : k + 2] = [matmul(chain[k], chain[k + 1])]
    shape = chain[0].shape
    return chain[0].view(shape[int(first) : 2 - int(last)])


@public("linalg", exact=True)
def vecdot(x: Tensor, y: Tensor, *, dim: int = -1, out: Any = None) -> Tensor:
    r"""The inner products of vectors, :math:`\sum_i \bar x_i y_i`.

    Parameters
    ----------
    x, y : Tensor
        Of broadcastable shapes.
    dim : int
        The dimension of the vectors.

    Returns
    -------
    Tensor
        Without ``dim``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.vecdot(torch.ones(2, 3), torch.ones(2, 3))
    tensor([3., 3.])
    """
    same_type("linalg.vecdot", x, y)
    if not (x.is_floating_point() or x.is_complex()):
        raise RuntimeError(f"linalg.vecdot: expected a floating-point or complex type, but got {x.dtype!r}")
    out = (x.conj() * y).sum(dim)
    return one_node("VdotBackward0", out, x, y) if x.ndim == y.ndim == 1 else out


@public("linalg")
def vander(x: Tensor, N: Any = None, *, out: Any = None) -> Tensor:
    """The Vandermonde matrix: the powers 0 to N - 1 of every element, as a row.

    Parameters
    ----------
    x : Tensor of shape (..., n)
    N : int, optional
        How many powers; n by default.

    Returns
    -------
    Tensor
        Of shape (..., n, N).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.vander(torch.tensor([2, 3]))
    tensor([[1, 2],
            [1, 3]])
    """
    x = x if x.ndim else x.reshape(1)
    count = x.shape[-1] if N is None else N
    if count <= 1:
        raise RuntimeError(f"linalg.vander: there must be more than 1 column, but N is {count}")
    x = x if x.dtype.category >= dtypes.FLOATING else x.to(dtypes.int64)
    powers = x.unsqueeze(-1).expand(*x.shape, count - 1).cumprod(-1)
    return cat([powers.new_ones((*x.shape, 1)), powers], -1)
