"""Transforms of pieces of a tensor: beside each other along a dimension, or one slice each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...core.tensor import Tensor
from ...ops.shape.joining import cat, stack
from .. import constraints
from ..utils import _sum_rightmost, lazy_property
from .transform import Transform


class _PiecesTransform(Transform):
    """Several transforms along a dimension."""

    transforms: list[Any]
    dim: int

    def __init__(self, tseq: Sequence[Transform], dim: int, cache_size: int):
        if not all(isinstance(t, Transform) for t in tseq):
            raise AssertionError(f"expected a sequence of Transforms, but got {list(tseq)!r}")
        self.transforms = [t.with_cache(cache_size) for t in tseq] if cache_size else list(tseq)
        self.dim = dim
        super().__init__(cache_size=cache_size)

    @property
    def bijective(self) -> Any:  # type: ignore[override]
        return all(t.bijective for t in self.transforms)

    def _check(self, value: Tensor, length: int) -> None:
        name = type(self).__name__
        if not -value.dim() <= self.dim < value.dim():
            raise AssertionError(f"{name}: the tensor has {value.dim()} dimensions, so that there is no dimension {self.dim}")
        if value.shape[self.dim] != length:
            raise AssertionError(f"{name}: dimension {self.dim} must have length {length}, but has {value.shape[self.dim]}")


class CatTransform(_PiecesTransform):
    """One transform for each of several pieces beside each other along a dimension, as :func:`minitorch_bp.cat` makes them.

    Parameters
    ----------
    tseq : list of Transforms
    dim : int
    lengths : list of ints, optional
        Of the pieces; 1 each unless given.
    cache_size : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> T = torch.distributions.transforms
    >>> T.CatTransform([T.ExpTransform(), T.AbsTransform()], lengths=[1, 2])(torch.tensor([0.0, -1.0, -2.0]))
    tensor([1., 1., 2.])
    """

    def __init__(self, tseq: Sequence[Transform], dim: int = 0, lengths: Sequence[int] | None = None, cache_size: int = 0):
        super().__init__(tseq, dim, cache_size)
        self.lengths = [1] * len(self.transforms) if lengths is None else list(lengths)
        if len(self.lengths) != len(self.transforms):
            raise AssertionError(f"there are {len(self.transforms)} transforms, but {len(self.lengths)} lengths")

    @lazy_property
    def event_dim(self) -> int:  # type: ignore[override]
        return max(t.event_dim for t in self.transforms)

    @lazy_property
    def length(self) -> int:
        """The sum of the lengths."""
        return sum(self.lengths)

    def with_cache(self, cache_size: int = 1) -> Any:
        if self._cache_size == cache_size:
            return self
        return CatTransform(self.transforms, self.dim, self.lengths, cache_size)

    def _pieces(self, value: Tensor) -> Any:
        self._check(value, self.length)
        return value.split(self.lengths, self.dim)

    def _call(self, x: Tensor) -> Tensor:
        return cat([t(piece) for t, piece in zip(self.transforms, self._pieces(x))], self.dim)

    def _inverse(self, y: Tensor) -> Tensor:
        return cat([t.inv(piece) for t, piece in zip(self.transforms, self._pieces(y))], self.dim)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Any:
        logs = []
        for t, before, after in zip(self.transforms, self._pieces(x), self._pieces(y)):
            logs.append(_sum_rightmost(t.log_abs_det_jacobian(before, after), self.event_dim - t.event_dim))
        dim = (self.dim if self.dim < 0 else self.dim - x.dim()) + self.event_dim
        return cat(logs, dim) if dim < 0 else sum(logs)

    @constraints.dependent_property
    def domain(self) -> Any:  # type: ignore[override]
        """The set that arguments come from."""
        return constraints.cat([t.domain for t in self.transforms], self.dim, self.lengths)

    @constraints.dependent_property
    def codomain(self) -> Any:  # type: ignore[override]
        """The set that results lie in."""
        return constraints.cat([t.codomain for t in self.transforms], self.dim, self.lengths)


class StackTransform(_PiecesTransform):
    """One transform for each slice along a dimension, as :func:`minitorch_bp.stack` makes them.

    Parameters
    ----------
    tseq : list of Transforms
    dim : int
    cache_size : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> T = torch.distributions.transforms
    >>> T.StackTransform([T.ExpTransform(), T.AbsTransform()], dim=1)(torch.tensor([[0.0, -1.0], [0.0, -2.0]]))
    tensor([[1., 1.],
            [1., 2.]])
    """

    def __init__(self, tseq: Sequence[Transform], dim: int = 0, cache_size: int = 0):
        super().__init__(tseq, dim, cache_size)

    def with_cache(self, cache_size: int = 1) -> Any:
        return self if self._cache_size == cache_size else StackTransform(self.transforms, self.dim, cache_size)

    def _slice(self, value: Tensor) -> list[Tensor]:
        self._check(value, len(self.transforms))
        return [value.select(self.dim, i) for i in range(len(self.transforms))]

    def _call(self, x: Tensor) -> Tensor:
        return stack([t(piece) for t, piece in zip(self.transforms, self._slice(x))], self.dim)

    def _inverse(self, y: Tensor) -> Tensor:
        return stack([t.inv(piece) for t, piece in zip(self.transforms, self._slice(y))], self.dim)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        pieces = zip(self.transforms, self._slice(x), self._slice(y))
        return stack([t.log_abs_det_jacobian(before, after) for t, before, after in pieces], self.dim)

    @constraints.dependent_property
    def domain(self) -> Any:  # type: ignore[override]
        """The set that arguments come from."""
        return constraints.stack([t.domain for t in self.transforms], self.dim)

    @constraints.dependent_property
    def codomain(self) -> Any:  # type: ignore[override]
        """The set that results lie in."""
        return constraints.stack([t.codomain for t in self.transforms], self.dim)
