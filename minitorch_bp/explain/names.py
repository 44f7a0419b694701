"""What tensors are called: by the variables of the caller, by the paths of parameters in modules, or by the next free letter."""

from __future__ import annotations

import contextlib
import inspect
import keyword
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..core.tensor import Tensor
from ..nn.modules.module import Module

_HERE = str(Path(__file__).parent)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Names:
    """Names for tensors, found in the frames of the caller.

    The innermost frame comes first: a name of the function that asks wins over one of the function that called it. Frames are read up
    to the first module (a script, a notebook's cell); tensors in lists, tuples and dictionaries are ``name[0]``, parameters and buffers
    ``model.0.weight``. Without ``frames``, only those that are given have names.
    """

    def __init__(self, given: dict[str, Any] | None = None, frames: bool = True):
        self.of: dict[int, str] = {}
        self.tensors: list[Tensor] = []  # kept alive, so that an id stays theirs
        self.modules: dict[int, str] = {}
        for name, value in (given or {}).items():
            self._add(name, value)
        for scope in _scopes() if frames else ():
            for name, value in list(scope.items()):
                if not name.startswith("_") and name.isidentifier():
                    self._add(name, value)

    def _add(self, name: str, value: Any, depth: int = 0) -> None:
        if isinstance(value, Tensor):
            if id(value) not in self.of:
                self.of[id(value)] = name
                self.tensors.append(value)
        elif isinstance(value, (list, tuple)) and depth < 2 and len(value) <= 1000:
            for k, v in enumerate(value):
                self._add(f"{name}[{k}]", v, depth + 1)
        elif isinstance(value, dict) and depth < 2 and len(value) <= 1000:
            for k, v in list(value.items()):
                self._add(f"{name}[{k!r}]", v, depth + 1)
        elif isinstance(value, Module):
            self.add_module(name, value)

    def add_module(self, name: str, module: Any) -> None:
        """Names for the parts, parameters and buffers of a module."""
        for path, part in module.named_modules():
            self.modules.setdefault(id(part), f"{name}.{path}" if path else name)
        for path, tensor in (*module.named_parameters(), *module.named_buffers()):
            self._add(f"{name}.{path}", tensor)

    def get(self, t: Tensor) -> str:
        """The tensor's name, or an empty string."""
        return self.of.get(id(t), "")


def _scopes() -> Iterator[dict[str, Any]]:
    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_HERE):
        frame = frame.f_back
    outermost: dict[str, Any] = {}
    while frame is not None:
        yield frame.f_locals
        outermost = outermost or frame.f_globals
        if frame.f_code.co_name == "<module>":
            break
        frame = frame.f_back
    yield outermost


def free_names(taken: Any, count: int) -> Iterator[str]:
    """Names that are not taken: the next letters, as on a blackboard, or ``t1``, ``t2``, ... if there are more than letters."""
    taken = set(taken)
    short = [name for name in taken if len(name) == 1]
    free = [c for c in _LETTERS if c not in taken]
    after = [c for c in free if not short or c > min(short)] or free
    if count <= len(after) and len(short) == len(taken):
        yield from after
    number = 0
    while True:
        number += 1
        if f"t{number}" not in taken:
            yield f"t{number}"


def identifier(name: str) -> str:
    """A name as it can stand in a program: ``model.0.weight`` is ``model_0_weight``."""
    text = "".join(c if c.isalnum() or c == "_" else "_" for c in name.replace("]", "").replace("'", "")).strip("_") or "t"
    if text[0].isdigit():
        text = "t" + text
    return text + "_" if keyword.iskeyword(text) or text in ("np", "ops", "special", "step") else text


@contextlib.contextmanager
def local_names(names: Names) -> Iterator[None]:
    """Learn the names of local variables of the user's functions while a block runs: those that they have when a function returns."""
    package = str(Path(__file__).parent.parent)
    outer: Any = sys.getprofile()

    def look(frame: Any, event: str, arg: Any) -> None:
        if outer is not None:
            outer(frame, event, arg)
        file = frame.f_code.co_filename  # (generated code, such as the fronts of public functions, is called <...>)
        if event == "return" and (file.startswith("<ipython-input") or not file.startswith((package, "<"))):
            for name, value in frame.f_locals.items():
                if isinstance(value, Tensor) and not name.startswith("_") and id(value) not in names.of:
                    names.of[id(value)] = name
                    names.tensors.append(value)

    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(outer)


def named_arguments(function: Any, inputs: Any) -> dict[str, Any]:
    """The inputs of a function by the names of its parameters."""
    function = function.forward if isinstance(function, Module) else function
    try:
        return dict(inspect.signature(function).bind(*inputs).arguments)
    except (TypeError, ValueError):
        return {}
