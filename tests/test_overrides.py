"""Subclasses and modes are asked as in PyTorch, and programs without them pay nothing."""

import subprocess
import sys

import pytest
import torch
import torch.overrides

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])


@BOTH
def test_plain_subclasses_keep_their_class(t):
    class Mine(t.Tensor):
        pass

    x = t.ones(2).as_subclass(Mine)
    assert type(x) is Mine and not isinstance(t.ones(2), Mine)
    for y in (
        x + 1,
        1 - x,
        t.add(x, 1),
        x[0],
        x.sum(),
        t.max(x, 0)[0],
        t.cat([x, t.ones(1)]),
        t.nn.functional.relu(x),
        t.ones(2) * x,
    ):
        assert type(y) is Mine
    assert x.tolist() == [1.0, 1.0] and type(x.size()) is t.Size and type(x.numpy()).__name__ == "ndarray"
    p = t.nn.Parameter(t.ones(2))
    assert type(p + 1) is t.Tensor and type(p * x) is Mine
    w = t.ones(2, requires_grad=True)
    (w.as_subclass(Mine) * 3).sum().backward()
    assert w.grad.tolist() == [3.0, 3.0] and type(w) is t.Tensor
    with t._C.DisableTorchFunctionSubclass():
        assert type(x + 1) is t.Tensor
    with pytest.raises((RuntimeError, TypeError)):
        t.ones(1).as_subclass(int)


