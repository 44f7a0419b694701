"""Losses as modules."""

from __future__ import annotations

from collections.abc import Callable

from ...core.tensor import Tensor
from ...ops.nn.loss_reduction import folded
from .. import functional as F
from .distance import PairwiseDistance
from .linear_cross_entropy import LinearCrossEntropyLoss as LinearCrossEntropyLoss
from .loss_base import _Flag, _Loss, _PairLoss, _WeightedLoss
from .module import Module


class MSELoss(_PairLoss, of=F.mse_loss):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.MSELoss()(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
    tensor(2.)
    """


class L1Loss(_PairLoss, of=F.l1_loss):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.L1Loss()(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
    tensor(1.)
    """


class SmoothL1Loss(_PairLoss, of=F.smooth_l1_loss):
    """
    See Also
    --------
    minitorch_bp.nn.HuberLoss : The same times ``beta``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.SmoothL1Loss(reduction="none")(torch.tensor([0.5, 3.0]), torch.zeros(2))
    tensor([0.1250, 2.5000])
    """

    def __init__(self, size_average: _Flag = None, reduce: _Flag = None, reduction: str = "mean", beta: float = 1.0):
        super().__init__(size_average, reduce, reduction)
        self.beta = beta


class HuberLoss(_PairLoss, of=F.huber_loss):
    """
    Raises
    ------
    TypeError
        If ``delta`` is not a number.
    ValueError
        When called, if ``delta`` is not positive.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.HuberLoss(reduction="none")(torch.tensor([0.5, 3.0]), torch.zeros(2))
    tensor([0.1250, 2.5000])
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0):
        if not isinstance(delta, (int, float)):
            raise TypeError(f"HuberLoss: delta must be a number, but is {delta!r}")
        super().__init__(reduction=reduction)
        self.delta = delta


class KLDivLoss(_PairLoss, of=F.kl_div):
    """
    Notes
    -----
    The divergence of a batch of distributions is the ``'batchmean'``; ``'mean'`` divides by the number of elements, too.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> p, q = torch.tensor([[0.5, 0.5]]), torch.tensor([[0.25, 0.75]])
    >>> torch.nn.KLDivLoss(reduction="batchmean")(q.log(), p)
    tensor(0.1438)
    """

    def __init__(self, size_average: _Flag = None, reduce: _Flag = None, reduction: str = "mean", log_target: bool = False):
        Module.__init__(self)
        self.reduction = folded(reduction, size_average, reduce)
        self.log_target = log_target


class BCELoss(_WeightedLoss, of=F.binary_cross_entropy):
    """
    See Also
    --------
    minitorch_bp.nn.BCEWithLogitsLoss : With the sigmoid in it, and without its rounding errors.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.BCELoss()(torch.tensor([0.5, 0.75]), torch.tensor([0.0, 1.0]))
    tensor(0.4904)
    """


class BCEWithLogitsLoss(_PairLoss, of=F.binary_cross_entropy_with_logits):
    """It is the loss of logistic regression.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.BCEWithLogitsLoss()(torch.tensor([0.0, 2.0]), torch.tensor([0.0, 1.0]))
    tensor(0.4100)
    """

    def __init__(
        self, weight: Tensor | None = None, size_average: _Flag = None, reduce: _Flag = None, reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ):  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)


class NLLLoss(_WeightedLoss, of="nll_loss"):
    """
    See Also
    --------
    minitorch_bp.nn.LogSoftmax : The layer whose result it takes.
    minitorch_bp.nn.CrossEntropyLoss : Both at once, for scores.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> scores = torch.tensor([[0.0, 0.0], [1.0, 2.0]])
    >>> torch.nn.NLLLoss()(torch.log_softmax(scores, dim=1), torch.tensor([1, 0]))
    tensor(1.0032)
    """

    def __init__(
        self, weight: Tensor | None = None, size_average: _Flag = None, ignore_index: int = -100, reduce: _Flag = None,
        reduction: str = "mean",
    ):  # fmt: skip
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index


class CrossEntropyLoss(_WeightedLoss, of="cross_entropy"):
    """It is softmax and negative log-likelihood in one: the input is scores (logits), so no softmax comes before it. Its gradient
    in the scores is the softmax minus the one-hot target, divided by the number of examples that are averaged.

    See Also
    --------
    minitorch_bp.nn.NLLLoss : The same for log-probabilities.
    minitorch_bp.nn.BCEWithLogitsLoss : For targets that are independent yes-or-no questions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> scores = torch.tensor([[0.0, 0.0], [1.0, 2.0]], requires_grad=True)
    >>> loss = torch.nn.CrossEntropyLoss()(scores, torch.tensor([1, 0]))
    >>> loss
    tensor(1.0032, grad_fn=<NllLossBackward0>)
    >>> loss.backward()
    >>> scores.grad
    tensor([[ 0.2500, -0.2500],
            [-0.3655,  0.3655]])
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
    """:class:`NLLLoss` under an old name.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.NLLLoss2d()(torch.tensor([[[[-0.5]], [[-1.0]]]]), torch.tensor([[[1]]]))
    tensor(1.)
    """


class CTCLoss(_Loss, of="ctc_loss"):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> log_probs = torch.zeros(3, 1, 2).log_softmax(2)  # 3 steps, 1 sequence, the blank and one letter
    >>> torch.nn.CTCLoss()(log_probs, torch.tensor([[1]]), torch.tensor([3]), torch.tensor([1]))
    tensor(0.2877)
    """

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False):
        super().__init__(reduction=reduction)
        self.blank, self.zero_infinity = blank, zero_infinity

    def forward(self, log_probs: Tensor, targets: Tensor, input_lengths: Tensor, target_lengths: Tensor) -> Tensor:
        return self._call(log_probs, targets, input_lengths, target_lengths)


class PoissonNLLLoss(_Loss, of="poisson_nll_loss"):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.PoissonNLLLoss()(torch.tensor([0.0, 1.0]), torch.tensor([1.0, 2.0]))
    tensor(0.8591)
    """

    def __init__(
        self, log_input: bool = True, full: bool = False, size_average: _Flag = None, eps: float = 1e-8, reduce: _Flag = None,
        reduction: str = "mean",
    ):  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        self.log_input, self.full, self.eps = log_input, full, eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        return self._call(log_input, target)


class GaussianNLLLoss(_Loss, of="gaussian_nll_loss"):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.GaussianNLLLoss()(torch.tensor([0.0]), torch.tensor([2.0]), torch.tensor([4.0]))
    tensor(1.1931)
    """

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
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.MarginRankingLoss(margin=1.0)(torch.tensor([2.0]), torch.tensor([1.5]), torch.tensor([1.0]))
    tensor(0.5000)
    """

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return self._call(input1, input2, target)


class CosineEmbeddingLoss(_MarginLoss, of="cosine_embedding_loss"):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> a, b = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])
    >>> torch.nn.CosineEmbeddingLoss()(a, b, torch.tensor([1]))
    tensor(1.)
    """

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return self._call(input1, input2, target)


class HingeEmbeddingLoss(_MarginLoss, _PairLoss, of="hinge_embedding_loss"):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.HingeEmbeddingLoss()(torch.tensor([0.25, 0.25]), torch.tensor([1.0, -1.0]))
    tensor(0.5000)
    """

    def __init__(self, margin: float = 1.0, size_average: _Flag = None, reduce: _Flag = None, reduction: str = "mean"):
        super().__init__(margin, size_average, reduce, reduction)


