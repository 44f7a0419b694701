"""The generalized Pareto distribution: what lies above a threshold."""

from __future__ import annotations

import math
from typing import Any

from ..core.tensor import Tensor
from ..ops.creation import ones_like, zeros_like
from ..ops.pointwise.compare import where
from ..ops.random.draw import rand
from . import constraints
from .distribution import Distribution
from .utils import broadcast_all


class GeneralizedPareto(Distribution):
    r"""The generalized Pareto distribution, over the numbers from mu, and up to :math:`\mu - \sigma / \xi` if xi is negative.

    .. math:: p(x) = \frac{1}{\sigma} (1 + \xi z)^{-1/\xi - 1}, \qquad z = \frac{x - \mu}{\sigma}

    For xi = 0 it is the exponential distribution.

    Parameters
    ----------
    loc : Tensor or number
        The threshold mu.
    scale : Tensor or number
        The sigma, positive.
    concentration : Tensor or number
        The xi.
    validate_args : bool, optional

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.GeneralizedPareto(0.0, 1.0, 0.5).mean
    tensor(2.)
    """

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive, "concentration": constraints.real}
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, concentration: Any, validate_args: bool | None = None):
        self.loc, self.scale, self.concentration = broadcast_all(loc, scale, concentration)
        super().__init__(self.loc.size(), validate_args=validate_args)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:  # type: ignore[override]
        above, upper = self.loc, where(self.concentration < 0, self.loc - self.scale / self.concentration, math.inf)
        return constraints.interval(above, upper)

    def _is_exponential(self) -> Tensor:
        return self.concentration.isclose(zeros_like(self.concentration))

    def _nonzero(self) -> Tensor:
        """The concentration, with 1 in the place of 0 (whose results are not used, and must not spoil the gradient)."""
        return where(self._is_exponential(), ones_like(self.concentration), self.concentration)

    def _z(self, x: Tensor) -> Tensor:
        return (x - self.loc) / self.scale

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self.icdf(rand(self._extended_shape(sample_shape), dtype=self.loc.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        z, k = self._z(value), self._nonzero()
        return -self.scale.log() + where(self._is_exponential(), -z, -(1 + 1 / k) * (k * z).log1p())

    def log_survival_function(self, value: Tensor) -> Tensor:
        """The logarithm of the probability of a value above ``value``.

        Parameters
        ----------
        value : Tensor

        Returns
        -------
        Tensor
            Of its shape.
        """
        if self._validate_args:
            self._validate_sample(value)
        z, k = self._z(value), self._nonzero()
        return where(self._is_exponential(), -z, -(k * z).log1p() / k)

    def log_cdf(self, value: Tensor) -> Tensor:
        """The logarithm of :meth:`cdf`.

        Parameters
        ----------
        value : Tensor

        Returns
        -------
        Tensor
            Of its shape.
        """
        return (-self.log_survival_function(value).exp()).log1p()

    def cdf(self, value: Tensor) -> Tensor:
        return self.log_cdf(value).exp()

    def icdf(self, value: Tensor) -> Tensor:
        k, log_above = self._nonzero(), (-value).log1p()
        return self.loc + self.scale * where(self._is_exponential(), -log_above, (-k * log_above).expm1() / k)

    @property
    def mean(self) -> Tensor:
        return where(self.concentration < 1, self.loc + self.scale / (1 - self.concentration), math.nan)

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        k = self.concentration
        return where(k < 0.5, self.scale**2 / ((1 - k) ** 2 * (1 - 2 * k)), math.nan)

    def entropy(self) -> Tensor:
        return self.scale.log() + self.concentration + 1
