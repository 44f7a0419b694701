"""Splitting: unbind, split, chunk, tensor_split and their relatives. The parts are views."""

from __future__ import annotations

import itertools
import operator
from typing import Any

import numpy as np

from ...core.op import OPS
from ...core.view import mark_views
from .._base import Tensor, attach, dtypes, primitive, public, shown_as
from .._shapes import check_tensor, least_ndim, positive, whole_number, wrap_dim


# ---------------------------------------------------------------------- taking apart
def _mark_parts(parts: tuple[Tensor, ...], source: Tensor, ways: list[tuple[str, tuple[Any, ...]]]) -> tuple[Tensor, ...]:
    """Make each part a view of the source, by the single-view operation that would have made it."""
    mark_views(parts, source, [(OPS[name], args) for name, args in ways])
    return parts


def _unbind_rule(xp: Any, grads: Any, input_shape: Any, dim: Any) -> Any:
    given = next(g for g in grads if g is not None)
    return xp._stack(tuple(g if g is not None else xp._zeros_of(given) for g in grads), wrap_dim(dim, len(input_shape)))


@primitive(elementwise=True, outputs=("*",), grad_name="UnbindBackward0", input=_unbind_rule)
def _unbind(input, dim):
    rows = np.moveaxis(input, dim, 0) if dim else input
    return tuple([rows[k, ...] for k in range(len(rows))])


@public()
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """All slices along a dimension, as views without it.

    Parameters
    ----------
    input : Tensor
    dim : int

    Returns
    -------
    tuple of Tensors
        Views, in the same memory.

    See Also
    --------
    minitorch_bp.stack : The way back.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.unbind(torch.tensor([[1, 2], [3, 4]]))
    (tensor([1, 2]), tensor([3, 4]))
    """
    check_tensor("unbind", input)
    if input._array.ndim == 0:
        raise IndexError("unbind: a 0-d tensor has no dimension to take apart")
    dim = wrap_dim(dim, input._array.ndim, "unbind")
    if not input._array.shape[dim]:
        return ()
    parts = _unbind(input, dim)
    return _mark_parts(parts, input, [("select", (dim, k)) for k in range(len(parts))])


def _split_rule(xp: Any, grads: Any, input_shape: Any, sizes: Any, dim: Any, listed: bool) -> Any:
    given = next(g for g in grads if g is not None)
    zero = xp._zeros_of(xp.narrow(given, dim, 0, 0))
    parts = []
    for g, size in zip(grads, sizes, strict=True):
        if g is None:
            shape = tuple(size if k == dim else n for k, n in enumerate(input_shape))
            g = xp.expand(xp._unsafe_view(xp._sum_over(zero, None, False), (1,) * len(shape)), shape)
        parts.append(g)
    return xp._cat(tuple(parts), dim)


@primitive(
    elementwise=True,
    outputs=("*",),
    grad_name=lambda node: "SplitWithSizesBackward0" if node.reads("listed") else "SplitBackward0",
    input=_split_rule,
)
def _split(input, sizes, dim, listed):
    return tuple(np.split(input, np.cumsum(sizes)[:-1], dim))


