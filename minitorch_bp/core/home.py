"""Where classes say that they live: in the module where PyTorch has them, which is several files here.

The name is printed with every object that has no ``repr`` of its own, and stands in pickles.
"""

from __future__ import annotations

from typing import Any


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


__all__ = ["bring_home"]
