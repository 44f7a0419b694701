"""All parameters as one vector, and back."""

from __future__ import annotations

from typing import Any

from ...core.tensor import Tensor
from ...ops.shape.joining import cat


def parameters_to_vector(parameters: Any) -> Tensor:
    """The parameters, flattened and joined.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.parameters_to_vector(torch.nn.Linear(2, 3).parameters()).shape
    torch.Size([9])
    """
    return cat([p.view(-1) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Any) -> None:
    """Point the parameters at the parts of a vector."""
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected a Tensor, but got {type(vec).__name__}")
    start = 0
    for p in parameters:
        size = p._array.size
        p._array = vec._array[start : start + size].reshape(p._array.shape)
        start += size
