"""The multivariate normal distribution, and the algebra of Cholesky factors that it shares with others."""

from __future__ import annotations

import math
from typing import Any

from ..core.tensor import Tensor
from ..ops.creation import eye
from ..ops.linalg.factorizations import cholesky
from ..ops.linalg.matrix_factorizations import cholesky_inverse
from ..ops.linalg.systems import solve_triangular
from ..ops.shape.rearrange import broadcast_shapes
from . import constraints
from .distribution import Distribution
from .utils import _standard_normal, lazy_property


def matvec(matrix: Tensor, vector: Tensor) -> Tensor:
    """The product of each matrix with its vector."""
    return (matrix @ vector.unsqueeze(-1)).squeeze(-1)


def mahalanobis(factor: Tensor, x: Tensor) -> Tensor:
    r"""The squared length of :math:`L^{-1} x`, that is :math:`x^T (L L^T)^{-1} x`."""
    if factor.dim() == 2:  # one factor: solve for all vectors at once
        solved = solve_triangular(factor, x.reshape(-1, x.shape[-1]).mT, upper=False)
        return solved.pow(2).sum(0).reshape(x.shape[:-1])
    return solve_triangular(factor, x.unsqueeze(-1), upper=False).squeeze(-1).pow(2).sum(-1)


def half_log_det(factor: Tensor) -> Tensor:
    """Half the logarithm of the determinant of L L^T."""
    return factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)


def factor_of_inverse(matrix: Tensor) -> Tensor:
    """The Cholesky factor of a matrix's inverse: with rows and columns reversed, the matrix's own factor gives it."""
    upper = cholesky(matrix.flip(-2, -1)).flip(-2, -1)
    return solve_triangular(upper.mT, eye(matrix.shape[-1], dtype=matrix.dtype).expand(matrix.shape), upper=False)


class MultivariateNormal(Distribution):
    r"""The multivariate normal distribution, over vectors of n numbers.

    .. math:: p(x) = \frac{1}{\sqrt{(2 \pi)^n \det \Sigma}} \exp\left(-\tfrac{1}{2} (x - \mu)^T \Sigma^{-1} (x - \mu)\right)

    Of the three matrices one is given. Computed with is the Cholesky factor L (:math:`\Sigma = L L^T`), so that giving
    ``scale_tril`` is cheapest.

    Parameters
    ----------
    loc : Tensor of shape (..., n)
        The mean.
    covariance_matrix : Tensor of shape (..., n, n), optional
        Sigma, positive definite.
    precision_matrix : Tensor of shape (..., n, n), optional
        The inverse of Sigma.
    scale_tril : Tensor of shape (..., n, n), optional
        L, lower triangular with a positive diagonal.
    validate_args : bool, optional

    Raises
    ------
    ValueError
        Unless one matrix is given, of fitting shape, that is what it should be.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.MultivariateNormal(torch.zeros(2), torch.eye(2)).log_prob(torch.zeros(2))
    tensor(-1.8379)
    """

    arg_constraints = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self,
        loc: Tensor,
        covariance_matrix: Tensor | None = None,
        precision_matrix: Tensor | None = None,
        scale_tril: Tensor | None = None,
        validate_args: bool | None = None,
    ):
        if loc.dim() < 1:
            raise ValueError("MultivariateNormal: loc must have 1 dimension at least, but has none")
        name, matrix = one_matrix(type(self), covariance_matrix, precision_matrix, scale_tril)
        batch_shape = broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        self.loc = loc.expand(*batch_shape, -1)
        self.__dict__[name] = matrix.expand(*batch_shape, -1, -1)
        super().__init__(batch_shape, self.loc.shape[-1:], validate_args=validate_args)
        self._unbroadcasted_scale_tril = factor_of(name, matrix)

    @lazy_property
    def scale_tril(self) -> Tensor:
        """The Cholesky factor of the covariance matrix."""
        return self._unbroadcasted_scale_tril.expand(*self._batch_shape, -1, -1)

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        """The covariance matrix."""
        factor = self._unbroadcasted_scale_tril
        return (factor @ factor.mT).expand(*self._batch_shape, -1, -1)

    @lazy_property
    def precision_matrix(self) -> Tensor:
        """The inverse of the covariance matrix."""
        return cholesky_inverse(self._unbroadcasted_scale_tril).expand(*self._batch_shape, -1, -1)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        return self._unbroadcasted_scale_tril.pow(2).sum(-1).expand(self._batch_shape + self._event_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self.loc + matvec(
            self._unbroadcasted_scale_tril, _standard_normal(self._extended_shape(sample_shape), self.loc.dtype)
        )

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        distance = mahalanobis(self._unbroadcasted_scale_tril, value - self.loc)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + distance) - half_log_det(self._unbroadcasted_scale_tril)

    def entropy(self) -> Tensor:
        log_det = half_log_det(self._unbroadcasted_scale_tril)
        return (0.5 * self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + log_det).expand(self._batch_shape)


def one_matrix(
    kind: type, covariance: Any, precision: Any, scale_tril: Any, error: type[Exception] = ValueError
) -> tuple[str, Tensor]:
    """Name and value of the one matrix that is given."""
    given = {"covariance_matrix": covariance, "precision_matrix": precision, "scale_tril": scale_tril}
    given = {name: value for name, value in given.items() if value is not None}
    if len(given) != 1:
        raise error(
            f"{kind.__name__} takes one of covariance_matrix, precision_matrix and scale_tril, but got {', '.join(given) or 'none'}"
        )
    ((name, matrix),) = given.items()
    if matrix.dim() < 2:
        raise ValueError(f"{kind.__name__}: {name} must have 2 dimensions at least, but has {matrix.dim()}")
    return name, matrix


def factor_of(name: str, matrix: Tensor) -> Tensor:
    """The Cholesky factor of the covariance matrix, from the matrix of that name."""
    if name == "scale_tril":
        return matrix
    return cholesky(matrix) if name == "covariance_matrix" else factor_of_inverse(matrix)
