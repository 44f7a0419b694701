"""The multivariate normal distribution whose covariance is a matrix of low rank plus a diagonal."""

from __future__ import annotations

import math
from typing import Any

from ..core.tensor import Tensor
from ..ops.creation import eye
from ..ops.linalg.factorizations import cholesky
from ..ops.linalg.systems import solve_triangular
from ..ops.shape.expand import broadcast_tensors
from . import constraints
from .distribution import Distribution
from .multivariate_normal import half_log_det, mahalanobis, matvec
from .utils import _standard_normal, lazy_property


def capacitance_factor(factor: Tensor, diagonal: Tensor) -> Tensor:
    r"""The Cholesky factor of :math:`I + W^T D^{-1} W`, m by m, in which the large matrix's algebra is done."""
    small = (factor.mT / diagonal.unsqueeze(-2)) @ factor
    return cholesky(small + eye(small.shape[-1], dtype=small.dtype))


def low_rank_half_log_det(diagonal: Tensor, capacitance: Tensor) -> Tensor:
    """Half the logarithm of the determinant of W W^T + D (the matrix determinant lemma)."""
    return half_log_det(capacitance) + 0.5 * diagonal.log().sum(-1)


def low_rank_mahalanobis(factor: Tensor, diagonal: Tensor, x: Tensor, capacitance: Tensor) -> Tensor:
    r""":math:`x^T (W W^T + D)^{-1} x`, by Woodbury's identity."""
    inner = matvec(factor.mT / diagonal.unsqueeze(-2), x)
    return (x.pow(2) / diagonal).sum(-1) - mahalanobis(capacitance, inner)


class LowRankMultivariateNormal(Distribution):
    r"""The multivariate normal distribution with the covariance :math:`\Sigma = W W^T + D`, over vectors of n numbers.

    With W of m columns, n by n matrices are neither stored nor factored (M. Woodbury, "Inverting modified matrices", 1950).

    Parameters
    ----------
    loc : Tensor of shape (..., n)
        The mean.
    cov_factor : Tensor of shape (..., n, m)
        W.
    cov_diag : Tensor of shape (..., n)
        The diagonal of D, positive.
    validate_args : bool, optional

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> d = torch.distributions.LowRankMultivariateNormal(torch.zeros(2), torch.tensor([[1.0], [0.0]]), torch.ones(2))
    >>> d.covariance_matrix
    tensor([[2., 0.],
            [0., 1.]])
    """

    arg_constraints = {
        "loc": constraints.real_vector,
        "cov_factor": constraints.independent(constraints.real, 2),
        "cov_diag": constraints.independent(constraints.positive, 1),
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(self, loc: Tensor, cov_factor: Tensor, cov_diag: Tensor, validate_args: bool | None = None):
        if loc.dim() < 1 or cov_factor.dim() < 2 or cov_diag.dim() < 1:
            raise ValueError(
                "LowRankMultivariateNormal: loc, cov_factor and cov_diag must have 1, 2 and 1 dimensions at least, but have "
                f"{loc.dim()}, {cov_factor.dim()} and {cov_diag.dim()}"
            )
        n = loc.shape[-1]
        if cov_factor.shape[-2] != n or cov_diag.shape[-1] != n:
            raise ValueError(
                f"LowRankMultivariateNormal: with loc of {n} numbers, cov_factor must have {n} rows and cov_diag {n} numbers, but they "
                f"have {cov_factor.shape[-2]} and {cov_diag.shape[-1]}"
            )
        try:
            loc_, self.cov_factor, diag_ = broadcast_tensors(loc.unsqueeze(-1), cov_factor, cov_diag.unsqueeze(-1))
        except RuntimeError as error:
            raise ValueError(
                f"LowRankMultivariateNormal: the batch shapes of loc {tuple(loc.shape)}, cov_factor {tuple(cov_factor.shape)} and "
                f"cov_diag {tuple(cov_diag.shape)} do not broadcast"
            ) from error
        self.loc, self.cov_diag = loc_[..., 0], diag_[..., 0]
        self._unbroadcasted_cov_factor, self._unbroadcasted_cov_diag = cov_factor, cov_diag
        super().__init__(self.loc.shape[:-1], self.loc.shape[-1:], validate_args=validate_args)
        self._capacitance_tril = capacitance_factor(cov_factor, cov_diag)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @lazy_property
    def variance(self) -> Tensor:  # type: ignore[override]
        variance = self._unbroadcasted_cov_factor.pow(2).sum(-1) + self._unbroadcasted_cov_diag
        return variance.expand(self._batch_shape + self._event_shape)

    def _expanded(self, matrix: Tensor) -> Tensor:
        return matrix.expand(self._batch_shape + self._event_shape + self._event_shape)

    @lazy_property
    def scale_tril(self) -> Tensor:
        """The Cholesky factor of the covariance matrix, factored as :math:`D^{1/2} (I + ...) D^{1/2}`, which is stable."""
        root = self._unbroadcasted_cov_diag.sqrt().unsqueeze(-1)
        scaled = self._unbroadcasted_cov_factor / root
        inner = scaled @ scaled.mT
        return self._expanded(root * cholesky(inner + eye(inner.shape[-1], dtype=inner.dtype)))

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        """The covariance matrix."""
        factor = self._unbroadcasted_cov_factor
        return self._expanded(factor @ factor.mT + self._unbroadcasted_cov_diag.diag_embed())

    @lazy_property
    def precision_matrix(self) -> Tensor:
        """The inverse of the covariance matrix."""
        diagonal = self._unbroadcasted_cov_diag
        scaled = self._unbroadcasted_cov_factor.mT / diagonal.unsqueeze(-2)
        solved = solve_triangular(self._capacitance_tril, scaled, upper=False)
        return self._expanded(diagonal.reciprocal().diag_embed() - solved.mT @ solved)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape, factor = self._extended_shape(sample_shape), self._unbroadcasted_cov_factor
        of_factor = _standard_normal(shape[:-1] + factor.shape[-1:], self.loc.dtype)
        of_diagonal = _standard_normal(shape, self.loc.dtype)
        return self.loc + matvec(factor, of_factor) + self._unbroadcasted_cov_diag.sqrt() * of_diagonal

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        diagonal, capacitance = self._unbroadcasted_cov_diag, self._capacitance_tril
        distance = low_rank_mahalanobis(self._unbroadcasted_cov_factor, diagonal, value - self.loc, capacitance)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + distance) - low_rank_half_log_det(diagonal, capacitance)

    def entropy(self) -> Tensor:
        log_det = low_rank_half_log_det(self._unbroadcasted_cov_diag, self._capacitance_tril)
        return (0.5 * self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + log_det).expand(self._batch_shape)
