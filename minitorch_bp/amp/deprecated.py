"""Older names of mixed precision, which PyTorch warns of, too: the device in the name of the function or module."""

from __future__ import annotations

import warnings
from typing import Any

from ..core.public import public
from .autocast_mode import autocast, get_autocast_dtype, is_autocast_enabled, set_autocast_dtype, set_autocast_enabled
from .grad_scaler import GradScaler


def _warn(old: str, new: str, kind: Any = DeprecationWarning) -> None:
    warnings.warn(f"{old} is deprecated: use {new}", kind, stacklevel=3)


@public("torch")
def is_autocast_cpu_enabled() -> bool:
    """Whether this thread is inside :class:`autocast` of the CPU; deprecated in PyTorch, too.

    Returns
    -------
    bool
        False outside.

    Examples
    --------
    >>> import minitorch_bp as torch, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     torch.is_autocast_cpu_enabled()
    False
    """
    _warn("torch.is_autocast_cpu_enabled()", 'torch.is_autocast_enabled("cpu")')
    return is_autocast_enabled("cpu")


@public("torch")
def set_autocast_cpu_enabled(enabled: bool) -> None:
    """Switch autocast of the CPU on or off; deprecated in PyTorch, too.

    Parameters
    ----------
    enabled : bool

    Examples
    --------
    >>> import minitorch_bp as torch, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     torch.set_autocast_cpu_enabled(False)
    """
    _warn("torch.set_autocast_cpu_enabled()", 'torch.set_autocast_enabled("cpu")')
    set_autocast_enabled("cpu", enabled)


@public("torch")
def get_autocast_cpu_dtype() -> Any:
    """The lower precision of :class:`autocast` on the CPU; deprecated in PyTorch, too.

    Returns
    -------
    dtype
        The one that was chosen.

    Examples
    --------
    >>> import minitorch_bp as torch, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     torch.get_autocast_cpu_dtype()
    torch.bfloat16
    """
    _warn("torch.get_autocast_cpu_dtype()", 'torch.get_autocast_dtype("cpu")')
    return get_autocast_dtype("cpu")


@public("torch")
def set_autocast_cpu_dtype(dtype: Any) -> None:
    """Choose the lower precision of :class:`autocast` on the CPU; deprecated in PyTorch, too.

    Parameters
    ----------
    dtype : dtype

    Examples
    --------
    >>> import minitorch_bp as torch, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     torch.set_autocast_cpu_dtype(torch.bfloat16)
    """
    _warn("torch.set_autocast_cpu_dtype()", 'torch.set_autocast_dtype("cpu")')
    set_autocast_dtype("cpu", dtype)


@public("torch")
def get_autocast_gpu_dtype() -> Any:
    """The lower precision of :class:`autocast` for CUDA; deprecated in PyTorch, too.

    Returns
    -------
    dtype
        The one that was chosen.

    Examples
    --------
    >>> import minitorch_bp as torch, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     torch.get_autocast_gpu_dtype()
    torch.float16
    """
    _warn("torch.get_autocast_gpu_dtype()", 'torch.get_autocast_dtype("cuda")')
    return get_autocast_dtype("cuda")


_DOC = """``torch.{new}({kind!r}{more})``; deprecated in PyTorch, too.

    Parameters
    ----------
    *args : any
        The {argument}.

    Returns
    -------
    {type}
        As that function.

    Examples
    --------
    >>> import minitorch_bp as torch, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     torch.{name}({example}){shown}
"""


def _for(kind: str, name: str, function: Any, given: tuple[str, str] | None, shown: str) -> None:
    """Make ``torch.name`` of a function that takes the type of device first."""

    def old(*args: Any) -> Any:
        if len(args) != (given is not None):
            raise TypeError(f"{name}() takes {int(given is not None)} arguments, but got {len(args)}")
        _warn(f"torch.{name}()", f"torch.{function.__name__}({kind!r})")
        return function(kind, *args)

    old.__name__ = old.__qualname__ = name
    argument, example = given or ("function takes none", "")
    old.__doc__ = _DOC.format(
        new=function.__name__, kind=kind, more=f", {argument}" if given else "", argument=argument, name=name, example=example,
        type="None" if given else "object", shown=f"\n    {shown}" if shown else "",
    )  # fmt: skip
    public("torch")(old)


for _kind, _lower in (("ipu", "torch.float16"), ("xla", "torch.bfloat16")):
    _for(_kind, f"get_autocast_{_kind}_dtype", get_autocast_dtype, None, _lower)
    _for(_kind, f"set_autocast_{_kind}_dtype", set_autocast_dtype, ("dtype", _lower), "")
    _for(_kind, f"is_autocast_{_kind}_enabled", is_autocast_enabled, None, "False")
    _for(_kind, f"set_autocast_{_kind}_enabled", set_autocast_enabled, ("enabled", "False"), "")
_for("cuda", "set_autocast_gpu_dtype", set_autocast_dtype, ("dtype", "torch.float16"), "")


class OldAutocast(autocast):
    """``autocast`` of one device."""

    _device = "cpu"

    def __init__(self, enabled: bool = True, dtype: Any = None, cache_enabled: bool = True):
        _warn(f"torch.{self._device}.amp.autocast(...)", f"torch.amp.autocast({self._device!r}, ...)", FutureWarning)
        super().__init__(self._device, dtype=dtype, enabled=enabled, cache_enabled=cache_enabled)


class OldGradScaler(GradScaler):
    """``GradScaler`` of one device."""

    _of = "cpu"

    def __init__(
        self,
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        _warn(f"torch.{self._of}.amp.GradScaler(...)", f"torch.amp.GradScaler({self._of!r}, ...)", FutureWarning)
        super().__init__(self._of, init_scale, growth_factor, backoff_factor, growth_interval, enabled)
