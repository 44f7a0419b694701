"""Primitives: a NumPy kernel and one derivative rule per argument, declared in one place.

    @primitive(input=lambda xp, grad, other: grad * other,
               other=lambda xp, grad, input: grad * input)
    def mul(input, other): return np.multiply(input, other)

That is all there is to an operation. The decorated function is the forward pass on arrays; each rule takes the gradient
of the output to the gradient of one argument. **The names of a rule's parameters say what the node saves**: an argument
by its name, the output as ``result``, only the shape of an argument as ``input_shape``. A value is kept only if a rule
that reads it will run. No rule mentions broadcasting or dtypes; the engine undoes both (see ``engine``).

The decorator returns the public function: it takes Tensors, checks and promotes them, calls the kernel, and records a
node when some input requires grad. Recording is the price every operation pays, so there are three versions of it: for
one tensor, for two, and for anything else.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from . import dtype as dtypes
from .grad_mode import mode
from .graph import MultiOutputNode, Node, Output, SavedResult, next_sequence_number
from .namespaces import raw, tracked
from .tensor import Tensor, version_cell, wrap
from .view import edge_of, mark_view

OPS: dict[str, Op] = {}

ARGUMENT, SHAPE, RESULT, NEEDS = range(4)
_ALIASES = {"axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input", "self": "input", "x2": "other", "axes": "dims"}
_F32, _F64 = np.dtype(np.float32), np.dtype(np.float64)
_new, _new_node = object.__new__, Node.__new__
_ndarray = np.ndarray


class Op:
    """One entry of the derivative table.

    Attributes
    ----------
    kernel : function on arrays
    call : the public function on tensors
    params, defaults : of the kernel
    rules : list of (parameter positions, rule, names the rule reads)
    differentiable : parameter positions that have a rule, in the order in which the rules are declared
    promote : None (operands are used as they are), 'same' (brought to one type), 'float' (and integers to float)
    grad_name : the name of its nodes, a string or a function of the node
    view, inplace, method, outputs : see :func:`primitive`
    """

    def __init__(self, kernel: Any, rules: dict[str, Any], joint: Any, **options: Any):
        self.name: str = kernel.__name__
        self.kernel = kernel
        self.__dict__.update(options)
        code = kernel.__code__
        count = code.co_argcount + code.co_kwonlyargcount
        names = code.co_varnames[:count]
        self.buffered = "out" in names  # the kernel can write into a buffer
        self.params: tuple[str, ...] = tuple(n for n in names if n != "out")
        given = dict(zip(names[code.co_argcount - len(kernel.__defaults__ or ()) : code.co_argcount],
                         kernel.__defaults__ or (), strict=True))  # fmt: skip
        given.update(kernel.__kwdefaults__ or {})
        self.defaults = given
        self.positional = len([n for n in code.co_varnames[: code.co_argcount] if n != "out"])
        self.default_values = tuple(given.get(p, _REQUIRED) for p in self.params)
        self.position = {p: i for i, p in enumerate(self.params)}
        self.required = sum(d is _REQUIRED for d in self.default_values)

        self.rules: list[tuple[Any, Any, tuple[str, ...]]] = []
        self.sequence = self.params[0] == "tensors"
        self.differentiable: tuple[int, ...]
        if joint is not None:
            targets, rule = joint
            self.differentiable = tuple(self.position[t] for t in targets)
            self.rules.append((tuple(range(len(targets))), rule, _reads(rule)))
        else:
            self.differentiable = tuple(self.position[p] for p in rules)
            for k, rule in enumerate(rules.values()):
                self.rules.append((None if self.sequence else k, rule, _reads(rule)))
        self.plans: dict[int, Plan] = {}
        self.call: Any = None
        self.operator: Any = None  # the same for use as an operator, if there are two operands
        self.name_reads_saved = not isinstance(self.grad_name, str) and "reads" in self.grad_name.__code__.co_names

    promote: str | None
    grad_name: Any
    view: bool
    inplace: bool
    method: bool
    outputs: tuple[str, ...] | None
    varargs: str | None
    elementwise: bool
    ufunc: Any
    booleans: bool

    def plan(self, mask: int) -> Plan:
        found = self.plans.get(mask)
        if found is None:
            found = self.plans[mask] = Plan(self, mask)
        return found

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """The arguments in the kernel's order, defaults filled in; TypeError as Python gives for a bad call."""
        if self.varargs is not None:
            at = self.position[self.varargs]
            if len(args) > at and isinstance(args[at], (int, np.integer)) and not isinstance(args[at], bool):
                args = args[:at] + (args[at:],)
        if len(args) > self.positional:
            raise TypeError(f"{self.name}() takes {self.positional} positional arguments, but {len(args)} were given")
        if not kwargs and len(args) == len(self.params):
            return args
        values = list(args) + list(self.default_values[len(args) :])
        for key, value in kwargs.items():
            at = self.position.get(key, self.position.get(_ALIASES.get(key, ""), -1))
            if at < 0:
                if key in UNSUPPORTED:
                    if value is None or value is False:
                        continue
                    raise NotImplementedError(f"{self.name}() does not support the argument {key}={value!r}")
                raise TypeError(f"{self.name}() got an unexpected keyword argument {key!r}")
            if at < len(args):
                raise TypeError(f"{self.name}() got two values for the argument {key!r}")
            values[at] = value
        if any(v is _REQUIRED for v in values):
            missing = [p for p, v in zip(self.params, values, strict=True) if v is _REQUIRED]
            raise TypeError(f"{self.name}() needs the argument {missing[0]!r}")
        return tuple(values)