@BOTH
def test_calls_are_asked_for(t):
    calls = []

    class Logged(t.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            calls.append((func.__name__, [k.__name__ for k in types], len(args)))
            return super().__torch_function__(func, types, args, kwargs)

    x = t.ones(2).as_subclass(Logged)
    calls.clear()
    t.add(x, 1), x.mul(2), x.sum(), t.cat([x, x]), x @ x, t.stack([x]), x.add_(1), x.numel()
    names = [name for name, _, _ in calls]
    assert names == ["add", "mul", "sum", "cat", "matmul", "stack", "add_", "numel"]
    assert all(types == ["Logged"] for _, types, _ in calls) and [n for _, _, n in calls] == [2, 2, 1, 1, 2, 1, 2, 1]
    assert type(x + x) is Logged


@BOTH
def test_an_implementation_of_ones_own(t):
    handled = {}

    class Diagonal(t.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            if func in handled:
                return handled[func](*args, **(kwargs or {}))
            return NotImplemented

    handled[t.mean] = lambda x: "the mean"
    x = t.ones(2).as_subclass(Diagonal)
    assert t.mean(x) == "the mean"
    with pytest.raises(TypeError):
        t.sum(x)


@BOTH
def test_subclasses_come_before_their_bases(t):
    class A(t.Tensor):
        pass

    class B(A):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return [k.__name__ for k in types]

    assert t.add(t.ones(1).as_subclass(A), t.ones(1).as_subclass(B)) == ["B", "A"]


@BOTH
def test_modes(t):
    seen = []

    class Outer(t.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            seen.append("outer " + func.__name__)
            return func(*args, **(kwargs or {}))

    class Ones(t.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            seen.append("inner " + func.__name__)
            return t.ones(1) if func is t.zeros else func(*args, **(kwargs or {}))

    x = t.ones(2)
    with Outer(), Ones():
        one = t.zeros(3)
        t.softmax(x, 0)
        t.nn.functional.cross_entropy(t.ones(1, 2), t.tensor([0]))
    assert one.tolist() == [1.0]
    assert seen[:5] == ["inner zeros", "outer ones", "inner softmax", "outer softmax", "inner ones"]
    assert seen[-2:] == ["inner cross_entropy", "outer cross_entropy"] and len(seen) == 10
    with t.overrides.BaseTorchFunctionMode():
        assert t.zeros(1).tolist() == [0.0]
    with Ones(), t._C.DisableTorchFunction():
        assert t.zeros(1).tolist() == [0.0]
    assert t.zeros(1).tolist() == [0.0]


@BOTH
def test_helpers(t):
    overrides = t.overrides

    class Own:
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return func.__name__, types, args, kwargs

    class Never:
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return NotImplemented

    own, x = Own(), t.ones(1)
    assert overrides.has_torch_function((x, own)) and not overrides.has_torch_function((x, 1, t.nn.Parameter(x)))
    assert overrides.has_torch_function_unary(own) and not overrides.has_torch_function_variadic(x, x)
    assert overrides.is_tensor_like(own) and overrides.is_tensor_like(x) and not overrides.is_tensor_like(1)

    @overrides.wrap_torch_function(lambda a, b=None: (a,))
    def mine(a, b=None):
        return "plain"

    assert mine(x) == "plain" and mine(own, b=2) == ("mine", (Own,), (own,), {"b": 2})
    assert overrides.handle_torch_function(mine, (own,), own)[0] == "mine"
    with pytest.raises(TypeError):
        overrides.handle_torch_function(mine, (Never(),), Never())
    assert overrides.resolve_name(t.add) == "torch.add" and overrides.is_tensor_method_or_property(t.Tensor.add)
    assert isinstance(overrides.get_default_nowrap_functions(), set) and isinstance(overrides.get_ignored_functions(), set)
    assert any(t.add in functions for functions in overrides.get_overridable_functions().values())


def test_nothing_of_it_without_a_class_or_a_mode():
    code = (
        "import sys, minitorch_bp as t; t.mm(t.ones(1, 1), t.ones(1, 1)); code = t.mm.__code__; x = t.nn.Parameter(t.ones(1)) + 1\n"
        "assert 'minitorch_bp.overrides' not in sys.modules\n"
        "class M(t.overrides.TorchFunctionMode):\n    def __torch_function__(self, f, types, args=(), kwargs=None): return 7\n"
        "with M(): assert t.mm(1) == 7 and t.mm.__code__ is not code\n"
        "assert t.mm.__code__ is code"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_subclass_is_printed_by_its_name():
    shown = []
    for t in (torch, minitorch_bp):

        class Sub(t.Tensor):
            pass

        x = t.ones(2, 3).as_subclass(Sub)
        shown.append([repr(x), repr(x * 2), repr(t.zeros(0).as_subclass(Sub)), repr(t.nn.Parameter(t.ones(1)))])
    assert shown[0] == shown[1]


def test_a_subclass_that_is_deleted_leaves_nothing():
    code = """
import gc, inspect, minitorch_bp as torch
roll = torch.roll
roll(torch.ones(1), 1)  # which gives it its code
wrapped = roll.__wrapped__
code, shown = roll.__code__, str(inspect.signature(roll))
class Sub(torch.Tensor):
    pass
assert roll.__code__ is not code and str(inspect.signature(roll)) == shown
x = torch.ones(2).as_subclass(Sub)
assert type(torch.roll(x, 1)) is Sub
del Sub, x
gc.collect()
torch.roll(torch.ones(1), 1)
assert roll.__code__ is code and str(inspect.signature(roll)) == shown and roll.__wrapped__ is wrapped
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
def test_a_subclass_has_a_constructor_of_its_own(t):
    class Named(t.Tensor):
        @staticmethod
        def __new__(cls, data, name):
            return super().__new__(cls, data)

        def __init__(self, data, name):
            self.label = name

    class Wrapped(t.Tensor):
        def __new__(cls, data, name="x"):
            made = t.as_tensor(data).as_subclass(cls)
            made.label = name
            return made

    for made in (Named([1, 2], "a"), Wrapped([1, 2], name="a")):
        assert made.label == "a" and made.tolist() == [1, 2] and type(made + 1) is type(made)
    assert Wrapped([1, 2]).dtype == t.int64 and t.Tensor(2, 3).shape == (2, 3)


@pytest.mark.parametrize("library", [minitorch_bp, torch], ids=["mini", "torch"])
def test_functions_that_look_at_any_object_ask_no_class(library):
    class Lazy:
        @classmethod
        def __torch_function__(cls, function, types, args=(), kwargs=None):
            raise NotImplementedError(function)

    class Watched(library.Tensor):  # so that classes are asked at all
        pass

    assert not library.is_tensor(Lazy()) and not library.is_storage(Lazy()) and "Lazy" in library.typename(Lazy())
    for make in (library.tensor, library.as_tensor, library.from_numpy):
        with pytest.raises((TypeError, RuntimeError, ValueError)) as refused:
            make(Lazy())
        assert refused.type is not NotImplementedError
    with pytest.raises(NotImplementedError):
        library.add(Lazy(), 1)
