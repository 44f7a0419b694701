"""What all schedulers share: subclasses of users, warnings at the same moments as PyTorch's, counted steps."""

import copy
import gc
import pickle
import types
import warnings
import weakref

import pytest
import torch

import minitorch_bp as mt

BOTH = pytest.mark.parametrize("t", [mt, torch], ids=["ours", "torch"])


def optimizer_of(t, rates=(0.5, 0.25)):
    return t.optim.SGD([{"params": [t.zeros(1, requires_grad=True)], "lr": r} for r in rates], momentum=0.9)


def warned(function):
    """The categories of the warnings, and where they point."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function()
    return [(w.category, w.filename == __file__) for w in caught]


def log(t):
    """What a user's subclass sees during its life."""
    seen = []

    class Mine(t.optim.lr_scheduler.LRScheduler):
        def __init__(self, optimizer, power, last_epoch=-1):
            self.power = power
            super().__init__(optimizer, last_epoch)

        def get_lr(self):
            seen.append(("open", self.last_epoch, self._step_count, self._is_initial, self._get_lr_called_within_step))
            return [base * (1 + self.last_epoch) ** self.power for base in self.base_lrs]

        def _get_closed_form_lr(self):
            seen.append(("closed", self.last_epoch, self._step_count, self._is_initial, self._get_lr_called_within_step))
            return [base + 100 for base in self.base_lrs]

    o = optimizer_of(t)
    s = Mine(o, -0.5)
    o.step()
    s.step()
    s.step()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        s.step(7)
        seen.append(s.get_lr())
    seen += [s.get_last_lr(), s.base_lrs, s.state_dict(), [g["initial_lr"] for g in o.param_groups]]
    s.step()
    again = Mine(o, -0.25, last_epoch=3)
    seen += [again.get_last_lr(), again.state_dict()]
    s._initial_step()
    return seen + [s.state_dict()]


def test_a_subclass_of_a_user():
    assert log(mt) == log(torch)


@BOTH
def test_the_older_name(t):
    scheduler = t.optim.lr_scheduler
    assert issubclass(scheduler._LRScheduler, scheduler.LRScheduler) and scheduler._LRScheduler is not scheduler.LRScheduler

    class Older(scheduler._LRScheduler):
        def get_lr(self):
            return [0.5**self.last_epoch for _ in self.base_lrs]

    s = Older(optimizer_of(t))
    assert isinstance(s, scheduler.LRScheduler) and s.get_last_lr() == [1.0, 1.0]
    assert isinstance(scheduler.ReduceLROnPlateau(optimizer_of(t)), scheduler.LRScheduler)


@BOTH
@pytest.mark.parametrize("count", [1, 3])
def test_one_rate_per_group(t, count):
    class Wrong(t.optim.lr_scheduler.LRScheduler):
        def get_lr(self):
            return [1.0] * count

    with pytest.raises(ValueError):
        Wrong(optimizer_of(t))


@BOTH
@pytest.mark.parametrize("name", ["LambdaLR", "MultiplicativeLR"])
def test_a_group_that_comes_later(t, name):
    o = optimizer_of(t)
    s = getattr(t.optim.lr_scheduler, name)(o, lambda epoch: 0.5)
    o.add_param_group({"params": [t.zeros(1, requires_grad=True)], "lr": 3.0})
    o.step()
    with pytest.raises(ValueError):
        s.step()
    assert o.param_groups[2]["lr"] == 3.0


@BOTH
def test_a_group_that_comes_later_of_a_chainable_scheduler(t):
    o = optimizer_of(t)
    s = t.optim.lr_scheduler.ExponentialLR(o, 0.5)
    o.add_param_group({"params": [t.zeros(1, requires_grad=True)], "lr": 4.0})
    o.step()
    s.step()
    assert s.get_last_lr() == [0.25, 0.125, 2.0]


#: One that points at the line that calls.
USER = (UserWarning, True)


@BOTH
def test_warnings_about_the_order(t):
    o = optimizer_of(t)
    assert warned(lambda: t.optim.lr_scheduler.StepLR(o, 3)) == []
    s = t.optim.lr_scheduler.StepLR(o, 3)
    assert [warned(s.step), warned(s.step), warned(o.step)] == [[USER], [], []]
    o = optimizer_of(t)
    s = t.optim.lr_scheduler.StepLR(o, 3)
    assert [warned(o.step), warned(s.step), warned(s.step)] == [[], [], []]
    again = t.optim.lr_scheduler.StepLR(o, 3, last_epoch=4)
    assert warned(again.step) == [], "the optimizer has been stepped already"


@BOTH
def test_warnings_about_an_overridden_step(t):
    o = optimizer_of(t)
    s = t.optim.lr_scheduler.StepLR(o, 3)
    inner = o.step
    o.step = types.MethodType(lambda self, *args: inner(*args), o)
    o.step()
    assert [warned(s.step), warned(s.step)] == [[USER], []]
    # A scheduler that is made later counts the new one.
    assert warned(t.optim.lr_scheduler.StepLR(o, 3).step) == []


@BOTH
def test_warnings_about_epochs(t):
    o = optimizer_of(t)
    s = t.optim.lr_scheduler.ExponentialLR(o, 0.5)
    plateau = t.optim.lr_scheduler.ReduceLROnPlateau(o)
    o.step()
    assert [warned(lambda: s.step(3)), warned(lambda: s.step(epoch=0)), warned(s.step)] == [[USER], [USER], []]
    assert [warned(lambda: plateau.step(1.0, 3)), warned(lambda: plateau.step(1.0))] == [[USER], []]
    assert isinstance(t.optim.lr_scheduler.EPOCH_DEPRECATION_WARNING, str)
    restarts = t.optim.lr_scheduler.CosineAnnealingWarmRestarts(o, 3)
    assert warned(lambda: restarts.step(1.5)) == [], "here it is a feature"


