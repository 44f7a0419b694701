"""Bessel and Airy functions: SciPy's values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._base import Tensor, dtypes, float_primitive, public, wrap
from ._scipy import _special


def _computed(name: str, x: np.ndarray) -> np.ndarray:
    return np.asarray(getattr(_special(), name)(x)).astype(x.dtype, copy=False)


@public("torch", "Tensor", "special", inplace=True)
@float_primitive(reals_only=True, input=lambda xp, grad, input: grad * xp.i1(input))
def i0(input):
    """The modified Bessel function of the first kind, order 0.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape; integers and booleans become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.i0(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 1.2661])
    """
    return _computed("i0", input)


@public("special")
@float_primitive(
    grad_name="SpecialI1Backward0", input=lambda xp, grad, input, result: grad * _slope(xp, input, lambda x: xp.i0(x) - result / x)
)
def i1(input):
    """The modified Bessel function of the first kind, order 1: the derivative of :func:`i0`.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape; integers and booleans become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.special.i1(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.5652])
    """
    return _computed("i1", input)


def _slope(xp: Any, x: Any, slope: Any) -> Any:
    """The derivative of an odd function with a division by x, 1/2 where x is tiny (and at NaN, as in torch)."""
    far = xp.abs(x) > np.finfo(xp.array_of(x).dtype).eps
    return xp._where(far, slope(xp._where(far, x, 1)), 0.5)


@public("special")
@float_primitive(
    grad_name="SpecialI0EBackward0", input=lambda xp, grad, input, result: grad * (xp.i1e(input) - xp.sgn(input) * result)
)
def i0e(input):
    r"""The exponentially scaled :func:`i0`, :math:`e^{-|x|} I_0(x)`.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape; integers and booleans become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.special.i0e(torch.tensor([1.0]))
    tensor([0.4658])
    """
    return _computed("i0e", input)


@public("special")
@float_primitive(
    grad_name="SpecialI1EBackward0",
    input=lambda xp, grad, input, result: grad * _slope(xp, input, lambda x: xp.i0e(x) - result * (xp.sgn(x) + 1 / x)),
)
def i1e(input):
    r"""The exponentially scaled :func:`i1`, :math:`e^{-|x|} I_1(x)`.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape; integers and booleans become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.special.i1e(torch.tensor([1.0]))
    tensor([0.2079])
    """
    return _computed("i1e", input)


# ---------------------------------------------------------------------- without derivatives, as in torch
def _unary(name: str, scipy_name: str, text: str, example: str) -> Callable[..., Tensor]:
    def function(input: Tensor, *, out: Any = None) -> Tensor:
        x = input if input.dtype.category >= dtypes.FLOATING else input.to(dtypes.get_default_dtype())
        values = getattr(_special(), scipy_name)(x._array)
        return wrap(np.asarray(values[0] if isinstance(values, tuple) else values).astype(x._array.dtype))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"""{text}

    Not differentiable, as in torch.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape; integers and booleans become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.special.{name}(torch.tensor([1.0]))
    tensor([{example}])
    """
    return public("special")(function)


airy_ai = _unary("airy_ai", "airy", "The Airy function Ai.", "0.1353")
bessel_j0 = _unary("bessel_j0", "j0", "The Bessel function of the first kind, order 0.", "0.7652")
bessel_j1 = _unary("bessel_j1", "j1", "The Bessel function of the first kind, order 1.", "0.4401")
bessel_y0 = _unary("bessel_y0", "y0", "The Bessel function of the second kind, order 0.", "0.0883")
bessel_y1 = _unary("bessel_y1", "y1", "The Bessel function of the second kind, order 1.", "-0.7812")
modified_bessel_i0 = _unary("modified_bessel_i0", "i0", "The modified Bessel function of the first kind, order 0.", "1.2661")
modified_bessel_i1 = _unary("modified_bessel_i1", "i1", "The modified Bessel function of the first kind, order 1.", "0.5652")
modified_bessel_k0 = _unary("modified_bessel_k0", "k0", "The modified Bessel function of the second kind, order 0.", "0.4210")
modified_bessel_k1 = _unary("modified_bessel_k1", "k1", "The modified Bessel function of the second kind, order 1.", "0.6019")
scaled_modified_bessel_k0 = _unary(
    "scaled_modified_bessel_k0", "k0e", "The exponentially scaled modified Bessel function of the second kind, order 0.", "1.1445"
)
scaled_modified_bessel_k1 = _unary(
    "scaled_modified_bessel_k1", "k1e", "The exponentially scaled modified Bessel function of the second kind, order 1.", "1.6362"
)


@public("special")
def spherical_bessel_j0(input: Tensor, *, out: Any = None) -> Tensor:
    r"""The spherical Bessel function of order 0, :math:`\sin(x) / x`; not differentiable, as in torch.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape; integers and booleans become the default float dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.special.spherical_bessel_j0(torch.tensor([1.0]))
    tensor([0.8415])
    """
    x = input if input.dtype.category >= dtypes.FLOATING else input.to(dtypes.get_default_dtype())
    values = _special().spherical_jn(0, x._array)
    return wrap(np.where(np.isinf(x._array), 0, values).astype(x._array.dtype))
