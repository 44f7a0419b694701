"""Views and in-place writes: how one piece of memory can have several names and still one correct gradient.

A NumPy view shares memory with its base, and so does a tensor view: ``x[0]``, ``x.T``, ``x.view(...)``. Three facts make
this work together with differentiation.

1. **One version cell** ``[n]`` is shared by a base and all its views. A write through any name raises it, so a node that
   saved any of them notices.
2. **A view knows how it was made**: its base (never itself a view) and the chain of view operations that leads to it.
   After a write through *another* name the view's own node is out of date; the next time anyone asks for it, it is made
   again by replaying the chain on the base, whose history now contains the write.
3. **A write to a view is a write to the base.** The base's new history is a :class:`CopySlices` node: "the old base, with
   this slice sent through that operation". In backward, the slice's gradient goes through the operation, and the rest
   passes unchanged to the old base.

So a base is always up to date, and a view is brought up to date on demand: ``edge_of`` is the one place that asks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .grad_mode import INFERENCE, mode
from .graph import Node, Output, hooks_of, named_class, next_sequence_number, public_node
from .op import OPS
from .saved import RELEASED
from .storage import byte_offset, is_dense, root, window
from .tensor import MAYBE, Tensor, TensorBase, version_cell

#: Why a view refuses writes that enter the graph. Its node can't be made again after a write through another name, either.
SEVERAL = "it is one of several views that one function returned"
INFERRED = "it is a view made under inference_mode of a tensor that is used outside of it"
UNRECORDED = "it is a view made under no_grad of a tensor that is written to with grad enabled"
CUSTOM = (
    "it is a view that a custom Function returned (an input that is returned as it is becomes one), so the write would bypass "
    "that Function's backward"
)


class View:
    """How a tensor came to be a view: of ``base``, by an operation on ``above`` (None: on the base), and the version of its node."""

    __slots__ = ("above", "args", "base", "op", "unwritable", "version")

    def __init__(self, base: Tensor, above: View | None, op: Any, args: tuple[Any, ...], version: int, unwritable: str | None):
        self.base, self.above, self.op, self.args, self.version = base, above, op, args, version
        self.unwritable = unwritable

    @property
    def chain(self) -> tuple[tuple[Any, tuple[Any, ...]], ...]:
        """The ``(operation, arguments)`` that lead from the base to this view."""
        steps: list[tuple[Any, tuple[Any, ...]]] = []
        view: View | None = self
        while view is not None:
            steps.append((view.op, view.args))
            view = view.above
        return tuple(reversed(steps))


def ways_to(t: Tensor) -> tuple[tuple[Any, tuple[Any, ...]], ...]:
    """The ``(operation, arguments)`` that make a view of its base: those that made it, unless the base has another shape since."""
    view = t._view
    if view.base._extras is None or not view.base._extras.reshaped:
        chain: tuple[tuple[Any, tuple[Any, ...]], ...] = view.chain
        return chain
    array, size = t._array, t._array.itemsize
    first, whole = (x.__array_interface__["data"][0] for x in (array, view.base._array))
    strides, own = (tuple(s // size for s in x.strides) for x in (array, view.base._array))
    if "_as_strided" not in OPS:
        getattr(t, "as_strided")  # noqa: B009  # reads its file
    return ((OPS["_as_strided"], (array.shape, strides, (first - whole) // size, (view.base._array.shape, own))),)


def mark_view(result: Tensor, source: Tensor, op: Any, args: tuple[Any, ...], several: bool = False) -> None:
    """Make ``result``, whose array already shares ``source``'s memory, a view of ``source`` by ``op(source, *args)``."""
    cell = result._cell = version_cell(source)
    if cell is INFERENCE:
        return
    above = source._view
    base = source if above is None else above.base
    why, recording = None, mode.grad
    if several:
        why = SEVERAL
    elif above is not None and above.unwritable is not None:
        why = above.unwritable
    elif not recording:
        why = INFERRED if mode.inference else UNRECORDED
    result._view = View(base, above, op, args, cell[0], why)
    if not result._requires_grad and base._array.dtype.kind in "fcV":
        result._requires_grad = MAYBE if recording or not mode.inference else requires_grad(source)


def mark_views(results: tuple[Tensor, ...], source: Tensor, ways: list[tuple[Any, tuple[Any, ...]]]) -> None:
    """:func:`mark_view` for what one function returned: views that refuse to be written to. A row costs 0.6 us in place of 1.1."""
    cell, above = version_cell(source), source._view
    base = source if above is None else above.base
    maybe = base._array.dtype.kind in "fcV" and (requires_grad(source) if mode.inference else MAYBE)
    for result, (op, args) in zip(results, ways, strict=True):
        result._cell = cell
        if cell is INFERENCE:
            continue
        result._view = View(base, above, op, args, cell[0], SEVERAL)
        if maybe and not result._requires_grad:
            result._requires_grad = maybe


