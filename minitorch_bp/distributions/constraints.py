"""The sets that parameters and values of distributions come from: of numbers, of vectors, of matrices.

See :mod:`constraint` for what a constraint is.
"""

from __future__ import annotations

from typing import Any

from ..core.dtype import bool as bool_
from ..core.dtype import finfo
from ..core.home import bring_home
from ..core.tensor import Tensor
from ..ops.creation import full
from ..ops.linalg.factorizations import cholesky_ex, eigvalsh
from ..ops.pointwise.compare import isclose
from .constraint import (
    Constraint,
    MixtureSameFamilyConstraint,
    _Cat,
    _Dependent,
    _DependentProperty,
    _IndependentConstraint,
    _Stack,
    is_dependent,
)

__all__ = [
    "Constraint",
    "MixtureSameFamilyConstraint",
    "boolean",
    "cat",
    "corr_cholesky",
    "dependent",
    "dependent_property",
    "greater_than",
    "greater_than_eq",
    "half_open_interval",
    "independent",
    "integer_interval",
    "interval",
    "is_dependent",
    "less_than",
    "lower_cholesky",
    "lower_triangular",
    "multinomial",
    "nonnegative",
    "nonnegative_integer",
    "one_hot",
    "positive",
    "positive_definite",
    "positive_integer",
    "positive_semidefinite",
    "real",
    "real_vector",
    "simplex",
    "square",
    "stack",
    "symmetric",
    "unit_interval",
]


# ---------------------------------------------------------------------- numbers
class _Bounded(Constraint):
    """A set between bounds; they are shown."""

    def __repr__(self) -> str:
        bounds = ", ".join(f"{name}={value}" for name, value in vars(self).items())
        return f"{type(self).__name__.lstrip('_')}({bounds})"


class _Boolean(Constraint):
    """0 and 1."""

    is_discrete = True

    def check(self, value: Tensor) -> Tensor:
        return (value == 0) | (value == 1)


class _OneHot(Constraint):
    """Vectors of zeros and a single one."""

    is_discrete = True
    event_dim = 1

    def check(self, value: Tensor) -> Tensor:
        return ((value == 0) | (value == 1)).all(-1) & (value.sum(-1) == 1)


class _IntegerInterval(_Bounded):
    """The integers from ``lower_bound`` to ``upper_bound``, both included.

    Parameters
    ----------
    lower_bound, upper_bound : int or Tensor

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.constraints.integer_interval(0, 2).check(torch.tensor([-1.0, 0.5, 2.0]))
    tensor([False, False,  True])
    """

    is_discrete = True

    def __init__(self, lower_bound: Any, upper_bound: Any):
        self.lower_bound, self.upper_bound = lower_bound, upper_bound

    def check(self, value: Tensor) -> Tensor:
        return (value % 1 == 0) & (self.lower_bound <= value) & (value <= self.upper_bound)


class _IntegerLessThan(_Bounded):
    """The integers up to ``upper_bound``, included."""

    is_discrete = True

    def __init__(self, upper_bound: Any):
        self.upper_bound = upper_bound

    def check(self, value: Tensor) -> Tensor:
        return (value % 1 == 0) & (value <= self.upper_bound)


class _IntegerGreaterThan(_Bounded):
    """The integers from ``lower_bound`` on, included."""

    is_discrete = True

    def __init__(self, lower_bound: Any):
        self.lower_bound = lower_bound

    def check(self, value: Tensor) -> Tensor:
        return (value % 1 == 0) & (value >= self.lower_bound)


class _Real(Constraint):
    """All numbers but NaN."""

    def check(self, value: Tensor) -> Tensor:
        return value == value


class _GreaterThan(_Bounded):
    """The numbers above ``lower_bound``.

    Parameters
    ----------
    lower_bound : float or Tensor

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.constraints.greater_than(0.0).check(torch.tensor([0.0, 1.0]))
    tensor([False,  True])
    """

    def __init__(self, lower_bound: Any):
        self.lower_bound = lower_bound

    def check(self, value: Tensor) -> Tensor:
        return self.lower_bound < value


class _GreaterThanEq(_Bounded):
    """The numbers from ``lower_bound`` on.

    Parameters
    ----------
    lower_bound : float or Tensor

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.constraints.greater_than_eq(0.0).check(torch.tensor([-1.0, 0.0]))
    tensor([False,  True])
    """

    def __init__(self, lower_bound: Any):
        self.lower_bound = lower_bound

    def check(self, value: Tensor) -> Tensor:
        return self.lower_bound <= value


class _LessThan(_Bounded):
    """The numbers below ``upper_bound``.

    Parameters
    ----------
    upper_bound : float or Tensor

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.constraints.less_than(1.0).check(torch.tensor([0.0, 1.0]))
    tensor([ True, False])
    """

    def __init__(self, upper_bound: Any):
        self.upper_bound = upper_bound

    def check(self, value: Tensor) -> Tensor:
        return value < self.upper_bound


