"""Expressions: arrays that remember the formula they came from.

An :class:`Expr` stands for an array in a NumPy program. It holds the array's value and how it is written: a name, or an operation on
other expressions. Operators, methods, ufuncs and NumPy's functions make new expressions (through ``__array_ufunc__`` and
``__array_function__``), so any function written for arrays, a derivative rule or a kernel, can be run on expressions, and what comes
out is its formula, with the value beside it. What leaves no trace in a formula, a decision on a value, a write into an array, a
conversion by C code, raises :class:`Untraceable`; the caller then writes the whole call as one opaque word.

The same tree is written in two ways: with names, as a line of a program (``d_grad * (3 * b**2)``), and with numbers filled in
(``10 * 3 * 3**2``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


class Untraceable(Exception):
    """Something looked at an array, or wrote to it, in a way that has no place in a formula."""


#: How the operators are written, and how strongly they bind.
_SIGNS = {
    "add": ("+", 60), "subtract": ("-", 60), "multiply": ("*", 70), "divide": ("/", 70), "true_divide": ("/", 70), "matmul": ("@", 70),
    "floor_divide": ("//", 70), "power": ("**", 90), "greater": (">", 40), "greater_equal": (">=", 40), "less": ("<", 40),
    "less_equal": ("<=", 40), "equal": ("==", 40), "not_equal": ("!=", 40), "bitwise_and": ("&", 50), "bitwise_or": ("|", 46),
    "bitwise_xor": ("^", 48),
}  # fmt: skip
_REDUCTIONS = {"add": "sum", "maximum": "max", "minimum": "min", "multiply": "prod"}
_ATOM = 100
_LOOKS = frozenset({"item", "tolist", "tobytes", "dump", "ctypes", "data", "base", "__array_interface__", "__array_struct__"})
_WRITES = frozenset({"fill", "sort", "put", "resize", "setflags", "partition", "setfield", "byteswap"})
_ENDS = (np.ndarray, np.generic)


class Expr(np.lib.mixins.NDArrayOperatorsMixin):
    """A value and its formula.

    Attributes
    ----------
    value : ndarray
    form : tuple
        ``("name", name)``; ``("infix", sign, strength)``, ``("prefix", sign)``, ``("call", name, keywords)``,
        ``("method", name, keywords)``, ``("attribute", name)``, ``("index", index)`` or ``("item", k)``, the k-th of several results.
    parts : tuple
        The operands: expressions and plain values.
    """

    __slots__ = ("form", "parts", "value")

    def __init__(self, value: Any, form: tuple[Any, ...], parts: tuple[Any, ...] = ()):
        self.value, self.form, self.parts = value, form, parts

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # ``isinstance(x, np.ndarray)`` holds, as the functions that are traced expect
        return np.ndarray

    __hash__ = object.__hash__  # type: ignore[assignment]

    def _refused(self, *args: Any) -> Any:
        raise Untraceable("a decision depends on the value of an array")

    __bool__ = __int__ = __float__ = __complex__ = __index__ = _refused
    __setitem__ = __iadd__ = __isub__ = __imul__ = __itruediv__ = __ipow__ = _refused

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise Untraceable("an array is converted by NumPy's C code")

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Any:
        return (self[k] for k in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        return _made(self.value[_plain(index)], ("index",), (self, index))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        if out is not None and any(o is not None for o in out):
            raise Untraceable("a result is written into an array")
        kwargs = {k: v for k, v in kwargs.items() if v is not None and v is not False and not (k == "where" and v is True)}
        value = getattr(ufunc, method)(*_plain(inputs), **_plain(kwargs))
        name = ufunc.__name__
        if method == "reduce" and name in _REDUCTIONS:
            kwargs.pop("out", None)
            return _made(value, ("method", _REDUCTIONS[name], tuple(kwargs)), _trimmed(inputs) + tuple(kwargs.values()))
        if method == "__call__" and not kwargs:
            if name in _SIGNS and len(inputs) == 2:
                return _made(value, ("infix", *_SIGNS[name]), tuple(_number(x, inputs) for x in inputs))
            if name == "negative":
                return _made(value, ("prefix", "-"), inputs)
        full = ("np." if hasattr(np, name) else "special.") + name + ("" if method == "__call__" else "." + method)
        return _made(value, ("call", full, tuple(kwargs)), tuple(_number(x, inputs) for x in inputs) + tuple(kwargs.values()))

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if kwargs.get("out") is not None or function.__name__ in (
            "put",
            "copyto",
            "place",
            "putmask",
            "fill_diagonal",
            "put_along_axis",
        ):
            raise Untraceable("a result is written into an array")
        kwargs = {k: v for k, v in kwargs.items() if v is not None}
        module = getattr(function, "__module__", "numpy").replace("numpy", "np")
        value = function(*_plain(args), **_plain(kwargs))
        return _made(value, ("call", f"{module}.{function.__name__}", tuple(kwargs)), tuple(args) + tuple(kwargs.values()))

    def __getattr__(self, name: str) -> Any:
        if name in _LOOKS or name in _WRITES or name.startswith("__"):
            raise Untraceable(f"the attribute {name} of an array has no place in a formula")
        value = getattr(self.value, name)
        if isinstance(value, np.flatiter):
            raise Untraceable("elements are read one by one")
        if not callable(value):
            return (
                Expr(value, ("attribute", name), (self,))
                if isinstance(value, _ENDS) and name in ("T", "mT", "real", "imag")
                else value
            )

        def method(*args: Any, **kwargs: Any) -> Any:
            if any(k in kwargs for k in ("out",)) or (name == "dot" and len(args) > 1):
                raise Untraceable("a result is written into an array")
            result = value(*_plain(args), **_plain(kwargs))
            if name == "dot":
                return _made(result, ("infix", "@", 70), (self, *args))
            if name == "astype":
                kwargs.pop("copy", None)
            return _made(result, ("method", name, tuple(kwargs)), (self, *args, *kwargs.values()))

        return method


def _plain(x: Any) -> Any:
    """An argument with values in place of expressions."""
    if type(x) is Expr:
        return x.value
    if type(x) in (tuple, list):
        return type(x)(map(_plain, x))
    if type(x) is dict:
        return {k: _plain(v) for k, v in x.items()}
    if type(x) is slice:
        return slice(_plain(x.start), _plain(x.stop), _plain(x.step))
    return x


plain = _plain


def _trimmed(args: tuple[Any, ...]) -> tuple[Any, ...]:
    while len(args) > 1 and args[-1] is None:
        args = args[:-1]
    return args


def _number(x: Any, others: Any) -> Any:
    """A 0-d constant of its neighbours' type is written as a plain number."""
    if isinstance(x, _ENDS) and type(x) is not Expr and x.ndim == 0 and x.dtype.kind in "fiu" and np.isfinite(x):
        if any(type(o) is Expr and o.dtype == x.dtype for o in others):
            return x.item()
    return x


