"""The base class of optimizers: parameter groups, per-parameter state, and saving both.

A subclass supplies ``_update``, which moves one group's parameters. It works on the arrays directly: a step is the hot
path of training, and nothing of it is ever differentiated.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeVar, overload

import numpy as np

from ..core.grad_mode import enable_grad
from ..core.graph import RemovableHandle
from ..core.tensor import Tensor, wrap
from ..core.view import bump_version

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..core.types import Params

R = TypeVar("R")
required: Any = object()


class Optimizer:
    """Base class of optimizers.

    Parameters
    ----------
    params : iterable of Tensors, of (name, Tensor) pairs, or of dicts
        Each dict is a parameter group with its own options.
    defaults : dict
        The options of groups that do not set them.

    Raises
    ------
    ValueError
        If there are no parameters, or one appears twice.
    TypeError
        If something else than tensors is given.
    """

    def __init__(self, params: Params, defaults: dict[str, Any]):
        self.defaults = defaults
        if isinstance(params, Tensor):
            raise TypeError("params must be an iterable of Tensors or dicts, but got a single Tensor: put it in a list")
        self.state: defaultdict[Any, Any] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self._step_pre_hooks: dict[int, Any] = {}
        self._step_post_hooks: dict[int, Any] = {}
        groups: list[Any] = list(params)
        if not groups:
            raise ValueError("the optimizer got an empty list of parameters")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with options of their own."""
        if not isinstance(param_group, dict):
            raise TypeError(f"a parameter group must be a dict, but got {type(param_group).__name__}")
        params = param_group["params"]
        if isinstance(params, Tensor):
            params = [params]
        elif isinstance(params, set):
            raise TypeError("parameters need an order: give them as a list, not a set")
        params = list(params)
        group: dict[str, Any] = {**param_group, "params": params}
        if params and isinstance(params[0], tuple):
            group["param_names"] = [name for name, _ in params]
            group["params"] = params = [p for _, p in params]
        for p in params:
            if not isinstance(p, Tensor):
                raise TypeError(f"an optimizer can optimize only Tensors, but one parameter is a {type(p).__name__}")
            if p._fn is not None:
                raise ValueError("can't optimize a tensor that is not a leaf: it is recomputed from others in each forward pass")
        for name, default in self.defaults.items():
            if default is required and name not in group:
                raise ValueError(f"the parameter group does not specify the required option {name!r}")
            group.setdefault(name, default)
        if len({id(p) for p in params}) != len(params):
            import warnings

            warnings.warn("a parameter group holds a parameter twice", stacklevel=3)
        known = {id(p) for g in self.param_groups for p in g["params"]}
        if any(id(p) in known for p in params):
            raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append(group)

    # ------------------------------------------------------------------ stepping
    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset the gradients of all parameters: to None, or in place to zeros."""
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p._grad = None
                elif p._grad is not None:
                    if p._grad._requires_grad:
                        p._grad = p._grad.detach()
                    p._grad._array.fill(0)
                    bump_version(p._grad)

    @overload
    def step(self, closure: None = None) -> None: ...
    @overload
    def step(self, closure: Callable[[], R]) -> R: ...
    def step(self, closure: Callable[[], R] | None = None) -> R | None:
        """Move every parameter that has a gradient; ``closure`` computes the loss again, if given."""
        if self._step_pre_hooks:
            self._call_hooks(self._step_pre_hooks, closure)
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        for group in self.param_groups:
            params = [p for p in group["params"] if p._grad is not None]
            if params:
                self._update(group, params)
        if self._step_post_hooks:
            self._call_hooks(self._step_post_hooks, closure)
        return loss

    def _call_hooks(self, hooks: dict[int, Any], closure: Any) -> None:
        for hook in tuple(hooks.values()):
            hook(self, (closure,) if closure else (), {})

    def _update(self, group: dict[str, Any], params: list[Any]) -> None:
        raise NotImplementedError(f"{type(self).__name__} must define step()")

    def register_step_pre_hook(self, hook: Any) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` before each step."""
        return RemovableHandle(self._step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Any) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` after each step."""
        return RemovableHandle(self._step_post_hooks, hook)

    # ------------------------------------------------------------------ saving
    def __getstate__(self) -> dict[str, Any]:
        """What copies and pickles carry: not the step of this very optimizer that a scheduler counts."""
        return {name: value for name, value in self.__dict__.items() if name != "step"}

    def state_dict(self) -> dict[str, Any]:
        """The state and the options, with parameters replaced by their numbers."""
        numbers: dict[int, int] = {}
        groups = []
        for group in self.param_groups:
            packed = {k: v for k, v in group.items() if k != "params"}
            for p in group["params"]:
                numbers.setdefault(id(p), len(numbers))
            packed["params"] = [numbers[id(p)] for p in group["params"]]
            groups.append(packed)
        state = {numbers[id(k)] if isinstance(k, Tensor) else k: v for k, v in self.state.items()}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a state_dict; ValueError if its groups do not fit, in which case nothing changes."""
        saved = state_dict["param_groups"]
        if len(saved) != len(self.param_groups):
            raise ValueError(f"the state_dict has {len(saved)} parameter groups, but the optimizer has {len(self.param_groups)}")
        for k, (mine, theirs) in enumerate(zip(self.param_groups, saved, strict=True)):
            if len(mine["params"]) != len(theirs["params"]):
                raise ValueError(
                    f"parameter group {k} of the state_dict has {len(theirs['params'])} parameters, but the optimizer's "
                    f"has {len(mine['params'])}"
                )
        by_number = {
            n: p
            for mine, theirs in zip(self.param_groups, saved, strict=True)
            for n, p in zip(theirs["params"], mine["params"], strict=True)
        }
        state: defaultdict[Any, Any] = defaultdict(dict)
        for number, values in state_dict["state"].items():
            p = by_number.get(number)
            state[number if p is None else p] = {k: _own(k, v, p) for k, v in values.items()}
        self.state = state
        for mine, theirs in zip(self.param_groups, saved, strict=True):
            mine.update({k: copy.deepcopy(v) for k, v in theirs.items() if k != "params"})

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for k, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {k}")
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name != "params"]
        return "\n".join([*lines, ")"])


def _own(name: str, value: Any, p: Any) -> Any:
    """A copy of a state value, in the parameter's dtype (step counts keep theirs)."""
    if not isinstance(value, Tensor):
        return copy.deepcopy(value)
    array = value._array.copy()
    if p is not None and name != "step" and array.dtype.kind in "fV":
        array = array.astype(p._array.dtype)
    return wrap(array)


def new_state(p: Any) -> Tensor:
    """Zeros in the shape of a parameter."""
    return wrap(np.zeros_like(p._array))


__all__ = ["Optimizer", "required"]
