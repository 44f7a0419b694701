"""Samplers: PyTorch's draws, and the generator left in the same state."""

import itertools

import numpy as np
import pytest
import torch

import minitorch_bp as mt

BOTH = pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])
WEIGHTS = [0.1, 0.5, 2.0, 0.0, 3.0]
SAMPLERS = {
    "sequential": lambda D, g: D.SequentialSampler("abc"),
    "random": lambda D, g: D.RandomSampler(range(50), generator=g),
    "with replacement": lambda D, g: D.RandomSampler(range(50), replacement=True, num_samples=100, generator=g),
    "more than there are": lambda D, g: D.RandomSampler(range(50), num_samples=120, generator=g),
    "fewer": lambda D, g: D.RandomSampler(range(50), num_samples=7, generator=g),
    "weighted": lambda D, g: D.WeightedRandomSampler(WEIGHTS, 100, generator=g),
    "weighted without replacement": lambda D, g: D.WeightedRandomSampler([0.1, 0.5, 2.0, 1.0, 3.0], 4, False, generator=g),
    "subset": lambda D, g: D.SubsetRandomSampler(range(20, 40), generator=g),
    "batches": lambda D, g: D.BatchSampler(D.RandomSampler(range(11), generator=g), 3, False),
    "full batches": lambda D, g: D.BatchSampler(range(11), 3, True),
    "large": lambda D, g: D.RandomSampler(range(3000), generator=g),
}  # fmt: skip


@pytest.mark.parametrize("own", [False, True], ids=["default generator", "own generator"])
@pytest.mark.parametrize("name", SAMPLERS)
def test_draws(name, own):
    results = []
    for t in (mt, torch):
        t.manual_seed(1)
        g = t.Generator().manual_seed(2) if own else None
        sampler = SAMPLERS[name](t.utils.data, g)
        passes = [list(sampler), list(sampler), len(sampler)]
        results.append((passes, t.get_rng_state().tolist(), own and g.get_state().tolist()))
    assert results[0] == results[1]


def test_draws_with_replacement_are_made_as_they_are_asked_for():
    results = []
    for t in (mt, torch):
        t.manual_seed(1)
        endless = iter(t.utils.data.RandomSampler(range(5), replacement=True, num_samples=10**10))
        results.append(list(itertools.islice(endless, 100)))
    assert results[0] == results[1]


@BOTH
def test_mistakes(t):
    D = t.utils.data
    for f, kind in (
        (lambda: D.RandomSampler(range(3), replacement=1), TypeError), (lambda: D.RandomSampler(range(3), num_samples=1.5), ValueError),
        (lambda: D.RandomSampler(range(3), num_samples=0), ValueError), (lambda: D.RandomSampler([]), ValueError),
        (lambda: list(D.RandomSampler([], num_samples=2)), ZeroDivisionError),
        (lambda: D.WeightedRandomSampler([1.0], 0), ValueError), (lambda: D.WeightedRandomSampler([1.0], True), ValueError),
        (lambda: D.WeightedRandomSampler([[1.0]], 1), ValueError), (lambda: D.WeightedRandomSampler([1.0], 1, 1), ValueError),
        (lambda: D.BatchSampler(range(3), 0, False), ValueError), (lambda: D.BatchSampler(range(3), True, False), ValueError),
        (lambda: D.BatchSampler(range(3), np.int64(2), False), ValueError), (lambda: D.BatchSampler(range(3), 2, 1), ValueError),
        (lambda: iter(D.Sampler()), NotImplementedError), (lambda: D.Sampler(range(3)), TypeError), (lambda: len(D.Sampler()), TypeError),
    ):  # fmt: skip
        with pytest.raises(kind):
            f()
