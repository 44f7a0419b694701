"""How operations read: the short NumPy text of each operation that is taught.

One dictionary, from an operation's name to a function on arrays that says what its kernel computes, in the words of a textbook. It is
run on expressions (see ``expression``), so ``lambda x: 1 / (1 + np.exp(-x))`` writes the line ``h = 1 / (1 + np.exp(-z))``. All other
operations are one word, ``ops.name(...)``. ``tests/explain`` holds every one of them against its kernel.

:class:`Words` is the third vocabulary in which a derivative rule can be spoken, beside ``raw`` and ``tracked`` (see
``core/namespaces``): spoken in it, a rule writes its formula.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.namespaces import raw
from ..core.op import OPS
from .expression import Expr, Untraceable, called, plain


def _sum(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    return _reduced(x, "sum", dim, keepdim)


def _reduced(x: Any, how: str, dim: Any, keepdim: bool) -> Any:
    axis = () if dim is None or dim == () or dim == [] else (tuple(dim) if isinstance(dim, (tuple, list)) else dim,)
    if axis and x.ndim == 0:
        axis = ()
    if axis and type(axis[0]) is tuple and len(axis[0]) == 1:
        axis = axis[0]
    return getattr(x, how)(*axis, **({"keepdims": True} if keepdim else {}))


def _linear(input: Any, weight: Any, bias: Any = None) -> Any:
    return input @ weight.T if bias is None else input @ weight.T + bias


def _softmax(input: Any, dim: Any) -> Any:
    e = np.exp(input - input.max(dim, keepdims=True))
    return e / e.sum(dim, keepdims=True)


def _log_softmax(input: Any, dim: Any) -> Any:
    z = input - input.max(dim, keepdims=True)
    return z - np.log(np.exp(z).sum(dim, keepdims=True))


def _mse(input: Any, target: Any, reduction: str) -> Any:
    squares = (input - target) ** 2
    return squares if reduction == "none" else getattr(squares, reduction)()


def _usual(target: Any, weight: Any, reduction: str, ignore_index: int, ndim: int) -> None:
    if weight is not None or ndim != 2 or reduction == "none" or (plain(target) == ignore_index).any():
        raise Untraceable("only the usual case of cross entropy has a short text")


def _cross_entropy(input: Any, target: Any, weight: Any, reduction: str, ignore_index: int) -> Any:
    _usual(target, weight, reduction, ignore_index, input.ndim)
    logs = _log_softmax(input, 1)
    losses = -logs[np.arange(len(input)), target]
    return losses.mean() if reduction == "mean" else losses.sum(), logs, None


def _cross_entropy_rule(
    xp: Any, grad: Any, logs: Any, places: Any, target: Any, weight: Any, reduction: str, ignore_index: int
) -> Any:
    _usual(target, weight, reduction, ignore_index, logs.ndim)
    classes = logs.shape[1]
    one_hot = called("np.eye", np.eye(classes, dtype=logs.dtype), (classes, logs.dtype), ("dtype",))[target]
    difference = np.exp(logs) - one_hot
    return grad * difference / len(target) if reduction == "mean" else grad * difference


def _power(x: Any, exponent: Any) -> Any:
    if x.dtype.kind not in "fc" or isinstance(exponent, np.ndarray):
        raise Untraceable("a power of integers")
    return x if exponent == 1 else x**exponent


def _power_rule(xp: Any, grad: Any, input: Any, exponent: Any) -> Any:
    if input.dtype.kind != "f" or input.dtype.itemsize < 4 or isinstance(exponent, np.ndarray) or exponent in (0, 1):
        raise Untraceable("only the usual case of a power has a short text")
    return grad * (exponent * (input if exponent == 2 else input ** (exponent - 1)))


def _gate(grad: Any, input: Any, threshold: Any) -> Any:
    return grad * (input > threshold)


def _view(input: Any, shape: Any) -> Any:
    return input if tuple(shape) == input.shape else input.reshape(tuple(shape))


def _expand(input: Any, shape: Any) -> Any:
    whole = tuple(input.shape[k - len(shape)] if n == -1 else n for k, n in enumerate(shape))
    return input if whole == input.shape else np.broadcast_to(input, whole)


def _getitem(input: Any, index: Any) -> Any:
    return input[index[0] if type(index) is tuple and len(index) == 1 else index]


def _index(input: Any, index: Any) -> Any:
    if type(index) is tuple and len(index) == 1:
        return input[index[0]]
    return input[index]


def _select(input: Any, dim: int, index: int) -> Any:
    dim %= input.ndim
    return input[(slice(None),) * dim + (index,)] if dim else input[index]


def _narrow(input: Any, dim: int, start: int, length: int) -> Any:
    return input[(slice(None),) * (dim % input.ndim) + (slice(start, start + length),)]


def _concatenate(tensors: Any, dim: int) -> Any:
    if any(t.ndim != tensors[0].ndim for t in tensors):
        raise Untraceable("empty vectors are left out")
    return np.concatenate(list(tensors), dim)


#: Operation -> the NumPy text that is written for it.
WRITTEN: dict[str, Any] = {
    "_add": lambda input, other: input + other, "_sub": lambda input, other: input - other, "mul": lambda input, other: input * other,
    "_div": lambda input, other: input / other, "_rsub": lambda input, other: other - input, "neg": lambda input: -input,
    "_pow_scalar": _power, "_mm": lambda a, b: a @ b, "mv": lambda a, b: a @ b, "dot": lambda a, b: a @ b, "bmm": lambda a, b: a @ b,
    "t": lambda x: x.T if x.ndim == 2 else x, "transpose": lambda x, a, b: x.swapaxes(a, b), "permute": lambda x, dims: x.transpose(tuple(dims)),
    "_view": _view, "_unsafe_view": _view, "expand": _expand,
    "unsqueeze": lambda x, dim: np.expand_dims(x, dim), "_getitem": _getitem, "_index": _index, "select": _select, "narrow": _narrow,
    "_cat": _concatenate, "_stack": lambda tensors, dim: np.stack(list(tensors), dim), "_clone": lambda x, contiguous=False: x.copy(),
    "_sum_over": _sum, "_mean_over": lambda x, dim=None, keepdim=False: _reduced(x, "mean", dim, keepdim),
    "amax": lambda x, dim=(), keepdim=False: _reduced(x, "max", dim, keepdim), "amin": lambda x, dim=(), keepdim=False: _reduced(x, "min", dim, keepdim),
    "exp": lambda x: np.exp(x), "log": lambda x: np.log(x), "sqrt": lambda x: np.sqrt(x), "sin": lambda x: np.sin(x), "cos": lambda x: np.cos(x),
    "tan": lambda x: np.tan(x), "tanh": lambda x: np.tanh(x), "sinh": lambda x: np.sinh(x), "cosh": lambda x: np.cosh(x), "abs": lambda x: np.abs(x),
    "sign": lambda x: np.sign(x), "reciprocal": lambda x: 1 / x, "log1p": lambda x: np.log1p(x), "expm1": lambda x: np.expm1(x),
    "relu": lambda x: np.maximum(x, 0), "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "_threshold_backward": _gate,
    "_zeros_of": lambda x: np.zeros_like(x), "_where": lambda condition, a, b: np.where(condition, a, b), "maximum": lambda a, b: np.maximum(a, b),
    "minimum": lambda a, b: np.minimum(a, b), "eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "lt": lambda a, b: a < b, "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b, "logical_and": lambda a, b: np.logical_and(a, b), "logical_not": lambda a: np.logical_not(a),
    "linear": _linear, "_softmax": _softmax, "_log_softmax": _log_softmax, "_mse_loss": _mse, "_cross_entropy": _cross_entropy,
    "_dropout": lambda input, noise: input * noise, "_to_copy": lambda x, dtype: x.astype(dtype.numpy),
}  # fmt: skip

#: The few rules that are written for speed, as they read in a textbook.
RULES: dict[str, Any] = {
    "_cross_entropy": _cross_entropy_rule,
    "_pow_scalar": _power_rule,
    "relu": lambda xp, grad, result: grad * (result > 0),
}


def text_of(name: str, value: Any, *args: Any, opaque: bool = False) -> Any:
    """The expression of one operation on expressions: its short text if that has the kernel's type and shape, else one word.

    ``value`` is what the kernel gave (an array, several, or anything), or None to compute it; ``opaque`` asks for the one word.
    """
    function = WRITTEN.get(name)
    if value is None:
        value = OPS[name].kernel(*plain(args))
    if function is not None and not opaque:
        try:
            result = function(*args)
            if _alike(plain(result), value):
                return result
        except (Untraceable, TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError):
            pass
    args = _without_defaults(name, args)
    return called(f"ops.{name}", value, args)


def _without_defaults(name: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments, without those at the end that the kernel would take anyway."""
    defaults = OPS[name].default_values
    while args and len(args) <= len(defaults) and type(args[-1]) is not Expr:
        mine = defaults[len(args) - 1]
        if type(mine) is not type(args[-1]) or isinstance(mine, np.ndarray) or mine != args[-1]:
            break
        args = args[:-1]
    return args


