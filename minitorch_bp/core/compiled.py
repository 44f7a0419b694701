"""The compiled build: some modules exist as machine code beside their source, made from that very source (``hatch_build.py``).

Compiled functions behave like Python's, with two differences that matter here. They are of a type of their own, and their code
object can be read but not exchanged, while detours (see ``detour``) and fronts (see ``public``) work by exchanging it. So a compiled
function that is to be public gets a function in Python in front of it, which passes its arguments on: 40 ns a call. NumPy's warnings
are then also attributed to this package and not to the user, whose frame would be the nearest.

This module itself is never compiled.
"""

from __future__ import annotations

import functools
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import CellType, CodeType, FunctionType
from typing import Any, TypeVar

F = TypeVar("F")

_PACKAGE = Path(__file__).parent.parent
_VARARGS, _VARKEYWORDS = 0x04, 0x08  # inspect.CO_VARARGS and CO_VARKEYWORDS, without the 5 ms of importing inspect
_CODES: dict[str, CodeType] = {}  # functions with the same parameters share their front's code
_fronts: dict[Any, Any] = {}


def modules() -> list[str]:
    """The modules of the package that are compiled, such as ``core.engine``; none in the pure build."""
    files = {file for suffix in EXTENSION_SUFFIXES for file in _PACKAGE.rglob("*" + suffix)}
    return sorted(".".join((*file.parent.relative_to(_PACKAGE).parts, file.name.partition(".")[0])) for file in files)


def build() -> str:
    """Which build is running, in words."""
    names = modules()
    return f"compiled ({', '.join(names)})" if names else "pure Python"


def is_function(value: Any) -> bool:
    """Whether something is a function that a module defines, be that compiled or not."""
    return isinstance(value, FunctionType) or hasattr(type(value), "__code__")


def exchangeable(function: F) -> F:
    """The function, or, if it is compiled, one in front of it whose code can be exchanged: the same each time."""
    if isinstance(function, FunctionType) or not is_function(function):
        return function
    if function not in _fronts:
        _fronts[function] = wraps(function, _passing_on(function))
    return _fronts[function]  # type: ignore[no-any-return]


def wraps(function: Any, front: Any) -> Any:
    """Let a front show what ``help``, ``inspect.signature`` and ``inspect.getsource`` show of its function."""
    functools.update_wrapper(front, function)
    if not isinstance(function, FunctionType):  # inspect looks for the source of Python's functions only
        file = Path(function.__globals__["__file__"])
        source = str(file.with_name(file.name.partition(".")[0] + ".py"))
        front.__wrapped__ = _passing_on(function)
        front.__wrapped__.__code__ = front.__wrapped__.__code__.replace(
            co_filename=source, co_firstlineno=function.__code__.co_firstlineno
        )
    return front


def _passing_on(function: Any) -> Any:
    """A function in Python with the same parameters, which calls this one."""
    code = function.__code__
    count = code.co_argcount
    names = code.co_varnames[: count + code.co_kwonlyargcount]
    rest = list(code.co_varnames[len(names) :])
    star = ["*" + rest.pop(0)] if code.co_flags & _VARARGS else []
    options = rest[0] if code.co_flags & _VARKEYWORDS else ""
    given = ", ".join([*names[:count], *star, *(f"{n}={n}" for n in names[count:])])
    header = [f"{n}=0" for n in names[:count]] + (star or ["*"] * (len(names) > count)) + [f"{n}=0" for n in names[count:]]
    source = f"""def make(function):
    def front({", ".join(header + ["**" + options] * bool(options))}):
        {f"if {options}: return function({given}, **{options})" if options else ""}
        return function({given})
    return front"""
    if source not in _CODES:
        space: dict[str, Any] = {}
        exec(compile(source, "<the front of a compiled function>", "exec"), space)
        _CODES[source] = space["make"](None).__code__
    front: Any = FunctionType(_CODES[source], globals(), function.__name__, function.__defaults__, (CellType(function),))
    front.__kwdefaults__, front.__annotations__ = function.__kwdefaults__, function.__annotations__
    front.__qualname__, front.__module__ = function.__qualname__, function.__module__
    return front
