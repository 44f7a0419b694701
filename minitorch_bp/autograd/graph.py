"""``torch.autograd.graph``: the node class, and tools that work on the recorded graph."""

from __future__ import annotations

import abc
import contextlib
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

from ..core import graph
from ..core.grad_mode import INFERENCE, mode
from ..core.graph import accumulate_grad, public_node
from ..core.handle import RemovableHandle
from ..core.tensor import Tensor
from ..core.view import bump_version, edge_of
from .anomaly_mode import saved_tensors_hooks
from .gradients import GradientEdge
from .mutation import allow_mutation_on_saved_tensors
from .variable import Variable as Variable


class Node(abc.ABC):  # noqa: B024  (a name for isinstance(), as in PyTorch)
    """What ``isinstance(y.grad_fn, torch.autograd.graph.Node)`` asks: a recorded operation, or a leaf's AccumulateGrad.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> y = torch.ones(1, requires_grad=True) * 2
    >>> isinstance(y.grad_fn, torch.autograd.graph.Node)
    True
    """

    @classmethod
    def __subclasshook__(cls, kind: type) -> Any:
        return issubclass(kind, (graph.Node, graph.AccumulateGrad)) if cls is Node else NotImplemented


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """``(node, output index)``: where the gradient of a tensor enters the graph.

    Parameters
    ----------
    tensor : Tensor
        It must require grad.

    Returns
    -------
    GradientEdge
        What :func:`minitorch_bp.autograd.grad` takes in the place of the tensor.

    Raises
    ------
    RuntimeError
        If the tensor does not require grad.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> y = torch.ones(1, requires_grad=True) * 2
    >>> torch.autograd.graph.get_gradient_edge(y).node.name()
    'MulBackward0'
    """
    edge = edge_of(tensor)
    if edge is None:
        raise RuntimeError("a tensor that does not require grad has no place in the graph")
    if edge is tensor:
        return GradientEdge(accumulate_grad(tensor), 0)
    return GradientEdge(public_node(getattr(edge, "node", edge)), getattr(edge, "index", 0))


def increment_version(tensor: Any) -> None:
    """Note that a tensor, or each of several, was written to in a way that could not be seen.

    Parameters
    ----------
    tensor : Tensor or iterable of Tensors

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.ones(2)
    >>> x.numpy()[0] = 2
    >>> torch.autograd.graph.increment_version(x)
    >>> x._version
    1
    """
    tensors = (tensor,) if isinstance(tensor, Tensor) or not hasattr(tensor, "__iter__") else tuple(tensor)
    for t in tensors:
        if not isinstance(t, Tensor):
            raise RuntimeError(f"increment_version takes tensors, but got {type(t).__name__}")
        if t._cell is not INFERENCE:
            bump_version(t)


class save_on_cpu(saved_tensors_hooks):
    """Keep saved tensors on the CPU: here they always are.

    Parameters
    ----------
    pin_memory : bool
        Without effect.
    device_type : str
        Without effect.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> with torch.autograd.graph.save_on_cpu():
    ...     (x * x).sum().backward()
    >>> x.grad
    tensor([2., 2.])
    """

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda"):
        super().__init__(lambda t: t, lambda t: t)


@contextlib.contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """Refuse :class:`saved_tensors_hooks` in a ``with`` block.

    Parameters
    ----------
    error_message : str
        What the error says.

    Yields
    ------
    None
        A context manager or decorator.

    Raises
    ------
    RuntimeError
        If there are such hooks already.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.autograd.graph.disable_saved_tensors_hooks("not here"):
    ...     with torch.autograd.graph.save_on_cpu():
    ...         pass
    Traceback (most recent call last):
    ...
    RuntimeError: not here
    """
    if getattr(mode.recorder, "hooks", ()):
        raise RuntimeError(error_message)
    before, mode.hooks_disabled = mode.hooks_disabled, error_message
    try:
        yield
    finally:
        mode.hooks_disabled = before


class _MultiHandle(RemovableHandle):
    __slots__ = ("handles",)

    def __init__(self, handles: tuple[RemovableHandle, ...]):
        self.handles = handles

    def remove(self) -> None:
        for handle in self.handles:
            handle.remove()

    def __reduce__(self) -> Any:
        return _MultiHandle, (self.handles,)


def register_multi_grad_hook(tensors: Sequence[Tensor], fn: Any, *, mode: str = "all") -> RemovableHandle:
    """Call ``fn`` once in each backward pass: when the gradients of all tensors are complete, or the first of them.

    Parameters
    ----------
    tensors : sequence of Tensors
    fn : function
        With ``mode='all'`` it gets the list of gradients, None for the tensors that this pass does not come to; with 'any' the gradient.
    mode : 'all' or 'any'

    Returns
    -------
    RemovableHandle
        Its ``remove()`` takes the hook away.

    Raises
    ------
    ValueError
        If the mode is another.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> a, b = (torch.ones(1, requires_grad=True) for _ in range(2))
    >>> handle = torch.autograd.graph.register_multi_grad_hook((a, b), lambda grads: print(grads))
    >>> (2 * a).sum().backward()
    [tensor([2.]), None]
    """
    if mode not in ("all", "any"):
        raise ValueError(f"register_multi_grad_hook: mode must be 'all' or 'any', but is {mode!r}")
    if mode == "any":
        first = _First(fn)
        return _MultiHandle(tuple(t.register_hook(first) for t in tensors if t.requires_grad))
    gathered = _Gathered(tensors, fn)
    return _MultiHandle(tuple(t.register_hook(gathered.hook_of(k)) for k, t in enumerate(tensors)))


class _First:
    """A hook that passes on the first gradient of each pass."""

    def __init__(self, fn: Any):
        self.fn = fn

    def __call__(self, grad: Tensor) -> None:
        if mode.task.notes.setdefault(self, grad) is grad:
            self.fn(grad)


class _Gathered:
    """Hooks that gather the gradients of each pass, and pass them on when no more will come."""

    def __init__(self, tensors: Sequence[Tensor], fn: Any):
        # Weak, since the tensors have hooks that hold this object.
        self.places = [_node_of(t) for t in tensors]
        self.fn = fn

    def hook_of(self, index: int) -> Any:
        def hook(grad: Tensor) -> None:
            task = mode.task
            if self not in task.notes:
                task.notes[self] = [None] * len(self.places), [sum(task.will_run(p()) for p in self.places)]
            grads, missing = task.notes[self]
            grads[index] = grad
            missing[0] -= 1
            if not missing[0]:
                self.fn(grads)

        return hook


def _node_of(t: Tensor) -> Any:
    """A weak reference to the node, or leaf, at which the gradient of a tensor is complete."""
    edge = edge_of(t)
    if edge is None:
        raise RuntimeError("register_multi_grad_hook: a tensor that does not require grad has no gradient to wait for")
    return weakref.ref(getattr(edge, "node", edge))


__all__ = [
    "GradientEdge",
    "Node",
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]


def set_warn_on_accumulate_grad_stream_mismatch(enabled: bool) -> None:
    """Whether to warn of gradients that arrive from another stream of a GPU: nothing does here.

    Parameters
    ----------
    enabled : bool

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.autograd.graph.set_warn_on_accumulate_grad_stream_mismatch(False)
    """


def set_override_stale_capture_stream(enabled: bool) -> None:
    """What happens with a stream of a GPU whose recording has ended: there is none here.

    Parameters
    ----------
    enabled : bool

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.autograd.graph.set_override_stale_capture_stream(True)
    """