class _Interval(_Bounded):
    """The numbers from ``lower_bound`` to ``upper_bound``, both included.

    Parameters
    ----------
    lower_bound, upper_bound : float or Tensor

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.constraints.interval(0.0, 1.0).check(torch.tensor([1.0, 1.5]))
    tensor([ True, False])
    """

    def __init__(self, lower_bound: Any, upper_bound: Any):
        self.lower_bound, self.upper_bound = lower_bound, upper_bound

    def check(self, value: Tensor) -> Tensor:
        return (self.lower_bound <= value) & (value <= self.upper_bound)


class _HalfOpenInterval(_Bounded):
    """The numbers from ``lower_bound`` to ``upper_bound``, which does not belong to them.

    Parameters
    ----------
    lower_bound, upper_bound : float or Tensor

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.constraints.half_open_interval(0.0, 1.0).check(torch.tensor([0.0, 1.0]))
    tensor([ True, False])
    """

    def __init__(self, lower_bound: Any, upper_bound: Any):
        self.lower_bound, self.upper_bound = lower_bound, upper_bound

    def check(self, value: Tensor) -> Tensor:
        return (self.lower_bound <= value) & (value < self.upper_bound)


# ---------------------------------------------------------------------- vectors
class _Simplex(Constraint):
    """Vectors of probabilities: not negative, with sum 1 (up to 1e-6)."""

    event_dim = 1

    def check(self, value: Tensor) -> Tensor:
        return (value >= 0).all(-1) & ((value.sum(-1) - 1).abs() < 1e-6)


class _Multinomial(Constraint):
    """Vectors of counts that sum to ``upper_bound`` at most.

    Parameters
    ----------
    upper_bound : int or Tensor

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.constraints.multinomial(3).check(torch.tensor([[1.0, 2.0], [2.0, 2.0]]))
    tensor([ True, False])
    """

    is_discrete = True
    event_dim = 1

    def __init__(self, upper_bound: Any):
        self.upper_bound = upper_bound

    def check(self, value: Tensor) -> Tensor:
        return (value >= 0).all(-1) & (value.sum(-1) <= self.upper_bound)


# ---------------------------------------------------------------------- matrices
class _LowerTriangular(Constraint):
    """Square matrices that are zero above the diagonal."""

    event_dim = 2

    def check(self, value: Tensor) -> Tensor:
        return (value.tril() == value).flatten(-2).all(-1)


class _LowerCholesky(Constraint):
    """Lower triangular matrices with a positive diagonal."""

    event_dim = 2

    def check(self, value: Tensor) -> Tensor:
        return lower_triangular.check(value) & (value.diagonal(dim1=-2, dim2=-1) > 0).all(-1)


class _CorrCholesky(Constraint):
    """Cholesky factors of correlation matrices: lower triangular, diagonal positive, rows of length 1."""

    event_dim = 2

    def check(self, value: Tensor) -> Tensor:
        tolerance = 10 * value.shape[-1] * finfo(value.dtype).eps
        lengths = value.detach().norm(dim=-1)
        return lower_cholesky.check(value) & ((lengths - 1).abs() <= tolerance).all(-1)


class _Square(Constraint):
    """Square matrices."""

    event_dim = 2

    def check(self, value: Tensor) -> Tensor:
        return full(tuple(value.shape[:-2]), value.shape[-2] == value.shape[-1], dtype=bool_)


class _Symmetric(_Square):
    """Symmetric matrices (up to 1e-6)."""

    def check(self, value: Tensor) -> Tensor:
        square = super().check(value)
        return square & isclose(value, value.mT, atol=1e-6).all(-2).all(-1) if square.all() else square


class _PositiveSemidefinite(_Symmetric):
    """Symmetric matrices without a negative eigenvalue."""

    def check(self, value: Tensor) -> Tensor:
        symmetric_ = super().check(value)
        return symmetric_ & (eigvalsh(value) >= 0).all(-1) if symmetric_.all() else symmetric_


class _PositiveDefinite(_Symmetric):
    """Symmetric matrices with positive eigenvalues only: those that have a Cholesky factor."""

    def check(self, value: Tensor) -> Tensor:
        symmetric_ = super().check(value)
        return symmetric_ & (cholesky_ex(value).info == 0) if symmetric_.all() else symmetric_


dependent = _Dependent()
dependent_property = _DependentProperty
independent = _IndependentConstraint
boolean = _Boolean()
one_hot = _OneHot()
nonnegative_integer = _IntegerGreaterThan(0)
positive_integer = _IntegerGreaterThan(1)
integer_interval = _IntegerInterval
real = _Real()
real_vector = independent(real, 1)
positive = _GreaterThan(0.0)
nonnegative = _GreaterThanEq(0.0)
greater_than = _GreaterThan
greater_than_eq = _GreaterThanEq
less_than = _LessThan
multinomial = _Multinomial
unit_interval = _Interval(0.0, 1.0)
interval = _Interval
half_open_interval = _HalfOpenInterval
simplex = _Simplex()
lower_triangular = _LowerTriangular()
lower_cholesky = _LowerCholesky()
corr_cholesky = _CorrCholesky()
square = _Square()
symmetric = _Symmetric()
positive_semidefinite = _PositiveSemidefinite()
positive_definite = _PositiveDefinite()
cat = _Cat
stack = _Stack

bring_home(globals(), Constraint.__module__)
