"""Every scheduler against PyTorch's: the same learning rates and momenta to the bit, and the same states, which either can load."""

import copy
import itertools
import pickle
import warnings

import numpy as np
import pytest
import torch

import minitorch_bp as mt


class Decay:
    """A function with an attribute, which is saved."""

    def __init__(self, rate=0.7):
        self.rate = rate

    def __call__(self, x):
        return self.rate**x


#: Of an optimizer ``o`` with two groups.
ONE = [
    "LambdaLR(o, lambda epoch: 0.95**epoch)",
    "LambdaLR(o, [Decay(), lambda epoch: 1 / (1 + epoch)])",
    "MultiplicativeLR(o, lambda epoch: 0.9 if epoch % 3 else 1.1)",
    "MultiplicativeLR(o, [lambda epoch: 0.97, Decay(0.999)])",
    "StepLR(o, 3)",
    "StepLR(o, 7, gamma=0.3)",
    "MultiStepLR(o, [2, 5, 9])",
    "MultiStepLR(o, [30, 11, 11], gamma=0.7)",
    "ConstantLR(o)",
    "ConstantLR(o, 0.3, 17)",
    "LinearLR(o)",
    "LinearLR(o, 0.1, 0.7, 23)",
    "LinearLR(o, 1.0, 0.0, 40)",
    "ExponentialLR(o, 0.93)",
    "PolynomialLR(o)",
    "PolynomialLR(o, 37, 0.9)",
    "CosineAnnealingLR(o, 7)",
    "CosineAnnealingLR(o, T_max=30, eta_min=0.003)",
    "CosineAnnealingWarmRestarts(o, 3)",
    "CosineAnnealingWarmRestarts(o, 5, 2, 0.001)",
    "CyclicLR(o, 0.01, 0.3, 6)",
    "CyclicLR(o, [0.01, 0.02], [0.3, 0.4], 6, 11, mode='triangular2', base_momentum=[0.5, 0.6], max_momentum=[0.7, 0.9])",
    "CyclicLR(o, 0.01, 0.3, 5, mode='exp_range', gamma=0.97)",
    "CyclicLR(o, 0.01, 0.3, 5, cycle_momentum=False, scale_fn=lambda x: 1 / (5**(x * 0.0001)))",
    "CyclicLR(o, 0.01, 0.3, 5, scale_fn=Decay(0.99), scale_mode='iterations')",
    "OneCycleLR(o, 0.3, total_steps=101)",
    "OneCycleLR(o, [0.3, 0.1], epochs=10, steps_per_epoch=12, three_phase=True, anneal_strategy='linear')",
    "OneCycleLR(o, 0.3, 130, pct_start=0.4, div_factor=7, final_div_factor=100.0, base_momentum=[0.5, 0.6], max_momentum=0.8)",
    "OneCycleLR(o, 0.3, 130, cycle_momentum=False, three_phase=True)",
    "SWALR(o, 0.05)",
    "SWALR(o, [0.05, 0.7], 23, 'linear')",
    "SWALR(o, 0.05, anneal_epochs=0)",
]
SEVERAL = [
    "SequentialLR(o, [LinearLR(o, 0.1, total_iters=5), CosineAnnealingLR(o, 60)], [5])",
    "SequentialLR(o, [ConstantLR(o, 0.5), ExponentialLR(o, 0.9), StepLR(o, 4)], [10, 33])",
    "SequentialLR(o, [CosineAnnealingWarmRestarts(o, 4), CyclicLR(o, 0.01, 0.3, 6)], [50])",
    "SequentialLR(o, [ExponentialLR(o, 0.9), CosineAnnealingWarmRestarts(o, 4)], [20])",
    "SequentialLR(o, [SequentialLR(o, [ConstantLR(o), ExponentialLR(o, 0.9)], [4]), PolynomialLR(o, 70)], [20])",
    "SequentialLR(o, [ChainedScheduler([ConstantLR(o), ExponentialLR(o, 0.9)]), LambdaLR(o, Decay(0.99))], [12])",
    "ChainedScheduler([ConstantLR(o, 0.1, 20), ExponentialLR(o, 0.95)])",
    "ChainedScheduler([LinearLR(o), StepLR(o, 9), MultiStepLR(o, [5, 50]), CosineAnnealingLR(o, 30)], o)",
    "ChainedScheduler([ExponentialLR(o, 0.97), SWALR(o, 0.05, 30)])",
    "ChainedScheduler([SequentialLR(o, [ConstantLR(o), ExponentialLR(o, 0.9)], [4]), LambdaLR(o, lambda epoch: 2.0)])",
]
PLATEAU = [
    "ReduceLROnPlateau(o, patience=2)",
    "ReduceLROnPlateau(o, 'max', 0.5, patience=1, threshold=0.3, threshold_mode='abs', cooldown=3, min_lr=[0.01, 0.001])",
    "ReduceLROnPlateau(o, 'min', 0.3, 0, 0.05, 'abs', min_lr=1e-4)",
    "ReduceLROnPlateau(o, 'max', 0.3, 3, 0.05, 'rel', cooldown=1, eps=1e-3)",
]
METRICS = np.random.default_rng(0).standard_normal(200).cumsum().tolist()
ALL = ONE + SEVERAL + PLATEAU


