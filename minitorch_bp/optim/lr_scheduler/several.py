"""Schedulers made of schedulers: one after the other, or all at once."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from .base import LRScheduler, set_value, values
from .plateau import ReduceLROnPlateau

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..optimizer import Optimizer


class _OfSchedulers(LRScheduler):
    """A scheduler that saves and loads those that it is made of."""

    _schedulers: Sequence[Any]

    def _check(self, optimizer: Any) -> None:
        """Each must be a scheduler of this very optimizer that is stepped without a metric."""
        name = type(self).__name__
        for k, scheduler in enumerate(self._schedulers):
            kind = type(scheduler).__name__
            if not hasattr(scheduler, "optimizer"):
                raise TypeError(f"{name}: number {k} is no scheduler but a {kind}, which has no optimizer")
            if isinstance(scheduler, ReduceLROnPlateau):
                raise ValueError(f"{name} can't hold a ReduceLROnPlateau (number {k}): it needs a metric; step it by itself")
            if scheduler.optimizer is not optimizer:
                raise ValueError(f"{name}: all schedulers must have the same optimizer, but number {k}, a {kind}, has another one")

    def state_dict(self) -> dict[str, Any]:
        """Everything but the optimizer, with the states of the schedulers.

        Returns
        -------
        dict
            For :meth:`load_state_dict`.
        """
        state = super().state_dict()
        state["_schedulers"] = [scheduler.state_dict() for scheduler in state.pop("_schedulers")]
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a state, also of each scheduler.

        Parameters
        ----------
        state_dict : dict
            From :meth:`state_dict`, ours or PyTorch's.

        Raises
        ------
        KeyError
            If it is not of a scheduler made of schedulers.
        """
        states = state_dict["_schedulers"]
        super().load_state_dict({name: value for name, value in state_dict.items() if name != "_schedulers"})
        for scheduler, state in zip(self._schedulers, states, strict=False):
            scheduler.load_state_dict(state)


class SequentialLR(_OfSchedulers):
    """One scheduler after the other: number `k` from ``milestones[k - 1]`` on, each starting with the first learning rate.

    Source: the PyTorch documentation of ``SequentialLR``.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer of all the schedulers.
    schedulers : list of LRScheduler
        The schedulers, in their order.
    milestones : list of int
        The epochs at which the next one begins, one less than schedulers.
    last_epoch : int, optional
        The epoch to resume after; -1 starts anew.

    Raises
    ------
    TypeError
        If something else than schedulers is given.
    ValueError
        If there is none, one is a ReduceLROnPlateau or has another optimizer, or the number of milestones does not fit.

    See Also
    --------
    minitorch_bp.optim.lr_scheduler.ChainedScheduler : All at once.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.optim.lr_scheduler import ConstantLR, ExponentialLR, SequentialLR
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> warm_up, decay = ConstantLR(optimizer, factor=0.1), ExponentialLR(optimizer, gamma=0.5)
    >>> scheduler = SequentialLR(optimizer, [warm_up, decay], milestones=[2])
    >>> for epoch in range(5):
    ...     print(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    0.1
    0.1
    1.0
    0.5
    0.25
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int], last_epoch: int = -1
    ) -> None:
        if len(schedulers) < 1:
            raise ValueError("SequentialLR needs at least one scheduler, but the list is empty")
        self._schedulers = schedulers
        self._check(optimizer)
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                f"SequentialLR needs one milestone less than schedulers, the epochs at which the next begins, but got "
                f"{len(milestones)} for {len(schedulers)} schedulers"
            )
        self._milestones = milestones
        self.last_epoch = last_epoch + 1
        self.optimizer = optimizer
        # Each scheduler took its first step when it was made: take them back, and let the first one begin.
        for group in optimizer.param_groups:
            set_value(group, "lr", group["initial_lr"])
        self.recursive_undo()
        schedulers[0]._initial_step()
        self._last_lr = schedulers[0].get_last_lr()

    def recursive_undo(self, sched: Any = None) -> None:
        """Take back the last step of a scheduler, and of those that it is made of.

        Parameters
        ----------
        sched : LRScheduler, optional
            This one, if not given.
        """
        scheduler = self if sched is None else sched
        if hasattr(scheduler, "_schedulers"):
            for each in scheduler._schedulers:
                self.recursive_undo(each)
        else:
            scheduler.last_epoch -= 1

    def step(self) -> None:  # type: ignore[override]
        """Step the scheduler whose turn it is; at a milestone, the next begins with its epoch 0."""
        self.last_epoch += 1
        k = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[k]
        if k > 0 and self._milestones[k - 1] == self.last_epoch:
            scheduler._update_lr(0)
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()


class ChainedScheduler(_OfSchedulers):
    """All schedulers at once: in every epoch, each changes the learning rate that the one before has set.

    Source: the PyTorch documentation of ``ChainedScheduler``.

    Parameters
    ----------
    schedulers : sequence of LRScheduler
        The schedulers, in the order in which they are stepped.
    optimizer : Optimizer, optional
        The optimizer of all of them; that of the first one, if not given.

    Raises
    ------
    TypeError
        If something else than schedulers is given.
    ValueError
        If there is none, or one is a ReduceLROnPlateau or has another optimizer.

    See Also
    --------
    minitorch_bp.optim.lr_scheduler.SequentialLR : One after the other.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.optim.lr_scheduler import ChainedScheduler, ConstantLR, ExponentialLR
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> scheduler = ChainedScheduler([ConstantLR(optimizer, factor=0.5, total_iters=2), ExponentialLR(optimizer, gamma=0.5)])
    >>> for epoch in range(4):
    ...     print(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    0.5
    0.25
    0.25
    0.125
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        if len(schedulers) < 1:
            raise ValueError("ChainedScheduler needs at least one scheduler, but the list is empty")
        optimizer = optimizer or schedulers[0].optimizer
        self._schedulers = schedulers
        self._check(optimizer)
        self.optimizer = optimizer
        self._last_lr = values(optimizer, "lr")

    def step(self) -> None:  # type: ignore[override]
        """Step every scheduler, in order."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = values(self.optimizer, "lr")
