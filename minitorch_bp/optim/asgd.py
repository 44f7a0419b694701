"""Averaged stochastic gradient descent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .functional_step import step_on_lists
from .optimizer import Optimizer, check_not_negative, counter, zeros

if TYPE_CHECKING:
    from ..core.tensor import Tensor
    from ..core.types import Params


class ASGD(Optimizer):
    r"""Averaged SGD: :math:`\theta \leftarrow (1 - \lambda \eta_t) \, \theta - \eta_t \, g`, while ``state["ax"]`` averages :math:`\theta`.

    The rate is :math:`\eta_t = \text{lr} / (1 + \lambda \, \text{lr} \, t)^\alpha`; the average begins after ``t0`` steps.

    Source: Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992, in the form of the PyTorch
    documentation of ``torch.optim.ASGD``.

    Parameters
    ----------
    params : iterable of Tensors, of (name, Tensor) pairs, or of dicts
    lr : float or Tensor, optional
    lambd, alpha, t0 : float, optional
        How the rate decays, and when the average begins.
    weight_decay : float, optional
    foreach : bool, optional
        One of PyTorch's ways to compute the same; accepted without an effect.
    maximize : bool, optional
        Ascend.
    differentiable : bool, optional
        Record the step, so that it can be differentiated.
    capturable : bool, optional
        One of PyTorch's ways to compute the same; accepted without an effect.

    Raises
    ------
    ValueError
        For an option outside its range.

    See Also
    --------
    minitorch_bp.optim.swa_utils.AveragedModel : Averages for any optimizer.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> optimizer = torch.optim.ASGD([w], lr=0.1)
    >>> (w * 2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.8000], requires_grad=True)
    """

    _counts = True

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ):
        check_not_negative(self, lr=lr, weight_decay=weight_decay)
        super().__init__(params, {
            "lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "capturable": capturable,
        })  # fmt: skip

    def _start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        return {"step": counter(), "eta": counter(float(group["lr"])), "mu": counter(1.0), "ax": zeros(p)}

    def _update(self, xp: Any, group: dict[str, Any], params: list[Any]) -> None:
        lr, lambd = xp.scalars(group["lr"], group["lambd"])
        for x, g, p in xp.each(group, params):
            state = self.state[p] or self._started(group, p)
            t, eta, mu = xp.count(state), xp.scalar(state, "eta"), xp.scalar(state, "mu")
            kept, share = xp.numbers(params, 1 - lambd * eta, mu)
            if group["weight_decay"]:
                g = xp.stored(g + xp.factor(params, group["weight_decay"]) * x, p)
            x *= kept
            x -= xp.factor(params, eta) * g
            average = xp.buffer(state, "ax")
            average += share * (x - average)
            xp.set_scalar(state, "eta", xp.rounded(lr / (1 + lambd * lr * t) ** group["alpha"]))
            xp.set_scalar(state, "mu", xp.rounded(1 / max(1, t - group["t0"])))


def asgd(
    params: list[Tensor],
    grads: list[Tensor],
    axs: list[Tensor],
    mus: list[Tensor],
    etas: list[Tensor],
    state_steps: list[Tensor],
    foreach: bool | None = None,
    maximize: bool = False,
    differentiable: bool = False,
    capturable: bool = False,
    has_complex: bool = False,
    *,
    lambd: float,
    lr: float,
    t0: float,
    alpha: float,
    weight_decay: float,
) -> None:
    """One step of :class:`ASGD` on lists of parameters, gradients and states, in place.

    Parameters
    ----------
    params, grads : lists of Tensors
    axs, mus, etas, state_steps : lists of Tensors
        What the optimizer keeps, one tensor for each parameter.
    maximize, differentiable, lambd, lr, t0, alpha, weight_decay
        The options of :class:`ASGD`.
    foreach, capturable, has_complex : optional
        Accepted without an effect.
    """
    step_on_lists(
        ASGD,
        params,
        grads,
        {"step": state_steps, "ax": axs, "mu": mus, "eta": etas},
        lambd=lambd,
        lr=lr,
        t0=t0,
        alpha=alpha,
        weight_decay=weight_decay,
        maximize=maximize,
        differentiable=differentiable,
    )


__all__ = ["ASGD", "asgd"]
