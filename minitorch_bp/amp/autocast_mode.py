"""Autocast: inside it, functions of the lists compute in their own type, whatever the types of their arguments.

While it is on, the functions of ``lists`` take a detour (``core/detour``) that casts the arguments; off, nothing is different. What
a parameter was cast to is kept until the outermost block ends, so that a weight that is used twice is cast once, and its two
gradients are added before they are cast back.
"""

from __future__ import annotations

import functools
import threading
import warnings
from collections.abc import Callable
from typing import Any

from ..core import dtype as dtypes
from ..core.detour import remove_detour, set_detour
from ..core.device import device
from ..core.grad_mode import mode as grad_mode
from ..core.public import public
from ..core.tensor import Tensor
from ..core.trees import mapped
from . import lists

_LOW = (dtypes.bfloat16, dtypes.float16)


class _State(threading.local):
    """The state of one thread."""

    def __init__(self) -> None:
        self.enabled: dict[str, bool] = {}
        self.dtypes = {"cpu": dtypes.bfloat16, "xla": dtypes.bfloat16}
        self.cache_enabled = True
        self.nesting = 0
        self.cache: dict[int, tuple[Tensor, Tensor]] = {}
        self.inside = False  # a function of the lists: what it calls is computed in the types that it gives


state = _State()
_on = [0]  # how many threads have it on
_lock = threading.Lock()


# ---------------------------------------------------------------------- casting
def eligible(x: Any) -> bool:
    return isinstance(x, Tensor) and x.dtype.is_floating_point and x.dtype is not dtypes.float64


def _cast(x: Any, dtype: Any) -> Any:
    """A tensor in another dtype, if it has one that is cast."""
    if not eligible(x) or x.dtype is dtype:
        return x
    keep = (state.cache_enabled and grad_mode.grad and dtype in _LOW and x.dtype is dtypes.float32
            and x.requires_grad and x.is_leaf and x._view is None)  # fmt: skip
    if keep and id(x) in state.cache:
        return state.cache[id(x)][1]
    y = x.to(dtype)
    if keep:
        state.cache[id(x)] = x, y
    return y


def _lower(function: Any, args: Any, kwargs: Any) -> Any:
    return state.dtypes["cpu"]


def _float32(function: Any, args: Any, kwargs: Any) -> Any:
    return dtypes.float32


def _widest(function: Any, args: Any, kwargs: Any) -> Any:
    """The lower precision, or float32 if any argument has it."""
    found: list[Any] = []
    mapped(lambda x: found.append(x.dtype) if eligible(x) else None, [*args, *kwargs.values()])
    lower = widest = state.dtypes["cpu"]
    for dtype in found:  # in their order, as PyTorch: from the first float32 on, anything is joined in float32
        if dtypes.float32 in (dtype, widest):
            widest = dtypes.float32
        elif dtype is not lower:
            raise RuntimeError(f"{function.__name__} under autocast to {lower!r}: can't join it with a tensor of {dtype!r}")
    return widest


def _as_it_pads(function: Any, args: Any, kwargs: Any) -> Any:
    """float32 for reflections of one and two dimensions, and replications; None for the rest."""
    given = dict(zip(("input", "pad", "mode"), args, strict=False)) | kwargs
    pad, mode = given.get("pad", ()), given.get("mode")
    return dtypes.float32 if mode == "replicate" or (mode == "reflect" and len(pad) < 6) else None


def _detour(choose: Callable[..., Any]) -> Callable[..., Any]:
    """A detour that casts to the dtype that a rule chooses."""

    def detour(function: Any, call: Any, *args: Any, **kwargs: Any) -> Any:
        if state.inside or not grad_mode.autocast or kwargs.get("out") is not None:
            return call(*args, **kwargs)
        dtype = choose(function, args, kwargs)
        if dtype is not None:
            args = tuple(mapped(lambda x: _cast(x, dtype), a) if isinstance(a, (list, tuple, Tensor)) else a for a in args)
            kwargs = {key: _cast(a, dtype) for key, a in kwargs.items()}
        state.inside = True
        try:
            return call(*args, **kwargs)
        finally:
            state.inside = False

    return detour


def _as_given(function: Any, args: Any, kwargs: Any) -> None:
    return None


_DETOURS = {
    "lower": _detour(_lower),
    "float32": _detour(_float32),
    "promote": _detour(_widest),
    "as_given": _detour(_as_given),
    "padding": _detour(_as_it_pads),
}


def _switch(kind: str, enabled: bool) -> None:
    """Switch it on or off in this thread; the first thread sets the detours, the last takes them away."""
    before = state.enabled.get(kind, False)
    state.enabled[kind] = enabled
    grad_mode.autocast = state.enabled.get("cpu", False)
    if kind == "cpu" and enabled is not before:
        with _lock:
            _on[0] += 1 if enabled else -1
            for name, functions in lists.functions():
                if enabled and _on[0] == 1:
                    set_detour(functions, _DETOURS[name], innermost=True)
                elif not _on[0]:
                    remove_detour(functions, _DETOURS[name])


# ---------------------------------------------------------------------- the state
def _kind(device_type: Any) -> str:
    """The name of a type of device; RuntimeError if there is no such type."""
    return device(device_type).type


@public("torch")
def is_autocast_enabled(device_type: str = "cuda") -> bool:
    """Whether this thread is inside :class:`autocast` of a device.

    Parameters
    ----------
    device_type : str

    Returns
    -------
    bool
        False unless switched on.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.autocast("cpu"):
    ...     torch.is_autocast_enabled("cpu")
    True
    """
    return state.enabled.get(_kind(device_type), False)


