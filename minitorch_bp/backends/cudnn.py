"""``torch.backends.cudnn``: flags that may be set, and a library that is not there."""

import contextlib
from collections.abc import Iterator
from typing import Any

deterministic = False
benchmark = False
benchmark_limit = 10
allow_tf32 = True
enabled = True


def is_available() -> bool:
    """Whether cuDNN can be used.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.cudnn.is_available()
    False
    """
    return False


def version() -> None:
    """None, as there is none.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.cudnn.version() is None
    True
    """


def is_acceptable(tensor: Any) -> bool:
    """Whether cuDNN would compute with a tensor.

    Parameters
    ----------
    tensor : Tensor

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.cudnn.is_acceptable(torch.ones(1))
    False
    """
    return False


@contextlib.contextmanager
def flags(
    enabled: bool = False, benchmark: bool = False, benchmark_limit: int = 10, deterministic: bool = False, allow_tf32: bool = True,
    fp32_precision: str = "none",
) -> Iterator[None]:  # fmt: skip
    """Set the flags inside a ``with`` block: they change nothing.

    Parameters
    ----------
    enabled : bool
    benchmark : bool
    benchmark_limit : int
    deterministic : bool
    allow_tf32 : bool
    fp32_precision : str

    Yields
    ------
    None
        They are put back afterwards.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.backends.cudnn.flags(deterministic=True):
    ...     torch.backends.cudnn.deterministic
    True
    """
    names = ["enabled", "benchmark", "benchmark_limit", "deterministic", "allow_tf32"]
    before = {name: globals()[name] for name in names}
    globals().update(zip(names, (enabled, benchmark, benchmark_limit, deterministic, allow_tf32), strict=True))
    try:
        yield
    finally:
        globals().update(before)