_REQUIRED: Any = object()
UNSUPPORTED = frozenset({"layout", "pin_memory", "memory_format", "names"})


def _reads(rule: Any) -> tuple[str, ...]:
    code = rule.__code__
    return code.co_varnames[2 : code.co_argcount]


class Plan:
    """What is done for one pattern of "which inputs need a gradient": the rules to run, and the values they need.

    Attributes
    ----------
    rules : list of (rule, positions among the saved values or None for all, edge index or indices)
    saves : list of (kind, parameter position), parallel to ``names``
    simple : the parameter positions, when only arguments are saved (what the fast paths handle), else None
    saves_data : whether releasing the saved values frees anything
    """

    __slots__ = ("names", "needs", "op", "rules", "saves", "saves_data", "simple")

    def __init__(self, op: Op, mask: int):
        self.op = op
        self.needs = tuple(bool(mask >> k & 1) for k in range(len(op.differentiable)))
        active = [
            (targets, rule, reads)
            for targets, rule, reads in op.rules
            if targets is None or not isinstance(targets, int) or self.needs[targets]
        ]
        names: list[str] = []
        for _, _, reads in active:
            names += [n for n in reads if n not in names]
        self.names = tuple(names)
        self.rules = [
            (rule, None if reads == self.names else tuple(names.index(n) for n in reads), targets)
            for targets, rule, reads in active
        ]
        self.saves = tuple(self._locate(n) for n in names)
        arguments = [i for kind, i in self.saves if kind == ARGUMENT]
        self.simple = tuple(arguments) if len(arguments) == len(self.saves) else None
        tensors = {i for i, p in enumerate(op.params) if p in _TENSOR_NAMES} | set(op.differentiable)
        self.saves_data = any(kind == RESULT or (kind == ARGUMENT and i in tensors) for kind, i in self.saves)

    def _locate(self, name: str) -> tuple[int, int]:
        position = self.op.position
        if name == "needs":
            return (NEEDS, 0)
        if name.startswith("result"):
            return (RESULT, int(name[6:] or 0))
        if name in position:
            return (ARGUMENT, position[name])
        assert name.endswith("_shape"), f"{self.op.name}: no argument {name}"
        return (SHAPE, position[name[:-6]])