def _made(value: Any, form: tuple[Any, ...], parts: tuple[Any, ...]) -> Any:
    """The result of an operation on expressions; of several results, each is an item of the whole."""
    if isinstance(value, (tuple, list)) and any(isinstance(v, _ENDS) for v in value):
        whole = Expr(value, form, parts)
        return tuple(None if v is None else Expr(v, ("item", k), (whole,)) for k, v in enumerate(value))
    if isinstance(value, _ENDS):
        return Expr(value, form, parts)
    if isinstance(value, (bool, int, float, complex)):
        raise Untraceable("a decision depends on the value of an array")
    return value


def named(name: Any, value: Any) -> Expr:
    """A variable of the program."""
    return Expr(value, ("name", name))


def called(name: str, value: Any, args: tuple[Any, ...], keywords: tuple[str, ...] = ()) -> Any:
    """The expression ``name(args)``."""
    return _made(value, ("call", name, keywords), args)


# ---------------------------------------------------------------------- writing
def literal(x: Any) -> str:
    """A plain value as Python text; :class:`Untraceable` if there is none."""
    if x is None or isinstance(x, (bool, int, str)):
        return repr(x)
    if x is Ellipsis:
        return "..."
    if isinstance(x, (np.dtype, type)):
        name = np.dtype(x).name
        return f"np.{name}" if hasattr(np, name) else f"np.dtype({name!r})"
    if isinstance(x, float) and not isinstance(x, np.generic):
        return repr(x) if np.isfinite(x) else f"float('{x}')"
    if isinstance(x, complex) and not isinstance(x, np.generic):
        return repr(x)
    if isinstance(x, _ENDS):
        if x.dtype.name not in _WRITABLE:
            raise Untraceable(f"a constant of type {x.dtype} has no text")
        if x.ndim == 0:
            return f"np.{x.dtype.name}({x.item()!r})" if x.dtype.kind in "biu" or np.isfinite(x) else f"np.{x.dtype.name}('{x}')"
        if x.size and bool((x == x.flat[0]).all()):
            number = x.flat[0].item()
            if number in (0, 1):
                return f"np.{'ones' if number else 'zeros'}({x.shape}, np.{x.dtype.name})"
            return f"np.full({x.shape}, {literal(number)}, np.{x.dtype.name})"
        if not x.size:
            return f"np.zeros({x.shape}, np.{x.dtype.name})"
        if x.dtype.kind in "iu" and x.ndim == 1 and np.array_equal(x, np.arange(x.size)):
            return f"np.arange({x.size})"
        raise Untraceable("an array of constants has no short text")
    raise Untraceable(f"a value of type {type(x).__name__} has no text")


