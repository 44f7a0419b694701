"""Global settings: devices, threads, determinism, precision. Here there is one device and one way to compute,
so most of them check their argument and remember it."""

from __future__ import annotations

import os
import warnings
from typing import Any

from .core import dtype as dtypes
from .core.device import CPU, check_device, device
from .core.public import public

_state: dict[str, Any] = {"deterministic": False, "warn_only": False, "precision": "highest", "threads": None}


@public("torch")
def set_default_device(device: Any = "cpu") -> None:
    """Check the device of new tensors: 'cpu' is the only one, others raise as on a machine without them.

    Parameters
    ----------
    device : device or str

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.set_default_device("cpu")
    """
    if device is not None:
        check_device(device)


@public("torch")
def get_default_device() -> device:
    """The device of new tensors.

    Returns
    -------
    device
        The CPU.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.get_default_device()
    device(type='cpu')
    """
    return CPU


@public("torch")
def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Remember whether deterministic algorithms are wanted: all are deterministic here.

    Parameters
    ----------
    mode : bool
    warn_only : bool
        Without effect.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.use_deterministic_algorithms(True)
    >>> torch.are_deterministic_algorithms_enabled()
    True
    """
    _state["deterministic"], _state["warn_only"] = bool(mode), bool(warn_only)


@public("torch")
def are_deterministic_algorithms_enabled() -> bool:
    """Whether deterministic algorithms were asked for by :func:`use_deterministic_algorithms`.

    Returns
    -------
    bool
        False at first.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.use_deterministic_algorithms(False)
    >>> torch.are_deterministic_algorithms_enabled()
    False
    """
    enabled: bool = _state["deterministic"]
    return enabled


@public("torch")
def set_float32_matmul_precision(precision: str) -> None:
    """Remember the precision of matrix products, which are computed in full float32 in any case.

    Parameters
    ----------
    precision : 'highest', 'high' or 'medium'

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.set_float32_matmul_precision("high")
    >>> torch.get_float32_matmul_precision()
    'high'
    """
    if precision not in ("highest", "high", "medium"):
        warnings.warn(f"set_float32_matmul_precision: unknown precision {precision!r}, nothing is changed", stacklevel=2)
    else:
        _state["precision"] = precision


@public("torch")
def get_float32_matmul_precision() -> str:
    """The precision that :func:`set_float32_matmul_precision` was given.

    Returns
    -------
    str
        'highest' at first.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.set_float32_matmul_precision("highest")
    >>> torch.get_float32_matmul_precision()
    'highest'
    """
    precision: str = _state["precision"]
    return precision


@public("torch")
def set_num_threads(threads: int) -> None:
    """Remember a number of threads.

    NumPy's BLAS takes its number of threads from the environment when it starts (OPENBLAS_NUM_THREADS).

    Parameters
    ----------
    threads : int

    Raises
    ------
    RuntimeError
        Unless the number is positive.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.set_num_threads(1)
    >>> torch.get_num_threads()
    1
    """
    if threads <= 0:
        raise RuntimeError(f"set_num_threads: the number must be positive, but is {threads}")
    _state["threads"] = int(threads)


@public("torch")
def get_num_threads() -> int:
    """The number that :func:`set_num_threads` was given, or the number of cores.

    Returns
    -------
    int
        At least 1.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.get_num_threads() >= 1
    True
    """
    return _state["threads"] or os.cpu_count() or 1


@public("torch")
def set_default_tensor_type(t: Any) -> None:
    """Set the default dtype by the name of a tensor type, or the class: the old form of :func:`set_default_dtype`.

    Parameters
    ----------
    t : str or type
        'torch.FloatTensor', 'torch.DoubleTensor' or the class.

    Raises
    ------
    TypeError
        For types that are not floating-point.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.set_default_tensor_type("torch.FloatTensor")
    """
    name = t if isinstance(t, str) else f"torch.{getattr(t, '__name__', t)}"
    kinds = {"torch.FloatTensor": dtypes.float32, "torch.DoubleTensor": dtypes.float64, "torch.HalfTensor": dtypes.float16}
    if name not in kinds:
        raise TypeError(f"set_default_tensor_type: only floating types of the CPU can be the default, not {name}")
    dtypes.set_default_dtype(kinds[name])


@public("torch")
def _assert(condition: Any, message: str) -> None:
    """An assertion that a tracer would see: here, an assertion.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch._assert(1 < 2, "the order of numbers")
    """
    if not condition:
        raise AssertionError(message)


@public("torch")
def _check(cond: bool, message: Any = None) -> None:
    """Raises RuntimeError with the message (a function that makes it) unless the condition holds.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch._check(1 < 2, lambda: "the order of numbers")
    """
    if not isinstance(cond, bool):
        raise TypeError(f"_check: expected a bool, but got {type(cond).__name__}")
    if not cond:
        raise RuntimeError(message() if message is not None else "_check: expected the condition to hold, but it is False")
