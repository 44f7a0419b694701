"""What ``torch.jit`` has besides compiling: its errors and warnings, a strict ``isinstance``, and switches for PyTorch's optimizers."""

from __future__ import annotations

import builtins
import types
import typing
from typing import Any, NamedTuple


class Error(Exception):
    """An error inside of a compiled script; nothing is compiled here."""


class ScriptWarning(Warning):
    """A warning about a script."""


class Attribute(NamedTuple):
    """A value with the type that a script is to give it, for attributes of a module."""

    value: Any
    type: Any


def isinstance(obj: Any, target_type: Any) -> bool:
    """Whether an object is of a type, whose elements are looked at: ``list[int]`` holds of lists of ints only.

    Parameters
    ----------
    obj : any
    target_type : type, or tuple of types

    Returns
    -------
    bool
        True also for an empty container.

    Raises
    ------
    RuntimeError
        If a container is named without the types in it.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.jit.isinstance([1, 2], list[int]), torch.jit.isinstance([1, "a"], list[int])
    (True, False)
    """
    if builtins.isinstance(target_type, tuple):
        return any(isinstance(obj, each) for each in target_type)
    kind, parts = typing.get_origin(target_type), typing.get_args(target_type)
    plain = kind or {typing.List: list, typing.Dict: dict, typing.Tuple: tuple}.get(target_type, target_type)  # noqa: UP006
    if plain in (list, dict, tuple) and not parts:
        name = plain.__name__
        raise RuntimeError(f"jit.isinstance: {name} needs the types of what is in it, such as {name}[int]")
    if kind in (typing.Union, types.UnionType):
        return any(isinstance(obj, part) for part in parts)
    if target_type is typing.Any:
        return True
    if target_type is None or target_type is type(None):
        return obj is None
    if not builtins.isinstance(obj, plain):
        return False
    if plain is list:
        return all(isinstance(each, parts[0]) for each in obj)
    if plain is dict:
        return all(isinstance(key, parts[0]) and isinstance(value, parts[1]) for key, value in obj.items())
    if plain is tuple:
        return len(obj) == len(parts) and all(isinstance(each, part) for each, part in zip(obj, parts, strict=True))
    return True


class strict_fusion:
    """A context in which PyTorch's compiler must make one kernel of everything: it changes nothing, as nothing is compiled.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> with torch.jit.strict_fusion():
    ...     pass
    """

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: Any) -> None:
        pass


_fusion: dict[str, Any] = {"onednn": False, "strategy": [("STATIC", 2), ("DYNAMIC", 10)]}


def enable_onednn_fusion(enabled: bool) -> None:
    """Switch a library of compiled kernels on or off: nothing is compiled, so only the switch is remembered.

    Parameters
    ----------
    enabled : bool

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.jit.enable_onednn_fusion(False)
    """
    _fusion["onednn"] = bool(enabled)


def onednn_fusion_enabled() -> bool:
    """Whether :func:`enable_onednn_fusion` was switched on.

    Returns
    -------
    bool
        False at first.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.jit.onednn_fusion_enabled()
    False
    """
    return bool(_fusion["onednn"])


def set_fusion_strategy(strategy: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Say how often PyTorch's compiler may specialize: remembered, and without effect.

    Parameters
    ----------
    strategy : list of (str, int)
        Of 'STATIC' or 'DYNAMIC', and a number.

    Returns
    -------
    list
        The one before.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.jit.set_fusion_strategy([("STATIC", 2), ("DYNAMIC", 10)])
    [('STATIC', 2), ('DYNAMIC', 10)]
    """
    before: list[tuple[str, int]] = _fusion["strategy"]
    _fusion["strategy"] = list(strategy)
    return before
