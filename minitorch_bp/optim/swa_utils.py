"""Stochastic weight averaging: the mean of the weights along a training generalizes better than the last ones.

:class:`AveragedModel` keeps the average, :class:`SWALR` holds the learning rate high so that there is something to average, and
:func:`update_bn` measures the statistics of batch norm anew, which no average of statistics would give.

Source: Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", 2018.
"""

from __future__ import annotations

import math
from copy import deepcopy
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

from ..core.grad_mode import no_grad
from ..core.tensor import Tensor
from ..nn.modules.batchnorm import _BatchNorm
from ..nn.modules.module import Module
from ..ops.creation import tensor
from .lr_scheduler import LRScheduler
from .lr_scheduler.annealing import check_strategy
from .lr_scheduler.base import per_group, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..core.device import device as Device
    from .lr_scheduler.base import Rate
    from .optimizer import Optimizer

    Average = Callable[[Tensor, Tensor, Tensor], Tensor]
    MultiAverage = Callable[[Sequence[Tensor], Sequence[Tensor], Tensor], None]

__all__ = [
    "AveragedModel", "SWALR", "get_ema_avg_fn", "get_ema_multi_avg_fn", "get_swa_avg_fn", "get_swa_multi_avg_fn", "update_bn",
]  # fmt: skip


def _check_decay(decay: float) -> None:
    if not 0.0 <= decay <= 1.0:
        raise ValueError(f"the decay of a moving average must lie in [0, 1], but is {decay}")


def _is_number(x: Tensor) -> bool:
    """Whether weights can be fractions of it; counts, for example, can't."""
    return x.is_floating_point() or x.is_complex()


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    r"""The exponential moving average :math:`a \leftarrow d \, a + (1 - d) \, p`, for ``avg_fn``.

    Parameters
    ----------
    decay : float, optional
        The weight `d` of the average so far, in [0, 1].

    Returns
    -------
    callable
        A function of the average, the parameter and the number of averaged models, which returns the new average.

    Raises
    ------
    ValueError
        If ``decay`` is outside its range.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> average = torch.optim.swa_utils.get_ema_avg_fn(0.9)
    >>> average(torch.tensor([1.0]), torch.tensor([2.0]), torch.tensor(1))
    tensor([1.1000])
    """
    _check_decay(decay)

    @no_grad()
    def ema(average: Tensor, current: Tensor, count: Tensor) -> Tensor:
        return decay * average + (1 - decay) * current

    return ema


def get_swa_avg_fn() -> Average:
    r"""The mean :math:`a \leftarrow a + (p - a) / (n + 1)`, for ``avg_fn``.

    Returns
    -------
    callable
        A function of the average, the parameter and the number of averaged models, which returns the new average.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> average = torch.optim.swa_utils.get_swa_avg_fn()
    >>> average(torch.tensor([1.0]), torch.tensor([2.0]), torch.tensor(3))
    tensor([1.2500])
    """

    @no_grad()
    def swa(average: Tensor, current: Tensor, count: Tensor) -> Tensor:
        return average + (current - average) / (count + 1)

    return swa


def get_ema_multi_avg_fn(decay: float = 0.999) -> MultiAverage:
    r"""The exponential moving average :math:`a \leftarrow d \, a + (1 - d) \, p` of a list of tensors, for ``multi_avg_fn``.

    Parameters
    ----------
    decay : float, optional
        The weight `d` of the average so far, in [0, 1].

    Returns
    -------
    callable
        A function of the averages, which it changes in place, the parameters and the number of averaged models.

    Raises
    ------
    ValueError
        If ``decay`` is outside its range.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> averages = [torch.tensor([1.0])]
    >>> torch.optim.swa_utils.get_ema_multi_avg_fn(0.9)(averages, [torch.tensor([2.0])], torch.tensor(1))
    >>> averages
    [tensor([1.1000])]
    """
    _check_decay(decay)

    @no_grad()
    def ema(averages: Sequence[Tensor], currents: Sequence[Tensor], count: Tensor) -> None:
        for average, current in zip(averages, currents, strict=True):
            if _is_number(average):
                average.lerp_(current, 1 - decay)
            else:
                average.copy_(average * decay + current * (1 - decay))

    return ema


