"""segment_reduce and hash_tensor: PyTorch's values, gradients and refusals."""

import numpy as np
import pytest
import torch

import minitorch_bp


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("initial", [None, 2.0])
@pytest.mark.parametrize("reduce", ["sum", "mean", "prod", "max", "min"])
def test_segments(reduce, initial):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=5), rng.normal(size=(2, 4, 3))
    found = []
    for t in (minitorch_bp, torch):
        d = t.tensor(x, requires_grad=True)
        r = t.segment_reduce(d, reduce, lengths=t.tensor([2, 0, 3]), initial=initial)
        (r.nan_to_num(0, 0, 0) * t.arange(1.0, 4)).sum().backward()
        rows = t.segment_reduce(t.tensor(y), reduce, lengths=t.tensor([[1, 3], [2, 2]]), axis=1, initial=initial)
        offsets = t.segment_reduce(t.tensor(y[0]), reduce, offsets=t.tensor([0, 1, 4]), initial=initial)
        found.append([v.detach().numpy() for v in (r, d.grad, rows, offsets)])
    for mine, theirs in zip(*found, strict=True):
        assert np.allclose(mine, theirs, equal_nan=True)


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
def test_refusals(t):
    x = t.ones(3)
    for call in (
        lambda: t.segment_reduce(x, "sum", lengths=t.tensor([1, 1])),
        lambda: t.segment_reduce(x, "sum", lengths=t.tensor([4, -1])),
        lambda: t.segment_reduce(x, "sum"),
        lambda: t.segment_reduce(x, "mode", lengths=t.tensor([3])),
        lambda: t.segment_reduce(x, "sum", lengths=t.tensor([3.0])),
    ):
        with pytest.raises(RuntimeError):
            call()


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "int64", "float16", "bfloat16", "float32", "float64"])
def test_hashes(dtype):
    found = []
    for t in (minitorch_bp, torch):
        x = t.tensor([[1, -2, 3], [4, 5, 6]]).to(getattr(t, dtype))
        hashes = [t.hash_tensor(x), x.hash_tensor(1), x.hash_tensor((0,), keepdim=True)]
        found.append([(h.tolist(), repr(h.dtype)) for h in hashes])
    assert found[0] == found[1]
