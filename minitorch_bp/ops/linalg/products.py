"""Products added to a tensor (addmv, addr, addbmm, baddbmm), and the cross product."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, dtypes, primitive, public
from .._composite import is_half, rounded_once
from .._shapes import check_tensor, no_booleans, same_type, wrap_dim
from .matmul import bmm, mv, outer


def _plus(name: str, input: Tensor, product: Tensor, beta: Any, alpha: Any) -> Tensor:
    """``beta input + alpha product``; with beta = 0 the input is ignored, even where it is NaN."""
    check_tensor(name, input)
    same_type(name, input, product)
    if input.ndim > product.ndim or any(
        a not in (1, b) for a, b in zip(reversed(input.shape), reversed(product.shape), strict=False)
    ):
        raise RuntimeError(f"{name}: an input of shape {list(input.shape)} can't be expanded to {list(product.shape)}")
    if not input.dtype.is_floating_point and not input.dtype.is_complex and (isinstance(beta, float) or isinstance(alpha, float)):
        raise RuntimeError(f"{name}: beta and alpha must be integers for a tensor of type {input.dtype!r}")
    scaled = product if alpha == 1 else product * alpha
    if input.dtype is dtypes.bool:
        return input | scaled if beta else scaled
    return (input if beta == 1 else input * beta) + scaled if beta != 0 else scaled + (input * 0).detach().nan_to_num()


@public(inplace=True, node="AddmvBackward0(input, mat, vec)")
def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: Any = 1, alpha: Any = 1, out: Any = None) -> Tensor:
    r"""Add a matrix-vector product: :math:`\beta x + \alpha A v`.

    Parameters
    ----------
    input : Tensor
        The x, broadcastable to (n,).
    mat : Tensor of shape (n, m)
    vec : Tensor of shape (m,)
    beta, alpha : number

    Returns
    -------
    Tensor
        Of shape (n,).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.addmv(torch.ones(2), torch.eye(2), torch.tensor([2.0, 3.0]))
    tensor([3., 4.])
    """
    if is_half(input):
        same_type("addmv", input, mat, vec)
        return rounded_once(addmv, input, mat, vec, beta=beta, alpha=alpha)
    return _plus("addmv", input, mv(mat, vec), beta, alpha)


@public(inplace=True, node="AddrBackward0(input, vec1, vec2)")
def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: Any = 1, alpha: Any = 1, out: Any = None) -> Tensor:
    r"""Add an outer product: :math:`\beta x + \alpha v_1 v_2^T`.

    Parameters
    ----------
    input : Tensor
        The x, broadcastable to (n, m).
    vec1, vec2 : Tensor of shape (n,) and (m,)
    beta, alpha : number

    Returns
    -------
    Tensor
        Of shape (n, m).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.addr(torch.zeros(2, 2), torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
    tensor([[3., 4.],
            [6., 8.]])
    """
    if vec1.ndim != 1 or vec2.ndim != 1:
        raise RuntimeError(f"addr: expected two vectors, but got shapes {list(vec1.shape)} and {list(vec2.shape)}")
    wanted = dtypes.result_dtype([x._array for x in (input, vec1, vec2)])
    if is_half(input):  # numbers and products are rounded one by one
        beta, alpha = (float(np.asarray(number, wanted.numpy)) for number in (beta, alpha))
        vec1, alpha = vec1 * alpha, 1
    return _plus("addr", input.to(wanted), outer(vec1, vec2).to(wanted), beta, alpha)


@public(inplace=True, node="BaddbmmBackward0(input, batch1, batch2)")
def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1, out: Any = None) -> Tensor:
    r"""Add a batch of matrix products: :math:`\beta x_b + \alpha A_b B_b`.

    Parameters
    ----------
    input : Tensor
        The x, broadcastable to (b, n, m).
    batch1, batch2 : Tensor of shape (b, n, k) and (b, k, m)
    beta, alpha : number

    Returns
    -------
    Tensor
        Of shape (b, n, m).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.baddbmm(torch.ones(1, 1, 1), torch.ones(1, 1, 2), torch.ones(1, 2, 1))
    tensor([[[3.]]])
    """
    if is_half(input):
        same_type("baddbmm", input, batch1, batch2)
        return rounded_once(baddbmm, input, batch1, batch2, beta=beta, alpha=alpha)
    return _plus("baddbmm", input, bmm(batch1, batch2), beta, alpha)


@public(inplace=True, node="AddbmmBackward0(input, batch1, batch2)")
def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1, out: Any = None) -> Tensor:
    r"""Add the sum of a batch of matrix products: :math:`\beta x + \alpha \sum_b A_b B_b`.

    Parameters
    ----------
    input : Tensor
        The x, broadcastable to (n, m).
    batch1, batch2 : Tensor of shape (b, n, k) and (b, k, m)
    beta, alpha : number

    Returns
    -------
    Tensor
        Of shape (n, m).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.addbmm(torch.zeros(1, 1), torch.ones(3, 1, 2), torch.ones(3, 2, 1))
    tensor([[6.]])
    """
    if is_half(input):
        same_type("addbmm", input, batch1, batch2)
        return rounded_once(addbmm, input, batch1, batch2, beta=beta, alpha=alpha)
    return _plus("addbmm", input, bmm(batch1, batch2).sum(0), beta, alpha)


@primitive(
    promote="same",
    grad_name="LinalgCrossBackward0",
    input=lambda xp, grad, other, dim: xp._cross(other, grad, dim),
    other=lambda xp, grad, input, dim: xp._cross(grad, input, dim),
)
def _cross(input, other, dim):
    a, b = (np.moveaxis(x, dim, 0) for x in np.broadcast_arrays(input, other))
    parts = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    return np.stack(parts, dim)


@public("linalg", name="cross")
def linalg_cross(input: Tensor, other: Tensor, *, dim: int = -1, out: Any = None) -> Tensor:
    r"""The cross product of vectors: :math:`(a_2 b_3 - a_3 b_2, a_3 b_1 - a_1 b_3, a_1 b_2 - a_2 b_1)`.

    Parameters
    ----------
    input, other : Tensor
        Of as many dimensions, broadcastable, with size 3 along ``dim``.
    dim : int

    Returns
    -------
    Tensor
        Of the broadcast shape and the dtype that both have.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linalg.cross(torch.tensor([1.0, 0.0, 0.0]), torch.tensor([0.0, 1.0, 0.0]))
    tensor([0., 0., 1.])
    """
    same_type("cross", input, other)
    if input.ndim != other.ndim:
        raise RuntimeError(f"cross: shapes {list(input.shape)} and {list(other.shape)} must have as many dimensions")
    same_type("cross", input, other)
    no_booleans("cross", input._array)
    dim = wrap_dim(dim, input.ndim, "cross") - input.ndim
    if input.shape[dim] != 3 or other.shape[dim] != 3:
        raise RuntimeError(
            f"cross: dimension {dim} must have size 3, but the shapes are {list(input.shape)} and {list(other.shape)}"
        )
    return _cross(input, other, dim)


@public()
def cross(input: Tensor, other: Tensor, dim: Any = None, *, out: Any = None) -> Tensor:
    """:func:`minitorch_bp.linalg.cross`, along the first dimension of size 3 unless given.

    Parameters
    ----------
    input, other : Tensor
        Of as many dimensions, broadcastable, with size 3 along ``dim``.
    dim : int, optional

    Returns
    -------
    Tensor
        Of the broadcast shape and the dtype that both have.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cross(torch.tensor([1, 0, 0]), torch.tensor([0, 1, 0]), dim=0)
    tensor([0, 0, 1])
    """
    if dim is None:
        dims = [k for k, n in enumerate(input.shape) if n == 3]
        if not dims:
            raise RuntimeError(f"cross: no dimension of {list(input.shape)} has size 3")
        dim = dims[0]
    result: Tensor = linalg_cross(input, other, dim=dim)
    return result
