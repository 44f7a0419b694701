"""The base class of distributions: shapes, the checks of parameters and values, and what follows from a few methods.

A distribution holds ``batch_shape`` many distributions side by side, each over values of ``event_shape``. A draw has the shape
``sample_shape + batch_shape + event_shape``, its log-probability ``sample_shape + batch_shape``. A subclass names the sets that
its parameters come from in ``arg_constraints``, and that of its values in ``support``; from the first follow the checks at
construction, :meth:`expand` and what is printed.
"""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

from ..core.device import Size
from ..core.grad_mode import no_grad
from ..core.tensor import Tensor
from .constraint import is_dependent
from .utils import lazy_property


class Distribution:
    """Base class of distributions.

    Parameters
    ----------
    batch_shape : Size
        The shape of the batch of distributions.
    event_shape : Size
        The shape of one value.
    validate_args : bool, optional
        Whether parameters and values are checked; unless given, what :meth:`set_default_validate_args` set, at first True.

    Raises
    ------
    ValueError
        If a parameter lies outside of its constraint.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> d = torch.distributions.Normal(torch.zeros(3), 1.0)
    >>> d.batch_shape, d.event_shape, d.log_prob(torch.zeros(2, 3)).shape
    (torch.Size([3]), torch.Size([]), torch.Size([2, 3]))
    """

    has_rsample: Any = False
    has_enumerate_support: Any = False
    _validate_args: ClassVar[Any] = __debug__

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Switch the checks of all distributions made from now on.

        Parameters
        ----------
        value : bool
        """
        if value not in (True, False):
            raise ValueError(f"set_default_validate_args takes True or False, but got {value!r}")
        Distribution._validate_args = value

    def __init__(self, batch_shape: Any = (), event_shape: Any = (), validate_args: bool | None = None):
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args  # type: ignore[misc]
        if self._validate_args:
            self._check_parameters()
        super().__init__()

    def _check_parameters(self) -> None:
        try:
            constraints = self.arg_constraints
        except NotImplementedError:
            warnings.warn(
                f"{type(self).__name__} has no arg_constraints, so that its parameters are not checked: define them, or pass "
                "validate_args=False",
                stacklevel=4,
            )
            return
        for name, constraint in constraints.items():
            if is_dependent(constraint) or (name not in self.__dict__ and isinstance(getattr(type(self), name), lazy_property)):
                continue
            value = getattr(self, name)
            valid = constraint.check(value)
            if not valid.all():
                raise ValueError(
                    f"{type(self).__name__}: the parameter {name} (of shape {tuple(value.shape)}) must satisfy {constraint!r}, "
                    f"but holds {_offending(value, valid)}; with validate_args=False it is not checked"
                )

    def _validate_sample(self, value: Any) -> None:
        """ValueError unless ``value`` is a tensor of fitting shape from the support."""
        name = type(self).__name__
        if not isinstance(value, Tensor):
            raise ValueError(f"{name}: a value must be a Tensor, but is a {type(value).__name__}")
        events = len(self._event_shape)
        if tuple(value.shape[value.dim() - events :]) != tuple(self._event_shape) or value.dim() < events:
            raise ValueError(
                f"{name}: the last dimensions of a value must be the event shape {tuple(self._event_shape)}, but its shape is "
                f"{tuple(value.shape)}"
            )
        expected = self._batch_shape + self._event_shape
        for here, there in zip(reversed(value.shape), reversed(expected)):  # the longer one may go on
            if here != there and 1 not in (here, there):
                raise ValueError(
                    f"{name}: a value of shape {tuple(value.shape)} does not broadcast with the batch and event shape "
                    f"{tuple(expected)}"
                )
        try:
            support = self.support
        except NotImplementedError:
            warnings.warn(
                f"{name} has no support, so that values are not checked: define it, or pass validate_args=False", stacklevel=3
            )
            return
        valid = support.check(value)
        if not valid.all():
            raise ValueError(
                f"{name}: a value (of shape {tuple(value.shape)}) must lie in the support {support!r}, but holds "
                f"{_offending(value, valid)}; with validate_args=False it is not checked"
            )

    # ------------------------------------------------------------------ shapes
    @property
    def batch_shape(self) -> Size:
        """The shape of the batch of distributions."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one value."""
        return self._event_shape

    def _extended_shape(self, sample_shape: Any = ()) -> Size:
        """The shape of a draw: one value for each sample and each distribution of the batch."""
        return Size(tuple(sample_shape) + tuple(self._batch_shape) + tuple(self._event_shape))

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same distribution with a larger batch, whose parameters are expanded without a copy.

        Parameters
        ----------
        batch_shape : Size

        Returns
        -------
        Distribution
            Of the same class.

        Raises
        ------
        NotImplementedError
            For a class with an ``__init__`` of its own outside of this package: it must define ``expand``, too.
        """
        new = self._new_like(_instance)
        constraints = self.arg_constraints
        for name, value in vars(self).items():
            if name in constraints and isinstance(value, Tensor):
                value = value.expand(tuple(batch_shape) + tuple(value.shape[value.dim() - constraints[name].event_dim :]))
            elif isinstance(value, Distribution):
                value = value.expand(batch_shape)
            elif isinstance(getattr(type(self), name, None), lazy_property):
                continue  # computed anew
            new.__dict__[name] = value
        Distribution.__init__(new, batch_shape, self._event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    def _new_like(self, _instance: Any) -> Any:
        """An empty instance for :meth:`expand` to fill: ``_instance``, or one of this class if it is ours."""
        if _instance is None and not type(self).__init__.__module__.startswith(__package__):
            raise NotImplementedError(f"{type(self).__name__} defines __init__, so it must define expand, too")
        return type(self).__new__(type(self)) if _instance is None else _instance

    def _get_checked_instance(self, cls: type, _instance: Any = None) -> Any:
        """For classes of users that define ``expand`` as PyTorch's do: ``_instance``, or a new one of this class."""
        if _instance is None and type(self).__init__ is not cls.__init__:  # type: ignore[misc]
            raise NotImplementedError(f"{type(self).__name__} defines __init__, so it must define expand, too")
        return type(self).__new__(type(self)) if _instance is None else _instance

    # ------------------------------------------------------------------ what a subclass defines
    @property
    def arg_constraints(self) -> Any:
        """The constraint of each parameter, by name."""
        raise NotImplementedError(f"{type(self).__name__} has no arg_constraints")

    @property
    def support(self) -> Any:
        """The constraint that all values satisfy."""
        raise NotImplementedError(f"{type(self).__name__} has no support")

    @property
    def mean(self) -> Tensor:
        """The expectation."""
        raise NotImplementedError(f"{type(self).__name__} has no mean here")

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        raise NotImplementedError(f"{type(self).__name__} has no mode here")

    @property
    def variance(self) -> Tensor:
        """The expectation of the squared distance to the mean."""
        raise NotImplementedError(f"{type(self).__name__} has no variance here")

    @property
    def stddev(self) -> Tensor:
        """The root of the variance."""
        return self.variance.sqrt()

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw values, without a gradient.

        Parameters
        ----------
        sample_shape : Size

        Returns
        -------
        Tensor
            Of shape ``sample_shape + batch_shape + event_shape``.
        """
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw values as differentiable functions of the parameters.

        Parameters
        ----------
        sample_shape : Size

        Returns
        -------
        Tensor
            Of shape ``sample_shape + batch_shape + event_shape``.
        """
        raise NotImplementedError(
            f"values of {type(self).__name__} are no differentiable functions of its parameters: use sample()"
        )

    def sample_n(self, n: int) -> Tensor:
        """``sample((n,))``; deprecated.

        Parameters
        ----------
        n : int
            How many samples.

        Returns
        -------
        Tensor
            With a first dimension of size n.
        """
        warnings.warn("sample_n is deprecated: use sample((n,))", FutureWarning, stacklevel=2)
        return self.sample(Size((n,)))

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density, or of the probability, at ``value``.

        Parameters
        ----------
        value : Tensor

        Returns
        -------
        Tensor
            Of ``value``'s shape without the event shape.

        Raises
        ------
        ValueError
            If a value lies outside of the support, or has another shape.
        """
        raise NotImplementedError(f"{type(self).__name__} has no log_prob here")

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of a value up to ``value``.

        Parameters
        ----------
        value : Tensor

        Returns
        -------
        Tensor
            One number for each value.
        """
        raise NotImplementedError(f"{type(self).__name__} has no cdf here")

    def icdf(self, value: Tensor) -> Tensor:
        """The inverse of :meth:`cdf`: the value below which the probability is ``value``.

        Parameters
        ----------
        value : Tensor

        Returns
        -------
        Tensor
            One number for each value.
        """
        raise NotImplementedError(f"{type(self).__name__} has no icdf here")

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All values, along a new first dimension.

        Parameters
        ----------
        expand : bool
            Whether the result has the batch shape, or only ones in its place.

        Returns
        -------
        Tensor
            Of shape ``(number of values,) + batch_shape + event_shape``.
        """
        raise NotImplementedError(f"the values of {type(self).__name__} can't be enumerated")

    def entropy(self) -> Tensor:
        """The expectation of minus :meth:`log_prob`, of the batch shape.

        Returns
        -------
        Tensor
            One number for each distribution of the batch.
        """
        raise NotImplementedError(f"{type(self).__name__} has no entropy here")

    def perplexity(self) -> Tensor:
        """The exponential of the entropy, of the batch shape.

        Returns
        -------
        Tensor
            One number for each distribution of the batch.
        """
        return self.entropy().exp()

    def __repr__(self) -> str:
        shown = {name: self.__dict__[name] for name in self.arg_constraints if name in self.__dict__}
        arguments = ", ".join(f"{name}: {value if value.numel() == 1 else value.size()}" for name, value in shown.items())
        return f"{type(self).__name__}({arguments})"


def _offending(value: Tensor, valid: Tensor) -> str:
    """The first values for which a check failed."""
    whole = value.detach()
    bad = whole[~valid] if valid.dim() and whole.shape[: valid.dim()] == valid.shape else whole
    shown = str(bad[:3].tolist() if bad.dim() else bad.item())
    return shown if len(shown) < 300 else f"{shown[:300]} ..."
