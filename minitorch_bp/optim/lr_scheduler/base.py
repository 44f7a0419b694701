"""What every scheduler is: it counts epochs, asks its rule for the learning rates, and writes them into the optimizer's groups.

A subclass supplies the rule, ``get_lr``. The optimizer's step is counted, too, because a scheduler that is stepped first skips
the first learning rate, a mistake that nothing else would show.
"""

from __future__ import annotations

import functools
import warnings
import weakref
from typing import TYPE_CHECKING, Any

from ...core.tensor import Tensor
from ..optimizer import Optimizer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    #: A learning rate: a number, or a tensor without dimensions.
    Rate = float | Tensor

EPOCH_DEPRECATION_WARNING = (
    "step(epoch) is deprecated: call step() without an argument, once per epoch. With an epoch, the learning rate is computed from "
    "the first one (where the scheduler has such a form), and what other schedulers did to it is lost."
)
MORE = "See https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"


class LRScheduler:
    r"""Base class of schedulers: :math:`\text{lr}_t` from :math:`\text{lr}_{t-1}`, :math:`\text{lr}_0` and the epoch `t`.

    A subclass defines ``get_lr()``, which returns one learning rate per group. It reads ``last_epoch``, ``base_lrs`` and the
    optimizer's groups. It may define ``_get_closed_form_lr()``, which ``step(epoch)`` uses.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer whose groups get the learning rates.
    last_epoch : int, optional
        The epoch to resume after; -1 starts anew. Resuming needs ``"initial_lr"`` in each group.

    Attributes
    ----------
    base_lrs : list
        The first learning rate of each group.
    last_epoch : int
        The epoch that the current learning rates belong to.

    Raises
    ------
    TypeError
        If ``optimizer`` is none.
    KeyError
        If a group has no ``"initial_lr"`` to resume from.

    See Also
    --------
    minitorch_bp.optim.lr_scheduler.LambdaLR : By a function of yours.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> class Halving(torch.optim.lr_scheduler.LRScheduler):
    ...     def get_lr(self):
    ...         return [lr / 2**self.last_epoch for lr in self.base_lrs]
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> scheduler = Halving(optimizer)
    >>> for epoch in range(3):
    ...     print(scheduler.get_last_lr())
    ...     optimizer.step()
    ...     scheduler.step()
    [1.0]
    [0.5]
    [0.25]
    """

    _get_lr_called_within_step = False
    _is_initial = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_optimizer(self, optimizer)
        self.optimizer = optimizer
        if last_epoch == -1:
            for group in optimizer.param_groups:
                group.setdefault("initial_lr", own(group["lr"]))
        else:
            for k, group in enumerate(optimizer.param_groups):
                if "initial_lr" not in group:
                    raise KeyError(
                        f"to resume after epoch {last_epoch}, {type(self).__name__} needs 'initial_lr' in every parameter group, but "
                        f"group {k} has none: load the optimizer's state_dict first, or set it to the first learning rate"
                    )
        self.base_lrs: list[Any] = values(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        count_steps(optimizer)
        self._initial_step()

    def _initial_step(self) -> None:
        """Set the learning rates of the first epoch; the rule sees ``_is_initial``."""
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def get_last_lr(self) -> list[Rate]:
        """The learning rates that this scheduler has set last, one per group.

        Returns
        -------
        list of float or Tensor
            One per parameter group.
        """
        return self._last_lr

    def get_lr(self) -> list[Rate]:
        """The next learning rates, which :meth:`step` asks for; to read the current ones, use :meth:`get_last_lr`.

        Returns
        -------
        list of float or Tensor
            One per parameter group.

        Raises
        ------
        NotImplementedError
            In the base class: a subclass says the rule.
        """
        raise NotImplementedError(
            f"{type(self).__name__} has no get_lr(), which would be the rule for the next learning rates; get_last_lr() has the current ones"
        )

    def step(self, epoch: int | None = None) -> None:
        """Go to the next epoch: call it after the optimizer's steps.

        Parameters
        ----------
        epoch : int, optional
            Deprecated: go to this epoch, by the closed form if there is one.

        Warns
        -----
        UserWarning
            If the optimizer has not been stepped before, or its ``step`` was replaced so that nobody knows; if ``epoch`` is given.
        """
        if self._step_count == 1:
            if not hasattr(self.optimizer.step, "_wrapped_by_lr_sched"):
                warnings.warn(
                    "`optimizer.step()` has been overridden after the scheduler was made, so that calls of it are not noticed: "
                    f"make sure to call it before `scheduler.step()`. {MORE}",
                    UserWarning,
                    stacklevel=2,
                )
            elif not getattr(self.optimizer, "_opt_called", False):
                warnings.warn(
                    "`scheduler.step()` was called before `optimizer.step()`, which skips the first learning rate: call them in the "
                    f"opposite order. {MORE}",
                    UserWarning,
                    stacklevel=2,
                )
        self._step_count += 1
        if epoch is not None:
            warnings.warn(EPOCH_DEPRECATION_WARNING, UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _update_lr(self, epoch: int | None = None) -> None:
        """Go to an epoch without counting a step: by the rule to the next, by the closed form, if there is one, to another."""
        if epoch is None:
            self.last_epoch += 1
            self._apply(self.get_lr)
        else:
            self.last_epoch = epoch
            self._apply(getattr(self, "_get_closed_form_lr", self.get_lr))

    def _apply(self, rule: Callable[[], Sequence[Rate]]) -> None:
        """Write the learning rates that a rule says into the groups."""
        self._get_lr_called_within_step = True
        try:
            rates = list(rule())
        finally:
            self._get_lr_called_within_step = False
        groups = self.optimizer.param_groups
        if len(rates) != len(groups):
            raise ValueError(
                f"{type(self).__name__} has computed {len(rates)} learning rates, but the optimizer has {len(groups)} parameter groups: "
                "get_lr() must return one per group, and groups must be added before the scheduler is made"
            )
        for group, rate in zip(groups, rates, strict=True):
            set_value(group, "lr", rate)
        self._last_lr = values(self.optimizer, "lr")

    def _warn_outside_step(self) -> None:
        """The first line of each ``get_lr``: it is not the way to read a learning rate."""
        if not self._get_lr_called_within_step:
            warnings.warn(
                "get_lr() computes the learning rate from the current one; to read the current one, call get_last_lr()",
                UserWarning,
                stacklevel=3,
            )

    def state_dict(self) -> dict[str, Any]:
        """Everything that the scheduler is made of, but the optimizer.

        Returns
        -------
        dict
            For :meth:`load_state_dict`; PyTorch's has the same keys and values.
        """
        return {name: value for name, value in self.__dict__.items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue where another scheduler was when it was saved.

        The optimizer's own state, with the current learning rates, is loaded by itself.

        Parameters
        ----------
        state_dict : dict
            From :meth:`state_dict`, ours or PyTorch's.
        """
        self.__dict__.update(state_dict)


class _LRScheduler(LRScheduler):
    """The name of :class:`LRScheduler` in older code."""


def check_optimizer(scheduler: object, optimizer: object) -> None:
    """TypeError unless it is an optimizer."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(scheduler).__name__} schedules an Optimizer, but got {type(optimizer).__name__}")


def own(value: Any) -> Any:
    """A learning rate that nobody else changes: a copy, if it is a tensor."""
    return value.clone() if isinstance(value, Tensor) else value


def values(optimizer: Optimizer, name: str) -> list[Any]:
    """An option of every group."""
    return [own(group[name]) for group in optimizer.param_groups]


def set_value(group: dict[str, Any], name: str, value: Any) -> None:
    """Change an option of a group; a tensor remains the same tensor, as whoever else holds it expects."""
    if isinstance(group[name], Tensor):
        group[name].fill_(float(value))
    else:
        group[name] = own(value)


def per_group(optimizer: Optimizer, name: str, value: Any) -> list[Any]:
    """A list with one value per group, from such a list or one value for all."""
    count = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [own(value) for _ in range(count)]
    if len(value) != count:
        raise ValueError(
            f"{name} must be one value, or one per parameter group: got {len(value)}, but the optimizer has {count} groups"
        )
    return [own(v) for v in value]


def count_steps(optimizer: Optimizer) -> None:
    """Let ``optimizer.step()`` leave the mark ``_opt_called``.

    The wrapper refers to the optimizer weakly: an optimizer that refers to itself would outlive the last variable that holds it.
    """
    step: Any = optimizer.step
    if hasattr(step, "_wrapped_by_lr_sched"):
        return
    function, owner = step.__func__, weakref.ref(optimizer)

    @functools.wraps(function)
    def counted(*args: Any, **kwargs: Any) -> Any:
        optimizer: Any = owner()
        optimizer._opt_called = True
        return function(optimizer, *args, **kwargs)

    setattr(counted, "_wrapped_by_lr_sched", True)
    setattr(optimizer, "step", counted)
