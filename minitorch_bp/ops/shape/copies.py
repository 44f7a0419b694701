"""Copies: clone and contiguous."""

from __future__ import annotations

from typing import Any

from ...core.layout import check_format, in_format, in_memory_order, is_in_format, memory_format
from .._base import Tensor, primitive, public


@primitive(elementwise=True, grad_name="CloneBackward0", input=lambda xp, grad: grad)
def _clone(input, contiguous=False):
    """``contiguous`` is a memory format, True for the usual one, False for the input's own order."""
    if isinstance(contiguous, memory_format):
        return in_format(input, contiguous)
    return input.copy("C") if contiguous else in_memory_order(input.copy("K"), input)


@public()
def clone(input: Tensor, *, contiguous: bool = False, memory_format: Any = None) -> Tensor:
    """A copy; gradients flow back to the original.

    Parameters
    ----------
    input : Tensor
    contiguous : bool
        Lay the copy out in order in memory; else it keeps the layout.
    memory_format : memory_format, optional
        The order of the copy in memory; the input's by default.

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
    form = check_format("clone", memory_format, input.ndim)
    return _clone(input, contiguous if form is None else form)


@public("Tensor")
def contiguous(input: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor itself if its elements lie in order in memory, else a copy in which they do.

    Parameters
    ----------
    input : Tensor
    memory_format : memory_format, optional
        Another order: ``torch.channels_last``.

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
    if memory_format is not None:
        form = check_format("contiguous", memory_format, input.ndim, preserve=input._array.flags.c_contiguous)
        if form is not None and form.order:
            return input if is_in_format(input._array, form) else _clone(input, form)
    return input if input._array.flags.c_contiguous else _clone(input, True)
