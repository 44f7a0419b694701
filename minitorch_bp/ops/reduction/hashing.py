"""A number that stands for the bits of a tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, public, wrap
from .._shapes import check_tensor, reduced_axis


@public()
def hash_tensor(input: Tensor, dim: Any = (), *, keepdim: bool = False, mode: int = 0, out: Any = None) -> Tensor:
    """The bits of all elements, joined by exclusive or: equal for tensors that hold the same elements in any order.

    Parameters
    ----------
    input : Tensor
        Numbers with fractions count as float64.
    dim : int or tuple of ints
        The dimensions to reduce; all of them by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    mode : int
        0, the only one.

    Returns
    -------
    Tensor
        Of type uint64.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.hash_tensor(torch.tensor([1, 2, 4]))
    tensor(7, dtype=torch.uint64)
    """
    check_tensor("hash_tensor", input)
    x = input._array
    if mode != 0:
        raise RuntimeError(f"hash_tensor: the only mode is 0, but got {mode}")
    if x.dtype.kind == "c":
        raise NotImplementedError(f"hash_tensor is not defined for {input.dtype!r}")
    bits = x.astype(np.int64) if x.dtype.kind in "iub" else x.astype(np.float64)
    axis = reduced_axis(dim, x.ndim, "hash_tensor")
    xor: Any = np.bitwise_xor.reduce  # NumPy's stubs want an int as axis
    return wrap(np.asarray(xor(bits.view(np.uint64), axis, keepdims=keepdim), np.uint64))
