"""What the older weight and spectral norms share: each is a hook before every call of a module, found by its kind and the parameter's name."""

from __future__ import annotations

from typing import Any

from ..parameter import is_lazy


def number_of(module: Any, kind: type, name: str) -> int | None:
    """The key of the hook of this kind for a tensor, or None."""
    for number, hook in module._forward_pre_hooks.items():
        if isinstance(hook, kind) and hook.name == name:  # type: ignore[attr-defined]
            return number
    return None


def check_shaped(what: str, module: Any, name: str, weight: Any) -> None:
    """ValueError for a parameter of a lazy module that has no shape yet."""
    if is_lazy(weight):
        raise ValueError(
            f"{what}: {name!r} of {type(module).__name__} is an uninitialized parameter: call the module on an input first"
        )
