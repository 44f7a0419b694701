"""vmap and cond: results, gradients and types of error are PyTorch's."""

import pytest
import torch

import minitorch_bp as mt


def results(t, use):
    x = t.arange(6.0).reshape(2, 3).requires_grad_()
    out = use(t, x)
    outs = out if isinstance(out, tuple) else (out,)
    sum((o * o).sum() for o in outs).backward()
    return [o.tolist() for o in outs], x.grad.tolist()


@pytest.mark.parametrize(
    "use",
    [
        lambda t, x: t.vmap(t.dot)(x, x),
        lambda t, x: t.vmap(lambda row: row.sum(), in_dims=1)(x),
        lambda t, x: t.vmap(lambda a, b: (a * b, a), in_dims=(0, None))(x, x[0]),
        lambda t, x: t.vmap(lambda row: row * 2, out_dims=1)(x),
        lambda t, x: t.vmap(lambda row: row * 2, in_dims=-1, out_dims=-1)(x),
        lambda t, x: t.vmap(t.vmap(t.mul))(x, x + 1),
        lambda t, x: t.vmap(lambda row, k: row * k, in_dims=(0, None))(x, 3.0),
        lambda t, x: t.cond(x.sum() > 3, lambda q: q + 1, lambda q: q * 2, (x,)),
        lambda t, x: t.cond(False, lambda q: q + 1, lambda q: q * 2, (x,)),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_results_and_gradients(use):
    assert results(mt, use) == results(torch, use)


@pytest.mark.parametrize(
    "use",
    [
        lambda t: t.vmap(lambda row: 3)(t.ones(2, 3)),
        lambda t: t.vmap(lambda row: row + t.rand(3))(t.ones(2, 3)),
        lambda t: t.vmap(t.dot)(t.ones(2, 3), t.ones(1, 3)),
        lambda t: t.vmap(t.sum, in_dims=None)(t.ones(2, 3)),
        lambda t: t.vmap(t.sum)(3),
        lambda t: t.vmap(t.sum, in_dims=2)(t.ones(2, 3)),
        lambda t: t.vmap(t.sum, in_dims=(0, 0))(t.ones(2, 3)),
        lambda t: t.vmap(t.sum, randomness="perhaps")(t.ones(2, 3)),
    ],
)
def test_what_is_refused(use):
    caught = []
    for t in (mt, torch):
        with pytest.raises(Exception) as error:
            use(t)
        caught.append(error.type)
    assert caught[0] is caught[1]


def test_a_refused_draw_leaves_the_generator():
    mt.manual_seed(0)
    expected = mt.rand(2).tolist()
    mt.manual_seed(0)
    with pytest.raises(RuntimeError):
        mt.vmap(lambda row: row + mt.rand(3))(mt.ones(2, 3))
    assert mt.rand(2).tolist() == expected


def test_draws_that_are_allowed_differ_by_slice():
    drawn = mt.vmap(lambda row: row + mt.rand(3), randomness="different")(mt.zeros(2, 3))
    assert drawn.shape == (2, 3) and not mt.equal(drawn[0], drawn[1])
    same = mt.vmap(lambda row: row + mt.rand(3), randomness="same")(mt.zeros(2, 3))
    assert mt.equal(same[0], same[1])
