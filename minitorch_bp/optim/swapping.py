"""An optimizer that works on other parameters for a while."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from .optimizer import Optimizer


@contextlib.contextmanager
def swap_in_optimizer_params_and_state(
    optimizer: Optimizer, swapin_parameters: dict[str, Any], swapin_optim_state: dict[str, Any]
) -> Iterator[None]:
    """A context in which an optimizer has other parameters and another state, and steps change those.

    Parameters
    ----------
    optimizer : Optimizer
    swapin_parameters : dict of Tensors
        As many as the optimizer has, in its order.
    swapin_optim_state : dict
        As of :meth:`Optimizer.state_dict`.

    Yields
    ------
    None

    Raises
    ------
    ValueError
        If there are more or fewer parameters.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.nn.Parameter(torch.ones(1))
    >>> optimizer = torch.optim.SGD([w], lr=1.0)
    >>> other = torch.ones(1, requires_grad=True)
    >>> other.grad = torch.ones(1)
    >>> with torch.optim.swap_in_optimizer_params_and_state(optimizer, {"w": other}, optimizer.state_dict()):
    ...     optimizer.step()
    >>> w, other
    (Parameter containing:
    tensor([1.], requires_grad=True), tensor([0.], requires_grad=True))
    """
    own = [p for group in optimizer.param_groups for p in group["params"]]
    others = list(swapin_parameters.values())
    if len(own) != len(others):
        raise ValueError(
            f"swap_in_optimizer_params_and_state: the optimizer has {len(own)} parameters, but {len(others)} are given"
        )
    groups, state = optimizer.param_groups, optimizer.state
    new_state = swapin_optim_state["state"]
    numbers = iter(range(len(others)))
    optimizer.param_groups = [
        {**options, "params": [others[next(numbers)] for _ in group["params"]]}
        for group, options in zip(groups, swapin_optim_state["param_groups"], strict=True)
    ]
    optimizer.state = type(state)(dict)
    optimizer.state.update({others[k]: values for k, values in new_state.items()})
    try:
        yield
    finally:
        optimizer.param_groups, optimizer.state = groups, state