def edge_of(t: TensorBase) -> Any:
    """Where the gradient of ``t`` goes: its node, or the leaf itself, or None if it needs no gradient."""
    if t._view is not None:
        _refresh(t)
    if t._requires_grad is True:
        return t._fn or t
    return None


def requires_grad(t: Tensor) -> bool:
    """Whether a gradient is wanted: of the tensor itself, or of what it is a view of.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.ones(1)
    >>> x.requires_grad
    False
    >>> x.requires_grad = True
    >>> (x * 2).requires_grad
    True
    """
    flag = t._requires_grad
    if flag is MAYBE:
        return t._view is not None and t._view.base._requires_grad is True
    return flag is True


def is_stale(t: Tensor) -> bool:
    """Whether a view has been written to through another name since its node was made."""
    view = t._view
    moved: bool = view.version != t._cell[0] and view.base._requires_grad is True
    return moved and (view.unwritable is INFERRED or not (t._fn is None and t._requires_grad is True))


def _refresh(t: Tensor) -> None:
    view = t._view
    if is_stale(t):
        if view.unwritable is not None:
            raise RuntimeError(
                f"this view was modified in place through its base or another view, and it can't be brought up to date, because "
                f"{view.unwritable}. Make it again after the write, or write to a .clone()"
            )
        view.version = t._cell[0]
        fresh = view.base
        grad_enabled = mode.grad
        mode.update(grad=True)
        try:
            for op, args in ways_to(t):
                fresh = op.call(fresh, *args)
        finally:
            mode.update(grad=grad_enabled)
        node = fresh._fn
        if node.__class__ is Node and not mode.view_replay:
            node.__class__ = named_class("AsStridedBackward0", Node)  # what torch calls the node of a regenerated view
        _move_retained(t, node)
        t._fn, t._requires_grad = node, True


def is_leaf(t: Tensor) -> bool:
    """Whether the tensor was made by the user (or needs no grad), rather than by a recorded operation.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> x = torch.ones(1, requires_grad=True)
    >>> x.is_leaf, (x * 2).is_leaf
    (True, False)
    """
    # Not by ``grad_fn``: who asks this only does not want the node as PyTorch shows it, which costs a fused one its fast rule.
    edge = edge_of(t)
    return edge is None or edge is t


def grad_fn(t: Tensor) -> Any:
    """The node that computed the tensor, or None for a leaf.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> (torch.ones(1, requires_grad=True) * 2).grad_fn.name()
    'MulBackward0'
    """
    edge = edge_of(t)
    if edge is None or edge is t:
        return None
    return public_node(getattr(edge, "node", edge))


# ---------------------------------------------------------------------- writing in place
def check_writable(t: Tensor, recorded: bool) -> None:
    """Refuse an in-place write that would destroy what a gradient needs. ``recorded``: the write enters the graph."""
    if mode.before_write is not None:
        mode.before_write(t)
    if t._cell is INFERENCE and not mode.inference:
        raise RuntimeError(
            "in-place write to a tensor made under inference_mode, outside of it: clone() it first, outside inference_mode"
        )
    if not mode.grad:
        return
    view = t._view
    if recorded and view is not None and view.unwritable is not None:
        raise RuntimeError(f"this tensor cannot be written to in place, because {view.unwritable}. Write to a .clone() of it")
    if edge_of(t) is t:
        raise RuntimeError(
            "a leaf tensor that requires grad is being written to in place: its value at the time of recording would be "
            "lost. Write under torch.no_grad(), or to a .clone() or .detach() of it"
        )
    if view is not None and view.base._requires_grad is True and view.base._fn is None:
        raise RuntimeError(
            "a view of a leaf tensor that requires grad is being written to in place. "
            "Write under torch.no_grad(), or to a view of a .clone() of the leaf"
        )


def bump_version(t: Tensor) -> None:
    """Note that the tensor's memory has been written to."""
    cell = version_cell(t)
    if cell is not INFERENCE:
        cell[0] += 1


def rebase_history(t: Tensor, node: Any) -> None:
    """``node`` (or one output of it) has just overwritten ``t``: make it the history of ``t``, and of its base if ``t`` is a view."""
    view = t._view
    t._requires_grad = True
    if view is None:
        _move_retained(t, node)
        t._fn = node
        return
    base = view.base
    slices = CopySlices(base, edge_of(base), ways_to(t), node)
    _move_retained(base, slices)
    base._fn, base._requires_grad = slices, True
    view.version = -1  # this view's own node comes from the replayed chain, too
    if t._extras is not None and t._extras.retains_grad:
        _refresh(t)  # now, while the node that the retained gradient was asked of is at hand
    else:
        t._fn = None
        t._requires_grad = MAYBE


