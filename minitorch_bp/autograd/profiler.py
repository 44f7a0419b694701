"""``torch.autograd.profiler``: which functions a program spends its time in.

While a profile runs, every public function takes a detour (``core/detour``) that looks at the clock before and after. So the times are
those of whole calls from Python, named ``aten::`` like PyTorch's; what a function calls in turn is counted as its child. The detour
itself takes a few microseconds a call, which is a part of what is measured.
"""

from __future__ import annotations

import contextlib
import functools
import json
import threading
import time
from typing import Any

from ..core.detour import remove_detour, set_detour
from ..core.tensor import Tensor
from ..ops import functions

_SORT_KEYS = ("cpu_time", "cpu_time_total", "self_cpu_time_total", "count")


class FunctionEvent:
    """One call, or (in :meth:`EventList.key_averages`) all calls of one name.

    Parameters
    ----------
    key : str
        The name of the function.
    shapes : list, optional
        The shapes of its arguments.

    Examples
    --------
    >>> from minitorch_bp.autograd.profiler import FunctionEvent
    >>> FunctionEvent("mul").key
    'mul'
    """

    def __init__(self, key: str, shapes: Any = None):
        self.key = self.name = key
        self.input_shapes = shapes
        self.count = 1
        self.start = self.cpu_time_total = self.self_cpu_time_total = 0.0  # microseconds
        self.thread = threading.get_ident()
        self.cpu_parent: FunctionEvent | None = None
        self.cpu_children: list[FunctionEvent] = []

    @property
    def cpu_time(self) -> float:
        """Microseconds of one call, on the average."""
        return self.cpu_time_total / self.count

    def add(self, other: FunctionEvent) -> FunctionEvent:
        """Add the calls of another event of the same name."""
        self.count += other.count
        self.cpu_time_total += other.cpu_time_total
        self.self_cpu_time_total += other.self_cpu_time_total
        return self

    def __repr__(self) -> str:
        return f"<FunctionEvent name={self.key} cpu_time={_shown(self.cpu_time)} count={self.count}>"


def _shown(us: float) -> str:
    """A time in microseconds with its unit, as PyTorch's tables write it."""
    for size, unit in ((1e6, "s"), (1e3, "ms")):
        if us >= size:
            return f"{us / size:.3f}{unit}"
    return f"{us:.3f}us"


