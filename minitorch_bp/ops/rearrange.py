"""The same elements in another order or shape: flipped, rotated, tiled, joined as blocks, cut, put into diagonals and slices."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.device import Size
from ..core.primitive import primitive
from ..core.tensor import Tensor, wrap
from ._shapes import as_shape, check_tensor, takes_out, wrap_dim
from .creation import from_numpy, zeros
from .joining import cat, meshgrid, stack
from .shape import flip


# ---------------------------------------------------------------------- turned and flipped
def fliplr(input: Tensor) -> Tensor:
    """Columns in reverse order.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fliplr(torch.tensor([[1, 2]]))
    tensor([[2, 1]])
    """
    if input.ndim < 2:
        raise RuntimeError(f"fliplr: expected at least 2 dimensions, but got shape {list(input.shape)}")
    return flip(input, (1,))


def flipud(input: Tensor) -> Tensor:
    """Rows in reverse order.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.flipud(torch.tensor([1, 2]))
    tensor([2, 1])
    """
    if input.ndim < 1:
        raise RuntimeError("flipud: expected at least one dimension")
    return flip(input, (0,))


def rot90(input: Tensor, k: int = 1, dims: Any = (0, 1)) -> Tensor:
    """Turned by 90 degrees, k times, from the first of two dimensions towards the second.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.rot90(torch.tensor([[1, 2], [3, 4]]))
    tensor([[2, 4],
            [1, 3]])
    """
    if len(dims) != 2:
        raise RuntimeError(f"rot90: expected 2 dimensions, but got {len(dims)}")
    if input.ndim < 2:
        raise RuntimeError(f"rot90: expected at least 2 dimensions, but got shape {list(input.shape)}")
    a, b = (wrap_dim(d, input.ndim, "rot90") for d in dims)
    if a == b:
        raise RuntimeError(f"rot90: the dimensions must differ, but are {tuple(dims)}")
    k %= 4
    if k == 1:
        return flip(input, (b,)).transpose(a, b)
    if k == 3:
        return flip(input, (a,)).transpose(a, b)
    return flip(input, (a, b)) if k else input.clone()


# ---------------------------------------------------------------------- dimensions
def _each(function: Any, tensors: Any) -> Any:
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors
    found = tuple(function(t) for t in given)
    return found if len(tensors) > 1 or given is not tensors else found[0]


def atleast_1d(*tensors: Any) -> Any:
    """A 0-d tensor with one dimension, others as they are.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.atleast_1d(torch.tensor(1))
    tensor([1])
    """
    return _each(lambda t: t.reshape(1) if not t.ndim else t, tensors)


def atleast_2d(*tensors: Any) -> Any:
    """At least two dimensions, new ones in front.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.atleast_2d(torch.tensor([1, 2]))
    tensor([[1, 2]])
    """
    return _each(lambda t: t.reshape(1, 1) if not t.ndim else t.unsqueeze(0) if t.ndim == 1 else t, tensors)


def atleast_3d(*tensors: Any) -> Any:
    """At least three dimensions; the last is new for a matrix.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.atleast_3d(torch.tensor([1, 2])).shape
    torch.Size([1, 2, 1])
    """
    return _each(
        lambda t: atleast_2d(t).unsqueeze(-1) if t.ndim == 2 else atleast_2d(t).unsqueeze(-1) if t.ndim < 2 else t, tensors
    )


def broadcast_shapes(*shapes: Any) -> Any:
    """The shape that all broadcast to.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.broadcast_shapes((2, 1), (3,))
    torch.Size([2, 3])
    """
    try:
        return Size(np.broadcast_shapes(*((s,) if isinstance(s, int) else tuple(s) for s in shapes)))
    except ValueError as error:
        raise RuntimeError(f"broadcast_shapes: {error}") from None


def as_strided(input: Tensor, size: Any, stride: Any, storage_offset: Any = None) -> Tensor:
    """Any view of the tensor's memory: element (i, j, ...) lies at ``offset + i s0 + j s1 + ...``.

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
    if any(s < 0 for s in stride):
        raise RuntimeError(f"as_strided: strides can't be negative, but are {list(stride)}")
    offset = input.storage_offset() if storage_offset is None else storage_offset
    if offset < 0:
        raise RuntimeError(f"as_strided: the offset can't be negative, but is {offset}")
    return _as_strided(input, size, stride, offset - input.storage_offset())


def _places(size: Any, stride: Any, offset: int) -> np.ndarray:
    places = np.full((1,) * len(size), offset)
    for k, (n, s) in enumerate(zip(size, stride, strict=True)):
        places = places + (np.arange(n) * s).reshape((-1,) + (1,) * (len(size) - 1 - k))
    return places.reshape(size)


@primitive(
    view=True,
    method=False,
    grad_name="AsStridedBackward0",
    input=lambda xp, grad, input, size, stride, offset: _strided_adjoint(
        xp, grad, _geometry(xp.array_of(input)), _places(size, stride, offset)
    ),
)
def _as_strided(input, size, stride, offset):
    last = offset + sum((n - 1) * s for n, s in zip(size, stride, strict=True)) if 0 not in size else offset
    base = input if input.base is None or input.base.dtype != input.dtype else input.base
    start = (input.__array_interface__["data"][0] - base.__array_interface__["data"][0]) // input.itemsize
    if start + offset < 0 or (0 not in size and start + last >= base.size):
        raise RuntimeError(f"as_strided: size {list(size)}, stride {list(stride)} and offset {offset} reach beyond the memory")
    flat = np.lib.stride_tricks.as_strided(base, (base.size,), (base.itemsize,), writeable=base.flags.writeable)
    single = all(s or n <= 1 for s, n in zip(stride, size, strict=True))  # else several elements share one place
    steps = tuple(s * base.itemsize for s in stride)
    return np.lib.stride_tricks.as_strided(flat[start + offset :], size, steps, writeable=single and flat.flags.writeable)


