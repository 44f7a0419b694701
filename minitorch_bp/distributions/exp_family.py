"""Exponential families: densities of the form exp(<natural parameters, statistics> - log normalizer) times a carrier."""

from __future__ import annotations

from typing import Any

from ..autograd.gradients import grad
from ..core.grad_mode import enable_grad
from ..core.tensor import Tensor
from ..ops.requires_grad import requiring_grad
from .distribution import Distribution


class ExponentialFamily(Distribution):
    r"""Base class of exponential families, :math:`p(x; \theta) = \exp(\langle t(x), \theta \rangle - F(\theta) + k(x))`.

    A subclass says its natural parameters ``_natural_params``, the log normalizer F as the function ``_log_normalizer`` of
    them, and the mean of k, ``_mean_carrier_measure``. Then the entropy is :math:`F - \langle \theta, \nabla F \rangle - E[k]`,
    and the divergence of two members of one family a Bregman divergence of F (F. Nielsen and R. Nock, "Entropies and
    cross-entropies of exponential families", 2010): both need no more than the derivative of F.

    Parameters
    ----------
    batch_shape, event_shape : Size
        As for :class:`Distribution`.
    validate_args : bool, optional

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> isinstance(torch.distributions.Gamma(2.0, 1.0), torch.distributions.ExponentialFamily)
    True
    """

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        raise NotImplementedError(f"{type(self).__name__} does not say its natural parameters")

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} does not say its log normalizer")

    @property
    def _mean_carrier_measure(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not say the mean of its carrier measure")

    def entropy(self) -> Tensor:
        natural = [requiring_grad(p.detach()) for p in self._natural_params]
        with enable_grad():
            normalizer = self._log_normalizer(*natural)
            slopes = grad(normalizer.sum(), natural, create_graph=True)
        result = normalizer - self._mean_carrier_measure
        for parameter, slope in zip(natural, slopes, strict=True):
            product = parameter * slope
            result = result - product.reshape(*self._batch_shape, -1).sum(-1)
        return result
