"""Module: the base class of everything that has parameters.

A module is a function with named state. Assigning a :class:`Parameter`, a module or a registered buffer as an attribute
files it in a dictionary; walking those dictionaries gives ``parameters()``, ``state_dict()``, ``to()`` and the rest.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from ...core.home import made_of
from ...core.tensor import Tensor
from ..parameter import Buffer, Parameter
from .conversion import Converted
from .hooks import (  # noqa: F401  (those for every module are found here)
    OPTIONS,
    TABLES,
    Hooked,
    _global_backward_hooks,
    _global_backward_pre_hooks,
    _global_buffer_registration_hooks,
    _global_forward_hooks,
    _global_forward_hooks_always_called,
    _global_forward_hooks_with_kwargs,
    _global_forward_pre_hooks,
    _global_module_registration_hooks,
    _global_parameter_registration_hooks,
    register_module_backward_hook,
    register_module_buffer_registration_hook,
    register_module_forward_hook,
    register_module_forward_pre_hook,
    register_module_full_backward_hook,
    register_module_full_backward_pre_hook,
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
    registered,
)
from .state import STATE_HOOKS, Stateful, not_replaced
from .walking import Walked

if TYPE_CHECKING:
    from ...core.types import HasForward, P, R_co

_TABLES = ("_parameters", "_buffers", "_modules")
_HOOKS = (*TABLES, *OPTIONS, *STATE_HOOKS)


@made_of(Hooked, Stateful, Converted, Walked)
class Module(Hooked, Stateful, Converted):
    """Base class of all layers and models: subclass it, assign parts in ``__init__``, and define ``forward``.

    Assigned parameters, modules and buffers are registered under the attribute's name: :meth:`parameters`, :meth:`state_dict`,
    :meth:`to` and their kin find them.

    Attributes
    ----------
    training : bool
        Whether the module is in training mode (see :meth:`train`).

    See Also
    --------
    minitorch_bp.nn.Sequential : Modules one after the other, without a class of your own.
    minitorch_bp.nn.Parameter : What is trained.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp import nn
    >>> class Model(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.layer = nn.Linear(2, 1)
    ...     def forward(self, x):
    ...         return torch.sigmoid(self.layer(x))
    >>> Model()
    Model(
      (layer): Linear(in_features=2, out_features=1, bias=True)
    )
    """

    call_super_init: bool = False  # whether the classes that stand behind Module in a subclass are initialized, too
    dump_patches: bool = False  # no effect, as in PyTorch: old models set it
    training: bool
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]

    def __init__(self, *args: Any, **kwargs: Any):
        if (args or kwargs) and not self.call_super_init:
            raise TypeError(f"{type(self).__name__}'s base class Module takes no arguments, but got {args or kwargs}")
        state = self.__dict__
        state["training"] = True
        for name in _TABLES:
            state[name] = {}
        state["_non_persistent_buffers_set"] = set()
        for name in _HOOKS:
            state[name] = OrderedDict()
        state["_hooked"] = False
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    # ------------------------------------------------------------------ calling
    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the outputs: what calling the module does, and every subclass defines.

        Parameters
        ----------
        *args, **kwargs : any
            The arguments of the call.

        Returns
        -------
        any
            The outputs.

        Raises
        ------
        NotImplementedError
            If the class does not define it.
        """
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    if TYPE_CHECKING:

        def __call__(self: HasForward[P, R_co], *args: P.args, **kwargs: P.kwargs) -> R_co: ...

        def named_modules(
            self, memo: Any = None, prefix: str = "", remove_duplicate: bool = True
        ) -> Iterator[tuple[str, Module]]: ...
        def modules(self) -> Iterator[Module]: ...
        def named_children(self) -> Iterator[tuple[str, Module]]: ...
        def children(self) -> Iterator[Module]: ...
        def apply(self, fn: Callable[[Module], Any]) -> Self: ...

    else:

        def __call__(self, *args, **kwargs):
            try:
                if not self._hooked:
                    return self.forward(*args, **kwargs) if kwargs else self.forward(*args)
                return self._call_impl(*args, **kwargs)
            except Exception as error:
                with suppress(Exception):  # extra_repr may be anyone's
                    if not getattr(error, "__notes__", None):  # the innermost module says that it was there
                        error.add_note(f"(in the module {self._get_name()}({self.extra_repr()}))")
                raise

    # ------------------------------------------------------------------ attributes
    def __getattr__(self, name: str) -> Any:
        state = self.__dict__
        for table in _TABLES:
            if table in state and name in state[table]:
                return state[table][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        state = self.__dict__
        if isinstance(value, Parameter):
            self._forget(name, "_parameters")
            self.register_parameter(name, value)
        elif isinstance(value, Module):
            if "_modules" not in state:
                raise AttributeError("cannot assign a module before Module.__init__() has run: call super().__init__() first")
            if name in state["_parameters"]:
                raise not_replaced(name, value, Parameter)
            self._forget(name, "_modules")
            self._modules[name] = registered(_global_module_registration_hooks, self, name, value)
        elif isinstance(value, Buffer):
            if name in state:
                raise KeyError(f"attribute {name!r} already exists: delete it, then assign the buffer")
            if name in state["_parameters"] or name in state["_modules"]:
                raise not_replaced(name, value, Parameter if name in state["_parameters"] else Module)
            self._forget(name, "_buffers")
            if getattr(value, "persistent", True):
                self.register_buffer(name, value)
            else:
                self.register_buffer(name, value, persistent=False)
        else:
            for table, kind in (("_parameters", Parameter), ("_modules", Module), ("_buffers", Tensor)):
                if name in state.get(table, ()):
                    if value is not None and not (table == "_buffers" and _is_like_tensor(value)):
                        raise not_replaced(name, value, kind)
                    state[table][name] = value
                    return
            object.__setattr__(self, name, value)

    def _weight_and_bias(self) -> tuple[Any, Any]:
        """``(self.weight, self.bias)`` without the way through ``__getattr__``, if they are plain parameters."""
        table = self._parameters
        try:
            return table["weight"], table["bias"]
        except KeyError:  # computed by a parametrization, or put there as a plain attribute
            return self.weight, self.bias

    def _forget(self, name: str, keep: str) -> None:
        """A name lives in one place only."""
        self.__dict__.pop(name, None)
        for table in _TABLES:
            if table != keep:
                self.__dict__.get(table, {}).pop(name, None)
        if keep != "_buffers":
            self.__dict__.get("_non_persistent_buffers_set", set()).discard(name)

    def __delattr__(self, name: str) -> None:
        for table in _TABLES:
            if name in self.__dict__[table]:
                del self.__dict__[table][name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        names = [*object.__dir__(self), *self._parameters, *self._buffers, *self._modules]
        return sorted(n for n in names if not n[0].isdigit())

    def _check_name(self, kind: str, name: Any, table: str) -> None:
        if table not in self.__dict__:
            raise AttributeError(f"cannot assign a {kind} before Module.__init__() has run: call super().__init__() first")
        if not isinstance(name, str):
            raise TypeError(f"the name of a {kind} must be a string, but got {type(name).__name__}")
        if "." in name or name == "":
            raise KeyError(f"the name of a {kind} must not be empty or contain a dot, but got {name!r}")
        if hasattr(self, name) and name not in self.__dict__[table]:
            raise KeyError(f"attribute {name!r} already exists")

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter (or the place for one) under a name.

        Parameters
        ----------
        name : str
            Without dots.
        param : Parameter or None
            A leaf; None keeps the name free.

        Raises
        ------
        KeyError
            If the name is taken, empty, or has a dot.
        TypeError
            If ``param`` is something else.
        ValueError
            If it is not a leaf.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> module = torch.nn.Module()
        >>> module.register_parameter("weight", torch.nn.Parameter(torch.ones(2)))
        >>> module.state_dict()
        OrderedDict([('weight', tensor([1., 1.]))])
        """
        self._check_name("parameter", name, "_parameters")
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(f"cannot register a {type(param).__name__} as parameter {name!r}: expected a Parameter or None")
        if param is not None and param._fn is not None:
            raise ValueError(f"parameter {name!r} must be a leaf: express it as a function of another parameter instead")
        self._parameters[name] = registered(_global_parameter_registration_hooks, self, name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is state but not trained.

        Parameters
        ----------
        name : str
            Without dots.
        tensor : Tensor or None
            None keeps the name free.
        persistent : bool
            Whether it is part of the state_dict.

        Raises
        ------
        KeyError
            If the name is taken, empty, or has a dot.
        TypeError
            If ``tensor`` is something else.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> module = torch.nn.Module()
        >>> module.register_buffer("count", torch.zeros(1))
        >>> module.count
        tensor([0.])
        """
        self._check_name("buffer", name, "_buffers")
        if tensor is not None and not _is_like_tensor(tensor):
            raise TypeError(f"cannot register a {type(tensor).__name__} as buffer {name!r}: expected a Tensor or None")
        self._buffers[name] = registered(_global_buffer_registration_hooks, self, name, tensor)
        (self._non_persistent_buffers_set.discard if persistent else self._non_persistent_buffers_set.add)(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a part under a name.

        Parameters
        ----------
        name : str
            Without dots.
        module : Module or None
            None keeps the name free.

        Raises
        ------
        KeyError
            If the name is taken, empty, or has a dot.
        TypeError
            If ``module`` is something else.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> model = torch.nn.Module()
        >>> model.add_module("layer", torch.nn.ReLU())
        >>> model.layer
        ReLU()
        """
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{module!r} is not a Module")
        self._check_name("module", name, "_modules")
        self._modules[name] = registered(_global_module_registration_hooks, self, name, module)

    register_module = add_module

    def get_submodule(self, target: str) -> Module:
        """The part with a dotted name such as ``"encoder.0"``.

        Parameters
        ----------
        target : str
            The name; an empty one is the module itself.

        Returns
        -------
        Module
            The part.

        Raises
        ------
        AttributeError
            If there is none.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> model = torch.nn.Sequential(torch.nn.Sequential(torch.nn.ReLU()))
        >>> model.get_submodule("0.0")
        ReLU()
        """
        found: Any = self
        for part in target.split(".") if target else ():
            if not hasattr(found, part):
                raise AttributeError(f"{type(found).__name__} has no attribute `{part}`")
            found = getattr(found, part)
            if not isinstance(found, Module):
                raise AttributeError(f"`{part}` is not a Module")
        return found

    def get_parameter(self, target: str) -> Parameter:
        """The parameter with a dotted name.

        Parameters
        ----------
        target : str
            The name.

        Returns
        -------
        Parameter
            The one that is registered, not a copy.

        Raises
        ------
        AttributeError
            If there is none.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.nn.Sequential(torch.nn.Linear(2, 1)).get_parameter("0.weight").shape
        torch.Size([1, 2])
        """
        path, _, name = target.rpartition(".")
        found = getattr(self.get_submodule(path), name)
        if not isinstance(found, Parameter):
            raise AttributeError(f"`{name}` is not a Parameter")
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer with a dotted name.

        Parameters
        ----------
        target : str
            The name.

        Returns
        -------
        Tensor
            The one that is registered, not a copy.

        Raises
        ------
        AttributeError
            If there is none.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.nn.Sequential(torch.nn.BatchNorm1d(2)).get_buffer("0.running_var")
        tensor([1., 1.])
        """
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if name not in module._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return getattr(module, name)

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Put a part under a dotted name.

        Parameters
        ----------
        target : str
            The name.
        module : Module
            The part.
        strict : bool
            Whether it must take the place of another.

        Raises
        ------
        ValueError
            If the name is empty, or ``module`` is something else.
        AttributeError
            If what is above it, or with ``strict`` the part itself, is not there.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> model = torch.nn.Sequential(torch.nn.ReLU())
        >>> model.set_submodule("0", torch.nn.Tanh())
        >>> model
        Sequential(
          (0): Tanh()
        )
        """
        path, _, name = target.rpartition(".")
        if not name:
            raise ValueError("set_submodule: the name of a part can't be empty")
        if not isinstance(module, Module):
            raise ValueError(f"set_submodule: expected a Module, but got {type(module).__name__}")
        parent = self.get_submodule(path)
        if strict and not hasattr(parent, name):
            raise AttributeError(f"{type(parent).__name__} has no attribute `{name}`")
        if hasattr(parent, name) and not isinstance(getattr(parent, name), Module):
            raise AttributeError(f"`{name}` is not a Module")
        setattr(parent, name, module)

    # ------------------------------------------------------------------ printing
    def extra_repr(self) -> str:
        """What stands between the parentheses of the printed module.

        Returns
        -------
        str
            Several lines are printed one below the other.

        Examples
        --------
        >>> import minitorch_bp as torch
        >>> torch.nn.Linear(2, 1).extra_repr()
        'in_features=2, out_features=1, bias=True'
        """
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        parts = [f"({name}): " + _addindent(repr(module), 2) for name, module in self._modules.items()]
        if not parts and len(lines) <= 1:
            return f"{self._get_name()}({extra})"
        return f"{self._get_name()}(\n  " + "\n  ".join(lines + parts) + "\n)"


def _is_like_tensor(value: Any) -> bool:
    """A Tensor, or what takes the functions of tensors upon itself."""
    return isinstance(value, Tensor) or hasattr(value, "__torch_function__")


def _addindent(s_: str, numSpaces: int) -> str:
    """The text with the lines after its first one moved to the right."""
    return s_.replace("\n", "\n" + " " * numSpaces)
