"""Datasets: what a loader takes its elements from.

There are two kinds. A *map-style* dataset is anything with ``len`` and indexing, a list as well as a :class:`Dataset`. An
:class:`IterableDataset` is only iterated over. The rest of the file makes datasets out of others.
"""

from __future__ import annotations

import bisect
import itertools
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ...core.random import default_generator
from ...ops.random.draw import randperm

if TYPE_CHECKING:
    from ...core.random import Generator
    from ...core.tensor import Tensor

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Dataset(Generic[T_co]):
    """Base class of map-style datasets: define ``__getitem__`` (and ``__len__``).

    A loader that finds a method ``__getitems__`` calls it with all indices of a batch, and expects a list of elements.

    Raises
    ------
    NotImplementedError
        When it is indexed, if the subclass does not define ``__getitem__``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> class Squares(torch.utils.data.Dataset):
    ...     def __len__(self):
    ...         return 3
    ...     def __getitem__(self, i):
    ...         return i * i
    >>> [Squares()[i] for i in range(3)]
    [0, 1, 4]
    """

    def __getitem__(self, index: Any, /) -> T_co:
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__")

    def __add__(self, other: Dataset[T_co]) -> Dataset[T_co]:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T_co], Iterable[T_co]):
    """Base class of datasets that are only iterated over: define ``__iter__`` (and ``__len__``, if it is known).

    Every worker process iterates over its own copy, so without further ado every element comes once from each worker.
    :func:`get_worker_info` tells a copy which one it is, so that it can take its share.

    Raises
    ------
    TypeError
        When it is made, if the subclass does not define ``__iter__``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> class Count(torch.utils.data.IterableDataset):
    ...     def __iter__(self):
    ...         worker = torch.utils.data.get_worker_info()
    ...         start, step = (worker.id, worker.num_workers) if worker else (0, 1)
    ...         return iter(range(start, 6, step))
    >>> list(torch.utils.data.DataLoader(Count(), batch_size=3))
    [tensor([0, 1, 2]), tensor([3, 4, 5])]
    """

    def __add__(self, other: Dataset[T_co]) -> Dataset[T_co]:
        return ChainDataset([self, other])


class TensorDataset(Dataset["tuple[Tensor, ...]"]):
    """Tensors of one length, indexed together.

    Parameters
    ----------
    *tensors : Tensor of shape (N, ...)

    Raises
    ------
    AssertionError
        If the first dimensions differ.
    IndexError
        If a tensor has no dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils.data.TensorDataset(torch.arange(3), torch.arange(3) * 2)[1]
    (tensor(1), tensor(2))
    """

    tensors: tuple[Tensor, ...]

    def __init__(self, *tensors: Tensor):
        lengths = [t.size(0) for t in tensors]
        if len(set(lengths)) > 1:
            raise AssertionError(f"the first dimensions of the tensors must be equal, but are {lengths}")
        self.tensors = tensors

    def __getitem__(self, index: Any, /) -> tuple[Tensor, ...]:
        return tuple(t[index] for t in self.tensors)

    def __len__(self) -> int:
        return self.tensors[0].size(0)


class StackDataset(Dataset[Any]):
    """Datasets of one length side by side: an element is a tuple (or a dictionary) of theirs.

    Parameters
    ----------
    *args : datasets
        An element is a tuple.
    **kwargs : datasets
        An element is a dictionary with these names.

    Raises
    ------
    ValueError
        If there is none, or both kinds of arguments are given, or the lengths differ.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils.data.StackDataset(x=range(3), y="abc")[1]
    {'x': 1, 'y': 'b'}
    """

    datasets: Any

    def __init__(self, *args: Any, **kwargs: Any):
        if bool(args) == bool(kwargs):
            raise ValueError("StackDataset takes datasets either as arguments or by name, and at least one")
        self.datasets = args or kwargs
        lengths = {len(d) for d in (args or kwargs.values())}
        if len(lengths) > 1:
            raise ValueError(f"all datasets must have one length, but have {sorted(lengths)}")
        self._length = lengths.pop()

    def __getitem__(self, index: Any, /) -> Any:
        if isinstance(self.datasets, dict):
            return {name: d[index] for name, d in self.datasets.items()}
        return tuple(d[index] for d in self.datasets)

    def __getitems__(self, indices: list[Any]) -> list[Any]:
        if isinstance(self.datasets, dict):
            columns = [_elements(d, indices) for d in self.datasets.values()]
            return [dict(zip(self.datasets, row, strict=True)) for row in zip(*columns, strict=True)]
        return list(zip(*(_elements(d, indices) for d in self.datasets), strict=True))

    def __len__(self) -> int:
        return self._length


def _elements(dataset: Any, indices: list[Any]) -> list[Any]:
    """The elements at some indices, by one call if the dataset can; ValueError if that call returns too few or too many."""
    if not callable(getattr(dataset, "__getitems__", None)):
        return [dataset[i] for i in indices]
    elements = dataset.__getitems__(indices)
    if len(elements) != len(indices):
        raise ValueError(
            f"__getitems__ of {type(dataset).__name__} got {len(indices)} indices and returned {len(elements)} elements"
        )
    return elements


