"""Methods that change a tensor's shape or strides in place: ``x.squeeze_()`` and its kin.

The tensor becomes the view that the function of the same name would return: same memory, same history, new geometry.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.tensor import Tensor
from ..core.view import check_writable, requires_grad
from . import rearrange, shape
from ._shapes import as_shape, check_tensor
from .conversion import resize_
from .creation import empty


def _becomes(self: Tensor, view: Tensor) -> Tensor:
    tracked = requires_grad(self)
    check_writable(self, recorded=tracked)
    self._array = view._array
    if tracked:
        self._fn = view._fn
    if self._view is not None:
        self._view = view._view
    return self


def _method(function: Any) -> Any:
    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        check_writable(self, recorded=requires_grad(self))
        return _becomes(self, function(self, *args, **kwargs))

    method.__name__ = method.__qualname__ = function.__name__ + "_"
    method.__doc__ = f"In-place version of :func:`minitorch_bp.{function.__name__}`: the tensor itself gets the new shape."
    return method


squeeze_, unsqueeze_, transpose_, t_ = (_method(f) for f in (shape.squeeze, shape.unsqueeze, shape.transpose, shape.t))
as_strided_ = _method(rearrange.as_strided)


def sum_to_size(input: Tensor, *size: Any) -> Tensor:
    """Summed over what was broadcast, so that it has the given shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(2, 3).sum_to_size(1, 3)
    tensor([[2., 2., 2.]])
    """
    wanted = as_shape(size)
    lead = input.ndim - len(wanted)
    if lead < 0 or any(a not in (1, b) for a, b in zip(wanted, input.shape[lead:], strict=True)):
        raise RuntimeError(f"sum_to_size: a tensor of shape {list(input.shape)} can't be summed to {list(wanted)}")
    dims = tuple(range(lead)) + tuple(k + lead for k, n in enumerate(wanted) if n == 1 and input.shape[k + lead] != 1)
    return input.sum(dims, keepdim=True).reshape(wanted) if dims else input


def resize_as_(input: Tensor, the_template: Tensor, *, memory_format: Any = None) -> Tensor:
    """Resized to the shape of another tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.resize_as_(torch.zeros(4), torch.ones(2, 2)).shape
    torch.Size([2, 2])
    """
    check_tensor("resize_as_", the_template, "the_template")
    return resize_(input, tuple(the_template.shape))


def empty_strided(
    size: Any, stride: Any, *, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    """Uninitialized, with given strides.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.empty_strided((2, 3), (1, 2)).stride()
    (1, 2)
    """
    size, stride = as_shape(size), as_shape(stride)
    if len(size) != len(stride):
        raise RuntimeError(f"empty_strided: size {list(size)} and stride {list(stride)} must have one length")
    if any(n < 0 for n in size) or any(s < 0 for s in stride):
        raise RuntimeError(f"empty_strided: sizes and strides can't be negative, but are {list(size)} and {list(stride)}")
    length = 1 + sum((n - 1) * s for n, s in zip(size, stride, strict=True)) if 0 not in size else 0
    t = empty(max(length, 1), dtype=dtype, device=device)
    t._array = np.lib.stride_tricks.as_strided(t._array, size, tuple(s * t._array.itemsize for s in stride))
    return t.requires_grad_() if requires_grad else t


def new_empty_strided(
    self: Tensor, size: Any, stride: Any, dtype: Any = None, layout: Any = None, device: Any = None, pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """:func:`empty_strided` of this tensor's type."""
    return empty_strided(size, stride, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)


def empty_permuted(
    size: Any, physical_layout: Any, *, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    """Uninitialized, dense in memory with the dimensions in a given order.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.empty_permuted((2, 3), (1, 0)).stride()
    (1, 2)
    """
    size, order = as_shape(size), tuple(physical_layout)
    if sorted(order) != list(range(len(size))):
        raise RuntimeError(f"empty_permuted: {order} is not an order of {len(size)} dimensions")
    stride, step = [0] * len(size), 1
    for d in reversed(order):
        stride[d] = step
        step *= max(size[d], 1)
    return empty_strided(size, stride, dtype=dtype, device=device, requires_grad=requires_grad)


def as_strided_scatter(input: Tensor, src: Tensor, size: Any, stride: Any, storage_offset: Any = None) -> Tensor:
    """A copy with what :func:`as_strided` shows of it replaced.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.as_strided_scatter(torch.zeros(4), torch.ones(2), (2,), (2,))
    tensor([1., 0., 1., 0.])
    """
    from .conversion import copy_

    out = input.clone(contiguous=True)
    place = rearrange.as_strided(out, size, stride, 0 if storage_offset is None else storage_offset)
    if tuple(place.shape) != tuple(src.shape):
        raise RuntimeError(f"as_strided_scatter: a src of shape {list(src.shape)} does not fit {list(place.shape)}")
    copy_(place, src)
    return out


def fill(input: Tensor, value: Any) -> Tensor:
    """A tensor like the input, every element one value.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fill(torch.zeros(2), 3)
    tensor([3., 3.])
    """
    from .conversion import fill_

    if isinstance(value, Tensor) and value.ndim:
        raise RuntimeError(f"fill: the value must be a number or a 0-d tensor, but has shape {list(value.shape)}")
    return fill_(input.clone(), value)
