"""The base class of optimizers: parameter groups, a state for each parameter, hooks, and saving it all.

A subclass supplies ``_update(xp, group, params)``, the formula that moves parameters of one type, and ``_start``, what the state
of a parameter begins with. ``xp`` is arrays or tensors (see ``arithmetic``); an optimizer of your own may define ``step`` instead.
"""

from __future__ import annotations

import copy
import importlib
from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, overload

import numpy as np

from ..core import observer
from ..core.dtype import float64, get_default_dtype
from ..core.grad_mode import enable_grad
from ..core.home import made_of
from ..core.inplace import overlapping
from ..core.tensor import Tensor, wrap
from .arithmetic import OnArrays, OnHalves, OnTensors
from .step_hooks import Hooked, register_optimizer_step_post_hook, register_optimizer_step_pre_hook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ..core.types import Params

R = TypeVar("R")
#: The type of what an optimizer is given, for annotations of your own.
ParamsT: Any = Any


class _Required:
    """The default of an option that every group must set."""

    def __repr__(self) -> str:
        return "<required parameter>"


required: Any = _Required()
_arrays, _halves, _tensors = OnArrays(), OnHalves(), OnTensors()
_NO_HOOKS: Mapping[int, Any] = {}


@made_of(Hooked)
class Optimizer(Hooked):
    """Base class of optimizers.

    Parameters
    ----------
    params : iterable of Tensors, of (name, Tensor) pairs, or of dicts
        Each dict is a parameter group with its own options.
    defaults : dict
        The options of groups that do not set them.

    Attributes
    ----------
    param_groups : list of dicts
        The parameters, as ``"params"``, and their options; an option may be changed between steps.
    state : defaultdict
        What is kept for each parameter from step to step.

    Raises
    ------
    ValueError
        If there are no parameters, one appears in two groups, only some have names, or one is not a leaf.
    TypeError
        If something else than tensors is given.

    See Also
    --------
    minitorch_bp.optim.SGD, minitorch_bp.optim.Adam
    minitorch_bp.optim.lr_scheduler.LRScheduler : Changes the learning rate.

    Examples
    --------
    An optimizer of your own defines ``step``:

    >>> import minitorch_bp as torch
    >>> class SignDescent(torch.optim.Optimizer):
    ...     def __init__(self, params, lr=0.1):
    ...         super().__init__(params, {"lr": lr})
    ...
    ...     @torch.no_grad()
    ...     def step(self, closure=None):
    ...         for group in self.param_groups:
    ...             for p in group["params"]:
    ...                 p -= group["lr"] * p.grad.sign()
    >>> w = torch.tensor([1.0, -1.0], requires_grad=True)
    >>> (w**2).sum().backward()
    >>> SignDescent([w]).step()
    >>> w
    tensor([ 0.9000, -0.9000], requires_grad=True)
    """

    # Classes of courses do not always call super().__init__(): what they need without it stands here.
    _optimizer_step_pre_hooks = _optimizer_step_post_hooks = _NO_HOOKS
    _optimizer_state_dict_pre_hooks = _optimizer_state_dict_post_hooks = _NO_HOOKS
    _optimizer_load_state_dict_pre_hooks = _optimizer_load_state_dict_post_hooks = _NO_HOOKS
    #: Options that older files do not have, with the value that they then had.
    _later: Mapping[str, Any] = MappingProxyType({
        "maximize": False, "foreach": None, "capturable": False, "differentiable": False, "fused": None, "amsgrad": False,
        "nesterov": False, "momentum": 0, "centered": False, "decoupled_weight_decay": False,
    })  # fmt: skip

    _counts = False  # whether every state has a number of steps
    _step_hooks = False  # whether any was ever registered
    _loaded = False  # whether the state has come from elsewhere since the last step

    def __init__(self, params: Params, defaults: dict[str, Any]):
        if isinstance(params, Tensor):
            raise TypeError("params must be an iterable of Tensors or dicts, but got a single Tensor: put it in a list")
        self._patch_step_function()
        self.defaults = defaults
        self.state: defaultdict[Any, Any] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        if defaults.get("fused") and (defaults.get("foreach") or defaults.get("differentiable")):
            raise RuntimeError("fused=True excludes foreach=True and differentiable=True: choose one of them")
        groups: list[Any] = list(params)
        if not groups:
            raise ValueError("the optimizer got an empty list of parameters")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with options of their own.

        Parameters
        ----------
        param_group : dict
            The parameters as ``"params"``, and options; the dict is completed and kept.

        Raises
        ------
        TypeError
            If it is not a dict, or holds something else than tensors.
        ValueError
            If a parameter is in another group, is not a leaf, or has a name while others have none (or the other way round).
        """
        if not isinstance(param_group, dict):
            raise TypeError(f"a parameter group must be a dict, but got {type(param_group).__name__}")
        params = param_group["params"]
        if isinstance(params, Tensor):
            params = [params]
        elif isinstance(params, set):
            raise TypeError("parameters need an order: give them as a list, not a set")
        params = list(params)
        named = [p for p in params if isinstance(p, tuple)]
        group: dict[str, Any] = {**param_group, "params": [p[1] if isinstance(p, tuple) else p for p in params]}
        for p in group["params"]:
            if not isinstance(p, Tensor):
                raise TypeError(f"an optimizer can optimize only Tensors, but one parameter is a {type(p).__name__}")
            if not (self.defaults.get("differentiable") or p.is_leaf or p.retains_grad):  # type: ignore[attr-defined]
                raise ValueError("can't optimize a tensor that is not a leaf: it is recomputed from others in each forward pass")
        if named:
            group["param_names"] = [name for name, _ in named]
        if named and len(named) < len(params):
            raise ValueError(f"either all parameters have names or none, but {len(params) - len(named)} of {len(params)} have none")
        if self.param_groups and ("param_names" in group) != ("param_names" in self.param_groups[0]):
            raise ValueError("either all parameter groups have names or none, but the new one differs from the first")
        for name, default in self.defaults.items():
            if default is required and name not in group:
                raise ValueError(f"the parameter group does not specify the required option {name!r}")
            group.setdefault(name, default)
        ids = {id(p) for p in group["params"]}
        if len(ids) != len(params):
            import warnings

            warnings.warn("a parameter group with duplicate parameters: each is moved twice in a step", stacklevel=3)
        if any(id(p) in ids for other in self.param_groups for p in other["params"]):
            raise ValueError("some parameters appear in more than one parameter group")
        param_group.update(group)
        self.param_groups.append(param_group)

    # ------------------------------------------------------------------ stepping
    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset the gradients of all parameters: to None, or in place to zeros.

        Parameters
        ----------
        set_to_none : bool, optional
            False keeps the tensors and fills them with zeros.
        """
        if observer.current is None:
            self._zero_grad(set_to_none)
        else:
            with observer.current(f"Optimizer.zero_grad#{type(self).__name__}.zero_grad"):
                self._zero_grad(set_to_none)

    def _zero_grad(self, set_to_none: bool) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p._grad = None
                elif p._grad is not None:
                    p._grad.detach_() if p._grad._fn is not None else p._grad.requires_grad_(False)
                    p._grad.zero_()

    @overload
    def step(self, closure: None = None) -> None: ...
    @overload
    def step(self, closure: Callable[[], R]) -> R: ...
    def step(self, closure: Callable[[], R] | None = None) -> R | None:
        """Move every parameter that has a gradient.

        Parameters
        ----------
        closure : callable, optional
            Computes the loss and its gradients again.

        Returns
        -------
        any
            What the closure returned; None without one.

        Raises
        ------
        NotImplementedError
            If the class has no formula.
        """
        if type(self)._update is Optimizer._update:
            raise NotImplementedError(f"{type(self).__name__} has no formula of its own: define step() in it")
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        if self._loaded:
            self._check_state()
        for group in self.param_groups:
            params = [p for p in group["params"] if p._grad is not None]
            if not params:
                continue
            known = len(self.state)
            self._check_options(group)
            for alike in _by_dtype(params):
                if group.get("differentiable"):
                    with enable_grad():
                        self._update(_tensors, group, alike)
                else:
                    try:
                        self._update(_arrays if alike[0]._array.itemsize > 2 else _halves, group, alike)
                    except ValueError as error:  # NumPy's, of memory that can't be written
                        if "unpack" in str(error):  # Python's, of an option that should be a pair
                            raise
                        raise RuntimeError(f"{type(self).__name__}.step: {error}") from None
            if len(self.state) > known + 1:
                self._in_order(known, params)
        return loss

    def _in_order(self, known: int, params: list[Any]) -> None:
        """Let the states that are new stand in the order of their parameters, also where several types were moved in turn."""
        new = [p for p in list(self.state)[known:] if isinstance(p, Tensor)]
        ids = {id(p) for p in new}
        wanted = [p for p in params if id(p) in ids]
        if any(p is not q for p, q in zip(new, wanted, strict=False)):
            for p in wanted:
                self.state[p] = self.state.pop(p)

    def _update(self, xp: Any, group: dict[str, Any], params: list[Any]) -> None:
        """Move the parameters of one group that have one type."""

    def _check_options(self, group: dict[str, Any]) -> None:
        """ValueError for options that PyTorch looks at in the step only."""

    def _start(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        """What the state of a parameter begins with."""
        return {}

    def _started(self, group: dict[str, Any], p: Any) -> dict[str, Any]:
        """The state of a parameter in its first step."""
        if not p._array.flags.writeable:
            raise overlapping(f"{type(self).__name__}.step")
        state: dict[str, Any] = self.state[p]
        state.update(self._start(group, p))
        return state

    def _check_state(self) -> None:
        """RuntimeError, before anything has changed, if the state that was loaded is that of another model."""
        for p, values in self.state.items():
            for name, value in values.items() if isinstance(values, dict) and isinstance(p, Tensor) else ():
                if isinstance(value, Tensor) and value._array.ndim and value._array.shape != self._shape(name, p):
                    raise RuntimeError(
                        f"{name} of the loaded state has shape {list(value._array.shape)}, but its parameter has shape "
                        f"{list(p._array.shape)}: the state is that of another model"
                    )
        self._loaded = False

    def _shape(self, name: str, p: Any) -> tuple[int, ...]:
        """The shape of a buffer of the state."""
        shape: tuple[int, ...] = p._array.shape
        return shape

    # ------------------------------------------------------------------ saving

    def state_dict(self) -> dict[str, Any]:
        """The state and the options, with parameters replaced by their numbers.

        Returns
        -------
        dict
            ``"state"`` by the parameters' numbers, and ``"param_groups"``. The tensors are the optimizer's own, not copies.
        """
        for hook in self._optimizer_state_dict_pre_hooks.values():
            hook(self)
        numbers: dict[int, int] = {}
        groups = []
        for group in self.param_groups:
            for p in group["params"]:
                numbers.setdefault(id(p), len(numbers))
            packed = {k: v for k, v in group.items() if k != "params"}
            groups.append({**packed, "params": [numbers[id(p)] for p in group["params"]]})
        state = {numbers[id(k)] if isinstance(k, Tensor) else k: v for k, v in self.state.items()}
        out: dict[str, Any] = {"state": state, "param_groups": groups}
        for hook in self._optimizer_state_dict_post_hooks.values():
            changed = hook(self, out)
            out = out if changed is None else changed
        return out

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a state_dict: its state, in the types of the parameters here, and its groups' options.

        Parameters
        ----------
        state_dict : dict
            What :meth:`state_dict` returned, here or in PyTorch. Tensors that already have the right type are not copied.

        Raises
        ------
        ValueError
            If its groups do not fit, in which case nothing changes.
        KeyError
            If it is the state of another kind of optimizer, without a number of steps.
        """
        state_dict = state_dict.copy()
        for hook in self._optimizer_load_state_dict_pre_hooks.values():
            changed = hook(self, state_dict)
            state_dict = state_dict if changed is None else changed
        saved = copy.deepcopy(state_dict["param_groups"])
        if len(saved) != len(self.param_groups):
            raise ValueError(f"the state_dict has {len(saved)} parameter groups, but the optimizer has {len(self.param_groups)}")
        by_number: dict[Any, Any] = {}
        for k, (mine, theirs) in enumerate(zip(self.param_groups, saved, strict=True)):
            if len(mine["params"]) != len(theirs["params"]):
                raise ValueError(
                    f"parameter group {k} of the state_dict has {len(theirs['params'])} parameters, but the optimizer's "
                    f"has {len(mine['params'])}"
                )
            by_number.update(zip(theirs["params"], mine["params"], strict=True))
            theirs["params"] = mine["params"]
            if "param_names" in mine:
                theirs.setdefault("param_names", mine["param_names"])
        state: defaultdict[Any, Any] = defaultdict(dict)
        for number, values in state_dict["state"].items():
            p = by_number.get(number)
            if self._counts and p is not None and values and "step" not in values:
                raise KeyError(
                    f"step: the state has {', '.join(map(str, values))}, so it is another optimizer's than {type(self).__name__}'s"
                )
            group: dict[str, Any] = next((g for g in saved if any(q is p for q in g["params"])), {})
            state[number if p is None else p] = values if p is None else _cast(values, p, group)
        self.__setstate__({"state": state, "param_groups": saved})
        for hook in self._optimizer_load_state_dict_post_hooks.values():
            hook(self)

    def __getstate__(self) -> dict[str, Any]:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._patch_step_function()
        self._loaded = True
        options = self.__dict__.setdefault("_options", frozenset(self.defaults))  # its own, without what is added below
        for group in self.param_groups:
            for name in self._later.keys() & options:
                group.setdefault(name, self._later[name])
        self.defaults.setdefault("differentiable", False)  # as PyTorch's: groups that are added later have it
        for values in self.state.values():
            if isinstance(values, dict) and isinstance(values.get("step"), (int, float)):
                values["step"] = counter(values["step"])

    def __repr__(self) -> str:
        lines = []
        for k, group in enumerate(self.param_groups):
            lines += ["", f"Parameter Group {k}"]
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name != "params"]
        return "\n".join([f"{type(self).__name__} (", *lines[1:], ")"])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows (see ``explain/notebook``); ``repr`` and ``print`` do not."""
        return importlib.import_module(__package__.partition(".")[0] + ".explain.notebook").of_optimizer(self)


def _by_dtype(params: list[Any]) -> Iterable[list[Any]]:
    """Parameters in lists of one type."""
    dtype = params[0]._array.dtype
    for p in params:
        if p._array.dtype is not dtype:
            groups: dict[Any, list[Any]] = {}
            for q in params:
                groups.setdefault(q._array.dtype, []).append(q)
            return groups.values()
    return (params,)


def _cast(value: Any, p: Any, group: dict[str, Any], name: str = "") -> Any:
    """A value of a state in the type of its parameter, tensors in lists and dicts, too; step counts keep theirs."""
    if isinstance(value, Tensor):
        if name == "step":
            return value.float() if group.get("capturable") or group.get("fused") else value  # type: ignore[attr-defined]
        return value.to(p.dtype) if p._array.dtype.kind in "fV" else value  # type: ignore[attr-defined]
    if isinstance(value, dict):
        return {k: _cast(v, p, group, k) for k, v in value.items()}
    return type(value)(_cast(v, p, group) for v in value) if isinstance(value, (list, tuple)) else value


# ---------------------------------------------------------------------- what the subclasses share
def counter(value: float = 0.0) -> Tensor:
    """A number that the state keeps: float32, or float64 if that is the default type."""
    return wrap(np.array(value, np.float64 if get_default_dtype() is float64 else np.float32))


def zeros(p: Any) -> Tensor:
    """Zeros in the shape of a parameter."""
    return wrap(np.zeros_like(p._array))


def filled(p: Any, value: float) -> Tensor:
    """A number in the shape of a parameter; of a complex one, in both parts."""
    return wrap(np.full_like(p._array, value if p._array.dtype.kind != "c" else complex(value, value)))


def check_not_negative(optimizer: Optimizer, *, nan_too: bool = False, **options: Any) -> None:
    """ValueError unless every option is a number from 0 on, or a NaN if those pass; a learning rate in a tensor must be just one."""
    for name, value in options.items():
        if name == "lr" and isinstance(value, Tensor) and value._array.size != 1:
            raise ValueError(f"{type(optimizer).__name__}: {name} must be one number, but is a tensor of {value._array.size}")
        if not value >= 0.0 and not (nan_too and value != value):
            raise ValueError(f"{type(optimizer).__name__}: {name} can't be negative, but is {value}")


def check_betas(optimizer: Optimizer, betas: Any) -> None:
    """ValueError unless both decay rates of Adam and its kin lie in [0, 1)."""
    for k in (0, 1):
        if not 0.0 <= betas[k] < 1.0:
            raise ValueError(f"{type(optimizer).__name__}: betas[{k}] must lie in [0, 1), but is {betas[k]}")


__all__ = ["Optimizer", "register_optimizer_step_post_hook", "register_optimizer_step_pre_hook"]
