"""Loaders: PyTorch's batches in PyTorch's order, with and without workers, and the generators left in the same state."""

import itertools
import pickle
import random
import time
import warnings

import numpy as np
import pytest
import torch

import minitorch_bp as mt

BOTH = pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*worker processes.*", "ignore:.*fork.*:DeprecationWarning", "ignore:.*samples have"
)


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


def test_batches_and_random_state():
    results = []
    for t in (mt, torch):
        t.manual_seed(3)
        results.append(list(passes(t)))
    assert results[0] == results[1]


def plain(value):
    """Tensors inside of lists and dictionaries as lists of numbers."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(v) for v in value]
    return value.tolist() if hasattr(value, "tolist") else value


def augmented(t, n=30):
    """Rows with noise from each of the generators that a dataset may draw from."""

    class Augmented(t.utils.data.Dataset):
        def __init__(self):
            self.rows = t.arange(4.0 * n).reshape(n, 4)

        def __len__(self):
            return n

        def __getitem__(self, i):
            noise = {"uniform": t.rand(3), "normal": t.randn(20), "integer": t.randint(100, (1,))}
            return self.rows[i] + t.randn(4), noise, random.random(), np.random.rand(2), i

    return Augmented()


def both(f):
    """What a function of the library gives, in both; the same seeds before, the state of the default generator with it."""
    results = []
    for t in (mt, torch):
        t.manual_seed(3)
        random.seed(1)
        np.random.seed(1)
        results.append((plain(f(t)), t.get_rng_state().tolist(), random.random(), np.random.rand()))
    return results


@pytest.mark.parametrize("own", [False, True], ids=["default generator", "own generator"])
@pytest.mark.parametrize("workers, persistent", [(0, False), (2, False), (2, True), (4, False), (4, True)])
def test_three_epochs_of_augmented_batches(workers, persistent, own):
    def epochs(t):
        g = t.Generator().manual_seed(9) if own else None
        loader = t.utils.data.DataLoader(
            augmented(t), batch_size=4, shuffle=True, num_workers=workers, generator=g, persistent_workers=persistent
        )
        found = []
        for _ in range(3):
            found.append(list(loader))
            found.append(t.rand(2))
        return found, g and g.get_state()

    ours, theirs = both(epochs)
    assert ours == theirs


@pytest.mark.parametrize("persistent", [False, True], ids=["new workers", "persistent"])
def test_a_pass_that_is_given_up(persistent):
    """The random numbers of the next one are those of PyTorch, whose workers finish what they have in hand."""

    def passes(t):
        loader = t.utils.data.DataLoader(augmented(t, 12), batch_size=2, num_workers=2, persistent_workers=persistent)
        first = iter(loader)
        return next(first), next(first), list(loader), list(loader)

    ours, theirs = both(passes)
    assert ours == theirs


VARIANTS = {
    "without batches": lambda t: {"batch_size": None}, "batch sampler": lambda t: {"batch_sampler": [[3, 1], [2], [0, 0, 5]]},
    "drop last": lambda t: {"batch_size": 4, "drop_last": True}, "sampler": lambda t: {"sampler": [5, 1, 1], "batch_size": 2},
    "collate_fn": lambda t: {"batch_size": 3, "collate_fn": lambda batch: [row[4] for row in batch]},
    "replacement": lambda t: {"sampler": t.utils.data.RandomSampler(range(10), True, 12), "batch_size": 5},
    "more in hand": lambda t: {"batch_size": 1, "prefetch_factor": 5}, "timeout": lambda t: {"batch_size": 5, "timeout": 20},
    "init": lambda t: {"batch_size": 4, "worker_init_fn": lambda k: t.manual_seed(100 + k)},
}  # fmt: skip


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("name", VARIANTS)
def test_options(name, workers):
    def batches(t):
        options = VARIANTS[name](t)
        if not workers and name in ("more in hand", "timeout"):
            options.popitem()
        loader = t.utils.data.DataLoader(augmented(t, 10), num_workers=workers, **options)
        return len(loader), len(iter(loader)), list(loader)

    ours, theirs = both(batches)
    assert ours == theirs


def test_parts_and_pairs_with_workers():
    def batches(t):
        D = t.utils.data
        rows = D.TensorDataset(t.arange(40.0).reshape(20, 2), t.arange(20))
        a, b = D.random_split(rows, [0.5, 0.5])
        found = []
        for dataset in (rows, a, D.Subset(a, [1, 0, 3]), a + b, D.StackDataset(x=a, y=b), D.StackDataset(rows, range(20))):
            for workers in (0, 2):
                found.append(list(D.DataLoader(dataset, batch_size=4, shuffle=True, num_workers=workers)))
        return found

    ours, theirs = both(batches)
    assert ours == theirs


def stream(t, n, share=True, told=None):
    class Numbers(t.utils.data.IterableDataset):
        def __iter__(self):
            worker = t.utils.data.get_worker_info()
            start, step = (worker.id, worker.num_workers) if worker and share else (0, 1)
            return iter((i, t.randint(1000, (2,))) for i in range(start, n, step))

        def __len__(self):
            return n if told is None else told

    return Numbers()


@pytest.mark.parametrize("options", [{"batch_size": 3}, {"batch_size": 3, "drop_last": True}, {"batch_size": None}], ids=str)
@pytest.mark.parametrize("workers", [0, 2, 3])
@pytest.mark.parametrize("share", [True, False], ids=["sharded", "repeated"])
def test_streams(share, workers, options):
    def batches(t):
        loader = t.utils.data.DataLoader(stream(t, 17, share), num_workers=workers, **options)
        return list(loader), list(loader)

    ours, theirs = both(batches)
    assert ours == theirs


def test_streams_of_persistent_workers():
    def batches(t):
        loader = t.utils.data.DataLoader(stream(t, 17), batch_size=2, num_workers=2, persistent_workers=True)
        return [list(loader) for _ in range(3)]

    ours, theirs = both(batches)
    assert ours == theirs


@BOTH
@pytest.mark.parametrize("workers", [0, 2])
def test_a_stream_longer_than_it_said(t, workers):
    loader = t.utils.data.DataLoader(stream(t, 4, told=2), batch_size=None, num_workers=workers)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        list(loader)  # nobody asked
        assert len(loader) == 2
        iterator = iter(loader)
        next(iterator), next(iterator)
    with pytest.warns(UserWarning):
        next(iterator)
    assert len(t.utils.data.DataLoader(stream(t, 7), batch_size=3)) == 3
    assert len(t.utils.data.DataLoader(stream(t, 7), batch_size=3, drop_last=True)) == 2


@BOTH
def test_in_any_order(t):
    """The batch of a worker that takes long does not hold up the others."""

    class Slow(t.utils.data.Dataset):
        def __len__(self):
            return 8

        def __getitem__(self, i):
            time.sleep(0.5 if i == 0 else 0)
            return i

    found = [b.item() for b in t.utils.data.DataLoader(Slow(), num_workers=2, in_order=False)]
    assert sorted(found) == list(range(8)) and found[0] != 0


@BOTH
@pytest.mark.parametrize("workers", [0, 2])
def test_a_failing_item_does_not_end_the_pass(t, workers):
    class Faulty(t.utils.data.Dataset):
        def __len__(self):
            return 6

        def __getitem__(self, i):
            if i == 3:
                raise KeyError("three")
            return i

    iterator = iter(t.utils.data.DataLoader(Faulty(), num_workers=workers))
    found = [next(iterator).item() for _ in range(3)]
    with pytest.raises(KeyError, match="three"):
        next(iterator)
    assert found + [b.item() for b in iterator] == [0, 1, 2, 4, 5]


def test_a_tensor_dataset_is_collated_by_one_index():
    """Equal to what collating row by row gives; what cannot be done so is not."""
    D = mt.utils.data
    rows = D.TensorDataset(mt.arange(40.0).reshape(20, 2), mt.arange(20), mt.ones(20, 1, 3, dtype=mt.bfloat16))
    for dataset in (rows, D.Subset(rows, [3, -1, 5, 5]), D.Subset(D.Subset(rows, range(10)), [4, 2])):
        for indices in ([0, 1], [1, -1, 1]):
            (quick,) = D.DataLoader(dataset, batch_sampler=[indices])
            slow = D.default_collate([dataset[i] for i in indices])
            assert type(quick) is type(slow) is list and plain(quick) == plain(slow)
            assert [x.dtype for x in quick] == [x.dtype for x in slow] and all(x.is_contiguous() for x in quick)
    weights = mt.ones(3, 2, requires_grad=True)
    (batch,) = D.DataLoader(D.TensorDataset(weights), batch_size=3)
    batch[0].sum().backward()
    assert weights.grad.tolist() == [[1.0, 1.0]] * 3
    for t in (mt, torch):
        with pytest.raises(IndexError):
            list(t.utils.data.DataLoader(t.utils.data.TensorDataset(t.zeros(3)), batch_sampler=[[3]]))
        with pytest.raises(IndexError):
            list(t.utils.data.DataLoader(t.utils.data.TensorDataset(t.zeros(3)), batch_sampler=[[]]))


@BOTH
def test_mistakes(t):
    D, three = t.utils.data, range(3)
    for options, kind in (
        ({"batch_size": 0}, ValueError), ({"batch_size": 2.5}, ValueError), ({"shuffle": True, "sampler": [1]}, ValueError),
        ({"num_workers": -1}, ValueError), ({"timeout": -1}, ValueError), ({"prefetch_factor": 2}, ValueError),
        ({"num_workers": 1, "prefetch_factor": -2}, ValueError), ({"persistent_workers": True}, ValueError),
        ({"multiprocessing_context": "fork"}, ValueError), ({"num_workers": 1, "multiprocessing_context": "none"}, ValueError),
        ({"num_workers": 1, "multiprocessing_context": 3}, TypeError), ({"batch_size": None, "drop_last": True}, ValueError),
        ({"batch_sampler": [[1]], "batch_size": 2}, ValueError), ({"batch_sampler": [[1]], "shuffle": True}, ValueError),
        ({"batch_sampler": [[1]], "drop_last": True}, ValueError), ({"batch_sampler": [[1]], "sampler": [1]}, ValueError),
    ):  # fmt: skip
        with pytest.raises(kind):
            D.DataLoader(three, **options)
    for options in ({"shuffle": True}, {"sampler": [1]}, {"batch_sampler": [[1]]}):
        with pytest.raises(ValueError):
            D.DataLoader(stream(t, 3), **options)
    with pytest.raises(ValueError):
        D.DataLoader([], shuffle=True)
    assert list(D.DataLoader([])) == []
    with pytest.raises(AssertionError):
        iter(D.DataLoader(three, timeout=1))
    with pytest.raises(NotImplementedError):
        pickle.dumps(iter(D.DataLoader(three)))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # PyTorch's half-made iterator
@BOTH
def test_nothing_in_hand(t):
    with pytest.raises(AssertionError):
        iter(t.utils.data.DataLoader(range(3), num_workers=1, prefetch_factor=0))


@BOTH
def test_attributes(t):
    loader = t.utils.data.DataLoader(range(3), batch_size=2, num_workers=1)
    assert (loader.batch_size, loader.num_workers, loader.prefetch_factor, loader.timeout) == (2, 1, 2, 0)
    assert (loader.drop_last, loader.persistent_workers, loader.pin_memory, loader.in_order) == (False, False, False, True)
    assert loader.multiprocessing_context is None and loader.generator is None and loader.worker_init_fn is None
    assert list(loader.sampler) == [0, 1, 2] and list(loader.batch_sampler) == [[0, 1], [2]]
    for name in ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"):
        with pytest.raises(ValueError):
            setattr(loader, name, getattr(loader, name))
    loader.collate_fn, loader.num_workers, loader.multiprocessing_context = list, 2, "spawn"
    assert loader.multiprocessing_context.get_start_method() == "spawn"
    assert t.utils.data.DataLoader(range(3), batch_size=None).batch_sampler is None
    assert t.utils.data.DataLoader(range(3), batch_sampler=[[1]]).batch_size is None


@BOTH
def test_warnings(t):
    with pytest.warns(UserWarning):
        t.utils.data.DataLoader(range(3), num_workers=999)
    with pytest.warns(UserWarning):
        assert len(list(t.utils.data.DataLoader(range(3), pin_memory=True, pin_memory_device="cuda"))) == 3


def test_samplers_are_asked_in_advance():
    """A sampler that is watched has given out as many indices as in PyTorch."""

    def asked(t):
        given = []

        def watched():
            for i in itertools.count():
                given.append(i)
                yield i % 4

        loader = t.utils.data.DataLoader(range(4), sampler=watched(), batch_size=1, num_workers=2, prefetch_factor=3)
        iterator = iter(loader)
        counts = [len(given)]
        for _ in range(4):
            next(iterator)
            counts.append(len(given))
        return counts

    ours, theirs = both(asked)
    assert ours == theirs
