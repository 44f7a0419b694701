"""What a constraint is, and those that are made of others: of each element, of components, of pieces along a dimension.

A constraint says for each element, or for each vector or matrix (``event_dim`` is 1 or 2), whether it belongs to a set. What
depends on other parameters, such as the support of Uniform(low, high), is *dependent*, and known for an instance only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..core.tensor import Tensor
from ..ops.shape.joining import cat as cat_tensors
from ..ops.shape.joining import stack as stack_tensors


class Constraint:
    """A set of values.

    Attributes
    ----------
    is_discrete : bool
        Whether it holds isolated points, such as the integers.
    event_dim : int
        How many dimensions of a tensor make one value of the set.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.constraints.positive.check(torch.tensor([-1.0, 2.0]))
    tensor([False,  True])
    """

    is_discrete: Any = False
    event_dim: Any = 0

    def check(self, value: Tensor) -> Tensor:
        """Whether each value belongs to the set: booleans, of ``value``'s shape without the last ``event_dim`` dimensions.

        Parameters
        ----------
        value : Tensor
        """
        raise NotImplementedError(f"{type(self).__name__} does not say which values it holds: define check()")

    def __repr__(self) -> str:
        return f"{type(self).__name__.lstrip('_')}()"


class _Dependent(Constraint):
    """A set that depends on parameters of the distribution."""

    def __init__(self, *, is_discrete: Any = NotImplemented, event_dim: Any = NotImplemented):
        self._is_discrete, self._event_dim = is_discrete, event_dim
        super().__init__()

    @property
    def is_discrete(self) -> Any:  # type: ignore[override]
        """Whether it is discrete, if that does not depend on parameters."""
        return self._known(self._is_discrete, "is_discrete")

    @property
    def event_dim(self) -> Any:  # type: ignore[override]
        """How many dimensions make one value, if that does not depend on parameters."""
        return self._known(self._event_dim, "event_dim")

    @staticmethod
    def _known(value: Any, name: str) -> Any:
        if value is NotImplemented:
            raise NotImplementedError(f"{name} of this constraint depends on parameters: ask an instance of the distribution")
        return value

    def __call__(self, *, is_discrete: Any = NotImplemented, event_dim: Any = NotImplemented) -> _Dependent:
        """The same, with more known about it."""
        return _Dependent(
            is_discrete=self._is_discrete if is_discrete is NotImplemented else is_discrete,
            event_dim=self._event_dim if event_dim is NotImplemented else event_dim,
        )

    def check(self, value: Tensor) -> Tensor:
        raise ValueError("this constraint depends on parameters of the distribution: ask an instance of the distribution")


def is_dependent(constraint: Any) -> bool:
    """Whether the constraint depends on parameters of a distribution.

    Parameters
    ----------
    constraint : Constraint

    Returns
    -------
    bool
        True for a support as the class has it, False for that of an instance.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> D = torch.distributions
    >>> D.constraints.is_dependent(D.Uniform.support), D.constraints.is_dependent(D.Uniform(0.0, 1.0).support)
    (True, False)
    """
    return isinstance(constraint, _Dependent)


class _DependentProperty(property, _Dependent):
    """A property that is a constraint: dependent on the class, known on an instance.

    Parameters
    ----------
    fn : callable, optional
        The method; without it, a decorator results that knows the following.
    is_discrete : bool, optional
        Whether the set is discrete, if that does not depend on parameters.
    event_dim : int, optional
        How many dimensions make one value, if that does not depend on parameters.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.Uniform.support.event_dim, torch.distributions.Uniform(0.0, 1.0).support
    (0, Interval(lower_bound=0.0, upper_bound=1.0))
    """

    def __init__(self, fn: Any = None, *, is_discrete: Any = NotImplemented, event_dim: Any = NotImplemented):
        super().__init__(fn)
        self._is_discrete, self._event_dim = is_discrete, event_dim

    def __call__(self, fn: Callable[..., Any]) -> _DependentProperty:  # type: ignore[override]
        return _DependentProperty(fn, is_discrete=self._is_discrete, event_dim=self._event_dim)


class _IndependentConstraint(Constraint):
    """A set of vectors, matrices, ... all of whose elements satisfy a base constraint.

    Parameters
    ----------
    base_constraint : Constraint
    reinterpreted_batch_ndims : int
        How many dimensions more a value has.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> c = torch.distributions.constraints
    >>> c.independent(c.positive, 1).check(torch.tensor([[1.0, 2.0], [1.0, -2.0]]))
    tensor([ True, False])
    """

    def __init__(self, base_constraint: Constraint, reinterpreted_batch_ndims: int):
        if not isinstance(reinterpreted_batch_ndims, int) or reinterpreted_batch_ndims < 0:
            raise AssertionError(f"reinterpreted_batch_ndims must be an integer >= 0, but is {reinterpreted_batch_ndims!r}")
        self.base_constraint, self.reinterpreted_batch_ndims = base_constraint, reinterpreted_batch_ndims

    @property
    def is_discrete(self) -> Any:  # type: ignore[override]
        return self.base_constraint.is_discrete

    @property
    def event_dim(self) -> Any:  # type: ignore[override]
        return self.base_constraint.event_dim + self.reinterpreted_batch_ndims

    def check(self, value: Tensor) -> Tensor:
        result = self.base_constraint.check(value)
        if result.dim() < self.reinterpreted_batch_ndims:
            raise ValueError(f"a value has {self.event_dim} dimensions, but the tensor to check has only {value.dim()}")
        kept = result.dim() - self.reinterpreted_batch_ndims
        return result.reshape(*result.shape[:kept], -1).all(-1)

    def __repr__(self) -> str:
        return f"IndependentConstraint({self.base_constraint!r}, {self.reinterpreted_batch_ndims})"


class MixtureSameFamilyConstraint(Constraint):
    """The values that every component of a mixture supports.

    Parameters
    ----------
    base_constraint : Constraint
        The support of the components, which are a batch along the last dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> D = torch.distributions
    >>> components = D.Uniform(torch.tensor([0.0, 1.0]), torch.tensor([2.0, 3.0]))
    >>> D.constraints.MixtureSameFamilyConstraint(components.support).check(torch.tensor([0.5, 1.5]))
    tensor([False,  True])
    """

    def __init__(self, base_constraint: Constraint):
        if not isinstance(base_constraint, Constraint):
            raise AssertionError(f"a mixture needs a Constraint of its components, but got a {type(base_constraint).__name__}")
        self.base_constraint = base_constraint

    @property
    def is_discrete(self) -> Any:  # type: ignore[override]
        return self.base_constraint.is_discrete

    @property
    def event_dim(self) -> Any:  # type: ignore[override]
        return self.base_constraint.event_dim

    def check(self, value: Tensor) -> Tensor:
        if value.dim() < self.event_dim:
            raise ValueError(f"a value has {self.event_dim} dimensions, but the tensor to check has only {value.dim()}")
        result = self.base_constraint.check(value.unsqueeze(-1 - self.event_dim))
        return result.reshape(*result.shape[: value.dim() - self.event_dim], -1).all(-1)

    def __repr__(self) -> str:
        return f"MixtureSameFamilyConstraint({self.base_constraint!r})"


# ---------------------------------------------------------------------- several sets along a dimension
class _Pieces(Constraint):
    """A tensor of pieces along ``dim``, each from a set of its own."""

    def __init__(self, cseq: Sequence[Constraint], dim: int):
        if not all(isinstance(c, Constraint) for c in cseq):
            raise AssertionError(f"expected a sequence of Constraints, but got {list(cseq)!r}")
        self.cseq, self.dim = list(cseq), dim

    @property
    def is_discrete(self) -> Any:  # type: ignore[override]
        return any(c.is_discrete for c in self.cseq)

    def _check_dim(self, value: Tensor) -> None:
        if not -value.dim() <= self.dim < value.dim():
            raise AssertionError(f"the tensor to check has {value.dim()} dimensions, so that there is no dimension {self.dim}")


class _Cat(_Pieces):
    """Pieces beside each other along a dimension.

    Parameters
    ----------
    cseq : list of Constraints
        One for each piece.
    dim : int
    lengths : list of ints, optional
        Of the pieces; 1 each unless given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> c = torch.distributions.constraints
    >>> c.cat([c.positive, c.real], lengths=[1, 2]).check(torch.tensor([-1.0, -1.0, 1.0]))
    tensor([False,  True,  True])
    """

    def __init__(self, cseq: Sequence[Constraint], dim: int = 0, lengths: Sequence[int] | None = None):
        super().__init__(cseq, dim)
        self.lengths = [1] * len(self.cseq) if lengths is None else list(lengths)
        if len(self.lengths) != len(self.cseq):
            raise AssertionError(f"there are {len(self.cseq)} constraints, but {len(self.lengths)} lengths")

    @property
    def event_dim(self) -> Any:  # type: ignore[override]
        return max(c.event_dim for c in self.cseq)

    def check(self, value: Tensor) -> Tensor:
        self._check_dim(value)
        pieces = value.split(self.lengths, self.dim)
        return cat_tensors([c.check(piece) for c, piece in zip(self.cseq, pieces, strict=True)], self.dim)


class _Stack(_Pieces):
    """One slice for each constraint along a dimension.

    Parameters
    ----------
    cseq : list of Constraints
    dim : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> c = torch.distributions.constraints
    >>> c.stack([c.positive, c.real], dim=1).check(torch.tensor([[-1.0, -1.0], [1.0, -1.0]]))
    tensor([[False,  True],
            [ True,  True]])
    """

    def __init__(self, cseq: Sequence[Constraint], dim: int = 0):
        super().__init__(cseq, dim)

    @property
    def event_dim(self) -> Any:  # type: ignore[override]
        dim = max(c.event_dim for c in self.cseq)
        return dim + 1 if self.dim + dim < 0 else dim

    def check(self, value: Tensor) -> Tensor:
        self._check_dim(value)
        return stack_tensors([c.check(piece) for c, piece in zip(self.cseq, value.unbind(self.dim), strict=True)], self.dim)
