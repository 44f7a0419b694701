"""Creation into ``out``: its type decides, and one of as many elements keeps its shape; complex ends; what is refused."""

import pytest
import torch

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
RANGES = {
    "arange": lambda t, **o: t.arange(0, 4, **o), "linspace": lambda t, **o: t.linspace(0, 3, 4, **o), "logspace": lambda t, **o: t.logspace(0, 3, 4, base=2, **o),
    "range": lambda t, **o: t.range(0, 3, **o), "randperm": lambda t, **o: t.randperm(4, **o),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", ["int64", "float32", "float64", "int32", "uint8"])
@pytest.mark.parametrize("name", RANGES)
def test_into_a_strided_view(name, dtype):
    found = []
    for t in (minitorch_bp, torch):
        t.manual_seed(0)
        base = t.zeros(2, 3, dtype=getattr(t, dtype))
        RANGES[name](t, out=base.narrow(1, 1, 2))
        longer = t.zeros(0, dtype=getattr(t, dtype))
        RANGES[name](t, out=longer)
        found.append((base.tolist(), longer.tolist()))
        with pytest.raises(RuntimeError):
            RANGES[name](t, dtype=t.float16, out=base)
    assert found[0] == found[1]


@BOTH
def test_filled_into(t):
    x = t.empty(3, dtype=t.int64)
    assert t.full((3,), 1.0, out=x) is x and x.tolist() == [1, 1, 1] and t.zeros(3, out=x).dtype is t.int64
    assert t.eye(2, out=t.empty(2, 2, dtype=t.int64)).tolist() == [[1, 0], [0, 1]]
    for call in (lambda: t.zeros(3, dtype=t.float32, out=x), lambda: t.full((3,), 1.0, dtype=t.float32, out=x)):
        with pytest.raises(RuntimeError):
            call()


@pytest.mark.parametrize("name", ["linspace", "logspace"])
def test_complex_ends(name):
    for ends in ((1, 2j), (1j, 2), (1 + 1j, -2 - 3j), (1.0, 2.0)):
        mine, theirs = (getattr(t, name)(*ends, 5) for t in (minitorch_bp, torch))
        assert repr(mine.dtype) == repr(theirs.dtype) and torch.allclose(torch.tensor(mine.tolist()), theirs)
    for t in (minitorch_bp, torch):
        with pytest.raises(RuntimeError):
            getattr(t, name)(0, 1j, 5, dtype=t.float32)


@BOTH
@pytest.mark.filterwarnings("ignore")
def test_refusals(t):
    for call in (
        lambda: t.empty([2, 4, 2**29, 2**29], dtype=t.float64),
        lambda: t.randperm(2**11 + 2, dtype=t.float16),
        lambda: t.randperm(2**8 + 1, dtype=t.uint8),
        lambda: t.meshgrid(),
        lambda: t.meshgrid(t.tensor([1]), t.tensor([1.0])),
        lambda: t.meshgrid(t.ones(2, 2)),
        lambda: t.repeat_interleave(t.arange(4).reshape(2, 2)),
        lambda: t.repeat_interleave(t.tensor([1.0])),
    ):
        with pytest.raises(RuntimeError):
            call()
    for name in ("hstack", "vstack", "dstack", "column_stack", "row_stack"):
        with pytest.raises(TypeError):
            getattr(t, name)(t.ones(2))
    assert t.ByteTensor.dtype is t.uint8 and t.randperm(2**8, dtype=t.uint8).numel() == 256
    if t is minitorch_bp:  # PyTorch says so once
        with pytest.warns(UserWarning):
            t.meshgrid(t.arange(2), t.arange(2))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", ["uint8", "int8", "int32", "int64", "float16", "bfloat16", "float32", "float64"])
def test_random_from_a_number_on(dtype):
    found = []
    for t in (minitorch_bp, torch):
        t.manual_seed(5)
        x = t.empty(30, dtype=getattr(t, dtype))
        found.append(
            [
                x.random_(3, None).double().tolist(),
                x.random_(0, 5).double().tolist(),
                x.random_(7).double().tolist(),
                t.rand(1).item(),
            ]
        )
    assert found[0] == found[1]


def test_types_of_normal():
    for means in ("float32", "float64"):
        for deviations in ("float32", "float64"):
            found = []
            for t in (minitorch_bp, torch):
                t.manual_seed(1)
                r = t.normal(t.zeros(20, dtype=getattr(t, means)), t.ones(20, dtype=getattr(t, deviations)) * 2)
                found.append((repr(r.dtype), r.tolist()))
            assert found[0] == found[1]
