"""From what a recorder has seen to the lines of a program: forward from its calls, backward from the rules of the recorded nodes.

The lines run while they are written, on the example, so shapes, types and layouts are known, and each is what the eager code has there to
the bit. The backward lines follow the engine (``core/engine``): newest node first, contributions added in the order of their arrival.
Those to the inputs are not added up but returned one by one, in that order: the engine adds them, as it would have done without the trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.engine import _fit
from ..core.grad_mode import no_grad
from ..core.graph import Node, Output
from ..core.namespaces import raw
from ..core.op import ARGUMENT, HIDDEN, RESULT, SHAPE, Op
from ..core.primitive import _settled
from ..core.promotion import promote
from ..core.saved import Watched
from ..core.sums import sum_of_columns
from ..core.tensor import Tensor, wrap
from ..core.view import CopySlices, edge_of
from ..explain.names import identifier
from ..explain.tape import Call, Places, Var
from .lines import Lines, Symbol, same_layout
from .recorder import Recorder, Refused
from .spy import plain

_F32, _F64 = np.dtype(np.float32), np.dtype(np.float64)


WRITES = ("write", "copy", "replayed")  # the calls whose first argument may be written to


class Like:
    """A shape and a type: what a gradient is brought to."""

    def __init__(self, shape: Any, dtype: Any):
        self.shape, self.dtype = shape, dtype


class Composer(Lines):
    """The lines of a recorded run. ``names`` are those of the tensors that the program is given."""

    def __init__(self, recorder: Recorder, own: list[Tensor], names: list[str]):
        super().__init__()
        self.recorder, self.own = recorder, own
        self.variables: dict[Var, Any] = {}
        self.arguments: dict[Call, list[Any]] = {}
        self.hidden: dict[Call, list[Any]] = {}
        self.captured: list[tuple[str, Tensor]] = []
        self.drawn: list[tuple[Any, str]] = []  # results of declared functions
        self.written_own: dict[int, int] = {}  # position of a buffer -> how often it is written to
        self.fixed: list[np.ndarray] = []  # memory that is there before and after a call
        self.names = []
        for t, hint in zip(own, names):
            name = self.fresh(identifier(hint))
            self.scope[name] = t._array
            self.fixed.append(t._array)
            self.names.append(name)
            self.variables[recorder.vars[len(self.names) - 1]] = Symbol(self, name, t._array)
        with np.errstate(all="ignore"):
            for call in recorder.calls:
                self._call(call)

    # ------------------------------------------------------------------ variables
    def variable(self, var: Var) -> Any:
        """The symbol of a tape's variable; one that no call has made is a constant, or a tensor from outside."""
        if var not in self.variables:
            if var.call is not None:
                raise Refused("a value has no line")
            if id(var.tensor) in self.recorder.created:
                array = np.array(var.copy, order="K")
                name = self.bound(array, "constant")
                if any(c.args and c.args[0] is var for c in self.recorder.calls if c.kind in WRITES):
                    self.variables[var] = self.add("{}.copy()", Symbol(self, name, array))
                else:
                    self.variables[var] = Symbol(self, name, array)
                    self.fixed.append(array)
            else:
                if var.tensor._requires_grad is True:
                    raise Captured(var.tensor)
                name = self.fresh("captured")
                self.scope[name] = var.tensor._array
                self.fixed.append(var.tensor._array)
                self.captured.append((name, var.tensor))
                self.variables[var] = Symbol(self, name, var.tensor._array)
        return self.variables[var]

    def _symbols(self, a: Any) -> Any:
        if isinstance(a, Var):
            return self.variable(a)
        if isinstance(a, Places):
            raise Refused("a mask decides how many elements there are")
        if type(a) in (tuple, list):
            return type(a)(map(self._symbols, a))
        if type(a) is slice:
            return slice(*map(self._symbols, (a.start, a.stop, a.step)))
        return plain(a)

    # ------------------------------------------------------------------ forward
    def _call(self, call: Call) -> None:
        if call.kind == "replayed":
            self._replayed(call)
            return
        if call.kind == "alias":
            self.variables[call.outs[0]] = self.variable(call.args[0])
            return
        args = [self._symbols(a) for a in call.args]
        if call.op is not None and _decides_shape(call.op, args):
            raise Refused("a mask decides how many elements there are")
        if call.kind == "copy":
            self._written(call.args[0])
            self.run(f"{self.text(args[0])}[...] = {self.text(args[1])}")
            return
        if call.kind == "write" and call.saved_before is not None:
            before = self.variables[call.saved_before] = self.add("{}.copy()", args[0])
            data = self._promoted(call.op, [before, *args[1:]])
        else:
            data = self._promoted(call.op, args)
        self.arguments[call] = data
        if call.op.sequence:
            data[0] = list(data[0])
        if call.kind == "write":
            result = self._kernel(call.op, data)
            result = result[0] if isinstance(result, tuple) else result
            self._written(call.args[0])
            self.run(f"{self.text(args[0])}[...] = {self.text(result)}")
            return
        result = self._kernel(call.op, data)
        if call.op.hidden is not None:
            result, *self.hidden[call] = result
        outs = result if isinstance(result, tuple) else (result,)
        for var, out in zip(call.outs, outs, strict=True):
            self.variables[var] = self._as_recorded(call.op, out, plain(var.array), data)

    def _written(self, var: Var) -> None:
        position = self.recorder.own.get(id(var.tensor))
        if position is not None:
            self.written_own[position] = self.written_own.get(position, 0) + 1

    def _kernel(self, op: Op, data: list[Any]) -> Any:
        arrays = [x for x in _flat(data) if type(x) is Symbol]
        half = any(x.dtype.itemsize <= 2 and x.dtype.kind in "fV" for x in arrays)
        function = op.kernel if half else op.ufunc or op.plain_kernel
        return self.kernel(op.name, function, data)

    def _promoted(self, op: Op, args: list[Any]) -> list[Any]:
        """The arguments brought to one type, where the operation does so."""
        args = list(args)
        if op.params == ("input",) and op.promote == "float" and args[0].dtype.kind not in "fcV":
            args[0] = self.add("{}.astype({})", args[0], dtypes.get_default_dtype().numpy)
        if not op.promote or op.params == ("input",):
            return args
        positions = [op.position[p] for p in op.promoted]
        given = [args[i] for i in positions]
        x, y = given[0], given[-1]
        if type(x) is Symbol and (x.dtype is _F32 or x.dtype is _F64) and op.params == ("input", "other"):
            if type(y) in (int, float) or (type(y) is Symbol and x.dtype == y.dtype):
                return args
        _, arrays = promote(op, [wrap(np.asarray(a.value)) if type(a) is Symbol else a for a in given])
        for i, a, array in zip(positions, given, arrays):
            if type(a) is not Symbol:
                args[i] = array
            elif a.dtype != array.dtype:
                args[i] = self.add("{}.astype({})", a, array.dtype)
        return args

    def _as_recorded(self, op: Op, out: Any, recorded: np.ndarray, data: list[Any]) -> Any:
        """A kernel's result as the array that the operation makes of it (see ``core/primitive``)."""
        if type(out) is not Symbol:
            raise Refused(f"{op.public_name} has a result that is no array")
        if type(out.value) is not np.ndarray:
            out = self.call("asarray", np.asarray, (out,))
        if out.dtype != recorded.dtype:
            out = self.add("{}.astype({})", out, recorded.dtype)
        if out.shape != recorded.shape:
            raise Refused(f"{op.public_name} has a result of another shape")
        if not same_layout(out.value, recorded):
            several = [x if type(x) is Symbol else None for x in data[:2]] if len(op.params) < 3 else [data[0], None]
            candidate = self.call("settled", _settled, (out, several[0], several[1] if len(several) > 1 else None))
            if not same_layout(candidate.value, recorded):
                candidate = self.add("{}.copy()", out)
            if not same_layout(candidate.value, recorded):
                raise Refused(f"{op.public_name} has a result in another layout")
            out = candidate
        return out

    def _replayed(self, call: Call) -> None:
        function, positional, moved = call.op
        fills: list[Var] = []
        args = [self._symbols(a) for a in call.args[:positional]]
        words = {w[0]: self._symbols(w[1]) for w in call.args[positional:]}
        for var in moved:
            self._written(var)
            if id(var.tensor) not in self.recorder.own:  # filled with numbers that a second derivative needs, too
                fills.append(var)
        result = self.call(function.__name__.strip("_"), on_arrays(function), args, words)
        for var, out in zip(call.outs, result, strict=True):
            self.variables[var] = out
            self.drawn.append((var, out.name))
        self.drawn += [(call, self.add("{}.copy()", self.variable(var)).name) for var in fills]

    # ------------------------------------------------------------------ backward
    def backward(self, outs: list[Tensor], given: dict[int, Any]) -> tuple[list[str], list[tuple[int, str]]]:
        """The lines of a backward pass from the outputs whose gradients are given, and what goes to which of the inputs."""
        forward, self.lines = self.lines, []
        edges = {k: edge_of(t) for k, t in enumerate(outs)}
        inputs = {id(edge_of(t)): k for k, t in enumerate(self.own) if edge_of(t) is not None}
        pending: dict[Any, Any] = {}
        result: list[tuple[int, str]] = []
        for k, g in given.items():
            self._arrive(pending, edges[k], g, inputs)
        for node in self._nodes([edges[k] for k in given], inputs):
            gradient = pending.pop(node, None)
            if gradient is None:
                continue
            for edge, g in self._step(node, gradient):
                if edge is None or g is None:
                    continue
                like = edge._array if isinstance(edge, Tensor) else edge
                if type(g) is not Symbol:
                    g = Symbol(self, self.bound(g, "c"), g)
                if type(g.value) is not np.ndarray or g.shape != like.shape or g.dtype != like.dtype:
                    g = self._fitted(g, Like(tuple(like.shape), like.dtype))
                if id(edge) in inputs:
                    if (
                        g is gradient
                        or g.value.base is not None
                        or not g.value.flags.writeable
                        or g.name in self.constants.values()
                    ):
                        g = self.add("{}.view()", g)  # not its own memory: the engine, which sees a base, copies it for a leaf
                        if g.value.base is None:
                            raise Refused("a gradient has no view")
                    if any(name == g.name for _, name in result):
                        g = self.add("{}.view()", g)
                    result.append((inputs[id(edge)], g.name))
                else:
                    self._arrive(pending, edge, g, inputs)
        lines, self.lines = self.lines, forward
        return lines, result

    def _fitted(self, g: Any, like: Like) -> Any:
        if len(g.shape) == 2 and g.shape[1:] == like.shape and g.dtype == like.dtype and type(g.value) is np.ndarray:
            return self.call("sum_of_columns", sum_of_columns, (g,))  # as for the bias of a layer
        right = _fit(raw, g.value, like)
        return self._checked(right, lambda: _fit(raw, g, like), "fit", _fit, (raw, g, like))

    def _nodes(self, roots: list[Any], inputs: dict[int, int]) -> list[Node]:
        nodes: list[Node] = []
        queue = list(roots)
        for edge in queue:  # grows while it is read
            if edge is None or id(edge) in inputs:
                continue
            node = edge.node if isinstance(edge, Output) else edge
            if isinstance(node, Tensor):
                raise Captured(node)
            if node in nodes:
                continue
            call = self.recorder.by_node.get(node)
            if call is None or isinstance(node, CopySlices) or node.plan.op is None:
                raise Refused(f"{node.name()} is not recorded by a primitive")
            if node.hooks is not None:
                raise Refused("a hook on a value")
            nodes.append(node)
            queue += node.edges
        return sorted(nodes, key=attrgetter("seq"), reverse=True)

    def _arrive(self, pending: dict[Any, Any], edge: Any, g: Any, inputs: dict[int, int]) -> None:
        if id(edge) in inputs:
            raise Refused("an output is an input")
        node, slots, key = edge, pending, edge
        if isinstance(edge, Output):
            node, key = edge.node, edge.index
            slots = pending.setdefault(node, [None] * node.outputs)  # type: ignore[assignment]
        before = slots[key] if slots is not pending else slots.get(key)
        slots[key] = g if before is None else self.add("{} + {}", before, g)

    def _step(self, node: Node, gradient: Any) -> Iterator[tuple[Any, Any]]:
        call, plan = self.recorder.by_node[node], node.plan
        values = []
        for (kind, i), saved in zip(plan.saves, node.saved, strict=True):
            if kind == ARGUMENT:
                value = self.arguments[call][i] if isinstance(saved, Tensor) or _holds(self.arguments[call][i]) else saved
                value = value.value if isinstance(value, Watched) else value
            elif kind == RESULT:
                value = self.variables[call.outs[i]]
            elif kind == HIDDEN:
                value = self.hidden[call][i]
            else:
                value = tuple(saved) if kind == SHAPE and not plan.op.sequence else saved
            values.append(value)
        for rule, reads, target in plan.rules:
            read = values if reads is None else [values[i] for i in reads]
            found = self.rule(plan.op.name, rule, (gradient, *read))
            if target.__class__ is int:
                yield node.edges[target], found
            else:
                yield from zip(node.edges if target is None else [node.edges[i] for i in target], found, strict=True)


