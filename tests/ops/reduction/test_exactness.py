"""Every reduction is at most four times as far from the exact value as PyTorch's, over many sizes and layouts.

The distance is measured in relation to the sum of the absolute values (what a backward stable sum is measured by), as the
largest over all results; half a unit in the last place is granted to PyTorch where it happens to be exact.
"""

import numpy as np
import pytest
import torch

import minitorch_bp as mt

HALF_UNIT = 2.0**-24

SHAPES = [
    (300_000, 2),
    (100_001, 3),
    (40_000, 10),
    (6_000, 100),
    (1_000, 1_000),
    (300, 5_000),
    (128, 64),
    (1_000, 16),
    (33, 7),
    (257, 700),
]
DEEP = [(64, 8, 28, 28), (3, 1_000, 5), (2_000, 2, 30), (40, 50, 60)]


def arrays(shape, seed, shift=0.0):
    x = np.random.default_rng(seed).random(shape, np.float32) + np.float32(shift)
    yield "contiguous", x
    wide = np.zeros((*shape[:-1], shape[-1] + 1), np.float32)
    wide[..., :-1] = x
    yield "with gaps", wide[..., :-1]
    yield "every other", np.repeat(x, 2, 0)[::2]
    yield "reversed dimensions", np.ascontiguousarray(x.transpose()).transpose()
    if len(shape) > 2:
        yield "channels last", np.ascontiguousarray(np.moveaxis(x, 1, -1)).transpose(0, len(shape) - 1, *range(1, len(shape) - 1))


def distances(f, x, exact, size):
    """The largest distance from the exact value, of ours and of PyTorch's."""
    ours = np.abs(f(mt, mt.from_numpy(x)).double().numpy() - exact) / np.maximum(size, 1e-30)
    theirs = np.abs(f(torch, torch.from_numpy(x)).double().numpy() - exact) / np.maximum(size, 1e-30)
    return ours.max(), theirs.max()


def check(f, x, exact, size, label):
    ours, theirs = distances(f, x, exact, size)
    assert ours <= 4 * max(theirs, HALF_UNIT), (label, ours, theirs)


def dims_of(shape):
    if len(shape) == 2:
        return [0, 1, (0, 1)]
    return [*range(len(shape)), (0, 1), (0, *range(2, len(shape))), (1, 2), tuple(range(len(shape)))]


@pytest.mark.parametrize("shape", SHAPES + DEEP, ids=str)
def test_sums_means_and_norms(shape):
    for layout, x in arrays(shape, 1):
        wide = x.astype(np.float64)
        for dim in dims_of(shape):
            total, count = wide.sum(dim), wide.sum(dim) * 0 + 1
            label = (shape, layout, dim)
            check(lambda t, v, d=dim: v.sum(d), x, total, total, ("sum", *label))
            check(lambda t, v, d=dim: v.mean(d), x, wide.mean(dim), wide.mean(dim) * count, ("mean", *label))
            norm = np.sqrt((wide * wide).sum(dim))
            check(lambda t, v, d=dim: t.linalg.vector_norm(v, dim=d), x, norm, norm, ("norm", *label))
            one = wide.sum(dim)
            check(lambda t, v, d=dim: t.linalg.vector_norm(v, 1, d), x, one, one, ("norm 1", *label))


@pytest.mark.parametrize("shift", [0.0, 100.0, 10_000.0])
@pytest.mark.parametrize("shape", [(100_000, 2), (3_000, 50), (200, 1_000), (64, 8, 28, 28)], ids=str)
def test_spread(shape, shift):
    for layout, x in arrays(shape, 2, shift):
        wide = x.astype(np.float64)
        for dim in dims_of(shape):
            exact = wide.var(dim)
            check(lambda t, v, d=dim: v.var(d, correction=0), x, exact, exact, ("var", shape, layout, dim, shift))
            check(lambda t, v, d=dim: v.std(d, correction=0), x, np.sqrt(exact), np.sqrt(exact), ("std", shape, layout, dim, shift))


