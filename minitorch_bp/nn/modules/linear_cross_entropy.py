"""A linear map and the cross entropy of its outputs, as one module."""

from __future__ import annotations

import math
from typing import Any

from ...core.tensor import Tensor
from .. import functional as F
from .linear import Linear
from .loss_base import _WeightedLoss


class LinearCrossEntropyLoss(_WeightedLoss):
    """A linear layer and the cross entropy of its outputs with targets.

    Parameters
    ----------
    in_features : int
    num_classes : int
    out_features : tuple of ints
        The dimensions of the targets of each sample.
    bias : bool
        Whether the layer has one.
    weight : Tensor of shape (num_classes,), optional
        Of the classes.
    reduction : 'mean', 'sum' or 'none'
    ignore_index : int, optional
        The target that does not count.
    label_smoothing : float
    options : LinearCrossEntropyOptions, optional
        Without effect.

    Attributes
    ----------
    linear : Linear

    See Also
    --------
    minitorch_bp.nn.CrossEntropyLoss : Of logits.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> criterion = torch.nn.LinearCrossEntropyLoss(3, 4)
    >>> criterion(torch.ones(2, 3), torch.tensor([0, 3])).shape
    torch.Size([])
    """

    def __init__(
        self, in_features: int, num_classes: int, *, out_features: tuple[int, ...] = (), bias: bool = False, device: Any = None,
        dtype: Any = None, reduction: str = "mean", weight: Tensor | None = None, ignore_index: int | None = None,
        label_smoothing: float = 0.0, options: Any = None,
    ):  # fmt: skip
        super().__init__(weight, reduction=reduction)
        self.in_features, self.num_classes, self.out_features = in_features, num_classes, tuple(out_features)
        self.ignore_index, self.label_smoothing, self.options = ignore_index, label_smoothing, options
        self.linear = Linear(in_features, num_classes * math.prod(self.out_features), bias=bias, device=device, dtype=dtype)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        r"""The loss.

        Parameters
        ----------
        input : Tensor of shape (N, in_features)
        target : Tensor of shape (N, \*out_features)

        Returns
        -------
        Tensor
            As ``reduction`` says.
        """
        weight: Tensor = self.linear.weight
        bias: Tensor | None = self.linear.bias
        if self.out_features:
            shape = (self.num_classes, *self.out_features)
            weight, bias = weight.reshape(*shape, self.in_features), None if bias is None else bias.reshape(shape)
        loss: Tensor = F.linear_cross_entropy(
            input, weight, target, linear_bias=bias, weight=self.weight, reduction=self.reduction, ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing, options=self.options,
        )  # fmt: skip
        return loss

    def extra_repr(self) -> str:
        """The options."""
        return (
            f"in_features={self.in_features}, num_classes={self.num_classes}, out_features={self.out_features}, "
            f"bias={self.linear.bias is not None}, reduction={self.reduction}, ignore_index={self.ignore_index}, "
            f"label_smoothing={self.label_smoothing}, options={self.options}"
        )