def optimizer_of(t, kind="SGD", rates=(0.1, 0.037), tensors=False):
    options = {"momentum": 0.9} if kind == "SGD" else {"betas": (0.8, 0.99)}
    groups = [{"params": [t.zeros(1, requires_grad=True)], "lr": t.tensor(r) if tensors else r} for r in rates]
    return getattr(t.optim, kind)(groups, **options)


def made(t, text, o):
    return eval(text, {**vars(t.optim.lr_scheduler), "SWALR": t.optim.swa_utils.SWALR, "o": o, "Decay": Decay, "t": t})


def advance(o, s, steps, start=0):
    """The rates and momenta of each step, from before the first on."""
    rows = [shown(o)]
    for k in range(start, start + steps):
        o.step()
        s.step(METRICS[k]) if hasattr(s, "patience") else s.step()
        assert s.get_last_lr() == [g["lr"] for g in o.param_groups]
        rows.append(shown(o))
    return rows


def shown(o):
    return [{k: v for k, v in group.items() if k in NAMES} for group in o.param_groups]


NAMES = {"lr", "initial_lr", "momentum", "betas", "max_momentum", "base_momentum", "max_lr", "min_lr", "swa_lr"}


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
@pytest.mark.parametrize("text", ALL)
def test_a_hundred_steps(text, kind):
    rows, states = [], []
    for t in (mt, torch):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            o = optimizer_of(t, kind)
            s = made(t, text, o)
            rows.append(advance(o, s, 100))
        states.append(s.state_dict())
    assert rows[0] == rows[1]
    assert states[0] == states[1]


@pytest.mark.parametrize("source, target", [(mt, torch), (torch, mt), (mt, mt)], ids=["to torch", "from torch", "ours"])
@pytest.mark.parametrize("steps", [0, 1, 29])
@pytest.mark.parametrize("text", ALL)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_states_of_the_other_framework(text, steps, source, target):
    o = optimizer_of(source)
    s = made(source, text, o)
    advance(o, s, steps)
    saved = copy.deepcopy((o.state_dict(), s.state_dict()))
    kept = copy.deepcopy(saved[1])
    o2 = optimizer_of(target, rates=(0.5, 0.6))
    s2 = made(target, text.replace("Decay(0.99)", "Decay(0.1)"), o2)
    o2.load_state_dict(saved[0])
    s2.load_state_dict(saved[1])
    assert target is torch or saved[1] == kept, "what was loaded is left as it was"
    assert advance(o2, s2, 60, steps) == advance(o, s, 60, steps)
    assert s2.state_dict() == s.state_dict()


@pytest.mark.parametrize("last", [0, 1, 6, 31])
@pytest.mark.parametrize("text", ONE)
def test_resumed_by_last_epoch(text, last):
    rows = []
    for t in (mt, torch):
        o = optimizer_of(t)
        advance(o, made(t, text, o), last)
        s = made(t, f"{text[:-1]}, last_epoch={last})", o)
        rows.append((advance(o, s, 40), s.state_dict()))
    assert rows[0] == rows[1]


@pytest.mark.parametrize("text", ONE)
def test_steps_to_a_given_epoch(text):
    rows = []
    for t in (mt, torch):
        o = optimizer_of(t)
        s = made(t, text, o)
        o.step()
        rows.append([])
        for epoch in (3, 3, 0, 12, 1, 40, 7):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                s.step(epoch)
            rows[-1].append((shown(o), s.get_last_lr(), [w.category for w in caught]))
        rows[-1].append(advance(o, s, 10))
    assert rows[0] == rows[1]


