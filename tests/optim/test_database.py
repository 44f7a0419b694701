"""Every configuration of PyTorch's database of optimizers: the same trajectory, the same state, and saved by one framework in the
middle it goes on in the other."""

import inspect
import warnings

import numpy as np
import pytest
import torch
from torch.testing._internal.common_optimizers import OptimizerErrorEnum, optim_db

import minitorch_bp as mt

STEPS = 10
#: Muon calculates in bfloat16, where the order of a sum decides the last of eight bits.
TOLERANCE = {"Muon": 2e-4}


def configurations():
    for info in optim_db:
        name = info.optim_cls.__name__
        if name != "SparseAdam":
            # PyTorch rounds the rate of ASGD differently with foreach and without.
            extra = [{"foreach": True}] if "foreach" in info.supported_impls and name != "ASGD" else []
            extra += [{"fused": True}] if "fused" in info.supported_impls else []
            for given in info.optim_inputs_func("cpu"):
                for more in [{}, *extra]:
                    if not (more and any(isinstance(v, torch.Tensor) for v in given.kwargs.values())):
                        yield pytest.param(name, {**given.kwargs, **more}, id=f"{name}-{given.desc}-{more}")


CONFIGURATIONS = list(configurations())


def translated(value):
    """A value of PyTorch in our framework."""
    if isinstance(value, torch.Tensor):
        out = mt.from_numpy(value.detach().numpy().copy())
        return out.requires_grad_(value.requires_grad)
    if isinstance(value, dict):
        return {k: translated(v) for k, v in value.items()}
    return type(value)(translated(v) for v in value) if isinstance(value, (list, tuple)) else value


def back(value):
    if isinstance(value, mt.Tensor):
        return torch.from_numpy(value.detach().numpy().copy())
    if isinstance(value, dict):
        return {k: back(v) for k, v in value.items()}
    return type(value)(back(v) for v in value) if isinstance(value, (list, tuple)) else value


class Training:
    """Two matrices, or for other optimizers than Muon also a vector and a number, which has no gradient in some steps."""

    def __init__(self, t, name, options, values=None):
        rng = np.random.default_rng(0)
        shapes = [(3, 2), (2, 5)] if name == "Muon" else [(3, 2), (2,), (), (2, 2, 3)]
        self.t, self.rng = t, np.random.default_rng(1)
        start = [rng.standard_normal(s) for s in shapes] if values is None else values
        self.params = [t.from_numpy(np.array(v)).requires_grad_() for v in start]
        options = options if t is torch else translated(options)
        self.optimizer = getattr(t.optim, name)([("p%d" % k, p) for k, p in enumerate(self.params)], **options)

    def step(self, k):
        factors = [self.t.from_numpy(self.rng.standard_normal(p.shape)) for p in self.params]

        def closure():
            self.optimizer.zero_grad()
            terms = [((p - 1) ** 2 * (1 + f**2) + f * p).sum() for p, f in zip(self.params, factors)]
            loss = sum(term for n, term in enumerate(terms) if n != 2 or k % 3 != 1)
            loss.backward()
            return loss

        return self.optimizer.step(closure)

    def values(self):
        return [p.detach().numpy() for p in self.params]


def close(ours, theirs, tolerance, path=""):
    if isinstance(theirs, torch.Tensor):
        assert isinstance(ours, mt.Tensor) and str(ours.dtype) == str(theirs.dtype) and tuple(ours.shape) == tuple(theirs.shape), (
            path
        )
        np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=tolerance, atol=tolerance, err_msg=path)
    elif isinstance(theirs, dict):
        assert list(ours) == list(theirs), path
        for k in theirs:
            close(ours[k], theirs[k], tolerance, f"{path}.{k}")
    elif isinstance(theirs, (list, tuple)):
        assert len(ours) == len(theirs) and type(ours) is type(theirs), path
        for k, (a, b) in enumerate(zip(ours, theirs)):
            close(a, b, tolerance, f"{path}[{k}]")
    elif isinstance(theirs, float):
        assert ours == pytest.approx(theirs, rel=max(tolerance, 1e-9), abs=1e-9), path
    else:
        assert ours == theirs, path


@pytest.mark.parametrize("name, options", CONFIGURATIONS)
def test_trajectory_and_state(name, options):
    tolerance = TOLERANCE.get(name, 1e-9)
    ours, theirs = Training(mt, name, options), Training(torch, name, options)
    assert repr(ours.optimizer) == repr(theirs.optimizer)
    close(ours.optimizer.state_dict(), theirs.optimizer.state_dict(), tolerance)
    for k in range(STEPS):
        ours.step(k), theirs.step(k)
    for a, b in zip(ours.values(), theirs.values()):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
    # LBFGS keeps differences of gradients that are nearly equal by then: of these only a few digits are defined.
    close(ours.optimizer.state_dict(), theirs.optimizer.state_dict(), 1e-2 if name == "LBFGS" else tolerance)


@pytest.mark.parametrize("name, options", CONFIGURATIONS)
@pytest.mark.parametrize("first, second", [(mt, torch), (torch, mt)], ids=["to torch", "from torch"])
def test_saved_in_the_middle_it_goes_on_in_the_other(name, options, first, second):
    tolerance = TOLERANCE.get(name, 1e-9)
    whole = Training(torch, name, options)
    half = Training(first, name, options)
    for k in range(STEPS):
        whole.step(k)
    for k in range(STEPS // 2):
        half.step(k)
    rest = Training(second, name, options, half.values())
    rest.rng = half.rng
    saved = half.optimizer.state_dict()
    rest.optimizer.load_state_dict(translated(saved) if first is torch else back(saved))
    for k in range(STEPS // 2, STEPS):
        rest.step(k)
    for a, b in zip(rest.values(), whole.values()):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


def mistakes():
    for info in optim_db:
        if info.optim_cls.__name__ != "SparseAdam":
            for k, given in enumerate(info.optim_error_inputs_func("cpu", torch.float64)):
                name = f"{info.optim_cls.__name__}-{k}-{given.optimizer_error_input.desc}"
                yield pytest.param(info.optim_cls.__name__, given, id=name)


@pytest.mark.parametrize("name, given", list(mistakes()))
def test_mistakes(name, given):
    case = given.optimizer_error_input
    known = {}

    def parameters(value):  # the same parameter twice stays the same
        if isinstance(value, torch.Tensor):
            return known.setdefault(id(value), translated(value))
        if isinstance(value, dict):
            return {k: parameters(v) for k, v in value.items()}
        return type(value)(parameters(v) for v in value) if isinstance(value, (list, tuple)) else value

    params = [mt.ones(2, 2, requires_grad=True)] if case.params is None else parameters(case.params)

    def attempt():
        optimizer = getattr(mt.optim, name)(params, **translated(case.kwargs))
        if given.error_on is OptimizerErrorEnum.STEP_ERROR:
            for group in optimizer.param_groups:
                for p in group["params"]:
                    p.grad = mt.ones_like(p)
            optimizer.step()

    if issubclass(given.error_type, Warning):
        with pytest.warns(given.error_type):
            attempt()
    else:
        with pytest.raises(given.error_type), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            attempt()


@pytest.mark.parametrize("info", optim_db, ids=lambda info: info.optim_cls.__name__)
def test_signatures(info):
    ours = inspect.signature(getattr(mt.optim, info.optim_cls.__name__)).parameters
    theirs = inspect.signature(info.optim_cls).parameters
    assert [(p.name, p.kind, p.default) for p in ours.values()] == [(p.name, p.kind, p.default) for p in theirs.values()]
