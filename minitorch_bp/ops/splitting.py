"""Tensors cut into parts: as equal as possible, at given places, along the usual dimensions."""

from __future__ import annotations

import itertools
from typing import Any

from ..core import dtype as dtypes
from ..core.tensor import Tensor
from ._shapes import check_tensor, wrap_dim
from .joining import split


# ---------------------------------------------------------------------- cut
def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Cut into parts as equal as possible, or at given places.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor_split(torch.arange(5), 2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    check_tensor("tensor_split", input)
    if not input.ndim:
        raise RuntimeError("tensor_split: expected at least one dimension")
    dim = wrap_dim(dim, input.ndim, "tensor_split")
    n = input.shape[dim]
    if isinstance(indices_or_sections, Tensor):
        if indices_or_sections.dtype is not dtypes.int64 or indices_or_sections.ndim > 1:
            raise RuntimeError("tensor_split: indices must be a vector of type torch.int64")
        indices_or_sections = indices_or_sections.tolist()
    if isinstance(indices_or_sections, int):
        if indices_or_sections <= 0:
            raise RuntimeError(f"tensor_split: the number of parts must be positive, but is {indices_or_sections}")
        size, longer = divmod(n, indices_or_sections)
        ends = list(itertools.accumulate([size + (k < longer) for k in range(indices_or_sections)]))[:-1]
    else:
        ends = [int(k) for k in indices_or_sections]
    starts = [0, *(slice(k, None).indices(n)[0] for k in ends)]
    stops = [*(slice(None, k).indices(n)[1] for k in ends), n]
    return tuple(input.narrow(dim, min(a, n), max(b - a, 0)) for a, b in zip(starts, stops, strict=True))


def _cut(name: str, least: int, dim: Any, input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    check_tensor(name, input)
    if input.ndim < least:
        raise RuntimeError(f"{name}: expected at least {least} dimensions, but got shape {list(input.shape)}")
    dim = (0 if input.ndim == 1 else 1) if dim is None else dim
    if isinstance(indices_or_sections, int):
        if indices_or_sections == 0 or input.shape[dim] % indices_or_sections:
            raise RuntimeError(
                f"{name}: a dimension of size {input.shape[dim]} can't be cut into {indices_or_sections} equal parts"
            )
    elif not isinstance(indices_or_sections, (list, tuple)):
        raise TypeError(f"{name}(): expected an int or a sequence of ints, but got {type(indices_or_sections).__name__}")
    return tensor_split(input, indices_or_sections, dim)


def hsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Cut into equal parts, or at given places, side by side (a vector along its only dimension).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.hsplit(torch.arange(4), 2)
    (tensor([0, 1]), tensor([2, 3]))
    """
    return _cut("hsplit", 1, None, input, indices_or_sections)


def vsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Cut the rows of a matrix into parts.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.vsplit(torch.eye(2), 2)[0]
    tensor([[1., 0.]])
    """
    return _cut("vsplit", 2, 0, input, indices_or_sections)


def dsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Cut the third dimension into parts.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> len(torch.dsplit(torch.ones(1, 1, 4), 2))
    2
    """
    return _cut("dsplit", 3, 2, input, indices_or_sections)


def split_with_sizes(input: Tensor, split_sizes: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """:func:`split` into parts of given sizes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.split_with_sizes(torch.arange(3), [1, 2])
    (tensor([0]), tensor([1, 2]))
    """
    return split(input, list(split_sizes), dim)


def unsafe_split(tensor: Tensor, split_size: int, dim: int = 0) -> tuple[Tensor, ...]:
    """:func:`split`, the parts written to in place at the caller's risk (here as safe as that).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.unsafe_split(torch.arange(2), 1)
    (tensor([0]), tensor([1]))
    """
    return split(tensor, split_size, dim)


def unsafe_chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """:func:`chunk`; see :func:`unsafe_split`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.unsafe_chunk(torch.arange(2), 2)
    (tensor([0]), tensor([1]))
    """
    return input.chunk(chunks, dim)
