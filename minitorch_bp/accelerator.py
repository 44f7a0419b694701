"""The accelerator of this machine: there is none, as on a CPU build of PyTorch.

A script that picks its device by ``torch.accelerator`` stays on the CPU; asking for more raises what PyTorch raises.
"""

from __future__ import annotations

from typing import Any, NoReturn


class AcceleratorError(RuntimeError):
    """An error that an accelerator reports; nothing raises it here."""


class OutOfMemoryError(RuntimeError):
    """An accelerator's memory is exhausted; nothing raises it here. (The computer's own gives MemoryError.)"""


AcceleratorError.__module__ = OutOfMemoryError.__module__ = __name__.partition(".")[0]


def is_available() -> bool:
    """False: there is no accelerator.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.accelerator.is_available()
    False
    """
    return False


def device_count() -> int:
    """0, the number of accelerators.

    Returns
    -------
    int
        0.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.accelerator.device_count()
    0
    """
    return 0


def current_accelerator(check_available: bool = False) -> None:
    """None: scripts then fall back to the CPU.

    Parameters
    ----------
    check_available : bool
        Without effect.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.accelerator.current_accelerator() or torch.device("cpu")
    device(type='cpu')
    """


def _none() -> NoReturn:
    raise RuntimeError("there is no accelerator, only the CPU: ask torch.accelerator.is_available() first")


def current_device_index() -> int:
    """The index of the accelerator in use.

    Raises
    ------
    RuntimeError
        Always, as there is none.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.accelerator.current_device_index()
    Traceback (most recent call last):
        ...
    RuntimeError: there is no accelerator, only the CPU: ask torch.accelerator.is_available() first
    """
    _none()


def set_device_index(device: Any) -> None:
    """Choose the accelerator to use.

    Parameters
    ----------
    device : device or int

    Raises
    ------
    RuntimeError
        Always, as there is none.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.accelerator.set_device_index(0)
    Traceback (most recent call last):
        ...
    RuntimeError: there is no accelerator, only the CPU: ask torch.accelerator.is_available() first
    """
    _none()


def synchronize(device: Any = None) -> None:
    """Wait for the accelerator.

    Parameters
    ----------
    device : device or int, optional

    Raises
    ------
    RuntimeError
        Always, as there is none.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.accelerator.synchronize()
    Traceback (most recent call last):
        ...
    RuntimeError: there is no accelerator, only the CPU: ask torch.accelerator.is_available() first
    """
    _none()


def device_index(index: Any) -> Any:
    """A context in which another accelerator is in use.

    Parameters
    ----------
    index : int

    Raises
    ------
    RuntimeError
        Always, as there is none.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.accelerator.device_index(0):
    ...     pass
    Traceback (most recent call last):
        ...
    RuntimeError: there is no accelerator, only the CPU: ask torch.accelerator.is_available() first
    """
    _none()
