"""Joining tensors: ``cat``, ``stack`` and what is made of them."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np

from ...core.dtype import promote_types
from ...core.layout import in_format, is_in_format, suggested_format
from .._base import Tensor, dtypes, primitive, public, wrap
from .._shapes import check_each, check_tensor, not_negative, same_type, wrap_dim
from ..creation import zeros
from .expand import expand
from .rearrange import atleast_2d, atleast_3d
from .view import reshape


# ---------------------------------------------------------------------- joined
def _several(name: str, tensors: Any) -> None:
    """TypeError for one tensor where a sequence of them is expected, RuntimeError for an empty one."""
    if isinstance(tensors, Tensor) or not isinstance(tensors, (tuple, list)):
        raise TypeError(f"{name}(): expected a tuple or list of Tensors, but got {type(tensors).__name__}")
    if not tensors:
        raise RuntimeError(f"{name}: there are no tensors to join")
    check_each(name, tensors)


@public("torch")
def column_stack(tensors: Any, *, out: Any = None) -> Tensor:
    """Join side by side, with vectors as columns.

    Parameters
    ----------
    tensors : sequence of Tensors

    Returns
    -------
    Tensor
        Of the promoted dtype.

    See Also
    --------
    minitorch_bp.hstack : Along the second dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.column_stack([torch.tensor([1, 2]), torch.tensor([3, 4])])
    tensor([[1, 3],
            [2, 4]])
    """
    _several("column_stack", tensors)
    return cat([t.reshape(-1, 1) if t.ndim <= 1 else t for t in tensors], 1)


@public("torch")
def dstack(tensors: Any, *, out: Any = None) -> Tensor:
    """Join along the third dimension.

    Parameters
    ----------
    tensors : sequence of Tensors

    Returns
    -------
    Tensor
        Of the promoted dtype.

    See Also
    --------
    minitorch_bp.stack : Along a new dimension anywhere.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.dstack([torch.tensor([1]), torch.tensor([2])])
    tensor([[[1, 2]]])
    """
    _several("dstack", tensors)
    return cat([atleast_3d(t) for t in tensors], 2)


@public("torch", node="BlockDiagBackward0(tensors)")
def block_diag(*tensors: Tensor) -> Tensor:
    """A block diagonal matrix: the given matrices along its diagonal, zeros elsewhere.

    Parameters
    ----------
    *tensors : Tensor
        Of up to two dimensions.

    Returns
    -------
    Tensor
        Of two dimensions.

    See Also
    --------
    minitorch_bp.diag_embed : Of single elements.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.block_diag(torch.tensor([[1]]), torch.tensor([[2, 3]]))
    tensor([[1, 0, 0],
            [0, 2, 3]])
    """
    check_each("block_diag", tensors)
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


@public("torch")
def cartesian_prod(*tensors: Tensor) -> Tensor:
    """The Cartesian product of vectors: all combinations of one element of each, as rows.

    Parameters
    ----------
    *tensors : Tensor
        Of one dimension.

    Returns
    -------
    Tensor
        One row per combination; a single vector comes back as it is.

    See Also
    --------
    minitorch_bp.combinations : Of one tensor with itself.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cartesian_prod(torch.tensor([1, 2]), torch.tensor([3]))
    tensor([[1, 3],
            [2, 3]])
    """
    check_each("cartesian_prod", tensors)
    if len(tensors) == 1:
        return tensors[0]
    return stack([g.flatten() for g in meshgrid(*tensors, indexing="ij")], 1)


@public("torch")
def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All combinations of r elements of a vector, as rows.

    Parameters
    ----------
    input : Tensor
        Of one dimension.
    r : int
        How many elements to choose.
    with_replacement : bool
        Whether an element may be chosen again.

    Returns
    -------
    Tensor
        One row per combination.

    See Also
    --------
    minitorch_bp.cartesian_prod : Of several tensors.

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
    not_negative("combinations", r=r)
    if not r:
        return input.new_empty(0)
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = np.array(list(choose(range(input.shape[0]), r)), np.int64).reshape(-1, r)
    mask = np.zeros((input.shape[0],) * r, bool)  # of the places in the grid of all r-tuples
    mask[tuple(rows.T)] = True
    grids = meshgrid(*[input] * r, indexing="ij")
    return stack([g.masked_select(wrap(mask)) for g in grids], 1)


def _cat_rule(xp: Any, grad: Any, tensors_shape: Any, dim: Any) -> Any:
    parts, start = [], 0
    for shape in tensors_shape:
        size = shape[dim] if len(shape) > 1 or shape != (0,) else 0
        parts.append(xp.narrow(grad, dim, start, size) if size or shape != (0,) else None)
        start += size
    return parts


@primitive(grad_name="CatBackward0", elementwise=True, tensors=_cat_rule)
def _cat(tensors, dim):
    joined = np.concatenate(tensors, dim)
    forms = {None if x.flags.c_contiguous else suggested_format(x) for x in tensors if joined.ndim in (4, 5)}
    form = forms.pop() if len(forms) == 1 else None
    if form is None:
        return np.ascontiguousarray(joined)
    return joined if is_in_format(joined, form) else in_format(joined, form)


def _same_dtype(name: str, tensors: Any) -> tuple[Tensor, ...]:
    if isinstance(tensors, Tensor) or not isinstance(tensors, (tuple, list)):
        raise TypeError(f"{name}(): expected a tuple or list of Tensors, but got {type(tensors).__name__}")
    if not tensors:
        kind = ValueError if name == "cat" else RuntimeError
        raise kind(f"{name}: expected at least one tensor, but the list is empty")
    for k, t in enumerate(tensors) if set(map(type, tensors)) != {Tensor} else ():
        if not isinstance(t, Tensor):
            raise TypeError(f"{name}(): element {k} must be a Tensor, but it is a {type(t).__name__}")
    kinds = [t._array.dtype for t in tensors]
    if kinds.count(kinds[0]) == len(kinds):
        return tuple(tensors)
    wanted = tensors[0].dtype
    for t in tensors[1:]:
        wanted = promote_types(wanted, t.dtype)
    return tuple(t if t.dtype is wanted else t.to(wanted) for t in tensors)


@public("torch", names=["concat", "concatenate"], apart=True)
def cat(tensors: Any, dim: int = 0, *, out: Any = None) -> Tensor:
    """Join tensors along an existing dimension; all other sizes must agree.

    Parameters
    ----------
    tensors : sequence of Tensors
    dim : int

    Returns
    -------
    Tensor
        Of the promoted dtype.

    Raises
    ------
    ValueError
        If the list is empty.
    RuntimeError
        If the sizes differ.

    See Also
    --------
    minitorch_bp.stack : Along a new dimension.
    minitorch_bp.split : The way back.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cat([torch.tensor([1, 2]), torch.tensor([3])])
    tensor([1, 2, 3])
    """
    tensors = _same_dtype("cat", tensors)
    # An empty vector joins anything, in any dimension: a relic that torch keeps.
    shapes = [t._array.shape for t in tensors]
    solid = [t for t in tensors if t._array.shape != (0,)] if (0,) in shapes else tensors
    used = tuple(solid) or tensors
    first = used[0]._array.shape
    if not first:
        raise RuntimeError("cat: 0-d tensors cannot be joined; stack() them")
    dim = wrap_dim(dim, len(first), "cat") if solid else 0
    for k, t in enumerate(used) if shapes.count(first) != len(shapes) else ():
        shape = t._array.shape
        if len(shape) != len(first) or any(a != b for d, (a, b) in enumerate(zip(shape, first, strict=True)) if d != dim):
            raise RuntimeError(
                f"cat: apart from dimension {dim} all sizes must agree, but tensor 0 has shape {list(first)} and tensor {k} "
                f"has {list(shape)}"
            )
    return _cat(used, dim)


@primitive(grad_name="StackBackward0", tensors=lambda xp, grad, dim: xp._unbind(grad, dim))
def _stack(tensors, dim):
    if dim == 0 and tensors[0].ndim:  # a batch of small tensors: 8 us for 64 of 20 floats, where np.stack takes 19
        return np.concatenate(tensors).reshape(len(tensors), *tensors[0].shape)
    return np.stack(tensors, dim)


@public("torch")
def stack(tensors: Any, dim: int = 0, *, out: Any = None) -> Tensor:
    """Join tensors of one shape along a new dimension.

    Parameters
    ----------
    tensors : sequence of Tensors
    dim : int
        Where the new dimension lies.

    Returns
    -------
    Tensor
        Of the promoted dtype.

    Raises
    ------
    RuntimeError
        If the list is empty or the shapes differ.

    See Also
    --------
    minitorch_bp.cat : Along a dimension that is there.
    minitorch_bp.unbind : The way back.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.stack([torch.tensor([1, 2]), torch.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    tensors = _same_dtype("stack", tensors)
    first = tensors[0]._array.shape
    shapes = [t._array.shape for t in tensors]
    for k, t in enumerate(tensors) if shapes.count(first) != len(shapes) else ():
        if t._array.shape != first:
            raise RuntimeError(
                f"stack: all tensors must have one shape, but tensor 0 has {list(first)} and tensor {k} {list(t._array.shape)}"
            )
    return _stack(tensors, wrap_dim(dim, len(first) + 1, "stack"))


@public("torch")
def hstack(tensors: Any, *, out: Any = None) -> Tensor:
    """Join side by side: along dimension 1, or 0 for vectors.

    Parameters
    ----------
    tensors : sequence of Tensors

    Returns
    -------
    Tensor
        Of the promoted dtype.

    See Also
    --------
    minitorch_bp.vstack : Along the first dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.hstack([torch.tensor([1, 2]), torch.tensor([3])])
    tensor([1, 2, 3])
    """
    _several("hstack", tensors)
    tensors = [reshape(t, 1) if t._array.ndim == 0 else t for t in tensors]
    return cat(tensors, 0 if tensors and tensors[0]._array.ndim == 1 else 1)


@public("torch", names=["row_stack"])
def vstack(tensors: Any, *, out: Any = None) -> Tensor:
    """Join on top of each other: along dimension 0, vectors as rows.

    Parameters
    ----------
    tensors : sequence of Tensors

    Returns
    -------
    Tensor
        Of the promoted dtype.

    See Also
    --------
    minitorch_bp.hstack : Along the second dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.vstack([torch.tensor([1, 2]), torch.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    _several("vstack", tensors)
    return cat([atleast_2d(t) for t in tensors], 0)


@public("torch")
def meshgrid(*tensors: Any, indexing: Any = None) -> tuple[Tensor, ...]:
    """Coordinate grids of several vectors: by matrix indexing ('ij') or Cartesian ('xy').

    Parameters
    ----------
    *tensors : Tensor or sequence of Tensors
        Of up to one dimension.
    indexing : 'ij' or 'xy'
        To be given: what is the default now may not stay it.

    Returns
    -------
    tuple of Tensors
        One grid per vector.

    Raises
    ------
    RuntimeError
        Without tensors, for tensors of more dimensions, and for tensors of several types.

    See Also
    --------
    minitorch_bp.cartesian_prod : The same points as rows.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.meshgrid(torch.tensor([1, 2]), torch.tensor([3, 4]), indexing="ij")[0]
    tensor([[1, 1],
            [2, 2]])
    """
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    if indexing is None:
        warnings.warn(
            "meshgrid: say indexing='ij' or indexing='xy'; without it 'ij' is meant, which PyTorch means to change", stacklevel=2
        )
        indexing = "ij"
    if not tensors:
        raise RuntimeError("meshgrid: there are no tensors to make a grid of")
    for t in tensors:
        check_tensor("meshgrid", t, "tensors")
        if t._array.ndim > 1:
            raise RuntimeError(f"meshgrid: expected vectors and numbers, but got a tensor of shape {list(t.shape)}")
    same_type("meshgrid", *tensors)
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f"meshgrid: indexing must be 'ij' or 'xy', but got {indexing!r}")
    order = list(range(len(tensors)))
    if indexing == "xy" and len(order) >= 2:
        order[0], order[1] = 1, 0
    shape = [0] * len(tensors)
    for t, at in zip(tensors, order, strict=True):
        shape[at] = t.numel()
    grids = []
    for t, at in zip(tensors, order, strict=True):
        grids.append(expand(reshape(t, tuple(-1 if k == at else 1 for k in range(len(shape)))), tuple(shape)))
    return tuple(grids)
