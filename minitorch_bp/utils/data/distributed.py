"""The sampler for several processes that train together, each on its share of the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...core.random import Generator
from .sampler import Sampler


class DistributedSampler(Sampler[int]):
    """Every ``num_replicas``-th index, from the ``rank``-th on, of an order that all replicas agree on.

    The order depends on ``seed`` and on the epoch, which :meth:`set_epoch` sets; without that call, every epoch has the same.
    All shares have one length: the first indices of the order are repeated at its end, or, with ``drop_last``, its last ones
    are left out.

    Parameters
    ----------
    dataset : map-style dataset
    num_replicas : int
        How many processes there are. PyTorch asks its process group if it is left out; here there is none, so say it.
    rank : int
        Which of them this is, from 0 on.
    shuffle : bool
    seed : int
        The same in all processes.
    drop_last : bool

    Raises
    ------
    ValueError
        If ``num_replicas`` or ``rank`` is not given, or ``rank`` is out of range.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> [list(torch.utils.data.DistributedSampler(range(5), 2, rank, shuffle=False)) for rank in range(2)]
    [[0, 2, 4], [1, 3, 0]]
    """

    def __init__(
        self,
        dataset: Any,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ):
        if num_replicas is None or rank is None:
            raise ValueError("there is no process group to ask: say num_replicas and rank")
        if not 0 <= rank < num_replicas:
            raise ValueError(f"rank must lie between 0 and {num_replicas - 1}, but is {rank}")
        self.dataset, self.num_replicas, self.rank = dataset, num_replicas, rank
        self.epoch, self.drop_last, self.shuffle, self.seed = 0, drop_last, shuffle, seed
        n = len(dataset)
        self.num_samples = n // num_replicas if drop_last else -(-n // num_replicas)
        self.total_size = self.num_samples * num_replicas

    def __iter__(self) -> Iterator[int]:
        n = len(self.dataset)
        order = Generator().manual_seed(self.seed + self.epoch).permutation(n).tolist() if self.shuffle else list(range(n))
        if not self.drop_last and order:
            order *= -(-self.total_size // n)
        if len(order) < self.total_size:
            raise AssertionError(f"the dataset has changed its length: {self.total_size} elements were expected, but there are {n}")
        return iter(order[self.rank : self.total_size : self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Use another random order; call it before each epoch, in all processes with the same number.

        Parameters
        ----------
        epoch : int
            The number of the epoch.
        """
        self.epoch = epoch
