"""Comparison operations, and ``where``. Functions whose results are booleans have no gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, attach, dtypes, is_operand, operators, primitive, public, wrap
from .._shapes import check_tensor, chosen, not_negative, same_type


@public(inplace="constant")
@primitive(numbers="second", ufunc=np.equal, promote="same")
def eq(input, other, out=None):
    r"""Whether :math:`x_i = y_i`, elementwise.

    Parameters
    ----------
    input : Tensor
    other : Tensor or number
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape, of dtype bool.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.eq(torch.tensor([1, 2]), 2)
    tensor([False,  True])
    """
    return np.equal(input, other, out)


@public(inplace="constant", names=["not_equal"])
@primitive(numbers="second", ufunc=np.not_equal, promote="same")
def ne(input, other, out=None):
    r"""Whether :math:`x_i \ne y_i`, elementwise.

    Parameters
    ----------
    input : Tensor
    other : Tensor or number
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape, of dtype bool.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ne(torch.tensor([1, 2]), 2)
    tensor([ True, False])
    """
    return np.not_equal(input, other, out)


def _equality(function: Any) -> Any:
    """``==`` and ``!=``, which take NumPy's arrays, too."""

    def operator(self: Any, other: Any) -> Any:
        if isinstance(other, np.ndarray):
            other = wrap(other)
        return function(self, other) if is_operand(other) else NotImplemented

    operator.__wrapped__ = function  # type: ignore[attr-defined]
    return operator


operators("eq")(_equality(eq))
operators("ne")(_equality(ne))


def _ordered(name: str, x: np.ndarray) -> None:
    if x.dtype.kind == "c":
        raise NotImplementedError(f"{name}: complex numbers have no order: compare abs(), or .real")


@public(inplace="constant", names=["less"])
@operators("lt")
@primitive(numbers="second", promote="same")
def lt(input, other, out=None):
    r"""Whether :math:`x_i < y_i`, elementwise.

    Parameters
    ----------
    input : Tensor
    other : Tensor or number
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape, of dtype bool.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.lt(torch.tensor([1, 2]), 2)
    tensor([ True, False])
    """
    _ordered("lt", input)
    return np.less(input, other, out)


@public(inplace="constant", names=["less_equal"])
@operators("le")
@primitive(numbers="second", promote="same")
def le(input, other, out=None):
    r"""Whether :math:`x_i \le y_i`, elementwise.

    Parameters
    ----------
    input : Tensor
    other : Tensor or number
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape, of dtype bool.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.le(torch.tensor([1, 3]), 2)
    tensor([ True, False])
    """
    _ordered("le", input)
    return np.less_equal(input, other, out)


@public(inplace="constant", names=["greater"])
@operators("gt")
@primitive(numbers="second", promote="same")
def gt(input, other, out=None):
    r"""Whether :math:`x_i > y_i`, elementwise.

    Parameters
    ----------
    input : Tensor
    other : Tensor or number
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape, of dtype bool.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.gt(torch.tensor([1, 3]), 2)
    tensor([False,  True])
    """
    _ordered("gt", input)
    return np.greater(input, other, out)


@public(inplace="constant", names=["greater_equal"])
@operators("ge")
@primitive(numbers="second", promote="same")
def ge(input, other, out=None):
    r"""Whether :math:`x_i \ge y_i`, elementwise.

    Parameters
    ----------
    input : Tensor
    other : Tensor or number
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape, of dtype bool.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ge(torch.tensor([1, 2]), 2)
    tensor([False,  True])
    """
    _ordered("ge", input)
    return np.greater_equal(input, other, out)


# ---------------------------------------------------------------------- choosing
@primitive(
    elementwise=True,
    promote="same",
    grad_name="WhereBackward0",
    input=lambda xp, grad, condition: xp._where(condition, grad, 0),
    other=lambda xp, grad, condition: xp._where(condition, 0, grad),
)
def _where(condition, input, other):
    return chosen(condition, input, other)


