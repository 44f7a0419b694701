"""What a traced function is: a program for each kind of arguments that it has met, and eager code for those without one."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from ..core.detour import standing
from ..core.grad_mode import INFERENCE, mode
from ..core.tensor import Tensor, wrap
from ..core.trees import leaves_of, like
from ..core.view import requires_grad
from ..nn.modules.module import Module
from ..nn.parameter import Buffer, Parameter
from .compose import Captured, Composer
from .program import MISS, Program
from .recorder import Recorder, Refused
from .trial import changed, check, sandbox

#: Kinds of arguments for which a program is kept; beyond them a call is eager.
MOST = 64


class Runner:
    """A traced function, or a traced method of a module.

    Attributes
    ----------
    function : function
        What was traced.
    module : Module or None
        Whose parameters and buffers the program reads anew at each call.
    programs : dict
        Kind of arguments -> the program, or why there is none (a text).
    """

    def __init__(self, function: Any, module: Module | None, name: str, strict: bool = True):
        self.function, self.module, self.name, self.strict = function, module, name, strict
        self.modes = [] if module is None else [(m, m.training) for m in module.modules()]
        self.programs: dict[Any, Any] = {}
        self.enter: Any = lambda *args: MISS
        self.count = 0
        self.answers: list[Any] = []
        self.draws = False
        self.last: Any = "not called yet"
        self.form: Any = None

    # ------------------------------------------------------------------ arguments
    def arguments(self, example: Any) -> tuple[Any, ...]:
        """An example as positional arguments."""
        if isinstance(example, dict):
            return self.bound((), example)
        args = tuple(example) if isinstance(example, (tuple, list)) else (example,)
        for t in leaves_of(args):
            if not isinstance(t, Tensor):
                raise RuntimeError(
                    f"jit.trace: the arguments must be tensors, or tuples, lists and dictionaries of tensors, but one is of type {type(t).__name__}"
                )
        return args

    def bound(self, args: Any, kwargs: Any) -> tuple[Any, ...]:
        """Arguments by name as positional ones."""
        function = self.function.forward if isinstance(self.function, Module) else self.function
        try:
            given = inspect.signature(function).bind(*args, **kwargs)
        except TypeError as error:
            raise RuntimeError(f"{self.name}(): {error}") from None
        if given.kwargs:
            raise RuntimeError(
                f"{self.name}(): the argument {next(iter(given.kwargs))!r} can't be given by position, so it can't be traced"
            )
        return given.args

    def start(self, example: Any) -> tuple[Any, ...]:
        """Trace the function for the example; its arguments."""
        args = self.arguments(example)
        self.form = _shape_of(args)
        self.again(args)
        return args

    def of_copy(self, module: Module) -> Runner:
        """The same for a copy of the module."""
        new = Runner(getattr(type(self.function.__self__), self.name).__get__(module), module, self.name, self.strict)
        new.modes = [(m, training) for m, (_, training) in zip(module.modules(), self.modes)]
        new.form = self.form
        return new

    @property
    def code(self) -> str:
        """The program of the last call, or why there is none."""
        return self.last if isinstance(self.last, str) else self.last.text  # type: ignore[no-any-return]

    # ------------------------------------------------------------------ calls
    def __call__(self, *args: Any) -> Any:
        if len(args) == self.count:
            try:
                result = self.enter(*args)
            except Exception:
                return self._failed(args)
            if result is not MISS:
                return result
        return self.again(args)

    def again(self, args: tuple[Any, ...]) -> Any:
        """A call that is not like the one before."""
        leaves = list(leaves_of(args))
        if _shape_of(args) != self.form or not all(isinstance(t, Tensor) for t in leaves):
            raise RuntimeError(
                f"{self.name}(): expected {len(self.form)} arguments, tensors in the same containers as in the example, but got "
                + (", ".join(type(a).__name__ for a in args) or "none")
            )
        if standing[0] or mode.recorder is not None or mode.transforms or mode.inference or mode.autocast:
            return self.eager(args)
        if not all(t.__class__ in (Tensor, Parameter, Buffer) and t._cell is not INFERENCE for t in leaves):
            return self.eager(args)
        key = self._kind(args, leaves)
        program = self.programs.get(key)
        if program is None:
            program = "too many kinds of arguments" if len(self.programs) >= MOST else self.write(args, leaves)
            self.programs[key] = program
        self.last = program
        if isinstance(program, str):
            self.count = -1
            return self.eager(args)
        if all(isinstance(a, Tensor) for a in args):
            self.enter, self.count = program.call, len(args)
        try:
            result = program.call(*leaves)
        except Exception:
            return self._failed(args)
        return self.eager(args) if result is MISS else result

    def _failed(self, args: tuple[Any, ...]) -> Any:
        """A program ended with an error: the function gives the one that users know, unless something has been drawn or written already."""
        if self.last.changes:
            raise  # (called by a handler)
        return self.eager(args)

    def eager(self, args: tuple[Any, ...]) -> Any:
        """The function itself, in the mode (training or not) in which its module was traced."""
        now = [(m, m.training) for m, _ in self.modes]
        for m, training in self.modes:
            m.training = training
        try:
            return self.function(*args)
        finally:
            for m, training in now:
                m.training = training

    def _kind(self, args: Any, leaves: list[Tensor]) -> Any:
        state = self.state()
        tensors = [*leaves, *(t for _, _, t in state)]
        forms = tuple((t._array.shape, t._array.dtype, t._array.strides, requires_grad(t), (t._fn is None and t._view is None) or k < len(leaves))
                      for k, t in enumerate(tensors))  # fmt: skip
        places = tuple(
            (id(table), name, value if isinstance(value, int) else id(value)) for table, name, value in self.fixed(state)
        )
        return mode.recording, forms, places, _pattern(leaves), _shape_of(args)

    def state(self) -> list[tuple[Any, str, Any]]:
        """``(table, name, tensor)`` of the module's parameters and buffers, each tensor once."""
        found: list[tuple[Any, str, Any]] = []
        seen: set[int] = set()
        for m in () if self.module is None else self.module.modules():
            for table in (m._parameters, m._buffers):
                for name, t in table.items():
                    if t is not None and id(t) not in seen:
                        seen.add(id(t))
                        found.append((table, name, t))
        return found

    def fixed(self, state: list[tuple[Any, str, Any]]) -> list[tuple[Any, str, Any]]:
        """What else a program relies on: ``(table, name, part)`` of the parts of the module, of names without a tensor (None), and of
        further names of a tensor (its number in ``state``)."""
        number = {id(t): k for k, (_, _, t) in enumerate(state)}
        first = {(id(table), name) for table, name, _ in state}
        found: list[tuple[Any, str, Any]] = []
        for m in () if self.module is None else self.module.modules():
            found += [(m._modules, name, part) for name, part in m._modules.items()]
            for table in (m._parameters, m._buffers):
                found += [(table, n, None if t is None else number[id(t)]) for n, t in table.items() if (id(table), n) not in first]
        return found

    # ------------------------------------------------------------------ a new program
    def write(self, args: Any, leaves: list[Tensor]) -> Any:
        """The program for arguments like these; a text that says why there is none."""
        try:
            return self._written(args, leaves)
        except Refused as error:
            return str(error)

    def _written(self, args: Any, leaves: list[Tensor]) -> Program:
        state = self.state()
        pattern = _pattern(leaves)
        stand_ins = {k: _stand_in(leaves[k]) for k in dict.fromkeys(pattern)}
        given, passed = list(stand_ins.values()), [stand_ins[k] for k in pattern]
        own = [*given, *(t for _, _, t in state)]
        if not all(t.__class__ in (Tensor, Parameter, Buffer) and t._cell is not INFERENCE for t in own):
            raise Refused("a tensor of another class")
        if any(t._fn is not None or t._view is not None for t in own[len(given) :]):
            raise Refused("a parameter or buffer that is computed")
        owners = [None] * len(given) + [(table, name) for table, name, _ in state]
        buffers = {
            k
            for k, owner in enumerate(owners)
            if owner is not None and type(own[k]) is not Parameter and own[k]._requires_grad is not True
        }
        originals = [t._array for t in own]
        fresh = lambda: [changed(a, 0) for a in originals]
        run = lambda: self.eager(like(args, passed))
        recorder: Any = None
        try:
            with sandbox(own, fresh()), np.errstate(all="ignore"):
                recorder = Recorder(own, buffers)
                with recorder:
                    tree = run()
                self.answers, self.draws = recorder.answers, recorder.draws
                outs = checked_outputs(tree, self.strict)
                recorder.check_saved()
            with sandbox(own, fresh()), np.errstate(all="ignore"):
                composer = Composer(recorder, own, [*(self._names(len(leaves))[k] for k in stand_ins), *self._paths(state)])
                program = Program(recorder, composer, own, tree, outs, owners, self.fixed(state), pattern)
        except Captured as error:
            raise RuntimeError(
                f"jit.trace: the function uses a tensor of shape {list(error.args[0].shape)} that requires grad, which would be frozen: pass it "
                "as an argument, make it a parameter of the module that is traced, or .detach() it"
            ) from None
        except RecursionError:
            raise
        except (RuntimeError, TypeError, ValueError, IndexError, KeyError, AttributeError, NotImplementedError) as error:
            if recorder is None or isinstance(error, OutputError) or not recorder.calls:
                raise
            raise Refused(f"{type(error).__name__}: {error}") from None
        check(
            lambda: checked_outputs(run(), self.strict),
            lambda: checked_outputs(_hit(program.call(*passed)), self.strict),
            own,
            recorder.answers,
        )
        program.seen[:] = [None] * len(program.seen)
        return program

    def _names(self, count: int) -> list[str]:
        function = self.function.forward if isinstance(self.function, Module) else self.function
        try:
            names = [
                p.name
                for p in inspect.signature(function).parameters.values()
                if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
            ]
        except (TypeError, ValueError):
            names = []
        return [*names, *(f"x{k}" for k in range(count))][:count]

    def _paths(self, state: Any) -> list[str]:
        module: Any = self.module
        paths = {id(t): path for path, t in (*module.named_parameters(), *module.named_buffers())} if state else {}
        return [paths[id(t)] for _, _, t in state]


