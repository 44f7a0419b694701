"""``torch.nn.utils.prune``: setting parameters to zero, and keeping them there.

Each function prunes one parameter of a module by a method of :mod:`pruning_methods`.
"""

from __future__ import annotations

from typing import Any

from ...core.home import bring_home
from ...core.tensor import Tensor
from ...ops.creation import ones_like
from ...ops.shape.joining import cat
from .pruning_methods import (  # noqa: F401, for users
    BasePruningMethod,
    CustomFromMask,
    Identity,
    L1Unstructured,
    LnStructured,
    PruningContainer,
    RandomStructured,
    RandomUnstructured,
    _compute_nparams_toprune,
    _validate_pruning_amount,
    _validate_pruning_amount_init,
    hook_of,
)


def identity(module: Any, name: str) -> Any:
    """Give a parameter a mask of ones: it is treated as pruned, and nothing is.

    Parameters
    ----------
    module : Module
    name : str
        The name of the parameter, such as 'weight'.

    Returns
    -------
    Module
        The module itself.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.Linear(2, 2)
    >>> _ = layer.weight.data.copy_(torch.tensor([[1.0, -2.0], [3.0, 4.0]]))
    >>> list(torch.nn.utils.prune.identity(layer, "weight").state_dict())
    ['bias', 'weight_orig', 'weight_mask']
    """
    Identity.apply(module, name)
    return module


def random_unstructured(module: Any, name: str, amount: Any) -> Any:
    """Prune elements drawn at random.

    Parameters
    ----------
    module : Module
    name : str
        The name of the parameter, such as 'weight'.
    amount : int or float
        How many of the elements that are left, or the fraction.

    Returns
    -------
    Module
        The module itself.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.Linear(2, 2)
    >>> _ = layer.weight.data.copy_(torch.tensor([[1.0, -2.0], [3.0, 4.0]]))
    >>> torch.nn.utils.prune.random_unstructured(layer, "weight", 3).weight_mask.sum()
    tensor(1.)
    """
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(module: Any, name: str, amount: Any, importance_scores: Any = None) -> Any:
    """Prune the elements of least absolute value.

    Parameters
    ----------
    module : Module
    name : str
        The name of the parameter, such as 'weight'.
    amount : int or float
        How many of the elements that are left, or the fraction.
    importance_scores : Tensor, optional
        Of the parameter's shape: what is least by these is pruned, rather than by its own value.

    Returns
    -------
    Module
        The module itself.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.Linear(2, 2)
    >>> _ = layer.weight.data.copy_(torch.tensor([[1.0, -2.0], [3.0, 4.0]]))
    >>> torch.nn.utils.prune.l1_unstructured(layer, "weight", 0.5).weight
    tensor([[0., -0.],
            [3., 4.]], grad_fn=<MulBackward0>)
    """
    L1Unstructured.apply(module, name, amount, importance_scores)
    return module


def random_structured(module: Any, name: str, amount: Any, dim: int) -> Any:
    """Prune channels drawn at random.

    Parameters
    ----------
    module : Module
    name : str
        The name of the parameter, such as 'weight'.
    amount : int or float
        How many of the channels that are left, or the fraction.
    dim : int
        The dimension that counts the channels.

    Returns
    -------
    Module
        The module itself.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.Linear(2, 2)
    >>> _ = layer.weight.data.copy_(torch.tensor([[1.0, -2.0], [3.0, 4.0]]))
    >>> torch.nn.utils.prune.random_structured(layer, "weight", 1, 0).weight_mask.sum()
    tensor(2.)
    """
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(module: Any, name: str, amount: Any, n: Any, dim: int, importance_scores: Any = None) -> Any:
    """Prune the channels of least norm.

    Parameters
    ----------
    module : Module
    name : str
        The name of the parameter, such as 'weight'.
    amount : int or float
        How many of the channels that are left, or the fraction.
    n : int, float, inf, -inf, 'fro' or 'nuc'
        Which norm.
    dim : int
        The dimension that counts the channels.
    importance_scores : Tensor, optional
        Of the parameter's shape: what is least by these is pruned, rather than by its own value.

    Returns
    -------
    Module
        The module itself.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.Linear(2, 2)
    >>> _ = layer.weight.data.copy_(torch.tensor([[1.0, -2.0], [3.0, 4.0]]))
    >>> torch.nn.utils.prune.ln_structured(layer, "weight", 1, 2, 0).weight
    tensor([[0., -0.],
            [3., 4.]], grad_fn=<MulBackward0>)
    """
    LnStructured.apply(module, name, amount, n, dim, importance_scores)
    return module


