"""Tensors and the world around them: NumPy, Python, copying, devices."""

import copy
import pickle
import subprocess
import sys
import warnings

import numpy as np
import pytest
import torch

import minitorch_bp as mt


def test_numpy_shares_memory_both_ways():
    a = np.zeros(3)
    t = mt.from_numpy(a)
    a[0] = 1
    t[1] = 2
    t.numpy()[2] = 3
    assert a.tolist() == t.tolist() == [1, 2, 3]


def test_numpy_of_a_tensor_that_requires_grad_raises():
    for t in (mt, torch):
        x = t.ones(2, requires_grad=True)
        for convert in (lambda x: x.numpy(), np.asarray):
            with pytest.raises(RuntimeError):
                convert(x)
        assert x.detach().numpy().tolist() == [1, 1]


EXPRESSIONS = [
    lambda t, a: np.sin(t),
    lambda t, a: np.float64(2) * t,
    lambda t, a: np.sqrt(2.0) * t,
    lambda t, a: np.add(t, t),
    lambda t, a: t * a,
    lambda t, a: a * t,
    lambda t, a: t + a,
    lambda t, a: t == a,
    lambda t, a: t < a,
    lambda t, a: np.float32(2) * t,
    lambda t, a: np.mean(t.numpy()),
    lambda t, a: t == None,
    lambda t, a: t == "a",
    lambda t, a: t + None,
    lambda t, a: t + "a",
    lambda t, a: np.stack([t, t]),
    lambda t, a: 2 - t,
    lambda t, a: t @ a,
]


@pytest.mark.parametrize("k", range(len(EXPRESSIONS)))
def test_arithmetic_with_numpy(k):
    results = []
    for t in (mt, torch):
        try:
            with warnings.catch_warnings():
                if t is torch:  # its __array_wrap__ takes the arguments of NumPy 1
                    warnings.simplefilter("ignore", DeprecationWarning)
                r = EXPRESSIONS[k](t.ones(3), np.arange(3.0))
            results.append((type(r).__name__, repr(getattr(r, "dtype", None)), np.asarray(r).tolist()))
        except Exception as error:
            results.append(type(error))
    assert results[0] == results[1]


def test_numpy_scalar_times_tensor_keeps_the_graph():
    x = mt.ones(2, requires_grad=True)
    assert repr(np.sqrt(2.0) * x) == repr(np.sqrt(2.0) * torch.ones(2, requires_grad=True))


def test_dlpack():
    a = np.arange(3.0)
    assert mt.from_dlpack(a).tolist() == [0, 1, 2]
    t = mt.arange(3.0)
    np.from_dlpack(t)  # no copy is made
    assert torch.from_dlpack(t).tolist() == [0, 1, 2]
    with pytest.raises(BufferError):
        mt.ones(1, requires_grad=True).__dlpack__()


