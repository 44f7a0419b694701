"""Arguments by the names that PyTorch gives them, and what is refused in their place."""

import pytest
import torch

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [torch, minitorch_bp], ids=["torch", "ours"])


@BOTH
def test_sizes_by_name(t):
    x = t.arange(6.0)
    assert x.reshape(shape=(2, 3)).shape == x.view(size=(2, 3)).shape == (2, 3)
    assert x.tile(dims=(2,)).shape == (12,) and x[:1].expand(size=(3,)).shape == (3,) and x.clone().resize_(size=(3,)).shape == (3,)
    assert x.new_zeros(size=(2,)).shape == x.new_ones(size=(2,)).shape == x.new_empty(size=(2,)).shape == (2,)
    for wrong in (
        lambda: x.reshape(size=(2, 3)),
        lambda: x.view(shape=(2, 3)),
        lambda: x.reshape(2, 3, shape=(2, 3)),
        lambda: x.new_zeros(2, sizes=(2,)),
    ):
        with pytest.raises(TypeError):
            wrong()


@BOTH
@pytest.mark.parametrize("wrong", [3, "a"])
def test_a_generator_is_a_generator(t, wrong):
    x = t.ones(3)
    for call in (
        lambda: t.rand(2, generator=wrong),
        lambda: t.randn(2, generator=wrong),
        lambda: t.randint(3, (2,), generator=wrong),
        lambda: t.randperm(3, generator=wrong),
        lambda: x.uniform_(generator=wrong),
        lambda: x.random_(generator=wrong),
        lambda: t.normal(0.0, 1.0, (2,), generator=wrong),
        lambda: t.bernoulli(x, generator=wrong),
        lambda: t.poisson(x, generator=wrong),
        lambda: t.multinomial(x, 2, generator=wrong),
    ):
        with pytest.raises(TypeError):
            call()


def test_linear_with_a_weight_of_one_dimension():
    results = []
    for t in (torch, minitorch_bp):
        F = t.nn.functional
        rows = []
        for shape in ((3,), (2, 3), (2, 2, 3)):
            x = t.arange(1.0, 1 + torch.Size(shape).numel()).reshape(shape).requires_grad_()
            w = t.tensor([1.0, -2.0, 0.5], requires_grad=True)
            y = F.linear(x, w, t.tensor(1.0) if len(shape) == 1 else None)
            (y * y).sum().backward()
            rows += [y.tolist(), x.grad.tolist(), w.grad.tolist()]
        rows.append(F.linear(t.ones(2, 3), t.ones(3).requires_grad_()).grad_fn.name())
        results.append(rows)
        for wrong in (
            lambda f=F, t=t: f.linear(t.ones(2, 3), t.ones(2)),
            lambda f=F, t=t: f.linear(t.ones(2, 3), t.ones(3), t.ones(2)),
        ):
            with pytest.raises(RuntimeError):
                wrong()
    assert results[0] == results[1]


def test_tensor_of_a_tensor_keeps_its_type():
    for t in (torch, minitorch_bp):
        x = t.arange(3)
        y = t.Tensor(x)
        y[0] = 7
        assert y.dtype is t.int64 and x.tolist() == [7, 1, 2] and t.Tensor(t.tensor(True)).dtype is t.bool


@BOTH
def test_keepdim_needs_a_dimension(t):
    x = t.ones(2, 3)
    for name in ("max", "min", "median"):
        with pytest.raises(TypeError):
            getattr(x, name)(keepdim=True)


@BOTH
@pytest.mark.filterwarnings("ignore")
def test_one_value_is_not_written_by_a_mask_of_bytes(t):
    mask = t.tensor([1, 0, 1], dtype=t.uint8)
    for value in (5.0, t.tensor(5.0), t.ones(1)):
        with pytest.raises(RuntimeError):
            t.arange(3.0)[mask] = value
    x = t.arange(3.0)
    x[mask] = t.tensor([5.0, 6.0])
    assert x.tolist() == [5.0, 1.0, 6.0]


@BOTH
def test_make_subclass(t):
    class Length(t.Tensor):
        pass

    x = t.zeros(2)
    s = t.Tensor._make_subclass(Length, x, True)
    assert type(s) is Length and s.is_leaf and s.requires_grad
    with t.no_grad():
        s[0] = 3
    assert x.tolist() == [3.0, 0.0]
