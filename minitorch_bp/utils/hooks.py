"""``torch.utils.hooks``: the handle with which a hook is taken away again.

Examples
--------
A table of your own takes hooks as tensors and modules do:

>>> import minitorch_bp as torch
>>> table = {}
>>> handle = torch.utils.hooks.RemovableHandle(table)
>>> table[handle.id] = print
>>> handle.remove()
>>> table
{}
"""

from __future__ import annotations

from typing import Any

from ..core.handle import RemovableHandle


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
