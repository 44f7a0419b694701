"""``torch.jit``: :func:`trace` writes a function out as a straight-line program. There is no script compiler.

:func:`script` returns what runs as ever, so a program that scripts its model and goes on with it runs. What a script could do and Python
can't (be saved, be loaded elsewhere) raises NotImplementedError. A trace is made in steps, a file each: ``recorder`` watches a run,
``compose`` writes its lines (with ``lines``, which follows NumPy code), ``program`` makes the functions, ``node`` is what they leave in the graph, ``trial`` compares
with the eager function, ``runner`` keeps a program for each kind of arguments.
"""

from __future__ import annotations

import builtins
import contextlib
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from ..futures import Future as Future
from ..futures import fork as fork
from ..futures import wait as wait
from ..nn.modules.module import Module
from .checks import Attribute as Attribute
from .checks import Error as Error
from .checks import ScriptWarning as ScriptWarning
from .checks import enable_onednn_fusion as enable_onednn_fusion
from .checks import isinstance as isinstance
from .checks import onednn_fusion_enabled as onednn_fusion_enabled
from .checks import set_fusion_strategy as set_fusion_strategy
from .checks import strict_fusion as strict_fusion
from .recorder import TracerWarning
from .scripts import RecursiveScriptModule, ScriptFunction, ScriptModule, TopLevelTracedModule, refuse, scripted
from .tracing import TracingCheckError, trace, trace_module


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
    if builtins.isinstance(obj, Module):
        return scripted(obj, RecursiveScriptModule)
    if not callable(obj):
        raise TypeError(f"jit.script: expected a module, function or class, but got {type(obj).__name__}")
    return obj


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
    refuse("save")


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
    refuse("load")


__all__ = [
    "Final", "RecursiveScriptModule", "ScriptFunction", "ScriptModule", "TopLevelTracedModule", "TracerWarning", "TracingCheckError", "annotate", "export", "freeze", "ignore",
    "interface", "is_scripting", "is_tracing", "load", "optimize_for_inference", "optimized_execution", "save", "script",
    "script_if_tracing", "script_method", "trace", "trace_module", "unused",
]  # fmt: skip
