"""Joining tensors and taking them apart: ``cat`` and its inverses."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.dtype import promote_types
from ..core.op import OPS
from ..core.primitive import check_out, primitive, write_out
from ..core.tensor import Tensor
from ..core.view import mark_view
from ._shapes import check_tensor, takes_out, wrap_dim
from .indexing import select
from .shape import expand, reshape, unsqueeze


def _cat_rule(xp: Any, grad: Any, tensors_shape: Any, dim: Any) -> Any:
    parts, start = [], 0
    for shape in tensors_shape:
        size = shape[dim] if len(shape) > 1 or shape != (0,) else 0
        parts.append(xp.narrow(grad, dim, start, size) if size or shape != (0,) else None)
        start += size
    return parts


@primitive(method=False, grad_name="CatBackward0", tensors=_cat_rule)
def _cat(tensors, dim):
    return np.concatenate(tensors, dim)


def _same_dtype(name: str, tensors: Any) -> tuple[Tensor, ...]:
    if isinstance(tensors, Tensor) or not isinstance(tensors, (tuple, list)):
        raise TypeError(f"{name}(): expected a tuple or list of Tensors, but got {type(tensors).__name__}")
    if not tensors:
        kind = ValueError if name == "cat" else RuntimeError
        raise kind(f"{name}: expected at least one tensor, but the list is empty")
    for k, t in enumerate(tensors):
        if not isinstance(t, Tensor):
            raise TypeError(f"{name}(): element {k} must be a Tensor, but it is a {type(t).__name__}")
    wanted = tensors[0].dtype
    for t in tensors[1:]:
        wanted = promote_types(wanted, t.dtype)
    return tuple(t if t.dtype is wanted else t.to(wanted) for t in tensors)


def cat(tensors: Any, dim: int = 0, *, out: Any = None) -> Tensor:
    """Join tensors along an existing dimension; all other sizes must agree.

    Raises
    ------
    ValueError
        If the list is empty.
    RuntimeError
        If the sizes differ.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cat([torch.tensor([1, 2]), torch.tensor([3])])
    tensor([1, 2, 3])
    """
    check_out("cat", out, (tensors,))
    tensors = _same_dtype("cat", tensors)
    # An empty vector joins anything, in any dimension: a relic that torch keeps.
    solid = [t for t in tensors if t._array.shape != (0,)]
    used = tuple(solid) or tensors
    first = used[0]._array.shape
    if not first:
        raise RuntimeError("cat: 0-d tensors cannot be joined; stack() them")
    dim = wrap_dim(dim, len(first), "cat") if solid else 0
    for k, t in enumerate(used):
        shape = t._array.shape
        if len(shape) != len(first) or any(a != b for d, (a, b) in enumerate(zip(shape, first, strict=True)) if d != dim):
            raise RuntimeError(
                f"cat: apart from dimension {dim} all sizes must agree, but tensor 0 has shape {list(first)} and tensor {k} "
                f"has {list(shape)}"
            )
    result = _cat(used, dim)
    return write_out("cat", result, out)


@primitive(method=False, grad_name="StackBackward0", tensors=lambda xp, grad, dim: xp.unbind(grad, dim))
def _stack(tensors, dim):
    return np.stack(tensors, dim)


def stack(tensors: Any, dim: int = 0, *, out: Any = None) -> Tensor:
    """Join tensors of one shape along a new dimension.

    Raises
    ------
    RuntimeError
        If the list is empty or the shapes differ.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.stack([torch.tensor([1, 2]), torch.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    tensors = _same_dtype("stack", tensors)
    first = tensors[0]._array.shape
    for k, t in enumerate(tensors):
        if t._array.shape != first:
            raise RuntimeError(
                f"stack: all tensors must have one shape, but tensor 0 has {list(first)} and tensor {k} {list(t._array.shape)}"
            )
    result = _stack(tensors, wrap_dim(dim, len(first) + 1, "stack"))
    return write_out("stack", result, out)


@takes_out
def hstack(tensors: Any) -> Tensor:
    """Join side by side: along dimension 1, or 0 for vectors."""
    if not len(tensors):
        raise RuntimeError("hstack: no tensors to join")
    tensors = [reshape(t, 1) if t._array.ndim == 0 else t for t in tensors]
    return cat(tensors, 0 if tensors and tensors[0]._array.ndim == 1 else 1)


@takes_out
def vstack(tensors: Any) -> Tensor:
    """Join on top of each other: along dimension 0, vectors as rows."""
    if not len(tensors):
        raise RuntimeError("vstack: no tensors to join")
    return cat([reshape(t, (1, -1)) if t._array.ndim < 2 else t for t in tensors], 0)


# ---------------------------------------------------------------------- taking apart
def _mark_parts(parts: tuple[Tensor, ...], source: Tensor, ways: list[tuple[str, tuple[Any, ...]]]) -> tuple[Tensor, ...]:
    """Make each part a view of the source, by the single-view operation that would have made it."""
    for part, (name, args) in zip(parts, ways, strict=True):
        mark_view(part, source, OPS[name], args, several=True)
    return parts


def _unbind_rule(xp: Any, grads: Any, input_shape: Any, dim: Any) -> Any:
    found = next(g for g in grads if g is not None)
    return xp._stack(tuple(g if g is not None else found * 0 for g in grads), wrap_dim(dim, len(input_shape)))


@primitive(elementwise=True, method=False, outputs=("*",), input=_unbind_rule)
def unbind(input, dim):
    return tuple(np.moveaxis(input, dim, 0)[k, ...] for k in range(input.shape[dim]))


_unbind = unbind


def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:  # type: ignore[no-redef]
    """All slices along a dimension, as views without it.

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
    parts = _unbind(input, dim)
    return _mark_parts(parts, input, [("select", (dim, k)) for k in range(len(parts))])


def _split_rule(xp: Any, grads: Any, input_shape: Any, sizes: Any, dim: Any, listed: bool) -> Any:
    found = next(g for g in grads if g is not None)
    zero = xp._zeros_of(xp.narrow(found, dim, 0, 0))
    parts = []
    for g, size in zip(grads, sizes, strict=True):
        if g is None:
            shape = tuple(size if k == dim else n for k, n in enumerate(input_shape))
            g = xp.expand(xp._unsafe_view(xp._sum_over(zero, None, False), (1,) * len(shape)), shape)
        parts.append(g)
    return xp._cat(tuple(parts), dim)


@primitive(
    elementwise=True,
    method=False,
    outputs=("*",),
    grad_name=lambda node: "SplitWithSizesBackward0" if node.reads("listed") else "SplitBackward0",
    input=_split_rule,
)
def _split(input, sizes, dim, listed):
    return tuple(np.split(input, np.cumsum(sizes)[:-1], dim))


def split(tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces along a dimension, as views: of one size (the last may be smaller), or of the listed sizes.

    Raises
    ------
    RuntimeError
        If the listed sizes do not add up.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.split(torch.arange(5), 2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    check_tensor("split", tensor, "tensor")
    if not tensor._array.ndim:
        raise RuntimeError("split: a tensor of 0 dimensions can't be cut into pieces")
    dim = wrap_dim(dim, tensor._array.ndim, "split")
    if tensor._array.ndim == 0:
        raise RuntimeError("split: a 0-d tensor has no dimension to split")
    total = tensor._array.shape[dim]
    listed = not isinstance(split_size_or_sections, (int, np.integer))
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


def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most ``chunks`` pieces of equal size along a dimension (the last may be smaller), as views.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.chunk(torch.arange(5), 2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    if chunks <= 0:
        raise RuntimeError(f"chunk: the number of chunks must be positive, but got {chunks}")
    if not input._array.ndim:
        raise RuntimeError("chunk: a tensor of 0 dimensions can't be cut into pieces")
    dim = wrap_dim(dim, input._array.ndim, "chunk")
    total = input._array.shape[dim]
    size = -(-total // chunks)
    return split(input, size if size else [0] * chunks, dim)


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """Coordinate grids of several vectors: by matrix indexing ('ij') or Cartesian ('xy').

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.meshgrid(torch.tensor([1, 2]), torch.tensor([3, 4]), indexing="ij")[0]
    tensor([[1, 1],
            [2, 2]])
    """
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f"meshgrid: indexing must be 'ij' or 'xy', but got {indexing!r}")
    order = list(range(len(tensors)))
    if indexing == "xy" and len(order) >= 2:
        order[0], order[1] = 1, 0
    shape = [0] * len(tensors)
    for t, at in zip(tensors, order, strict=True):
        shape[at] = t.numel()
    grids = []
    for t, at in zip(tensors, order, strict=True):
        grids.append(expand(reshape(t, tuple(-1 if k == at else 1 for k in range(len(shape)))), tuple(shape)))
    return tuple(grids)


__all__ = ["cat", "chunk", "hstack", "meshgrid", "select", "split", "stack", "unbind", "unsqueeze", "vstack"]
