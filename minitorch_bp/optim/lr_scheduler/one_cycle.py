"""The one-cycle policy: one rise to a large learning rate and a long fall, for the whole of the training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from .annealing import ANNEALING, check_strategy
from .base import LRScheduler, check_optimizer, per_group
from .cyclic import has_beta1, set_momentum, start_momentum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...core.tensor import Tensor
    from ..optimizer import Optimizer
    from .base import Rate


class OneCycleLR(LRScheduler):
    r"""Up from :math:`\text{max} / d` to ``max_lr``, then down to :math:`\text{max} / (d f)`, with the momentum the other way round.

    Within a phase from `a` to `b`, after the part `p` of it, the value is :math:`b + \frac12 (a - b) (1 + \cos \pi p)` ("cos") or
    :math:`a + (b - a) p` ("linear"). With ``three_phase``, the fall mirrors the rise, and a third phase goes on down to the
    smallest learning rate. It is meant to be stepped after every batch, for ``total_steps`` batches.

    Source: Smith and Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates", 2017.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer whose groups get the learning rates.
    max_lr : float or list of float
        The highest learning rate, or one per group.
    total_steps : int, optional
        How many steps the cycle has; else it is ``epochs * steps_per_epoch``.
    epochs : int, optional
        How many epochs are trained.
    steps_per_epoch : int, optional
        How many batches an epoch has.
    pct_start : float, optional
        Which part of the cycle is the rise.
    anneal_strategy : {"cos", "linear"}, optional
        Whether to go along half a wave or a straight line.
    cycle_momentum : bool, optional
        Whether the momentum (of Adam and its like: the first beta) is cycled, too.
    base_momentum : float or list of float, optional
        The lowest momentum, or one per group.
    max_momentum : float or list of float, optional
        The highest momentum, or one per group.
    div_factor : float, optional
        How many times the first learning rate is smaller than the highest: `d`.
    final_div_factor : float, optional
        How many times the last learning rate is smaller than the first: `f`.
    three_phase : bool, optional
        Whether the fall has two phases.
    last_epoch : int, optional
        The step to resume after; -1 starts anew.

    Raises
    ------
    TypeError
        If ``optimizer`` is none.
    ValueError
        If the number of steps is not given or not positive, ``pct_start`` is no float in [0, 1], ``anneal_strategy`` is unknown, a
        list has not one value per group, or the optimizer has no momentum to cycle; from ``step()``, after the last step.

    See Also
    --------
    minitorch_bp.optim.lr_scheduler.CyclicLR : Many cycles.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0, momentum=0.9)
    >>> scheduler = torch.optim.lr_scheduler.OneCycleLR(
    ...     optimizer, max_lr=1.0, total_steps=5, pct_start=0.6, anneal_strategy="linear", div_factor=10
    ... )
    >>> for step in range(5):
    ...     group = optimizer.param_groups[0]
    ...     print(round(group["lr"], 4), round(group["momentum"], 4))
    ...     optimizer.step()
    ...     scheduler.step()
    0.1 0.95
    0.55 0.9
    1.0 0.85
    0.5 0.9
    0.0 0.95
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | Tensor | Sequence[float | Tensor],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | Sequence[float] = 0.85,
        max_momentum: float | Sequence[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(self, optimizer)
        self.total_steps = _total_steps(total_steps, epochs, steps_per_epoch)
        if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
            raise ValueError(f"OneCycleLR: pct_start must be a float in [0, 1], but is {pct_start!r}")
        check_strategy(anneal_strategy)
        highest = per_group(optimizer, "max_lr", max_lr)
        self._schedule_phases = _phases(self.total_steps, pct_start, three_phase)
        self._anneal_func_type = anneal_strategy
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.use_beta1 = has_beta1(self, optimizer)
            momenta = per_group(optimizer, "max_momentum", max_momentum), per_group(optimizer, "base_momentum", base_momentum)
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, highest, strict=True):
                group["initial_lr"] = rate / div_factor
                group["max_lr"] = rate
                group["min_lr"] = group["initial_lr"] / final_div_factor
            if cycle_momentum:
                start_momentum(optimizer, self.use_beta1, *momenta)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """The learning rates of step ``last_epoch``; the momentum is set, too.

        Returns
        -------
        list of float or Tensor
            One per parameter group.

        Raises
        ------
        ValueError
            After the last step.
        """
        self._warn_outside_step()
        if self.last_epoch > self.total_steps:
            raise ValueError(
                f"OneCycleLR was made for {self.total_steps} steps, but this is number {self.last_epoch}: the cycle is over"
            )
        phase, part = self._position()
        anneal = ANNEALING[self._anneal_func_type]
        rates = []
        for group in self.optimizer.param_groups:
            rates.append(anneal(group[phase["start_lr"]], group[phase["end_lr"]], part))
            if self.cycle_momentum:
                momentum = anneal(group[phase["start_momentum"]], group[phase["end_momentum"]], part)
                set_momentum(group, self.use_beta1, momentum)
        return rates

    def _position(self) -> tuple[dict[str, Any], float]:
        """The phase of the current step, and which part of it is over."""
        start = 0.0
        for phase in self._schedule_phases:
            end = phase["end_step"]
            if self.last_epoch <= end or phase is self._schedule_phases[-1]:
                break
            start = end
        return phase, (self.last_epoch - start) / (end - start)


def _total_steps(total: int | None, epochs: int | None, per_epoch: int | None) -> int:
    """The length of the cycle, checked."""
    if total is None and (epochs is None or per_epoch is None):
        raise ValueError("OneCycleLR needs the number of steps: give total_steps, or both epochs and steps_per_epoch")
    given = {"epochs": epochs, "steps_per_epoch": per_epoch} if total is None else {"total_steps": total}
    product = 1
    for name, value in given.items():
        if not isinstance(value, int) or value <= 0:
            raise ValueError(f"OneCycleLR: {name} must be a positive integer, but is {value}")
        product *= value
    return product


def _phases(steps: int, rise: float, three: bool) -> list[dict[str, Any]]:
    """The phases, by the names of what a group holds: where each ends, and what goes from where to where."""
    up = _phase(float(rise * steps) - 1, "initial_lr", "max_lr", "max_momentum", "base_momentum")
    if not three:
        return [up, _phase(steps - 1, "max_lr", "min_lr", "base_momentum", "max_momentum")]
    return [
        up,
        _phase(float(2 * rise * steps) - 2, "max_lr", "initial_lr", "base_momentum", "max_momentum"),
        _phase(steps - 1, "initial_lr", "min_lr", "max_momentum", "max_momentum"),
    ]


def _phase(end: float, start_lr: str, end_lr: str, start_momentum: str, end_momentum: str) -> dict[str, Any]:
    return {"end_step": end, "start_lr": start_lr, "end_lr": end_lr, "start_momentum": start_momentum, "end_momentum": end_momentum}
