"""Weights of convolutions in another order of memory, so that they fit inputs of that order."""

from __future__ import annotations

from typing import Any

from ..modules.conv import Conv2d, Conv3d, ConvTranspose2d, ConvTranspose3d
from ..modules.module import Module


def convert_conv2d_weight_memory_format(module: Any, memory_format: Any) -> Any:
    """Lay the weights of all two-dimensional convolutions out in another order of memory.

    Parameters
    ----------
    module : Module
        And all in it.
    memory_format : memory_format
        Such as ``torch.channels_last``.

    Returns
    -------
    Module
        The same.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.utils.convert_conv2d_weight_memory_format(torch.nn.Conv2d(2, 1, 3), torch.channels_last)
    >>> layer.weight.stride()
    (18, 1, 6, 2)
    """
    return _converted(module, memory_format, (Conv2d, ConvTranspose2d))


def convert_conv3d_weight_memory_format(module: Any, memory_format: Any) -> Any:
    """Lay the weights of all three-dimensional convolutions out in another order of memory.

    Parameters
    ----------
    module : Module
        And all in it.
    memory_format : memory_format
        Such as ``torch.channels_last_3d``.

    Returns
    -------
    Module
        The same.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.utils.convert_conv3d_weight_memory_format(torch.nn.Conv3d(2, 1, 3), torch.channels_last_3d)
    >>> layer.weight.is_contiguous(memory_format=torch.channels_last_3d)
    True
    """
    return _converted(module, memory_format, (Conv3d, ConvTranspose3d))


def _converted(module: Module, memory_format: Any, kinds: tuple[type, ...]) -> Module:
    for part in module.modules():
        if isinstance(part, kinds):
            part.weight.data = part.weight.detach().clone(memory_format=memory_format)
    return module
