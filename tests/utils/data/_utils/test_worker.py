"""What happens in a worker: its seeds, what it knows about itself, what it can send, and how it reports an error."""

import numpy as np
import pytest
import torch

import minitorch_bp as mt
from minitorch_bp.utils.data._utils.worker import Failure, _generate_state

pytestmark = pytest.mark.filterwarnings("ignore:.*worker processes.*", "ignore:.*fork.*:DeprecationWarning")


def of(t, f, n=4):
    """A dataset of ``f(0), f(1), ...``."""

    class Calls(t.utils.data.Dataset):
        def __len__(self):
            return n

        def __getitem__(self, i):
            return f(i)

    return Calls()


def test_numpys_seed():
    reference = torch.utils.data._utils.worker._generate_state
    for seed in (0, 1, 2**31, 2**40 + 7, 2**62 + 12345, 2**63 - 1):
        for worker in (0, 1, 77):
            assert _generate_state(seed, worker) == reference(seed, worker)


def test_a_worker_knows_itself():
    results = []
    for t in (mt, torch):
        t.manual_seed(4)

        def asked(i, t=t):
            info = t.utils.data.get_worker_info()
            return info.id, info.num_workers, info.seed, t.get_num_threads(), info.dataset[None] if i is not None else "the copy"

        dataset = of(t, lambda i, asked=asked: asked(i) if i is not None else "the copy")
        results.append(list(t.utils.data.DataLoader(dataset, batch_size=None, num_workers=2)))
        assert t.utils.data.get_worker_info() is None
    assert results[0] == results[1]
    with pytest.raises(AttributeError):  # frozen
        list(mt.utils.data.DataLoader(of(mt, lambda i: setattr(mt.utils.data.get_worker_info(), "id", 1)), num_workers=1))


def test_the_copy_can_be_set_up_in_init():
    def set_up(t):
        def init(worker):
            t.utils.data.get_worker_info().dataset.offset = 100 * worker

        class Numbers(t.utils.data.Dataset):
            offset = -1

            def __len__(self):
                return 4

            def __getitem__(self, i):
                return self.offset + i

        return [b.item() for b in t.utils.data.DataLoader(Numbers(), num_workers=2, worker_init_fn=init)]

    assert set_up(mt) == set_up(torch) == [0, 101, 2, 103]


LARGE = {
    "floats": lambda t: t.arange(10000.0), "bfloat16": lambda t: t.ones(100, 200, dtype=t.bfloat16), "bools": lambda t: t.ones(30000) > 0,
    "strided": lambda t: t.arange(40000.0).reshape(200, 200).T, "expanded": lambda t: t.ones(1).expand(20000), "complex": lambda t: t.ones(9000) * 1j,
    "array": lambda t: np.asfortranarray(np.arange(40000.0).reshape(200, 200)), "parameter": lambda t: t.nn.Parameter(t.ones(9000)),
    "requires grad": lambda t: t.ones(9000, requires_grad=True), "many": lambda t: [t.ones(9000) * k for k in range(20)],
    "string": lambda t: "x" * 200000, "empty": lambda t: t.ones(0, 3), "number": lambda t: t.tensor(1.5),
    "objects": lambda t: {"k": (t.ones(9000), [None, "a"])},
}  # fmt: skip


@pytest.mark.parametrize("scratch", [True, False], ids=["scratch files", "pipes"])
@pytest.mark.parametrize("name", LARGE)
def test_what_a_worker_sends_arrives(name, scratch, monkeypatch):
    """By both ways that there are, also small things beside large ones, and as memory that may be written to."""
    monkeypatch.setattr(mt.utils.data._utils.worker.Scratch, "available", scratch)
    expected = LARGE[name](mt)
    for got in mt.utils.data.DataLoader(of(mt, lambda i: LARGE[name](mt)), batch_size=None, num_workers=1, collate_fn=lambda x: x):
        assert same(got, expected)
        if isinstance(got, mt.Tensor):
            got.detach().zero_()


def same(a, b):
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, mt.Tensor):
        return (
            type(a) is type(b)
            and a.dtype is b.dtype
            and a.requires_grad == b.requires_grad
            and a.shape == b.shape
            and bool((a == b).all())
        )
    return np.array_equal(a, b) and type(a) is type(b)


def test_long_lists_of_indices_and_many_tasks_in_hand():
    """More than the pipes hold, in both directions at once."""
    (first, *_) = mt.utils.data.DataLoader(range(200_000), batch_size=100_000, num_workers=1)
    assert first.tolist() == list(range(100_000))
    strings = mt.utils.data.DataLoader(of(mt, lambda i: "x" * 20_000, 200), batch_size=None, num_workers=2, prefetch_factor=100)
    assert [len(s) for s in strings] == [20_000] * 200


class TwoArguments(Exception):
    def __init__(self, a, b):
        super().__init__(a, b)


def fail(error):
    raise error


@pytest.mark.parametrize(
    "error, kind",
    [(ValueError("the cause"), ValueError), (KeyError("the cause"), KeyError), (OSError(2, "the cause"), FileNotFoundError),
     (TwoArguments("the cause", 1), RuntimeError), (UnicodeDecodeError("utf8", b"a", 0, 1, "the cause"), RuntimeError)],
    ids=lambda e: type(e).__name__,
)  # fmt: skip
@pytest.mark.parametrize("where", ["dataset", "collate_fn", "worker_init_fn"])
def test_errors_come_with_their_type_and_traceback(where, error, kind):
    """The types are those that PyTorch gives; its workers take ten seconds to end after an error."""
    options = {where: lambda _: fail(error)}
    dataset = of(mt, options.pop("dataset", lambda i: i))
    with pytest.raises(kind, match="the cause") as caught:
        list(mt.utils.data.DataLoader(dataset, num_workers=2, **options))
    assert type(caught.value) is kind
    assert "worker process 0" in str(caught.value) and "fail" in str(caught.value) and "\n  File" in str(caught.value)


def test_an_error_of_a_class_that_only_the_worker_knows():
    def local(i):
        class Local(Exception):
            pass

        raise Local("the cause")

    with pytest.raises(RuntimeError, match="the cause"):
        list(mt.utils.data.DataLoader(of(mt, local), num_workers=1))


def test_a_stream_that_cannot_begin():
    class Broken(mt.utils.data.IterableDataset):
        def __iter__(self):
            raise ValueError("the cause")

    loader = mt.utils.data.DataLoader(Broken(), num_workers=1, persistent_workers=True)
    for _ in range(2):
        with pytest.raises(ValueError, match="the cause"):
            next(iter(loader))


def test_a_batch_that_cannot_be_sent():
    """PyTorch's main process would wait for it forever."""
    iterator = iter(mt.utils.data.DataLoader(of(mt, lambda i: (lambda: i) if i == 1 else i), batch_size=None, num_workers=1))
    assert next(iterator) == 0
    with pytest.raises(Exception, match="pickle"):
        next(iterator)
    assert list(iterator) == [2, 3]
    with pytest.raises(RuntimeError, match="detach"):
        list(mt.utils.data.DataLoader(of(mt, lambda i: mt.ones(2, requires_grad=True) * 2), num_workers=1))


def test_a_failure_is_what_was_raised():
    try:
        fail(KeyError("a\nb"))
    except KeyError as error:
        failure = Failure.of(error, 3)
    with pytest.raises(KeyError) as caught:
        failure.reraise()
    assert str(caught.value).count("\n") > 3  # the lines of the traceback, not their repr
