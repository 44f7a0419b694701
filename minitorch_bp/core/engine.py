"""The backward pass: the lecture's algorithm on whole arrays.

    1. Set the gradient of the output to 1.
    2. Sort the graph topologically. Every node has a sequence number larger than those of its inputs, so sorting the
       reachable nodes by number, largest first, puts each node after all of its parents.
    3. Visit the nodes in that order. Each takes its complete gradient, and its rules *add* to the gradients of its inputs.

Two things the rules never mention are undone here, once, on the way into an edge: **broadcasting** (the gradient is
summed down to the shape of what it belongs to) and **type promotion** (it is cast back). A leaf's sum is written to
``.grad`` as soon as its last consumer has run, so hooks fire in PyTorch's order.

The same loop runs on arrays, and on tensors under ``create_graph=True``: only the vocabulary differs.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import numpy as np

from . import dtype as dtypes
from . import observer
from .grad_mode import mode
from .graph import AccumulateGrad, MultiOutputNode, Node, NodeBase, Output
from .namespaces import raw, tracked
from .sums import sum_of_columns, total
from .tensor import Tensor, TensorBase, wrap
from .view import bump_version, edge_of

_by_sequence = attrgetter("seq")
_NOT_RUN: Any = ()  # what a node gives whose rules were not asked; it keeps what it saved
_ndarray = np.ndarray


class Capture:
    """Where the gradient of one ``inputs=`` tensor goes instead of (or besides) its ``.grad``."""

    __slots__ = ("gradient",)

    def __init__(self) -> None:
        self.gradient: Any = None


class Task:
    """One backward pass, for those who ask about it while it runs: which nodes and leaves it visits, and what to call at its end."""

    __slots__ = ("callbacks", "depth", "needed", "nodes", "notes", "uses")

    def __init__(self, nodes: list[Node], uses: dict[Tensor, int], needed: Any, depth: int):
        self.nodes, self.uses, self.needed, self.depth = nodes, uses, needed, depth
        self.callbacks: list[Any] = []
        self.notes: dict[Any, Any] = {}  # what hooks that wait for each other keep until the end of the pass

    def will_run(self, place: Any) -> bool:
        """Whether the pass comes to this node or leaf."""
        visited = place in self.uses if isinstance(place, Tensor) else any(node is place for node in self.nodes)
        return visited and (self.needed is None or place in self.needed)


def run_backward(
    roots: list[Any],
    gradients: list[Any],
    retain_graph: bool,
    create_graph: bool,
    inputs: tuple[Any, ...] | None = None,
    accumulate: bool = True,
) -> list[Any]:
    """Run the graph backwards from the edges ``roots``, each with its gradient (an array, or a Tensor to differentiate).

    With ``inputs`` (tensors, or edges), only the paths that lead to them are run; their gradients are returned (as Tensors, None where
    there is no path), or added to their ``.grad`` if ``accumulate``.
    """
    grad, recording, outer, recorder = mode.grad, mode.recording, mode.task, mode.recorder
    depth = 0 if outer is None else outer.depth + 1
    if depth > _DEEP:
        return _in_a_new_thread(roots, gradients, retain_graph, create_graph, inputs, accumulate)
    mode.grad, mode.recording = create_graph, (recorder or True) if create_graph else False
    try:
        return _run(roots, gradients, retain_graph, create_graph, inputs, accumulate, recorder, depth)
    finally:
        mode.grad, mode.recording, mode.task = grad, recording, outer
        if mode.recorder is not recorder:  # changed by a hook that did not change it back
            mode.recorder = recorder


_DEEP = 20  # passes within passes, as a Function may start them, before Python's stack is in danger


def _in_a_new_thread(*args: Any) -> list[Any]:
    """The same where the stack is empty, for a pass that was started within a pass within a pass ..."""
    import threading

    state = {name: value for name, value in mode.__dict__.items() if name != "task"}
    outcome: list[Any] = []

    def run() -> None:
        mode.__dict__.update(state)
        try:
            outcome.extend((run_backward(*args), None))
        except BaseException as error:
            outcome.extend((None, error))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    result, error = outcome
    if error is not None:
        raise error
    return list(result)


def _run(
    roots: Any, gradients: Any, retain_graph: bool, create_graph: bool, inputs: Any, accumulate: bool, recorder: Any, depth: int
) -> list[Any]:
    xp, add = (tracked, tracked._add) if create_graph else (raw, np.add)
    pending: dict[Any, Any] = {}  # node or leaf -> the sum of the gradients that have arrived
    uses: dict[Tensor, int] = {}  # leaf -> consumers that have not run yet
    nodes = _reachable(roots, pending, uses)
    nodes.sort(key=_by_sequence, reverse=True)
    captures, needed = (None, None) if inputs is None else _wanted(inputs, nodes)
    watched = recorder is not None or captures is not None or observer.current is not None
    task = mode.task = Task(nodes, uses, needed, depth)

    fresh = captures is None and xp is raw
    contributions: Any
    sums: Any
    for node in [None, *nodes]:
        # What the node's rules give to each of its children. The first step is the caller's, whose children are the roots.
        if node is None:
            gradient, contributions = None, zip(roots, gradients, strict=True)
        elif (gradient := pending.pop(node)) is None or (needed is not None and node not in needed):
            if gradient is not None and len(roots) == 1:
                _before(node, gradient, xp, captures)  # a single root's hooks see its gradient in any case, as in PyTorch
            contributions = [(edge, None) for edge in node.edges]  # leaves below it wait for it no longer
        else:
            if watched or node.hooks is not None:
                gradient, contributions = _watched_step(node, gradient, xp, captures, needed, accumulate)
            else:
                contributions = node.apply(xp, gradient)
            if not retain_graph and contributions is not _NOT_RUN:
                node.release()
        # child.grad += g
        for edge, g in contributions:
            if (
                edge.__class__ is Node
                and needed is None
                and g.__class__ is _ndarray
                and g.shape == edge.shape
                and g.dtype is edge.dtype
            ):
                before = pending[edge]  # by far the most common, and the same as below: 0.1 us less
                pending[edge] = g if before is None else np.add(before, g)
                continue
            left = uses.get(edge)  # how many more consumers a leaf waits for
            if left == 1 and fresh and g.__class__ is _ndarray and pending[edge] is None and node is not None:
                like = edge._array
                if g.shape == like.shape and g.dtype is like.dtype:  # a leaf that is used once: the same as below, 0.3 us less
                    if g is gradient or g.base is not None:
                        g = g.copy("C")
                    _finish_leaf(edge, g, xp, captures, accumulate)
                    continue
            if g is not None and edge is not None and (needed is None or edge in needed or node is None):
                like = edge if left is None else edge._array
                if g.__class__ is not _ndarray or g.shape != like.shape or g.dtype is not like.dtype:
                    g = _fit(xp, g, like)
                sums, place = pending, edge
                if edge.__class__ is Output:  # its node keeps a sum for each output
                    sums = pending[edge.node] = pending[edge.node] or [None] * edge.node.outputs
                    place = edge.index
                before = sums[place]
                if before is not None:
                    g = add(before, g)
                elif left is not None and xp is raw and (g is gradient or g.base is not None or node is None):
                    g = g.copy("C" if captures is None else "K")  # .grad must own its memory, and rules may return aliases
                sums[place] = g
            if left == 1:
                _finish_leaf(edge, pending[edge], xp, captures, accumulate)
            elif left is not None:
                uses[edge] = left - 1
    while task.callbacks:
        task.callbacks.pop(0)()
    return [] if captures is None else [captures[_key(t)].gradient for t in inputs]


def _reachable(roots: list[Any], pending: dict[Any, Any], uses: dict[Tensor, int]) -> list[Node]:
    """Every node below the roots; ``pending`` gets a place for each node and leaf, ``uses`` the consumers of leaves."""
    nodes: list[Node] = []
    queue: list[Any] = [roots]
    node: NodeBase
    for edges in queue:  # grows while it is read
        for edge in edges:
            if edge is None:
                continue
            if edge.__class__ is not Node:
                if edge.__class__ is Output:
                    edge = edge.node
                elif isinstance(edge, Tensor):
                    uses[edge] = uses.get(edge, 0) + 1
                    pending[edge] = None
                    continue
            if edge not in pending:
                pending[edge] = None
                nodes.append(edge)
                node = edge
                queue.append(node.edges)
    return nodes


def _watched_step(node: Node, gradient: Any, xp: Any, captures: Any, needed: Any, accumulate: bool) -> tuple[Any, Any]:
    """A node's step with everything that may look at it: hooks, captures, a recorder."""
    gradient = _before(node, gradient, xp, captures)
    wanted_below = needed is None or any(edge in needed for edge in node.edges)
    if node.hooks is not None and node.hooks.before and (wanted_below or accumulate):
        slots = gradient if type(gradient) is list else [gradient]
        grads = _through_pre_hooks(node.hooks, tuple(None if g is None else _as_tensor(g, xp) for g in slots))
        slots = [None if t is None else t._array if xp is raw else t for t in grads]
        gradient = slots if type(gradient) is list else slots[0]
    if not wanted_below:
        return gradient, _NOT_RUN  # only its own gradient is wanted
    if mode.recorder is not None:
        contributions = mode.recorder.watch(node, gradient, xp, needed)
    elif observer.current is not None:
        name = node.name()
        with observer.current(f"autograd::engine::evaluate_function: {name}"), observer.current(name):
            contributions = node.apply(xp, gradient, needed)
    else:
        contributions = node.apply(xp, gradient, needed)
    if node.hooks is not None and node.hooks.after:
        contributions = _after(node, contributions, gradient, xp)
    return gradient, contributions