_WRITABLE = frozenset(
    ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64", "complex64", "complex128"]
)  # fmt: skip


def write(x: Any, name: Callable[[Expr], str | None], tight: bool = False, least: int = 0) -> str:
    """The text of an expression or a plain value.

    Parameters
    ----------
    x : Expr or plain value
    name : function
        The text of an expression that is not to be written out (a variable, a number to fill in), or None.
    tight : bool
        Leave out the parentheses of products within products (``10 * 3 * 3**2``): for people, not for the last bit.
    least : int
        How strongly the text must bind, to stand without parentheses.
    """
    text, strength = _written(x, name, tight)
    return text if strength >= least else f"({text})"


def _written(x: Any, name: Any, tight: bool) -> tuple[str, int]:
    again = lambda y, least=0: write(y, name, tight, least)
    if type(x) is not Expr:
        if type(x) in (tuple, list):
            inner = ", ".join(map(again, x))
            return (f"[{inner}]" if type(x) is list else f"({inner},)" if len(x) == 1 else f"({inner})"), _ATOM
        if isinstance(x, slice):
            return f"slice({again(x.start)}, {again(x.stop)}, {again(x.step)})", _ATOM
        try:
            text = literal(x)
        except Untraceable:
            found = name(x)  # a constant that has no text may have a name
            if found is None:
                raise
            text = found
        return text, 80 if text.startswith("-") else _ATOM
    known = name(x)
    if known is not None:
        return known, 80 if known.startswith("-") else _ATOM
    kind, *how = x.form
    if kind == "infix":
        sign, strength = how
        left, right = x.parts
        loose = tight and sign in ("*", "+")
        a = again(left, strength + (sign == "**"))
        b = again(right, strength + (sign != "**" and not loose))
        return (f"{a}{sign}{b}" if sign == "**" else f"{a} {sign} {b}"), strength
    if kind == "prefix":
        return how[0] + again(x.parts[0], 80), 80
    if kind == "index":
        return f"{again(x.parts[0], _ATOM)}[{_index(x.parts[1], again)}]", _ATOM
    if kind == "item":
        return f"{again(x.parts[0], _ATOM)}[{how[0]}]", _ATOM
    if kind == "attribute":
        return f"{again(x.parts[0], _ATOM)}.{how[0]}", _ATOM
    if kind == "name":
        return str(how[0]), _ATOM
    called, keywords = how
    positional = x.parts[: len(x.parts) - len(keywords)]
    words = [f"{k}={again(v)}" for k, v in zip(keywords, x.parts[len(positional) :])]
    if kind == "method":
        return f"{again(positional[0], _ATOM)}.{called}({', '.join([*map(again, positional[1:]), *words])})", _ATOM
    return f"{called}({', '.join([*map(again, positional), *words])})", _ATOM


def _index(index: Any, again: Any) -> str:
    def one(i: Any) -> str:
        if type(i) is slice:
            ends = (i.start, i.stop) if i.step is None else (i.start, i.stop, i.step)
            return ":".join("" if k is None else again(k) for k in ends)
        return again(i)

    if type(index) is tuple:
        return ", ".join(map(one, index)) + ("," if len(index) == 1 else "") or "()"
    return one(index)
