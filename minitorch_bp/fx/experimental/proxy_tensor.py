"""``torch.fx.experimental.proxy_tensor``: whether a program is being traced, which libraries ask."""

from __future__ import annotations


def get_proxy_mode() -> None:
    """The tracer that is at work: None.

    Returns
    -------
    None

    Examples
    --------
    >>> from minitorch_bp.fx.experimental.proxy_tensor import get_proxy_mode
    >>> print(get_proxy_mode())
    None
    """
