"""Matrix products: the lecture's MatrixVectorMult node and its Linear building block.

For ``C = A B`` the gradients are ``dA = dC Bᵀ`` and ``dB = Aᵀ dC``: each factor's gradient is the incoming one times the
*other* factor, transposed. Everything here is that rule with the shapes worked out.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core.view import requires_grad
from .._base import Tensor, operators, primitive, public, shown_as
from .._shapes import check_tensor, no_booleans
from ..shape.view import _unsafe_view


def _check_pair(name: str, a: np.ndarray, b: np.ndarray, ndims: tuple[int, int], inner: tuple[int, int]) -> None:
    if a.dtype is b.dtype and (a.ndim, b.ndim) == ndims and a.shape[inner[0]] == b.shape[inner[1]] and a.dtype.kind != "b":
        return
    if (a.ndim, b.ndim) != ndims:
        raise RuntimeError(f"{name}: expected tensors of {ndims[0]} and {ndims[1]} dimensions, but got {a.ndim} and {b.ndim}")
    if a.dtype != b.dtype:
        raise RuntimeError(f"{name}: both tensors must have one dtype, but got torch.{a.dtype} and torch.{b.dtype}")
    no_booleans(name, a)
    if a.shape[inner[0]] != b.shape[inner[1]]:
        raise RuntimeError(
            f"{name}: shapes {list(a.shape)} and {list(b.shape)} cannot be multiplied: the inner sizes "
            f"{a.shape[inner[0]]} and {b.shape[inner[1]]} must be equal"
        )


@primitive(
    grad_name="MmBackward0",
    input=lambda xp, grad, mat2: xp._mm(grad, xp.t(mat2)),
    mat2=lambda xp, grad, input: xp._mm(xp.t(input), grad),
)
def _mm(input, mat2):
    return input.dot(mat2)


@public(exact=True)
def mm(input: Tensor, mat2: Tensor, *, out: Any = None) -> Tensor:
    r"""The product of two matrices, :math:`C_{ij} = \sum_k A_{ik} B_{kj}`.

    Parameters
    ----------
    input : Tensor of shape (n, k)
    mat2 : Tensor of shape (k, m)

    Returns
    -------
    Tensor
        Of shape (n, m).

    Raises
    ------
    RuntimeError
        If they are not matrices, the inner sizes differ, or the dtypes do.

    See Also
    --------
    minitorch_bp.matmul : For any number of dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.mm(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0], [4.0]]))
    tensor([[11.]])
    """
    check_tensor("mm", input)
    check_tensor("mm", mat2, "mat2")
    _check_pair("mm", input._array, mat2._array, (2, 2), (1, 0))
    return _mm(input, mat2)


@public()
@primitive(
    input=lambda xp, grad, vec: xp.unsqueeze(grad, 1) * vec,
    vec=lambda xp, grad, input: xp.mv(xp.t(input), grad),
)
def mv(input, vec):
    r"""The product of a matrix and a vector, :math:`y_i = \sum_j A_{ij} x_j`.

    Parameters
    ----------
    input : Tensor of shape (n, m)
    vec : Tensor of shape (m,)

    Returns
    -------
    Tensor
        Of shape (n,).

    See Also
    --------
    minitorch_bp.matmul : For any number of dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.mv(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([1.0, 1.0]))
    tensor([3., 7.])
    """
    _check_pair("mv", input, vec, (2, 1), (1, 0))
    return input.dot(vec)


@public()
@primitive(input=lambda xp, grad, tensor: grad * tensor, tensor=lambda xp, grad, input: grad * input)
def dot(input, tensor):
    r"""The inner product of two vectors, :math:`\sum_i x_i y_i`.

    Parameters
    ----------
    input, tensor : Tensor of shape (n,)

    Returns
    -------
    Tensor
        Of no dimensions.

    See Also
    --------
    minitorch_bp.vdot : With the conjugate of the first.
    minitorch_bp.outer : All products.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.dot(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
    tensor(11.)
    """
    _check_pair("dot", input, tensor, (1, 1), (0, 0))
    return input.dot(tensor)


@public()
@primitive(
    input=lambda xp, grad, mat2: xp.bmm(grad, xp.transpose(mat2, 1, 2)),
    mat2=lambda xp, grad, input: xp.bmm(xp.transpose(input, 1, 2), grad),
)
def bmm(input, mat2):
    """The matrix products of two batches, :math:`C_b = A_b B_b`.

    Parameters
    ----------
    input : Tensor of shape (b, n, k)
    mat2 : Tensor of shape (b, k, m)

    Returns
    -------
    Tensor
        Of shape (b, n, m).

    See Also
    --------
    minitorch_bp.matmul : For any number of dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.bmm(torch.ones(5, 2, 3), torch.ones(5, 3, 4)).shape
    torch.Size([5, 2, 4])
    """
    _check_pair("bmm", input, mat2, (3, 3), (2, 1))
    if input.shape[0] != mat2.shape[0]:
        raise RuntimeError(f"bmm: the batch sizes must be equal, but are {input.shape[0]} and {mat2.shape[0]}")
    return np.matmul(input, mat2).astype(input.dtype, copy=False)  # bfloat16 comes out as float32


@public("torch", "Tensor", "linalg", exact=True)
def matmul(input: Tensor, other: Tensor, *, out: Any = None) -> Tensor:
    """The matrix product for any numbers of dimensions: vectors, matrices, and batches of them that broadcast.

    Parameters
    ----------
    input, other : Tensor
        Of one dtype.

    Returns
    -------
    Tensor
        Of the broadcast batch shape and the outer sizes; a vector's dimension is dropped.

    Raises
    ------
    RuntimeError
        If an operand is 0-d, the inner sizes differ, or the batches do not broadcast.

    See Also
    --------
    minitorch_bp.einsum : By the names of dimensions.
    minitorch_bp.mm : Of two matrices.
    minitorch_bp.bmm : Of two batches of matrices.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.matmul(torch.ones(4, 2, 3), torch.ones(3)).shape
    torch.Size([4, 2])
    """
    check_tensor("matmul", input)
    check_tensor("matmul", other, "other")
    return _matmul(input, other)


@operators("matmul")
def _matmul_operator(self: Any, other: Any) -> Any:
    return _matmul(self, other) if isinstance(other, Tensor) else NotImplemented


@operators("rmatmul")
def _reflected_matmul_operator(self: Any, other: Any) -> Any:
    return _matmul(other, self) if isinstance(other, Tensor) else NotImplemented


def _matmul(input: Tensor, other: Tensor) -> Tensor:
    a, b = input._array.ndim, other._array.ndim
    if a == 2 and b == 2:
        return mm(input, other)
    if a == 0 or b == 0:
        raise RuntimeError(f"matmul: both tensors need at least 1 dimension, but they have {a} and {b}")
    if a == 1 and b == 1:
        return dot(input, other)
    if a == 2 and b == 1:
        return mv(input, other)
    if a == 1 and b == 2:
        return shown_as(_matmul(input.unsqueeze(0), other).squeeze(-2), "SqueezeBackward4")
    if a == 3 and b == 3 and (input._array.shape[0] == 1) != (other._array.shape[0] == 1):  # one matrix for all of the batch
        if input._array.shape[0] == 1 and requires_grad(input):
            return _matmul(input.squeeze(0), other)
        if other._array.shape[0] == 1 and requires_grad(other):
            return _matmul(input, other.squeeze(0))
    if a <= 2 or b <= 2:
        large, small = (input, other) if a > b else (other.transpose(-1, -2), input if a == 1 else input.t())
        if _folds(large, small, a):
            out = _folded(large, small)
            return out if a > b or a == 1 else out.transpose(-1, -2).contiguous()
    if a == 1:
        product, shape = _batched(input.unsqueeze(0), other)
        return _unsafe_view(product, (*shape[:-2], shape[-1]))
    if b == 1:
        product, shape = _batched(input, other.unsqueeze(1))
        return _unsafe_view(product.squeeze(-1), shape[:-1])
    return _unsafe_view(*_batched(input, other))


def _folds(large: Tensor, small: Tensor, first: int) -> bool:
    """Whether all rows of a batch are multiplied at once: for the gradient of the matrix that they share, which else would be one for
    each of the batch; without it, where the rows of the batch (the operand with more than two dimensions, if it is the first) follow
    one another in memory. So PyTorch decides, and the graph shows it."""
    if requires_grad(small):
        return True
    if first == 2:
        return False
    array = large._array
    return not array.size or all(array.strides[d] == array.strides[d + 1] * array.shape[d + 1] for d in range(array.ndim - 2))


def _folded(large: Tensor, small: Tensor) -> Tensor:
    """One large product instead of a batch of small ones."""
    shape = large._array.shape
    rows = large.reshape(math.prod(shape[:-1]), shape[-1])
    if small._array.ndim == 1:
        return _unsafe_view(mv(rows, small), shape[:-1])
    return _unsafe_view(mm(rows, small), (*shape[:-1], small._array.shape[1]))


def _batched(input: Tensor, other: Tensor) -> tuple[Tensor, tuple[int, ...]]:
    """A product for each of the batch, one after the other, and the shape that they have together."""
    batch_a, batch_b = input._array.shape[:-2], other._array.shape[:-2]
    try:
        batch = np.broadcast_shapes(batch_a, batch_b)
    except ValueError:
        raise RuntimeError(
            f"matmul: the batch dimensions of shapes {list(input.shape)} and {list(other.shape)} do not broadcast"
        ) from None
    n, k, m = input._array.shape[-2], input._array.shape[-1], other._array.shape[-1]
    many = math.prod(batch)
    left = input.expand(*batch, n, k).reshape(many, n, k)
    right = other.expand((*batch, *other._array.shape[-2:])).reshape(many, *other._array.shape[-2:])
    return bmm(left, right), (*batch, n, m)


@public(inplace=True)
@primitive(
    input=lambda xp, grad, beta: grad * beta if beta != 1 else grad,
    mat1=lambda xp, grad, mat2, alpha: xp._mm(grad, xp.t(mat2)) * alpha if alpha != 1 else xp._mm(grad, xp.t(mat2)),
    mat2=lambda xp, grad, mat1, alpha: xp._mm(xp.t(mat1), grad) * alpha if alpha != 1 else xp._mm(xp.t(mat1), grad),
)
def addmm(input, mat1, mat2, beta=1, alpha=1):
    """A matrix product added to a tensor: ``beta * input + alpha * (mat1 @ mat2)``.

    Parameters
    ----------
    input : Tensor
        Broadcastable to (n, m).
    mat1 : Tensor of shape (n, k)
    mat2 : Tensor of shape (k, m)
    beta, alpha : number

    Returns
    -------
    Tensor
        Of shape (n, m).

    See Also
    --------
    minitorch_bp.mm : The product alone.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.addmm(torch.ones(2), torch.eye(2), torch.eye(2))
    tensor([[2., 1.],
            [1., 2.]])
    """
    if input.dtype != mat1.dtype:
        raise RuntimeError(f"addmm: all tensors must have one dtype, but got torch.{input.dtype} and torch.{mat1.dtype}")
    _check_pair("addmm", mat1, mat2, (2, 2), (1, 0))
    if mat1.dtype.kind in "iu":
        beta, alpha = int(beta), int(alpha)
    out = mat1.dot(mat2)
    if alpha != 1:
        out = out * alpha
    return out + (input if beta == 1 else input * beta) if beta != 0 else out


@public(names=["ger"])
def outer(input: Tensor, vec2: Tensor, *, out: Any = None) -> Tensor:
    """The outer product of two vectors, :math:`C_{ij} = x_i y_j`.

    Parameters
    ----------
    input : Tensor of shape (n,)
    vec2 : Tensor of shape (m,)

    Returns
    -------
    Tensor
        Of shape (n, m).

    See Also
    --------
    minitorch_bp.dot : The sum of the products of equal places.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.outer(torch.tensor([1, 2]), torch.tensor([3, 4]))
    tensor([[3, 4],
            [6, 8]])
    """
    if input._array.ndim != 1 or vec2._array.ndim != 1:
        raise RuntimeError(f"outer: expected two vectors, but got {input._array.ndim} and {vec2._array.ndim} dimensions")
    return input.view(-1, 1) * vec2
