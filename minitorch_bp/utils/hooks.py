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

from ..core.graph import RemovableHandle

__all__ = ["RemovableHandle"]
