"""Where classes and methods say that they live: in the module and the class where PyTorch has them, which are several here.

The name is printed with every object that has no ``repr`` of its own, and stands in pickles.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

C = TypeVar("C")


def bring_home(namespace: dict[str, Any], *files: str) -> None:
    """Let the classes of other files say that they live in the module with this namespace.

    Parameters
    ----------
    namespace : dict
        The ``globals()`` of the module, which has imported the classes.
    *files : str
        The modules that they stand in, or the package.
    """
    for kind in namespace.values():
        if isinstance(kind, type) and any(kind.__module__ == f or kind.__module__.startswith(f + ".") for f in files):
            kind.__module__ = namespace["__name__"]


def made_of(*parts: type) -> Callable[[type[C]], type[C]]:
    """Decorate a class whose methods stand in several: let those of its parts say that they are its own, as they are printed.
    Students see ``<generator object Module.parameters at ...>``, whichever class of ours the method stands in.

    Parameters
    ----------
    *parts : type
        Bases that are of no use without the class.

    Returns
    -------
    function
        The decorator.
    """

    def decorate(kind: type[C]) -> type[C]:
        for part in parts:
            for method in vars(part).values():
                function = getattr(method, "__func__", method)
                if isinstance(function, FunctionType) and function.__qualname__.startswith(part.__name__ + "."):
                    function.__module__, function.__qualname__ = kind.__module__, f"{kind.__name__}.{function.__name__}"
        return kind

    return decorate


__all__ = ["bring_home", "made_of"]
