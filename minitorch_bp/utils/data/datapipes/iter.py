"""Data pipes that are gone through, and the steps from one to the next."""

from __future__ import annotations

import contextlib
import copy
import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

from ....core.dtype import int64
from ....ops.creation import empty
from ..dataloader import default_collate
from ._decorator import functional_datapipe
from .datapipe import DataChunk, IterDataPipe


class IterableWrapperIterDataPipe(IterDataPipe[Any]):
    """A data pipe of an iterable.

    Parameters
    ----------
    iterable : iterable
    deepcopy : bool
        Whether a copy of it is gone through, where it can be copied.

    Examples
    --------
    >>> from minitorch_bp.utils.data.datapipes.iter import IterableWrapper
    >>> list(IterableWrapper(range(3)))
    [0, 1, 2]
    """

    def __init__(self, iterable: Any, deepcopy: bool = True):
        self.iterable, self.deepcopy = iterable, deepcopy

    def __iter__(self) -> Iterator[Any]:
        source = self.iterable
        if self.deepcopy:
            with contextlib.suppress(TypeError):
                source = copy.deepcopy(source)
        yield from source

    def __len__(self) -> int:
        return len(self.iterable)


IterableWrapper = IterableWrapperIterDataPipe


def _step(name: str, length: Callable[..., int] | None = None) -> Callable[[Callable[..., Iterator[Any]]], Any]:
    """Make a step of a generator function, whose first argument is the data pipe before; ``length`` takes the same arguments."""

    def declare(function: Callable[..., Iterator[Any]]) -> Any:
        def __init__(self: Any, datapipe: Any, *args: Any, **kwargs: Any) -> None:
            self.datapipe, self.args, self.kwargs = datapipe, args, kwargs

        def __iter__(self: Any) -> Iterator[Any]:
            return function(self.datapipe, *self.args, **self.kwargs)

        def __len__(self: Any) -> int:
            assert length is not None
            return length(self.datapipe, *self.args, **self.kwargs)

        members: dict[str, Any] = {"__init__": __init__, "__iter__": __iter__, "__doc__": function.__doc__, "__module__": __name__}
        if length is not None:
            members["__len__"] = __len__
        return functional_datapipe(name)(type(f"{function.__name__}IterDataPipe", (IterDataPipe,), members))

    return declare


def _as_many(datapipe: Any, *args: Any, **kwargs: Any) -> int:
    return len(datapipe)


def _batches(datapipe: Any, batch_size: int, drop_last: bool = False, wrapper_class: Any = DataChunk) -> int:
    return len(datapipe) // batch_size if drop_last else -(-len(datapipe) // batch_size)


def unbatched(elements: Any, levels: int) -> Iterator[Any]:
    """The elements of lists, so many levels deep (-1: as deep as there are lists)."""
    if levels < -1:
        raise ValueError(f"unbatch_level must be -1 or at least 0, but is {levels}")
    for element in elements:
        if levels == 0 or (levels == -1 and not isinstance(element, list)):
            yield element
        elif isinstance(element, list):
            yield from unbatched(element, max(levels - 1, -1))
        else:
            raise IndexError(f"unbatch_level is greater by {levels} than the lists are deep")


@_step("map", _as_many)
def Mapper(datapipe: Any, fn: Callable[[Any], Any]) -> Iterator[Any]:
    """``fn`` of each element."""
    for element in datapipe:
        yield fn(element)


@_step("filter")
def Filter(datapipe: Any, filter_fn: Callable[[Any], Any]) -> Iterator[Any]:
    """The elements for which ``filter_fn`` holds."""
    for element in datapipe:
        if filter_fn(element):
            yield element


@_step("batch", _batches)
def Batcher(datapipe: Any, batch_size: int, drop_last: bool = False, wrapper_class: Any = DataChunk) -> Iterator[Any]:
    """Lists of ``batch_size`` elements; the last may be shorter, unless it is dropped."""
    elements = iter(datapipe)
    while batch := list(itertools.islice(elements, batch_size)):
        if len(batch) == batch_size or not drop_last:
            yield wrapper_class(batch)


@_step("unbatch")
def UnBatcher(datapipe: Any, unbatch_level: int = 1) -> Iterator[Any]:
    """The elements of the lists, so many levels deep (-1: all)."""
    yield from unbatched(datapipe, unbatch_level)


@_step("concat", lambda *datapipes: sum(map(len, datapipes)))
def Concater(*datapipes: Any) -> Iterator[Any]:
    """One data pipe after the other."""
    for datapipe in datapipes:
        yield from datapipe


@_step("zip", lambda *datapipes: min(map(len, datapipes)))
def Zipper(*datapipes: Any) -> Iterator[Any]:
    """Tuples of an element of each."""
    yield from zip(*datapipes, strict=False)


@_step("collate", _as_many)
def Collator(datapipe: Any, collate_fn: Callable[[Any], Any] = default_collate) -> Iterator[Any]:
    """Each batch as tensors."""
    for batch in datapipe:
        yield collate_fn(batch)


@functional_datapipe("shuffle")
class ShufflerIterDataPipe(IterDataPipe[Any]):
    """The elements in a random order: each is drawn from the next ``buffer_size``.

    Parameters
    ----------
    datapipe : iterable
    buffer_size : int
        How many elements wait.
    unbatch_level : int
        Elements of lists so many levels deep are shuffled.
    """

    def __init__(self, datapipe: Any, *, buffer_size: int = 10000, unbatch_level: int = 0):
        if buffer_size < 1:
            raise ValueError(f"shuffle: buffer_size must be at least 1, but is {buffer_size}")
        self.datapipe = UnBatcher(datapipe, unbatch_level) if unbatch_level else datapipe
        self.buffer_size = buffer_size
        self._seed: int | None = None
        self._enabled = True

    def set_seed(self, seed: int) -> ShufflerIterDataPipe:
        """The seed of the next pass; those after it take theirs from the random generator.

        Parameters
        ----------
        seed : int

        Returns
        -------
        ShufflerIterDataPipe
            Itself.
        """
        self._seed = seed
        return self

    def set_shuffle(self, shuffle: bool = True) -> ShufflerIterDataPipe:
        """Whether to shuffle.

        Parameters
        ----------
        shuffle : bool

        Returns
        -------
        ShufflerIterDataPipe
            Itself.
        """
        self._enabled = shuffle
        return self

    def __iter__(self) -> Iterator[Any]:
        draws = random.Random()
        if self._enabled:
            draws.seed(int(empty((), dtype=int64).random_().item()) if self._seed is None else self._seed)
            self._seed = None
        return self._shuffled(draws)

    def _shuffled(self, draws: random.Random) -> Iterator[Any]:
        if not self._enabled:
            yield from self.datapipe
            return
        waiting: list[Any] = []
        for element in self.datapipe:
            if len(waiting) == self.buffer_size:
                place = draws.randint(0, len(waiting) - 1)
                waiting[place], element = element, waiting[place]
                yield element
            else:
                waiting.append(element)
        while waiting:
            yield waiting.pop(draws.randint(0, len(waiting) - 1))

    def __len__(self) -> int:
        return len(self.datapipe)


Shuffler = ShufflerIterDataPipe
