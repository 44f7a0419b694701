"""DataLoader: batches of a dataset, made in this process or in worker processes.

A loader keeps the options; an iterator does the work of one epoch. Without workers it fetches a batch whenever one is asked for.
With workers, it hands out the indices of the next batches to the workers in turn, a few for each in advance, and gives out what
comes back in the order of the indices. So the batches, and the random numbers drawn in the workers, do not depend on who was faster.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import sys
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing.context import BaseContext
from typing import TYPE_CHECKING, Any, Generic

from ._utils.collate import default_collate, default_convert
from ._utils.fetch import IterableFetcher, MapFetcher
from ._utils.pool import Pool
from ._utils.worker import Ended, Failure, Job, get_worker_info
from .dataset import Dataset, IterableDataset, T_co
from .sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler, draw_seed

if TYPE_CHECKING:
    from ...core.random import Generator

__all__ = ["DataLoader", "default_collate", "default_convert", "get_worker_info"]

#: What cannot be changed once a loader is there: its samplers were made from it.
_FIXED = frozenset({"batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"})


class _Forever(Sampler[None]):
    """The sampler of iterable datasets, which have no indices."""

    def __iter__(self) -> Iterator[None]:
        return itertools.repeat(None)


class DataLoader(Generic[T_co]):
    """Iterate over a dataset in batches.

    Parameters
    ----------
    dataset : Dataset, IterableDataset, or anything with ``len`` and indexing
    batch_size : int or None
        None for single elements.
    shuffle : bool
        A new random order for every pass.
    sampler, batch_sampler : iterable
        What decides the order, or the batches.
    num_workers : int
        How many processes fetch and collate; 0: this one does.
    collate_fn : function
        Makes a batch of a list of elements. Default: :func:`default_collate`, without batches :func:`default_convert`.
    pin_memory : bool
        Accepted; there is no device to copy to, which a warning says.
    drop_last : bool
        Leave out a last batch that is too small.
    timeout : float
        How many seconds to wait for a batch from the workers; 0: without end.
    worker_init_fn : function
        Called in each worker with its number, after its random numbers have been seeded.
    multiprocessing_context : str or context
        How workers are started: ``"fork"``, ``"spawn"`` or ``"forkserver"``. Default: Python's.
    generator : Generator
        For shuffling, and for the seed of the workers. Default: the default one.
    prefetch_factor : int
        How many batches each worker has in hand. Default: 2.
    persistent_workers : bool
        Keep the workers, with their datasets and random numbers, from one pass to the next.
    pin_memory_device : str
        Accepted.
    in_order : bool
        Whether batches from workers come in the order of the sampler, or whichever is ready.

    Attributes
    ----------
    sampler, batch_sampler : iterable
        The ones in use.

    Raises
    ------
    ValueError
        For options that contradict each other.
    TypeError
        If ``multiprocessing_context`` is neither a name nor a context.
    RuntimeError
        From an iterator, if a worker has died, or ``timeout`` is over. What a dataset raises in a worker is raised as the same
        type, with the worker's traceback in the message.

    Notes
    -----
    In worker ``k`` of a pass, Python's, NumPy's and this package's default random numbers are seeded from a number that the pass
    draws from ``generator``, and from ``k``: ``torch.manual_seed(base_seed + k)``, and so on. So augmentations that draw there are
    the same under the same seed, and those of PyTorch.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> list(torch.utils.data.DataLoader(range(5), batch_size=2))
    [tensor([0, 1]), tensor([2, 3]), tensor([4])]
    >>> list(torch.utils.data.DataLoader(range(5), batch_size=2, num_workers=2, multiprocessing_context="fork"))
    [tensor([0, 1]), tensor([2, 3]), tensor([4])]
    """

    dataset: Any
    batch_size: int | None
    num_workers: int
    pin_memory: bool
    pin_memory_device: str
    drop_last: bool
    timeout: float
    sampler: Any
    batch_sampler: Any
    prefetch_factor: int | None
    persistent_workers: bool
    collate_fn: Any
    _complete = False

    def __init__(
        self,
        dataset: Dataset[T_co] | Sequence[T_co],
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[Sequence[Any]] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], Any] | None = None,
        multiprocessing_context: str | BaseContext | None = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ):
        if num_workers < 0:
            raise ValueError(f"num_workers can't be negative, but is {num_workers}")
        if timeout < 0:
            raise ValueError(f"timeout can't be negative, but is {timeout}")
        if num_workers == 0 and prefetch_factor is not None:
            raise ValueError("prefetch_factor says how much each worker has in hand, but there is none: give num_workers, too")
        if prefetch_factor is not None and prefetch_factor < 0:
            raise ValueError(f"prefetch_factor can't be negative, but is {prefetch_factor}")
        if persistent_workers and num_workers == 0:
            raise ValueError("persistent_workers=True keeps the workers, but there is none: give num_workers, too")
        self._iterable = isinstance(dataset, IterableDataset)
        if self._iterable and (shuffle or sampler is not None or batch_sampler is not None):
            raise ValueError("an IterableDataset decides its own order: shuffle and samplers do not apply")
        if sampler is not None and shuffle:
            raise ValueError("a sampler decides the order, so shuffle=True contradicts it")
        if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
            raise ValueError("a batch_sampler decides everything, so batch_size, shuffle, sampler and drop_last contradict it")
        if batch_size is None and drop_last:
            raise ValueError("without batches (batch_size=None) there is no last one to drop")
        self.dataset, self.num_workers = dataset, num_workers
        self.prefetch_factor = 2 if num_workers and prefetch_factor is None else prefetch_factor
        self.pin_memory, self.pin_memory_device, self.timeout = pin_memory, pin_memory_device, timeout
        self.worker_init_fn, self.in_order, self.generator = worker_init_fn, in_order, generator
        self.multiprocessing_context = multiprocessing_context
        if sampler is None:
            sampler = _Forever() if self._iterable else self._default_order(bool(shuffle))
        if batch_sampler is not None:
            batch_size = None
        elif batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size, self.drop_last = batch_size, drop_last
        self.sampler, self.batch_sampler = sampler, batch_sampler
        self.collate_fn = collate_fn or (default_convert if batch_sampler is None else default_collate)
        self.persistent_workers = persistent_workers
        self._length_told: int | None = None
        self._iterator: _ParallelIterator | None = None
        self._complete = True
        self.check_worker_number_rationality()

    def _default_order(self, shuffle: bool) -> Sampler[int]:
        return RandomSampler(self.dataset, generator=self.generator) if shuffle else SequentialSampler(self.dataset)

    def __setattr__(self, name: str, value: Any) -> None:
        if self._complete and name in _FIXED:
            raise ValueError(f"{name} can't be changed once the loader is there: make another DataLoader")
        super().__setattr__(name, value)

    @property
    def multiprocessing_context(self) -> Any:
        """How workers are started; None: Python's default."""
        return self._context

    @multiprocessing_context.setter
    def multiprocessing_context(self, context: Any) -> None:
        if context is not None and self.num_workers == 0:
            raise ValueError("multiprocessing_context says how workers are started, but there is none: give num_workers, too")
        if isinstance(context, str):
            methods = multiprocessing.get_all_start_methods()
            if context not in methods:
                raise ValueError(f"multiprocessing_context must be one of {methods}, but is {context!r}")
            context = multiprocessing.get_context(context)
        if context is not None and not isinstance(context, BaseContext):
            raise TypeError(f"multiprocessing_context must be a name or a context of multiprocessing, but is {context!r}")
        self._context = context

    def __iter__(self) -> Iterator[Any]:
        if self.num_workers == 0 or sys.platform == "emscripten":  # (a browser starts no processes; the batches are the same)
            return _SerialIterator(self)
        if self._iterator is not None and self._iterator.reusable():
            self._iterator.restart(self)
            return self._iterator
        self.check_worker_number_rationality()
        iterator = _ParallelIterator(self)
        if self.persistent_workers:
            self._iterator = iterator
        return iterator

    def __len__(self) -> int:
        if not self._iterable:
            return len(self._indices)
        self._length_told = n = len(self.dataset)
        if self.batch_size is None:
            return n
        return n // self.batch_size if self.drop_last else -(-n // self.batch_size)

    @property
    def _auto_collation(self) -> bool:
        """Whether elements are collected into batches."""
        return self.batch_sampler is not None

    @property
    def _indices(self) -> Any:
        """What is iterated over: lists of indices, or without batches single ones."""
        return self.batch_sampler if self._auto_collation else self.sampler

    def check_worker_number_rationality(self) -> None:
        """Warn if there are more workers than processors that this process may use."""
        processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        if processors is not None and self.num_workers > processors:
            warnings.warn(
                f"this DataLoader starts {self.num_workers} worker processes, but this process may use only {processors} processors: "
                "more workers than that seldom make it faster",
                stacklevel=3,
            )


