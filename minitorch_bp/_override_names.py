"""Which public functions can be overridden, and what they are called: a part of ``torch.overrides``."""

from __future__ import annotations

from typing import Any

from .core.public import EXPORTS
from .ops import functions


def get_default_nowrap_functions() -> set[Any]:
    """The functions whose results keep their class by default: those of properties, which are not intercepted here.

    Returns
    -------
    set
        Empty.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.overrides.get_default_nowrap_functions()
    set()
    """
    return set()


def get_ignored_functions() -> set[Any]:
    """The public functions that never ask.

    Returns
    -------
    set
        Empty: all do.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.overrides.get_ignored_functions()
    set()
    """
    return set()


def get_overridable_functions() -> dict[str, list[Any]]:
    """The public functions that ask, by namespace.

    Returns
    -------
    dict
        Of names such as 'nn.functional' to lists.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.add in torch.overrides.get_overridable_functions()["torch"]
    True
    """
    asked = functions()
    return {space: [f for f in names.values() if not isinstance(f, type) and _known(f, asked)] for space, names in EXPORTS.items()}


def _known(function: Any, among: dict[Any, str]) -> bool:
    try:
        return function in among
    except TypeError:  # not hashable
        return False


def resolve_name(f: Any) -> str | None:
    """The public name of a function.

    Parameters
    ----------
    f : function

    Returns
    -------
    str
        Such as 'torch.add'; None if it has none.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.overrides.resolve_name(torch.nn.functional.linear), torch.overrides.resolve_name(torch.Tensor.size)
    ('torch.nn.functional.linear', 'torch.Tensor.size')
    """
    functions()  # all files
    for space in ("torch", *(s for s in EXPORTS if s != "torch")):
        for name, value in EXPORTS[space].items():
            if value is f:
                return f"torch.{name}" if space == "torch" else f"torch.{space}.{name}"
    return None


def is_tensor_method_or_property(func: Any) -> bool:
    """Whether a function is a method or property of Tensor.

    Parameters
    ----------
    func : function

    Returns
    -------
    bool
        True for those that are functions, too.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.overrides.is_tensor_method_or_property(torch.Tensor.add)
    True
    """
    functions()
    return any(value is func or getattr(value, "fget", None) is func for value in EXPORTS["Tensor"].values())