def get_swa_multi_avg_fn() -> MultiAverage:
    r"""The mean :math:`a \leftarrow a + (p - a) / (n + 1)` of a list of tensors, for ``multi_avg_fn``.

    Returns
    -------
    callable
        A function of the averages, which it changes in place, the parameters and the number of averaged models.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> averages = [torch.tensor([1.0])]
    >>> torch.optim.swa_utils.get_swa_multi_avg_fn()(averages, [torch.tensor([2.0])], torch.tensor(3))
    >>> averages
    [tensor([1.2500])]
    """

    @no_grad()
    def swa(averages: Sequence[Tensor], currents: Sequence[Tensor], count: Tensor) -> None:
        for average, current in zip(averages, currents, strict=True):
            if _is_number(average):
                average.lerp_(current, float(1 / (count + 1)))
            else:
                average.copy_(average + (current - average) / (count + 1))

    return swa


class AveragedModel(Module):
    """A copy of a model whose parameters are the average of the model's, over all calls of :meth:`update_parameters`.

    The first update copies the parameters. Buffers are the model's last ones, unless ``use_buffers``.

    Source: Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", 2018.

    Parameters
    ----------
    model : Module
        The model that is trained; it is copied.
    device : device, optional
        Where the copy is kept.
    avg_fn : callable, optional
        ``avg_fn(average, parameter, count)`` returns the new average of one tensor; the mean, if not given.
    multi_avg_fn : callable, optional
        ``multi_avg_fn(averages, parameters, count)`` changes a list of averages in place. Give one of the two at most.
    use_buffers : bool, optional
        Whether buffers are averaged, too.

    Raises
    ------
    AssertionError
        If both functions are given.

    See Also
    --------
    minitorch_bp.optim.swa_utils.SWALR : The learning rate that goes with it.
    minitorch_bp.optim.swa_utils.update_bn : Renews the statistics of batch norms.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> model = torch.nn.Linear(1, 1, bias=False)
    >>> average = torch.optim.swa_utils.AveragedModel(model)
    >>> for weight in (1.0, 2.0, 6.0):
    ...     _ = torch.nn.init.constant_(model.weight, weight)
    ...     average.update_parameters(model)
    >>> average(torch.ones(1)).item()
    3.0
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        device: int | str | Device | None = None,
        avg_fn: Average | None = None,
        multi_avg_fn: MultiAverage | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("AveragedModel averages by avg_fn or by multi_avg_fn, but got both: give only one")
        self.module = deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", tensor(0, device=device))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The averaged model's output.

        Parameters
        ----------
        *args : Any
            Arguments of the model.
        **kwargs : Any
            Arguments of the model.

        Returns
        -------
        Any
            What the model returns.
        """
        return self.module(*args, **kwargs)

    @no_grad()
    def update_parameters(self, model: Module) -> None:
        """Take the model's parameters into the average.

        Parameters
        ----------
        model : Module
            The model that is trained.
        """
        averages = [p.detach() for p in self._averaged(self.module)]
        currents = [p.detach().to(a.device) for p, a in zip(self._averaged(model), averages, strict=False)]
        if self.n_averaged == 0:
            for average, current in zip(averages, currents, strict=False):
                average.copy_(current)
        elif self.multi_avg_fn is not None:
            for some in _by_dtype(averages, currents):
                self.multi_avg_fn(*some, self.n_averaged)
        else:
            function = self.avg_fn or get_swa_avg_fn()
            for average, current in zip(averages, currents, strict=False):
                average.copy_(function(average, current, self.n_averaged))
        if not self.use_buffers:
            for mine, theirs in zip(self.module.buffers(), model.buffers(), strict=False):
                mine.detach().copy_(theirs.detach())
        self.n_averaged += 1

    def _averaged(self, model: Module) -> Iterable[Tensor]:
        return chain(model.parameters(), model.buffers()) if self.use_buffers else model.parameters()


