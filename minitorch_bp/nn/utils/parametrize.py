"""Parametrizations: a parameter computed from another one, by a module, every time it is asked for.

``register_parametrization(layer, "weight", f)`` moves the parameter to ``layer.parametrizations.weight.original``, and makes
``layer.weight`` a property that returns ``f(original)``. For that the layer gets a class of its own, derived from its class.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ...core.grad_mode import no_grad
from ...core.lazy import on_demand
from ...core.tensor import Tensor
from ...core.view import bump_version
from ..modules.container import ModuleDict, ModuleList
from ..modules.module import Module
from ..parameter import Parameter

__getattr__ = on_demand(__package__, "", get_swap_module_params_on_conversion="..__future__")
_cached = {"depth": 0}


def is_traceable_wrapper_subclass(t: Any) -> bool:
    """Whether an object is a tensor of a class that says which tensors it is made of.

    Parameters
    ----------
    t : any

    Returns
    -------
    bool
        True for tensors with ``__tensor_flatten__`` and ``__tensor_unflatten__``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.parametrize.is_traceable_wrapper_subclass(torch.ones(1))
    False
    """
    is_subclass = isinstance(t, Tensor) and type(t) is not Tensor
    return is_subclass and hasattr(t, "__tensor_flatten__") and hasattr(t, "__tensor_unflatten__")


_cache: dict[tuple[int, str], Any] = {}


@contextmanager
def cached() -> Iterator[None]:
    """Compute each parametrized tensor once only, as long as the block runs.

    Yields
    ------
    None
        A context manager, for code that uses a parametrized tensor several times.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.nn.utils import parametrize
    >>> with parametrize.cached():
    ...     pass
    """
    _cached["depth"] += 1
    try:
        yield
    finally:
        _cached["depth"] -= 1
        if not _cached["depth"]:
            _cache.clear()


class ParametrizationList(ModuleList):
    """The modules that compute one tensor, one after the other, and what the first of them computes it from.

    That is ``original``, or ``original0``, ``original1``, ... if the first one's ``right_inverse`` returns several tensors.

    Parameters
    ----------
    modules : sequence of Modules
        In the order in which they are called.
    original : Tensor
        What the tensor is before.
    unsafe : bool
        Allow the modules to change shape and type.

    Examples
    --------
    >>> from minitorch_bp.nn.utils import parametrize
    >>> import minitorch_bp as torch
    >>> layer = parametrize.register_parametrization(torch.nn.Linear(2, 1), "weight", torch.nn.Tanh())
    >>> layer.parametrizations.weight
    ParametrizationList(
      (0): Tanh()
    )
    """

    original: Any

    def __init__(self, modules: Any, original: Any, unsafe: bool = False):
        modules = list(modules)
        if not modules:
            raise ValueError("ParametrizationList: at least one module is needed")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype = original.shape, original.dtype
        with no_grad():
            new = self._inverse(original)
        self.is_tensor = isinstance(new, Tensor)
        if not self.is_tensor and not isinstance(new, (tuple, list)):
            raise ValueError(f"a right_inverse must return a tensor or several, but this one returned a {type(new).__name__}")
        parts = [new] if self.is_tensor else list(new)
        self.ntensors = len(parts)
        if self.is_tensor:
            if new.dtype is not dtype:
                raise ValueError(f"the right_inverse of a {dtype!r} tensor must not be of another type, but is {new.dtype!r}")
            original._array = new._array
            bump_version(original)
            self._place("original", original)
        else:
            for k, part in enumerate(parts):
                if not isinstance(part, Tensor):
                    raise ValueError(f"part {k} of what the right_inverse returned is a {type(part).__name__}, not a tensor")
                made = Parameter(part, original.requires_grad) if isinstance(original, Parameter) else part
                self._place(f"original{k}", made)
        if not unsafe:
            value = self()
            if not isinstance(value, Tensor):
                raise ValueError(f"a parametrization must return a tensor, but this one returned a {type(value).__name__}")
            if value.dtype is not dtype or value.shape != shape:
                raise ValueError(
                    f"a parametrization must keep type and shape unless unsafe=True: {dtype!r}, {list(shape)} became {value.dtype!r}, "
                    f"{list(value.shape)}"
                )

    def _place(self, name: str, t: Any) -> None:
        if isinstance(t, Parameter):
            self.register_parameter(name, t)
        else:
            self.register_buffer(name, t)

    def _inverse(self, value: Any) -> Any:
        for module in reversed(list(self)):
            if hasattr(module, "right_inverse"):
                with suppress(NotImplementedError):
                    value = module.right_inverse(value)
        return value

    def right_inverse(self, value: Tensor) -> None:
        """Set the originals so that the parametrized tensor becomes this value.

        Parameters
        ----------
        value : Tensor
        """
        with no_grad():
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"{type(module).__name__} has no right_inverse, so the tensor can't be assigned to")
                value = module.right_inverse(value)
            parts = [value] if self.is_tensor else list(value)
            names = ["original"] if self.is_tensor else [f"original{k}" for k in range(self.ntensors)]
            if len(parts) != len(names):
                raise ValueError(f"the right_inverse must return {len(names)} tensors, but returned {len(parts)}")
            for name, part in zip(names, parts, strict=True):
                own = getattr(self, name)
                if part.dtype is not own.dtype:
                    raise ValueError(f"the right_inverse must return type {own.dtype!r}, but returned {part.dtype!r}")
                own._array = part._array
                bump_version(own)

    def forward(self) -> Tensor:
        """The parametrized tensor.

        Returns
        -------
        Tensor
            What the modules make of the original.
        """
        modules = list(self)
        if self.is_tensor:
            value = modules[0](self.original)
        else:
            value = modules[0](*(getattr(self, f"original{k}") for k in range(self.ntensors)))
        for module in modules[1:]:
            value = module(value)
        return value


# ---------------------------------------------------------------------- the layer's class
def _own_class(module: Module) -> None:
    """Give the module a class of its own, which properties can be added to."""
    base = type(module)

    def copied(self: Any, memo: Any) -> Any:
        own = type(self)
        made = self.__new__(type(own.__name__, own.__bases__, dict(own.__dict__)))  # a copy's properties are its own, too
        memo[id(self)] = made
        made.__dict__ = copy.deepcopy(self.__dict__, memo)
        return made

    def refused(self: Any) -> Any:
        raise RuntimeError("a parametrized module can't be pickled: save its state_dict")

    body: dict[str, Any] = {"__getstate__": refused}
    if not hasattr(base, "__deepcopy__"):
        body["__deepcopy__"] = copied
    module.__class__ = type(f"Parametrized{base.__name__}", (base,), body)


def _add_property(module: Any, name: str) -> None:
    def get(self: Any) -> Tensor:
        if not _cached["depth"]:
            return self.parametrizations[name]()
        key = (id(self), name)
        if key not in _cache:
            _cache[key] = self.parametrizations[name]()
        return _cache[key]

    def put(self: Any, value: Tensor) -> None:
        self.parametrizations[name].right_inverse(value)

    setattr(type(module), name, property(get, put))


def register_parametrization(module: Any, tensor_name: str, parametrization: Module, *, unsafe: bool = False) -> Any:
    """Let a module compute one of the parameters or buffers of another.

    Parameters
    ----------
    module : Module
    tensor_name : str
        Which parameter or buffer.
    parametrization : Module
        Takes the original to the tensor. Its ``right_inverse``, if there is one, takes a tensor back to an original: it is
        called now, and when the tensor is assigned to. A second parametrization of a tensor works on the result of the first.
    unsafe : bool
        Allow it to change shape and type.

    Returns
    -------
    Module
        The same module.

    Raises
    ------
    ValueError
        If there is no such tensor, or the parametrization changes its shape or type.

    Notes
    -----
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.register_parametrization.html

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.nn.utils import parametrize
    >>> class Symmetric(torch.nn.Module):
    ...     def forward(self, x):
    ...         return x.triu() + x.triu(1).T
    >>> layer = parametrize.register_parametrization(torch.nn.Linear(3, 3), "weight", Symmetric())
    >>> torch.equal(layer.weight, layer.weight.T), [name for name, _ in layer.named_parameters()]
    (True, ['bias', 'parametrizations.weight.original'])
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        own = module.parametrizations[tensor_name]
        if not unsafe:
            before = getattr(module, tensor_name)
            after = parametrization(before)
            if not isinstance(after, Tensor) or after.dtype is not before.dtype or after.shape != before.shape:
                raise ValueError(f"a parametrization of {tensor_name!r} must keep its type and shape unless unsafe=True")
            if hasattr(parametrization, "right_inverse"):
                back = parametrization.right_inverse(after)
                if not isinstance(back, Tensor) or back.dtype is not before.dtype or back.shape != before.shape:
                    raise ValueError(f"the right_inverse for {tensor_name!r} must keep its type and shape unless unsafe=True")
        own.append(parametrization)
        own.unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        table = module._parameters if tensor_name in module._parameters else module._buffers
        made = ParametrizationList([parametrization], table[tensor_name], unsafe=unsafe)
        del table[tensor_name]
        if not is_parametrized(module):
            _own_class(module)
            module.parametrizations = ModuleDict()
        _add_property(module, tensor_name)
        module.parametrizations[tensor_name] = made
    else:
        raise ValueError(f"{type(module).__name__} has no parameter, buffer or parametrized tensor {tensor_name!r}")
    return module


