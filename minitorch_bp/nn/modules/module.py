"""Module: the base class of everything that has parameters.

A module is a function with named state. Assigning a :class:`Parameter`, a module or a registered buffer as an attribute
files it in a dictionary; walking those dictionaries gives ``parameters()``, ``state_dict()``, ``to()`` and the rest.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from ...core.tensor import Tensor
from ...ops.creation import empty_like
from ..parameter import Buffer, Parameter, is_lazy
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
from .state import CONVERSION, STATE_HOOKS, Stateful

if TYPE_CHECKING:
    from ...core.types import HasForward, P, R_co

_TABLES = ("_parameters", "_buffers", "_modules")
_HOOKS = (*TABLES, *OPTIONS, *STATE_HOOKS)


class Module(Hooked, Stateful):
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

    training: bool
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]

    def __init__(self, *args: Any, **kwargs: Any):
        if args or kwargs:
            raise TypeError(f"{type(self).__name__}'s base class Module takes no arguments, but got {args or kwargs}")
        state = self.__dict__
        state["training"] = True
        for name in _TABLES:
            state[name] = {}
        state["_non_persistent_buffers_set"] = set()
        for name in _HOOKS:
            state[name] = OrderedDict()
        state["_hooked"] = False

    # ------------------------------------------------------------------ calling
    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; every subclass defines it."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    if TYPE_CHECKING:

        def __call__(self: HasForward[P, R_co], *args: P.args, **kwargs: P.kwargs) -> R_co: ...

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
            self._forget(name, "_modules")
            self._modules[name] = registered(_global_module_registration_hooks, self, name, value)
        elif isinstance(value, Buffer):
            self._forget(name, "_buffers")
            self.register_buffer(name, value, getattr(value, "persistent", True))
        else:
            for table, kind in (("_parameters", Parameter), ("_modules", Module), ("_buffers", Tensor)):
                if name in state.get(table, ()):
                    if value is not None and not (table == "_buffers" and isinstance(value, Tensor)):
                        raise TypeError(
                            f"cannot assign a {type(value).__name__} as {name!r}: it is registered as a "
                            f"{kind.__name__.lower()}, so it can only be replaced by another one, or None"
                        )
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
        """Add a parameter (or the place for one) under a name."""
        self._check_name("parameter", name, "_parameters")
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(f"cannot register a {type(param).__name__} as parameter {name!r}: expected a Parameter or None")
        if param is not None and param._fn is not None:
            raise ValueError(f"parameter {name!r} must be a leaf: express it as a function of another parameter instead")
        self._parameters[name] = registered(_global_parameter_registration_hooks, self, name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is state but not trained; a persistent one is part of the state_dict."""
        self._check_name("buffer", name, "_buffers")
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"cannot register a {type(tensor).__name__} as buffer {name!r}: expected a Tensor or None")
        self._buffers[name] = registered(_global_buffer_registration_hooks, self, name, tensor)
        (self._non_persistent_buffers_set.discard if persistent else self._non_persistent_buffers_set.add)(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a part under a name."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{module!r} is not a Module")
        self._check_name("module", name, "_modules")
        self._modules[name] = registered(_global_module_registration_hooks, self, name, module)

    register_module = add_module

    def get_submodule(self, target: str) -> Module:
        """The part with a dotted name such as ``"encoder.0"``."""
        found: Any = self
        for part in target.split(".") if target else ():
            if not hasattr(found, part):
                raise AttributeError(f"{type(found).__name__} has no attribute `{part}`")
            found = getattr(found, part)
            if not isinstance(found, Module):
                raise AttributeError(f"`{part}` is not a Module")
        return found

    def get_parameter(self, target: str) -> Parameter:
        """The parameter with a dotted name."""
        path, _, name = target.rpartition(".")
        found = getattr(self.get_submodule(path), name)
        if not isinstance(found, Parameter):
            raise AttributeError(f"`{name}` is not a Parameter")
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer with a dotted name."""
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if name not in module._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return getattr(module, name)

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Put a part under a dotted name; with ``strict`` only in place of another."""
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

    # ------------------------------------------------------------------ walking
    def named_modules(self, memo: Any = None, prefix: str = "", remove_duplicate: bool = True) -> Iterator[tuple[str, Module]]:
        """This module and all parts below it, each once, with dotted names."""
        memo = set() if memo is None else memo
        if self not in memo:
            if remove_duplicate:
                memo.add(self)
            yield prefix, self
            for name, module in self._modules.items():
                if module is not None:
                    yield from module.named_modules(memo, prefix + ("." if prefix else "") + name, remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """This module and all parts below it, each once."""
        for _, module in self.named_modules():
            yield module

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The direct parts, each once, with names."""
        seen: set[Module] = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> Iterator[Module]:
        """The direct parts, each once."""
        for _, module in self.named_children():
            yield module

    def _named_members(self, table: str, prefix: str, recurse: bool, remove_duplicate: bool) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        found = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for path, module in found:
            for name, value in module.__dict__[table].items():
                if value is None or (remove_duplicate and id(value) in seen):
                    continue
                seen.add(id(value))
                yield path + ("." if path else "") + name, value

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """All parameters with dotted names, each once."""
        yield from self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once: what an optimizer is given."""
        for _, p in self.named_parameters(recurse=recurse):
            yield p

    def named_buffers(self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True) -> Iterator[tuple[str, Tensor]]:
        """All buffers with dotted names, each once."""
        yield from self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """All buffers, each once."""
        for _, b in self.named_buffers(recurse=recurse):
            yield b

    def apply(self, fn: Callable[[Module], Any]) -> Self:
        """Call ``fn`` on every part, then on the module itself."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    # ------------------------------------------------------------------ modes and conversion
    def train(self, mode: bool = True) -> Self:
        """Switch the module and all its parts to training mode (dropout drops, batch norm measures)."""
        if not isinstance(mode, bool):
            raise ValueError(f"the training mode must be a bool, but got {mode!r}")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Self:
        """Switch to evaluation mode: ``train(False)``."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set whether the parameters want gradients (False freezes the module)."""
        for p in self.parameters():
            p.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset the gradients of all parameters: to None, or in place to zeros."""
        for p in self.parameters():
            if set_to_none:
                p._grad = None
            elif p._grad is not None:
                p._grad.detach_() if p._grad._fn is not None else p._grad.requires_grad_(False)
                p._grad.zero_()

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Replace the memory of every parameter, gradient and buffer by ``fn`` of it."""
        for module in self.children() if recurse else ():
            module._apply(fn)
        for name, p in self._parameters.items():
            if p is None:
                continue
            if CONVERSION["overwrite"] and not CONVERSION["swap"]:
                new = Parameter(fn(p.detach()), requires_grad=p.requires_grad)
                new._grad = None if p._grad is None else fn(p._grad.detach())
                self._parameters[name] = new
                continue
            p._array = fn(p.detach())._array
            if p._grad is not None:
                p._grad._array = fn(p._grad.detach())._array
        for name, b in self._buffers.items():
            if is_lazy(b):
                b._array = fn(b.detach())._array  # type: ignore[union-attr]
            elif b is not None:
                self._buffers[name] = fn(b)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Convert the floating-point and complex parameters and buffers to a dtype (or move to a device: only the CPU works)."""
        order = kwargs.pop("memory_format", None)
        if order is not None:  # an order of four or five dimensions, for the tensors that have so many
            self._apply(lambda t: t.to(memory_format=order) if t.ndim in (4, 5) else t)
        probe = Tensor.to(Tensor.__new__(Tensor), *args, **kwargs)  # type: ignore[attr-defined]
        named = any(hasattr(a, "is_floating_point") or isinstance(a, (Tensor, type)) for a in (*args, kwargs.get("dtype")))
        if not named:
            return self
        dtype = probe.dtype
        if not (dtype.is_floating_point or dtype.is_complex):
            raise TypeError(f"a module can only be converted to floating-point and complex types, but got {dtype!r}")
        if dtype.is_complex:
            warnings.warn(f"a module was converted to {dtype!r}: not every layer is defined for complex numbers", stacklevel=2)
        return self._apply(lambda t: t.to(dtype) if t.dtype.is_floating_point or t.dtype.is_complex else t)

    def float(self) -> Self:
        """Convert floating-point parameters and buffers to float32."""
        return self._apply(lambda t: t.float() if t.dtype.is_floating_point else t)

    def double(self) -> Self:
        """Convert floating-point parameters and buffers to float64."""
        return self._apply(lambda t: t.double() if t.dtype.is_floating_point else t)

    def half(self) -> Self:
        """Convert floating-point parameters and buffers to float16."""
        return self._apply(lambda t: t.half() if t.dtype.is_floating_point else t)

    def bfloat16(self) -> Self:
        """Convert floating-point parameters and buffers to bfloat16."""
        return self._apply(lambda t: t.bfloat16() if t.dtype.is_floating_point else t)

    def type(self, dst_type: Any) -> Self:
        """Convert all parameters and buffers to a dtype, integers too."""
        return self._apply(lambda t: t.type(dst_type))

    def to_empty(self, *, device: Any, recurse: bool = True) -> Self:
        """Replace all parameters and buffers by memory with any numbers in it."""
        return self._apply(lambda t: empty_like(t, device=device), recurse)

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: there is no compiler, and calling the module is what it would have been."""

    def cpu(self) -> Self:
        """The module itself: it is on the CPU already."""
        return self

    def cuda(self, device: Any = None) -> Self:
        """Raises AssertionError, as a CPU build of PyTorch does (unless there is nothing to move)."""
        return self.to("cuda")

    def share_memory(self) -> Self:
        """The module itself."""
        return self

    # ------------------------------------------------------------------ printing
    def extra_repr(self) -> str:
        """What stands between the parentheses of the printed module."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        parts = [f"({name}): " + _indented(repr(module)) for name, module in self._modules.items()]
        if not parts and len(lines) <= 1:
            return f"{self._get_name()}({extra})"
        return f"{self._get_name()}(\n  " + "\n  ".join(lines + parts) + "\n)"


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")
