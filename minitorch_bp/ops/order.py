"""More that follows from order: running extremes, the k-th smallest, the most frequent, quantiles, positions in a sorted row."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.primitive import check_out, primitive, write_out
from ..core.tensor import Tensor, wrap
from ._shapes import check_tensor, floats_only, no_booleans, takes_out, wrap_dim
from .extremes import _selected_rule, amax, amin, return_type
from .sorting import sort

_AMINMAX, _CUMMAX, _CUMMIN = return_type("aminmax", "min", "max"), return_type("cummax", "values", "indices"), return_type("cummin", "values", "indices")  # fmt: skip
_KTH, _MODE, _NANMEDIAN = (return_type(n, "values", "indices") for n in ("kthvalue", "mode", "nanmedian"))


def aminmax(input: Tensor, *, dim: Any = None, keepdim: bool = False, out: Any = None) -> Any:
    """The smallest and the largest element, of all or along a dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.aminmax(torch.tensor([3, 1, 2]))
    torch.return_types.aminmax(
    min=tensor(1),
    max=tensor(3))
    """
    dims: Any = () if dim is None else wrap_dim(dim, input.ndim, "aminmax")
    if not input.ndim:
        dims = ()
    return write_out("aminmax", _AMINMAX(amin(input, dims, keepdim), amax(input, dims, keepdim)), out)


# ---------------------------------------------------------------------- running extremes
def _running_rule(xp: Any, grad: Any, input: Any, result1: Any, dim: Any) -> Any:
    shape = tuple(input.shape)
    return xp.scatter_add(xp._zeros(shape, grad), dim, result1, grad) if shape else grad


def _running(input: np.ndarray, dim: int, ufunc: Any) -> tuple[np.ndarray, np.ndarray]:
    """The running extreme and the last place where it was reached; NaN, once met, stays."""
    if not input.ndim:
        return input.copy(), np.zeros((), np.int64)
    values = ufunc.accumulate(input, dim)
    reached = (input == values) | (input != input)
    shape = [1] * input.ndim
    shape[dim] = -1
    places = np.where(reached, np.arange(input.shape[dim]).reshape(shape), -1)
    return values, np.maximum.accumulate(places, dim)


@primitive(method=False, grad_name="CummaxBackward0", outputs=("values",), input=_running_rule)
def _cummax(input, dim):
    return _running(input, dim, np.maximum)


@primitive(method=False, grad_name="CumminBackward0", outputs=("values",), input=_running_rule)
def _cummin(input, dim):
    return _running(input, dim, np.minimum)


def cummax(input: Tensor, dim: int, *, out: Any = None) -> Any:
    """The largest element so far along a dimension, and where it was last reached.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cummax(torch.tensor([1, 3, 2]), 0).values
    tensor([1, 3, 3])
    """
    return write_out("cummax", _CUMMAX(*_cummax(input, wrap_dim(dim, input.ndim, "cummax") if input.numel() else 0)), out)


def cummin(input: Tensor, dim: int, *, out: Any = None) -> Any:
    """The smallest element so far along a dimension, and where it was last reached.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cummin(torch.tensor([3, 1, 2]), 0).values
    tensor([3, 1, 1])
    """
    return write_out("cummin", _CUMMIN(*_cummin(input, wrap_dim(dim, input.ndim, "cummin") if input.numel() else 0)), out)


# ---------------------------------------------------------------------- one of a sorted row
def _taken(input: np.ndarray, index: np.ndarray, dim: int, keepdim: bool) -> tuple[np.ndarray, np.ndarray]:
    values = np.take_along_axis(input, index, dim)
    return (values, index) if keepdim else (values.squeeze(dim), index.squeeze(dim))


@primitive(method=False, grad_name="KthvalueBackward0", outputs=("values",), input=_selected_rule)
def _kthvalue(input, k, dim, keepdim):
    no_booleans("kthvalue", input)
    if not input.ndim:
        return input.copy(), np.zeros((), np.int64)
    return _taken(input, np.take(np.argsort(input, dim, kind="stable"), [k - 1], dim), dim, keepdim)


def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False, *, out: Any = None) -> Any:
    """The k-th smallest element along a dimension, counted from 1, and its place.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.kthvalue(torch.tensor([3.0, 1.0, 2.0]), 2).values
    tensor(2.)
    """
    dim = wrap_dim(dim, input.ndim, "kthvalue")
    check_out("kthvalue", out, (input,))
    size = input.shape[dim] if input.ndim else 1
    if not size:
        raise IndexError(f"kthvalue: dimension {dim} of {list(input.shape)} is empty")
    if not 1 <= k <= size:
        raise RuntimeError(f"kthvalue: k must lie between 1 and {size}, but is {k}")
    return write_out("kthvalue", _KTH(*_kthvalue(input, k, dim, keepdim)), out)


@primitive(method=False, grad_name="ModeBackward0", outputs=("values",), input=_selected_rule)
def _mode(input, dim, keepdim):
    if not input.ndim:
        return input.copy(), np.zeros((), np.int64)
    rows = np.moveaxis(input, dim, -1)
    index = np.empty((*rows.shape[:-1], 1), np.int64)
    for place in np.ndindex(*rows.shape[:-1]):
        row = rows[place]
        values, counts = np.unique(row, return_counts=True)
        best = values[counts.argmax()]
        index[place] = np.flatnonzero((row == best) | ((row != row) & (best != best)))[-1]
    return _taken(input, np.moveaxis(index, -1, dim), dim, keepdim)


def mode(input: Tensor, dim: int = -1, keepdim: bool = False, *, out: Any = None) -> Any:
    """The most frequent element along a dimension (the smallest of those), and its last place.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.mode(torch.tensor([2, 1, 2])).values
    tensor(2)
    """
    dim = wrap_dim(dim, input.ndim, "mode")
    if input.ndim and not input.shape[dim]:
        raise IndexError(f"mode: dimension {dim} of {list(input.shape)} is empty")
    return write_out("mode", _MODE(*_mode(input, dim, keepdim)), out)


@primitive(method=False, grad_name="NanmedianBackward1", outputs=("values",), input=_selected_rule)
def _nanmedian_dim(input, dim, keepdim):
    no_booleans("nanmedian", input)
    if not input.ndim:
        return input.copy(), np.zeros((), np.int64)
    order = np.argsort(input, dim, kind="stable")
    count = (input == input).sum(dim, keepdims=True)
    return _taken(input, np.take_along_axis(order, np.maximum(count - 1, 0) // 2, dim), dim, keepdim)


def nanmedian(input: Tensor, dim: Any = None, keepdim: bool = False, *, out: Any = None) -> Any:
    """:func:`median` of the elements that are not NaN.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nanmedian(torch.tensor([3.0, float("nan"), 1.0]))
    tensor(1.)
    """
    if dim is None:
        from .sorting import median

        if not input.is_floating_point():
            return median(input)
        kept = input[input == input]
        return write_out("nanmedian", median(kept) if kept.numel() else input.sum() * float("nan"), out)
    found = _NANMEDIAN(*_nanmedian_dim(input, wrap_dim(dim, input.ndim, "nanmedian"), keepdim))
    return write_out("nanmedian", found, out)


@takes_out
def msort(input: Tensor) -> Tensor:
    """Sorted along the first dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.msort(torch.tensor([3, 1, 2]))
    tensor([1, 2, 3])
    """
    values: Tensor = sort(input, 0)[0]
    return values


# ---------------------------------------------------------------------- quantiles
def _quantiles(name: str, input: Tensor, q: Any, dim: Any, keepdim: bool, interpolation: str, skip_nan: bool) -> Tensor:
    check_tensor(name, input)
    if input.dtype not in (dtypes.float32, dtypes.float64):
        raise RuntimeError(f"{name}: expected a tensor of type float or double, but got {input.dtype!r}")
    if not isinstance(q, Tensor):
        if not 0 <= q <= 1:
            raise RuntimeError(f"{name}: q must lie between 0 and 1, but is {q}")
        q = wrap(np.asarray(q, input._array.dtype))
    if q.dtype is not input.dtype:
        raise RuntimeError(f"{name}: q must have the input's type {input.dtype!r}, but has {q.dtype!r}")
    if q.ndim > 1:
        raise RuntimeError(f"{name}: q must be a number or a vector, but has shape {list(q.shape)}")
    if not input.numel():
        raise RuntimeError(f"{name}: the input is empty")
    if interpolation not in ("linear", "lower", "higher", "midpoint", "nearest"):
        raise RuntimeError(f"{name}: unknown interpolation {interpolation!r}")
    if q.numel() and not (bool((q >= 0).all()) and bool((q <= 1).all())):
        raise RuntimeError(f"{name}: q must lie between 0 and 1")
    whole = dim is None
    x = input.flatten() if whole else input.transpose(wrap_dim(dim, input.ndim, name), -1) if input.ndim else input.reshape(1)
    rows = sort(x, -1)[0].unsqueeze(-2)
    places = q.reshape(-1, 1)
    if skip_nan:
        count = (rows.detach() == rows.detach()).sum(-1, keepdim=True).to(input.dtype)
        rank = places * (count - 1).clamp(min=0)
    else:
        rank = places * (x.shape[-1] - 1)
    found = _between(rows, rank, interpolation)
    if not skip_nan:
        found = found.masked_fill((rows.detach() != rows.detach()).any(-1, keepdim=True), float("nan"))
    found = found.squeeze(-1)  # (..., number of q)
    order = (found.ndim - 1, *range(found.ndim - 1))
    result = found.permute(*order)
    if keepdim:
        result = result.unsqueeze(-1)
        if whole:
            result = result.reshape(result.shape[0], *(1,) * input.ndim)
        elif input.ndim:
            result = result.transpose(1 + wrap_dim(dim, input.ndim), -1)
        else:
            result = result.reshape(result.shape[0])
    elif not whole and input.ndim > 1:
        d = wrap_dim(dim, input.ndim)
        if d != input.ndim - 1:  # the last dimension stands where the reduced one was: put it back at the end
            keep = result.unsqueeze(-1).transpose(1 + d, -1)
            result = keep.squeeze(1 + d)
    elif not input.ndim and not whole:
        result = result.reshape(result.shape[0])
    return result if q.ndim else result.squeeze(0)


def _between(rows: Tensor, rank: Tensor, interpolation: str) -> Tensor:
    """The elements at fractional ranks of sorted rows."""
    shape = np.broadcast_shapes(tuple(rows.shape[:-1]) + (1,), tuple(rank.shape))
    rows, rank = rows.expand(*shape[:-1], rows.shape[-1]), rank.expand(*shape)
    below, above = rank.detach().floor().long(), rank.detach().ceil().long()
    if interpolation == "nearest":
        return rows.gather(-1, rank.detach().round().long())
    if interpolation in ("lower", "higher"):
        return rows.gather(-1, below if interpolation == "lower" else above)
    low, high = rows.gather(-1, below), rows.gather(-1, above)
    part = rank - below.to(rank.dtype) if interpolation == "linear" else (rank * 0 + 0.5)
    return low.lerp(high, part)


def quantile(
    input: Tensor, q: Any, dim: Any = None, keepdim: bool = False, *, interpolation: str = "linear", out: Any = None
) -> Tensor:
    """The numbers below which a part ``q`` of the elements lies.

    Parameters
    ----------
    q : float, or vector of floats, in [0, 1]
    dim : int, all elements unless given
    interpolation : 'linear', 'lower', 'higher', 'midpoint' or 'nearest'

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.quantile(torch.tensor([0.0, 1.0, 2.0]), 0.75)
    tensor(1.5000)
    """
    return write_out("quantile", _quantiles("quantile", input, q, dim, keepdim, interpolation, False), out)


def nanquantile(
    input: Tensor, q: Any, dim: Any = None, keepdim: bool = False, *, interpolation: str = "linear", out: Any = None
) -> Tensor:
    """:func:`quantile` of the elements that are not NaN.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nanquantile(torch.tensor([0.0, float("nan"), 2.0]), 0.5)
    tensor(1.)
    """
    return write_out("nanquantile", _quantiles("nanquantile", input, q, dim, keepdim, interpolation, True), out)


# ---------------------------------------------------------------------- membership and positions
def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False, out: Any = None) -> Tensor:
    """Whether each element occurs among others.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.isin(torch.tensor([1, 2, 3]), torch.tensor([2]))
    tensor([False,  True, False])
    """
    a, b = (x._array if isinstance(x, Tensor) else np.asarray(x) for x in (elements, test_elements))
    return write_out("isin", wrap(np.asarray(np.isin(a, b, assume_unique, invert))), out)


def unique_consecutive(input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: Any = None) -> Any:
    """Without repetitions of the element before.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.unique_consecutive(torch.tensor([1, 1, 2, 1]))
    tensor([1, 2, 1])
    """
    x = input._array.reshape(-1) if dim is None else np.moveaxis(input._array, wrap_dim(dim, input.ndim), 0)
    new = np.ones(len(x), bool)
    if len(x):
        new[1:] = (x[1:] != x[:-1]).any(tuple(range(1, x.ndim)))
    values = x[new] if dim is None else np.moveaxis(x[new], 0, wrap_dim(dim, input.ndim))
    inverse = np.cumsum(new) - 1
    counts = np.diff(np.append(np.flatnonzero(new), len(x)))
    found = [wrap(np.ascontiguousarray(values))]
    if return_inverse:
        found.append(wrap(inverse.reshape(input.shape) if dim is None else inverse))
    if return_counts:
        found.append(wrap(counts))
    return tuple(found) if len(found) > 1 else found[0]


def searchsorted(
    sorted_sequence: Tensor, input: Any, *, out_int32: bool = False, right: bool = False, side: Any = None, sorter: Any = None,
    out: Any = None,
) -> Tensor:  # fmt: skip
    """Where each value would be inserted into a sorted row so that it stays sorted.

    Parameters
    ----------
    sorted_sequence : Tensor, a row, or one for each row of ``input``
    right : bool
        Behind equal elements, not in front of them (also ``side='right'``).
    sorter : Tensor
        The order in which the row is sorted.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.searchsorted(torch.tensor([1, 3, 5]), torch.tensor([3, 4]))
    tensor([1, 2])
    """
    if side is not None and side not in ("left", "right"):
        raise RuntimeError(f"searchsorted: side must be 'left' or 'right', but is {side!r}")
    if side == "left" and right:
        raise RuntimeError("searchsorted: side='left' contradicts right=True")
    side = "right" if right else side or "left"
    rows = sorted_sequence._array
    if not rows.ndim:
        raise RuntimeError("searchsorted: the sequence needs at least one dimension")
    if sorter is not None:
        if sorter.shape != sorted_sequence.shape:
            raise RuntimeError(f"searchsorted: a sorter of shape {list(sorter.shape)} does not fit {list(rows.shape)}")
        if sorter.dtype is not dtypes.int64:
            raise RuntimeError(f"searchsorted: the sorter must be of type torch.int64, but is of type {sorter.dtype!r}")
        if sorter.numel() and not 0 <= int(sorter._array.min()) <= int(sorter._array.max()) < rows.shape[-1]:
            raise RuntimeError("searchsorted: an index of the sorter is out of range")
        rows = np.take_along_axis(rows, sorter._array, -1)
    if isinstance(input, Tensor):
        if (rows.ndim > 1 and tuple(rows.shape[:-1]) != tuple(input.shape[:-1])) or (rows.ndim > 1 and not input.ndim):
            raise RuntimeError(f"searchsorted: rows of shape {list(rows.shape)} do not fit values of shape {list(input.shape)}")
        if input.dtype is not sorted_sequence.dtype:
            raise RuntimeError(f"searchsorted: both must have one type, but got {sorted_sequence.dtype!r} and {input.dtype!r}")
        values = input._array
    else:
        if rows.ndim > 1:
            raise RuntimeError("searchsorted: a number can only be looked for in a single row")
        values = np.asarray(input)
    if rows.ndim == 1:
        found = np.searchsorted(rows, values, side)
    else:
        found = np.empty(values.shape, np.int64)
        for place in np.ndindex(*rows.shape[:-1]):
            found[place] = np.searchsorted(rows[place], values[place], side)
    return write_out("searchsorted", wrap(np.asarray(found).astype(np.int32 if out_int32 else np.int64)), out)


def bucketize(input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False, out: Any = None) -> Tensor:
    """The number of the interval that each value lies in.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.bucketize(torch.tensor([0.5, 2.0]), torch.tensor([1.0, 2.0]))
    tensor([0, 1])
    """
    if boundaries.ndim != 1:
        raise RuntimeError(f"bucketize: the boundaries must be a vector, but have shape {list(boundaries.shape)}")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right, out=out)


def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0, *, out: Any = None) -> Tensor:
    """How many elements fall into each of equal bins; from the smallest to the largest unless min and max are given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.histc(torch.tensor([1.0, 2.0, 1.0]), 4, 0, 3)
    tensor([0., 2., 1., 0.])
    """
    floats_only("histc", input._array)
    if bins <= 0:
        raise RuntimeError(f"histc: the number of bins must be positive, but is {bins}")
    if max < min:
        raise RuntimeError(f"histc: max must be larger than min, but got {min} and {max}")
    x = input._array.reshape(-1)
    low, high = float(min), float(max)
    if low == high and x.size:
        low, high = float(x.min()), float(x.max())
    if not np.isfinite([low, high]).all():
        raise RuntimeError(f"histc: the range from {low} to {high} is not finite")
    if low == high:
        low, high = low - 1, high + 1
    inside = x[(x >= low) & (x <= high)].astype(np.float64)
    place = np.minimum(((inside - low) * bins / (high - low)).astype(np.int64), bins - 1)
    return write_out("histc", wrap(np.bincount(place, minlength=bins).astype(input._array.dtype)), out)


def _edges(name: str, x: Tensor, bins: Any, bounds: Any) -> np.ndarray:
    if isinstance(bins, Tensor):
        return bins._array
    if bins <= 0:
        raise RuntimeError(f"{name}: the number of bins must be positive, but is {bins}")
    if bounds is None:
        low, high = (float(x._array.min()), float(x._array.max())) if x.numel() else (0.0, 1.0)
    else:
        low, high = map(float, bounds)
    if not np.isfinite([low, high]).all() or low > high:
        raise RuntimeError(f"{name}: the range from {low} to {high} is not a finite interval")
    if low == high:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, bins + 1, dtype=x._array.dtype)


def _counted(points: np.ndarray, edges: list[np.ndarray], weights: Any) -> np.ndarray:
    """How many points (or how much weight) fall into each cell; the last edge of each dimension belongs to the last cell."""
    inside, places = np.ones(len(points), bool), []
    for x, e in zip(points.T, edges, strict=True):
        place = np.searchsorted(e, x, "right") - 1
        place = np.where(x == e[-1], len(e) - 2, place)
        inside &= (place >= 0) & (place < len(e) - 1) & (x <= e[-1])
        places.append(place)
    out = np.zeros([len(e) - 1 for e in edges])
    np.add.at(out, tuple(p[inside] for p in places), 1 if weights is None else weights[inside])
    return out


def histogram(input: Tensor, bins: Any, *, range: Any = None, weight: Any = None, density: bool = False, out: Any = None) -> Any:
    """How many elements (or how much weight) fall into each bin, and the bins' edges.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.histogram(torch.tensor([1.0, 2.0, 1.0]), 4, range=(0.0, 3.0)).hist
    tensor([0., 2., 1., 0.])
    """
    found = histogramdd(
        input.reshape(-1, 1), [bins], range=range, weight=None if weight is None else weight.reshape(-1), density=density
    )
    return write_out("histogram", return_type("histogram", "hist", "bin_edges")(found[0], found[1][0]), out)


def histogramdd(input: Tensor, bins: Any, *, range: Any = None, weight: Any = None, density: bool = False) -> Any:
    """:func:`histogram` of points in several dimensions (the last of the input).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.histogramdd(torch.tensor([[0.0, 1.0], [1.0, 0.0]]), [2, 2]).hist
    tensor([[0., 1.],
            [1., 0.]])
    """
    floats_only("histogramdd", input._array)
    points = input.reshape(-1, input.shape[-1])
    n = points.shape[1]
    bins = [bins] * n if isinstance(bins, int) else list(bins)
    if len(bins) != n:
        raise RuntimeError(f"histogramdd: {len(bins)} bin counts do not fit points of {n} coordinates")
    bounds = [None] * n if range is None else [tuple(range[2 * k : 2 * k + 2]) for k in np.arange(n)]
    edges = [_edges("histogramdd", points[:, k], b, r) for k, (b, r) in enumerate(zip(bins, bounds, strict=True))]
    hist = _counted(points._array, edges, None if weight is None else weight._array.reshape(-1))
    if density and hist.size:
        hist = hist / hist.sum()
        for k, e in enumerate(edges):
            hist = hist / np.diff(e).reshape((-1,) + (1,) * (len(edges) - 1 - k))
    hist_tensor = wrap(np.asarray(hist).astype(input._array.dtype))
    return return_type("histogramdd", "hist", "bin_edges")(hist_tensor, tuple(wrap(e) for e in edges))
