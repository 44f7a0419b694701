"""Shapes: view and reshape, the order of dimensions, dimensions of size 1. All are views where possible.

A view primitive's kernel returns a NumPy view; ``view=True`` makes the tensor a view too (see ``core.view``). The rule of
a reshaping is the opposite reshaping.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._base import Tensor, attach, primitive, public, shown_as
from .._shapes import as_shape, by_name, check_tensor, least_ndim, wrap_dim, wrap_dims
from .copies import clone, contiguous
from .view_types import view_as_dtype


def _resolve(shape: Any, size: int) -> tuple[int, ...]:
    """Fill in a -1."""
    shape = as_shape(shape)
    if -1 in shape:
        known = -math.prod(shape)
        if shape.count(-1) > 1 or known < 0 or min(shape) < -1:
            raise RuntimeError(f"only one dimension of shape {list(shape)} can be inferred: at most one -1 may be given")
        if known == 0 and size == 0:
            raise RuntimeError(f"shape {list(shape)} is ambiguous for a tensor of 0 elements: the -1 could be anything")
        shape = tuple(size // max(known, 1) if n == -1 else n for n in shape)
    if math.prod(shape) != size or (shape and min(shape) < 0):
        raise RuntimeError(f"shape {list(shape)} is invalid for a tensor of {size} elements: the sizes must multiply to {size}")
    return shape


def _view_or_none(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray | None:
    """Reshape without copying, or None where the strides do not allow it."""
    out = x.reshape(shape)
    if x.flags.c_contiguous or out.base is x or (out.base is not None and out.base is x.base) or not x.size:
        return out
    return None


@primitive(view=True, grad_name="ViewBackward0", input=lambda xp, grad, input_shape: xp._unsafe_view(grad, input_shape))
def _view(input, shape):
    out = _view_or_none(input, _resolve(shape, input.size))
    if out is None:
        raise RuntimeError(
            f"view: a tensor of shape {list(input.shape)} with this memory layout cannot be seen as {list(shape)} without "
            "copying. Use reshape(), which copies if it must"
        )
    return out


@primitive(grad_name="UnsafeViewBackward0", input=lambda xp, grad, input_shape: xp._unsafe_view(grad, input_shape))
def _unsafe_view(input, shape):
    return input.reshape(shape)


@public("Tensor")
def view(input: Tensor, *shape: Any, dtype: Any = None, **options: Any) -> Tensor:
    """View the same memory in another shape (one size may be -1), or as another dtype of the same size.

    Parameters
    ----------
    input : Tensor
    *shape : ints or dtype
    dtype : dtype, optional
        The dtype to read the bytes as.

    Returns
    -------
    Tensor
        A view, in the same memory.

    Raises
    ------
    RuntimeError
        If the sizes do not multiply to the number of elements, or the layout would need a copy.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.arange(6).view(2, -1)
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    if options:
        shape = by_name("view", "size", shape, options)
    if not shape or (len(shape) == 1 and not isinstance(shape[0], (int, np.integer, tuple, list, Tensor))):
        return view_as_dtype(input, shape[0] if shape else dtype)
    return _view(input, as_shape(shape))


@public("Tensor")
def view_as(input: Tensor, other: Tensor) -> Tensor:
    """``input.view(other.shape)``.

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
    >>> torch.arange(4).view_as(torch.zeros(2, 2))
    tensor([[0, 1],
            [2, 3]])
    """
    return _view(input, tuple(other._array.shape))


@public(listed="shape")
def reshape(input: Tensor, *shape: Any, **options: Any) -> Tensor:
    """The same elements in another shape: a view where possible, a copy where not.

    Parameters
    ----------
    input : Tensor
    *shape : ints
        One may be -1 and is inferred.

    Returns
    -------
    Tensor
        Of ``input``'s dtype.

    Raises
    ------
    RuntimeError
        If the sizes do not multiply to the number of elements.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.reshape(torch.arange(4), (2, 2))
    tensor([[0, 1],
            [2, 3]])
    """
    check_tensor("reshape", input)
    if options:
        shape = by_name("reshape", "shape", shape, options)
    elif not shape:
        raise TypeError("reshape() needs the new shape: x.reshape(-1), or x.reshape(()) for no dimensions")
    wanted = _resolve(as_shape(shape), input._array.size)
    if _view_or_none(input._array, wanted) is not None:
        view = _view(input, wanted)
        return view if input._array.flags.c_contiguous else shown_as(view, "ReshapeAliasBackward0")
    return _unsafe_view(clone(input, contiguous=True), wanted)


