"""``torch.__future__``: how converting a module (``.to(dtype)``, ``.half()``) treats its parameters.

By default a parameter stays the same object, with new memory. Programs that hold on to the old memory can ask for new parameters.
"""

from __future__ import annotations

from .nn.modules.state import CONVERSION


def set_overwrite_module_params_on_conversion(value: bool) -> None:
    """Whether converting a module makes new parameters, and leaves the old ones as they were.

    Parameters
    ----------
    value : bool

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.Linear(1, 1)
    >>> before = layer.weight
    >>> torch.__future__.set_overwrite_module_params_on_conversion(True)
    >>> layer.double().weight is before, before.dtype
    (False, torch.float32)
    >>> torch.__future__.set_overwrite_module_params_on_conversion(False)
    """
    CONVERSION["overwrite"] = bool(value)


def get_overwrite_module_params_on_conversion() -> bool:
    """Whether converting a module makes new parameters.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.__future__.get_overwrite_module_params_on_conversion()
    False
    """
    return CONVERSION["overwrite"]


def set_swap_module_params_on_conversion(value: bool) -> None:
    """Whether converting keeps each parameter the same object in any case: here it does so by default, too.

    Parameters
    ----------
    value : bool

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.__future__.set_swap_module_params_on_conversion(False)
    """
    CONVERSION["swap"] = bool(value)


def get_swap_module_params_on_conversion() -> bool:
    """Whether :func:`set_swap_module_params_on_conversion` was switched on.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.__future__.get_swap_module_params_on_conversion()
    False
    """
    return CONVERSION["swap"]
