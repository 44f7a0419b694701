"""Kinks and ties: derivatives where there is a choice, as measured on PyTorch."""

import math

import pytest

import minitorch_bp as torch

F = torch.nn.functional
INF, NAN = math.inf, math.nan
KINKS = {
    "relu@0": (torch.relu, [0.0], [0.0]),
    "maximum(x, 0)@0": (lambda x: torch.maximum(x, torch.zeros(1)), [0.0], [0.5]),
    "clamp(min=0)@0": (lambda x: x.clamp(min=0), [0.0], [1.0]),
    "clamp(min=tensor)@0": (lambda x: x.clamp(min=torch.zeros(1)), [0.0], [1.0]),
    "clamp(max=0)@0": (lambda x: x.clamp(max=0), [0.0], [1.0]),
    "abs@0": (torch.abs, [0.0], [0.0]),
    "sqrt@0": (torch.sqrt, [0.0], [INF]),
    "norm2@0": (torch.norm, [0.0, 0.0], [0.0, 0.0]),
    "norm1@0": (lambda x: torch.norm(x, 1), [0.0, 2.0], [0.0, 1.0]),
    "norm-inf ties": (lambda x: torch.norm(x, INF), [2.0, -2.0, 1.0], [0.5, -0.5, 0.0]),
    "leaky_relu@0": (lambda x: F.leaky_relu(x, 0.1), [0.0], [0.1]),
    "elu@0": (F.elu, [0.0], [1.0]),
    "hardtanh@1": (F.hardtanh, [1.0], [0.0]),
    "hardtanh@-1": (F.hardtanh, [-1.0], [0.0]),
    "relu6@6": (F.relu6, [6.0], [0.0]),
    "relu6@0": (F.relu6, [0.0], [0.0]),
    "threshold@0": (lambda x: F.threshold(x, 0.0, 0.0), [0.0], [0.0]),
    "amax ties": (lambda x: x.amax(), [2.0, 2.0, 1.0], [0.5, 0.5, 0.0]),
    "max() ties": (lambda x: x.max(), [2.0, 2.0, 1.0], [0.5, 0.5, 0.0]),
    "max(dim) ties": (lambda x: x.max(0)[0], [1.0, 2.0, 2.0], [0.0, 1.0, 0.0]),
    "min(dim) ties": (lambda x: x.min(0)[0], [2.0, 1.0, 1.0], [0.0, 1.0, 0.0]),
    "median ties": (lambda x: x.median(), [1.0, 1.0, 1.0], [1 / 3] * 3),
    "prod, one zero": (lambda x: x.prod(), [0.0, 2.0, 3.0], [6.0, 0.0, 0.0]),
    "prod, two zeros": (lambda x: x.prod(), [0.0, 0.0, 3.0], [0.0, 0.0, 0.0]),
    "pow(0, 0)": (lambda x: x**0, [0.0], [0.0]),
    "pow(0, 0.5)": (lambda x: x**0.5, [0.0], [INF]),
    "0**y": (lambda y: torch.zeros(1) ** y, [2.0], [0.0]),
    "std of equal": (lambda x: x.std(), [0.1, 0.1, 0.1], [0.0, 0.0, 0.0]),
    "max_pool ties": (lambda x: F.max_pool2d(x.reshape(1, 1, 1, 3), (1, 3)), [1.0, 1.0, 0.0], [1.0, 0.0, 0.0]),
    "maximum nan": (lambda x: torch.maximum(x, torch.zeros(1)), [NAN], [1.0]),
    "where, untaken inf": (lambda x: torch.where(x == 0, x, 1 / x), [0.0], [NAN]),
    "logsumexp -inf": (lambda x: x.logsumexp(0), [-INF, -INF], [NAN, NAN]),
    "sign@0": (torch.sign, [0.0], [0.0]),
    "floor": (torch.floor, [1.5], [0.0]),
    "remainder": (lambda x: x % 2, [3.5], [1.0]),
    "l1_loss tie": (lambda x: F.l1_loss(x, torch.zeros(1)), [0.0], [0.0]),
    "smooth_l1@beta": (lambda x: F.smooth_l1_loss(x, torch.zeros(1)), [1.0], [1.0]),
}


@pytest.mark.parametrize("name", KINKS)
def test_kinks(name):
    function, values, expected = KINKS[name]
    import torch as reference

    x = torch.tensor(values, requires_grad=True)
    function(x).sum().backward()
    assert [v if v == v else "nan" for v in x.grad.tolist()] == pytest.approx([v if v == v else "nan" for v in expected])
    assert reference.__version__.startswith("2.13")
