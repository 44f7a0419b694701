"""Tensors with chosen strides, and the methods that change a tensor's shape or strides in place."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.grad_mode import mode
from ...core.layout import channels_last, channels_last_3d, contiguous_format, is_in_format, preserve_format
from ...core.storage import byte_offset, is_dense, root, window
from ...core.view import bump_version, requires_grad
from .._base import Tensor, primitive, public, wrap
from .._shapes import as_shape, check_tensor, not_negative
from ..conversion import resize_, written_into
from ..creation import empty
from ..requires_grad import require_grad


@public(inplace="view")
def as_strided(input: Tensor, size: Any, stride: Any, storage_offset: Any = None) -> Tensor:
    """A view with given strides: element (i, j, ...) lies at ``offset + i s0 + j s1 + ...`` in memory.

    Parameters
    ----------
    input : Tensor
    size, stride : tuple of ints
        The strides in elements.
    storage_offset : int, optional
        Where the first element lies; that of ``input`` by default.

    Returns
    -------
    Tensor
        A view, in the same memory.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.as_strided(torch.arange(5), (2, 3), (2, 1))
    tensor([[0, 1, 2],
            [2, 3, 4]])
    """
    check_tensor("as_strided", input)
    size, stride = as_shape(size), as_shape(stride)
    if len(size) != len(stride):
        raise RuntimeError(f"as_strided: size {list(size)} and stride {list(stride)} must have one length")
    not_negative("as_strided", stride=stride)
    offset = input.storage_offset() if storage_offset is None else storage_offset
    not_negative("as_strided", storage_offset=offset)
    return _as_strided(input, size, stride, offset - input.storage_offset(), _geometry(input._array))


def _places(size: Any, stride: Any, offset: int) -> np.ndarray:
    places = np.full((1,) * len(size), offset)
    for k, (n, s) in enumerate(zip(size, stride, strict=True)):
        places = places + (np.arange(n) * s).reshape((-1,) + (1,) * (len(size) - 1 - k))
    return places.reshape(size)


@primitive(
    view=True,
    grad_name="AsStridedBackward0",
    input=lambda xp, grad, size, stride, offset, geometry: _strided_adjoint(xp, grad, geometry, _places(size, stride, offset)),
)
def _as_strided(input, size, stride, offset, geometry):
    last = offset + sum((n - 1) * s for n, s in zip(size, stride, strict=True)) if 0 not in size else offset
    base = root(input)
    if not is_dense(base):  # (an array of another program)
        base = input
    start = byte_offset(input, base) + offset * input.itemsize
    if start < 0 or (0 not in size and start + (last - offset + 1) * input.itemsize > base.nbytes):
        raise RuntimeError(f"as_strided: size {list(size)}, stride {list(stride)} and offset {offset} reach beyond the memory")
    out = window(base, input.dtype, size, stride, start)
    single = all(s or n <= 1 for s, n in zip(stride, size, strict=True))  # else several elements share one place
    if not single:
        out.flags.writeable = False
    return out


def _geometry(array: np.ndarray) -> Any:
    """Where elements lie, which the rule asks for; to keep the tensor itself would forbid to write to it."""
    return array.shape, tuple(s // array.itemsize for s in array.strides)


def _strided_adjoint(xp: Any, grad: Any, geometry: Any, asked: np.ndarray) -> Any:
    """Every gradient added where its element lies in memory; elements of the input that share a place share it."""
    shape, strides = geometry
    own = _places(shape, strides, 0)
    low = min(own.min(initial=0), asked.min(initial=0))
    length = max(own.max(initial=0), asked.max(initial=0)) - low + 1
    shares = (1 / np.bincount((own - low).reshape(-1), minlength=length).clip(1))[own - low]
    sums = xp._index(xp._index_add_zeros(grad, (length,), (asked - low,)), (own - low,))
    shares = shares.astype(xp.array_of(sums).real.dtype)
    return sums * xp.constant(shares)


@public()
def resize_as_(input: Tensor, the_template: Tensor, *, memory_format: Any = None) -> Tensor:
    """Resize a tensor in place to the shape of another.

    Parameters
    ----------
    input : Tensor
    the_template : Tensor
    memory_format : memory_format, optional
        The order in memory; with ``torch.preserve_format`` the template's.

    Returns
    -------
    Tensor
        The same object.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.resize_as_(torch.zeros(4), torch.ones(2, 2)).shape
    torch.Size([2, 2])
    """
    check_tensor("resize_as_", the_template, "the_template")
    form = memory_format
    if form is preserve_format:
        form = next((f for f in (channels_last, channels_last_3d) if is_in_format(the_template._array, f)), contiguous_format)
    return resize_(input, tuple(the_template.shape), memory_format=form)


@public("torch")
def empty_strided(
    size: Any, stride: Any, *, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    """An uninitialized tensor with given strides.

    Parameters
    ----------
    size, stride : tuple of ints
        The strides in elements.

    Returns
    -------
    Tensor
        Of shape ``size``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.empty_strided((2, 3), (1, 2)).stride()
    (1, 2)
    """
    size, stride = as_shape(size), as_shape(stride)
    if len(size) != len(stride):
        raise RuntimeError(f"empty_strided: size {list(size)} and stride {list(stride)} must have one length")
    not_negative("empty_strided", size=size, stride=stride)
    length = 1 + sum((n - 1) * s for n, s in zip(size, stride, strict=True)) if 0 not in size else 0
    t = empty(max(length, 1), dtype=dtype, device=device)
    t._array = window(t._array, t._array.dtype, size, stride, 0)
    require_grad(t, requires_grad)
    return t


@public("Tensor")
def new_empty_strided(
    self: Tensor, size: Any, stride: Any, dtype: Any = None, layout: Any = None, device: Any = None, pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """An uninitialized tensor with given strides and this tensor's dtype.

    Parameters
    ----------
    size, stride : tuple of ints
        The strides in elements.

    Returns
    -------
    Tensor
        Of shape ``size``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.ones(1).new_empty_strided((2, 3), (1, 2)).stride()
    (1, 2)
    """
    return empty_strided(size, stride, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)


@public("torch")
def empty_permuted(
    size: Any, physical_layout: Any, *, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    """An uninitialized tensor, dense in memory, with its dimensions in a given order there.

    Parameters
    ----------
    size : tuple of ints
    physical_layout : tuple of ints
        The dimensions from the outermost to the innermost in memory.

    Returns
    -------
    Tensor
        Of shape ``size``.

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


