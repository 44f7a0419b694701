"""Containers of parameters: a list, and a dictionary."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any

from ...core.tensor import Tensor
from ..parameter import Parameter
from .module import Module


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
        """The keys.

        Returns
        -------
        view
            In order.
        """
        return self._keys.keys()

    def clear(self) -> None:
        """Remove all entries."""
        for key in list(self._keys):
            del self[key]  # type: ignore[attr-defined]

    def pop(self, key: str) -> Any:
        """Remove an entry and return its value.

        Parameters
        ----------
        key : str

        Returns
        -------
        Module or Parameter
            What was removed.
        """
        value = self[key]  # type: ignore[index]
        del self[key]  # type: ignore[attr-defined]
        return value


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
        """Add a value at the end.

        Parameters
        ----------
        value : Tensor or any
            A tensor becomes a parameter.

        Returns
        -------
        ParameterList
            This list.
        """
        self._store(str(self._size), value)
        self._size += 1
        return self

    def extend(self, values: Any) -> Any:
        """Add several values at the end.

        Parameters
        ----------
        values : iterable
            Tensors become parameters.

        Returns
        -------
        ParameterList
            This list.

        Raises
        ------
        TypeError
            If it is not iterable, or one tensor.
        """
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
        """A dictionary of the same parameters.

        Returns
        -------
        ParameterDict
            The copy.
        """
        return ParameterDict(OrderedDict(self.items()))

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """The value of a key, which is added if it is not there.

        Parameters
        ----------
        key : str
        default : any
            What is added.

        Returns
        -------
        any
            The value.
        """
        if key not in self:
            self[key] = default
        return self[key]

    def get(self, key: Any, default: Any = None) -> Any:
        """The value of a key, or the default.

        Parameters
        ----------
        key : str
        default : any
            What is returned where there is no such key.

        Returns
        -------
        any
            The value.
        """
        return self[key] if key in self._keys else default

    def popitem(self) -> tuple[str, Any]:
        """Remove the last value and return it with its key.

        Returns
        -------
        (str, any)
            Key and value.
        """
        key = next(reversed(self))
        return key, self.pop(key)

    def fromkeys(self, keys: Any, default: Any = None) -> ParameterDict:
        """A new dictionary with these keys and one value.

        Parameters
        ----------
        keys : iterable of str
        default : any
            The value of all of them.

        Returns
        -------
        ParameterDict
            The new dictionary.
        """
        return ParameterDict((key, default) for key in keys)

    def items(self) -> Any:
        """The keys and values.

        Returns
        -------
        iterator
            Pairs in order.
        """
        return ((key, self[key]) for key in self._keys)

    def values(self) -> Any:
        """The values.

        Returns
        -------
        iterator
            In order.
        """
        return (self[key] for key in self._keys)

    def update(self, parameters: Any) -> None:
        """Add the values of a dictionary, or of (name, value) pairs.

        Parameters
        ----------
        parameters : dict of str to Tensor, or iterable of pairs
            Tensors become parameters.

        Raises
        ------
        TypeError
            For anything else.
        """
        if not hasattr(parameters, "items") and not isinstance(parameters, Iterable):
            raise TypeError(f"ParameterDict.update takes a dictionary or pairs, but got {type(parameters).__name__}")
        pairs = parameters.items() if hasattr(parameters, "items") else parameters
        plain = hasattr(parameters, "items") and not isinstance(parameters, (OrderedDict, ParameterDict))
        for key, value in sorted(pairs) if plain else pairs:
            self[key] = value

    def extra_repr(self) -> str:
        return "\n".join(f"  ({key}): " + _shown(value, lambda t: t.type()) for key, value in self.items())
