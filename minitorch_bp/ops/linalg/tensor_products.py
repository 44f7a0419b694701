"""The Kronecker product, tensor contraction (tensordot), and the inner product."""

from __future__ import annotations

import math
from typing import Any

from ...core.namespaces import tracked
from .._base import Tensor, one_node, public
from .._shapes import wrap_dim
from .matmul import dot, mm


# ---------------------------------------------------------------------- Kronecker product and contractions
@public()
def kron(input: Tensor, other: Tensor, *, out: Any = None) -> Tensor:
    """The Kronecker product: every element of the first times the whole second, as blocks.

    Parameters
    ----------
    input, other : Tensor

    Returns
    -------
    Tensor
        Of the product of sizes in each dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.kron(torch.tensor([1, 10]), torch.tensor([1, 2]))
    tensor([ 1,  2, 10, 20])
    """
    n = max(input.ndim, other.ndim)
    a, b = ((1,) * (n - t.ndim) + tuple(t.shape) for t in (input, other))
    left = tracked._unsafe_view(input, tuple(k for s in a for k in (s, 1)))
    right = tracked._unsafe_view(other, tuple(k for s in b for k in (1, s)))
    return tracked._unsafe_view(left * right, tuple(x * y for x, y in zip(a, b, strict=True)))


@public("torch", exact=True)
def tensordot(a: Tensor, b: Tensor, dims: Any = 2, *, out: Any = None) -> Tensor:
    """Tensor contraction: the sum of products over pairs of dimensions.

    Parameters
    ----------
    a, b : Tensor
    dims : int or (list of ints, list of ints)
        How many: the last of a and the first of b; or which of each.

    Returns
    -------
    Tensor
        Of the other dimensions of a, then of b.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensordot(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), 1)
    tensor(11.)
    """
    if isinstance(dims, Tensor):
        dims = dims.tolist()
    if isinstance(dims, int):
        if dims < 0 or dims > min(a.ndim, b.ndim):
            raise RuntimeError(f"tensordot: {dims} dimensions can't be summed over in shapes {list(a.shape)} and {list(b.shape)}")
        left, right = list(range(a.ndim - dims, a.ndim)), list(range(dims))
    else:
        left, right = (list(d) if isinstance(d, (list, tuple)) else [d] for d in dims)
    left = [wrap_dim(d, a.ndim, "tensordot") for d in left]
    right = [wrap_dim(d, b.ndim, "tensordot") for d in right]
    if len(left) != len(right) or any(
        a.shape[i] != b.shape[j] and 1 not in (a.shape[i], b.shape[j]) for i, j in zip(left, right, strict=True)
    ):
        raise RuntimeError(f"tensordot: dimensions {left} of {list(a.shape)} and {right} of {list(b.shape)} do not fit")
    for i, j in zip(left, right, strict=True):
        if a.shape[i] != b.shape[j]:
            a, b = (t.sum(d, keepdim=True) if t.shape[d] != 1 else t for t, d in ((a, i), (b, j)))
    free_a = [d for d in range(a.ndim) if d not in left]
    free_b = [d for d in range(b.ndim) if d not in right]
    inner = math.prod(a.shape[d] for d in left)
    rows = a.permute((*free_a, *left)).reshape(math.prod(a.shape[d] for d in free_a), inner)
    columns = b.permute((*right, *free_b)).reshape(inner, math.prod(b.shape[d] for d in free_b))
    return mm(rows, columns).reshape([a.shape[d] for d in free_a] + [b.shape[d] for d in free_b])


@public(exact=True)
def inner(input: Tensor, other: Tensor, *, out: Any = None) -> Tensor:
    """The sum of products over the last dimensions.

    Parameters
    ----------
    input, other : Tensor
        Of one size in the last dimension.

    Returns
    -------
    Tensor
        Of the other dimensions of the first, then of the second.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.inner(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
    tensor(11.)
    """
    if not input.ndim or not other.ndim:
        return input * other
    if input.shape[-1] != other.shape[-1]:
        raise RuntimeError(f"inner: the last sizes of {list(input.shape)} and {list(other.shape)} must be equal")
    if input.ndim == other.ndim == 1:
        return dot(input.permute(0), other.permute(0)).view(())
    return tensordot(input, other, ([-1], [-1]))


@public()
def vdot(input: Tensor, other: Tensor, *, out: Any = None) -> Tensor:
    r"""The inner product of two vectors, the first conjugated: :math:`\sum_i \bar x_i y_i`.

    Parameters
    ----------
    input, other : Tensor of shape (n,)

    Returns
    -------
    Tensor
        Of no dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.vdot(torch.tensor([1j]), torch.tensor([1j]))
    tensor(1.+0.j)
    """
    return one_node("VdotBackward0", dot(input.conj(), other), input, other)
