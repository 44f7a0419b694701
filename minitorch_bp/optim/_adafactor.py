"""Adafactor: the mean square of a matrix of gradients, kept as one row and one column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.dtype import finfo
from ..core.tensor import wrap
from .functional_step import step_on_lists
from .optimizer import Optimizer, check_not_negative, counter

if TYPE_CHECKING:
    from ..core.tensor import Tensor
    from ..core.types import Params


class Adafactor(Optimizer):
    r"""Adafactor: Adam's average of squares for a matrix in the memory of a row and a column.

    :math:`R` and :math:`C` are running averages of :math:`g^2` over the columns and over the rows, with the newest weighted
    :math:`t^\tau`, :math:`\tau` = ``beta2_decay``; the average of squares is taken to be :math:`\hat v = R C / \bar R`. The step
    :math:`u = g / \sqrt{\hat v}` is cut down to a root mean square of ``d``, and multiplied with
    :math:`\max(\epsilon_2, \text{rms}(\theta)) \min(\text{lr}, 1 / \sqrt{t})`.

    Source: Shazeer and Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", 2018, in the form of the
    PyTorch documentation of ``torch.optim.Adafactor``.

    Parameters
    ----------
    params : iterable of Tensors, of (name, Tensor) pairs, or of dicts
    lr : float or Tensor, optional
        The largest relative step.
    beta2_decay : float, optional
    eps : pair of floats, optional
        The root of the least average of squares, or None for the type's ``eps``; the least size of a parameter.
    d, weight_decay : float, optional
    foreach : bool, optional
        PyTorch's way to compute the same; accepted without an effect.
    maximize : bool, optional
        Ascend.

    Raises
    ------
    ValueError
        For an option outside its range.
    RuntimeError
        In the step, for complex parameters.

    See Also
    --------
    minitorch_bp.optim.Adam : With a full matrix of averages.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.ones(3, 2, requires_grad=True)
    >>> optimizer = torch.optim.Adafactor([w], lr=0.1)
    >>> (w * 2).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([[0.9000, 0.9000],
            [0.9000, 0.9000],
            [0.9000, 0.9000]], requires_grad=True)
    >>> optimizer.state[w]["row_var"].shape, optimizer.state[w]["col_var"].shape
    (torch.Size([3, 1]), torch.Size([1, 2]))
    """

    _counts = True

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ):
        check_not_negative(self, nan_too=False, lr=lr, weight_decay=weight_decay, **{"eps[0]": 0.0 if eps[0] is None else eps[0]})
        check_not_negative(self, nan_too=False, **{"eps[1]": eps[1]})
        if not beta2_decay <= 0.0:
            raise ValueError(f"Adafactor: beta2_decay can't be positive, but is {beta2_decay}")
        if not d >= 1.0:
            raise ValueError(f"Adafactor: d, the root mean square that steps are cut down to, must be at least 1, but is {d}")
        super().__init__(params, {
            "lr": lr, "beta2_decay": beta2_decay, "eps": eps, "d": d, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize,
        })  # fmt: skip

    def _shape(self, name: str, p: Any) -> tuple[int, ...]:
        shape: tuple[int, ...] = p._array.shape
        return {"row_var": (*shape[:-1], 1), "col_var": (*shape[:-2], 1, *shape[-1:])}.get(name, shape)

    def _start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        names = ["row_var", "col_var"] if p._array.ndim > 1 else ["variance"]
        return {"step": counter(), **{name: wrap(np.zeros(self._shape(name, p), p._array.dtype)) for name in names}}

    def _update(self, xp: Any, group: dict[str, Any], params: list[Any]) -> None:
        dtype = params[0]._array.dtype
        if dtype.kind == "c":
            raise RuntimeError("Adafactor moves real parameters only: optimize the real and the imaginary part instead")
        lr, decay = xp.scalars(group["lr"], group["weight_decay"])
        tiny, least = xp.scalars(*group["eps"])
        tiny = finfo(params[0].dtype).eps if tiny is None else tiny
        for x, g, p in xp.each(group, params):
            state = self.state[p] or self._started(group, p)
            t = xp.count(state)
            new = xp.number(params, t ** group["beta2_decay"])
            rate = max(least, _rms(x)) * min(lr, t**-0.5)
            x *= xp.number(params, 1 - lr * decay)
            if x.ndim > 1:
                row, column = xp.buffer(state, "row_var"), xp.buffer(state, "col_var")
                row += new * ((g * g).mean(-1, keepdims=True) - row)
                column += new * ((g * g).mean(-2, keepdims=True) - column)
                v = row * column / np.maximum(row.mean(-2, keepdims=True), tiny)
            else:
                v = xp.buffer(state, "variance")
                v += new * (g * g - v)
            u = g / np.sqrt(np.maximum(v, tiny * tiny))
            x -= xp.number(params, rate / max(1.0, _rms(u) / group["d"])) * u


def _rms(x: np.ndarray) -> float:
    """The root of the mean square; 0 of nothing."""
    return float(np.linalg.norm(x.ravel())) / max(1, x.size) ** 0.5


def adafactor(
    params: list[Tensor],
    grads: list[Tensor],
    row_vars: list[Tensor | None],
    col_vars: list[Tensor | None],
    variances: list[Tensor | None],
    state_steps: list[Tensor],
    foreach: bool | None = None,
    grad_scale: Tensor | None = None,
    found_inf: Tensor | None = None,
    has_complex: bool = False,
    *,
    d: float,
    lr: float | Tensor,
    beta2_decay: float,
    weight_decay: float,
    eps1: float,
    eps2: float,
    maximize: bool,
) -> None:
    """One step of :class:`Adafactor` on lists of parameters, gradients and states, in place.

    Parameters
    ----------
    params, grads : lists of Tensors
    row_vars, col_vars, variances, state_steps : lists of Tensors
        What the optimizer keeps, one tensor for each parameter.
    d, lr, beta2_decay, weight_decay, eps1, eps2, maximize
        The options of :class:`Adafactor`.
    foreach, grad_scale, found_inf, has_complex : optional
        Accepted without an effect.
    """
    step_on_lists(
        Adafactor,
        params,
        grads,
        {"step": state_steps, "row_var": row_vars, "col_var": col_vars, "variance": variances},
        eps=(eps1, eps2),
        d=d,
        lr=lr,
        beta2_decay=beta2_decay,
        weight_decay=weight_decay,
        maximize=maximize,
    )


__all__ = ["Adafactor", "adafactor"]
