"""Pooling at the edges, against PyTorch: half precision, empty dimensions, integers, indices that are changed, sizes of unpooling."""

import numpy as np
import pytest
import torch
import torch.nn.functional

import minitorch_bp

BOTH = (minitorch_bp, torch)


def outcome(call):
    """The shape of a result, or the type of the error."""
    try:
        result = call()
    except Exception as error:
        return type(error)
    return tuple((result[0] if isinstance(result, tuple) else result).shape)


HALF = {
    "avg_pool2d": lambda f, x: f.avg_pool2d(x, 7, 1), "padded": lambda f, x: f.avg_pool2d(x, 3, 2, 1),
    "avg_pool1d": lambda f, x: f.avg_pool1d(x[0], 3, 1), "adaptive, equal cells": lambda f, x: f.adaptive_avg_pool2d(x, 4),
    "adaptive, overlapping": lambda f, x: f.adaptive_avg_pool2d(x, 3), "over all": lambda f, x: f.adaptive_avg_pool2d(x, 1),
    "adaptive_avg_pool1d": lambda f, x: f.adaptive_avg_pool1d(x[0], 3),
}  # fmt: skip


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", HALF)
def test_half_precision_is_summed_in_float32(name, dtype):
    results = []
    for t in BOTH:
        x = (t.arange(384.0).reshape(2, 3, 8, 8) * 0.37 % 1.13 - 0.4).to(getattr(t, dtype)).requires_grad_()
        y = HALF[name](t.nn.functional, x)
        (y * (t.arange(float(y.numel())).reshape(y.shape) % 7).to(y.dtype)).sum().backward()
        assert y.dtype is getattr(t, dtype) and x.grad.dtype is getattr(t, dtype)
        results.append((y.detach().float().numpy(), x.grad.float().numpy()))
    if name == "adaptive, overlapping":  # summed one dimension after the other here: the last bit may differ
        np.testing.assert_allclose(results[0][0], results[1][0], rtol=2**-10 if dtype == "float16" else 2**-7)
    else:
        np.testing.assert_array_equal(results[0][0], results[1][0])
    # PyTorch adds up the gradients of windows that overlap in half precision: so many of its own units lie between.
    np.testing.assert_allclose(
        results[0][1], results[1][1], rtol=0, atol=results[1][1].max() * (2**-9 if dtype == "float16" else 2**-6)
    )


SHAPES = {1: [(1, 0, 6), (0, 3, 6), (0, 6), (1, 3, 0)], 2: [(1, 0, 6, 6), (0, 6, 6), (0, 3, 6, 6), (1, 3, 0, 6)], 3: [(1, 0, 6, 6, 6), (0, 3, 6, 6, 6), (0, 6, 6, 6)]}  # fmt: skip


@pytest.mark.parametrize("kind", ["adaptive_max_pool", "adaptive_avg_pool", "avg_pool", "max_pool"])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_empty_dimensions(kind, n):
    for shape in SHAPES[n]:
        ours, theirs = (outcome(lambda t=t: getattr(t.nn.functional, f"{kind}{n}d")(t.ones(shape), 2)) for t in BOTH)
        assert ours == theirs, shape


@pytest.mark.parametrize("dtype", ["int64", "uint8", "bool"])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_adaptive_pools_are_defined_for_floats(n, dtype):
    for kind in ("max", "avg"):
        for t in BOTH:
            with pytest.raises(NotImplementedError):
                getattr(t.nn.functional, f"adaptive_{kind}_pool{n}d")(t.ones((2, *(4,) * n)).to(getattr(t, dtype)), 2)


@pytest.mark.parametrize("kind", ["max_pool", "adaptive_max_pool", "fractional_max_pool"])
def test_indices_that_were_changed_end_the_backward(kind):
    options = {"output_size": 2} if kind == "fractional_max_pool" else {}
    for t in BOTH:
        x = t.randn(1, 1, 4, 4, requires_grad=True)
        values, indices = getattr(t.nn.functional, f"{kind}2d")(x, 2, return_indices=True, **options)
        values.sum().backward(retain_graph=True)
        indices.add_(1)
        with pytest.raises(RuntimeError):
            values.sum().backward()


UNPOOLED = {
    "the size": ((2,), {"output_size": (4, 4)}), "with batch": ((2,), {"output_size": (1, 1, 4, 4)}), "larger": ((2,), {"output_size": (5, 5)}),
    "too large": ((2,), {"output_size": (6, 6)}), "too small": ((2,), {"output_size": (2, 4)}), "index outside": ((2,), {"output_size": (3, 3)}),
    "one size": ((2,), {"output_size": (4,)}), "three sizes": ((2,), {"output_size": (1, 4, 4)}),
}  # fmt: skip


@pytest.mark.parametrize("name", UNPOOLED)
def test_sizes_of_unpooling(name):
    args, options = UNPOOLED[name]
    ours, theirs = (
        outcome(lambda t=t: t.nn.functional.max_unpool2d(t.ones(1, 1, 2, 2), t.tensor([[[[5, 7], [13, 15]]]]), *args, **options))
        for t in BOTH
    )
    assert ours == theirs


def test_windows_of_other_dimensions_and_results_beyond_memory():
    for t in BOTH:
        with pytest.raises(RuntimeError):
            t.nn.functional.max_unpool3d(t.ones(1, 3, 1, 1, 1), t.zeros(1, 3, 1, 1, 1, dtype=t.int64), [1, 1])
        for kind in ("max", "avg"):
            with pytest.raises(RuntimeError):
                getattr(t.nn, f"Adaptive{'Max' if kind == 'max' else 'Avg'}Pool1d")(0x3FFFFFFFFFFFFFFF)(t.empty(2, 2, 2))
        assert t.nn.FractionalMaxPool2d(2, output_size=[0, 1])(t.rand(2, 5, 8, 8)).shape == (2, 5, 0, 1)
        assert t.nn.FractionalMaxPool3d(2, output_size=[0, 1, 1])(t.rand(2, 5, 8, 8)).shape == (2, 0, 1, 1)


def test_integers_have_a_maximum_of_windows_with_indices_only():
    for framework in (torch, minitorch_bp):
        x = framework.tensor([[3, 1, 2, 5]])
        pooled, places = framework.nn.functional.max_pool1d(x, 2, return_indices=True)
        assert pooled.tolist() == [[3, 5]] and places.tolist() == [[0, 3]]
        with pytest.raises(NotImplementedError):
            framework.nn.functional.max_pool1d(x, 2)