def _geometry(array: np.ndarray) -> Any:
    return array.shape, tuple(s // array.itemsize for s in array.strides)


def _strided_adjoint(xp: Any, grad: Any, geometry: Any, asked: np.ndarray) -> Any:
    """Every gradient added where its element lies in memory; elements of the input that share a place share it."""
    shape, strides = geometry
    own = _places(shape, strides, 0)
    low = min(own.min(initial=0), asked.min(initial=0))
    length = max(own.max(initial=0), asked.max(initial=0)) - low + 1
    shares = (1 / np.bincount((own - low).reshape(-1), minlength=length).clip(1))[own - low]
    found = xp._index(xp._index_add_zeros(grad, (length,), (asked - low,)), (own - low,))
    shares = shares.astype(xp.array_of(found).real.dtype)
    return found * xp.constant(shares)


# ---------------------------------------------------------------------- joined
@takes_out
def column_stack(tensors: Any) -> Tensor:
    """Side by side, vectors as columns.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.column_stack([torch.tensor([1, 2]), torch.tensor([3, 4])])
    tensor([[1, 3],
            [2, 4]])
    """
    if not len(tensors):
        raise RuntimeError("column_stack: no tensors to join")
    return cat([t.reshape(-1, 1) if t.ndim <= 1 else t for t in tensors], 1)


@takes_out
def dstack(tensors: Any) -> Tensor:
    """Joined along the third dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.dstack([torch.tensor([1]), torch.tensor([2])])
    tensor([[[1, 2]]])
    """
    if not len(tensors):
        raise RuntimeError("dstack: no tensors to join")
    return cat([atleast_3d(t) for t in tensors], 2)


def block_diag(*tensors: Tensor) -> Tensor:
    """Matrices along a diagonal, zeros elsewhere.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.block_diag(torch.tensor([[1]]), torch.tensor([[2, 3]]))
    tensor([[1, 0, 0],
            [0, 2, 3]])
    """
    if any(t.ndim > 2 for t in tensors):
        raise RuntimeError("block_diag: tensors must have at most 2 dimensions")
    blocks = [atleast_2d(t) for t in tensors]
    wanted = dtypes.result_dtype([b._array for b in blocks]) if blocks else dtypes.get_default_dtype()
    width, done, rows = sum(b.shape[1] for b in blocks), 0, []
    for b in blocks:
        left, right = zeros(b.shape[0], done, dtype=wanted), zeros(b.shape[0], width - done - b.shape[1], dtype=wanted)
        rows.append(cat([left, b.to(wanted), right], 1))
        done += b.shape[1]
    return cat(rows, 0) if rows else zeros(1, 0)


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All combinations of one element of each vector, as rows.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cartesian_prod(torch.tensor([1, 2]), torch.tensor([3]))
    tensor([[1, 3],
            [2, 3]])
    """
    if len(tensors) == 1:
        return tensors[0]
    return stack([g.flatten() for g in meshgrid(*tensors, indexing="ij")], 1)


def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All choices of r elements of a vector, as rows.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.combinations(torch.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    if input.ndim != 1:
        raise RuntimeError(f"combinations: expected a vector, but got shape {list(input.shape)}")
    if r < 0:
        raise RuntimeError(f"combinations: r must not be negative, but is {r}")
    if not r:
        return input.new_empty(0)
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = np.array(list(choose(range(input.shape[0]), r)), np.int64).reshape(-1, r)
    return input[from_numpy(rows)]


# ---------------------------------------------------------------------- indices
def _triangle(function: Any, row: int, col: int, offset: int, dtype: Any) -> Tensor:
    if row < 0 or col < 0:
        raise RuntimeError(f"a matrix can't have {row} rows and {col} columns")
    kind = dtypes.int64 if dtype is None else dtype
    return wrap(np.stack(function(row, offset, col)).astype(kind.numpy))


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None, layout: Any = None) -> Tensor:
    """The places of a matrix's lower triangle, as rows and columns.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    return _triangle(np.tril_indices, row, col, offset, dtype)


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None, layout: Any = None) -> Tensor:
    """The places of a matrix's upper triangle, as rows and columns.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.triu_indices(2, 2)
    tensor([[0, 0, 1],
            [0, 1, 1]])
    """
    return _triangle(np.triu_indices, row, col, offset, dtype)


def unravel_index(indices: Tensor, shape: Any) -> tuple[Tensor, ...]:
    """The coordinates of elements that are counted in a flattened tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.unravel_index(torch.tensor([3]), (2, 2))
    (tensor([1]), tensor([1]))
    """
    if not isinstance(indices, Tensor) or indices.dtype.category >= dtypes.FLOATING or indices.dtype is dtypes.bool:
        raise ValueError("unravel_index: indices must be a tensor of integers")
    shape = as_shape(shape)
    if any(n < 0 for n in shape):
        raise ValueError(f"unravel_index: sizes can't be negative, but are {list(shape)}")
    rest = indices._array
    found = []
    for n in reversed(shape):
        found.append(wrap(np.asarray(rest % n).astype(rest.dtype)))
        rest = rest // n
    return tuple(reversed(found))


def argwhere(input: Tensor) -> Tensor:
    """The coordinates of the elements that are not zero, one row each.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.argwhere(torch.tensor([0, 2]))
    tensor([[1]])
    """
    from .indexing import nonzero

    found: Tensor = nonzero(input)
    return found
