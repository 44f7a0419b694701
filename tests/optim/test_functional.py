"""Optimizers as functions on lists: the same steps as PyTorch's functions, written into the same tensors."""

import importlib
import inspect

import numpy as np
import pytest
import torch as pt

import minitorch_bp as mt

AVERAGES = {"beta1": 0.9, "beta2": 0.99, "lr": 0.1, "weight_decay": 0.1, "eps": 1e-8}
# name -> the lists of states after parameters and gradients, and the options
FORMS = {
    "adadelta": (["zeros", "zeros", "step"], {"lr": 1.0, "rho": 0.9, "eps": 1e-6, "weight_decay": 0.1, "maximize": False}),
    "adagrad": (["zeros", "step"], {"lr": 0.1, "weight_decay": 0.1, "lr_decay": 0.1, "eps": 1e-8, "maximize": True}),
    "adam": (["zeros", "zeros", "zeros", "step"], {**AVERAGES, "amsgrad": True, "maximize": False}),
    "adamax": (["zeros", "zeros", "step"], AVERAGES),
    "adamw": (["zeros", "zeros", "nothing", "step"], {**AVERAGES, "amsgrad": False, "maximize": True}),
    "asgd": (
        ["zeros", "one", "one", "step"],
        {"lambd": 1e-2, "lr": 0.1, "t0": 1.0, "alpha": 0.75, "weight_decay": 0.1},
    ),
    "nadam": (["zeros", "zeros", "one", "step"], {**AVERAGES, "momentum_decay": 4e-3, "decoupled_weight_decay": True}),
    "radam": (["zeros", "zeros", "step"], {**AVERAGES, "beta2": 0.6}),
    "rmsprop": (
        ["zeros", "zeros", "zeros", "step"],
        {"lr": 0.1, "alpha": 0.9, "eps": 1e-8, "weight_decay": 0.1, "momentum": 0.9, "centered": True},
    ),
    "rprop": (["zeros", "tenths", "step"], {"step_size_min": 1e-6, "step_size_max": 50.0, "etaminus": 0.5, "etaplus": 1.2,
                                            "maximize": False}),
    "sgd": (["none"], {"weight_decay": 0.1, "momentum": 0.9, "lr": 0.1, "dampening": 0.0, "nesterov": True, "maximize": False}),
    "_adafactor": (["rows", "columns", "none", "step"], {"d": 1.0, "lr": 0.1, "beta2_decay": -0.8, "weight_decay": 0.1,
                                                         "eps1": None, "eps2": 1e-3, "maximize": False}),
    "_muon": (["zeros"], {"lr": 0.1, "weight_decay": 0.1, "momentum": 0.9, "nesterov": True, "ns_steps": 5, "eps": 1e-7,
                          "ns_coefficients": (3.4445, -4.775, 2.0315), "adjust_lr_fn": None, "has_complex": False}),
}  # fmt: skip


def function(lib, name):
    return getattr(importlib.import_module(f"{lib.__name__}.optim.{name}"), name.removeprefix("_"))


def fresh(lib, kind):
    """One list of states for two parameters of shape (2, 3)."""
    make = {
        "zeros": lambda: lib.zeros(2, 3), "tenths": lambda: lib.full((2, 3), 0.1), "one": lambda: lib.tensor(1.0),
        "step": lambda: lib.tensor(0.0), "none": lambda: None, "rows": lambda: lib.zeros(2, 1), "columns": lambda: lib.zeros(1, 3),
    }  # fmt: skip
    return [] if kind == "nothing" else [make[kind](), make[kind]()]


@pytest.mark.parametrize("name", FORMS)
def test_the_function_takes_pytorchs_arguments(name):
    here, there = (inspect.signature(function(lib, name)).parameters.values() for lib in (mt, pt))
    assert [(p.name, p.kind, p.default) for p in here] == [(p.name, p.kind, p.default) for p in there]


@pytest.mark.parametrize("name", FORMS)
def test_three_steps_are_pytorchs(name):
    kinds, options = FORMS[name]
    outcome = []
    for lib in (mt, pt):
        params = [lib.arange(6.0).reshape(2, 3) / 10, lib.ones(2, 3)]
        states = [fresh(lib, kind) for kind in kinds]
        given = [*params, *(t for values in states for t in values if t is not None)]
        for k in range(3):
            grads = [lib.full((2, 3), 0.5 + k), lib.arange(6.0).reshape(2, 3) - k]
            function(lib, name)(params, grads, *states, **options)
        kept = {id(t) for t in [*params, *(t for values in states for t in values)]}
        assert all(id(t) in kept for t in given)  # written in place
        assert all(p.grad is None for p in params)
        outcome.append([t.numpy() for values in [params, *states] for t in values if t is not None])
    assert len(outcome[0]) == len(outcome[1])
    for here, there in zip(*outcome, strict=True):
        np.testing.assert_allclose(here, there, rtol=2e-5, atol=1e-6)


def test_all_stand_in_one_module():
    functional = importlib.import_module("minitorch_bp.optim._functional")
    for name in set(FORMS) - {"_adafactor", "_muon"}:
        assert getattr(functional, name) is function(mt, name)


def test_a_recorded_step_is_written_into_the_lists():
    outcome = []
    for lib in (mt, pt):
        w, m, v, step = lib.ones(2, requires_grad=True), lib.zeros(2), lib.zeros(2), lib.tensor(0.0)
        moved = w * 1
        options = {"beta1": 0.9, "beta2": 0.99, "lr": 0.1, "weight_decay": 0.0, "eps": 1e-8, "amsgrad": False, "maximize": False}
        function(lib, "adam")([moved], [w * w], [m], [v], [], [step], differentiable=True, **options)
        (moved * lib.tensor([1.0, 2.0])).sum().backward()
        outcome.append([t.detach().numpy() for t in (moved, m, v, step, w.grad)])
    for here, there in zip(*outcome, strict=True):
        np.testing.assert_allclose(here, there, rtol=1e-5)


def test_errors():
    for lib in (mt, pt):
        w, g = lib.ones(2), lib.ones(2)
        options = {"weight_decay": 0.0, "momentum": 0.0, "lr": 0.1, "dampening": 0.0, "nesterov": False, "maximize": False}
        with pytest.raises(RuntimeError, match="leaf"):
            function(lib, "sgd")([lib.ones(2, requires_grad=True)], [g], [None], **options)
        with lib.no_grad():
            function(lib, "sgd")([lib.ones(2, requires_grad=True)], [g], [None], **options)
        with pytest.raises(RuntimeError, match="state_steps"):
            function(lib, "adamax")([w], [g], [w * 0], [w * 0], [1], **AVERAGES)
        with pytest.raises(IndexError):
            function(lib, "adam")([w], [g], [w * 0], [w * 0], [], [lib.tensor(0.0)], amsgrad=True, maximize=False, **AVERAGES)
