"""Adam: steps scaled by running averages of the gradient and of its square."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.tensor import Tensor, wrap
from ..core.view import bump_version
from .optimizer import Optimizer, new_state

if TYPE_CHECKING:
    from ..core.types import Params


class Adam(Optimizer):
    r"""Adam: :math:`\theta \leftarrow \theta - \text{lr} \, \hat m / (\sqrt{\hat v} + \epsilon)`.

    The averages are :math:`m \leftarrow \beta_1 m + (1 - \beta_1) g` and
    :math:`v \leftarrow \beta_2 v + (1 - \beta_2) g^2`; the hats divide by :math:`1 - \beta^t`, because both start at 0.

    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014; AMSGrad: Reddi et al., 2018.

    Raises
    ------
    ValueError
        For an option outside its range.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> optimizer = torch.optim.Adam([w], lr=0.1)
    >>> (w * 2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    _decoupled = False

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ):
        name = type(self).__name__
        if differentiable:
            raise NotImplementedError(f"{name} does not support the argument differentiable=True")
        if lr < 0.0 or eps < 0.0 or weight_decay < 0.0:
            raise ValueError(f"{name}: lr, eps and weight_decay can't be negative, but are {lr}, {eps}, {weight_decay}")
        for k, beta in enumerate(betas):
            if not 0.0 <= beta < 1.0:
                raise ValueError(f"{name}: beta number {k} must lie in [0, 1), but is {beta}")
        super().__init__(params, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad, "maximize": maximize,
            "foreach": foreach, "capturable": capturable, "differentiable": differentiable, "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay or self._decoupled,
        })  # fmt: skip

    def _update(self, group: dict[str, Any], params: list[Any]) -> None:
        lr, (beta1, beta2), eps, decay = float(group["lr"]), group["betas"], group["eps"], group["weight_decay"]
        for p in params:
            x, g = p._array, p._grad._array
            state = self.state[p]
            if not state:
                state["step"] = wrap(np.zeros((), np.float32))
                state["exp_avg"], state["exp_avg_sq"] = new_state(p), new_state(p)
                if group["amsgrad"]:
                    state["max_exp_avg_sq"] = new_state(p)
            step = _count(state)
            if group["maximize"]:
                g = -g
            if decay:
                if group["decoupled_weight_decay"]:
                    np.multiply(x, 1 - lr * decay, x)
                else:
                    g = g + x * decay
            m, v = state["exp_avg"]._array, state["exp_avg_sq"]._array
            # lerp(m, g, 1 - beta1), in torch's order of operations.
            np.add(m, (g - m) * (1 - beta1), m)
            np.multiply(v, beta2, v)
            np.add(v, g * g * (1 - beta2), v)
            if group["amsgrad"]:
                largest = state["max_exp_avg_sq"]._array
                v = np.maximum(largest, v, out=largest)
            scale = np.sqrt(v)
            np.divide(scale, math.sqrt(1 - beta2**step), scale)
            np.add(scale, eps, scale)
            np.divide(m, scale, scale)
            np.multiply(scale, lr / (1 - beta1**step), scale)
            np.subtract(x, scale, x)
            bump_version(p)


def _count(state: dict[str, Any]) -> int:
    """Add one to the step count, which is a float tensor as in torch's state_dict."""
    step = state["step"]
    if not isinstance(step, Tensor):
        step = state["step"] = wrap(np.array(step, np.float32))
    step._array += 1
    return int(step._array)


class AdamW(Adam):
    r"""Adam with decoupled weight decay: :math:`\theta \leftarrow (1 - \text{lr} \lambda) \theta` before the step.

    Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2017.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> optimizer = torch.optim.AdamW([w], lr=0.1, weight_decay=0.5)
    >>> (w * 2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.8500], requires_grad=True)
    """

    _decoupled = True

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ):
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize,
                         capturable=capturable, differentiable=differentiable, fused=fused)  # fmt: skip
