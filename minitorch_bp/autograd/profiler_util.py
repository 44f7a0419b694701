"""The events of a profile: one call, all calls of one name, and lists of them with a table."""

from __future__ import annotations

import functools
import gzip
import json
import sys
import threading
from typing import Any

_DEVICES = ("device_time", "device_time_total", "self_device_time_total")
_MEMORY = ("cpu_memory_usage", "self_cpu_memory_usage", "device_memory_usage", "self_device_memory_usage")
_SORT_KEYS = ("cpu_time", "cpu_time_total", "self_cpu_time_total", "count", "flops", *_DEVICES, *_MEMORY)
_WIDTH = 12  # of a column of numbers, at least
_PACKAGE = __name__.partition(".")[0]


def here() -> list[str]:
    """The lines of the program that called this library, the innermost first, as 'file(line): function'."""
    frame: Any = sys._getframe(1)
    lines = []
    while frame is not None:
        code, module = frame.f_code, str(frame.f_globals.get("__name__"))
        if module.partition(".")[0] not in (_PACKAGE, "contextlib"):
            lines.append(f"{code.co_filename}({frame.f_lineno}): {code.co_name}")
        frame = frame.f_back
    return lines


def _shown(us: float) -> str:
    """A time in microseconds with its unit, as PyTorch's tables write it."""
    for size, unit in ((1e6, "s"), (1e3, "ms")):
        if us >= size:
            return f"{us / size:.3f}{unit}"
    return f"{us:.3f}us"


class Interval:
    """When a call began and ended, in microseconds.

    Parameters
    ----------
    start, end : float
    """

    def __init__(self, start: float, end: float):
        self.start, self.end = start, end

    def elapsed_us(self) -> float:
        """How long it took."""
        return self.end - self.start


class FunctionEventAvg:
    """All calls of one name.

    Parameters
    ----------
    key : str
        The name of the function.
    shapes : list, optional
        The shapes of its arguments.

    Examples
    --------
    >>> from minitorch_bp.autograd.profiler import FunctionEventAvg
    >>> FunctionEventAvg("mul").key
    'mul'
    """

    is_async = is_remote = is_legacy = False
    use_device, overload_name, scope, node_id = None, "", 0, -1
    device_time, device_time_total, self_device_time_total = 0.0, 0, 0  # there is no device
    flops = cpu_memory_usage = self_cpu_memory_usage = device_memory_usage = self_device_memory_usage = 0  # not counted

    def __init__(self, key: str, shapes: Any = None):
        self.key = key
        self.input_shapes = shapes
        self.count = 1
        self.cpu_time_total = self.self_cpu_time_total = 0.0  # microseconds
        self.cpu_parent: FunctionEvent | None = None
        self.cpu_children: list[FunctionEvent] = []
        self.stack: list[str] = []
        self.is_user_annotation = False

    @property
    def cpu_time(self) -> float:
        """Microseconds of one call, on the average."""
        return self.cpu_time_total / self.count if self.count else 0.0

    @property
    def cpu_time_str(self) -> str:
        """The same as a text with a unit."""
        return _shown(self.cpu_time)

    @property
    def cpu_time_total_str(self) -> str:
        """The time of all calls, as a text with a unit."""
        return _shown(self.cpu_time_total)

    @property
    def self_cpu_time_total_str(self) -> str:
        """The time of all calls without those that they made, as a text with a unit."""
        return _shown(self.self_cpu_time_total)

    def add(self, other: FunctionEventAvg) -> FunctionEventAvg:
        """Add the calls of another event of the same name."""
        self.count += other.count
        self.cpu_time_total += other.cpu_time_total
        self.self_cpu_time_total += other.self_cpu_time_total
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__} key={self.key} self_cpu_time={self.self_cpu_time_total_str} cpu_time={self.cpu_time_str} count={self.count}>"


class FunctionEvent(FunctionEventAvg):
    """One call.

    Parameters
    ----------
    key : str
        The name of the function.
    shapes : list, optional
        The shapes of its arguments.

    Examples
    --------
    >>> from minitorch_bp.autograd.profiler import FunctionEvent
    >>> FunctionEvent("mul").name
    'mul'
    """

    sequence_nr, concrete_inputs = -1, ()

    def __init__(self, key: str, shapes: Any = None):
        super().__init__(key, shapes)
        self.name = self.trace_name = key
        self.id = id(self)
        self.start = 0.0  # microseconds
        self.thread = self.fwd_thread = threading.get_ident()

    @property
    def time_range(self) -> Interval:
        """When it began and ended."""
        return Interval(self.start, self.start + self.cpu_time_total)


