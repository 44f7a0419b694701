"""The Dirichlet distribution: random probabilities."""

from __future__ import annotations

from typing import Any

from ..core.tensor import Tensor
from ..ops.pointwise.compare import where
from ..ops.random.rejection import _sample_dirichlet
from ..ops.ranges import arange
from ..ops.special.entropy import xlogy
from . import constraints
from .exp_family import ExponentialFamily


class Dirichlet(ExponentialFamily):
    r"""The Dirichlet distribution, over the simplex of K probabilities.

    .. math:: p(x) = \frac{\Gamma(\sum_k \alpha_k)}{\prod_k \Gamma(\alpha_k)} \prod_k x_k^{\alpha_k - 1}

    Draws are gamma variates over their sum, differentiable (implicit reparameterization, arXiv:1805.08498).

    Parameters
    ----------
    concentration : Tensor of shape (..., K)
        The alphas, positive.
    validate_args : bool, optional

    Raises
    ------
    ValueError
        If there is no dimension of components, or an alpha is not positive.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.Dirichlet(torch.tensor([1.0, 3.0])).mean
    tensor([0.2500, 0.7500])
    """

    arg_constraints = {"concentration": constraints.independent(constraints.positive, 1)}
    support = constraints.simplex
    has_rsample = True

    def __init__(self, concentration: Tensor, validate_args: bool | None = None):
        if concentration.dim() < 1:
            raise ValueError("Dirichlet: the concentration must have a last dimension of components, but is 0-dimensional")
        self.concentration = concentration
        super().__init__(concentration.shape[:-1], concentration.shape[-1:], validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.concentration / self.concentration.sum(-1, keepdim=True)

    @property
    def mode(self) -> Tensor:
        excess = (self.concentration - 1).clamp(min=0.0)
        mode = excess / excess.sum(-1, True)
        # with no alpha from 1 on, the density is infinite at every corner: the first is as good as another
        first = (arange(mode.shape[-1]) == 0).type_as(mode)
        return where((self.concentration < 1).all(-1, keepdim=True), first, mode)

    @property
    def variance(self) -> Tensor:
        total = self.concentration.sum(-1, True)
        return self.concentration * (total - self.concentration) / (total.pow(2) * (total + 1))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return _sample_dirichlet(self.concentration.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        a = self.concentration
        return xlogy(a - 1.0, value).sum(-1) + a.sum(-1).lgamma() - a.lgamma().sum(-1)

    def entropy(self) -> Tensor:
        a, k = self.concentration, self.concentration.shape[-1]
        total = a.sum(-1)
        return a.lgamma().sum(-1) - total.lgamma() - (k - total) * total.digamma() - ((a - 1.0) * a.digamma()).sum(-1)

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (self.concentration,)

    def _log_normalizer(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return x.lgamma().sum(-1) - x.sum(-1).lgamma()
