"""``torch.fx``: PyTorch's tracer of programs, which is not here. Two names that libraries use in passing are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def wrap(fn_or_name: Callable[..., Any] | str) -> Any:
    """Say that a function is to be called, not traced: without effect, since nothing is traced.

    Parameters
    ----------
    fn_or_name : callable or str

    Returns
    -------
    callable or str
        What was given.

    Raises
    ------
    RuntimeError
        For anything else.

    Examples
    --------
    >>> import minitorch_bp.fx
    >>> minitorch_bp.fx.wrap(len) is len
    True
    """
    if not callable(fn_or_name) and not isinstance(fn_or_name, str):
        raise RuntimeError(f"wrap: expected a function or its name, but got {type(fn_or_name).__name__}")
    return fn_or_name


__all__ = ["wrap"]
