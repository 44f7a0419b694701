"""``torch.nn.attention``: which kernel computes attention. Here it is one, PyTorch's 'math' kernel in NumPy, whatever is chosen."""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Iterator
from typing import Any


class SDPBackend(enum.IntEnum):
    """The kernels of attention that PyTorch chooses from; here there is one, MATH, whatever is chosen.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.attention.SDPBackend(0)
    <SDPBackend.MATH: 0>
    """

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4

    def __repr__(self) -> str:
        return f"<SDPBackend.{self.name}: {self.value}>"


@contextlib.contextmanager
def sdpa_kernel(backends: Any, set_priority: bool = False) -> Iterator[None]:
    """Name the kernels that may compute attention: a context manager or decorator, which checks the names.

    Parameters
    ----------
    backends : SDPBackend or list of SDPBackend
        There being one kernel, the choice has no effect.
    set_priority : bool
        Without effect.

    Yields
    ------
    None
        To be used as a decorator, too.

    Raises
    ------
    AssertionError
        If something else is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> q = torch.ones(1, 2, 3)
    >>> with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
    ...     torch.nn.functional.scaled_dot_product_attention(q, q, q).shape
    torch.Size([1, 2, 3])
    """
    chosen = [backends] if isinstance(backends, SDPBackend) else backends
    if not isinstance(chosen, list) or not all(isinstance(b, SDPBackend) for b in chosen):
        raise AssertionError(f"sdpa_kernel: expected an SDPBackend or a list of them, but got {backends!r}")
    yield


__all__ = ["SDPBackend", "sdpa_kernel"]
