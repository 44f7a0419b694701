"""``torch.nn.utils.stateless``: the older place of :func:`minitorch_bp.func.functional_call`, deprecated in PyTorch, too."""

from __future__ import annotations

import warnings
from typing import Any


def functional_call(
    module: Any,
    parameters_and_buffers: Any,
    args: Any = None,
    kwargs: Any = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Call a module with other tensors in the place of its parameters and buffers; see :func:`minitorch_bp.func.functional_call`.

    Parameters
    ----------
    module : Module
    parameters_and_buffers : dict of Tensors by name
    args : tuple, optional
    kwargs : dict, optional
    tie_weights, strict : bool

    Returns
    -------
    any
        What the module returns.

    Examples
    --------
    >>> import minitorch_bp as torch, warnings
    >>> layer = torch.nn.Linear(2, 1, bias=False)
    >>> with warnings.catch_warnings(action="ignore"):
    ...     torch.nn.utils.stateless.functional_call(layer, {"weight": torch.ones(1, 2)}, torch.ones(2))
    tensor([2.])
    """
    warnings.warn(
        "torch.nn.utils.stateless.functional_call is deprecated: use torch.func.functional_call", FutureWarning, stacklevel=2
    )
    return _functional_call(module, parameters_and_buffers, args, kwargs, tie_weights=tie_weights, strict=strict)


def _functional_call(module: Any, parameters_and_buffers: Any, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
    """The same without a warning."""
    import minitorch_bp.func as func  # above nn

    return func.functional_call(module, parameters_and_buffers, args, kwargs, **options)
