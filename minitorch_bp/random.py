"""``torch.random``: the state of the default generator."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from .core.random import default_generator
from .ops.random.seed import get_rng_state, initial_seed, manual_seed, seed, set_rng_state


@contextlib.contextmanager
def fork_rng(devices: Any = None, enabled: bool = True, **options: Any) -> Iterator[None]:
    """Put the generator's state back at the end of a ``with`` block.

    ``devices`` and the options name accelerators in PyTorch; there are none here, so they change nothing.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> before = torch.get_rng_state()
    >>> with torch.random.fork_rng():
    ...     _ = torch.rand(5)
    >>> torch.equal(before, torch.get_rng_state())
    True
    """
    state = get_rng_state()
    try:
        yield
    finally:
        if enabled:
            set_rng_state(state)


def thread_safe_generator() -> Any:
    """The generator that code in a worker of a DataLoader draws from.

    Returns
    -------
    Generator or None
        The worker's own, as ``torch.randn(..., generator=)`` takes it; None outside, for the default one.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.rand(2, generator=torch.random.thread_safe_generator()).shape
    torch.Size([2])
    """
    return None  # (a worker is a process of its own here, with the default generator to itself)


__all__ = [
    "default_generator", "fork_rng", "get_rng_state", "initial_seed", "manual_seed", "seed", "set_rng_state",
    "thread_safe_generator",
]  # fmt: skip
