"""The negative binomial distribution: how many trials succeed before a given number of them fail."""

from __future__ import annotations

from typing import Any

from ..core.grad_mode import no_grad
from ..core.tensor import Tensor
from ..ops.nn.smooth_activation import logsigmoid
from ..ops.pointwise.exponential import sigmoid
from ..ops.random.rejection import poisson
from . import constraints
from .distribution import Distribution
from .gamma import Gamma
from .probs_or_logits import ProbsOrLogits


class NegativeBinomial(ProbsOrLogits, Distribution):
    r"""The negative binomial distribution, over 0, 1, 2, ...: :math:`P(k) = \frac{\Gamma(r + k)}{k!\, \Gamma(r)} p^k (1 - p)^r`.

    Parameters
    ----------
    total_count : Tensor or number
        The number r of failures at which to stop; not negative, not necessarily an integer.
    probs : Tensor or number, optional
        The probability p of a success, in [0, 1).
    logits : Tensor or number, optional
        Instead: the log-odds, :math:`\ln(p / (1 - p))`.
    validate_args : bool, optional

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.NegativeBinomial(2.0, torch.tensor(0.5)).mean
    tensor(2.)
    """

    arg_constraints = {
        "total_count": constraints.greater_than_eq(0),
        "probs": constraints.half_open_interval(0.0, 1.0),
        "logits": constraints.real,
    }
    support = constraints.nonnegative_integer

    def __init__(self, total_count: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None):
        given, count = self._take(probs, logits, total_count)
        self.total_count = count.type_as(given)
        super().__init__(given.size(), validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.total_count * self.logits.exp()

    @property
    def mode(self) -> Tensor:
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0)

    @property
    def variance(self) -> Tensor:
        return self.mean / sigmoid(-self.logits)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw from a Poisson distribution with a rate drawn from a gamma distribution."""
        with no_grad():
            rate = Gamma(self.total_count, (-self.logits).exp(), validate_args=False).sample(sample_shape)
            return poisson(rate)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        r = self.total_count
        powers = r * logsigmoid(-self.logits) + value * logsigmoid(self.logits)
        ways = (r + value).lgamma() - (1.0 + value).lgamma() - r.lgamma()
        return powers + ways.masked_fill(r + value == 0.0, 0.0)
