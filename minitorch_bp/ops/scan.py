"""Running sums and products along a dimension."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.primitive import primitive
from ..core.tensor import Tensor
from ._shapes import takes_out, wrap_dim


def _reversed_cumsum(xp: Any, grad: Any, dim: Any) -> Any:
    return xp.flip(xp._cumsum(xp.flip(grad, (dim,)), dim), (dim,)) if len(grad.shape) else grad


def _wide(x: np.ndarray) -> Any:
    return np.int64 if x.dtype.kind in "iub" else None


@primitive(method=False, grad_name="CumsumBackward0", input=lambda xp, grad, dim: _reversed_cumsum(xp, grad, dim))
def _cumsum(input, dim):
    return np.cumsum(input, dim, _wide(input)) if input.ndim else input.astype(_wide(input) or input.dtype)


@takes_out
def cumsum(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    r"""Running sums along a dimension, :math:`y_i = \sum_{j \le i} x_j`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cumsum(torch.tensor([1, 2, 3]), 0)
    tensor([1, 3, 6])
    """
    if dtype is not None:
        input = input.to(dtype)
    return _cumsum(input, wrap_dim(dim, input._array.ndim, "cumsum"))


def _cumprod_rule(xp: Any, grad: Any, input: Any, result: Any, dim: Any) -> Any:
    """Without zeros, the sum of grad * result from here on, over x; else row by row of the Jacobian, without dividing."""
    if not len(input.shape) or not input.shape[dim]:
        return grad
    if xp.on_arrays and not np.any(input == 0):
        return _reversed_cumsum(xp, grad * result, dim) / input
    columns = []
    for i in range(input.shape[dim]):
        # dy_k / dx_i for k >= i is the running product with x_i replaced by 1.
        without = xp._cumprod(xp._replace_at(input, dim, i, 1.0), dim)
        later = xp.narrow(grad * without, dim, i, input.shape[dim] - i)
        columns.append(xp._sum_over(later, dim, True))
    return xp._cat(tuple(columns), dim)


@primitive(method=False, grad_name="CumprodBackward0", input=_cumprod_rule)
def _cumprod(input, dim):
    return np.cumprod(input, dim, _wide(input)) if input.ndim else input.astype(_wide(input) or input.dtype)


@takes_out
def cumprod(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    r"""Running products along a dimension, :math:`y_i = \prod_{j \le i} x_j`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cumprod(torch.tensor([1, 2, 3]), 0)
    tensor([1, 2, 6])
    """
    if dtype is not None:
        input = input.to(dtype)
    return _cumprod(input, wrap_dim(dim, input._array.ndim, "cumprod"))
