"""A scheduler that watches a result: it lowers the learning rate when the training no longer gets better."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any, Literal, SupportsFloat

from .base import EPOCH_DEPRECATION_WARNING, LRScheduler, check_optimizer, set_value, values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..optimizer import Optimizer


class ReduceLROnPlateau(LRScheduler):
    r"""Multiply by ``factor`` when a metric has not got better for more than ``patience`` epochs.

    "Better" than the best so far, `m`, is below :math:`m (1 - \theta)` or :math:`m - \theta` in the mode "min", and above
    :math:`m (1 + \theta)` or :math:`m + \theta` in the mode "max", with the threshold :math:`\theta` "rel" or "abs".

    Source: the PyTorch documentation of ``ReduceLROnPlateau``.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer whose groups get the learning rates.
    mode : {"min", "max"}, optional
        Whether the metric should get small (a loss) or large (an accuracy).
    factor : float, optional
        What the learning rate is multiplied by, below 1.
    patience : int, optional
        How many epochs in a row may be no better.
    threshold : float, optional
        What counts as better: :math:`\theta`.
    threshold_mode : {"rel", "abs"}, optional
        Whether the threshold is relative to the best metric.
    cooldown : int, optional
        For how many epochs nothing is counted after the learning rate was lowered.
    min_lr : float or list of float, optional
        The smallest learning rate, or one per group.
    eps : float, optional
        A change of a learning rate that is no larger is not made.

    Raises
    ------
    TypeError
        If ``optimizer`` is none.
    ValueError
        If ``factor`` is not below 1, a mode is unknown, or ``min_lr`` has not one value per group.

    See Also
    --------
    minitorch_bp.optim.lr_scheduler.StepLR : At fixed epochs.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> for loss in (3.0, 2.0, 2.0, 2.1, 1.9):
    ...     optimizer.step()
    ...     scheduler.step(loss)
    ...     print(optimizer.param_groups[0]["lr"])
    1.0
    1.0
    1.0
    0.5
    0.5
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0,
        eps: float = 1e-8,
    ) -> None:
        if factor >= 1.0:
            raise ValueError(
                f"ReduceLROnPlateau: factor must be below 1, or the learning rate would not get smaller, but is {factor}"
            )
        check_optimizer(self, optimizer)
        self.factor = factor
        self.optimizer = optimizer
        groups = len(optimizer.param_groups)
        self.default_min_lr: Any = None
        if isinstance(min_lr, (list, tuple)):
            if len(min_lr) != groups:
                raise ValueError(
                    f"ReduceLROnPlateau: min_lr has {len(min_lr)} values, but the optimizer has {groups} parameter groups"
                )
            self.min_lrs: list[Any] = list(min_lr)
        else:
            self.default_min_lr = min_lr
            self.min_lrs = [min_lr] * groups
        self.patience = patience
        self.cooldown = cooldown
        self.eps = eps
        self.last_epoch = 0
        self._last_lr = values(optimizer, "lr")
        self._init_is_better(mode, threshold, threshold_mode)
        self._reset()

    def _init_is_better(self, mode: str, threshold: float, threshold_mode: str) -> None:
        for name, value, known in (("mode", mode, ("min", "max")), ("threshold_mode", threshold_mode, ("rel", "abs"))):
            if value not in known:
                raise ValueError(f"ReduceLROnPlateau: {name} must be {known[0]!r} or {known[1]!r}, but is {value!r}")
        self.mode_worse = math.inf if mode == "min" else -math.inf
        self.mode = mode
        self.threshold = threshold
        self.threshold_mode = threshold_mode

    def _reset(self) -> None:
        """Forget all metrics."""
        self.best = self.mode_worse
        self.cooldown_counter = 0
        self.num_bad_epochs = 0

    @property
    def in_cooldown(self) -> bool:
        """Whether nothing is counted at the moment."""
        return self.cooldown_counter > 0

    def step(self, metrics: SupportsFloat, epoch: int | None = None) -> None:  # type: ignore[override]
        """Look at a metric, and lower the learning rates if it was no better for too long.

        Parameters
        ----------
        metrics : float or Tensor
            The metric of this epoch.
        epoch : int, optional
            Deprecated: the number of this epoch.

        Raises
        ------
        RuntimeError
            If the optimizer got more groups, and ``min_lr`` was a list.

        Warns
        -----
        UserWarning
            If ``epoch`` is given.
        """
        current = float(metrics)
        if epoch is None:
            epoch = self.last_epoch + 1
        else:
            warnings.warn(EPOCH_DEPRECATION_WARNING, UserWarning, stacklevel=2)
        self.last_epoch = epoch
        if self._is_better(current, self.best):
            self.best = current
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce_lr(epoch)
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._last_lr = values(self.optimizer, "lr")

    def _is_better(self, a: float, best: float) -> bool:
        if self.mode == "min":
            return a < (best * (1.0 - self.threshold) if self.threshold_mode == "rel" else best - self.threshold)
        return a > (best * (self.threshold + 1.0) if self.threshold_mode == "rel" else best + self.threshold)

    def _reduce_lr(self, epoch: int) -> None:
        groups = self.optimizer.param_groups
        if len(groups) != len(self.min_lrs):
            if self.default_min_lr is None:
                raise RuntimeError(
                    f"the optimizer has {len(groups)} parameter groups, but min_lr was given for {len(self.min_lrs)}: "
                    "set scheduler.min_lrs to a list with one value per group"
                )
            self.min_lrs = [self.default_min_lr] * len(groups)
        for group, least in zip(groups, self.min_lrs, strict=True):
            old = float(group["lr"])
            new = max(old * self.factor, least)
            if old - new > self.eps:
                set_value(group, "lr", new)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue where another scheduler was when it was saved.

        Parameters
        ----------
        state_dict : dict
            From :meth:`state_dict`, ours or PyTorch's.
        """
        super().load_state_dict(state_dict)
        self._init_is_better(self.mode, self.threshold, self.threshold_mode)