class EventList(list[FunctionEvent]):
    """Events, with sums and a table.

    Parameters
    ----------
    iterable : iterable of FunctionEvent
        As of a list.

    Examples
    --------
    >>> from minitorch_bp.autograd.profiler import EventList, FunctionEvent
    >>> len(EventList([FunctionEvent("mul")]))
    1
    """

    @property
    def self_cpu_time_total(self) -> float:
        """Microseconds of all of them."""
        return sum(e.self_cpu_time_total for e in self)

    def key_averages(self, group_by_input_shape: bool = False, **options: Any) -> EventList:
        """One event for each name (and shapes of the inputs)."""
        found: dict[Any, FunctionEvent] = {}
        for event in self:
            key = event.key, str(event.input_shapes) if group_by_input_shape else ""
            if key in found:
                found[key].add(event)
            else:
                first = found[key] = FunctionEvent(event.key, event.input_shapes if group_by_input_shape else None)
                first.cpu_time_total, first.self_cpu_time_total = event.cpu_time_total, event.self_cpu_time_total
        return EventList(found.values())

    def total_average(self) -> FunctionEvent:
        """All events as one."""
        return functools.reduce(lambda a, b: a.add(b), self, _nothing())

    def table(
        self, sort_by: str | None = None, row_limit: int = 100, max_src_column_width: int = 75, max_name_column_width: int = 55,
        max_shapes_column_width: int = 80, header: str | None = None, top_level_events_only: bool = False, **options: Any,
    ) -> str:  # fmt: skip
        """The events as a text of columns."""
        events = [e for e in self if not (top_level_events_only and e.cpu_parent)]
        if sort_by is not None:
            if sort_by.removeprefix("self_").startswith(("cuda", "device")):
                sort_by = "self_cpu_time_total" if sort_by.startswith("self") else "cpu_time_total"
            if sort_by not in _SORT_KEYS:
                raise AttributeError(f"table: can't sort by {sort_by!r}; there are {', '.join(_SORT_KEYS)}")
            events.sort(key=lambda e: getattr(e, str(sort_by)), reverse=True)
        total = self.self_cpu_time_total or 1.0
        shapes = any(e.input_shapes for e in events)
        lines = [
            ["Name", "Self CPU %", "Self CPU", "CPU total %", "CPU total", "CPU time avg", "# of Calls"] + ["Input Shapes"] * shapes
        ]
        for e in events[: row_limit if row_limit >= 0 else None]:
            name = e.key if len(e.key) <= max_name_column_width else e.key[: max_name_column_width - 3] + "..."
            lines.append(
                [name, f"{e.self_cpu_time_total / total:.2%}", _shown(e.self_cpu_time_total), f"{e.cpu_time_total / total:.2%}",
                 _shown(e.cpu_time_total), _shown(e.cpu_time), str(e.count)] + [str(e.input_shapes)[:max_shapes_column_width]] * shapes
            )  # fmt: skip
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        rule = "  ".join("-" * w for w in widths)
        rows = ["  ".join(cell.rjust(w) for cell, w in zip(line, widths, strict=True)) for line in lines]
        top = [header] if header else []
        return "\n".join(
            [*top, rule, rows[0], rule, *rows[1:], rule, f"Self CPU time total: {_shown(self.self_cpu_time_total)}", ""]
        )

    def export_chrome_trace(self, path: Any) -> None:
        """Write the events as a file that ``chrome://tracing`` and Perfetto show."""
        events = [
            {"name": e.key, "ph": "X", "ts": e.start, "dur": e.cpu_time_total, "pid": 0, "tid": e.thread, "cat": "cpu_op"}
            for e in self
        ]
        with open(path, "w") as file:
            json.dump({"traceEvents": events}, file)

    def __str__(self) -> str:
        return self.table()


def _nothing() -> FunctionEvent:
    event = FunctionEvent("Total")
    event.count = 0
    return event


class _Open(threading.local):
    """The calls of this thread that have not returned."""

    def __init__(self) -> None:
        self.stack: list[FunctionEvent] = []


_open = _Open()
_running: list[profile] = []
_names: dict[Any, str] = {}  # of the functions that have a detour


@contextlib.contextmanager
def _timed(key: str, shapes: Any = None) -> Any:
    """Record one event."""
    event = FunctionEvent(key, shapes)
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
    **options : any
        Without effect: there is no accelerator, and no memory or stack is recorded.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.autograd.profiler.profile() as prof:
    ...     y = torch.ones(2, 2) @ torch.ones(2, 2)
    >>> [(event.key, event.count) for event in prof.key_averages()]
    [('aten::ones', 2), ('aten::matmul', 1), ('aten::mm', 1)]
    """

    def __init__(self, enabled: bool = True, *, record_shapes: bool = False, **options: Any):
        self.enabled, self.record_shapes = enabled, record_shapes
        self._events = EventList()

    def __enter__(self) -> profile:
        if self.enabled:
            if not _running:
                _names.update(functions())
                set_detour(_names, _detour)
            _running.append(self)
        return self

    def __exit__(self, *error: Any) -> None:
        if self in _running:
            _running.remove(self)
            if not _running:
                remove_detour(_names, _detour)

    @property
    def function_events(self) -> EventList:
        """The events, in the order of their calls."""
        return self._events

    @property
    def self_cpu_time_total(self) -> float:
        """Microseconds of all of them."""
        return self._events.self_cpu_time_total

    def key_averages(self, group_by_input_shape: bool = False, **options: Any) -> EventList:
        """One event for each name."""
        return self._events.key_averages(group_by_input_shape)

    def total_average(self) -> FunctionEvent:
        """All events as one."""
        return self._events.total_average()

    def table(self, *args: Any, **kwargs: Any) -> str:
        """The events as a text of columns."""
        return self._events.table(*args, **kwargs)

    def export_chrome_trace(self, path: Any) -> None:
        """Write the events as a file that ``chrome://tracing`` shows."""
        self._events.export_chrome_trace(path)

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


__all__ = ["EventList", "FunctionEvent", "profile", "record_function"]
