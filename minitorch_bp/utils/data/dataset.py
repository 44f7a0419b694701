"""Datasets: anything with ``len`` and indexing."""

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
    """Base class: define ``__getitem__`` (and ``__len__``).

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


class IterableDataset(Dataset[T_co]):
    """Base class of datasets that are only iterated over: define ``__iter__``."""

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError(f"{type(self).__name__} must define __iter__")

    def __add__(self, other: Dataset[T_co]) -> Dataset[T_co]:
        return ChainDataset([self, other])


class TensorDataset(Dataset["tuple[Tensor, ...]"]):
    """Tensors of one length, indexed together.

    Raises
    ------
    AssertionError
        If the first dimensions differ.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils.data.TensorDataset(torch.arange(3), torch.arange(3) * 2)[1]
    (tensor(1), tensor(2))
    """

    def __init__(self, *tensors: Tensor):
        if any(len(t) != len(tensors[0]) for t in tensors):
            raise AssertionError(f"all tensors must have one length, but have {[len(t) for t in tensors]}")
        self.tensors = tensors

    def __getitem__(self, index: Any, /) -> tuple[Tensor, ...]:
        return tuple(t[index] for t in self.tensors)

    def __len__(self) -> int:
        return len(self.tensors[0])


class StackDataset(Dataset[Any]):
    """Datasets of one length side by side: an element is a tuple (or a dictionary) of theirs.

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

    def __init__(self, *args: Any, **kwargs: Any):
        if bool(args) == bool(kwargs):
            raise ValueError("StackDataset takes datasets either as arguments or by name, and at least one")
        self.datasets: Any = args or kwargs
        lengths = {len(d) for d in (args or kwargs.values())}
        if len(lengths) > 1:
            raise ValueError(f"all datasets must have one length, but have {sorted(lengths)}")
        self._length = lengths.pop()

    def __getitem__(self, index: Any, /) -> Any:
        if isinstance(self.datasets, dict):
            return {name: d[index] for name, d in self.datasets.items()}
        return tuple(d[index] for d in self.datasets)

    def __len__(self) -> int:
        return self._length


class ChainDataset(IterableDataset[Any]):
    """Iterable datasets, one after the other."""

    def __init__(self, datasets: Iterable[Any]):
        super().__init__()
        self.datasets = datasets

    def __iter__(self) -> Iterator[Any]:
        for d in self.datasets:
            yield from d

    def __len__(self) -> int:
        return sum(len(d) for d in self.datasets)


class ConcatDataset(Dataset[T_co]):
    """Several datasets, one after the other."""

    def __init__(self, datasets: Iterable[Any]):
        self.datasets = list(datasets)
        if not self.datasets:
            raise AssertionError("ConcatDataset needs at least one dataset")
        self.cumulative_sizes = list(itertools.accumulate(len(d) for d in self.datasets))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, index: int, /) -> T_co:
        index = index + len(self) if index < 0 else index
        if not 0 <= index < len(self):
            raise ValueError(f"index {index} is out of range for a dataset of length {len(self)}")
        k = bisect.bisect_right(self.cumulative_sizes, index)
        return self.datasets[k][index - (self.cumulative_sizes[k - 1] if k else 0)]


class Subset(Dataset[T_co]):
    """Some elements of a dataset, by index."""

    def __init__(self, dataset: Dataset[T_co] | Sequence[T_co], indices: Sequence[int]):
        self.dataset: Any = dataset
        self.indices = indices

    def __getitem__(self, index: Any, /) -> T_co:
        if isinstance(index, list):
            return self.dataset[[self.indices[i] for i in index]]
        return self.dataset[self.indices[index]]

    def __len__(self) -> int:
        return len(self.indices)


def random_split(
    dataset: Dataset[T] | Sequence[T], lengths: Sequence[int | float], generator: Generator = default_generator
) -> list[Subset[T]]:
    """Disjoint random parts, of given lengths or of given fractions.

    Raises
    ------
    ValueError
        If the lengths do not add up.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> [len(p) for p in torch.utils.data.random_split(range(10), [0.7, 0.3])]
    [7, 3]
    """
    source: Any = dataset  # a Dataset need not have a length, one that is split must
    total = len(source)
    lengths = list(lengths)
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        for share in lengths:
            if not 0 <= share <= 1:
                raise ValueError(f"a fraction must lie between 0 and 1, but got {share}")
        sizes = [math.floor(total * share) for share in lengths]
        for k in range(total - sum(sizes)):
            sizes[k % len(sizes)] += 1
        lengths = sizes
        for k, n in enumerate(lengths):
            if n == 0:
                warnings.warn(f"part {k} of the split is empty", stacklevel=2)
    if sum(lengths) != total:
        raise ValueError(f"the lengths {lengths} must add up to the dataset's length, {total}")
    order = randperm(total, generator=generator).tolist()
    ends = list(itertools.accumulate(lengths))
    return [Subset(dataset, order[end - n : end]) for end, n in zip(ends, lengths, strict=True)]
