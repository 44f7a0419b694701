"""Determinants, inverses, powers, QR and SVD under their names in ``torch``, beside those in ``torch.linalg``."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, public, wrap
from .._composite import is_half, rounded_once
from .._return_types import return_type
from .._shapes import check_tensor, least_ndim, same_type
from ..pointwise.compare import where
from ..reduction.norms import _vector_norm
from ..shape.constant_pad import _pad
from . import applications, factorizations, systems
from .matmul import matmul
from .norms import matrix_norm


@public(exact=True)
def det(input: Tensor, *, out: Any = None) -> Tensor:
    """The determinant; see :func:`minitorch_bp.linalg.det`.

    Parameters
    ----------
    input : Tensor of shape (..., n, n)

    Returns
    -------
    Tensor
        Of shape (...).

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

    Parameters
    ----------
    input : Tensor of shape (..., n, n)

    Returns
    -------
    Tensor
        Of shape (...).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.logdet(torch.eye(2))
    tensor(0.)
    """
    sign, size = systems.slogdet(input)
    if input.dtype.is_complex:
        return sign.log() + size
    return where(sign < 0, wrap(np.asarray(np.nan, size._array.dtype)), size)


@public(node="LinalgSlogdetBackward0(input)")
def slogdet(input: Tensor, *, out: Any = None) -> Any:
    """Sign and logarithm of the absolute determinant; see :func:`minitorch_bp.linalg.slogdet`.

    Parameters
    ----------
    input : Tensor of shape (..., n, n)

    Returns
    -------
    (Tensor, Tensor)
        A named tuple ``(sign, logabsdet)``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.slogdet(torch.eye(2)).sign
    tensor(1.)
    """
    return return_type("slogdet", "sign", "logabsdet")(*systems.slogdet(input))


@public(exact=True)
def inverse(input: Tensor, *, out: Any = None) -> Tensor:
    """The inverse; see :func:`minitorch_bp.linalg.inv`.

    Parameters
    ----------
    input : Tensor of shape (..., n, n)

    Returns
    -------
    Tensor
        Of the same shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.inverse(torch.eye(2) * 2)
    tensor([[0.5000, 0.0000],
            [0.0000, 0.5000]])
    """
    return systems.inv(input)


@public(node="LinalgPinvBackward0(input)")
def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """The pseudoinverse; see :func:`minitorch_bp.linalg.pinv`.

    Parameters
    ----------
    input : Tensor of shape (..., m, n)
    rcond : float
        The relative tolerance.

    Returns
    -------
    Tensor
        Of shape (..., n, m).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.pinverse(torch.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """
    return applications.pinv(input, rtol=rcond)


@public()
def matrix_power(input: Tensor, n: int, *, out: Any = None) -> Tensor:
    """The n-th power of a matrix; see :func:`minitorch_bp.linalg.matrix_power`.

    Parameters
    ----------
    input : Tensor of shape (..., m, m)
    n : int

    Returns
    -------
    Tensor
        Of the same shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.matrix_power(torch.eye(1) * 2, 3)
    tensor([[8.]])
    """
    return systems.matrix_power(input, n)


@public()
def matrix_exp(input: Tensor) -> Tensor:
    """The matrix exponential; see :func:`minitorch_bp.linalg.matrix_exp`.

    Parameters
    ----------
    input : Tensor of shape (..., n, n)

    Returns
    -------
    Tensor
        Of the same shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.matrix_exp(torch.zeros(1, 1))
    tensor([[1.]])
    """
    if is_half(input):
        return rounded_once(matrix_exp, input)
    return systems.matrix_exp(input)


@public()
def qr(input: Tensor, some: bool = True, *, out: Any = None) -> Any:
    """The QR factorization; see :func:`minitorch_bp.linalg.qr`.

    Parameters
    ----------
    input : Tensor of shape (..., m, n)
    some : bool
        Whether Q has min(m, n) columns, else m.

    Returns
    -------
    (Tensor, Tensor)
        A named tuple ``(Q, R)``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.qr(torch.tensor([[3.0], [4.0]])).R
    tensor([[-5.]])
    """
    return return_type("qr", "Q", "R")(*factorizations.qr(input, "reduced" if some else "complete"))


@public()
def svd(input: Tensor, some: bool = True, compute_uv: bool = True, *, out: Any = None) -> Any:
    """The singular value decomposition with V, not its transpose; see :func:`minitorch_bp.linalg.svd`.

    Parameters
    ----------
    input : Tensor of shape (..., m, n)
    some : bool
        Whether U and V have min(m, n) columns, else they are square.
    compute_uv : bool
        If false, U and V are zeros.

    Returns
    -------
    (Tensor, Tensor, Tensor)
        A named tuple ``(U, S, V)``.

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
    """The QR factorization in LAPACK's form: R above, Householder vectors below the diagonal, and their factors tau.

    Parameters
    ----------
    input : Tensor of shape (..., m, n)

    Returns
    -------
    (Tensor, Tensor)
        A named tuple ``(a, tau)``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.geqrf(torch.tensor([[3.0], [4.0]])).tau
    tensor([1.6000])
    """
    x = input._array
    least_ndim("geqrf", 2, x)
    h, tau = np.linalg.qr(x, "raw")
    return return_type("geqrf", "a", "tau")(wrap(np.ascontiguousarray(np.swapaxes(h, -1, -2))), wrap(tau))


@public()
def orgqr(input: Tensor, tau: Tensor, *, out: Any = None) -> Tensor:
    """The Q of :func:`geqrf`; see :func:`minitorch_bp.linalg.householder_product`.

    Parameters
    ----------
    input, tau : Tensor
        From :func:`geqrf`.

    Returns
    -------
    Tensor
        Of the shape of ``input``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.orgqr(torch.tensor([[1.0], [2.0]]), torch.tensor([0.4]))
    tensor([[ 0.6000],
            [-0.8000]])
    """
    return factorizations.householder_product(input, tau)


@public(node="OrmqrBackward0(input, tau, other)")
def ormqr(input: Tensor, tau: Tensor, other: Tensor, left: bool = True, transpose: bool = False, *, out: Any = None) -> Tensor:
    """Multiply a matrix by the square Q of :func:`geqrf`.

    Parameters
    ----------
    input, tau : Tensor
        From :func:`geqrf`.
    other : Tensor
        The matrix.
    left : bool
        Q on the left, else on the right.
    transpose : bool
        With the conjugate transpose of Q.

    Returns
    -------
    Tensor
        Of the shape of ``other``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ormqr(torch.tensor([[1.0], [0.0]]), torch.tensor([2.0]), torch.tensor([[1.0], [0.0]]))
    tensor([[-1.],
            [ 0.]])
    """
    if input.ndim < 2 or other.ndim < 2:
        raise RuntimeError(f"ormqr: expected matrices, but got shapes {list(input.shape)} and {list(other.shape)}")
    m, n = input.shape[-2:]
    if tau.ndim != input.ndim - 1 or other.ndim != input.ndim or tau.shape[-1] > n or tau.shape[-1] > m:
        raise RuntimeError(f"ormqr: shapes {list(input.shape)}, {list(tau.shape)} and {list(other.shape)} do not fit together")
    if other.shape[-2 if left else -1] != m or tuple(other.shape[:-2]) != tuple(input.shape[:-2]):
        raise RuntimeError(f"ormqr: shapes {list(input.shape)} and {list(other.shape)} do not fit together")
    same_type("ormqr", input, tau, other)
    square = _pad(input, (0,) * input.ndim, (0,) * (input.ndim - 1) + (m - n,), 0.0)
    Q = factorizations.householder_product(square, tau)
    Q = Q.mH if transpose else Q
    return matmul(Q, other) if left else matmul(other, Q)


@public(aliases=False, exact=True)
def norm(input: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, *, dtype: Any = None, out: Any = None) -> Tensor:
    r"""The p-norm of the elements, :math:`(\sum_i |x_i|^p)^{1/p}`; the Euclidean norm by default.

    Parameters
    ----------
    input : Tensor
    p : number, inf, -inf, 'fro' or 'nuc'
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this type first.

    Returns
    -------
    Tensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.norm(torch.tensor([3.0, 4.0]))
    tensor(5.)
    """
    check_tensor("norm", input)
    if p == "nuc":
        return matrix_norm(input, "nuc", (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    if dtype is not None:
        input = input.to(dtype)
    return _vector_norm(input, 2 if p in ("fro", None) else p, dim, keepdim)
