"""Hooks around every ``step()``, ``state_dict()`` and ``load_state_dict()``, of all optimizers or of one of them."""

from __future__ import annotations

import functools
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from ..core import observer
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
        if observer.current is None and not (self._step_hooks or _before_all or _after_all):
            return step(self, *args, **kwargs)
        if observer.current is None:
            return between_hooks(self, *args, **kwargs)
        with observer.current(f"Optimizer.step#{type(self).__name__}.step"):
            return between_hooks(self, *args, **kwargs)

    def between_hooks(self: Any, *args: Any, **kwargs: Any) -> Any:
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


class Hooked:
    """What an Optimizer knows of its hooks."""

    _step_hooks: bool

    def _patch_step_function(self) -> None:
        """Let the class's ``step`` call hooks, from its first instance on. Optimizers that wrap another one call it, too."""
        kind: Any = type(self)
        if not getattr(kind.step, "hooked", False):
            kind.step = with_hooks(kind.step)

    def _register(self, kind: str, hook: Any, first: bool = False) -> RemovableHandle:
        self._step_hooks = self._step_hooks or kind in ("step_pre", "step_post")
        hooks = self.__dict__.setdefault(f"_optimizer_{kind}_hooks", OrderedDict())
        handle = RemovableHandle(hooks, hook)
        if first:
            hooks.move_to_end(handle.id, last=False)
        return handle

    def register_step_pre_hook(self, hook: Any) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` before each step; it may return other ``(args, kwargs)``.

        Parameters
        ----------
        hook : function

        Returns
        -------
        RemovableHandle
            Its ``remove()`` takes the hook away.
        """
        return self._register("step_pre", hook)

    def register_step_post_hook(self, hook: Any) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` after each step.

        Parameters
        ----------
        hook : function

        Returns
        -------
        RemovableHandle
            Its ``remove()`` takes the hook away.
        """
        return self._register("step_post", hook)

    def register_state_dict_pre_hook(self, hook: Any, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer)`` before each :meth:`state_dict`; ``prepend``: before the other hooks.

        Parameters
        ----------
        hook : function
        prepend : bool
            Call it before the other hooks.

        Returns
        -------
        RemovableHandle
            Its ``remove()`` takes the hook away.
        """
        return self._register("state_dict_pre", hook, prepend)

    def register_state_dict_post_hook(self, hook: Any, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer, state_dict)`` after each :meth:`state_dict`; it may return another one.

        Parameters
        ----------
        hook : function
        prepend : bool
            Call it before the other hooks.

        Returns
        -------
        RemovableHandle
            Its ``remove()`` takes the hook away.
        """
        return self._register("state_dict_post", hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Any, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer, state_dict)`` before each :meth:`load_state_dict`; it may return another one.

        Parameters
        ----------
        hook : function
        prepend : bool
            Call it before the other hooks.

        Returns
        -------
        RemovableHandle
            Its ``remove()`` takes the hook away.
        """
        return self._register("load_state_dict_pre", hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Any, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer)`` after each :meth:`load_state_dict`.

        Parameters
        ----------
        hook : function
        prepend : bool
            Call it before the other hooks.

        Returns
        -------
        RemovableHandle
            Its ``remove()`` takes the hook away.
        """
        return self._register("load_state_dict_post", hook, prepend)