#: Operations whose results have shapes that depend on values.
_OF_VALUES = frozenset({"_masked_select", "_spread_by_mask", "_masked_scatter", "_picked_in_order", "_distinct"})


def _decides_shape(op: Op, args: list[Any]) -> bool:
    masked = op.name in ("_index", "_index_put") and any(
        getattr(getattr(x, "dtype", None), "kind", "") == "b" for x in _flat(args[1])
    )
    return masked or op.name in _OF_VALUES


class Captured(Exception):
    """A tensor that requires grad and is neither an input nor a parameter."""


def _holds(x: Any) -> bool:
    return any(type(y) is Symbol for y in _flat(x))


def _flat(x: Any) -> list[Any]:
    if type(x) in (tuple, list):
        return [z for y in x for z in _flat(y)]
    return _flat((x.start, x.stop, x.step)) if type(x) is slice else [x]


def on_arrays(function: Any) -> Any:
    """A declared function on arrays."""

    def called(*args: Any, **kwargs: Any) -> Any:
        given = list(map(_tensor, args))
        with no_grad():
            result = function(*given, **{k: _tensor(v) for k, v in kwargs.items()})
        outs = result if isinstance(result, (tuple, list)) else (result,)
        return tuple(t._array for t in outs if isinstance(t, Tensor) and not any(t is x for x in given))

    return called


def _tensor(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        return wrap(x)
    return type(x)(map(_tensor, x)) if type(x) in (tuple, list) else x


__all__ = ["Captured", "Composer"]
