"""Masked normalizations and cumulative operations: of the elements that a boolean mask selects."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, public, wrap
from ..nn.softmax import log_softmax as _log_softmax
from ..nn.softmax import softmax as _softmax
from ..nn.softmax import softmin as _softmin
from ..pointwise.arithmetic import maximum
from ..pointwise.exponential import logaddexp as _logaddexp
from .reductions import _filled, _typed, norm


@public("masked", aliases=False)
def softmax(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """Softmax over the selected elements; the others get 0.

    Parameters
    ----------
    input : Tensor
    dim : int
    dtype : dtype, optional
        Convert to this type first.
    mask : BoolTensor, optional
        The elements to use; all of them by default.

    Returns
    -------
    Tensor
        Of ``input``'s shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.softmax(torch.tensor([0.0, 0.0, 5.0]), 0, mask=torch.tensor([True, True, False]))
    tensor([0.5000, 0.5000, 0.0000])
    """
    return _softmax(_filled(_typed(input, dtype), mask, float("-inf")), dim)


@public("masked", aliases=False)
def log_softmax(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """The logarithm of :func:`softmax`.

    Parameters
    ----------
    input : Tensor
    dim : int
    dtype : dtype, optional
        Convert to this type first.
    mask : BoolTensor, optional
        The elements to use; all of them by default.

    Returns
    -------
    Tensor
        Of ``input``'s shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.log_softmax(torch.tensor([0.0, 0.0]), 0)
    tensor([-0.6931, -0.6931])
    """
    return _log_softmax(_filled(_typed(input, dtype), mask, float("-inf")), dim)


@public("masked", aliases=False)
def softmin(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """:func:`softmax` of the negative.

    Parameters
    ----------
    input : Tensor
    dim : int
    dtype : dtype, optional
        Convert to this type first.
    mask : BoolTensor, optional
        The elements to use; all of them by default.

    Returns
    -------
    Tensor
        Of ``input``'s shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.softmin(torch.tensor([0.0, 0.0]), 0)
    tensor([0.5000, 0.5000])
    """
    return _softmin(_filled(_typed(input, dtype), mask, float("inf")), dim)


@public("masked", aliases=False)
def normalize(input: Tensor, ord: float, dim: int, *, eps: float = 1e-12, dtype: Any = None, mask: Any = None) -> Tensor:
    """Divide by the p-norm of the selected elements; the others get 0.

    Parameters
    ----------
    input : Tensor
    ord : float
        The p.
    dim : int
    eps : float
        The smallest divisor.
    dtype : dtype, optional
        Convert to this type first.
    mask : BoolTensor, optional
        The elements to use; all of them by default.

    Returns
    -------
    Tensor
        Of ``input``'s shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.normalize(torch.tensor([3.0, 4.0]), 2.0, 0)
    tensor([0.6000, 0.8000])
    """
    x = _typed(input, dtype)
    length = norm(x, ord, dim, keepdim=True, mask=mask)
    return _filled(x, mask, 0) / maximum(length, wrap(np.asarray(eps, length._array.dtype)))


@public("masked", aliases=False)
def logaddexp(input: Tensor, other: Tensor, *, dtype: Any = None, input_mask: Any = None, other_mask: Any = None) -> Tensor:
    """The logarithm of the sum of two exponentials, leaving out those that are not selected.

    Parameters
    ----------
    input, other : Tensor
        Of one shape.
    dtype : dtype, optional
        Convert to this type first.
    input_mask, other_mask : BoolTensor, optional
        The elements to use.

    Returns
    -------
    Tensor
        Of ``input``'s shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.logaddexp(torch.tensor([0.0]), torch.tensor([0.0]))
    tensor([0.6931])
    """
    a, b = _typed(input, dtype), _typed(other, dtype)
    low = float("-inf")
    return _logaddexp(_filled(a, input_mask, low), _filled(b, other_mask, low))


@public("masked", aliases=False)
def cumsum(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """Cumulative sums of the selected elements.

    Parameters
    ----------
    input : Tensor
    dim : int
    dtype : dtype, optional
        Convert to this type first.
    mask : BoolTensor, optional
        The elements to use; all of them by default.

    Returns
    -------
    Tensor
        Of ``input``'s shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.cumsum(torch.tensor([1, 2]), 0)
    tensor([1, 3])
    """
    return _filled(_typed(input, dtype), mask, 0).cumsum(dim)


@public("masked", aliases=False)
def cumprod(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """Cumulative products of the selected elements.

    Parameters
    ----------
    input : Tensor
    dim : int
    dtype : dtype, optional
        Convert to this type first.
    mask : BoolTensor, optional
        The elements to use; all of them by default.

    Returns
    -------
    Tensor
        Of ``input``'s shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.cumprod(torch.tensor([2, 3]), 0)
    tensor([2, 6])
    """
    return _filled(_typed(input, dtype), mask, 1).cumprod(dim)
