"""Reshaping as modules."""

from __future__ import annotations

from typing import Any

from ...ops.shape.view import flatten, unflatten
from .functional_module import UnaryModule


class Flatten(UnaryModule, of=flatten):
    """Merge dimensions; by default all but the first (the batch).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Flatten()(torch.zeros(2, 3, 4)).shape
    torch.Size([2, 12])
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1):
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim


class Unflatten(UnaryModule, of=unflatten):
    """Split one dimension into several."""

    def __init__(self, dim: int, unflattened_size: Any):
        super().__init__()
        if isinstance(dim, str):
            raise TypeError("Unflatten: dimensions have numbers here, no names")
        if isinstance(unflattened_size, (tuple, list)):
            wrong = [n for n in unflattened_size if not isinstance(n, int)]
        else:
            wrong = [unflattened_size]
        if wrong:
            raise TypeError(f"Unflatten: unflattened_size must be a tuple of ints, but holds {wrong[0]!r}")
        self.dim, self.unflattened_size = dim, unflattened_size
