"""The computation graph: nodes, the edges between them, and what a node saves for the backward pass.

A :class:`Node` stands for one recorded operation. Its ``edges`` lead to whatever computed its inputs: another node, the
leaf tensor itself (the lecture's *input node*), or ``None`` for an input that needs no gradient. So the graph points
from outputs to inputs, which is the direction backprop runs, and a tensor keeps alive just the part it depends on.

Saved values
------------
A derivative rule is written in terms of some of the operation's arguments (``grad * other``), so those must survive
until backward. A node saves exactly what the rules *that will run* read, nothing else:

* A tensor argument is saved as the tensor itself together with its version at that moment. If the version has moved on
  when the rule wants the value, the value has been overwritten, and the gradient would be silently wrong; so it raises.
* The operation's own result is saved as its array. Saving the tensor would close a cycle (tensor -> node -> tensor) that
  reference counting cannot free; for double backward the tensor is rebuilt around the array instead.
* Shapes are saved as tuples, so that freeing the data does not have to wait.

After ``backward()`` the saved values are dropped unless ``retain_graph=True``.
"""

from __future__ import annotations

import importlib
import itertools
import weakref
from collections import OrderedDict
from typing import Any

import numpy as np

from . import dtype as dtypes
from .device import CPU, Size
from .handle import RemovableHandle
from .op import OPS
from .saved import RELEASED, Packed, SavedResult, SavedTensor, Watched
from .tensor import Tensor, TensorBase, extras, version_cell, wrap

#: Every node gets the next number, so a node's inputs always have smaller numbers than the node.
next_sequence_number = itertools.count().__next__


class Hooks:
    """What few nodes have: hooks on outputs and on the node, tensors that retain grad, the user's metadata."""

    __slots__ = ("after", "before", "metadata", "retain", "tensor", "trace")

    def __init__(self) -> None:
        self.tensor: dict[int, dict[int, Any]] = {}  # output index -> handle id -> hook(grad)
        self.retain: dict[int, Any] = {}  # output index -> weak reference to the tensor
        self.before: dict[int, Any] = OrderedDict()
        self.after: dict[int, Any] = OrderedDict()
        self.metadata: dict[Any, Any] = {}
        self.trace: str | None = None  # the traceback of the forward call, under detect_anomaly


class NodeBase:
    """What a node holds: in the compiled build a struct (``graph.pxd``), as ``TensorBase`` is one."""

    __slots__ = ("dtype", "edges", "hooks", "plan", "saved", "seq", "shape", "versions")

    plan: Any
    edges: tuple[Any, ...]
    saved: Any
    versions: Any
    seq: int
    shape: tuple[int, ...]
    dtype: np.dtype
    hooks: Hooks | None


