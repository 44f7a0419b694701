"""RMSprop: steps scaled by a running average of the squared gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .functional_step import step_on_lists
from .optimizer import Optimizer, check_not_negative, counter, zeros

if TYPE_CHECKING:
    from ..core.tensor import Tensor
    from ..core.types import Params


class RMSprop(Optimizer):
    r"""RMSprop: :math:`\theta \leftarrow \theta - \text{lr} \, g / (\sqrt{v} + \epsilon)` with :math:`v \leftarrow \alpha v + (1 - \alpha) g^2`.

    ``centered`` takes the variance, :math:`v - \bar g^2`, in place of :math:`v`; with momentum :math:`\mu` the steps add up,
    :math:`b \leftarrow \mu b + g / (\sqrt{v} + \epsilon)`.

    Source: Tieleman and Hinton, lecture 6 of "Neural Networks for Machine Learning", 2012; centered: Graves, 2013.

    Parameters
    ----------
    params : iterable of Tensors, of (name, Tensor) pairs, or of dicts
    lr : float or Tensor, optional
    alpha, eps, weight_decay, momentum : float, optional
    centered : bool, optional
    capturable, foreach : bool, optional
        One of PyTorch's ways to compute the same; accepted without an effect.
    maximize : bool, optional
        Ascend.
    differentiable : bool, optional
        Record the step, so that it can be differentiated.

    Raises
    ------
    ValueError
        For an option outside its range.

    See Also
    --------
    minitorch_bp.optim.Adagrad : Forgets nothing.
    minitorch_bp.optim.Adam : With an average of the gradient.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> optimizer = torch.optim.RMSprop([w], lr=0.1)
    >>> (w * 2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([5.9605e-08], requires_grad=True)
    """

    _counts = True

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ):
        check_not_negative(self, lr=lr, eps=eps, momentum=momentum, weight_decay=weight_decay, alpha=alpha)
        super().__init__(params, {
            "lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered, "weight_decay": weight_decay,
            "capturable": capturable, "foreach": foreach, "maximize": maximize, "differentiable": differentiable,
        })  # fmt: skip

    def _start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        names = ["square_avg", *["momentum_buffer"] * bool(group["momentum"] > 0), *["grad_avg"] * bool(group["centered"])]
        return {"step": counter(), **{name: zeros(p) for name in names}}

    def _update(self, xp: Any, group: dict[str, Any], params: list[Any]) -> None:
        lr, alpha, new, eps, mu = xp.numbers(
            params, group["lr"], group["alpha"], 1 - group["alpha"], group["eps"], group["momentum"]
        )
        for x, g, p in xp.each(group, params):
            state = self.state[p] or self._started(group, p)
            v = xp.buffer(state, "square_avg")
            xp.count(state)
            if group["weight_decay"]:
                g = xp.stored(g + xp.factor(params, group["weight_decay"]) * x, p)
            v *= alpha
            v += (new * g) * g
            if group["centered"]:
                mean = xp.buffer(state, "grad_avg")
                mean += new * (g - mean)
                v = xp.stored(v - mean * mean, p)
            step = g / xp.root(v, eps, p)
            if group["momentum"] > 0:
                b = xp.buffer(state, "momentum_buffer")
                b *= mu
                b += step
                x -= xp.factor(params, group["lr"]) * b
            else:
                x -= lr * step


def rmsprop(
    params: list[Tensor],
    grads: list[Tensor],
    square_avgs: list[Tensor],
    grad_avgs: list[Tensor],
    momentum_buffer_list: list[Tensor],
    state_steps: list[Tensor],
    foreach: bool | None = None,
    maximize: bool = False,
    differentiable: bool = False,
    capturable: bool = False,
    has_complex: bool = False,
    *,
    lr: float,
    alpha: float,
    eps: float,
    weight_decay: float,
    momentum: float,
    centered: bool,
) -> None:
    """One step of :class:`RMSprop` on lists of parameters, gradients and states, in place.

    Parameters
    ----------
    params, grads : lists of Tensors
    square_avgs, grad_avgs, momentum_buffer_list, state_steps : lists of Tensors
        What the optimizer keeps, one tensor for each parameter.
    maximize, differentiable, lr, alpha, eps, weight_decay, momentum, centered
        The options of :class:`RMSprop`.
    foreach, capturable, has_complex : optional
        Accepted without an effect.
    """
    buffers: dict[str, list[Any]] = {"step": state_steps, "square_avg": square_avgs}
    if centered:
        buffers["grad_avg"] = grad_avgs
    if momentum:
        buffers["momentum_buffer"] = momentum_buffer_list
    step_on_lists(
        RMSprop,
        params,
        grads,
        buffers,
        lr=lr,
        alpha=alpha,
        eps=eps,
        weight_decay=weight_decay,
        momentum=momentum,
        centered=centered,
        maximize=maximize,
        differentiable=differentiable,
    )


__all__ = ["RMSprop", "rmsprop"]
