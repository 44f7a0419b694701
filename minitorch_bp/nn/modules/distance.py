"""Distances and similarities as modules."""

from __future__ import annotations

from ...core.tensor import Tensor
from ...ops.nn.distance import cosine_similarity, pairwise_distance
from .functional_module import FunctionalModule


class PairwiseDistance(FunctionalModule, of=pairwise_distance):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.PairwiseDistance()(torch.zeros(1, 2), torch.tensor([[3.0, 4.0]]))
    tensor([5.0000])
    """

    _shown = ()

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False):
        super().__init__()
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)


class CosineSimilarity(FunctionalModule, of=cosine_similarity):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.CosineSimilarity()(torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]]))
    tensor([0.])
    """

    _shown = ()

    def __init__(self, dim: int = 1, eps: float = 1e-8):
        super().__init__()
        self.dim, self.eps = dim, eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return cosine_similarity(x1, x2, self.dim, self.eps)
