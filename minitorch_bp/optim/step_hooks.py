"""Hooks around every ``step()``: of all optimizers here, of one of them in its ``register_step_pre_hook`` and ``..._post_hook``."""

from __future__ import annotations

import functools
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from ..core.handle import RemovableHandle

if TYPE_CHECKING:
    from collections.abc import Callable

_before_all: dict[int, Any] = OrderedDict()
_after_all: dict[int, Any] = OrderedDict()


def register_optimizer_step_pre_hook(hook: Callable[[Any, Any, Any], Any]) -> RemovableHandle:
    """Call ``hook(optimizer, args, kwargs)`` before each step of every optimizer.

    Parameters
    ----------
    hook : callable
        ``args`` and ``kwargs`` are those of ``step``, the optimizer itself first; it may return others as ``(args, kwargs)``.

    Returns
    -------
    RemovableHandle
        Its ``remove()`` takes the hook away.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.optim.optimizer import register_optimizer_step_pre_hook
    >>> with register_optimizer_step_pre_hook(lambda optimizer, args, kwargs: print(type(optimizer).__name__)):
    ...     torch.optim.SGD([torch.ones(1)]).step()
    SGD
    """
    return RemovableHandle(_before_all, hook)


def register_optimizer_step_post_hook(hook: Callable[[Any, Any, Any], None]) -> RemovableHandle:
    """Call ``hook(optimizer, args, kwargs)`` after each step of every optimizer.

    Parameters
    ----------
    hook : callable
        ``args`` and ``kwargs`` are those of ``step``, the optimizer itself first.

    Returns
    -------
    RemovableHandle
        Its ``remove()`` takes the hook away.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.optim.optimizer import register_optimizer_step_post_hook
    >>> with register_optimizer_step_post_hook(lambda optimizer, args, kwargs: print("stepped")):
    ...     torch.optim.SGD([torch.ones(1)]).step()
    stepped
    """
    return RemovableHandle(_after_all, hook)


def with_hooks(step: Any) -> Any:
    """A ``step`` that calls the hooks around itself.

    PyTorch gives them to a class when its first instance is made. So a ``super().step()`` calls them once more if the class above has
    had an instance of its own.
    """

    @functools.wraps(step)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not (self._step_hooks or _before_all or _after_all):
            return step(self, *args, **kwargs)
        for hook in (*_before_all.values(), *self._optimizer_step_pre_hooks.values()):
            changed = hook(self, (self, *args), kwargs)
            if changed is not None:
                if not (isinstance(changed, tuple) and len(changed) == 2):
                    raise RuntimeError(f"a hook before step() must return None or a pair (args, kwargs), but returned {changed!r}")
                (_, *args), kwargs = changed  # type: ignore[assignment]
        out = step(self, *args, **kwargs)
        for hook in (*self._optimizer_step_post_hooks.values(), *_after_all.values()):
            hook(self, (self, *args), kwargs)
        return out

    wrapper.hooked = True  # type: ignore[attr-defined]
    return wrapper
