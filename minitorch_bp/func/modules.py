"""Modules as functions of their parameters."""

from __future__ import annotations

from typing import Any

from ..core.tensor import Tensor
from ..nn.modules.batchnorm import _NormBase
from ..nn.modules.module import Module
from ..ops.requires_grad import requiring_grad
from ..ops.shape.joining import stack


def functional_call(
    module: Module, parameter_and_buffer_dicts: Any, args: Any = None, kwargs: Any = None, *, tie_weights: bool = True,
    strict: bool = False,
) -> Any:  # fmt: skip
    """Call a module with other tensors in the place of its parameters and buffers.

    Parameters
    ----------
    module : Module
        What is called; it keeps its own parameters.
    parameter_and_buffer_dicts : dict of Tensors by dotted name, or a tuple of such
        What is not named keeps its own tensor. What the module writes to its buffers, it writes to these; a tensor that it assigns in
        the place of one is in the dictionary afterwards.
    args : tuple, or a single argument
        The positional arguments of the call.
    kwargs : dict
        The arguments by name.
    tie_weights : bool
        Whether a tensor that the module holds under several names is replaced under all of them.
    strict : bool
        Whether all names must be given, and no others.

    Returns
    -------
    any
        What the module returns.

    Raises
    ------
    ValueError
        If tied names are given different tensors.
    RuntimeError
        If names are missing or unknown, and ``strict``.
    AttributeError
        If a name is of a module that there is not.
    TypeError
        If what is given, or what it is to replace, is no tensor.

    See Also
    --------
    grad : The gradient in the dictionary's tensors, say.

    Notes
    -----
    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.functional_call.html

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.Linear(2, 1, bias=False)
    >>> torch.func.functional_call(layer, {"weight": torch.ones(1, 2)}, torch.tensor([1.0, 2.0]))
    tensor([3.])
    """
    if isinstance(parameter_and_buffer_dicts, dict):
        given = dict(parameter_and_buffer_dicts)
    elif isinstance(parameter_and_buffer_dicts, (tuple, list)):
        given = {}
        for part in parameter_and_buffer_dicts:
            if not isinstance(part, dict):
                raise ValueError(f"functional_call: expected dictionaries of tensors, but got a {type(part).__name__}")
            repeated = given.keys() & part.keys()
            if repeated:
                raise ValueError(f"functional_call: {sorted(repeated)} are given more than once")
            given.update(part)
    else:
        raise ValueError(
            f"functional_call: expected dictionaries of tensors, but got a {type(parameter_and_buffer_dicts).__name__}"
        )
    if tie_weights or strict:
        own: dict[str, Any] = dict(module.named_parameters(remove_duplicate=False))
        own.update(module.named_buffers(remove_duplicate=False))
        if tie_weights:
            _tie(own, given)
        if strict and own.keys() != given.keys():
            missing, unknown = sorted(own.keys() - given.keys()), sorted(given.keys() - own.keys())
            raise RuntimeError(f"functional_call: missing {missing}, not in the module {unknown}")
    args = () if args is None else args if isinstance(args, tuple) else (args,)
    places = {name: _place(module, name, value) for name, value in given.items()}
    before = {name: _exchanged(place, given[name]) for name, place in places.items()}
    try:
        return module(*args, **(kwargs or {}))
    finally:
        after = {name: _exchanged(place, before[name]) for name, place in places.items()}
        if isinstance(parameter_and_buffer_dicts, dict):  # what the module has assigned in place of a tensor
            parameter_and_buffer_dicts.update({k: after[k] for k in parameter_and_buffer_dicts if after[k] is not _ABSENT})


_ABSENT: Any = object()


def _place(module: Module, name: str, value: Any) -> tuple[dict[str, Any], str]:
    """The table of the module that holds a tensor under its dotted name, or may hold it, and the last part of the name."""
    path, _, last = name.rpartition(".")
    part = module.get_submodule(path)
    if value is not None and not isinstance(value, Tensor):
        raise TypeError(
            f"functional_call: expected a Tensor as {name!r}, but got {value!r:.60}, which is not an instance of torch.Tensor"
        )
    if not last:
        raise KeyError(f"functional_call: a tensor's name must not be empty, but {name!r} ends with nothing")
    for table in (part._parameters, part._buffers):
        if last in table:
            return table, last
    now = getattr(part, last, None)
    if now is not None and not isinstance(now, Tensor):
        raise TypeError(f"functional_call: {name!r} is {now!r:.60} in the module, which is not an instance of torch.Tensor")
    return part.__dict__, last


def _exchanged(place: tuple[dict[str, Any], str], value: Any) -> Any:
    """What stood in a place, after the value was put there; nothing may stand there, before or after."""
    table, name = place
    old = table.get(name, _ABSENT)
    if value is _ABSENT:
        table.pop(name, None)
    else:
        table[name] = value
    return old


def _tie(own: dict[str, Any], given: dict[str, Any]) -> None:
    """Give a tensor's other names what one of its names is given."""
    names: dict[int, list[str]] = {}
    for name, t in own.items():
        names.setdefault(id(t), []).append(name)
    for tied in names.values():
        values = {id(given[n]): given[n] for n in tied if n in given}
        if len(values) > 1:
            raise ValueError(f"functional_call: {tied} are one tensor, but were given several; give one, or pass tie_weights=False")
        for value in values.values():
            given.update(dict.fromkeys(tied, value))


def stack_module_state(models: Any) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The parameters and the buffers of several models of one kind, each stacked; for ``vmap`` over an ensemble.

    Parameters
    ----------
    models : sequence of Modules
        Of one class, all in training or all in evaluation.

    Returns
    -------
    (dict, dict)
        Name to Tensor, with a first dimension for the models: parameters, and buffers.

    Raises
    ------
    RuntimeError
        If there are no models, or they are of different classes or modes, or differ in what requires grad.

    See Also
    --------
    functional_call : Calls a model with such tensors.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> parameters, buffers = torch.func.stack_module_state([torch.nn.Linear(2, 1) for _ in range(3)])
    >>> parameters["weight"].shape
    torch.Size([3, 1, 2])
    """
    models = list(models)
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model")
    if len({m.training for m in models}) > 1:
        raise RuntimeError("stack_module_state: all models must be in the same mode (training or evaluation)")
    if len({type(m) for m in models}) > 1:
        raise RuntimeError("stack_module_state: all models must be of the same class")

    def stacked(states: list[dict[str, Any]]) -> dict[str, Tensor]:
        stacks = {}
        for name in states[0]:
            parts = [s[name] for s in states]
            if len({p.requires_grad for p in parts}) > 1:
                raise RuntimeError(f"stack_module_state: {name} must have the same .requires_grad in all models")
            leaf = all(p.requires_grad and p.is_leaf for p in parts)
            stacks[name] = requiring_grad(stack([p.detach() for p in parts])) if leaf else stack(parts)
        return stacks

    return stacked([dict(m.named_parameters()) for m in models]), stacked([dict(m.named_buffers()) for m in models])


def replace_all_batch_norm_modules_(root: Module) -> Module:
    """Make every batch norm below use the batch's own statistics, always: its running averages are taken away.

    Parameters
    ----------
    root : Module

    Returns
    -------
    Module
        The same module.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.func.replace_all_batch_norm_modules_(torch.nn.BatchNorm1d(2)).track_running_stats
    False
    """
    for part in root.modules():
        if isinstance(part, _NormBase):
            part.track_running_stats = False
            for name in ("running_mean", "running_var", "num_batches_tracked"):
                part._buffers[name] = None
    return root
