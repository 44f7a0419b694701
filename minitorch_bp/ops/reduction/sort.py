"""Sorting, and what builds on it: topk, unique, isin, searchsorted and bucketize."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .._base import Tensor, dtypes, primitive, public, shown_as, wrap
from .._return_types import return_type
from .._shapes import check_operands, least_ndim, whole_number, wrap_dim


def _back_rule(xp: Any, grad: Any, input_shape: Any, result1: Any, dim: Any) -> Any:
    if not len(input_shape):
        return grad
    return xp._scatter_zeros(grad, input_shape, wrap_dim(dim, len(input_shape)), result1)


def _order(x: np.ndarray, dim: int, descending: bool) -> np.ndarray:
    """The stable order along a dimension, NaN counting as the largest."""
    if x.dtype.kind == "V":  # NaN is not the largest to NumPy's order of bfloat16
        x = x.astype(np.float32)
    if not descending:
        return np.argsort(x, dim, kind="stable").astype(np.int64, copy=False)
    # Reversed twice, so that equal elements keep their order.
    backwards = np.flip(np.argsort(np.flip(x, dim), dim, kind="stable"), dim)
    return (x.shape[dim] - 1 - backwards).astype(np.int64, copy=False)


@primitive(reals_only=RuntimeError, grad_name="SortBackward0", outputs=("values",), input=_back_rule)
def _sort(input, dim, descending):
    if not input.ndim:
        return input.copy(), np.zeros((), np.int64)
    index = _order(input, dim, descending)
    return np.take_along_axis(input, index, dim), index


@public(exact=True)
def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool | None = None, *, out: Any = None) -> Any:
    """Sort along a dimension, and say where each element came from.

    Parameters
    ----------
    input : Tensor
    dim : int
    descending : bool
    stable : bool
        Keep the order of equal elements.

    Returns
    -------
    (Tensor, LongTensor)
        A named tuple ``(values, indices)`` of ``input``'s shape.

    See Also
    --------
    minitorch_bp.argsort : The order alone.
    minitorch_bp.topk : The first few.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.sort(torch.tensor([3.0, 1.0, 2.0]))
    torch.return_types.sort(
    values=tensor([1., 2., 3.]),
    indices=tensor([1, 2, 0]))
    """
    values, indices = _sort(input, wrap_dim(dim, input._array.ndim, "sort"), descending)
    return return_type("sort", "values", "indices")(values if stable is None else shown_as(values, "SortBackward1"), indices)


@public()
def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """The indices that :func:`sort` returns.

    Parameters
    ----------
    input : Tensor
    dim : int
    descending : bool
    stable : bool
        Keep the order of equal elements.

    Returns
    -------
    LongTensor
        Of ``input``'s shape.

    See Also
    --------
    minitorch_bp.sort : Also the sorted elements.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.argsort(torch.tensor([3.0, 1.0, 2.0]))
    tensor([1, 2, 0])
    """
    return sort(input.detach(), dim, descending)[1]


@primitive(reals_only=RuntimeError, grad_name="TopkBackward0", outputs=("values",), input=_back_rule)
def _topk(input, k, dim, largest):
    if not input.ndim:
        return input.copy(), np.zeros((), np.int64)
    index = np.take(_order(input, dim, largest), np.arange(k), dim)
    return np.take_along_axis(input, index, dim), index


@public(exact=True)
def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True, *, out: Any = None) -> Any:
    """The ``k`` largest (or smallest) elements along a dimension, and their indices.

    Parameters
    ----------
    input : Tensor
    k : int
    dim : int
    largest : bool
        False for the smallest.
    sorted : bool
        Whether the order matters; the result is in order in either case.

    Returns
    -------
    (Tensor, LongTensor)
        A named tuple ``(values, indices)``.

    Raises
    ------
    RuntimeError
        If there are fewer than ``k``.

    See Also
    --------
    minitorch_bp.sort : All in order.
    minitorch_bp.kthvalue : One element by its rank.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.topk(torch.tensor([1.0, 5.0, 3.0]), 2).values
    tensor([5., 3.])
    """
    dim = wrap_dim(dim, input._array.ndim, "topk")
    size = input._array.shape[dim] if input._array.ndim else 1
    k = whole_number("topk", "k", k)
    if not 0 <= k <= size:
        raise RuntimeError(f"topk: k must lie between 0 and {size}, the size of dimension {dim}, but is {k}")
    return return_type("topk", "values", "indices")(*_topk(input, k, dim, largest))


def _no_derivative(xp: Any, grad: Any) -> Any:
    raise NotImplementedError("the derivative of unique is not implemented (nor is it in PyTorch): sort() has one")


@primitive(grad_name=lambda node: node.reads("name"), input=lambda xp, grad, name: _no_derivative(xp, grad))
def _distinct(input, values, name):
    """What ``unique`` has found, at its place in the graph."""
    return values


def _compared_along(name: str, input: Tensor, dim: int) -> int:
    """The dimension whose slices are compared: they must have elements."""
    axis: int = wrap_dim(dim, input.ndim, name)
    if 0 in (*input.shape[:axis], *input.shape[axis + 1 :]):
        raise RuntimeError(f"{name}: the slices along dimension {axis} of a tensor of shape {list(input.shape)} have no elements")
    return axis


@public(aliases=False)
def unique(input: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: Any = None) -> Any:
    """The distinct elements in ascending order.

    Parameters
    ----------
    input : Tensor
    sorted : bool
        Whether the order matters; the result is in order in either case.
    return_inverse : bool
        Also return for each element the index of its value in the result.
    return_counts : bool
        Also return how often each value occurs.
    dim : int, optional
        Compare the slices along this dimension instead of elements.

    Returns
    -------
    Tensor or tuple of Tensors
        The values, then the inverse and the counts if asked for.

    See Also
    --------
    minitorch_bp.unique_consecutive : Only neighbours are compared.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.unique(torch.tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))
    """
    if dim is not None and not input.ndim:
        raise IndexError("unique: a 0-d tensor has no dimension to compare the slices of")
    axis = None if dim is None else _compared_along("unique", input, dim)
    results = np.unique(input._array, equal_nan=False, return_inverse=True, return_counts=True, axis=axis)
    inverse, counts = (wrap(np.ascontiguousarray(a, np.int64)) for a in results[1:])
    values = _distinct(input, np.ascontiguousarray(results[0]), "Unique2Backward0" if dim is None else "UniqueDimBackward0")
    if dim is None:
        inverse = inverse.view(input.shape)
    chosen = (values,) + ((inverse,) if return_inverse else ()) + ((counts,) if return_counts else ())
    return chosen if len(chosen) > 1 else values


@public(exact=True)
def msort(input: Tensor, *, out: Any = None) -> Tensor:
    """Sort along the first dimension.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    See Also
    --------
    minitorch_bp.sort : Along any dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.msort(torch.tensor([3, 1, 2]))
    tensor([1, 2, 3])
    """
    values: Tensor = sort(input, 0)[0]
    return values


# ---------------------------------------------------------------------- membership and positions
@public("torch", exact=True)
def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False, out: Any = None) -> Tensor:
    """Whether each element occurs among others.

    Parameters
    ----------
    elements, test_elements : Tensor or number
        At least one is a Tensor.
    assume_unique : bool
        A promise that no element occurs twice, which is not made use of.
    invert : bool
        Whether each does not occur, instead.

    Returns
    -------
    Tensor
        Of the shape of ``elements``, of dtype bool.

    See Also
    --------
    minitorch_bp.eq : Element by element.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.isin(torch.tensor([1, 2, 3]), torch.tensor([2]))
    tensor([False,  True, False])
    """
    check_operands("isin", elements=elements, test_elements=test_elements)
    a, b = (x._array if isinstance(x, Tensor) else np.asarray(x) for x in (elements, test_elements))
    return wrap(np.asarray(np.isin(a, b, assume_unique, invert)))


@public(aliases=False)
def unique_consecutive(input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: Any = None) -> Any:
    """Drop every element that equals the one before it.

    Parameters
    ----------
    input : Tensor
    return_inverse : bool
        Also return for each element the index of its value in the result.
    return_counts : bool
        Also return the length of each run.
    dim : int, optional
        Compare the slices along this dimension instead of elements.

    Returns
    -------
    Tensor or tuple of Tensors
        The values, then the inverse and the counts if asked for.

    See Also
    --------
    minitorch_bp.unique : Equal elements wherever they are.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.unique_consecutive(torch.tensor([1, 1, 2, 1]))
    tensor([1, 2, 1])
    """
    x = input._array.reshape(-1) if dim is None else np.moveaxis(input._array, _compared_along("unique_consecutive", input, dim), 0)
    new = np.ones(len(x), bool)
    if len(x):
        new[1:] = (x[1:] != x[:-1]).any(tuple(range(1, x.ndim)))
    values = x[new] if dim is None else np.moveaxis(x[new], 0, wrap_dim(dim, input.ndim))
    inverse = np.cumsum(new, dtype=np.int64) - 1
    counts = np.diff(np.append(np.flatnonzero(new), len(x))).astype(np.int64, copy=False)
    results = [_distinct(input, np.ascontiguousarray(values), "UniqueConsecutiveBackward0")]
    if return_inverse:
        results.append(wrap(inverse.reshape(input.shape) if dim is None else inverse))
    if return_counts:
        results.append(wrap(counts))
    return tuple(results) if len(results) > 1 else results[0]


@public("torch", exact=True)
def searchsorted(
    sorted_sequence: Tensor, input: Any, *, out_int32: bool = False, right: bool = False, side: Any = None, sorter: Any = None,
    out: Any = None,
) -> Tensor:  # fmt: skip
    """The index at which each value would be inserted into a sorted sequence so that it stays sorted.

    Parameters
    ----------
    sorted_sequence : Tensor
        A vector, or one row for each row of ``input``.
    input : Tensor or number
        The values.
    out_int32 : bool
        Return int32 instead of int64.
    right : bool
        Insert behind equal elements instead of in front of them.
    side : 'left' or 'right', optional
        The same as ``right``.
    sorter : Tensor, optional
        The indices that would sort the sequence.

    Returns
    -------
    LongTensor
        Of ``input``'s shape.

    See Also
    --------
    minitorch_bp.bucketize : With the arguments the other way round.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.searchsorted(torch.tensor([1, 3, 5]), torch.tensor([3, 4]))
    tensor([1, 2])
    """
    check_operands("searchsorted", input=input)
    if side is not None and side not in ("left", "right"):
        raise RuntimeError(f"searchsorted: side must be 'left' or 'right', but is {side!r}")
    if side == "left" and right:
        raise RuntimeError("searchsorted: side='left' contradicts right=True")
    side = "right" if right else side or "left"
    rows = sorted_sequence._array
    least_ndim("searchsorted", 1, rows)
    if sorter is not None:
        if sorter.shape != sorted_sequence.shape:
            raise RuntimeError(f"searchsorted: a sorter of shape {list(sorter.shape)} does not fit {list(rows.shape)}")
        if sorter.dtype is not dtypes.int64:
            raise RuntimeError(f"searchsorted: the sorter must be of type torch.int64, but is of type {sorter.dtype!r}")
        if sorter.numel() and not 0 <= int(sorter._array.min()) <= int(sorter._array.max()) < rows.shape[-1]:
            raise RuntimeError("searchsorted: an index of the sorter is out of range")
        rows = np.take_along_axis(rows, sorter._array, -1)
    if isinstance(input, Tensor):
        if (rows.ndim > 1 and tuple(rows.shape[:-1]) != tuple(input.shape[:-1])) or (rows.ndim > 1 and not input.ndim):
            raise RuntimeError(f"searchsorted: rows of shape {list(rows.shape)} do not fit values of shape {list(input.shape)}")
        values = input._array
        if not (rows.flags.c_contiguous and values.flags.c_contiguous):
            warnings.warn("searchsorted: a tensor that is not contiguous in memory is copied first", stacklevel=4)
    else:
        if rows.ndim > 1:
            raise RuntimeError("searchsorted: a number can only be looked for in a single row")
        values = np.asarray(input)
    if rows.ndim == 1:
        places = np.searchsorted(rows, values, side)
    else:
        places = np.empty(values.shape, np.int64)
        for place in np.ndindex(*rows.shape[:-1]):
            places[place] = np.searchsorted(rows[place], values[place], side)
    return wrap(np.asarray(places).astype(np.int32 if out_int32 else np.int64))


@public("torch")
def bucketize(input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False, out: Any = None) -> Tensor:
    """The index of the bucket that each value falls into: :func:`searchsorted` with the arguments exchanged.

    Parameters
    ----------
    input : Tensor or number
        The values.
    boundaries : Tensor
        The buckets' boundaries in ascending order.
    out_int32 : bool
        Return int32 instead of int64.
    right : bool
        Whether a boundary belongs to the bucket on its right.

    Returns
    -------
    LongTensor
        Of ``input``'s shape.

    See Also
    --------
    minitorch_bp.searchsorted : With the arguments the other way round.
    minitorch_bp.histc : How many fall into each interval.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.bucketize(torch.tensor([0.5, 2.0]), torch.tensor([1.0, 2.0]))
    tensor([0, 1])
    """
    if boundaries.ndim != 1:
        raise RuntimeError(f"bucketize: the boundaries must be a vector, but have shape {list(boundaries.shape)}")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)
