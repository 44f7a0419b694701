"""The same elements turned round, and tensors with at least so many dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.device import Size
from .._base import Tensor, public
from .._shapes import wrap_dim
from .view import flip


# ---------------------------------------------------------------------- turned and flipped
@public()
def fliplr(input: Tensor) -> Tensor:
    """Columns in reverse order.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fliplr(torch.tensor([[1, 2]]))
    tensor([[2, 1]])
    """
    if input.ndim < 2:
        raise RuntimeError(f"fliplr: expected at least 2 dimensions, but got shape {list(input.shape)}")
    return flip(input, (1,))


@public()
def flipud(input: Tensor) -> Tensor:
    """Rows in reverse order.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.flipud(torch.tensor([1, 2]))
    tensor([2, 1])
    """
    if input.ndim < 1:
        raise RuntimeError("flipud: expected at least one dimension")
    return flip(input, (0,))


@public()
def rot90(input: Tensor, k: int = 1, dims: Any = (0, 1)) -> Tensor:
    """Turned by 90 degrees, k times, from the first of two dimensions towards the second.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.rot90(torch.tensor([[1, 2], [3, 4]]))
    tensor([[2, 4],
            [1, 3]])
    """
    if len(dims) != 2:
        raise RuntimeError(f"rot90: expected 2 dimensions, but got {len(dims)}")
    if input.ndim < 2:
        raise RuntimeError(f"rot90: expected at least 2 dimensions, but got shape {list(input.shape)}")
    a, b = (wrap_dim(d, input.ndim, "rot90") for d in dims)
    if a == b:
        raise RuntimeError(f"rot90: the dimensions must differ, but are {tuple(dims)}")
    k %= 4
    if k == 1:
        return flip(input, (b,)).transpose(a, b)
    if k == 3:
        return flip(input, (a,)).transpose(a, b)
    return flip(input, (a, b)) if k else input.clone()


# ---------------------------------------------------------------------- dimensions
def _each(function: Any, tensors: Any) -> Any:
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors
    found = tuple(function(t) for t in given)
    return found if len(tensors) > 1 or given is not tensors else found[0]


@public("torch")
def atleast_1d(*tensors: Any) -> Any:
    """A 0-d tensor with one dimension, others as they are.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.atleast_1d(torch.tensor(1))
    tensor([1])
    """
    return _each(lambda t: t.reshape(1) if not t.ndim else t, tensors)


@public("torch")
def atleast_2d(*tensors: Any) -> Any:
    """At least two dimensions, new ones in front.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.atleast_2d(torch.tensor([1, 2]))
    tensor([[1, 2]])
    """
    return _each(lambda t: t.reshape(1, 1) if not t.ndim else t.unsqueeze(0) if t.ndim == 1 else t, tensors)


@public("torch")
def atleast_3d(*tensors: Any) -> Any:
    """At least three dimensions; the last is new for a matrix.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.atleast_3d(torch.tensor([1, 2])).shape
    torch.Size([1, 2, 1])
    """
    return _each(
        lambda t: atleast_2d(t).unsqueeze(-1) if t.ndim == 2 else atleast_2d(t).unsqueeze(-1) if t.ndim < 2 else t, tensors
    )


@public("torch")
def broadcast_shapes(*shapes: Any) -> Any:
    """The shape that all broadcast to.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.broadcast_shapes((2, 1), (3,))
    torch.Size([2, 3])
    """
    try:
        return Size(np.broadcast_shapes(*((s,) if isinstance(s, int) else tuple(s) for s in shapes)))
    except ValueError as error:
        raise RuntimeError(f"broadcast_shapes: {error}") from None
