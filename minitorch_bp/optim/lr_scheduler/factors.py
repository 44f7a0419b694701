r"""Schedulers that multiply the learning rate by a factor in each epoch: :math:`\text{lr}_t = \text{lr}_{t-1} f_t`.

Each says the factor :math:`f_t` (``_factor``), which makes it chainable, and the product of all factors so far
(``_product``), which is its closed form, :math:`\text{lr}_t = \text{lr}_0 \prod_{s \le t} f_s`. ``t`` is ``self.last_epoch``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from .base import LRScheduler, values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..optimizer import Optimizer
    from .base import Rate


class _Factors(LRScheduler):
    """A scheduler that is a sequence of factors."""

    def _factor(self) -> float:
        raise NotImplementedError

    def _product(self) -> float:
        raise NotImplementedError

    def get_lr(self) -> list[Rate]:
        """The current learning rates, multiplied by the factor of ``last_epoch``.

        Returns
        -------
        list of float or Tensor
            One per parameter group.
        """
        self._warn_outside_step()
        factor = self._factor()
        return [rate * factor for rate in values(self.optimizer, "lr")]

    def _get_closed_form_lr(self) -> list[Rate]:
        product = self._product()
        return [base * product for base in self.base_lrs]


class StepLR(_Factors):
    r"""Multiply by ``gamma`` every ``step_size`` epochs: :math:`\text{lr}_t = \text{lr}_0 \, \gamma^{\lfloor t / s \rfloor}`.

    Source: the PyTorch documentation of ``StepLR``.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer whose groups get the learning rates.
    step_size : int
        The number `s` of epochs with the same learning rate.
    gamma : float, optional
        The factor.
    last_epoch : int, optional
        The epoch to resume after; -1 starts anew.

    See Also
    --------
    minitorch_bp.optim.lr_scheduler.MultiStepLR : At epochs of your choice.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
    >>> for epoch in range(5):
    ...     print(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    1.0
    1.0
    0.5
    0.5
    0.25
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _factor(self) -> float:
        return 1 if self.last_epoch == 0 or self.last_epoch % self.step_size else self.gamma

    def _product(self) -> float:
        return self.gamma ** (self.last_epoch // self.step_size)


class MultiStepLR(_Factors):
    r"""Multiply by ``gamma`` at each milestone: :math:`\text{lr}_t = \text{lr}_0 \, \gamma^{\text{milestones up to } t}`.

    Source: the PyTorch documentation of ``MultiStepLR``.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer whose groups get the learning rates.
    milestones : iterable of int
        Epochs, in any order; one that is listed twice counts twice.
    gamma : float, optional
        The factor.
    last_epoch : int, optional
        The epoch to resume after; -1 starts anew.

    See Also
    --------
    minitorch_bp.optim.lr_scheduler.StepLR : At equal distances.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[1, 3], gamma=0.5)
    >>> for epoch in range(5):
    ...     print(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    1.0
    0.5
    0.5
    0.25
    0.25
    """

    def __init__(self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.milestones = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _factor(self) -> float:
        return self.gamma ** self.milestones[self.last_epoch] if self.last_epoch in self.milestones else 1

    def _product(self) -> float:
        return self.gamma ** bisect_right(sorted(self.milestones.elements()), self.last_epoch)


class ConstantLR(_Factors):
    r"""A smaller learning rate for a while: :math:`\text{lr}_t = f \, \text{lr}_0` while `t` is below ``total_iters``.

    Source: the PyTorch documentation of ``ConstantLR``.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer whose groups get the learning rates.
    factor : float, optional
        The factor `f`, in [0, 1].
    total_iters : int, optional
        The epoch that has the full learning rate again.
    last_epoch : int, optional
        The epoch to resume after; -1 starts anew.

    Raises
    ------
    ValueError
        For a factor outside its range.

    See Also
    --------
    minitorch_bp.optim.lr_scheduler.LinearLR : Moves in steps.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.ConstantLR(optimizer, factor=0.25, total_iters=2)
    >>> for epoch in range(4):
    ...     print(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    0.25
    0.25
    1.0
    1.0
    """

    def __init__(self, optimizer: Optimizer, factor: float = 1.0 / 3, total_iters: int = 5, last_epoch: int = -1) -> None:
        if not 0 <= factor <= 1.0:
            raise ValueError(f"ConstantLR: factor must lie in [0, 1], but is {factor}")
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def _factor(self) -> float:
        if self.last_epoch == 0:
            return self.factor
        return 1.0 / self.factor if self.last_epoch == self.total_iters else 1

    def _product(self) -> float:
        return self.factor + (self.last_epoch >= self.total_iters) * (1 - self.factor)


class LinearLR(_Factors):
    r"""A straight line: :math:`\text{lr}_t = \text{lr}_0 \, (a + (b - a) \min(t, n) / n)`, from ``start_factor`` to ``end_factor``.

    Source: the PyTorch documentation of ``LinearLR``.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer whose groups get the learning rates.
    start_factor : float, optional
        The factor `a` of the first epoch, in (0, 1].
    end_factor : float, optional
        The factor `b` of the epoch ``total_iters`` and all after it, in [0, 1].
    total_iters : int, optional
        The number `n` of epochs that it takes.
    last_epoch : int, optional
        The epoch to resume after; -1 starts anew.

    Raises
    ------
    ValueError
        For a factor outside its range.

    See Also
    --------
    minitorch_bp.optim.lr_scheduler.ConstantLR : In one step.
    minitorch_bp.optim.lr_scheduler.PolynomialLR : Along a curve.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.25, total_iters=3)
    >>> for epoch in range(5):
    ...     print(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    0.25
    0.5
    0.75
    1.0
    1.0
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < start_factor <= 1.0:
            raise ValueError(f"LinearLR: start_factor must lie in (0, 1], but is {start_factor}")
        if not 0 <= end_factor <= 1.0:
            raise ValueError(f"LinearLR: end_factor must lie in [0, 1], but is {end_factor}")
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def _factor(self) -> float:
        if self.last_epoch == 0:
            return self.start_factor
        if self._is_initial or self.last_epoch > self.total_iters:
            return 1
        rise = self.end_factor - self.start_factor
        return 1.0 + rise / (self.total_iters * self.start_factor + (self.last_epoch - 1) * rise)

    def _product(self) -> float:
        rise = self.end_factor - self.start_factor
        return self.start_factor + rise * min(self.total_iters, self.last_epoch) / self.total_iters


class ExponentialLR(_Factors):
    r"""Multiply by ``gamma`` in every epoch: :math:`\text{lr}_t = \text{lr}_0 \, \gamma^t`.

    Source: the PyTorch documentation of ``ExponentialLR``.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer whose groups get the learning rates.
    gamma : float
        The factor.
    last_epoch : int, optional
        The epoch to resume after; -1 starts anew.

    See Also
    --------
    minitorch_bp.optim.lr_scheduler.StepLR : Not in every epoch.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> for epoch in range(4):
    ...     print(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    1.0
    0.5
    0.25
    0.125
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _factor(self) -> float:
        return 1 if self._is_initial else self.gamma

    def _product(self) -> float:
        return self.gamma**self.last_epoch


class PolynomialLR(_Factors):
    r"""Down to 0 as a power: :math:`\text{lr}_t = \text{lr}_0 \, (1 - \min(t, n) / n)^p`.

    Source: the PyTorch documentation of ``PolynomialLR``.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer whose groups get the learning rates.
    total_iters : int, optional
        The number `n` of epochs that it takes.
    power : float, optional
        The power `p`; 1 is a straight line.
    last_epoch : int, optional
        The epoch to resume after; -1 starts anew.

    See Also
    --------
    minitorch_bp.optim.lr_scheduler.LinearLR : Along a line.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.PolynomialLR(optimizer, total_iters=4, power=2.0)
    >>> for epoch in range(6):
    ...     print(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    1.0
    0.5625
    0.25
    0.0625
    0.0
    0.0
    """

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)

    def _factor(self) -> float:
        t, n = self.last_epoch, self.total_iters
        return 1 if self._is_initial or t > n else ((1.0 - t / n) / (1.0 - (t - 1) / n)) ** self.power

    def _product(self) -> float:
        return (1.0 - min(self.total_iters, self.last_epoch) / self.total_iters) ** self.power
