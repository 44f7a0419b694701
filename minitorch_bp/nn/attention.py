"""``torch.nn.attention``: which kernel computes attention. Here it is one, PyTorch's 'math' kernel in NumPy, whatever is chosen."""

from __future__ import annotations

import contextlib
import enum
import importlib
import warnings
from collections.abc import Callable, Iterator
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


class SDPAParams:
    """The arguments of a call of attention, for :func:`can_use_flash_attention` and its kin.

    Parameters
    ----------
    query, key, value : Tensor
    attn_mask : Tensor or None
    dropout : float
    is_causal, enable_gqa : bool

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> q = torch.ones(1, 1, 2, 4)
    >>> torch.nn.attention.SDPAParams(q, q, q, None, 0.0, True, False).is_causal
    True
    """

    def __init__(self, query: Any, key: Any, value: Any, attn_mask: Any, dropout: float, is_causal: bool, enable_gqa: bool):
        self.query, self.key, self.value, self.attn_mask = query, key, value, attn_mask
        self.dropout, self.is_causal, self.enable_gqa = dropout, is_causal, enable_gqa


def can_use_flash_attention(params: SDPAParams, debug: bool = False) -> bool:
    """Whether the kernel for GPUs of that name could compute a call.

    Parameters
    ----------
    params : SDPAParams
    debug : bool
        Whether to warn of the reason.

    Returns
    -------
    bool
        False: the tensors are on the CPU.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> q = torch.ones(1, 1, 2, 4)
    >>> torch.nn.attention.can_use_flash_attention(torch.nn.attention.SDPAParams(q, q, q, None, 0.0, True, False))
    False
    """
    if debug:
        warnings.warn("the kernels of flash and efficient attention are for tensors on a GPU", stacklevel=2)
    return False


def can_use_efficient_attention(params: SDPAParams, debug: bool = False) -> bool:
    """Whether the kernel for GPUs of that name could compute a call.

    Parameters
    ----------
    params : SDPAParams
    debug : bool
        Whether to warn of the reason.

    Returns
    -------
    bool
        False: the tensors are on the CPU.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> q = torch.ones(1, 1, 2, 4)
    >>> torch.nn.attention.can_use_efficient_attention(torch.nn.attention.SDPAParams(q, q, q, None, 0.0, True, False))
    False
    """
    return can_use_flash_attention(params, debug)


WARN_FOR_UNFUSED_KERNELS = False


def _needs_package(package: str) -> Callable[[], None]:
    def activate() -> None:
        importlib.import_module(package)

    return activate


_IMPLEMENTATIONS: dict[str, Callable[..., Any]] = {
    "FA3": _needs_package("flash_attn_interface"), "FA4": _needs_package("flash_attn.cute.interface"),
}  # fmt: skip
_active: list[tuple[str, Any]] = []


def list_flash_attention_impls() -> list[str]:
    """The names of the implementations of flash attention that can be asked for.

    Returns
    -------
    list of str
        PyTorch's two, whose packages are for GPUs, and those that were registered.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.attention.list_flash_attention_impls()
    ['FA3', 'FA4']
    """
    return sorted(_IMPLEMENTATIONS)


def current_flash_attention_impl() -> str | None:
    """The name of the implementation that is active.

    Returns
    -------
    str or None
        None at first.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.attention.current_flash_attention_impl() is None
    True
    """
    return _active[-1][0] if _active else None


def register_flash_attention_impl(impl: str, *, register_fn: Callable[..., Any]) -> None:
    """Name an implementation of flash attention.

    Parameters
    ----------
    impl : str
    register_fn : function
        Called without arguments when the implementation is activated; may return an object with a method ``remove``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.attention.register_flash_attention_impl("FA3", register_fn=lambda: None)
    """
    _IMPLEMENTATIONS[impl] = register_fn


def activate_flash_attention_impl(impl: str) -> None:
    """Call what was registered for an implementation; attention on the CPU does not ask it.

    Parameters
    ----------
    impl : str

    Raises
    ------
    ValueError
        If nothing was registered under the name.
    ModuleNotFoundError
        If it is one of PyTorch's, whose packages are not here.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.attention.activate_flash_attention_impl("FA9")
    Traceback (most recent call last):
        ...
    ValueError: there is no implementation of flash attention 'FA9'; there are ['FA3', 'FA4']
    """
    if impl not in _IMPLEMENTATIONS:
        raise ValueError(f"there is no implementation of flash attention {impl!r}; there are {list_flash_attention_impls()}")
    _active.append((impl, _IMPLEMENTATIONS[impl]()))


def restore_flash_attention_impl(_raise_warn: bool = True) -> None:
    """Undo :func:`activate_flash_attention_impl`.

    Parameters
    ----------
    _raise_warn : bool
        Whether to warn if there is nothing to undo.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.attention.restore_flash_attention_impl(False)
    """
    if not _active and _raise_warn:
        warnings.warn("restore_flash_attention_impl: none was activated", stacklevel=2)
    while _active:
        _, handle = _active.pop()
        if handle is not None:
            handle.remove()


__all__ = [
    "WARN_FOR_UNFUSED_KERNELS", "SDPAParams", "SDPBackend", "activate_flash_attention_impl", "can_use_efficient_attention",
    "can_use_flash_attention", "current_flash_attention_impl", "list_flash_attention_impls", "register_flash_attention_impl",
    "restore_flash_attention_impl", "sdpa_kernel",
]  # fmt: skip
