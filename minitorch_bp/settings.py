"""Global settings: devices, threads, determinism, precision. Here there is one device and one way to compute,
so most of them check their argument and remember it."""

from __future__ import annotations

import os
import warnings
from typing import Any

from .core import blas, warn
from .core import dtype as dtypes
from .core.device import CPU, check_device, device
from .core.layout import UNINITIALIZED
from .core.public import public

_state: dict[str, Any] = {"warn_only": False, "interop": None, "precision": "highest", "threads": None}


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

    Memory that is not initialized, as by :func:`empty`, is then filled with NaN or the largest integer, unless
    ``utils.deterministic.fill_uninitialized_memory`` is switched off.

    Parameters
    ----------
    mode : bool
    warn_only : bool
        Only remembered.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.use_deterministic_algorithms(True)
    >>> torch.are_deterministic_algorithms_enabled()
    True
    """
    UNINITIALIZED["deterministic"], _state["warn_only"] = bool(mode), bool(warn_only)


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
    return UNINITIALIZED["deterministic"]


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
    """Let matrix products use so many threads.

    NumPy's OpenBLAS does them; another BLAS takes its number from the environment when it starts. Everything else uses one thread.

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
    blas.set_threads(int(threads))
    _state["threads"] = int(threads)


@public("torch")
def get_num_threads() -> int:
    """The number that :func:`set_num_threads` was given, or what matrix products use from the start.

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
    return _state["threads"] or blas.threads() or os.cpu_count() or 1


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
def _assert_async(input: Any, assert_msg: str | None = None) -> None:
    """Raises RuntimeError unless a tensor of one element is true; on a GPU PyTorch would look later, here it is now.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch._assert_async(torch.tensor(1) < 2, "the order of numbers")
    """
    if input.numel() != 1:
        raise RuntimeError(f"_assert_async: expected a tensor of one element, but got shape {list(input.shape)}")
    if not input.item():
        raise RuntimeError(assert_msg or "_assert_async: expected a tensor that is true")


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


# ---------------------------------------------------------------------- more that is remembered
@public("torch")
def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """The option ``warn_only`` that :func:`use_deterministic_algorithms` was given.

    Returns
    -------
    bool
        False at first.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.is_deterministic_algorithms_warn_only_enabled()
    False
    """
    warn_only: bool = _state["warn_only"]
    return warn_only


@public("torch")
def set_deterministic_debug_mode(debug_mode: int | str) -> None:
    """The settings of :func:`use_deterministic_algorithms` by one number or name.

    Parameters
    ----------
    debug_mode : 0 ('default'), 1 ('warn') or 2 ('error')

    Raises
    ------
    RuntimeError
        For anything else.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.set_deterministic_debug_mode("default")
    >>> torch.get_deterministic_debug_mode()
    0
    """
    if not isinstance(debug_mode, (int, str)) or isinstance(debug_mode, bool):
        raise TypeError(f"set_deterministic_debug_mode: expected a number or a name, but got {type(debug_mode).__name__}")
    level = ("default", "warn", "error").index(debug_mode) if debug_mode in ("default", "warn", "error") else debug_mode
    if level not in (0, 1, 2):
        raise RuntimeError(f"set_deterministic_debug_mode: the mode is 'default', 'warn' or 'error', or 0 to 2, not {debug_mode!r}")
    use_deterministic_algorithms(level != 0, warn_only=level == 1)


@public("torch")
def get_deterministic_debug_mode() -> int:
    """The number that stands for the settings of :func:`use_deterministic_algorithms`.

    Returns
    -------
    int
        0 off, 1 with warnings only, 2 on.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.get_deterministic_debug_mode()
    0
    """
    if not UNINITIALIZED["deterministic"]:
        return 0
    return 1 if _state["warn_only"] else 2


@public("torch")
def set_warn_always(b: bool) -> None:
    """Remember whether warnings are wanted every time: Python's filters decide that here.

    Parameters
    ----------
    b : bool

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.set_warn_always(False)
    """
    if not isinstance(b, bool):
        raise RuntimeError(f"set_warn_always: expected a bool, but got {type(b).__name__}")
    warn.state["always"] = b


@public("torch")
def is_warn_always_enabled() -> bool:
    """What :func:`set_warn_always` was given.

    Returns
    -------
    bool
        False at first.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.is_warn_always_enabled()
    False
    """
    return warn.state["always"]


@public("torch")
def set_flush_denormal(mode: bool) -> bool:
    """Ask for numbers below the normal range to be set to zero, which NumPy can't do.

    Parameters
    ----------
    mode : bool

    Returns
    -------
    bool
        Whether it could be done: always for False, never for True.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.set_flush_denormal(False)
    True
    """
    return not mode


@public("torch")
def set_num_interop_threads(threads: int) -> None:
    """Remember a number of threads between operations, of which there is one.

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
    >>> torch.set_num_interop_threads(1)
    >>> torch.get_num_interop_threads()
    1
    """
    if threads <= 0:
        raise RuntimeError(f"set_num_interop_threads: the number must be positive, but is {threads}")
    _state["interop"] = int(threads)


@public("torch")
def get_num_interop_threads() -> int:
    """The number that :func:`set_num_interop_threads` was given, or the number of cores.

    Returns
    -------
    int
        At least 1.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.get_num_interop_threads() >= 1
    True
    """
    return _state["interop"] or os.cpu_count() or 1


@public("torch")
def init_num_threads() -> None:
    """Set the number of threads from the environment, which NumPy has done when it started.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.init_num_threads()
    """


@public("torch")
def compiled_with_cxx11_abi() -> bool:
    """Whether C++ libraries are compatible with those of today's compilers: there is no C++ here that could be otherwise.

    Returns
    -------
    bool
        True.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.compiled_with_cxx11_abi()
    True
    """
    return True


@public("torch")
def is_vulkan_available() -> bool:
    """Whether there is a Vulkan device: no.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.is_vulkan_available()
    False
    """
    return False
