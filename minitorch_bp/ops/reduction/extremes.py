"""Maxima and minima: reductions whose gradient goes to the extreme elements.

Two conventions for ties, both torch's: a reduction that returns only values shares the gradient among all of them; one
that also returns an index gives it to the element with that index.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, primitive, public
from .._return_types import return_type
from .._shapes import check_tensor, count, kept, no_keepdim, reduced_axis, wrap_dim
from ..pointwise.arithmetic import maximum, minimum


# ---------------------------------------------------------------------- two numbers
@public()
@primitive(
    numbers="none",
    reals_only=RuntimeError,
    promote="same",
    input=lambda xp, grad, input, other: xp._where(xp.logical_or(input >= other, other != other), grad, 0),
    other=lambda xp, grad, input, other: xp._where(xp.logical_or(input >= other, other != other), 0, grad),
)
def fmax(input, other):
    """The larger of two numbers, or the other one where one is NaN; on a tie the gradient goes to the first.

    Parameters
    ----------
    input, other : Tensor
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    See Also
    --------
    minitorch_bp.maximum : NaN where one of both is NaN.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fmax(torch.tensor([1.0, float("nan")]), torch.tensor([3.0, 2.0]))
    tensor([3., 2.])
    """
    return np.fmax(other, input)  # of equal numbers (0 and -0) NumPy takes the second


@public()
@primitive(
    numbers="none",
    reals_only=RuntimeError,
    promote="same",
    input=lambda xp, grad, input, other: xp._where(xp.logical_or(input <= other, other != other), grad, 0),
    other=lambda xp, grad, input, other: xp._where(xp.logical_or(input <= other, other != other), 0, grad),
)
def fmin(input, other):
    """The smaller of two numbers, or the other one where one is NaN; on a tie the gradient goes to the first.

    Parameters
    ----------
    input, other : Tensor
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    See Also
    --------
    minitorch_bp.minimum : NaN where one of both is NaN.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fmin(torch.tensor([1.0, float("nan")]), torch.tensor([3.0, 2.0]))
    tensor([1., 2.])
    """
    return np.fmin(other, input)


def _tie_rule(xp: Any, grad: Any, input: Any, result: Any, dim: Any, keepdim: Any) -> Any:
    """All elements that attain the extreme share the gradient equally."""
    grad, result = (kept(xp, g, input.shape, dim, keepdim) for g in (grad, result))
    ties = input == result
    return ties * (grad / xp._sum_over(ties, dim, True))  # NaN is the extreme, but equals nothing: all gradients are NaN


def _extreme(name: str, ufunc: Any, x: np.ndarray, dim: Any, keepdim: bool) -> np.ndarray:
    if not x.size and (dim is None or count(x.shape, dim) == 0):
        kind = IndexError if dim is not None and dim != () and dim != [] else RuntimeError
        raise kind(
            f"{name}: an empty tensor of shape {list(x.shape)} has no largest or smallest element; give a dim that is not empty"
        )
    return ufunc.reduce(x, reduced_axis(dim, x.ndim, name), keepdims=keepdim)


@public(exact=True)
@primitive(reals_only=True, input=_tie_rule)
def amax(input, dim=(), keepdim=False):
    """The largest element along ``dim``; elements that tie share the gradient equally.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints
        The dimensions to reduce; all of them by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    Tensor
        Of ``input``'s dtype.

    See Also
    --------
    minitorch_bp.max : Also says where they are.
    minitorch_bp.argmax : Only says where.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.amax(torch.tensor([[1.0, 5.0], [3.0, 2.0]]), dim=1)
    tensor([5., 3.])
    """
    return _extreme("amax", np.maximum, input, dim, keepdim)


@public(exact=True)
@primitive(reals_only=True, input=_tie_rule)
def amin(input, dim=(), keepdim=False):
    """The smallest element along ``dim``; elements that tie share the gradient equally.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints
        The dimensions to reduce; all of them by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    Tensor
        Of ``input``'s dtype.

    See Also
    --------
    minitorch_bp.min : Also says where they are.
    minitorch_bp.argmin : Only says where.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.amin(torch.tensor([[1.0, 5.0], [3.0, 2.0]]), dim=1)
    tensor([1., 2.])
    """
    return _extreme("amin", np.minimum, input, dim, keepdim)


def _tie_or_nan_rule(xp: Any, grad: Any, input: Any, result: Any) -> Any:
    """The same for max() and min() of everything, where NaN ties with NaN."""
    ties = xp.logical_or(input == result, xp.logical_and(input != input, result != result))
    return xp._where(ties, grad / xp._sum_over(ties, None, False), 0)


@primitive(reals_only=True, grad_name="MaxBackward1", input=_tie_or_nan_rule)
def _max_all(input):
    return _extreme("max", np.maximum, input, None, False)


@primitive(reals_only=True, grad_name="MinBackward1", input=_tie_or_nan_rule)
def _min_all(input):
    return _extreme("min", np.minimum, input, None, False)


def _selected_rule(xp: Any, grad: Any, input_shape: Any, result1: Any, dim: Any, keepdim: Any) -> Any:
    """The gradient goes to the one element whose index was returned."""
    if not len(input_shape):
        return grad
    dim = wrap_dim(dim, len(input_shape))
    if not keepdim:
        grad, result1 = (kept(xp, g, input_shape, dim, False) for g in (grad, result1))
    return xp._scatter_zeros(grad, input_shape, dim, result1)


def taken(x: np.ndarray, index: np.ndarray, dim: int, keepdim: bool) -> tuple[np.ndarray, np.ndarray]:
    """The elements of ``x`` that an index with one place for each row along ``dim`` names, and the index."""
    values, index = np.take_along_axis(x, index, dim), index.astype(np.int64, copy=False)
    return (values, index) if keepdim else (values.squeeze(dim), index.squeeze(dim))


def _with_index(name: str, argument: Any, x: np.ndarray, dim: Any, keepdim: bool) -> tuple[np.ndarray, np.ndarray]:
    dim = wrap_dim(dim, x.ndim, name)
    if x.ndim == 0:
        return x.copy(), np.zeros((), np.int64)
    if x.shape[dim] == 0:
        raise IndexError(f"{name}: dimension {dim} of shape {list(x.shape)} is empty, so it has no {name}")
    index = np.expand_dims(argument(x, axis=dim), dim).astype(np.int64, copy=False)
    return taken(x, index, dim, keepdim)


@primitive(reals_only=RuntimeError, grad_name="MaxBackward0", outputs=("values",), input=_selected_rule)
def _max_dim(input, dim, keepdim=False):
    return _with_index("max", np.argmax, input, dim, keepdim)


@primitive(reals_only=RuntimeError, grad_name="MinBackward0", outputs=("values",), input=_selected_rule)
def _min_dim(input, dim, keepdim=False):
    return _with_index("min", np.argmin, input, dim, keepdim)


@public(exact=True)
def max(input: Tensor, dim: Any = None, keepdim: bool = False, *, out: Any = None) -> Any:
    """The largest element; with ``dim``, ``(values, indices)`` along it; with a second tensor, elementwise.

    Over all elements, ties share the gradient; along ``dim`` it goes to the element whose index is returned.

    Parameters
    ----------
    input : Tensor
    dim : int or Tensor, optional
        A dimension, or the second tensor of :func:`maximum`.
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    Tensor or (Tensor, LongTensor)
        The largest element, of no dimensions; or a named tuple ``(values, indices)``; or the larger of two tensors.

    Raises
    ------
    RuntimeError, IndexError
        If there is nothing to take the largest of.

    See Also
    --------
    minitorch_bp.amax : Along several dimensions, and the gradient is shared by equal elements.
    minitorch_bp.argmax : Only says where.
    minitorch_bp.topk : The k largest.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.max(torch.tensor([[1.0, 5.0], [3.0, 2.0]]), dim=1)
    torch.return_types.max(
    values=tensor([5., 3.]),
    indices=tensor([1, 0]))
    """
    check_tensor("max", input)
    if dim is None:
        no_keepdim("max", keepdim)
        return _max_all(input)
    if isinstance(dim, Tensor):
        return maximum(input, dim)
    return return_type("max", "values", "indices")(*_max_dim(input, dim, keepdim))


@public(exact=True)
def min(input: Tensor, dim: Any = None, keepdim: bool = False, *, out: Any = None) -> Any:
    """The smallest element; with ``dim``, ``(values, indices)`` along it; with a second tensor, elementwise.

    Parameters
    ----------
    input : Tensor
    dim : int or Tensor, optional
        A dimension, or the second tensor of :func:`minimum`.
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    Tensor or (Tensor, LongTensor)
        The smallest element, of no dimensions; or a named tuple ``(values, indices)``; or the smaller of two tensors.

    Raises
    ------
    RuntimeError, IndexError
        If there is nothing to take the smallest of.

    See Also
    --------
    minitorch_bp.amin : Along several dimensions, and the gradient is shared by equal elements.
    minitorch_bp.argmin : Only says where.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.min(torch.tensor([3.0, 1.0, 2.0]))
    tensor(1.)
    """
    check_tensor("min", input)
    if dim is None:
        no_keepdim("min", keepdim)
        return _min_all(input)
    if isinstance(dim, Tensor):
        return minimum(input, dim)
    return return_type("min", "values", "indices")(*_min_dim(input, dim, keepdim))


def _argument(name: str, function: Any, x: np.ndarray, dim: Any, keepdim: bool) -> np.ndarray:
    if x.dtype.kind == "b":
        raise RuntimeError(f"{name} is not defined for boolean tensors: convert with .int()")
    if dim is None:
        if not x.size:
            raise IndexError(f"{name}: the tensor is empty; give a dim that is not")
        out = np.asarray(function(x), np.int64)
        return out.reshape((1,) * x.ndim) if keepdim else out
    return _with_index(name, function, x, dim, keepdim)[1]


@public(exact=True)
@primitive(
    reals_only=RuntimeError,
)
def argmax(input, dim=None, keepdim=False):
    """The index of the largest element (of the flattened tensor, or along ``dim``); the first one on a tie.

    Parameters
    ----------
    input : Tensor
    dim : int, optional
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    LongTensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    See Also
    --------
    minitorch_bp.max : The elements themselves.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.argmax(torch.tensor([[1.0, 5.0], [3.0, 2.0]]), dim=1)
    tensor([1, 0])
    """
    return _argument("argmax", np.argmax, input, dim, keepdim)


@public(exact=True)
@primitive(
    reals_only=RuntimeError,
)
def argmin(input, dim=None, keepdim=False):
    """The index of the smallest element (of the flattened tensor, or along ``dim``); the first one on a tie.

    Parameters
    ----------
    input : Tensor
    dim : int, optional
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    LongTensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    See Also
    --------
    minitorch_bp.min : The elements themselves.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.argmin(torch.tensor([3.0, 1.0, 2.0]))
    tensor(1)
    """
    return _argument("argmin", np.argmin, input, dim, keepdim)


@public(exact=True, node="AminmaxBackward0(input)")
def aminmax(input: Tensor, *, dim: Any = None, keepdim: bool = False, out: Any = None) -> Any:
    """The smallest and the largest element, of all or along a dimension.

    Parameters
    ----------
    input : Tensor
    dim : int, optional
        All elements by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.

    Returns
    -------
    (Tensor, Tensor)
        A named tuple ``(min, max)``.

    See Also
    --------
    minitorch_bp.amin, minitorch_bp.amax

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.aminmax(torch.tensor([3, 1, 2]))
    torch.return_types.aminmax(
    min=tensor(1),
    max=tensor(3))
    """
    dims: Any = () if dim is None else wrap_dim(dim, input.ndim, "aminmax")
    if not input.ndim:
        dims = ()
    return return_type("aminmax", "min", "max")(amin(input, dims, keepdim), amax(input, dims, keepdim))
