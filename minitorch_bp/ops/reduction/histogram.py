"""Histograms: bincount, histc, histogram and histogramdd."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._base import MaybeTensor, Tensor, dtypes, public, wrap
from .._return_types import return_type
from .._shapes import check_tensor, floats_only, not_negative, positive


@public()
def bincount(input: Tensor, weights: Any = None, minlength: int = 0) -> Tensor:
    """How often each non-negative integer occurs.

    Parameters
    ----------
    input : Tensor
        A vector of non-negative integers.
    weights : Tensor, optional
        What each element counts, instead of 1.
    minlength : int
        The least number of counts.

    Returns
    -------
    Tensor
        The count of 0, 1, 2, ..., as int64 without ``weights``.

    Raises
    ------
    RuntimeError
        If an integer is negative.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.bincount(torch.tensor([0, 2, 2]))
    tensor([1, 0, 2])
    """
    check_tensor("bincount", input)
    x = input._array
    if x.dtype.kind not in "iu":
        raise NotImplementedError(f"bincount is defined for integers, but got a tensor of type {input.dtype!r}")
    if x.ndim != 1 or (x.size and x.min() < 0):
        raise RuntimeError("bincount: the input must be a vector of integers that are not negative")
    if weights is not None and weights._array.shape != x.shape:
        raise RuntimeError(f"bincount: weights of shape {list(weights.shape)} do not fit an input of shape {list(input.shape)}")
    not_negative("bincount", minlength=minlength)
    counts = np.bincount(x.astype(np.intp, copy=False), None if weights is None else weights._array, minlength)
    # Sums of float32 weights are of type float32, all others float64.
    if not x.size or weights is None:
        counts = counts.astype(np.int64, copy=False)  # of no elements whatever the type of the weights
    return wrap(counts.astype(np.float32) if x.size and weights is not None and weights.dtype is dtypes.float32 else counts)


@public(exact=True)
def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0, *, out: Any = None) -> Tensor:
    """How many elements fall into each of ``bins`` equal bins; elements outside of the range are not counted.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    bins : int
    min, max : float
        The range; from the smallest to the largest element if both are equal.

    Returns
    -------
    Tensor
        ``bins`` counts, of ``input``'s dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.histc(torch.tensor([1.0, 2.0, 1.0]), 4, 0, 3)
    tensor([0., 2., 1., 0.])
    """
    floats_only("histc", input._array)
    if input.dtype.is_complex:
        raise NotImplementedError("histc is not defined for complex numbers: they have no order")
    positive("histc", bins=bins)
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
    place = np.minimum(((inside - low) * bins / (high - low)).astype(np.intp), bins - 1)
    return wrap(np.bincount(place, minlength=bins).astype(input._array.dtype))


def _edges(name: str, x: Tensor, bins: Any, bounds: Any) -> np.ndarray:
    if isinstance(bins, Tensor):
        if bins.dtype is not x.dtype:
            raise RuntimeError(f"{name}: the edges must be of the input's type {x.dtype!r}, but are of type {bins.dtype!r}")
        if bins.ndim != 1 or not bins.numel():
            raise RuntimeError(f"{name}: the edges must be a vector of at least one element, but have shape {list(bins.shape)}")
        return bins._array
    positive(name, bins=bins)
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
    if not places:
        return np.asarray(len(points) if weights is None else weights.sum(), out.dtype)
    np.add.at(out, tuple(p[inside] for p in places), 1 if weights is None else weights[inside])
    return out


@public(exact=True)
def histogram(
    input: Tensor, bins: Any = 100, *, range: Any = None, weight: MaybeTensor = None, density: bool = False, out: Any = None
) -> Any:
    """How many elements (or how much weight) fall into each bin, and the bins' edges.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    bins : int or Tensor
        The number of equal bins, or the bins' edges in order.
    range : (float, float), optional
        From the smallest to the largest element by default.
    weight : Tensor, optional
        What each element counts, instead of 1.
    density : bool
        Divide so that the integral is 1.

    Returns
    -------
    (Tensor, Tensor)
        A named tuple ``(hist, bin_edges)``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.histogram(torch.tensor([1.0, 2.0, 1.0]), 4, range=(0.0, 3.0)).hist
    tensor([0., 2., 1., 0.])
    """
    if weight is not None and weight.shape != input.shape:
        raise RuntimeError(f"histogram: weights of shape {list(weight.shape)} do not fit an input of shape {list(input.shape)}")
    result = histogramdd(
        input.reshape(-1, 1), [bins], range=range, weight=None if weight is None else weight.reshape(-1), density=density
    )
    return return_type("histogram", "hist", "bin_edges")(result[0], result[1][0])


@public("torch")
def histogramdd(input: Tensor, bins: Any, *, range: Any = None, weight: MaybeTensor = None, density: bool = False) -> Any:
    """:func:`histogram` of points in several dimensions (the last of the input).

    Parameters
    ----------
    input : Tensor
        Points, whose coordinates are the last dimension.
    bins : list of ints, list of Tensors or int
        For each coordinate the number of bins, or their edges.
    range : list of floats, optional
        The lowest and the highest edge for each coordinate, in a row.
    weight : Tensor, optional
        What each point counts, instead of 1.
    density : bool
        Divide so that the integral is 1.

    Returns
    -------
    (Tensor, tuple of Tensors)
        A named tuple ``(hist, bin_edges)``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.histogramdd(torch.tensor([[0.0, 1.0], [1.0, 0.0]]), [2, 2]).hist
    tensor([[0., 1.],
            [1., 0.]])
    """
    floats_only("histogramdd", input._array)
    if weight is not None and weight.dtype is not input.dtype:
        raise RuntimeError(
            f"histogramdd: the weights must be of the input's type {input.dtype!r}, but are of type {weight.dtype!r}"
        )
    if weight is not None and tuple(weight.shape) != tuple(input.shape[:-1]):
        raise RuntimeError(f"histogramdd: weights of shape {list(weight.shape)} do not fit points of shape {list(input.shape)}")
    n = input.shape[-1]
    points = input.reshape(math.prod(input.shape[:-1]), n)
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