def _key(t: Any) -> Any:
    """What identifies the place of a tensor (or an edge) in the graph: its leaf, node, or (node, output index)."""
    edge = edge_of(t) if isinstance(t, Tensor) else t
    return (edge.node, edge.index) if isinstance(edge, Output) else edge


def _wanted(inputs: Any, nodes: list[Node]) -> tuple[dict[Any, Capture], set[Any]]:
    """The captures, and every edge that lies on a path to one of them (collected in one walk from the inputs up)."""
    captures = {_key(t): Capture() for t in inputs}
    leaves = {k for k in captures if isinstance(k, Tensor)}
    inner = {k[0] if isinstance(k, tuple) else k for k in captures} - leaves
    needed: set[Any] = set(leaves)  # edges whose gradient must be computed
    run: set[Any] = set()  # nodes whose rules must run
    for node in reversed(nodes):
        for edge in node.edges:
            target = edge.node if edge.__class__ is Output else edge
            if target is not None and (target in leaves or target in run or target in inner):
                needed.add(edge)
                run.add(node)
    return captures, needed | run | inner


# ---------------------------------------------------------------------- gradients on the way
def _fit(xp: Any, g: Any, edge: Any) -> Any:
    """Bring a gradient to the shape and dtype of what it belongs to: undo broadcasting and promotion."""
    like = edge._array if isinstance(edge, Tensor) else edge
    shape, dtype = like.shape, like.dtype
    if xp is raw:
        if g.__class__ is not _ndarray:
            g = np.asarray(g)
        given = g.shape
        if given != shape:
            g = sum_of_columns(g) if len(given) == 2 and given[1:] == shape else _sum_to(xp, g, shape, given)
        if g.dtype is dtype or g.dtype == dtype:
            return g
        return (g.real if g.dtype.kind == "c" and dtype.kind != "c" else g).astype(dtype)
    if g._array.dtype.kind == "c" and dtype.kind != "c":
        g = tracked._real(g)
    if g._array.shape != tuple(shape):
        g = _sum_to(xp, g, tuple(shape), g._array.shape)
    return g if g._array.dtype == dtype else tracked._to_copy(g, dtypes.from_numpy_dtype(dtype))


