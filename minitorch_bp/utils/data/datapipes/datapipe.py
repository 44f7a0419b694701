"""The two kinds of data pipes, and batches."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from ..dataset import Dataset, IterableDataset

_T = TypeVar("_T", covariant=True)


class _Steps:
    """What both kinds share: the steps as methods."""

    functions: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        step = type(self).functions.get(name)
        if step is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return functools.partial(step, self)

    @classmethod
    def register_datapipe_as_function(cls, function_name: str, cls_to_register: Any) -> None:
        """Make a class a method of all data pipes of the kind.

        Parameters
        ----------
        function_name : str
        cls_to_register : type

        Raises
        ------
        Exception
            If there is such a method.
        """
        if function_name in cls.functions:
            raise Exception(f"there is a step {function_name!r} already: {cls.functions[function_name].__name__}")
        cls.functions[function_name] = cls_to_register

    def __repr__(self) -> str:
        return type(self).__name__


class IterDataPipe(_Steps, IterableDataset[_T]):
    """A data set that is gone through, with steps as methods.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.utils.data.datapipes.iter import IterableWrapper
    >>> list(IterableWrapper(range(6)).filter(lambda n: n % 2 == 0).map(lambda n: n * n).batch(2))
    [[0, 4], [16]]
    """

    functions = {}  # noqa: RUF012

    def __iter__(self) -> Iterator[_T]:
        raise TypeError(f"{type(self).__name__} has no __iter__: define it in the class")

    def __len__(self) -> int:
        raise TypeError(f"{type(self).__name__} has no length")


class MapDataPipe(_Steps, Dataset[_T]):
    """A data set with places, and with steps as methods.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.utils.data.datapipes.map import SequenceWrapper
    >>> SequenceWrapper([1, 2, 3]).map(lambda n: 10 * n)[1]
    20
    """

    functions = {}  # noqa: RUF012


class DataChunk(list[Any]):
    """A batch: a list, which can also be gone through as if its batches were not divided.

    Parameters
    ----------
    items : iterable

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> list(torch.utils.data.DataChunk([1, [2, 3]]).raw_iterator())
    [1, [2, 3]]
    """

    def __init__(self, items: Iterable[Any]):
        items = list(items)
        super().__init__(items)
        self.items = items

    def raw_iterator(self) -> Iterator[Any]:
        """The elements.

        Returns
        -------
        iterator
            Over the elements.
        """
        return iter(self.items)

    def as_str(self, indent: str = "") -> str:
        """The elements as a text.

        Parameters
        ----------
        indent : str
            What the text begins with.

        Returns
        -------
        str
            In brackets.
        """
        return f"{indent}[{', '.join(map(str, self))}]"


class DFIterDataPipe(IterDataPipe[Any]):
    """A data pipe of tables.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> issubclass(torch.utils.data.DFIterDataPipe, torch.utils.data.IterDataPipe)
    True
    """