_TENSOR_NAMES = frozenset({"input", "other", "index", "target", "condition", "mask", "weight"})


# ---------------------------------------------------------------------- recording
def record(op: Op, args: tuple[Any, ...], values: tuple[Any, ...], outs: tuple[Tensor, ...], writes: int = 0) -> Node | None:
    """Make the node of one call the history of its outputs; None (and nothing done) if no input needs a gradient.

    ``args`` are the arguments as given (the edges come from them), ``values`` the same after promotion (these are
    saved). ``writes`` is 1 for an in-place call, whose result will be one version further on.
    """
    edges: list[Any] = []
    mask, bit = 0, 1
    for i in op.differentiable:
        a = args[i]
        edge = None
        if isinstance(a, Tensor):
            if a._requires_grad:
                edge = edge_of(a)
                if edge is not None:
                    mask |= bit
        elif op.sequence:
            edges = [edge_of(t) for t in a]
            mask = any(e is not None for e in edges)
            break
        edges.append(edge)
        bit += bit
    if not mask:
        return None
    node = new_node(op, op.plans.get(mask) or op.plan(mask), tuple(edges), args, values, outs, writes)
    if not writes:
        if node.__class__ is Node:
            t = outs[0]
            t._requires_grad = True
            t._fn = node
        else:
            for k, t in enumerate(outs):
                t._requires_grad = True
                t._fn = Output(node, k, t._array)
    return node


def new_node(op: Op, plan: Plan, edges: tuple[Any, ...], args: Any, values: Any, outs: Any, writes: int = 0) -> Node:
    """A node with its saved values; ``record`` without the question whether to."""
    saved: list[Any] = []
    versions: list[Any] = []
    for kind, i in plan.saves:
        if kind == ARGUMENT:
            value = values[i]
            version = None
            if isinstance(value, Tensor):
                cell = value._cell
                version = 0 if cell is None else cell[0]
        elif kind == RESULT:
            t = outs[i]
            cell = t._cell
            if cell is None:
                cell = t._cell = [0]
            value, version = SavedResult(t._array, cell, cell[0] + writes), i
        elif kind == SHAPE:
            a, version = args[i], None
            value = a._array.shape if isinstance(a, Tensor) else [t._array.shape for t in a] if op.sequence else ()
        else:
            value, version = plan.needs, None
        saved.append(value)
        versions.append(version)
    if op.outputs != ("*",):
        node = _new_node(Node)
    else:
        node = _new_node(MultiOutputNode)
        node.outputs = len(outs)
    node.plan = plan
    node.edges = edges
    node.saved = saved
    node.versions = versions
    node.seq = next_sequence_number()
    out = outs[0]._array
    node.shape = out.shape
    node.dtype = out.dtype
    node.hooks = None
    recording = mode.recording
    if recording is not True and recording:
        recording.on_record(node)
    return node


def _type_error(op: Op, name: str, value: Any) -> TypeError:
    return TypeError(f"{op.name}(): the argument {name!r} must be a Tensor, but got {type(value).__name__}")


def shape_error(op: Op, x: Any, y: Any) -> RuntimeError:
    """The error for two shapes that do not broadcast, naming the dimension."""
    a, b = np.shape(x), np.shape(y)
    for k in range(1, min(len(a), len(b)) + 1):
        if a[-k] != b[-k] and 1 not in (a[-k], b[-k]):
            return RuntimeError(
                f"{op.name}: shapes {list(a)} and {list(b)} cannot be broadcast together: at dimension {max(len(a), len(b)) - k} "
                f"the sizes are {a[-k]} and {b[-k]}. They must be equal, or one of them 1"
            )
    return RuntimeError(f"{op.name}: shapes {list(a)} and {list(b)} do not fit together")


class UnsupportedOperand(TypeError):
    """The other operand is neither a tensor nor a number: an operator gives Python the chance to try the other side."""


