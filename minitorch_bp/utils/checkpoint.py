"""Checkpointing: forget what a part of a network saves for its gradient, and compute it again when it is needed.

Two ways, as in PyTorch. With ``use_reentrant=False`` the saved tensors are replaced by their numbers in the order of saving; the
first one that the backward pass asks for makes the function run again, which saves the same tensors in the same order, and is left
as soon as it has saved the last one. With ``use_reentrant=True`` the function runs without being recorded, and its backward pass is a
backward pass of a second run.

Source: Chen et al., "Training deep nets with sublinear memory cost", 2016.
"""

from __future__ import annotations

import contextlib
import enum
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from ..autograd.function import Function
from ..autograd.gradients import backward
from ..autograd.graph import saved_tensors_hooks
from ..core.grad_mode import enable_grad, mode, no_grad
from ..core.random import default_generator
from ..core.tensor import Tensor
from ._pytree import tree_map as tree_map


class CheckpointError(RuntimeError):
    """The second run did not save what the first one did.

    Examples
    --------
    >>> from minitorch_bp.utils.checkpoint import CheckpointError
    >>> issubclass(CheckpointError, RuntimeError)
    True
    """


_early_stop: bool | None = None  # what set_checkpoint_early_stop says, in place of the argument


class _Enough(Exception):
    """The second run has saved all that the first one did."""


class CheckpointPolicy(enum.Enum):
    """What a checkpoint does with an operation: keep its result, or compute it again.

    Examples
    --------
    >>> from minitorch_bp.utils.checkpoint import CheckpointPolicy
    >>> CheckpointPolicy.MUST_SAVE
    <CheckpointPolicy.MUST_SAVE: 0>
    """

    MUST_SAVE = 0
    PREFER_SAVE = 1
    MUST_RECOMPUTE = 2
    PREFER_RECOMPUTE = 3
    MUST_CPU_OFFLOAD = 4
    PREFER_CPU_OFFLOAD = 5


class DefaultDeviceType:
    """The type of device whose random state a checkpoint keeps, where its arguments do not say.

    Examples
    --------
    >>> from minitorch_bp.utils.checkpoint import DefaultDeviceType
    >>> DefaultDeviceType.get_device_type()
    'cpu'
    """

    _kind = "cpu"

    @staticmethod
    def set_device_type(device: str = "cuda") -> None:
        """Choose it.

        Parameters
        ----------
        device : str
        """
        DefaultDeviceType._kind = device

    @staticmethod
    def get_device_type() -> str:
        """The one that was chosen.

        Returns
        -------
        str
            'cpu' at first.
        """
        return DefaultDeviceType._kind


def check_backward_validity(inputs: Any) -> None:
    """Warn if none of the inputs requires grad, so that a reentrant checkpoint gives no gradients.

    Parameters
    ----------
    inputs : iterable

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils.checkpoint.check_backward_validity([torch.ones(1, requires_grad=True)])
    """
    if not any(isinstance(a, Tensor) and a.requires_grad for a in inputs):
        warnings.warn("checkpoint: none of the inputs requires grad, so there will be no gradients", stacklevel=3)


def get_device_states(*args: Any) -> tuple[list[int], list[Tensor]]:
    """The devices that the arguments lie on, and the states of their random generators.

    Parameters
    ----------
    *args : any

    Returns
    -------
    (list, list)
        Empty: the CPU's generator does not count.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils.checkpoint.get_device_states(torch.ones(1))
    ([], [])
    """
    return [], []


def set_device_states(devices: Any, states: Any, *, device_type: str | None = None) -> None:
    """Put the states of random generators of devices back: there are none.

    Parameters
    ----------
    devices, states : list
        As :func:`get_device_states` gives them.
    device_type : str, optional

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils.checkpoint.set_device_states([], [])
    """


@contextlib.contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """A context that says for the calls of :func:`checkpoint` in it whether their second runs stop early.

    Parameters
    ----------
    enable : bool

    Yields
    ------
    None
        Nothing.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.utils.checkpoint import checkpoint, set_checkpoint_early_stop
    >>> def f(x):
    ...     y = x.exp()
    ...     print("computed")
    ...     return y
    >>> x = torch.ones(2, requires_grad=True)
    >>> with set_checkpoint_early_stop(False):
    ...     y = checkpoint(f, x, use_reentrant=False)
    computed
    >>> y.sum().backward()
    computed
    """
    global _early_stop
    before, _early_stop = _early_stop, enable
    try:
        yield
    finally:
        _early_stop = before


@contextlib.contextmanager
def set_checkpoint_debug_enabled(enabled: bool | None) -> Iterator[None]:
    """A context that stands for ``debug`` of the calls of :func:`checkpoint` in it; without effect, the errors say what differs.

    Parameters
    ----------
    enabled : bool, optional

    Yields
    ------
    None
        Nothing.

    Examples
    --------
    >>> from minitorch_bp.utils.checkpoint import set_checkpoint_debug_enabled
    >>> with set_checkpoint_debug_enabled(True):
    ...     pass
    """
    yield