@public("torch", aliases=False)
def split(tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces along a dimension, as views: of one size (the last may be smaller), or of the listed sizes.

    Parameters
    ----------
    tensor : Tensor
    split_size_or_sections : int or list of ints
    dim : int

    Returns
    -------
    tuple of Tensors
        Views, in the same memory.

    Raises
    ------
    RuntimeError
        If the listed sizes do not add up.

    See Also
    --------
    minitorch_bp.chunk : By the number of parts.
    minitorch_bp.cat : The way back.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.split(torch.arange(5), 2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    check_tensor("split", tensor, "tensor")
    least_ndim("split", 1, tensor)
    dim = wrap_dim(dim, tensor._array.ndim, "split")
    total = tensor._array.shape[dim]
    listed = not isinstance(split_size_or_sections, (int, np.integer, Tensor))
    if not listed:
        size = int(split_size_or_sections)
        if size < 0 or (size == 0 and total):
            raise RuntimeError(f"split: the size of the pieces must be positive, but got {size}")
        sizes = [min(size, total - start) for start in range(0, total, size or 1)] or [total]
    else:
        sizes = [int(n) for n in split_size_or_sections]
        if sum(sizes) != total or any(n < 0 for n in sizes):
            raise RuntimeError(f"split: the sizes {sizes} must add up to {total}, the size of dimension {dim}")
    parts = _split(tensor, tuple(sizes), dim, listed)
    starts = [sum(sizes[:k]) for k in range(len(sizes))]
    return _mark_parts(parts, tensor, [("narrow", (dim, s, n)) for s, n in zip(starts, sizes, strict=True)])


@public()
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most ``chunks`` pieces of equal size along a dimension (the last may be smaller), as views.

    Parameters
    ----------
    input : Tensor
    chunks : int
    dim : int

    Returns
    -------
    tuple of Tensors
        Views, in the same memory.

    See Also
    --------
    minitorch_bp.split : By the size of the parts.
    minitorch_bp.cat : The way back.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.chunk(torch.arange(5), 2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    chunks = whole_number("chunk", "chunks", chunks)
    if chunks <= 0:
        raise RuntimeError(f"chunk: the number of chunks must be positive, but got {chunks}")
    least_ndim("chunk", 1, input)
    dim = wrap_dim(dim, input._array.ndim, "chunk")
    total = input._array.shape[dim]
    size = -(-total // chunks)
    return split(input, size if size else [0] * chunks, dim)


# ---------------------------------------------------------------------- cut
@public()
def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Split into parts of nearly equal size, or at given indices.

    Parameters
    ----------
    input : Tensor
    indices_or_sections : int, tuple of ints or Tensor
        The number of parts, or the indices at which parts begin.
    dim : int

    Returns
    -------
    tuple of Tensors
        Views, in the same memory.

    See Also
    --------
    minitorch_bp.split : By the size of the parts.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor_split(torch.arange(5), 2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    check_tensor("tensor_split", input)
    least_ndim("tensor_split", 1, input)
    dim = wrap_dim(dim, input.ndim, "tensor_split")
    n = input.shape[dim]
    if isinstance(indices_or_sections, Tensor):
        if indices_or_sections.dtype is not dtypes.int64 or indices_or_sections.ndim > 1:
            raise RuntimeError("tensor_split: indices must be a vector of type torch.int64")
        indices_or_sections = indices_or_sections.tolist()
    if isinstance(indices_or_sections, int):
        positive("tensor_split", sections=indices_or_sections)
        size, longer = divmod(n, indices_or_sections)
        ends = list(itertools.accumulate([size + (k < longer) for k in range(indices_or_sections)]))[:-1]
    else:
        ends = [operator.index(k) for k in indices_or_sections]
    starts = [0, *(slice(k, None).indices(n)[0] for k in ends)]
    stops = [*(slice(None, k).indices(n)[1] for k in ends), n]
    return tuple(input.narrow(dim, min(a, n), max(b - a, 0)) for a, b in zip(starts, stops, strict=True))


def _cut(name: str, least: int, dim: Any, input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    check_tensor(name, input)
    least_ndim(name, least, input)
    dim = (0 if input.ndim == 1 else 1) if dim is None else dim
    if isinstance(indices_or_sections, Tensor) and not indices_or_sections.ndim:
        indices_or_sections = int(indices_or_sections)
    if isinstance(indices_or_sections, int):
        if indices_or_sections == 0 or input.shape[dim] % indices_or_sections:
            raise RuntimeError(
                f"{name}: a dimension of size {input.shape[dim]} can't be cut into {indices_or_sections} equal parts"
            )
    elif not isinstance(indices_or_sections, (list, tuple)):
        raise TypeError(f"{name}(): expected an int or a sequence of ints, but got {type(indices_or_sections).__name__}")
    return tensor_split(input, indices_or_sections, dim)


@public()
def hsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Split horizontally: dimension 1, or 0 of a vector.

    Parameters
    ----------
    input : Tensor
        Of one dimension or more.
    indices_or_sections : int or tuple of ints
        The number of equal parts, or the indices at which parts begin.

    Returns
    -------
    tuple of Tensors
        Views, in the same memory.

    See Also
    --------
    minitorch_bp.vsplit : Along the first dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.hsplit(torch.arange(4), 2)
    (tensor([0, 1]), tensor([2, 3]))
    """
    return _cut("hsplit", 1, None, input, indices_or_sections)


@public()
def vsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Split vertically, along dimension 0.

    Parameters
    ----------
    input : Tensor
        Of two dimensions or more.
    indices_or_sections : int or tuple of ints
        The number of equal parts, or the indices at which parts begin.

    Returns
    -------
    tuple of Tensors
        Views, in the same memory.

    See Also
    --------
    minitorch_bp.hsplit : Along the second dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.vsplit(torch.eye(2), 2)[0]
    tensor([[1., 0.]])
    """
    return _cut("vsplit", 2, 0, input, indices_or_sections)


@public()
def dsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Split along dimension 2.

    Parameters
    ----------
    input : Tensor
        Of three dimensions or more.
    indices_or_sections : int or tuple of ints
        The number of equal parts, or the indices at which parts begin.

    Returns
    -------
    tuple of Tensors
        Views, in the same memory.

    See Also
    --------
    minitorch_bp.tensor_split : Along any dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> len(torch.dsplit(torch.ones(1, 1, 4), 2))
    2
    """
    return _cut("dsplit", 3, 2, input, indices_or_sections)


@public()
def split_with_sizes(input: Tensor, split_sizes: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """:func:`split` into parts of given sizes.

    Parameters
    ----------
    input : Tensor
    split_sizes : list of ints
    dim : int

    Returns
    -------
    tuple of Tensors
        Views, in the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.split_with_sizes(torch.arange(3), [1, 2])
    (tensor([0]), tensor([1, 2]))
    """
    return split(input, list(split_sizes), dim)


def _apart(parts: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """The parts as tensors in their own right: a write to one is no write to the others, and none is a view for the graph."""
    for part in parts:
        part._view, part._requires_grad = None, part._fn is not None
        part._cell = [0]
        shown_as(part, "UnsafeSplitBackward0")
    return parts


@public()
def unsafe_split(tensor: Tensor, split_size: int, dim: int = 0) -> tuple[Tensor, ...]:
    """As :func:`split`, but each part may be written to: for the graph it is no view.

    Parameters
    ----------
    tensor : Tensor
    split_size : int
    dim : int

    Returns
    -------
    tuple of Tensors
        The parts. They lie in the input's memory, but a write to one is not seen as a write to the input: it must not be used any more.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.unsafe_split(torch.arange(2), 1)
    (tensor([0]), tensor([1]))
    """
    return _apart(split(tensor, split_size, dim))


@public()
def unsafe_split_with_sizes(input: Tensor, split_sizes: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """As :func:`split_with_sizes`, but each part may be written to: see :func:`unsafe_split`.

    Parameters
    ----------
    input : Tensor
    split_sizes : list of ints
    dim : int

    Returns
    -------
    tuple of Tensors
        The parts.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.unsafe_split_with_sizes(torch.arange(3), [1, 2])
    (tensor([0]), tensor([1, 2]))
    """
    return _apart(split_with_sizes(input, split_sizes, dim))


@public()
def unsafe_chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """As :func:`chunk`, but each part may be written to: see :func:`unsafe_split`.

    Parameters
    ----------
    input : Tensor
    chunks : int
    dim : int

    Returns
    -------
    tuple of Tensors
        The parts.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.unsafe_chunk(torch.arange(2), 2)
    (tensor([0]), tensor([1]))
    """
    return _apart(chunk(input, chunks, dim))


def _iter(self: Tensor) -> Any:
    if not self._array.ndim:
        raise TypeError("a 0-d tensor can't be iterated over")
    return iter(unbind(self, 0))


def _split_method(self: Tensor, split_size: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """:func:`split`, under the name that the argument has in the method.

    Parameters
    ----------
    split_size : int or list of ints
    dim : int

    Returns
    -------
    tuple of Tensors
        Views, in the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.arange(5).split(split_size=3)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    return split(self, split_size, dim)


attach("__iter__", _iter)
attach("split", _split_method)
