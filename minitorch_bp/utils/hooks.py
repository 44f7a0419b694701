"""``torch.utils.hooks``: the handle that registering a hook returns."""

from __future__ import annotations

from typing import Any

from ..core.graph import RemovableHandle as _Handle


class RemovableHandle(_Handle):
    """What registering a hook returns: ``remove()`` takes the hook away again.

    Parameters
    ----------
    hooks_dict : dict
        Of the hooks; the caller puts the hook there under ``handle.id``.
    extra_dict : dict or list of dict, optional
        Others, from which the number is taken away, too.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> hooks = {}
    >>> handle = torch.utils.hooks.RemovableHandle(hooks)
    >>> hooks[handle.id] = print
    >>> handle.remove()
    >>> hooks
    {}
    """

    __slots__ = ("others",)

    def __init__(self, hooks_dict: Any, *, extra_dict: Any = None):
        super().__init__({}, None)
        self.hooks = hooks_dict
        self.others = extra_dict if isinstance(extra_dict, list) else [] if extra_dict is None else [extra_dict]

    def remove(self) -> None:
        """Take the hook away; doing so twice is harmless."""
        for hooks in (self.hooks, *self.others):
            hooks.pop(self.id, None)


def unserializable_hook(f: Any) -> Any:
    """Mark a hook as one that is not to be pickled with its tensor.

    Parameters
    ----------
    f : function

    Returns
    -------
    function
        The same, with a mark.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils.hooks.unserializable_hook(lambda grad: grad).__torch_unserializable__
    True
    """
    f.__torch_unserializable__ = True
    return f


__all__ = ["RemovableHandle", "unserializable_hook"]
