"""Shapes: views that share memory, and their copying relatives.

A view primitive's kernel returns a NumPy view; ``view=True`` makes the tensor a view too (see ``core.view``). The rule of
a reshaping is the opposite reshaping.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._base import Tensor, attach, primitive, public
from .._shapes import as_shape, check_tensor, wrap_dim, wrap_dims


def _resolve(shape: Any, size: int) -> tuple[int, ...]:
    """Fill in a -1."""
    shape = as_shape(shape)
    if -1 in shape:
        known = -math.prod(shape)
        if shape.count(-1) > 1 or known < 0 or any(n < -1 for n in shape):
            raise RuntimeError(f"only one dimension of shape {list(shape)} can be inferred: at most one -1 may be given")
        if known == 0 and size == 0:
            raise RuntimeError(f"shape {list(shape)} is ambiguous for a tensor of 0 elements: the -1 could be anything")
        shape = tuple(size // max(known, 1) if n == -1 else n for n in shape)
    if math.prod(shape) != size or any(n < 0 for n in shape):
        raise RuntimeError(f"shape {list(shape)} is invalid for a tensor of {size} elements: the sizes must multiply to {size}")
    return shape


def _view_or_none(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray | None:
    """Reshape without copying, or None where the strides do not allow it."""
    out = x.reshape(shape)
    if x.flags.c_contiguous or out.base is x or (out.base is not None and out.base is x.base) or not x.size:
        return out
    return None


@primitive(view=True, grad_name="ViewBackward0", input=lambda xp, grad, input_shape: xp._unsafe_view(grad, input_shape))
def _view(input, shape):
    out = _view_or_none(input, _resolve(shape, input.size))
    if out is None:
        raise RuntimeError(
            f"view: a tensor of shape {list(input.shape)} with this memory layout cannot be seen as {list(shape)} without "
            "copying. Use reshape(), which copies if it must"
        )
    return out


@primitive(grad_name="UnsafeViewBackward0", input=lambda xp, grad, input_shape: xp._unsafe_view(grad, input_shape))
def _unsafe_view(input, shape):
    return input.reshape(shape)


@public("Tensor")
def view(input: Tensor, *shape: Any, dtype: Any = None) -> Tensor:
    """The same memory seen as another shape (one size may be -1), or with another dtype of the same size.

    Raises
    ------
    RuntimeError
        If the sizes do not multiply to the number of elements, or the layout would need a copy.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.arange(6).view(2, -1)
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    if not shape or (len(shape) == 1 and not isinstance(shape[0], (int, np.integer, tuple, list))):
        return _view_as_dtype(input, shape[0] if shape else dtype)
    return _view(input, as_shape(shape))


def _view_as_dtype(input: Tensor, dtype: Any) -> Tensor:
    from ...core.dtype import dtype as dtype_class
    from ...core.tensor import version_cell, wrap

    if not isinstance(dtype, dtype_class):
        raise TypeError(f"view() takes a shape or a dtype, but got {dtype!r}")
    if dtype.itemsize != input.dtype.itemsize:
        raise RuntimeError(f"view: elements of {input.dtype!r} and {dtype!r} differ in size")
    out = wrap(input._array.view(dtype.numpy))
    out._cell = version_cell(input)
    return out


@public("Tensor")
def view_as(input: Tensor, other: Tensor) -> Tensor:
    """``input.view(other.shape)``."""
    return _view(input, tuple(other._array.shape))


@public()
def reshape(input: Tensor, *shape: Any) -> Tensor:
    """The same elements in another shape: a view where possible, a copy where not.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.reshape(torch.arange(4), (2, 2))
    tensor([[0, 1],
            [2, 3]])
    """
    check_tensor("reshape", input)
    wanted = _resolve(as_shape(shape), input._array.size)
    if _view_or_none(input._array, wanted) is not None:
        return _view(input, wanted)
    return _unsafe_view(clone(input, contiguous=True), wanted)


@public("Tensor")
def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """``input.reshape(other.shape)``."""
    return reshape(input, other.shape)


