"""``explain.source``: the program that backprop is, written out as straight-line NumPy code that runs by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..core.graph import Node
from ..core.op import OPS
from ..core.random import default_generator
from ..core.tensor import Tensor, wrap
from ..core.view import CopySlices, edge_of
from ..nn.modules.module import Module
from .backprop import Gradients, check_output, is_released, node_of, nodes_below, place_of, seed_of
from .compose import Composer
from .expression import Expr
from .names import Names, local_names, named_arguments
from .recovered import UNKNOWN, Edge, arguments, operation
from .tape import Call, Tape, Var, first_tensor, tensors_in


class Source:
    """A written program; ``print`` shows it.

    Parameters
    ----------
    text : str
        The program.
    inputs : dict
        Its arguments.
    leaves : dict
        The tensors whose gradients it returns.
    frozen : list of str
        What would not change with the inputs.

    Attributes
    ----------
    text : str
        ``def step(...): ... return loss, (gradients)``, with its imports.
    inputs : dict
        The arguments of ``step``: name -> array, as they were.
    leaves : dict
        Name -> the tensor whose gradient it is, in the order in which ``step`` returns the gradients.
    frozen : list of str
        What would not change with the inputs: random draws, and decisions that the Python code took on values.

    See Also
    --------
    source : Makes one.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp import explain
    >>> a = torch.tensor(2.0, requires_grad=True)
    >>> list(explain.source(a * a).leaves)
    ['a']
    """

    def __init__(self, text: str, inputs: dict[str, np.ndarray], leaves: dict[str, Tensor], frozen: list[str]):
        self.text, self.inputs, self.leaves, self.frozen = text, inputs, leaves, frozen
        self._step: Any = None

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    @property
    def step(self) -> Any:
        """The program as a function: ``loss, grads = source.step(*source.inputs.values())``."""
        if self._step is None:
            scope: dict[str, Any] = {}
            exec(compile(self.text, "<explain.source>", "exec"), scope)
            self._step = scope["step"]
        return self._step

    def run(self, **changed: Any) -> tuple[Any, dict[str, Any]]:
        """The loss and the gradients by name, for the inputs as they were, or changed ones.

        Parameters
        ----------
        **changed : ndarray
            By the names of the arguments.

        Returns
        -------
        tuple
            The loss, and a dictionary of the gradients.
        """
        given = {name: changed.get(name, np.array(x) if isinstance(x, np.ndarray) else x) for name, x in self.inputs.items()}
        with np.errstate(all="ignore"):
            loss, grads = self.step(*given.values())
        return loss, dict(zip(self.leaves, grads))

    def save(self, path: Any) -> Path:
        """Write the program to a file.

        Parameters
        ----------
        path : str or Path

        Returns
        -------
        Path
            Where it was written.
        """
        path = Path(path)
        path.write_text(self.text, encoding="utf-8")
        return path

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": self.text, "text/markdown": f"```python\n{self.text}\n```"}


_WIDTH = 70
MOST_CALLS = 5000


def _compose(tape: Tape, loss: Tensor, seed: np.ndarray, own: set[int]) -> tuple[str, Composer, dict[Tensor, Expr]]:
    """The text of a recorded pass."""
    if len(tape.calls) > MOST_CALLS:
        raise ValueError(
            f"source(): {len(tape.calls):,} operations were recorded, too many for a program that anybody reads (at most {MOST_CALLS:,}). "
            "Record a smaller input: one example, fewer time steps"
        )
    composer = Composer(tape, own)
    composer.forward()
    program = composer.program
    result = composer.variable(tape.of(loss))
    found = composer.backward(loss, seed)
    for leaf in found:
        composer.variable(tape.of(leaf))
    lines = program.needed([result, *found.values()])
    used = {ref for line in lines for ref in program.reads(line)} | {e.form[1] for e in (result, *found.values())}
    composer.given = [v for v in composer.given if composer.refs[v] in used]
    program.settle(lines, [composer.refs[v] for v in composer.given], [result, *found.values()])
    program.constants = [(ref, value) for ref, value in program.constants if ref in used]
    names = [*(str(composer.refs[v]) for v in composer.given), *(str(ref) for ref, _ in program.constants)]
    body = [f"def step({', '.join(names)}):"]
    for v in composer.given:
        frozen = f", {v.frozen}: frozen" if v.frozen else "" if id(v.tensor) in own else ", constant"
        body.append(f"    # {composer.refs[v]}: {v.array.dtype} {v.array.shape}{frozen}")
    for ref, value in program.constants:
        body.append(
            f"    # {ref}: " + (f"{value.dtype} {value.shape}, constant" if isinstance(value, np.ndarray) else f"{value!r:.60}")
        )
    previous = None
    for line in lines:
        if line.backward != previous:
            body += (
                ["", f"    # {'backward' if line.backward else 'forward'}"]
                if previous is not None or names
                else [f"    # {'backward' if line.backward else 'forward'}"]
            )
        previous = line.backward
        text = "    " + program.text(line)
        value = line.expr.value if type(line.expr) is Expr else None
        shape = str(value.shape) if isinstance(value, (np.ndarray, np.generic)) else ""
        comment = "  ".join(part for part in (shape, line.comment) if part)
        body.append(f"{text:{_WIDTH}s}  # {comment}".rstrip(" #") if comment else text)
    grads = ", ".join(str(e.form[1]) for e in found.values())
    body += ["", f"    return {result.form[1]}, ({grads}{',' if len(found) == 1 else ''})", ""]
    text = "\n".join(body)
    imports = ["import numpy as np"]
    if "ops." in text:
        imports.append("from minitorch_bp.explain import ops")
    if "special." in text.replace('ops.public("special.', "").replace("ops.public('special.", ""):
        imports.insert(1, "from scipy import special")
    return "\n".join([*imports, "", "", text]), composer, found


def _finish(tape: Tape, loss: Tensor, seed: np.ndarray, own: set[int]) -> Source:
    text, composer, found = _compose(tape, loss, seed, own)
    frozen = [f"{composer.refs[v]} was {v.frozen}" for v in composer.given if v.frozen]
    inputs: dict[str, Any] = {str(composer.refs[v]): v.copy for v in composer.given}
    inputs.update({str(ref): value for ref, value in composer.program.constants})
    leaves = {str(composer.ref(tape.of(leaf))): leaf for leaf in found}
    result = Source(text, inputs, leaves, frozen)
    _check(result, loss, seed)
    return result


def _check(result: Source, loss: Tensor, seed: np.ndarray) -> None:
    """RuntimeError unless the program gives the loss and the gradients of the engine."""
    value, grads = result.run()
    edge = check_output(loss, "source")
    nodes, _ = nodes_below(edge)
    if not _close(value, loss._array):
        raise RuntimeError("source(): the program does not give the tensor's value: something was computed out of its sight")
    if any(is_released(n) for n in nodes):
        return
    right = Gradients(edge, nodes, seed)
    size = max((_size(right.of[leaf]) for leaf in result.leaves.values()), default=0.0)
    for name, leaf in result.leaves.items():
        if not _close(grads[name], right.of[leaf], size):
            raise RuntimeError(
                f"source(): the program does not give the gradient of {name}: something was computed out of its sight"
            )


def _size(x: Any) -> float:
    x = np.abs(np.asarray(x).astype(np.complex128 if np.asarray(x).dtype.kind == "c" else np.float64))
    return float(x[np.isfinite(x)].max(initial=0))


def _close(a: Any, b: Any, size: float = 0.0) -> bool:
    """Whether two results agree, as far as rounding allows for numbers of this size."""
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    if a.dtype.kind not in "fc":
        a, b = a.astype(np.float64), b.astype(np.float64)
    tolerance = {2: 2e-2, 4: 1e-4}.get(a.dtype.itemsize, 1e-8)
    size = max(size, _size(b))
    return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance * max(size, 1e-30), equal_nan=True))


# ---------------------------------------------------------------------- of a function
def _of_function(function: Any, inputs: Any, gradient: Any, names: dict[str, Any] | None) -> Source:
    found = Names({**(names or {}), **named_arguments(function, inputs)})
    if isinstance(function, Module) and id(function) not in found.modules:
        found.add_module("model", function)
    tensors = tensors_in(inputs)
    own = {id(t) for t in (*tensors, *found.tensors)}
    state = default_generator.get_state()
    before = {id(t): (t, np.array(t._array)) for t in (*tensors, *found.tensors)}
    tape = Tape(found)
    with tape, local_names(found):
        loss = first_tensor(function(*inputs), "source")
    check_output(loss, "source")
    seed = seed_of(loss, gradient, "source")
    result = _finish(tape, loss, seed, own)
    again = lambda: first_tensor(function(*inputs), "source")
    same = all(_on_other_inputs(again, tape, result, seed, before, state, size) for size in (0.3, 1.0, 3.0))
    if not same:
        looks = sorted(set(tape.looks))
        why = (
            f"Python code looked at values ({', '.join(looks)})"
            if looks
            else "a shape, or a part of it, depends on the values of the inputs"
        )
        result.frozen.append(f"{why}: for other inputs the function computes something else than this program")
    notes = [f"# frozen: {note}" for note in result.frozen]
    if same and tape.looks:
        notes.append(
            f"# Python code looked at values ({', '.join(sorted(set(tape.looks)))}): where it decides otherwise, the program is another"
        )
    result.text = "\n".join([*notes, result.text])
    return result


def _on_other_inputs(
    function: Any, tape: Tape, result: Source, seed: np.ndarray, before: dict[int, Any], state: Any, size: float
) -> bool:
    """Run function and program on inputs that differ from the given ones by about ``size``; all is as it was afterwards."""
    own = {key: t for key, (t, _) in before.items() if t._array.flags.writeable and t._fn is None and t._view is None}
    after = {key: np.array(t._array) for key, t in own.items()}
    now, rng = default_generator.get_state(), np.random.default_rng(int(10 * size))
    changed: dict[int, np.ndarray] = {}
    try:
        for key, t in own.items():
            old = before[key][1]
            t._array[...] = old
            if t._array.dtype.kind in "fc" and t._array.size:
                noise = size * (np.abs(old).max() or 1) * rng.standard_normal(old.shape)
                t._array[...] = (old + noise).astype(old.dtype)
                changed[key] = np.array(t._array)
        default_generator.set_state(state)
        values = {name: changed.get(id(var.tensor), var.copy) for name, var in zip(result.inputs, _given_of(tape, result))}
        return _says_the_same(result, function, values, seed)
    finally:
        for key, t in own.items():
            t._array[...] = after[key]
        default_generator.set_state(now)


def _says_the_same(result: Source, function: Any, values: dict[str, Any], seed: np.ndarray) -> bool:
    """Whether a program computes for other inputs what the function computes for them."""
    try:
        again = function()
        edge = edge_of(again)
        right = Gradients(edge, nodes_below(edge)[0], seed)
    except Exception:  # the function does not take these inputs, which proves nothing
        return True
    try:
        value, grads = result.run(**values)
    except Exception:
        return False
    size = max((_size(right.of[t]) for t in result.leaves.values() if t in right.of), default=0.0)
    return _close(value, again._array) and all(
        _close(grads[n], right.of[t], size) for n, t in result.leaves.items() if t in right.of
    )


def _given_of(tape: Tape, result: Source) -> list[Any]:
    by_copy = {id(v.copy): v for v in tape.given}
    nothing = Var(wrap(np.zeros(())))
    found = []
    for value in result.inputs.values():
        var = by_copy.get(id(value))
        if var is None:
            var = Var(nothing.tensor)
            var.copy = value
        found.append(var)
    return found


# ---------------------------------------------------------------------- of a loss
def _of_loss(loss: Tensor, gradient: Any, tape: Tape | None, names: dict[str, Any] | None) -> Source:
    check_output(loss, "source")
    seed = seed_of(loss, gradient, "source")
    if tape is None:
        tape = _recovered(loss, Names(names))
    return _finish(tape, loss, seed, {id(t) for t in tape.names.tensors})


_ADVICE = "Pass the function: explain.source(function, *inputs); or record the forward pass: with explain.recording() as tape: ..., then explain.source(loss, tape=tape)"


def _recovered(loss: Tensor, names: Names) -> Tape:
    """A tape of what the nodes of a graph still know; RuntimeError if that is not all."""
    tape = Tape(names)
    nodes, _ = nodes_below(edge_of(loss), MOST_CALLS + 1)
    outputs: dict[Any, Var] = {}
    for t in (*names.tensors, loss):
        edge = edge_of(t)
        if edge is not None and edge is not t and node_of(edge) is not None:
            outputs.setdefault(place_of(edge), Var(t))
    if len(nodes) > MOST_CALLS:
        raise ValueError(f"source(): this graph has more than {MOST_CALLS:,} operations, too many for a program that anybody reads")
    for node in nodes:
        if is_released(node):
            raise RuntimeError(
                f"source(): the saved values of {node.name()} were freed by backward(). Call it with retain_graph=True, or before"
            )
        _recover(tape, node, outputs)
    tape.known[id(loss)] = outputs[place_of(edge_of(loss))]
    tape.known[id(loss)].array = loss._array
    return tape


def _recover(tape: Tape, node: Node, outputs: dict[Any, Var]) -> None:
    args = arguments(node, defaults=True)
    op = operation(node)

    def argument(a: Any) -> Any:
        if isinstance(a, Edge):
            return tape.of(a.edge) if isinstance(a.edge, Tensor) else outputs[place_of(a.edge)]
        if isinstance(a, Tensor):
            edge = edge_of(a)
            return tape.of(a) if edge is None or isinstance(edge, Tensor) else outputs.get(place_of(edge)) or tape.of(a)
        if type(a) is tuple and any(isinstance(x, Edge) or x is UNKNOWN for x in a):
            return tuple(argument(x) for x in a)
        if a is UNKNOWN:
            raise RuntimeError(
                f"source(): the graph does not hold all arguments of {node.name()}, since its rules do not need them. {_ADVICE}"
            )
        return a

    if args is None or isinstance(node, CopySlices):
        raise RuntimeError(f"source(): the graph does not know how {node.name()} was computed. {_ADVICE}")
    given = tuple(map(argument, args))
    arrays = [
        a.array if isinstance(a, Var) else [x.array for x in a] if type(a) is tuple and a and isinstance(a[0], Var) else a
        for a in given
    ]
    try:
        with np.errstate(all="ignore"):
            value = OPS[op.name].kernel(*arrays)
    except Exception:
        raise RuntimeError(f"source(): the graph does not hold all arguments of {node.name()}. {_ADVICE}") from None
    several = [value[0]] if op.hidden is not None else list(value) if op.outputs is not None else [value]
    made = Call("op", op.name, op, given, [], node, "")
    if np.shape(several[0]) != node.shape:
        raise RuntimeError(f"source(): the graph does not hold all arguments of {node.name()}. {_ADVICE}")
    for k, array in enumerate(several):
        key = (node, k) if node.outputs > 1 or (node, k) in outputs else node
        var = outputs.get(key) or Var(wrap(np.asarray(array)))
        var.array, var.call = np.asarray(array), made
        outputs[key] = var
        made.outs.append(var)
    tape.calls.append(made)
    tape.by_node[node] = made


def source(
    function: Any, *inputs: Any, gradient: Any = None, tape: Tape | None = None, names: dict[str, Any] | None = None
) -> Source:
    """Write out what backprop does, as a program: the forward pass and its backward pass in straight-line NumPy.

    One line for each operation and each derivative rule, with shapes in comments and the names of the caller's variables:
    ``grad_b = ...`` where a gradient arrives first, ``grad_b += ...  # another path`` after it.

    Parameters
    ----------
    function : function, Module or Tensor
        What is run and recorded; or a loss, if the graph still holds all that is needed.
    *inputs : any
        The arguments of the function.
    gradient : Tensor, optional
        The gradient of the output, for one that is not a single number.
    tape : Tape, optional
        The recording in which the loss was computed (see :func:`recording`).
    names : dict, optional
        Names for tensors, if the variables of the caller are not the wanted ones.

    Returns
    -------
    Source
        ``print`` it, or run it: ``loss, grads = source.run()``. Its ``frozen`` lists what would not change with the inputs.

    Raises
    ------
    RuntimeError
        If the graph of a loss does not hold all that is needed, or something was computed out of sight.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp import explain
    >>> a, b = torch.tensor(7.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
    >>> program = explain.source(lambda a, b: (a + b) * b**3, a, b)
    >>> print("\\n".join(line.partition("# ()")[0].rstrip() for line in str(program).splitlines()[7:]))
        # forward
        t1 = a + b
        t2 = b**3
        t3 = t1 * t2
    <BLANKLINE>
        # backward
        grad_t3 = np.ones((), np.float32)
        grad_t1 = grad_t3 * t2
        grad_t2 = grad_t3 * t1
        grad_b = grad_t2 * (3 * b**2)
        grad_b += grad_t1
    <BLANKLINE>
        return t3, (grad_t1, grad_b)
    >>> float(program.run()[1]["b"])
    297.0
    """
    if isinstance(function, Tensor):
        if inputs:
            raise TypeError(
                "source() of a loss takes no further inputs; source(function, *inputs) writes out what a function computes"
            )
        return _of_loss(function, gradient, tape, names)
    if not callable(function):
        raise TypeError(f"source() takes a function and its inputs, or a loss, but got {type(function).__name__}")
    return _of_function(function, inputs, gradient, names)
