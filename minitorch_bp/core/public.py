"""One declaration makes a function public, where it is defined:

    @public(inplace=True, names=["multiply"])
    @operators("mul rmul imul")
    @primitive(promote="same", input=lambda xp, grad, other: grad * other, other=lambda xp, grad, input: grad * input)
    def mul(input, other): ...

That exports it as ``torch.mul`` and ``torch.multiply``, attaches ``x.mul`` and ``x.multiply``, makes the in-place forms
``x.mul_`` and ``x.multiply_``, and the operators. Nothing else is to be edited: the stubs, the index of names, the pages of
the documentation and the list of what the parity catalogue must exercise are made from the same record, ``EXPORTS``.

**Fronts.** PyTorch's functions that are written in C++ take ``out=``, and NumPy's names for some arguments (``axis``,
``keepdims``). A primitive's call binds both by itself. A composite that has ``out`` or such an argument gets a *front*: a
function with the same parameters and ``**names``, which writes to ``out`` and translates names, so that the function itself
never sees either. A front starts as a stub, and gets its code when it is first called, by exchanging its code object: so it
is one object for ever (``Tensor.sum is torch.sum``), and costs 1.3 us at import and 84 ns a call, where a closure over
``*args, **kwargs`` costs 107 and, with a keyword, 189 (design chapter, "One declaration").

**Laziness.** Most files of ``ops`` are imported when one of their names is first used. A generated index says which file
has a name; :class:`Later` stands for a method until then.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable
from types import CellType, FunctionType
from typing import Any, TypeVar

import numpy as np

from .chain import one_node
from .compiled import exchangeable, is_function, wraps
from .inplace import in_place, in_place_operator, of_class
from .layout import like_image
from .op import MISSING, NAMES, check_keepdim
from .out import check_out, write_out
from .promotion import UnsupportedOperand
from .tensor import Tensor

F = TypeVar("F", bound=Callable[..., Any])

#: namespace -> name -> function. 'Tensor' holds what is attached to the class.
EXPORTS: dict[str, dict[str, Any]] = {"torch": {}, "Tensor": {}}
_PACKAGE = __name__.partition(".")[0]
_IN_PLACE_OPERATORS = frozenset(
    ["iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "iand", "ior", "ixor", "ilshift", "irshift"]
)


_FLAGS = frozenset(["ceil_mode", "count_include_pad", "full", "log_target", "log_input", "swap", "training", "zero_infinity"])


def public(
    *namespaces: str,
    name: str = "",
    inplace: Any = None,
    names: Any = (),
    aliases: bool = True,
    own_out: bool = False,
    apart: bool = False,
    exact: bool | str = False,
    node: str = "",
    images: bool = False,
    sized: str = "",
    listed: str = "",
) -> Callable[[F], F]:
    """Make a function public under its name.

    Parameters
    ----------
    namespaces : str
        Where: 'torch', 'Tensor' (a method), 'nn.functional', 'linalg', ... By default 'torch' and 'Tensor'.
    name : str
        The public name, where another function of the file has it already.
    inplace : True, 'view', 'constant' or function
        Also make ``name_``, which overwrites the tensor with the result (True), lets it become the view that is returned
        ('view'), makes it a constant whose gradient is zero ('constant', for comparisons), or is the given function.
    names : list of str
        Further names, in the same namespaces; with a dot in it, the one namespace it stands in ('special.expit').
    aliases : bool
        Whether ``axis``, ``keepdims`` and the like are taken, too: not by functions that PyTorch writes in Python.
    own_out : bool
        The function has a parameter ``out`` and handles it itself.
    apart : bool
        It reads other places than those it writes, so that ``out`` must not be an operand, either.
    exact : bool or str
        ``out`` must have the result's dtype; or one of the dtypes in the string. 'out': the result is computed in the dtype that
        ``out`` has, which ``dtype`` must not contradict.
    node : str
        The one node that PyTorch has where this composite records several, with the arguments that it leads to, as
        'CdistBackward0(x1, x2)' (see ``chain``).
    images : bool
        Of an ``input`` with channels last (``torch.channels_last``), the results have theirs last, too.
    sized : str
        The arguments whose size a function that PyTorch writes in Python asks for before anything else: what is no tensor there is
        an AttributeError, not a TypeError.
    listed : str
        The numbers that the method takes one by one, too: ``x.permute(1, 0)``. The function wants them as one tuple or list.

    Raises
    ------
    TypeError
        If something else has the name already.
    """

    def declare(function: F) -> F:
        if name:
            function.__name__ = function.__qualname__ = name
        if sized:
            function.__dict__["sized"] = sized.split()
        if namespaces == ("Tensor",):
            of_class(function, function.__name__)
        op = getattr(function, "op", None)
        call: Any = function
        if op is not None and op.call is function:
            op.apart, op.exact = apart, exact
        elif is_function(function):
            parameters = Parameters(function)
            if "nn.functional" in namespaces:  # whose options are numbers of C++ in PyTorch; what may be a tensor says Any
                parameters.floats = [p for p in parameters.all if function.__annotations__.get(p) == "float"]
                parameters.flags = [p for p in parameters.all if p in _FLAGS and function.__annotations__.get(p) == "bool"]
            renamed = aliases and not parameters.renamed.isdisjoint(parameters.all)
            writes = parameters.out and not own_out
            if node or images or parameters.tensors or renamed or writes or not isinstance(function, FunctionType):
                call = _with_front(function, parameters, own_out, apart, exact, node, images, aliases and (renamed or writes))
        spaces = namespaces or ("torch", "Tensor")
        for each in (function.__name__, *names):
            space, _, last = each.rpartition(".")
            for where in (space,) if space else spaces:
                export(where, last, _of_a_list(call, listed) if listed and where != "Tensor" else call)
        if inplace is not None:
            method = in_place(call, inplace)
            for each in (function.__name__, *names):
                if "." not in each:
                    export("Tensor", each + "_", method)
        return call  # type: ignore[no-any-return]

    return declare


def _of_a_list(function: Any, argument: str) -> Any:
    """The function of a method that takes any number of numbers: it takes a tuple or list of them."""

    @functools.wraps(function)
    def listed(*args: Any, **kwargs: Any) -> Any:
        if len(args) > 2 or (len(args) == 2 and args[1].__class__ is int):
            raise TypeError(
                f"{function.__name__}(): {argument} must be one tuple or list of ints: {function.__name__}(input, "
                f"({', '.join(map(str, args[1:]))},)); the method input.{function.__name__}(...) takes them one by one, too"
            )
        return function(*args, **kwargs)

    listed.__home__, listed.__module__ = home(function), _PACKAGE  # type: ignore[attr-defined]
    return listed


def operators(names: str) -> Callable[[F], F]:
    """Make a function the operators ``names``, as in 'add radd iadd'; a primitive's own form of it returns NotImplemented
    for operands that it does not know, so that Python can ask the other side."""

    def declare(function: F) -> F:
        op = getattr(function, "op", None)
        for name in names.split():
            value = function if op is None else in_place_operator(op) if name in _IN_PLACE_OPERATORS else op.operator or function
            export("Tensor", f"__{name}__", value)
        return function

    return declare


def reflected(function: Any) -> Any:
    """The operator with its operands exchanged: ``2 // x``."""

    def operator(self: Any, other: Any) -> Any:
        if not isinstance(self, Tensor):
            raise TypeError(f"the method of a Tensor was called on a {type(self).__name__}")
        if not is_operand(other):
            return NotImplemented
        try:
            return function(other, self)
        except UnsupportedOperand:
            return NotImplemented

    operator.__wrapped__ = function  # type: ignore[attr-defined]
    return operator