# ---------------------------------------------------------------------- type promotion
def convert(t: Tensor, d: np.dtype) -> Tensor:
    """The tensor in another dtype, for saving: it shares the version cell, so a write to the original is noticed."""
    if t._array.dtype == d:
        return t
    converted: Tensor = tracked._to_copy(t, dtypes.from_numpy_dtype(d))
    converted._cell = version_cell(t)
    return converted


def promote(op: Op, operands: list[Any]) -> tuple[list[Any], list[Any]]:
    """``(values, arrays)`` of tensors and numbers, brought to one dtype by torch's rules."""
    for x in operands:
        if not isinstance(x, Tensor) and not isinstance(x, (bool, int, float, complex, np.generic)):
            raise UnsupportedOperand(
                f"{op.name}(): expected tensors and numbers, but got {type(x).__name__}. "
                + ("Use from_numpy to make a tensor of an array" if isinstance(x, _ndarray) else "")
            )
    if not op.booleans and any(x is True or x is False or (isinstance(x, Tensor) and x._array.dtype.kind == "b") for x in operands):
        raise _not_defined(op, np.dtype(bool))
    wanted = dtypes.result_dtype([x._array if isinstance(x, Tensor) else x for x in operands])
    if op.promote == "float" and wanted.category < dtypes.FLOATING:
        wanted = dtypes.get_default_dtype()
    d = wanted.numpy
    values = [convert(x, d) if isinstance(x, Tensor) else x for x in operands]
    arrays = [x._array if isinstance(x, Tensor) else np.asarray(x).astype(d) for x in values]
    return values, arrays


# ---------------------------------------------------------------------- the three kinds of call
def _make_unary(op: Op) -> Any:
    kernel, to_float, differentiable = op.ufunc or op.kernel, op.promote == "float", bool(op.rules)

    def call(input: Any, **options: Any) -> Any:
        if options:
            return _with_options(op, (input,), options)
        if not isinstance(input, Tensor):
            raise _type_error(op, op.params[0], input)
        x = input._array
        if to_float and x.dtype.kind not in "fc":
            x = x.astype(dtypes.get_default_dtype().numpy)
        out = kernel(x)
        if type(out) is not _ndarray:
            out = np.asarray(out)
        elif out.ndim > 1 and not out.flags.c_contiguous:
            out = _settled(out, x, x)
        t = wrap(out)
        if input._requires_grad and mode.recording and differentiable:
            edge = (input._fn or input) if input._view is None else edge_of(input)
            if edge is not None:
                args = (input,)
                t._fn = new_node(op, op.plans.get(1) or op.plan(1), (edge,), args, args, (t,))
                t._requires_grad = True
        return t

    return call


