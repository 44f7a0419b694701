"""Your own operation: ``forward`` computes, ``backward`` is its derivative rule.

``MyOp.apply(x)`` runs ``forward`` without recording, then records one node whose rule is ``backward``. The node is the
``ctx`` that both receive. With ``create_graph=True``, ``backward`` itself is recorded, so it may be differentiated again
if it uses tensor operations.
"""

from __future__ import annotations

import functools
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.grad_mode import mode, no_grad
from ..core.graph import RELEASED, Node, Output, SavedResult, named_class, next_sequence_number
from ..core.tensor import Tensor, version_cell, wrap
from ..core.view import bump_version, edge_of, rebase_history

if TYPE_CHECKING:
    from ..core.types import HasStaticForward, R_co


class _FunctionPlan:
    """What the engine asks a node's plan: here, nothing but whether something is saved."""

    op = None
    names: tuple[str, ...] = ()
    saves_data = True


class FunctionNode(Node):
    """The node of a :class:`Function`, and the ``ctx`` of its methods.

    Attributes
    ----------
    needs_input_grad : tuple of bool
        Which arguments of ``forward`` need a gradient.
    saved_tensors : tuple
        What ``save_for_backward`` was given.
    """

    __slots__ = (
        "__dict__",
        "_constant",
        "_dirty",
        "_materialize",
        "_shapes",
        "_tensors",
        "function",
        "needs_input_grad",
        "outputs",
    )

    outputs: int

    def __init__(self, function: Any, needs: tuple[bool, ...]):
        self.plan, self.saved, self.versions = _FunctionPlan, (), ()
        self.hooks = None
        self.function, self.needs_input_grad = function, needs
        self.edges = ()
        self.outputs = 1
        self._tensors: tuple[Any, ...] = ()
        self._dirty: tuple[Any, ...] = ()
        self._constant: tuple[Any, ...] = ()
        self._materialize = True
        self._shapes: list[Any] = []

    # ------------------------------------------------------------------ what forward may call
    def save_for_backward(self, *tensors: Any) -> None:
        """Keep inputs or outputs for ``backward``; a later write to one of them is noticed."""
        for t in tensors:
            if t is not None and not isinstance(t, Tensor):
                raise TypeError(
                    f"save_for_backward can only save tensors, but got {type(t).__name__}: set other values as attributes of ctx"
                )
        self._tensors = tensors

    def mark_dirty(self, *tensors: Any) -> None:
        """Say that these inputs were modified in place; they must be returned, too."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """Say that these outputs have no gradient."""
        self._constant = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether ``backward`` gets zeros (True) or None for outputs without a gradient."""
        self._materialize = value

    @property
    def saved_tensors(self) -> tuple[Tensor, ...]:
        """What ``save_for_backward`` was given, checked to be unmodified."""
        from ..core.namespaces import tracked

        return tuple(self.unpack(tracked))

    # ------------------------------------------------------------------ what the engine calls
    def name(self) -> str:
        return f"{self.function.__name__}Backward"

    def apply(self, xp: Any, grad: Any, needed: Any = None) -> list[tuple[Any, Any]]:
        on_arrays = xp.on_arrays
        slots = grad if self.outputs > 1 else [grad]
        grads = []
        for k, g in enumerate(slots):
            if g is None:
                made_of = self._shapes[k]  # None for an output that is no tensor
                g = wrap(np.zeros(*made_of)) if self._materialize and made_of is not None else None
            elif on_arrays:
                g = wrap(np.asarray(g))
            grads.append(g)
        if self.saved is RELEASED:
            self.unpack(xp)
        rule = getattr(self.function, "backward", None)
        if rule is Function.backward or rule is None:
            rule = self.function.vjp
        with nullcontext() if mode.grad else no_grad():
            returned = rule(self, *grads)
        returned = returned if isinstance(returned, tuple) else (returned,)
        count = len(self.needs_input_grad)
        if len(returned) > count and all(g is None for g in returned[count:]):
            returned = returned[:count]
        if len(returned) != count:
            raise RuntimeError(
                f"{self.name()} returned {len(returned)} gradients, but forward took {count} arguments: return one for each, "
                "None for those without"
            )
        result = []
        for edge, g in zip(self.edges, returned, strict=True):
            if edge is None:
                continue
            if g is not None:
                self._check_gradient(g, edge._array if isinstance(edge, Tensor) else edge)
            # A view, so that the engine knows the memory is not its own.
            result.append((edge, g._array.view() if on_arrays and g is not None else g))
        return result

    def _check_gradient(self, g: Any, like: Any) -> None:
        """RuntimeError unless ``backward`` returned something that can be summed to the shape of the input."""
        if not isinstance(g, Tensor):
            raise RuntimeError(f"{self.name()} must return Tensors or None, but returned a {type(g).__name__}")
        given, shape = g._array.shape, tuple(like.shape)
        if g._array.dtype.kind == "c" != like.dtype.kind:
            raise RuntimeError(f"{self.name()} returned a complex gradient for a real input: return its real part")
        if given == shape:
            return
        aligned = (1,) * (len(given) - len(shape)) + shape
        if len(aligned) != len(given) or any(n not in (1, m) for n, m in zip(aligned, given, strict=True)):
            raise RuntimeError(
                f"{self.name()} returned a gradient of shape {list(given)} for an input of shape {list(shape)}: a gradient must "
                "have its input's shape, or one to which the input broadcasts"
            )