def test_python_conversions():
    for t in (mt, torch):
        x = t.tensor(3)
        assert ([10, 11, 12, 13][x], int(x), float(x), bool(x), x.item()) == (13, 3, 3.0, True, 3)
        assert "%d" % x == "3" and len(t.zeros(4, 2)) == 4 and [int(v) for v in t.arange(3)] == [0, 1, 2]
        assert 2 in t.arange(3) and 5 not in t.arange(3)
        assert t.tensor([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    "f",
    [
        lambda t: bool(t.zeros(2)),
        lambda t: t.zeros(2).item(),
        lambda t: len(t.tensor(1)),
        lambda t: iter(t.tensor(1)),
        lambda t: [1][t.tensor(0.5)],
        lambda t: float(t.zeros(2)),
        lambda t: t.tensor(1)[0],
        lambda t: t.zeros(2)[3],
        lambda t: t.zeros(2)[0, 0],
        lambda t: t.zeros(2)[1.5],
        lambda t: t.zeros(2)[t.tensor([0.5])],
        lambda t: t.zeros(3)[::-1],
        lambda t: t.tensor("a"),
        lambda t: t.tensor([[1], [1, 2]]),
        lambda t: t.tensor(None),
        lambda t: t.zeros(-1),
        lambda t: t.zeros(2.5),
        lambda t: t.from_numpy([1]),
        lambda t: t.from_numpy(np.array(["a"])),
        lambda t: t.arange(0, 5, -1),
        lambda t: t.ones(1, device="cuda"),
        lambda t: t.ones(1).cuda(),
        lambda t: t.ones(1).to("cuda"),
        lambda t: t.device("nonsense"),
        lambda t: t.nn.Linear(1, 1).cuda(),
        lambda t: t.ones(2, dtype=t.int64).requires_grad_(),
        lambda t: t.tensor([1], requires_grad=True),
        lambda t: t.zeros(2, 3).view(4),
        lambda t: t.zeros(2, 3).T.view(6),
        lambda t: t.zeros(2, 3).expand(4, 3),
        lambda t: t.zeros(2, 3).permute(0),
        lambda t: t.zeros(2, 3).transpose(0, 2),
        lambda t: t.zeros(3, 3, 3).t(),
        lambda t: t.cat([]),
        lambda t: t.cat([t.zeros(2, 2), t.zeros(3)]),
        lambda t: t.stack([t.zeros(2), t.zeros(3)]),
        lambda t: t.zeros(2) + t.zeros(3),
        lambda t: t.zeros(2, 3) @ t.zeros(2, 3),
        lambda t: t.zeros(2) @ t.zeros(3),
        lambda t: t.zeros(2, 2) @ t.zeros(2, 2).double(),
        lambda t: t.mm(t.zeros(2), t.zeros(2)),
        lambda t: t.tensor([True]) - t.tensor([True]),
        lambda t: -t.tensor([True]),
        lambda t: t.zeros(2).sum(1),
        lambda t: t.zeros(2).softmax(3),
        lambda t: t.zeros(2, dtype=t.int64).mean(),
        lambda t: t.zeros(0).max(),
        lambda t: t.zeros(0).argmax(),
        lambda t: t.zeros(2).topk(3),
        lambda t: t.zeros(2).gather(0, t.tensor([5])),
        lambda t: t.zeros(2).index_select(0, t.tensor([5])),
        lambda t: t.zeros(2).split([1, 2]),
        lambda t: t.zeros(2).chunk(0),
        lambda t: t.relu(np.zeros(2)),
        lambda t: t.sin(2.0),
        lambda t: t.add(t.zeros(2), np.zeros(2)),
        lambda t: t.zeros(2).reshape(3),
        lambda t: t.ones(1).reshape(0, -1),
        lambda t: t.full((2,), 1, dtype=t.int64).exp_(),
        lambda t: t.zeros(2).add_(t.zeros(3)),
        lambda t: t.zeros(2).add_(t.zeros(2, 2)),
        lambda t: t.zeros(2, dtype=t.int64).add_(0.5),
        lambda t: t.tensor([1, 2]) // 0,
        lambda t: t.zeros(2).clamp(),
        lambda t: t.zeros(2).unsqueeze(5),
        lambda t: t.eye(-1),
        lambda t: t.randint(5, 5, (2,)),
        lambda t: t.randperm(-1),
        lambda t: t.manual_seed(2**65),
        lambda t: t.bernoulli(t.tensor([2.0])),
        lambda t: t.zeros(2).normal_(0, -1),
        lambda t: t.einsum("ij,jk->ik", t.zeros(2, 3), t.zeros(2, 3)),
        lambda t: t.where(t.zeros(2), t.zeros(2), t.zeros(2)),
        lambda t: t.zeros(1).expand(3).add_(1),
        lambda t: t.zeros(2).masked_fill(t.zeros(2), 1.0),
        lambda t: t.zeros(2).diag().diagonal(0, 0, 0),
        lambda t: t.set_default_dtype(t.int64),
        lambda t: t.zeros(2).copy_(t.zeros(3)),
        lambda t: t.zeros(3).__setitem__(0, t.zeros(2)),
        lambda t: t.zeros(3).__setitem__(5, 1.0),
        lambda t: t.zeros(2).foo,
        lambda t: t.zeros(2).sum(bar=1),
        lambda t: t.bmm(t.zeros(2, 2), t.zeros(2, 2)),
        lambda t: t.dot(t.zeros(2), t.zeros(3)),
        lambda t: t.linspace(0, 1, -1),
    ],
)
def test_error_types(f):
    """Each mistake raises PyTorch's exception type, with a message."""
    kinds = []
    for t in (torch, mt):
        with pytest.raises(Exception) as caught:
            f(t)
        kinds.append(caught.type)
        assert str(caught.value)
    assert issubclass(kinds[1], kinds[0]), kinds


def test_copying():
    x = mt.tensor([1.0, 2.0], requires_grad=True)
    x.grad = mt.ones(2)
    for y, gradient in ((copy.deepcopy(x), [1, 1]), (pickle.loads(pickle.dumps(x)), None)):  # (PyTorch pickles none)
        assert (
            y.requires_grad and y.is_leaf and y.tolist() == [1, 2] and (y.grad if y.grad is None else y.grad.tolist()) == gradient
        )
        with mt.no_grad():
            y[0] = 9
        assert x.tolist() == [1, 2]
    z = copy.copy(x)
    with mt.no_grad():
        z[0] = 5
    assert x.tolist() == [5, 2]
    with pytest.raises(RuntimeError):
        copy.deepcopy(x * 2)
    p = mt.nn.Parameter(mt.ones(2))
    assert type(copy.deepcopy(p)) is mt.nn.Parameter


def test_devices():
    assert mt.device("cpu").type == "cpu" and not mt.cuda.is_available()
    assert (mt.device("cpu") == "cpu") == (torch.device("cpu") == "cpu")
    assert repr(mt.zeros(1).device) == repr(torch.zeros(1).device)
    assert mt.zeros(1, device="cpu").to("cpu").device == mt.device("cpu")


def test_strides_and_flags():
    for f in (
        lambda t: t.zeros(2, 3),
        lambda t: t.zeros(2, 3).T,
        lambda t: t.zeros(2, 3)[:, 1],
        lambda t: t.zeros(1).expand(4),
        lambda t: t.zeros(2, 3, 4).permute(2, 0, 1),
        lambda t: t.zeros(2, 3, 4).transpose(0, 1) * 2,
        lambda t: t.zeros(5)[1:],
        lambda t: t.zeros(2, 0, 3),
        lambda t: t.zeros(4, 4).diagonal(),
    ):
        ours, theirs = f(mt), f(torch)
        assert (ours.stride(), ours.is_contiguous(), ours.storage_offset()) == (
            theirs.stride(),
            theirs.is_contiguous(),
            theirs.storage_offset(),
        )


def test_legacy_constructors():
    for f in (
        lambda t: t.FloatTensor([1, 2]),
        lambda t: t.LongTensor([1, 2]),
        lambda t: t.Tensor([1, 2]),
        lambda t: t.Tensor(2, 3).shape,
        lambda t: t.FloatTensor(2).dtype,
        lambda t: isinstance(t.zeros(1), t.FloatTensor),
        lambda t: isinstance(t.zeros(1), t.LongTensor),
        lambda t: t.zeros(2).type(),
        lambda t: t.zeros(2).type("torch.LongTensor"),
        lambda t: t.zeros(2).type(t.int64),
        lambda t: t.autograd.Variable(t.ones(1), requires_grad=True),
        lambda t: isinstance(t.zeros(1), t.autograd.Variable),
    ):
        assert repr(f(mt)) == repr(f(torch))


def test_import_never_brings_torch_and_scipy_waits():
    code = "import sys, minitorch_bp; print('torch' in sys.modules, 'scipy' in sys.modules, 'numpy.random' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == ["False"] * 3
