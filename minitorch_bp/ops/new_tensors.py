"""Creation operations that take their dtype from a tensor: the methods ``new_zeros``, ``new_tensor`` and the like."""

from __future__ import annotations

from typing import Any

from ._base import Tensor, public
from .creation import empty, full, ones, tensor, zeros


@public("Tensor")
def new_tensor(self: Tensor, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A new tensor of the data, with this tensor's dtype unless another is given.

    Parameters
    ----------
    data : number, nested lists, array or Tensor
        Copied.

    Returns
    -------
    Tensor
        Of the data's shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.zeros(1).new_tensor([1, 2])
    tensor([1., 2.])
    """
    return tensor(data, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)


@public("Tensor")
def new_zeros(
    self: Tensor, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any
) -> Tensor:
    """Zeros with this tensor's dtype.

    Parameters
    ----------
    *size : ints

    Returns
    -------
    Tensor
        Of shape ``size``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([1]).new_zeros(2)
    tensor([0, 0])
    """
    return zeros(*size, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad, **options)


@public("Tensor")
def new_ones(
    self: Tensor, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any
) -> Tensor:
    """Ones with this tensor's dtype.

    Parameters
    ----------
    *size : ints

    Returns
    -------
    Tensor
        Of shape ``size``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([1]).new_ones(2)
    tensor([1, 1])
    """
    return ones(*size, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad, **options)


@public("Tensor")
def new_empty(
    self: Tensor, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any
) -> Tensor:
    """An uninitialized tensor with this tensor's dtype.

    Parameters
    ----------
    *size : ints

    Returns
    -------
    Tensor
        Of shape ``size``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([1]).new_empty(2).dtype
    torch.int64
    """
    return empty(*size, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad, **options)


@public("Tensor")
def new_full(
    self: Tensor, size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any
) -> Tensor:
    """A tensor filled with one value, with this tensor's dtype.

    Parameters
    ----------
    size : tuple of ints
    fill_value : number

    Returns
    -------
    Tensor
        Of shape ``size``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([1]).new_full((2,), 7)
    tensor([7, 7])
    """
    return full(size, fill_value, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad, **options)
