"""Stochastic gradient descent, with momentum: the lecture's training loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.tensor import wrap
from ..core.view import bump_version
from .optimizer import Optimizer

if TYPE_CHECKING:
    from ..core.types import Params


class SGD(Optimizer):
    r"""Gradient descent, :math:`\theta \leftarrow \theta - \text{lr} \times g`.

    With momentum :math:`\mu` the step is :math:`v \leftarrow \mu v + (1 - \text{dampening}) g`; Nesterov's uses
    :math:`g + \mu v`. Weight decay adds :math:`\lambda \theta` to the gradient (the gradient of an L2 term).

    Source: Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013, in the form of
    the PyTorch documentation of ``torch.optim.SGD``.

    Raises
    ------
    ValueError
        For a negative option, or Nesterov without momentum.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> optimizer = torch.optim.SGD([w], lr=0.1)
    >>> (w * 2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.8000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ):
        for name, value in (("learning rate", lr), ("momentum", momentum), ("weight_decay", weight_decay)):
            if value < 0.0:
                raise ValueError(f"SGD: the {name} can't be negative, but is {value}")
        if differentiable:
            raise NotImplementedError("SGD does not support the argument differentiable=True")
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("SGD: Nesterov momentum needs a momentum and zero dampening")
        super().__init__(params, {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov,
            "maximize": maximize, "foreach": foreach, "differentiable": differentiable, "fused": fused,
        })  # fmt: skip

    def _update(self, group: dict[str, Any], params: list[Any]) -> None:
        lr, momentum, decay = float(group["lr"]), group["momentum"], group["weight_decay"]
        maximize = group["maximize"]
        rate = np.array(lr, params[0]._array.dtype)  # a 0-d array multiplies twice as fast as a Python number
        for p in params:
            x, g = p._array, p._grad._array
            if maximize:
                g = -g
            if decay:
                g = g + x * decay
            if momentum:
                g = self._with_momentum(p, g, momentum, group["dampening"], group["nesterov"])
            np.subtract(x, np.multiply(g, rate if g.dtype is rate.dtype else lr), x)
            cell = p._cell
            if cell is None:
                bump_version(p)
            else:
                cell[0] += 1

    def _with_momentum(self, p: Any, g: np.ndarray, momentum: float, dampening: float, nesterov: bool) -> np.ndarray:
        state = self.state[p]
        buffer = state.get("momentum_buffer")
        if buffer is None:
            v = g.copy()
            state["momentum_buffer"] = wrap(v)
        else:
            v = buffer._array
            np.multiply(v, momentum, v)
            np.add(v, g if dampening == 0 else g * (1 - dampening), v)
        return g + v * momentum if nesterov else v
