"""Initialization gives PyTorch's very numbers, and leaves the generator where PyTorch leaves it."""

import warnings

import numpy as np
import pytest
import torch

import minitorch_bp as mt

SHAPES = [(3, 5), (64, 100), (16, 3, 3, 3), (257, 33)]
FUNCTIONS = {
    "uniform_": lambda i, x: i.uniform_(x, -0.2, 0.9), "normal_": lambda i, x: i.normal_(x, 0.1, 2.0), "constant_": lambda i, x: i.constant_(x, 3.0),
    "ones_": lambda i, x: i.ones_(x), "zeros_": lambda i, x: i.zeros_(x), "xavier_uniform_": lambda i, x: i.xavier_uniform_(x, 1.7),
    "xavier_normal_": lambda i, x: i.xavier_normal_(x, 0.3), "kaiming_uniform_": lambda i, x: i.kaiming_uniform_(x, nonlinearity="relu"),
    "kaiming_fan_out": lambda i, x: i.kaiming_uniform_(x, mode="fan_out", a=0.3), "kaiming_normal_": lambda i, x: i.kaiming_normal_(x, mode="fan_out"),
    "trunc_normal_": lambda i, x: i.trunc_normal_(x), "trunc_narrow": lambda i, x: i.trunc_normal_(x, std=0.02), "trunc_tail": lambda i, x: i.trunc_normal_(x, a=1.0, b=1.2),
    "trunc_moved": lambda i, x: i.trunc_normal_(x, mean=5.0, std=2.0, a=3.0, b=4.5),
}  # fmt: skip


def both(make, seeds=(0, 1, 42)):
    for seed in seeds:
        results = []
        for t in (mt, torch):
            t.manual_seed(seed)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = make(t)
            arrays = found if isinstance(found, list) else [found]
            results.append(([a.detach().numpy().tobytes() for a in arrays], t.get_rng_state().numpy().tobytes()))
        assert results[0][0] == results[1][0]
        assert results[0][1] == results[1][1], "state of the generator"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_bits_and_state(name, shape, dtype):
    both(lambda t: FUNCTIONS[name](t.nn.init, t.empty(*shape, dtype=getattr(t, dtype))))


def test_others():
    both(lambda t: t.nn.init.eye_(t.empty(4, 6)))
    both(lambda t: t.nn.init.sparse_(t.empty(64, 100), 0.3))
    both(lambda t: t.nn.init.dirac_(t.empty(6, 2, 3, 5), groups=2))
    both(lambda t: t.nn.init.dirac_(t.empty(2, 6, 4)))
    both(lambda t: t.nn.init.kaiming_uniform_(t.nn.Parameter(t.empty(5, 5))))
    both(lambda t: t.nn.init.xavier_uniform(t.empty(5, 5)))
    both(lambda t: t.nn.init.uniform_(t.empty(5, 4).t(), -1, 1).contiguous())


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_orthogonal_is_equal_up_to_the_rounding_of_qr(shape):
    results = []
    for t in (mt, torch):
        t.manual_seed(3)
        results.append((t.nn.init.orthogonal_(t.empty(*shape), 1.3).numpy(), t.get_rng_state().numpy().tobytes()))
    np.testing.assert_allclose(results[0][0], results[1][0], atol=2e-6)
    assert results[0][1] == results[1][1]


LAYERS = [
    "Linear(1, 1)", "Linear(10, 5)", "Linear(784, 512)", "Linear(3, 1000)", "Linear(7, 9, bias=False)", "Linear(3, 2, dtype=t.float64)", "Conv1d(3, 16, 3)",
    "Conv2d(3, 16, 3)", "Conv2d(8, 16, 5, groups=4)", "Conv2d(1, 2, (2, 3), bias=False)", "Conv3d(3, 4, 3)", "Embedding(100, 32)", "Embedding(5, 3, padding_idx=0)",
    "BatchNorm1d(5)", "BatchNorm2d(7)", "Sequential(t.nn.Conv2d(1, 8, 3), t.nn.BatchNorm2d(8), t.nn.ReLU(), t.nn.Dropout(0.5), t.nn.Flatten(), t.nn.Linear(50, 20))",
]  # fmt: skip


@pytest.mark.parametrize("layer", LAYERS)
def test_default_initialization(layer):
    both(lambda t: list(eval(f"t.nn.{layer}", {"t": t}).state_dict().values()))


def test_resetting_parameters_draws_again():
    def make(t):
        layer = t.nn.Linear(4, 3)
        layer.reset_parameters()
        return list(layer.state_dict().values())

    both(make)


def test_mistakes():
    calls = [
        lambda i, t: i.calculate_gain("nonsense"), lambda i, t: i.calculate_gain("leaky_relu", "x"), lambda i, t: i.xavier_normal_(t.empty(3)),
        lambda i, t: i.kaiming_normal_(t.empty(3, 3), mode="fan"), lambda i, t: i.eye_(t.empty(3)), lambda i, t: i.dirac_(t.empty(3, 3, 3), groups=2),
    ]  # fmt: skip
    for call in calls:
        for t in (mt, torch):
            with pytest.raises(ValueError):
                call(t.nn.init, t)


def test_every_name_of_init_is_there():
    public = [
        n
        for n, v in vars(torch.nn.init).items()
        if not n.startswith("_") and callable(v) and getattr(v, "__module__", "") == "torch.nn.init"
    ]
    assert [n for n in public if not hasattr(mt.nn.init, n)] == []
