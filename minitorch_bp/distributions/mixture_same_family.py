"""Mixtures of distributions of one family."""

from __future__ import annotations

from typing import Any

from ..core.device import Size
from ..core.grad_mode import no_grad
from ..core.tensor import Tensor
from ..ops.nn.softmax import log_softmax
from . import constraints
from .categorical import Categorical
from .distribution import Distribution


class MixtureSameFamily(Distribution):
    r"""A mixture, :math:`p(x) = \sum_k \pi_k p_k(x)`, whose components are a batch along its last dimension.

    Parameters
    ----------
    mixture_distribution : Categorical
        Which component: K classes.
    component_distribution : Distribution
        The components, of batch shape (..., K).
    validate_args : bool, optional

    Raises
    ------
    ValueError
        If the batch shapes or the numbers of components do not fit, or the first is not a Categorical.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> D = torch.distributions
    >>> two = D.MixtureSameFamily(D.Categorical(torch.tensor([0.25, 0.75])), D.Normal(torch.tensor([0.0, 4.0]), 1.0))
    >>> two.mean, two.variance
    (tensor(3.), tensor(4.))
    """

    arg_constraints: Any = {}
    has_rsample = False

    def __init__(self, mixture_distribution: Categorical, component_distribution: Distribution, validate_args: bool | None = None):
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError(f"the mixture distribution must be a Categorical, but is a {type(mixture_distribution).__name__}")
        if not isinstance(component_distribution, Distribution):
            raise ValueError(f"the component distribution must be a Distribution, but is a {type(component_distribution).__name__}")
        mixture, components = tuple(mixture_distribution.batch_shape), tuple(component_distribution.batch_shape)
        for here, there in zip(reversed(mixture), reversed(components[:-1])):
            if here != there and 1 not in (here, there):
                raise ValueError(
                    f"the batch shapes {mixture} of the mixture and {components[:-1]} of the components do not broadcast"
                )
        classes = mixture_distribution.logits.shape[-1]
        if not components or components[-1] != classes:
            raise ValueError(f"the mixture has {classes} classes, but the components are a batch of shape {components}")
        self._mixture_distribution, self._component_distribution = mixture_distribution, component_distribution
        super().__init__(components[:-1], component_distribution.event_shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same mixture with a larger batch.

        Parameters
        ----------
        batch_shape : Size

        Returns
        -------
        MixtureSameFamily
        """
        new = self._new_like(_instance)
        classes = self._component_distribution.batch_shape[-1:]
        new._component_distribution = self._component_distribution.expand(Size(batch_shape) + classes)
        new._mixture_distribution = self._mixture_distribution.expand(batch_shape)
        Distribution.__init__(new, batch_shape, self._event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    @constraints.dependent_property
    def support(self) -> Any:  # type: ignore[override]
        return constraints.MixtureSameFamilyConstraint(self._component_distribution.support)

    @property
    def mixture_distribution(self) -> Categorical:
        """Which component."""
        return self._mixture_distribution

    @property
    def component_distribution(self) -> Distribution:
        """The components."""
        return self._component_distribution

    def _weights(self) -> Tensor:
        """The probabilities of the components, with a dimension of 1 for each of a value."""
        probs = self._mixture_distribution.probs
        return probs.reshape((*probs.shape, *[1] * len(self._event_shape)))

    @property
    def mean(self) -> Tensor:
        return (self._weights() * self._component_distribution.mean).sum(-1 - len(self._event_shape))

    @property
    def variance(self) -> Tensor:
        """The mean of the components' variances, plus the variance of their means (the law of total variance)."""
        components, dim = self._component_distribution, -1 - len(self._event_shape)
        within = (self._weights() * components.variance).sum(dim)
        return within + (self._weights() * (components.mean - self.mean.unsqueeze(dim)).pow(2.0)).sum(dim)

    def cdf(self, x: Tensor) -> Tensor:
        below = self._component_distribution.cdf(self._for_each(x))
        return (below * self._mixture_distribution.probs).sum(-1)

    def log_prob(self, x: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(x)
        log_probs = self._component_distribution.log_prob(self._for_each(x))
        return (log_probs + log_softmax(self._mixture_distribution.logits, -1)).logsumexp(-1)

    def _for_each(self, value: Tensor) -> Tensor:
        """The value with a dimension for the components."""
        return value.unsqueeze(-1 - len(self._event_shape))

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw a component, a value of each component, and take that of the one."""
        with no_grad():
            dim, events = len(sample_shape) + len(self._batch_shape), tuple(self._event_shape)
            which = self._mixture_distribution.sample(sample_shape)
            values = self._component_distribution.sample(sample_shape)
            index = which.reshape(*which.shape, 1, *[1] * len(events))
            return values.gather(dim, index.expand(*which.shape, 1, *events)).squeeze(dim)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(\n  {self._mixture_distribution},\n  {self._component_distribution})"
