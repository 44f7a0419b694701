"""Making a module without initializing its parameters."""

from __future__ import annotations

from typing import Any

from ...core.random import default_generator


def skip_init(module_cls: Any, *args: Any, **kwargs: Any) -> Any:
    """Make a module without advancing the random generator; its parameters are not meant to be used before they are set.

    Parameters
    ----------
    module_cls : type
        The class of the module.
    *args, **kwargs : any
        The arguments of its constructor.

    Returns
    -------
    Module
        The new module.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.skip_init(torch.nn.Linear, 2, 3)
    Linear(in_features=2, out_features=3, bias=True)
    """
    kwargs.pop("device", None)
    state = default_generator.get_state()
    try:
        return module_cls(*args, **kwargs)
    finally:
        default_generator.set_state(state)
