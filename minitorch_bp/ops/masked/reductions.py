"""Masked reductions: of the elements that a boolean mask selects.

An element that the mask hides is replaced by what does not change the result: 0 in a sum, 1 in a product, minus infinity in a
maximum. ``mask`` broadcasts to the input; None lets everything through.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, dtypes, public
from .._shapes import wrap_dims
from ..pointwise.compare import where
from ..reduction.norms import vector_norm as _vector_norm
from ..reduction.quantile import nanmedian as _nanmedian


def _filled(input: Tensor, mask: Any, value: Any) -> Tensor:
    """The input with hidden elements replaced."""
    if mask is None:
        return input
    if input.ndim < mask.ndim:
        raise IndexError(f"masked: a mask of shape {list(mask.shape)} does not fit an input of shape {list(input.shape)}")
    return where(mask.expand(input.shape), input, input.new_full((), value))


def _lowest(input: Tensor, largest: bool = False) -> Any:
    """The smallest number of the dtype, the identity of a maximum (or, ``largest``, the largest, that of a minimum)."""
    if input.is_floating_point():
        return float("inf") if largest else float("-inf")
    if input.dtype is dtypes.bool:
        return largest
    if input.dtype.is_complex:
        raise TypeError(f"masked: complex numbers have no order, but the input is of type {input.dtype!r}: take .abs() or .real")
    info = np.iinfo(input._array.dtype)
    return int(info.max if largest else info.min)


def _dims(input: Tensor, dim: Any) -> Any:
    return tuple(range(input.ndim)) if dim is None or (isinstance(dim, (tuple, list)) and not dim) else dim


def _count(input: Tensor, mask: Any, dim: Any, keepdim: bool) -> Tensor:
    ones = input.new_ones(input.shape, dtype=dtypes.int64)
    return _filled(ones, mask, 0).sum(_dims(input, dim), keepdim)


def _typed(input: Tensor, dtype: Any) -> Tensor:
    return input if dtype is None else input.to(dtype)


@public("masked", aliases=False)
def sum(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The sum of the selected elements.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this type first.
    mask : BoolTensor, optional
        The elements to use; all of them by default.

    Returns
    -------
    Tensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.sum(torch.tensor([1.0, 2.0]), mask=torch.tensor([True, False]))
    tensor(1.)
    """
    return _filled(input, mask, 0).sum(_dims(input, dim), keepdim, dtype=dtype)


