"""Whether operations are recorded, and by whom: one thread-local state, and the context managers that change it.

The hot path of every operation asks a single question, ``mode.recording``. It is ``True`` (record), ``False`` (do not)
or a *recorder*: an object that wants to see each node as it is made (anomaly detection, ``saved_tensors_hooks``).
A recorder counts as true, so the fast paths need one test, and look closer only once a node exists.
"""

from __future__ import annotations

import functools
import threading
import warnings
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .device import CPU, device

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self, TypeVar, overload

    F = TypeVar("F", bound=Callable[..., Any])

_CO_GENERATOR = 0x20  # inspect.CO_GENERATOR, without the 5 ms of importing inspect


class _InferenceCell(list[int]):
    """The version cell of a tensor made under :class:`inference_mode`: it has no version to read."""

    def __getitem__(self, index: Any) -> Any:
        raise RuntimeError(
            "a tensor made under inference_mode has no version counter, so it cannot be saved for backward. "
            "Make a normal tensor of it outside inference_mode with .clone(), or use no_grad instead"
        )


INFERENCE = _InferenceCell()


class _Mode(threading.local):
    """The state of one thread."""

    grad = True  # is_grad_enabled()
    inference = False  # is_inference_mode_enabled()
    recorder: Any = None  # anomaly mode or saved-tensor hooks, if any
    recording: Any = True  # what the hot path reads: grad and (recorder or True)
    version_cell: Any = None  # what a new tensor starts with (None, or INFERENCE)
    task: Any = None  # the backward pass that is running, an engine.Task
    hooks_disabled: str | None = None  # why saved_tensors_hooks is refused
    before_write: Any = None  # called with each tensor that is about to be written to in place
    multithreading = True  # is_multithreading_enabled()
    view_replay = False  # is_view_replay_enabled()
    transforms: tuple[str, ...] = ()  # which of torch.func's transformations are running, the innermost last
    repeated: bool = False  # whether vmap will run the function again, on the next slice, and so its calls of grad
    device = CPU
    autocast = False  # is_autocast_enabled("cpu"), for those who check dtypes before a function that casts them

    def update(self, **state: Any) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        self.recording = (self.recorder or True) if self.grad else False


mode = _Mode()


def _set_grad(enabled: bool) -> None:
    """``mode.update(grad=enabled)``, of which a training step by hand needs two (0.1 us in place of 0.3)."""
    mode.grad, mode.recording = enabled, (mode.recorder or True) if enabled else False


def is_grad_enabled() -> bool:
    """Whether operations of this thread are recorded for :meth:`Tensor.backward`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.is_grad_enabled()
    True
    """
    return mode.grad


def is_inference_mode_enabled() -> bool:
    """Whether this thread is inside :class:`inference_mode`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.inference_mode():
    ...     torch.is_inference_mode_enabled()
    True
    """
    return mode.inference


class _ContextDecorator:
    """A context manager that also decorates functions, generators and (by decorating nothing) classes' methods."""

    def clone(self) -> Self:
        """One of the same kind, for a decorator that makes one for each call.

        Returns
        -------
        context manager
            Of the same class.
        """
        return self.__class__()

    def __enter__(self) -> None:
        raise NotImplementedError

    def __exit__(self, *exc: Any) -> None:
        raise NotImplementedError

    def __call__(self, function: F) -> F:
        clone = self.clone
        if isinstance(function, type):
            warnings.warn(
                f"decorating the class {function.__name__} with {type(self).__name__} decorates only its construction, and is deprecated: "
                "decorate its methods (Decorating classes is deprecated)",
                FutureWarning, stacklevel=2,
            )  # fmt: skip
        code = getattr(function, "__code__", None)
        if code is not None and code.co_flags & _CO_GENERATOR:

            @functools.wraps(function)
            def generator(*args: Any, **kwargs: Any) -> Any:
                # The mode holds while the body runs, not while the consumer holds a value.
                source = function(*args, **kwargs)
                step, given = source.send, None
                while True:
                    try:
                        with clone():
                            value = step(given)
                    except StopIteration as stop:
                        return stop.value
                    try:
                        step, given = source.send, (yield value)
                    except GeneratorExit:
                        with clone():
                            source.close()
                        raise
                    except BaseException as error:
                        step, given = source.throw, error

            return generator  # type: ignore[return-value]  # of the same type, says wraps()

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with clone():
                return function(*args, **kwargs)

        return wrapper  # type: ignore[return-value]


class _GradMode(_ContextDecorator):
    enabled = True

    def __enter__(self) -> None:
        self._previous = mode.grad
        _set_grad(self.enabled)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        _set_grad(self._previous)


