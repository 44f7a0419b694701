"""Special functions: SciPy's values, with the derivative rules that SciPy does not have."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.primitive import primitive


def _special() -> Any:
    """scipy.special, imported on first use: it costs more than all of this package."""
    import scipy.special

    return scipy.special


@primitive(method=False, input=lambda xp, grad, input, n: grad * xp._polygamma(input, n + 1))
def _polygamma(input, n):
    return _special().polygamma(n, input).astype(input.dtype)


@primitive(
    promote="float",
    promoted=("input",),
    inplace=True,
    input=lambda xp, grad, input: grad * (xp.exp(-(input * input)) * 1.1283791670955126),
)
def erf(input):
    r"""The error function: :math:`\frac{2}{\sqrt\pi}\int_0^x e^{-t^2}\,dt`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.erf(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8427])
    """
    return _special().erf(input)


@primitive(
    promote="float",
    promoted=("input",),
    inplace=True,
    input=lambda xp, grad, input: -grad * (xp.exp(-(input * input)) * 1.1283791670955126),
)
def erfc(input):
    r"""The complement of the error function: :math:`1 - \operatorname{erf} x`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.erfc(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 0.1573])
    """
    return _special().erfc(input)


@primitive(promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, input: grad * xp.digamma(input))
def lgamma(input):
    r"""The logarithm of the gamma function: :math:`\ln |\Gamma(x)|`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.lgamma(torch.tensor([1.0, 4.0]))
    tensor([0.0000, 1.7918])
    """
    return _special().gammaln(input)


@primitive(promote="float", promoted=("input",), inplace=True, input=lambda xp, grad, input: grad * xp._polygamma(input, 1))
def digamma(input):
    r"""The derivative of the logarithm of the gamma function: :math:`\Gamma'(x) / \Gamma(x)`, elementwise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.digamma(torch.tensor([1.0, 2.0]))
    tensor([-0.5772,  0.4228])
    """
    return _special().psi(input)


@primitive(
    promote="float",
    input=lambda xp, grad, input, other: grad * xp._where(xp.logical_and(input == 0, other <= 0), 0, xp.log(other)),
    other=lambda xp, grad, input, other: grad * input / other,
)
def xlogy(input, other):
    r""":math:`x \ln y`, and 0 where x is 0.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.xlogy(torch.tensor([0.0, 2.0]), torch.tensor([0.0, 1.0]))
    tensor([0., 0.])
    """
    return np.where((input == 0) & ~np.isnan(other), np.zeros((), input.dtype), input * np.log(other))
