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
    ):
        with pytest.raises(kind):
            f()
    endless = iter(D.RandomSampler(range(5), replacement=True, num_samples=10**10))
    assert next(endless) in range(5)