def is_operand(x: Any) -> bool:
    """Whether an operator knows an operand: a tensor, or a Python or NumPy number."""
    return isinstance(x, (Tensor, int, float, complex, np.generic))


def export(namespace: str, name: str, value: Any) -> None:
    """Record one name, and put it on Tensor if the namespace is 'Tensor'; TypeError if the name is taken."""
    known, value = EXPORTS.setdefault(namespace, {}), exchangeable(value)
    attached = Tensor.__dict__.get(name) if namespace == "Tensor" else None
    theirs = attached is not None and not isinstance(attached, Later) and not home(attached).startswith(_PACKAGE)
    old = known.get(name) or (None if theirs or isinstance(attached, Later) else attached)
    if old is not None and (home(old), _line(old)) != (home(value), _line(value)):
        raise TypeError(
            f"{namespace}.{name} is declared twice: it is a function of {home(old)} already. "
            "Give one of the two another name, or declare one only"
        )
    known[name] = value
    if namespace == "Tensor" and not theirs:  # what a user has put on the class stays
        setattr(Tensor, name, value)


def attach(name: str, value: Any) -> None:
    """Put a property or a special method on Tensor."""
    export("Tensor", name, value)


def shown_in(package: str, *kinds: type) -> None:
    """Let classes and their methods say that they are the package's, where users and pickle find them: ``minitorch_bp.Tensor``."""
    for kind in kinds:
        for value in vars(kind).values():
            value = getattr(value, "fget", value)
            if is_function(value) and value.__module__ == kind.__module__:
                value.__dict__.setdefault("__home__", value.__module__)
                value.__module__ = package
        kind.__module__ = package


