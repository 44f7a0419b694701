"""Padding with a constant, which functions of several chapters use; its derivative is the crop."""

from __future__ import annotations

import numpy as np

from .._base import dtypes, primitive


@primitive(
    grad_name="ConstantPadNdBackward0",
    input=lambda xp, grad, before, after: xp._pad(grad, tuple(-b for b in before), tuple(-a for a in after), 0.0),
)
def _pad(input, before, after, value):
    cut = tuple(slice(max(-b, 0), n - max(-a, 0)) for b, a, n in zip(before, after, input.shape, strict=True))
    widths = [(max(b, 0), max(a, 0)) for b, a in zip(before, after, strict=True)]
    return np.pad(input[cut], widths, constant_values=dtypes.stored(value, dtypes.from_numpy_dtype(input.dtype)))
