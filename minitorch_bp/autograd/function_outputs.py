"""What becomes of the outputs of a Function's ``forward``: which of them get its node, which are views, what is saved of them.

``node`` is the FunctionNode of ``function.py``.
"""

from __future__ import annotations

import warnings
from typing import Any

from ..core.grad_mode import INFERENCE, mode
from ..core.graph import Output, next_sequence_number
from ..core.op import OPS
from ..core.saved import SavedResult
from ..core.tensor import Tensor, version_cell, wrap
from ..core.view import CUSTOM, SEVERAL, bump_version, mark_view, rebase_history


def _among(t: Any, tensors: Any) -> bool:
    return any(t is other for other in tensors)


def _finished(node: Any, edges: Any, args: Any, outputs: list[Any], recorded: bool, separate: bool) -> list[Any]:
    """What ``apply`` returns for what ``forward`` did: the tensors among the outputs get the node as their history.

    An input that is returned as it is becomes a view of itself, so that input and output can have different histories.
    """
    for t in node._dirty:
        bump_version(t)
        if not _among(t, outputs):
            raise RuntimeError(
                f"{node.function.__name__}: an input was marked as dirty, but not returned: what is modified in place must be an output"
            )
    if separate:
        for t in (*node._tensors, *node.__dict__.get("saved_for_forward", ())):
            if _among(t, args) and _among(t, outputs) and not _among(t, node._dirty):
                raise RuntimeError(
                    f"{node.function.__name__}: an input that is returned as it is can't be saved in setup_context(): "
                    "return and save x.view_as(x), or save it in forward(ctx, ...)"
                )
    if not any(isinstance(t, Tensor) for t in outputs):
        return outputs  # what is neither a tensor nor a tuple with tensors passes as it is
    if recorded:
        first = next(t for t in outputs if isinstance(t, Tensor))
        node.edges, node.seq, node.outputs = edges, next_sequence_number(), len(outputs)
        node.shape, node.dtype = first._array.shape, first._array.dtype
    finished, replaced, count = [], {}, 0
    for k, t in enumerate(outputs):
        new = t
        if isinstance(t, Tensor):
            array = t._array
            differentiable = recorded and array.dtype.kind in "fcV" and not _among(t, node._constant)
            count += differentiable
            edge = None if not differentiable else node if node.outputs == 1 else Output(node, k, array)
            new = _output(node, t, edge, args)
            if differentiable:
                replaced[id(t)] = new
            node._shapes.append((array.shape, array.dtype, differentiable))
        else:
            node._shapes.append(None)
        finished.append(new)
    for t in finished if count > 1 else ():
        if isinstance(t, Tensor) and t._view is not None:
            t._view.unwritable = SEVERAL
    if recorded:
        _save(node, replaced)
    return finished


def _output(node: Any, t: Tensor, edge: Any, args: Any) -> Tensor:
    is_input, dirty = _among(t, args), _among(t, node._dirty)
    if dirty and not is_input:
        warnings.warn("mark_dirty() was given a tensor that is no input: only inputs are to be marked", stacklevel=4)
    if edge is None:
        if t._fn is not None or t._requires_grad is True:
            if is_input:
                alias = wrap(t._array)
                alias._cell = version_cell(t)
                return alias
            if t._view is None:
                t._requires_grad, t._fn = False, None
        elif is_input and not dirty:
            t = _alias(t)
    elif dirty:
        if t._view is None and t._fn is None and t._requires_grad is True:
            raise RuntimeError("a leaf tensor that requires grad was modified in place by a Function")
        if t._view is not None and node.outputs > 1:
            raise RuntimeError(
                f"{node.function.__name__} modified a view in place, and has several outputs: it may return only the view. "
                "Give it a .clone(), or divide it into two Functions"
            )
        t._grad = None
        rebase_history(t, edge)
    else:
        if is_input:
            t = _alias(t)
        t._requires_grad, t._fn = True, edge
    if t._view is not None and not (is_input and dirty):
        t._view.unwritable = CUSTOM
        t._view.version = t._view.version if t._cell is INFERENCE else version_cell(t)[0]
    return t


def _alias(t: Tensor) -> Tensor:
    """A view of all of a tensor."""
    if type(t) is not Tensor and hasattr(type(t), "__torch_function__"):
        return t.view_as(t)  # of the subclass
    view = wrap(t._array.view())
    mark_view(view, t, OPS["_view"], (t._array.shape,))
    return view


def _save(node: Any, replaced: dict[int, Tensor]) -> None:
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
