"""``torch.overrides``: classes and modes that take calls of public functions into their own hands.

A subclass of Tensor with a class method ``__torch_function__`` is asked in place of the function wherever it is an argument; a
:class:`TorchFunctionMode` sees every call inside its ``with`` block. While there is such a class or mode, all public functions take a
detour (``core/detour``) that looks for them; in other programs nothing of this exists.

What differs from PyTorch: properties (``x.shape``) are not intercepted; ``x + 1``, ``x.add(1)`` and ``torch.add(x, 1)`` are one
function, ``torch.add``; a class that is no tensor is seen by public functions only while there is a subclass or a mode.
"""

from __future__ import annotations

import contextlib
import functools
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ._override_names import (
    get_default_nowrap_functions,
    get_ignored_functions,
    get_overridable_functions,
    is_tensor_method_or_property,
    resolve_name,
)
from .core.detour import remove_detour, set_detour
from .core.op import OPS
from .core.public import EXPORTS, public
from .core.tensor import Tensor, disabled_torch_function
from .core.trees import leaves_of, mapped
from .ops import functions


class _State(threading.local):
    """The state of one thread."""

    def __init__(self) -> None:
        self.modes: list[TorchFunctionMode] = []
        self.subclasses_off = self.modes_off = False


_state = _State()
_watchers = [0]  # subclasses, and modes of all threads
_deleted: list[None] = []  # an entry for each subclass that has been deleted and is still counted
_lock = threading.Lock()
_plain = Tensor.__torch_function__.__func__  # type: ignore[attr-defined]


def watch(kind: type | None = None) -> None:
    """One more mode, or class (until it is deleted), that wants to be asked: the first sets the detours."""
    if kind is not None:
        weakref.finalize(kind, _deleted.append, None).atexit = False
    asked = functions() if not _watchers[0] else {}
    with _lock:
        _watchers[0] += 1
        if _watchers[0] == 1:
            set_detour(asked, _detour)


def _unwatch(count: int = 1) -> None:
    with _lock:
        _watchers[0] -= count
        if not _watchers[0]:
            remove_detour(functions(), _detour)


def _forget_deleted() -> None:
    """Take the detours of deleted classes away: at the next call of a public function, because the garbage collector, which deletes
    them, may run while detours are being set."""
    count = 0
    while _deleted:
        _deleted.pop()
        count += 1
    if count:
        _unwatch(count)


@contextlib.contextmanager
def _without(**switches: bool) -> Iterator[None]:
    before = {name: getattr(_state, name) for name in switches}
    _state.__dict__.update(switches)
    try:
        yield
    finally:
        _state.__dict__.update(before)


# ---------------------------------------------------------------------- who is asked
def _takes_over(kind: type) -> bool:
    """Whether a class has a ``__torch_function__`` that is not the one that is switched off."""
    if kind is Tensor:
        return False
    method = getattr(kind, "__torch_function__", None)
    return method is not None and getattr(method, "__func__", method) is not disabled_torch_function


def _overloaded(arguments: Iterable[Any]) -> list[Any]:
    """The arguments that are to be asked, one of each class, subclasses before their bases."""
    found: list[Any] = []
    for a in arguments:
        for x in leaves_of(a) if isinstance(a, (list, tuple)) else (a,):
            kind = type(x)
            if _takes_over(kind) and all(type(f) is not kind for f in found):
                place = next((k for k, f in enumerate(found) if issubclass(kind, type(f))), len(found))
                found.insert(place, x)
    return found


def _detour(function: Any, call: Any, *args: Any, **kwargs: Any) -> Any:
    if _deleted:
        _forget_deleted()
    relevant = (*args, *kwargs.values())
    modes = _state.modes and not _state.modes_off
    overloaded = [] if _state.subclasses_off or function in _of_any_object() else _overloaded(relevant)
    if not modes and not overloaded:
        return call(*args, **kwargs)
    return _ask(_of_operators().get(function, function), overloaded, args, kwargs)


