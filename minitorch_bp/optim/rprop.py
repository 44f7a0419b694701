"""Rprop: only the signs of gradients, and a step size for each number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .functional_step import step_on_lists
from .optimizer import Optimizer, check_not_negative, counter, filled, zeros

if TYPE_CHECKING:
    from ..core.tensor import Tensor
    from ..core.types import Params


class Rprop(Optimizer):
    r"""Rprop: :math:`\theta \leftarrow \theta - \operatorname{sign}(g) \, s`, with a step size :math:`s` for each number.

    While the gradient keeps its sign, :math:`s` grows by the factor :math:`\eta^+`; where the sign has changed, :math:`s` shrinks
    by :math:`\eta^-`, and this step is left out.

    Source: Riedmiller and Braun, "A Direct Adaptive Method for Faster Backpropagation Learning: The RPROP Algorithm", 1993.

    Parameters
    ----------
    params : iterable of Tensors, of (name, Tensor) pairs, or of dicts
    lr : float or Tensor, optional
        The first step size.
    etas : pair of floats, optional
        The factors :math:`\eta^-` and :math:`\eta^+`.
    step_sizes : pair of floats, optional
        The smallest and the largest step size.
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
    minitorch_bp.optim.SGD : Looks at the size of the gradient, too.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> optimizer = torch.optim.Rprop([w], lr=0.1)
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
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ):
        check_not_negative(self, lr=lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Rprop: the factors etas must lie on both sides of 1, as (0.5, 1.2), but are {etas}")
        super().__init__(params, {
            "lr": lr, "etas": etas, "step_sizes": step_sizes, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "capturable": capturable,
        })  # fmt: skip

    def _start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        return {"step": counter(), "prev": zeros(p), "step_size": filled(p, float(group["lr"]))}

    def _update(self, xp: Any, group: dict[str, Any], params: list[Any]) -> None:
        shrinking, growing = [xp.factor(params, eta) for eta in group["etas"]]
        smallest, largest = [xp.factor(params, size) for size in group["step_sizes"]]
        for x, g, p in xp.each(group, params):
            state = self.state[p] or self._started(group, p)
            previous, size = xp.buffer(state, "prev"), xp.buffer(state, "step_size")
            xp.count(state)
            agreement = g * previous
            size[agreement > 0] *= growing
            size[agreement < 0] *= shrinking
            size[...] = xp.clip(1 * size, smallest, largest)  # a copy, which a recorded step can keep
            previous[...] = g
            previous[agreement < 0] = 0
            x -= xp.sign(previous) * size


def rprop(
    params: list[Tensor],
    grads: list[Tensor],
    prevs: list[Tensor],
    step_sizes: list[Tensor],
    state_steps: list[Tensor],
    foreach: bool | None = None,
    capturable: bool = False,
    maximize: bool = False,
    differentiable: bool = False,
    has_complex: bool = False,
    *,
    step_size_min: float,
    step_size_max: float,
    etaminus: float,
    etaplus: float,
) -> None:
    """One step of :class:`Rprop` on lists of parameters, gradients and states, in place.

    Parameters
    ----------
    params, grads : lists of Tensors
    prevs, step_sizes, state_steps : lists of Tensors
        What the optimizer keeps, one tensor for each parameter.
    maximize, differentiable, step_size_min, step_size_max, etaminus, etaplus
        The options of :class:`Rprop`.
    foreach, capturable, has_complex : optional
        Accepted without an effect.
    """
    step_on_lists(
        Rprop,
        params,
        grads,
        {"step": state_steps, "prev": prevs, "step_size": step_sizes},
        etas=(etaminus, etaplus),
        step_sizes=(step_size_min, step_size_max),
        maximize=maximize,
        differentiable=differentiable,
    )


__all__ = ["Rprop", "rprop"]
