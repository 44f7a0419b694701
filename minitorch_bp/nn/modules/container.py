"""Containers: modules made of modules."""

from __future__ import annotations

import itertools
import operator
import warnings
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from ...core.tensor import Tensor
from .module import Module, _addindent
from .parameter_container import ParameterDict as ParameterDict  # where PyTorch has them
from .parameter_container import ParameterList as ParameterList
from .parameter_container import _Keyed


class Container(Module):
    """A module of named parts; deprecated in PyTorch, too.

    Parameters
    ----------
    **kwargs : Module
        The parts.

    See Also
    --------
    minitorch_bp.nn.ModuleDict : A dictionary of modules.

    Examples
    --------
    >>> import minitorch_bp as torch, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     torch.nn.Container(a=torch.nn.ReLU())
    Container(
      (a): ReLU()
    )
    """

    def __init__(self, **kwargs: Any):
        super().__init__()
        warnings.warn("nn.Container is deprecated: derive a class from nn.Module", DeprecationWarning, stacklevel=2)
        for name, module in kwargs.items():
            self.add_module(name, module)


class _Indexed(Module):
    """What Sequential and ModuleList share: parts named "0", "1", ..."""

    def _position(self, index: Any) -> int:
        n = operator.index(index)
        if not -len(self) <= n < len(self):
            raise IndexError(f"index {n} is out of range: there are {len(self)} modules")
        return n % len(self)

    def _name(self, index: Any) -> str:
        return next(itertools.islice(self._modules, self._position(index), None))

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
        """Add a module at the end.

        Parameters
        ----------
        module : Module

        Returns
        -------
        Sequential or ModuleList
            This container.
        """
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Any) -> Any:
        """Add several modules at the end.

        Parameters
        ----------
        modules : iterable of Modules

        Returns
        -------
        Sequential or ModuleList
            This container.
        """
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Any) -> Any:
        """Insert a module before an index.

        Parameters
        ----------
        index : int
            Negative ones count from the end.
        module : Module

        Returns
        -------
        Sequential or None
            This container, if it is a Sequential.
        """
        count = len(self)
        if isinstance(self, Sequential):
            if not isinstance(module, Module):
                raise AssertionError(f"Sequential.insert: expected a module, but got {type(module).__name__}")
            if not -count <= index <= count:
                raise IndexError(f"Sequential.insert: index {index} is out of range for {count} modules")
        place = len(range(count)[:index])
        unnumbered = [str(k) for k in range(place, count) if str(k) not in self._modules]
        if unnumbered:
            raise KeyError(
                f"{type(self).__name__}.insert: no module has the number {unnumbered[-1]}, only names: {list(self._modules)}"
            )
        for k in range(count, place, -1):
            self._modules[str(k)] = self._modules[str(k - 1)]
        self._modules[str(place)] = module
        return self if isinstance(self, Sequential) else None

    def pop(self, key: Any) -> Any:
        """Remove a module and return it.

        Parameters
        ----------
        key : int or slice
            Its index.

        Returns
        -------
        Module
            What was removed.
        """
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
        if not isinstance(other, Sequential):
            raise ValueError(f"only a Sequential can be added to a Sequential, but got a {type(other).__name__}")
        return Sequential(*self, *other)

    def __mul__(self, times: int) -> Sequential:
        """The modules so many times over: the same modules, not copies."""
        if not isinstance(times, int):
            raise TypeError(f"a Sequential can be repeated so many times, but not multiplied with a {type(times).__name__}")
        if times <= 0:
            raise ValueError(f"a Sequential can't be repeated {times} times")
        return Sequential(*[module for _ in range(times) for module in self])

    __rmul__ = __mul__

    def __imul__(self, times: int) -> Sequential:
        return self.extend((self * times)[len(self) :])  # type: ignore[no-any-return]


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

    def _name(self, index: Any) -> str:
        """The number: what was registered under another name than its number is not in the list, as in PyTorch."""
        return str(self._position(index))

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
                lines.append(f"({places[0]}): " + _addindent(text, 2))
            else:
                lines.append(f"({places[0]}-{places[-1]}): {len(places)} x " + _addindent(text, 2))
        return f"{self._get_name()}(\n  " + "\n  ".join(lines) + "\n)"


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
        """The keys and modules.

        Returns
        -------
        view
            Pairs in order.
        """
        return self._modules.items()

    def values(self) -> Any:
        """The modules.

        Returns
        -------
        view
            In order.
        """
        return self._modules.values()

    def update(self, modules: Any) -> None:
        """Add the modules of a dictionary, or of (name, module) pairs.

        Parameters
        ----------
        modules : dict of str to Module, or iterable of pairs
            A module takes the place of an older one of its name.
        """
        for key, module in modules.items() if hasattr(modules, "items") else modules:
            self[key] = module
