"""Linear algebra under its old names, outside of ``torch.linalg`` (which is imported when it is first needed)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core import dtype as dtypes
from ...core.public import public
from ...core.tensor import Tensor, wrap
from .._return_types import return_type
from .._shapes import check_tensor
from ..reduction.norms import _vector_norm
from . import applications, factorizations, systems
from .matmul import matmul


@public()
def det(input: Tensor, *, out: Any = None) -> Tensor:
    """The determinant; see :func:`minitorch_bp.linalg.det`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.det(torch.eye(2))
    tensor(1.)
    """
    return systems.det(input)


@public()
def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant; NaN if that is negative.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.logdet(torch.eye(2))
    tensor(0.)
    """
    sign, size = systems.slogdet(input)
    return sign.log() + size if input.dtype.is_complex else size.masked_fill(sign < 0, float("nan"))


@public()
def slogdet(input: Tensor, *, out: Any = None) -> Any:
    """Sign and logarithm of the determinant; see :func:`minitorch_bp.linalg.slogdet`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.slogdet(torch.eye(2)).sign
    tensor(1.)
    """
    return systems.slogdet(input)


@public()
def inverse(input: Tensor, *, out: Any = None) -> Tensor:
    """The inverse; see :func:`minitorch_bp.linalg.inv`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.inverse(torch.eye(2) * 2)
    tensor([[0.5000, 0.0000],
            [0.0000, 0.5000]])
    """
    return systems.inv(input)


@public()
def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """The pseudoinverse; see :func:`minitorch_bp.linalg.pinv`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.pinverse(torch.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """
    return applications.pinv(input, rtol=rcond)


@public()
def matrix_power(input: Tensor, n: int, *, out: Any = None) -> Tensor:
    """A power; see :func:`minitorch_bp.linalg.matrix_power`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.matrix_power(torch.eye(1) * 2, 3)
    tensor([[8.]])
    """
    return systems.matrix_power(input, n)


@public()
def matrix_exp(input: Tensor) -> Tensor:
    """The exponential; see :func:`minitorch_bp.linalg.matrix_exp`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.matrix_exp(torch.zeros(1, 1))
    tensor([[1.]])
    """
    return systems.matrix_exp(input)


@public()
def cholesky(input: Tensor, upper: bool = False, *, out: Any = None) -> Tensor:
    """The triangular factor; see :func:`minitorch_bp.linalg.cholesky`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cholesky(torch.eye(1) * 4)
    tensor([[2.]])
    """
    return factorizations.cholesky(input, upper=upper)


@public()
def cholesky_solve(input: Tensor, L: Tensor, upper: bool = False, *, out: Any = None) -> Tensor:
    r"""X with :math:`L L^H X = B`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cholesky_solve(torch.ones(1, 1), torch.eye(1) * 2)
    tensor([[0.2500]])
    """
    if input.ndim < 2 or L.ndim < 2 or L.shape[-1] != L.shape[-2] or input.shape[-2] != L.shape[-1]:
        raise RuntimeError(f"cholesky_solve: shapes {list(input.shape)} and {list(L.shape)} do not fit together")
    if input.dtype is not L.dtype:
        raise RuntimeError(f"cholesky_solve: both must have one type, but got {input.dtype!r} and {L.dtype!r}")
    solve, factor = systems.solve_triangular, L if upper else L.mH
    factor = factor.triu() + (factor - factor.detach()).tril(-1)  # torch's gradient has the other triangle, too
    return (
        systems.solve(matmul(factor.mH, factor), input)
        if L.requires_grad
        else solve(factor, solve(factor.mH, input, upper=False), upper=True)
    )


@public()
def cholesky_inverse(L: Tensor, upper: bool = False, *, out: Any = None) -> Tensor:
    r"""The inverse of :math:`L L^H`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cholesky_inverse(torch.eye(1) * 2)
    tensor([[0.2500]])
    """
    if L.ndim < 2 or L.shape[-1] != L.shape[-2]:
        raise RuntimeError(f"cholesky_inverse: expected square matrices, but got shape {list(L.shape)}")
    eye = wrap(np.broadcast_to(np.eye(L.shape[-1], dtype=L._array.dtype), L.shape).copy())
    return cholesky_solve(eye, L, upper)


