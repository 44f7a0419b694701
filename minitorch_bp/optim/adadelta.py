"""Adadelta: the size of a step follows from the sizes of the steps before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .functional_step import step_on_lists
from .optimizer import Optimizer, check_not_negative, counter, zeros

if TYPE_CHECKING:
    from ..core.tensor import Tensor
    from ..core.types import Params


class Adadelta(Optimizer):
    r"""Adadelta: :math:`\theta \leftarrow \theta - \text{lr} \, \Delta` with :math:`\Delta = \sqrt{u + \epsilon} / \sqrt{v + \epsilon} \; g`.

    :math:`v` is a running average of :math:`g^2`, :math:`u` one of :math:`\Delta^2`, each keeping the part :math:`\rho`; so
    :math:`\Delta` has the unit of :math:`\theta`, and needs no learning rate.

    Source: Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012.

    Parameters
    ----------
    params : iterable of Tensors, of (name, Tensor) pairs, or of dicts
    lr : float or Tensor, optional
    rho, eps, weight_decay : float, optional
    foreach, capturable : bool, optional
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
    minitorch_bp.optim.RMSprop : Without the average of the steps.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> optimizer = torch.optim.Adadelta([w], lr=0.1)
    >>> (w * 2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.9997], requires_grad=True)
    """

    _counts = True

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ):
        check_not_negative(self, lr=lr, eps=eps, weight_decay=weight_decay)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Adadelta: rho must lie in [0, 1], but is {rho}")
        super().__init__(params, {
            "lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize, "capturable": capturable,
            "foreach": foreach, "differentiable": differentiable,
        })  # fmt: skip

    def _start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        return {"step": counter(), "square_avg": zeros(p), "acc_delta": zeros(p)}

    def _update(self, xp: Any, group: dict[str, Any], params: list[Any]) -> None:
        rho, new, eps = xp.numbers(params, group["rho"], 1 - group["rho"], group["eps"])
        for x, g, p in xp.each(group, params):
            state = self.state[p] or self._started(group, p)
            v, u = xp.buffer(state, "square_avg"), xp.buffer(state, "acc_delta")
            xp.count(state)
            if group["weight_decay"]:
                g = xp.stored(g + xp.factor(params, group["weight_decay"]) * x, p)
            v *= rho
            v += (new * g) * g
            delta = xp.sqrt(u + eps) / xp.sqrt(v + eps) * g
            u *= rho
            u += new * (delta * delta)
            x -= xp.factor(params, group["lr"]) * xp.stored(delta, p)


def adadelta(
    params: list[Tensor],
    grads: list[Tensor],
    square_avgs: list[Tensor],
    acc_deltas: list[Tensor],
    state_steps: list[Tensor],
    capturable: bool = False,
    foreach: bool | None = None,
    differentiable: bool = False,
    has_complex: bool = False,
    *,
    lr: float,
    rho: float,
    eps: float,
    weight_decay: float,
    maximize: bool,
) -> None:
    """One step of :class:`Adadelta` on lists of parameters, gradients and states, in place.

    Parameters
    ----------
    params, grads : lists of Tensors
    square_avgs, acc_deltas, state_steps : lists of Tensors
        What the optimizer keeps, one tensor for each parameter.
    differentiable, lr, rho, eps, weight_decay, maximize
        The options of :class:`Adadelta`.
    capturable, foreach, has_complex : optional
        Accepted without an effect.
    """
    step_on_lists(
        Adadelta,
        params,
        grads,
        {"step": state_steps, "square_avg": square_avgs, "acc_delta": acc_deltas},
        lr=lr,
        rho=rho,
        eps=eps,
        weight_decay=weight_decay,
        maximize=maximize,
        differentiable=differentiable,
    )


__all__ = ["Adadelta", "adadelta"]
