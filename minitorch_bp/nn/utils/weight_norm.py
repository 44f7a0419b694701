"""Weight norm by a hook before each call, the older way: ``weight_g`` and ``weight_v`` are the parameters, and ``weight`` is a plain
attribute that the hook sets.
"""

from __future__ import annotations

import warnings
from typing import Any

from ..parameter import Parameter
from .norm_hooks import check_shaped, number_of
from .parametrizations import norm_except_dim


class WeightNorm:
    """The hook before each call: computes the weight from its length and direction."""

    def __init__(self, name: str, dim: Any):
        self.name, self.dim = name, -1 if dim is None else dim

    def compute_weight(self, module: Any) -> Any:
        """The weight."""
        g, v = getattr(module, self.name + "_g"), getattr(module, self.name + "_v")
        return v * (g / norm_except_dim(v, 2, self.dim))

    def __call__(self, module: Any, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))


def weight_norm(module: Any, name: str = "weight", dim: Any = 0) -> Any:
    r"""Learn the length and the direction of a weight separately: :math:`w = g \frac{v}{\|v\|}`.

    :func:`minitorch_bp.nn.utils.parametrizations.weight_norm` is the newer way.

    Parameters
    ----------
    module : Module
    name : str
        Which parameter.
    dim : int or None
        The dimension that has a length for each of its elements; None for one length in all.

    Returns
    -------
    Module
        The same module.

    Raises
    ------
    RuntimeError
        If it is done already.

    Examples
    --------
    >>> import warnings
    >>> import minitorch_bp as torch
    >>> with warnings.catch_warnings(action="ignore"):
    ...     layer = torch.nn.utils.weight_norm(torch.nn.Linear(3, 2))
    >>> list(layer.state_dict())
    ['bias', 'weight_g', 'weight_v']
    """
    warnings.warn("nn.utils.weight_norm is the older way: use nn.utils.parametrizations.weight_norm", FutureWarning, stacklevel=2)
    if number_of(module, WeightNorm, name) is not None:
        raise RuntimeError(f"weight_norm: {name!r} has a weight norm already")
    hook = WeightNorm(name, dim)
    weight = getattr(module, name)
    check_shaped("weight_norm", module, name, weight)
    del module._parameters[name]
    module.register_parameter(name + "_g", Parameter(norm_except_dim(weight.detach(), 2, hook.dim)))
    module.register_parameter(name + "_v", Parameter(weight.detach()))
    setattr(module, name, hook.compute_weight(module))
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module: Any, name: str = "weight") -> Any:
    """Remove the weight norm; the weight keeps its current value.

    Parameters
    ----------
    module : Module
    name : str
        Which parameter.

    Returns
    -------
    Module
        The same module.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> import warnings
    >>> import minitorch_bp as torch
    >>> with warnings.catch_warnings(action="ignore"):
    ...     layer = torch.nn.utils.weight_norm(torch.nn.Linear(3, 2))
    >>> list(torch.nn.utils.remove_weight_norm(layer).state_dict())
    ['bias', 'weight']
    """
    number = number_of(module, WeightNorm, name)
    if number is None:
        raise ValueError(f"remove_weight_norm: {type(module).__name__} has no weight norm of {name!r}")
    weight = module._forward_pre_hooks.pop(number).compute_weight(module).detach()
    delattr(module, name)
    del module._parameters[name + "_g"], module._parameters[name + "_v"]
    setattr(module, name, Parameter(weight))
    return module