def _sum_to(xp: Any, g: Any, shape: Any, given: Any) -> Any:
    lead = len(given) - len(shape)
    if xp is raw and given[lead:] == shape and lead > 0:  # only leading dimensions were added, as for a bias
        return total(g, tuple(range(lead)) if lead > 1 else 0)
    dims = tuple(range(lead)) + tuple(k + lead for k, n in enumerate(shape) if n == 1 and given[k + lead] != 1)
    if lead < 0 or any(n != 1 and n != given[k + lead] for k, n in enumerate(shape)):
        try:
            return xp.expand(g, shape)
        except (ValueError, RuntimeError):
            raise RuntimeError(
                f"a backward function returned a gradient of shape {list(given)} for an input of shape {list(shape)}: "
                "a gradient must have its input's shape, or broadcast with it"
            ) from None
    return xp._unsafe_view(xp._sum_over(g, dims, True), shape)


# ---------------------------------------------------------------------- leaves
def _finish_leaf(leaf: TensorBase, g: Any, xp: Any, captures: Any, accumulate: bool) -> None:
    """The leaf's gradient is complete: run its hooks, then add it to ``.grad`` (or hand it to a capture)."""
    if g is None:
        return
    more, old = leaf._extras, leaf._grad
    if more is None and old is None and captures is None and leaf._requires_grad is not False:  # by far the most common
        own = leaf._array
        plain = g.__class__ is _ndarray and g.flags.c_contiguous and own.flags.c_contiguous
        leaf._grad = wrap(g) if plain else _owned(g, xp, own)
        return
    if more is not None and more.hooks:
        g = _run_hooks(more.hooks, g, xp)
        if xp is raw:
            g = g.copy()
    if captures is not None:
        if leaf not in captures:
            return
        captures[leaf].gradient = _as_tensor(g, xp)
        if not accumulate:
            return
    hooks = None if more is None else more.node_hooks
    if hooks is not None and hooks.before:
        (t,) = _through_pre_hooks(hooks, (_as_tensor(g, xp),))
        g = t._array.copy() if xp is raw else t
    if leaf._requires_grad is False:  # frozen after it had been used: nothing is added, but the hooks below run, as in PyTorch
        pass
    elif old is None:
        leaf._grad = _owned(g, xp, leaf._array)
    elif xp is tracked:
        leaf._grad = tracked._add(old, g)
    else:
        np.add(old._array, g, out=old._array)
        bump_version(old)
    if more is not None and more.post_accumulate_hooks:
        for hook in tuple(more.post_accumulate_hooks.values()):
            if (found := hook(leaf)) is not None:
                kind = RuntimeError if isinstance(found, Tensor) else TypeError
                raise kind("a post-accumulate hook must return None: change the tensor's .grad in place")
    if hooks is not None and hooks.after:
        for hook in tuple(hooks.after.values()):
            _replaced(hook((), (_as_tensor(g, xp),)), (), "a hook")


