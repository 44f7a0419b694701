"""Random numbers are PyTorch's: the same numbers and the same state afterwards."""

import numpy as np
import pytest
import torch

import minitorch_bp as mt

SIZES = [0, 1, 2, 15, 16, 17, 31, 1000, 20003]
DRAWS = {
    "rand": lambda t, n: t.rand(n), "rand64": lambda t, n: t.rand(n, dtype=t.float64), "randn": lambda t, n: t.randn(n),
    "randn64": lambda t, n: t.randn(n, dtype=t.float64), "randint": lambda t, n: t.randint(-5, 11, (n,)),
    "randint_large": lambda t, n: t.randint(0, 2**40, (n,)), "randperm": lambda t, n: t.randperm(n),
    "uniform_": lambda t, n: t.empty(n).uniform_(-0.3, 0.7), "uniform64": lambda t, n: t.empty(n, dtype=t.float64).uniform_(-0.3, 0.7),
    "normal_": lambda t, n: t.empty(n).normal_(1.5, 0.3), "bernoulli_": lambda t, n: t.empty(n).bernoulli_(0.3),
    "bernoulli": lambda t, n: t.bernoulli(t.full((n,), 0.4)), "dropout": lambda t, n: t.nn.functional.dropout(t.ones(n), 0.3),
    "random_": lambda t, n: t.empty(n, dtype=t.int64).random_(), "random_to": lambda t, n: t.empty(n).random_(0, 100),
    "normal_tensor": lambda t, n: t.normal(t.zeros(n), t.ones(n)), "normal_size": lambda t, n: t.normal(2.0, 3.0, (n,)),
    "strided": lambda t, n: t.empty(n, 3).t().normal_(), "half": lambda t, n: t.rand(n, dtype=t.float16),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWS)
@pytest.mark.parametrize("seed", [0, 42, 2**63])
def test_bits_and_state(name, seed):
    for n in SIZES:
        results = []
        for t in (mt, torch):
            t.manual_seed(seed - 2**64 if t is torch and seed > 2**63 else seed)
            x = DRAWS[name](t, n)
            results.append((x.numpy(), str(x.dtype), t.get_rng_state().numpy().tobytes()))
        (ours, *rest), (theirs, *expected) = results
        assert rest == expected
        if name == "randn64":  # float64 normals use the C library's log, sin and cos; NumPy's may differ in the last bit
            np.testing.assert_allclose(ours, theirs, rtol=1e-14, atol=1e-15)
        else:
            assert ours.tobytes() == theirs.tobytes(), n


def test_states_are_interchangeable():
    torch.manual_seed(5)
    torch.randn(7)
    mt.set_rng_state(mt.from_numpy(torch.get_rng_state().numpy()))
    assert mt.randn(3).tolist() == torch.randn(3).tolist()


def test_generators():
    results = []
    for t in (mt, torch):
        g = t.Generator().manual_seed(3)
        state = g.get_state()
        a = t.rand(3, generator=g)
        g.set_state(state)
        results.append((a.tolist(), t.rand(3, generator=g).tolist(), g.initial_seed(), t.randperm(5, generator=g).tolist()))
    assert results[0] == results[1] and results[0][0] == results[0][1]


@pytest.mark.parametrize(
    "layer",
    [
        "Linear(7, 5)",
        "Linear(3, 2, bias=False)",
        "Conv2d(3, 4, 3)",
        "Conv1d(2, 6, 5, groups=2)",
        "Embedding(11, 4)",
        "Embedding(5, 3, padding_idx=1)",
        "BatchNorm2d(3)",
    ],
)
def test_initial_weights(layer):
    states = []
    for t in (mt, torch):
        t.manual_seed(7)
        module = eval(f"t.nn.{layer}", {"t": t})
        states.append(
            ({k: v.numpy().tobytes() for k, v in module.state_dict().items()}, t.get_rng_state().numpy().tobytes(), repr(module))
        )
    assert states[0] == states[1]


@pytest.mark.parametrize(
    "name",
    ["xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_", "uniform_", "normal_", "ones_", "zeros_", "eye_"],
)
def test_init_functions(name):
    results = []
    for t in (mt, torch):
        t.manual_seed(1)
        results.append(getattr(t.nn.init, name)(t.empty(5, 8)).numpy().tobytes())
    assert results[0] == results[1]


def test_errors():
    for t in (mt, torch):
        with pytest.raises(RuntimeError):
            t.Generator().set_state(t.zeros(10, dtype=t.uint8))
        with pytest.raises(ValueError):
            t.nn.init.calculate_gain("nonsense")
        with pytest.raises(ValueError):
            t.nn.init.xavier_normal_(t.empty(3))
    assert np.isfinite(mt.randn(1000).numpy()).all()


MIXED = [
    lambda t, n: t.rand(n), lambda t, n: t.randn(n), lambda t, n: t.randn(n, dtype=t.float64), lambda t, n: t.randn(n).half(),
    lambda t, n: t.empty(n, dtype=t.float16).normal_(1, 3), lambda t, n: t.empty(n).normal_(1, 2), lambda t, n: t.empty(n).exponential_(2),
    lambda t, n: t.empty(n).cauchy_(), lambda t, n: t.empty(n).geometric_(0.3), lambda t, n: t.empty(n).log_normal_(),
    lambda t, n: t.randint(-3, 10, (n,)), lambda t, n: t.empty(n).random_(7), lambda t, n: t.randperm(n),
    lambda t, n: t.empty(n).bernoulli_(0.3), lambda t, n: t.empty(n, 2).t().normal_(), lambda t, n: t.poisson(t.full((n,), 4.0)),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_small_draws_of_all_kinds_one_after_another(seed):
    """Small requests are slices of tables that are made once for many words; at any moment the state is PyTorch's."""
    order = np.random.default_rng(seed)
    for t in (mt, torch):
        t.manual_seed(seed)
    for k in range(150):
        draw, n = MIXED[order.integers(len(MIXED))], int(order.choice([1, 2, 3, 10, 16, 17, 32, 50, 128, 200, 300, 700, 1000]))
        ours, theirs = draw(mt, n), draw(torch, n)
        if ours.dtype is mt.float64:
            np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-14, atol=1e-15)
        else:
            assert ours.tolist() == theirs.tolist(), (k, n)
        if k % 10 == 0:
            assert mt.get_rng_state().tolist() == torch.get_rng_state().tolist(), k
    state = mt.get_rng_state()
    expected = mt.randn(20).tolist()
    mt.set_rng_state(state)
    assert mt.randn(20).tolist() == expected == torch.randn(20).tolist()
