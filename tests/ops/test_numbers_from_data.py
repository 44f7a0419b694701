"""What ``torch.tensor`` makes of data, and which numbers a dtype can hold, against PyTorch."""

import array
import collections
import decimal

import numpy as np
import pytest
import torch as reference

import minitorch_bp as torch

DATA = [
    "[t.tensor([1.0]), 2.0]", "[t.tensor(1.0), t.tensor(2)]", "[t.tensor(1.0, dtype=t.float64), 2.0]", "[t.tensor([[1.0]])]",
    "(t.ones(3), t.ones(3))", "[[t.tensor(1), t.tensor(2.0)], [3, 4]]", "[np.float32(1.5), 2]", "[2, np.float32(1.5)]",
    "[np.float64(1.5), 2.0]", "[np.int32(1), 2.5]", "[np.uint8(1)]", "np.float16(1.5)", "np.bool_(True)", "[np.complex64(1), 2]",
    "[np.array([1.5]), [2.0]]", "[[2.0], np.array([1.5])]", "[np.array([1.5]), np.array([2.0])]", "[True, 2]", "[1, 2.5, 1j]",
    "[]", "[[], []]", "[1, [2]]", "[[1], 2]", "[[1, 2], [3]]", "[[[1]], [1]]", "[[1], [[1]]]", "[[1], []]", "['a']", "'a'",
    "[1, 'a']", "{1: 2}", "{1, 2}", "(x for x in range(3))", "[1.0, None]", "[object()]", "range(3)", "[range(2), range(2)]",
    "array.array('f', [1, 2])", "collections.deque([1.0, 2.0])", "[decimal.Decimal(1)]", "10**20", "[2**63]", "-2**63", "-2**63 - 1",
    "[10**20, 1.0]", "np.arange(3)[::-1]", "np.array([1.5], dtype='>f4')", "np.array(['a'])", "np.array([None])",
]  # fmt: skip
NUMBERS = [
    "300",
    "-1",
    "-255",
    "-256",
    "200",
    "-129",
    "2**31",
    "1.7",
    "300.5",
    "-1.5",
    "1e20",
    "1e39",
    "math.inf",
    "math.nan",
    "1j",
    "1+0j",
]
TYPES = ["uint8", "int8", "int32", "int64", "bool", "float16", "float32", "complex64"]
MAKERS = [
    "t.tensor({}, dtype=t.{})", "t.tensor([{}], dtype=t.{})", "t.full((2,), {}, dtype=t.{})", "t.zeros(2, dtype=t.{1}).fill_({0})",
    "t.zeros(2, dtype=t.{1}).masked_fill(t.tensor([True, False]), {0})", "t.full_like(t.zeros(2, dtype=t.{1}), {0})",
    "t.zeros(2, dtype=t.{1}).index_fill(0, t.tensor([1]), {0})",
]  # fmt: skip
PYTHON_TYPES = [
    "t.tensor([1], dtype={})", "t.zeros(2, dtype={})", "t.ones(2).to({})", "t.ones(2).to(dtype={})", "t.ones(2).sum(dtype={})",
    "t.arange(0, 3, dtype={})", "t.ones(2).type({})", "t.as_tensor(t.ones(2), dtype={})", "t.ones(2, 2).view({})",
    "t.ones(2).cumsum(0, dtype={})", "t.promote_types({}, t.int32)", "t.can_cast({}, t.int32)",
]  # fmt: skip


@pytest.mark.filterwarnings("ignore")
def outcome(t, expression):
    """The value and its dtype, or the type of the error."""
    import math

    names = {"t": t, "np": np, "math": math, "array": array, "collections": collections, "decimal": decimal}
    try:
        return repr(eval(expression, names)).replace("minitorch_bp", "torch")
    except Exception as error:
        return type(error).__name__


def same(expression):
    assert outcome(torch, expression) == outcome(reference, expression), expression


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("data", DATA)
def test_what_is_inferred_from_data(data):
    same(f"t.tensor({data})")
    same(f"t.as_tensor({data})")
    same(f"t.asarray({data})")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("dtype", TYPES)
def test_numbers_out_of_range_are_refused(maker, dtype):
    for number in NUMBERS:
        same(maker.format(number, dtype))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("use", PYTHON_TYPES)
@pytest.mark.parametrize("kind", ["float", "int", "bool", "complex", "str", "np.float32"])
def test_types_of_python_stand_for_dtypes(use, kind):
    if kind not in ("bool", "complex") or not any(name in use for name in ("sum", "arange")):
        same(use.format(kind))


def test_modules_are_converted_to_a_type_of_python():
    assert torch.nn.Linear(2, 2).to(float).weight.dtype is torch.float64
    assert torch.nn.Linear(2, 2, dtype=float).bias.dtype is torch.float64


def test_asarray_shares_what_it_can():
    for t in (torch, reference):
        a, x = np.ones(2), t.ones(2)
        assert t.asarray(x) is x
        t.asarray(a)[0] = 5
        assert a[0] == 5
        t.asarray(a, copy=True)[0] = 6
        assert a[0] == 5
        assert t.asarray(x, copy=True) is not x
        assert t.asarray(x, requires_grad=True).requires_grad
        with pytest.raises(ValueError):
            t.asarray(a, dtype=t.int64, copy=False)


@pytest.mark.parametrize("value", ["1+0j", "1+1j", "0j"])
@pytest.mark.parametrize("kind", ["int", "float", "complex", "bool"])
def test_complex_tensors_as_numbers(kind, value):
    same(f"{kind}(t.tensor({value}))")


def test_functions_of_python_on_elements():
    same("t.tensor([1.0, 2.0]).map_(t.tensor([3.0, 4.0]), lambda a, b: a - b)")
    same("t.tensor([1.0, 2.0]).apply_(lambda a: a * a)")


@pytest.mark.parametrize("dtype", [*TYPES, "bfloat16", "uint16"])
def test_which_types_are_signed(dtype):
    same(f"t.zeros(1, dtype=t.{dtype}).is_signed()")
    same(f"t.is_same_size(t.zeros(1, dtype=t.{dtype}), t.zeros(1))")
    same(f"t.is_same_size(t.zeros(1, dtype=t.{dtype}), t.zeros(1, 1))")


def test_numbers_of_numpy_are_found_in_a_tensor():
    same("np.int64(1) in t.tensor([1])")
    same("np.float32(2) in t.tensor([1])")
