"""The Wishart distribution of random covariance matrices."""

from __future__ import annotations

import math
import warnings
from typing import Any

from ..core.device import Size
from ..core.dtype import finfo
from ..core.tensor import Tensor
from ..ops.creation import tensor
from ..ops.indexing.indices import tril_indices
from ..ops.linalg.matrix_factorizations import cholesky_inverse, cholesky_solve
from ..ops.random.draw import randn
from ..ops.ranges import arange
from ..ops.shape.rearrange import broadcast_shapes
from . import constraints
from .chi2 import Chi2
from .exp_family import ExponentialFamily
from .multivariate_normal import factor_of, half_log_det, one_matrix
from .utils import lazy_property


def _mvdigamma(x: Tensor, n: int) -> Tensor:
    """The derivative of the logarithm of the multivariate gamma function."""
    return (x.unsqueeze(-1) - 0.5 * arange(n, dtype=x.dtype)).digamma().sum(-1)


class Wishart(ExponentialFamily):
    r"""The Wishart distribution, over positive definite n by n matrices: the sum of :math:`x x^T` of nu normal vectors.

    .. math:: p(X) = \frac{\det(X)^{(\nu - n - 1)/2} e^{-\mathrm{tr}(V^{-1} X)/2}}{2^{\nu n/2} \det(V)^{\nu/2} \Gamma_n(\nu/2)}

    Draws are by the decomposition of M. S. Bartlett (1933). Of the three matrices one is given.

    Parameters
    ----------
    df : Tensor or number
        The degrees of freedom nu, above n - 1.
    covariance_matrix : Tensor of shape (..., n, n), optional
        V, positive definite.
    precision_matrix : Tensor of shape (..., n, n), optional
        The inverse of V.
    scale_tril : Tensor of shape (..., n, n), optional
        The Cholesky factor of V.
    validate_args : bool, optional

    Raises
    ------
    AssertionError
        Unless one matrix is given.
    ValueError
        If it is not what it should be, or df is too small.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.Wishart(torch.tensor(4.0), torch.eye(2)).mean
    tensor([[4., 0.],
            [0., 4.]])
    """

    support = constraints.positive_definite
    has_rsample = True
    _mean_carrier_measure = 0

    @property
    def arg_constraints(self) -> Any:
        return {
            "covariance_matrix": constraints.positive_definite,
            "precision_matrix": constraints.positive_definite,
            "scale_tril": constraints.lower_cholesky,
            "df": constraints.greater_than(self._event_shape[-1] - 1),
        }

    def __init__(
        self,
        df: Any,
        covariance_matrix: Tensor | None = None,
        precision_matrix: Tensor | None = None,
        scale_tril: Tensor | None = None,
        validate_args: bool | None = None,
    ):
        name, matrix = one_matrix(type(self), covariance_matrix, precision_matrix, scale_tril, AssertionError)
        df = df if isinstance(df, Tensor) else tensor(df, dtype=matrix.dtype)
        n = matrix.shape[-1]
        if not (df > n - 1).all():
            raise ValueError(f"Wishart: df must be above n - 1 = {n - 1} for matrices of n = {n} rows, but holds {df.min().item()}")
        batch_shape = broadcast_shapes(matrix.shape[:-2], df.shape)
        self.df = df.expand(batch_shape)
        self.__dict__[name] = matrix.expand(*batch_shape, -1, -1)
        self._event_shape = matrix.shape[-2:]
        super().__init__(batch_shape, matrix.shape[-2:], validate_args=validate_args)
        if (self.df < n).any():
            warnings.warn(
                f"Wishart: with df between n - 1 and n = {n}, draws are likely to be singular in floating point", stacklevel=2
            )
        self._unbroadcasted_scale_tril = factor_of(name, matrix)

    @lazy_property
    def scale_tril(self) -> Tensor:
        """The Cholesky factor of V."""
        return self._unbroadcasted_scale_tril.expand(*self._batch_shape, -1, -1)

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        """V."""
        factor = self._unbroadcasted_scale_tril
        return (factor @ factor.mT).expand(*self._batch_shape, -1, -1)

    @lazy_property
    def precision_matrix(self) -> Tensor:
        """The inverse of V."""
        return cholesky_inverse(self._unbroadcasted_scale_tril).expand(*self._batch_shape, -1, -1)

    @property
    def _n(self) -> int:
        return self._event_shape[-1]

    @property
    def mean(self) -> Tensor:
        return self.df[..., None, None] * self.covariance_matrix

    @property
    def mode(self) -> Tensor:
        factor = self.df - self._n - 1
        return factor.masked_fill(factor <= 0, math.nan)[..., None, None] * self.covariance_matrix

    @property
    def variance(self) -> Tensor:
        v = self.covariance_matrix
        diagonal = v.diagonal(dim1=-2, dim2=-1)
        return self.df[..., None, None] * (v.pow(2) + diagonal.unsqueeze(-1) * diagonal.unsqueeze(-2))

    def _bartlett(self, sample_shape: Any) -> Tensor:
        """L A A^T L^T, with A lower triangular: roots of chi-squared variables on the diagonal, normal ones below."""
        n = self._n
        freedom = (self.df.unsqueeze(-1) - arange(n, dtype=self._unbroadcasted_scale_tril.dtype)).expand(*self._batch_shape, -1)
        noise = Chi2(freedom).rsample(sample_shape).sqrt().clamp(min=finfo(freedom.dtype).eps).diag_embed()
        rows, columns = tril_indices(n, n, offset=-1).unbind()
        shape = Size(sample_shape) + self._batch_shape + Size((n * (n - 1) // 2,))
        noise[..., rows, columns] = randn(shape, dtype=noise.dtype)
        factor = self._unbroadcasted_scale_tril @ noise
        return factor @ factor.mT

    def rsample(self, sample_shape: Any = (), max_try_correction: int | None = None) -> Tensor:
        """Draw matrices; those that are singular in floating point are drawn again.

        Parameters
        ----------
        sample_shape : Size
        max_try_correction : int, optional
            How often, 10 times unless given.

        Returns
        -------
        Tensor
        """
        self._bartlett(sample_shape)  # PyTorch draws twice from the start: so the numbers under a seed are the same
        sample = self._bartlett(sample_shape)
        for _ in range(10 if max_try_correction is None else max_try_correction):
            singular = self._singular(sample)
            if not singular.any():
                break
            warnings.warn("Wishart: a draw is singular in floating point, and drawn again", stacklevel=2)
            again = self._bartlett(Size((int(singular.sum()),)))
            sample[singular] = again if singular.dim() else again[0]
        return sample

    def _singular(self, sample: Tensor) -> Tensor:
        """Which draws hold a matrix that is not positive definite."""
        bad = ~self.support.check(sample)
        return bad.flatten(-len(self._batch_shape)).any(-1) if self._batch_shape else bad

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        nu, n, factor = self.df, self._n, self._unbroadcasted_scale_tril
        trace = cholesky_solve(value, factor).diagonal(dim1=-2, dim2=-1).sum(-1)
        constant = nu * (n * math.log(2) / 2 + half_log_det(factor)) + (nu / 2).mvlgamma(n)
        return (nu - n - 1) / 2 * value.slogdet().logabsdet - trace / 2 - constant

    def entropy(self) -> Tensor:
        nu, n = self.df, self._n
        log_scale = (n + 1) * (n * math.log(2) / 2 + half_log_det(self._unbroadcasted_scale_tril))
        return log_scale + (nu / 2).mvlgamma(n) - (nu - n - 1) / 2 * _mvdigamma(nu / 2, n) + nu * n / 2

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return -self.precision_matrix / 2, (self.df - self._n - 1) / 2

    def _log_normalizer(self, x: Tensor, y: Tensor) -> Tensor:  # type: ignore[override]
        n, half = self._n, y + (self._n + 1) / 2
        return half * (-(-2 * x).slogdet().logabsdet + math.log(2) * n) + half.mvlgamma(n)