@public()
def triangular_solve(
    input: Tensor, A: Tensor, upper: bool = True, transpose: bool = False, unitriangular: bool = False, *, out: Any = None
) -> Any:
    """See :func:`minitorch_bp.linalg.solve_triangular`; returns the solution and a copy of A.

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
    copy = A.expand(*batch, *A.shape[-2:]).clone()
    return return_type("triangular_solve", "solution", "cloned_coefficient")(X, copy)


@public()
def qr(input: Tensor, some: bool = True, *, out: Any = None) -> Any:
    """Q and R; see :func:`minitorch_bp.linalg.qr`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.qr(torch.tensor([[3.0], [4.0]])).R
    tensor([[-5.]])
    """
    return return_type("qr", "Q", "R")(*factorizations.qr(input, "reduced" if some else "complete"))


@public()
def svd(input: Tensor, some: bool = True, compute_uv: bool = True, *, out: Any = None) -> Any:
    """U, S and V (not its transpose); see :func:`minitorch_bp.linalg.svd`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.svd(torch.tensor([[3.0, 0.0], [0.0, 4.0]])).S
    tensor([4., 3.])
    """
    U, S, Vh = factorizations.svd(input, not some)
    if not compute_uv:
        zero = lambda n: wrap(np.zeros((*input.shape[:-2], n, n), input._array.dtype))
        return return_type("svd", "U", "S", "V")(zero(input.shape[-2]), S, zero(input.shape[-1]))
    return return_type("svd", "U", "S", "V")(U, S, Vh.mH)


@public()
def geqrf(input: Tensor, *, out: Any = None) -> Any:
    """LAPACK's form of a QR factorization: R above, reflections below the diagonal, and their factors tau.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.geqrf(torch.tensor([[3.0], [4.0]])).tau
    tensor([1.6000])
    """
    x = input._array
    if x.ndim < 2:
        raise RuntimeError(f"geqrf: expected a matrix or a batch of matrices, but got shape {list(x.shape)}")
    h, tau = np.linalg.qr(x, "raw")
    result = return_type("geqrf", "a", "tau")(wrap(np.ascontiguousarray(np.swapaxes(h, -1, -2))), wrap(tau))
    return result


@public()
def orgqr(input: Tensor, tau: Tensor, *, out: Any = None) -> Tensor:
    """See :func:`minitorch_bp.linalg.householder_product`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.orgqr(torch.tensor([[1.0], [0.0]]), torch.tensor([2.0]))
    tensor([[-1.],
            [ 0.]])
    """
    return factorizations.householder_product(input, tau)


@public()
def ormqr(input: Tensor, tau: Tensor, other: Tensor, left: bool = True, transpose: bool = False, *, out: Any = None) -> Tensor:
    """A matrix times the square Q of :func:`geqrf`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ormqr(torch.tensor([[1.0], [0.0]]), torch.tensor([2.0]), torch.tensor([[1.0], [0.0]]))
    tensor([[-1.],
            [ 0.]])
    """
    from ..shape.constant_pad import _pad

    if input.ndim < 2 or other.ndim < 2:
        raise RuntimeError(f"ormqr: expected matrices, but got shapes {list(input.shape)} and {list(other.shape)}")
    m, n = input.shape[-2:]
    if tau.ndim != input.ndim - 1 or other.ndim != input.ndim or tau.shape[-1] > n or tau.shape[-1] > m:
        raise RuntimeError(f"ormqr: shapes {list(input.shape)}, {list(tau.shape)} and {list(other.shape)} do not fit together")
    if other.shape[-2 if left else -1] != m or tuple(other.shape[:-2]) != tuple(input.shape[:-2]):
        raise RuntimeError(f"ormqr: shapes {list(input.shape)} and {list(other.shape)} do not fit together")
    if not input.dtype is tau.dtype is other.dtype:
        raise RuntimeError(f"ormqr: all must have one type, but got {input.dtype!r}, {tau.dtype!r} and {other.dtype!r}")
    square = _pad(input, (0,) * input.ndim, (0,) * (input.ndim - 1) + (m - n,), 0.0)
    Q = factorizations.householder_product(square, tau)
    Q = Q.mH if transpose else Q
    return matmul(Q, other) if left else matmul(other, Q)


@public()
def lu(A: Tensor, pivot: bool = True, get_infos: bool = False, out: Any = None) -> Any:
    """Compact LU factors and pivots; see :func:`minitorch_bp.linalg.lu_factor`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.lu(torch.eye(1))[1]
    tensor([1], dtype=torch.int32)
    """
    LU, pivots, info = factorizations.lu_factor_ex(A, pivot=pivot)
    factors = (
        return_type("lu", "LU", "pivots", "infos")(LU, pivots, info) if get_infos else return_type("lu", "LU", "pivots")(LU, pivots)
    )
    return factors


@public()
def lu_solve(b: Tensor, LU_data: Tensor, LU_pivots: Tensor, *, out: Any = None) -> Tensor:
    """See :func:`minitorch_bp.linalg.lu_solve`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.lu_solve(torch.ones(1, 1), *torch.lu(torch.eye(1) * 2))
    tensor([[0.5000]])
    """
    return factorizations.lu_solve(LU_data, LU_pivots, b)


@public("torch")
def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True, *, out: Any = None) -> Any:
    """P, L and U from the compact factors of :func:`minitorch_bp.linalg.lu_factor`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.lu_unpack(*torch.lu(torch.eye(1) * 2)).U
    tensor([[2.]])
    """
    if unpack_pivots and LU_pivots.dtype is not dtypes.int32:
        raise RuntimeError(f"lu_unpack: pivots must be of type torch.int32, but are of type {LU_pivots.dtype!r}")
    from .factorizations import _unpacked

    P, L, U = _unpacked(LU_data, LU_pivots)
    nothing = wrap(np.empty(0, LU_data._array.dtype))
    P = P if unpack_pivots else nothing
    L, U = (L, U) if unpack_data else (nothing, nothing)
    return return_type("lu_unpack", "P", "L", "U")(P, L, U)


@public(aliases=False)
def norm(input: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, *, dtype: Any = None, out: Any = None) -> Tensor:
    r"""The p-norm of the elements, :math:`(\sum_i |x_i|^p)^{1/p}`; the Euclidean norm by default.

    Parameters
    ----------
    input : Tensor
    p : number, inf, -inf or 'fro'
    dim : int or tuple of ints, optional
    keepdim : bool

    Raises
    ------
    NotImplementedError
        For the nuclear norm.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.norm(torch.tensor([3.0, 4.0]))
    tensor(5.)
    """
    check_tensor("norm", input)
    if p == "nuc":
        from .norms import matrix_norm

        return matrix_norm(input, "nuc", (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    if dtype is not None:
        input = input.to(dtype)
    return _vector_norm(input, 2 if p in ("fro", None) else p, dim, keepdim)