def _by_dtype(averages: list[Tensor], currents: list[Tensor]) -> list[tuple[list[Tensor], list[Tensor]]]:
    """The pairs as two lists for each dtype, since a function of lists may treat all tensors of a list alike."""
    lists: dict[Any, tuple[list[Tensor], list[Tensor]]] = {}
    for average, current in zip(averages, currents, strict=False):
        some = lists.setdefault(average.dtype, ([], []))
        some[0].append(average)
        some[1].append(current)
    return list(lists.values())


def update_bn(loader: Iterable[Any], model: Module, device: int | str | Device | None = None) -> None:
    r"""Measure the running statistics of batch norm anew, as means over all batches of ``loader``.

    Parameters
    ----------
    loader : iterable
        Batches: tensors, or lists and tuples whose first element is the model's input.
    model : Module
        The model; it is run once over all batches, and left in the mode that it was in.
    device : device, optional
        Where the batches are moved.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> norm = torch.nn.BatchNorm1d(1)
    >>> torch.optim.swa_utils.update_bn([torch.tensor([[1.0], [3.0]]), torch.tensor([[5.0], [7.0]])], norm)
    >>> norm.running_mean, norm.running_var
    (tensor([4.]), tensor([2.]))
    """
    norms = {module: module.momentum for module in model.modules() if isinstance(module, _BatchNorm)}
    if not norms:
        return
    training = model.training
    model.train()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the mean over all batches, not a moving average
    try:
        with no_grad():
            for batch in loader:
                x = batch[0] if isinstance(batch, (list, tuple)) else batch
                model(x if device is None else x.to(device))
    finally:
        for norm, momentum in norms.items():
            norm.momentum = momentum
        model.train(training)


class SWALR(LRScheduler):
    r"""Anneal each group's learning rate to ``swa_lr``, and hold it: :math:`\text{lr}_t = \alpha \, \text{swa} + (1 - \alpha) \text{lr}_0`.

    :math:`\alpha` goes from 0 to 1 in ``anneal_epochs``, as :math:`\frac12 (1 - \cos \pi t / n)` ("cos") or :math:`t / n` ("linear").
    It is chainable: :math:`\text{lr}_0` is computed from the current learning rate.

    Source: Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", 2018.

    Parameters
    ----------
    optimizer : Optimizer
        The optimizer whose groups get the learning rates.
    swa_lr : float or list of float
        The learning rate to hold, or one per group.
    anneal_epochs : int, optional
        The number `n` of epochs that it takes to get there.
    anneal_strategy : {"cos", "linear"}, optional
        Whether to go along half a wave or a straight line.
    last_epoch : int, optional
        The epoch to resume after; -1 starts anew.

    Raises
    ------
    ValueError
        If ``anneal_strategy`` is unknown, ``anneal_epochs`` is no integer from 0 up, or ``swa_lr`` has not one value per group.

    See Also
    --------
    minitorch_bp.optim.swa_utils.AveragedModel : The average that it is for.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.swa_utils.SWALR(optimizer, swa_lr=0.2, anneal_epochs=2, anneal_strategy="linear")
    >>> for epoch in range(4):
    ...     print(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    1.0
    0.6
    0.2
    0.2
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float | Sequence[float],
        anneal_epochs: int = 10,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        last_epoch: int = -1,
    ) -> None:
        rates = per_group(optimizer, "swa_lr", swa_lr)
        check_strategy(anneal_strategy)
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be an integer, 0 or more, but is {anneal_epochs}")
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["swa_lr"] = rate
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """The next learning rates, from the current ones.

        Returns
        -------
        list of float or Tensor
            One per parameter group.
        """
        self._warn_outside_step()
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._alpha(step - 1), self._alpha(step)
        rates = []
        for group, rate in zip(self.optimizer.param_groups, values(self.optimizer, "lr"), strict=True):
            held = group["swa_lr"]
            first = held if before == 1 else (rate - before * held) / (1 - before)
            rates.append(held * now + first * (1 - now))
        return rates

    def _alpha(self, step: int) -> float:
        """The weight of ``swa_lr``."""
        part = max(0, min(1, step / max(1, self.anneal_epochs)))
        return (1 - math.cos(math.pi * part)) / 2 if self._anneal_strategy == "cos" else part
