"""Datasets, samplers and loaders: the same batches and the same generator as PyTorch."""

import numpy as np
import pytest
import torch

import minitorch_bp as mt


def passes(t):
    D = t.utils.data
    ds = D.TensorDataset(t.arange(20).float().reshape(10, 2), t.arange(10))
    for _ in range(2):
        yield from ((x.tolist(), y.tolist()) for x, y in D.DataLoader(ds, batch_size=3, shuffle=True))
    yield from (p.indices for p in D.random_split(ds, [6, 4]))
    yield from (len(p) for p in D.random_split(ds, [0.5, 0.25, 0.25]))
    yield [
        b.tolist()
        for b in D.DataLoader(range(7), batch_size=2, sampler=D.RandomSampler(range(7), replacement=True, num_samples=50))
    ]
    yield [str(b) for b in D.DataLoader([{"a": 1.5, "b": np.zeros(2), "c": "x"} for _ in range(3)], batch_size=2, drop_last=True)]
    yield [b.tolist() for b in D.DataLoader(range(7), batch_size=2, sampler=D.SubsetRandomSampler([1, 3, 5]))]
    yield [str(b) for b in D.DataLoader([(1, 2.0), (3, 4.0)], batch_size=2)]
    yield [str(b) for b in D.DataLoader([np.ones(2), np.zeros(2)], batch_size=None)]
    yield [b.tolist() for b in D.DataLoader(D.ConcatDataset([range(3), range(2)]), batch_size=2, collate_fn=t.tensor)]
    yield [
        b.tolist()
        for b in D.DataLoader(ds, shuffle=True, batch_size=4, generator=t.Generator().manual_seed(1), collate_fn=lambda b: b[0][0])
    ]
    yield (len(D.DataLoader(ds, batch_size=3)), len(D.DataLoader(ds, batch_size=3, drop_last=True)))
    yield t.rand(2).tolist()


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("n, batch", [(10, 3), (100, 32), (1000, 64), (5000, 128)])
def test_epochs_of_a_loader(n, batch, shuffle, drop_last):
    """Draws between the epochs, a generator of its own: the same batches, and both generators in the same state."""
    for own in (False, True):
        results = []
        for t in (mt, torch):
            t.manual_seed(5)
            g = t.Generator().manual_seed(9) if own else None
            loader = t.utils.data.DataLoader(
                t.utils.data.TensorDataset(t.arange(n)), batch_size=batch, shuffle=shuffle, drop_last=drop_last, generator=g
            )
            found = []
            for _ in range(3):
                found.append([b[0].tolist() for b in loader])
                t.rand(3)
            found.append(t.get_rng_state().numpy().tobytes())
            found.append(g.get_state().numpy().tobytes() if own else None)
            results.append(found)
        assert results[0] == results[1]


SAMPLERS = {
    "with replacement": lambda D: D.RandomSampler(range(50), replacement=True, num_samples=100),
    "more than there are": lambda D: D.RandomSampler(range(50), num_samples=120), "fewer": lambda D: D.RandomSampler(range(50), num_samples=7),
    "weighted": lambda D: D.WeightedRandomSampler([0.1, 0.5, 2.0, 0.0, 3.0], 100),
    "weighted without replacement": lambda D: D.WeightedRandomSampler([0.1, 0.5, 2.0, 1.0, 3.0], 4, False),
    "subset": lambda D: D.SubsetRandomSampler(range(20, 40)), "batches": lambda D: D.BatchSampler(D.RandomSampler(range(11)), 3, False),
    "split": lambda D: [list(p.indices) for p in D.random_split(range(101), [0.5, 0.3, 0.2])],
    "split by number": lambda D: [list(p.indices) for p in D.random_split(range(100), [70, 30])],
}  # fmt: skip


@pytest.mark.parametrize("name", SAMPLERS)
def test_samplers(name):
    results = []
    for t in (mt, torch):
        t.manual_seed(1)
        results.append((list(SAMPLERS[name](t.utils.data)), t.get_rng_state().numpy().tobytes()))
    assert results[0] == results[1]


def test_other_datasets():
    results = []
    for t in (mt, torch):
        D = t.utils.data
        stacked = D.StackDataset(x=range(3), y="abc")
        pair = D.StackDataset(range(3), "abc")
        results.append((stacked[1], len(stacked), pair[2], D.get_worker_info(), str(D.default_convert({"a": (np.ones(2), 3)})),
                        list(D.ChainDataset([Stream(t, 3), Stream(t, 2)])), len(D.ConcatDataset([range(3), range(2)]))))  # fmt: skip
    assert results[0] == results[1]


def Stream(t, n):
    class Numbers(t.utils.data.IterableDataset):
        def __iter__(self):
            return iter(range(n))

    return Numbers()


def test_batches_and_random_state():
    results = []
    for t in (mt, torch):
        t.manual_seed(3)
        results.append(list(passes(t)))
    assert results[0] == results[1]


@pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])
def test_mistakes_and_laziness(t):
    D = t.utils.data
    for f, kind in (
        (lambda: D.DataLoader(range(3), batch_size=0), ValueError),
        (lambda: D.DataLoader(range(3), shuffle=True, sampler=D.SequentialSampler(range(3))), ValueError),
        (lambda: D.DataLoader(range(3), num_workers=-1), ValueError),
        (lambda: D.random_split(range(3), [1, 1]), ValueError),
        (lambda: D.TensorDataset(t.zeros(2), t.zeros(3)), AssertionError),
        (lambda: D.default_collate([object()]), TypeError),
        (lambda: D.Dataset()[0], NotImplementedError),
        (lambda: D.WeightedRandomSampler([1.0], 0), ValueError),
        (lambda: D.WeightedRandomSampler([[1.0]], 1), ValueError),
        (lambda: D.StackDataset(), ValueError),
        (lambda: D.StackDataset(range(3), range(2)), ValueError),
        (lambda: D.RandomSampler(range(3), num_samples=0), ValueError),
    ):
        with pytest.raises(kind):
            f()
    endless = iter(D.RandomSampler(range(5), replacement=True, num_samples=10**10))
    assert next(endless) in range(5)
