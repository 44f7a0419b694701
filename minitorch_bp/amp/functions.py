"""Autocast in an :class:`autograd.Function` of one's own: decorators of its ``forward`` and ``backward``."""

from __future__ import annotations

import functools
from typing import Any

from ..core.trees import mapped
from .autocast_mode import autocast, eligible, get_autocast_dtype, is_autocast_enabled


def _check_device_type(device_type: Any) -> None:
    if not isinstance(device_type, str):
        raise ValueError(f"device_type must be a string such as 'cpu', but got {type(device_type).__name__}")


def custom_fwd(fwd: Any = None, *, device_type: str, cast_inputs: Any = None) -> Any:
    """Decorate the ``forward`` of an :class:`autograd.Function`, so that it is computed in one type under :class:`autocast`.

    Parameters
    ----------
    fwd : function, optional
        Without it, a decorator is returned.
    device_type : str
        'cpu'.
    cast_inputs : dtype, optional
        Tensors are cast to it, and autocast is off inside; without it, inputs stay and autocast stays as it is.

    Returns
    -------
    function
        The decorated one, or a decorator.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> class Square(torch.autograd.Function):
    ...     @staticmethod
    ...     @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.float32)
    ...     def forward(ctx, x):
    ...         return x * x
    ...
    >>> with torch.autocast("cpu"):
    ...     Square.apply(torch.ones(1, dtype=torch.bfloat16)).dtype
    torch.float32
    """
    _check_device_type(device_type)
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)

    @functools.wraps(fwd)
    def decorated(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        ctx._dtype = get_autocast_dtype(device_type)
        on = is_autocast_enabled(device_type)
        ctx._fwd_used_autocast = on and cast_inputs is None
        if cast_inputs is None or not on:
            return fwd(ctx, *args, **kwargs)

        def cast(x: Any) -> Any:
            return x.to(cast_inputs) if eligible(x) else x

        with autocast(device_type, enabled=False):
            return fwd(ctx, *mapped(cast, args), **mapped(cast, kwargs))

    return decorated


def custom_bwd(bwd: Any = None, *, device_type: str) -> Any:
    """Decorate the ``backward`` of an :class:`autograd.Function`: autocast is on in it if it was on in ``forward``.

    Parameters
    ----------
    bwd : function, optional
        Without it, a decorator is returned.
    device_type : str
        'cpu'.

    Returns
    -------
    function
        The decorated one, or a decorator.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> class Double(torch.autograd.Function):
    ...     @staticmethod
    ...     @torch.amp.custom_fwd(device_type="cpu")
    ...     def forward(ctx, x):
    ...         return x * 2
    ...     @staticmethod
    ...     @torch.amp.custom_bwd(device_type="cpu")
    ...     def backward(ctx, grad):
    ...         return grad * 2
    ...
    >>> x = torch.ones(1, requires_grad=True)
    >>> Double.apply(x).backward()
    >>> x.grad
    tensor([2.])
    """
    _check_device_type(device_type)
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)

    @functools.wraps(bwd)
    def decorated(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        with autocast(device_type, dtype=ctx._dtype, enabled=ctx._fwd_used_autocast):
            return bwd(ctx, *args, **kwargs)

    return decorated
