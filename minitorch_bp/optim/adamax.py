"""Adamax: Adam with the largest recent gradient in place of the root of the mean square."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .functional_step import step_on_lists
from .optimizer import Optimizer, check_betas, check_not_negative, counter, zeros

if TYPE_CHECKING:
    from ..core.tensor import Tensor
    from ..core.types import Params


class Adamax(Optimizer):
    r"""Adamax: :math:`\theta \leftarrow \theta - \text{lr} / (1 - \beta_1^t) \; m / u`.

    :math:`m` is Adam's average of the gradient, and :math:`u \leftarrow \max(\beta_2 u, |g| + \epsilon)`.

    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014, section 7.1.

    Parameters
    ----------
    params : iterable of Tensors, of (name, Tensor) pairs, or of dicts
    lr : float or Tensor, optional
    betas : pair of floats, optional
    eps, weight_decay : float, optional
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
    minitorch_bp.optim.Adam : By the average of squares.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> optimizer = torch.optim.Adamax([w], lr=0.1)
    >>> (w * 2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    _counts = True

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ):
        check_not_negative(self, lr=lr, eps=eps, weight_decay=weight_decay)
        check_betas(self, betas)
        super().__init__(params, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "capturable": capturable,
        })  # fmt: skip

    def _start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        return {"step": counter(), "exp_avg": zeros(p), "exp_inf": zeros(p)}

    def _update(self, xp: Any, group: dict[str, Any], params: list[Any]) -> None:
        lr, beta1 = xp.scalars(group["lr"], group["betas"][0])
        new, beta2, eps = xp.numbers(params, 1 - beta1, group["betas"][1], group["eps"])
        for x, g, p in xp.each(group, params):
            state = self.state[p] or self._started(group, p)
            m, u = xp.buffer(state, "exp_avg"), xp.buffer(state, "exp_inf")
            rate = xp.number(params, lr / (1 - beta1 ** xp.count(state)))
            if group["weight_decay"]:
                g = xp.stored(g + xp.factor(params, group["weight_decay"]) * x, p)
            m += new * (g - m)
            u *= beta2
            u = xp.raise_to(u, xp.abs(g) + eps)
            x -= rate * m / u


def adamax(
    params: list[Tensor],
    grads: list[Tensor],
    exp_avgs: list[Tensor],
    exp_infs: list[Tensor],
    state_steps: list[Tensor],
    foreach: bool | None = None,
    maximize: bool = False,
    differentiable: bool = False,
    capturable: bool = False,
    has_complex: bool = False,
    *,
    eps: float,
    beta1: float,
    beta2: float,
    lr: float,
    weight_decay: float,
) -> None:
    """One step of :class:`Adamax` on lists of parameters, gradients and states, in place.

    Parameters
    ----------
    params, grads : lists of Tensors
    exp_avgs, exp_infs, state_steps : lists of Tensors
        What the optimizer keeps, one tensor for each parameter.
    maximize, differentiable, eps, beta1, beta2, lr, weight_decay
        The options of :class:`Adamax`.
    foreach, capturable, has_complex : optional
        Accepted without an effect.
    """
    step_on_lists(
        Adamax,
        params,
        grads,
        {"step": state_steps, "exp_avg": exp_avgs, "exp_inf": exp_infs},
        betas=(beta1, beta2),
        lr=lr,
        weight_decay=weight_decay,
        eps=eps,
        maximize=maximize,
        differentiable=differentiable,
    )


__all__ = ["Adamax", "adamax"]
