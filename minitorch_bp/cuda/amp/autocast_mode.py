"""``torch.cuda.amp.autocast_mode``: older names of :class:`minitorch_bp.amp.autocast` and of what goes with it."""

from __future__ import annotations

from typing import Any

from ...amp import custom_bwd as _custom_bwd
from ...amp import custom_fwd as _custom_fwd
from ...amp.deprecated import OldAutocast


class autocast(OldAutocast):
    """:class:`minitorch_bp.amp.autocast` for CUDA: it warns, and changes nothing.

    Parameters
    ----------
    enabled : bool
    dtype : dtype, optional
    cache_enabled : bool
    """

    _device = "cuda"


def custom_fwd(fwd: Any = None, *, cast_inputs: Any = None) -> Any:
    """Decorate a ``forward`` for CUDA, see :func:`minitorch_bp.amp.custom_fwd`.

    Parameters
    ----------
    fwd : function, optional
    cast_inputs : dtype, optional

    Returns
    -------
    function
        The decorated one, or a decorator.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cuda.amp.custom_fwd(lambda ctx, x: x).__name__
    '<lambda>'
    """
    return _custom_fwd(fwd, device_type="cuda", cast_inputs=cast_inputs)


def custom_bwd(bwd: Any = None) -> Any:
    """Decorate a ``backward`` for CUDA, see :func:`minitorch_bp.amp.custom_bwd`.

    Parameters
    ----------
    bwd : function, optional

    Returns
    -------
    function
        The decorated one, or a decorator.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.cuda.amp.custom_bwd(lambda ctx, x: x).__name__
    '<lambda>'
    """
    return _custom_bwd(bwd, device_type="cuda")


__all__ = ["autocast", "custom_bwd", "custom_fwd"]