def noop_context_fn() -> tuple[Any, Any]:
    """What ``context_fn`` is without being given: two contexts that do nothing.

    Returns
    -------
    tuple
        Of two context managers.

    Examples
    --------
    >>> from minitorch_bp.utils.checkpoint import noop_context_fn
    >>> len(noop_context_fn())
    2
    """
    return contextlib.nullcontext(), contextlib.nullcontext()


def detach_variable(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same tensors as leaves of a new graph.

    Parameters
    ----------
    inputs : tuple
        What is not a tensor stays.

    Returns
    -------
    tuple
        With a detached tensor for each, which requires grad where its original does.

    Raises
    ------
    RuntimeError
        If it is not a tuple.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.utils.checkpoint import detach_variable
    >>> detach_variable((torch.ones(1, requires_grad=True), 3))
    (tensor([1.], requires_grad=True), 3)
    """
    if not isinstance(inputs, tuple):
        raise RuntimeError(f"detach_variable: expected a tuple of tensors, but got a {type(inputs).__name__}")
    return tuple(t.detach().requires_grad_(t.requires_grad) if isinstance(t, Tensor) else t for t in inputs)


@contextlib.contextmanager
def _drawing_as_before(state: Any) -> Any:
    """With the random generator as it was, and as it is afterwards."""
    now = default_generator.get_state()
    if state is not None:
        default_generator.set_state(state)
    try:
        yield
    finally:
        if state is not None:
            default_generator.set_state(now)


_AUTOCAST = f"{__package__.rpartition('.')[0]}.amp.autocast_mode"  # looked up only if somebody has imported it


def _as_cast_now() -> Callable[[], Any]:
    """What makes a context in which autocast does what it does now."""
    amp = sys.modules.get(_AUTOCAST)
    if amp is None:
        return contextlib.nullcontext
    enabled, dtype, cached = amp.is_autocast_enabled("cpu"), amp.get_autocast_dtype("cpu"), amp.is_autocast_cache_enabled()
    return lambda: amp.autocast("cpu", dtype, enabled, cached)


class _Frame:
    """What the first run saved, and the second run gives again: once in each backward pass."""

    def __init__(self, again: Callable[[], Any], checked: bool, early_stop: bool):
        self.again, self.checked, self.early_stop = again, checked, early_stop
        self.described: list[Any] = []
        self.completed = False  # whether the first run is over; a backward pass within it looks for values before

    def pack(self, t: Tensor) -> int:
        self.described.append((tuple(t.shape), t.dtype))
        return len(self.described) - 1

    def unpack(self, number: int) -> Tensor:
        if mode.task is None:  # somebody looks at a saved value
            return self._recompute()[number]
        recomputed = mode.task.notes.get(self)
        if recomputed is None:
            recomputed = mode.task.notes[self] = self._recompute()
        if number not in recomputed:
            raise CheckpointError(
                f"checkpoint: saved tensor {number} is asked for a second time in one backward pass, but is kept for the first time only: "
                "unpack ctx.saved_tensors once"
            )
        return recomputed.pop(number)

    def _recompute(self) -> dict[int, Tensor]:
        saved: list[Tensor] = []

        def keep(t: Tensor) -> Tensor:
            saved.append(t)
            if self.early_stop and len(saved) == len(self.described):
                raise _Enough
            return t

        with contextlib.suppress(_Enough), enable_grad(), saved_tensors_hooks(keep, lambda t: t):
            self.again()
        if len(saved) < len(self.described) or (self.completed and len(saved) > len(self.described)):
            raise CheckpointError(f"checkpoint: {len(self.described)} tensors were saved, but the second run saved {len(saved)}")
        for k, (t, first) in enumerate(zip(saved, self.described, strict=False)):
            if self.checked and (tuple(t.shape), t.dtype) != first:
                raise CheckpointError(f"checkpoint: saved tensor {k} was {first}, now it is {(tuple(t.shape), t.dtype)}")
        return dict(enumerate(saved))


class CheckpointFunction(Function):
    """The whole function as one node, whose backward pass runs it again (``use_reentrant=True``).

    Parameters
    ----------
    *args, **kwargs : any
        It is not called, but applied, see :class:`torch.autograd.Function`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.zeros(1, requires_grad=True)
    >>> torch.utils.checkpoint.checkpoint(torch.exp, x, use_reentrant=True)
    tensor([1.], grad_fn=<CheckpointFunctionBackward>)
    """

    @staticmethod
    def forward(ctx: Any, function: Any, preserve: bool, *args: Any) -> Any:
        ctx.run_again, ctx.args, ctx.cast = function, args, _as_cast_now()
        ctx.state = default_generator.get_state() if preserve else None
        with no_grad():
            return function(*args)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        if mode.task is not None and mode.task.needed is not None:
            raise RuntimeError(
                "checkpoint: with use_reentrant=True the gradients of all inputs are found together, by backward(); "
                "for autograd.grad() or backward(inputs=) pass use_reentrant=False"
            )
        own = detach_variable(tuple(ctx.args))
        with enable_grad(), _drawing_as_before(ctx.state), ctx.cast():
            outs = ctx.run_again(*own)
        outs = (outs,) if isinstance(outs, Tensor) else outs
        roots = [(o, g) for o, g in zip(outs, grads, strict=True) if isinstance(o, Tensor) and o.requires_grad]
        if not roots:
            raise RuntimeError("checkpoint: none of the outputs requires grad, so there is nothing to go back through")
        backward([o for o, _ in roots], [g for _, g in roots])
        return (None, None, *(a.grad if isinstance(a, Tensor) else None for a in own))


def checkpoint(
    function: Callable[..., Any], *args: Any, use_reentrant: bool | None = None, context_fn: Any = None,
    determinism_check: str = "default", debug: bool = False, early_stop: bool = True, **kwargs: Any,
) -> Any:  # fmt: skip
    """Call a function without keeping what it saved for its gradient; it is called again in the backward pass.

    Parameters
    ----------
    function : function
        Must do the same both times.
    *args : any
        Its arguments.
    use_reentrant : bool
        Which of the two ways (see the module's docstring); False is recommended, also where gradients come from
        ``autograd.grad``, keyword arguments are needed, or no input requires grad.
    context_fn : function
        Returns two context managers, for the two runs.
    determinism_check : 'default' or 'none'
        Whether to compare shapes and types of what the two runs save.
    debug : bool
        Makes no difference here.
    early_stop : bool
        Whether the second run is left as soon as it has saved all that the first one saved (True); see :func:`set_checkpoint_early_stop`.
    **kwargs : any
        Arguments of the function; ``preserve_rng_state=False`` among them lets the second run draw other random numbers.

    Returns
    -------
    any
        What the function returns.

    Raises
    ------
    ValueError
        If keyword arguments, or ``context_fn``, are used with ``use_reentrant=True``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.utils.checkpoint import checkpoint
    >>> x = torch.ones(2, requires_grad=True)
    >>> checkpoint(torch.exp, x, use_reentrant=False).sum().backward()
    >>> x.grad
    tensor([2.7183, 2.7183])
    """
    if use_reentrant is None:
        warnings.warn("checkpoint: pass use_reentrant=True or False; False is recommended", stacklevel=2)
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if use_reentrant:
        if kwargs:
            raise ValueError(f"checkpoint: keyword arguments {sorted(kwargs)} need use_reentrant=False")
        if context_fn is not None or debug:
            raise ValueError("checkpoint: context_fn and debug need use_reentrant=False")
        check_backward_validity(args)
        return CheckpointFunction.apply(function, preserve, *args)
    if determinism_check not in ("default", "none"):
        raise ValueError(f"checkpoint: determinism_check must be 'default' or 'none', but is {determinism_check!r}")
    first, second = (noop_context_fn if context_fn is None else context_fn)()
    state = default_generator.get_state() if preserve else None

    cast = _as_cast_now()

    def again() -> None:
        with _drawing_as_before(state), cast(), second:
            function(*args, **kwargs)

    frame = _Frame(again, determinism_check == "default", early_stop if _early_stop is None else _early_stop)
    with saved_tensors_hooks(frame.pack, frame.unpack), first:
        result = function(*args, **kwargs)
    frame.completed = True
    return result


def checkpoint_sequential(functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any) -> Any:
    """Call functions one after the other, in so many checkpointed segments; the last one is not checkpointed.

    Parameters
    ----------
    functions : Sequential, or list of functions
    segments : int
        How many parts they are divided into.
    input : any
        The argument of the first.
    use_reentrant : bool
        As of :func:`checkpoint`.
    **kwargs : any
        Options of :func:`checkpoint`.

    Returns
    -------
    any
        What the last function returns.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.utils.checkpoint import checkpoint_sequential
    >>> x = torch.zeros(2, requires_grad=True)
    >>> checkpoint_sequential([torch.exp, torch.neg, torch.exp], 2, x, use_reentrant=False)
    tensor([0.3679, 0.3679], grad_fn=<ExpBackward0>)
    """
    if use_reentrant is None:
        warnings.warn("checkpoint_sequential: pass use_reentrant=True or False; False is recommended", stacklevel=2)
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError(f"checkpoint_sequential: unexpected keyword arguments {sorted(kwargs)}")
    steps = list(functions)
    size = len(steps) // segments

    def run(start: int, stop: int) -> Callable[[Any], Any]:
        def segment(x: Any) -> Any:
            for step in steps[start:stop]:
                x = step(x)
            return x

        return segment

    end = 0
    for start in range(0, size * (segments - 1), size):
        end = start + size
        input = checkpoint(run(start, end), input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return run(end, len(steps))(input)