@public()
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Merge the dimensions from ``start_dim`` to ``end_dim`` into one.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.flatten(torch.zeros(2, 3, 4), 1).shape
    torch.Size([2, 12])
    """
    check_tensor("flatten", input)
    shape = input._array.shape
    start, end = wrap_dim(start_dim, len(shape), "flatten"), wrap_dim(end_dim, len(shape), "flatten")
    if start > end:
        raise RuntimeError(f"flatten: start_dim {start_dim} comes after end_dim {end_dim}")
    if start == end and shape:
        return input
    return reshape(input, (*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))


@public()
def ravel(input: Tensor) -> Tensor:
    """All elements in one dimension: a view of a contiguous tensor, else a copy."""
    return reshape(contiguous(input), -1)


@public()
def unflatten(input: Tensor, dim: int, sizes: Any) -> Tensor:
    """Split one dimension into several.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.unflatten(torch.zeros(2, 12), 1, (3, -1)).shape
    torch.Size([2, 3, 4])
    """
    shape = input._array.shape
    dim = wrap_dim(dim, len(shape), "unflatten")
    if not shape:
        raise RuntimeError("unflatten: a tensor of 0 dimensions has none to split")
    return reshape(input, (*shape[:dim], *_resolve(sizes, shape[dim]), *shape[dim + 1 :]))


# ---------------------------------------------------------------------- order of dimensions
@public()
@primitive(view=True, varargs="dims", input=lambda xp, grad, dims: xp.permute(grad, _inverse(dims)))
def permute(input, dims):
    """The dimensions in another order, as a view.

    Raises
    ------
    RuntimeError
        Unless ``dims`` names each dimension once.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.permute(torch.zeros(2, 3, 4), (2, 0, 1)).shape
    torch.Size([4, 2, 3])
    """
    if len(dims) != input.ndim:
        raise RuntimeError(f"permute: {len(dims)} dimensions were given for a tensor of {input.ndim}")
    return input.transpose(wrap_dims(dims, input.ndim, "permute"))


def _inverse(dims: Any) -> tuple[int, ...]:
    dims = [d % len(dims) for d in dims]
    return tuple(dims.index(k) for k in range(len(dims)))


@public(inplace="view", names=["swapaxes", "swapdims"])
@primitive(view=True, input=lambda xp, grad, dim0, dim1: xp.transpose(grad, dim0, dim1))
def transpose(input, dim0, dim1):
    """Two dimensions exchanged, as a view.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.transpose(torch.zeros(2, 3), 0, 1).shape
    torch.Size([3, 2])
    """
    dim0, dim1 = wrap_dim(dim0, input.ndim, "transpose"), wrap_dim(dim1, input.ndim, "transpose")
    return input.swapaxes(dim0, dim1) if input.ndim else input.view()


@public(inplace="view")
@primitive(view=True, grad_name="TBackward0", input=lambda xp, grad: xp.t(grad))
def t(input):
    """The transpose of a matrix, as a view; a vector stays as it is.

    Raises
    ------
    RuntimeError
        For a tensor of more than two dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.t(torch.tensor([[1, 2], [3, 4]]))
    tensor([[1, 3],
            [2, 4]])
    """
    if input.ndim > 2:
        raise RuntimeError(f"t() expects at most 2 dimensions, but got {input.ndim}: use transpose or mT")
    return input.T


@public(names=["moveaxis"])
def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """Dimensions moved to other places, the rest in order, as a view.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.movedim(torch.zeros(2, 3, 4), 0, 2).shape
    torch.Size([3, 4, 2])
    """
    ndim = input._array.ndim
    src, dst = wrap_dims(source, ndim, "movedim"), wrap_dims(destination, ndim, "movedim")
    if len(src) != len(dst):
        raise RuntimeError(f"movedim: {len(src)} source but {len(dst)} destination dimensions were given")
    order = [d for d in range(ndim) if d not in src]
    if not ndim:
        return input.view(())
    for d, s in sorted(zip(dst, src, strict=True)):
        order.insert(d, s)
    return permute(input, tuple(order))


def reversed_dims(input: Tensor) -> Tensor:
    """All dimensions in reverse order (``x.T``)."""
    return permute(input, tuple(range(input._array.ndim))[::-1])


def matrix_transpose(input: Tensor) -> Tensor:
    """The last two dimensions exchanged (``x.mT``); RuntimeError for a vector."""
    if input._array.ndim == 0:
        return input.view(())
    if input._array.ndim < 2:
        raise RuntimeError(f"mT needs at least 2 dimensions, but the tensor has {input._array.ndim}")
    return transpose(input, -2, -1)


# ---------------------------------------------------------------------- dimensions of size 1
@public(inplace="view")
@primitive(
    view=True,
    grad_name=lambda node: "SqueezeBackward0" if node.reads("dim") is None else "SqueezeBackward1",
    input=lambda xp, grad, input_shape, dim: xp._unsafe_view(grad, input_shape),
)
def squeeze(input, dim=None):
    """Without the dimensions of size 1 (or only ``dim``, if its size is 1), as a view.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.squeeze(torch.zeros(1, 3, 1)).shape
    torch.Size([3])
    """
    if dim is None:
        return input.squeeze()
    dims = wrap_dims(dim, input.ndim, "squeeze")
    return input.squeeze(tuple(d for d in dims if input.ndim and input.shape[d] == 1))


@public(inplace="view")
@primitive(view=True, input=lambda xp, grad, input_shape: xp._unsafe_view(grad, input_shape))
def unsqueeze(input, dim):
    """With a new dimension of size 1 at ``dim``, as a view.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.unsqueeze(torch.zeros(3), 0).shape
    torch.Size([1, 3])
    """
    return np.expand_dims(input, wrap_dim(dim, input.ndim + 1, "unsqueeze"))


# ---------------------------------------------------------------------- repetition
@public("Tensor")
@primitive(view=True, varargs="shape", input=lambda xp, grad: grad)
def expand(input, shape):
    """Dimensions of size 1 stretched to ``shape`` without copying (-1 keeps a size): a read-only view.

    Raises
    ------
    RuntimeError
        If a size that is not 1 would have to change.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([[1], [2]]).expand(2, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    shape = as_shape(shape)
    old = input.shape
    lead = len(shape) - len(old)
    if lead < 0:
        raise RuntimeError(f"expand: {len(shape)} sizes are fewer than the {len(old)} dimensions of the tensor")
    sizes, strides = [], []
    for k, n in enumerate(shape):
        m = old[k - lead] if k >= lead else 1
        if n == -1 and k < lead:
            raise RuntimeError(f"expand: -1 keeps a size, but dimension {k} of {list(shape)} is new")
        n = m if n == -1 else n
        if m not in (n, 1) or n < 0:
            raise RuntimeError(
                f"expand: shape {list(old)} cannot be expanded to {list(shape)}: dimension {k} has size {m}, not 1 or {n}"
            )
        sizes.append(n)
        strides.append(input.strides[k - lead] if k >= lead and m == n else 0)
    # np.broadcast_to costs 5 us, this 1 us.
    if input.flags.c_contiguous and input.size:
        out = np.ndarray(tuple(sizes), input.dtype, np.asarray(input), 0, tuple(strides))
    else:
        out = np.lib.stride_tricks.as_strided(input, tuple(sizes), tuple(strides))
    if tuple(sizes) != old:
        out.flags.writeable = False
    return out


@public("Tensor")
def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """``input.expand(other.shape)``."""
    return expand(input, tuple(other._array.shape))


@public()
def broadcast_to(input: Tensor, size: Any) -> Tensor:
    """The same as :func:`expand`."""
    return expand(input, as_shape(size))


@public("torch")
def broadcast_tensors(*tensors: Any) -> tuple[Tensor, ...]:
    """All tensors expanded to their common shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> [t.shape for t in torch.broadcast_tensors(torch.zeros(2, 1), torch.zeros(3))]
    [torch.Size([2, 3]), torch.Size([2, 3])]
    """
    try:
        shape = np.broadcast_shapes(*(t._array.shape for t in tensors))
    except ValueError:
        raise RuntimeError(f"broadcast_tensors: shapes {[list(t._array.shape) for t in tensors]} do not broadcast") from None
    return tuple(t if t._array.shape == shape else expand(t, shape) for t in tensors)


def _repeat_rule(xp: Any, grad: Any, input_shape: Any, repeats: Any) -> Any:
    lead = len(repeats) - len(input_shape)
    sizes = (1,) * lead + tuple(input_shape)
    split = [n for pair in zip(repeats, sizes, strict=True) for n in pair]
    total = xp._sum_over(xp._unsafe_view(grad, tuple(split)), tuple(range(0, len(split), 2)), False) if split else grad
    return xp._unsafe_view(total, tuple(input_shape))


@public("Tensor")
@primitive(varargs="repeats", input=_repeat_rule)
def repeat(input, repeats):
    """Copies laid side by side, so many along each dimension (NumPy's ``tile``).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    repeats = as_shape(repeats)
    if len(repeats) < input.ndim:
        raise RuntimeError(f"repeat: {len(repeats)} counts were given for a tensor of {input.ndim} dimensions")
    return np.tile(input, repeats)


@public()
def tile(input: Tensor, *dims: Any) -> Tensor:
    """Like :meth:`Tensor.repeat`, with missing counts taken as 1."""
    counts = as_shape(dims)
    return repeat(input, (1,) * (input._array.ndim - len(counts)) + counts)


# ---------------------------------------------------------------------- copies
@primitive(elementwise=True, grad_name="CloneBackward0", input=lambda xp, grad: grad)
def _clone(input, contiguous=False):
    return input.copy("C" if contiguous or 0 in input.strides else "K")


@public()
def clone(input: Tensor, *, contiguous: bool = False, memory_format: Any = None) -> Tensor:
    """A copy; gradients flow back to the original.

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
    """The tensor itself if its elements lie in order in memory, else a copy in which they do."""
    return input if input._array.flags.c_contiguous else _clone(input, True)


# ---------------------------------------------------------------------- flips
@public()
@primitive(elementwise=True, varargs="dims", input=lambda xp, grad, dims: xp.flip(grad, dims))
def flip(input, dims):
    """The order of elements reversed along ``dims`` (a copy).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.flip(torch.tensor([1, 2, 3]), (0,))
    tensor([3, 2, 1])
    """
    axes = wrap_dims(dims, input.ndim, "flip")
    return np.flip(input, axes).copy("C" if 0 in input.strides else "K") if input.ndim else input.copy()


@primitive(grad_name="RollBackward0", input=lambda xp, grad, shifts, dims: xp._roll(grad, tuple(-s for s in shifts), dims))
def _roll(input, shifts, dims):
    return np.roll(input, shifts[0] if dims is None else shifts, dims)


@public()
def roll(input: Tensor, shifts: Any, dims: Any = None) -> Tensor:
    """Elements shifted along ``dims``, those pushed out coming in at the other end.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.roll(torch.tensor([1, 2, 3]), 1)
    tensor([3, 1, 2])
    """
    shifts = tuple(shifts) if isinstance(shifts, (tuple, list)) else (shifts,)
    given = () if dims is None else tuple(dims) if isinstance(dims, (tuple, list)) else (dims,)
    if not shifts or (len(given) or 1) != len(shifts):
        raise RuntimeError(f"roll: {len(shifts)} shifts do not fit the dimensions {dims}")
    if not input._array.size:
        return input.clone()
    if dims is not None and not input._array.ndim:
        raise IndexError("roll: a tensor of 0 dimensions has no dimension to shift along")
    return _roll(input, shifts, None if dims is None else wrap_dims(dims, input._array.ndim, "roll"))


@public("Tensor")
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


attach("T", property(reversed_dims))
attach("mT", property(matrix_transpose))
attach("__reversed__", lambda self: flip(self, tuple(range(self._array.ndim))))
