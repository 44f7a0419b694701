"""Transforms of numbers: exp, sigmoid, softplus, tanh, powers, affine maps, absolute values, distribution functions."""

from __future__ import annotations

import math
from numbers import Number
from typing import Any

from ...core.dtype import finfo
from ...core.tensor import Tensor
from ...ops.creation import full_like
from ...ops.nn.smooth_activation import softplus
from ...ops.pointwise.exponential import sigmoid
from ...ops.shape.rearrange import broadcast_shapes
from .. import constraints
from ..distribution import Distribution
from ..utils import _sum_rightmost, broadcast_all, lazy_property
from .transform import Transform


class ExpTransform(Transform):
    r"""The exponential, :math:`y = e^x`.

    Parameters
    ----------
    cache_size : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.transforms.ExpTransform().inv(torch.tensor(1.0))
    tensor(0.)
    """

    domain = constraints.real
    codomain = constraints.positive
    bijective = True
    sign = 1
    compared = ()

    def _call(self, x: Tensor) -> Tensor:
        return x.exp()

    def _inverse(self, y: Tensor) -> Tensor:
        return y.log()

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return x


class PowerTransform(Transform):
    r"""A power of positive numbers, :math:`y = x^a`.

    Parameters
    ----------
    exponent : Tensor or number
    cache_size : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.transforms.PowerTransform(2.0).inv(torch.tensor(9.0))
    tensor(3.)
    """

    domain = constraints.positive
    codomain = constraints.positive
    bijective = True
    compared = ("exponent",)

    def __init__(self, exponent: Any, cache_size: int = 0):
        super().__init__(cache_size=cache_size)
        (self.exponent,) = broadcast_all(exponent)

    @lazy_property
    def sign(self) -> Any:
        return self.exponent.sign()

    def _call(self, x: Tensor) -> Tensor:
        return x.pow(self.exponent)

    def _inverse(self, y: Tensor) -> Tensor:
        return y.pow(1 / self.exponent)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return (self.exponent * y / x).abs().log()

    def forward_shape(self, shape: Any) -> Any:
        return broadcast_shapes(shape, self.exponent.shape)

    def inverse_shape(self, shape: Any) -> Any:
        return broadcast_shapes(shape, self.exponent.shape)


class SigmoidTransform(Transform):
    r"""The logistic function, :math:`y = 1 / (1 + e^{-x})`.

    Parameters
    ----------
    cache_size : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.transforms.SigmoidTransform()(torch.tensor(0.0))
    tensor(0.5000)
    """

    domain = constraints.real
    codomain = constraints.unit_interval
    bijective = True
    sign = 1
    compared = ()

    def _call(self, x: Tensor) -> Tensor:
        info = finfo(x.dtype)
        return sigmoid(x).clamp(min=info.tiny, max=1 - info.eps)

    def _inverse(self, y: Tensor) -> Tensor:
        info = finfo(y.dtype)
        y = y.clamp(min=info.tiny, max=1 - info.eps)
        return y.log() - (-y).log1p()

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return -softplus(-x) - softplus(x)


class SoftplusTransform(Transform):
    r"""The softplus, :math:`y = \ln(1 + e^x)`.

    Parameters
    ----------
    cache_size : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.transforms.SoftplusTransform()(torch.tensor(0.0))
    tensor(0.6931)
    """

    domain = constraints.real
    codomain = constraints.positive
    bijective = True
    sign = 1
    compared = ()

    def _call(self, x: Tensor) -> Tensor:
        return softplus(x)

    def _inverse(self, y: Tensor) -> Tensor:
        return (-(-y).expm1()).log() + y

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return -softplus(-x)