class EventList(list[Any]):
    """Events, with sums and a table.

    Parameters
    ----------
    iterable : iterable of events
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
        return float(sum(e.self_cpu_time_total for e in self))

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0, **options: Any) -> EventList:
        """One event for each name (and shapes of the inputs, and innermost lines of the stack)."""
        found: dict[Any, FunctionEventAvg] = {}
        for event in self:
            name = "ProfilerStep*" if event.key.startswith("ProfilerStep#") else event.key
            shapes = event.input_shapes if group_by_input_shape else None
            key = name, str(shapes), tuple(event.stack[:group_by_stack_n])
            if key not in found:
                found[key] = _nothing(name, shapes)
                found[key].stack = event.stack[:group_by_stack_n] if group_by_stack_n else event.stack
                found[key].is_user_annotation = event.is_user_annotation
            found[key].add(event)
        return EventList(found.values())

    def total_average(self) -> FunctionEventAvg:
        """All events as one."""
        return functools.reduce(lambda a, b: a.add(b), self, _nothing("Total", None))

    def table(
        self, sort_by: str | None = None, row_limit: int = 100, max_src_column_width: int = 75, max_name_column_width: int = 55,
        max_shapes_column_width: int = 80, header: str | None = None, top_level_events_only: bool = False, **options: Any,
    ) -> str:  # fmt: skip
        """The events as a text of columns."""
        events = [e for e in self if not (top_level_events_only and e.cpu_parent)]
        if sort_by is not None:
            key = str(sort_by).replace("cuda", "device").replace("xpu", "device")
            if key not in _SORT_KEYS:
                raise AttributeError(f"table: can't sort by {sort_by!r}; there are {', '.join(_SORT_KEYS)}")
            events.sort(key=lambda e: getattr(e, key), reverse=True)
        total = self.self_cpu_time_total or 1.0
        shapes, sources = any(e.input_shapes for e in events), any(e.stack for e in events)
        names = ["Name", "Self CPU %", "Self CPU", "CPU total %", "CPU total", "CPU time avg", "# of Calls"]
        lines = [names + ["Input Shapes"] * shapes + ["Source Location"] * sources]
        for e in events[: row_limit if row_limit >= 0 else None]:
            lines.append(
                [_cut(e.key, max_name_column_width), f"{e.self_cpu_time_total / total:.2%}", e.self_cpu_time_total_str,
                 f"{e.cpu_time_total / total:.2%}", e.cpu_time_total_str, e.cpu_time_str, str(e.count)]
                + [_cut(str(e.input_shapes or []), max_shapes_column_width)] * shapes
                + [_cut(e.stack[0] if e.stack else "", max_src_column_width)] * sources
            )  # fmt: skip
        widths = [max(_WIDTH, *map(len, column)) for column in zip(*lines, strict=True)]
        widths[0] = max(len(line[0]) for line in lines) + 4
        rule = "  ".join("-" * w for w in widths) + "  "
        rows = ["  ".join(cell.rjust(w) for cell, w in zip(line, widths, strict=True)) + "  " for line in lines]
        top = [header] if header else []
        return "\n".join(
            [*top, rule, rows[0], rule, *rows[1:], rule, f"Self CPU time total: {_shown(self.self_cpu_time_total)}", ""]
        )

    def export_chrome_trace(self, path: Any) -> None:
        """Write the events as a file that ``chrome://tracing`` and Perfetto show, packed if its name ends in '.gz'."""
        events = [
            {"name": e.key, "ph": "X", "ts": e.start, "dur": e.cpu_time_total, "pid": 0, "tid": e.thread, "cat": "cpu_op",
             "args": {"Input Dims": e.input_shapes or []}}
            for e in self
        ]  # fmt: skip
        with gzip.open(path, "wt") if str(path).endswith(".gz") else open(path, "w") as file:
            json.dump({"traceEvents": events}, file)

    def export_stacks(self, path: Any, metric: str) -> None:
        """Write a line for each event that has a stack: its lines, the outermost first, and a time in microseconds."""
        metric = metric.replace("cuda", "device")
        if metric not in ("self_cpu_time_total", "self_device_time_total"):
            raise ValueError(f"export_stacks: the metric must be self_cpu_time_total or self_device_time_total, but is {metric!r}")
        with open(path, "w") as file:
            for event in self:
                if event.stack and int(getattr(event, metric)) > 0:
                    file.write(";".join(reversed(event.stack)).replace(" ", "_") + f" {int(getattr(event, metric))}\n")

    def __str__(self) -> str:
        return self.table()


def _cut(text: str, width: int | None) -> str:
    return text if not width or len(text) <= width else text[: width - 3] + "..."


def _nothing(key: str, shapes: Any) -> FunctionEventAvg:
    event = FunctionEventAvg(key, shapes)
    event.count = 0
    return event
