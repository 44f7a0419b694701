"""The categorical distribution: one of K classes."""

from __future__ import annotations

from typing import Any

from ..core.device import Size
from ..core.dtype import finfo, int64
from ..core.grad_mode import no_grad
from ..core.tensor import Tensor
from ..ops.creation import full
from ..ops.random.draw import multinomial
from ..ops.shape.expand import broadcast_tensors
from . import constraints
from .distribution import Distribution
from .probs_or_logits import ProbsOrLogits, enumerated


class Categorical(ProbsOrLogits, Distribution):
    r"""The categorical distribution, over the classes 0, ..., K - 1: :math:`P(k) = p_k`.

    Parameters
    ----------
    probs : Tensor of shape (..., K), optional
        Weights, not negative; they are divided by their sum.
    logits : Tensor of shape (..., K), optional
        Instead: logarithms of weights.
    validate_args : bool, optional

    Raises
    ------
    ValueError
        If both or neither are given, there is no dimension of classes, or the weights are no probabilities.

    Examples
    --------
    A policy's action, and the term of REINFORCE's loss (R. J. Williams, 1992) for a reward of 2:

    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> policy = torch.distributions.Categorical(logits=torch.zeros(4, requires_grad=True))
    >>> action = policy.sample()
    >>> action, -policy.log_prob(action) * 2.0
    (tensor(2), tensor(2.7726, grad_fn=<MulBackward0>))
    """

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    has_enumerate_support = True
    _binary = False

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None):
        (given,) = self._take(probs, logits)
        if given.dim() < 1:
            raise ValueError("Categorical: probs or logits must have a last dimension of classes, but are 0-dimensional")
        if probs is not None:
            self.probs = given / given.sum(-1, keepdim=True)
        else:
            self.logits = given - given.logsumexp(dim=-1, keepdim=True)
        self._num_events = given.shape[-1]
        super().__init__(given.shape[:-1], validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:  # type: ignore[override]
        return constraints.integer_interval(0, self._num_events - 1)

    @property
    def mean(self) -> Tensor:
        return full(self._batch_shape, float("nan"), dtype=self.probs.dtype)

    @property
    def mode(self) -> Tensor:
        return self.probs.argmax(-1)

    @property
    def variance(self) -> Tensor:
        return full(self._batch_shape, float("nan"), dtype=self.probs.dtype)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        sample_shape = Size(sample_shape)
        with no_grad():
            rows = self.probs.reshape(-1, self._num_events)
            drawn = multinomial(rows, sample_shape.numel(), True)
        return drawn.T.reshape(self._extended_shape(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        index, logits = broadcast_tensors(value.long().unsqueeze(-1), self.logits)
        return logits.gather(-1, index[..., :1]).squeeze(-1)

    def entropy(self) -> Tensor:
        logits = self.logits.clamp(min=finfo(self.logits.dtype).min)  # so that 0 ln 0 is 0
        return -(logits * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return enumerated(self._num_events, self._batch_shape, expand, int64)
