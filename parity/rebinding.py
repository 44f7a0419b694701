"""A person's own code with minitorch_bp in the place of PyTorch, as if it had been written so.

A function looks its names up in the globals of its module. Here it gets others, in which ``torch`` and everything of it stands for
minitorch_bp's, and so do the functions and classes of the same project that it uses, one after the other. Nothing of the original is
changed. Modules and tensors that are values are copied, with all they hold.
"""

from __future__ import annotations

import builtins
import functools
import types
from typing import Any

import minitorch_bp

from .outcome import reference
from .translation import Missing, _look_up, _names_in, tensor, translated

_MADE_AGAIN = ("__dict__", "__weakref__", "_backward_cls")  # what making a class adds to it


class Rebound:
    """One copy of a project's code and values; what occurs twice is copied once."""

    def __init__(self, project: str):
        top = project.partition(".")[0]  # functions and classes of other packages stay
        self.project = top if top not in ("torch", "minitorch_bp") else ""
        self._known: dict[int, tuple[Any, Any]] = {}  # (the original is kept, so that its id stays its own)
        self._cells: list[tuple[Any, Any]] = []

    def __call__(self, value: Any) -> Any:
        """The counterpart of a value."""
        found = self._of(value)
        while self._cells:  # a class may be in a cell of its own methods
            cell, content = self._cells.pop()
            cell.cell_contents = self._of(content)
        return found

    def _own(self, value: Any) -> bool:
        return bool(self.project) and (getattr(value, "__module__", None) or "").partition(".")[0] == self.project

    def _of(self, value: Any) -> Any:
        if id(value) in self._known:
            return self._known[id(value)][1]
        made = self._made(value)
        self._known[id(value)] = (value, made)
        return made

    def _made(self, value: Any) -> Any:
        torch = reference()
        if isinstance(value, types.ModuleType):
            name = value.__name__
            return (
                _look_up(minitorch_bp, name.partition(".")[2])
                if name.startswith("torch.")
                else minitorch_bp
                if name == "torch"
                else value
            )
        if isinstance(value, types.FunctionType) and self._own(value):
            return self._function(value)
        if isinstance(value, types.MethodType):
            return types.MethodType(self._of(value.__func__), self._of(value.__self__))
        if isinstance(value, type):
            if value.__module__.partition(".")[0] == "torch":
                return _of_torch(value)
            return self._class(value) if self._own(value) else value
        if isinstance(value, (staticmethod, classmethod)):
            return type(value)(self._of(value.__func__))
        if isinstance(value, property):
            fget, fset, fdel = (self._of(f) for f in (value.fget, value.fset, value.fdel))
            return property(fget, fset, fdel, value.__doc__)
        if isinstance(value, functools.partial):
            return functools.partial(
                self._of(value.func), *map(self._of, value.args), **{k: self._of(v) for k, v in value.keywords.items()}
            )
        if isinstance(value, torch.nn.Parameter):
            return minitorch_bp.nn.Parameter(tensor(value.detach()), value.requires_grad)
        if isinstance(value, torch.Tensor):
            return tensor(value)
        if isinstance(value, torch.nn.Module):
            return self._module(value)
        if isinstance(value, torch.optim.Optimizer):
            raise TypeError(
                f"{type(value).__name__} belongs to the parameters of one framework: make the optimizer inside of the function"
            )
        if isinstance(value, (list, tuple, set, frozenset)) and not isinstance(value, torch.Size):
            items = [self._of(v) for v in value]
            return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
        if isinstance(value, dict):
            copy = value.copy()
            copy.update({k: self._of(v) for k, v in value.items()})
            return copy
        return translated(value)

    def _function(self, function: types.FunctionType) -> types.FunctionType:
        names: dict[str, Any] = {"__builtins__": {**vars(builtins), "__import__": _import}, "__name__": function.__module__}
        cells = tuple(types.CellType() for _ in function.__closure__ or ())
        made = types.FunctionType(function.__code__, names, function.__name__, None, cells)
        self._known[id(function)] = (function, made)  # it may call itself
        for cell, old in zip(cells, function.__closure__ or (), strict=True):
            self._cells.append((cell, old.cell_contents))
        made.__defaults__ = self._of(function.__defaults__) if function.__defaults__ else None
        made.__kwdefaults__ = self._of(function.__kwdefaults__) if function.__kwdefaults__ else None
        made.__qualname__, made.__doc__ = function.__qualname__, function.__doc__
        for name in set(_names_in(function.__code__)) & set(function.__globals__):
            names[name] = self._of(function.__globals__[name])
        return made

    def _class(self, kind: type) -> type:
        bases = tuple(self._of(base) for base in kind.__bases__)
        if bases == kind.__bases__ and not any(isinstance(v, types.FunctionType) for v in vars(kind).values()):
            return kind
        content = {k: self._of(v) for k, v in vars(kind).items() if k not in _MADE_AGAIN}
        return types.new_class(kind.__name__, bases, exec_body=lambda space: space.update(content))

    def _module(self, module: Any) -> Any:
        """A module: the attributes have the same names in both frameworks."""
        kind = self._of(type(module))
        made = kind.__new__(kind)
        self._known[id(module)] = (module, made)
        minitorch_bp.nn.Module.__init__(made)
        for name, value in vars(module).items():
            if name in ("_parameters", "_buffers", "_modules"):
                getattr(made, name).update({k: self._of(v) for k, v in value.items()})
            elif "hook" not in name and not name.startswith("_is_full"):
                made.__dict__[name] = self._of(value)
        return made


def _of_torch(value: Any) -> Any:
    """A class of PyTorch's as ours: by where it lives, or by where it is usually found."""
    path = f"{value.__module__}.{value.__qualname__}".partition(".")[2]
    for place in (path, value.__qualname__, f"nn.{value.__qualname__}"):
        try:
            return _look_up(minitorch_bp, place)
        except Missing:
            continue
    raise Missing(f"torch.{path}")


def _import(name: str, *rest: Any) -> Any:
    """``import torch`` inside of a function."""
    top, _, below = name.partition(".")
    return __import__(f"minitorch_bp.{below}".rstrip(".") if top == "torch" else name, *rest)
