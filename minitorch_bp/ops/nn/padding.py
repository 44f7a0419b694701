"""Padding: constant, reflected, replicated or circular."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.layout import like_image
from .._base import Tensor, one_node, public, shown_as
from .._shapes import check_tensor, whole_number
from ..creation import from_numpy
from ..indexing.gather import index_select
from ..shape.constant_pad import _pad


def _places(n: int, before: int, after: int, mode: str) -> np.ndarray:
    """Which element of a row of n stands at each place of the padded row."""
    at = np.arange(-before, n + after, dtype=np.int64)
    if mode == "replicate":
        return at.clip(0, n - 1)
    if mode == "circular":
        return at % n
    period = max(2 * (n - 1), 1)  # reflect: there and back again, the ends once
    at = np.abs(at) % period
    return np.where(at < n, at, period - at)


@public("nn.functional")
def pad(input: Tensor, pad: Any, mode: str = "constant", value: Any = None) -> Tensor:
    """Add elements at both ends of the last dimensions.

    Parameters
    ----------
    input : Tensor
    pad : tuple of ints
        (before, after) of the last dimension, then of the one before it, and so on; negative numbers crop.
    mode : 'constant', 'reflect', 'replicate' or 'circular'
    value : number, optional
        For 'constant'; 0 by default.

    Returns
    -------
    Tensor
        Of ``input``'s dtype.

    Raises
    ------
    RuntimeError
        If the padding has an odd number of entries, too many, or is larger than the mode allows.
    NotImplementedError
        If the mode does not work for so many dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.pad(torch.tensor([[1.0, 2.0, 3.0]]), (2, 1), mode="reflect")
    tensor([[3., 2., 1., 2., 3., 2.]])
    """
    check_tensor("pad", input)
    if not isinstance(pad, (tuple, list)):
        raise TypeError(f"pad(): the argument 'pad' must be a tuple of ints, but got {type(pad).__name__}")
    widths = [whole_number("pad", "each number of 'pad'", p) for p in pad]
    if len(widths) % 2:
        raise RuntimeError(f"pad: expected pairs (before, after), but got {len(widths)} numbers")
    if len(widths) > 2 * input.ndim:
        raise RuntimeError(f"pad: {len(widths)} numbers are too many for a tensor of {input.ndim} dimensions")
    count = len(widths) // 2
    before = (0,) * (input.ndim - count) + tuple(widths[2 * (count - 1 - k)] for k in range(count))
    after = (0,) * (input.ndim - count) + tuple(widths[2 * (count - 1 - k) + 1] for k in range(count))
    for b, a, n in zip(before, after, input.shape, strict=True):
        if n + b + a < 0 or n + min(b, 0) + min(a, 0) < 0:
            raise RuntimeError(f"pad: cutting {-b} and {-a} elements leaves nothing of a dimension of size {n}")
    if mode == "constant":
        return like_image(_pad(input, before, after, 0 if value is None else value), input)
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"pad: unknown mode {mode!r}")
    if value is not None and value != 0:
        raise RuntimeError(f"pad: a value can only be given for mode='constant', not for {mode!r}")
    if count not in (input.ndim - 1, input.ndim - 2) or count > 3:
        raise NotImplementedError(f"pad: mode {mode!r} pads the last 1 to 3 dimensions of 2 to 5, not {count} of {input.ndim}")
    if mode != "circular" and 0 in input.shape[input.ndim - count - 1 :]:
        raise RuntimeError(f"pad: for mode {mode!r} only the batch may be empty, but the shape is {list(input.shape)}")
    return _continued(input, before, after, mode, count)


def _continued(input: Tensor, before: Any, after: Any, mode: str, count: int) -> Tensor:
    given = input
    if mode == "circular" and min(*before, *after) < 0:  # what is cut is not repeated
        input = _pad(input, tuple(min(b, 0) for b in before), tuple(min(a, 0) for a in after), 0.0)
        before, after = (tuple(max(w, 0) for w in widths) for widths in (before, after))
    for d, (b, a, n) in enumerate(zip(before, after, input.shape, strict=True)):
        limit = n - 1 if mode == "reflect" else n
        if mode != "replicate" and (b or a) and (b > limit or a > limit):
            raise RuntimeError(f"pad: {b} and {a} elements are too many for mode {mode!r} and a dimension of size {n}")
        if not n and d and (b or a):
            raise RuntimeError(f"pad: mode {mode!r} needs elements, but the shape is {list(input.shape)}")
        if b or a:
            input = index_select(input, d, from_numpy(_places(n, b, a, mode)))
    if mode == "circular":
        return shown_as(input, "torch::autograd::CopySlices")
    kind = "Reflection" if mode == "reflect" else "Replication"
    return like_image(one_node(f"{kind}Pad{count}DBackward0", input, given), given)