@public("Tensor")
def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """``input.reshape(other.shape)``.

    Parameters
    ----------
    input : Tensor
    other : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.arange(4).reshape_as(torch.zeros(2, 2))
    tensor([[0, 1],
            [2, 3]])
    """
    return reshape(input, other.shape)


@public()
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Merge the dimensions from ``start_dim`` to ``end_dim`` into one.

    Parameters
    ----------
    input : Tensor
    start_dim, end_dim : int
        Both included.

    Returns
    -------
    Tensor
        A view where possible.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.flatten(torch.zeros(2, 3, 4), 1).shape
    torch.Size([2, 12])
    """
    check_tensor("flatten", input)
    shape = input._array.shape
    start, end = wrap_dim(start_dim, len(shape), "flatten"), wrap_dim(end_dim, len(shape), "flatten")
    if start > end:
        raise RuntimeError(f"flatten: start_dim {start_dim} comes after end_dim {end_dim}")
    if start == end and shape:
        return input
    return reshape(input, (*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))


@public()
def ravel(input: Tensor) -> Tensor:
    """All elements in one dimension: a view of a contiguous tensor, else a copy.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of one dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ravel(torch.tensor([[1, 2], [3, 4]]))
    tensor([1, 2, 3, 4])
    """
    return reshape(contiguous(input), -1)


@public()
def unflatten(input: Tensor, dim: int, sizes: Any) -> Tensor:
    """Split one dimension into several.

    Parameters
    ----------
    input : Tensor
    dim : int
    sizes : tuple of ints
        One may be -1 and is inferred.

    Returns
    -------
    Tensor
        A view, in the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.unflatten(torch.zeros(2, 12), 1, (3, -1)).shape
    torch.Size([2, 3, 4])
    """
    shape = input._array.shape
    dim = wrap_dim(dim, len(shape), "unflatten")
    least_ndim("unflatten", 1, input)
    if not sizes:
        raise RuntimeError(f"unflatten: no sizes are given for dimension {dim} of shape {list(shape)}")
    return view(input, (*shape[:dim], *_resolve(sizes, shape[dim]), *shape[dim + 1 :]))


# ---------------------------------------------------------------------- order of dimensions
@public(listed="dims")
@primitive(view=True, varargs="dims", input=lambda xp, grad, dims: xp.permute(grad, _inverse(dims)))
def permute(input, dims):
    """Reorder the dimensions.

    Parameters
    ----------
    input : Tensor
    dims : tuple of ints
        The dimensions of ``input`` in their new order.

    Returns
    -------
    Tensor
        A view, in the same memory.

    Raises
    ------
    RuntimeError
        Unless ``dims`` names each dimension once.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.permute(torch.zeros(2, 3, 4), (2, 0, 1)).shape
    torch.Size([4, 2, 3])
    """
    if len(dims) != input.ndim:
        raise RuntimeError(f"permute: {len(dims)} dimensions were given for a tensor of {input.ndim}")
    return input.transpose(wrap_dims(dims, input.ndim, "permute"))


def _inverse(dims: Any) -> tuple[int, ...]:
    dims = [d % len(dims) for d in dims]
    return tuple(dims.index(k) for k in range(len(dims)))


@public(inplace="view", names=["swapaxes", "swapdims"])
@primitive(view=True, input=lambda xp, grad, dim0, dim1: xp.transpose(grad, dim0, dim1))
def transpose(input, dim0, dim1):
    """Exchange two dimensions.

    Parameters
    ----------
    input : Tensor
    dim0, dim1 : int

    Returns
    -------
    Tensor
        A view, in the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.transpose(torch.zeros(2, 3), 0, 1).shape
    torch.Size([3, 2])
    """
    dim0, dim1 = wrap_dim(dim0, input.ndim, "transpose"), wrap_dim(dim1, input.ndim, "transpose")
    return input.swapaxes(dim0, dim1) if input.ndim else input.view()


@public(inplace="view")
@primitive(view=True, grad_name="TBackward0", input=lambda xp, grad: xp.t(grad))
def t(input):
    """Transpose a matrix; a vector stays as it is.

    Parameters
    ----------
    input : Tensor
        Of up to two dimensions.

    Returns
    -------
    Tensor
        A view, in the same memory.

    Raises
    ------
    RuntimeError
        For a tensor of more than two dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.t(torch.tensor([[1, 2], [3, 4]]))
    tensor([[1, 3],
            [2, 4]])
    """
    if input.ndim > 2:
        raise RuntimeError(f"t() expects at most 2 dimensions, but got {input.ndim}: use transpose or mT")
    return input.T


@public(names=["moveaxis"])
def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """Move dimensions to other positions, keeping the order of the rest.

    Parameters
    ----------
    input : Tensor
    source, destination : int or tuple of ints

    Returns
    -------
    Tensor
        A view, in the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.movedim(torch.zeros(2, 3, 4), 0, 2).shape
    torch.Size([3, 4, 2])
    """
    ndim = input._array.ndim
    src, dst = wrap_dims(source, ndim, "movedim"), wrap_dims(destination, ndim, "movedim")
    if isinstance(source, int) != isinstance(destination, int):
        raise TypeError("movedim(): source and destination must both be ints, or both be tuples of ints")
    if len(src) != len(dst):
        raise RuntimeError(f"movedim: {len(src)} source but {len(dst)} destination dimensions were given")
    order = [d for d in range(ndim) if d not in src]
    if not ndim:
        return input.view(())
    for d, s in sorted(zip(dst, src, strict=True)):
        order.insert(d, s)
    return permute(input, tuple(order))


def reversed_dims(input: Tensor) -> Tensor:
    """All dimensions in reverse order (``x.T``).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(2, 3).T.shape
    torch.Size([3, 2])
    """
    return permute(input, tuple(range(input._array.ndim))[::-1])


def matrix_transpose(input: Tensor) -> Tensor:
    """The last two dimensions exchanged (``x.mT``).

    Raises
    ------
    RuntimeError
        For a vector.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(4, 2, 3).mT.shape
    torch.Size([4, 3, 2])
    """
    if input._array.ndim == 0:
        return input
    if input._array.ndim < 2:
        raise RuntimeError(f"mT needs at least 2 dimensions, but the tensor has {input._array.ndim}")
    return transpose(input, -2, -1)


# ---------------------------------------------------------------------- dimensions of size 1
@public(inplace="view")
@primitive(
    view=True,
    grad_name=lambda node: (
        f"SqueezeBackward{0 if node.reads('dim') is None else 2 if isinstance(node.reads('dim'), (tuple, list)) else 1}"
    ),
    input=lambda xp, grad, input_shape, dim: xp._unsafe_view(grad, input_shape),
)
def squeeze(input, dim=None):
    """Remove the dimensions of size 1 (or only ``dim``, if its size is 1).

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints, optional
        All dimensions by default.

    Returns
    -------
    Tensor
        A view, in the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.squeeze(torch.zeros(1, 3, 1)).shape
    torch.Size([3])
    """
    if dim is None:
        return input.squeeze()
    dims = wrap_dims(dim, input.ndim, "squeeze")
    return input.squeeze(tuple(d for d in dims if input.ndim and input.shape[d] == 1))


@public(inplace="view")
@primitive(view=True, input=lambda xp, grad, input_shape: xp._unsafe_view(grad, input_shape))
def unsqueeze(input, dim):
    """Insert a dimension of size 1.

    Parameters
    ----------
    input : Tensor
    dim : int
        Where the new dimension lies.

    Returns
    -------
    Tensor
        A view, in the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.unsqueeze(torch.zeros(3), 0).shape
    torch.Size([1, 3])
    """
    return np.expand_dims(input, wrap_dim(dim, input.ndim + 1, "unsqueeze"))


attach("T", property(reversed_dims))
attach("mT", property(matrix_transpose))
