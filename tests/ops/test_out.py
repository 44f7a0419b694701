"""``out=``: the result is written into the caller's tensor, which is resized if need be."""

import pytest
import torch

import minitorch_bp as mt

CALLS = [
    lambda t, o: t.add(t.ones(2), 1, out=o), lambda t, o: t.mul(t.ones(2), 3, out=o), lambda t, o: t.exp(t.zeros(2), out=o),
    lambda t, o: t.sum(t.ones(2, 2), 0, out=o), lambda t, o: t.cat([t.ones(1), t.zeros(1)], out=o), lambda t, o: t.matmul(t.eye(2), t.ones(2), out=o),
    lambda t, o: t.clamp(t.tensor([-1.0, 2.0]), 0, 1, out=o), lambda t, o: t.where(t.tensor([True, False]), t.ones(2), t.zeros(2), out=o),
    lambda t, o: t.max(t.tensor([1.0, 3.0]), t.tensor([2.0, 2.0]), out=o), lambda t, o: t.pow(t.tensor([1.0, 3.0]), 2, out=o),
    lambda t, o: t.stack([t.tensor(1.0), t.tensor(2.0)], out=o), lambda t, o: t.mm(t.eye(2), t.ones(2, 2), out=o),
]  # fmt: skip


@pytest.mark.parametrize("k", range(len(CALLS)))
@pytest.mark.filterwarnings("ignore")
def test_out(k):
    results = []
    for t in (mt, torch):
        out = t.empty(2) if k != 11 else t.empty(2, 2)
        assert CALLS[k](t, out) is out
        results.append(out.tolist())
    assert results[0] == results[1]


@pytest.mark.filterwarnings("ignore")
def test_out_of_another_shape_type_or_with_grad():
    for t in (mt, torch):
        out = t.empty(0)
        t.add(t.ones(3), 1, out=out)
        assert out.tolist() == [2, 2, 2]
        with pytest.raises(RuntimeError):
            t.add(t.ones(2), 0.5, out=t.empty(2, dtype=t.int64))
        with pytest.raises(RuntimeError):
            t.add(t.ones(2, requires_grad=True), 1, out=t.empty(2))
        values, indices = t.empty(1), t.empty(1, dtype=t.int64)
        t.max(t.tensor([[1.0, 3.0]]), 1, out=(values, indices))
        assert (values.tolist(), indices.tolist()) == ([3.0], [1])


@pytest.mark.parametrize(
    "f",
    [
        lambda: mt.nn.functional.embedding(mt.tensor([0]), mt.ones(1, 1), sparse=True),
        lambda: mt.zeros(2, layout=mt.sparse_coo),
    ],
)
def test_what_is_not_supported_says_so(f):
    with pytest.raises(NotImplementedError) as caught:
        f()
    assert len(str(caught.value)) > 20
