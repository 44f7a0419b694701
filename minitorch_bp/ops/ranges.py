"""Creation operations that count: arange, range, linspace and logspace."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ._base import Tensor, dtypes, public
from ._shapes import check_operands, no_booleans, not_negative
from .creation import _numpy_dtype, finish_in, no_options, type_for


def _number(x: Any) -> Any:
    return x.item() if isinstance(x, (Tensor, np.generic)) else x


#: PyTorch multiplies and adds with one rounding. This type, where it has more digits than float64, holds the sum before it is rounded.
_FUSED = np.longdouble


def _counted(start: Any, step: Any, n: int, wanted: np.dtype) -> np.ndarray:
    """``n`` floats from ``start`` on, with PyTorch's bits: it counts in blocks of 32 bytes, each from its own first number, which is
    rounded to the type; what does not fill a pair of blocks at the end is counted one by one."""
    start, step = float(start), float(step)
    exact = start.is_integer() and step.is_integer() and abs(start) + abs(step) * n < 2**24
    if exact or wanted.kind != "f" or wanted.itemsize < 4:
        return (start + np.arange(n) * step).astype(wanted)
    size = 32 // wanted.itemsize
    whole = n - n % (2 * size)
    single = np.concatenate([np.arange(0, whole, size), np.arange(whole, n)])  # the first of each block, and what is left over
    firsts = (start + single * _FUSED(step)).astype(np.float64).astype(wanted)
    if not whole:
        return firsts
    k = np.arange(size)[:, None]  # a row for each place in a block, and a column for each block: long rows are faster
    offsets = k * step
    lost = (k * _FUSED(step) - offsets).astype(np.float64)
    base = firsts[: whole // size].astype(np.float64)
    sums = base + offsets
    part = sums - base
    lost = lost + ((base - (sums - part)) + (offsets - part))  # of the sum, too: what one rounding would have seen
    return np.concatenate([(sums + lost).astype(wanted).T.ravel(), firsts[whole // size :]])


@public("torch", own_out=True)
def arange(
    start: Any = None,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    out: Any = None,
    **options: Any,
) -> Tensor:
    """The numbers from ``start`` (0 if only the end is given) up to ``end``, without it.

    Parameters
    ----------
    start, end, step : number

    Returns
    -------
    Tensor
        Of dtype int64 if all three are integers, else of the default dtype.

    Raises
    ------
    RuntimeError
        If the step is 0 or leads away from the end.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.arange(1, 2.5, 0.5)
    tensor([1.0000, 1.5000, 2.0000])
    """
    no_options(options)
    start, end, step = _number(start), _number(end), _number(step)
    if end is None:
        start, end = 0, start
    if end is None:
        raise TypeError("arange() needs an end: arange(5), or arange(1, 5)")
    start = 0 if start is None else start
    floating = any(isinstance(v, float) for v in (start, end, step))
    dtype = type_for("arange", dtype, out)
    wanted = _numpy_dtype(dtype) if dtype is not None else dtypes.get_default_dtype().numpy if floating else np.dtype(np.int64)
    no_booleans("arange", np.empty(0, wanted))
    if wanted.kind == "c":
        raise NotImplementedError(f"arange is not defined for {wanted}: complex numbers have no order")
    if step == 0 or (end - start) * step < 0:
        raise RuntimeError(f"arange: a step of {step} does not lead from {start} to {end}")
    if floating and not np.isfinite([float(start), float(end), float(step)]).all():
        raise RuntimeError(f"arange: the range from {start} to {end} in steps of {step} is not finite")
    if floating and wanted.kind in "iu":  # each bound is made an integer first; only of int64 before they are counted
        count = int(np.ceil((np.float64(end) - start) / step))
        start, end, step = int(start), int(end), int(step)
        if wanted.itemsize == 8:
            if not step:
                raise ValueError("arange: the step is 0 as an integer")
            count = max(-((start - end) // step), 0)
        array = (start + step * np.arange(count)).astype(wanted)
    elif floating or wanted.kind in "fV":
        n = int(np.ceil((np.float64(end) - start) / step))
        array = _counted(start, step, n, wanted)
    else:
        for value in (start, end, step):
            dtypes.check_number(value, dtypes.int64)
        array = np.arange(start, end, step, dtype=wanted)
    return finish_in("arange", array, out, requires_grad, device)


def _evenly(name: str, start: Any, end: Any, dtype: Any, out: Any) -> Any:
    """The ends as numbers, and the NumPy dtype of what is evenly spaced between them."""
    check_operands(name, start=start, end=end)
    for bound in (start, end):
        if isinstance(bound, Tensor) and bound.ndim:
            raise RuntimeError(f"{name}: a bound that is a tensor must have no dimensions, but has shape {list(bound.shape)}")
    start, end, dtype = _number(start), _number(end), type_for(name, dtype, out)
    if dtype is None and (isinstance(start, complex) or isinstance(end, complex)):
        dtype = dtypes.get_default_dtype().to_complex()
    wanted = _numpy_dtype(dtype)
    if wanted.kind != "c" and (isinstance(start, complex) or isinstance(end, complex)):
        raise RuntimeError(f"{name}: from {start} to {end} lie complex numbers, which type {dtype!r} can't hold")
    return start, end, wanted


def _steps(name: str, steps: Any) -> int:
    """The number of steps; TypeError if it is not an int, RuntimeError if it is negative."""
    if isinstance(steps, bool) or not isinstance(steps, (int, np.integer, Tensor)):
        raise TypeError(f"{name}: steps must be an int, but is a {type(steps).__name__}")
    not_negative(name, steps=int(steps))
    return int(steps)


def _between_integers(start: Any, end: Any, steps: int, wanted: np.dtype) -> np.ndarray:
    """Evenly spaced numbers between the bounds as integers of the type, from either end."""
    for bound in (start, end):
        dtypes.check_number(bound, dtypes.from_numpy_dtype(wanted))
    start, end, k = int(start), int(end), np.arange(steps)
    step = (end - start) / max(steps - 1, 1)
    return np.where(k < max(steps // 2, int(steps == 1)), start + step * k, end - step * (steps - 1 - k))


@public("torch", own_out=True)
def linspace(
    start: Any, end: Any, steps: int, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, out: Any = None,
    **options: Any,
) -> Tensor:  # fmt: skip
    """``steps`` evenly spaced numbers from ``start`` to ``end``, both included.

    Parameters
    ----------
    start, end : number
    steps : int

    Returns
    -------
    Tensor
        Of shape (steps,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.linspace(0, 1, 3)
    tensor([0.0000, 0.5000, 1.0000])
    """
    no_options(options)
    start, end, wanted = _evenly("linspace", start, end, dtype, out)
    steps = _steps("linspace", steps)
    no_booleans("linspace", np.empty(0, wanted))
    if wanted.kind in "iu":
        return finish_in("linspace", _between_integers(start, end, steps, wanted).astype(wanted), out, requires_grad, device)
    if steps < 2 or wanted.kind not in "fV":
        return finish_in("linspace", np.linspace(start, end, steps).astype(wanted), out, requires_grad, device)
    # From both ends towards the middle, as torch computes it, so that the last bit agrees.
    kind = np.float32 if wanted.itemsize < 8 else np.float64
    step = (kind(end) - kind(start)) / kind(steps - 1)
    k = np.arange(steps)
    wide = np.float64 if kind is np.float32 else _FUSED
    left = wide(kind(start)) + wide(step) * k
    right = wide(kind(end)) - wide(step) * (steps - 1 - k)
    return finish_in(
        "linspace", np.where(k < steps // 2, left, right).astype(np.float64).astype(wanted), out, requires_grad, device
    )


@public("torch", own_out=True)
def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    out: Any = None,
    **options: Any,
) -> Tensor:
    r"""Powers of ``base`` with evenly spaced exponents: :math:`b^{\text{start}}, \dots, b^{\text{end}}`.

    Parameters
    ----------
    start, end : number
        The first and the last exponent.
    steps : int
    base : float

    Returns
    -------
    Tensor
        Of shape (steps,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    no_options(options)
    start, end, wanted = _evenly("logspace", start, end, dtype, out)
    steps = _steps("logspace", steps)
    exponents = _between_integers(start, end, steps, wanted) if wanted.kind in "iu" else np.linspace(start, end, steps)
    powers = np.power(np.float64(base), exponents)
    return finish_in("logspace", powers.astype(wanted), out, requires_grad, device)


@public("torch", own_out=True)
def range(
    start: Any,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    out: Any = None,
    **options: Any,
) -> Tensor:
    """The numbers from ``start`` to ``end``, with it; deprecated in torch, too: use :func:`arange`.

    Parameters
    ----------
    start, end, step : number

    Returns
    -------
    Tensor
        Of the default dtype unless another is given.

    Raises
    ------
    RuntimeError
        If the step is 0 or leads away from the end.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.range(1, 3)
    tensor([1., 2., 3.])
    """
    warnings.warn("range() includes its end and is deprecated: use arange()", UserWarning, stacklevel=2)
    no_options(options)
    start, end, step = _number(start), _number(end), _number(step)
    if end is None:
        start, end = 0, start
    if step == 0 or (end - start) * step < 0:
        raise RuntimeError(f"range: a step of {step} does not lead from {start} to {end}")
    count = int((end - start) / step + 1)
    values = (start + np.arange(count) * np.float64(step)).astype(_numpy_dtype(type_for("range", dtype, out)))
    return finish_in("range", values, out, requires_grad, device)
