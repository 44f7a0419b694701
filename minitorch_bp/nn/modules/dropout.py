"""The dropout family as modules."""

from __future__ import annotations

from ...core.tensor import Tensor
from .. import functional as F
from .functional_module import FunctionalModule


class _Dropout(FunctionalModule):
    def __init__(self, p: float = 0.5, inplace: bool = False):
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"{type(self).__name__}: the probability must lie between 0 and 1, but is {p}")
        self.p, self.inplace = p, inplace

    def forward(self, input: Tensor) -> Tensor:
        return self._function(input, self.p, self.training, self.inplace)


class Dropout(_Dropout, of=F.dropout):
    """Zero each element with probability ``p`` in training, and scale the rest; the identity in evaluation.

    Raises
    ------
    ValueError
        If ``p`` is not a probability.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Dropout(0.2).eval()(torch.ones(2))
    tensor([1., 1.])
    """


class Dropout1d(_Dropout, of=F.dropout1d):
    """Zero whole channels of a (N, C, L) or (C, L) input (:func:`dropout1d`)."""


class Dropout2d(_Dropout, of=F.dropout2d):
    """Zero whole channels of a (N, C, H, W) input (:func:`dropout2d`)."""


class Dropout3d(_Dropout, of=F.dropout3d):
    """Zero whole channels of a (N, C, D, H, W) input (:func:`dropout3d`)."""


class AlphaDropout(_Dropout, of=F.alpha_dropout):
    """Dropout that keeps mean 0 and variance 1, for SELU networks (:func:`alpha_dropout`)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.alpha_dropout(input, self.p, self.training)  # in torch, ``inplace`` changes nothing here


class FeatureAlphaDropout(_Dropout, of=F.feature_alpha_dropout):
    """:class:`AlphaDropout` of whole channels (:func:`feature_alpha_dropout`)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.feature_alpha_dropout(input, self.p, self.training)
