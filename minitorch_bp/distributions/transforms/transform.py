"""What a transform is: a function that is applied to random values, with the logarithm of its Jacobian's determinant.

Densities follow: if y = f(x), then log p(y) = log p(x) - log |det df/dx|. A transform may remember its last pair (x, y), so that
inverting what it has just computed is free and exact (``cache_size=1``). Transforms are inverted by ``.inv``, composed by
:class:`ComposeTransform`, and applied to whole vectors by :class:`IndependentTransform`.
"""

from __future__ import annotations

import copy
import functools
import operator
import weakref
from collections.abc import Sequence
from typing import Any, ClassVar

from ...core.tensor import Tensor
from .. import constraints
from ..utils import _sum_rightmost, lazy_property


class Transform:
    """Base class of transforms.

    A subclass defines ``domain`` and ``codomain`` (constraints), ``_call`` and ``_inverse``, and ``log_abs_det_jacobian`` if it
    is ``bijective``; ``sign`` (1 or -1) if it is monotone. It is called as a function, and inverted as ``transform.inv(y)``.

    Parameters
    ----------
    cache_size : int
        1 to remember the last pair of x and y, 0 for none.

    Raises
    ------
    ValueError
        For another size.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> exp = torch.distributions.transforms.ExpTransform()
    >>> y = exp(torch.tensor(0.0))
    >>> y, exp.inv(y), exp.log_abs_det_jacobian(torch.tensor(0.0), y)
    (tensor(1.), tensor(0.), tensor(0.))
    """

    bijective: Any = False
    domain: Any
    codomain: Any
    #: The attributes by which two transforms of a class are equal; None if only a transform itself is.
    compared: ClassVar[tuple[str, ...] | None] = None

    def __init__(self, cache_size: int = 0):
        if cache_size not in (0, 1):
            raise ValueError(f"cache_size must be 0 or 1, but is {cache_size!r}")
        self._cache_size = cache_size
        self._inv: Any = None
        self._cached: tuple[Any, Any] = (None, None)
        super().__init__()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_inv": None}  # a weak reference, which can't be pickled or copied

    @property
    def event_dim(self) -> int:
        """The number of dimensions of one value, if it does not change."""
        if self.domain.event_dim != self.codomain.event_dim:
            raise ValueError(
                f"{type(self).__name__} maps values of {self.domain.event_dim} dimensions to values of "
                f"{self.codomain.event_dim}: ask its domain or its codomain for the event_dim"
            )
        return self.domain.event_dim

    @property
    def inv(self) -> Any:
        """The inverse transform, whose inverse is this one."""
        inverse = None if self._inv is None else self._inv()
        if inverse is None:
            inverse = _InverseTransform(self)
            self._inv = weakref.ref(inverse)
        return inverse

    @property
    def sign(self) -> Any:
        """1 if the function increases, -1 if it decreases."""
        raise NotImplementedError(f"{type(self).__name__} has no sign: it is not known to be monotone")

    def with_cache(self, cache_size: int = 1) -> Any:
        """The same transform with another size of cache.

        Parameters
        ----------
        cache_size : int

        Returns
        -------
        Transform
            Of the same class.
        """
        if self._cache_size == cache_size:
            return self
        twin = copy.copy(self)
        Transform.__init__(twin, cache_size)
        return twin

    def __eq__(self, other: object) -> bool:
        if self.compared is None or type(self) is not type(other):
            return self is other
        return all(_same(getattr(self, name), getattr(other, name)) for name in self.compared)

    def __call__(self, x: Any) -> Any:
        """The value of the function at x."""
        if self._cache_size == 0:
            return self._call(x)
        old_x, old_y = self._cached
        if x is old_x:
            return old_y
        y = self._call(x)
        self._cached = x, y
        return y

    def _inv_call(self, y: Any) -> Any:
        if self._cache_size == 0:
            return self._inverse(y)
        old_x, old_y = self._cached
        if y is old_y:
            return old_x
        x = self._inverse(y)
        self._cached = x, y
        return x

    def _call(self, x: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not define _call")

    def _inverse(self, y: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not define _inverse: it can't be inverted")

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Any:
        """The logarithm of the absolute determinant of the Jacobian, of ``x``'s shape without the event dimensions.

        Parameters
        ----------
        x, y : Tensor
            A value and its image.

        Returns
        -------
        Tensor
            One number for each value.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define log_abs_det_jacobian")

    def forward_shape(self, shape: Any) -> Any:
        """The shape of the result for an argument of this shape.

        Parameters
        ----------
        shape : Size

        Returns
        -------
        Size
            The shape.
        """
        return shape

    def inverse_shape(self, shape: Any) -> Any:
        """The shape of the argument for a result of this shape.

        Parameters
        ----------
        shape : Size

        Returns
        -------
        Size
            The shape.
        """
        return shape

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


def _same(a: Any, b: Any) -> bool:
    """Whether two attributes are equal, be they tensors or not."""
    if isinstance(a, Tensor) or isinstance(b, Tensor):
        return bool((a == b).all())
    return bool(a == b)


class _InverseTransform(Transform):
    """The inverse of a transform, which keeps the cache for both."""

    compared = ("_original",)

    def __init__(self, transform: Transform):
        super().__init__(cache_size=transform._cache_size)
        self._original = transform

    @constraints.dependent_property(is_discrete=False)
    def domain(self) -> Any:  # type: ignore[override]
        """The set that arguments come from."""
        return self._original.codomain

    @constraints.dependent_property(is_discrete=False)
    def codomain(self) -> Any:  # type: ignore[override]
        """The set that results lie in."""
        return self._original.domain

    @property
    def bijective(self) -> Any:  # type: ignore[override]
        return self._original.bijective

    @property
    def sign(self) -> Any:
        return self._original.sign

    @property
    def inv(self) -> Any:
        return self._original

    def with_cache(self, cache_size: int = 1) -> Any:
        return self._original.with_cache(cache_size).inv

    def __call__(self, x: Any) -> Any:
        return self._original._inv_call(x)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Any:
        return -self._original.log_abs_det_jacobian(y, x)

    def forward_shape(self, shape: Any) -> Any:
        return self._original.inverse_shape(shape)

    def inverse_shape(self, shape: Any) -> Any:
        return self._original.forward_shape(shape)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._original!r})"


class ComposeTransform(Transform):
    """Several transforms, the first applied first.

    Parameters
    ----------
    parts : list of Transforms
    cache_size : int
        Of the whole, and if it is not 0 of each part.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> T = torch.distributions.transforms
    >>> T.ComposeTransform([T.ExpTransform(), T.AffineTransform(1.0, 2.0)])(torch.tensor(0.0))
    tensor(3.)
    """

    compared = ("parts",)

    def __init__(self, parts: Sequence[Transform], cache_size: int = 0):
        self.parts = [part.with_cache(cache_size) for part in parts] if cache_size else list(parts)
        super().__init__(cache_size=cache_size)

    @constraints.dependent_property(is_discrete=False)
    def domain(self) -> Any:  # type: ignore[override]
        """The domain of the first part, with as many dimensions as a later part needs."""
        if not self.parts:
            return constraints.real
        needed = self.parts[-1].codomain.event_dim
        for part in reversed(self.parts):
            needed = max(needed - part.codomain.event_dim + part.domain.event_dim, part.domain.event_dim)
        return _with_event_dim(self.parts[0].domain, needed)

    @constraints.dependent_property(is_discrete=False)
    def codomain(self) -> Any:  # type: ignore[override]
        """The codomain of the last part, with as many dimensions as an earlier part makes."""
        if not self.parts:
            return constraints.real
        made = self.parts[0].domain.event_dim
        for part in self.parts:
            made = max(made - part.domain.event_dim + part.codomain.event_dim, part.codomain.event_dim)
        return _with_event_dim(self.parts[-1].codomain, made)

    @lazy_property
    def bijective(self) -> bool:  # type: ignore[override]
        return all(part.bijective for part in self.parts)

    @lazy_property
    def sign(self) -> Any:
        return functools.reduce(operator.mul, (part.sign for part in self.parts), 1)

    @property
    def inv(self) -> Any:
        inverse = None if self._inv is None else self._inv()
        if inverse is None:
            inverse = ComposeTransform([part.inv for part in reversed(self.parts)])
            self._inv, inverse._inv = weakref.ref(inverse), weakref.ref(self)
        return inverse

    def with_cache(self, cache_size: int = 1) -> Any:
        return self if self._cache_size == cache_size else ComposeTransform(self.parts, cache_size)

    def __call__(self, x: Any) -> Any:
        for part in self.parts:
            x = part(x)
        return x

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Any:
        if not self.parts:
            return x.new_zeros(x.shape)
        values = [x]
        for part in self.parts[:-1]:
            values.append(part(values[-1]))
        values.append(y)
        # Each part's determinant is summed over the dimensions that make one value of the whole.
        total: Any = 0
        dims = self.domain.event_dim
        for part, before, after in zip(self.parts, values, values[1:]):
            total = total + _sum_rightmost(part.log_abs_det_jacobian(before, after), dims - part.domain.event_dim)
            dims += part.codomain.event_dim - part.domain.event_dim
        return total

    def forward_shape(self, shape: Any) -> Any:
        for part in self.parts:
            shape = part.forward_shape(shape)
        return shape

    def inverse_shape(self, shape: Any) -> Any:
        for part in reversed(self.parts):
            shape = part.inverse_shape(shape)
        return shape

    def __repr__(self) -> str:
        parts = ",\n    ".join(repr(part) for part in self.parts)
        return f"{type(self).__name__}(\n    {parts}\n)"


def _with_event_dim(constraint: Any, event_dim: int) -> Any:
    """The constraint on values of more dimensions, each of whose parts satisfies it."""
    more = event_dim - constraint.event_dim
    return constraints.independent(constraint, more) if more > 0 else constraint


identity_transform = ComposeTransform([])


class IndependentTransform(Transform):
    """A transform applied to each element of a vector (matrix, ...), which counts as one value: log-determinants are summed.

    Parameters
    ----------
    base_transform : Transform
    reinterpreted_batch_ndims : int
        How many dimensions more a value has.
    cache_size : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> T = torch.distributions.transforms
    >>> x = torch.tensor([1.0, 2.0])
    >>> T.IndependentTransform(T.ExpTransform(), 1).log_abs_det_jacobian(x, x.exp())
    tensor(3.)
    """

    def __init__(self, base_transform: Transform, reinterpreted_batch_ndims: int, cache_size: int = 0):
        super().__init__(cache_size=cache_size)
        self.base_transform = base_transform.with_cache(cache_size)
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims

    def with_cache(self, cache_size: int = 1) -> Any:
        if self._cache_size == cache_size:
            return self
        return IndependentTransform(self.base_transform, self.reinterpreted_batch_ndims, cache_size)

    @constraints.dependent_property(is_discrete=False)
    def domain(self) -> Any:  # type: ignore[override]
        """The set that arguments come from."""
        return constraints.independent(self.base_transform.domain, self.reinterpreted_batch_ndims)

    @constraints.dependent_property(is_discrete=False)
    def codomain(self) -> Any:  # type: ignore[override]
        """The set that results lie in."""
        return constraints.independent(self.base_transform.codomain, self.reinterpreted_batch_ndims)

    @property
    def bijective(self) -> Any:  # type: ignore[override]
        return self.base_transform.bijective

    @property
    def sign(self) -> Any:
        return self.base_transform.sign

    def _call(self, x: Tensor) -> Tensor:
        self._check_dims(x, self.domain.event_dim)
        return self.base_transform(x)

    def _inverse(self, y: Tensor) -> Tensor:
        self._check_dims(y, self.codomain.event_dim)
        return self.base_transform.inv(y)

    def _check_dims(self, value: Tensor, needed: int) -> None:
        if value.dim() < needed:
            raise ValueError(f"a value has {needed} dimensions here, but the tensor has only {value.dim()}")

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Any:
        return _sum_rightmost(self.base_transform.log_abs_det_jacobian(x, y), self.reinterpreted_batch_ndims)

    def forward_shape(self, shape: Any) -> Any:
        return self.base_transform.forward_shape(shape)

    def inverse_shape(self, shape: Any) -> Any:
        return self.base_transform.inverse_shape(shape)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_transform!r}, {self.reinterpreted_batch_ndims})"
