"""Averages of models against PyTorch's, bit for bit where a mean allows it, and statistics of batch norm measured anew."""

import copy
import pickle

import numpy as np
import pytest
import torch

import minitorch_bp as mt

BOTH = pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])


def model_of(t, dtype="float32"):
    t.manual_seed(0)
    layers = [t.nn.Conv2d(1, 3, 3), t.nn.BatchNorm2d(3, momentum=0.3), t.nn.ReLU(), t.nn.Flatten(), t.nn.Linear(12, 2)]
    return t.nn.Sequential(*layers, t.nn.BatchNorm1d(2)).to(getattr(t, dtype))


def data(t, count=4, dtype="float32"):
    rng = np.random.default_rng(1)
    return [(t.from_numpy(rng.standard_normal((5, 1, 4, 4)).astype(dtype)), k) for k in range(count)]


AVERAGES = {
    "default": lambda u: {},
    "mean": lambda u: {"avg_fn": u.get_swa_avg_fn()},
    "moving": lambda u: {"avg_fn": u.get_ema_avg_fn(0.7)},
    "moving, slow": lambda u: {"avg_fn": u.get_ema_avg_fn()},
    "means": lambda u: {"multi_avg_fn": u.get_swa_multi_avg_fn()},
    "moving averages": lambda u: {"multi_avg_fn": u.get_ema_multi_avg_fn(0.7)},
    "moving averages, fast": lambda u: {"multi_avg_fn": u.get_ema_multi_avg_fn(0.2)},
    "largest": lambda u: {"avg_fn": lambda average, current, count: average.maximum(current)},
}
#: PyTorch's mean of lists does not know integers, and a count of batches is one: see below.
CASES = [(a, b) for a in AVERAGES for b in (False, True) if (a, b) != ("means", True)]


def trained(t, average, buffers, dtype):
    """The state of the average after each epoch of a training with a schedule."""
    model = model_of(t, dtype)
    optimizer = t.optim.SGD(model.parameters(), lr=0.1)
    scheduler = t.optim.swa_utils.SWALR(optimizer, 0.05, 3)
    averaged = t.optim.swa_utils.AveragedModel(model, use_buffers=buffers, **AVERAGES[average](t.optim.swa_utils))
    states = []
    for _ in range(5):
        for x, _ in data(t, dtype=dtype):
            optimizer.zero_grad()
            (model(x) ** 2 - model(x)).sum().backward()
            optimizer.step()
        scheduler.step()
        averaged.update_parameters(model)
        states.append({k: v.clone().numpy() for k, v in averaged.state_dict().items()})
    averaged.eval()
    states.append({"output": averaged(data(t, 1, dtype)[0][0]).detach().numpy()})
    t.optim.swa_utils.update_bn(data(t, dtype=dtype), averaged)
    states.append({k: v.numpy() for k, v in averaged.state_dict().items()})
    return states


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("average, buffers", CASES)
def test_a_training(average, buffers, dtype):
    tolerance = {"rtol": 2e-4, "atol": 2e-5} if dtype == "float32" else {"rtol": 1e-10, "atol": 1e-11}
    for ours, theirs in zip(trained(mt, average, buffers, dtype), trained(torch, average, buffers, dtype), strict=True):
        assert list(ours) == list(theirs)
        for name in ours:
            assert ours[name].dtype == theirs[name].dtype and ours[name].shape == theirs[name].shape
            np.testing.assert_allclose(ours[name], theirs[name], err_msg=name, **tolerance)


@pytest.mark.parametrize("average, buffers", CASES)
def test_averages_of_the_same_numbers(average, buffers):
    """Nothing is trained here, so that the averages have the same inputs: in float64 they are equal but for the last bit."""
    states = []
    for t in (mt, torch):
        rng = np.random.default_rng(2)
        model = model_of(t, "float64")
        averaged = t.optim.swa_utils.AveragedModel(model, use_buffers=buffers, **AVERAGES[average](t.optim.swa_utils))
        states.append([])
        for _ in range(9):
            with t.no_grad():
                for p in [*model.parameters(), *model.buffers()]:
                    p.copy_(t.from_numpy(np.asarray(rng.standard_normal(tuple(p.shape)) * 30)))
            averaged.update_parameters(model)
            states[-1].append({k: v.clone().numpy() for k, v in averaged.state_dict().items()})
    for ours, theirs in zip(*states, strict=True):
        for name in theirs:
            np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-14, atol=1e-14, err_msg=name)
            assert ours[name].dtype == theirs[name].dtype


