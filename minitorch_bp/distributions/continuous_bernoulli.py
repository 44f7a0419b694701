"""The continuous Bernoulli distribution: for pixels between black and white."""

from __future__ import annotations

import math
from typing import Any

from ..core.tensor import Tensor
from ..ops.creation import ones_like
from ..ops.nn.loss import binary_cross_entropy_with_logits
from ..ops.pointwise.compare import where
from ..ops.random.draw import rand
from . import constraints
from .exp_family import ExponentialFamily
from .probs_or_logits import ProbsOrLogits
from .utils import broadcast_all, clamp_probs, lazy_property, logits_to_probs


class ContinuousBernoulli(ProbsOrLogits, ExponentialFamily):
    r"""The continuous Bernoulli distribution, over [0, 1]: :math:`p(x) = C(\lambda)\, \lambda^x (1 - \lambda)^{1 - x}`.

    The density of a Bernoulli variable, normalized for numbers in between: the likelihood that a variational autoencoder on
    grey images needs (G. Loaiza-Ganem and J. P. Cunningham, 2019, arXiv:1907.06845). Near lambda = 1/2 the formulas cancel, and
    their Taylor series are used.

    Parameters
    ----------
    probs : Tensor or number, optional
        The lambda, in (0, 1); it is not the mean. Moved into the interval unless ``validate_args=True``, as in PyTorch.
    logits : Tensor or number, optional
        Instead: :math:`\ln(\lambda / (1 - \lambda))`.
    lims : pair of floats
        Between these, the series are used.
    validate_args : bool, optional

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.ContinuousBernoulli(0.5).mean
    tensor(0.5000)
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.unit_interval
    has_rsample = True
    _mean_carrier_measure = 0

    def __init__(
        self, probs: Any = None, logits: Any = None, lims: tuple[float, float] = (0.499, 0.501), validate_args: bool | None = None
    ):
        (given,) = self._take(probs, logits)
        if probs is not None:
            if validate_args and not self.arg_constraints["probs"].check(given).all():
                raise ValueError(f"ContinuousBernoulli: the parameter probs must lie in [0, 1], but holds {given.tolist()}")
            self.probs = clamp_probs(given)
        self._lims = lims
        super().__init__(given.size(), validate_args=validate_args)

    @lazy_property
    def probs(self) -> Tensor:
        """Lambda, kept from 0 and 1, where the formulas are infinite."""
        return clamp_probs(logits_to_probs(self.logits, is_binary=True))

    def _outside_unstable_region(self) -> Tensor:
        return (self.probs <= self._lims[0]) | (self.probs > self._lims[1])

    def _safe(self) -> Tensor:
        """Lambda, moved out of the region around 1/2."""
        return where(self._outside_unstable_region(), self.probs, self._lims[0] * ones_like(self.probs))

    def _log_norm(self) -> Tensor:
        r""":math:`\ln C(\lambda)`."""
        safe = self._safe()
        below, above = where(safe <= 0.5, safe, 0.0), where(safe >= 0.5, safe, 1.0)
        exact = ((-safe).log1p() - safe.log()).abs().log()
        exact = exact - where(safe <= 0.5, (-2.0 * below).log1p(), (2.0 * above - 1.0).log())
        x = (self.probs - 0.5).pow(2)
        series = math.log(2.0) + (4.0 / 3.0 + 104.0 / 45.0 * x) * x
        return where(self._outside_unstable_region(), exact, series)

    @property
    def mean(self) -> Tensor:
        safe = self._safe()
        exact = safe / (2.0 * safe - 1.0) + 1.0 / ((-safe).log1p() - safe.log())
        x = self.probs - 0.5
        return where(self._outside_unstable_region(), exact, 0.5 + (1.0 / 3.0 + 16.0 / 45.0 * x.pow(2)) * x)

    @property
    def stddev(self) -> Tensor:
        return self.variance.sqrt()

    @property
    def variance(self) -> Tensor:
        safe = self._safe()
        exact = safe * (safe - 1.0) / (1.0 - 2.0 * safe).pow(2) + 1.0 / ((-safe).log1p() - safe.log()).pow(2)
        x = (self.probs - 0.5).pow(2)
        return where(self._outside_unstable_region(), exact, 1.0 / 12.0 - (1.0 / 15.0 - 128.0 / 945.0 * x) * x)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self.icdf(rand(self._extended_shape(sample_shape), dtype=self.probs.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none") + self._log_norm()

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        safe = self._safe()
        exact = (safe.pow(value) * (1.0 - safe).pow(1.0 - value) + safe - 1.0) / (2.0 * safe - 1.0)
        inside = where(self._outside_unstable_region(), exact, value)
        return where(value <= 0.0, 0.0, where(value >= 1.0, 1.0, inside))

    def icdf(self, value: Tensor) -> Tensor:
        safe = self._safe()
        exact = ((-safe + value * (2.0 * safe - 1.0)).log1p() - (-safe).log1p()) / (safe.log() - (-safe).log1p())
        return where(self._outside_unstable_region(), exact, value)

    def entropy(self) -> Tensor:
        log_rest, log_probs = (-self.probs).log1p(), self.probs.log()
        return self.mean * (log_rest - log_probs) - self._log_norm() - log_rest

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (self.logits,)

    def _log_normalizer(self, x: Tensor) -> Tensor:  # type: ignore[override]
        outside = (x <= self._lims[0] - 0.5) | (x > self._lims[1] - 0.5)
        safe = where(outside, x, (self._lims[0] - 0.5) * ones_like(x))
        exact = (safe.exp() - 1).abs().log() - safe.abs().log()
        return where(outside, exact, 0.5 * x + x.pow(2) / 24.0 - x.pow(4) / 2880.0)