class SoftMarginLoss(_PairLoss, of="soft_margin_loss"):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.SoftMarginLoss()(torch.tensor([2.0, -1.0]), torch.tensor([1.0, -1.0]))
    tensor(0.2201)
    """


class MultiLabelMarginLoss(_PairLoss, of="multilabel_margin_loss"):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> scores, classes = torch.tensor([[0.1, 0.2, 0.4]]), torch.tensor([[2, 0, -1]])  # classes 2 and 0, then the end
    >>> torch.nn.MultiLabelMarginLoss()(scores, classes)
    tensor(0.6333)
    """


class MultiLabelSoftMarginLoss(_WeightedLoss, of="multilabel_soft_margin_loss"):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.MultiLabelSoftMarginLoss()(torch.tensor([[2.0, -1.0]]), torch.tensor([[1.0, 0.0]]))
    tensor(0.2201)
    """


class MultiMarginLoss(_WeightedLoss, of="multi_margin_loss"):
    """
    Raises
    ------
    ValueError
        If ``p`` is neither 1 nor 2.
    AssertionError
        If ``weight`` is not a vector.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.MultiMarginLoss()(torch.tensor([[0.5, 1.0, 0.25]]), torch.tensor([1]))
    tensor(0.2500)
    """

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
    """
    Raises
    ------
    ValueError
        If the margin is not positive.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> anchor, near, far = torch.tensor([[0.0]]), torch.tensor([[1.0]]), torch.tensor([[1.5]])
    >>> torch.nn.TripletMarginLoss()(anchor, near, far)
    tensor(0.5000)
    """

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
    """
    Raises
    ------
    ValueError
        If the margin is not positive.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> anchor, near, far = torch.tensor([[0.0]]), torch.tensor([[1.0]]), torch.tensor([[1.5]])
    >>> squared = lambda a, b: ((a - b) ** 2).sum(-1)
    >>> torch.nn.TripletMarginWithDistanceLoss(distance_function=squared)(anchor, near, far)
    tensor(0.)
    """

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
