"""``torch.masked``: reductions and normalizations of the elements that a boolean mask lets through.

An element that the mask hides is replaced by what does not change the result: 0 in a sum, 1 in a product, minus infinity in a
maximum. ``mask`` broadcasts to the input; None lets everything through.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .core import dtype as dtypes
from .core.public import public
from .core.tensor import Tensor
from .ops import names_of
from .ops.nn.softmax import log_softmax as _log_softmax
from .ops.nn.softmax import softmax as _softmax
from .ops.nn.softmax import softmin as _softmin
from .ops.pointwise.compare import where
from .ops.pointwise.exponential import logaddexp as _logaddexp
from .ops.reduction.norms import vector_norm as _vector_norm
from .ops.reduction.quantile import nanmedian as _nanmedian


def _filled(input: Tensor, mask: Any, value: Any) -> Tensor:
    """The input with hidden elements replaced."""
    if mask is None:
        return input
    if input.ndim < mask.ndim:
        raise IndexError(f"masked: a mask of shape {list(mask.shape)} does not fit an input of shape {list(input.shape)}")
    return where(mask.expand(input.shape), input, input.new_full((), value))


def _lowest(input: Tensor, largest: bool = False) -> Any:
    """What loses against every element (or, ``largest``, wins)."""
    if input.is_floating_point():
        return float("inf") if largest else float("-inf")
    if input.dtype is dtypes.bool:
        return largest
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
    """The sum.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.sum(torch.tensor([1.0, 2.0]), mask=torch.tensor([True, False]))
    tensor(1.)
    """
    return _filled(input, mask, 0).sum(_dims(input, dim), keepdim, dtype=dtype)


@public("masked", aliases=False)
def prod(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The product.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.prod(torch.tensor([3.0, 2.0]), mask=torch.tensor([True, False]))
    tensor(3.)
    """
    x = _filled(_typed(input, dtype), mask, 1)
    dims = _dims(x, dim)
    for d in sorted((k % max(x.ndim, 1) for k in ((dims,) if isinstance(dims, int) else dims)), reverse=True):
        x = x.prod(d, keepdim)
    return x if x is not input else x.clone()


@public("masked", aliases=False)
def amax(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The largest element.

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
    """The smallest element.

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
    """The place of the largest element.

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
    """The place of the smallest element.

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
    """The mean.

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
    """The median.

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
    """The length.

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
    """The variance.

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
        return x.var(dims, correction=correction, keepdim=keepdim)
    count = _count(x, mask, dim, True)
    centred = x - _filled(x, mask, 0).sum(dims, keepdim=True) / count
    total = _filled(centred * centred.conj(), mask, 0).sum(dims, keepdim)
    total = total.real if total.dtype.is_complex else total
    left = _count(x, mask, dim, keepdim) - correction
    return total / left.clamp(min=0)


@public("masked", aliases=False)
def std(
    input: Tensor, dim: Any = None, unbiased: Any = None, *, correction: Any = None, keepdim: bool = False, dtype: Any = None,
    mask: Any = None,
) -> Tensor:  # fmt: skip
    """The standard deviation.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.std(torch.tensor([1.0, 3.0, 9.0]), mask=torch.tensor([True, True, False]))
    tensor(1.4142)
    """
    return var(input, dim, unbiased, correction=correction, keepdim=keepdim, dtype=dtype, mask=mask).sqrt()


@public("masked", aliases=False)
def softmax(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """Softmax; hidden elements get 0.

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

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.log_softmax(torch.tensor([0.0, 0.0]), 0)
    tensor([-0.6931, -0.6931])
    """
    return _log_softmax(_filled(_typed(input, dtype), mask, float("-inf")), dim)


@public("masked", aliases=False)
def softmin(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """Softmax of the negatives.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.softmin(torch.tensor([0.0, 0.0]), 0)
    tensor([0.5000, 0.5000])
    """
    return _softmin(_filled(_typed(input, dtype), mask, float("inf")), dim)


@public("masked", aliases=False)
def normalize(input: Tensor, ord: float, dim: int, *, eps: float = 1e-12, dtype: Any = None, mask: Any = None) -> Tensor:
    """Divided by the length.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.normalize(torch.tensor([3.0, 4.0]), 2.0, 0)
    tensor([0.6000, 0.8000])
    """
    x = _typed(input, dtype)
    length = norm(x, ord, dim, keepdim=True, mask=mask)
    return _filled(x, mask, 0) / length.clamp(min=eps)


@public("masked", aliases=False)
def logaddexp(input: Tensor, other: Tensor, *, dtype: Any = None, input_mask: Any = None, other_mask: Any = None) -> Tensor:
    """The logarithm of a sum of exponentials of two.

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
def logsumexp(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The logarithm of the sum of exponentials.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.logsumexp(torch.tensor([0.0, 0.0]), 0)
    tensor(0.6931)
    """
    x = _typed(input, dtype)
    return _filled(x, mask, _lowest(x)).logsumexp(_dims(x, dim), keepdim)


@public("masked", aliases=False)
def cumsum(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """Running sums.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.cumsum(torch.tensor([1, 2]), 0)
    tensor([1, 3])
    """
    return _filled(_typed(input, dtype), mask, 0).cumsum(dim)


@public("masked", aliases=False)
def cumprod(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """Running products.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked.cumprod(torch.tensor([2, 3]), 0)
    tensor([2, 6])
    """
    return _filled(_typed(input, dtype), mask, 1).cumprod(dim)


_, __dir__, __all__ = names_of("masked", globals())