def home(value: Any) -> str:
    """The file that something is declared in."""
    value = getattr(value, "fget", value)
    return getattr(value, "__home__", None) or getattr(value, "__module__", None) or _PACKAGE  # (slots have no module)


def _line(value: Any) -> Any:
    """What stands for its place there: a file that is loaded again declares the same."""
    value = getattr(value, "fget", value)
    return getattr(getattr(value, "__wrapped__", value), "__qualname__", None)


# ---------------------------------------------------------------------- names that are found later
class Later:
    """A method whose file has not been imported: the first look imports it, and the method itself takes this place."""

    __slots__ = ("module", "name")

    def __init__(self, module: str, name: str):
        self.module, self.name = module, name

    def __get__(self, tensor: Any, kind: Any = None) -> Any:
        importlib.import_module(self.module)
        method = EXPORTS["Tensor"].get(self.name)
        if method is None:
            raise AttributeError(f"the index of names is stale: {self.module} has no method {self.name}; run tests/make_index.py")
        if Tensor.__dict__.get(self.name) is self:  # (it may have been put back by who had replaced it)
            setattr(Tensor, self.name, method)
        return method.__get__(tensor, kind)  # of Tensor itself, whatever a subclass has under the name


# ---------------------------------------------------------------------- fronts
_CODES: dict[str, Any] = {}  # functions with the same parameters share their front's code


class Parameters:
    """The names of a function's parameters: positional, keyword-only, ``*args``, and whether there is an ``out``."""

    __slots__ = ("all", "flags", "floats", "keywords", "out", "out_last", "positional", "star", "tensors")
    renamed = frozenset(("dim", "keepdim", "other"))  # a front for ``x=`` alone would cost every composite 84 ns

    def __init__(self, function: Any):
        code = function.__code__
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        self.out = "out" in names
        self.positional = [p for p in names[: code.co_argcount] if p != "out"]
        self.keywords = [p for p in names[code.co_argcount :] if p != "out"]
        self.tensors = [p for p in self.positional if function.__annotations__.get(p) in ("Tensor", "MaybeTensor")]
        self.floats: list[str] = []
        self.flags: list[str] = []
        self.out_last = "out" in names[: code.co_argcount]  # PyTorch's own functions in Python have it as the last argument
        self.star = code.co_varnames[len(names)] if code.co_flags & inspect.CO_VARARGS else ""
        self.all = names
        if code.co_flags & inspect.CO_VARKEYWORDS:  # with ``**options`` a function sees all names itself
            self.all, self.tensors = (), []