def _alike(result: Any, value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return isinstance(result, (tuple, list)) and len(result) == len(value) and all(
            r is None or v is None or _alike(r, v) for r, v in zip(result, value)
        )  # fmt: skip
    return isinstance(result, (np.ndarray, np.generic)) and result.shape == np.shape(value) and result.dtype == value.dtype


class Words:
    """The vocabulary of formulas: ``xp.name(...)`` on expressions is an expression."""

    on_arrays = True

    def __getattr__(self, name: str) -> Any:
        if name in ("constant", "array_of"):
            return lambda array: array
        function = getattr(raw, name)

        def word(*args: Any, **kwargs: Any) -> Any:
            if not _has_expression(args) and not _has_expression(tuple(kwargs.values())):
                return function(*args, **kwargs)
            op = OPS.get(name)
            if op is None or op.kernel is not function:
                return function(*args, **kwargs)
            if kwargs:
                args = op.bind(args, kwargs)
            return text_of(name, None, *args)

        return word


words = Words()


def _has_expression(args: Any) -> bool:
    return any(type(a) is Expr or (type(a) in (tuple, list) and _has_expression(a)) for a in args)


def rule_name(op: Any, rule: Any) -> str:
    """What an opaque rule is called: ``ops._conv_rule`` if it is the only one, else ``ops.mul_rule_input``."""
    for targets, known, _ in op.rules:
        if known is rule:
            only = len(op.rules) == 1 or not isinstance(targets, int)
            return f"ops.{op.name}_rule" + ("" if only else "_" + op.params[op.differentiable[targets]])
    raise Untraceable(f"{op.name} has no such rule")


def formula(op: Any, rule: Any, grad: Any, args: list[Any]) -> Any:
    """What a rule gives, as expressions: written out if it can be followed, else as one word.

    The result is an expression, a plain array, None, or a list of these for a rule of several arguments.
    """
    if rule.__name__ == "conjugated":  # of a complex result (see ``Plan.for_complex``)
        conjugate = lambda g: g if g is None or g.dtype.kind != "c" else np.conj(g)
        inner = rule.__closure__[rule.__code__.co_freevars.index("rule")].cell_contents
        found = formula(op, inner, [conjugate(g) for g in grad] if type(grad) is list else conjugate(grad), args)
        return [conjugate(g) for g in found] if isinstance(found, (tuple, list)) else conjugate(found)
    for attempt in (RULES.get(op.name), rule):
        if attempt is None:
            continue
        try:
            result = attempt(words, grad, *args)
            if not _lost(result):
                return result
        except (Untraceable, TypeError, ValueError, IndexError, AttributeError, KeyError, RuntimeError, NotImplementedError):
            continue
    value = rule(raw, plain(grad), *plain(args))
    if isinstance(value, (tuple, list)):
        whole = Expr(tuple(value), ("call", rule_name(op, rule), ()), (grad, *args))
        return [None if v is None else Expr(np.asarray(v), ("item", k), (whole,)) for k, v in enumerate(value)]
    return called(rule_name(op, rule), np.asarray(value), (grad, *args))


def _lost(result: Any) -> bool:
    """Whether a result has left the formula: an array that was computed from values."""
    several = result if isinstance(result, (tuple, list)) else [result]
    return any(isinstance(r, np.ndarray) and type(r) is not Expr and not _uniform(r) for r in several)


def _uniform(x: Any) -> bool:
    return not x.size or bool((x == x.flat[0]).all())
