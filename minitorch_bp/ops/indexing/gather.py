"""Reading and writing along one dimension by index tensors: gather, scatter, index_select, index_add."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.inplace import refuse_overlap
from .._base import Tensor, apply_in_place, dtypes, one_node, primitive, public
from .._shapes import check_operands, one_number, same_type, wrap_dim


def _along(index: np.ndarray, dim: int) -> tuple[Any, ...]:
    """The NumPy index that reads position ``index[i, j, ...]`` of ``dim`` and its own position elsewhere."""
    grid: list[Any] = []
    for d, n in enumerate(index.shape):
        grid.append(index if d == dim else np.arange(n).reshape((1,) * d + (n,) + (1,) * (index.ndim - d - 1)))
    return tuple(grid)


def check_index_type(name: str, index: Any, types: str = "lqi") -> None:
    """TypeError unless an index is an array, RuntimeError unless it is of one of these types."""
    if not isinstance(index, np.ndarray):
        raise TypeError(f"{name}(): the index must be a tensor, but got {type(index).__name__}")
    if index.dtype.char not in types:
        raise RuntimeError(f"{name}: the index must be of type torch.int64 or torch.int32, but is of type torch.{index.dtype}")


def _check_index(name: str, shape: Any, dim: Any, index: np.ndarray, smaller: bool = True) -> int:
    dim = wrap_dim(dim, len(shape), name)
    if not isinstance(index, np.ndarray) or index.size:
        check_index_type(name, index)
    if index.ndim != len(shape) and not (index.ndim <= 1 and len(shape) <= 1) and index.size:
        raise RuntimeError(f"{name}: the index has {index.ndim} dimensions, but must have as many as the input: {len(shape)}")
    if smaller and index.size and any(i > n for d, (i, n) in enumerate(zip(index.shape, shape, strict=False)) if d != dim):
        raise RuntimeError(
            f"{name}: apart from dimension {dim}, the index of shape {list(index.shape)} must fit into the shape {list(shape)}"
        )
    size = shape[dim] if len(shape) else 1
    if index.size and (index.min() < 0 or index.max() >= size):
        bad = index.min() if index.min() < 0 else index.max()
        raise RuntimeError(f"{name}: index {bad} is out of range for dimension {dim} of size {size}")
    return dim


# (torch keeps the whole input, of which only the shape is needed; so a later write to it is refused here too.)
@public(apart=True, exact=True)
@primitive(input=lambda xp, grad, input, dim, index: xp._scatter_zeros(grad, tuple(input.shape), dim, index))
def gather(input, dim, index, sparse_grad=False):
    """Pick elements along a dimension: ``out[i][j] = input[index[i][j]][j]`` for ``dim=0``.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : LongTensor
        Of as many dimensions as ``input``.
    sparse_grad : bool
        Without effect.

    Returns
    -------
    Tensor
        Of the shape of ``index`` and ``input``'s dtype.

    Raises
    ------
    RuntimeError
        If an index is out of range, or the shapes do not fit.

    See Also
    --------
    minitorch_bp.scatter : Writes to such places.
    minitorch_bp.take_along_dim : With broadcasting.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.gather(torch.tensor([[1, 2], [3, 4]]), 1, torch.tensor([[0, 0], [1, 0]]))
    tensor([[1, 1],
            [4, 3]])
    """
    dim = _check_index("gather", input.shape, dim, index)
    if not index.size:
        return np.empty(index.shape, input.dtype)
    if not input.ndim or not index.ndim:
        return np.reshape(input, -1)[index]
    return input[_along(index, dim)]


@primitive(input=lambda xp, grad, dim, index: xp.gather(grad, dim, index))
def _scatter_zeros(input, shape, dim, index):
    out = np.zeros(shape, input.dtype)
    if not index.size:
        return out
    if index.ndim and out.ndim:
        np.add.at(out, _along(index, wrap_dim(dim, len(shape))), input)
    else:
        np.add.at(out.reshape(-1), np.reshape(index, -1), np.reshape(input, -1))
    return out


def _scatter_write(name: str, input: Any, dim: Any, index: Any, src: Any, combine: Any = None) -> np.ndarray:
    dim = _check_index(name, input.shape, dim, index)
    out = input.copy()
    if not index.size:
        return out
    if not isinstance(src, np.ndarray):
        src = dtypes.stored(src, dtypes.from_numpy_dtype(input.dtype))
    else:
        sizes, wanted = src.shape or (1,), index.shape or (1,)
        if len(sizes) != len(wanted) or any(n < m for n, m in zip(sizes, wanted, strict=True)):
            raise RuntimeError(f"{name}: a src of shape {list(src.shape)} is too small for an index of shape {list(index.shape)}")
        src = src[tuple(slice(0, n) for n in index.shape)] if src.ndim else src
    where = _along(index, dim) if index.ndim and out.ndim else (np.reshape(index, -1),) if out.ndim else (...,)
    if combine is not None:
        combine.at(out, where, src)
    else:
        out[where] = src
    return out


def _src_rule(xp: Any, grad: Any, src_shape: Any, dim: Any, index: Any) -> Any:
    """The gradient of ``src``: of the part that ``index`` covers; the rest was not used."""
    picked = xp.gather(grad, dim, index)
    if tuple(picked.shape) == tuple(src_shape):
        return picked
    return xp._unindex(picked, src_shape, tuple(slice(0, n) for n in picked.shape))


@primitive(grad_name="ScatterBackward0", input=lambda xp, grad, dim, index: xp._scatter(grad, dim, index, 0.0), src=_src_rule)
def _scatter(input, dim, index, src):
    return _scatter_write("scatter", input, dim, index, src)


@public(inplace=True)
@primitive(input=lambda xp, grad: grad, src=_src_rule)
def scatter_add(input, dim, index, src):
    """Add ``src`` at the positions that ``index`` lists: ``out[index[i][j]][j] += src[i][j]`` for ``dim=0``.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : LongTensor
    src : Tensor
        At least as large as ``index`` in every dimension.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    See Also
    --------
    minitorch_bp.scatter : Overwrites instead of adding.
    minitorch_bp.index_add : Whole slices.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.scatter_add(torch.zeros(3), 0, torch.tensor([0, 2, 0]), torch.tensor([1.0, 2.0, 3.0]))
    tensor([4., 0., 2.])
    """
    same_type("scatter_add", input, src)
    return _scatter_write("scatter_add", input, dim, index, src, np.add)


# (Derivatives exist for reduce=None only.)
@primitive(public_name="scatter")
def _scatter_reduced(input, dim, index, src, reduce):
    return _scatter_write("scatter", input, dim, index, src, {"add": np.add, "multiply": np.multiply}[reduce])


def _scatter_source(name: str, input: Tensor, src: Any, value: Any, reduce: Any) -> tuple[Any, ...]:
    """The operation to apply, and its arguments after ``index``."""
    src = one_number(name, "value", value) if src is None else src
    check_operands(name, src=src)
    if isinstance(src, Tensor) and src._array.dtype != input._array.dtype:
        raise RuntimeError(f"{name}: src must have the tensor's type {input.dtype!r}, but got {src.dtype!r}")
    if reduce is None:
        return _scatter, src
    if reduce not in ("add", "multiply"):
        raise RuntimeError(f"{name}: reduce must be 'add' or 'multiply', but is {reduce!r}")
    return _scatter_reduced, src, reduce


@public()
def scatter(
    input: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: Any = None, out: Any = None
) -> Tensor:
    """Write ``src`` at the positions that ``index`` lists: ``out[index[i][j]][j] = src[i][j]`` for ``dim=0``.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : LongTensor
    src : Tensor or number
        At least as large as ``index`` in every dimension.
    value : number
        In place of ``src``.
    reduce : 'add' or 'multiply', optional
        Combine with what is there instead of overwriting (see also :func:`scatter_reduce`, which has derivatives).

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Raises
    ------
    RuntimeError
        If an index is out of range, or the shapes or types do not fit.

    See Also
    --------
    minitorch_bp.gather : Reads from such places.
    minitorch_bp.scatter_add : Adds.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.scatter(torch.zeros(2, 3), 1, torch.tensor([[2], [0]]), 1.0)
    tensor([[0., 0., 1.],
            [1., 0., 0.]])
    """
    write, *source = _scatter_source("scatter", input, src, value, reduce)
    written: Tensor = write(input, dim, index, *source)
    return written if isinstance(src, Tensor) else one_node("ScatterBackward1", written, input)


@public("Tensor")
def scatter_(input: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: Any = None) -> Tensor:
    """In-place version of :func:`scatter`."""
    refuse_overlap("scatter_", input, index, src)
    write, *source = _scatter_source("scatter_", input, src, value, reduce)
    return apply_in_place(write.op, input, dim, index, *source)


@public(apart=True)
@primitive(input=lambda xp, grad, input_shape, dim, index: xp.index_add(xp._zeros(input_shape, grad), dim, index, grad))
def index_select(input, dim, index):
    """The slices of a dimension that ``index`` (a vector) lists.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : LongTensor
        A vector of indices along ``dim``.

    Returns
    -------
    Tensor
        A copy, as long as ``index`` along ``dim``.

    Raises
    ------
    IndexError
        If an index is out of range.

    See Also
    --------
    minitorch_bp.gather : By an index for each element.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.index_select(torch.tensor([[1, 2], [3, 4]]), 1, torch.tensor([1, 0]))
    tensor([[2, 1],
            [4, 3]])
    """
    check_index_type("index_select", index)
    dim = wrap_dim(dim, input.ndim, "index_select")
    if index.ndim > 1:
        raise IndexError(f"index_select: the index must be a vector, but has {index.ndim} dimensions")
    if index.size > 1 and not input.ndim:
        raise RuntimeError(f"index_select: a tensor of 0 dimensions has one element, but {index.size} are asked for")
    if index.size and input.ndim and not input.shape[dim]:
        raise RuntimeError(f"index_select: dimension {dim} of {list(input.shape)} is empty")
    if index.size and (index.min() < 0 or index.max() >= (input.shape[dim] if input.ndim else 1)):
        raise IndexError(f"index_select: an index in {index.tolist()} is out of range for dimension {dim} of {list(input.shape)}")
    return np.take(input, index.reshape(-1).astype(np.intp, copy=False), dim) if input.ndim else input.copy()


@primitive()
def _zeros(shape, like):
    return np.zeros(shape, like.dtype)


# (The source is kept as torch keeps it, though its values are not needed.)
@public(inplace=True)
@primitive(
    input=lambda xp, grad: grad,
    source=lambda xp, grad, dim, index, source, alpha: xp.index_select(grad, dim, index) * alpha,
)
def index_add(input, dim, index, source, alpha=1):
    """Add the slices of ``source`` to the slices of a dimension that ``index`` lists.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : LongTensor
        A vector of indices along ``dim``.
    source : Tensor
        One slice for each index.
    alpha : number
        A factor for ``source``.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    See Also
    --------
    minitorch_bp.scatter_add : By an index for each element.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.index_add(torch.zeros(3), 0, torch.tensor([0, 0]), torch.tensor([1.0, 2.0]))
    tensor([3., 0., 0.])
    """
    check_index_type("index_add", index)
    dim = wrap_dim(dim, input.ndim, "index_add")
    same_type("index_add", input, source)
    if (input.ndim and source.ndim != input.ndim) or any(
        a != b for k, (a, b) in enumerate(zip(input.shape, source.shape, strict=False)) if k != dim
    ):
        raise RuntimeError(f"index_add: a source of shape {list(source.shape)} does not fit an input of shape {list(input.shape)}")
    if source.ndim and index.size != source.shape[dim]:
        raise RuntimeError(f"index_add: {index.size} indices were given for {source.shape[dim]} slices")
    out = input.copy()
    size = out.shape[dim] if out.ndim else 1
    if index.size and (index.min() < 0 or index.max() >= size):
        raise IndexError(f"index_add: an index in {index.tolist()} is out of range for a dimension of size {size}")
    where: Any = (slice(None),) * dim + (index.reshape(-1),) if out.ndim else (...,)
    np.add.at(
        out,
        where,
        source * (np.asarray(alpha).astype(source.dtype) if source.dtype.kind in "iu" else alpha) if alpha != 1 else source,
    )
    return out
