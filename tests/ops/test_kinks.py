"""Kinks and ties: where there is a choice of derivative, it is PyTorch's."""

import math

import pytest
import torch

import minitorch_bp as mt

INF, NAN = math.inf, math.nan
KINKS = {
    "relu at 0": (lambda t, x: t.relu(x), [0.0], [0.0]),
    "maximum(x, 0) at 0": (lambda t, x: t.maximum(x, t.zeros(1)), [0.0], [0.5]),
    "fmax(x, 0) at 0": (lambda t, x: t.fmax(x, t.zeros(1)), [0.0], [1.0]),
    "clamp(min=0) at 0": (lambda t, x: x.clamp(min=0), [0.0], [1.0]),
    "clamp(min=tensor) at 0": (lambda t, x: x.clamp(min=t.zeros(1)), [0.0], [1.0]),
    "clamp(max=0) at 0": (lambda t, x: x.clamp(max=0), [0.0], [1.0]),
    "abs at 0": (lambda t, x: x.abs(), [0.0], [0.0]),
    "sqrt at 0": (lambda t, x: x.sqrt(), [0.0], [INF]),
    "2-norm at 0": (lambda t, x: t.norm(x), [0.0, 0.0], [0.0, 0.0]),
    "1-norm at 0": (lambda t, x: t.norm(x, 1), [0.0, 2.0], [0.0, 1.0]),
    "maximum norm, ties": (lambda t, x: t.norm(x, INF), [2.0, -2.0, 1.0], [0.5, -0.5, 0.0]),
    "leaky_relu at 0": (lambda t, x: t.nn.functional.leaky_relu(x, 0.1), [0.0], [0.1]),
    "elu at 0": (lambda t, x: t.nn.functional.elu(x), [0.0], [1.0]),
    "hardtanh at its ends": (lambda t, x: t.nn.functional.hardtanh(x), [-1.0, 1.0], [0.0, 0.0]),
    "relu6 at its ends": (lambda t, x: t.nn.functional.relu6(x), [0.0, 6.0], [0.0, 0.0]),
    "hardsigmoid at its ends": (lambda t, x: t.nn.functional.hardsigmoid(x), [-3.0, 3.0], [0.0, 0.0]),
    "hardswish at its ends": (lambda t, x: t.nn.functional.hardswish(x), [-3.0, 3.0], [0.0, 1.0]),
    "softshrink at its ends": (lambda t, x: t.nn.functional.softshrink(x), [-0.5, 0.5], [0.0, 0.0]),
    "hardshrink at its ends": (lambda t, x: t.nn.functional.hardshrink(x), [-0.5, 0.5], [0.0, 0.0]),
    "threshold at 0": (lambda t, x: t.nn.functional.threshold(x, 0.0, 0.0), [0.0], [0.0]),
    "amax, ties": (lambda t, x: x.amax(), [2.0, 2.0, 1.0], [0.5, 0.5, 0.0]),
    "max, ties": (lambda t, x: x.max(), [2.0, 2.0, 1.0], [0.5, 0.5, 0.0]),
    "max(dim), ties": (lambda t, x: x.max(0)[0], [1.0, 2.0, 2.0], [0.0, 1.0, 0.0]),
    "min(dim), ties": (lambda t, x: x.min(0)[0], [2.0, 1.0, 1.0], [0.0, 1.0, 0.0]),
    "median, ties": (lambda t, x: x.median(), [1.0, 1.0, 1.0], [1 / 3] * 3),
    "median(dim), ties": (lambda t, x: x.median(0)[0], [1.0, 1.0, 1.0], [0.0, 1.0, 0.0]),
    "cummax, ties": (lambda t, x: x.cummax(0)[0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]),
    "sort, ties": (lambda t, x: x.sort(stable=True)[0] * t.arange(3.0), [1.0, 1.0, 1.0], [0.0, 1.0, 2.0]),
    "topk, ties": (lambda t, x: x.topk(1)[0], [1.0, 1.0, 1.0], [1.0, 0.0, 0.0]),
    "prod, one zero": (lambda t, x: x.prod(), [0.0, 2.0, 3.0], [6.0, 0.0, 0.0]),
    "prod, two zeros": (lambda t, x: x.prod(), [0.0, 0.0, 3.0], [0.0, 0.0, 0.0]),
    "pow(0, 0)": (lambda t, x: x**0, [0.0], [0.0]),
    "pow(0, 0.5)": (lambda t, x: x**0.5, [0.0], [INF]),
    "0**y": (lambda t, x: t.zeros(1) ** x, [2.0], [0.0]),
    "std of equal values": (lambda t, x: x.std(), [0.1, 0.1, 0.1], [0.0, 0.0, 0.0]),
    "max_pool1d, ties": (lambda t, x: t.nn.functional.max_pool1d(x[None, None], 3), [1.0, 1.0, 0.0], [1.0, 0.0, 0.0]),
    "max_pool2d, ties": (lambda t, x: t.nn.functional.max_pool2d(x[None, None, None], (1, 3)), [1.0, 1.0, 0.0], [1.0, 0.0, 0.0]),
    "maximum(nan, 0)": (lambda t, x: t.maximum(x, t.zeros(1)), [NAN], [1.0]),
    "where, the untaken side infinite": (lambda t, x: t.where(x == 0, x, 1 / x), [0.0], [NAN]),
    "logsumexp of -inf": (lambda t, x: x.logsumexp(0), [-INF, -INF], [NAN, NAN]),
    "sign at 0": (lambda t, x: x.sign(), [0.0], [0.0]),
    "floor": (lambda t, x: x.floor(), [1.5, 2.0], [0.0, 0.0]),
    "remainder": (lambda t, x: x % 2, [3.5, 4.0], [1.0, 1.0]),
    "l1_loss at 0": (lambda t, x: t.nn.functional.l1_loss(x, t.zeros(1)), [0.0], [0.0]),
    "smooth_l1_loss at beta": (lambda t, x: t.nn.functional.smooth_l1_loss(x, t.zeros(1)), [1.0], [1.0]),
    "huber_loss at delta": (lambda t, x: t.nn.functional.huber_loss(x, t.zeros(1)), [1.0], [1.0]),
    "hinge_embedding_loss at its margin": (lambda t, x: t.nn.functional.hinge_embedding_loss(x, -t.ones(1)), [1.0], [-1.0]),
    "margin_ranking_loss at its margin": (
        lambda t, x: t.nn.functional.margin_ranking_loss(x, t.zeros(1), t.ones(1)),
        [0.0],
        [-1.0],
    ),
}


def gradient(t, function, values):
    x = t.tensor(values, requires_grad=True)
    function(t, x).sum().backward()
    return x.grad.tolist()


@pytest.mark.parametrize("name", KINKS)
def test_kinks(name):
    function, values, expected = KINKS[name]
    assert gradient(torch, function, values) == pytest.approx(expected, nan_ok=True)
    assert gradient(mt, function, values) == pytest.approx(expected, nan_ok=True)