def test_steps_inside_an_epoch():
    rows = []
    for t, mult in itertools.product((mt, torch), (1, 2, 3)):
        o = optimizer_of(t)
        s = t.optim.lr_scheduler.CosineAnnealingWarmRestarts(o, 4, mult, 0.01)
        rows.append([])
        for k in range(100):
            s.step(k * 0.37 if k % 5 else None)
            rows[-1].append((shown(o), s.state_dict()))
    assert rows[:3] == rows[3:]


@pytest.mark.parametrize("pair", [*itertools.combinations(range(0, len(ONE), 2), 2)], ids=str)
def test_two_schedulers_of_one_optimizer(pair):
    rows = []
    for t in (mt, torch):
        o = optimizer_of(t)
        both = [made(t, ONE[k], o) for k in pair]
        rows.append([])
        for _ in range(30):
            o.step()
            for s in both:
                s.step()
            rows[-1].append((shown(o), [s.get_last_lr() for s in both]))
    assert rows[0] == rows[1]


@pytest.mark.parametrize("text", ALL)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_rates_that_are_tensors(text):
    """They stay the same tensors, and are computed in float32."""
    rows = []
    for t in (mt, torch):
        o = optimizer_of(t, tensors=True)
        before = [g["lr"] for g in o.param_groups]
        s = made(t, text, o)
        rows.append([])
        for k in range(40):
            o.step()
            s.step(METRICS[k]) if hasattr(s, "patience") else s.step()
            rows[-1].append([g["lr"].item() for g in o.param_groups] + [float(lr) for lr in s.get_last_lr()])
        assert all(g["lr"] is b and b.dtype == t.float32 for g, b in zip(o.param_groups, before))
        assert all(lr is not b for lr, b in zip(s.get_last_lr(), before))
    np.testing.assert_allclose(rows[0], rows[1], rtol=2e-5, atol=1e-9)


@pytest.mark.parametrize("text", [t for t in ALL if "lambda" not in t])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_copies_and_pickles_go_on_by_themselves(text):
    o = optimizer_of(mt)
    s = made(mt, text, o)
    advance(o, s, 5)
    s2, s3 = copy.deepcopy(s), pickle.loads(pickle.dumps(s))
    rows = advance(o, s, 20, 5)
    assert advance(s2.optimizer, s2, 20, 5) == rows and advance(s3.optimizer, s3, 20, 5) == rows
    assert len({id(x.optimizer) for x in (s, s2, s3)}) == 3


def test_a_loaded_object_gets_the_attributes():
    for t in (mt, torch):
        o = optimizer_of(t)
        state = made(t, "LambdaLR(o, [Decay(0.3), lambda epoch: 1.0])", o).state_dict()
        assert state["lr_lambdas"] == [{"rate": 0.3}, None]
        s = made(t, "LambdaLR(o, [Decay(0.6), lambda epoch: 2.0])", o)
        s.load_state_dict(state)
        assert s.lr_lambdas[0].rate == 0.3 and s.lr_lambdas[1](0) == 2.0


