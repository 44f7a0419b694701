"""Basic indexing: integers, slices and ``None`` make views. PyTorch applies the entries of an index one by one."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ...core.chain import argument, unfold
from ...core.op import OPS
from ...core.saved import RELEASED
from .._base import Tensor, primitive, public
from .._shapes import wrap_dim


def _basic_name(node: Any) -> str:
    """torch applies the entries one by one; the node has the name of the last one that has an effect."""
    for entry in reversed(node.reads("index")):
        if isinstance(entry, slice) and entry != slice(None):
            return "SliceBackward0"
        if entry is None:
            return "UnsqueezeBackward0"
        if isinstance(entry, (int, np.integer)):
            return "SelectBackward0"
    return "AliasBackward0"


@primitive(view=True, grad_name=_basic_name, input=lambda xp, grad, input_shape, index: xp._unindex(grad, input_shape, index))
def _getitem(input, index):
    return input[index if Ellipsis in index else index + (Ellipsis,)]


def _getitem_chain(node: Any) -> Tensor | None:
    """PyTorch applies the entries of an index one by one, from the left."""
    if node.saved is RELEASED:
        return None
    saved = dict(zip(node.plan.names, node.saved, strict=True))
    entries = [e for e in saved["index"] if e is not Ellipsis]
    if sum(e != slice(None) for e in entries) < 2:
        return None
    out, dim = argument(node, "input", saved["input_shape"]), 0
    skipped = out._array.ndim - sum(e is not None for e in entries)
    for entry in saved["index"]:
        if entry is Ellipsis:
            dim += skipped
        elif entry is None:
            out, dim = OPS["unsqueeze"].call(out, dim), dim + 1
        elif isinstance(entry, slice):
            if entry != slice(None):
                out = _getitem(out, _at(out._array.shape, dim, entry))
            dim += 1
        else:
            out = select(out, dim, entry)
    return out


_getitem.op.unfold = functools.partial(unfold, compose=_getitem_chain)


@primitive(grad_name="SliceBackward0", input=lambda xp, grad, index: xp._getitem(grad, index))
def _unindex(input, shape, index):
    out = np.zeros(shape, input.dtype)
    out[index] = input
    return out


@public()
@primitive(view=True, input=lambda xp, grad, input_shape, dim, index: xp._unindex(grad, input_shape, _at(input_shape, dim, index)))
def select(input, dim, index):
    """The slice at one index of a dimension, as a view without it.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : int

    Returns
    -------
    Tensor
        A view, in the same memory.

    Raises
    ------
    IndexError
        If there is no such dimension or index.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.select(torch.tensor([[1, 2], [3, 4]]), 1, 0)
    tensor([1, 3])
    """
    if not input.ndim:
        raise IndexError("select: a 0-d tensor has no dimension to select from")
    try:
        return input[_at(input.shape, dim, index) + (Ellipsis,)]
    except IndexError:
        dim = wrap_dim(dim, input.ndim, "select")
        raise IndexError(f"select: index {index} is out of range for dimension {dim} of size {input.shape[dim]}") from None


def _at(shape: Any, dim: int, index: Any) -> tuple[Any, ...]:
    return (slice(None),) * wrap_dim(dim, len(shape), "select") + (index,)


def _narrowed(shape: Any, dim: int, start: Any, length: int) -> slice:
    """The slice that ``narrow`` takes, whose start may be counted from the end, or be a 0-d tensor."""
    first = int(start)
    first += shape[wrap_dim(dim, len(shape), "narrow")] if first < 0 else 0
    return slice(first, first + length)


@public()
@primitive(
    view=True,
    grad_name="SliceBackward0",
    input=lambda xp, grad, input_shape, dim, start, length: xp._unindex(
        grad, input_shape, _at(input_shape, dim, _narrowed(input_shape, dim, start, length))
    ),
)
def narrow(input, dim, start, length):
    """``length`` indices of a dimension from ``start`` on, as a view.

    Parameters
    ----------
    input : Tensor
    dim : int
    start, length : int

    Returns
    -------
    Tensor
        A view, in the same memory.

    Raises
    ------
    RuntimeError, IndexError
        If they are not all there.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.narrow(torch.arange(5), 0, 1, 3)
    tensor([1, 2, 3])
    """
    if isinstance(start, np.ndarray):
        if start.ndim or start.dtype.kind not in "iu":
            raise RuntimeError("narrow: a start given as a tensor must be a 0-d tensor of integers")
        start = int(start)
    if not input.ndim:
        raise RuntimeError("narrow: a 0-d tensor has no dimension to narrow")
    size = input.shape[wrap_dim(dim, input.ndim, "narrow")]
    if not -size <= start <= size:
        raise IndexError(f"narrow: start {start} is out of range for a dimension of size {size}")
    start = start + size if start < 0 else start
    if length < 0 or start + length > size:
        raise RuntimeError(f"narrow: start {start} and length {length} exceed the dimension's size {size}")
    return input[_at(input.shape, dim, slice(start, start + length))]
