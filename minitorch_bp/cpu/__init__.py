"""``torch.cpu``: the one device there is, asked as accelerators are asked."""

from __future__ import annotations

import contextlib
from typing import Any

from . import amp as amp


def is_available() -> bool:
    """Whether there is a CPU.

    Returns
    -------
    bool
        True.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cpu.is_available()
    True
    """
    return True


def is_initialized() -> bool:
    """Whether the CPU can be used.

    Returns
    -------
    bool
        True.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cpu.is_initialized()
    True
    """
    return True


def device_count() -> int:
    """The number of CPUs, all counted as one.

    Returns
    -------
    int
        1.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cpu.device_count()
    1
    """
    return 1


def current_device() -> str:
    """The name of the device in use.

    Returns
    -------
    str
        'cpu'.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cpu.current_device()
    'cpu'
    """
    return "cpu"


def set_device(device: Any) -> None:
    """Choose the device: there is one.

    Parameters
    ----------
    device : device or str

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cpu.set_device("cpu")
    """


def synchronize(device: Any = None) -> None:
    """Wait for what is being computed: nothing is.

    Parameters
    ----------
    device : device or str, optional

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cpu.synchronize()
    """


class Stream:
    """What is computed in order: here, everything.

    Parameters
    ----------
    priority : int
        Without effect.
    """

    def __init__(self, priority: int = -1):
        pass

    def wait_stream(self, stream: Any) -> None:
        """Nothing is to be waited for."""

    def record_event(self) -> None:
        """Nothing is recorded."""


def current_stream(device: Any = None) -> Stream:
    """The stream in use.

    Parameters
    ----------
    device : device or str, optional

    Returns
    -------
    Stream
        Always the same.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cpu.current_stream() is torch.cpu.current_stream()
    True
    """
    return _STREAM


def stream(stream: Any) -> contextlib.AbstractContextManager[None]:
    """A context in which another stream is in use: without effect.

    Parameters
    ----------
    stream : Stream

    Returns
    -------
    context manager
        One that does nothing.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.cpu.stream(torch.cpu.Stream()):
    ...     pass
    """
    return contextlib.nullcontext()


_STREAM = Stream()
