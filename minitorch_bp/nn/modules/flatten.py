"""Reshaping as modules."""

from __future__ import annotations

from typing import Any

from ...ops.shape.view import flatten, unflatten
from .functional_module import UnaryModule


class Flatten(UnaryModule, of=flatten):
    """By default all dimensions but the first, the batch, become one.

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
    """It is the inverse of :class:`Flatten`.

    Parameters
    ----------
    dim : int
        The dimension that is split.
    unflattened_size : tuple of ints
        The sizes in its place; one may be -1 and is inferred.

    Raises
    ------
    TypeError
        If ``dim`` is a name, or ``unflattened_size`` is not a tuple of ints.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Unflatten(1, (3, -1))(torch.zeros(2, 12)).shape
    torch.Size([2, 3, 4])
    """

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