@pytest.mark.parametrize("shape", [(300_000,), (300_000, 2), (2, 300_000), (500, 500)], ids=str)
def test_running_sums_and_products(shape):
    for layout, x in arrays(shape, 3):
        wide = x.astype(np.float64)
        for dim in range(len(shape)):
            label = (shape, layout, dim)
            exact = wide.cumsum(dim)
            check(lambda t, v, d=dim: v.cumsum(d), x, exact, exact, ("cumsum", *label))
            near_one = (1 + (x - 0.5) * 1e-3).astype(np.float32)
            exact = near_one.astype(np.float64).cumprod(dim)
            check(lambda t, v, d=dim: v.cumprod(d), near_one, exact, exact, ("cumprod", *label))
            exact = np.logaddexp.accumulate(wide, dim)
            check(lambda t, v, d=dim: v.logcumsumexp(d), x, exact, exact, ("logcumsumexp", *label))
            exact = np.multiply.reduce(near_one.astype(np.float64), dim)
            check(lambda t, v, d=dim: v.prod(d), near_one, exact, exact, ("prod", *label))


def gradient(f):
    def of(t, v):
        small = t.zeros(v.shape[-1], requires_grad=True)
        f(t, v, small).backward()
        return small.grad

    return of


@pytest.mark.parametrize("shape", [(300_000, 2), (20_000, 30), (300, 1_000)], ids=str)
def test_gradients_of_what_is_broadcast(shape):
    for layout, x in arrays(shape, 4):
        exact = x.astype(np.float64).sum(0)
        check(gradient(lambda t, v, b: ((v + b) * v).sum()), x, exact, exact, ("add", shape, layout))
        check(gradient(lambda t, v, b: (v * b).sum()), x, exact, exact, ("mul", shape, layout))
        bias = gradient(lambda t, v, b: (t.nn.functional.linear(v, t.eye(v.shape[-1]), b) * v).sum())
        check(bias, x, exact, exact, ("linear", shape, layout))


LOSSES = {
    "mse_loss": lambda a, b: (a - b) ** 2,
    "l1_loss": lambda a, b: np.abs(a - b),
    "huber_loss": lambda a, b: 0.5 * (a - b) ** 2,
    "smooth_l1_loss": lambda a, b: 0.5 * (a - b) ** 2,
    "binary_cross_entropy": lambda a, b: -(b * np.log(a) + (1 - b) * np.log(1 - a)),
}


@pytest.mark.parametrize("name", LOSSES)
def test_losses(name):
    for shape in [(1_000_000,), (300_000, 3)]:
        for layout, x in arrays(shape, 5):
            target = np.random.default_rng(6).random(shape, np.float32)
            x = np.minimum(np.maximum(x, np.float32(1e-3)), np.float32(0.99)) if layout == "contiguous" else x * np.float32(0.99)
            f = lambda t, v, y=target: getattr(t.nn.functional, name)(v + 1e-3, t.from_numpy(y))
            shown = (torch.from_numpy(x) + 1e-3).double().numpy()  # what the loss is given, after one rounding
            exact = LOSSES[name](shown, target.astype(np.float64)).mean()
            check(f, x, exact, exact, (name, shape, layout))


def test_statistics_of_norms():
    for shape, shift in [((64, 8, 28, 28), 0.0), ((300_000, 2), 0.0), ((2_000, 30), 1_000.0)]:
        for layout, x in arrays(shape, 7, shift):
            wide = x.astype(np.float64)
            over = (0, *range(2, len(shape)))

            def running(t, v):
                mean, var = t.zeros(v.shape[1]), t.ones(v.shape[1])
                t.nn.functional.batch_norm(v, mean, var, training=True, momentum=1.0)
                return t.stack([mean, var])

            exact = np.stack([wide.mean(over), wide.var(over, ddof=1)])
            check(running, x, exact, exact, ("batch_norm", shape, layout))


def test_the_named_cases():
    assert mt.ones(20_000_000, 2).sum(0).tolist() == [20_000_000, 20_000_000]
    assert mt.ones(20_000_000, 2).mean(0).tolist() == [1, 1]
    assert mt.ones(100_000, dtype=mt.float16).mean().item() == 1
    ours, theirs = (t.full((1_000_000,), 0.1).cumsum(0)[-1].item() for t in (mt, torch))
    assert ours == theirs
