"""Cross entropy of a linear map's outputs, as one function."""

from __future__ import annotations

import math
from typing import Any

from .._base import MaybeTensor, Tensor, public
from . import cross_entropy as _cross_entropy
from . import linear as _linear


class LinearCrossEntropyOptions:
    """How PyTorch divides :func:`nn.functional.linear_cross_entropy` into parts to save memory; here it is computed at once.

    Parameters
    ----------
    allow_retain_graph : bool
    batch_chunk_size : int, optional
        Samples in a part.
    chunking_method : 'auto', or None
    acc_policy : 'accurate', 'balanced', 'compact' or 'auto'
    acc_dtype : dtype, optional

    Raises
    ------
    ValueError
        For another value.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.LinearCrossEntropyOptions(batch_chunk_size=64).batch_chunk_size
    64
    """

    def __init__(
        self,
        allow_retain_graph: bool = False,
        batch_chunk_size: int | None = None,
        chunking_method: str | None = "auto",
        acc_policy: str = "auto",
        acc_dtype: Any = None,
    ):
        if batch_chunk_size is not None and (not isinstance(batch_chunk_size, int) or batch_chunk_size < 1):
            raise ValueError(
                f"LinearCrossEntropyOptions: batch_chunk_size must be a positive int or None, not {batch_chunk_size!r}"
            )
        if chunking_method not in ("auto", None):
            raise ValueError(f"LinearCrossEntropyOptions: chunking_method must be 'auto' or None, not {chunking_method!r}")
        if acc_policy not in ("accurate", "balanced", "compact", "auto"):
            raise ValueError(f"LinearCrossEntropyOptions: unknown acc_policy {acc_policy!r}")
        self.allow_retain_graph, self.batch_chunk_size, self.chunking_method = allow_retain_graph, batch_chunk_size, chunking_method
        self.acc_policy, self.acc_dtype = acc_policy, acc_dtype

    def __repr__(self) -> str:
        return f"LinearCrossEntropyOptions({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LinearCrossEntropyOptions) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]


@public("nn.functional", aliases=False)
def linear_cross_entropy(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    *,
    linear_bias: MaybeTensor = None,
    weight: MaybeTensor = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: Any = None,
) -> Tensor:
    r"""Cross entropy of the logits :math:`x W^\top + b`.

    Parameters
    ----------
    input : Tensor of shape (N, D) or (D,)
    linear_weight : Tensor of shape (C, D), or (C, d1, ..., D)
        With more dimensions each sample has d1 * ... targets.
    target : Tensor
        As of :func:`nn.functional.cross_entropy`.
    linear_bias : Tensor of shape (C,) or (C, d1, ...), optional
    weight : Tensor of shape (C,), optional
        Of the classes.
    reduction : 'mean', 'sum' or 'none'
    ignore_index : int, optional
        The target that does not count.
    label_smoothing : float
    options : LinearCrossEntropyOptions, optional
        Without effect: nothing is divided into parts.

    Returns
    -------
    Tensor
        The loss.

    Raises
    ------
    RuntimeError
        If the shapes do not fit.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x, w = torch.ones(2, 3), torch.zeros(4, 3)
    >>> torch.nn.functional.linear_cross_entropy(x, w, torch.tensor([0, 3]))
    tensor(1.3863)
    """
    if input.ndim not in (1, 2):
        raise RuntimeError(f"linear_cross_entropy: the input must have 1 or 2 dimensions, but has {input.ndim}")
    if linear_weight.ndim < 2 or input.shape[-1] != linear_weight.shape[-1]:
        raise RuntimeError(
            f"linear_cross_entropy: the last dimensions of input and linear_weight must be equal, but the shapes are "
            f"{list(input.shape)} and {list(linear_weight.shape)}"
        )
    shape = linear_weight.shape[:-1]
    if len(shape) > 1:
        linear_weight = linear_weight.reshape(math.prod(shape), linear_weight.shape[-1])
        linear_bias = None if linear_bias is None else linear_bias.reshape(-1)
    logits = _linear.linear(input, linear_weight, linear_bias)
    if len(shape) > 1:
        logits = logits.reshape((*input.shape[:-1], *shape))
    ignored = -100 if ignore_index is None else ignore_index
    return _cross_entropy.cross_entropy(
        logits, target, weight, ignore_index=ignored, reduction=reduction, label_smoothing=label_smoothing
    )