def _make_binary(op: Op, mixed: Any) -> Any:
    """Two operands. ``mixed(op, input, other)`` handles what is not two tensors of one dtype.

    Here ``record`` and ``new_node`` are written out for two arguments, which takes a third off the cost of recording
    (measured in the design chapter).
    """
    kernel, differentiable = op.ufunc or op.kernel, len(op.rules) == 2
    to_float = op.promote == "float"
    plans = (None, op.plan(1), op.plan(2), op.plan(3)) if differentiable else ()
    # A rule that reads a result or a shape takes the general way.
    fast = all(p is None or p.simple is not None for p in plans)

    def call(input: Any, other: Any, **options: Any) -> Any:
        if options:
            return _with_options(op, (input, other), options)
        if not isinstance(input, Tensor):
            return mixed(op, input, other)
        x = input._array
        d = x.dtype
        if isinstance(other, Tensor):
            y = other._array
            if d is not y.dtype or (to_float and d.kind not in "fc"):
                return mixed(op, input, other)
            tracks = input._requires_grad or other._requires_grad
        elif (d is _F32 or d is _F64) and (other.__class__ is float or other.__class__ is int):
            y = other
            tracks = input._requires_grad
        else:
            return mixed(op, input, other)
        try:
            out = kernel(x, y)
        except ValueError:
            raise shape_error(op, x, y) from None
        except TypeError:
            raise _not_defined(op, d) from None
        if out.__class__ is not _ndarray:
            out = np.asarray(out)
        elif out.ndim > 1 and not out.flags.c_contiguous:
            out = _settled(out, x, y)
        t: Tensor = _new(Tensor)
        t._array = out
        t._grad = t._view = t._extras = None
        if tracks and differentiable:
            recording = mode.recording
            if recording is True and fast:
                left = right = None
                if input._requires_grad:
                    left = (input._fn or input) if input._view is None else edge_of(input)
                if y is not other and other._requires_grad:
                    right = (other._fn or other) if other._view is None else edge_of(other)
                if left is not None or right is not None:
                    plan = plans[3 if right is not None else 1] if left is not None else plans[2]
                    node = _new_node(Node)
                    node.plan = plan
                    node.edges = (left, right)
                    reads = plan.simple
                    if not reads:
                        node.saved = node.versions = ()
                    else:
                        cell = input._cell
                        first = 0 if cell is None else cell[0]
                        if y is other:
                            second = None
                        else:
                            cell = other._cell
                            second = 0 if cell is None else cell[0]
                        if reads == _BOTH:
                            node.saved, node.versions = (input, other), (first, second)
                        elif reads == _SECOND:
                            node.saved, node.versions = (other,), (second,)
                        elif reads == _FIRST:
                            node.saved, node.versions = (input,), (first,)
                        else:
                            node.saved, node.versions = (other, input), (second, first)
                    node.seq = next_sequence_number()
                    node.shape = out.shape
                    node.dtype = d
                    node.hooks = None
                    t._requires_grad = True
                    t._fn = node
                    t._cell = None
                    return t
            elif recording:
                t._cell = None
                args = (input, other)
                if record(op, args, args, (t,)) is not None:
                    return t
        t._requires_grad = False
        t._fn = None
        t._cell = mode.version_cell
        return t

    return call


_FIRST, _SECOND, _BOTH = (0,), (1,), (0, 1)


def _not_defined(op: Op, d: np.dtype) -> RuntimeError:
    return RuntimeError(
        f"{op.name.strip('_')} is not defined for tensors of type {dtypes.from_numpy_dtype(d)!r}: convert them first"
    )


def _settled(out: _ndarray, x: _ndarray, y: Any) -> _ndarray:
    """The result of an elementwise operation in torch's memory order: that of the operands, unless one was expanded."""
    return out.copy() if 0 in x.strides or (isinstance(y, _ndarray) and 0 in y.strides) else out


def _mixed(op: Op, input: Any, other: Any) -> Tensor:
    """A binary operation on operands of different kinds or dtypes."""
    if not isinstance(input, Tensor) and not isinstance(other, Tensor):
        raise _type_error(op, op.params[0], input)
    values, (x, y) = promote(op, [input, other])
    try:
        out = np.asarray(op.kernel(x, y))
    except ValueError:
        raise shape_error(op, x, y) from None
    except TypeError:
        raise _not_defined(op, x.dtype) from None
    t = wrap(out)
    if mode.recording and op.rules:
        record(op, (input, other), tuple(values), (t,))
    return t


def _mixed_operator(op: Op, input: Any, other: Any) -> Any:
    """The same behind ``+`` and its kin: what they do not know is left to the other operand."""
    try:
        return _mixed(op, input, other)
    except UnsupportedOperand:
        return NotImplemented