#: What is wrong with each; ``other`` is another optimizer.
WRONG = [
    "StepLR(1, 3)", "LambdaLR(o, [Decay()])", "LambdaLR(o, 3)", "LambdaLR(o, [3, 3])", "MultiplicativeLR(o, [Decay()])",
    "MultiplicativeLR(o, 3)", "MultiplicativeLR(o, [3, 3])", "MultiStepLR(o, 3)", "ConstantLR(o, 1.5)", "ConstantLR(o, -0.5)",
    "LinearLR(o, 1.5)", "LinearLR(o, 0)", "LinearLR(o, 0.5, 1.5)", "LinearLR(o, 0.5, -0.5)", "CosineAnnealingWarmRestarts(o, 0)",
    "CosineAnnealingWarmRestarts(o, 1.5)", "CosineAnnealingWarmRestarts(o, 3, 0)", "CosineAnnealingWarmRestarts(o, 3, 1.5)",
    "CosineAnnealingWarmRestarts(o, 3, 1, 'a')", "CosineAnnealingWarmRestarts(o, 3, 1, t.tensor(0.1))",
    "CosineAnnealingWarmRestarts(o, 3).step(-1)", "CyclicLR(1, 0.1, 0.3)", "CyclicLR(o, 0.1, [0.3])", "CyclicLR(o, [0.1], 0.3)",
    "CyclicLR(o, 0.1, 0.3, mode='x')", "CyclicLR(o, 0.1, 0.3, base_momentum=[0.1])", "CyclicLR(o, 0.1, 0.3, max_momentum=[0.1])",
    "CyclicLR(plain, 0.1, 0.3)", "CyclicLR(o, 0.1, 0.3, 0)", "OneCycleLR(plain, 0.3, total_steps=10)",
    "OneCycleLR(1, 0.3, total_steps=2)", "OneCycleLR(o, 0.3)", "OneCycleLR(o, 0.3, total_steps=0)",
    "OneCycleLR(o, 0.3, total_steps=-1)", "OneCycleLR(o, 0.3, total_steps=1.5)", "OneCycleLR(o, 0.3, epochs=0, steps_per_epoch=3)",
    "OneCycleLR(o, 0.3, epochs=2, steps_per_epoch=0)", "OneCycleLR(o, 0.3, epochs=2)", "OneCycleLR(o, 0.3, 10, pct_start=1.5)",
    "OneCycleLR(o, 0.3, 10, pct_start=1)", "OneCycleLR(o, 0.3, 10, anneal_strategy='x')", "OneCycleLR(o, [0.3], total_steps=10)",
    "OneCycleLR(o, 0.3, 10, base_momentum=[0.8])", "OneCycleLR(o, 0.3, 10, max_momentum=[0.8])", "ReduceLROnPlateau(1)",
    "ReduceLROnPlateau(o, factor=1.0)", "ReduceLROnPlateau(o, min_lr=[0.1])", "ReduceLROnPlateau(o, mode='x')",
    "ReduceLROnPlateau(o, threshold_mode='x')", "ReduceLROnPlateau(o).step()", "ReduceLROnPlateau(o).step('a')",
    "ReduceLROnPlateau(o).step(t.ones(2))", "ReduceLROnPlateau(o).get_lr()", "SequentialLR(o, [], [])",
    "SequentialLR(o, [StepLR(o, 1)], [1])", "SequentialLR(o, [StepLR(other, 1)], [])",
    "SequentialLR(o, [StepLR(o, 1), StepLR(other, 1)], [1])", "SequentialLR(o, [StepLR(o, 1), 3], [1])",
    "SequentialLR(o, [StepLR(o, 1), ReduceLROnPlateau(o)], [1])", "SequentialLR(1, [StepLR(o, 1)], [])", "ChainedScheduler([])",
    "ChainedScheduler([StepLR(o, 1), StepLR(other, 1)])", "ChainedScheduler([StepLR(o, 1)], other)",
    "ChainedScheduler([StepLR(o, 1), 3])", "ChainedScheduler([StepLR(o, 1), ReduceLROnPlateau(o)])",
    "ChainedScheduler([StepLR(o, 1)]).get_lr()", "SWALR(o, 0.1, anneal_strategy='x')", "SWALR(o, 0.1, -1)", "SWALR(o, 0.1, 1.5)",
    "SWALR(o, [0.1])", "SWALR(1, 0.1)", "LRScheduler(o)", "StepLR(o, 3, last_epoch=2)", "CyclicLR(o, 0.1, 0.3, last_epoch=3)",
    "OneCycleLR(o, 0.3, 10, last_epoch=3)", "LambdaLR(o, Decay()).load_state_dict({})", "SWALR(o, 0.1).load_state_dict(3)",
    "CyclicLR(o, 0.1, 0.3).load_state_dict({})", "ChainedScheduler([StepLR(o, 1)]).load_state_dict({})",
    "ReduceLROnPlateau(o).load_state_dict({'mode': 'x'})",
]  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_mistakes(text):
    raised = []
    for t in (mt, torch):
        o = optimizer_of(t)
        plain = t.optim.Optimizer([t.zeros(1)], {"lr": 0.1})
        names = {**vars(t.optim.lr_scheduler), "SWALR": t.optim.swa_utils.SWALR, "Decay": Decay, "o": o, "t": t}
        with pytest.raises(Exception) as caught:
            eval(text, {**names, "other": optimizer_of(t), "plain": plain})
        raised.append(caught.type)
        if t is mt and "(o" in text and "StepLR" not in text and ")." not in text and text not in ("LRScheduler(o)",):
            assert shown(o) == shown(optimizer_of(t)), "nothing is half-changed"
    assert raised[0] is raised[1]