class _Iterator:
    """One pass over a loader.

    Parameters
    ----------
    loader : DataLoader
    """

    def __init__(self, loader: DataLoader[Any]):
        if loader.pin_memory:
            warnings.warn("pin_memory=True has no effect: there is no accelerator to copy to", stacklevel=3)
            if loader.pin_memory_device:
                warnings.warn("pin_memory_device is deprecated, and has no effect", stacklevel=3)
        self.num_workers, self.source = loader.num_workers, loader._indices
        self._begin(loader)
        self.base_seed = draw_seed(loader.generator)  # the workers' seed, which PyTorch draws even without workers

    def _begin(self, loader: DataLoader[Any]) -> None:
        self.indices = iter(self.source)
        self.count, self.length_told = 0, loader._length_told if loader._iterable else None

    def __iter__(self) -> Iterator[Any]:
        return self

    def __len__(self) -> int:
        return len(self.source)

    def __getstate__(self) -> Any:
        raise NotImplementedError("an iterator of a DataLoader cannot be pickled; pickle the loader, or its dataset")

    def _next(self) -> Any:
        raise NotImplementedError

    def __next__(self) -> Any:
        data = self._next()
        self.count += 1
        if self.length_told is not None and self.count > self.length_told:
            hint = (
                "; with workers, each has its own copy and must take only its share, see get_worker_info"
                if self.num_workers
                else ""
            )
            warnings.warn(
                f"the IterableDataset said that its length is {self.length_told}, but {self.count} samples have come from it{hint}",
                stacklevel=2,
            )
        return data