def _make_plain(op: Op) -> Any:
    """Operations with any arguments, but one output of its own and no promotion: most of those that matter for speed."""
    kernel, count, params, name = op.kernel, len(op.params), op.params, op.name
    positional = op.varargs is None and op.positional == count
    default_values, required = op.default_values, op.required
    differentiable = bool(op.rules)
    needs_tensor = params[0] in ("input", "condition")
    any_layout = op.elementwise

    def call(*args: Any, **kwargs: Any) -> Any:
        given = len(args)
        if kwargs or not positional or not required <= given <= count:
            if "out" in kwargs:
                return _with_options(op, args, kwargs)
            args = op.bind(args, kwargs)
        elif given < count:
            args += default_values[given:]
        if needs_tensor and not isinstance(args[0], Tensor):
            raise _type_error(op, params[0], args[0])
        tracks = False
        data = []
        for a in args:
            if isinstance(a, Tensor):
                data.append(a._array)
                if a._requires_grad:
                    tracks = True
            else:
                data.append(a)
        try:
            out = kernel(*data)
        except ValueError as error:
            raise RuntimeError(f"{name}: {error}") from None
        if out.__class__ is not _ndarray:
            out = np.asarray(out)
        elif out.ndim > 1 and not out.flags.c_contiguous and not (any_layout and 0 not in data[0].strides):
            out = out.copy()
        t: Tensor = _new(Tensor)
        t._array = out
        t._requires_grad = False
        t._grad = t._fn = t._view = t._extras = None
        t._cell = mode.version_cell
        if tracks and differentiable and mode.recording and out.dtype.kind in "fc":
            record(op, args, args, (t,))
        return t

    return call


def _make_general(op: Op) -> Any:
    kernel, params = op.kernel, op.params
    differentiable, sequence, view = bool(op.rules), op.sequence, op.view
    promoted = [op.position[p] for p in op.promoted] if op.promote else []
    needs_tensor = params[0] in ("input", "condition") and 0 not in promoted
    any_layout = op.elementwise or view

    def call(*args: Any, **kwargs: Any) -> Any:
        if "out" in kwargs:
            return _with_options(op, args, kwargs)
        args = op.bind(args, kwargs)
        if needs_tensor and not isinstance(args[0], Tensor):
            raise _type_error(op, params[0], args[0])
        values: Any = args
        if promoted:
            changed, arrays = promote(op, [args[i] for i in promoted])
            values = list(args)
            for i, v in zip(promoted, changed, strict=True):
                values[i] = v
        data = []
        tracks = False
        for a in values:
            if isinstance(a, Tensor):
                data.append(a._array)
                if a._requires_grad:
                    tracks = True
            elif sequence and type(a) is tuple:
                data.append([t._array for t in a])
                tracks = tracks or any(t._requires_grad for t in a)
            else:
                data.append(a)
        if promoted:
            for i, array in zip(promoted, arrays, strict=True):
                data[i] = array
        try:
            out = kernel(*data)
        except ValueError as error:
            raise RuntimeError(f"{op.name}: {error}") from None
        if op.outputs is not None:
            return _several(op, args, values, out, tracks)
        out = np.asarray(out)
        t = wrap(out if any_layout or out.flags.c_contiguous else out.copy())
        if tracks and differentiable and mode.recording and t._array.dtype.kind in "fc":
            record(op, args, values, (t,))
        if view:
            mark_view(t, args[0], op, args[1:])
        return t

    return call


def _several(op: Op, args: Any, values: Any, outs: Any, tracks: bool) -> tuple[Tensor, ...]:
    """Wrap the outputs of an operation that has several: all are differentiable, or only the first."""
    outs = tuple(np.asarray(o) for o in outs)
    if not op.elementwise:
        outs = tuple(o if o.flags.c_contiguous else o.copy() for o in outs)
    tensors = tuple(wrap(o) for o in outs)
    if tracks and op.rules and mode.recording:
        record(op, args, values, tensors)
    return tensors


