"""Finite differences, numerical gradients and the trapezoidal rule."""

from __future__ import annotations

from typing import Any

from .._base import Tensor, dtypes, one_node, public
from .._composite import over, times
from .._shapes import check_tensor, least_ndim, not_negative, wrap_dim
from ..shape.joining import cat


# ---------------------------------------------------------------------- differences and integrals
@public()
def diff(input: Tensor, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None, *, out: Any = None) -> Tensor:
    """The n-th differences of neighbours along a dimension, :math:`y_i = x_{i+1} - x_i` for n = 1.

    Parameters
    ----------
    input : Tensor
    n : int
        How often to take differences.
    dim : int
    prepend, append : Tensor, optional
        Joined to ``input`` along ``dim`` first.

    Returns
    -------
    Tensor
        Shorter by n along ``dim``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.diff(torch.tensor([1, 3, 6]))
    tensor([2, 3])
    """
    check_tensor("diff", input)
    least_ndim("diff", 1, input)
    not_negative("diff", n=n)
    dim = wrap_dim(dim, input.ndim, "diff")
    parts = [t for t in (prepend, input, append) if t is not None]
    if not n:
        return one_node("CopyBackwards", input.clone(), None, input)
    x = cat(parts, dim) if len(parts) > 1 else input
    for _ in range(min(n, x.shape[dim])):
        size = x.shape[dim]
        after, before = x.narrow(dim, min(1, size), max(size - 1, 0)), x.narrow(dim, 0, max(size - 1, 0))
        x = after ^ before if x.dtype is dtypes.bool else after - before
    return x


def _spacings(spacing: Any, dims: list[int]) -> list[Any]:
    if isinstance(spacing, (list, tuple)):
        if len(spacing) != len(dims):
            raise RuntimeError(f"gradient: {len(spacing)} spacings do not fit {len(dims)} dimensions")
        return list(spacing)
    return [spacing] * len(dims)


@public("torch")
def gradient(input: Tensor, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1) -> tuple[Tensor, ...]:
    """The numerical derivative along each dimension, by central differences (one-sided at the ends).

    Parameters
    ----------
    input : Tensor
    spacing : number, or for each dimension a number or the coordinates
        The distance of neighbours, or where they lie.
    dim : int or tuple of ints, optional
        All dimensions by default.
    edge_order : 1 or 2
        The order of the differences at the ends.

    Returns
    -------
    tuple of Tensors
        One derivative per dimension, each of ``input``'s shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.gradient(torch.tensor([1.0, 4.0, 9.0]))
    (tensor([3., 4., 5.]),)
    """
    check_tensor("gradient", input)
    if input.dtype is dtypes.uint8:
        raise RuntimeError("gradient: differences of torch.uint8 would wrap around below 0: convert with .int() or .float() first")
    if dim is None:
        dims = list(range(input.ndim))
        if isinstance(spacing, (list, tuple)) and len(spacing) == 1 and len(dims) != 1:
            raise RuntimeError(f"gradient: 1 spacing does not fit {len(dims)} dimensions")
    else:
        dims = [wrap_dim(d, input.ndim, "gradient") for d in (dim if isinstance(dim, (list, tuple)) else [dim])]
    if edge_order not in (1, 2):
        raise RuntimeError(f"gradient: edge_order must be 1 or 2, but is {edge_order}")
    if len(set(dims)) != len(dims):
        raise RuntimeError(f"gradient: a dimension appears twice in {dims}")
    for d in dims:
        if input.shape[d] < edge_order + 1:
            raise RuntimeError(f"gradient: dimension {d} of {list(input.shape)} has fewer than {edge_order + 1} elements")
    spacing = 1 if spacing is None else spacing
    slopes = []
    for d, step in zip(dims, _spacings(spacing, dims), strict=True):
        if isinstance(step, Tensor) and step.ndim:
            if step.ndim != 1 or step.numel() != input.shape[d]:
                raise RuntimeError(
                    f"gradient: coordinates of shape {list(step.shape)} do not fit dimension {d} of {list(input.shape)}"
                )
            slopes.append(_slope(input, d, step.detach(), edge_order))
        else:
            slopes.append(_even_slope(input, d, step, edge_order))
    return tuple(slopes)


def _slope(x: Tensor, d: int, at: Tensor, edge_order: int) -> Tensor:
    """The slopes at coordinates ``at``: of the parabola through three neighbours, and at the ends of a line or a parabola."""
    n = x.shape[d]
    part = lambda start, length: x.narrow(d, start, length)
    shape = [1] * x.ndim
    shape[d] = -1
    h = (at[1:] - at[:-1]).reshape(shape)
    if edge_order == 1:
        first = (part(1, 1) - part(0, 1)) / h.narrow(d, 0, 1)
        last = (part(n - 1, 1) - part(n - 2, 1)) / h.narrow(d, n - 2, 1)
    else:
        a, b = h.narrow(d, 0, 1), h.narrow(d, 1, 1)
        first = -(2 * a + b) / (a * (a + b)) * part(0, 1) + (a + b) / (a * b) * part(1, 1) - a / (b * (a + b)) * part(2, 1)
        a, b = h.narrow(d, n - 3, 1), h.narrow(d, n - 2, 1)
        last = (
            b / (a * (a + b)) * part(n - 3, 1) - (a + b) / (a * b) * part(n - 2, 1) + (2 * b + a) / (b * (a + b)) * part(n - 1, 1)
        )
    pieces = []
    if n > 2:
        a, b = h.narrow(d, 0, n - 2), h.narrow(d, 1, n - 2)
        weights = -b / (a * (a + b)), (b - a) / (a * b), a / (b * (a + b))
        pieces = [weights[0] * part(0, n - 2) + weights[1] * part(1, n - 2) + weights[2] * part(2, n - 2)]
    return cat([first, *pieces, last], d)


