"""Forms of calls that old code has, and arguments of other kinds: PyTorch's results and refusals."""

import pytest
import torch

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64", "complex64", "int64", "uint8"])
@pytest.mark.parametrize("name", ["addcmul", "addcdiv"])
def test_the_factor_in_front(name, dtype):
    if name == "addcdiv" and dtype in ("int64", "uint8"):
        return
    found = []
    for t in (minitorch_bp, torch):
        x, y, z = (t.tensor(data).to(getattr(t, dtype)) for data in ([1, 2], [3, 4], [2, 5]))
        factor = 3 if dtype in ("int64", "uint8") else 0.5
        results = [
            getattr(t, name)(x, factor, y, z),
            getattr(t, name)(x, y, z, value=factor),
            getattr(x.clone(), name + "_")(factor, y, z),
        ]
        found.append([(r.tolist(), repr(r.dtype)) for r in results])
    assert found[0] == found[1]


@BOTH
def test_addcmul_has_gradients(t):
    x, y, z = (t.tensor([2.0, 3.0], requires_grad=True) for _ in range(3))
    t.addcmul(x, y, z, value=0.5).sum().backward()
    assert x.grad.tolist() == [1, 1] and y.grad.tolist() == [1, 1.5] and "Addcmul" in t.addcmul(x, y, z).grad_fn.name()


def test_bernoulli_with_a_probability_each():
    found = []
    for t in (minitorch_bp, torch):
        t.manual_seed(0)
        p = t.arange(20.0).reshape(4, 5) / 20
        found.append(
            [t.empty(4, 5).bernoulli_(p).tolist(), t.empty(4, 5, dtype=t.int64).bernoulli_(p.double()).tolist(), t.rand(1).item()]
        )
    assert found[0] == found[1]


@BOTH
def test_arguments(t):
    x = t.arange(6).reshape(2, 3)
    assert reversed(x).tolist() == [[3, 4, 5], [0, 1, 2]] and reversed(t.tensor(1)).item() == 1
    assert x.index_reduce(0, t.tensor([1], dtype=t.int32), t.tensor([[9, 1, 9]]), "amax").tolist() == [[0, 1, 2], [9, 4, 9]]
    added = t.zeros(2, dtype=t.uint8).index_add(0, t.tensor([0]), t.tensor([3], dtype=t.uint8), alpha=-1)
    assert added.tolist() == [253, 0]
    assert t.ones(1).new(size=(3, 4)).shape == (3, 4) and t.ones(1).int().type(t.Tensor).dtype is t.float32
    y = t.ones(2)
    assert y.new(y.storage()).data_ptr() == y.data_ptr() and t.empty(1).cauchy_(float("inf"), 0.5).item() == float("inf")
    z = t.zeros(2, dtype=t.complex64)
    z.imag = 2
    assert z.tolist() == [2j, 2j]
    for call in (lambda: y.new(t.tensor([1]).storage()), lambda: t.tensor([1]).unflatten(0, [])):
        with pytest.raises(RuntimeError):
            call()
    for call in (
        lambda: y.apply_(lambda v: "word"),
        lambda: t.cumsum(t.ones(2, 2), t.tensor(0.0)),
        lambda: t.empty(1, 2, 3, 4).dim_order(ambiguity_check="no"),
    ):
        with pytest.raises(TypeError):
            call()
    for call in (lambda: t.ones(2, requires_grad=True).map_(y, lambda a, b: a), lambda: y.map_(t.ones(3), lambda a, b: a)):
        with pytest.raises(RuntimeError):
            call()
    assert t.tensor([1.0]).map2_(t.tensor([2.0]), t.tensor([3.0]), lambda a, b, c: a + b * c).item() == 7


@BOTH
def test_orders_of_dimensions(t):
    for shape, order in (((2, 3, 5, 7), (0, 2, 3, 1)), ((2, 3, 5, 7), (3, 1, 0, 2))):
        assert t.empty_permuted(shape, order).dim_order() == order
    x = t.empty(2, 2, 1, 2).to(memory_format=t.channels_last)
    assert x.dim_order(ambiguity_check=[t.contiguous_format, t.channels_last]) == (0, 2, 3, 1)
    for ambiguous in (True, [t.contiguous_format, t.channels_last]):
        with pytest.raises(RuntimeError):
            t.empty(1, 1, 1, 2).dim_order(ambiguity_check=ambiguous)


@BOTH
def test_what_is_written_by_an_index_lies_apart_from_what_is_read(t):
    i, x = t.tensor([2, 1, 0]), t.zeros(6)
    for call in (
        lambda: i.index_add_(0, i.clone(), i),
        lambda: i.index_copy_(0, i, i.clone()),
        lambda: i.scatter_(0, i, i.clone()),
        lambda: i.scatter_add_(0, i, i.clone()),
        lambda: i.put_(i, i.clone()),
        lambda: i.index_fill_(0, i, 0),
        lambda: i.scatter_(0, i, 5),
        lambda: x.index_reduce_(0, i, x[:3], "prod"),
        lambda: x.scatter_reduce_(0, i, x[:3], "sum"),
        lambda: x.put_(i, x[3:]),
        lambda: x.index_put_((i,), x[:3]),
    ):
        with pytest.raises(RuntimeError):
            call()
    assert i.tolist() == [2, 1, 0] and x.index_add_(0, i, t.ones(3)).tolist() == [1, 1, 1, 0, 0, 0]


@BOTH
def test_bernoulli_into_integers(t):
    t.manual_seed(0)
    out = t.empty(4, dtype=t.int64)
    assert t.bernoulli(t.tensor([0.0, 1.0, 1.0, 0.0]), out=out) is out and out.tolist() == [0, 1, 1, 0]


@BOTH
def test_distances_of_points_that_share_a_coordinate(t):
    for p in (0.5, 0.1, 1, 2, 3.0):
        a, b = t.tensor([[1.0, 2.0]], requires_grad=True), t.tensor([[2.0, 2.0]], requires_grad=True)
        t.cdist(a, b, p).sum().backward()
        assert a.grad.tolist() == [[-1, 0]] and b.grad.tolist() == [[1, 0]]


@pytest.mark.parametrize("order", [1, 2])
def test_slopes(order):
    found = []
    for t in (minitorch_bp, torch):
        x = t.tensor([2.0, -2, float("inf"), float("inf"), -float("inf"), 3, 1, float("nan"), 5, 4, 7])
        clean = t.arange(12.0).reshape(3, 4).square().requires_grad_()
        slopes = [*t.gradient(clean, edge_order=order), *t.gradient(clean, spacing=0.5, dim=1, edge_order=order)]
        slopes += t.gradient(clean, spacing=[t.tensor([0.0, 1, 3, 4])], dim=1, edge_order=order)
        sum(s.square().sum() for s in slopes).backward()
        found.append([t.gradient(x, edge_order=order)[0].tolist(), *[s.tolist() for s in slopes], clean.grad.tolist()])
        found[-1] += [t.gradient(t.tensor([1, 4, 9]), spacing=2)[0].tolist()]
    for mine, theirs in zip(*found, strict=True):
        assert torch.allclose(torch.tensor(mine), torch.tensor(theirs), equal_nan=True)
    for t in (minitorch_bp, torch):
        with pytest.raises(RuntimeError, match="uint8"):
            t.gradient(t.tensor([1, 4, 9], dtype=t.uint8))