@public("torch")
def set_autocast_enabled(*arguments: Any) -> None:
    """Switch autocast on or off, as :class:`autocast` does.

    Parameters
    ----------
    *arguments : str, bool
        The type of device ('cuda' if absent), and whether.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.set_autocast_enabled("cpu", False)
    """
    kind = arguments[0] if len(arguments) == 2 else "cuda"
    _switch(_kind(kind), bool(arguments[-1]))


@public("torch")
def get_autocast_dtype(device_type: str) -> Any:
    """The lower precision of :class:`autocast`.

    Parameters
    ----------
    device_type : str

    Returns
    -------
    dtype
        ``torch.bfloat16`` on the CPU, unless another was chosen; ``torch.float16`` for CUDA.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.get_autocast_dtype("cpu")
    torch.bfloat16
    """
    return state.dtypes.get(_kind(device_type), dtypes.float16)


@public("torch")
def set_autocast_dtype(device_type: str, dtype: Any) -> None:
    """Choose the lower precision of :class:`autocast`.

    Parameters
    ----------
    device_type : str
    dtype : dtype

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.set_autocast_dtype("cpu", torch.bfloat16)
    """
    state.dtypes[_kind(device_type)] = dtype


@public("torch")
def is_autocast_cache_enabled() -> bool:
    """Whether casts of parameters are kept until :class:`autocast` ends.

    Returns
    -------
    bool
        True unless switched off.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.is_autocast_cache_enabled()
    True
    """
    return state.cache_enabled


@public("torch")
def set_autocast_cache_enabled(enabled: bool) -> None:
    """Choose whether casts of parameters are kept until :class:`autocast` ends.

    Parameters
    ----------
    enabled : bool

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.set_autocast_cache_enabled(True)
    """
    state.cache_enabled = enabled


@public("torch")
def clear_autocast_cache() -> None:
    """Forget the casts of parameters: what is cast from here on sees their new values.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.clear_autocast_cache()
    """
    state.cache.clear()


@public("torch")
def autocast_increment_nesting() -> int:
    """Count one more block of :class:`autocast`.

    Returns
    -------
    int
        How many there are.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.autocast_increment_nesting(), torch.autocast_decrement_nesting()
    (1, 0)
    """
    state.nesting += 1
    return state.nesting


@public("torch")
def autocast_decrement_nesting() -> int:
    """Count one block of :class:`autocast` less.

    Returns
    -------
    int
        How many there are.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.autocast_increment_nesting(), torch.autocast_decrement_nesting()
    (1, 0)
    """
    state.nesting -= 1
    return state.nesting


def is_autocast_available(device_type: str) -> bool:
    """Whether :class:`autocast` knows a type of device.

    Parameters
    ----------
    device_type : str

    Returns
    -------
    bool
        True for real devices.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.amp.is_autocast_available("cpu")
    True
    """
    return _kind(device_type) != "meta"


# ---------------------------------------------------------------------- the context
@public("torch")
class autocast:
    """Mixed precision, as a context manager or decorator.

    Products and convolutions of float32 are computed in ``dtype``, losses and decompositions in float32, and the rest in the
    types of the arguments (``amp/lists.py`` has the lists, which are PyTorch's for the CPU). float64 is left alone. Leave the block
    before :meth:`Tensor.backward`: gradients are computed in the types of the forward pass by themselves.

    Parameters
    ----------
    device_type : str
        'cpu'; for other devices, there being none, it warns and changes nothing, as PyTorch does without CUDA.
    dtype : dtype, optional
        ``torch.bfloat16`` (the default) or ``torch.float16``; others switch it off with a warning.
    enabled : bool
        Whether to switch it on, or off inside another block.
    cache_enabled : bool, optional
        Whether casts of parameters are kept until the outermost block ends.

    References
    ----------
    Micikevicius et al., "Mixed precision training" (2018); https://docs.pytorch.org/docs/stable/amp.html

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.ones(2, 2)
    >>> with torch.autocast("cpu"):
    ...     (x @ x).dtype, (x + x).dtype
    (torch.bfloat16, torch.float32)
    """

    def __init__(self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: Any = None):
        if not isinstance(device_type, str):
            raise ValueError(f"autocast: device_type must be a string such as 'cpu', but got {type(device_type).__name__}")
        self.device = _kind(device_type)
        if self.device == "meta":
            raise RuntimeError("autocast: nothing is computed on the device 'meta'")
        self.fast_dtype = get_autocast_dtype(self.device) if dtype is None else dtype
        self._cache_enabled = state.cache_enabled if cache_enabled is None else cache_enabled
        if enabled and self.device == "cuda":
            warnings.warn("autocast: CUDA is not available; computing in the types given", stacklevel=2)
            enabled = False
        elif enabled and self.device == "cpu" and self.fast_dtype not in _LOW:
            warnings.warn(f"autocast: on the CPU it computes in bfloat16 or float16, not {dtype!r}; it stays off", stacklevel=2)
            enabled = False
        self._enabled = enabled

    def __enter__(self) -> autocast:
        self.prev_cache_enabled = state.cache_enabled
        self.prev = state.enabled.get(self.device, False)
        self.prev_fastdtype = get_autocast_dtype(self.device)
        state.dtypes[self.device], state.cache_enabled = self.fast_dtype, self._cache_enabled
        _switch(self.device, self._enabled)
        state.nesting += 1
        return self

    def __exit__(self, *error: Any) -> None:
        state.nesting -= 1
        if state.nesting == 0:
            state.cache.clear()
        _switch(self.device, self.prev)
        state.dtypes[self.device], state.cache_enabled = self.prev_fastdtype, self.prev_cache_enabled

    def __call__(self, function: Any) -> Any:
        if not callable(function):
            raise TypeError(f"autocast decorates functions, but got {type(function).__name__}")

        @functools.wraps(function)
        def decorated(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return decorated
