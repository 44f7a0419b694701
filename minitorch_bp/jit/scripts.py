"""The classes of scripted and traced modules and functions."""

from __future__ import annotations

from typing import Any, NoReturn

from ..nn.modules.module import Module


def refuse(name: str) -> NoReturn:
    raise NotImplementedError(
        f"torch.jit.{name}: minitorch_bp has no TorchScript, so there is nothing to save or load. Use torch.save(model.state_dict(), ...)"
    )


class ScriptModule(Module):
    """The class of scripted modules, which share parameters and all else with the module that they were made of."""

    original_name: str

    def save(self, f: Any, **options: Any) -> NoReturn:
        """Refused: there is no TorchScript."""
        refuse("ScriptModule.save")

    def _get_name(self) -> str:
        return type(self).__name__

    @property
    def code(self) -> str:
        """Refused: there is no TorchScript."""
        refuse("ScriptModule.code")

    @property
    def graph(self) -> Any:
        """Refused: there is no TorchScript."""
        refuse("ScriptModule.graph")


class RecursiveScriptModule(ScriptModule):
    """What :func:`script` makes of a module."""


class TopLevelTracedModule(ScriptModule):
    """What :func:`trace` makes of a module."""


def scripted(module: Module, base: type[ScriptModule], again: bool = False) -> Any:
    """The same module, as one that is a ScriptModule, too."""
    if isinstance(module, ScriptModule) and not again:
        return module
    original = getattr(module, "original_name", type(module).__name__)
    kind = type(
        base.__name__, (base, type(module)), {"original_name": original, "extra_repr": lambda self: f"original_name={original}"}
    )
    new: Any = object.__new__(kind)
    new.__dict__ = module.__dict__
    return new


class ScriptFunction:
    """A traced function.

    Parameters
    ----------
    runner : Runner
        What :func:`trace` has made of it.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.jit.trace(lambda x: x * 2, torch.ones(1))(torch.ones(2))
    tensor([2., 2.])
    """

    def __init__(self, runner: Any):
        self._runner = runner
        self.name = runner.name
        self.__doc__ = getattr(runner.function, "__doc__", None)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        runner = self._runner
        return runner(*runner.bound(args, kwargs)) if kwargs else runner(*args)

    @property
    def code(self) -> str:
        """The program of the last call, or why there is none."""
        return self._runner.code  # type: ignore[no-any-return]

    @property
    def graph(self) -> Any:
        """Refused: there is no TorchScript."""
        refuse("ScriptFunction.graph")

    def save(self, f: Any, **options: Any) -> NoReturn:
        """Refused: there is no TorchScript."""
        refuse("ScriptFunction.save")
