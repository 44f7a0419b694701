"""``torch.backends.mkldnn``: a library that is not used here. Its flags can be set, and change nothing."""

import contextlib
from collections.abc import Iterator

enabled = False
deterministic = False
allow_tf32 = True
fp32_precision = "none"


@contextlib.contextmanager
def flags(
    enabled: bool = False, deterministic: bool = False, allow_tf32: bool = True, fp32_precision: str = "none"
) -> Iterator[None]:
    """Set the flags inside a ``with`` block: they change nothing.

    Parameters
    ----------
    enabled : bool
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
    >>> with torch.backends.mkldnn.flags(deterministic=True):
    ...     torch.backends.mkldnn.deterministic
    True
    """
    chosen = {"enabled": enabled, "deterministic": deterministic, "allow_tf32": allow_tf32, "fp32_precision": fp32_precision}
    before = {name: globals()[name] for name in chosen}
    globals().update(chosen)
    try:
        yield
    finally:
        globals().update(before)


def is_available() -> bool:
    """Whether oneDNN can be used.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.backends.mkldnn.is_available()
    False
    """
    return False
