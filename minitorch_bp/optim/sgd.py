"""Stochastic gradient descent, with momentum: the lecture's training loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .functional_step import step_on_lists
from .optimizer import Optimizer, check_not_negative

if TYPE_CHECKING:
    from ..core.tensor import Tensor
    from ..core.types import Params


class SGD(Optimizer):
    r"""Gradient descent, :math:`\theta \leftarrow \theta - \text{lr} \times g`.

    With momentum :math:`\mu` the step is :math:`v \leftarrow \mu v + (1 - \text{dampening}) g`; Nesterov's uses
    :math:`g + \mu v`. Weight decay adds :math:`\lambda \theta` to the gradient (the gradient of an L2 term).

    Source: Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013, in the form of
    the PyTorch documentation of ``torch.optim.SGD``.

    Parameters
    ----------
    params : iterable of Tensors, of (name, Tensor) pairs, or of dicts
    lr, momentum, dampening, weight_decay : float, optional
        ``lr`` may be a tensor of one number.
    nesterov, maximize : bool, optional
        ``maximize`` ascends.
    differentiable : bool, optional
        Record the step, so that it can be differentiated.
    foreach, fused : bool, optional
        One of PyTorch's ways to compute the same; accepted without an effect.

    Raises
    ------
    ValueError
        For a negative option, or Nesterov without momentum.

    See Also
    --------
    minitorch_bp.optim.Adam : With steps scaled for each parameter.
    minitorch_bp.optim.lr_scheduler.StepLR : Lowers the learning rate from epoch to epoch.

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
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float | Tensor = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ):
        check_not_negative(self, nan_too=True, lr=lr, momentum=momentum, weight_decay=weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("SGD: Nesterov momentum needs a momentum and zero dampening")
        super().__init__(params, {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov,
            "maximize": maximize, "foreach": foreach, "differentiable": differentiable, "fused": fused,
        })  # fmt: skip

    def _update(self, xp: Any, group: dict[str, Any], params: list[Any]) -> None:
        momentum, dampening, decay = group["momentum"], group["dampening"], group["weight_decay"]
        rate, shrink = xp.factor(params, group["lr"]), decay and xp.factor(params, decay)
        kept, fresh = momentum and xp.number(params, momentum), dampening and xp.factor(params, 1 - dampening)
        for x, g, p in xp.each(group, params):
            if decay:
                g = xp.stored(g + shrink * x, p)
            if momentum:
                v = xp.buffer(self.state[p], "momentum_buffer")
                if v is None:
                    v = xp.keep(p, self.state[p], "momentum_buffer", g)
                else:
                    v *= kept
                    v += fresh * g if dampening else g
                g = xp.stored(g + xp.factor(params, momentum) * v, p) if group["nesterov"] else v
            x -= rate * g


def sgd(
    params: list[Tensor],
    d_p_list: list[Tensor],
    momentum_buffer_list: list[Tensor | None],
    has_sparse_grad: bool = False,
    foreach: bool | None = None,
    fused: bool | None = None,
    grad_scale: Tensor | None = None,
    found_inf: Tensor | None = None,
    *,
    weight_decay: float,
    momentum: float,
    lr: float,
    dampening: float,
    nesterov: bool,
    maximize: bool,
) -> None:
    """One step of :class:`SGD` on lists of parameters, gradients and states, in place.

    Parameters
    ----------
    params, d_p_list : lists of Tensors
    momentum_buffer_list : list of Tensors or None
        What the optimizer keeps, one tensor for each parameter.
    weight_decay, momentum, lr, dampening, nesterov, maximize
        The options of :class:`SGD`.
    has_sparse_grad, foreach, fused, grad_scale, found_inf : optional
        Accepted without an effect.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w, g, buffers = torch.tensor([1.0]), torch.tensor([2.0]), [None]
    >>> options = dict(weight_decay=0, lr=0.1, dampening=0, nesterov=False, maximize=False)
    >>> torch.optim.sgd.sgd([w], [g], buffers, momentum=0.9, **options)
    >>> w, buffers
    (tensor([0.8000]), [tensor([2.])])
    """
    buffers = {"momentum_buffer": momentum_buffer_list} if momentum else {}
    step_on_lists(
        SGD,
        params,
        d_p_list,
        buffers,
        weight_decay=weight_decay,
        momentum=momentum,
        lr=lr,
        dampening=dampening,
        nesterov=nesterov,
        maximize=maximize,
    )


__all__ = ["SGD", "sgd"]
