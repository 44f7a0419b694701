"""Watching one run of a function, for its program: every primitive with its arguments, and everything that would be frozen.

A tape of :mod:`minitorch_bp.explain` that is strict: what it can't account for ends the trace (:class:`Refused`), and the function
goes on as eager code. Accounted for are primitives, writes of theirs, declared functions (``core/replayed``), random functions (drawn
anew at each call), tensors that were made of no tensor (constants), and looks: numbers that Python code took out of a tensor, which are
frozen with a warning, as in PyTorch.
"""

from __future__ import annotations

import sys
import threading
import warnings
from typing import Any

import numpy as np

from ..core.detour import remove_detour, set_detour
from ..core.grad_mode import mode
from ..core.namespaces import raw
from ..core.public import home
from ..core.random import default_generator
from ..core.replayed import REPLAYED
from ..core.tensor import Tensor
from ..core.view import requires_grad
from ..explain.names import Names
from ..explain.tape import Call, Tape, Var, _flat, _functions, _running, place
from .spy import Spy, plain, spied


class Refused(BaseException):
    """The trace can't account for something; why is its text. No Exception, so that the function's own handlers let it pass."""


class TracerWarning(Warning):
    """Something in a traced function was frozen.

    Examples
    --------
    >>> import warnings
    >>> import minitorch_bp as torch
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     f = torch.jit.trace(lambda x: x * 2 if x.sum() > 0 else x, torch.ones(2))
    >>> caught[0].category.__name__, f(-torch.ones(2))
    ('TracerWarning', tensor([-2., -2.]))
    """


#: Methods that hand values to Python -> what that is called.
_VALUES = {
    "item": "number", "tolist": "list", "numpy": "NumPy array", "array": "NumPy array", "bool": "boolean", "int": "integer", "float": "float",
    "index": "index", "complex": "complex number", "contains": "boolean", "is_nonzero": "boolean",
}  # fmt: skip
_METHODS = (
    "item", "tolist", "numpy", "__array__", "__bool__", "__int__", "__float__", "__index__", "__complex__", "__contains__", "is_nonzero",
)  # fmt: skip
#: Decisions on values without a warning in PyTorch; here the function stays eager.
_SILENT = frozenset({"equal", "allclose", "isclose"})


def looks() -> list[Any]:
    """The functions that hand values to Python."""
    return [getattr(Tensor, name) for name in _METHODS]


def warn(text: str, frozen: bool = True) -> None:
    """A TracerWarning, at the line of the user's."""
    package = __package__.rpartition(".")[0]
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(package):
        level, frame = level + 1, frame.f_back
    text += ": the trace is right for other inputs only if that does not change with them" if frozen else ""
    warnings.warn(text, TracerWarning, stacklevel=level)


