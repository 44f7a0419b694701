"""Creation operations that count: arange, linspace and logspace."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._base import Tensor, dtypes, public
from ._shapes import not_negative
from .creation import _numpy_dtype, finish


def _number(x: Any) -> Any:
    return x.item() if isinstance(x, (Tensor, np.generic)) else x


@public("torch")
def arange(
    start: Any,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    out: Any = None,
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
    start, end, step = _number(start), _number(end), _number(step)
    if end is None:
        start, end = 0, start
    if step == 0 or (end - start) * step < 0:
        raise RuntimeError(f"arange: a step of {step} does not lead from {start} to {end}")
    floating = any(isinstance(v, float) for v in (start, end, step))
    if floating and not np.isfinite([float(start), float(end), float(step)]).all():
        raise RuntimeError(f"arange: the range from {start} to {end} in steps of {step} is not finite")
    wanted = _numpy_dtype(dtype) if dtype is not None else dtypes.get_default_dtype().numpy if floating else np.dtype(np.int64)
    if floating or wanted.kind in "fV":
        n = int(np.ceil((np.float64(end) - start) / step))
        array = (np.float64(start) + np.arange(n) * np.float64(step)).astype(wanted)
    else:
        array = np.arange(start, end, step, dtype=wanted)
    return finish(array, requires_grad, device)


def _steps(name: str, steps: Any) -> int:
    """The number of steps; TypeError if it is not an int, RuntimeError if it is negative."""
    if isinstance(steps, bool) or not isinstance(steps, (int, np.integer, Tensor)):
        raise TypeError(f"{name}: steps must be an int, but is a {type(steps).__name__}")
    not_negative(name, steps=int(steps))
    return int(steps)


@public("torch")
def linspace(
    start: Any, end: Any, steps: int, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, out: Any = None
) -> Tensor:
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
    start, end = _number(start), _number(end)
    steps = _steps("linspace", steps)
    wanted = _numpy_dtype(dtype)
    if steps < 2 or wanted.kind not in "fV":
        return finish(np.linspace(start, end, steps).astype(wanted), requires_grad, device)
    # From both ends towards the middle, as torch computes it, so that the last bit agrees.
    kind = np.float32 if wanted.itemsize < 8 else np.float64
    step = (kind(end) - kind(start)) / kind(steps - 1)
    k = np.arange(steps)
    wide = np.float64
    left = wide(kind(start)) + wide(step) * k
    right = wide(kind(end)) - wide(step) * (steps - 1 - k)
    return finish(np.where(k < steps // 2, left, right).astype(wanted), requires_grad, device)


@public("torch")
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
    steps = _steps("logspace", steps)
    exponents = np.linspace(_number(start), _number(end), steps)
    return finish(np.power(base, exponents).astype(_numpy_dtype(dtype)), requires_grad, device)
