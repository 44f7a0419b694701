"""The product of elements, with a derivative that is right where elements are zero."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dtype import as_dtype
from .._base import Tensor, primitive, public
from .._shapes import kept, reduced_axis, summed_as


# ---------------------------------------------------------------------- products
def _prod_rule(xp: Any, grad: Any, input: Any, result: Any, dim: Any, keepdim: Any) -> Any:
    """The product of all the others. Dividing the result by x is faster, but fails at 0, and its own derivative cancels
    badly, so it serves a plain backward without zeros only."""
    shape = input.shape
    grad, result = kept(xp, grad, shape, dim, keepdim), kept(xp, result, shape, dim, keepdim)
    if xp.on_arrays and not np.any(input == 0):
        return grad * (result / input)
    return grad * xp._product_of_others(input, dim)


def _others_rule(xp: Any, grad: Any, input: Any, dim: Any) -> Any:
    # d/dx_j of prod_{k != i} x_k is prod_{k != i, j} x_k: leave each element out in turn.
    flat = xp._unsafe_view(input, (-1,)) if dim is None else input
    g = xp._unsafe_view(grad, (-1,)) if dim is None else grad
    axis = 0 if dim is None else dim
    total = xp._zeros_of(flat)
    size = flat.shape[axis] if len(flat.shape) else 1
    for i in range(size):
        without = xp._replace_at(flat, axis, i, 1.0)
        part = xp._replace_at(xp._product_of_others(without, axis), axis, i, 0.0)
        part = part * xp.narrow(g, axis, i, 1) if len(flat.shape) else part * g
        total = total + part
    return xp._unsafe_view(total, tuple(input.shape))


@primitive(input=_others_rule)
def _product_of_others(input, dim):
    if dim is None:
        return _product_of_others.op.kernel(input.reshape(-1), 0).reshape(input.shape)
    x = np.moveaxis(input, dim, 0) if input.ndim else input.reshape(1)
    before, after = np.ones_like(x), np.ones_like(x)
    np.cumprod(x[:-1], 0, out=before[1:])
    after[:-1] = np.cumprod(x[:0:-1], 0)[::-1]
    out = before * after
    return np.moveaxis(out, 0, dim) if input.ndim else out.reshape(())


@primitive(input=lambda xp, grad, dim, index: xp._replace_at(grad, dim, index, 0.0))
def _replace_at(input, dim, index, value):
    out = input.copy()
    out[(slice(None),) * (dim % max(input.ndim, 1)) + (index,) if input.ndim else ()] = value
    return out


_multiply: Any = np.multiply.reduce  # NumPy's stubs do not know keepdims by position


@primitive(
    half=False, grad_name=lambda node: f"ProdBackward{int(node.reads('dim') is not None)}", input=_prod_rule
)  # PyTorch rounds after each factor, too
def _prod_over(input, dim=None, keepdim=False):
    axis = None if dim is None else reduced_axis(dim, input.ndim, "prod")
    return _multiply(input, axis, np.int64 if input.dtype.kind in "iub" else None, None, keepdim)


@public(exact="out")
def prod(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, out: Any = None) -> Tensor:
    r"""The product of all elements, or along ``dim``: :math:`\prod_i x_i`. Its derivative is right with zeros, too.

    Parameters
    ----------
    input : Tensor
    dim : int, optional
        All elements by default.
    keepdim : bool
        Keep the reduced dimensions with size 1.
    dtype : dtype, optional
        Convert to this type first. Integers and booleans are multiplied as int64.

    Returns
    -------
    Tensor
        Without the reduced dimensions, or with size 1 where ``keepdim``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.tensor([2.0, 0.0, 3.0], requires_grad=True)
    >>> torch.prod(x).backward()
    >>> x.grad
    tensor([0., 6., 0.])
    """
    if isinstance(dim, (tuple, list)):
        raise TypeError("prod(): takes one dimension only, dim=0; reduce several one after another")
    return _prod_over(input, dim, keepdim) if dtype is None else summed_as(_prod_over, input, as_dtype(dtype), dim, keepdim)
