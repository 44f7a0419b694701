"""The geometric distribution: how often a trial fails before it succeeds."""

from __future__ import annotations

from typing import Any

from ..core.dtype import finfo
from ..core.grad_mode import no_grad
from ..core.tensor import Tensor
from ..ops.creation import zeros_like
from ..ops.nn.loss import binary_cross_entropy_with_logits
from ..ops.pointwise.compare import where
from . import constraints
from .distribution import Distribution
from .probs_or_logits import ProbsOrLogits
from .utils import broadcast_all


class Geometric(ProbsOrLogits, Distribution):
    r"""The geometric distribution, over 0, 1, 2, ...: :math:`P(k) = (1 - p)^k p`.

    (:meth:`minitorch_bp.Tensor.geometric_` counts the success, too: it draws from 1, 2, ....)

    Parameters
    ----------
    probs : Tensor or number, optional
        The p, in (0, 1].
    logits : Tensor or number, optional
        Instead: the log-odds, :math:`\ln(p / (1 - p))`.
    validate_args : bool, optional

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.Geometric(0.25).mean
    tensor(3.)
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.nonnegative_integer

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None):
        (given,) = self._take(probs, logits)
        super().__init__(given.size(), validate_args=validate_args)
        if self._validate_args and probs is not None and not (self.probs > 0).all():
            raise ValueError(f"Geometric: the parameter probs must be positive, but holds {self.probs.min().item()}")

    @property
    def mean(self) -> Tensor:
        return 1.0 / self.probs - 1.0

    @property
    def mode(self) -> Tensor:
        return zeros_like(self.probs)

    @property
    def variance(self) -> Tensor:
        return (1.0 / self.probs - 1.0) / self.probs

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with no_grad():
            u = self.probs.new_empty(self._extended_shape(sample_shape)).uniform_(finfo(self.probs.dtype).tiny, 1)
            return (u.log() / (-self.probs).log1p()).floor()

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        value, probs = broadcast_all(value, self.probs)
        probs = where((probs == 1) & (value == 0), 0.0, probs)  # so that 0 ln 0 is 0
        return value * (-probs).log1p() + self.probs.log()

    def entropy(self) -> Tensor:
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none") / self.probs
