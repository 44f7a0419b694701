"""Primitives: a NumPy kernel and one derivative rule per argument, declared in one place.

    @primitive(input=lambda xp, grad, other: grad * other,
               other=lambda xp, grad, input: grad * input)
    def mul(input, other): return np.multiply(input, other)

That is all there is to an operation. The decorated function is the forward pass on arrays; each rule takes the gradient
of the output to the gradient of one argument. **The names of a rule's parameters say what the node saves**: an argument
by its name, the output as ``result``, only the shape of an argument as ``input_shape``. A value is kept only if a rule
that reads it will run. No rule mentions broadcasting or dtypes; the engine undoes both (see ``engine``).

The decorator returns the public function: it takes Tensors, checks and promotes them, calls the kernel, and records a
node when some input requires grad. Recording is the price every operation pays, so there are several versions of it: for
one tensor, for two, for anything plain, and for the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import dtype as dtypes
from .compiled import exchangeable, wraps
from .grad_mode import mode
from .graph import Node, NodeBase, next_sequence_number
from .half import in_float32
from .layout import in_memory_order
from .namespaces import raw, tracked
from .op import MISSING, OPS, Op, check_keepdim
from .out import check_out, write_out
from .promotion import UnsupportedOperand, not_defined, promote, shape_error, type_error
from .reals import of_reals
from .record import new_node, record
from .tensor import Tensor, TensorBase, wrap
from .view import edge_of, mark_view, requires_grad

_F32, _F64, _I32, _I64 = (np.dtype(t) for t in (np.float32, np.float64, np.int32, np.int64))
_INT32 = 1 << 31
_new, _new_node = TensorBase.__new__, Node.__new__
_ndarray = np.ndarray


# ---------------------------------------------------------------------- the kinds of call
def _make_unary(op: Op) -> Any:
    kernel, to_float, differentiable = op.ufunc or op.plain_kernel, op.promote == "float", bool(op.rules)
    of_any_type = op.kernel

    def call(input: Any = MISSING, **options: Any) -> Any:
        if options or input is MISSING:
            return _with_options(op, (input,), options)
        if not isinstance(input, Tensor):
            raise type_error(op, op.params[0], input)
        a: TensorBase = input
        x = a._array
        d = x.dtype
        if d is _F32 or d is _F64:
            out = kernel(x)
        else:
            if to_float and d.kind not in "fcV":
                x = x.astype(dtypes.get_default_dtype().numpy)
            out = of_any_type(x)
        if type(out) is not _ndarray:
            out = np.asarray(out)
        elif out.ndim > 1 and not out.flags.c_contiguous:
            out = _settled(out, x, None)
        t: TensorBase = wrap(out)
        if a._requires_grad and mode.recording and differentiable:
            edge = (a._fn or input) if a._view is None else edge_of(input)
            if edge is not None:
                args = (input,)
                t._fn = new_node(op.plans.get(1) or op.plan(1), (edge,), args, args, (t,))
                t._requires_grad = True
        return t

    return call


def _make_binary(op: Op, mixed: Any) -> Any:
    """Two operands. ``mixed(op, input, other)`` handles what is not two tensors of one dtype.

    Here ``record`` and ``new_node`` are written out for two arguments, which takes a third off the cost of recording
    (measured in the design chapter).
    """
    kernel, differentiable = op.ufunc or op.kernel, len(op.rules) == 2
    to_float, numbers = op.promote == "float", op.numbers != "none"
    counts = op.promote == "same" and numbers and op.ufunc is not None
    plans: Any = (None, op.plan(1), op.plan(2), op.plan(3)) if differentiable else ()
    # A rule that reads a result or a shape takes the general way.
    fast = all(p is None or p.simple is not None for p in plans)

    def call(input: Any = MISSING, other: Any = MISSING, **options: Any) -> Any:
        if options or other is MISSING:
            return _with_options(op, (input, other), options)
        if not isinstance(input, Tensor):
            return mixed(op, input, other)
        a: TensorBase = input
        b: TensorBase
        x = a._array
        d = x.dtype
        y: Any
        if isinstance(other, Tensor):
            b = other
            y = b._array
            if d is not y.dtype or (to_float and d.kind not in "fcV"):
                return mixed(op, input, other)
            tracks = a._requires_grad or b._requires_grad
        elif numbers and (d is _F32 or d is _F64) and (other.__class__ is float or other.__class__ is int):
            y = other
            tracks = a._requires_grad
        elif (
            counts and (d is _I64 or d is _I32) and other.__class__ is int and -_INT32 <= other < _INT32
        ):  # i + 1: 1 us in place of 3.6
            y = other
            tracks = False
        else:
            return mixed(op, input, other)
        try:
            out = kernel(x, y)
        except ValueError:
            raise shape_error(op, x, y) from None
        except TypeError:
            raise not_defined(op, d) from None
        if out.__class__ is not _ndarray:
            out = np.asarray(out)
        elif out.ndim > 1 and not out.flags.c_contiguous:
            out = _settled(out, x, y)
        t: TensorBase = _new(Tensor)
        t._array = out
        t._grad = t._view = t._extras = None
        if tracks and differentiable:
            recording = mode.recording
            if recording is True and fast and (d is _F32 or d is _F64):
                left = right = None
                if a._requires_grad:
                    left = (a._fn or input) if a._view is None else edge_of(input)
                if y is not other and b._requires_grad:
                    right = (b._fn or other) if b._view is None else edge_of(other)
                if left is not None or right is not None:
                    plan = plans[3 if right is not None else 1] if left is not None else plans[2]
                    node: NodeBase = _new_node(Node)
                    node.plan = plan
                    node.edges = (left, right)
                    reads = plan.simple
                    if not reads:
                        node.saved = node.versions = ()
                    else:
                        cell = a._cell
                        first = 0 if cell is None else cell[0]
                        if y is other:
                            second = None
                        else:
                            cell = b._cell
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


_NUMBERS_FIRST = ("any", "both")
_FIRST, _SECOND, _BOTH = (0,), (1,), (0, 1)


def _settled(out: _ndarray, x: _ndarray, y: Any) -> _ndarray:
    """The result of an elementwise operation in torch's memory order, which is NumPy's unless an operand was expanded."""
    if isinstance(y, _ndarray) and y.ndim:
        if 0 in x.strides or 0 in y.strides or x.shape != y.shape:
            return in_memory_order(out, *np.broadcast_arrays(x, y))
    elif 0 in x.strides:
        return in_memory_order(out, x)
    return out


def _mixed(op: Op, input: Any, other: Any) -> Tensor:
    """A binary operation on operands of different kinds or dtypes."""
    if not isinstance(input, Tensor) and (
        op.numbers not in _NUMBERS_FIRST or not (op.numbers == "both" or isinstance(other, Tensor))
    ):
        raise type_error(op, op.params[0], input)
    if op.numbers == "none" and not isinstance(other, Tensor):
        raise type_error(op, op.params[1], other)
    values, (x, y) = promote(op, [input, other])
    wide_number = x.dtype != y.dtype
    try:
        out = np.asarray(op.kernel(x, y))
        if out.dtype == np.float32 and wide_number:
            out = out.astype(values[0]._array.dtype if isinstance(values[0], Tensor) else values[1]._array.dtype)
    except ValueError:
        raise shape_error(op, x, y) from None
    except TypeError:
        raise not_defined(op, x.dtype) from None
    t = wrap(out)
    if mode.recording and op.rules:
        record(op, (input, other), tuple(values), (t,))
    return t


def _mixed_operator(op: Op, input: Any, other: Any) -> Any:
    """The same for ``+`` and the other operators: a type that they do not know is left to the other operand."""
    if not isinstance(input, Tensor):  # Tensor.__radd__(2, x): the method of what is no tensor
        raise type_error(op, "self", input)
    try:
        return _mixed(op, input, other)
    except UnsupportedOperand:
        return NotImplemented


def _make_plain(op: Op) -> Any:
    """Operations with any arguments, but one output of its own and no promotion: most of those that matter for speed."""
    kernel, count, params, name = op.plain_kernel, len(op.params), op.params, op.public_name
    of_any_type = op.kernel
    positional = op.varargs is None and op.positional == count
    complete = count if positional else -1
    default_values, required = op.default_values, op.required
    differentiable = bool(op.rules)
    needs_tensor = params[0] in ("input", "condition")
    flag = op.position["keepdim"] if "keepdim" in op.position and not kernel.__name__.startswith("_") else None
    any_layout, hides, public = op.elementwise, op.hidden is not None, not kernel.__name__.startswith("_")

    def call(*args: Any, **kwargs: Any) -> Any:
        given = len(args)
        if kwargs or given != complete:
            if "out" in kwargs:
                return _with_options(op, args, kwargs)
            if kwargs or not positional or not required <= given < count:
                args = op.bind(args, kwargs)
            else:
                args += default_values[given:]
        if needs_tensor and not isinstance(args[0], Tensor):
            raise type_error(op, params[0], args[0])
        if flag is not None and args[flag].__class__ is not bool:
            check_keepdim(name, args[flag])
        tracks = False
        data = []
        t: TensorBase
        for a in args:
            if isinstance(a, Tensor):
                t = a
                data.append(t._array)
                if t._requires_grad:
                    tracks = True
            else:
                if a.__class__ is _ndarray and public:
                    raise type_error(op, params[len(data)], a)
                data.append(a)
        first = data[0]
        try:
            if first.__class__ is _ndarray and (first.dtype is _F32 or first.dtype is _F64):
                out = kernel(*data)
            else:
                out = of_any_type(*data)
        except _FROM_INSIDE as error:
            raise refused(op, args, error) from None
        hidden: Any = ()
        if hides:
            out, *hidden = out
        if out.__class__ is not _ndarray:
            out = np.asarray(out)
        elif out.ndim > 1 and not out.flags.c_contiguous:
            out = _settled(out, data[0], None) if any_layout else out.copy()
        t = _new(Tensor)
        t._array = out
        t._requires_grad = False
        t._grad = t._fn = t._view = t._extras = None
        t._cell = mode.version_cell
        if tracks and differentiable and mode.recording and out.dtype.kind in "fcV":
            record(op, args, args, (t,), 0, hidden)
        return t

    return call


def _make_general(op: Op) -> Any:
    kernel, params = op.kernel, op.params
    differentiable, sequence, view = bool(op.rules), op.sequence, op.view
    promoted = [op.position[p] for p in op.promoted] if op.promote else []
    needs_tensor = params[0] in ("input", "condition") and 0 not in promoted
    any_layout = op.elementwise or view
    complete = len(params) if op.varargs is None and op.positional == len(params) else -1

    def call(*args: Any, **kwargs: Any) -> Any:
        if "out" in kwargs:
            return _with_options(op, args, kwargs)
        if kwargs or len(args) != complete:
            args = op.bind(args, kwargs)
        if needs_tensor and not isinstance(args[0], Tensor):
            raise type_error(op, params[0], args[0])
        values: Any = args
        if promoted:
            changed, arrays = promote(op, [args[i] for i in promoted])
            values = list(args)
            for i, v in zip(promoted, changed, strict=True):
                values[i] = v
        data: list[Any] = []
        tracks = False
        for a in values:
            if isinstance(a, Tensor):
                data.append(a._array)
                if a._requires_grad:
                    tracks = True
            elif sequence and type(a) is tuple:
                data.append([t._array for t in a])
                for t in a:  # a view of what requires none, a row of a data set, has no history to look for
                    if t._requires_grad and requires_grad(t):
                        tracks = True
                        break
            else:
                data.append(a)
        if promoted:
            for i, array in zip(promoted, arrays, strict=True):
                data[i] = array
        try:
            out = kernel(*data)
        except _FROM_INSIDE as error:
            raise refused(op, args, error) from None
        if op.outputs is not None:
            return _several(op, args, values, out, tracks)
        out = np.asarray(out)
        t = wrap(out if any_layout or out.flags.c_contiguous else out.copy())
        if tracks and differentiable and mode.recording and t._array.dtype.kind in "fcV":
            record(op, args, values, (t,))
        if view:
            mark_view(t, args[0], op, args[1:])
        return t

    return call


_FROM_INSIDE = (ValueError, AttributeError, TypeError, IndexError, RuntimeError)
_TENSORS = frozenset(["other", "index", "target", "mask", "weight", "bias", "end", "vec", "mat1", "mat2", "tensor", "tensor1",
                      "tensor2", "source", "src", "values"])  # fmt: skip


def refused(op: Op, args: tuple[Any, ...], error: Exception) -> Exception:
    """What to raise in place of an error of NumPy's or Python's: TypeError if an argument that is to be a tensor is none."""
    for i, (name, value) in enumerate(zip(op.params, args, strict=False)):
        number = isinstance(value, (bool, int, float, complex, np.generic)) and not isinstance(error, AttributeError)
        optional = (value is None and op.defaults.get(name, error) is None) or (i == 0 and op.sequence)
        if (
            (i == 0 or (name in _TENSORS and not op.name.startswith("_")))
            and not isinstance(value, Tensor)
            and not number
            and not optional
        ):
            return type_error(op, name, value)
    return RuntimeError(f"{op.public_name}: {error}") if isinstance(error, ValueError) else error


def _several(op: Op, args: Any, values: Any, outs: Any, tracks: bool) -> tuple[Tensor, ...]:
    """Wrap the outputs of an operation that has several: all are differentiable, or only the first."""
    tensors = []
    for o in outs:
        if o.__class__ is not _ndarray:
            o = np.asarray(o)
        elif o.ndim > 1 and not op.elementwise and not o.flags.c_contiguous:
            o = o.copy()
        tensors.append(wrap(o))
    result = tuple(tensors)
    if tracks and op.rules and mode.recording:
        record(op, args, values, result)
    return result


def _with_options(op: Op, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """A call with keyword arguments: named operands, or ``out=``."""
    out = options.pop("out", None)
    args = op.bind(tuple(a for a in args if a is not MISSING), options)
    check_out(op.public_name, out, args, op.apart)
    return write_out(op.public_name, op.call(*args), out, op.exact)


# ---------------------------------------------------------------------- the decorator
def primitive(
    *,
    joint: tuple[tuple[str, ...], Any] | None = None,
    promote: str | None = None,
    promoted: tuple[str, ...] = ("input", "other"),
    grad_name: Any = None,
    public_name: str = "",
    view: bool = False,
    outputs: tuple[str, ...] | None = None,
    hidden: Any = None,
    varargs: str | None = None,
    elementwise: bool = False,
    ufunc: Any = None,
    booleans: bool = True,
    conjugates: bool = False,
    numbers: str = "any",
    fills: bool = False,
    half: bool = True,
    reals_only: bool | type[Exception] = False,
    arity: Any = None,
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
    public_name : str
        The name of the public function that it is for, if not the kernel's own without underscores: errors say it.
    view : bool
        The result shares the input's memory.
    outputs : names
        The kernel returns a tuple; only the first is differentiable, or, for ``("*",)``, all are.
    hidden : function of (node, k, array)
        The kernel returns a tuple, of which callers see only the first; the rest is kept for the rules, which read it as
        ``hidden0``, ``hidden1``, ... When the backward pass is itself recorded, the function makes hidden number k a
        Tensor with a history.
    varargs : str
        The parameter that may be given as several ints: ``x.permute(0, 1)`` for ``x.permute((0, 1))``.
    elementwise : bool
        The result keeps the input's order of elements in memory, as torch has it; others are made contiguous. (Said of
        operations with more than two parameters; those with one or two tensors are elementwise anyway.)
    ufunc : NumPy ufunc
        What the kernel does, if that is all it does: the fast path then saves a Python call (80 ns of 1,500).
    booleans : bool
        Whether boolean operands are allowed.
    conjugates : bool
        The function of complex numbers is not holomorphic (it takes a conjugate, a modulus, a real part): its rules give
        ``dL/dRe z + i dL/dIm z`` themselves. All others are conjugated by the engine (``Plan.for_complex``).
    numbers : 'any', 'both', 'second' or 'none'
        Which of two operands may be Python numbers: either, but not both, or both, ...
    fills : bool
        Every element of the result is the same number: written in place, it may go to an expanded tensor, too.
    half : bool
        In half precision the kernel is given float32, and its result is rounded (see ``half``); False for what is about types.
    reals_only : bool or exception
        Complex numbers are refused: what asks which of two is larger, for example.
    arity : int or function of the node
        How many inputs PyTorch's node has, where numbers among the arguments make a difference.
    """

    def declare(kernel: Any) -> Any:
        name = kernel.__name__
        shown = grad_name or "".join(w.capitalize() for w in name.strip("_").split("_")) + "Backward0"
        op = Op(kernel, rules, joint, promote=promote, promoted=promoted, grad_name=shown, view=view,
                public_name=public_name or name.strip("_"), outputs=outputs, hidden=hidden, varargs=varargs, elementwise=elementwise,
                ufunc=ufunc, booleans=booleans, conjugates=conjugates, numbers=numbers, fills=fills, arity=arity)  # fmt: skip
        op.plain_kernel = kernel
        if half and not view and ufunc is None:
            op.kernel = in_float32(kernel, op.public_name, only_first=hidden is not None)
        if reals_only:
            op.kernel = of_reals(op.public_name, op.kernel, NotImplementedError if reals_only is True else reals_only)
        plain = joint is None and not view and outputs is None and varargs is None
        if plain and op.params == ("input",):
            call = _make_unary(op)
        elif plain and promote and op.params == ("input", "other"):
            call = _make_binary(op, _mixed)
            op.operator = wraps(kernel, exchangeable(_make_binary(op, _mixed_operator)))
        elif not (promote or view or outputs or op.sequence):
            call = _make_plain(op)
        else:
            call = _make_general(op)
        call = wraps(kernel, exchangeable(call))
        call.op = op
        op.call = call
        if name in OPS and OPS[name].kernel.__module__ != kernel.__module__:
            raise TypeError(
                f"the primitive {name} is declared twice: it stands in {OPS[name].kernel.__module__} already. Rename one"
            )
        OPS[name] = op
        setattr(raw, name, kernel)
        setattr(tracked, name, call)
        return call

    return declare
