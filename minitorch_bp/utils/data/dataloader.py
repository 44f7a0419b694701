"""DataLoader: batches of a dataset, in one process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic

import numpy as np

from ...core.tensor import Tensor
from ...ops.creation import as_tensor, from_numpy, tensor
from ...ops.shape.joining import stack
from .dataset import Dataset, IterableDataset, T_co
from .sampler import BatchSampler, RandomSampler, SequentialSampler, draw_seed

if TYPE_CHECKING:
    from ...core.random import Generator


def default_collate(batch: Any) -> Any:
    """A list of elements as one batch: tensors stacked, numbers as tensors, tuples and dictionaries part by part.

    Raises
    ------
    TypeError
        For elements that have no tensor form.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.utils.data.default_collate([(1, 2.0), (3, 4.0)])
    [tensor([1, 3]), tensor([2., 4.], dtype=torch.float64)]
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(batch, 0)
    if isinstance(first, np.ndarray) and first.dtype.kind not in "OSU":
        return default_collate([as_tensor(b) for b in batch])
    if isinstance(first, np.generic):
        return as_tensor(np.array(batch))
    if isinstance(first, float):
        return from_numpy(np.array(batch, np.float64))
    if isinstance(first, int):
        return tensor(batch)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return {key: default_collate([d[key] for d in batch]) for key in first}
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*(default_collate(list(parts)) for parts in zip(*batch, strict=True)))
    if isinstance(first, (tuple, list)):
        if any(len(b) != len(first) for b in batch):
            raise RuntimeError("each element of the batch should be of equal size")
        return [default_collate(list(parts)) for parts in zip(*batch, strict=True)]
    raise TypeError(
        f"a batch can hold tensors, arrays, numbers, dictionaries or sequences of them, but found {type(first).__name__}"
    )


class DataLoader(Generic[T_co]):
    """Iterate over a dataset in batches.

    Parameters
    ----------
    dataset : Dataset, or anything with ``len`` and indexing
    batch_size : int or None
        None for single elements.
    shuffle : bool
        A new random order for every pass.
    sampler, batch_sampler
        What decides the order, or the batches.
    num_workers : int
        Accepted; loading happens in this process.
    collate_fn : function
        Makes a batch of a list of elements.
    drop_last : bool
        Leave out a last batch that is too small.
    generator : Generator
        For shuffling.

    Raises
    ------
    ValueError
        For options that contradict each other.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> list(torch.utils.data.DataLoader(range(5), batch_size=2))
    [tensor([0, 1]), tensor([2, 3]), tensor([4])]
    """

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
        worker_init_fn: Callable[[int], None] | None = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: Any = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ):
        if num_workers < 0:
            raise ValueError(f"num_workers can't be negative, but is {num_workers}")
        if sampler is not None and shuffle:
            raise ValueError("a sampler decides the order, so shuffle=True contradicts it")
        if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
            raise ValueError("a batch_sampler decides everything, so batch_size, shuffle, sampler and drop_last contradict it")
        if batch_size is None and drop_last:
            raise ValueError("without batches (batch_size=None) there is no last one to drop")
        self._iterable = isinstance(dataset, IterableDataset)
        if self._iterable and (shuffle or sampler is not None or batch_sampler is not None):
            raise ValueError("an IterableDataset decides its own order: shuffle and samplers do not apply")
        self.dataset: Any = dataset
        self.num_workers, self.pin_memory, self.drop_last = num_workers, pin_memory, drop_last
        self.timeout, self.worker_init_fn, self.generator = timeout, worker_init_fn, generator
        order: Any = sampler
        batches: Any = batch_sampler
        if order is None and not self._iterable:
            order = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_sampler is not None:
            batch_size = None
        elif batch_size is not None and not self._iterable:
            batches = BatchSampler(order, batch_size, drop_last)
        self.batch_size = batch_size
        self.sampler, self.batch_sampler = order, batches
        batched = batches is not None or (self._iterable and batch_size is not None)
        self.collate_fn: Any = collate_fn or (default_collate if batched else default_convert)

    def __iter__(self) -> Iterator[Any]:
        draw_seed(self.generator)  # the workers' base seed, which PyTorch draws even without workers
        return self._batches_of_stream() if self._iterable else self._batches()

    def _batches(self) -> Iterator[Any]:
        if self.batch_sampler is None:
            for index in self.sampler:
                yield self.collate_fn(self.dataset[index])
        else:
            several = getattr(self.dataset, "__getitems__", None)
            for indices in self.batch_sampler:
                yield self.collate_fn(several(indices) if several else [self.dataset[i] for i in indices])

    def _batches_of_stream(self) -> Iterator[Any]:
        if self.batch_size is None:
            yield from (self.collate_fn(element) for element in self.dataset)
            return
        batch = []
        for element in self.dataset:
            batch.append(element)
            if len(batch) == self.batch_size:
                yield self.collate_fn(batch)
                batch = []
        if batch and not self.drop_last:
            yield self.collate_fn(batch)

    def __len__(self) -> int:
        if self._iterable:
            n = len(self.dataset)
            if self.batch_size is None:
                return n
            return n // self.batch_size if self.drop_last else -(-n // self.batch_size)
        return len(self.sampler if self.batch_sampler is None else self.batch_sampler)


def default_convert(data: Any) -> Any:
    """What becomes of an element when there are no batches: arrays become tensors, also inside of containers.

    Examples
    --------
    >>> import numpy as np
    >>> import minitorch_bp as torch
    >>> torch.utils.data.default_convert([np.array([1, 2]), "x"])
    [tensor([1, 2]), 'x']
    """
    if isinstance(data, np.ndarray) and data.dtype.kind in "OSU":
        return data
    if isinstance(data, (np.ndarray, np.generic)):
        return as_tensor(data)
    if isinstance(data, Mapping):
        return {key: default_convert(value) for key, value in data.items()}
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*(default_convert(d) for d in data))
    if isinstance(data, (tuple, list)):
        return [default_convert(d) for d in data]
    return data


def get_worker_info() -> None:
    """Information about the worker process that is asking: None, since loading happens in the main process."""
    return None