class _SerialIterator(_Iterator):
    """Everything in this process."""

    def __init__(self, loader: DataLoader[Any]):
        if loader.timeout:
            raise AssertionError(f"timeout={loader.timeout} is for workers, but there is none: give num_workers, too")
        super().__init__(loader)
        kind = IterableFetcher if loader._iterable else MapFetcher
        self.fetch = kind(loader.dataset, loader._auto_collation, loader.collate_fn, loader.drop_last).fetch

    def _next(self) -> Any:
        return self.fetch(next(self.indices))


class _ParallelIterator(_Iterator):
    """Fetching and collating in worker processes.

    Tasks are numbered, and never twice. ``waiting`` has those that were handed out and not yet given back, in their order, each
    with its worker; a result whose number is not in it belongs to a pass that was given up.
    """

    def __init__(self, loader: DataLoader[Any]):
        super().__init__(loader)
        depth = loader.prefetch_factor
        if not depth:
            raise AssertionError(f"prefetch_factor must be positive where there are workers, but is {depth}")
        self.depth, self.in_order, self.timeout, self.persistent = depth, loader.in_order, loader.timeout, loader.persistent_workers
        kind = IterableFetcher if loader._iterable else MapFetcher
        jobs = [
            Job(k, loader.num_workers, self.base_seed, loader.worker_init_fn, kind, loader.dataset,
                loader._auto_collation, loader.collate_fn, loader.drop_last)
            for k in range(loader.num_workers)
        ]  # fmt: skip
        self.pool = Pool(loader.multiprocessing_context or multiprocessing, jobs, depth)
        self._workers = [member.process for member in self.pool.members]
        self.close = weakref.finalize(self, self.pool.close)  # also when the iterator is dropped, and at the interpreter's exit
        self.numbers = itertools.count()
        self._hand_out_first()

    def reusable(self) -> bool:
        """Whether the workers are still there for another pass."""
        return self.close.alive and self.pool.death is None

    def restart(self, loader: DataLoader[Any]) -> None:
        """Begin another pass with the same workers."""
        self._begin(loader)
        for worker in range(self.num_workers):
            self.pool.send(worker, None)
        self._hand_out_first()

    def _hand_out_first(self) -> None:
        self.waiting: dict[int, int] = {}
        self.active = [True] * self.num_workers
        self.load = [0] * self.num_workers
        self.turns = itertools.cycle(range(self.num_workers))
        for _ in range(self.depth * self.num_workers):
            self._hand_out()

    def _hand_out(self) -> None:
        """Give the next indices to the next worker that has not ended (and, in any order, has not more than its share)."""
        try:
            index = next(self.indices)
        except StopIteration:
            return
        share = len(self.active) * self.depth if self.in_order else len(self.active) * self.depth // max(1, sum(self.active))
        for worker in itertools.islice(self.turns, self.num_workers):
            if self.active[worker] and self.load[worker] < share:
                task = next(self.numbers)
                self.waiting[task] = worker
                self.load[worker] += 1
                self.pool.send(worker, task, index)
                return

    def _next(self) -> Any:
        while self.waiting:
            first = next(iter(self.waiting.values()))
            task, data = self.pool.receive({first} if self.in_order else set(self.waiting.values()), self.timeout)
            worker = self.waiting.pop(task, None)
            if worker is None:
                continue
            self.load[worker] -= 1
            if isinstance(data, Ended):
                self.active[worker] = False
            self._hand_out()
            if isinstance(data, Failure):
                data.reraise()
            if not isinstance(data, Ended):
                return data
        if not self.persistent:
            self.close()
        raise StopIteration
