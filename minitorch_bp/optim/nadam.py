"""NAdam: Adam with Nesterov's momentum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .functional_step import step_on_lists
from .optimizer import Optimizer, check_betas, check_not_negative, counter, zeros

if TYPE_CHECKING:
    from ..core.tensor import Tensor
    from ..core.types import Params


class NAdam(Optimizer):
    r"""NAdam: :math:`\theta \leftarrow \theta - \text{lr} \left(\frac{1 - \mu_t}{1 - \prod_{i \le t} \mu_i} \, g + \frac{\mu_{t+1}}{1 - \prod_{i \le t + 1} \mu_i} \, m\right) / (\sqrt{\hat v} + \epsilon)`.

    :math:`m` and :math:`\hat v` are Adam's; the momentum grows, :math:`\mu_t = \beta_1 (1 - 0.96^{t \psi} / 2)` with
    :math:`\psi` = ``momentum_decay``.

    Source: Dozat, "Incorporating Nesterov Momentum into Adam", 2016.

    Parameters
    ----------
    params : iterable of Tensors, of (name, Tensor) pairs, or of dicts
    lr : float or Tensor, optional
    betas : pair of floats, optional
    eps, weight_decay, momentum_decay : float, optional
    decoupled_weight_decay : bool, optional
        Shrink the parameters, as AdamW does, rather than add to the gradient.
    maximize : bool, optional
        Ascend.
    differentiable : bool, optional
        Record the step, so that it can be differentiated.
    foreach, capturable : bool, optional
        One of PyTorch's ways to compute the same; accepted without an effect.

    Raises
    ------
    ValueError
        For an option outside its range.

    See Also
    --------
    minitorch_bp.optim.Adam : Without Nesterov's step.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> optimizer = torch.optim.NAdam([w], lr=0.1)
    >>> (w * 2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.8944], requires_grad=True)
    """

    _counts = True

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ):
        check_not_negative(self, lr=lr, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay)
        check_betas(self, betas)
        super().__init__(params, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay, "maximize": maximize, "foreach": foreach,
            "capturable": capturable, "differentiable": differentiable,
        })  # fmt: skip

    def _start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        return {"step": counter(), "mu_product": counter(1.0), "exp_avg": zeros(p), "exp_avg_sq": zeros(p)}

    def _update(self, xp: Any, group: dict[str, Any], params: list[Any]) -> None:
        lr, beta1, beta2, decay = xp.scalars(group["lr"], *group["betas"], group["weight_decay"])
        (momentum_decay,) = xp.scalars(group["momentum_decay"])
        new1, kept, new2, eps, shrunk = xp.numbers(params, 1 - beta1, beta2, 1 - beta2, group["eps"], 1 - lr * decay)
        for x, g, p in xp.each(group, params):
            state = self.state[p] or self._started(group, p)
            m, v, t = xp.buffer(state, "exp_avg"), xp.buffer(state, "exp_avg_sq"), xp.count(state)
            mu, following = [beta1 * (1 - 0.5 * 0.96 ** (k * momentum_decay)) for k in (t, t + 1)]
            product = xp.scaled(state, "mu_product", mu)
            of_g, of_m, bias = xp.numbers(
                params, lr * (1 - mu) / (1 - product), lr * following / (1 - product * following), 1 - beta2**t
            )
            if decay and group["decoupled_weight_decay"]:
                x *= shrunk
            elif decay:
                g = xp.stored(g + xp.factor(params, decay) * x, p)
            m += new1 * (g - m)
            v *= kept
            v += new2 * (g * g)
            d = xp.root(xp.stored(v / bias, p), eps, p)
            x -= of_g * g / d
            x -= of_m * m / d


def nadam(
    params: list[Tensor],
    grads: list[Tensor],
    exp_avgs: list[Tensor],
    exp_avg_sqs: list[Tensor],
    mu_products: list[Tensor],
    state_steps: list[Tensor],
    decoupled_weight_decay: bool = False,
    foreach: bool | None = None,
    capturable: bool = False,
    differentiable: bool = False,
    has_complex: bool = False,
    maximize: bool = False,
    *,
    beta1: float,
    beta2: float,
    lr: float,
    weight_decay: float,
    momentum_decay: float,
    eps: float,
) -> None:
    """One step of :class:`NAdam` on lists of parameters, gradients and states, in place.

    Parameters
    ----------
    params, grads : lists of Tensors
    exp_avgs, exp_avg_sqs, mu_products, state_steps : lists of Tensors
        What the optimizer keeps, one tensor for each parameter.
    decoupled_weight_decay, differentiable, maximize, beta1, beta2, lr, weight_decay, momentum_decay, eps
        The options of :class:`NAdam`.
    foreach, capturable, has_complex : optional
        Accepted without an effect.
    """
    step_on_lists(
        NAdam,
        params,
        grads,
        {"step": state_steps, "mu_product": mu_products, "exp_avg": exp_avgs, "exp_avg_sq": exp_avg_sqs},
        betas=(beta1, beta2),
        lr=lr,
        weight_decay=weight_decay,
        momentum_decay=momentum_decay,
        eps=eps,
        maximize=maximize,
        differentiable=differentiable,
        decoupled_weight_decay=decoupled_weight_decay,
    )


__all__ = ["NAdam", "nadam"]