def custom_from_mask(module: Any, name: str, mask: Tensor) -> Any:
    """Prune by a mask of zeros and ones.

    Parameters
    ----------
    module : Module
    name : str
        The name of the parameter, such as 'weight'.
    mask : Tensor
        Of the parameter's shape.

    Returns
    -------
    Module
        The module itself.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.Linear(2, 2)
    >>> _ = layer.weight.data.copy_(torch.tensor([[1.0, -2.0], [3.0, 4.0]]))
    >>> torch.nn.utils.prune.custom_from_mask(layer, "bias", torch.tensor([0.0, 1.0])).bias_mask
    tensor([0., 1.])
    """
    CustomFromMask.apply(module, name, mask)
    return module


def remove(module: Any, name: str) -> Any:
    """Make a pruned parameter an ordinary one; its zeros stay, but may change from now on.

    Parameters
    ----------
    module : Module
    name : str
        The name of the parameter, such as 'weight'.

    Returns
    -------
    Module
        The module itself.

    Raises
    ------
    ValueError
        If the parameter is not pruned.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.utils.prune.identity(torch.nn.Linear(2, 2), "weight")
    >>> list(torch.nn.utils.prune.remove(layer, "weight").state_dict())
    ['bias', 'weight']
    """
    number, method = hook_of(module, name)
    if method is None:
        raise ValueError(f"remove: the parameter {name!r} of {module} is not pruned")
    method.remove(module)
    del module._forward_pre_hooks[number]
    return module


def is_pruned(module: Any) -> bool:
    """Whether a parameter of the module, or of one inside, is pruned.

    Parameters
    ----------
    module : Module

    Returns
    -------
    bool
        True for masks of ones, too.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.prune.is_pruned(torch.nn.Linear(2, 2))
    False
    """
    return any(isinstance(hook, BasePruningMethod) for m in module.modules() for hook in m._forward_pre_hooks.values())


def global_unstructured(parameters: Any, pruning_method: Any, importance_scores: Any = None, **kwargs: Any) -> None:
    """Prune elements of several parameters, chosen among all of them.

    Parameters
    ----------
    parameters : iterable of (Module, str)
        The modules and the names of their parameters.
    pruning_method : class
        One of 'unstructured' type, such as :class:`L1Unstructured`.
    importance_scores : dict, optional
        Of (module, name) to a tensor of the parameter's shape: scores in place of its own values.
    **kwargs : any
        For the method: ``amount``, of all elements together.

    Raises
    ------
    TypeError
        If the scores are no dictionary, or the method is of another type.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.Linear(3, 1)
    >>> prune = torch.nn.utils.prune
    >>> prune.global_unstructured([(layer, "weight"), (layer, "bias")], prune.L1Unstructured, amount=3)
    >>> layer.weight_mask.sum() + layer.bias_mask.sum()
    tensor(1.)
    """
    chosen = [(module, name) for module, name in parameters]
    if importance_scores is not None and not isinstance(importance_scores, dict):
        raise TypeError(f"global_unstructured: importance_scores must be a dict, but got {type(importance_scores).__name__}")
    scores = importance_scores or {}
    all_scores = cat([scores.get((m, n), getattr(m, n)).detach().reshape(-1) for m, n in chosen])
    masks = [getattr(m, n + "_mask", ones_like(getattr(m, n).detach())) for m, n in chosen]
    method = pruning_method(**kwargs)
    if method.PRUNING_TYPE != "unstructured":
        raise TypeError(
            f"global_unstructured: expected a method of 'unstructured' type, but {pruning_method} is {method.PRUNING_TYPE!r}"
        )
    container = PruningContainer()
    container._tensor_name = method._tensor_name = "all"
    container.add_pruning_method(method)
    mask = container.compute_mask(all_scores, cat([m.detach().reshape(-1) for m in masks]))
    for (module, name), part in zip(chosen, mask.split([m.numel() for m in masks]), strict=True):
        custom_from_mask(module, name, part.view_as(getattr(module, name)))


bring_home(globals(), BasePruningMethod.__module__)
