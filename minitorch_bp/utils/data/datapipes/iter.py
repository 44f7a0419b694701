"""Data pipes that are gone through, and the steps from one to the next."""

from __future__ import annotations

import contextlib
import copy
import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

from ..dataloader import default_collate
from ._decorator import functional_datapipe
from .datapipe import DataChunk, IterDataPipe


class IterableWrapper(IterDataPipe):
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


def _step(name: str) -> Callable[[Callable[..., Iterator[Any]]], Any]:
    """Make a step of a generator function, whose first argument is the data pipe before."""

    def declare(function: Callable[..., Iterator[Any]]) -> Any:
        def __init__(self: Any, datapipe: Any, *args: Any, **kwargs: Any) -> None:
            self.datapipe, self.args, self.kwargs = datapipe, args, kwargs

        def __iter__(self: Any) -> Iterator[Any]:
            return function(self.datapipe, *self.args, **self.kwargs)

        members = {"__init__": __init__, "__iter__": __iter__, "__doc__": function.__doc__, "__module__": __name__}
        return functional_datapipe(name)(type(function.__name__, (IterDataPipe,), members))

    return declare


@_step("map")
def Mapper(datapipe: Any, fn: Callable[[Any], Any]) -> Iterator[Any]:
    """``fn`` of each element."""
    return map(fn, datapipe)


@_step("filter")
def Filter(datapipe: Any, filter_fn: Callable[[Any], Any]) -> Iterator[Any]:
    """The elements for which ``filter_fn`` holds."""
    return filter(filter_fn, datapipe)


@_step("batch")
def Batcher(datapipe: Any, batch_size: int, drop_last: bool = False, wrapper_class: Any = DataChunk) -> Iterator[Any]:
    """Lists of ``batch_size`` elements; the last may be shorter, unless it is dropped."""
    elements = iter(datapipe)
    while batch := list(itertools.islice(elements, batch_size)):
        if len(batch) == batch_size or not drop_last:
            yield wrapper_class(batch)


@_step("unbatch")
def UnBatcher(datapipe: Any, unbatch_level: int = 1) -> Iterator[Any]:
    """The elements of the lists, so many levels deep (-1: all)."""
    for element in datapipe:
        if unbatch_level == 0 or not isinstance(element, list):
            yield element
        else:
            yield from UnBatcher(element, unbatch_level - 1)


@_step("concat")
def Concater(*datapipes: Any) -> Iterator[Any]:
    """One data pipe after the other."""
    return itertools.chain(*datapipes)


@_step("zip")
def Zipper(*datapipes: Any) -> Iterator[Any]:
    """Tuples of an element of each."""
    return zip(*datapipes, strict=False)


@_step("collate")
def Collator(datapipe: Any, collate_fn: Callable[[Any], Any] = default_collate) -> Iterator[Any]:
    """Each batch as tensors."""
    return map(collate_fn, datapipe)


@_step("shuffle")
def Shuffler(datapipe: Any, buffer_size: int = 10000, unbatch_level: int = 0) -> Iterator[Any]:
    """The elements in a random order: each is drawn from the next ``buffer_size``."""
    waiting: list[Any] = []
    for element in UnBatcher(datapipe, unbatch_level) if unbatch_level else datapipe:
        if len(waiting) == buffer_size:
            place = random.randrange(buffer_size)
            waiting[place], element = element, waiting[place]
            yield element
        else:
            waiting.append(element)
    random.shuffle(waiting)
    yield from waiting
