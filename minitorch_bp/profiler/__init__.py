"""``torch.profiler``: profiles of the CPU by steps of a training loop. The clockwork is :mod:`minitorch_bp.autograd.profiler`."""

from __future__ import annotations

import enum
import os
import time
from collections.abc import Callable, Iterable
from typing import Any

from ..autograd.profiler import EventList, record_function
from ..autograd.profiler import profile as _Profile
from ..autograd.profiler_kinds import DeviceType as DeviceType
from ..autograd.profiler_kinds import ProfilerActivity as ProfilerActivity
from ..autograd.profiler_kinds import RecordScope as RecordScope
from ..autograd.profiler_kinds import kineto_available as kineto_available
from ..optim.optimizer import Optimizer as Optimizer
from ..optim.step_hooks import register_optimizer_step_post_hook as register_optimizer_step_post_hook
from . import itt as itt
from .step_tracker import KinetoStepTracker as KinetoStepTracker


class ProfilerAction(enum.Enum):
    """What a profiler does in a step."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


def supported_activities() -> set[ProfilerActivity]:
    """What can be recorded here.

    Returns
    -------
    set
        The CPU.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.profiler.supported_activities()
    {<ProfilerActivity.CPU: 0>}
    """
    return {ProfilerActivity.CPU}


def is_fbcode() -> bool:
    """Whether the library was built inside one company.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.profiler.is_fbcode()
    False
    """
    return False


def schedule(
    *, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0, skip_first_wait: int = 0
) -> Callable[[int], ProfilerAction]:
    """A function of the step's number to what is done in it: wait, warm up, record, and again.

    Parameters
    ----------
    wait, warmup, active : int
        How many steps of each, in this order.
    repeat : int
        How often; 0 is for ever.
    skip_first : int
        How many steps nothing happens before.
    skip_first_wait : int
        If not 0, the first round does not wait.

    Returns
    -------
    function
        Of an int.

    Raises
    ------
    AssertionError
        If a number is negative, or ``active`` is 0.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> plan = torch.profiler.schedule(wait=1, warmup=1, active=1, repeat=1)
    >>> [plan(step).name for step in range(4)]
    ['NONE', 'WARMUP', 'RECORD_AND_SAVE', 'NONE']
    """
    if min(wait, warmup, repeat, skip_first) < 0 or active <= 0:
        raise AssertionError(
            f"schedule: numbers of steps can't be negative, and active must be positive, but got wait={wait}, warmup={warmup}, "
            f"active={active}, repeat={repeat}, skip_first={skip_first}"
        )

    def action(step: int) -> ProfilerAction:
        if step < 0:
            raise AssertionError(f"schedule: the number of a step can't be negative, but is {step}")
        step -= skip_first
        if step < 0:
            return ProfilerAction.NONE
        if skip_first_wait:
            step += wait
        period = wait + warmup + active
        if repeat and step >= repeat * period:
            return ProfilerAction.NONE
        place = step % period
        if place < wait:
            return ProfilerAction.NONE
        if place < wait + warmup:
            return ProfilerAction.WARMUP
        return ProfilerAction.RECORD if place < period - 1 else ProfilerAction.RECORD_AND_SAVE

    return action


def tensorboard_trace_handler(dir_name: str, worker_name: str | None = None, use_gzip: bool = False) -> Callable[[Any], None]:
    """What to give as ``on_trace_ready``, to write a file of the events for each round.

    Parameters
    ----------
    dir_name : str
    worker_name : str, optional
        The start of the file's name.
    use_gzip : bool
        Not supported.

    Returns
    -------
    function
        Of the profile.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> handler = torch.profiler.tensorboard_trace_handler("runs")
    """
    if use_gzip:
        raise NotImplementedError("tensorboard_trace_handler does not support the argument use_gzip=True")

    def handler(prof: Any) -> None:
        os.makedirs(dir_name, exist_ok=True)
        prof.export_chrome_trace(os.path.join(dir_name, f"{worker_name or os.getpid()}.{time.time_ns()}.pt.trace.json"))

    return handler


class profile:
    """Record the calls inside a ``with`` block, in the steps that a schedule says.

    Parameters
    ----------
    activities : iterable of ProfilerActivity, optional
        Others than the CPU have nothing to record.
    schedule : function, optional
        Of the step's number, see :func:`schedule`; everything is recorded without.
    on_trace_ready : function, optional
        Called with the profile at the end of each round.
    record_shapes : bool
        Whether to keep the shapes of the inputs.
    with_stack : bool
        Whether to keep the lines of the program that each call comes from.
    **options : any
        ``profile_memory``, ``with_flops``, ``with_modules``, ...: without effect, neither memory nor operations are counted.

    Raises
    ------
    AssertionError
        If ``activities`` has no :class:`ProfilerActivity`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.profiler.profile() as prof:
    ...     y = torch.ones(2, 2) @ torch.ones(2, 2)
    >>> print(prof.key_averages().table(row_limit=1).split()[-1].endswith("s"))
    True
    """

    def __init__(
        self,
        *,
        activities: Iterable[Any] | None = None,
        schedule: Callable[[int], ProfilerAction] | None = None,
        on_trace_ready: Callable[..., Any] | None = None,
        record_shapes: bool = False,
        with_stack: bool = False,
        **options: Any,
    ):
        self.activities = {each for each in (activities or ()) if isinstance(each, ProfilerActivity)}
        if activities is None:
            self.activities = supported_activities()
        if not self.activities:
            raise AssertionError("profile: activities must hold some of the ProfilerActivity, such as ProfilerActivity.CPU")
        options = {name: value for name, value in options.items() if name not in ("execution_trace_observer", "_incremental")}
        self._options = {"record_shapes": record_shapes, "with_stack": with_stack, **options}
        _Profile(enabled=False, **self._options)
        if schedule is not None and not callable(schedule):
            raise TypeError(f"profile: the schedule must be a function of the step's number, but is a {type(schedule).__name__}")
        self.schedule, self.on_trace_ready, self.record_shapes, self.with_stack = (
            schedule,
            on_trace_ready,
            record_shapes,
            with_stack,
        )
        self._step: Any = None  # the event of the step that runs
        self.step_num = 0
        self.current_action = ProfilerAction.NONE
        self.profiler: Any = None

    def _recording(self) -> bool:
        return self.current_action in (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)

    def _enter_step(self) -> None:
        before = self._recording()
        self.current_action = ProfilerAction.RECORD if self.schedule is None else self.schedule(self.step_num)
        if self._recording() and not before:
            self.profiler = _Profile(**self._options)
            self.profiler.__enter__()
        if self._recording() and self.schedule is not None:
            self._step = record_function(f"ProfilerStep#{self.step_num}")
            self._step.__enter__()

    def _leave_step(self, last: bool) -> None:
        if self._step is not None:
            self._step.__exit__(None, None, None)
            self._step = None
        if self._recording() and (last or self.current_action is ProfilerAction.RECORD_AND_SAVE):
            self.profiler.__exit__()
            self.current_action = ProfilerAction.NONE
            if self.on_trace_ready is not None:
                self.on_trace_ready(self)

    def start(self) -> None:
        """Begin."""
        self._enter_step()

    def stop(self) -> None:
        """End."""
        self._leave_step(last=True)

    def step(self) -> None:
        """Say that the next step begins."""
        self.step_num += 1
        self._leave_step(last=False)
        self._enter_step()

    def __enter__(self) -> profile:
        self.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.stop()

    def events(self) -> EventList:
        """The events of the last round, in the order of their calls."""
        if self.profiler is None:
            raise AssertionError("profile.events: nothing has been recorded yet")
        return self.profiler.function_events  # type: ignore[no-any-return]

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0, **options: Any) -> EventList:
        """One event for each name, and shapes and stack if so wanted."""
        return self.events().key_averages(group_by_input_shape, group_by_stack_n)

    def export_stacks(self, path: Any, metric: str = "self_cpu_time_total") -> None:
        """Write a line for each stack, with the sum of a time, for pictures of flames; it needs ``with_stack=True``."""
        self.events()
        self.profiler.export_stacks(path, metric)

    def add_metadata(self, key: str, value: str) -> None:
        """Without effect: the file of the events holds nothing else."""

    def add_metadata_json(self, key: str, value: str) -> None:
        """Without effect: the file of the events holds nothing else."""

    def preset_metadata_json(self, key: str, value: str) -> None:
        """Without effect: the file of the events holds nothing else."""

    def export_chrome_trace(self, path: Any) -> None:
        """Write the events as a file that ``chrome://tracing`` and Perfetto show."""
        self.events().export_chrome_trace(path)


__all__ = [
    "ProfilerAction", "ProfilerActivity", "kineto_available", "profile", "record_function", "schedule", "supported_activities",
    "tensorboard_trace_handler",
]  # fmt: skip
