"""Tensors of random numbers for tests: the numbers that PyTorch's ``make_tensor`` gives under the same seed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.device import check_device
from ..core.tensor import Tensor
from ..ops.creation import empty
from ..ops.random.draw import randint
from ..ops.requires_grad import requiring_grad


def make_tensor(
    *shape: Any,
    dtype: dtypes.dtype,
    device: Any,
    low: float | None = None,
    high: float | None = None,
    requires_grad: bool = False,
    noncontiguous: bool = False,
    exclude_zero: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """A tensor of numbers drawn uniformly from [low, high).

    Parameters
    ----------
    *shape : ints, or a sequence of ints
    dtype : dtype
    device : device or str
        'cpu'.
    low, high : float, optional
        The interval, cut to what the dtype can hold. By default [-9, 9) for real and complex numbers (of these: for both
        parts), {-9, ..., 9} for integers, {0, ..., 9} for unsigned ones, and {False, True}.
    requires_grad : bool
    noncontiguous : bool
        Whether the elements are to lie two places apart in memory, if there are more than one.
    exclude_zero : bool
        Replace zeros by the smallest positive number: 1 for integers, else the smallest normal number.
    memory_format : optional
        As of :func:`minitorch_bp.clone`.

    Returns
    -------
    Tensor
        Of the given shape and dtype.

    Raises
    ------
    ValueError
        If the interval is empty, not a number, or beyond the dtype; for ``requires_grad`` of integers; for ``noncontiguous``
        with a ``memory_format``.
    TypeError
        If the dtype is not a numeric one.

    References
    ----------
    https://docs.pytorch.org/docs/stable/testing.html

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.testing.make_tensor(3, dtype=torch.int64, device="cpu", low=0, high=10)
    tensor([4, 9, 3])
    """
    sizes = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], (list, tuple)) else shape
    if not isinstance(dtype, dtypes.dtype):
        raise TypeError(f"make_tensor: expected a numeric dtype, but got {dtype!r}")
    check_device(device)
    if noncontiguous and memory_format is not None:
        raise ValueError("make_tensor: give either noncontiguous=True or a memory_format, not both")
    real = dtype.is_floating_point or dtype.is_complex
    if requires_grad and not real:
        raise ValueError(f"make_tensor: requires_grad=True needs a floating-point or complex dtype, not {dtype!r}")
    first, last = _interval(dtype, low, high, real)
    spread = noncontiguous and math.prod(sizes) > 1
    drawn = (*sizes[:-1], 2 * sizes[-1]) if spread else sizes
    t: Any
    if dtype.is_complex:
        t = empty(drawn, dtype=dtype)
        parts = _uniform((*drawn, 2), dtypes.float64 if dtype is dtypes.complex128 else dtypes.float32, first, last)
        t._array[...] = parts._array.view(t._array.dtype)[..., 0]
    elif real:
        t = _uniform(drawn, dtype, first, last)
    else:
        t = randint(math.ceil(first), math.ceil(last), drawn, dtype=dtype)
    if spread:
        t = t[..., 1::2]
    elif memory_format is not None:
        t = t.clone(memory_format=memory_format)
    if exclude_zero:
        t[t == 0] = _smallest(dtype)
    return requiring_grad(t) if requires_grad else t


def _uniform(shape: tuple[int, ...], dtype: dtypes.dtype, low: float, high: float) -> Tensor:
    """Real numbers from [low, high), which may be wider than the greatest number."""
    t: Any = empty(shape, dtype=dtype)
    if high - low > dtypes.finfo(dtype).max:
        return t.uniform_(low / 2, high / 2).mul_(2)
    return t.uniform_(low, high)


def _interval(dtype: dtypes.dtype, low: Any, high: Any, real: bool) -> tuple[Any, Any]:
    """The interval to draw from, checked and cut to the numbers that the dtype has; of integers, the end is excluded, too."""
    if real:
        info = dtypes.finfo(dtype)
        least, end, default = info.min, info.max, (-9, 9)
    elif dtype is dtypes.bool:
        least, end, default = 0, 2, (0, 2)
    else:
        whole = dtypes.iinfo(dtype)
        least, end, default = whole.min, whole.max + (dtype is not dtypes.int64), (-9 if whole.min else 0, 10)
    low, high = (d if given is None else given for given, d in zip((low, high), default, strict=True))
    if any(isinstance(x, float) and math.isnan(x) for x in (low, high)):
        raise ValueError(f"make_tensor: expected numbers as low and high, but got {low} and {high}")
    if low > high or (low == high and not real):
        raise ValueError(f"make_tensor: low must be less than high, but got {low} and {high}")
    if high < least or low >= end:
        raise ValueError(f"make_tensor: no number between {low} and {high} is one of {dtype!r}, which has {least} to {end}")
    return max(low, least), min(high, end)


def _smallest(dtype: dtypes.dtype) -> Any:
    """The smallest positive normal number; for complex dtypes in both parts."""
    if not (dtype.is_floating_point or dtype.is_complex):
        return 1
    tiny = dtypes.finfo(dtype).tiny
    return complex(tiny, tiny) if dtype.is_complex else np.float64(tiny).item()