def _owned(g: Any, xp: Any, leaf: np.ndarray) -> Any:
    """A gradient as a new ``.grad``. With a recorded backward pass it is a copy: the original may be someone else's tensor."""
    if xp is tracked:
        owned = tracked._copy(wrap(g._array), g)
        owned._array = _ordered_as(leaf, owned._array)
        bump_version(owned)  # since it was copied into
        return owned
    g = g if g.__class__ is _ndarray else np.asarray(g)
    return wrap(g if leaf.flags.c_contiguous and g.flags.c_contiguous else _ordered_as(leaf, g))


def _ordered_as(leaf: np.ndarray, g: np.ndarray) -> np.ndarray:
    """A gradient with its elements in the leaf's order in memory, or contiguous if the leaf has gaps there."""
    ordered = np.empty_like(leaf, g.dtype)
    if ordered.strides != leaf.strides:
        ordered = np.empty(g.shape, g.dtype)
    if ordered.strides == g.strides:
        return g
    ordered[...] = g
    return ordered


def _as_tensor(g: Any, xp: Any) -> Any:
    if xp is tracked:
        return g
    return wrap(g if g.__class__ is _ndarray else np.asarray(g))


# ---------------------------------------------------------------------- hooks
def _run_hooks(hooks: dict[int, Any], g: Any, xp: Any) -> Any:
    """Pass a gradient through tensor hooks, each of which may replace it, or write into it."""
    if xp is raw and not g.flags.writeable:  # one number for many elements
        g = g.copy()
    t = _as_tensor(g, xp)
    for hook in tuple(hooks.values()):
        replaced = hook(t)
        if replaced is not None:
            if not isinstance(replaced, Tensor):
                raise TypeError(f"a hook must return a Tensor or None, but this one returned {type(replaced).__name__}")
            if replaced._array.dtype != t._array.dtype:
                raise RuntimeError(f"a hook changed the type of a gradient from {t.dtype!r} to {replaced.dtype!r}")
            if replaced._array.shape != t._array.shape:
                raise RuntimeError(
                    f"a hook changed the shape of a gradient from {list(t._array.shape)} to {list(replaced._array.shape)}"
                )
            t = replaced
    return t._array if xp is raw else t


def _before(node: Node, gradient: Any, xp: Any, captures: Any) -> Any:
    """What happens to a node's complete gradient before its rules run: tensor hooks, ``retain_grad``, captures."""
    several = type(gradient) is list
    slots = gradient if several else [gradient]
    hooks = node.hooks
    if hooks is not None:
        for index, tensor_hooks in hooks.tensor.items():
            if slots[index] is not None:
                slots[index] = _run_hooks(tensor_hooks, slots[index], xp)
            else:  # one of several outputs, and nothing came from it: hooks are told so, as PyTorch's are
                for hook in tuple(tensor_hooks.values()):
                    hook(None)
        for index, reference in hooks.retain.items():
            t = reference()
            if t is not None and slots[index] is not None:
                g = wrap(np.array(slots[index])) if xp is raw else slots[index]
                t._grad = g if t._grad is None else tracked._add(t._grad, g)
    if captures is not None:
        for index, g in enumerate(slots):
            capture = captures.get((node, index) if several else node)
            if capture is not None and g is not None:
                capture.gradient = wrap(np.array(g)) if xp is raw else g
    return slots if several else slots[0]


