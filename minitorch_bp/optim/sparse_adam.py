"""SparseAdam, for sparse gradients; there are none here, so that it has nothing to move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .optimizer import Optimizer, check_betas

if TYPE_CHECKING:
    from ..core.tensor import Tensor
    from ..core.types import Params


class SparseAdam(Optimizer):
    """PyTorch's Adam for sparse gradients, of which only the rows that occur are moved. There are no sparse tensors here.

    It can be made and saved, and a step over parameters without gradients does nothing; a gradient is dense here, and refused as
    PyTorch refuses dense ones. Use :class:`Adam`: it moves every row, also those whose gradient is 0.

    Parameters
    ----------
    params : iterable of Tensors, of (name, Tensor) pairs, or of dicts
    lr : float or Tensor, optional
    betas : pair of floats, optional
    eps : float, optional
    maximize : bool, optional

    Raises
    ------
    ValueError
        For options outside of their range, or complex parameters.
    RuntimeError
        In a step, for a dense gradient.

    See Also
    --------
    minitorch_bp.optim.Adam : For dense gradients.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.ones(1, requires_grad=True)
    >>> optimizer = torch.optim.SparseAdam([w])
    >>> w.sum().backward()
    >>> try:
    ...     optimizer.step()
    ... except RuntimeError as error:
    ...     print("the gradient is dense")
    the gradient is dense
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        maximize: bool = False,
    ):
        for name, value in (("lr", lr), ("eps", eps)):
            if not value > 0.0:
                raise ValueError(f"SparseAdam: {name} must be positive, but is {value}")
        check_betas(self, betas)
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})
        if any(p.is_complex() for group in self.param_groups for p in group["params"]):
            raise ValueError("SparseAdam does not optimize complex parameters")

    def _update(self, xp: Any, group: dict[str, Any], params: list[Any]) -> None:
        raise RuntimeError("SparseAdam moves sparse gradients only, and all gradients are dense here: use Adam")