class Node(NodeBase):
    """One recorded operation.

    Attributes
    ----------
    plan : primitive.Plan
        Which derivative rules will run, and what they read.
    edges : tuple
        Where each gradient goes: a Node, an Output of a multi-output node, a leaf Tensor, or None.
    saved, versions : sequences
        The saved values, and the version each saved tensor had.
    seq : int
        Its place in the order of recording.
    shape, dtype
        Of the operation's output: the incoming gradient is brought to these.
    shown : str
        Its name, if it is not the operation's (see :func:`shown_as`); most nodes do not have this.
    below : tuple
        The edges that PyTorch's node has in its place, if that is one node where several are recorded here (see ``chain.fold``).
    """

    __slots__ = ("__weakref__", "below", "shown")

    shown: str
    below: tuple[Any, ...]

    outputs = 1
    hooks_see_all = False  # whether a hook sees gradients of inputs that need none, too

    # ------------------------------------------------------------------ the backward step
    def apply(self, xp: Any, grad: Any, needed: Any = None) -> list[tuple[Any, Any]]:
        """Run the derivative rules: ``[(edge, gradient), ...]`` for the incoming gradient of the output.

        ``xp`` is the vocabulary the rules are spoken in: functions on arrays, or on tensors when the backward pass
        is itself recorded. ``needed``, if given, holds the edges whose gradient anyone asked for.
        """
        node: NodeBase = self
        values = self.unpack(xp) if node.saved else ()
        edges = node.edges
        contributions: list[tuple[Any, Any]] = []
        try:
            for rule, reads, target in node.plan.rules:
                arguments = values if reads is None else [values[i] for i in reads]  # None: all of them, in order
                if target.__class__ is not int:
                    gradients = rule(xp, grad, *arguments)
                    contributions.extend(zip(edges if target is None else [edges[i] for i in target], gradients, strict=True))
                elif needed is None or edges[target] in needed:
                    contributions.append((edges[target], rule(xp, grad, *arguments)))
        except ValueError as error:  # NumPy's, of arrays that do not fit
            raise RuntimeError(
                f"{self.name()}: the saved values do not fit each other or the gradient: were they changed where the engine "
                "cannot see it, as by detach().numpy() or .data?"
            ) from error
        return contributions

    def unpack(self, xp: Any) -> list[Any]:
        """The saved values as the rules want them, each checked to be the value that was saved."""
        node: NodeBase = self
        t: TensorBase
        saved = node.saved
        if saved is RELEASED:
            self.check_kept()
        arrays = xp.on_arrays
        values = []
        for value, version in zip(saved, node.versions):
            if version is not None:
                if isinstance(value, Tensor):
                    t = value
                    cell = t._cell
                    if cell is not None and cell[0] != version:
                        self._stale(t._array.shape, cell[0], version)
                    if arrays:
                        value = t._array
                elif value.__class__ is SavedResult:
                    if value.cell[0] != value.version:
                        self._stale(value.array.shape, value.cell[0], value.version)
                    value = value.array if arrays else self._result(value, version)
                elif value.__class__ is np.ndarray:  # hidden: made for the rules, seen by nobody else
                    if not arrays:
                        value = self.plan.op.hidden(self, version, value)
                elif value.__class__ is Watched:
                    value = value.check(self._stale)
                else:
                    value = self._unpacked(value, version, arrays)
            values.append(value)
        return values

    def check_kept(self) -> None:
        if self.saved is RELEASED:
            raise RuntimeError(
                f"backward a second time through {self.name()}: its saved values were freed by the first backward. "
                "Specify retain_graph=True in the first call if the graph is needed again"
            )

    def _result(self, saved: SavedResult, index: int) -> Tensor:
        t = wrap(saved.array)
        t._requires_grad, t._cell = True, saved.cell
        t._fn = self if self.outputs == 1 else Output(self, index, saved.array)
        return t

    def _unpacked(self, packed: Packed, version: Any, arrays: bool) -> Any:
        """What a user's hook gives back for a saved value, at the place of that value in the graph."""
        t = packed.unpack(packed.content)
        if not isinstance(t, Tensor):
            raise TypeError(f"an unpack hook must return a Tensor, but this one returned a {type(t).__name__}")
        if arrays:
            return t._array
        if packed.kind == "result":
            return self._result(SavedResult(t._array, version_cell(t), 0), version)
        if packed.kind == "hidden":
            return self.plan.op.hidden(self, version, t._array)
        return t if packed.edge is None or packed.edge is t else at_edge(t, packed.edge)

    def _stale(self, shape: Any, now: int, then: int) -> None:
        raise RuntimeError(
            f"a tensor of shape {list(shape)} that {self.name()} saved for its gradient was modified in place: "
            f"it is at version {now}, but version {then} was saved. Use the out-of-place operation, or .clone() first"
        )

    def release(self) -> None:
        """Drop the saved values (the graph's shape stays)."""
        node: NodeBase = self
        plan = node.plan
        if plan.saves_data:
            if plan.op is not None and plan.op.name_reads_saved:
                public_node(self)  # its class now holds the name
            node.saved = RELEASED

    # ------------------------------------------------------------------ what torch shows of it
    def name(self) -> str:
        """The node's name, such as ``'MulBackward0'``."""
        if self.__class__ is not Node and self.__class__ is not MultiOutputNode:
            return type(self).__name__
        name: Any = getattr(self, "shown", None) or self.plan.op.grad_name
        return name if isinstance(name, str) else name(self)

    def reads(self, name: str) -> Any:
        """A saved value by the name its rule knows it under (for :meth:`name` of ops with several names)."""
        return self.saved[self.plan.names.index(name)]

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """``(node, output index)`` for each input: what the gradient flows to."""
        if hasattr(self, "below"):
            return tuple(_public_edge(e) for e in self.below)
        shown = [_public_edge(e) for e in self.edges]
        arity = None if self.plan is None or self.plan.op is None else self.plan.op.arity
        arity = arity if arity is None or isinstance(arity, int) else arity(self)
        if arity is not None:  # numbers are no inputs in PyTorch, or inputs without a gradient are
            while len(shown) > arity and self.edges[len(shown) - 1] is None:
                shown.pop()
            shown += [(None, 0)] * (arity - len(shown))
        return tuple(shown)

    @property
    def _input_metadata(self) -> tuple[Any, ...]:
        """Shape and type of each gradient that the node takes."""
        return tuple(Metadata(shape, dtype) for shape, dtype in self.metas())

    def metas(self) -> list[tuple[Any, Any]]:
        """``(shape, NumPy type)`` of each output."""
        return [(self.shape, self.dtype)]

    @property
    def metadata(self) -> dict[Any, Any]:
        """A dictionary for the user's own notes."""
        return hooks_of(self).metadata

    @property
    def requires_grad(self) -> bool:
        return True

    def _sequence_nr(self) -> int:
        return self.seq

    def _set_sequence_nr(self, sequence_nr: int) -> None:
        self.seq = sequence_nr

    def register_hook(self, hook: Any) -> RemovableHandle:
        """Call ``hook(grad_inputs, grad_outputs)`` after the node has run; a returned tuple replaces ``grad_inputs``."""
        return RemovableHandle(hooks_of(self).after, hook)

    def register_prehook(self, hook: Any) -> RemovableHandle:
        """Call ``hook(grad_outputs)`` before the node runs; a returned tuple replaces ``grad_outputs``."""
        return RemovableHandle(hooks_of(self).before, hook)


