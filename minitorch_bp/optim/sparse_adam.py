"""SparseAdam, which needs sparse gradients; there are none here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .optimizer import Optimizer

if TYPE_CHECKING:
    from ..core.tensor import Tensor
    from ..core.types import Params


class SparseAdam(Optimizer):
    """PyTorch's Adam for sparse gradients, of which only the rows that occur are moved. Not available: there are no sparse tensors.

    Use :class:`Adam`: with dense gradients it moves every row, also those whose gradient is 0.

    Parameters
    ----------
    params : iterable of Tensors, of (name, Tensor) pairs, or of dicts
    lr : float or Tensor, optional
    betas : pair of floats, optional
    eps : float, optional
    maximize : bool, optional

    Raises
    ------
    NotImplementedError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> try:
    ...     torch.optim.SparseAdam([torch.ones(1)])
    ... except NotImplementedError as error:
    ...     print("not available")
    not available
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        maximize: bool = False,
    ):
        raise NotImplementedError("SparseAdam works on sparse gradients, and there are no sparse tensors here: use Adam")
