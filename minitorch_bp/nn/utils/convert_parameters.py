"""All parameters as one vector, and back."""

from __future__ import annotations

from typing import Any

from ...core.tensor import Tensor
from ...ops.shape.joining import cat


def parameters_to_vector(parameters: Any) -> Tensor:
    """The parameters, flattened and joined.

    Parameters
    ----------
    parameters : iterable of Tensors

    Returns
    -------
    Tensor
        With one dimension.

    See Also
    --------
    vector_to_parameters : The way back.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.parameters_to_vector(torch.nn.Linear(2, 3).parameters()).shape
    torch.Size([9])
    """
    return cat([p.view(-1) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Any) -> None:
    """Point the parameters at the parts of a vector.

    Parameters
    ----------
    vec : Tensor of one dimension
        Its memory is the parameters' from now on.
    parameters : iterable of Tensors

    Raises
    ------
    TypeError
        If ``vec`` is not a tensor.
    RuntimeError
        If it is too short.

    See Also
    --------
    parameters_to_vector : The way back.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.Linear(2, 1)
    >>> torch.nn.utils.vector_to_parameters(torch.tensor([1.0, 2.0, 3.0]), layer.parameters())
    >>> layer.weight.data, layer.bias.data
    (tensor([[1., 2.]]), tensor([3.]))
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected a Tensor, but got {type(vec).__name__}")
    start, parameters = 0, list(parameters)
    needed = sum(p._array.size for p in parameters)
    if needed > vec._array.size:
        raise RuntimeError(f"a vector of {vec._array.size} numbers is too short for parameters of {needed}")
    for p in parameters:
        size = p._array.size
        p._array = vec._array[start : start + size].reshape(p._array.shape)
        start += size