class no_grad(_GradMode):
    """Do not record operations: results have ``requires_grad=False``.

    A context manager and a decorator; the state belongs to the thread.

    Parameters
    ----------
    orig_func : function, optional
        What ``@no_grad`` without parentheses decorates.

    See Also
    --------
    minitorch_bp.enable_grad : The opposite.
    minitorch_bp.inference_mode : Stricter, and faster.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.ones(1, requires_grad=True)
    >>> with torch.no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    enabled = False

    if TYPE_CHECKING:

        @overload
        def __new__(cls, orig_func: None = None) -> Self: ...
        @overload
        def __new__(cls, orig_func: F) -> F: ...  # type: ignore[misc]  # not an instance

    def __new__(cls, orig_func: Any = None) -> Any:
        self = object.__new__(cls)
        # ``@torch.no_grad`` without parentheses decorates as well.
        return self if orig_func is None else self(orig_func)

    def __init__(self, orig_func: Any = None):
        """Nothing is kept."""


class enable_grad(no_grad):
    """Record operations again inside a :class:`no_grad` block.

    Parameters
    ----------
    orig_func : function, optional
        What ``@enable_grad`` without parentheses decorates.

    See Also
    --------
    minitorch_bp.no_grad : The opposite.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.ones(1, requires_grad=True)
    >>> with torch.no_grad(), torch.enable_grad():
    ...     y = x * 2
    >>> y.requires_grad
    True
    """

    enabled = True


class set_grad_enabled(_GradMode):
    """Switch recording on or off by a flag: at once, and back at the end of a ``with`` block.

    Parameters
    ----------
    mode : bool
        Whether operations are recorded.

    See Also
    --------
    minitorch_bp.no_grad, minitorch_bp.enable_grad

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.set_grad_enabled(False):
    ...     torch.is_grad_enabled()
    False
    """

    def __init__(self, mode: bool):
        if mode is not True and mode is not False:
            raise TypeError(f"set_grad_enabled() takes True or False, but got {mode!r}")
        self.enabled = mode
        self._previous = globals()["mode"].grad
        globals()["mode"].update(grad=self.enabled)

    def clone(self) -> Self:
        return self.__class__(self.enabled)

    def __repr__(self) -> str:
        return f"{type(self).__module__}.{type(self).__name__}(mode={self.enabled})"

    def __call__(self, function: F) -> F:
        mode.update(grad=self._previous)  # as a decorator, nothing changes until the function runs
        return super().__call__(function)

    def __enter__(self) -> Any:
        mode.update(grad=self.enabled)


class inference_mode(_ContextDecorator):
    """A stricter :class:`no_grad`: tensors made inside keep no version counter and can never be saved for backward.

    Parameters
    ----------
    mode : bool
        False switches it off; a function is decorated.

    See Also
    --------
    minitorch_bp.no_grad : Results may take part in graphs later.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.inference_mode():
    ...     y = torch.ones(1) * 2
    >>> y.is_inference()
    True
    """

    enabled: bool
    if TYPE_CHECKING:

        @overload
        def __new__(cls, mode: bool = True) -> Self: ...
        @overload
        def __new__(cls, mode: F) -> F: ...  # type: ignore[misc]  # not an instance

    def __new__(cls, mode: Any = True) -> Any:
        self: Any = super().__new__(cls)
        self.enabled = mode if isinstance(mode, bool) else True  # here: __init__ is not called if a function is returned
        return self if isinstance(mode, bool) else self(mode)

    def __init__(self, mode: Any = True):
        """``__new__`` has done it."""

    def clone(self) -> Self:
        return self.__class__(self.enabled)

    def __enter__(self) -> None:
        self._previous = mode.grad, mode.inference, mode.version_cell
        if self.enabled:
            mode.update(grad=False, inference=True, version_cell=INFERENCE)
        else:
            mode.update(grad=self._previous[0], inference=False, version_cell=None)

    def __exit__(self, *exc: Any) -> None:
        grad, inference, cell = self._previous
        mode.update(grad=grad, inference=inference, version_cell=cell)


class _Flag(_ContextDecorator):
    """A flag of the thread: set at once, and back at the end of a ``with`` block."""

    _name = ""

    def __init__(self, mode: bool):
        self.mode, self._previous = mode, getattr(globals()["mode"], self._name)
        setattr(globals()["mode"], self._name, bool(mode))

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: Any) -> None:
        setattr(mode, self._name, self._previous)

    def clone(self) -> Self:
        return self.__class__(self.mode)


class set_multithreading_enabled(_Flag):
    """Whether a backward pass may use several threads. It uses one here: only the flag is kept.

    Parameters
    ----------
    mode : bool
        The flag.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.autograd.set_multithreading_enabled(False):
    ...     torch.autograd.is_multithreading_enabled()
    False
    """

    _name = "multithreading"


class _force_original_view_tracking(_Flag):
    """Whether a view that was written to through another name shows its own operations as its history.

    They are run again in either case; without this flag the node is shown as one that only knows the strides.
    """

    _name = "view_replay"


def is_multithreading_enabled() -> bool:
    """The flag of :class:`set_multithreading_enabled`.

    Returns
    -------
    bool
        True unless switched off.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.autograd.is_multithreading_enabled()
    True
    """
    return mode.multithreading


def is_view_replay_enabled() -> bool:
    """Whether a view that was written to through another name shows its own operations as its history.

    Returns
    -------
    bool
        False unless switched on.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.autograd.is_view_replay_enabled()
    False
    """
    return mode.view_replay


# ---------------------------------------------------------------------- with torch.device("cpu"):
def _enter_device(self: device) -> device:
    mode.__dict__.setdefault("outer_devices", []).append(mode.device)
    mode.device = self
    return self


def _leave_device(self: device, *exc: Any) -> None:
    mode.device = mode.__dict__["outer_devices"].pop()


setattr(device, "__enter__", _enter_device)
setattr(device, "__exit__", _leave_device)
