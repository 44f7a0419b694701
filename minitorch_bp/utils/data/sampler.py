"""Samplers: the order in which a loader asks for elements.

Without a generator of its own, a random sampler seeds one from the default generator, as PyTorch does; so the orders are
the same under the same seed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic

import numpy as np

from ...core.dtype import float64
from ...core.random import Generator, default_generator
from ...ops.creation import as_tensor
from ...ops.random.draw import multinomial
from .dataset import T_co

if TYPE_CHECKING:
    from ...core.tensor import Tensor


class Sampler(Generic[T_co]):
    """Base class: define ``__iter__``, which yields indices (and ``__len__``).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> class Backwards(torch.utils.data.Sampler):
    ...     def __init__(self, n):
    ...         self.n = n
    ...     def __iter__(self):
    ...         return iter(range(self.n - 1, -1, -1))
    >>> list(torch.utils.data.DataLoader("abc", batch_size=None, sampler=Backwards(3)))
    ['c', 'b', 'a']
    """

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError(f"{type(self).__name__} must define __iter__")


class SequentialSampler(Sampler[int]):
    """0, 1, 2, ...

    Parameters
    ----------
    data_source : map-style dataset

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> list(torch.utils.data.SequentialSampler("abc"))
    [0, 1, 2]
    """

    def __init__(self, data_source: Any):
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


def draw_seed(generator: Any = None) -> int:
    """A 63-bit seed from a generator: one ``random_()`` on int64."""
    return int((generator or default_generator).any_integers(1, np.dtype(np.int64))[0])


class RandomSampler(Sampler[int]):
    """A random order, or random draws with replacement.

    Parameters
    ----------
    data_source : map-style dataset
    replacement : bool
        Whether an element may be drawn again before all others have been.
    num_samples : int, optional
        Default: the dataset's length. Without replacement, more are taken from further random orders.
    generator : Generator, optional
        Default: one with a seed from the default generator, for every pass.

    Raises
    ------
    TypeError
        If ``replacement`` is not a bool.
    ValueError
        If ``num_samples``, or the dataset's length in its place, is not a positive int.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> sorted(torch.utils.data.RandomSampler("abc"))
    [0, 1, 2]
    """

    def __init__(
        self, data_source: Any, replacement: bool = False, num_samples: int | None = None, generator: Generator | None = None
    ):
        if not isinstance(replacement, bool):
            raise TypeError(f"replacement must be a bool, but got {replacement!r}")
        self.data_source, self.replacement, self._num_samples, self.generator = data_source, replacement, num_samples, generator
        if not isinstance(self.num_samples, int) or self.num_samples <= 0:
            raise ValueError(f"num_samples must be a positive int, but is {self.num_samples!r}")

    @property
    def num_samples(self) -> int:
        """How many indices an iteration yields."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        n = len(self.data_source)
        generator = self.generator or Generator().manual_seed(draw_seed())
        if self.replacement:
            for start in range(0, self.num_samples, 32):
                yield from generator.integers(min(32, self.num_samples - start), 0, n).tolist()
        else:
            for _ in range(self.num_samples // n):
                yield from generator.permutation(n).tolist()
            yield from generator.permutation(n).tolist()[: self.num_samples % n]

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """Given indices, in random order.

    Parameters
    ----------
    indices : sequence of int
    generator : Generator, optional
        Default: the default one.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> sorted(torch.utils.data.SubsetRandomSampler([2, 4, 6]))
    [2, 4, 6]
    """

    def __init__(self, indices: Sequence[int], generator: Generator | None = None):
        self.indices, self.generator = indices, generator

    def __iter__(self) -> Iterator[int]:
        for k in (self.generator or default_generator).permutation(len(self.indices)).tolist():
            yield self.indices[k]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """Indices drawn in proportion to weights: what balances classes of different sizes.

    Parameters
    ----------
    weights : sequence of float
        One for each element; they need not add up to 1.
    num_samples : int
    replacement : bool
    generator : Generator, optional
        Default: the default one.

    Raises
    ------
    ValueError
        If the weights are not a sequence, ``num_samples`` is not a positive int, or ``replacement`` is not a bool.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> list(torch.utils.data.WeightedRandomSampler([0.0, 1.0], 3))
    [1, 1, 1]
    """

    def __init__(
        self,
        weights: Sequence[float] | Tensor,
        num_samples: int,
        replacement: bool = True,
        generator: Generator | None = None,
    ):
        if not isinstance(num_samples, int) or isinstance(num_samples, bool) or num_samples <= 0:
            raise ValueError(f"num_samples must be a positive int, but got {num_samples!r}")
        if not isinstance(replacement, bool):
            raise ValueError(f"replacement must be a bool, but got {replacement!r}")
        self.weights = as_tensor(weights, dtype=float64)
        if self.weights.ndim != 1:
            raise ValueError(f"the weights must be a sequence of numbers, but have {self.weights.ndim} dimensions")
        self.num_samples, self.replacement, self.generator = num_samples, replacement, generator

    def __iter__(self) -> Iterator[int]:
        drawn = multinomial(self.weights, self.num_samples, self.replacement, generator=self.generator)
        yield from drawn.tolist()

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[int]]):
    """Lists of ``batch_size`` indices from another sampler.

    Parameters
    ----------
    sampler : Sampler, or another iterable
    batch_size : int
    drop_last : bool
        Leave out a last batch that is too small.

    Raises
    ------
    ValueError
        If ``batch_size`` is not a positive int, or ``drop_last`` is not a bool.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> list(torch.utils.data.BatchSampler(range(5), 2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, sampler: Iterable[Any], batch_size: int, drop_last: bool):
        if not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size <= 0:
            raise ValueError(f"batch_size must be a positive int, but got {batch_size!r}")
        if not isinstance(drop_last, bool):
            raise ValueError(f"drop_last must be a bool, but got {drop_last!r}")
        self.sampler: Any = sampler
        self.batch_size, self.drop_last = batch_size, drop_last

    def __iter__(self) -> Iterator[list[int]]:
        indices = iter(self.sampler)
        while batch := list(itertools.islice(indices, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def __len__(self) -> int:
        n = len(self.sampler)
        return n // self.batch_size if self.drop_last else -(-n // self.batch_size)
