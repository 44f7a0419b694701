"""Functions of modules for devices that are not here (``torch.mps``, ``torch.xpu``, ``torch.mtia``): a table of names and answers.

They answer what they answer in a build of PyTorch for the CPU: nothing is available, counters are 0, seeding does nothing, and what
needs the device is refused.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from .core.device import CPU
from .core.device import device as _device


def answering(module: str, names: str, answer: Callable[[], Any]) -> dict[str, Any]:
    """Functions of any arguments that give an answer, by name."""
    return {name: _function(module, name, answer, None, "") for name in names.split()}


def refusing(module: str, names: str, error: type[Exception], why: str) -> dict[str, Any]:
    """Functions that raise an error, by name."""
    return {name: _function(module, name, None, error, why) for name in names.split()}


def classes(module: str, names: str, error: type[Exception], why: str) -> dict[str, Any]:
    """Classes whose objects live on the device, so that none can be made."""

    def make(name: str) -> Any:
        def __new__(cls: Any, *args: Any, **kwargs: Any) -> Any:
            raise error(f"{module}.{name}: {why}")

        doc = f"On the device only; {error.__name__} without one."
        return type(name, (), {"__new__": __new__, "__module__": "minitorch_bp" + module.removeprefix("torch"), "__doc__": doc})

    return {name: make(name) for name in names.split()}


def _function(module: str, name: str, answer: Any, error: Any, why: str) -> Any:
    def function(*args: Any, **kwargs: Any) -> Any:
        if answer is None:
            raise error(f"{module}.{name}: {why}")
        return answer()

    shown = "" if answer is None or answer() is None else f"\n    {answer()!r}"
    raises = ""
    if answer is None:
        shown = f"\n    Traceback (most recent call last):\n        ...\n    {error.__name__}: {module}.{name}: {why}"
        raises = f"\n\n    Raises\n    ------\n    {error.__name__}\n        Always, as there is no such device."
    function.__name__ = function.__qualname__ = name
    function.__module__ = "minitorch_bp" + module.removeprefix("torch")
    function.__doc__ = f"""{"What needs the device, and is refused without it." if answer is None else "What is so without the device."}

    Parameters
    ----------
    *args, **kwargs
        As PyTorch takes them; without effect.

    Returns
    -------
    object
        {"Never." if answer is None else f"``{answer()!r}``."}{raises}

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> {module}.{name}(){shown}
    """
    return function


class classproperty:
    """A property of the class itself, read without an object.

    Parameters
    ----------
    func : function
        Of the class.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> class Layer:
    ...     @torch.classproperty
    ...     def label(cls):
    ...         return cls.__name__.lower()
    ...
    >>> Layer.label
    'layer'
    """

    def __init__(self, func: Callable[[Any], Any]):
        self.func = func

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self.func(type(instance) if owner is None else owner)


def get_device_module(device: Any = None) -> Any:
    """The module of functions about a kind of device, such as ``torch.cuda``.

    Parameters
    ----------
    device : device or str, optional
        The CPU unless given.

    Returns
    -------
    module
        ``torch.cpu``, ``torch.cuda``, ...

    Raises
    ------
    RuntimeError
        If there is no such module.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.get_device_module("cuda") is torch.cuda
    True
    """
    kind = CPU.type if device is None else _device(device).type
    try:
        return importlib.import_module(f".{kind}", __package__)
    except ImportError:
        raise RuntimeError(f"get_device_module: there is no module for devices of type {kind!r}") from None


class Stream:
    """Work that runs in the order in which it was given: on the CPU everything does, and there is one.

    Parameters
    ----------
    device : device or str, optional
        Only the CPU works.
    priority : int
        Without effect.

    Raises
    ------
    RuntimeError
        For another device.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.Stream().query()
    True
    """

    stream_id, device_index, device_type, device = 0, -1, 0, CPU

    def __init__(self, device: Any = None, *, priority: int = 0):
        _only_cpu(device)

    def query(self) -> bool:
        """Whether all work is done: it is."""
        return True

    def synchronize(self) -> None:
        """Wait for the work: it is done."""

    def wait_stream(self, other: Any) -> None:
        """Refused: it would take an event, and the CPU has none."""
        _no_events()

    def wait_event(self, event: Any) -> None:
        """Wait for the work before an event: it is done."""

    def record_event(self, event: Any = None) -> Any:
        """Refused: the CPU has no events."""
        return _no_events()

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *error: Any) -> None:
        pass

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stream)

    def __hash__(self) -> int:
        return hash(Stream)

    def __repr__(self) -> str:
        return "torch.Stream device_type=cpu, device_index=-1, stream_id=0"


class Event:
    """A point in the work of a :class:`Stream`: it can be made on the CPU, and no more.

    Parameters
    ----------
    device : device or str, optional
        Only the CPU works.
    enable_timing, blocking, interprocess : bool
        Without effect.

    Raises
    ------
    RuntimeError
        For another device.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.Event().query()
    True
    """

    event_id, device = 0, CPU

    def __init__(self, device: Any = None, *, enable_timing: bool = False, blocking: bool = False, interprocess: bool = False):
        _only_cpu(device)

    def query(self) -> bool:
        """Whether the work before it is done: it is."""
        return True

    def synchronize(self) -> None:
        """Wait for the work before it: it is done."""

    def record(self, stream: Any = None) -> None:
        """Refused: the CPU has no events."""
        _no_events()

    def wait(self, stream: Any = None) -> None:
        """Let a stream wait for the work before it: it is done."""

    def elapsed_time(self, end_event: Any) -> float:
        """Refused: no time was taken."""
        raise ValueError("elapsed_time: both events must be made with enable_timing=True and recorded, which the CPU does not do")

    def __repr__(self) -> str:
        return "torch.Event device_type=cpu, device_index=-1, event_flag=0, event_id=0"


def _only_cpu(device: Any) -> None:
    if device is not None and _device(device).type != "cpu":
        raise RuntimeError(f"there is no device {device!r}: minitorch_bp computes on the CPU")


def _no_events() -> Any:
    raise RuntimeError("the CPU has no events: what it was given is done when the call returns")


for _kind in (Stream, Event, classproperty):
    _kind.__module__ = __name__.partition(".")[0]