class Recorder(Tape):
    """The tape of one run. ``own`` are the tensors that the program is given: the inputs, and a module's parameters and buffers."""

    def __init__(self, own: list[Tensor], writable: set[int]):
        super().__init__(Names(frames=False))
        self.own = {id(t): k for k, t in enumerate(own)}
        self.writable = writable  # the positions of the buffers, which the function may write to
        self.created: set[int] = set()  # ids of tensors that were made of no tensor
        self.answers: list[Any] = []  # what the looks saw
        self.draws = False
        self.inside = 0  # within a primitive or a declared function, where all is accounted for
        self.composites = 0  # public functions that run
        self.lapack = 0  # those of them that may call LAPACK
        self.stream = b""
        self.before: list[tuple[Tensor, np.ndarray]] = []  # tensors from outside, with their arrays
        self.vars = [self.of(t) for t in own]
        for t, var in zip(own, self.vars, strict=True):
            var.array = t._array = spied(t._array)  # so that a view of the whole is not taken for the tensor

    # ------------------------------------------------------------------ what is watched
    def __enter__(self) -> Recorder:
        super().__enter__()
        set_detour(REPLAYED, _on_replayed)
        self.stream = _stream()
        Spy.seen = self._seen  # type: ignore[assignment]
        return self

    def __exit__(self, *exc: Any) -> None:
        Spy.seen = staticmethod(lambda what: None)  # type: ignore[assignment]
        remove_detour(REPLAYED, _on_replayed)
        super().__exit__(*exc)
        for x in self.alive:
            if isinstance(x, Tensor):
                x._array = plain(x._array)
        for t, array in self.before:
            t._array = array
        if exc[0] is None and self.stream != _stream():
            raise Refused("random numbers were drawn outside of the functions that are known to do so")

    def _watch_modules(self) -> None:
        """Nothing is asked about modules."""

    def _seen(self, what: str) -> None:
        if not self.inside:
            raise Refused(f"NumPy code outside of an operation reads a tensor ({what})")

    def _accounted(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        self.inside += 1
        try:
            return function(*args, **kwargs)
        finally:
            self.inside -= 1

    # ------------------------------------------------------------------ variables
    def of(self, t: Tensor, call: Call | None = None) -> Var:
        if mode.autocast or mode.recorder is not None or mode.transforms:
            raise Refused("autocast, hooks on saved tensors and torch.func's transformations stay eager")
        if call is None:
            var = self.known.get(id(t))
            if var is None or var.array is not t._array:
                var = self.memory.get(place(t._array))
                if var is not None and var.tensor is not t and requires_grad(var.tensor) and not requires_grad(t):
                    return self._detached(t, var)
        if call is None and not self.is_known(t):
            if type(t._array) is Spy:
                raise Refused("an operation is given something that no operation made")
            if self.composites:  # made within a function of the library
                if self.lapack and t._array.size > 1:
                    raise Refused("linear algebra that no operation has done")
                self.created.add(id(t))
            elif id(t) not in self.created and id(t) not in self.own:
                var = self._accounted(super().of, t, call)
                self.before.append((t, t._array))
                var.array = t._array = spied(t._array)
                return var  # type: ignore[no-any-return]
        return self._accounted(super().of, t, call)  # type: ignore[no-any-return]

    def var_of_output(self, t: Tensor) -> Var:
        """The variable of a tensor that the function returned; Refused if no call has made it."""
        var = self.known.get(id(t)) or self.memory.get(place(t._array))
        if var is None or var.call is None:
            raise Refused("an output was not computed: it is an input, or a constant")
        return var

    def _detached(self, t: Tensor, var: Var) -> Var:
        """Another name for the memory of a variable, without its history."""
        made = Call("alias", "detach", None, (var,), [], None, "")
        made.outs = [Var(t, made)]
        self.calls.append(made)
        self.known[id(t)] = made.outs[0]
        self.alive += (t, t._array)
        return made.outs[0]

    def check_saved(self) -> None:
        """Refused if something that a rule will read was overwritten: the eager backward pass says so, if it comes to that."""
        try:
            for node in self.by_node:
                node.unpack(raw)
        except RuntimeError as error:
            raise Refused(str(error)) from None

    def made(self, t: Tensor, call: Call) -> Var:
        t._array = spied(t._array)
        return super().made(t, call)

    def _origin(self, a: np.ndarray) -> Any:
        while type(a) is Spy and a.source is not None:
            a = a.source
            if place(a) in self.memory:
                return self.memory[place(a)]
        if type(a) is Spy:
            raise Refused("an operation is given something that no operation made")
        if self.composites and a.size > 1:  # C code (LAPACK's) reads arrays without a word to the spies
            raise Refused("an operation is given an array that may have been computed beside the operations")
        return a

    # ------------------------------------------------------------------ calls
    def on_primitive(self, function: Any, call: Any, *args: Any, **kwargs: Any) -> Any:
        if self.inside:
            return call(*args, **kwargs)
        if kwargs.get("out") is not None:
            raise Refused("out=")
        return self._accounted(super().on_primitive, function, call, *args, **kwargs)

    def on_public(self, function: Any, call: Any, *args: Any, **kwargs: Any) -> Any:
        if self.inside:
            return call(*args, **kwargs)
        name = _functions[function]
        if name in _VALUES and function in looks():
            return self._look(name, call, args, kwargs)
        if name in _SILENT:
            raise Refused(f"{name}() decides on values")
        if ".ops.random." in home(function):
            return self.on_replayed(function, call, *args, **kwargs)
        if kwargs.get("out") is not None:
            raise Refused("out=")
        if name == "len" or name == "iter":
            warn(f"{name}() of a tensor is frozen")
        for t in _flat((args, kwargs)):
            if isinstance(t, Tensor):
                self.of(t)
        lapack = ".ops.linalg." in home(function) and not home(function).endswith((".matmul", ".einsum", ".products"))
        self.composites += 1
        self.lapack += lapack
        try:
            result = call(*args, **kwargs)
        finally:
            self.composites -= 1
            self.lapack -= lapack
        if name == "getitem" and isinstance(result, Tensor) and result._view is not None and not self.is_known(result):
            result._array = plain(result._array)
            self._note(result._view.op, (args[0], *result._view.args), (self.of(args[0]), *result._view.args), [result], None)
        for t in _flat(result):
            if isinstance(t, Tensor) and not self.is_known(t) and id(t) not in self.own:
                if t._requires_grad is True and t._fn is not None:
                    raise Refused(f"{name}() records its result in a way of its own")
                self.created.add(id(t))
                self.alive.append(t)
                if not self.composites:
                    var = self.of(t)
                    var.array = t._array = spied(t._array)
        return result

    def _look(self, name: str, call: Any, args: Any, kwargs: Any) -> Any:
        if self.composites:
            raise Refused("a function of the library decides on values")
        answer = self._accounted(call, *args, **kwargs)
        warn(f"a tensor is converted to a Python {_VALUES[name]}, which is frozen")
        if isinstance(answer, np.ndarray):
            answer = np.array(plain(answer))
        self.answers.append(answer)
        return answer

    def on_replayed(self, function: Any, call: Any, *args: Any, **kwargs: Any) -> Any:
        """A function that the program will call as it is."""
        if self.inside:
            return call(*args, **kwargs)
        if self.stream != _stream():
            raise Refused("random numbers were drawn outside of the functions that are known to do so")
        if any(type(a).__name__ == "Generator" for a in _flat((args, kwargs))) or kwargs.get("out") is not None:
            raise Refused("a generator of one's own, or out=")
        before = (*self._arguments(args), *((k, *self._arguments((v,))) for k, v in kwargs.items()))
        tensors = [a for a in _flat((args, kwargs)) if isinstance(a, Tensor)]
        versions = [_version(t) for t in tensors]
        result = self._accounted(call, *args, **kwargs)
        moved = []
        for t, version in zip(tensors, versions):
            if _version(t) != version:
                moved.append(self.of(t))
                if t._requires_grad is True:
                    raise Refused("a tensor with a history is filled with random numbers")
                self._may_write(t)
        stream = _stream()
        self.draws, self.stream = self.draws or stream != self.stream, stream
        outs = [t for t in _flat(result) if isinstance(t, Tensor) and not any(t is x for x in tensors)]
        if any(t._requires_grad is True for t in outs):
            raise Refused("random numbers with a history")
        made = Call("replayed", function.__name__, (function, len(args), moved), before, [], None, "")
        made.outs = [self.made(t, made) for t in outs]
        self.calls.append(made)
        return result

    # ------------------------------------------------------------------ writes
    def _may_write(self, t: Tensor) -> None:
        array = plain(t._array)
        for var in self.given:
            if np.may_share_memory(array, plain(var.array)):
                position = self.own.get(id(var.tensor), -1)
                if id(var.tensor) not in self.created and (position not in self.writable or var.tensor is not t):
                    raise Refused("a tensor that was there before is written to")
                var.tensor._array = spied(var.tensor._array)
                var.array = var.tensor._array

    def on_write(self, function: Any, call: Any, op: Any, target: Any, *rest: Any) -> Any:
        if self.inside:
            return call(op, target, *rest)
        if isinstance(target, Tensor):
            self.of(target)
            self._may_write(target)
        return self._accounted(super().on_write, function, call, op, target, *rest)

    def on_overwrite(self, function: Any, call: Any, target: Any, result: Any, name: Any) -> Any:
        if self.inside:
            return call(target, result, name)
        if isinstance(target, Tensor):
            self.of(target)
            self._may_write(target)
        self.inside += 1
        try:
            into, source = self.of(target), self.of(result)
            out = call(target, result, name)
            self.calls.append(Call("copy", name, None, (into, source), [], None, ""))
            if target._fn is not result._fn:
                raise Refused("a write to a view")
        finally:
            self.inside -= 1
        return out


def _stream() -> bytes:
    return default_generator.get_state()._array.tobytes()


def _version(t: Tensor) -> int:
    return 0 if t._cell is None else t._cell[0]


def _on_replayed(function: Any, call: Any, *args: Any, **kwargs: Any) -> Any:
    tape: Any = _running[-1] if _running else None
    if tape is None or tape.thread != threading.get_ident() or not isinstance(tape, Recorder):
        return call(*args, **kwargs)
    return tape.on_replayed(function, call, *args, **kwargs)


__all__ = ["Recorder", "Refused", "TracerWarning", "looks"]
