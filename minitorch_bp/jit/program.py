"""The program of a traced call: its text, and what belongs to it.

The text is two functions. ``call`` asks whether the tensors are those it was written for (shapes, types, layouts, what requires grad; if not
it returns ``MISS``), computes the outputs, and makes the node; ``backward`` takes the gradients of the outputs to those of the inputs.
Under ``create_graph`` the recorded calls are run again on tensors, and the backward pass goes through the nodes that these leave.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import observer
from ..core.detour import standing
from ..core.grad_mode import mode
from ..core.graph import Node, Output, next_sequence_number
from ..core.inplace import apply_in_place
from ..core.tensor import Tensor, TensorBase, version_cell, wrap
from ..core.view import edge_of, requires_grad
from ..explain.tape import Call, Var
from ..nn.parameter import Buffer, Parameter
from .compose import WRITES, Composer
from .node import Plan, Traced, TracedSeveral
from .recorder import Recorder, Refused

MISS: Any = object()
_PLAIN = frozenset({Tensor, Parameter, Buffer})


class Program:
    """A program, its text and its functions.

    Attributes
    ----------
    text : str
    call : function
        Of the input tensors; ``MISS`` if they are not what it was written for.
    backwards : dict
        Which outputs have gradients (a bit for each) -> the function for that, and how its results belong to the node's edges.
    saved_own : tuple of int
        Which of the given tensors the backward pass reads.
    """

    def __init__(
        self,
        recorder: Recorder,
        composer: Composer,
        own: list[Tensor],
        tree: Any,
        outs: list[Tensor],
        owners: list[Any],
        fixed: Any,
        pattern: tuple[int, ...],
    ):
        self.calls, self.own_vars = recorder.calls, recorder.vars
        self.drawn, self.captured = composer.drawn, composer.captured
        self.out_vars = [recorder.var_of_output(t) for t in outs]
        self.created = {id(v): v.copy for v in recorder.given if id(v.tensor) in recorder.created}
        self.owners, self.fixed, self.pattern = owners, fixed, pattern
        self.changes = bool(composer.drawn or composer.written_own)  # whether a call does more than compute
        self.backwards: dict[int, Any] = {}
        self.saved_own: tuple[int, ...] = ()
        self.seen: list[Any] = [None] * (2 * len(own))
        self.needs = [edge_of(t) is not None for t in own]
        self.forms = [(t._array.shape, t._array.dtype, t._array.strides) for t in own]
        self.lines = composer
        self.text = _write(self, composer, own, tree, outs)
        self.call = composer.scope["call"]
        del self.lines

    def alike(self, a: str, b: str, names: list[str]) -> bool:
        """Whether two inputs have the same shape, type and layout, so that they might be one tensor."""
        a_form, b_form = (self.forms[names.index(x.removeprefix("T_"))] for x in (a, b))
        return a_form == b_form

    def renew(self, k: int, t: Any) -> bool:
        """Whether another tensor (or another array of it) in the place of a parameter is like the one before; then it takes its place."""
        if type(t) not in _PLAIN or (t._array.shape, t._array.dtype, t._array.strides) != self.forms[k]:
            return False
        if t._view is not None or t._fn is not None or (t._requires_grad is True) != self.needs[k]:
            return False
        self.seen[2 * k : 2 * k + 2] = t, t._array
        return True

    def replay(self, node: Any) -> list[Tensor]:
        """The recorded calls once more, on tensors: the outputs with a history, which ends at the inputs of the node."""
        values: dict[int, Any] = {}
        for t, var in zip(node.inputs, self.own_vars):
            edge = edge_of(t)
            if edge is not None and edge is not t:
                given, t = t, wrap(t._array)
                t._cell, t._requires_grad, t._fn = given._cell, True, edge
            values[id(var)] = t
        fills: dict[Any, list[np.ndarray]] = {}
        for (drawn, _), array in zip(self.drawn, node.saved[-1]):
            if isinstance(drawn, Call):
                fills.setdefault(drawn, []).append(array)
            else:
                values[id(drawn)] = wrap(array)

        def tensors(a: Any) -> Any:
            if isinstance(a, Var):
                if id(a) not in values:
                    copy = self.created.get(id(a))
                    values[id(a)] = a.tensor if copy is None else wrap(np.array(copy))
                return values[id(a)]
            if type(a) in (tuple, list):
                return type(a)(map(tensors, a))
            return slice(*map(tensors, (a.start, a.stop, a.step))) if type(a) is slice else a

        for call in self.calls:
            for var, array in zip((v for v in call.op[2] if v not in self.own_vars) if call in fills else (), fills.get(call, ())):
                mode.update(grad=False)
                tensors(var).copy_(wrap(array))
            if call.kind == "replayed" or any(call.args and call.args[0] is v for v in self.own_vars if call.kind in WRITES):
                continue  # its numbers are kept; or it writes to a buffer
            _again(call, tensors, values)
        return [values[id(var)] for var in self.out_vars]


def _again(call: Call, tensors: Any, values: dict[int, Any]) -> None:
    args, op = tensors(call.args), call.op
    mode.update(grad=call.node is not None or call.kind == "copy")  # what was computed under no_grad has no history here either
    if call.kind == "alias":
        t = values[id(call.outs[0])] = wrap(args[0]._array)
        t._cell = version_cell(args[0])
    elif call.kind == "write":
        apply_in_place(op, *args)
    elif call.kind == "copy":
        args[0].copy_(args[1])
    else:
        words = dict(zip(op.params[op.positional :], args[op.positional :]))
        result = op.call(*args[: op.positional], **words)
        for var, t in zip(call.outs, result if isinstance(result, (tuple, list)) else [result]):
            if call.node is None and op.view:  # detached: a write to the base is none to a history of its own
                t._view, t._requires_grad = None, False
            values[id(var)] = t


# ---------------------------------------------------------------------- the text
def _write(program: Program, composer: Composer, own: list[Tensor], tree: Any, outs: list[Tensor]) -> str:
    names, scope = composer.names, composer.scope
    results = [composer.variables[var].name for var in program.out_vars]
    _check_memory(composer, [composer.scope[name] for name in results])
    recorded = [k for k, t in enumerate(outs) if edge_of(t) is not None]
    helpers = {
        "MISS": MISS, "mode": mode, "standing": standing, "observer": observer, "PLAIN": _PLAIN, "requires_grad": requires_grad,
        "edge_of": edge_of, "renew": program.renew, "seen": program.seen, "new": TensorBase.__new__, "new_node": Node.__new__,
        "Tensor": Tensor, "Output": Output, "next_number": next_sequence_number, "PLAN": Plan, "PROGRAM": program,
        "Traced": Traced if len(recorded) == 1 else TracedSeveral,
    }  # fmt: skip
    if set(helpers) & set(scope):
        raise Refused("a name of the function's is one of the program's own")
    forward = list(composer.lines)
    texts, order, saved = _backwards(program, composer, outs, recorded) if recorded else ([], [], [])
    values = dict(scope)
    scope.clear()
    used = " ".join([*forward, *(line for text in texts for line in text)])
    scope.update({n: v for n, v in values.items() if n.startswith("__") or n == "np" or (_is_bound(composer, n) and n in used)})
    scope.update(helpers)
    body = _guard(program, composer, own, scope)
    body += forward
    for position, times in composer.written_own.items():
        body += [
            f"mark = T_{names[position]}._cell",
            f"if mark is None: T_{names[position]}._cell = [{times}]",
            f"else: mark[0] += {times}",
        ]
    if recorded:
        body += _node(program, composer, own, order, saved, results, recorded, values)
    for k, t in enumerate(outs):
        body += _output(k, results[k], recorded, t, program, values, saved)
    body += [f"return {_tree(tree, {id(t): f'out_{k}' for k, t in enumerate(outs)})}"]
    inputs = _inputs(program, composer)
    text = "\n    ".join([f"def call({', '.join(inputs)}):", *body]) + "\n"
    for lines in texts:
        text += "\n\n" + "\n    ".join(lines) + "\n"
    exec(compile(text, "<traced program>", "exec"), scope)
    for mask, (name, places) in list(program.backwards.items()):
        program.backwards[mask] = scope[name], places
    return text


def _is_bound(composer: Composer, name: str) -> bool:
    return name in composer.constants.values()


def _check_memory(composer: Composer, results: list[np.ndarray]) -> None:
    """Refused if an output shares memory with what was there before, or with another output."""
    for k, array in enumerate(results):
        if any(np.may_share_memory(array, other) for other in (*composer.fixed, *results[:k])):
            raise Refused("an output shares memory with an input, or with another output")


def _inputs(program: Program, composer: Composer) -> list[str]:
    """The parameters of ``call``: a tensor that was passed twice has a second name."""
    order = list(dict.fromkeys(program.pattern))
    return [f"T_{composer.names[order.index(k)]}" if k == j else f"S_{j}" for j, k in enumerate(program.pattern)]


def _guard(program: Program, composer: Composer, own: list[Tensor], scope: dict[str, Any]) -> list[str]:
    """Whether everything is as it was when the program was written; and the arrays of what is given."""
    body = [
        f"if mode.recording is not {mode.recording} or standing[0] or observer.current is not None or mode.transforms or mode.inference: return MISS"
    ]
    for k, (name, owner) in enumerate(zip(composer.names, program.owners)):
        t, (shape, dtype, strides) = f"T_{name}", program.forms[k]
        if owner is None:
            scope[f"D_{name}"] = dtype
            wanted = (
                f"not ({t}._requires_grad is True or requires_grad({t}))"
                if program.needs[k]
                else f"{t}._requires_grad is not False and requires_grad({t})"
            )
            if not mode.recording:
                wanted = "False"
            body += [f"if {t}.__class__ not in PLAIN: return MISS", f"{name} = {t}._array",
                     f"if {name}.shape != {shape} or {name}.dtype is not D_{name} or {name}.strides != {strides} or {wanted}: return MISS"]  # fmt: skip
        else:
            table, key = owner
            scope[f"O_{name}"] = table
            flag = "" if not mode.recording else f" or {t}._requires_grad is not {program.needs[k]}"
            body += [f"{t} = O_{name}.get({key!r})", f"{name} = {t}._array if {t} is not None else None",
                     f"if ({t} is not seen[{2 * k}] or {name} is not seen[{2 * k + 1}]{flag}) and not renew({k}, {t}): return MISS"]  # fmt: skip
    first = program.owners.count(None)
    inputs = _inputs(program, composer)
    for j, k in enumerate(program.pattern):  # which of the arguments are one object
        body += [f"if {inputs[j]} is not {inputs[k]}: return MISS"] if j != k else []
        body += [
            f"if {inputs[j]} is {inputs[i]}: return MISS"
            for i in range(j)
            if k == j and program.pattern[i] == i and program.alike(inputs[i], inputs[j], composer.names)
        ]
    for k, (table, key, part) in enumerate(program.fixed):
        if isinstance(part, int):
            part = f"T_{composer.names[first + part]}"
        elif part is not None:
            scope[f"M_{k}"], part = part, f"M_{k}"
        scope[f"P_{k}"] = table
        body += [f"if P_{k}.get({key!r}) is not {part}: return MISS"]
    for name, outside in composer.captured:
        array = outside._array
        scope[f"T_{name}"] = outside
        scope[f"F_{name}"] = array.shape, array.dtype, array.strides, bool(requires_grad(outside))
        body += [f"{name} = T_{name}._array",
                 f"if ({name}.shape, {name}.dtype, {name}.strides, requires_grad(T_{name})) != F_{name}: return MISS"]  # fmt: skip
    return body


def _backwards(
    program: Program, composer: Composer, outs: list[Tensor], recorded: list[int]
) -> tuple[list[list[str]], list[int], list[str]]:
    """The texts of the backward functions; which input each edge of the node leads to; the names of what is saved."""
    rank = {k: i for i, k in enumerate(recorded)}
    groups = [recorded] if len(recorded) == 1 else [recorded, *([k] for k in recorded)]
    random = np.random.default_rng(0)
    base = set(composer.scope)
    texts, order, saved = [], [], []
    for group in groups:
        given = {}
        for k in group:
            array = outs[k]._array
            seed = np.asarray(random.standard_normal(array.shape)).astype(array.dtype)
            name = composer.fresh(f"grad_{k}" if len(outs) > 1 else "grad")
            composer.scope[name] = seed
            given[k] = type(next(iter(composer.variables.values())))(composer, name, seed)
        lines, result = composer.backward(outs, given)
        mask = sum(1 << rank[k] for k in group)
        places: Any = None
        if group is recorded:
            order = [k for k, _ in result]
        else:
            rest = list(enumerate(k for k, _ in result))
            places = []
            for k in order:
                found = next((item for item in rest if item[1] == k), None)
                places.append(None if found is None else found[0])
                rest = [item for item in rest if item is not found]
            if rest or [p for p in places if p is not None] != list(range(len(result))):
                continue  # in another order: through the nodes
        made = set(composer.scope) - base - set(composer.constants.values())
        for name in _reads(lines + [n for _, n in result]):
            if (
                name in base
                and name not in made
                and not _is_bound(composer, name)
                and name not in saved
                and name in composer.scope
                and not name.startswith("__")
                and name != "np"
            ):
                saved.append(name)
        function = f"backward_{mask}"
        program.backwards[mask] = function, places
        texts.append([f"def {function}({', '.join(g.name for g in given.values())}, saved):", "SAVED", *lines,
                      f"return ({''.join(n + ', ' for _, n in result)})"])  # fmt: skip
    unpack = f"{', '.join(saved)}, drawn = saved" if saved else "(drawn,) = saved"
    for text in texts:
        text[1] = unpack
    program.saved_own = tuple(
        k
        for k, n in enumerate([*composer.names, *(n for n, _ in composer.captured)])
        if any(np.may_share_memory(composer.scope[n], composer.scope[s]) for s in saved)
    )
    return texts, order, saved


def _reads(lines: list[str]) -> list[str]:
    import re

    found: dict[str, None] = {}
    for line in lines:
        found.update(dict.fromkeys(re.findall(r"(?<![\w.])[A-Za-z_]\w*", line)))
    return list(found)


def _node(
    program: Program, composer: Composer, own: list[Tensor], order: list[int], saved: list[str], results: list[str], recorded: list[int], values: dict[str, Any]
) -> list[str]:  # fmt: skip
    body = []
    for k in dict.fromkeys(order):
        t = f"T_{composer.names[k]}"
        if program.owners[k] is None:
            body.append(f"E_{composer.names[k]} = ({t}._fn or {t}) if {t}._view is None else edge_of({t})")
    edge = lambda k: ("E_" if program.owners[k] is None else "T_") + composer.names[k]
    tuple_of = lambda parts: "(" + "".join(p + ", " for p in parts) + ")"
    given = [*composer.names, *(n for n, _ in composer.captured)]
    versions = [f"0 if T_{n}._cell is None else T_{n}._cell[0]" for n in given]
    cells = [k for k in recorded if any(np.may_share_memory(values[results[k]], values[s]) for s in saved)]
    body += [f"cell_{k} = [0]" for k in cells]
    first = recorded[0]
    body += [
        "node = new_node(Traced)", "node.plan = PLAN", "node.program = PROGRAM", f"node.edges = {tuple_of(map(edge, order))}",
        f"node.saved = {tuple_of([*saved, tuple_of(n for _, n in composer.drawn)])}", f"node.versions = {tuple_of(versions)}",
        f"node.inputs = {tuple_of('T_' + n for n in given)}", f"node.cells = {tuple_of(f'cell_{k}' for k in cells)}",
        "node.seq = next_number()", f"node.shape = {results[first]}.shape", f"node.dtype = {results[first]}.dtype", "node.hooks = None",
    ]  # fmt: skip
    if len(recorded) > 1:
        body += [
            f"node.outputs = {len(recorded)}",
            f"node.forms = {'[' + ', '.join(f'({results[k]}.shape, {results[k]}.dtype)' for k in recorded) + ']'}",
        ]
    return body


def _output(
    k: int, result: str, recorded: list[int], t: Tensor, program: Program, values: dict[str, Any], saved: list[str]
) -> list[str]:
    out = f"out_{k}"
    shares = k in recorded and any(np.may_share_memory(values[result], values[s]) for s in saved)
    history = "node" if len(recorded) == 1 else f"Output(node, {recorded.index(k)}, {result})" if k in recorded else "None"
    return [
        f"{out} = new(Tensor)", f"{out}._array = {result}", f"{out}._grad = {out}._view = {out}._extras = None",
        f"{out}._cell = {f'cell_{k}' if shares else 'None'}", f"{out}._requires_grad = {k in recorded}",
        f"{out}._fn = {history if k in recorded else 'None'}",
    ]  # fmt: skip


def _tree(tree: Any, names: dict[int, str]) -> str:
    """The outputs in their containers."""
    if isinstance(tree, Tensor):
        return names[id(tree)]
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{k!r}: {_tree(v, names)}" for k, v in tree.items()) + "}"
    inner = "".join(_tree(v, names) + ", " for v in tree)
    return f"[{inner}]" if isinstance(tree, list) else f"({inner})"
