"""Writing straight-line code by running functions on symbols.

A :class:`Symbol` stands for a variable of the program. NumPy's operators, ufuncs, functions and methods on symbols append a line each, and
compute its value beside it; so a kernel or a derivative rule that is called with symbols writes itself down, with all that depends on
shapes and types decided. What depends on values raises :class:`Opaque`: then the whole call is one line.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.namespaces import raw

#: More lines than this are left to the function: what is saved is its call.
_MOST = 12


class Opaque(Exception):
    """A function does something with a symbol that is no line of a program."""


_INFIX = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "true_divide": "/", "matmul": "@", "greater": ">", "less": "<",
    "greater_equal": ">=", "less_equal": "<=", "equal": "==", "not_equal": "!=",
}  # fmt: skip
_METHODS = frozenset({"reshape", "swapaxes", "transpose", "astype", "copy", "dot", "take", "sum", "max", "min", "squeeze", "conj"})
_METADATA = frozenset({"shape", "dtype", "ndim", "size", "strides", "flags", "itemsize", "nbytes"})
_VIEWS = frozenset({"T", "mT"})


class Symbol(np.lib.mixins.NDArrayOperatorsMixin):
    """A variable: its name in the program, and its value at the example."""

    __slots__ = ("lines", "name", "value")

    def __init__(self, lines: Lines, name: str, value: Any):
        self.lines, self.name, self.value = lines, name, value

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # kernels ask whether they have an array
        return np.ndarray

    __hash__ = object.__hash__  # type: ignore[assignment]

    def _refused(self, *args: Any) -> Any:
        raise Opaque

    __bool__ = __int__ = __float__ = __complex__ = __index__ = __array__ = __contains__ = __iter__ = _refused
    __ipow__ = __imatmul__ = __ifloordiv__ = __imod__ = _refused

    def _changed(self, sign: str, other: Any) -> Symbol:
        if type(self.value) is not np.ndarray:
            raise Opaque
        self.lines.run(f"{self.name} {sign} {self.lines.text(other)}")
        return self

    def __iadd__(self, other: Any) -> Any:
        return self._changed("+=", other)

    def __isub__(self, other: Any) -> Any:
        return self._changed("-=", other)

    def __imul__(self, other: Any) -> Any:
        return self._changed("*=", other)

    def __itruediv__(self, other: Any) -> Any:
        return self._changed("/=", other)

    def __setitem__(self, index: Any, value: Any) -> None:
        self.lines.run(f"{self.name}[{self.lines.text(index)}] = {self.lines.text(value)}")

    def __len__(self) -> int:
        return len(self.value)

    def __getitem__(self, index: Any) -> Any:
        return self.lines.add("{}[{}]", self, index)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        if out is not None and any(o is not None for o in out):
            if len(out) > 1 or type(out[0]) is not Symbol or method != "__call__" or kwargs:
                raise Opaque
            known = self.lines.bound(ufunc, ufunc.__name__)
            self.lines.run(f"{known}({', '.join(map(self.lines.text, (*inputs, *out)))})")
            return out[0]
        if method == "__call__" and not kwargs and ufunc.__name__ in _INFIX and ufunc is getattr(np, ufunc.__name__):
            return self.lines.add("{} " + _INFIX[ufunc.__name__] + " {}", *inputs)
        if method == "__call__" and not kwargs and ufunc is np.negative:
            return self.lines.add("-{}", *inputs)
        function = ufunc if method == "__call__" else getattr(ufunc, method)
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}_{method}"
        while inputs and inputs[-1] is None and method != "__call__" and len(inputs) > 2:
            inputs = inputs[:-1]
        return self.lines.call(name, function, inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if kwargs.get("out") is not None or function.__name__ in ("put", "copyto", "place", "putmask", "put_along_axis"):
            raise Opaque
        return self.lines.call(function.__name__, function, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name in _METADATA:
            return getattr(self.value, name)
        if name in _VIEWS:
            return self.lines.add("{}." + name, self)
        if name not in _METHODS:
            raise Opaque

        def method(*args: Any, **kwargs: Any) -> Any:
            if "out" in kwargs:
                raise Opaque
            words = "".join(f", {k}={{}}" for k in kwargs) if args else ", ".join(f"{k}={{}}" for k in kwargs)
            return self.lines.add("{}." + name + "(" + ", ".join("{}" for _ in args) + words + ")", self, *args, *kwargs.values())

        return method


def value_of(x: Any) -> Any:
    """An argument with values in place of symbols."""
    if type(x) is Symbol:
        return x.value
    if type(x) in (tuple, list):
        return type(x)(map(value_of, x))
    if type(x) is slice:
        return slice(value_of(x.start), value_of(x.stop), value_of(x.step))
    return x


class _Words:
    """The vocabulary of rules on symbols: the kernels of ``raw``, each written out if it can be."""

    on_arrays = True

    def __init__(self, lines: Lines):
        self._lines = lines

    def __getattr__(self, name: str) -> Any:
        function = getattr(raw, name)
        return lambda *args, **kwargs: self._lines.written(name, function, args, kwargs)


class Lines:
    """A list of lines, and the names that they use."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.scope: dict[str, Any] = {"__name__": __name__, "np": np}
        self.values: list[Any] = []  # kept, so that an id stays theirs
        self.constants: dict[int, str] = {}
        self.count = 0
        self.words = _Words(self)

    # ------------------------------------------------------------------ text
    def bound(self, value: Any, hint: str) -> str:
        """A name for a value that the program is given."""
        if id(value) not in self.constants:
            name, k = hint, 1
            while name in self.scope:
                name, k = f"{hint}_{k}", k + 1
            self.scope[name] = value
            self.values.append(value)
            self.constants[id(value)] = name
        return self.constants[id(value)]

    def text(self, x: Any) -> str:
        """An argument as it is written."""
        if type(x) is Symbol:
            return x.name
        if x is None or x is Ellipsis or type(x) in (bool, int, str):
            return "..." if x is Ellipsis else f"({x})" if type(x) is int and x < 0 else repr(x)
        if type(x) is float and np.isfinite(x):
            return f"({x!r})" if x < 0 or str(x)[0] == "-" else repr(x)
        if type(x) in (tuple, list):
            inner = ", ".join(map(self.text, x))
            return f"[{inner}]" if type(x) is list else f"({inner},)" if len(x) == 1 else f"({inner})"
        if type(x) is slice:
            return f"slice({self.text(x.start)}, {self.text(x.stop)}, {self.text(x.step)})"
        return self.bound(x, "c")

    def fresh(self, hint: str = "") -> str:
        while not hint or hint in self.scope:
            self.count += 1
            hint = f"t{self.count}"
        return hint

    # ------------------------------------------------------------------ lines
    def run(self, line: str) -> None:
        """Append a line, and run it at once."""
        exec(compile(line, "<a line of a traced program>", "exec"), self.scope)
        self.lines.append(line)

    def add(self, form: str, *args: Any, hint: str = "") -> Any:
        """``name = form``, with the arguments in the places of ``{}``; the result as a symbol."""
        name = self.fresh(hint)
        self.run(f"{name} = " + form.format(*map(self.text, args)))
        return self._made(name)

    def call(self, name: str, function: Any, args: Any, kwargs: Any = None, hint: str = "") -> Any:
        """``name = function(arguments)``."""
        words = [f"{k}={self.text(v)}" for k, v in (kwargs or {}).items()]
        known = self.bound(function, name)
        result = self.fresh(hint)
        self.run(f"{result} = {known}({', '.join([*map(self.text, args), *words])})")
        return self._made(result)

    def _made(self, name: str) -> Any:
        value = self.scope[name]
        if isinstance(value, (np.ndarray, np.generic)):
            return Symbol(self, name, value)
        if isinstance(value, (tuple, list)):
            parts = []
            for k, v in enumerate(value):
                part = self.fresh()
                if v is not None:
                    self.run(f"{part} = {name}[{k}]")
                parts.append(None if v is None else self._made(part))
            return tuple(parts)
        if value is None:
            return None
        raise Opaque

    def written(self, name: str, function: Any, args: Any, kwargs: Any = None) -> Any:
        """A function's lines if it can be followed and they are few, else a call of it."""
        start, scope = len(self.lines), set(self.scope)
        try:
            _may_follow(function)
            result = function(*args, **(kwargs or {}))
            if len(self.lines) - start > _MOST or not _symbols(result):
                raise Opaque
            return result
        except Exception:
            self._forget(start, scope)
        return self.call("_" + name.strip("_"), function, args, kwargs)

    def _forget(self, start: int, scope: set[str]) -> None:
        del self.lines[start:]
        for name in [n for n in self.scope if n not in scope]:
            value = self.scope.pop(name)
            if self.constants.get(id(value)) == name:
                del self.constants[id(value)]

    def rule(self, name: str, rule: Any, args: Any) -> Any:
        """What a derivative rule gives, written out or as a call; checked to be the same to the bit."""
        right = rule(raw, *value_of(args))
        return self._checked(right, lambda: rule(self.words, *args), f"_{name.strip('_')}_rule", rule, (raw, *args))

    def kernel(self, name: str, kernel: Any, args: Any) -> Any:
        """The same of a kernel."""
        right = kernel(*value_of(args))
        return self._checked(right, lambda: kernel(*args), "_" + name.strip("_"), kernel, args)

    def _checked(self, right: Any, attempt: Any, name: str, function: Any, args: Any) -> Any:
        start, scope = len(self.lines), set(self.scope)
        try:
            _may_follow(function)
            result = attempt()
            if len(self.lines) - start <= _MOST and _symbols(result) and alike(value_of(result), right):
                return tuple(result) if isinstance(result, list) else result
        except Exception:  # whatever it is that it can't do with symbols
            pass
        self._forget(start, scope)
        return self.call(name, function, args)


def _may_follow(function: Any) -> None:
    """Opaque for what calls LAPACK: its wrappers miscount the references to a type if an argument is no array."""
    module = getattr(function, "__module__", "")
    if ".ops.linalg." in module and not module.endswith(".matmul"):
        raise Opaque


def _symbols(x: Any) -> bool:
    """Whether a result is made of symbols (and None)."""
    if isinstance(x, (tuple, list)) and type(x) is not Symbol:
        return all(map(_symbols, x))
    return type(x) is Symbol or x is None


def alike(a: Any, b: Any) -> bool:
    """Whether two results are the same to the last bit, in type and in layout."""
    if isinstance(b, (tuple, list)):
        return isinstance(a, (tuple, list)) and len(a) == len(b) and all(map(alike, a, b))
    if a is None or b is None:
        return a is b
    if type(a) is not type(b) or a.dtype != b.dtype or a.shape != b.shape:
        return False
    if isinstance(a, np.ndarray) and not same_layout(a, b):
        return False
    return a.tobytes() == b.tobytes()


def same_layout(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether the elements lie in memory in the same way."""
    return a.size == 0 or a.strides == b.strides
