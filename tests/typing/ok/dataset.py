"""A Dataset of one's own, split, sampled and loaded in batches."""

from collections.abc import Iterator

import numpy as np

import minitorch_bp as torch
from minitorch_bp import Tensor
from minitorch_bp.utils.data import (
    DataLoader,
    Dataset,
    DistributedSampler,
    IterableDataset,
    Subset,
    TensorDataset,
    get_worker_info,
    random_split,
)


class Squares(Dataset[tuple[Tensor, int]]):
    def __init__(self, n: int) -> None:
        self.numbers = np.arange(n, dtype=np.float32)

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, i: int) -> tuple[Tensor, int]:
        return torch.from_numpy(self.numbers[i : i + 1]) ** 2, i % 2


class Stream(IterableDataset[int]):
    def __iter__(self) -> Iterator[int]:
        yield from range(7)


def collate(items: list[tuple[Tensor, int]]) -> tuple[Tensor, Tensor]:
    xs, ys = zip(*items, strict=True)
    return torch.stack(xs), torch.tensor(ys)


def mean_of(loader: DataLoader[tuple[Tensor, int]]) -> float:
    total, count = 0.0, 0
    for x, y in loader:
        total += x.sum().item()
        count += len(y)
    return total / count


dataset = Squares(20)
first, parity = dataset[3]
print(first.item(), parity + 1)

generator = torch.Generator().manual_seed(0)
training, held_out = random_split(dataset, [0.8, 0.2], generator=generator)
part: Subset[tuple[Tensor, int]] = training
assert len(part) == 16 and len(held_out) == 4

loader = DataLoader(training, batch_size=4, shuffle=True, drop_last=False)
whole = DataLoader(dataset, batch_size=5, collate_fn=collate)
assert abs(mean_of(whole) - np.mean(np.arange(20.0) ** 2)) < 1e-3
print(len(loader), mean_of(loader))

pairs = TensorDataset(torch.randn(6, 2), torch.arange(6))
for step, (inputs, labels) in enumerate(DataLoader(pairs, batch_size=2)):
    print(step, inputs.shape, labels.tolist())
x0, y0 = pairs[0]
assert x0.shape == (2,) and y0.item() == 0

assert [batch.tolist() for batch in DataLoader(Stream(), batch_size=3)] == [[0, 1, 2], [3, 4, 5], [6]]
assert [len(batch) for batch in DataLoader([1, 2, 3], batch_size=2)] == [2, 1]


class Shared(IterableDataset[int]):
    def __iter__(self) -> Iterator[int]:
        worker = get_worker_info()
        return iter(range(6)) if worker is None else iter(range(worker.id, 6, worker.num_workers))


def set_up(worker: int) -> None:
    print("worker", worker)


shared: DataLoader[int] = DataLoader(
    Shared(), batch_size=2, num_workers=2, worker_init_fn=set_up, multiprocessing_context="fork", persistent_workers=True
)
assert sorted(i for batch in shared for i in batch.tolist()) == list(range(6))
share = DistributedSampler(dataset, num_replicas=2, rank=1, shuffle=False)
assert [len(batch) for batch in DataLoader(range(20), sampler=share, batch_size=4)] == [4, 4, 2]