def test_the_mean_of_integers_in_lists_is_the_mean_of_each():
    averages = []
    for t, name in ((mt, "means"), (torch, "mean")):
        counts, model = (3, 8, 1, 30), t.nn.BatchNorm1d(1)
        averaged = t.optim.swa_utils.AveragedModel(model, use_buffers=True, **AVERAGES[name](t.optim.swa_utils))
        averages.append([])
        for count in counts:
            model.num_batches_tracked.fill_(count)
            averaged.update_parameters(model)
            averages[-1].append(averaged.module.num_batches_tracked.item())
    assert averages[0] == averages[1]


@BOTH
def test_the_model_itself_is_left_alone(t):
    model = model_of(t)
    averaged = t.optim.swa_utils.AveragedModel(model, "cpu")
    assert averaged.n_averaged.dtype == t.int64 and averaged.n_averaged.item() == 0 and averaged.use_buffers is False
    before = {k: v.clone() for k, v in model.state_dict().items()}
    with t.no_grad():
        for p in averaged.parameters():
            p.zero_()
    assert all(bool((v == before[k]).all()) for k, v in model.state_dict().items())
    averaged.update_parameters(model)
    assert all(p.requires_grad and p.grad is None for p in averaged.parameters())
    assert all(bool((v == before[k]).all()) for k, v in averaged.module.state_dict().items())


@pytest.mark.parametrize("source, target", [(mt, torch), (torch, mt)], ids=["to torch", "from torch"])
def test_states_of_the_other_framework(source, target):
    averaged = source.optim.swa_utils.AveragedModel(model_of(source))
    averaged.update_parameters(averaged.module)
    other = target.optim.swa_utils.AveragedModel(model_of(target))
    other.load_state_dict({k: target.from_numpy(v.numpy().copy()) for k, v in averaged.state_dict().items()})
    assert other.n_averaged.item() == 1
    assert list(other.state_dict()) == list(averaged.state_dict())
    assert repr(other) == repr(averaged)


@BOTH
def test_copies_and_pickles(t):
    averaged = t.optim.swa_utils.AveragedModel(t.nn.Linear(2, 1))
    averaged.update_parameters(t.nn.Linear(2, 1))
    for other in (copy.deepcopy(averaged), pickle.loads(pickle.dumps(averaged))):
        other.update_parameters(t.nn.Linear(2, 1))
        assert (averaged.n_averaged.item(), other.n_averaged.item()) == (1, 2)


@BOTH
def test_lists_have_one_dtype_each(t):
    """A function of lists gets the parameters of each dtype together."""
    calls = []
    model = t.nn.Sequential(t.nn.Linear(1, 1), t.nn.Linear(1, 1).to(t.float64), t.nn.BatchNorm1d(1))
    averaged = t.optim.swa_utils.AveragedModel(
        model, use_buffers=True, multi_avg_fn=lambda a, c, n: calls.append((len(a), len(c), int(n), len({x.dtype for x in a})))
    )
    averaged.update_parameters(model)
    assert calls == []
    averaged.update_parameters(model)
    assert sorted(calls) == [(1, 1, 1, 1), (2, 2, 1, 1), (6, 6, 1, 1)]


@BOTH
def test_update_bn(t):
    norm = t.nn.BatchNorm2d(1, momentum=0.3)
    model = t.nn.Sequential(norm, t.nn.Dropout(0.5)).eval()
    batches = data(t, 6)
    for loader in (batches, [x for x, _ in batches], [list(b) for b in batches]):
        t.optim.swa_utils.update_bn(loader, model, device="cpu")
        means = [x.mean().item() for x, _ in batches]
        assert norm.running_mean.item() == pytest.approx(np.mean(means), rel=1e-5, abs=1e-7)
        assert norm.running_var.item() == pytest.approx(np.mean([x.var().item() for x, _ in batches]), rel=1e-5)
        assert norm.num_batches_tracked.item() == 6
    assert norm.momentum == 0.3 and not model.training
    plain = t.nn.Linear(1, 1).eval()
    t.optim.swa_utils.update_bn(["is not looked at"], plain)
    assert not plain.training


def test_a_batch_that_fails_leaves_the_momentum():
    norm = mt.nn.BatchNorm1d(2).eval()
    with pytest.raises(RuntimeError):
        mt.optim.swa_utils.update_bn([mt.ones(3, 2), mt.ones(3, 5)], norm)
    assert norm.momentum == 0.1 and not norm.training


@BOTH
def test_mistakes(t):
    u, model = t.optim.swa_utils, t.nn.Linear(1, 1)
    for f, kind in (
        (lambda: u.AveragedModel(model, avg_fn=u.get_swa_avg_fn(), multi_avg_fn=u.get_swa_multi_avg_fn()), AssertionError),
        (lambda: u.get_ema_avg_fn(1.5), ValueError),
        (lambda: u.get_ema_multi_avg_fn(-0.1), ValueError),
        (lambda: u.update_bn([3], t.nn.BatchNorm1d(2)), AttributeError),
    ):
        with pytest.raises(kind):
            f()
