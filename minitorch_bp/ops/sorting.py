"""Sorting and what follows from it: order, the k largest, medians, distinct values.

An output element is a copy of one input element, so its gradient goes back to that element's place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.primitive import primitive
from ..core.tensor import Tensor, wrap
from ._shapes import no_booleans, takes_out, wrap_dim
from .extremes import _selected_rule, _tie_or_nan_rule, return_type


def _back_rule(xp: Any, grad: Any, input_shape: Any, result1: Any, dim: Any) -> Any:
    if not len(input_shape):
        return grad
    return xp._scatter_zeros(grad, input_shape, wrap_dim(dim, len(input_shape)), result1)


def _order(x: np.ndarray, dim: int, descending: bool) -> np.ndarray:
    """The stable order along a dimension, NaN counting as the largest."""
    if not descending:
        return np.argsort(x, dim, kind="stable")
    # Reversed twice, so that equal elements keep their order.
    backwards = np.flip(np.argsort(np.flip(x, dim), dim, kind="stable"), dim)
    return x.shape[dim] - 1 - backwards


@primitive(method=False, grad_name="SortBackward0", outputs=("values",), input=_back_rule)
def _sort(input, dim, descending):
    if not input.ndim:
        return input.copy(), np.zeros((), np.int64)
    index = _order(input, dim, descending)
    return np.take_along_axis(input, index, dim), index


_SORT, _TOPK, _MEDIAN = (return_type(n, "values", "indices") for n in ("sort", "topk", "median"))


@takes_out
def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """The elements in order along a dimension, and where each came from: ``(values, indices)``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.sort(torch.tensor([3.0, 1.0, 2.0]))
    torch.return_types.sort(
    values=tensor([1., 2., 3.]),
    indices=tensor([1, 2, 0]))
    """
    return _SORT(*_sort(input, wrap_dim(dim, input._array.ndim, "sort"), descending))


def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """The indices that :func:`sort` returns.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.argsort(torch.tensor([3.0, 1.0, 2.0]))
    tensor([1, 2, 0])
    """
    return sort(input.detach(), dim, descending)[1]


@primitive(method=False, grad_name="TopkBackward0", outputs=("values",), input=_back_rule)
def _topk(input, k, dim, largest):
    if not input.ndim:
        return input.copy(), np.zeros((), np.int64)
    index = np.take(_order(input, dim, largest), np.arange(k), dim)
    return np.take_along_axis(input, index, dim), index


@takes_out
def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The ``k`` largest (or smallest) elements along a dimension, in order: ``(values, indices)``.

    Raises
    ------
    RuntimeError
        If there are fewer than ``k``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.topk(torch.tensor([1.0, 5.0, 3.0]), 2).values
    tensor([5., 3.])
    """
    dim = wrap_dim(dim, input._array.ndim, "topk")
    size = input._array.shape[dim] if input._array.ndim else 1
    k = int(k)
    if not 0 <= k <= size:
        raise RuntimeError(f"topk: k must lie between 0 and {size}, the size of dimension {dim}, but is {k}")
    return _TOPK(*_topk(input, k, dim, largest))


@primitive(method=False, grad_name="MedianBackward0", input=_tie_or_nan_rule)
def _median_all(input):
    no_booleans("median", input)
    flat = np.sort(input, axis=None)
    if not flat.size:
        return np.asarray(np.nan if input.dtype.kind in "fV" else 0).astype(input.dtype)
    return flat[-1] if flat[-1] != flat[-1] else flat[(flat.size - 1) // 2]


@primitive(method=False, grad_name="MedianBackward1", outputs=("values",), input=_selected_rule)
def _median_dim(input, dim, keepdim):
    dim = wrap_dim(dim, input.ndim, "median")
    if not input.ndim:
        return input.copy(), np.zeros((), np.int64)
    no_booleans("median", input)
    order = np.argsort(input, dim, kind="stable")
    n = input.shape[dim]
    middle = np.take(order, [(n - 1) // 2], dim)
    last = np.take(order, [n - 1], dim)
    largest = np.take_along_axis(input, last, dim)
    first_nan = np.expand_dims(np.argmax(input != input, dim), dim)
    index = np.where(largest != largest, first_nan, middle)
    values = np.take_along_axis(input, index, dim)
    return (values, index) if keepdim else (values.squeeze(dim), index.squeeze(dim))


def median(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The middle element (the lower of two); with ``dim``, ``(values, indices)``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.median(torch.tensor([3.0, 1.0, 2.0, 9.0]))
    tensor(2.)
    """
    return _median_all(input) if dim is None else _MEDIAN(*_median_dim(input, dim, keepdim))


def unique(input: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: Any = None) -> Any:
    """The distinct elements in order; optionally where each element went, and how often each occurs.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.unique(torch.tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))
    """
    found = np.unique(input._array, equal_nan=False, return_inverse=True, return_counts=True, axis=dim)
    values, inverse, counts = (wrap(np.ascontiguousarray(a)) for a in found)
    if dim is None:
        inverse = inverse.view(input.shape)
    chosen = (values,) + ((inverse,) if return_inverse else ()) + ((counts,) if return_counts else ())
    return chosen if len(chosen) > 1 else values


def bincount(input: Tensor, weights: Any = None, minlength: int = 0) -> Tensor:
    """How often each non-negative integer occurs.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.bincount(torch.tensor([0, 2, 2]))
    tensor([1, 0, 2])
    """
    if input._array.size and input._array.min() < 0:
        raise RuntimeError("bincount: the integers can't be negative")
    return wrap(np.bincount(input._array, None if weights is None else weights._array, minlength))
