"""Dropout as a module."""

from __future__ import annotations

from typing import Any

from ...ops.random import dropout
from .module import Module


class Dropout(Module):
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

    def __init__(self, p: float = 0.5, inplace: bool = False):
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"Dropout: the probability must lie between 0 and 1, but is {p}")
        self.p, self.inplace = p, inplace

    def forward(self, input: Any) -> Any:
        return dropout(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"