def _hit(result: Any) -> Any:
    if result is MISS:
        raise Refused("the program does not know its own example")
    return result


def _pattern(leaves: list[Tensor]) -> tuple[int, ...]:
    """For each of the tensors, where it occurs first: a function may ask whether two arguments are one object."""
    first: dict[int, int] = {}
    return tuple(first.setdefault(id(t), k) for k, t in enumerate(leaves))


def _stand_in(t: Tensor) -> Tensor:
    """A leaf like an input."""
    new = wrap(t._array)
    new._requires_grad = bool(requires_grad(t))
    return new


def _shape_of(tree: Any) -> Any:
    """The containers, as something that can be a key."""
    if isinstance(tree, dict):
        return tuple((k, _shape_of(v)) for k, v in tree.items())
    return tuple(map(_shape_of, tree)) if isinstance(tree, (tuple, list)) else ""


class OutputError(RuntimeError):
    """Of a function that returns something else than tensors."""


OutputError.__name__ = OutputError.__qualname__ = "RuntimeError"
OutputError.__module__ = "builtins"


def checked_outputs(tree: Any, strict: bool) -> list[Tensor]:
    """The tensors that a function returned, each once; RuntimeError if there is anything else, or a dictionary where that is not allowed."""
    if tree is None:
        raise OutputError("jit.trace: the function returns nothing, so the trace would do nothing: return a tensor")
    if isinstance(tree, dict) and strict:
        raise OutputError(
            "jit.trace: the function returns a dictionary, whose keys are frozen: pass strict=False to allow this, or return a tuple"
        )
    outs: list[Tensor] = []
    for t in leaves_of(tree):
        if not isinstance(t, Tensor):
            raise OutputError(
                f"jit.trace: the function may return tensors, and tuples, lists and dictionaries of tensors, but not {type(t).__name__}"
            )
        if not any(t is x for x in outs):
            outs.append(t)
    if not outs:
        raise OutputError("jit.trace: the function returns no tensor")
    return outs
