"""What requires_grad may be set to, what backward and grad may be given, and the modes of recording."""

import collections

import pytest
import torch as reference

import minitorch_bp as mt

LIBRARIES = (mt, reference)


def outcome(t, statement, setup):
    scope = {"torch": t}
    exec(setup, scope)
    try:
        exec(statement, scope)
    except Exception as error:
        return type(error)
    x = scope["x"]
    return x.requires_grad, x.tolist(), None if x.grad is None else x.grad.tolist()


SETTINGS = [
    "x.requires_grad = {}",
    "x.requires_grad_({})",
    "x = torch.ones(2, requires_grad={})",
    "x = torch.zeros_like(x, requires_grad={})",
    "x = torch.rand_like(x, requires_grad={}).zero_()",
    "x = torch.nn.Parameter(x, requires_grad={})",
    "torch.nn.Linear(1, 1).requires_grad_({})",
    "torch.set_grad_enabled({}); torch.set_grad_enabled(True)",
]


@pytest.mark.parametrize("value", ["1", "0", "'a'", "1.0", "[]", "torch.tensor(True)", "True", "False"])
@pytest.mark.parametrize("statement", SETTINGS)
def test_requires_grad_is_a_bool(statement, value):
    assert outcome(mt, statement.format(value), "x = torch.ones(2)") == outcome(
        reference, statement.format(value), "x = torch.ones(2)"
    )


@pytest.mark.parametrize(
    "setup",
    ["x = torch.ones(2)", "x = torch.ones(2, requires_grad=True)", "x = torch.ones(2, requires_grad=True) * 2",
     "x = torch.ones(2, dtype=torch.int64)", "with torch.inference_mode(): x = torch.ones(2)"],
)  # fmt: skip
@pytest.mark.parametrize(
    "statement",
    ["x.requires_grad = True", "x.requires_grad = False", "x.requires_grad_()", "x.requires_grad_(False)",
     "x.data = torch.ones(2, dtype=torch.int64)", "x.data = torch.zeros(2)"],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore")
def test_leaves_and_others(setup, statement):
    assert outcome(mt, statement, setup) == outcome(reference, statement, setup)


GIVEN = [
    "(x * 2).backward([1.0, 1.0])",
    "(x * 2).backward(1.0)",
    "(x * 2).backward('a')",
    "(x * 2).backward([torch.ones(2)])",
    "(x * 2).backward(torch.ones(1))",
    "(x * 2).backward(torch.ones(2, dtype=torch.complex64))",
    "(x * 2).sum().backward(torch.tensor(1, dtype=torch.int64))",
    "(x * 2).sum().backward(inputs=[])",
    "(x * 2).sum().backward(inputs='x')",
    "(x * 2).sum().backward(inputs=[1])",
    "(x * 2).sum().backward(inputs=x)",
    "torch.autograd.grad((x * 2).sum(), [])",
    "torch.autograd.grad((x * 2).sum(), 'x')",
    "torch.autograd.grad((x * 2).sum(), [x, None])",
    "torch.autograd.grad(x * 2, x, [None])",
    "torch.autograd.backward([(x * 2).sum(), (x * 2).sum()], [None])",
]


@pytest.mark.parametrize("statement", GIVEN)
def test_arguments_of_backward_and_grad(statement):
    setup = "x = torch.ones(2, requires_grad=True)"
    assert outcome(mt, statement, setup) == outcome(reference, statement, setup)


@pytest.mark.parametrize("t", LIBRARIES)
def test_modes_stand_where_pytorch_has_them(t):
    for mode in (t.no_grad, t.enable_grad, t.set_grad_enabled, t.inference_mode):
        assert mode.__module__ == t.__name__ + ".autograd.grad_mode"
        assert getattr(t.autograd.grad_mode, mode.__name__) is mode
    assert repr(t.set_grad_enabled(True)) == t.__name__ + ".autograd.grad_mode.set_grad_enabled(mode=True)"
    assert t.autograd.anomaly_mode.detect_anomaly is t.autograd.detect_anomaly


@pytest.mark.parametrize("t", LIBRARIES)
@pytest.mark.filterwarnings("ignore")
def test_is_anomaly_enabled(t):
    def state():
        return t.is_anomaly_enabled(), t.is_anomaly_check_nan_enabled()

    assert state() == (False, True)
    with t.autograd.detect_anomaly(check_nan=False):
        assert state() == (True, False)
        with t.autograd.set_detect_anomaly(False):
            assert state() == (False, True)
    t.set_anomaly_enabled(True)
    assert state() == (True, True)
    t.set_anomaly_enabled(False)
    assert state() == (False, True)


@pytest.mark.parametrize("t", LIBRARIES)
def test_is_inference(t):
    with t.inference_mode():
        x = t.ones(1)
    assert t.is_inference(x) and not t.is_inference(x * 1)


@pytest.mark.parametrize("divide", ["x // 0", "x % 0", "torch.fmod(x, 0)", "torch.div(x, 0, rounding_mode='floor')", "x // y"])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "bool"])
def test_division_by_the_integer_zero(divide, dtype):
    def result(t):
        x = t.tensor([1, 0, 1]).to(getattr(t, dtype))
        try:
            return repr(eval(divide, {"torch": t, "x": x, "y": t.tensor(0)}))
        except Exception as error:
            return type(error)

    assert result(mt) == result(reference)


def test_grad_with_respect_to_a_dict():
    for t in LIBRARIES:
        x, y = t.tensor(3.0, requires_grad=True), t.tensor(2.0, requires_grad=True)
        z = x * x * y
        found = t.autograd.grad(z, {"x": x, 5: y}, retain_graph=True)
        assert list(found) == ["x", 5] and [g.item() for g in found.values()] == [12.0, 9.0]
        assert t.autograd.grad(z, {"o": t.ones(1, requires_grad=True)}, retain_graph=True, allow_unused=True) == {"o": None}
        layer = t.nn.Linear(2, 1)
        assert list(t.autograd.grad(layer(t.ones(2)).sum(), dict(layer.named_parameters()))) == ["weight", "bias"]
        t.autograd.backward(z, inputs={"a": x}, retain_graph=True)
        assert x.grad.item() == 12.0 and y.grad is None
        with pytest.raises(RuntimeError):
            t.autograd.grad(z, {}, retain_graph=True)
        with pytest.raises(TypeError):
            t.autograd.grad(z, collections.OrderedDict(x=x), retain_graph=True)
        with pytest.warns(FutureWarning):
            t.autograd.grad(z, x, only_inputs=False)


def test_inference_mode_without_parentheses():
    for t in LIBRARIES:

        @t.inference_mode
        def f(x):
            return t.is_inference_mode_enabled(), (x * 2).is_inference()

        assert f(t.ones(1)) == (True, True) and not t.is_inference_mode_enabled()
