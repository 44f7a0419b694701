"""Sums, means and counts: reductions of many elements to one. The lecture's Mean node is here.

The rule of a reduction spreads the incoming gradient back over what was reduced; ``kept`` gives the reduced dimensions
their place back, and broadcasting does the rest.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dtype import as_dtype
from ...core.sums import total
from .._base import Tensor, dtypes, primitive, public
from .._shapes import check_tensor, count, kept, reduced_axis, summed_as

_add: Any = np.add.reduce  # NumPy's stubs do not know keepdims by position


def _sum(x: np.ndarray, axis: Any, keepdim: bool) -> np.ndarray:
    if x.dtype.kind in "iub":
        return _add(x, axis, np.int64, None, keepdim)
    return total(x, axis, keepdim)


@primitive(
    grad_name=lambda node: "SumBackward0" if node.reads("dim") is None else "SumBackward1",
    input=lambda xp, grad, input_shape, dim, keepdim: xp.expand(kept(xp, grad, input_shape, dim, keepdim), input_shape),
)
def _sum_over(input, dim=None, keepdim=False):
    axis = None if dim is None else reduced_axis(dim, input.ndim, "sum")
    if input.dtype.char in "fd":  # most sums: two calls less
        return _add(input, None, None, None, keepdim) if axis is None else total(input, axis, keepdim)
    return _sum(input, axis, keepdim)


@public(exact="out")
def sum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, out: Any = None) -> Tensor:
    r"""The sum of all elements, or along ``dim``: :math:`\sum_i x_i`.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this type first. Integers and booleans are summed as int64.

    Returns
    -------
    Tensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    Raises
    ------
    IndexError
        If there is no such dimension.

    See Also
    --------
    minitorch_bp.mean : Divided by their number.
    minitorch_bp.nansum : Without NaN.
    minitorch_bp.cumsum : All partial sums.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.sum(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=0)
    tensor([4., 6.])
    """
    return _sum_over(input, dim, keepdim) if dtype is None else summed_as(_sum_over, input, as_dtype(dtype), dim, keepdim)


def _float_only(name: str, x: np.ndarray) -> None:
    if x.dtype.kind not in "fcV":
        raise RuntimeError(
            f"{name} needs a floating-point tensor, but got one of type torch.{x.dtype}: convert it with .float(), "
            "or pass dtype= where the function has it"
        )


@primitive(
    grad_name=lambda node: "MeanBackward0" if node.reads("dim") is None else "MeanBackward1",
    input=lambda xp, grad, input_shape, dim, keepdim: xp.expand(
        kept(xp, grad, input_shape, dim, keepdim) / count(input_shape, dim), input_shape
    ),
)
def _mean_over(input, dim=None, keepdim=False):
    if dim is None and input.dtype.char in "fd":  # most means: four calls less
        return _add(input, None, None, None, keepdim) / input.dtype.type(input.size)
    _float_only("mean", input)
    half = input.dtype.itemsize == 2  # rounded once, at the end
    out = total(input.astype(np.float32) if half else input, reduced_axis(dim, input.ndim, "mean"), keepdim)
    out = out / out.dtype.type(count(input.shape, dim))
    return out.astype(input.dtype) if half else out


@public(exact="out")
def mean(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, out: Any = None) -> Tensor:
    r"""The average of all elements, or along ``dim``: :math:`\frac{1}{n} \sum_i x_i`.

    Parameters
    ----------
    input : Tensor
        Of floating-point or complex type, unless ``dtype`` is.
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this type first.

    Returns
    -------
    Tensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    Raises
    ------
    RuntimeError
        If the tensor is not of floating-point type.
    IndexError
        If there is no such dimension.

    See Also
    --------
    minitorch_bp.sum : Not divided.
    minitorch_bp.median : The middle element.
    minitorch_bp.nanmean : Without NaN.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.mean(torch.tensor([1.0, 2.0, 6.0]))
    tensor(3.)
    """
    return _mean_over(input if dtype is None else input.to(dtype), dim, keepdim)


@public("torch", "Tensor", "special")
@primitive(
    input=lambda xp, grad, input, result, dim, keepdim: (
        kept(xp, grad, input.shape, dim, keepdim) * xp.exp(input - kept(xp, result, input.shape, dim, keepdim))
    ),
)
def logsumexp(input, dim, keepdim=False):
    r"""The logarithm of the sum of exponentials, :math:`\ln \sum_i e^{x_i}`, computed without overflow.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    Tensor
        Without the reduced dimensions; integers give the default float dtype.

    See Also
    --------
    minitorch_bp.softmax : The exponentials divided by their sum.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.logsumexp(torch.tensor([0.0, 0.0]), dim=0)
    tensor(0.6931)
    """
    if input.dtype.kind not in "fcV":
        input = input.astype(dtypes.get_default_dtype().numpy)
    axis = reduced_axis(dim, input.ndim, "logsumexp")
    if not input.size:  # the logarithm of an empty sum
        return np.log(_add(input, axis, None, None, keepdim))
    top = np.maximum.reduce(input.real, axis, keepdims=True)  # (the size of exp(z) is that of its real part)
    top = np.where(np.isfinite(top), top, 0).astype(input.dtype, copy=False)
    out = np.log(total(np.exp(input - top), axis, True)) + top
    return out if keepdim else np.squeeze(out, tuple(range(input.ndim)) if axis is None else axis)


# ---------------------------------------------------------------------- logic and counting
def _axis_of_truth(dim: Any, ndim: int, name: str) -> Any:
    """The axis of ``any`` and ``all``, for which an empty tuple means no dimension, where it means all of them for sums."""
    return () if isinstance(dim, (tuple, list)) and not dim else reduced_axis(dim, ndim, name)


@public(exact="bool uint8")
@primitive()
def any(input, dim=None, keepdim=False):
    """Whether some element is nonzero.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    Tensor
        Of dtype bool; uint8 for a uint8 tensor.

    See Also
    --------
    minitorch_bp.all : Whether all are.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.any(torch.tensor([False, True]))
    tensor(True)
    """
    out = np.any(input, _axis_of_truth(dim, input.ndim, "any"), keepdims=keepdim)
    return np.asarray(out).astype(np.uint8) if input.dtype == np.uint8 else out


@public(exact="bool uint8")
@primitive()
def all(input, dim=None, keepdim=False):
    """Whether every element is nonzero.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    Tensor
        Of dtype bool; uint8 for a uint8 tensor.

    See Also
    --------
    minitorch_bp.any : Whether one is.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.all(torch.tensor([False, True]))
    tensor(False)
    """
    out = np.all(input, _axis_of_truth(dim, input.ndim, "all"), keepdims=keepdim)
    return np.asarray(out).astype(np.uint8) if input.dtype == np.uint8 else out


@public()
@primitive()
def count_nonzero(input, dim=None):
    """How many elements are nonzero.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.

    Returns
    -------
    LongTensor
        Without the reduced dimensions.

    See Also
    --------
    minitorch_bp.nonzero : Where they are.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.count_nonzero(torch.tensor([0, 3, 5]))
    tensor(2)
    """
    return np.asarray(np.count_nonzero(input, reduced_axis(dim, input.ndim, "count_nonzero")), np.int64)


def _nansum_rule(xp: Any, grad: Any, input: Any, dim: Any, keepdim: Any) -> Any:
    return kept(xp, grad, input.shape, dim, keepdim) * (input == input)


@primitive(grad_name="NansumBackward0", input=_nansum_rule)
def _nansum(input, dim, keepdim):
    axis = None if dim is None else reduced_axis(dim, input.ndim, "nansum")
    return _sum(np.where(input == input, input, np.zeros((), input.dtype)), axis, keepdim)


@public(exact="out")
def nansum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, out: Any = None) -> Tensor:
    """The sum, NaN counting as zero.

    Parameters
    ----------
    input : Tensor
        Not complex.
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Sum in this type. Integers and booleans are summed as int64.

    Returns
    -------
    Tensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    See Also
    --------
    minitorch_bp.sum : NaN where one is NaN.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nansum(torch.tensor([1.0, float("nan")]))
    tensor(1.)
    """
    check_tensor("nansum", input)
    if input.dtype.is_complex:
        raise RuntimeError("nansum: complex tensors are not supported")
    if not input.is_floating_point() or (dtype is not None and not as_dtype(dtype).is_floating_point):
        return sum(input, dim, keepdim, dtype=dtype)
    return _nansum(input if dtype is None else input.to(dtype), dim, keepdim)


@public()
def nanmean(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, out: Any = None) -> Tensor:
    """The mean of the elements that are not NaN.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    dim : int or tuple of ints, optional
        The dimensions to reduce; all of them by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Sum in this type.

    Returns
    -------
    Tensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    See Also
    --------
    minitorch_bp.mean : NaN where one is NaN.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nanmean(torch.tensor([1.0, float("nan"), 3.0]))
    tensor(2.)
    """
    check_tensor("nanmean", input)
    if input.dtype.category < dtypes.FLOATING:
        raise RuntimeError(f"nanmean: expected a floating-point type, but got {input.dtype!r}")
    count = (input.detach() == input.detach()).sum(dim, keepdim)
    return nansum(input, dim, keepdim, dtype=dtype) / count
