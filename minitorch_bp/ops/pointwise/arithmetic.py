"""Arithmetic on one or two tensors: sums, products, quotients and remainders; the lecture's Add and Mul nodes.

Operands broadcast by NumPy's rules and are promoted by torch's. Each rule is the derivative from the calculus book; the
engine sums a gradient that was broadcast.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, apply_in_place, by_second, dtypes, is_operand, one_node, operators, primitive, public, reflected


def _zero(xp: Any, grad: Any) -> Any:
    """The derivative of a step function."""
    return xp._zeros_of(grad)


@operators("add radd iadd")
@primitive(ufunc=np.add, numbers="both", promote="same", grad_name="AddBackward0", input=lambda xp, grad: grad,
           other=lambda xp, grad: grad)  # fmt: skip
def _add(input, other, out=None):
    return np.add(input, other, out)


@operators("sub isub")
@primitive(ufunc=np.subtract, numbers="both", booleans=False, promote="same", grad_name="SubBackward0",
           input=lambda xp, grad: grad, other=lambda xp, grad: -grad)  # fmt: skip
def _sub(input, other, out=None):
    return np.subtract(input, other, out)


@public(inplace=True, names=["multiply"])
@operators("mul rmul imul")
@primitive(
    ufunc=np.multiply,
    numbers="both",
    promote="same",
    input=lambda xp, grad, other: grad * other,
    other=lambda xp, grad, input: grad * input,
)
def mul(input, other, out=None):
    r"""Multiply elementwise: :math:`\text{out}_i = \text{input}_i \times \text{other}_i`.

    Parameters
    ----------
    input, other : Tensor or number
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Raises
    ------
    RuntimeError
        If the shapes do not broadcast.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.mul(torch.tensor([1.0, 2.0]), 3)
    tensor([3., 6.])
    """
    return np.multiply(input, other, out)


@operators("truediv itruediv")
@primitive(
    ufunc=np.true_divide,
    numbers="both",
    promote="float",
    grad_name="DivBackward0",
    input=lambda xp, grad, other: grad / other,
    other=lambda xp, grad, input, other: -grad * ((input / other) / other),
)
def _div(input, other, out=None):
    return np.true_divide(input, other, out)


def _add_to(self: Tensor, other: Any, *older: Tensor, alpha: Any = 1) -> Tensor:
    if older:  # x.add_(2, y), as it was written once, and PyTorch still takes it
        alpha, (other,) = other, older
    return apply_in_place(_add.op, self, _scaled(self, other, alpha))


@public(inplace=_add_to)
def add(input: Any, other: Any, *, alpha: Any = 1, out: Any = None) -> Tensor:
    r"""Add elementwise: :math:`\text{out}_i = \text{input}_i + \text{alpha} \times \text{other}_i`.

    Parameters
    ----------
    input, other : Tensor or number
        Of broadcastable shapes.
    alpha : number
        A factor for ``other``.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Raises
    ------
    RuntimeError
        If the shapes do not broadcast, or a float ``alpha`` meets integers.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.add(torch.tensor([1.0, 2.0]), torch.tensor([10.0, 20.0]), alpha=2)
    tensor([21., 42.])
    """
    if alpha != 1 or alpha.__class__ is bool:
        return one_node("AddBackward0", _add(input, _scaled(input, other, alpha)), input, other)
    return _add(input, other)


def _subtract_from(self: Tensor, other: Any, *older: Tensor, alpha: Any = 1) -> Tensor:
    if older:
        alpha, (other,) = other, older
    return apply_in_place(_sub.op, self, _scaled(self, other, alpha))


@public(inplace=_subtract_from, names=["subtract"])
def sub(input: Any, other: Any, *, alpha: Any = 1, out: Any = None) -> Tensor:
    r"""Subtract elementwise: :math:`\text{out}_i = \text{input}_i - \text{alpha} \times \text{other}_i`.

    Parameters
    ----------
    input, other : Tensor or number
        Of broadcastable shapes.
    alpha : number
        A factor for ``other``.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Raises
    ------
    RuntimeError
        If the shapes do not broadcast, or an operand is a boolean tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.sub(torch.tensor([5.0, 7.0]), 2)
    tensor([3., 5.])
    """
    if (alpha != 1 or alpha.__class__ is bool) and getattr(other, "dtype", None) is not dtypes.bool:
        return one_node("SubBackward0", _sub(input, _scaled(input, other, alpha)), input, other)
    return _sub(input, other)


@primitive(booleans=False, promote="same", grad_name=by_second("RsubBackward1", "RsubBackward0"), arity=1, input=lambda xp, grad: -grad,
           other=lambda xp, grad: grad)  # fmt: skip
def _rsub(input, other):
    return np.subtract(other, input)


@public("torch")
def rsub(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    r"""Subtract the other way round: :math:`\text{out}_i = \text{other}_i - \text{alpha} \times \text{input}_i`.

    Parameters
    ----------
    input : Tensor
    other : Tensor or number
        Of broadcastable shapes.
    alpha : number
        A factor for ``input``.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.rsub(torch.tensor([1.0, 2.0]), 10)
    tensor([9., 8.])
    """
    if not isinstance(input, Tensor):
        raise TypeError(f"rsub(): the argument 'input' must be a Tensor, but got {type(input).__name__}")
    booleans = getattr(input, "dtype", None) is dtypes.bool or getattr(other, "dtype", None) is dtypes.bool
    if not booleans and (alpha != 1 or alpha.__class__ is bool):
        kind = "RsubBackward0" if isinstance(other, Tensor) else "RsubBackward1"
        return one_node(kind, _rsub(_scaled(other, input, alpha), other), input, other)
    return _rsub(input, other)


@operators("rsub")
def _rsub_operator(self: Any, other: Any) -> Any:
    return _rsub(self, other) if is_operand(other) else NotImplemented


def _scaled(input: Any, other: Any, alpha: Any) -> Any:
    """The second operand times alpha, in the type of the result, to which both numbers are rounded first."""
    if alpha == 1 and alpha.__class__ is not bool:
        return other
    if isinstance(alpha, Tensor):
        alpha = alpha.item()  # a number as a tensor, which is a constant here
    if isinstance(input, Tensor) and isinstance(other, Tensor) and alpha.__class__ is float:
        d = other._array.dtype
        if d is input._array.dtype and d.char in "fd":  # the usual case: 1 us in place of 5
            return mul(other, alpha)
    operands = [x._array if isinstance(x, Tensor) else x for x in (input, other)]
    wanted = dtypes.result_dtype(operands)
    if dtypes.scalar_type(alpha).category > max(1, wanted.category):
        raise RuntimeError(f"for integer tensors, alpha must be an integer, but got {alpha!r}")
    if alpha.__class__ is bool and wanted is not dtypes.bool:
        raise RuntimeError(f"alpha can be a boolean for boolean results only, but the result is of type {wanted!r}")
    if wanted.itemsize == 2 and wanted.is_floating_point:
        alpha, other = (x if isinstance(x, Tensor) else float(np.asarray(x, wanted.numpy)) for x in (alpha, other))
    if isinstance(other, Tensor):
        return mul(other if other.dtype is wanted else other.to(wanted), bool(alpha) if wanted is dtypes.bool else alpha)
    return bool(other * alpha) if wanted is dtypes.bool else other * alpha


def _divide_by(self: Tensor, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    return apply_in_place(_quotient(rounding_mode).op, self, other)


@public(inplace=_divide_by, names=["divide", "true_divide"])
def div(input: Any, other: Any, *, rounding_mode: str | None = None, out: Any = None) -> Tensor:
    r"""Divide elementwise; integers give floats unless a ``rounding_mode`` is chosen.

    Parameters
    ----------
    input, other : Tensor or number
        Of broadcastable shapes.
    rounding_mode : None, 'floor' or 'trunc'
        How to round the quotient, if at all. With a mode, integer operands give an integer result.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype; without a mode, integers become the default float dtype.

    Raises
    ------
    RuntimeError
        For another rounding mode, or shapes that do not broadcast.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.div(torch.tensor([7, -7]), 2)
    tensor([ 3.5000, -3.5000])
    >>> torch.div(torch.tensor([7, -7]), 2, rounding_mode="trunc")
    tensor([ 3, -3])
    """
    return _quotient(rounding_mode)(input, other)


def _quotient(rounding_mode: Any) -> Any:
    if rounding_mode is None:
        return _div
    if rounding_mode == "floor":
        return _floor_div
    if rounding_mode != "trunc":
        raise RuntimeError(f"div: rounding_mode must be None, 'trunc' or 'floor', but got {rounding_mode!r}")
    return _trunc_divide


@primitive(public_name="div", numbers="both", promote="same", grad_name="DivBackward2", input=_zero, other=_zero)
def _floor_div(input, other, out=None):
    return np.floor_divide(_no_zero(input, other), other, out)


def _no_derivative(xp: Any, grad: Any) -> Any:
    raise RuntimeError("the derivative of floor_divide is not implemented (nor is it in PyTorch): use div(rounding_mode='floor')")


@public(inplace=True)
@operators("floordiv ifloordiv")
@primitive(numbers="both", promote="same", grad_name="torch::autograd::NotImplemented", arity=1,
           input=_no_derivative, other=_no_derivative)  # fmt: skip
def floor_divide(input, other, out=None):
    r"""The quotient rounded towards minus infinity. Not differentiable, as in torch: backward through it raises RuntimeError.

    Parameters
    ----------
    input, other : Tensor or number
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Raises
    ------
    RuntimeError
        For an integer division by zero.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.floor_divide(torch.tensor([7, -7]), 2)
    tensor([ 3, -4])
    """
    return np.floor_divide(_no_zero(input, other), other, out)


operators("rfloordiv")(reflected(floor_divide))


@primitive(public_name="div", numbers="both", promote="same", grad_name="DivBackward2", input=_zero, other=_zero)
def _trunc_divide(input, other):
    _no_zero(input, other)
    if np.result_type(input, other).kind in "iu":
        floor, left = np.divmod(input, other)
        return floor + ((left != 0) & ((input < 0) != (other < 0)))
    return np.trunc(np.true_divide(input, other))


def _no_zero(input: Any, other: Any) -> Any:
    kind = np.result_type(input, other).kind
    if kind == "b":
        raise NotImplementedError("division and remainders are not defined for boolean tensors: convert with .int()")
    if kind in "iu" and np.any(np.asarray(other) == 0) and np.size(input):
        raise RuntimeError("integer division by zero: convert to a float type to get inf")
    return input


@public(inplace=True)
@operators("mod imod")
@primitive(promote="same", grad_name=by_second("RemainderBackward0", "RemainderBackward1"), arity=1, input=lambda xp, grad: grad,
           other=lambda xp, grad, input, other: -grad * xp._floor_div(input, other))  # fmt: skip
def remainder(input, other):
    r"""Python's ``%``: the remainder with the sign of the divisor, :math:`x - \lfloor x / y \rfloor y`.

    Parameters
    ----------
    input, other : Tensor or number
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Raises
    ------
    RuntimeError
        For integers modulo zero.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.remainder(torch.tensor([-3.0, 3.0]), 2)
    tensor([1., 1.])
    """
    out = np.remainder(_no_zero(input, other), other)
    return (
        out if out.dtype.kind not in "fV" else np.copysign(out, input, where=out == 0, out=np.asarray(out))
    )  # (0 has input's sign)


operators("rmod")(reflected(remainder))


@public(inplace=True)
@primitive(numbers="second", promote="same", grad_name=by_second("FmodBackward0", "FmodBackward1"), arity=1,
           input=lambda xp, grad: grad, other=lambda xp, grad, input, other: -grad * xp._trunc_divide(input, other))  # fmt: skip
def fmod(input, other, out=None):
    r"""C's ``fmod``: the remainder with the sign of the dividend.

    Parameters
    ----------
    input : Tensor
    other : Tensor or number
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Raises
    ------
    RuntimeError
        For integers modulo zero.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fmod(torch.tensor([-3.0, 3.0]), 2)
    tensor([-1.,  1.])
    """
    return np.fmod(_no_zero(input, other), other, out)


@public(inplace=True, names=["negative"], exact=True)
@operators("neg")
@primitive(input=lambda xp, grad: -grad)
def neg(input, out=None):
    r"""The negative, :math:`-x`.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Raises
    ------
    RuntimeError
        For a boolean tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.neg(torch.tensor([1.0, -2.0]))
    tensor([-1.,  2.])
    """
    if input.dtype.kind == "b":
        raise RuntimeError("negation is not defined for boolean tensors: use ~x or logical_not")
    return np.negative(input, out)


# ---------------------------------------------------------------------- the larger and the smaller
def _share(xp: Any, grad: Any, mine: Any, other: Any, larger: bool) -> Any:
    """The gradient goes to the operand that was chosen; on a tie each gets half, where one is NaN both all of it, as in torch."""
    loses = mine < other if larger else mine > other
    return xp._where(mine == other, grad / 2, xp._where(loses, 0, grad))


@public()
@primitive(
    numbers="none",
    reals_only=RuntimeError,
    promote="same",
    input=lambda xp, grad, input, other: _share(xp, grad, input, other, True),
    other=lambda xp, grad, input, other: _share(xp, grad, other, input, True),
)
def maximum(input, other, out=None):
    r"""The elementwise maximum; NaN if either is. On a tie the gradient is shared equally.

    Parameters
    ----------
    input, other : Tensor
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.maximum(torch.tensor([1.0, 5.0]), torch.tensor([3.0, 2.0]))
    tensor([3., 5.])
    """
    return np.maximum(input, other, out=out)


@public()
@primitive(
    numbers="none",
    reals_only=RuntimeError,
    promote="same",
    input=lambda xp, grad, input, other: _share(xp, grad, input, other, False),
    other=lambda xp, grad, input, other: _share(xp, grad, other, input, False),
)
def minimum(input, other, out=None):
    r"""The elementwise minimum; NaN if either is. On a tie the gradient is shared equally.

    Parameters
    ----------
    input, other : Tensor
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.minimum(torch.tensor([1.0, 5.0]), torch.tensor([3.0, 2.0]))
    tensor([1., 2.])
    """
    return np.minimum(input, other, out=out)