@public("torch")
def where(condition: Tensor, input: Any = None, other: Any = None, *, out: Any = None) -> Any:
    r"""Choose elementwise: ``input`` where ``condition`` holds, else ``other``; alone, the indices where it holds.

    Parameters
    ----------
    condition : BoolTensor
    input, other : Tensor or number
        All three broadcast together.

    Returns
    -------
    Tensor or tuple of Tensors
        Of the broadcast shape and the promoted dtype; with ``condition`` alone, one index tensor per dimension.

    Raises
    ------
    RuntimeError
        If the shapes do not broadcast, or the condition is not boolean.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.tensor([-1.0, 2.0])
    >>> torch.where(x > 0, x, 0.0)
    tensor([0., 2.])
    """
    check_tensor("where", condition, "condition")
    if input is None and other is None:
        from ..indexing.masks import nonzero

        return nonzero(condition, as_tuple=True)
    if condition._array.dtype.kind not in "b" and condition._array.dtype.name != "uint8":
        raise RuntimeError(f"where: the condition must be a boolean tensor, but got one of type {condition.dtype!r}")
    if condition._array.dtype.kind == "u":
        condition = condition.bool()
    for value, else_ in ((input, other), (other, input)):
        if isinstance(value, int) and isinstance(else_, Tensor):  # (a float makes the result one of floats)
            dtypes.check_number(value, else_.dtype)
    return _where(condition, input, other)


# ---------------------------------------------------------------------- whole tensors
@public()
def equal(input: Tensor, other: Tensor) -> bool:
    """Whether both tensors have the same shape and the same elements.

    Parameters
    ----------
    input, other : Tensor

    Returns
    -------
    bool
        Whether shapes and elements agree; the dtypes may differ. NaN equals nothing.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.equal(torch.tensor([1, 2]), torch.tensor([1, 2]))
    True
    """
    check_tensor("equal", input)
    check_tensor("equal", other, "other")
    return bool(np.array_equal(input._array, other._array))


@public()
@primitive(elementwise=True)
def isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    r"""Whether :math:`|x_i - y_i| \le \text{atol} + \text{rtol} \times |y_i|`, elementwise.

    Parameters
    ----------
    input, other : Tensor
        Of one dtype and broadcastable shapes.
    rtol, atol : float
        The relative and the absolute tolerance.
    equal_nan : bool
        Whether NaN is close to NaN.

    Returns
    -------
    Tensor
        Of the broadcast shape, of dtype bool.

    Raises
    ------
    RuntimeError
        If the dtypes differ.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.isclose(torch.tensor([1.0, 1.0]), torch.tensor([1.0 + 1e-7, 1.1]))
    tensor([ True, False])
    """
    if not hasattr(other, "dtype"):
        raise TypeError(f"isclose(): the argument 'other' must be a Tensor, but got {type(other).__name__}")
    not_negative("isclose", rtol=rtol, atol=atol)
    same_type("isclose", input, other)
    if input.dtype.kind in "iub":
        if not (rtol or atol):
            return input == other  # as float64, neighbours beyond 2**53 would be one
        input, other = input.astype(np.float64), other.astype(np.float64)
    return np.isclose(input, other, rtol, atol, equal_nan)


@public()
def allclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether :func:`isclose` holds for all elements.

    Parameters
    ----------
    input, other : Tensor
        Of one dtype and broadcastable shapes.
    rtol, atol : float
        The relative and the absolute tolerance.
    equal_nan : bool
        Whether NaN is close to NaN.

    Returns
    -------
    bool
        Whether all elements are close.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.allclose(torch.tensor([1.0]), torch.tensor([1.0 + 1e-7]))
    True
    """
    return bool(isclose(input, other, rtol, atol, equal_nan)._array.all())


@public()
def is_nonzero(input: Tensor) -> bool:
    """Whether the only element differs from zero.

    Parameters
    ----------
    input : Tensor
        Of one element.

    Returns
    -------
    bool
        False for 0 and False, else True.

    Raises
    ------
    RuntimeError
        Unless there is exactly one element.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.is_nonzero(torch.tensor([0.5]))
    True
    """
    return bool(input)


def _where_method(self: Tensor, condition: Tensor, other: Any) -> Any:
    """The tensor's elements where ``condition`` holds, else those of ``other``: :func:`where` as a method.

    Parameters
    ----------
    condition : BoolTensor
    other : Tensor or number
        Both broadcast against the tensor.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.tensor([-1.0, 2.0])
    >>> x.where(x > 0, 0.0)
    tensor([0., 2.])
    """
    return where(condition, self, other)


attach("where", _where_method)