@public("masked", aliases=False)
def prod(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The product of the selected elements.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this type first.
    mask : BoolTensor, optional
        The elements to use; all of them by default.

    Returns
    -------
    Tensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.prod(torch.tensor([3.0, 2.0]), mask=torch.tensor([True, False]))
    tensor(3.)
    """
    x = _filled(_typed(input, dtype), mask, 1)
    dims = wrap_dims(_dims(x, dim), x.ndim, "prod")
    for d in sorted(dims, reverse=True):
        x = x.prod(d, keepdim)
    return x if x is not input else x.clone()


@public("masked", aliases=False)
def amax(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The largest of the selected elements.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this type first.
    mask : BoolTensor, optional
        The elements to use; all of them by default.

    Returns
    -------
    Tensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.amax(torch.tensor([3.0, 5.0]), mask=torch.tensor([True, False]))
    tensor(3.)
    """
    x = _typed(input, dtype)
    return _filled(x, mask, _lowest(x)).amax(_dims(x, dim), keepdim)


@public("masked", aliases=False)
def amin(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The smallest of the selected elements.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this type first.
    mask : BoolTensor, optional
        The elements to use; all of them by default.

    Returns
    -------
    Tensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.amin(torch.tensor([3.0, 1.0]), mask=torch.tensor([True, False]))
    tensor(3.)
    """
    x = _typed(input, dtype)
    return _filled(x, mask, _lowest(x, True)).amin(_dims(x, dim), keepdim)


@public("masked", aliases=False)
def argmax(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The index of the largest of the selected elements.

    Parameters
    ----------
    input : Tensor
    dim : int, optional
        The tensor is flattened by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this type first.
    mask : BoolTensor, optional
        The elements to use; all of them by default.

    Returns
    -------
    Tensor
        Of ``input``'s dtype, as in torch.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.argmax(torch.tensor([3.0, 5.0]), mask=torch.tensor([True, False]))
    tensor(0.)
    """
    x = _typed(input, dtype)
    return _filled(x, mask, _lowest(x)).argmax(dim, keepdim).to(x.dtype)


@public("masked", aliases=False)
def argmin(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The index of the smallest of the selected elements.

    Parameters
    ----------
    input : Tensor
    dim : int, optional
        The tensor is flattened by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this type first.
    mask : BoolTensor, optional
        The elements to use; all of them by default.

    Returns
    -------
    Tensor
        Of ``input``'s dtype, as in torch.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.argmin(torch.tensor([3.0, 1.0]), mask=torch.tensor([True, False]))
    tensor(0.)
    """
    x = _typed(input, dtype)
    return _filled(x, mask, _lowest(x, True)).argmin(dim, keepdim).to(x.dtype)


@public("masked", aliases=False)
def mean(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The mean of the selected elements.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this type first.
    mask : BoolTensor, optional
        The elements to use; all of them by default.

    Returns
    -------
    Tensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.mean(torch.tensor([1.0, 3.0, 9.0]), mask=torch.tensor([True, True, False]))
    tensor(2.)
    """
    x = _typed(input, dtype)
    if mask is None:
        return x.mean(_dims(x, dim), keepdim)
    return _filled(x, mask, 0).sum(_dims(x, dim), keepdim) / _count(x, mask, dim, keepdim)


@public("masked", aliases=False)
def median(input: Tensor, dim: int = -1, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The median of the selected elements, the lower of the middle two if their number is even.

    Parameters
    ----------
    input : Tensor
    dim : int
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this type first.
    mask : BoolTensor, optional
        The elements to use; all of them by default.

    Returns
    -------
    Tensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.median(torch.tensor([1.0, 3.0, 9.0]), 0, mask=torch.tensor([True, False, False]))
    tensor(1.)
    """
    x = _typed(input, dtype)
    if not x.is_floating_point():
        raise ValueError(f"masked.median: expected a floating-point type, but got {x.dtype!r}")
    if mask is not None and bool(x.detach().isnan().any()):
        raise ValueError("masked.median: the input holds NaN")
    values: Tensor = _nanmedian(_filled(x, mask, float("nan")), dim, keepdim)[0]
    return values


@public("masked", aliases=False)
def norm(input: Tensor, ord: float = 2.0, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The p-norm of the selected elements.

    Parameters
    ----------
    input : Tensor
    ord : float
        The p.
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this type first.
    mask : BoolTensor, optional
        The elements to use; all of them by default.

    Returns
    -------
    Tensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.norm(torch.tensor([3.0, 4.0, 9.0]), mask=torch.tensor([True, True, False]))
    tensor(5.)
    """
    x = _typed(input, dtype)
    return _vector_norm(_filled(x, mask, 0 if ord >= 0 else float("inf")), ord, _dims(x, dim), keepdim)


@public("masked", aliases=False)
def var(
    input: Tensor, dim: Any = None, unbiased: Any = None, *, correction: Any = None, keepdim: bool = False, dtype: Any = None,
    mask: Any = None,
) -> Tensor:  # fmt: skip
    """The variance of the selected elements.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    unbiased : bool, optional
        The older spelling of ``correction``: True for 1, False for 0.
    correction : int, optional
        Subtracted from the number of elements; 1 by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this type first.
    mask : BoolTensor, optional
        The elements to use; all of them by default.

    Returns
    -------
    Tensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.var(torch.tensor([1.0, 3.0, 9.0]), mask=torch.tensor([True, True, False]))
    tensor(2.)
    """
    if unbiased is not None and correction is not None:
        raise ValueError("masked.var: give either unbiased or correction")
    correction = correction if correction is not None else 1 if unbiased is None or unbiased else 0
    x = _typed(input, dtype)
    x = x if x.dtype.category >= dtypes.FLOATING else x.to(dtypes.get_default_dtype())
    dims = _dims(x, dim)
    if mask is None:
        return x.var(dims, correction=correction, keepdim=keepdim).to(x.dtype)  # (of complex numbers complex, as under a mask)
    count = _count(x, mask, dim, True)
    centred = x - _filled(x, mask, 0).sum(dims, keepdim=True) / count
    total = _filled(centred * centred.conj(), mask, 0).sum(dims, keepdim)
    left = _count(x, mask, dim, keepdim) - correction
    return total / left.clamp(min=0)


@public("masked", aliases=False)
def std(
    input: Tensor, dim: Any = None, unbiased: Any = None, *, correction: Any = None, keepdim: bool = False, dtype: Any = None,
    mask: Any = None,
) -> Tensor:  # fmt: skip
    """The standard deviation of the selected elements.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    unbiased : bool, optional
        The older spelling of ``correction``: True for 1, False for 0.
    correction : int, optional
        Subtracted from the number of elements; 1 by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this type first.
    mask : BoolTensor, optional
        The elements to use; all of them by default.

    Returns
    -------
    Tensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.std(torch.tensor([1.0, 3.0, 9.0]), mask=torch.tensor([True, True, False]))
    tensor(1.4142)
    """
    return var(input, dim, unbiased, correction=correction, keepdim=keepdim, dtype=dtype, mask=mask).sqrt()


@public("masked", aliases=False)
def logsumexp(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The logarithm of the sum of exponentials of the selected elements.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this type first.
    mask : BoolTensor, optional
        The elements to use; all of them by default.

    Returns
    -------
    Tensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.logsumexp(torch.tensor([0.0, 0.0]), 0)
    tensor(0.6931)
    """
    x = _typed(input, dtype)
    return _filled(x, mask, float("-inf") if x.dtype.is_complex else _lowest(x)).logsumexp(_dims(x, dim), keepdim)
