"""``embedding_bag``: rows of a table, summed, averaged or maximized per bag."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import MaybeTensor, Tensor, dtypes, public, shown_as, wrap
from .._composite import is_half, rounded_once
from .._shapes import check_tensor, same_type
from .embedding import embedding


@public("torch", "nn.functional", node="EmbeddingBagBackward0(weight, per_sample_weights)")
def embedding_bag(
    input: Tensor, weight: Tensor, offsets: MaybeTensor = None, max_norm: Any = None, norm_type: float | Tensor = 2, scale_grad_by_freq: bool = False,
    mode: str = "mean", sparse: bool = False, per_sample_weights: MaybeTensor = None, include_last_offset: bool = False,
    padding_idx: Any = None,
) -> Tensor:  # fmt: skip
    """The sum, mean or maximum of the rows that each bag of indices lists.

    Parameters
    ----------
    input : LongTensor
        A matrix with a bag in each row, or a vector that ``offsets`` divides into bags.
    weight : Tensor of shape (rows, size)
    offsets : LongTensor, optional
        Where each bag begins in a vector.
    max_norm : float, optional
        Rows that are used are first scaled down, in place, to at most this norm.
    norm_type : float
        Which norm.
    scale_grad_by_freq : bool
        Divide a row's gradient by the number of times it was used.
    mode : 'sum', 'mean' or 'max'
    sparse : bool
        Whether torch's gradient is sparse; without effect here.
    per_sample_weights : Tensor, optional
        A factor for each index, for 'sum'.
    include_last_offset : bool
        Whether ``offsets`` ends with the end of the last bag.
    padding_idx : int, optional
        An index that does not count.

    Returns
    -------
    Tensor
        Of shape (bags, size).

    Raises
    ------
    ValueError
        If indices and offsets do not go together.
    RuntimeError
        If an index, an offset or ``padding_idx`` is out of range, or the weights of the samples are of another type.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.embedding_bag(torch.tensor([[0, 1]]), torch.tensor([[1.0], [3.0]]))
    tensor([[2.]])
    """
    same_type("embedding_bag", weight, per_sample_weights)
    if is_half(weight) and max_norm is None:
        return rounded_once(
            embedding_bag,
            input,
            weight,
            offsets,
            max_norm,
            norm_type,
            scale_grad_by_freq,
            mode,
            sparse,
            per_sample_weights,
            include_last_offset,
            padding_idx,
        )
    check_tensor("embedding_bag", input)
    check_tensor("embedding_bag", weight, "weight")
    for what, t in (("indices", input), ("offsets", offsets)):
        if t is not None and t._array.dtype.kind != "i":
            raise RuntimeError(f"embedding_bag: the {what} must be integers, but are of type {t.dtype!r}")
    if weight.ndim != 2:
        raise ValueError(f"embedding_bag: the weight must be a table of 2 dimensions, but has {weight.ndim}")
    if mode not in ("sum", "mean", "max"):
        raise ValueError(f"embedding_bag: mode must be 'sum', 'mean' or 'max', but is {mode!r}")
    if per_sample_weights is not None and (mode != "sum" or per_sample_weights.shape != input.shape):
        kind = NotImplementedError if mode != "sum" else ValueError
        raise kind("embedding_bag: per_sample_weights go with mode='sum', one for each index")
    if input.ndim == 2:
        if offsets is not None:
            raise ValueError("embedding_bag: with a matrix of indices there are no offsets")
        bags = np.repeat(np.arange(input.shape[0]), input.shape[1])
        count = input.shape[0]
        per_sample_weights = None if per_sample_weights is None else per_sample_weights.reshape(-1)
    elif input.ndim == 1:
        if offsets is None or offsets.ndim != 1:
            raise ValueError("embedding_bag: a vector of indices needs a vector of offsets")
        starts = offsets._array[:-1] if include_last_offset else offsets._array
        if starts.size and starts[0] != 0:
            raise RuntimeError("embedding_bag: the first offset must be 0")
        if offsets._array.size and offsets._array.max() > input.numel():
            raise RuntimeError("embedding_bag: an offset lies beyond the indices")
        bags = np.searchsorted(starts, np.arange(input.numel()), "right") - 1
        count = len(starts)
    else:
        raise ValueError(f"embedding_bag: the indices must be a vector or a matrix, but have shape {list(input.shape)}")
    flat, table = input.reshape(-1).to(dtypes.int64), weight.shape[0]
    if flat._array.size and table and not 0 <= flat._array.min() <= flat._array.max() < table:
        raise RuntimeError(f"embedding_bag: an index is out of range: the table has {table} rows")
    if padding_idx is not None:
        if not -table <= padding_idx < table:
            raise RuntimeError(f"embedding_bag: padding_idx {padding_idx} is not one of the {table} rows")
        keep = flat._array != padding_idx % weight.shape[0]
        flat, bags = wrap(flat._array[keep]), bags[keep]
        if per_sample_weights is not None:
            per_sample_weights = per_sample_weights[wrap(keep)]
    rows = embedding(flat, weight, None, max_norm, norm_type, scale_grad_by_freq, sparse)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.unsqueeze(-1)
    index = wrap(np.repeat(bags[:, None], weight.shape[1], 1).astype(np.int64, copy=False))
    start = rows.new_zeros(count, weight.shape[1])
    if mode != "max":
        reduced = start.scatter_add(0, index, rows) if rows.numel() else start + rows.sum() * 0
        sizes = np.bincount(bags, minlength=count).clip(1)[:, None]
        reduced = reduced / wrap(sizes.astype(weight._array.dtype)) if mode == "mean" else reduced
        return shown_as(reduced, "EmbeddingBagBackward0")
    best = _first_maxima(rows._array, bags, count)
    reduced = rows.gather(0, wrap(np.maximum(best, 0))) if rows.numel() else start + rows.sum() * 0
    return shown_as(reduced * wrap((best >= 0).astype(weight._array.dtype)), "EmbeddingBagBackward0")


def _first_maxima(rows: np.ndarray, bags: np.ndarray, count: int) -> np.ndarray:
    """For each bag and column the first row that holds the largest element; -1 for an empty bag."""
    best = np.full((count, rows.shape[1]), -1)
    for i, bag in enumerate(bags):
        now = best[bag]
        larger = (now < 0) | (rows[i] > rows[np.maximum(now, 0), np.arange(rows.shape[1])])
        best[bag] = np.where(larger, i, now)
    return best