def is_parametrized(module: Any, tensor_name: str | None = None) -> bool:
    """Whether a module, or one of its tensors, is parametrized.

    Parameters
    ----------
    module : Module
    tensor_name : str, optional
        Ask for this tensor only.

    Returns
    -------
    bool
        Whether it is computed from another tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.parametrize.is_parametrized(torch.nn.ReLU())
    False
    """
    own = module._modules.get("parametrizations")
    if not isinstance(own, ModuleDict):
        return False
    return len(own) > 0 if tensor_name is None else tensor_name in own


def remove_parametrizations(module: Any, tensor_name: str, leave_parametrized: bool = True) -> Any:
    """Remove the parametrizations of a tensor, which keeps its current value, or the original.

    Parameters
    ----------
    module : Module
    tensor_name : str
        Which tensor.
    leave_parametrized : bool
        Whether it keeps its current value, or else the original.

    Returns
    -------
    Module
        The same module.

    Raises
    ------
    ValueError
        If the tensor is not parametrized, or there are several originals to choose from.

    Examples
    --------
    >>> from minitorch_bp.nn.utils import parametrize
    >>> import minitorch_bp as torch
    >>> layer = parametrize.register_parametrization(torch.nn.Linear(2, 1), "weight", torch.nn.Tanh())
    >>> parametrize.remove_parametrizations(layer, "weight")
    Linear(in_features=2, out_features=1, bias=True)
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"{type(module).__name__} has no parametrized tensor {tensor_name!r}")
    own = module.parametrizations[tensor_name]
    if own.is_tensor:
        original = own.original
        if leave_parametrized:
            with no_grad():
                original._array = getattr(module, tensor_name)._array.copy()
                bump_version(original)
    elif leave_parametrized:
        value = getattr(module, tensor_name).detach()
        original = Parameter(value) if own.original0.requires_grad else value
    else:
        raise ValueError(
            f"{tensor_name!r} is computed from {own.ntensors} tensors, so it can't be left as it was: leave_parametrized=True"
        )
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    if isinstance(original, Parameter):
        module.register_parameter(tensor_name, original)
    else:
        module.register_buffer(tensor_name, original)
    if not is_parametrized(module):
        del module._modules["parametrizations"]
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Any) -> type:
    """The class that a module had before it was parametrized.

    Parameters
    ----------
    module : Module

    Returns
    -------
    type
        Its class, if it is not parametrized.

    Examples
    --------
    >>> from minitorch_bp.nn.utils import parametrize
    >>> import minitorch_bp as torch
    >>> layer = parametrize.register_parametrization(torch.nn.Linear(2, 1), "weight", torch.nn.Tanh())
    >>> type(layer).__name__, parametrize.type_before_parametrizations(layer).__name__
    ('ParametrizedLinear', 'Linear')
    """
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(from_module: Any, to_module: Any, tensor_name: str | None = None) -> Any:
    """Give another module the parametrizations of one (or of one of its tensors), and the originals' values.

    Parameters
    ----------
    from_module : Module
        It has parametrizations.
    to_module : Module
        It gets them.
    tensor_name : str, optional
        Only those of this tensor.

    Returns
    -------
    Module
        ``to_module``.

    Examples
    --------
    >>> from minitorch_bp.nn.utils import parametrize
    >>> import minitorch_bp as torch
    >>> layer = parametrize.register_parametrization(torch.nn.Linear(2, 1), "weight", torch.nn.Tanh())
    >>> other = parametrize.transfer_parametrizations_and_params(layer, torch.nn.Linear(2, 1))
    >>> torch.equal(other.weight, layer.weight)
    True
    """
    if not is_parametrized(from_module):
        return to_module
    for name in list(from_module.parametrizations) if tensor_name is None else [tensor_name]:
        own = from_module.parametrizations[name]
        if not hasattr(to_module, name):
            to_module.register_parameter(name, Parameter(getattr(from_module, name).detach().clone()))
        for part in own:
            register_parametrization(to_module, name, part)
        theirs = to_module.parametrizations[name]
        for key in ["original"] if own.is_tensor else [f"original{k}" for k in range(own.ntensors)]:
            setattr(theirs, key, getattr(own, key))
    return to_module