def _move_retained(t: Tensor, new: Any) -> None:
    """``retain_grad`` follows the tensor, not the node that used to compute it."""
    old = t._fn
    if t._extras is None or not t._extras.retains_grad or old is None:
        return
    node, index = (old.node, old.index) if isinstance(old, Output) else (old, 0)
    reference = None if node.hooks is None else node.hooks.retain.pop(index, None)
    if reference is not None:
        node, index = (new.node, new.index) if isinstance(new, Output) else (new, 0)
        hooks_of(node).retain[index] = reference


def writable(array: np.ndarray, shared: bool = False) -> np.ndarray:
    """The array, or an alias to write to for an expanded tensor, which is read-only here.

    Only where no two elements share a place in memory (one column of it), unless the writer says that they may (``shared``).
    """
    if array.flags.writeable:
        return array
    if not array.size:
        return np.empty(array.shape, array.dtype)
    if shared or all(s or n == 1 for s, n in zip(array.strides, array.shape, strict=True)):
        owner = root(array)
        if owner.flags.writeable and is_dense(owner):
            strides = [s // array.itemsize for s in array.strides]
            return window(owner, array.dtype, array.shape, strides, byte_offset(array, owner))
    return array


class CopySlices(Node):
    """The gradient of "a base with one slice sent through an operation"."""

    __slots__ = ("chain", "inner", "order")
    __module__ = "builtins"  # it prints without a module, as all nodes do

    def __init__(self, base: Tensor, base_edge: Any, chain: tuple[tuple[Any, tuple[Any, ...]], ...], inner: Node):
        self.plan = None
        self.edges = (base_edge, *inner.edges[1:])
        self.saved = self.versions = ()
        self.seq = next_sequence_number()
        self.shape, self.dtype = base._array.shape, base._array.dtype
        self.hooks = None
        self.chain, self.inner = chain, inner
        # The views of the chain fit the base's memory layout, so the gradient is laid out in the same way.
        strides = base._array.strides
        self.order = None if base._array.flags.c_contiguous else sorted(range(len(strides)), key=lambda d: -abs(strides[d]))

    def _laid_out(self, grad: Any, xp: Any) -> Any:
        """A copy of the gradient in the base's memory layout."""
        if self.order is None:
            return np.array(grad, order="C") if xp.on_arrays else grad.clone(contiguous=True)
        inverse = tuple(self.order.index(d) for d in range(len(self.order)))
        moved = xp.permute(grad, tuple(self.order))
        return xp.permute(np.array(moved, order="C") if xp.on_arrays else moved.clone(contiguous=True), inverse)

    def name(self) -> str:
        return "CopySlices"

    def release(self) -> None:
        self.inner.release()
        self.saved = RELEASED  # how the base looks is gone, too, even if the operation has saved nothing

    def _slice(self, whole: Any, on_arrays: bool) -> Any:
        for op, args in self.chain:
            whole = (op.kernel if on_arrays else op.call)(whole, *args)
        return whole

    def apply(self, xp: Any, grad: Any, needed: Any = None) -> list[tuple[Any, Any]]:
        self.check_kept()
        on_arrays = xp.on_arrays
        whole = self._laid_out(grad, xp)
        part = self._slice(whole, on_arrays)
        # The inner node believes that its first input is the old slice; that gradient comes back here.
        slot = _Slot(part.shape, whole.dtype if on_arrays else whole._array.dtype)
        inner, self_edge = self.inner, self.inner.edges[0]
        inner.edges = (slot, *inner.edges[1:])
        try:
            contributions = inner.apply(xp, np.array(part) if on_arrays else part.clone(), None)
        finally:
            inner.edges = (self_edge, *inner.edges[1:])
        gradient = next((g for edge, g in contributions if edge is slot), None)
        if on_arrays:
            memory = writable(part)
            if not memory.flags.writeable:
                raise RuntimeError(
                    "the gradient of a write to an expanded tensor would have to be written to several elements in one place"
                )
            memory[...] = 0 if gradient is None else gradient
        elif gradient is None:
            part.zero_()
        else:
            part.copy_(gradient)
        result = [(edge, g) for edge, g in contributions if edge is not slot]
        result.append((self.edges[0], whole))
        return result


class _Slot:
    """Stands for the overwritten slice among the inner node's edges."""

    __slots__ = ("dtype", "shape")

    def __init__(self, shape: Any, dtype: Any):
        self.shape, self.dtype = shape, dtype
