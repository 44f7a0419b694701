"""What losses as modules share."""

from __future__ import annotations

from typing import Any

from ...core.tensor import Tensor
from ...ops.nn.loss_reduction import folded
from .functional_module import FunctionalModule

_Flag = bool | None  # size_average and reduce, which are deprecated


class _Loss(FunctionalModule):
    _shown = ()

    def __init__(self, size_average: _Flag = None, reduce: _Flag = None, reduction: str = "mean"):
        super().__init__()
        self.reduction: Any = folded(reduction, size_average, reduce)


class _PairLoss(_Loss):
    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return self._call(input, target)


class _WeightedLoss(_PairLoss):
    weight: Tensor | None

    def __init__(self, weight: Tensor | None = None, size_average: _Flag = None, reduce: _Flag = None, reduction: str = "mean"):
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
