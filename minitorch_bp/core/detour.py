"""Detours: what stands before public functions while somebody asks for it, and is not there before and after.

Mixed precision casts the arguments of a hundred functions; a mode that watches calls wants to see all of them. A test in each
function, "does anybody want this call?", would cost every call of every program. Instead the function's *code object* is
exchanged while a detour is set: the function stays the same object, so whoever has imported it meets the detour, too, and once
the last detour is gone the old code is back (the fronts of ``public`` come about in the same way).

A detour is called as ``detour(function, call, *args, **kwargs)``, where ``call`` is the function without this detour.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable
from types import CodeType, FunctionType
from typing import Any

from .public import settled

Detour = Callable[..., Any]
_lock = threading.Lock()
#: How many detours there are at the moment: programs that do not go through the functions ask before they run (see ``jit``).
standing = [0]
_junctions: dict[FunctionType, _Junction] = {}  # of every function that ever took a detour
_CODES: dict[int, CodeType] = {}  # by the number of free variables, in which two codes of one function must agree


class _Junction:
    """What runs in place of a function: the last detour that was set, which calls the one before it, and so on."""

    __slots__ = ("call", "code", "detours", "function", "own", "own_code")

    def __init__(self, function: FunctionType):
        self.function = f = settled(function)
        self.own_code, self.code = f.__code__, _code_for(self, f.__code__)
        self.call: Any = FunctionType(f.__code__, f.__globals__, f.__name__, f.__defaults__, f.__closure__)
        self.call.__kwdefaults__, self.call.__annotations__ = f.__kwdefaults__, f.__annotations__
        self.detours: tuple[Detour, ...] = ()
        self.own: Any = self.call

    def change(self, detours: tuple[Detour, ...]) -> None:
        """Set the detours, from the innermost to the outermost."""
        if not detours:
            self.function.__code__ = self.own_code
            if self.function.__dict__.get("__wrapped__") is self.own:
                del self.function.__wrapped__
        call: Any = self.own
        for detour in detours:
            call = functools.partial(detour, self.function, call)
        self.detours, self.call = detours, call
        if len(detours) == 1:
            self.function.__code__ = self.code
            self.function.__dict__.setdefault("__wrapped__", self.own)  # help and inspect.signature go on showing its parameters

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.call(*args, **kwargs)


def set_detour(functions: Iterable[Any], detour: Detour, innermost: bool = False) -> None:
    """Let each function take a detour; one that is ``innermost`` is taken last, whenever it was set."""
    with _lock:
        for function in functions:
            junction = _junctions.get(function) or _junctions.setdefault(function, _Junction(function))
            if detour not in junction.detours:
                junction.change((detour, *junction.detours) if innermost else (*junction.detours, detour))
                standing[0] += 1


def remove_detour(functions: Iterable[Any], detour: Detour) -> None:
    """Take a detour away again."""
    with _lock:
        for function in functions:
            junction = _junctions.get(function)
            if junction is not None and detour in junction.detours:
                junction.change(tuple(d for d in junction.detours if d is not detour))
                standing[0] -= 1


def _code_for(junction: _Junction, own: CodeType) -> CodeType:
    """Code that calls the junction, for a function with as many free variables as its own code has."""
    count = len(own.co_freevars)
    if count not in _CODES:
        cells = [f"cell{k}" for k in range(count)]
        source = f"""def make({", ".join(cells)}):
    def detoured(*args, **kwargs):
        junction = "junction"
        return junction(*args, **kwargs)
        {"; ".join(cells) or "pass"}
    return detoured"""
        space: dict[str, Any] = {}
        exec(compile(source, "<the detour of a public function>", "exec"), space)
        _CODES[count] = space["make"](*cells).__code__
    code = _CODES[count]
    return code.replace(co_consts=tuple(junction if c == "junction" else c for c in code.co_consts), co_name=own.co_name)
