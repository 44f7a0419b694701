"""Selecting and replacing elements: take, put, index_fill, index_copy, masked_scatter, repeat_interleave."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, by_second, dtypes, one_node, primitive, public, shown_as, wrap
from .._shapes import check_tensor, same_type, wrap_dim
from ..creation import from_numpy
from ..shape.expand import broadcast_tensors
from .gather import gather, index_select
from .indexing import _index_put
from .masks import _check_mask


def _flat_index(name: str, input: Tensor, index: Tensor) -> np.ndarray:
    check_tensor(name, index, "index")
    if index.dtype is not dtypes.int64:
        raise RuntimeError(f"{name}: the index must be of type torch.int64, but is of type {index.dtype!r}")
    n = input.numel()
    places = index._array
    if places.size and (places.min() < -n or places.max() >= n):
        raise IndexError(f"{name}: an index is out of range for a tensor of {n} elements")
    return places % n if n else places


@public(apart=True, exact=True, node="TakeBackward0(input)")
def take(input: Tensor, index: Tensor, *, out: Any = None) -> Tensor:
    """Elements of the flattened tensor at given indices.

    Parameters
    ----------
    input : Tensor
    index : LongTensor
        Negative indices count from the end.

    Returns
    -------
    Tensor
        Of the shape of ``index`` and ``input``'s dtype.

    See Also
    --------
    minitorch_bp.gather : By indices along a dimension.
    minitorch_bp.put : Writes to such places.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.take(torch.tensor([[4, 3], [2, 1]]), torch.tensor([0, 3]))
    tensor([4, 1])
    """
    check_tensor("take", input)
    if not input.numel() and index.numel():
        raise IndexError("take: the tensor is empty")
    places = from_numpy(np.array(_flat_index("take", input, index)))
    return gather(input.flatten(), 0, places.flatten()).reshape(index.shape)


@public(inplace=True, node="PutBackward0(input, source)")
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """A copy with elements of the flattened tensor replaced (or added to).

    Parameters
    ----------
    input : Tensor
    index : LongTensor
        Indices into the flattened tensor.
    source : Tensor
        As many elements as ``index`` has.
    accumulate : bool
        Add instead of overwriting.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    See Also
    --------
    minitorch_bp.take : Reads from such places.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.put(torch.zeros(3), torch.tensor([1]), torch.tensor([5.0]))
    tensor([0., 5., 0.])
    """
    if index.numel() != source.numel():
        raise RuntimeError(f"put: {index.numel()} places do not fit {source.numel()} elements")
    same_type("put", input, source)
    places = _flat_index("put", input, index).reshape(-1)
    flat = _index_put(input.flatten(), (places,), source.flatten(), accumulate)
    return shown_as(flat.reshape(input.shape), "PutBackward0")


@public(exact=True)
def take_along_dim(input: Tensor, indices: Tensor, dim: Any = None, *, out: Any = None) -> Tensor:
    """Elements along a dimension at given indices (which broadcast), or of the flattened tensor.

    Parameters
    ----------
    input : Tensor
    indices : LongTensor
    dim : int, optional
        The tensor is flattened by default.

    Returns
    -------
    Tensor
        Of ``input``'s dtype.

    See Also
    --------
    minitorch_bp.gather : Without broadcasting.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.tensor([[3, 1], [2, 4]])
    >>> torch.take_along_dim(x, torch.argsort(x, 1), 1)
    tensor([[1, 3],
            [2, 4]])
    """
    check_tensor("take_along_dim", input)
    check_tensor("take_along_dim", indices, "indices")
    if indices.dtype is not dtypes.int64:
        raise RuntimeError(f"take_along_dim: indices must be of type torch.int64, but are of type {indices.dtype!r}")
    if dim is None:
        return gather(input.flatten(), 0, indices.flatten())
    if not input.ndim:
        raise IndexError("take_along_dim: a 0-d tensor has no dimension to take along")
    dim = wrap_dim(dim, input.ndim, "take_along_dim")
    if input.ndim != indices.ndim:
        raise RuntimeError(f"take_along_dim: shapes {list(input.shape)} and {list(indices.shape)} must have as many dimensions")
    try:
        shape = np.broadcast_shapes(
            tuple(1 if k == dim else n for k, n in enumerate(input.shape)),
            tuple(1 if k == dim else n for k, n in enumerate(indices.shape)),
        )
    except ValueError:
        raise RuntimeError(f"take_along_dim: shapes {list(input.shape)} and {list(indices.shape)} do not fit") from None
    wide = lambda t: t.expand((*(t.shape[k] if k == dim else n for k, n in enumerate(shape)),))
    places = wide(indices)._array
    size = input.shape[dim] if input.ndim else 1
    if places.size and (places.min() < -size or places.max() >= size):
        raise RuntimeError(f"take_along_dim: an index is out of range for a dimension of size {size}")
    return gather(wide(input), dim, from_numpy(np.where(places < 0, places + size, places)))


# ---------------------------------------------------------------------- along a dimension
def _checked(name: str, input: Tensor, dim: int, index: Any) -> tuple[int, np.ndarray]:
    check_tensor(name, index, "index")
    dim = wrap_dim(dim, input.ndim, name)
    if index.ndim > 1:
        raise IndexError(f"{name}: the index must be a vector, but has shape {list(index.shape)}")
    if index.dtype is not dtypes.int64 and not (name == "index_reduce" and index.dtype is dtypes.int32):
        error = IndexError if name == "index_fill" else RuntimeError  # as PyTorch has it
        raise error(f"{name}: the index must be of type torch.int64, but is of type {index.dtype!r}")
    size = input.shape[dim] if input.ndim else 1
    places = index._array.reshape(-1)
    if places.size and (places.min() < -size or places.max() >= size):
        raise IndexError(f"{name}: an index is out of range for a dimension of size {size}")
    return dim, places % size if size else places


@primitive(
    half=False,
    elementwise=True,
    grad_name=by_second("IndexFillBackward0", "IndexFillBackward1"),
    arity=1,
    input=lambda xp, grad, dim, index: xp._index_fill(grad, dim, index, 0),
    value=lambda xp, grad, dim, index: xp._sum_over(xp.index_select(grad, dim, xp.constant(index)), None, False),
)
def _index_fill(input, dim, index, value):
    out = input.copy("K")
    out[(slice(None),) * dim + (index,) if out.ndim else ...] = dtypes.stored(value, dtypes.from_numpy_dtype(input.dtype))
    return out


@public(inplace=True)
def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """A copy with slices of a dimension set to a value.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : LongTensor
        A vector of indices along ``dim``.
    value : number or Tensor
        A tensor has no dimensions.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    See Also
    --------
    minitorch_bp.index_copy : Different numbers.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.index_fill(torch.ones(3), 0, torch.tensor([0, 2]), -1)
    tensor([-1.,  1., -1.])
    """
    if isinstance(value, Tensor) and value.ndim:
        raise RuntimeError(f"index_fill: the value must be a number or a 0-d tensor, but has shape {list(value.shape)}")
    if (isinstance(value, complex) or (isinstance(value, Tensor) and value.dtype.is_complex)) and not input.dtype.is_complex:
        raise RuntimeError("index_fill: a complex value does not fit a real tensor")
    dim, places = _checked("index_fill", input, dim, index)
    return _index_fill(input, dim, np.unique(places), value)


@primitive(
    grad_name="IndexCopyBackward0",
    input=lambda xp, grad, dim, index: xp._index_fill(grad, dim, index, 0),
    source=lambda xp, grad, dim, index: xp.index_select(grad, dim, xp.constant(index)),
)
def _index_copy(input, dim, index, source):
    out = input.copy()
    out[(slice(None),) * dim + (index,) if out.ndim else ...] = source
    return out


@public(inplace=True)
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor, *, out: Any = None) -> Tensor:
    """A copy with slices of a dimension replaced by those of ``source``.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : LongTensor
        A vector of indices along ``dim``.
    source : Tensor
        One slice for each index.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    See Also
    --------
    minitorch_bp.index_add : Adds.
    minitorch_bp.index_fill : One number.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.index_copy(torch.zeros(3), 0, torch.tensor([2, 0]), torch.tensor([1.0, 2.0]))
    tensor([2., 0., 1.])
    """
    dim, places = _checked("index_copy", input, dim, index)
    same_type("index_copy", input, source)
    if (source.ndim and input.ndim and source.ndim != input.ndim) or (source.ndim and source.shape[dim] != len(places)):
        raise IndexError(
            f"index_copy: a source of shape {list(source.shape)} does not fit {len(places)} slices of {list(input.shape)}"
        )
    if input.ndim and not source.ndim and len(places) != 1:
        raise IndexError(f"index_copy: one element does not fit {len(places)} slices")
    return _index_copy(input, dim, places, source if input.ndim or not source.ndim else source.reshape(()))


# ---------------------------------------------------------------------- by a mask
@primitive(
    grad_name="MaskedScatterBackward0",
    input=lambda xp, grad, mask: xp._where(mask, 0, grad),
    source=lambda xp, grad, mask, source_shape: xp._picked_in_order(grad, mask, source_shape),
)
def _masked_scatter(input, mask, source):
    out = input.copy()
    out[mask] = source.reshape(-1)[: int(mask.sum())]
    return out


@primitive(input=lambda xp, grad, mask: xp._masked_scatter(xp._zeros(mask.shape, grad), mask, grad))
def _picked_in_order(input, mask, shape):
    result = np.zeros(shape, input.dtype)
    picked = input[mask]
    result.reshape(-1)[: picked.size] = picked
    return result


@public(inplace=True)
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """A copy whose elements under the mask are replaced by those of ``source``, in order.

    Parameters
    ----------
    input : Tensor
    mask : BoolTensor
        Broadcast against ``input``.
    source : Tensor
        At least as many elements as the mask selects.

    Returns
    -------
    Tensor
        Of the broadcast shape and ``input``'s dtype.

    See Also
    --------
    minitorch_bp.masked_select : Reads what a mask chooses.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.masked_scatter(torch.zeros(3), torch.tensor([True, False, True]), torch.tensor([1.0, 2.0]))
    tensor([1., 0., 2.])
    """
    _check_mask("masked_scatter", input, mask, None)
    same_type("masked_scatter", input, source)
    given = input
    input, mask = broadcast_tensors(input, mask)
    if int(mask.sum()) > source.numel():
        raise RuntimeError(f"masked_scatter: the mask wants {int(mask.sum())} elements, but the source has {source.numel()}")
    return one_node("MaskedScatterBackward0", _masked_scatter(input, mask, source), given, source)


# ---------------------------------------------------------------------- repeated
@public()
def repeat_interleave(input: Any, repeats: Any = None, dim: Any = None, *, output_size: Any = None) -> Tensor:
    """Repeat every element (of a dimension, or of the flattened tensor) several times in a row.

    Parameters
    ----------
    input : Tensor
        Alone it holds the counts, and the result is each index so many times.
    repeats : int or LongTensor
        How often, for all or for each element.
    dim : int, optional
        The tensor is flattened by default.
    output_size : int, optional
        The result's size along ``dim``, known from ``repeats`` here.

    Returns
    -------
    Tensor
        Of ``input``'s dtype.

    See Also
    --------
    minitorch_bp.tile : Repeats the whole.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.repeat_interleave(torch.tensor([1, 2]), torch.tensor([2, 1]))
    tensor([1, 1, 2])
    """
    if repeats is None:  # the places themselves
        if input.ndim != 1 or input.dtype not in (dtypes.int64, dtypes.int32):
            raise RuntimeError(
                "repeat_interleave: the repeats must be a vector of type torch.int64 or torch.int32, but are of shape "
                f"{list(input.shape)} and type {input.dtype!r}"
            )
        return wrap(np.repeat(np.arange(input.numel(), dtype=np.int64), input._array.astype(np.intp, copy=False)))
    if dim is None:
        input, dim = input.flatten(), 0
    if not input.ndim:
        input = input.reshape(1)
    dim = wrap_dim(dim, input.ndim, "repeat_interleave")
    counts = repeats._array if isinstance(repeats, Tensor) else np.asarray(repeats)
    if counts.dtype.kind not in "iu":
        raise NotImplementedError(f"repeat_interleave: repeats must be of type torch.int64, but are of type torch.{counts.dtype}")
    counts = counts.astype(np.intp, copy=False)
    if counts.ndim > 1 or counts.size not in (1, input.shape[dim]):
        raise RuntimeError(
            f"repeat_interleave: repeats of shape {list(counts.shape)} do not fit a dimension of size {input.shape[dim]}"
        )
    if counts.size and counts.min() < 0:
        raise RuntimeError("repeat_interleave: repeats can't be negative")
    if not isinstance(repeats, Tensor) and not counts.ndim:
        shape = (*input.shape[: dim + 1], int(counts), *input.shape[dim + 1 :])
        return input.unsqueeze(dim + 1).expand(shape).clone(contiguous=True).flatten(dim, dim + 1)
    places = np.repeat(
        np.arange(input.shape[dim], dtype=np.int64), counts.reshape(-1) if counts.size != 1 else int(counts.reshape(-1)[0])
    )
    return index_select(input, dim, wrap(places))
