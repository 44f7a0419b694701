"""Copies: clone and contiguous."""

from __future__ import annotations

from typing import Any

from ...core.layout import in_memory_order
from .._base import Tensor, primitive, public


@primitive(elementwise=True, grad_name="CloneBackward0", input=lambda xp, grad: grad)
def _clone(input, contiguous=False):
    return input.copy("C") if contiguous else in_memory_order(input.copy("K"), input)


@public()
def clone(input: Tensor, *, contiguous: bool = False, memory_format: Any = None) -> Tensor:
    """A copy; gradients flow back to the original.

    Parameters
    ----------
    input : Tensor
    contiguous : bool
        Lay the copy out in order in memory; else it keeps the layout.
    memory_format : optional
        Taken as in torch, and without effect.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.ones(2)
    >>> y = torch.clone(x)
    >>> y[0] = 5.0
    >>> x
    tensor([1., 1.])
    """
    return _clone(input, contiguous)


@public("Tensor")
def contiguous(input: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor itself if its elements lie in order in memory, else a copy in which they do.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.zeros(2, 3).t()
    >>> x.is_contiguous(), x.contiguous().is_contiguous()
    (False, True)
    """
    return input if input._array.flags.c_contiguous else _clone(input, True)