@functools.cache
def _of_any_object() -> set[Any]:
    """Functions that look at an object from outside, and so never ask its class: ``torch.is_tensor`` of what is none is False."""
    names = (
        "is_tensor is_storage typename tensor as_tensor asarray from_numpy frombuffer from_dlpack load save broadcast_shapes vmap"
    )
    return {EXPORTS["torch"][name] for name in names.split() if name in EXPORTS["torch"]}


@functools.cache
def _of_operators() -> dict[Any, Any]:
    """The function that an operator stands for: ``torch.add`` of ``+``."""
    found = {op.operator: op.call for op in OPS.values() if op.operator is not None}
    return {**found, EXPORTS["Tensor"]["__matmul__"]: EXPORTS["torch"]["matmul"]}


def _ask(function: Any, overloaded: list[Any], args: Any, kwargs: Any) -> Any:
    """Ask the innermost mode, then the classes; TypeError if none knows an answer."""
    types = tuple(dict.fromkeys(type(x) for x in overloaded))
    if _state.modes and not _state.modes_off:
        mode = _state.modes.pop()
        try:
            result = mode.__torch_function__(function, types, args, kwargs)
        finally:
            _state.modes.append(mode)
        if result is not NotImplemented:
            return result
    for x in overloaded:
        result = type(x).__torch_function__(function, types, args, kwargs)
        if result is not NotImplemented:
            return result
    name = getattr(function, "__name__", function)
    raise TypeError(
        f"{name}: none of the types {', '.join(t.__name__ for t in types)} has an implementation of it (__torch_function__)"
    )