def _through_pre_hooks(hooks: Any, grads: tuple[Any, ...]) -> tuple[Any, ...]:
    for hook in tuple(hooks.before.values()):
        grads = _replaced(hook(grads), grads, "a pre-hook")
    return grads


def _replaced(found: Any, grads: tuple[Any, ...], what: str) -> tuple[Any, ...]:
    """What a hook of a node returned in place of gradients: None, or one for each."""
    if found is None:
        return grads
    if not isinstance(found, tuple):
        raise TypeError(f"{what} of a node must return a tuple of Tensors or None, but returned {type(found).__name__}")
    if len(found) != len(grads):
        raise RuntimeError(f"{what} of a node returned {len(found)} gradients, but {len(grads)} are expected")
    for new, old in zip(found, grads, strict=True):
        if new is not None and not isinstance(new, Tensor):
            raise TypeError(f"{what} of a node must return Tensors, but returned {type(new).__name__}")
        if new is not None and old is not None:
            for part in ("shape", "dtype"):
                if getattr(new, part) != getattr(old, part):
                    raise RuntimeError(
                        f"{what} of a node changed the {part} of a gradient from {getattr(old, part)} to {getattr(new, part)}"
                    )
    return found


def _by_edge(node: Node, contributions: Any, xp: Any, reduce: bool = True) -> tuple[Any, ...]:
    """The gradients of the inputs as Tensors in the order of the edges, None where there is none.

    Without ``reduce``, broadcasting stays: a gradient may be larger than its input.
    """
    arrived = dict.fromkeys(range(len(node.edges)))
    rest = list(contributions)
    for k, edge in enumerate(node.edges):
        for entry in rest:
            if entry[0] is edge and entry[1] is not None and (edge is not None or node.hooks_see_all):
                g, like = entry[1], edge._array if isinstance(edge, Tensor) else edge
                other = edge is not None and ((xp is raw and g.dtype != like.dtype) or len(g.shape) < len(like.shape))
                arrived[k] = _as_tensor(_fit(xp, g, edge) if (reduce and edge is not None) or other else g, xp)
                rest.remove(entry)
                break
    return tuple(arrived.values())


def _after(node: Node, contributions: list[tuple[Any, Any]], gradient: Any, xp: Any) -> list[tuple[Any, Any]]:
    """Node hooks: they see the gradients of the inputs (in the order of the edges) and may replace them."""
    assert node.hooks is not None
    inputs = _by_edge(node, contributions, xp)
    outputs = tuple(None if g is None else _as_tensor(g, xp) for g in (gradient if type(gradient) is list else [gradient]))
    for hook in tuple(node.hooks.after.values()):
        inputs = _replaced(hook(inputs, outputs), inputs, "a hook")
    return [
        (edge, None if t is None else t._array if xp is raw else t)
        for edge, t in zip(node.edges, inputs, strict=True)
        if edge is not None
    ]


# ---------------------------------------------------------------------- one step by hand
def _call(node: Node, *grad_outputs: Any) -> Any:
    """``y.grad_fn(g)``: the gradients of the inputs for gradients of the outputs. Nothing is added up, and no hook runs."""
    if len(grad_outputs) != node.outputs:
        raise TypeError(f"{node.name()} takes the gradient of each of its {node.outputs} outputs, but got {len(grad_outputs)}")
    if not all(g is None or isinstance(g, Tensor) for g in grad_outputs):
        raise TypeError(f"{node.name()} takes tensors, or None for an output without a gradient")
    if all(g is None for g in grad_outputs):
        inputs: Any = (None,) * len(node.edges)
    else:
        xp = tracked if mode.grad else raw
        given = [g._array if xp is raw and g is not None else g for g in grad_outputs]
        inputs = _by_edge(node, node.apply(xp, given if isinstance(node, MultiOutputNode) else given[0]), xp, False)
    return inputs[0] if len(inputs) == 1 else inputs


def _accumulate(node: AccumulateGrad, grad: Tensor) -> tuple[()]:
    """The same for a leaf: the gradient is added to its ``.grad``."""
    leaf = node.variable
    xp = tracked if mode.grad and grad._requires_grad else raw
    _finish_leaf(leaf, _fit(raw, grad._array.copy(), leaf) if xp is raw else grad, xp, None, True)
    return ()


Node.__call__, AccumulateGrad.__call__ = _call, _accumulate  # type: ignore[method-assign]
