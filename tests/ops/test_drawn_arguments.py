"""Arguments that no template had: what drawn ones showed to be different, each against PyTorch."""

import pytest
import torch

import minitorch_bp as mt


def gradient(t, call, *shapes, seed=0):
    """A result and the gradients of its sum of squares."""
    generator = torch.Generator().manual_seed(seed)
    drawn = [torch.randn(s, generator=generator, dtype=torch.float64).numpy() for s in shapes]
    leaves = [t.from_numpy(d.copy()).requires_grad_() for d in drawn]
    result = call(t, *leaves)
    grads = t.autograd.grad((result * result).sum(), leaves, create_graph=True)
    return [result.detach().tolist(), *(g.detach().tolist() for g in grads)]


@pytest.mark.parametrize(
    "call, shapes",
    [
        (lambda t, x: x.narrow(0, -2, 2), [(3, 2)]),
        (lambda t, x: x.narrow(-1, -1, 1), [(3, 2)]),
        (lambda t, x: t.index_select(x, 0, t.tensor(1)), [(3, 2)]),
        (lambda t, x, w: t.nn.functional.conv1d(x, w, groups=3), [(0, 3, 5), (3, 1, 3)]),
        (lambda t, x: t.var(x, -1, correction=5), [(2, 1)]),
        (lambda t, a, b: t.nn.functional.cosine_similarity(a, b, eps=0.7), [(3, 1), (3, 1)]),
        (lambda t, x: t.nn.functional.interpolate(x, scale_factor=(0.7, 1.4, 2), mode="trilinear"), [(1, 1, 2, 2, 3)]),
        (lambda t, x: t.logit(x.sigmoid(), eps=0.45), [(5,)]),
        (lambda t, x: t.renorm(x * 0, 1.5, 0, 5.0) + x, [(2, 2)]),
        (
            lambda t, q, k, v: t.nn.functional.scaled_dot_product_attention(q, k, v, t.tensor([[False, False], [True, False]])),
            [(1, 2, 3), (1, 2, 3), (1, 2, 3)],
        ),
    ],
)
def test_gradients(call, shapes):
    ours, theirs = gradient(mt, call, *shapes), gradient(torch, call, *shapes)
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(torch.tensor(a), torch.tensor(b), rtol=1e-6, atol=1e-6, equal_nan=True)


@pytest.mark.parametrize(
    "call",
    [
        lambda t: t.ones(2, dtype=t.int64).sum(dtype=t.int16), lambda t: t.ones(2).prod(dtype=t.int32), lambda t: t.ones(2).cumsum(0, dtype=t.uint8),
        lambda t: t.any(t.tensor([True, False]), dim=[]), lambda t: t.all(t.tensor([[True, False]]), dim=()), lambda t: t.logit(t.tensor([True, False])),
        lambda t: t.lgamma(t.tensor([-float("inf"), float("inf")])), lambda t: t.tensor([-0.0, 0.0]) ** -0.5, lambda t: t.nanmedian(t.tensor(float("nan"))),
        lambda t: t.nanmean(t.tensor([[float("nan")], [1.0]]), 1), lambda t: t.bincount(t.tensor([], dtype=t.int64), t.tensor([])),
    ],
)  # fmt: skip
def test_values_and_types(call):
    assert repr(call(mt)) == repr(call(torch))


def test_a_mask_takes_a_value_with_leading_ones():
    for t in (mt, torch):
        y = t.zeros(1, 1, 2)
        y[y == 0] = t.ones(1, 1, 1, 1, 1)
        assert y.tolist() == [[[1.0, 1.0]]]


@pytest.mark.parametrize(
    "call",
    [
        lambda t: t.movedim(t.ones(2, 2), 0, (0, 1)), lambda t: t.clamp(t.tensor([True]), True, False), lambda t: t.unique(t.tensor(1.0), dim=0),
        lambda t: t.masked.prod(t.ones(1, 2), dim=-3, mask=t.ones(1, 2) > 0), lambda t: t.quantile(t.tensor(1.0), 0.5, dim=-2), lambda t: t.amax(t.ones(0), dim=[]),
    ],
)  # fmt: skip
def test_refusals(call):
    errors = []
    for t in (mt, torch):
        with pytest.raises(Exception) as caught:
            call(t)
        errors.append(caught.type)
    assert errors[0] is errors[1]


@pytest.mark.filterwarnings("ignore")
def test_the_deviation_of_one_number():
    for dtype in ("float32", "float64"):
        assert (
            mt.tensor(1.5, dtype=getattr(mt, dtype)).std().isnan() and torch.tensor(1.5, dtype=getattr(torch, dtype)).std().isnan()
        )
