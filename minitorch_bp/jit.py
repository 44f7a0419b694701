"""``torch.jit``: there is no script compiler. :func:`script` and :func:`trace` return what runs as ever; saving is refused by name.

So a program that scripts its model and goes on with it runs. What a script could do and Python can't (be saved, be loaded elsewhere)
raises NotImplementedError. A traced function still has its ``if`` and ``for``, which PyTorch's trace would have unrolled.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from .futures import Future as Future
from .futures import fork as fork
from .futures import wait as wait
from .nn.modules.module import Module


def _refuse(name: str) -> NoReturn:
    raise NotImplementedError(
        f"torch.jit.{name}: minitorch_bp has no TorchScript, so there is nothing to save or load. Use torch.save(model.state_dict(), ...)"
    )


class ScriptModule(Module):
    """The class of scripted modules, which share parameters and all else with the module that they were made of."""

    original_name: str

    def save(self, f: Any, **options: Any) -> NoReturn:
        """Refused: there is no TorchScript."""
        _refuse("ScriptModule.save")

    def _get_name(self) -> str:
        return type(self).__name__

    @property
    def code(self) -> str:
        """Refused: there is no TorchScript."""
        _refuse("ScriptModule.code")

    @property
    def graph(self) -> Any:
        """Refused: there is no TorchScript."""
        _refuse("ScriptModule.graph")


class RecursiveScriptModule(ScriptModule):
    """What :func:`script` makes of a module."""


class TopLevelTracedModule(ScriptModule):
    """What :func:`trace` makes of a module."""


def _scripted(module: Module, base: type[ScriptModule]) -> Any:
    """The same module, as one that is a ScriptModule, too."""
    if isinstance(module, ScriptModule):
        return module
    original = type(module).__name__
    kind = type(
        base.__name__, (base, type(module)), {"original_name": original, "extra_repr": lambda self: f"original_name={original}"}
    )
    new: Any = object.__new__(kind)
    new.__dict__ = module.__dict__
    return new


def script(obj: Any, optimize: Any = None, _frames_up: int = 0, _rcb: Any = None, example_inputs: Any = None) -> Any:
    """What is given, to be run as it is: there is no script compiler.

    Parameters
    ----------
    obj : Module, function or class
    optimize : optional
        Without effect, as all that follow.
    _frames_up : int
    _rcb : optional
    example_inputs : optional

    Returns
    -------
    Module, function or class
        A ``ScriptModule`` that shares all with the module; functions and classes themselves.

    Raises
    ------
    TypeError
        For what is nothing of these.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.jit.script(torch.nn.Linear(2, 1))
    RecursiveScriptModule(original_name=Linear)
    """
    if isinstance(obj, Module):
        return _scripted(obj, RecursiveScriptModule)
    if not callable(obj):
        raise TypeError(f"jit.script: expected a module, function or class, but got {type(obj).__name__}")
    return obj


def trace(func: Any, example_inputs: Any = None, *args: Any, example_kwarg_inputs: Any = None, **options: Any) -> Any:
    """What is given, after one call with the example inputs: nothing is recorded, so branches and loops stay.

    Parameters
    ----------
    func : Module or function
    example_inputs : Tensor or tuple
    *args : any
        Without effect.
    example_kwarg_inputs : dict, optional
        Arguments by name, in place of ``example_inputs``.
    **options : any
        ``check_trace``, ``strict``, ...: without effect.

    Returns
    -------
    Module or function
        A ``ScriptModule`` that shares all with the module; a function itself.

    Raises
    ------
    RuntimeError
        If there are no inputs.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.jit.trace(lambda x: x * 2, torch.ones(1))(torch.ones(2))
    tensor([2., 2.])
    """
    if example_inputs is None and not isinstance(example_kwarg_inputs, dict):
        raise RuntimeError("jit.trace: example_inputs (or a dict as example_kwarg_inputs) must be given")
    if example_inputs is None:
        func(**example_kwarg_inputs)
    else:
        func(*(example_inputs if isinstance(example_inputs, (tuple, list)) else (example_inputs,)))
    return _scripted(func, TopLevelTracedModule) if isinstance(func, Module) else func


def ignore(drop: Any = False, **kwargs: Any) -> Any:
    """Mark a method that a script is not to compile: a decorator, with or without arguments.

    Parameters
    ----------
    drop : bool
        Without effect.
    **kwargs : any
        Without effect.

    Returns
    -------
    function
        The same, or a decorator.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.jit.ignore(len) is len
    True
    """
    return drop if callable(drop) else lambda fn: fn


def unused(fn: Any) -> Any:
    """Mark a method that a script does not need.

    Parameters
    ----------
    fn : function

    Returns
    -------
    function
        The same.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.jit.unused(len) is len
    True
    """
    return fn


export = script_method = script_if_tracing = interface = unused


def is_scripting() -> bool:
    """Whether a script is being compiled.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.jit.is_scripting()
    False
    """
    return False


def is_tracing() -> bool:
    """Whether a function is being traced.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.jit.is_tracing()
    False
    """
    return False


def annotate(the_type: Any, the_value: Any) -> Any:
    """The value: its type is for the script compiler.

    Parameters
    ----------
    the_type : type
    the_value : any

    Returns
    -------
    any
        ``the_value``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.jit.annotate(int, 3)
    3
    """
    return the_value


def freeze(mod: Any, *args: Any, **kwargs: Any) -> Any:
    """The module: nothing is to be frozen.

    Parameters
    ----------
    mod : ScriptModule
    *args : any
    **kwargs : any

    Returns
    -------
    ScriptModule
        The same.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.jit.script(torch.nn.Linear(2, 1).eval())
    >>> torch.jit.freeze(layer) is layer
    True
    """
    return mod


optimize_for_inference = freeze


@contextlib.contextmanager
def optimized_execution(should_optimize: bool) -> Iterator[None]:
    """A context for the script compiler: without effect.

    Parameters
    ----------
    should_optimize : bool

    Returns
    -------
    context manager
        One that does nothing.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.jit.optimized_execution(False):
    ...     pass
    """
    yield


def save(m: Any, f: Any, _extra_files: Any = None) -> NoReturn:
    """Refused: there is no TorchScript.

    Parameters
    ----------
    m : ScriptModule
    f : str or file
    _extra_files : dict, optional

    Raises
    ------
    NotImplementedError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.jit.save(torch.nn.Linear(1, 1), "model.pt")
    Traceback (most recent call last):
        ...
    NotImplementedError: torch.jit.save: minitorch_bp has no TorchScript, so there is nothing to save or load. Use torch.save(model.state_dict(), ...)
    """
    _refuse("save")


def load(f: Any, map_location: Any = None, _extra_files: Any = None, _restore_shapes: bool = False) -> NoReturn:
    """Refused: there is no TorchScript.

    Parameters
    ----------
    f : str or file
    map_location : optional
    _extra_files : dict, optional
    _restore_shapes : bool

    Raises
    ------
    NotImplementedError
        Always.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.jit.load("model.pt")
    Traceback (most recent call last):
        ...
    NotImplementedError: torch.jit.load: minitorch_bp has no TorchScript, so there is nothing to save or load. Use torch.save(model.state_dict(), ...)
    """
    _refuse("load")


class ScriptFunction:
    """The class of scripted functions: there are none here, since a function stays what it is."""


__all__ = [
    "Final", "RecursiveScriptModule", "ScriptFunction", "ScriptModule", "TopLevelTracedModule", "annotate", "export", "freeze", "ignore",
    "interface", "is_scripting", "is_tracing", "load", "optimize_for_inference", "optimized_execution", "save", "script",
    "script_if_tracing", "script_method", "trace", "unused",
]  # fmt: skip
