"""Modules that are a function plus options: most activations, losses, pooling and padding layers are no more than that.

``nn.LeakyReLU(0.2)`` is ``F.leaky_relu`` that remembers its slope. Such a class names the function and keeps the options:

    class LeakyReLU(_Activation, of=F.leaky_relu):
        def __init__(self, negative_slope: float = 0.01, inplace: bool = False):
            super().__init__()
            self.negative_slope, self.inplace = negative_slope, inplace

What it computes, how it is printed and what its docstring says (``docstrings.py``) follow from these lines. A module of several
inputs names them, once in its family: ``def forward(self, input, target): return self._call(input, target)``. A function whose
file is imported when it is first used is given by its name, ``of="ctc_loss"``.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

from ...core.tensor import Tensor
from .. import functional as F
from .family import Family
from .module import Module

_OLD_NAMES = frozenset(("size_average", "reduce", "min_value", "max_value"))


class FunctionalModule(Family, Module):
    """What the modules share that are made ``of`` a function: how it is called, and the printed options."""

    _function: Callable[..., Any]
    #: The parameters of the constructor, which are kept as attributes, but for the old names of others.
    _options: tuple[str, ...] = ()
    #: Whether the function takes them by name, or in the order of the constructor.
    _by_name = True
    #: Those that are printed; all of them unless a class says otherwise.
    _shown: tuple[str, ...] | None = None

    def __init_subclass__(cls, of: Callable[..., Any] | str = "", **kwargs: Any):
        super().__init_subclass__(**kwargs)
        if of:
            code = cls.__init__.__code__
            names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
            cls._options = tuple(name for name in names if name not in _OLD_NAMES)
            cls._function = staticmethod(_found_later(of) if isinstance(of, str) else of)
            setattr(cls, "_like", of if isinstance(of, str) else staticmethod(of))
            _make_methods(cls)

    def _call(self, *inputs: Any) -> Any:
        """The function of the inputs, with the options that the module keeps."""
        options = {name: getattr(self, name) for name in self._options}
        return self._function(*inputs, **options) if self._by_name else self._function(*inputs, *options.values())

    def extra_repr(self) -> str:
        shown = self._options if self._shown is None else self._shown
        return ", ".join([f"{name}={getattr(self, name)}" for name in shown])


class UnaryModule(FunctionalModule):
    """A function of one tensor, which takes its options in the order of the constructor."""

    _by_name = False

    def forward(self, input: Tensor) -> Tensor:
        """The function of the input, with the options that the module keeps."""
        return self._call(input)


def _make_methods(cls: type[FunctionalModule]) -> None:
    """Give the class methods of its own, so that Python's errors say ``ELU.__init__() got an unexpected ...``.

    Where ``forward`` is no more than ``_call``, it is written out, as ``return function(input, self.alpha)``: collecting the
    options would take an eighth of the time of a call of SiLU.
    """
    for name in ("__init__", "forward"):
        method = getattr(cls, name)
        plain = getattr(method, "__wrapped__", method)  # LogSoftmax inherits what has been written out for Softmax
        if name == "forward" and plain.__code__.co_names == ("_call",):
            own = _written_out(cls, plain.__code__)
            own.__wrapped__ = plain
        elif name not in cls.__dict__ and method is not getattr(Module, name):
            own = FunctionType(method.__code__, method.__globals__, name, method.__defaults__, method.__closure__)
        else:
            continue
        own.__kwdefaults__, own.__annotations__, own.__doc__ = method.__kwdefaults__, method.__annotations__, method.__doc__
        own.__qualname__ = f"{cls.__name__}.{name}"
        setattr(cls, name, own)


_CODES: dict[str, CodeType] = {}  # most modules have the inputs and options of some other


def _written_out(cls: type[FunctionalModule], code: CodeType) -> Any:
    inputs = code.co_varnames[1 : code.co_argcount]
    options = [f"{name}=self.{name}" if cls._by_name else f"self.{name}" for name in cls._options]
    source = f"def forward(self, {', '.join(inputs)}): return function({', '.join([*inputs, *options])})"
    if source not in _CODES:
        _CODES[source] = compile(source, "<forward of a module that is a function>", "exec")
    space: dict[str, Any] = {"__name__": cls.__module__, "function": cls._function}
    exec(_CODES[source], space)
    return space["forward"]


def _found_later(name: str) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        return getattr(F, name)(*args, **kwargs)

    return function
