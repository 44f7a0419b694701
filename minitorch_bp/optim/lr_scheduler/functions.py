"""Schedulers whose rule is a function of yours."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

from .base import LRScheduler, per_group, values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..optimizer import Optimizer
    from .base import Rate

    Factor = Callable[[int], float]


class _OfFunctions(LRScheduler):
    """A scheduler with one function per group, which is saved if it is an object with attributes."""

    def __init__(self, optimizer: Optimizer, lr_lambda: Factor | Sequence[Factor], last_epoch: int = -1) -> None:
        self.lr_lambdas: list[Any] = per_group(optimizer, "lr_lambda", lr_lambda)
        for function in self.lr_lambdas:
            if not callable(function):
                raise TypeError(
                    f"lr_lambda must be a function of the epoch, or a list of functions, but got {type(function).__name__}"
                )
        super().__init__(optimizer, last_epoch)

    def state_dict(self) -> dict[str, Any]:
        """Everything but the optimizer; functions are None, of callable objects their attributes are kept.

        Returns
        -------
        dict
            For :meth:`load_state_dict`.
        """
        state = super().state_dict()
        state["lr_lambdas"] = [
            None if isinstance(f, types.FunctionType) else dict(getattr(f, "__dict__", {})) for f in state.pop("lr_lambdas")
        ]
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a state; functions stay what they are, callable objects get the attributes of those that were saved.

        Parameters
        ----------
        state_dict : dict
            From :meth:`state_dict`.

        Raises
        ------
        KeyError
            If it is not of a scheduler with functions.
        """
        saved = state_dict["lr_lambdas"]
        super().load_state_dict({name: value for name, value in state_dict.items() if name != "lr_lambdas"})
        for function, attributes in zip(self.lr_lambdas, saved, strict=False):
            if attributes is not None:
                function.__dict__.update(attributes)


class LambdaLR(_OfFunctions):
    r"""The first learning rate times a function of the epoch: :math:`\text{lr}_t = \text{lr}_0 \, f(t)`.

    Source: the PyTorch documentation of ``LambdaLR``.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer whose groups get the learning rates.
    lr_lambda : callable or list of callables
        The function `f` of an epoch, or one per group.
    last_epoch : int, optional
        The epoch to resume after; -1 starts anew.

    Raises
    ------
    TypeError
        If ``lr_lambda`` is no function.
    ValueError
        If there is not one function per group.

    See Also
    --------
    minitorch_bp.optim.lr_scheduler.MultiplicativeLR : Multiplies the rate before.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch))
    >>> for epoch in range(4):
    ...     print(round(optimizer.param_groups[0]["lr"], 4))
    ...     optimizer.step()
    ...     scheduler.step()
    1.0
    0.5
    0.3333
    0.25
    """

    def get_lr(self) -> list[Rate]:
        """The learning rates of ``last_epoch``.

        Returns
        -------
        list of float or Tensor
            One per parameter group.
        """
        self._warn_outside_step()
        return [base * f(self.last_epoch) for base, f in zip(self.base_lrs, self.lr_lambdas, strict=False)]


class MultiplicativeLR(_OfFunctions):
    r"""The learning rate before times a function of the epoch: :math:`\text{lr}_t = \text{lr}_{t-1} \, f(t)`.

    Source: the PyTorch documentation of ``MultiplicativeLR``.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer whose groups get the learning rates.
    lr_lambda : callable or list of callables
        The function `f` of an epoch, or one per group.
    last_epoch : int, optional
        The epoch to resume after; -1 starts anew.

    Raises
    ------
    TypeError
        If ``lr_lambda`` is no function.
    ValueError
        If there is not one function per group.

    See Also
    --------
    minitorch_bp.optim.lr_scheduler.LambdaLR : Multiplies the initial rate.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.MultiplicativeLR(optimizer, lambda epoch: 0.5)
    >>> for epoch in range(4):
    ...     print(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    1.0
    0.5
    0.25
    0.125
    """

    def get_lr(self) -> list[Rate]:
        """The current learning rates, multiplied by the functions of ``last_epoch``.

        Returns
        -------
        list of float or Tensor
            One per parameter group.
        """
        self._warn_outside_step()
        rates = values(self.optimizer, "lr")
        if self._is_initial:
            return rates
        return [rate * f(self.last_epoch) for rate, f in zip(rates, self.lr_lambdas, strict=False)]
