"""Datasets, and those made of others: PyTorch's elements, and its kinds of error."""

import pytest
import torch

import minitorch_bp as mt

BOTH = pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])


def stream(t, n):
    class Numbers(t.utils.data.IterableDataset):
        def __iter__(self):
            return iter(range(n))

        def __len__(self):
            return n

    return Numbers()


def several(t, n, extra=0):
    """A dataset that fetches several elements at once."""

    class Several(t.utils.data.Dataset):
        def __len__(self):
            return n

        def __getitem__(self, i):
            return ("one", i)

        def __getitems__(self, indices):
            return [("several", i) for i in indices] + [None] * extra

    return Several()


def outcomes(t):
    D = t.utils.data
    both = D.ConcatDataset([range(3), "ab"])
    yield list(both), len(both), both[-1], both[-5], both.cumulative_sizes
    numbers = several(t, 3)
    yield list(D.Subset(numbers, [0, 2]) + D.Subset("xyz", [1]))
    yield list(stream(t, 3) + stream(t, 2)), len(stream(t, 3) + stream(t, 2)), list(D.ChainDataset([stream(t, 1)]))
    subset = D.Subset(numbers, [2, 0, 1])
    yield subset[1], subset.__getitems__([0, 1]), len(subset), D.Subset(range(10), [5, 6]).__getitems__([1, 0])
    rows = D.TensorDataset(t.arange(6).reshape(3, 2), t.arange(3))
    yield [[x.tolist() for x in row] for row in rows], [x.tolist() for x in D.Subset(rows, [1, 2])[[1, 0]]], len(rows)
    yield [x.tolist() for x in D.Subset(rows, [0, 1, 2])[0:2]]
    stacked = D.StackDataset(x=range(3), y="abc")
    yield stacked[1], len(stacked), stacked.__getitems__([2, 0]), D.StackDataset(range(3), numbers).__getitems__([1, 2])
    for lengths in ([7, 3], [0.5, 0.5], [0.33, 0.33, 0.34], [10, 0]):
        parts = D.random_split(range(10), lengths, t.Generator().manual_seed(4))
        yield [part.indices for part in parts]
    t.manual_seed(2)
    yield [part.indices for part in D.random_split(range(101), [0.5, 0.3, 0.2])], t.get_rng_state().tolist()


def test_elements():
    ours, theirs = list(outcomes(mt)), list(outcomes(torch))
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        assert a == b


@BOTH
def test_mistakes(t):
    D = t.utils.data
    for f, kind in (
        (lambda: D.Dataset()[0], NotImplementedError), (lambda: len(D.Dataset()), TypeError), (lambda: D.IterableDataset(), TypeError),
        (lambda: stream(t, 3)[0], NotImplementedError), (lambda: D.ConcatDataset([]), AssertionError),
        (lambda: D.ConcatDataset([stream(t, 3)]), AssertionError), (lambda: list(D.ChainDataset([range(3)])), AssertionError),
        (lambda: len(D.ChainDataset([range(3)])), AssertionError), (lambda: D.ConcatDataset([range(3)])[3], IndexError),
        (lambda: D.ConcatDataset([range(3)])[-4], ValueError), (lambda: D.TensorDataset(t.zeros(2), t.zeros(3)), AssertionError),
        (lambda: D.TensorDataset(t.tensor(1.0)), IndexError), (lambda: D.StackDataset(), ValueError),
        (lambda: D.StackDataset(range(3), x=range(3)), ValueError), (lambda: D.StackDataset(range(3), range(2)), ValueError),
        (lambda: D.StackDataset(several(t, 3, 1)).__getitems__([0]), ValueError), (lambda: D.random_split(range(3), [1, 1]), ValueError),
        (lambda: D.random_split(range(3), [-0.1, 1.1]), ValueError), (lambda: D.random_split(range(3), [0.2, 0.9]), ValueError),
        (lambda: D.random_split(range(3), [0.5]), ValueError),
    ):  # fmt: skip
        with pytest.raises(kind):
            f()


@BOTH
def test_an_empty_part_is_warned_about(t):
    with pytest.warns(UserWarning):
        t.utils.data.random_split(range(2), [0.5, 0.5, 0.0])
