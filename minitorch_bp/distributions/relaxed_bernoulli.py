"""Relaxed Bernoulli distributions: coins that can be differentiated."""

from __future__ import annotations

from typing import Any

from ..core.tensor import Tensor
from ..ops.random.draw import rand
from . import constraints
from .distribution import Distribution
from .probs_or_logits import ProbsOrLogits
from .transformed_distribution import TransformedDistribution
from .transforms import SigmoidTransform
from .utils import broadcast_all, clamp_probs


class LogitRelaxedBernoulli(ProbsOrLogits, Distribution):
    r"""The logit of :class:`RelaxedBernoulli`: :math:`(\text{logits} + \ln u - \ln(1 - u)) / \tau` with u uniform.

    Parameters
    ----------
    temperature : Tensor
        The tau, positive.
    probs, logits : Tensor or number, optional
        One of them.
    validate_args : bool, optional

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.distributions.relaxed_bernoulli import LogitRelaxedBernoulli
    >>> LogitRelaxedBernoulli(torch.tensor(1.0), 0.5).log_prob(torch.tensor(0.0)).exp()
    tensor(0.2500)
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.real

    def __init__(self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None):
        self.temperature = temperature
        (given,) = self._take(probs, logits)
        super().__init__(given.size(), validate_args=validate_args)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        probs = clamp_probs(self.probs.expand(shape))
        u = clamp_probs(rand(shape, dtype=probs.dtype))
        return (u.log() - (-u).log1p() + probs.log() - (-probs).log1p()) / self.temperature

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        difference = logits - value * self.temperature
        return self.temperature.log() + difference - 2 * difference.exp().log1p()


class RelaxedBernoulli(TransformedDistribution):
    r"""A continuous stand-in for :class:`Bernoulli` on (0, 1), whose draws are differentiable in its parameters.

    As the temperature goes to 0, its values go to 0 and 1 (C. J. Maddison, A. Mnih and Y. W. Teh, "The Concrete distribution",
    2017, arXiv:1611.00712; E. Jang, S. Gu and B. Poole, "Categorical reparameterization with Gumbel-softmax", 2017,
    arXiv:1611.01144).

    Parameters
    ----------
    temperature : Tensor
        Positive.
    probs : Tensor or number, optional
        The probability of 1.
    logits : Tensor or number, optional
        Instead: the log-odds.
    validate_args : bool, optional

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> logits = torch.zeros(3, requires_grad=True)
    >>> torch.distributions.RelaxedBernoulli(torch.tensor(0.5), logits=logits).rsample().requires_grad
    True
    """

    arg_constraints: Any = {"probs": constraints.unit_interval, "logits": constraints.real}
    support: Any = constraints.unit_interval
    has_rsample: Any = True

    def __init__(self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None):
        base = LogitRelaxedBernoulli(temperature, probs, logits, validate_args=False)
        super().__init__(base, SigmoidTransform(), validate_args=validate_args)

    @property
    def temperature(self) -> Any:
        """The temperature."""
        return self.base_dist.temperature  # type: ignore[attr-defined]

    @property
    def logits(self) -> Tensor:
        """The log-odds."""
        return self.base_dist.logits  # type: ignore[attr-defined]

    @property
    def probs(self) -> Tensor:
        """The probabilities of 1."""
        return self.base_dist.probs  # type: ignore[attr-defined]
