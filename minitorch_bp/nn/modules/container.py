"""Containers: modules made of modules."""

from __future__ import annotations

import itertools
import operator
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any

from ...core.tensor import Tensor
from ..parameter import Parameter
from .module import Module, _indented


class _Indexed(Module):
    """What Sequential and ModuleList share: parts named "0", "1", ..."""

    def _name(self, index: Any) -> str:
        n = operator.index(index)
        if not -len(self) <= n < len(self):
            raise IndexError(f"index {n} is out of range: there are {len(self)} modules")
        return next(itertools.islice(self._modules, n % len(self), None))

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._modules.values())

    def __setitem__(self, index: int, module: Any) -> None:
        setattr(self, self._name(index), module)

    def __delitem__(self, index: Any) -> None:
        names = list(self._modules)[index] if isinstance(index, slice) else [self._name(index)]
        for name in names:
            del self._modules[name]
        self._renumber(list(self._modules.values()))

    def _renumber(self, modules: list[Any]) -> None:
        self._modules.clear()
        for k, module in enumerate(modules):
            self._modules[str(k)] = module

    def append(self, module: Any) -> Any:
        """Add a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Any) -> Any:
        """Add several modules at the end."""
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Any) -> Any:
        """Insert a module before an index."""
        modules = list(self._modules.values())
        if isinstance(self, Sequential):
            if not isinstance(module, Module):
                raise AssertionError(f"Sequential.insert: expected a module, but got {type(module).__name__}")
            if not -len(modules) <= index <= len(modules):
                raise IndexError(f"Sequential.insert: index {index} is out of range for {len(modules)} modules")
        modules.insert(index, module)
        self._renumber(modules)
        return self

    def pop(self, key: Any) -> Any:
        """Remove a module and return it."""
        module = self[key]  # type: ignore[index]
        del self[key]
        return module


class Sequential(_Indexed):
    """Modules called one after the other, each on the output of the one before.

    Parameters
    ----------
    *args : Module
        The parts in order, which are named "0", "1", ...; or one ``OrderedDict`` of names and modules.

    See Also
    --------
    minitorch_bp.nn.ModuleList : Holds modules without calling them.

    Examples
    --------
    >>> from minitorch_bp import nn
    >>> nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): ReLU()
    )
    """

    def __init__(self, *args: Any):
        super().__init__()
        if len(args) == 1 and isinstance(args[0], OrderedDict):
            for name, module in args[0].items():
                self.add_module(name, module)
        else:
            for k, module in enumerate(args):
                self.add_module(str(k), module)

    def forward(self, input: Any) -> Tensor:
        """Run the parts in order.

        Parameters
        ----------
        input : any
            What the first part takes.

        Returns
        -------
        any
            What the last part returns.
        """
        for module in self._modules.values():
            input = module(input)  # type: ignore[misc]
        return input

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(OrderedDict(list(self._modules.items())[index]))
        return self._modules[self._name(index)]

    def __add__(self, other: Any) -> Sequential:
        return Sequential(*self, *other)


class ModuleList(_Indexed):
    """A list of modules, whose parameters are registered.

    Parameters
    ----------
    modules : iterable of Module, optional

    See Also
    --------
    minitorch_bp.nn.Sequential : Also calls them one after the other.
    minitorch_bp.nn.ModuleDict : By name.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp import nn
    >>> len(nn.ModuleList([nn.Linear(2, 2) for _ in range(3)]))
    3
    """

    def __init__(self, modules: Any = None):
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(list(self._modules.values())[index])
        return self._modules[self._name(index)]

    def __add__(self, other: Any) -> ModuleList:
        return ModuleList([*self, *other])

    def __iadd__(self, other: Any) -> Any:
        return self.extend(other)

    def __repr__(self) -> str:
        """Runs of equal modules are printed once, as ``(0-2): 3 x Linear(...)``."""
        texts = [repr(m) for m in self]
        if not texts:
            return f"{self._get_name()}()"
        lines = []
        for text, group in itertools.groupby(enumerate(texts), key=lambda pair: pair[1]):
            places = [k for k, _ in group]
            if len(places) == 1:
                lines.append(f"({places[0]}): " + _indented(text))
            else:
                lines.append(f"({places[0]}-{places[-1]}): {len(places)} x " + _indented(text))
        return f"{self._get_name()}(\n  " + "\n  ".join(lines) + "\n)"


class _Keyed(Module):
    """What ModuleDict and ParameterDict share: a dictionary, ``_keys``, has the names of the parts in order."""

    _keys: Any

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def keys(self) -> Any:
        """The keys."""
        return self._keys.keys()

    def clear(self) -> None:
        """Remove all entries."""
        for key in list(self._keys):
            del self[key]  # type: ignore[attr-defined]

    def pop(self, key: str) -> Any:
        """Remove an entry and return its value."""
        value = self[key]  # type: ignore[index]
        del self[key]  # type: ignore[attr-defined]
        return value


class ModuleDict(_Keyed):
    """A dictionary of modules, whose parameters are registered.

    Parameters
    ----------
    modules : dict of str to Module, optional
        Or (name, module) pairs.

    See Also
    --------
    minitorch_bp.nn.ModuleList : By number.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp import nn
    >>> list(nn.ModuleDict({"relu": nn.ReLU()}).keys())
    ['relu']
    """

    def __init__(self, modules: Any = None):
        super().__init__()
        if modules is not None:
            self.update(modules)

    @property
    def _keys(self) -> Any:
        return self._modules

    def __getitem__(self, key: str) -> Any:
        return self._modules[key]

    def __setitem__(self, key: str, module: Any) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def items(self) -> Any:
        """The keys and modules."""
        return self._modules.items()

    def values(self) -> Any:
        """The modules."""
        return self._modules.values()

    def update(self, modules: Any) -> None:
        """Add the modules of a dictionary, or of (name, module) pairs."""
        for key, module in modules.items() if hasattr(modules, "items") else modules:
            self[key] = module


def _shown(value: Any, tensor_type: Any) -> str:
    """How ParameterList and ParameterDict print one of their values."""
    if not isinstance(value, Tensor):
        return f"Object of type: {type(value).__name__}"
    size = "x".join(str(n) for n in value.shape)
    return f"{'Parameter' if isinstance(value, Parameter) else 'Tensor'} containing: [{tensor_type(value)} of size {size}]"


class _OfParameters(Module):
    """What ParameterList and ParameterDict share: tensors are made parameters, anything else is kept as it is."""

    def _store(self, name: str, value: Any) -> None:
        if isinstance(value, Tensor) and not isinstance(value, Parameter):
            value = Parameter(value)
        setattr(self, name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f"a {type(self).__name__} can't be called")


class ParameterList(_OfParameters):
    """A list of parameters, which are registered.

    Parameters
    ----------
    values : iterable, optional
        Tensors become parameters; anything else is kept as it is.

    See Also
    --------
    minitorch_bp.nn.ParameterDict : By name.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp import nn
    >>> weights = nn.ParameterList([torch.zeros(2), torch.ones(3)])
    >>> len(weights), [name for name, _ in weights.named_parameters()]
    (2, ['0', '1'])
    """

    def __init__(self, values: Any = None):
        super().__init__()
        self._size = 0
        if values is not None:
            self += values

    def _place(self, index: Any) -> str:
        n = operator.index(index)
        if not -len(self) <= n < len(self):
            raise IndexError(f"index {n} is out of range: there are {len(self)} parameters")
        return str(n % len(self))

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(getattr(self, str(k)) for k in range(*index.indices(len(self))))
        return getattr(self, self._place(index))

    def __setitem__(self, index: int, value: Any) -> None:
        self._store(self._place(index), value)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Any]:
        return iter([getattr(self, str(k)) for k in range(len(self))])

    def __iadd__(self, values: Any) -> Any:
        return self.extend(values)

    def __dir__(self) -> list[str]:
        return [key for key in super().__dir__() if not key.isdigit()]

    def append(self, value: Any) -> Any:
        """Add a value at the end."""
        self._store(str(self._size), value)
        self._size += 1
        return self

    def extend(self, values: Any) -> Any:
        """Add several values at the end."""
        if not isinstance(values, (Iterable, type(self))) or isinstance(values, Tensor):
            raise TypeError(f"ParameterList.extend takes several values, but got {type(values).__name__}")
        for value in values:
            self.append(value)
        return self

    def extra_repr(self) -> str:
        return "\n".join(f"  ({k}): " + _shown(value, lambda t: t.dtype) for k, value in enumerate(self))


class ParameterDict(_OfParameters, _Keyed):
    """A dictionary of parameters, which are registered.

    Parameters
    ----------
    parameters : dict of str to Tensor, optional
        Or (name, tensor) pairs. Tensors become parameters; anything else is kept as it is.

    See Also
    --------
    minitorch_bp.nn.ParameterList : By number.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp import nn
    >>> weights = nn.ParameterDict({"left": torch.zeros(2)})
    >>> weights["left"]
    Parameter containing:
    tensor([0., 0.], requires_grad=True)
    """

    def __init__(self, parameters: Any = None):
        super().__init__()
        self._keys: dict[str, None] = {}
        if parameters is not None:
            self.update(parameters)

    def _name(self, key: Any) -> str:
        if not isinstance(key, str):
            raise TypeError(f"the keys of a ParameterDict are strings, but got {key!r}")
        return key

    def __getitem__(self, key: str) -> Any:
        return getattr(self, self._name(key))

    def __setitem__(self, key: str, value: Any) -> None:
        self._store(self._name(key), value)
        self._keys[key] = None

    def __delitem__(self, key: str) -> None:
        del self._keys[key]
        delattr(self, key)

    def __reversed__(self) -> Iterator[str]:
        return reversed(list(self._keys))

    def __or__(self, other: Any) -> ParameterDict:
        joined = self.copy()
        joined.update(other)
        return joined

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def copy(self) -> ParameterDict:
        """A dictionary of the same parameters."""
        return ParameterDict(OrderedDict(self.items()))

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """The value of a key, which is added if it is not there."""
        if key not in self:
            self[key] = default
        return self[key]

    def get(self, key: Any, default: Any = None) -> Any:
        """The value of a key, or the default."""
        return self[key] if key in self._keys else default

    def popitem(self) -> tuple[str, Any]:
        """Remove the last value and return it with its key."""
        key = next(reversed(self))
        return key, self.pop(key)

    def fromkeys(self, keys: Any, default: Any = None) -> ParameterDict:
        """A new dictionary with these keys and one value."""
        return ParameterDict((key, default) for key in keys)

    def items(self) -> Any:
        """The keys and values."""
        return ((key, self[key]) for key in self._keys)

    def values(self) -> Any:
        """The values."""
        return (self[key] for key in self._keys)

    def update(self, parameters: Any) -> None:
        """Add the values of a dictionary, or of (name, value) pairs."""
        if not hasattr(parameters, "items") and not isinstance(parameters, Iterable):
            raise TypeError(f"ParameterDict.update takes a dictionary or pairs, but got {type(parameters).__name__}")
        pairs = parameters.items() if hasattr(parameters, "items") else parameters
        plain = hasattr(parameters, "items") and not isinstance(parameters, (OrderedDict, ParameterDict))
        for key, value in sorted(pairs) if plain else pairs:
            self[key] = value

    def extra_repr(self) -> str:
        return "\n".join(f"  ({key}): " + _shown(value, lambda t: t.type()) for key, value in self.items())
