"""The Bernoulli distribution: a coin."""

from __future__ import annotations

from typing import Any

from ..core.grad_mode import no_grad
from ..core.tensor import Tensor
from ..ops.nn.loss import binary_cross_entropy_with_logits
from ..ops.random.draw import bernoulli
from . import constraints
from .exp_family import ExponentialFamily
from .probs_or_logits import ProbsOrLogits, enumerated
from .utils import broadcast_all


class Bernoulli(ProbsOrLogits, ExponentialFamily):
    r"""The Bernoulli distribution, over 0 and 1: :math:`P(1) = p`.

    Parameters
    ----------
    probs : Tensor or number, optional
        The p, between 0 and 1.
    logits : Tensor or number, optional
        Instead: the log-odds, :math:`\ln(p / (1 - p))`.
    validate_args : bool, optional

    Raises
    ------
    ValueError
        If both or neither are given, or a number is not a probability.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.Bernoulli(0.25).log_prob(torch.tensor(1.0)).exp()
    tensor(0.2500)
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.boolean
    has_enumerate_support = True
    _mean_carrier_measure = 0

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None):
        (given,) = self._take(probs, logits)
        super().__init__(given.size(), validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def mode(self) -> Tensor:
        return (self.probs >= 0.5).to(self.probs).masked_fill(self.probs == 0.5, float("nan"))

    @property
    def variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with no_grad():
            return bernoulli(self.probs.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self) -> Tensor:
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return enumerated(2, self._batch_shape, expand, self._param.dtype)

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (self.probs.logit(),)

    def _log_normalizer(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return x.exp().log1p()
