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

import contextlib
from typing import Any

import numpy as np

from .grad_mode import INFERENCE, mode
from .graph import Node, hooks_of, named_class, next_sequence_number, public_node
from .tensor import MAYBE, Tensor, version_cell


class View:
    """How a tensor came to be a view: ``base``, the ``chain`` of (op, arguments), and the version its node is valid for."""

    __slots__ = ("base", "chain", "unwritable", "version")

    def __init__(self, base: Tensor, chain: tuple[tuple[Any, tuple[Any, ...]], ...], version: int, unwritable: str | None):
        self.base, self.chain, self.version = base, chain, version
        self.unwritable = unwritable  # why this view refuses in-place writes that must be recorded


def mark_view(result: Tensor, source: Tensor, op: Any, args: tuple[Any, ...], several: bool = False) -> None:
    """Make ``result``, whose array already shares ``source``'s memory, a view of ``source`` by ``op(source, *args)``."""
    cell = result._cell = version_cell(source)
    above = source._view
    if above is None:
        base, chain = source, ((op, args),)
    else:
        base, chain = above.base, above.chain + ((op, args),)
    why = None
    if several:
        why = f"it is one of several views that {op.public_name} returns at once"
    elif above is not None and above.unwritable is not None:
        why = above.unwritable
    elif not mode.grad:
        why = "it is a view made under no_grad of a tensor that is written to with grad enabled"
    result._view = View(base, chain, 0 if cell is INFERENCE else cell[0], why)
    if not result._requires_grad and base._array.dtype.kind in "fcV":
        result._requires_grad = MAYBE


def edge_of(t: Tensor) -> Any:
    """Where the gradient of ``t`` goes: its node, or the leaf itself, or None if it needs no gradient."""
    if t._view is not None:
        _refresh(t)
    if t._requires_grad is True:
        return t._fn or t
    return None


def requires_grad(t: Tensor) -> bool:
    """The flag as a bool, after bringing a view up to date."""
    if t._requires_grad is MAYBE or t._view is not None:
        _refresh(t)
    return t._requires_grad is True


def _refresh(t: Tensor) -> None:
    view = t._view
    if t._cell is INFERENCE:
        t._requires_grad = t._requires_grad is True
    elif view.version != t._cell[0] and view.base._requires_grad is True and not (t._fn is None and t._requires_grad is True):
        # Written through another name since: replay the view on the base as it is now.
        view.version = t._cell[0]
        fresh = view.base
        grad_enabled = mode.grad
        mode.update(grad=True)
        try:
            for op, args in view.chain:
                fresh = op.call(fresh, *args)
        finally:
            mode.update(grad=grad_enabled)
        node = fresh._fn
        if node.__class__ is Node:
            node.__class__ = named_class("AsStridedBackward0", Node)  # what torch calls the node of a regenerated view
        _move_retained(t, node)
        t._fn, t._requires_grad = node, True


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
    if t._cell is INFERENCE and not mode.inference:
        raise RuntimeError(
            "in-place write to a tensor made under inference_mode, outside of it: clone() it first, outside inference_mode"
        )
    if not mode.grad:
        return
    if requires_grad(t) and t._fn is None:
        raise RuntimeError(
            "a leaf tensor that requires grad is being written to in place: its value at the time of recording would be "
            "lost. Write under torch.no_grad(), or to a .clone() or .detach() of it"
        )
    view = t._view
    if view is None:
        return
    base = view.base
    if base._requires_grad is True and base._fn is None:
        raise RuntimeError(
            "a view of a leaf tensor that requires grad is being written to in place. "
            "Write under torch.no_grad(), or to a view of a .clone() of the leaf"
        )
    if recorded and view.unwritable is not None:
        raise RuntimeError(f"this tensor cannot be written to in place, because {view.unwritable}. Write to a .clone() of it")


def bump_version(t: Tensor) -> None:
    """Note that the tensor's memory has been written to."""
    cell = version_cell(t)
    if cell is not INFERENCE:
        cell[0] += 1


def rebase_history(t: Tensor, node: Node) -> None:
    """``node`` has just overwritten ``t`` in place: make it the history of ``t``, and of its base if ``t`` is a view."""
    view = t._view
    t._requires_grad = True
    if view is None:
        _move_retained(t, node)
        t._fn = node
        return
    base = view.base
    slices = CopySlices(base, edge_of(base), view.chain, node)
    _move_retained(base, slices)
    base._fn, base._requires_grad = slices, True
    view.version = -1  # this view's own node comes from the replayed chain, too
    if t._extras is not None and t._extras.retains_grad:
        _refresh(t)  # now, while the node that the retained gradient was asked of is at hand
    else:
        t._fn = None
        t._requires_grad = MAYBE


def _move_retained(t: Tensor, node: Node) -> None:
    """``retain_grad`` follows the tensor, not the node that used to compute it."""
    old = t._fn
    if t._extras is not None and t._extras.retains_grad and isinstance(old, Node) and old.hooks is not None:
        reference = old.hooks.retain.pop(0, None)
        if reference is not None:
            hooks_of(node).retain[0] = reference


def writable(array: np.ndarray, shared: bool = False) -> np.ndarray:
    """The array, or an alias to write to for an expanded tensor, which is read-only here.

    Only where no two elements share a place in memory (one column of it), unless the writer says that they may (``shared``).
    """
    if array.flags.writeable or not array.size:
        return array
    if shared or all(s or n == 1 for s, n in zip(array.strides, array.shape, strict=True)):
        array = array.view()
        with contextlib.suppress(ValueError):
            array.flags.writeable = True
    return array


class CopySlices(Node):
    """The gradient of "a base with one slice sent through an operation"."""

    __slots__ = ("chain", "inner", "order")

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

    def _slice(self, whole: Any, on_arrays: bool) -> Any:
        for op, args in self.chain:
            whole = (op.kernel if on_arrays else op.call)(whole, *args)
        return whole

    def apply(self, xp: Any, grad: Any, needed: Any = None) -> list[tuple[Any, Any]]:
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
            writable(part)[...] = 0 if gradient is None else gradient
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