class TanhTransform(Transform):
    r"""The hyperbolic tangent, :math:`y = \tanh x`; with ``cache_size=1`` near -1 and 1, where its inverse is inexact.

    Parameters
    ----------
    cache_size : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.transforms.TanhTransform()(torch.tensor(0.0))
    tensor(0.)
    """

    domain = constraints.real
    codomain = constraints.interval(-1.0, 1.0)
    bijective = True
    sign = 1
    compared = ()

    def _call(self, x: Tensor) -> Tensor:
        return x.tanh()

    def _inverse(self, y: Tensor) -> Tensor:
        return y.atanh()

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        # 1 - tanh(x)^2 is (2 / (e^x + e^-x))^2: this way, it does not cancel for large x
        return 2.0 * (math.log(2.0) - x - softplus(-2.0 * x))


class AbsTransform(Transform):
    """The absolute value, which is not one to one; its inverse takes the positive number.

    Parameters
    ----------
    cache_size : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.transforms.AbsTransform()(torch.tensor(-2.0))
    tensor(2.)
    """

    domain = constraints.real
    codomain = constraints.positive
    compared = ()

    def _call(self, x: Tensor) -> Tensor:
        return x.abs()

    def _inverse(self, y: Tensor) -> Tensor:
        return y


class AffineTransform(Transform):
    """A shift and a scaling of each element, ``y = loc + scale * x``.

    Parameters
    ----------
    loc, scale : Tensor or number
    event_dim : int
        0 for numbers, 1 if a vector counts as one value, 2 if a matrix does.
    cache_size : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.transforms.AffineTransform(1.0, 2.0).inv(torch.tensor(5.0))
    tensor(2.)
    """

    bijective = True
    compared = ("loc", "scale")

    def __init__(self, loc: Any, scale: Any, event_dim: int = 0, cache_size: int = 0):
        super().__init__(cache_size=cache_size)
        self.loc, self.scale, self._event_dim = loc, scale, event_dim

    @property
    def event_dim(self) -> int:
        return self._event_dim

    @constraints.dependent_property(is_discrete=False)
    def domain(self) -> Any:  # type: ignore[override]
        """The set that arguments come from."""
        return constraints.independent(constraints.real, self.event_dim) if self.event_dim else constraints.real

    @constraints.dependent_property(is_discrete=False)
    def codomain(self) -> Any:  # type: ignore[override]
        """The set that results lie in."""
        return self.domain

    @property
    def sign(self) -> Any:
        if isinstance(self.scale, Number):
            return (float(self.scale) > 0) - (float(self.scale) < 0)  # type: ignore[arg-type]
        return self.scale.sign()

    def _call(self, x: Tensor) -> Tensor:
        return self.loc + self.scale * x

    def _inverse(self, y: Tensor) -> Tensor:
        return (y - self.loc) / self.scale

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        if isinstance(self.scale, Number):
            logs = full_like(x, math.log(abs(self.scale)))  # type: ignore[arg-type]
        else:
            logs = self.scale.abs().log()
            logs = logs.expand(broadcast_shapes(x.shape, logs.shape))
        return _sum_rightmost(logs, self.event_dim)

    def forward_shape(self, shape: Any) -> Any:
        return broadcast_shapes(shape, getattr(self.loc, "shape", ()), getattr(self.scale, "shape", ()))

    def inverse_shape(self, shape: Any) -> Any:
        return self.forward_shape(shape)


class CumulativeDistributionTransform(Transform):
    """The distribution function of a distribution, which makes its values uniform.

    Parameters
    ----------
    distribution : Distribution
        With ``cdf``, ``icdf`` and ``log_prob``, over numbers.
    cache_size : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> D = torch.distributions
    >>> D.CumulativeDistributionTransform(D.Normal(0.0, 1.0))(torch.tensor(0.0))
    tensor(0.5000)
    """

    codomain = constraints.unit_interval
    bijective = True
    sign = 1

    def __init__(self, distribution: Distribution, cache_size: int = 0):
        super().__init__(cache_size=cache_size)
        self.distribution = distribution

    @property
    def domain(self) -> Any:  # type: ignore[override]
        """The set that arguments come from."""
        return self.distribution.support

    def _call(self, x: Tensor) -> Tensor:
        return self.distribution.cdf(x)

    def _inverse(self, y: Tensor) -> Tensor:
        return self.distribution.icdf(y)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return self.distribution.log_prob(x)
