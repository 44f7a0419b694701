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
    """In training, the layer is noise that keeps the expectation; in evaluation, after ``model.eval()``, it is the identity.

    Raises
    ------
    ValueError
        If ``p`` is not a probability.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> layer = torch.nn.Dropout(0.5)
    >>> layer(torch.ones(4))
    tensor([0., 0., 2., 0.])
    >>> layer.eval()(torch.ones(4))
    tensor([1., 1., 1., 1.])
    """


class Dropout1d(_Dropout, of=F.dropout1d):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Dropout1d().eval()(torch.ones(1, 2, 3))
    tensor([[[1., 1., 1.],
             [1., 1., 1.]]])
    """


class Dropout2d(_Dropout, of=F.dropout2d):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.nn.Dropout2d(0.5)(torch.ones(1, 4, 1, 2))
    tensor([[[[0., 0.]],
    <BLANKLINE>
             [[0., 0.]],
    <BLANKLINE>
             [[2., 2.]],
    <BLANKLINE>
             [[0., 0.]]]])
    """


class Dropout3d(_Dropout, of=F.dropout3d):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Dropout3d().eval()(torch.ones(1, 2, 3, 3, 3)).shape
    torch.Size([1, 2, 3, 3, 3])
    """


class AlphaDropout(_Dropout, of=F.alpha_dropout):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.AlphaDropout().eval()(torch.ones(2))
    tensor([1., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.alpha_dropout(input, self.p, self.training)  # in torch, ``inplace`` changes nothing here


class FeatureAlphaDropout(_Dropout, of=F.feature_alpha_dropout):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.FeatureAlphaDropout().eval()(torch.ones(1, 1, 2))
    tensor([[[1., 1.]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.feature_alpha_dropout(input, self.p, self.training)