class MultiOutputNode(Node):
    """A node with several differentiable outputs; its rules take a list of gradients, None for those that got none."""

    __slots__ = ("forms", "outputs")
    outputs: int
    forms: list[tuple[Any, Any]]  # shape and type of each output

    def metas(self) -> list[tuple[Any, Any]]:
        return self.forms


class Output:
    """One output of a node that has several: the edge that tells the engine which one the gradient belongs to.

    Parameters
    ----------
    node : Node
    index : int
        Which output.
    array : ndarray
        The output, for its shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> values, _ = torch.ones(2, requires_grad=True).max(0)
    >>> values.grad_fn.name()
    'MaxBackward0'
    """

    __slots__ = ("dtype", "index", "node", "shape")

    def __init__(self, node: Node, index: int, array: np.ndarray):
        self.node, self.index, self.shape, self.dtype = node, index, array.shape, array.dtype


class AccumulateGrad:
    """How a leaf appears in ``next_functions``: the place where its gradient arrives. Its hooks are kept with the leaf."""

    __slots__ = ("__weakref__", "variable")
    __module__ = "builtins"  # where other nodes say that they live

    next_functions: tuple[Any, ...] = ()
    requires_grad = True

    def __init__(self, variable: Tensor):
        self.variable = variable

    def name(self) -> str:
        return "torch::autograd::AccumulateGrad"

    @property
    def hooks(self) -> Hooks:
        more = extras(self.variable)
        hooks: Hooks = more.node_hooks or Hooks()
        more.node_hooks = hooks
        return hooks

    @property
    def metadata(self) -> dict[Any, Any]:
        return self.hooks.metadata

    @property
    def _input_metadata(self) -> tuple[Any, ...]:
        return (Metadata(self.variable._array.shape, self.variable._array.dtype),)

    def _sequence_nr(self) -> int:
        return 2**64 - 1

    def register_hook(self, hook: Any) -> RemovableHandle:
        """Call ``hook(grad_inputs, grad_outputs)`` after the gradient has been added to the leaf's; ``grad_inputs`` is empty."""
        return RemovableHandle(self.hooks.after, hook)

    def register_prehook(self, hook: Any) -> RemovableHandle:
        """Call ``hook(grad_outputs)`` before the gradient is added to the leaf's; a returned tuple replaces it."""
        return RemovableHandle(self.hooks.before, hook)


class Metadata:
    """What is known of a gradient before there is one."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype):
        self.shape, self.dtype, self.device = Size(shape), dtypes.from_numpy_dtype(dtype), CPU
        self.is_nested_tensor = self.is_cpp_nested_tensor = False


def at_edge(t: Tensor, edge: Any) -> Tensor:
    """A tensor with the values of ``t``, at a place in the graph: what is recorded of it leads to the edge."""
    new = wrap(t._array)
    new._cell, new._requires_grad = version_cell(t), True
    if isinstance(edge, Tensor):  # a leaf: a node in between, since only the leaf itself is its own place
        plan = OPS["_view"].plan(1)
        node = Node.__new__(Node)
        node.plan, node.edges, node.saved, node.versions = plan, (edge,), (t._array.shape,), (None,)
        node.seq, node.shape, node.dtype, node.hooks = next_sequence_number(), t._array.shape, t._array.dtype, None
        edge = node
    new._fn = edge
    return new


def hooks_of(node: Node) -> Hooks:
    """The node's :class:`Hooks`, made on first demand."""
    if node.hooks is None:
        node.hooks = Hooks()
    return node.hooks


