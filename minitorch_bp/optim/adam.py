"""Adam: steps scaled by running averages of the gradient and of its square."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.tensor import Tensor
from .functional_step import step_on_lists
from .optimizer import Optimizer, check_betas, check_not_negative, counter, zeros

if TYPE_CHECKING:
    from ..core.types import Params


class Adam(Optimizer):
    r"""Adam: :math:`\theta \leftarrow \theta - \text{lr} \, \hat m / (\sqrt{\hat v} + \epsilon)`.

    The averages are :math:`m \leftarrow \beta_1 m + (1 - \beta_1) g` and
    :math:`v \leftarrow \beta_2 v + (1 - \beta_2) g^2`; the hats divide by :math:`1 - \beta^t`, because both start at 0.

    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014; AMSGrad: Reddi et al., 2018.

    Parameters
    ----------
    params : iterable of Tensors, of (name, Tensor) pairs, or of dicts
    lr : float or Tensor, optional
    betas : pair of floats, optional
        How much of the averages of the gradient and of its square is kept.
    eps, weight_decay : float, optional
    amsgrad : bool, optional
        Divide by the root of the largest average so far.
    maximize : bool, optional
        Ascend.
    differentiable : bool, optional
        Record the step, so that it can be differentiated.
    decoupled_weight_decay : bool, optional
        That of :class:`AdamW`.
    foreach, capturable, fused : bool, optional
        One of PyTorch's ways to compute the same; accepted without an effect.

    Raises
    ------
    ValueError
        For an option outside its range.

    See Also
    --------
    minitorch_bp.optim.AdamW : With decoupled weight decay.
    minitorch_bp.optim.SGD : Plain gradient descent.

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

    _counts = True

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
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
        check_not_negative(self, lr=lr, eps=eps, weight_decay=weight_decay)
        check_betas(self, betas)
        of_tensors = isinstance(betas[0], Tensor) and isinstance(betas[1], Tensor)
        if not (of_tensors or (isinstance(betas[0], float) and isinstance(betas[1], float))):
            raise ValueError(f"betas must be two floats (write 0.0 for 0) or two tensors, but are {betas}")
        if (of_tensors or isinstance(lr, Tensor)) and foreach and not capturable:
            raise ValueError("lr and betas can be tensors with foreach=True only if capturable=True, too")
        super().__init__(params, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad, "maximize": maximize,
            "foreach": foreach, "capturable": capturable, "differentiable": differentiable, "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        })  # fmt: skip

    def _start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        names = ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"][: 3 if group["amsgrad"] else 2]
        return {"step": counter(), **{name: zeros(p) for name in names}}

    def _update(self, xp: Any, group: dict[str, Any], params: list[Any]) -> None:
        lr, beta1, beta2, decay = xp.scalars(group["lr"], *group["betas"], group["weight_decay"])
        kept, new1, new2, eps, shrunk = xp.numbers(params, beta2, 1 - beta1, 1 - beta2, group["eps"], 1 - lr * decay)
        t = 0
        for x, g, p in xp.each(group, params):
            state = self.state[p] or self._started(group, p)
            m, v = xp.buffer(state, "exp_avg"), xp.buffer(state, "exp_avg_sq")
            now = xp.count(state)
            if group["differentiable"]:
                now = state["step"]  # PyTorch's Adam then calculates in float32 from here
            if now != t:
                t = now
                rate, root = xp.numbers(params, lr / (1 - beta1**t), (1 - beta2**t) ** 0.5)
            if decay and group["decoupled_weight_decay"]:
                x *= shrunk
            elif decay:
                g = xp.stored(g + xp.factor(params, decay) * x, p)
            m += new1 * (g - m)
            v *= kept
            v += (new2 * g) * g  # (in this order a gradient of 1e20 does not overflow)
            if group["amsgrad"]:
                v = xp.raise_to(xp.buffer(state, "max_exp_avg_sq"), v)
            x -= rate * m / xp.root(v, eps, p, root)


def adam(
    params: list[Tensor],
    grads: list[Tensor],
    exp_avgs: list[Tensor],
    exp_avg_sqs: list[Tensor],
    max_exp_avg_sqs: list[Tensor],
    state_steps: list[Tensor],
    foreach: bool | None = None,
    capturable: bool = False,
    differentiable: bool = False,
    fused: bool | None = None,
    grad_scale: Tensor | None = None,
    found_inf: Tensor | None = None,
    has_complex: bool = False,
    decoupled_weight_decay: bool = False,
    *,
    amsgrad: bool,
    beta1: float | Tensor,
    beta2: float | Tensor,
    lr: float | Tensor,
    weight_decay: float,
    eps: float,
    maximize: bool,
) -> None:
    """One step of :class:`Adam` on lists of parameters, gradients and states, in place.

    Parameters
    ----------
    params, grads : lists of Tensors
    exp_avgs, exp_avg_sqs, max_exp_avg_sqs, state_steps : lists of Tensors
        What the optimizer keeps, one tensor for each parameter.
    differentiable, decoupled_weight_decay, amsgrad, beta1, beta2, lr, weight_decay, eps, maximize
        The options of :class:`Adam`.
    foreach, capturable, fused, grad_scale, found_inf, has_complex : optional
        Accepted without an effect.
    """
    buffers: dict[str, list[Any]] = {"step": state_steps, "exp_avg": exp_avgs, "exp_avg_sq": exp_avg_sqs}
    if amsgrad:
        buffers["max_exp_avg_sq"] = max_exp_avg_sqs
    step_on_lists(
        Adam,
        params,
        grads,
        buffers,
        betas=(beta1, beta2),
        lr=lr,
        weight_decay=weight_decay,
        eps=eps,
        amsgrad=amsgrad,
        maximize=maximize,
        differentiable=differentiable,
        decoupled_weight_decay=decoupled_weight_decay,
    )


__all__ = ["Adam", "adam"]
