"""Types and promotion, against PyTorch for every pair."""

import itertools

import numpy as np
import pytest
import torch

import minitorch_bp as mt

NAMES = ["float16", "bfloat16", "float32", "float64", "complex64", "complex128", "uint8", "int8", "int16", "int32", "int64", "bool"]


@pytest.mark.parametrize("a, b", list(itertools.product(NAMES, NAMES)))
def test_promote_types(a, b):
    assert repr(mt.promote_types(getattr(mt, a), getattr(mt, b))) == repr(torch.promote_types(getattr(torch, a), getattr(torch, b)))


SHAPES = [(2,), ()]


@pytest.mark.parametrize("a, b", list(itertools.product(NAMES, NAMES)))
def test_result_type_of_tensors_and_zero_dim_tensors(a, b):
    for x, y in itertools.product(SHAPES, SHAPES):
        theirs = torch.result_type(torch.ones(x, dtype=getattr(torch, a)), torch.ones(y, dtype=getattr(torch, b)))
        ours = mt.result_type(mt.ones(x, dtype=getattr(mt, a)), mt.ones(y, dtype=getattr(mt, b)))
        if theirs is torch.complex32:  # NumPy has no complex of halves
            theirs = torch.complex64
        assert repr(ours) == repr(theirs), (x, y)


@pytest.mark.parametrize("a", NAMES)
@pytest.mark.parametrize("scalar", [True, 2, 2.5, 1j])
def test_result_type_with_python_numbers(a, scalar):
    for shape in SHAPES:
        ours = mt.result_type(mt.ones(shape, dtype=getattr(mt, a)), scalar)
        theirs = torch.result_type(torch.ones(shape, dtype=getattr(torch, a)), scalar)
        if theirs is torch.complex32:
            theirs = torch.complex64
        assert repr(ours) == repr(theirs)


REAL = [n for n in NAMES if not n.startswith("complex") and n != "bfloat16"]
OPERATIONS = {
    "add": lambda t, a, b: a + b,
    "mul": lambda t, a, b: a * b,
    "div": lambda t, a, b: a / b,
    "pow": lambda t, a, b: a**b,
    "eq": lambda t, a, b: a == b,
    "lt": lambda t, a, b: a < b,
    "maximum": lambda t, a, b: t.maximum(a, b),
    "where": lambda t, a, b: t.where(t.tensor([True, False]), a, b),
    "remainder": lambda t, a, b: a % b,
    "floor_divide": lambda t, a, b: a // b,
    "sub": lambda t, a, b: a - b,
}


def outcome(operation, t, a, b, shape):
    """The dtype and values, or the type of the error."""
    try:
        x = t.ones(2, dtype=getattr(t, a)) + t.ones(2, dtype=getattr(t, a))
        out = operation(t, x, t.ones(shape, dtype=getattr(t, b)))
        return (repr(out.dtype), out.tolist())
    except Exception as error:
        return type(error)


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("a, b", list(itertools.product(REAL, REAL)))
def test_results_have_pytorchs_dtype_and_values(name, a, b):
    for shape in SHAPES:
        ours, theirs = (outcome(OPERATIONS[name], t, a, b, shape) for t in (mt, torch))
        assert ours == theirs


@pytest.mark.parametrize("a", REAL)
@pytest.mark.parametrize("scalar", [True, 3, 2.5, -1])
@pytest.mark.parametrize("name", ["add", "mul", "div", "eq", "pow", "sub", "floor_divide"])
def test_python_numbers_as_operands(a, scalar, name):
    def run(t):
        try:
            x = t.tensor([1, 0, 1]).to(getattr(t, a)) if name != "floor_divide" else t.tensor([1, 2, 1]).to(getattr(t, a))
            if name == "pow":
                x = t.tensor([1, 1, 1]).to(getattr(t, a))
            out = OPERATIONS[name](t, x, scalar)
            return repr(out.dtype), out.tolist()
        except Exception as error:
            return type(error)

    assert run(mt) == run(torch)


def test_reductions_and_functions_on_integers():
    for a in ("uint8", "int32", "int64", "bool"):
        for f in (
            lambda x: x.sum(),
            lambda x: x.prod(),
            lambda x: x.exp(),
            lambda x: x.sqrt(),
            lambda x: x.cumsum(0),
            lambda x: x.max(),
            lambda x: x.any(),
            lambda x: x.all(),
            lambda x: x.argmax(),
            lambda x: x.abs() if x.dtype.is_signed else x,
        ):
            results = []
            for t in (mt, torch):
                try:
                    r = f(t.tensor([1, 0, 1]).to(getattr(t, a)))
                    results.append(
                        (
                            repr(r.dtype),
                            r.tolist() if not r.is_floating_point() else [round(v, 5) for v in np.atleast_1d(r.numpy()).tolist()],
                        )
                    )
                except Exception as error:
                    results.append(type(error))
            assert results[0] == results[1], a


def test_finfo_iinfo_can_cast():
    for n in ("float16", "bfloat16", "float32", "float64"):
        ours, theirs = mt.finfo(getattr(mt, n)), torch.finfo(getattr(torch, n))
        assert (ours.eps, ours.max, ours.min, ours.tiny, ours.bits) == (
            theirs.eps,
            theirs.max,
            theirs.min,
            theirs.tiny,
            theirs.bits,
        )
    for n in ("uint8", "int8", "int16", "int32", "int64"):
        assert (mt.iinfo(getattr(mt, n)).max, mt.iinfo(getattr(mt, n)).min) == (
            torch.iinfo(getattr(torch, n)).max,
            torch.iinfo(getattr(torch, n)).min,
        )
    for a, b in itertools.product(NAMES, NAMES):
        assert mt.can_cast(getattr(mt, a), getattr(mt, b)) == torch.can_cast(getattr(torch, a), getattr(torch, b))


def test_pickling_keeps_identity():
    import pickle

    assert pickle.loads(pickle.dumps(mt.float16)) is mt.float16