def _even_slope(x: Tensor, d: int, step: Any, edge_order: int) -> Tensor:
    """The slopes at coordinates of equal distance ``step``."""
    n = x.shape[d]
    part = lambda start, length: x.narrow(d, start, length)
    if edge_order == 1:
        first, last = over(part(1, 1) - part(0, 1), step), over(part(n - 1, 1) - part(n - 2, 1), step)
    else:
        first = over(times(part(0, 1), -1.5) + times(part(1, 1), 2) - times(part(2, 1), 0.5), step)
        last = over(times(part(n - 3, 1), 0.5) - times(part(n - 2, 1), 2) + times(part(n - 1, 1), 1.5), step)
    pieces = [over(over(part(2, n - 2) - part(0, n - 2), step), 2)] if n > 2 else []
    return cat([first, *pieces, last], d)


def _check_step(name: str, dx: Any) -> bool:
    if isinstance(dx, (Tensor, bool)):
        raise RuntimeError(f"{name}: dx must be a number")
    return True


def _trapezoids(name: str, y: Tensor, x: Any, dx: Any, dim: int) -> Tensor:
    check_tensor(name, y, "y")
    if not y.ndim:
        if x is not None:
            raise RuntimeError(f"{name}: y needs a dimension to integrate over")
        raise IndexError(f"{name}: y has no dimension to integrate over")
    dim = wrap_dim(dim, y.ndim, name)
    n = y.shape[dim]
    pairs = y.narrow(dim, min(1, n), max(n - 1, 0)) + y.narrow(dim, 0, max(n - 1, 0))
    if x is None:
        _check_step(name, dx)
        return times(pairs, dx)
    if not x.ndim:
        raise RuntimeError(f"{name}: x must have at least one dimension")
    if x.ndim < y.ndim and x.ndim != 1:
        x = x.reshape((1,) * (y.ndim - x.ndim) + tuple(x.shape))
    if x.ndim == 1:
        if x.numel() != n:
            raise RuntimeError(f"{name}: {x.numel()} places do not fit {n} values")
        axis = dim if y.ndim > 1 else 0
        x = x.view((1,) * axis + (-1,) + (1,) * (y.ndim - 1 - dim))
        steps = x.narrow(axis, 1, max(n - 1, 0)) - x.narrow(axis, 0, max(n - 1, 0)) if n else x
    else:
        steps = diff(x, dim=dim - y.ndim)
    return pairs * steps


@public("torch", names=["trapz"])
def trapezoid(y: Tensor, x: Any = None, *, dx: Any = 1, dim: int = -1) -> Tensor:
    r"""The integral by the trapezoidal rule, :math:`\sum_i \frac{y_i + y_{i+1}}{2} (x_{i+1} - x_i)`.

    Parameters
    ----------
    y : Tensor
        The values of the integrand.
    x : Tensor, optional
        Where they were taken; equally spaced, ``dx`` apart, if missing.
    dx : number
    dim : int

    Returns
    -------
    Tensor
        Without ``dim``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.trapezoid(torch.tensor([1.0, 5.0, 10.0]))
    tensor(10.5000)
    """
    if x is not None or not y.ndim or not y.shape[wrap_dim(dim, y.ndim)]:
        return over(_trapezoids("trapezoid", y, x, dx, dim).sum(wrap_dim(dim, y.ndim) - y.ndim), 2)
    _check_step("trapezoid", dx)  # the same with each element once, the first and the last by half
    return times(y.sum(dim) - times(y.select(dim, 0) + y.select(dim, -1), 0.5), dx)


@public("torch")
def cumulative_trapezoid(y: Tensor, x: Any = None, *, dx: Any = 1, dim: int = -1) -> Tensor:
    """The cumulative integral by the trapezoidal rule, up to each point but the first.

    Parameters
    ----------
    y : Tensor
        The values of the integrand.
    x : Tensor, optional
        Where they were taken; equally spaced, ``dx`` apart, if missing.
    dx : number
    dim : int

    Returns
    -------
    Tensor
        Shorter by one along ``dim``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cumulative_trapezoid(torch.tensor([1.0, 5.0, 10.0]))
    tensor([ 3.0000, 10.5000])
    """
    parts = _trapezoids("cumulative_trapezoid", y, x, dx / 2 if x is None and _check_step("cumulative_trapezoid", dx) else 1, dim)
    total = parts.cumsum(wrap_dim(dim, y.ndim) - y.ndim)
    return total if x is None else over(total, 2)
