"""Modules that are a function plus options: what follows from naming the function."""

import copy
import inspect
import itertools
import pickle
import types

import pytest

import minitorch_bp as torch
from minitorch_bp import nn
from minitorch_bp.nn.modules.functional_module import FunctionalModule, UnaryModule

CLASSES = [c for c in vars(nn).values() if inspect.isclass(c) and issubclass(c, FunctionalModule)]
UNARY = [(nn.ReLU(), 1), (nn.Sigmoid(), 1), (nn.GELU("tanh"), 1), (nn.LeakyReLU(0.2), 1), (nn.Softmax(-1), 1), (nn.AvgPool2d(2, 1), 4),
         (nn.LogSoftmax(-1), 1), (nn.Softmin(-1), 1), (nn.Softshrink(), 1),  # made of another function than the class above
         (nn.AdaptiveMaxPool2d(1), 4), (nn.Unfold(2), 4), (nn.PixelShuffle(2), 4), (nn.Flatten(), 4), (nn.LocalResponseNorm(2), 4)]  # fmt: skip


@pytest.mark.parametrize("module, dims", UNARY, ids=lambda v: repr(v))
def test_the_fast_call_is_the_plain_definition(module, dims):
    x = torch.arange(32.0).reshape((1, 4, 2, 4)[4 - dims :] if dims == 4 else (32,)) / 8 - 2
    assert torch.equal(module(x), UnaryModule.forward(module, x))


LOSSES = [nn.MSELoss(), nn.L1Loss(), nn.SmoothL1Loss(beta=0.5), nn.HuberLoss(delta=0.5), nn.KLDivLoss(log_target=True), nn.SoftMarginLoss(),
          nn.BCEWithLogitsLoss(pos_weight=torch.tensor(2.0)), nn.HingeEmbeddingLoss(2.0)]  # fmt: skip


@pytest.mark.parametrize("module", LOSSES, ids=repr)
def test_a_module_of_two_inputs_is_called_as_plainly(module):
    x, y = torch.arange(4.0) / 4, torch.tensor([1.0, -1.0, 1.0, 1.0])
    assert torch.equal(module(x, y), module._call(x, y))
    assert list(inspect.signature(type(module).forward).parameters) == ["self", "input", "target"]


def test_options_are_read_at_each_call():
    module = nn.LeakyReLU(0.5)
    module.negative_slope = 0.25
    assert module(torch.tensor([-4.0])).item() == -1.0


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_the_docstring_has_each_section_once(cls):
    lines = cls.__doc__.split("\n")
    titles = [line for line, below in itertools.pairwise(lines) if below and set(below) == {"-"}]
    assert len(titles) == len(set(titles))
    assert "" not in (lines[0], lines[-1])


def test_the_docstring_is_the_function_s_where_the_class_has_none():
    assert nn.GELU.__doc__.startswith("The Gaussian error linear unit, :math:`x \\Phi(x)`")
    assert "approximate : 'none' or 'tanh'" in nn.GELU.__doc__ and "gelu : The function that it calls." in nn.GELU.__doc__
    assert nn.GELU().__doc__ == nn.GELU.__doc__


def test_arguments_of_the_call_are_not_parameters_of_the_constructor():
    before, parameters = nn.NLLLoss.__doc__.split("Parameters\n----------\n")
    assert "**target**: LongTensor" in before
    assert parameters.startswith("weight : ") and "ignore_index : int" in parameters


@pytest.mark.parametrize(
    "cls, method", [(nn.ELU, "__init__"), (nn.MaxPool2d, "__init__"), (nn.Sigmoid, "forward"), (nn.MaxPool2d, "forward")]
)
def test_errors_of_python_name_the_class_that_was_called(cls, method):
    with pytest.raises(TypeError, match=rf"^{cls.__name__}\.{method}\(\)"):
        getattr(cls, method)(object(), 1, 2, 3, 4, 5, 6, 7, 8)


def test_a_subclass_may_have_other_options():
    class Halved(nn.LeakyReLU):
        def __init__(self, half):
            super().__init__(2 * half)

    module = Halved(0.25)
    assert module(torch.tensor([-2.0])).item() == -1.0
    assert repr(module) == "Halved(negative_slope=0.5)"
    assert Halved.__doc__ is None


@pytest.mark.parametrize(
    "module", [nn.ReLU6(True), nn.Hardtanh(-2.0, 2.0), nn.Dropout(0.25), nn.MaxPool2d(2), nn.MSELoss(), nn.Fold(4, 2)], ids=repr
)
def test_copies_are_printed_alike(module):
    assert repr(copy.deepcopy(module)) == repr(module) == repr(pickle.loads(pickle.dumps(module)))


def test_nn_offers_modules_and_not_their_files():
    files = {name for name, value in vars(nn).items() if isinstance(value, types.ModuleType) and not name.startswith("_")}
    on_demand = {"attention", "common_types", "grad"}
    assert files - on_demand == {"functional", "init", "modules", "parallel", "parameter", "utils"}
    assert {c.__name__ for c in CLASSES} <= set(dir(nn.modules))
