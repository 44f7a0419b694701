"""``torch.cuda`` on a machine without CUDA: everything says so, as a CPU build of PyTorch does."""

from __future__ import annotations

from typing import Any


def is_available() -> bool:
    """Always False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cuda.is_available()
    False
    """
    return False


def device_count() -> int:
    """Always 0."""
    return 0


def is_initialized() -> bool:
    """Always False."""
    return False


def manual_seed(seed: int) -> None:
    """Nothing to seed."""


def manual_seed_all(seed: int) -> None:
    """Nothing to seed."""


def empty_cache() -> None:
    """Nothing to empty."""


def _refuse(*args: Any, **kwargs: Any) -> Any:
    raise AssertionError("Torch not compiled with CUDA enabled: minitorch_bp computes on the CPU")


def synchronize(device: Any = None) -> None:
    """Raises AssertionError: there is no CUDA device."""
    _refuse()


def current_device() -> int:
    """Raises AssertionError: there is no CUDA device."""
    return _refuse()


def get_device_name(device: Any = None) -> str:
    """Raises AssertionError: there is no CUDA device."""
    return _refuse()


def set_device(device: Any) -> None:
    """Raises AssertionError: there is no CUDA device."""
    _refuse()
