"""AdamW: Adam whose weight decay does not pass through the averages."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from .adam import Adam, adam
from .optimizer import Optimizer

if TYPE_CHECKING:
    from ..core.tensor import Tensor
    from ..core.types import Params


class AdamW(Adam):
    r"""Adam with decoupled weight decay: :math:`\theta \leftarrow (1 - \text{lr} \lambda) \theta` before the step.

    Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2017.

    Parameters
    ----------
    params : iterable of Tensors, of (name, Tensor) pairs, or of dicts
    lr : float or Tensor, optional
    betas : pair of floats, optional
    eps, weight_decay : float, optional
    amsgrad, maximize, differentiable : bool, optional
        As in :class:`Adam`.
    foreach, capturable, fused : bool, optional
        One of PyTorch's ways to compute the same; accepted without an effect.

    Raises
    ------
    ValueError
        For an option outside its range.

    See Also
    --------
    minitorch_bp.optim.Adam : With weight decay as part of the gradient.

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

    _later = MappingProxyType({**Optimizer._later, "decoupled_weight_decay": True})

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
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
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize, capturable=capturable,
                         differentiable=differentiable, fused=fused, decoupled_weight_decay=True)  # fmt: skip


def adamw(
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
    *,
    amsgrad: bool,
    beta1: float | Tensor,
    beta2: float | Tensor,
    lr: float | Tensor,
    weight_decay: float,
    eps: float,
    maximize: bool,
) -> None:
    """One step of :class:`AdamW` on lists of parameters, gradients and states, in place.

    Parameters
    ----------
    params, grads : lists of Tensors
    exp_avgs, exp_avg_sqs, max_exp_avg_sqs, state_steps : lists of Tensors
        What the optimizer keeps, one tensor for each parameter.
    differentiable, amsgrad, beta1, beta2, lr, weight_decay, eps, maximize
        The options of :class:`AdamW`.
    foreach, capturable, fused, grad_scale, found_inf, has_complex : optional
        Accepted without an effect.
    """
    adam(
        params, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, state_steps, differentiable=differentiable, decoupled_weight_decay=True,
        amsgrad=amsgrad, beta1=beta1, beta2=beta2, lr=lr, weight_decay=weight_decay, eps=eps, maximize=maximize,
    )  # fmt: skip


__all__ = ["AdamW", "adamw"]