def _public_edge(edge: Any) -> tuple[Any, int]:
    if edge is None:
        return (None, 0)
    if isinstance(edge, Output):
        return (public_node(edge.node), edge.index)
    if isinstance(edge, Tensor):
        return (accumulate_grad(edge), 0)
    return (public_node(edge), 0)


def accumulate_grad(leaf: Tensor) -> AccumulateGrad:
    """The leaf's AccumulateGrad, the same object for as long as anyone holds it."""
    reference = extras(leaf).accumulate_grad
    node = reference() if reference is not None else None
    if node is None:
        node = AccumulateGrad(leaf)
        extras(leaf).accumulate_grad = weakref.ref(node)
    return node


_named_classes: dict[tuple[str, type], type] = {}


def public_node(node: Node) -> Node:
    """The node, as a class of its own name: ``type(y.grad_fn).__name__`` is ``'MulBackward0'``.

    The class is given only to nodes that someone looks at, since recording must not pay for it.
    """
    if node.__class__ is Node or node.__class__ is MultiOutputNode:
        op, kind = node.plan.op, node.__class__
        if hasattr(node, "below"):
            kind = importlib.import_module(".chain", __package__).fold(node)  # (which needs the engine)
        elif op.unfold is not None:
            op.unfold(node)
        node.__class__ = named_class(node.name(), kind)
    return node


def shown_as(t: Tensor, name: str) -> Tensor:
    """A composite's result, its node under the name of the single node that torch has in its place."""
    node = t._fn.node if t._fn.__class__ is Output else t._fn
    if node.__class__ is Node or node.__class__ is MultiOutputNode:
        node.shown = name
    return t


def named_class(name: str, base: type, own: bool = False) -> Any:
    """The subclass of ``base`` with this name, made once (or for the caller alone, as its ``own``)."""
    subclass = None if own else _named_classes.get((name, base))
    if subclass is None:
        # __getattr__ belongs to these classes, not to Node: it would slow every attribute of every node (3.5 us of a
        # training step of 63).
        # PyTorch's own nodes print without a module, those of a Function with the one where its ctx stands.
        members = {"__slots__": (), "__repr__": object.__repr__, "__getattr__": _saved_value, "__dir__": _dir_of_node,
                   "__module__": base.__module__ if own else "builtins"}  # fmt: skip
        subclass = type(name, (base,), members)
        if not own:
            _named_classes[name, base] = subclass
    return subclass


def _saved_names(node: Node) -> dict[str, str]:
    """What torch calls the values that the rules of the node's operation read: ``{"_saved_self": "input", ...}``."""
    op = node.plan.op if node.plan is not None else None
    reads = [] if op is None else [n for _, _, names in op.rules for n in names]
    names = {}
    for n in reads:
        argument = n.removesuffix("_shape")
        names["_saved_" + {"input": "self"}.get(argument, argument) + ("_sym_sizes" if argument != n else "")] = n
    return names


def _saved_value(node: Node, name: str) -> Any:
    """``node._saved_other`` and the like: what the node has saved, by the name of the argument; None for what no rule needs."""
    if name.startswith("_raw_saved_"):
        wanted = _saved_names(node).get(name.removeprefix("_raw"))
        if wanted is not None and not wanted.endswith("_shape"):
            return SavedTensor(node, node.plan.names.index(wanted) if wanted in node.plan.names else None)
    wanted = _saved_names(node).get(name) if name.startswith("_saved_") else None
    if wanted is None:
        raise AttributeError(f"{type(node).__name__} has no attribute {name!r}")
    if wanted not in node.plan.names:
        return None
    from . import namespaces

    value = node.unpack(namespaces.tracked)[node.plan.names.index(wanted)]
    # (The second operand of arithmetic is a tensor in torch even where it is written as a number.)
    return wrap(np.asarray(value)) if wanted == "other" and not isinstance(value, Tensor) else value


def _dir_of_node(node: Node) -> list[str]:
    return sorted({*object.__dir__(node), *_saved_names(node)})
