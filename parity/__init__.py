"""The parity harness: the same program in minitorch_bp and in PyTorch, and a judge of the difference.

``python -m parity`` draws programs; :func:`check` compares a function, module or training step of one's own.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .checking import ParityError as ParityError
    from .checking import check as check


def __getattr__(name: str) -> Any:
    """What needs the frameworks is imported when it is first asked for: the command line says something before."""
    if name in ("check", "ParityError"):
        from . import checking

        return getattr(checking, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