def _with_options(op: Op, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """A call with keyword arguments: named operands, or ``out=``."""
    out = options.pop("out", None)
    args = op.bind(args, options)
    result = op.call(*args)
    if out is None:
        return result
    return write_out(op.name, result, out)


def write_out(name: str, result: Any, out: Any) -> Any:
    """Put a result into the tensor that the caller passed as ``out=``."""
    if isinstance(result, tuple):
        return type(result)(*(write_out(name, r, o) for r, o in zip(result, out, strict=True)))
    if not isinstance(out, Tensor):
        raise TypeError(f"{name}(): the argument 'out' must be a Tensor, but got {type(out).__name__}")
    if result._requires_grad or (out._requires_grad and mode.grad):
        raise RuntimeError(f"{name}(): a result written to out= cannot be differentiated; call it without out=")
    if not dtypes.can_cast(result.dtype, out.dtype):
        raise RuntimeError(f"{name}(): a result of type {result.dtype} can't be written to out of type {out.dtype}")
    if out._array.shape != result._array.shape:
        out._array = np.empty(result._array.shape, out._array.dtype)
    out._array[...] = result._array
    from .view import bump_version

    bump_version(out)
    return out


# ---------------------------------------------------------------------- the decorator
def primitive(
    *,
    joint: tuple[tuple[str, ...], Any] | None = None,
    promote: str | None = None,
    promoted: tuple[str, ...] = ("input", "other"),
    grad_name: Any = None,
    view: bool = False,
    inplace: bool = False,
    method: bool = True,
    outputs: tuple[str, ...] | None = None,
    varargs: str | None = None,
    elementwise: bool = False,
    ufunc: Any = None,
    booleans: bool = True,
    **rules: Any,
) -> Callable[[Any], Any]:
    """Declare a primitive: ``parameter=rule`` for each differentiable argument.

    Parameters
    ----------
    joint : ((names), rule)
        One rule for several arguments that share work; it returns a tuple, and may read ``needs``, a tuple of bools.
    promote : 'same' or 'float'
        Bring the parameters ``promoted`` to one dtype first ('float': integers become the default float type).
    grad_name : str or function of the node
        What ``grad_fn`` prints, ``NameBackward0`` by default.
    view : bool
        The result shares the input's memory.
    inplace : bool
        Also make the method ``name_``.
    method : bool
        Attach to Tensor, if the first parameter is called ``input``.
    outputs : names
        The kernel returns a tuple; only the first is differentiable, or, for ``("*",)``, all are.
    varargs : str
        The parameter that may be given as several ints: ``x.permute(0, 1)`` for ``x.permute((0, 1))``.
    elementwise : bool
        The result keeps the input's order of elements in memory, as torch has it; others are made contiguous. (Said of
        operations with more than two parameters; those with one or two tensors are elementwise anyway.)
    ufunc : NumPy ufunc
        What the kernel does, if that is all it does: the fast path then saves a Python call (80 ns of 1,500).
    booleans : bool
        Whether boolean operands are allowed.
    """

    def declare(kernel: Any) -> Any:
        name = kernel.__name__
        shown = grad_name or "".join(w.capitalize() for w in name.strip("_").split("_")) + "Backward0"
        op = Op(kernel, rules, joint, promote=promote, promoted=promoted, grad_name=shown, view=view, inplace=inplace,
                method=method, outputs=outputs, varargs=varargs, elementwise=elementwise,
                ufunc=ufunc, booleans=booleans)  # fmt: skip
        plain = joint is None and not view and outputs is None and varargs is None
        if plain and op.params == ("input",):
            call = _make_unary(op)
        elif plain and promote and op.params == ("input", "other"):
            call = _make_binary(op, _mixed)
            op.operator = functools.update_wrapper(_make_binary(op, _mixed_operator), kernel)
        elif not (promote or view or outputs or op.sequence):
            call = _make_plain(op)
        else:
            call = _make_general(op)
        functools.update_wrapper(call, kernel)
        call.op = op
        op.call = call
        OPS[name] = op
        setattr(raw, name, kernel)
        setattr(tracked, name, call)
        return call

    return declare
