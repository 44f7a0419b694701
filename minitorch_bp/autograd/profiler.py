"""``torch.autograd.profiler``: which functions a program spends its time in.

While a profile runs, every public function takes a detour (``core/detour``) that looks at the clock before and after. So the times are
those of whole calls from Python, named ``aten::`` like PyTorch's; what a function calls in turn is counted as its child. The detour
itself takes a few microseconds a call, which is a part of what is measured.
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any

from ..core import observer
from ..core.detour import remove_detour, set_detour
from ..core.tensor import Tensor
from ..ops import functions
from .profiler_util import EventList as EventList
from .profiler_util import FunctionEvent as FunctionEvent
from .profiler_util import FunctionEventAvg as FunctionEventAvg
from .profiler_util import here


class _Open(threading.local):
    """The calls of this thread that have not returned."""

    def __init__(self) -> None:
        self.stack: list[FunctionEvent] = []


_open = _Open()
_running: list[profile] = []
_names: dict[Any, str] = {}  # of the functions that have a detour
_OPTIONS = (
    "use_cuda", "use_device", "use_cpu", "use_kineto", "with_flops", "with_modules", "profile_memory", "experimental_config",
    "acc_events", "custom_trace_id_callback", "post_processing_timeout_s",
)  # fmt: skip


@contextlib.contextmanager
def _timed(key: str, shapes: Any = None) -> Any:
    """Record one event."""
    event = FunctionEvent(key, shapes)
    if any(p.with_stack for p in _running):
        event.stack = here()
    stack = _open.stack
    if stack:
        event.cpu_parent = stack[-1]
    stack.append(event)
    for p in _running:
        p._events.append(event)
    begin = time.perf_counter_ns()
    try:
        yield event
    finally:
        event.start, event.cpu_time_total = begin / 1e3, (time.perf_counter_ns() - begin) / 1e3
        stack.pop()
        event.self_cpu_time_total = event.cpu_time_total - sum(child.cpu_time_total for child in event.cpu_children)
        if stack:
            stack[-1].cpu_children.append(event)


def _detour(function: Any, call: Any, *args: Any, **kwargs: Any) -> Any:
    shapes = None
    if any(p.record_shapes for p in _running):
        shapes = [list(a.shape) if isinstance(a, Tensor) else [] for a in args]
    with _timed("aten::" + _names[function], shapes):
        return call(*args, **kwargs)


class profile:
    """Record the calls inside a ``with`` block.

    Parameters
    ----------
    enabled : bool
    record_shapes : bool
        Whether to keep the shapes of the inputs.
    with_stack : bool
        Whether to keep the lines of the program that each call comes from.
    **options : any
        Without effect: there is no accelerator, and neither memory nor operations are counted.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.autograd.profiler.profile() as prof:
    ...     y = torch.ones(2, 2) @ torch.ones(2, 2)
    >>> [(event.key, event.count) for event in prof.key_averages()]
    [('aten::ones', 2), ('aten::matmul', 1), ('aten::mm', 1)]
    """

    def __init__(self, enabled: bool = True, *, record_shapes: bool = False, with_stack: bool = False, **options: Any):
        unknown = [name for name in options if name not in _OPTIONS]
        if unknown:
            raise TypeError(f"profile() got an unexpected keyword argument {unknown[0]!r}")
        self.enabled, self.record_shapes, self.with_stack = enabled, record_shapes, with_stack
        self._events = EventList()

    def __enter__(self) -> profile:
        if self.enabled:
            if not _running:
                _names.update({f: name for f, name in functions().items() if name != "backward"})  # whose parts are events
                set_detour(_names, _detour)
                observer.current = _timed
            _running.append(self)
        return self

    def __exit__(self, *error: Any) -> None:
        if self in _running:
            _running.remove(self)
            if not _running:
                remove_detour(_names, _detour)
                observer.current = None

    @property
    def function_events(self) -> EventList:
        """The events, in the order of their calls."""
        return self._events

    @property
    def self_cpu_time_total(self) -> float:
        """Microseconds of all of them."""
        return self._events.self_cpu_time_total

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0, **options: Any) -> EventList:
        """One event for each name, and shapes and stack if so wanted."""
        return self._events.key_averages(group_by_input_shape, group_by_stack_n)

    def total_average(self) -> FunctionEventAvg:
        """All events as one."""
        return self._events.total_average()

    def table(self, *args: Any, **kwargs: Any) -> str:
        """The events as a text of columns."""
        return self._events.table(*args, **kwargs)

    def export_chrome_trace(self, path: Any) -> None:
        """Write the events as a file that ``chrome://tracing`` shows."""
        self._events.export_chrome_trace(path)

    def export_stacks(self, path: Any, metric: str = "self_cpu_time_total") -> None:
        """Write a line for each stack, with the sum of a time, for pictures of flames; it needs ``with_stack=True``."""
        if not self.with_stack:
            raise AssertionError("export_stacks: stacks are recorded with profile(with_stack=True)")
        self._events.export_stacks(path, metric)

    def __str__(self) -> str:
        return str(self._events)


class record_function(contextlib.ContextDecorator):
    """Name a part of the program, which then is an event of its own: a context manager, or a decorator.

    Parameters
    ----------
    name : str
    args : str, optional
        Without effect.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.autograd.profiler.profile() as prof, torch.autograd.profiler.record_function("mine"):
    ...     y = torch.ones(2)
    >>> [event.key for event in prof.function_events]
    ['mine', 'aten::ones']
    """

    def __init__(self, name: str, args: Any = None):
        self.name, self._contexts = name, []  # type: ignore[var-annotated]

    def __enter__(self) -> record_function:
        context = _timed(self.name) if _running else contextlib.nullcontext()
        self._contexts.append(context)
        context.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._contexts.pop().__exit__(*error)


__all__ = ["EventList", "FunctionEvent", "FunctionEventAvg", "profile", "record_function"]
