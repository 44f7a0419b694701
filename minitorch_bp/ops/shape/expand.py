"""Expanding and repeating: broadcasting as a view, copies side by side, and the sum that undoes a broadcast."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, primitive, public
from .._shapes import as_shape, by_name, check_each


@public("Tensor")
@primitive(view=True, varargs="shape", input=lambda xp, grad: grad)
def expand(input, shape):
    """Repeat along dimensions of size 1 without copying (-1 keeps a size): a read-only view.

    Parameters
    ----------
    input : Tensor
    shape : ints
        May have more dimensions than ``input``, in front.

    Returns
    -------
    Tensor
        A view, in the same memory.

    Raises
    ------
    RuntimeError
        If a size that is not 1 would have to change.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([[1], [2]]).expand(2, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    shape = as_shape(shape)
    old = input.shape
    if not old and (not shape or min(shape) >= 0):  # one number for all, the gradient of a sum or a mean: 0.6 us in place of 2
        out = np.ndarray(shape, input.dtype, np.asarray(input), 0, (0,) * len(shape))
        out.flags.writeable = not shape
        return out
    lead = len(shape) - len(old)
    if lead < 0:
        raise RuntimeError(f"expand: {len(shape)} sizes are fewer than the {len(old)} dimensions of the tensor")
    sizes, strides = [], []
    for k, n in enumerate(shape):
        m = old[k - lead] if k >= lead else 1
        if n == -1 and k < lead:
            raise RuntimeError(f"expand: -1 keeps a size, but dimension {k} of {list(shape)} is new")
        n = m if n == -1 else n
        if m not in (n, 1) or n < 0:
            raise RuntimeError(
                f"expand: shape {list(old)} cannot be expanded to {list(shape)}: dimension {k} has size {m}, not 1 or {n}"
            )
        sizes.append(n)
        strides.append(input.strides[k - lead] if k >= lead and m == n else 0)
    # np.broadcast_to costs 5 us, this 1 us.
    if input.flags.c_contiguous and input.size:
        out = np.ndarray(tuple(sizes), input.dtype, np.asarray(input), 0, tuple(strides))
    else:
        out = np.lib.stride_tricks.as_strided(input, tuple(sizes), tuple(strides))
    if tuple(sizes) != old:
        out.flags.writeable = False
    return out


@public("Tensor")
def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """``input.expand(other.shape)``.

    Parameters
    ----------
    input : Tensor
    other : Tensor

    Returns
    -------
    Tensor
        A view, in the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([1, 2]).expand_as(torch.zeros(2, 2))
    tensor([[1, 2],
            [1, 2]])
    """
    return expand(input, tuple(other._array.shape))


@public()
def broadcast_to(input: Tensor, size: Any) -> Tensor:
    """Expand to a shape: the function of :meth:`Tensor.expand`.

    Parameters
    ----------
    input : Tensor
    size : tuple of ints

    Returns
    -------
    Tensor
        A view, in the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.broadcast_to(torch.tensor([1, 2]), (2, 2))
    tensor([[1, 2],
            [1, 2]])
    """
    return expand(input, as_shape(size))


@public("torch")
def broadcast_tensors(*tensors: Any) -> tuple[Tensor, ...]:
    """All tensors expanded to their common shape.

    Parameters
    ----------
    *tensors : Tensor
        Of broadcastable shapes.

    Returns
    -------
    tuple of Tensors
        Views of one shape.

    Raises
    ------
    RuntimeError
        If the shapes do not broadcast.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> [t.shape for t in torch.broadcast_tensors(torch.zeros(2, 1), torch.zeros(3))]
    [torch.Size([2, 3]), torch.Size([2, 3])]
    """
    check_each("broadcast_tensors", tensors)
    try:
        shape = np.broadcast_shapes(*(t._array.shape for t in tensors))
    except ValueError:
        raise RuntimeError(f"broadcast_tensors: shapes {[list(t._array.shape) for t in tensors]} do not broadcast") from None
    return tuple(t if t._array.shape == shape else expand(t, shape) for t in tensors)


def _repeat_rule(xp: Any, grad: Any, input_shape: Any, repeats: Any) -> Any:
    lead = len(repeats) - len(input_shape)
    sizes = (1,) * lead + tuple(input_shape)
    split = [n for pair in zip(repeats, sizes, strict=True) for n in pair]
    total = xp._sum_over(xp._unsafe_view(grad, tuple(split)), tuple(range(0, len(split), 2)), False) if split else grad
    return xp._unsafe_view(total, tuple(input_shape))


@public("Tensor")
@primitive(varargs="repeats", input=_repeat_rule)
def repeat(input, repeats):
    """Copies side by side, a given number along each dimension (NumPy's ``tile``).

    Parameters
    ----------
    input : Tensor
    repeats : ints
        How often along each dimension; more numbers than dimensions add dimensions in front.

    Returns
    -------
    Tensor
        A copy, of ``input``'s dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    repeats = as_shape(repeats)
    if len(repeats) < input.ndim:
        raise RuntimeError(f"repeat: {len(repeats)} counts were given for a tensor of {input.ndim} dimensions")
    return np.tile(input, repeats)


@public(listed="dims")
def tile(input: Tensor, *dims: Any, **options: Any) -> Tensor:
    """Like :meth:`Tensor.repeat`, with missing counts taken as 1.

    Parameters
    ----------
    input : Tensor
    *dims : ints
        How often along each dimension, counted from the last.

    Returns
    -------
    Tensor
        A copy, of ``input``'s dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tile(torch.tensor([[1, 2]]), (2,))
    tensor([[1, 2, 1, 2]])
    """
    if options:
        dims = by_name("tile", "dims", dims, options)
    counts = as_shape(dims)
    return repeat(input, (1,) * (input._array.ndim - len(counts)) + counts)


@public("Tensor")
def sum_to_size(input: Tensor, *size: Any) -> Tensor:
    """Sum over the dimensions that were broadcast from a given shape.

    Parameters
    ----------
    input : Tensor
    *size : ints
        A shape that broadcasts to ``input``'s.

    Returns
    -------
    Tensor
        Of shape ``size``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(2, 3).sum_to_size(1, 3)
    tensor([[2., 2., 2.]])
    """
    wanted = as_shape(size)
    lead = input.ndim - len(wanted)
    if lead < 0 or any(a not in (1, b) for a, b in zip(wanted, input.shape[lead:], strict=True)):
        raise RuntimeError(f"sum_to_size: a tensor of shape {list(input.shape)} can't be summed to {list(wanted)}")
    dims = tuple(range(lead)) + tuple(k + lead for k, n in enumerate(wanted) if n == 1 and input.shape[k + lead] != 1)
    summed = input.sum(dims, keepdim=True) if dims else input
    return summed.reshape(wanted) if lead else summed