class ChainDataset(IterableDataset[Any]):
    """Iterable datasets, one after the other; ``a + b`` makes one.

    Parameters
    ----------
    datasets : iterable of IterableDataset

    Raises
    ------
    AssertionError
        When it is used, if one of them is not an IterableDataset.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> class Count(torch.utils.data.IterableDataset):
    ...     def __iter__(self):
    ...         return iter(range(3))
    >>> list(Count() + Count())
    [0, 1, 2, 0, 1, 2]
    """

    def __init__(self, datasets: Iterable[Any]):
        super().__init__()
        self.datasets = datasets

    def _checked(self) -> Iterator[Any]:
        for d in self.datasets:
            if not isinstance(d, IterableDataset):
                raise AssertionError(f"ChainDataset chains IterableDatasets, but one is a {type(d).__name__}; see ConcatDataset")
            yield d

    def __iter__(self) -> Iterator[Any]:
        for d in self._checked():
            yield from d

    def __len__(self) -> int:
        return sum(len(d) for d in self._checked())


class ConcatDataset(Dataset[T_co]):
    """Several datasets, one after the other; ``a + b`` makes one.

    Parameters
    ----------
    datasets : iterable of map-style datasets

    Raises
    ------
    AssertionError
        If there is none, or one is an IterableDataset.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> both = torch.utils.data.ConcatDataset([range(3), "ab"])
    >>> len(both), both[2], both[3], both[-1]
    (5, 2, 'a', 'b')
    """

    datasets: list[Any]
    cumulative_sizes: list[int]

    def __init__(self, datasets: Iterable[Any]):
        self.datasets = list(datasets)
        if not self.datasets:
            raise AssertionError("ConcatDataset needs at least one dataset")
        if any(isinstance(d, IterableDataset) for d in self.datasets):
            raise AssertionError(
                "ConcatDataset needs datasets that can be indexed, but one is an IterableDataset; see ChainDataset"
            )
        self.cumulative_sizes = list(itertools.accumulate(len(d) for d in self.datasets))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, index: int, /) -> T_co:
        total = len(self)
        if index < -total:
            raise ValueError(f"index {index} is out of range for a dataset of length {total}")
        if index >= total:
            raise IndexError(f"index {index} is out of range for a dataset of length {total}")  # ends a loop over the elements
        index = index + total if index < 0 else index
        k = bisect.bisect_right(self.cumulative_sizes, index)
        return self.datasets[k][index - (self.cumulative_sizes[k - 1] if k else 0)]


class Subset(Dataset[T_co]):
    """Some elements of a dataset, by index.

    Parameters
    ----------
    dataset : map-style dataset
    indices : sequence of int

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> list(torch.utils.data.Subset("abcdef", [0, 2, 4]))
    ['a', 'c', 'e']
    """

    dataset: Any
    indices: Sequence[int]

    def __init__(self, dataset: Dataset[T_co] | Sequence[T_co], indices: Sequence[int]):
        self.dataset = dataset
        self.indices = indices

    def __getitem__(self, index: Any, /) -> T_co:
        if isinstance(index, list):
            return self.dataset[[self.indices[i] for i in index]]
        return self.dataset[self.indices[index]]

    def __getitems__(self, indices: list[int]) -> list[T_co]:
        inner = [self.indices[i] for i in indices]
        if callable(getattr(self.dataset, "__getitems__", None)):
            return self.dataset.__getitems__(inner)
        return [self.dataset[i] for i in inner]

    def __len__(self) -> int:
        return len(self.indices)


def random_split(
    dataset: Dataset[T] | Sequence[T], lengths: Sequence[int | float], generator: Generator | None = default_generator
) -> list[Subset[T]]:
    """Disjoint random parts, of given lengths or of given fractions.

    Fractions are rounded down, and what is left over goes one by one to the parts, from the first on.

    Parameters
    ----------
    dataset : map-style dataset
    lengths : sequence of int, or of float with sum 1
    generator : Generator, optional
        Default: the default one.

    Returns
    -------
    list of Subset
        One for each length.

    Raises
    ------
    ValueError
        If the lengths do not add up, or a fraction does not lie between 0 and 1.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> [len(p) for p in torch.utils.data.random_split(range(10), [0.7, 0.3])]
    [7, 3]
    """
    source: Any = dataset  # a Dataset need not have a length, one that is split must
    total = len(source)
    sizes: list[Any] = list(lengths)
    if math.isclose(sum(sizes), 1) and sum(sizes) <= 1:
        for share in sizes:
            if not 0 <= share <= 1:
                raise ValueError(f"a fraction must lie between 0 and 1, but got {share}")
        sizes = [math.floor(total * share) for share in sizes]
        for k in range(total - sum(sizes)):
            sizes[k % len(sizes)] += 1
        for k, n in enumerate(sizes):
            if n == 0:
                warnings.warn(f"part {k} of the split is empty", stacklevel=2)
    if sum(sizes) != total:
        raise ValueError(f"the lengths {sizes} must add up to the dataset's length, {total}")
    order = randperm(total, generator=generator).tolist()
    ends = list(itertools.accumulate(sizes))
    return [Subset(dataset, order[end - n : end]) for end, n in zip(ends, sizes, strict=True)]
