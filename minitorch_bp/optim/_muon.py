"""Muon: momentum whose matrix is replaced by the nearest one with orthogonal rows or columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.dtype import bfloat16
from .functional_step import step_on_lists
from .optimizer import Optimizer, check_not_negative, zeros

if TYPE_CHECKING:
    from ..core.tensor import Tensor
    from ..core.types import Params


class Muon(Optimizer):
    r"""Muon: :math:`\theta \leftarrow (1 - \text{lr} \lambda) \theta - \text{lr}' \, O`, for matrices.

    :math:`O` is nearly :math:`U V^T`, where :math:`U S V^T` is the momentum's singular value decomposition: all directions move
    equally far. It comes out of ``ns_steps`` steps of Newton and Schulz,
    :math:`X \leftarrow a X + (b A + c A^2) X` with :math:`A = X X^T`, in bfloat16. The momentum is
    :math:`m \leftarrow \mu m + (1 - \mu) g`, with Nesterov :math:`\mu m + (1 - \mu) g` once more.

    Source: Jordan, "Muon: An optimizer for hidden layers in neural networks", 2024, in the form of the PyTorch documentation
    of ``torch.optim.Muon``.

    Parameters
    ----------
    params : iterable of Tensors, of (name, Tensor) pairs, or of dicts
        Matrices; embeddings, output layers and biases are better moved by :class:`AdamW`.
    lr, weight_decay, momentum : float, optional
    nesterov : bool, optional
    ns_coefficients : triple of floats, optional
        :math:`a`, :math:`b` and :math:`c`.
    eps : float, optional
        The least norm that the momentum is divided by.
    ns_steps : int, optional
    adjust_lr_fn : str, optional
        How the rate depends on the matrix's shape: ``"original"``, :math:`\sqrt{\max(1, \text{rows} / \text{columns})}` times as
        large, or ``"match_rms_adamw"``, :math:`0.2 \sqrt{\max(\text{rows}, \text{columns})}` times.

    Raises
    ------
    ValueError
        For parameters that are no matrices, or an option outside its range.
    RuntimeError
        In the step, for complex parameters.

    See Also
    --------
    minitorch_bp.optim.AdamW : For what are not matrices.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.zeros(2, 2, requires_grad=True)
    >>> optimizer = torch.optim.Muon([w], lr=0.1)
    >>> (w * torch.tensor([[3.0, 0.0], [0.0, 1.0]])).sum().backward()
    >>> optimizer.step()
    >>> (w * 10).round().tolist()
    [[-1.0, 0.0], [0.0, -1.0]]
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ):
        check_not_negative(self, lr=lr, momentum=momentum, weight_decay=weight_decay)
        if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
            raise ValueError(f"Muon: adjust_lr_fn must be 'original' or 'match_rms_adamw', but is {adjust_lr_fn!r}")
        super().__init__(params, {
            "lr": lr, "weight_decay": weight_decay, "momentum": momentum, "nesterov": nesterov,
            "ns_coefficients": ns_coefficients, "eps": eps, "ns_steps": ns_steps, "adjust_lr_fn": adjust_lr_fn,
        })  # fmt: skip
        for group in self.param_groups:
            for p in group["params"]:
                if p._array.ndim != 2:
                    raise ValueError(
                        f"Muon moves matrices only, but a parameter has shape {list(p._array.shape)}: give it to AdamW"
                    )

    def _check_options(self, group: dict[str, Any]) -> None:
        if group["ns_steps"] >= 100:
            raise ValueError(f"Muon: ns_steps must be below 100 (5 are usual), but is {group['ns_steps']}")
        if len(group["ns_coefficients"]) != 3:
            raise ValueError(f"Muon: ns_coefficients must be three numbers, but are {group['ns_coefficients']}")

    def _start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        return {"momentum_buffer": zeros(p)}

    def _update(self, xp: Any, group: dict[str, Any], params: list[Any]) -> None:
        if params[0]._array.dtype.kind == "c":
            raise RuntimeError("Muon moves real parameters only: optimize the real and the imaginary part instead")
        lr, mu = group["lr"], group["momentum"]  # a tensor lr calculates in its own precision
        kept, new, shrunk = xp.numbers(params, mu, 1 - mu, 1 - lr * group["weight_decay"])
        for x, g, p in xp.each(group, params):
            state = self.state[p] or self._started(group, p)
            m = xp.buffer(state, "momentum_buffer")
            m += new * (g - m)
            step = orthogonalized(g + kept * (m - g) if group["nesterov"] else m, group)
            rows, columns = x.shape
            if group["adjust_lr_fn"] == "match_rms_adamw":
                rate = lr * (0.2 * max(rows, columns) ** 0.5)
            else:
                rate = lr * max(1, rows / columns) ** 0.5
            x *= shrunk
            x -= xp.number(params, rate) * step.astype(x.dtype)


def orthogonalized(matrix: np.ndarray, group: dict[str, Any]) -> np.ndarray:
    """Nearly U V^T of a matrix U S V^T, by the iteration of Newton and Schulz, rounded to bfloat16 after each product."""
    kind = bfloat16.numpy

    def rounded(x: Any) -> Any:
        return np.asarray(x, np.float32).astype(kind).astype(np.float32)

    a, b, c = group["ns_coefficients"]
    wide = matrix.shape[0] <= matrix.shape[1]
    x = rounded(matrix if wide else matrix.T)
    x = rounded(x / np.maximum(rounded(np.linalg.norm(x)), rounded(group["eps"])))
    for _ in range(group["ns_steps"]):
        gram = rounded(x @ x.T)
        x = rounded(a * x + rounded(b * gram + c * (gram @ gram)) @ x)
    return x if wide else x.T


def muon(
    params: list[Tensor],
    grads: list[Tensor],
    muon_momentum_bufs: list[Tensor],
    *,
    foreach: bool | None = None,
    lr: float,
    weight_decay: float,
    momentum: float,
    nesterov: bool,
    ns_coefficients: tuple[float, float, float],
    ns_steps: int,
    eps: float,
    adjust_lr_fn: str | None,
    has_complex: bool,
) -> None:
    """One step of :class:`Muon` on lists of parameters, gradients and states, in place.

    Parameters
    ----------
    params, grads : lists of Tensors
    muon_momentum_bufs : lists of Tensors
        What the optimizer keeps, one tensor for each parameter.
    lr, weight_decay, momentum, nesterov, ns_coefficients, ns_steps, eps, adjust_lr_fn
        The options of :class:`Muon`.
    foreach, has_complex : optional
        Accepted without an effect.
    """
    step_on_lists(
        Muon,
        params,
        grads,
        {"momentum_buffer": muon_momentum_bufs},
        lr=lr,
        weight_decay=weight_decay,
        momentum=momentum,
        nesterov=nesterov,
        ns_coefficients=ns_coefficients,
        ns_steps=ns_steps,
        eps=eps,
        adjust_lr_fn=adjust_lr_fn,
    )


__all__ = ["Muon", "muon"]