@public(node="AsStridedScatterBackward0(input, src)")
def as_strided_scatter(input: Tensor, src: Tensor, size: Any, stride: Any, storage_offset: Any = None) -> Tensor:
    """A copy in which the elements that :func:`as_strided` would show are replaced.

    Parameters
    ----------
    input : Tensor
    src : Tensor
        Of shape ``size``.
    size, stride : tuple of ints
        The strides in elements.
    storage_offset : int, optional
        Where the first element lies.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.as_strided_scatter(torch.zeros(4), torch.ones(2), (2,), (2,))
    tensor([1., 0., 1., 0.])
    """
    out = input.clone(contiguous=True)
    place = as_strided(out, size, stride, 0 if storage_offset is None else storage_offset)
    return written_into("as_strided_scatter", out, place, src)


@public("Tensor")
def set_(self: Tensor, source: Any = None, storage_offset: int = 0, size: Any = None, stride: Any = None) -> Tensor:
    """Let the tensor be a window on the memory of another tensor, or of a storage.

    Parameters
    ----------
    source : Tensor or storage, optional
        No memory, and shape (0,), if it is left out.
    storage_offset : int
        Where the first element lies.
    size, stride : tuple of ints, optional
        A storage is seen as a vector by default, another tensor as it is.

    Returns
    -------
    Tensor
        The same object.

    Raises
    ------
    RuntimeError
        If the types differ, or the tensor requires grad.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.empty(0).set_(torch.arange(4.0).storage(), 1, (2,), (2,))
    tensor([1., 3.])
    """
    from ..memory import TypedStorage, UntypedStorage

    if requires_grad(self) and self._fn is None and mode.grad:
        raise RuntimeError("set_: a leaf tensor that requires grad can't get other memory: use no_grad()")
    if source is None:
        self._array = np.empty(0, self._array.dtype)
        bump_version(self)
        return self
    if isinstance(source, Tensor):
        base = source
    elif isinstance(source, (TypedStorage, UntypedStorage)):
        kind = getattr(source, "dtype", self.dtype)
        base = wrap(source._elements if isinstance(source, TypedStorage) else source._bytes().view(self._array.dtype))
        if kind is not self.dtype:
            raise RuntimeError(f"set_: a tensor of type {self.dtype!r} can't see a storage of type {kind!r}")
    else:
        raise TypeError(f"set_(): expected a Tensor or a storage, but got {type(source).__name__}")
    if base.dtype is not self.dtype:
        raise RuntimeError(f"set_: a tensor of type {self.dtype!r} can't see memory of type {base.dtype!r}")
    if size is None and not (storage_offset and not isinstance(source, Tensor)):
        seen = base
    else:
        shape = as_shape(size) if size is not None else (base.numel() - storage_offset,)
        if stride is None:
            stride, step = [], 1
            for n in reversed(shape):
                stride.insert(0, step)
                step *= max(n, 1)
        seen = as_strided(base.detach(), shape, as_shape(stride), storage_offset)
    self._array = seen._array
    bump_version(self)  # its own count goes on: the two tensors share memory, but not a version
    return self
