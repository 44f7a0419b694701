"""Cosine annealing: half a wave from the first learning rate down to the smallest, once or again and again."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .base import LRScheduler, values

if TYPE_CHECKING:
    from ..optimizer import Optimizer
    from .base import Rate


class CosineAnnealingLR(LRScheduler):
    r"""Down and up along a cosine: :math:`\text{lr}_t = \eta + \frac12 (\text{lr}_0 - \eta) (1 + \cos(\pi t / T))`.

    Chainable, it multiplies the distance to :math:`\eta` by the ratio of two neighbours,
    :math:`(1 + \cos(\pi t / T)) / (1 + \cos(\pi (t - 1) / T))`.

    Source: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2016 (without the restarts).

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer whose groups get the learning rates.
    T_max : int
        The number `T` of epochs of half a wave, after which the learning rate is smallest.
    eta_min : float, optional
        The smallest learning rate :math:`\eta`.
    last_epoch : int, optional
        The epoch to resume after; -1 starts anew.

    See Also
    --------
    minitorch_bp.optim.lr_scheduler.CosineAnnealingWarmRestarts : Again and again.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=4)
    >>> for epoch in range(6):
    ...     print(round(optimizer.param_groups[0]["lr"], 4))
    ...     optimizer.step()
    ...     scheduler.step()
    1.0
    0.8536
    0.5
    0.1464
    0.0
    0.1464
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """The learning rates of ``last_epoch``, from the current ones.

        Returns
        -------
        list of float or Tensor
            One per parameter group.
        """
        self._warn_outside_step()
        t, period, least = self.last_epoch, self.T_max, self.eta_min
        rates = values(self.optimizer, "lr")
        if self._is_initial:
            return rates
        if self._step_count == 1 and t > 0:  # resumed: there is no learning rate before to start from
            return [least + (base - least) * (1 + math.cos(t * math.pi / period)) / 2 for base in self.base_lrs]
        if (t - 1 - period) % (2 * period) == 0:  # from the lowest point, where the ratio would divide by 0
            rise = 1 - math.cos(math.pi / period)
            return [rate + (base - least) * rise / 2 for base, rate in zip(self.base_lrs, rates, strict=False)]
        ratio = (1 + math.cos(math.pi * t / period)) / (1 + math.cos(math.pi * (t - 1) / period))
        return [ratio * (rate - least) + least for rate in rates]

    def _get_closed_form_lr(self) -> list[Rate]:
        t, least = self.last_epoch, self.eta_min
        return [least + (base - least) * (1 + math.cos(math.pi * t / self.T_max)) / 2 for base in self.base_lrs]


class CosineAnnealingWarmRestarts(LRScheduler):
    r"""Down along a cosine, then back to the first learning rate, in cycles that may grow.

    :math:`\text{lr} = \eta + \frac12 (\text{lr}_0 - \eta) (1 + \cos(\pi T_{cur} / T_i))`, where :math:`T_{cur}` epochs of the current
    cycle's :math:`T_i` are over. A cycle is ``T_mult`` times as long as the one before.

    Source: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2016.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer whose groups get the learning rates.
    T_0 : int
        The number of epochs of the first cycle.
    T_mult : int, optional
        What the length of a cycle is multiplied by for the next.
    eta_min : float, optional
        The smallest learning rate :math:`\eta`.
    last_epoch : int, optional
        The epoch to resume after; -1 starts anew.

    Raises
    ------
    ValueError
        If ``T_0`` or ``T_mult`` is no positive integer, or ``eta_min`` no number.

    See Also
    --------
    minitorch_bp.optim.lr_scheduler.CosineAnnealingLR : Once.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=2, T_mult=2)
    >>> for epoch in range(7):
    ...     print(round(optimizer.param_groups[0]["lr"], 4))
    ...     optimizer.step()
    ...     scheduler.step()
    1.0
    0.5
    1.0
    0.8536
    0.5
    0.1464
    1.0
    """

    def __init__(self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        for name, value in (("T_0", T_0), ("T_mult", T_mult)):
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"CosineAnnealingWarmRestarts: {name} must be a positive integer, but is {value}")
        if not isinstance(eta_min, (float, int)):
            raise ValueError(f"CosineAnnealingWarmRestarts: eta_min must be a number, but is {eta_min} ({type(eta_min).__name__})")
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """The learning rates at ``T_cur`` of the current cycle.

        Returns
        -------
        list of float or Tensor
            One per parameter group.
        """
        self._warn_outside_step()
        wave = 1 + math.cos(math.pi * self.T_cur / self.T_i)
        return [self.eta_min + (base - self.eta_min) * wave / 2 for base in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:
        """Go to the next epoch, or to any point of time.

        Parameters
        ----------
        epoch : float, optional
            A point of time that may lie inside an epoch: ``epoch + batch / batches`` after each batch.

        Raises
        ------
        ValueError
            If ``epoch`` is negative.
        """
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            epoch = self.last_epoch + 1
            self.T_cur = self.T_cur + 1
            if self.T_cur >= self.T_i:
                self.T_cur = self.T_cur % self.T_i
                self.T_i = self.T_i * self.T_mult
        elif epoch < 0:
            raise ValueError(f"CosineAnnealingWarmRestarts: epoch can't be negative, but is {epoch}")
        else:
            self.T_cur, self.T_i = self._cycle_at(epoch)
        self.last_epoch = math.floor(epoch)
        self._apply(self.get_lr)

    def _cycle_at(self, epoch: float) -> tuple[float, int]:
        """How much of its cycle is over at a point of time, and how long that cycle is."""
        if epoch < self.T_0:
            return epoch, self.T_0
        if self.T_mult == 1:
            return epoch % self.T_0, self.T_i
        # n cycles, of T_0 (T_mult**n - 1) / (T_mult - 1) epochs, are over.
        n = int(math.log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
        return epoch - self.T_0 * (self.T_mult**n - 1) / (self.T_mult - 1), self.T_0 * self.T_mult**n
