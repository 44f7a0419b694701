"""Composing the program of a recorded pass: the forward lines from its calls, the backward lines from the derivative rules."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ..core.dtype import dtype
from ..core.graph import MultiOutputNode, Node, Output
from ..core.namespaces import raw
from ..core.op import ARGUMENT, HIDDEN, RESULT, SHAPE
from ..core.tensor import Tensor, wrap
from ..core.view import CopySlices, edge_of
from .backprop import node_of, nodes_below, place_of
from .expression import Expr, Untraceable, called, literal, named
from .tape import Call, Places, Tape, Var, place
from .writer import Program, Ref, is_view_of
from .written import formula, text_of

#: Operations whose result, written in place, is just their second argument.
_STORES = frozenset(["_copy", "_fill_tensor", "_fill_number"])
_IN_PLACE = {"+": "+=", "-": "-=", "*": "*=", "/": "/="}


class Composer:
    """The program of what a tape has recorded.

    Attributes
    ----------
    program : Program
    own : set of int
        The ids of the tensors that were there before: what the program takes as arguments.
    given : list of Var
        The arguments of the program, in the order in which it reads them.
    """

    def __init__(self, tape: Tape, own: set[int]):
        self.tape, self.program, self.own = tape, Program(), own
        self.variables: dict[Var, Expr] = {}
        self.refs: dict[Var, Ref] = {}
        self.hidden: dict[Call, list[Any]] = {}
        self.arguments: dict[Call, list[Any]] = {}
        self.given: list[Var] = []
        self.written = {c.args[0] for c in tape.calls if c.kind in ("write", "copy")}
        self.done = 0
        self.grads: dict[Any, Expr] = {}
        self.owned: set[Any] = set()

    # ------------------------------------------------------------------ forward
    def forward(self) -> None:
        """The lines of all calls that have none yet."""
        with np.errstate(all="ignore"):
            while self.done < len(self.tape.calls):
                self.done += 1
                self._call(self.tape.calls[self.done - 1])

    def ref(self, var: Var) -> Ref:
        """The name of a variable of the tape."""
        if var not in self.refs:
            self.refs[var] = Ref(self.tape.names.get(var.tensor))
        return self.refs[var]

    def variable(self, var: Var) -> Expr:
        """A variable as an expression; one that no line has made is an argument of the program."""
        found = self.variables.get(var)
        if found is None:
            found = self._short_constant(var)
            if found is None:
                found = named(self.ref(var), var.array)
                self.given.append(var)
            self.variables[var] = found
        return found

    def _short_constant(self, var: Var) -> Any:
        """What was made inside, such as zeros or a number, as text; None for an argument."""
        x = var.copy
        if x is None or var.frozen or id(var.tensor) in self.own or var.tensor._requires_grad is True or var in self.written:
            return None
        try:
            text = literal(x)
        except Untraceable:
            return None
        name = text.partition("(")[0]
        if not name.startswith("np."):
            return None
        words: tuple[Any, ...] = (x.item(),) if not x.ndim else (tuple(x.shape), x.dtype) if name != "np.arange" else (x.size,)
        if name == "np.full":
            words = (tuple(x.shape), x.flat[0].item(), x.dtype)
        value = called(name, x, words)
        return value if not x.ndim else self.program.assign(value, self.ref(var))

    def _expressions(self, a: Any) -> Any:
        if isinstance(a, Var):
            return self.variable(a)
        if isinstance(a, Places):
            mask = self.variable(a.mask)
            return np.nonzero(mask)[a.k]
        if type(a) in (tuple, list):
            return type(a)(map(self._expressions, a))
        if type(a) is slice:
            return slice(*map(self._expressions, (a.start, a.stop, a.step)))
        return a

    def _call(self, call: Call) -> None:
        if call.kind == "copy":
            target, source = map(self.variable, call.args)
            self.program.change(target, "[...] =", source)
            return
        args = [self._expressions(a) for a in call.args]
        for i, wanted in call.dtypes.items():
            if type(args[i]) is Expr and args[i].dtype != wanted:
                args[i] = self.program.assign(args[i].astype(wanted), Ref())
        if call.op is not None and call.kind != "public" and call.op.sequence:
            args[0] = list(args[0])
        if call.kind == "public":
            self._outputs(call, self._public(call, args))
            return
        self.arguments[call] = args
        op = call.op
        if call.kind == "write":
            self._write(call, args)
            return
        value: Any = None
        if op.hidden is None:
            arrays = tuple(v.array for v in call.outs)
            value = arrays if op.outputs is not None else arrays[0]
        scalar_view = op.view and any(v in self.written and not v.array.ndim for v in call.outs)
        result = text_of(op.name, value, *args, opaque=scalar_view)
        if op.hidden is not None:
            self.program.prepare(list(result))
            self.hidden[call] = list(result[1:])
            result = result[0]
        self._outputs(call, result)

    def _outputs(self, call: Call, result: Any) -> None:
        outs = list(result) if isinstance(result, (tuple, list)) else [result]
        for var, expr in zip(call.outs, outs):
            if type(expr) is not Expr:
                expr = self.program.constant(var.array)
            elif expr.form[0] == "name":
                if call.kind == "op" and (call.op.view or call.op.name == "_unsafe_view"):
                    self.variables[var], self.refs[var] = expr, expr.form[1]  # the same shape again: no line
                    continue
                expr = expr.copy()
            if var in self.written and not var.array.ndim and not (call.op is not None and call.kind == "op" and call.op.view):
                expr = called("np.array", np.array(expr.value), (expr,))
            self.variables[var] = self.program.assign(expr, self.ref(var))
            self.variables[var].value = var.array
        hidden = self.hidden.get(call)
        if hidden:
            self.hidden[call] = [
                h if type(h) is not Expr or h.form[0] in ("name", "item") else self.program.assign(h, Ref()) for h in hidden
            ]

    def _public(self, call: Call, args: list[Any]) -> Any:
        function, positional = call.op
        words = args[positional:]
        values = tuple(v.array for v in call.outs)
        if function.__name__ == "__getitem__" and positional == 2 and len(call.outs) == 1 and call.outs[0].array.ndim:
            return text_of("_getitem", values[0], args[0], args[1] if type(args[1]) is tuple else (args[1],))
        given = [a.numpy if isinstance(a, dtype) else a for a in (*args[:positional], *(w[1] for w in words))]
        text = (public_name(function), *given)
        return called("ops.public", values if len(values) > 1 else values[0], text, tuple(w[0] for w in words))

    def _write(self, call: Call, args: list[Any]) -> None:
        target = args[0]
        if call.saved_before is not None:
            before = self.program.assign(target.copy(), Ref())
            before.value = call.saved_before.array
            args[0] = self.variables[call.saved_before] = before
        if call.op.name in _STORES and len(args) > 1:
            value = args[1]
            if isinstance(call.args[1], Var) and place(call.args[1].array) == place(call.args[0].array):
                return  # what ``x[1:] *= 2`` writes back, where it is already
            self.program.change(self.variable(call.args[0]), "[...] =", value)
            return
        result = text_of(call.op.name, None, *args)
        result = result[0] if isinstance(result, (tuple, list)) else result
        variable = self.variable(call.args[0])
        if type(result) is Expr and result.form[0] == "infix" and result.form[1] in _IN_PLACE and result.parts[0] is target:
            if result.value.dtype == variable.value.dtype and not _uses(result.parts[1], variable):
                self.program.change(variable, _IN_PLACE[result.form[1]], result.parts[1])
                return
        self.program.change(variable, "[...] =", result)

    # ------------------------------------------------------------------ backward
    def backward(self, loss: Tensor, seed: np.ndarray) -> dict[Tensor, Expr]:
        """The lines of the backward pass; the gradients of the leaves."""
        program = self.program
        program.backward = True
        edge = edge_of(loss)
        nodes, _ = nodes_below(edge)
        with np.errstate(all="ignore"):
            one = bool((seed == 1).all())
            start: Any = called("np.ones", seed, (seed.shape, seed.dtype)) if one else program.constant(seed, "gradient")
            self._arrive(edge, start)
            for node in reversed(nodes):
                grad = self._incoming(node)
                if grad is None:
                    continue
                for e, g in self._step(node, grad):
                    if e is not None and g is not None:
                        self._arrive(e, self._fit(g, e))
        found = {key: g for key, g in self.grads.items() if isinstance(key, Tensor)}
        order = {id(v.tensor): k for k, v in enumerate(self.given)}
        return dict(sorted(found.items(), key=lambda item: order.get(id(item[0]), len(order))))

    def _incoming(self, node: Node) -> Any:
        if isinstance(node, MultiOutputNode) or node.outputs > 1:
            several = [self.grads.get((node, k)) for k in range(node.outputs)]
            return None if all(g is None for g in several) else several
        return self.grads.get(node)

    def _call_of(self, node: Node) -> Call:
        call = self.tape.by_node.get(node)
        if call is None:
            raise RuntimeError(
                f"source(): {node.name()} was computed before the recording began: let the function that is recorded compute it"
            )
        return call

    def _step(self, node: Node, grad: Any) -> list[tuple[Any, Any]]:
        if isinstance(node, CopySlices):
            return self._copy_slices(node, grad)
        if node.plan.op is None or node not in self.tape.by_node:
            return self._function(node, grad)
        return list(zip(node.edges, self._rules(node, grad)))

    def _rules(self, node: Node, grad: Any) -> list[Any]:
        """What the rules of a node give to each of its edges."""
        call = self._call_of(node)
        args, result = self.arguments[call], [None] * len(node.edges)
        read = []
        for (kind, i), saved in zip(node.plan.saves, node.saved):
            if kind == ARGUMENT:
                read.append(args[i])
            elif kind == RESULT:
                read.append(self.variable(call.outs[i]))
            elif kind == HIDDEN:
                read.append(self.hidden[call][i])
            else:
                read.append(tuple(saved) if kind == SHAPE and not node.plan.op.sequence else saved)
        for rule, reads, target in node.plan.rules:
            found = formula(node.plan.op, rule, grad, read if reads is None else [read[i] for i in reads])
            if isinstance(found, (tuple, list)):
                self.program.prepare([g for g in found if type(g) is Expr])
            targets = range(len(node.edges)) if target is None else [target] if isinstance(target, int) else target
            for k, g in zip(targets, found if isinstance(found, (tuple, list)) else [found]):
                if node.edges[k] is not None:
                    result[k] = g
        return result

    def _copy_slices(self, node: CopySlices, grad: Expr) -> list[tuple[Any, Any]]:
        """A write to a view: its slice of the gradient goes through the operation, and the rest passes unchanged."""
        program = self.program
        whole = program.assign(grad.copy(), Ref(of=self._grad_ref(node)), "the gradient of what was written to")
        scalar = node.inner.shape == ()
        part = functools.reduce(lambda g, step: text_of(step[0].name, None, g, *step[1], opaque=scalar), node.chain, whole)
        if part.form[0] != "name":
            part = program.assign(part, Ref())
        inner = self._rules(node.inner, program.assign(part.copy(), Ref()))
        slot = inner[0]
        if slot is not None and type(slot) is Expr:
            slot = self._fit_to(slot, part.shape, part.dtype)
        rest = list(zip(node.inner.edges[1:], inner[1:]))
        for k, (e, g) in enumerate(rest):
            if e is not None and type(g) is Expr and g.form[0] != "name":
                rest[k] = (e, program.assign(g, Ref()))
        program.change(part, "[...] =", 0 if slot is None else slot, "the slice, as it was before the write")
        return [*rest, (node.edges[0], whole)]

    def _function(self, node: Node, grad: Any) -> list[tuple[Any, Any]]:
        """A Function of the user's: its own backward is recorded, and written like a forward pass."""
        if node.plan.op is not None:
            self._call_of(node)  # raises
        several = [
            g if g is None or g.form[0] == "name" else self.program.assign(g, Ref())
            for g in (grad if isinstance(grad, list) else [grad])
        ]
        arrays: list[Any] = []
        for g in several:
            array = None if g is None else np.array(g.value)
            if array is not None:
                var = Var(wrap(array))
                self.tape.memory[place(array)] = var
                self.tape.alive.append(array)
                self.variables[var] = g
            arrays.append(array)
        previous, self.tape.names = self.tape.names, self.tape.names
        with self.tape:
            from ..core.grad_mode import no_grad

            with no_grad():
                found = node.apply(raw, arrays if isinstance(grad, list) else arrays[0])
        self.tape.names = previous
        self.forward()
        result = []
        for e, g in found:
            found_var: Any = None if g is None else self.tape.memory.get(place(g))
            if g is not None and found_var is None:
                raise Untraceable("a Function's backward leaves the recorded operations")
            result.append((e, None if found_var is None else self.variable(found_var)))
        return result

    def _grad_ref(self, key: Any) -> Ref:
        """The variable whose gradient arrives at a place."""
        if isinstance(key, Tensor):
            return self.ref(self.tape.of(key))
        node, k = key if isinstance(key, tuple) else (key, 0)
        call = self.tape.by_node.get(node)
        if call is not None and k < len(call.outs):
            return self.ref(call.outs[k])
        return Ref()

    def _fit(self, g: Any, edge: Any) -> Expr:
        like = edge._array if isinstance(edge, Tensor) else edge
        if type(g) is not Expr:
            g = np.asarray(g)
            if g.size and bool((g == g.flat[0]).all()):
                number = g.flat[0].item()
                g = called("np.zeros", np.zeros(like.shape, like.dtype), (tuple(like.shape), like.dtype)) if number == 0 else called("np.full", np.full(like.shape, number, like.dtype), (tuple(like.shape), number, like.dtype))  # fmt: skip
            else:
                g = self.program.constant(g)
        return self._fit_to(g, tuple(like.shape), like.dtype)

    def _fit_to(self, g: Expr, shape: tuple[int, ...], wanted: Any) -> Expr:
        """Undo broadcasting and promotion, as the engine does."""
        if g.dtype.kind == "c" and wanted.kind != "c":
            g = g.real
        if g.shape != shape:
            lead = g.ndim - len(shape)
            dims = tuple(range(lead)) + tuple(k + lead for k, n in enumerate(shape) if n == 1 and g.shape[k + lead] != 1)
            if lead < 0 or any(n not in (1, g.shape[k + lead]) for k, n in enumerate(shape)):
                g = np.broadcast_to(g, shape)  # type: ignore[assignment]
            else:
                g = g.sum(dims[0] if len(dims) == 1 else dims, **({"keepdims": True} if lead == 0 else {}))
                if g.shape != shape:
                    g = g.reshape(shape)
                self.program_comment = "undo broadcasting"
        return g if g.dtype == wanted else g.astype(wanted)

    program_comment = ""

    def _arrive(self, edge: Any, g: Expr) -> None:
        """``grad = g`` for the first arrival at a place, ``grad += g`` after it."""
        key = place_of(edge)
        comment, self.program_comment = self.program_comment, ""
        before = self.grads.get(key)
        if before is None:
            if g.form[0] == "name":
                self.grads[key] = g
                return
            self.grads[key] = self.program.assign(g, Ref(of=self._grad_ref(key)), comment)
            if not is_view_of(g):
                self.owned.add(key)
            return
        comment = "another path" + (", " + comment if comment else "")
        if key in self.owned:
            self.program.change(before, "+=", g, comment)
            before.value = before.value + g.value
            self.grads[key] = named(before.form[1], before.value)
        else:
            mine = self._grad_ref(key)
            ref = before.form[1] if before.form[1].of is mine else Ref(of=mine)
            self.grads[key] = self.program.assign(before + g, ref, comment)
            self.owned.add(key)


def _uses(x: Any, variable: Expr) -> bool:
    return type(x) is Expr and (
        x is variable or (x.form[0] == "name" and x.form[1] is variable.form[1]) or any(_uses(p, variable) for p in x.parts)
    )


def public_name(function: Any) -> str:
    """Where a public function is found: ``"nn.functional.one_hot"``."""
    from ..ops import exports

    for space, names in exports().items():
        for name, value in names.items():
            if value is function:
                return name if space == "torch" else f"{space}.{name}"
    return function.__name__


__all__ = ["Composer", "Output", "node_of"]
