"""Questions about tensors whose answer is a Python value."""

from __future__ import annotations

from typing import Any

from ..core import dtype as dtypes
from ..core.tensor import Tensor
from ._shapes import check_tensor


def is_tensor(obj: Any) -> bool:
    """Whether an object is a Tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.is_tensor(torch.zeros(1))
    True
    """
    return isinstance(obj, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Whether the dtype is a floating-point type."""
    check_tensor("is_floating_point", input)
    return input.dtype.is_floating_point


def is_complex(input: Tensor) -> bool:
    """Whether the dtype is a complex type."""
    check_tensor("is_complex", input)
    return input.dtype.is_complex


def numel(input: Tensor) -> int:
    """The number of elements."""
    check_tensor("numel", input)
    return input._array.size


def result_type(tensor1: Any, tensor2: Any) -> dtypes.dtype:
    """The dtype of an arithmetic result of two tensors or numbers.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.result_type(torch.tensor([1, 2], dtype=torch.int32), 1.0)
    torch.float32
    """
    return dtypes.result_dtype([x._array if isinstance(x, Tensor) else x for x in (tensor1, tensor2)])
