"""Adagrad: steps scaled by the sum of all squared gradients so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .functional_step import step_on_lists
from .optimizer import Optimizer, check_not_negative, counter, filled

if TYPE_CHECKING:
    from ..core.tensor import Tensor
    from ..core.types import Params


class Adagrad(Optimizer):
    r"""Adagrad: :math:`\theta \leftarrow \theta - \eta_t \, g / (\sqrt{s} + \epsilon)` with :math:`s \leftarrow s + g^2`.

    The rate is :math:`\eta_t = \text{lr} / (1 + (t - 1) \, \text{lr\_decay})`.

    Source: Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", 2011.

    Parameters
    ----------
    params : iterable of Tensors, of (name, Tensor) pairs, or of dicts
    lr : float or Tensor, optional
    lr_decay, weight_decay : float, optional
    initial_accumulator_value, eps : float, optional
        What the sum of squares begins with; what is added to its root.
    foreach : bool, optional
        One of PyTorch's ways to compute the same; accepted without an effect.
    maximize : bool, optional
        Ascend.
    differentiable : bool, optional
        Record the step, so that it can be differentiated.
    fused : bool, optional
        One of PyTorch's ways to compute the same; accepted without an effect.

    Raises
    ------
    ValueError
        For an option outside its range.

    See Also
    --------
    minitorch_bp.optim.RMSprop : Forgets old gradients.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> optimizer = torch.optim.Adagrad([w], lr=0.1)
    >>> (w * 2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    _counts = True

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ):
        check_not_negative(self, lr=lr, lr_decay=lr_decay, weight_decay=weight_decay,
                           initial_accumulator_value=initial_accumulator_value, eps=eps)  # fmt: skip
        super().__init__(params, {
            "lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "fused": fused,
        })  # fmt: skip
        for group in self.param_groups:
            for p in group["params"]:
                if hasattr(p, "materialize"):
                    raise ValueError(
                        "Adagrad begins its sums when it is made: run a lazy module once, so that its parameters have shapes"
                    )
                self.state[p] = self._start(group, p)

    def _start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        return {"step": counter(), "sum": filled(p, self.defaults["initial_accumulator_value"])}

    def _update(self, xp: Any, group: dict[str, Any], params: list[Any]) -> None:
        (lr,) = xp.scalars(group["lr"])
        eps = xp.number(params, group["eps"])
        for x, g, p in xp.each(group, params):
            state = self.state[p] or self._started(group, p)
            total = xp.buffer(state, "sum")
            rate = xp.number(params, lr / (1 + (xp.count(state) - 1) * group["lr_decay"]))
            if group["weight_decay"]:
                g = xp.stored(g + xp.factor(params, group["weight_decay"]) * x, p)
            total += g * g
            x -= rate * (g / xp.root(total, eps, p))


def adagrad(
    params: list[Tensor],
    grads: list[Tensor],
    state_sums: list[Tensor],
    state_steps: list[Tensor],
    fused: bool | None = None,
    grad_scale: Tensor | None = None,
    found_inf: Tensor | None = None,
    has_sparse_grad: bool = False,
    foreach: bool | None = None,
    differentiable: bool = False,
    has_complex: bool = False,
    *,
    lr: float,
    weight_decay: float,
    lr_decay: float,
    eps: float,
    maximize: bool,
) -> None:
    """One step of :class:`Adagrad` on lists of parameters, gradients and states, in place.

    Parameters
    ----------
    params, grads : lists of Tensors
    state_sums, state_steps : lists of Tensors
        What the optimizer keeps, one tensor for each parameter.
    differentiable, lr, weight_decay, lr_decay, eps, maximize
        The options of :class:`Adagrad`.
    fused, grad_scale, found_inf, has_sparse_grad, foreach, has_complex : optional
        Accepted without an effect.
    """
    step_on_lists(
        Adagrad,
        params,
        grads,
        {"step": state_steps, "sum": state_sums},
        lr=lr,
        weight_decay=weight_decay,
        lr_decay=lr_decay,
        eps=eps,
        maximize=maximize,
        differentiable=differentiable,
    )


__all__ = ["Adagrad", "adagrad"]