def default_torch_function(cls: type, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
    """What a subclass does that says nothing else: compute, and return tensors of its class."""
    if not all(issubclass(cls, t) for t in types):
        return NotImplemented
    with _without(subclasses_off=True):
        result = func(*args, **(kwargs or {}))
    given = {id(x) for x in leaves_of([*args, *(kwargs or {}).values()])}

    def convert(x: Any) -> Any:
        if type(x) is Tensor and id(x) not in given:
            x.__class__ = cls
        return x

    return mapped(convert, result) if isinstance(result, (Tensor, tuple, list)) else result


@public("Tensor")
def as_subclass(input: Tensor, cls: Any) -> Tensor:
    """The tensor as one of a subclass, with the same memory and history.

    Parameters
    ----------
    input : Tensor
    cls : type
        A subclass of Tensor.

    Returns
    -------
    Tensor
        Of type ``cls``.

    Raises
    ------
    RuntimeError
        If the class is no subclass.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> class Length(torch.Tensor):
    ...     pass
    ...
    >>> type(torch.ones(2).as_subclass(Length) * 2).__name__
    'Length'
    """
    if not (isinstance(cls, type) and issubclass(cls, Tensor)):
        raise RuntimeError(f"as_subclass: expected a subclass of Tensor, but got {cls!r}")
    with DisableTorchFunction():
        view: Any = input.view_as(input)
    view.__class__ = cls
    return view  # type: ignore[no-any-return]


# ---------------------------------------------------------------------- for functions of one's own
def has_torch_function(relevant_args: Iterable[Any]) -> bool:
    """Whether one of the arguments, or a mode, is to be asked.

    Parameters
    ----------
    relevant_args : iterable

    Returns
    -------
    bool
        False for tensors and parameters.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.overrides.has_torch_function((torch.ones(1), 2))
    False
    """
    if _state.modes and not _state.modes_off:
        return True
    return not _state.subclasses_off and any(_takes_over(type(x)) for x in relevant_args)


def has_torch_function_unary(x: Any) -> bool:
    """The same for one argument.

    Parameters
    ----------
    x : any

    Returns
    -------
    bool
        False for tensors and parameters.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.overrides.has_torch_function_unary(torch.ones(1))
    False
    """
    return has_torch_function((x,))


def has_torch_function_variadic(*args: Any) -> bool:
    """The same for several arguments.

    Parameters
    ----------
    *args : any

    Returns
    -------
    bool
        False for tensors and parameters.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.overrides.has_torch_function_variadic(torch.ones(1), 2)
    False
    """
    return has_torch_function(args)


def handle_torch_function(public_api: Any, relevant_args: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
    """Ask the arguments, or the mode, to compute a function.

    Parameters
    ----------
    public_api : function
        That users call.
    relevant_args : iterable
        The arguments that may be asked.
    *args : any
    **kwargs : any
        What it was called with.

    Returns
    -------
    any
        The first answer.

    Raises
    ------
    TypeError
        If there is none.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> class Own:
    ...     @classmethod
    ...     def __torch_function__(cls, func, types, args=(), kwargs=None):
    ...         return "own " + func.__name__
    ...
    >>> def mean(x):
    ...     if torch.overrides.has_torch_function_unary(x):
    ...         return torch.overrides.handle_torch_function(mean, (x,), x)
    ...     return x.mean()
    ...
    >>> mean(Own())
    'own mean'
    """
    return _ask(public_api, _overloaded(relevant_args), args, kwargs)


def wrap_torch_function(dispatcher: Callable[..., Any]) -> Callable[[Any], Any]:
    """Decorate a function so that its arguments are asked first.

    Parameters
    ----------
    dispatcher : function
        Of the same arguments, to those that may be asked.

    Returns
    -------
    function
        A decorator.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> @torch.overrides.wrap_torch_function(lambda x: (x,))
    ... def twice(x):
    ...     return x + x
    ...
    >>> twice(torch.ones(1))
    tensor([2.])
    """

    def decorate(function: Any) -> Any:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            relevant = dispatcher(*args, **kwargs)
            if has_torch_function(relevant):
                return handle_torch_function(wrapped, relevant, *args, **kwargs)
            return function(*args, **kwargs)

        return wrapped

    return decorate


def is_tensor_like(inp: Any) -> bool:
    """Whether something is a tensor, or of a class that can be asked.

    Parameters
    ----------
    inp : any

    Returns
    -------
    bool
        True for tensors.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.overrides.is_tensor_like(torch.ones(1)), torch.overrides.is_tensor_like(1.0)
    (True, False)
    """
    return type(inp) is Tensor or hasattr(inp, "__torch_function__")


# ---------------------------------------------------------------------- modes
class TorchFunctionMode:
    """A context in which every call of a public function is asked for: subclasses define ``__torch_function__``.

    Inside ``__torch_function__`` the mode is off, so that it may call the function.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> class Count(torch.overrides.TorchFunctionMode):
    ...     calls = 0
    ...     def __torch_function__(self, func, types, args=(), kwargs=None):
    ...         self.calls += 1
    ...         return func(*args, **(kwargs or {}))
    ...
    >>> with Count() as count:
    ...     y = torch.ones(2) + 1
    >>> count.calls
    2
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """What happens in place of ``func(*args, **kwargs)``."""
        raise NotImplementedError(f"{type(self).__name__} must define __torch_function__")

    def __enter__(self) -> Any:
        watch()
        _state.modes.append(self)
        return self

    def __exit__(self, *error: Any) -> None:
        _state.modes.pop()
        _unwatch()


class BaseTorchFunctionMode(TorchFunctionMode):
    """A mode that changes nothing."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """What the function returns."""
        return func(*args, **(kwargs or {}))


class DisableTorchFunctionSubclass(contextlib.ContextDecorator):
    """A context in which subclasses are not asked; modes are."""

    _switches = {"subclasses_off": True}  # noqa: RUF012

    def __enter__(self) -> None:
        self._context = _without(**self._switches)
        self._context.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._context.__exit__(*error)


class DisableTorchFunction(DisableTorchFunctionSubclass):
    """A context in which neither subclasses nor modes are asked."""

    _switches = {"subclasses_off": True, "modes_off": True}  # noqa: RUF012


__all__ = [
    "BaseTorchFunctionMode", "TorchFunctionMode", "get_default_nowrap_functions", "get_ignored_functions", "get_overridable_functions",
    "handle_torch_function", "has_torch_function", "has_torch_function_unary", "has_torch_function_variadic", "is_tensor_like",
    "is_tensor_method_or_property", "resolve_name", "wrap_torch_function",
]  # fmt: skip