@BOTH
def test_warnings_about_get_lr(t):
    L, o = t.optim.lr_scheduler, optimizer_of(t)
    for s in (
        L.StepLR(o, 3),
        L.LambdaLR(o, lambda epoch: 1.0),
        L.MultiplicativeLR(o, lambda epoch: 1.0),
        L.MultiStepLR(o, [3]),
        L.ConstantLR(o),
        L.LinearLR(o),
        L.ExponentialLR(o, 0.5),
        L.PolynomialLR(o),
        L.CosineAnnealingLR(o, 3),
        L.CosineAnnealingWarmRestarts(o, 3),
        L.CyclicLR(o, 0.1, 0.2),
        L.OneCycleLR(o, 0.1, 10),
        t.optim.swa_utils.SWALR(o, 0.1),
    ):
        ((kind, here),) = warned(s.get_lr)
        assert kind is UserWarning and (here or t is torch), type(s).__name__  # torch's points into itself


@BOTH
def test_a_chain_inside_a_sequence_warns_of_its_first_steps(t):
    """Its schedulers are stepped once more when the sequence begins; this is how PyTorch behaves."""
    L, o = t.optim.lr_scheduler, optimizer_of(t)
    chain = L.ChainedScheduler([L.ConstantLR(o), L.ExponentialLR(o, 0.9)])
    assert [kind for kind, _ in warned(lambda: L.SequentialLR(o, [chain, L.StepLR(o, 3)], [2]))] == [UserWarning] * 2


@BOTH
def test_a_sequence_or_a_chain_is_no_second_part_of_a_sequence(t):
    L, o = t.optim.lr_scheduler, optimizer_of(t)
    for second in (L.ChainedScheduler([L.StepLR(o, 3)]), L.SequentialLR(o, [L.StepLR(o, 3)], [])):
        s = L.SequentialLR(o, [L.StepLR(o, 3), second], [1])
        o.step()
        with pytest.raises(NotImplementedError):
            s.step()


@BOTH
def test_the_step_is_counted_and_nothing_else(t):
    o = optimizer_of(t)
    t.optim.lr_scheduler.StepLR(o, 3)
    step = o.step
    t.optim.lr_scheduler.StepLR(o, 3)
    assert o.step is step, "wrapped once"
    o.param_groups[0]["params"][0].grad = t.ones(1)
    assert o.step(lambda: 7) == 7 and o._opt_called
    assert o.param_groups[0]["params"][0].item() == -0.5
    for other in (copy.deepcopy(o), pickle.loads(pickle.dumps(o))):
        other.param_groups[0]["params"][0].grad = t.ones(1)
        other.step()
        assert other.param_groups[0]["params"][0].item() == pytest.approx(-0.5 - 0.5 * 1.9)
    assert o.param_groups[0]["params"][0].item() == -0.5, "copies step their own parameters"


@BOTH
def test_schedulers_make_no_circles(t):
    gc.collect()
    gc.disable()
    try:
        o = optimizer_of(t)
        s = t.optim.lr_scheduler.LambdaLR(o, lambda epoch: 1.0)
        o.step()
        s.step()
        refs = weakref.ref(o), weakref.ref(s)
        del o, s
        assert [r() for r in refs] == [None, None]
    finally:
        gc.enable()


@BOTH
def test_a_plateau_whose_optimizer_grows(t):
    for least, error in ((0.0, None), ([0.01, 0.01], RuntimeError)):
        o = optimizer_of(t)
        s = t.optim.lr_scheduler.ReduceLROnPlateau(o, patience=0, min_lr=least)
        o.add_param_group({"params": [t.zeros(1, requires_grad=True)], "lr": 4.0})
        s.step(1.0)
        if error:
            with pytest.raises(error):
                s.step(1.0)
            s.min_lrs = [0.01, 0.01, 1.0]
        s.step(1.0)
        assert s.get_last_lr() == pytest.approx([0.05, 0.025, 1.0 if error else 0.4])


@BOTH
def test_a_plateau_takes_a_tensor(t):
    o = optimizer_of(t)
    s = t.optim.lr_scheduler.ReduceLROnPlateau(o, patience=0)
    s.step(t.tensor(1.5))
    assert s.best == 1.5 and not s.in_cooldown
    s.step(float("nan"))
    assert s.best == 1.5 and s.get_last_lr() == pytest.approx([0.05, 0.025])


@BOTH
def test_one_cycle_ends(t):
    o = optimizer_of(t)
    s = t.optim.lr_scheduler.OneCycleLR(o, 0.1, 3)
    for _ in range(3):
        o.step()
        s.step()
    with pytest.raises(ValueError):
        s.step()


def test_a_tensor_that_is_given_is_not_changed():
    o = optimizer_of(mt)
    low, high = mt.tensor(0.1), mt.tensor(0.3)
    s = mt.optim.lr_scheduler.CyclicLR(o, low, high, 2)
    o.step()
    s.step()
    assert (low.item(), high.item()) == (mt.tensor(0.1).item(), mt.tensor(0.3).item())
    assert s.get_last_lr()[0].item() == pytest.approx(0.2)