class Function:
    """Base class of your own operations.

    Either ``forward(ctx, *args)``, or ``forward(*args)`` with ``setup_context(ctx, inputs, output)``; and
    ``backward(ctx, *grad_outputs)``, which returns a gradient (or None) for each argument of ``forward``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> class Cube(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x**3
    ...     @staticmethod
    ...     def backward(ctx, grad):
    ...         (x,) = ctx.saved_tensors
    ...         return grad * 3 * x**2
    >>> b = torch.tensor(3.0, requires_grad=True)
    >>> Cube.apply(b).backward()
    >>> b.grad
    tensor(27.)
    """

    def __init__(self, *args: Any, **kwargs: Any):
        raise RuntimeError(f"{type(self).__name__} is not meant to be instantiated: call {type(self).__name__}.apply(...)")

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the outputs."""
        raise NotImplementedError("a Function must define forward")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Save what ``backward`` needs, when ``forward`` does not take a ctx."""
        raise NotImplementedError("setup_context is not defined")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any, **_: Any) -> Any:
        """Turn gradients of the outputs into gradients of the inputs."""
        raise NotImplementedError("a Function must define backward to be differentiated")

    vjp = backward

    if TYPE_CHECKING:

        @classmethod
        def apply(cls: type[HasStaticForward[R_co]], *args: Any, **kwargs: Any) -> R_co: ...

    else:

        @classmethod
        def apply(cls, *args, **kwargs):
            """Run ``forward`` and record the node."""
            edges = tuple(edge_of(a) if isinstance(a, Tensor) and a._requires_grad else None for a in args)
            recorded = mode.grad and any(e is not None for e in edges)
            node = named_class(cls.__name__ + "Backward", FunctionNode)(cls, tuple(e is not None for e in edges))
            separate = cls.setup_context is not Function.setup_context
            with no_grad():
                if separate:
                    output = cls.forward(*args, **kwargs)
                    cls.setup_context(node, args, output)
                else:
                    output = cls.forward(node, *args, **kwargs)
            several = isinstance(output, tuple)
            outputs = list(output) if several else [output]
            for t in node._dirty:
                bump_version(t)
            if not any(isinstance(t, Tensor) for t in outputs):
                return output  # what is neither a tensor nor a tuple with tensors passes as it is
            if recorded:
                outputs = _record(node, edges, args, outputs)
            else:
                outputs = [_fresh(t, args, node) if isinstance(t, Tensor) else t for t in outputs]
            return tuple(outputs) if several else outputs[0]


def _fresh(t: Tensor, args: Any, node: FunctionNode) -> Tensor:
    """An output that is one of the inputs becomes a tensor of its own (unless it was modified in place)."""
    if any(t is a for a in args) and not any(t is d for d in node._dirty):
        fresh = wrap(t._array)
        fresh._cell = version_cell(t)
        return fresh
    return t


def _record(node: FunctionNode, edges: Any, args: Any, outputs: list[Any]) -> list[Any]:
    node.edges = edges
    node.seq = next_sequence_number()
    node.outputs = len(outputs)
    first = next(t for t in outputs if isinstance(t, Tensor))
    node.shape, node.dtype = first._array.shape, first._array.dtype
    node._shapes = [(t._array.shape, t._array.dtype) if isinstance(t, Tensor) else None for t in outputs]
    recorded = []
    replaced: dict[int, Tensor] = {}
    for k, t in enumerate(outputs):
        dirty = any(t is d for d in node._dirty)
        if not isinstance(t, Tensor) or any(t is c for c in node._constant) or t._array.dtype.kind not in "fcV":
            recorded.append(t)
            continue
        if dirty and t._view is None and t._requires_grad is True and t._fn is None:
            raise RuntimeError("a leaf tensor that requires grad was modified in place by a Function")
        new = t if dirty else _fresh(t, args, node)
        replaced[id(t)] = new
        if dirty:
            rebase_history(new, node)
        else:
            new._requires_grad = True
            new._fn = node if node.outputs == 1 else Output(node, k, new._array)
            if new._view is not None and new._view.base is not None:
                new._view = None
        recorded.append(new)
    _save(node, replaced)
    return recorded


def _save(node: FunctionNode, replaced: dict[int, Tensor]) -> None:
    """Freeze the saved tensors: inputs by version, outputs without a reference cycle."""
    saved: list[Any] = []
    versions: list[Any] = []
    for t in node._tensors:
        own = replaced.get(id(t)) if t is not None else None
        if own is not None:
            index = own._fn.index if isinstance(own._fn, Output) else 0
            cell = version_cell(own)
            saved.append(SavedResult(own._array, cell, cell[0]))
            versions.append(index)
        else:
            saved.append(t)
            versions.append(None if t is None else t._version)
    node.saved, node.versions = tuple(saved), tuple(versions)
    node._tensors = ()
    if mode.recording is not True and mode.recording:
        mode.recording.on_record(node)


def once_differentiable(function: Any) -> Any:
    """Mark a ``backward`` that uses something else than tensor operations: differentiating it again raises.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.autograd.function.once_differentiable.__name__
    'once_differentiable'
    """

    @functools.wraps(function)
    def wrapper(ctx: Any, *args: Any) -> Any:
        with no_grad():
            gradients = function(ctx, *args)
        if not mode.grad or not any(isinstance(a, Tensor) and a.requires_grad for a in args):
            return gradients
        several = isinstance(gradients, tuple)
        marked = tuple(_Refuse.apply(g, *args) if isinstance(g, Tensor) else g for g in (gradients if several else (gradients,)))
        return marked if several else marked[0]

    return wrapper


class _Refuse(Function):
    @staticmethod
    def forward(ctx: Any, g: Any, *args: Any) -> Any:
        return g.clone()

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        raise RuntimeError("this backward is marked once_differentiable: it can't be differentiated a second time")


__all__ = ["Function", "FunctionNode", "once_differentiable"]
