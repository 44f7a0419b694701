"""Recording a forward pass call by call, unrecorded ones too.

While a tape runs, every primitive takes a detour (``core/detour``) that writes down its arguments and its outputs: also those that the
graph does not hold, such as a mask, a comparison, a normalization under ``no_grad``. A public function that is no primitive and whose
results no primitive made (it works on arrays) is written down itself. Once the tape stops, the detours are gone.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from ..core import inplace as _inplace
from ..core import record as _record
from ..core.chain import fold_several
from ..core.detour import remove_detour, set_detour
from ..core.grad_mode import INFERENCE
from ..core.graph import Node, Output
from ..core.op import MISSING, OPS
from ..core.promotion import promote
from ..core.random import default_generator
from ..core.tensor import Tensor, wrap
from ..core.view import CopySlices, edge_of
from ..nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from ..ops import functions
from .backprop import node_of
from .model import Box, Link, Model
from .names import Names


class Var:
    """A variable of the recorded program: an array that keeps its name while it is written to."""

    __slots__ = ("array", "call", "copy", "frozen", "tensor")

    def __init__(self, tensor: Tensor, call: Call | None = None):
        self.tensor, self.array, self.call = tensor, tensor._array, call
        self.copy: np.ndarray | None = None  # of what was given, as it was at first
        self.frozen = ""  # why the value of an unknown origin would not change with the inputs


class Places:
    """Where a mask is true: the k-th of ``np.nonzero(mask)``."""

    __slots__ = ("k", "mask")

    def __init__(self, mask: Var, k: int):
        self.mask, self.k = mask, k


class Call:
    """One call: ``kind`` is 'op', 'write' (in place), 'copy' (``target[...] = source``), 'public' or 'function' (of the user's)."""

    __slots__ = ("args", "dtypes", "kind", "module", "name", "node", "op", "outs", "saved_before")

    def __init__(self, kind: str, name: str, op: Any, args: tuple[Any, ...], outs: list[Var], node: Any, module: str):
        self.kind, self.name, self.op, self.args, self.outs, self.node, self.module = kind, name, op, args, outs, node, module
        self.dtypes: dict[int, np.dtype] = {}  # what an argument is promoted to
        self.saved_before: Var | None = None  # the target of a write, as it was


class Tape:
    """What a ``with recording() as tape:`` block computes.

    Parameters
    ----------
    names : dict, optional
        Names for tensors.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp import explain
    >>> with explain.recording() as tape:
    ...     y = torch.ones(2).exp()
    >>> [call.name for call in tape.calls]
    ['exp']
    """

    def __init__(self, names: Names | None = None):
        self.names = names or Names()
        self.calls: list[Call] = []
        self.given: list[Var] = []
        self.known: dict[int, Var] = {}
        self.memory: dict[Any, Var] = {}
        self.alive: list[Any] = []
        self.by_node: dict[Node, Call] = {}
        self.modules: list[str] = []
        self.context: list[Tensor] = []  # the tensor arguments of the public functions that run
        self.failed: tuple[str, tuple[Any, ...]] | None = None
        self.looks: list[str] = []  # values that were read by Python code
        self.thread = threading.get_ident()
        self._last_node: Any = None
        self._handles: list[Any] = []

    # ------------------------------------------------------------------ variables
    def of(self, t: Tensor, call: Call | None = None) -> Var:
        """The variable of a tensor; a new one is something that was given."""
        var = self.known.get(id(t))
        if var is not None and var.array is t._array:
            return var
        key = place(t._array)
        var = self.memory.get(key)
        if var is None:
            var = Var(t, call)
            if call is None:
                var.copy = np.array(t._array)
                self.given.append(var)
            self.memory[key] = var
        self.known[id(t)] = var
        self.alive += (t, t._array)
        return var

    def made(self, t: Tensor, call: Call) -> Var:
        """The variable of a call's output."""
        var = self.known[id(t)] = Var(t, call)
        self.memory[place(t._array)] = var
        self.alive += (t, t._array)
        return var

    def is_known(self, t: Tensor) -> bool:
        """Whether a tensor has a variable, or shares the memory of one."""
        var = self.known.get(id(t))
        return (var is not None and var.array is t._array) or place(t._array) in self.memory

    def _arguments(self, args: Any) -> Any:
        return tuple(self._argument(a) for a in args)

    def _argument(self, a: Any) -> Any:
        if isinstance(a, Tensor):
            return self.of(a)
        if type(a) in (tuple, list):
            return type(a)(self._arguments(a))
        if type(a) is slice:
            return slice(*self._arguments((a.start, a.stop, a.step)))
        if isinstance(a, np.ndarray):  # the array of a tensor, handed to a primitive as it is
            return self.memory.get(place(a)) or self._origin(a)
        return a

    def _origin(self, a: np.ndarray) -> Any:
        """What an array is, that a public function has made of one of its arguments: an index, or the places of a mask."""
        for t in self.context:
            x = t._array
            if x.dtype.kind in "biu" and x.ndim:
                if x.shape == a.shape and np.array_equal(x, a):
                    return self.of(t)
                if x.dtype.kind == "b" and a.ndim == 1 and x.ndim < 4:
                    for k, places in enumerate(np.nonzero(x)):
                        if np.array_equal(places, a):
                            return Places(self.of(t), k)
        return a

    # ------------------------------------------------------------------ detours
    def __enter__(self) -> Tape:
        if not _running:
            _set_detours()
        _running.append(self)
        self._watch_modules()
        return self

    def _watch_modules(self) -> None:
        self._handles = [
            register_module_forward_pre_hook(lambda module, args: self._enter(module)),
            register_module_forward_hook(lambda module, args, out: self._leave(), always_call=True),
        ]

    def __exit__(self, *exc: Any) -> None:
        _running.remove(self)
        if not _running:
            _remove_detours()
        for handle in self._handles:
            handle.remove()

    def _path(self, module: Any) -> str:
        return self.names.modules.get(id(module), type(module).__name__)

    def _enter(self, module: Any) -> None:
        if threading.get_ident() == self.thread:
            self.modules.append(self._path(module))

    def _leave(self) -> None:
        if self.modules and threading.get_ident() == self.thread:
            self.modules.pop()

    @property
    def _module(self) -> str:
        return self.modules[-1] if self.modules else ""

    def _fail(self, name: str, args: tuple[Any, ...]) -> None:
        if self.failed is None:
            self.failed = name, args

    def on_primitive(self, function: Any, call: Any, *args: Any, **kwargs: Any) -> Any:
        op = _primitives[function]
        if "out" in kwargs and kwargs["out"] is not None:
            result = call(*args, **kwargs)  # which comes here again without out=
            if self.calls and isinstance(result, Tensor):
                self.calls.append(Call("copy", "copy_", None, (self.of(result), self.calls[-1].outs[0]), [], None, self._module))
            return result
        try:
            bound = op.bind(tuple(a for a in args if a is not MISSING), {k: v for k, v in kwargs.items() if k != "out"})
            before = self._arguments(bound)
        except Exception:  # a call that is refused: let it say so itself
            bound, before = args, ()
        try:
            result = call(*args, **kwargs)
        except Exception:
            self._fail(op.public_name, args)
            raise
        if result is NotImplemented:
            return result
        outs = list(result) if isinstance(result, (tuple, list)) else [result]
        fn = outs[0]._fn if outs and isinstance(outs[0], Tensor) else None
        self._note(op, bound, before, outs, fn.node if isinstance(fn, Output) else fn)
        return result

    def _note(self, op: Any, bound: Any, before: Any, outs: list[Any], node: Any) -> None:
        made = Call("op", op.name, op, before, [], node, self._module)
        made.dtypes = _promoted(op, bound)
        made.outs = [self.made(t, made) for t in outs if isinstance(t, Tensor)]
        self.calls.append(made)
        if node is not None:
            self.by_node[node] = made

    def on_record(self, function: Any, call: Any, *args: Any, **kwargs: Any) -> Any:
        node = call(*args, **kwargs)
        if node is not None:
            self._last_node = node
        return node

    def on_write(self, function: Any, call: Any, op: Any, target: Any, *rest: Any) -> Any:
        if not isinstance(target, Tensor):
            return call(op, target, *rest)
        before = self._arguments((target, *rest))
        old = target._array.copy()
        self._last_node = None
        try:
            result = call(op, target, *rest)
        except Exception:
            self._fail(op.in_place_name, (target, *rest))
            raise
        node = self._last_node
        made = Call("write", op.name, op, before, [before[0]], node, self._module)
        made.dtypes = _promoted(op, (target, *rest))
        if node is not None:
            self.by_node[node] = made
            if op.params[0] in node.plan.names:
                made.saved_before = Var(Tensor(), made)
                made.saved_before.array = old
        self.calls.append(made)
        return result

    def on_overwrite(self, function: Any, call: Any, target: Any, result: Any, name: Any) -> Any:
        if not isinstance(target, Tensor):
            return call(target, result, name)
        into, source, count = self.of(target), self.of(result), len(self.calls)
        out = call(target, result, name)
        if len(self.calls) == count:
            self.calls.append(Call("copy", name, None, (into, source), [], None, self._module))
        return out

    def on_public(self, function: Any, call: Any, *args: Any, **kwargs: Any) -> Any:
        tensors = [a for a in _flat((args, kwargs)) if isinstance(a, Tensor)]
        for t in tensors:
            self.of(t)
        versions = [_version(t) for t in tensors]
        count, state = len(self.calls), default_generator.get_state()._array.tobytes() if tensors else b""
        name = _functions[function]
        outer, self.context = self.context, [*tensors, *self.context][:20]
        try:
            result = call(*args, **kwargs)
        except Exception:
            self._fail(name, args)
            raise
        finally:
            self.context = outer
        random = bool(tensors) and state != default_generator.get_state()._array.tobytes()
        if isinstance(kwargs.get("out"), Tensor) and not any(
            c.kind == "copy" and c.args[0] is self.of(kwargs["out"]) for c in self.calls[count:]
        ):
            self._written_out(kwargs["out"], count)
        elif len(self.calls) == count:
            for t, version in zip(tensors, versions):
                if version != _version(t):
                    self._written_unseen(t, f"drawn at random by {name}" if random else "")
        new = [t for t in _flat(result) if isinstance(t, Tensor) and not self.is_known(t)]
        if not tensors or not new:
            if tensors and name in _LOOKS:
                self.looks.append(name)
            return result
        if all(t._fn is not None and node_of(t._fn) in self.by_node for t in new):
            return result
        if random:
            for t in new:
                self.of(t).frozen = f"drawn at random by {name}"
            return result
        outs = list(result) if isinstance(result, (tuple, list)) else [result]
        if len(self.calls) == count and all(isinstance(t, Tensor) for t in outs) and new[0]._fn is None:
            given = (*self._arguments(args), *((k, *self._arguments((v,))) for k, v in kwargs.items()))
            made = Call("public", name, (function, len(args)), given, [], None, self._module)
            made.outs = [self.made(t, made) for t in outs]
            self.calls.append(made)
        else:
            for t in new:
                self.of(t).frozen = f"computed by {name} in a way that leaves no trace"
        return result

    def _written_out(self, out: Tensor, count: int) -> None:
        """``out=`` of a composite: it holds what the last call inside of it has computed."""
        for call in reversed(self.calls[count:]):
            for var in call.outs:
                if var.array.shape == out._array.shape and np.array_equal(
                    var.array.astype(out._array.dtype), out._array, equal_nan=out._array.dtype.kind in "fc"
                ):
                    self.calls.append(Call("copy", "copy_", None, (self.of(out), var), [], None, self._module))
                    return
        self._written_unseen(out, "")

    def _written_unseen(self, t: Tensor, frozen: str) -> None:
        """A function that is no primitive has written into a tensor: numbers that the program has to be given."""
        var = self.of(t)
        if var.copy is not None and not any(v is var for c in self.calls for v in _flat(c.args)):
            var.copy, var.frozen = np.array(t._array), frozen
            return
        source = self.of(wrap(np.array(t._array)))
        source.frozen = frozen
        self.calls.append(Call("copy", "copy_", None, (var, source), [], None, self._module))

    # ------------------------------------------------------------------ what the model asks
    @property
    def tensors(self) -> list[Tensor]:
        """Every output, as it is now."""
        return [v.tensor for c in self.calls if c.kind == "op" for v in c.outs]

    def module_of(self, node: Node) -> str:
        """The module in which a node was recorded."""
        call = self.by_node.get(node.inner if isinstance(node, CopySlices) else node)
        return call.module if call is not None else ""

    def tensors_of(self, node: Node) -> list[Tensor] | None:
        """The tensor arguments of a node's call."""
        call = self.by_node.get(node)
        return None if call is None else [v.tensor for v in _flat(call.args) if isinstance(v, Var) and v.tensor._array is v.array]

    def arguments_of(self, node: Node) -> list[Any] | None:
        """The arguments of a node's call, tensors as tensors."""
        call = self.by_node.get(node)
        if call is None or call.kind != "op":
            return None
        return [a.tensor if isinstance(a, Var) else a for a in call.args]

    def nodes(self) -> list[Node]:
        """All recorded nodes, oldest first."""
        return sorted(self.by_node, key=lambda n: n.seq)

    def add_failure(self, model: Model, names: Names) -> None:
        """The call that failed, as a box."""
        if self.failed is None:
            return
        name, args = self.failed
        box = Box("failed", name, note="failed")
        for t in _flat(args):
            if isinstance(t, Tensor):
                edge = edge_of(t)
                key = t if edge is None else node_of(edge) if node_of(edge) is not None else edge
                source = model.of.get(key)
                if source is None:
                    source = model.of[key] = Box("data" if edge is None else "input", "Data" if edge is None else "Input", names.get(t), None, t._array.shape, t._array.dtype, t._array)  # fmt: skip
                    model.boxes.append(source)
                box.links.append(Link(source))
        model.boxes.append(box)
        model.of["failed"] = box
        model.output = box


#: Functions that hand a tensor's value to Python, which may decide on it.
_LOOKS = frozenset(
    ["item", "tolist", "numpy", "bool", "float", "int", "index", "complex", "array", "contains", "equal", "allclose", "is_nonzero"]
)


#: The tapes that run, the innermost last; only that one records. The detours are set while there are any.
_running: list[Tape] = []
_primitives: dict[Any, Any] = {}
_functions: dict[Any, str] = {}


def _to_tape(method: str) -> Any:
    """A detour that shows a call to the innermost tape of this thread."""

    def detour(function: Any, call: Any, *args: Any, **kwargs: Any) -> Any:
        tape = _running[-1] if _running else None
        if tape is None or tape.thread != threading.get_ident():
            return call(*args, **kwargs)
        return getattr(tape, method)(function, call, *args, **kwargs)

    return detour


_on_primitive, _on_public, _on_record = _to_tape("on_primitive"), _to_tape("on_public"), _to_tape("on_record")
_on_write, _on_overwrite = _to_tape("on_write"), _to_tape("on_overwrite")


#: What is watched, with the detours; in place of the one node that PyTorch has for several (see ``chain``), the tape shows each.
_WATCHED: tuple[tuple[Any, Any], ...] = (
    (_primitives, _on_primitive), (_functions, _on_public), ([_inplace.apply_in_place], _on_write),
    ([_inplace.overwrite], _on_overwrite), ([_record.record], _on_record), ([fold_several], lambda *_: None),
)  # fmt: skip


def _set_detours() -> None:
    if not _functions:
        public = functions()  # which loads all files that declare something
        _primitives.update({f: op for op in OPS.values() for f in (op.call, op.operator) if f is not None})
        _functions.update({f: name for f, name in public.items() if f not in _primitives})
    for watched, detour in _WATCHED:
        set_detour(watched, detour)


def _remove_detours() -> None:
    for watched, detour in _WATCHED:
        remove_detour(watched, detour)


def _version(t: Tensor) -> int:
    return 0 if t._cell is None or t._cell is INFERENCE else t._cell[0]


def _promoted(op: Any, args: Any) -> dict[int, np.dtype]:
    """Position -> the type that an argument of an operation with promotion is brought to."""
    if not op.promote:
        return {}
    positions = [op.position[p] for p in op.promoted]
    try:
        _, arrays = promote(op, [args[i] for i in positions])
    except Exception:  # a call that was refused
        return {}
    return {i: a.dtype for i, a in zip(positions, arrays)}


def place(array: np.ndarray) -> Any:
    """What two names of one piece of memory have in common."""
    return array.__array_interface__["data"][0] if array.size else id(array), array.shape, array.strides, array.dtype.str


def _flat(x: Any) -> list[Any]:
    if isinstance(x, (tuple, list)):
        return [y for item in x for y in _flat(item)]
    if isinstance(x, dict):
        return [y for item in x.values() for y in _flat(item)]
    if type(x) is slice:
        return [y for item in (x.start, x.stop, x.step) for y in _flat(item)]
    return [x]


def recording(names: dict[str, Any] | None = None) -> Tape:
    """Record a forward pass, for what the graph alone does not know: ``with explain.recording() as tape:``.

    Parameters
    ----------
    names : dict, optional
        Names for tensors, beside the variables of the caller.

    Returns
    -------
    Tape
        A context manager, whose ``calls`` are what was computed.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp import explain
    >>> x = torch.ones(2, requires_grad=True)
    >>> with explain.recording() as tape:
    ...     loss = (x * 2).sum()
    >>> [call.name for call in tape.calls]
    ['mul', '_sum_over']
    """
    return Tape(Names(names))


def first_tensor(value: Any, what: str) -> Tensor:
    """The tensor that a function returned, or the first of several."""
    found = next((t for t in _flat(value) if isinstance(t, Tensor)), None)
    if found is None:
        raise TypeError(f"{what}(): the function must return a tensor, such as a loss, but returned {type(value).__name__}")
    return found


def tensors_in(value: Any) -> list[Tensor]:
    """The tensors in nested tuples, lists and dictionaries."""
    return [t for t in _flat(value) if isinstance(t, Tensor)]
