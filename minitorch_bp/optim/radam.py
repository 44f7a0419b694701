"""RAdam: Adam that waits until its average of squares can be relied on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .functional_step import step_on_lists
from .optimizer import Optimizer, check_betas, check_not_negative, counter, zeros

if TYPE_CHECKING:
    from ..core.tensor import Tensor
    from ..core.types import Params


class RAdam(Optimizer):
    r"""RAdam: :math:`\theta \leftarrow \theta - \text{lr} \, r_t \, \hat m / (\sqrt{\hat v} + \epsilon)` once :math:`\rho_t > 5`, and
    :math:`\theta \leftarrow \theta - \text{lr} \, \hat m` before.

    :math:`\rho_t = \rho_\infty - 2 t \beta_2^t / (1 - \beta_2^t)` says how many gradients the average :math:`\hat v` stands for,
    at most :math:`\rho_\infty = 2 / (1 - \beta_2) - 1`; :math:`r_t` makes up for the variance of an average of few.

    Source: Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", 2019.

    Parameters
    ----------
    params : iterable of Tensors, of (name, Tensor) pairs, or of dicts
    lr : float or Tensor, optional
    betas : pair of floats, optional
    eps, weight_decay : float, optional
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
    minitorch_bp.optim.Adam : Without the rectification.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> optimizer = torch.optim.RAdam([w], lr=0.1)
    >>> (w * 2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.8000], requires_grad=True)
    """

    _counts = True

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ):
        check_not_negative(self, lr=lr, eps=eps, weight_decay=weight_decay)
        check_betas(self, betas)
        super().__init__(params, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize, "foreach": foreach,
            "capturable": capturable, "decoupled_weight_decay": decoupled_weight_decay, "differentiable": differentiable,
        })  # fmt: skip

    def _start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        return {"step": counter(), "exp_avg": zeros(p), "exp_avg_sq": zeros(p)}

    def _update(self, xp: Any, group: dict[str, Any], params: list[Any]) -> None:
        lr, beta1, beta2, decay = xp.scalars(group["lr"], *group["betas"], group["weight_decay"])
        new1, kept, new2, eps, shrunk = xp.numbers(params, 1 - beta1, beta2, 1 - beta2, group["eps"], 1 - lr * decay)
        longest = 2 / (1 - beta2) - 1
        for x, g, p in xp.each(group, params):
            state = self.state[p] or self._started(group, p)
            m, v, t = xp.buffer(state, "exp_avg"), xp.buffer(state, "exp_avg_sq"), xp.count(state)
            rate, root = lr / (1 - beta1**t), (1 - beta2**t) ** 0.5
            length = longest - 2 * t * beta2**t / (1 - beta2**t)
            if decay and group["decoupled_weight_decay"]:
                x *= shrunk
            elif decay:
                g = xp.stored(g + xp.factor(params, decay) * x, p)
            m += new1 * (g - m)
            v *= kept
            v += (new2 * g) * g
            if length > 5:
                rectified = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
                x -= xp.number(params, rate * rectified**0.5 * root) * m / xp.root(v, eps, p)
            else:
                x -= xp.number(params, rate) * m


def radam(
    params: list[Tensor],
    grads: list[Tensor],
    exp_avgs: list[Tensor],
    exp_avg_sqs: list[Tensor],
    state_steps: list[Tensor],
    decoupled_weight_decay: bool = False,
    foreach: bool | None = None,
    differentiable: bool = False,
    capturable: bool = False,
    has_complex: bool = False,
    maximize: bool = False,
    *,
    beta1: float,
    beta2: float,
    lr: float,
    weight_decay: float,
    eps: float,
) -> None:
    """One step of :class:`RAdam` on lists of parameters, gradients and states, in place.

    Parameters
    ----------
    params, grads : lists of Tensors
    exp_avgs, exp_avg_sqs, state_steps : lists of Tensors
        What the optimizer keeps, one tensor for each parameter.
    decoupled_weight_decay, differentiable, maximize, beta1, beta2, lr, weight_decay, eps
        The options of :class:`RAdam`.
    foreach, capturable, has_complex : optional
        Accepted without an effect.
    """
    step_on_lists(
        RAdam,
        params,
        grads,
        {"step": state_steps, "exp_avg": exp_avgs, "exp_avg_sq": exp_avg_sqs},
        betas=(beta1, beta2),
        lr=lr,
        weight_decay=weight_decay,
        eps=eps,
        maximize=maximize,
        differentiable=differentiable,
        decoupled_weight_decay=decoupled_weight_decay,
    )


__all__ = ["RAdam", "radam"]
