"""``torch.compiler`` and ``torch.compile``: there is no compiler. What is given runs as it is, eagerly, and nothing ever is being compiled.

The names are here so that programs with ``@torch.compile`` or ``if torch.compiler.is_compiling()`` run.
"""

from __future__ import annotations

import contextlib
from typing import Any

from .core.public import public
from .nn.modules.module import Module

_MODES = ("default", "lite", "reduce-overhead", "max-autotune-no-cudagraphs", "max-autotune")


class OptimizedModule(Module):
    """What :func:`compile` makes of a module: it calls the module, whose parameters are named ``_orig_mod.*`` here, as in PyTorch.

    Parameters
    ----------
    mod : Module
    """

    def __init__(self, mod: Module):
        super().__init__()
        self._orig_mod = mod
        self.training = mod.training

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module returns."""
        return self._orig_mod(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name == "_orig_mod":
            return self.__dict__["_modules"]["_orig_mod"]
        return getattr(self._orig_mod, name)


@public("torch")
def compile(
    model: Any = None,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: Any = None,
    mode: str | None = None,
    options: dict[str, Any] | None = None,
    name: str | None = None,
    disable: bool = False,
    recompile_limit: int | None = None,
    isolate_recompiles: bool = False,
    shapes_spec: Any = None,
) -> Any:
    """A function that does what another does, eagerly: there is no compiler, and what is computed does not depend on one.

    Parameters
    ----------
    model : function or Module
    fullgraph : bool
        Without effect, as all that follow.
    dynamic : bool, optional
    backend : str or function, optional
    mode : str, optional
        One of PyTorch's: 'default', 'reduce-overhead', 'max-autotune', ...
    options : dict, optional
        Not together with ``mode``.
    name : str, optional
    disable : bool
    recompile_limit : int, optional
    isolate_recompiles : bool
    shapes_spec : optional

    Returns
    -------
    function or Module
        The function itself; for a module one that calls it, of type ``OptimizedModule``; without ``model``, a decorator.

    Raises
    ------
    AssertionError
        If the model can't be called.
    RuntimeError
        If the mode is unknown, or options are given, too.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.compile(lambda x: x + 1)(torch.tensor(1))
    tensor(2)
    >>> torch.compile(torch.nn.Linear(2, 1))
    OptimizedModule(
      (_orig_mod): Linear(in_features=2, out_features=1, bias=True)
    )
    """
    if model is None:
        return lambda function: compile(function, mode=mode, options=options, disable=disable)
    if not callable(model):
        raise AssertionError(f"compile: expected a function or module, but got {type(model).__name__}")
    if mode is not None and options is not None:
        raise RuntimeError("compile: give either mode or options, not both")
    if mode is not None and mode not in _MODES:
        raise RuntimeError(f"compile: unknown mode {mode!r}; there are {', '.join(_MODES)}")
    if disable or not isinstance(model, Module):
        return model
    return OptimizedModule(model)


def is_compiling() -> bool:
    """Whether the code runs inside a compiler.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.compiler.is_compiling()
    False
    """
    return False


def is_dynamo_compiling() -> bool:
    """Whether the code runs inside PyTorch's tracer.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.compiler.is_dynamo_compiling()
    False
    """
    return False


def is_exporting() -> bool:
    """Whether the program is being exported.

    Returns
    -------
    bool
        False.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.compiler.is_exporting()
    False
    """
    return False


def disable(fn: Any = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """Mark a function as one that is not to be compiled: a decorator, with or without arguments.

    Parameters
    ----------
    fn : function, optional
    recursive : bool
        Without effect.
    reason : str, optional
        Without effect.

    Returns
    -------
    function
        The same; without ``fn``, a decorator.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.compiler.disable(lambda x: x + 1)(1)
    2
    """
    return (lambda function: function) if fn is None else fn


def allow_in_graph(fn: Any) -> Any:
    """Mark a function as one that is compiled as a whole.

    Parameters
    ----------
    fn : function or list of functions

    Returns
    -------
    function
        The same.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.compiler.allow_in_graph(len) is len
    True
    """
    return fn


def assume_constant_result(fn: Any) -> Any:
    """Mark a function as one that always returns the same.

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
    >>> torch.compiler.assume_constant_result(len) is len
    True
    """
    return fn


def reset() -> None:
    """Forget what was compiled: nothing was.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.compiler.reset()
    """


def cudagraph_mark_step_begin() -> None:
    """Say that a step begins: without effect.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.compiler.cudagraph_mark_step_begin()
    """


def list_backends(exclude_tags: Any = ("debug", "experimental")) -> list[str]:
    """The compilers that there are.

    Parameters
    ----------
    exclude_tags : tuple of str
        Without effect.

    Returns
    -------
    list of str
        Empty.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.compiler.list_backends()
    []
    """
    return []


def set_stance(stance: str = "default", **options: Any) -> contextlib.AbstractContextManager[None]:
    """Say when to compile; everything runs eagerly in any case.

    Parameters
    ----------
    stance : str
        Without effect.
    **options : any
        Without effect.

    Returns
    -------
    context manager
        One that does nothing.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.compiler.set_stance("force_eager"):
    ...     torch.ones(1)
    tensor([1.])
    """
    return contextlib.nullcontext()


__all__ = [
    "allow_in_graph", "assume_constant_result", "compile", "cudagraph_mark_step_begin", "disable", "is_compiling",
    "is_dynamo_compiling", "is_exporting", "list_backends", "reset", "set_stance",
]  # fmt: skip
