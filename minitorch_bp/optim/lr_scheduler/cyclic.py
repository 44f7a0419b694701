"""Cyclic learning rates: up and down along straight lines, with the momentum in the opposite direction."""

from __future__ import annotations

import math
import types
from typing import TYPE_CHECKING, Any, Literal

from .base import LRScheduler, check_optimizer, per_group, set_value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...core.tensor import Tensor
    from ..optimizer import Optimizer
    from .base import Rate

MODES = ("triangular", "triangular2", "exp_range")


class CyclicLR(LRScheduler):
    r"""Up from ``base_lr`` to ``max_lr`` and down again, :math:`\text{lr}_t = \text{base} + (\text{max} - \text{base}) \, x \, s`.

    Within a cycle, `x` rises from 0 to 1 in ``step_size_up`` steps and falls back in ``step_size_down``. The scale `s` is 1
    ("triangular"), :math:`1 / 2^{c - 1}` in cycle number `c` ("triangular2"), or :math:`\gamma^t` ("exp_range"). The momentum is
    :math:`\text{max} - (\text{max} - \text{base}) \, x \, s`. It is meant to be stepped after every batch.

    Source: Smith, "Cyclical Learning Rates for Training Neural Networks", 2015.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer whose groups get the learning rates.
    base_lr : float or list of float
        The lowest learning rate, or one per group.
    max_lr : float or list of float
        The highest learning rate, or one per group.
    step_size_up : int, optional
        How many steps a rise takes.
    step_size_down : int, optional
        How many steps a fall takes; as many as a rise, if not given.
    mode : {"triangular", "triangular2", "exp_range"}, optional
        How the cycles shrink.
    gamma : float, optional
        The base of the scale of "exp_range".
    scale_fn : callable, optional
        A function of your own for the scale, in place of ``mode``.
    scale_mode : {"cycle", "iterations"}, optional
        Whether ``scale_fn`` gets the number of the cycle, from 1, or of the step.
    cycle_momentum : bool, optional
        Whether the momentum (of Adam and its like: the first beta) is cycled, too.
    base_momentum : float or list of float, optional
        The lowest momentum, or one per group.
    max_momentum : float or list of float, optional
        The highest momentum, or one per group.
    last_epoch : int, optional
        The step to resume after; -1 starts anew.

    Raises
    ------
    TypeError
        If ``optimizer`` is none.
    ValueError
        If ``mode`` is unknown, a list has not one value per group, or the optimizer has no momentum to cycle.

    See Also
    --------
    minitorch_bp.optim.lr_scheduler.OneCycleLR : One cycle.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0, momentum=0.9)
    >>> scheduler = torch.optim.lr_scheduler.CyclicLR(optimizer, base_lr=1.0, max_lr=3.0, step_size_up=2)
    >>> for step in range(6):
    ...     group = optimizer.param_groups[0]
    ...     print(round(group["lr"], 4), round(group["momentum"], 4))
    ...     optimizer.step()
    ...     scheduler.step()
    1.0 0.9
    2.0 0.85
    3.0 0.8
    2.0 0.85
    1.0 0.9
    2.0 0.85
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | Tensor | Sequence[float | Tensor],
        max_lr: float | Tensor | Sequence[float | Tensor],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: Literal["cycle", "iterations"] = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | Sequence[float] = 0.8,
        max_momentum: float | Sequence[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(self, optimizer)
        if mode not in MODES and scale_fn is None:
            raise ValueError(f"CyclicLR: mode must be one of {', '.join(MODES)}, but is {mode!r}; or give a scale_fn of your own")
        base_lrs = per_group(optimizer, "base_lr", base_lr)
        self.max_lrs = per_group(optimizer, "max_lr", max_lr)
        rise = float(step_size_up)
        self.total_size = rise + (float(step_size_down) if step_size_down is not None else rise)
        self.step_ratio = rise / self.total_size
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom: Any = scale_fn
        self.scale_mode = scale_mode if scale_fn is not None else "iterations" if mode == "exp_range" else "cycle"
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.use_beta1 = has_beta1(self, optimizer)
            self.base_momentums = per_group(optimizer, "base_momentum", base_momentum)
            self.max_momentums = per_group(optimizer, "max_momentum", max_momentum)
            if last_epoch == -1:
                start_momentum(optimizer, self.use_beta1, self.max_momentums, self.base_momentums)
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, base_lrs, strict=True):
                set_value(group, "lr", rate)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def scale_fn(self, x: float) -> float:
        """The scale of a cycle or step.

        Parameters
        ----------
        x : float
            The number of the cycle, or of the step, as ``scale_mode`` says.

        Returns
        -------
        float
            What the height of the cycle is multiplied by.
        """
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        if self.mode == "triangular2":
            return 1 / (2.0 ** (x - 1))
        return self.gamma**x if self.mode == "exp_range" else 1.0

    def get_lr(self) -> list[Rate]:
        """The learning rates of step ``last_epoch``; the momentum is set, too.

        Returns
        -------
        list of float or Tensor
            One per parameter group.
        """
        self._warn_outside_step()
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle
        height = x / self.step_ratio if x <= self.step_ratio else (x - 1) / (self.step_ratio - 1)
        at = cycle if self.scale_mode == "cycle" else self.last_epoch
        rates = [low + (high - low) * height * self.scale_fn(at) for low, high in zip(self.base_lrs, self.max_lrs, strict=False)]
        if self.cycle_momentum:
            limits = zip(self.base_momentums, self.max_momentums, strict=True)
            momenta = [high - (high - low) * height * self.scale_fn(at) for low, high in limits]
            for group, momentum in zip(self.optimizer.param_groups, momenta, strict=False):
                set_momentum(group, self.use_beta1, momentum)
        return rates

    def state_dict(self) -> dict[str, Any]:
        """Everything but the optimizer; of a ``scale_fn`` that is an object, its attributes.

        Returns
        -------
        dict
            For :meth:`load_state_dict`.
        """
        state = super().state_dict()
        function = state.pop("_scale_fn_custom")
        keep = function is not None and not isinstance(function, types.FunctionType)
        state["_scale_fn_custom"] = dict(function.__dict__) if keep else None
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a state; a ``scale_fn`` that is an object gets the attributes of the one that was saved.

        Parameters
        ----------
        state_dict : dict
            From :meth:`state_dict`.

        Raises
        ------
        KeyError
            If it is not of a CyclicLR.
        """
        saved = state_dict["_scale_fn_custom"]
        super().load_state_dict({name: value for name, value in state_dict.items() if name != "_scale_fn_custom"})
        if saved is not None:
            self._scale_fn_custom.__dict__.update(saved)


def has_beta1(scheduler: object, optimizer: Optimizer) -> bool:
    """Whether the optimizer's momentum is the first of its betas; ValueError if it has none."""
    if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
        raise ValueError(
            f"{type(scheduler).__name__}: {type(optimizer).__name__} has neither momentum nor betas to cycle: give cycle_momentum=False"
        )
    return "betas" in optimizer.defaults


def set_momentum(group: dict[str, Any], beta1: bool, momentum: float) -> None:
    """Change a group's momentum."""
    if beta1:
        group["betas"] = (momentum, *group["betas"][1:])
    else:
        group["momentum"] = momentum


def start_momentum(optimizer: Optimizer, beta1: bool, highest: list[float], lowest: list[float]) -> None:
    """The highest momentum to begin with; its limits are kept in the groups."""
    for group, high, low in zip(optimizer.param_groups, highest, lowest, strict=True):
        set_momentum(group, beta1, high)
        group["max_momentum"] = high
        group["base_momentum"] = low
