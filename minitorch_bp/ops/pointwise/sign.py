"""Signs and absolute values, the step function, and copysign."""

from __future__ import annotations

import numpy as np

from .._base import Tensor, by_second, dtypes, operators, primitive, public
from .._shapes import check_tensor, no_booleans, no_derivative, ordered_like, same_type


@primitive()
def _zeros_of(input):
    return np.zeros_like(input)


@public(inplace=True, names=["absolute"], exact=True)
@operators("abs")
@primitive(input=lambda xp, grad, input: grad * xp.sgn(input))
def abs(input, out=None):
    r"""The absolute value: :math:`|x|`, elementwise; its derivative at 0 is 0.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype; real for a complex tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.abs(torch.tensor([-1.5, 2.0]))
    tensor([1.5000, 2.0000])
    """
    no_booleans("abs", input)
    return np.abs(input, out)


@public(inplace=True, exact=True)
@primitive(reals_only=True, input=lambda xp, grad: xp._zeros_of(grad))
def sign(input, out=None):
    r"""The sign, -1, 0 or 1 (0 for NaN): :math:`\operatorname{sign} x`, elementwise; the derivative is 0.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.sign(torch.tensor([-1.5, 2.0]))
    tensor([-1.,  1.])
    """
    if input.dtype.kind == "b":
        return np.array(input)
    signs = np.sign(input, out)
    if input.dtype.kind in "fV" and np.isnan(np.add.reduce(signs, None)):
        return np.nan_to_num(signs, copy=out is None)
    return signs


@public(inplace=True)
@primitive(
    numbers="second",
    promote="float",
    grad_name=by_second("CopysignBackward1", "CopysignBackward0"),
    arity=1,
    input=lambda xp, grad, input, result: xp._where(input == 0, 0, grad * (result / xp._where(input == 0, 1, input))),
    other=lambda xp, grad, result: xp._zeros_of(grad),  # (torch keeps the result in any case)
)
def copysign(input, other):
    """The magnitude of ``input`` with the sign of ``other``.

    Parameters
    ----------
    input : Tensor
    other : Tensor or number
        Of broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape and the promoted dtype; integers become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.copysign(torch.tensor([1.0, -2.0]), torch.tensor([-0.0, 3.0]))
    tensor([-1.,  2.])
    """
    return np.copysign(input, other)


@public(inplace=True, exact=True)
@primitive(
    elementwise=True,
    grad_name="NotImplemented",
    input=no_derivative("heaviside", "its input", RuntimeError),
    values=no_derivative("heaviside", "its values", RuntimeError),
)
def heaviside(input, values):
    """The Heaviside step function: 0 for x < 0, 1 for x > 0, and ``values`` at 0.

    Parameters
    ----------
    input, values : Tensor
        Of one dtype and broadcastable shapes.

    Returns
    -------
    Tensor
        Of the broadcast shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.heaviside(torch.tensor([-1.0, 0.0, 2.0]), torch.tensor(0.5))
    tensor([0.0000, 0.5000, 1.0000])
    """
    if not hasattr(values, "dtype"):
        raise TypeError(f"heaviside(): the argument 'values' must be a Tensor, but got {type(values).__name__}")
    same_type("heaviside", input, values)
    return ordered_like(input, np.where(input == 0, values, (input > 0).astype(input.dtype)).astype(input.dtype))


@public(exact=True)
@primitive(
    reals_only=True,
)
def signbit(input):
    """Whether the sign bit is set, also that of a zero.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape, of dtype bool.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.signbit(torch.tensor([-0.0, 2.0]))
    tensor([ True, False])
    """
    return np.signbit(input) if input.dtype.kind in "fV" else input < 0 if input.dtype.kind != "b" else np.zeros_like(input)


@public()
@operators("pos")
def positive(input: Tensor) -> Tensor:
    """The tensor itself (``+x``).

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        The same object.

    Raises
    ------
    RuntimeError
        For a boolean tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.positive(torch.tensor([-1.0]))
    tensor([-1.])
    """
    check_tensor("positive", input)
    if input.dtype is dtypes.bool:
        raise RuntimeError("positive is not defined for boolean tensors")
    return input
