"""Losses as modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...core.tensor import Tensor
from ...ops.nn.loss import folded
from .. import functional as F
from .distance import PairwiseDistance
from .functional_module import FunctionalModule
from .module import Module

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


class MSELoss(_PairLoss, of=F.mse_loss):
    """The squared loss (:func:`mse_loss`).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.MSELoss()(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
    tensor(2.)
    """


class L1Loss(_PairLoss, of=F.l1_loss):
    """The absolute error (:func:`l1_loss`)."""


class SmoothL1Loss(_PairLoss, of=F.smooth_l1_loss):
    def __init__(self, size_average: _Flag = None, reduce: _Flag = None, reduction: str = "mean", beta: float = 1.0):
        super().__init__(size_average, reduce, reduction)
        self.beta = beta


class HuberLoss(_PairLoss, of=F.huber_loss):
    def __init__(self, reduction: str = "mean", delta: float = 1.0):
        if not isinstance(delta, (int, float)):
            raise TypeError(f"HuberLoss: delta must be a number, but is {delta!r}")
        super().__init__(reduction=reduction)
        self.delta = delta


class KLDivLoss(_PairLoss, of=F.kl_div):
    def __init__(self, size_average: _Flag = None, reduce: _Flag = None, reduction: str = "mean", log_target: bool = False):
        Module.__init__(self)
        self.reduction = folded(reduction, size_average, reduce)
        self.log_target = log_target


class BCELoss(_WeightedLoss, of=F.binary_cross_entropy):
    """The loss of a probability (:func:`binary_cross_entropy`)."""


class BCEWithLogitsLoss(_PairLoss, of=F.binary_cross_entropy_with_logits):
    """The logistic regression loss (:func:`binary_cross_entropy_with_logits`)."""

    def __init__(
        self, weight: Tensor | None = None, size_average: _Flag = None, reduce: _Flag = None, reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ):  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)


class NLLLoss(_WeightedLoss, of="nll_loss"):
    """The negative log-likelihood of log-probabilities (:func:`nll_loss`)."""

    def __init__(
        self, weight: Tensor | None = None, size_average: _Flag = None, ignore_index: int = -100, reduce: _Flag = None,
        reduction: str = "mean",
    ):  # fmt: skip
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index


class CrossEntropyLoss(_WeightedLoss, of="cross_entropy"):
    """The softmax regression loss of scores (:func:`cross_entropy`).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.CrossEntropyLoss()(torch.tensor([[0.0, 0.0]]), torch.tensor([1]))
    tensor(0.6931)
    """

    def __init__(
        self, weight: Tensor | None = None, size_average: _Flag = None, ignore_index: int = -100, reduce: _Flag = None,
        reduction: str = "mean", label_smoothing: float = 0.0,
    ):  # fmt: skip
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        weight = self._buffers["weight"]  # __getattr__ would be the slower way, and keywords cost as well
        return F.cross_entropy(input, target, weight, None, self.ignore_index, None, self.reduction, self.label_smoothing)


class NLLLoss2d(NLLLoss):
    """:class:`NLLLoss` under an old name."""


class CTCLoss(_Loss, of="ctc_loss"):
    """The loss of a sequence without alignment (:func:`ctc_loss`)."""

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False):
        super().__init__(reduction=reduction)
        self.blank, self.zero_infinity = blank, zero_infinity

    def forward(self, log_probs: Tensor, targets: Tensor, input_lengths: Tensor, target_lengths: Tensor) -> Tensor:
        return self._call(log_probs, targets, input_lengths, target_lengths)


class PoissonNLLLoss(_Loss, of="poisson_nll_loss"):
    """The negative log-likelihood of counts (:func:`poisson_nll_loss`)."""

    def __init__(
        self, log_input: bool = True, full: bool = False, size_average: _Flag = None, eps: float = 1e-8, reduce: _Flag = None,
        reduction: str = "mean",
    ):  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        self.log_input, self.full, self.eps = log_input, full, eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        return self._call(log_input, target)


class GaussianNLLLoss(_Loss, of="gaussian_nll_loss"):
    """The negative log-likelihood of normal numbers (:func:`gaussian_nll_loss`)."""

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean"):
        super().__init__(reduction=reduction)
        self.full, self.eps = full, eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor) -> Tensor:
        return self._call(input, target, var)


# ---------------------------------------------------------------------- margins
class _MarginLoss(_Loss):
    def __init__(self, margin: float = 0.0, size_average: _Flag = None, reduce: _Flag = None, reduction: str = "mean"):
        super().__init__(size_average, reduce, reduction)
        self.margin = margin


class MarginRankingLoss(_MarginLoss, of="margin_ranking_loss"):
    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return self._call(input1, input2, target)


class CosineEmbeddingLoss(_MarginLoss, of="cosine_embedding_loss"):
    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return self._call(input1, input2, target)


class HingeEmbeddingLoss(_MarginLoss, _PairLoss, of="hinge_embedding_loss"):
    def __init__(self, margin: float = 1.0, size_average: _Flag = None, reduce: _Flag = None, reduction: str = "mean"):
        super().__init__(margin, size_average, reduce, reduction)


class SoftMarginLoss(_PairLoss, of="soft_margin_loss"): ...


class MultiLabelMarginLoss(_PairLoss, of="multilabel_margin_loss"): ...


class MultiLabelSoftMarginLoss(_WeightedLoss, of="multilabel_soft_margin_loss"): ...


class MultiMarginLoss(_WeightedLoss, of="multi_margin_loss"):
    def __init__(
        self, p: int = 1, margin: float = 1.0, weight: Tensor | None = None, size_average: _Flag = None, reduce: _Flag = None,
        reduction: str = "mean",
    ):  # fmt: skip
        super().__init__(weight, size_average, reduce, reduction)
        if p not in (1, 2):
            raise ValueError(f"MultiMarginLoss: p must be 1 or 2, but is {p}")
        if weight is not None and weight.ndim != 1:
            raise AssertionError(f"MultiMarginLoss: expected a weight per class, but got shape {list(weight.shape)}")
        self.p, self.margin = p, margin


class TripletMarginLoss(_Loss, of="triplet_margin_loss"):
    def __init__(
        self, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6, swap: bool = False, size_average: _Flag = None,
        reduce: _Flag = None, reduction: str = "mean",
    ):  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        if margin <= 0:
            raise ValueError(f"TripletMarginLoss: the margin must be positive, but is {margin}")
        self.margin, self.p, self.eps, self.swap = margin, p, eps, swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return self._call(anchor, positive, negative)


class TripletMarginWithDistanceLoss(_Loss, of="triplet_margin_with_distance_loss"):
    def __init__(
        self, *, distance_function: Callable[[Tensor, Tensor], Tensor] | None = None, margin: float = 1.0, swap: bool = False,
        reduction: str = "mean",
    ):  # fmt: skip
        super().__init__(reduction=reduction)
        if margin <= 0:
            raise ValueError(f"TripletMarginWithDistanceLoss: the margin must be positive, but is {margin}")
        self.distance_function = distance_function or PairwiseDistance()
        self.margin, self.swap = margin, swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return self._call(anchor, positive, negative)
