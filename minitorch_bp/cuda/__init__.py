"""``torch.cuda`` on a machine without CUDA: everything says so, as a CPU build of PyTorch does."""

from __future__ import annotations

from typing import Any

from .._devices import classproperty as classproperty
from .._devices import refusing as _refusing
from ..accelerator import AcceleratorError as AcceleratorError
from ..accelerator import OutOfMemoryError as OutOfMemoryError
from . import amp as amp
from . import graphs as graphs
from . import green_contexts as green_contexts
from . import memory as memory
from . import nccl as nccl
from . import nvtx as nvtx
from . import profiler as profiler
from . import random as random
from . import streams as streams
from . import without_device as _without_device
from .memory import caching_allocator_disabled as caching_allocator_disabled
from .without_device import CudaError as CudaError
from .without_device import DeferredCudaCallError as DeferredCudaCallError
from .without_device import StreamContext as StreamContext
from .without_device import device as device
from .without_device import device_of as device_of
from .without_device import stream as stream

globals().update(_without_device.FUNCTIONS)
globals().update(_refusing("torch.cuda", "check_error", AssertionError, _without_device.NO_CUDA))
globals().update(_without_device.CLASSES)
default_generators: tuple[Any, ...] = ()
has_half, has_magma = True, False


class cudaStatus:
    """Two of the numbers by which CUDA says how a call ended."""

    SUCCESS = 0
    ERROR_NOT_READY = 34


def is_available() -> bool:
    """Whether there is a CUDA device.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cuda.is_available()
    False
    """
    return False


def device_count() -> int:
    """The number of CUDA devices.

    Returns
    -------
    int
        0.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cuda.device_count()
    0
    """
    return 0


def is_initialized() -> bool:
    """Whether CUDA has been initialized.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cuda.is_initialized()
    False
    """
    return False


def manual_seed(seed: int) -> None:
    """Seed the generator of the CUDA device: there is nothing to seed.

    Parameters
    ----------
    seed : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cuda.manual_seed(0)
    """


def manual_seed_all(seed: int) -> None:
    """Seed the generators of all CUDA devices: there is nothing to seed.

    Parameters
    ----------
    seed : int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cuda.manual_seed_all(0)
    """


def empty_cache() -> None:
    """Free cached memory of the CUDA device: there is nothing to free.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cuda.empty_cache()
    """


def _refuse(*args: Any, **kwargs: Any) -> Any:
    raise AssertionError("Torch not compiled with CUDA enabled: minitorch_bp computes on the CPU")


def synchronize(device: Any = None) -> None:
    """Wait for the CUDA device.

    Parameters
    ----------
    device : device or int, optional

    Raises
    ------
    AssertionError
        Always, as there is none.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cuda.synchronize()
    Traceback (most recent call last):
        ...
    AssertionError: Torch not compiled with CUDA enabled: minitorch_bp computes on the CPU
    """
    _refuse()


def current_device() -> int:
    """The index of the CUDA device in use.

    Returns
    -------
    int
        Never.

    Raises
    ------
    AssertionError
        Always, as there is none.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cuda.current_device()
    Traceback (most recent call last):
        ...
    AssertionError: Torch not compiled with CUDA enabled: minitorch_bp computes on the CPU
    """
    return _refuse()


def get_device_name(device: Any = None) -> str:
    """The name of a CUDA device.

    Parameters
    ----------
    device : device or int, optional

    Returns
    -------
    str
        Never.

    Raises
    ------
    AssertionError
        Always, as there is none.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cuda.get_device_name()
    Traceback (most recent call last):
        ...
    AssertionError: Torch not compiled with CUDA enabled: minitorch_bp computes on the CPU
    """
    return _refuse()


def set_device(device: Any) -> None:
    """Choose the CUDA device to use.

    Parameters
    ----------
    device : device or int

    Raises
    ------
    AssertionError
        Always, as there is none.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cuda.set_device(0)
    Traceback (most recent call last):
        ...
    AssertionError: Torch not compiled with CUDA enabled: minitorch_bp computes on the CPU
    """
    _refuse()