class _Detour:
    """What a front does besides calling its function."""

    __slots__ = ("aliases", "apart", "exact", "front", "function", "images", "node", "node_inputs", "own_out", "parameters")

    def __init__(
        self,
        function: Any,
        front: Any,
        parameters: Parameters,
        own_out: bool,
        apart: bool,
        exact: bool | str,
        node: str,
        images: bool,
        aliases: bool,
    ):
        self.function, self.front, self.parameters = function, front, parameters
        self.own_out, self.apart, self.exact, self.aliases = own_out, apart, exact, aliases
        self.images = images
        self.node, _, inputs = node.rstrip(")").partition("(")
        self.node_inputs = inputs.split(", ") if inputs else []

    def compile(self) -> Any:
        """Give the front its function's own parameters. When it is first called: exec takes 0.1 ms, and most never are."""
        function, front, p = self.function, self.front, self.parameters
        keywords = [*p.keywords, "out"] if p.out and self.own_out else p.keywords
        writes = p.out and not self.own_out
        defaults = (function.__defaults__ or ())[: -1 if p.out_last else None]
        keyword_defaults = function.__kwdefaults__ or {}
        required = p.positional[: len(p.positional) - len(defaults)] + [k for k in keywords if k not in keyword_defaults]
        header = [f"{n}=0" for n in p.positional] + (["out=0"] if p.out_last else [])
        header += [f"*{p.star}"] if p.star else ["*"] if keywords or (writes and not p.out_last) else []
        header += [f"{n}=0" for n in keywords] + (["out=0"] if writes and not p.out_last else []) + ["**names"]
        tests = ["names", *(f"{n} is missing" for n in required)]
        given = ", ".join(f"{n!r}: {n}" for n in p.positional + keywords)
        passed = ", ".join(p.positional + ([f"*{p.star}"] if p.star else []) + [f"{n}={n}" for n in keywords])
        operands = "".join(f"{n}, " for n in p.positional) + (f"*{p.star}, " if p.star else "")
        kinds = []
        for n in p.tensors:  # the class of most first: isinstance costs twice as much
            absent = f"{n} is not None and " if function.__annotations__[n] == "MaybeTensor" else ""
            kinds.append(f"{absent}{n}.__class__ is not tensor_type and not isinstance({n}, tensor_type)")
        refuse = f"if {' or '.join(kinds)}: detour.check_tensors({', '.join(p.tensors)})" if kinds else ""
        refuse += "".join(
            f"\n        if {n}.__class__ is not float and {n}.__class__ is not int: {n} = detour.number({n!r}, {n})"
            for n in p.floats
        )
        refuse += "".join(f"\n        if {n} is not True and {n} is not False: detour.flag({n!r}, {n})" for n in p.flags)
        check = "if keepdim is not True and keepdim is not False: detour.check_keepdim(keepdim)" if "keepdim" in p.all else ""
        into = passed.replace("dtype=dtype", "dtype=detour.type_of(out, dtype)") if self.exact == "out" else passed
        write = f"if out is not None: return detour.write(out, ({operands}), function({into}))" if writes else ""
        call = f"function({passed})"
        if self.node:
            call = f"detour.shown({call}, {', '.join(self.node_inputs)})"
        if self.images:
            call = f"{call} if input._array.flags.c_contiguous else detour.like_image({call}, input)"
        source = f"""def make(function, missing, detour, tensor_type):
    def front({", ".join(header)}):
        if {" or ".join(tests)}:
            return detour({{{given}}}, names, {"out" if writes else None}, {p.star or "()"})
        {refuse}
        {check}
        try:
            {write}
            return {call}
        except AttributeError as error:
            raise detour.refused(error, {{{given}}}, {p.star or "()"}) from None
        missing, detour, tensor_type  # cells
    return front"""
        if source not in _CODES:
            space: dict[str, Any] = {}
            exec(compile(source, "<the front of a public function>", "exec"), space)
            _CODES[source] = space["make"](None, None, None, None).__code__
            space.clear()  # or the function's globals would refer to it, and it to them
        front.__defaults__ = (MISSING,) * (len(p.positional) - len(defaults)) + defaults + ((None,) if p.out_last else ())
        front.__kwdefaults__ = {**dict.fromkeys(keywords, MISSING), **keyword_defaults, **({"out": None} if writes else {})}
        front.__code__ = _CODES[source]
        return front

    def __call__(self, given: dict[str, Any], names: dict[str, Any], out: Any, rest: Any) -> Any:
        """A call with another name for an argument, or without a required one."""
        function, positional = self.function, self.parameters.positional
        values = (function.__defaults__ or ())[: -1 if self.parameters.out_last else None]
        defaults = {**dict(zip(reversed(positional), reversed(values), strict=False)), **(function.__kwdefaults__ or {})}
        kwargs = {p: v for p, v in given.items() if v is not MISSING and (p not in defaults or v is not defaults[p])}
        for key, value in names.items():
            own = NAMES.get(key, "") if self.aliases else ""
            if own not in given:
                raise TypeError(f"{function.__name__}() got an unexpected keyword argument {key!r}")
            if own in kwargs:
                raise TypeError(f"{function.__name__}() got two values for the argument {own!r}: as {own!r} and as {key!r}")
            kwargs[own] = value
        kwargs.update({n: self.number(n, kwargs[n]) for n in self.parameters.floats if n in kwargs})
        values = {**given, **kwargs, self.parameters.star: rest}
        self.check_tensors(*(values[n] for n in self.parameters.tensors))
        args = [kwargs.pop(p) for p in positional if p in kwargs] + list(rest) if rest else []
        result = function(*args, **kwargs)  # TypeErrors for what is missing are Python's own
        if self.node:
            result = self.shown(result, *(values[n] for n in self.node_inputs))
        if self.images:
            result = self.like_image(result, values["input"])
        return result if out is None else self.write(out, (*args, *kwargs.values()), result)

    def shown(self, result: Any, *inputs: Any) -> Any:
        """The result as that of the one node which PyTorch has."""
        return one_node(self.node, result, *inputs)

    like_image = staticmethod(like_image)

    def check_tensors(self, *values: Any) -> None:
        """TypeError if one of the arguments that are declared as tensors is none; AttributeError for those that are ``sized``."""
        function = self.function
        for name, value in zip(self.parameters.tensors, values, strict=True):
            optional = value is None and function.__annotations__[name] == "MaybeTensor"
            if not optional and value is not MISSING and not isinstance(value, Tensor):
                sized = name in function.__dict__.get("sized", ()) and not hasattr(value, "size")
                kind = AttributeError if sized else TypeError
                raise kind(f"{function.__name__}(): the argument {name!r} must be a Tensor, but got {type(value).__name__}")

    def number(self, name: str, value: Any) -> Any:
        """A Python number for one of NumPy's or a tensor of no dimensions, which would else decide the result's type."""
        if isinstance(value, Tensor) and not value.requires_grad and not value._array.ndim and value._array.dtype.kind != "c":
            return value.item()
        if not isinstance(value, (float, int, np.floating, np.integer, np.bool_)):
            text = f"a {type(value).__name__}"
            raise TypeError(f"{self.function.__name__}(): the argument {name!r} must be a number, but got {text}: {value!r}")
        value = value.item() if isinstance(value, np.generic) else value
        return float(value) if isinstance(value, bool) else value

    def flag(self, name: str, value: Any) -> None:
        """TypeError for what is neither True nor False."""
        raise TypeError(f"{self.function.__name__}(): the argument {name!r} must be True or False, but got {value!r}")

    def refused(self, error: AttributeError, given: dict[str, Any], rest: Any) -> Exception:
        """TypeError in place of an AttributeError of an argument that is no tensor; any other error is what it was."""
        for name, value in [*given.items(), *((self.parameters.star, value) for value in rest)]:
            several = value if isinstance(value, (tuple, list)) else (value,)
            if not isinstance(error.obj, Tensor) and any(v is error.obj for v in (value, *several)):
                kind = type(error.obj).__name__
                return TypeError(f"{self.function.__name__}(): the argument {name!r} can't be, or hold, a value of type {kind}")
        return error

    def check_keepdim(self, keepdim: Any) -> None:
        """TypeError for a number: ``x.sum(0, 1)`` was meant as ``x.sum((0, 1))``."""
        check_keepdim(self.function.__name__, keepdim)

    def type_of(self, out: Any, dtype: Any) -> Any:
        """The dtype of ``out``, in which the result is to be computed; RuntimeError if another is given."""
        kind = getattr(out, "dtype", dtype)
        if dtype is not None and dtype is not kind:
            raise RuntimeError(f"{self.function.__name__}(): out is of type {kind!r}, but dtype={dtype!r} is given, too")
        return kind

    def write(self, out: Any, args: Any, result: Any) -> Any:
        name = self.function.__name__
        check_out(name, out, args, self.apart)
        return write_out(name, result, out, self.exact)


def _make(function: Any, missing: Any, detour: Any, tensor_type: Any) -> Any:
    def front(*args: Any, **kwargs: Any) -> Any:
        _ = function, missing, tensor_type  # the same four cells as the compiled code has
        return detour.compile()(*args, **kwargs)

    return front


_STUB = _make(None, None, None, None).__code__


def settled(function: Any) -> Any:
    """The function, whose code will not change any more when it is called (see ``detour``)."""
    if function.__code__ is _STUB:
        dict(zip(_STUB.co_freevars, function.__closure__, strict=True))["detour"].cell_contents.compile()
    return function


def _with_front(
    function: Any, parameters: Parameters, own_out: bool, apart: bool, exact: bool | str, node: str, images: bool, aliases: bool
) -> Any:
    detour: Any = CellType()
    cells = detour, CellType(function), CellType(MISSING), CellType(Tensor)  # in the alphabetical order of their names
    # With the globals of the function's own file: doctest asks for them, and so does the filter of NumPy's warnings.
    front: Any = FunctionType(_STUB, function.__globals__, function.__name__, None, cells)
    detour.cell_contents = _Detour(function, front, parameters, own_out, apart, exact, node, images, aliases)
    return wraps(function, front)
