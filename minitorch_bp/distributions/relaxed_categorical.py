"""Relaxed categorical distributions: the Gumbel-softmax."""

from __future__ import annotations

from typing import Any

from ..core.device import Size
from ..core.tensor import Tensor
from ..ops.creation import full_like
from ..ops.random.draw import rand
from . import constraints
from .categorical import Categorical
from .distribution import Distribution
from .transformed_distribution import TransformedDistribution
from .transforms import ExpTransform
from .utils import broadcast_all, clamp_probs


class ExpRelaxedCategorical(Distribution):
    """The logarithm of :class:`RelaxedOneHotCategorical`, which does not underflow.

    Parameters
    ----------
    temperature : Tensor
        Positive.
    probs, logits : Tensor of shape (..., K), optional
        One of them.
    validate_args : bool, optional

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.distributions.relaxed_categorical import ExpRelaxedCategorical
    >>> ExpRelaxedCategorical(torch.tensor(1.0), torch.tensor([0.5, 0.5])).rsample().logsumexp(-1).round(decimals=4).abs()
    tensor(0.)
    """

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.real_vector  # of those, the logarithms of points of the simplex
    has_rsample = True

    def __init__(self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None):
        self._categorical = Categorical(probs, logits, validate_args=False)
        self.temperature = temperature
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args=validate_args)

    @property
    def probs(self) -> Tensor:
        """The probabilities of the classes."""
        return self._categorical.probs

    @property
    def logits(self) -> Tensor:
        """Their logarithms."""
        return self._categorical.logits

    @property
    def param_shape(self) -> Size:
        """The shape of ``probs`` and of ``logits``."""
        return self._categorical.param_shape

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        u = clamp_probs(rand(self._extended_shape(sample_shape), dtype=self.logits.dtype))
        gumbels = -((-(u.log())).log())
        scores = (self.logits + gumbels) / self.temperature
        return scores - scores.logsumexp(dim=-1, keepdim=True)

    def log_prob(self, value: Tensor) -> Tensor:
        k = self._event_shape[0]
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        scale = full_like(self.temperature, float(k)).lgamma() - self.temperature.log().mul(-(k - 1))
        score = logits - value.mul(self.temperature)
        return (score - score.logsumexp(dim=-1, keepdim=True)).sum(-1) + scale


class RelaxedOneHotCategorical(TransformedDistribution):
    r"""A continuous stand-in for :class:`OneHotCategorical` on the simplex, whose draws are differentiable: the Gumbel-softmax.

    As the temperature goes to 0, its values go to the corners (arXiv:1611.00712, arXiv:1611.01144).

    Parameters
    ----------
    temperature : Tensor
        Positive.
    probs : Tensor of shape (..., K), optional
        Weights of the classes.
    logits : Tensor of shape (..., K), optional
        Instead: their logarithms.
    validate_args : bool, optional

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> logits = torch.zeros(3, requires_grad=True)
    >>> torch.distributions.RelaxedOneHotCategorical(torch.tensor(0.5), logits=logits).rsample().requires_grad
    True
    """

    arg_constraints: Any = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support: Any = constraints.simplex
    has_rsample: Any = True

    def __init__(self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None):
        base = ExpRelaxedCategorical(temperature, probs, logits, validate_args=False)
        super().__init__(base, ExpTransform(), validate_args=validate_args)

    @property
    def temperature(self) -> Any:
        """The temperature."""
        return self.base_dist.temperature  # type: ignore[attr-defined]

    @property
    def logits(self) -> Tensor:
        """The logarithms of the classes' probabilities."""
        return self.base_dist.logits  # type: ignore[attr-defined]

    @property
    def probs(self) -> Tensor:
        """The classes' probabilities."""
        return self.base_dist.probs  # type: ignore[attr-defined]
