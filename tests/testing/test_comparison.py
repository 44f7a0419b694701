"""What is accepted, what is refused and by which error, and the figures in the message are PyTorch's."""

import re
import warnings
from collections import OrderedDict

import numpy as np
import pytest
import torch

import minitorch_bp

#: Arguments of assert_close; the last may be a dictionary of options.
CASES = {
    "floats": lambda t: (t.tensor([1.0, 2, 3]), t.tensor([1, 2.1, 3.5])),
    "0-d": lambda t: (t.tensor(1.0), t.tensor(2.0)),
    "numbers": lambda t: (1.0, 2.0),
    "ints": lambda t: (1, 2),
    "int and float": lambda t: (1, 1.0),
    "int and float as they come": lambda t: (1, 1.5, {"check_dtype": False}),
    "bool and int": lambda t: (True, 1),
    "bools": lambda t: (True, False),
    "strings": lambda t: ("a", "a"),
    "list": lambda t: ([1.0, 2.0], [1.0, 3.0]),
    "type error before values": lambda t: ([1.0, "a"], [2.0, "a"]),
    "keys": lambda t: ({"a": t.tensor(1.0)}, {"b": t.tensor(1.0)}),
    "mapping": lambda t: (OrderedDict(a=1.0), {"a": 1.0}),
    "lengths": lambda t: ([t.tensor(1.0)], [t.tensor(1.0)] * 2),
    "tuple and list": lambda t: ((t.tensor(1.0),), [t.tensor(1.0)]),
    "dtype": lambda t: (t.tensor([1.0]), t.tensor([1.0], dtype=t.float64)),
    "no dtype": lambda t: (t.tensor([1.0]), t.tensor([1.00001], dtype=t.float64), {"check_dtype": False}),
    "float and int": lambda t: (t.tensor([1.5, 2]), t.tensor([1, 2]), {"check_dtype": False}),
    "halves": lambda t: (t.tensor([1.0], dtype=t.float16), t.tensor([1.01], dtype=t.bfloat16), {"check_dtype": False}),
    "half": lambda t: (t.tensor([1.0, 2], dtype=t.float16), t.tensor([1.0, 2.1], dtype=t.float16)),
    "shape": lambda t: (t.tensor([1.0]), t.tensor([1.0, 2.0])),
    "integers": lambda t: (t.tensor([1, 2]), t.tensor([1, 3])),
    "uint8": lambda t: (t.tensor([0, 1], dtype=t.uint8), t.tensor([0, 255], dtype=t.uint8)),
    "large integers": lambda t: (t.tensor([2**62]), t.tensor([2**62 + 1])),
    "booleans": lambda t: (t.tensor([True, False]), t.tensor([True, True])),
    "nan": lambda t: (t.tensor([float("nan")]), t.tensor([float("nan")])),
    "equal nan": lambda t: (t.tensor([float("nan")]), t.tensor([float("nan")]), {"equal_nan": True}),
    "infinite": lambda t: (t.tensor([float("inf"), 1]), t.tensor([1.0, 1])),
    "complex": lambda t: (t.tensor([1.0 + 1j]), t.tensor([1.0 + 2j])),
    "complex number": lambda t: (1 + 1j, 1 + 2j),
    "one tolerance": lambda t: (t.tensor([1.0]), t.tensor([1.0]), {"rtol": 1e-3}),
    "negative": lambda t: (t.tensor([1.0]), t.tensor([1.0]), {"rtol": -1, "atol": 0}),
    "exact": lambda t: (t.tensor([1.0]), t.tensor([1 + 1e-7]), {"rtol": 0, "atol": 0}),
    "wide": lambda t: (t.tensor([1.0]), t.tensor([1.4]), {"rtol": 0.5, "atol": 0}),
    "none": lambda t: (None, None),
    "none and one": lambda t: (None, 1),
    "tensor and list": lambda t: (t.tensor([1.0]), [1.0]),
    "tensor and number": lambda t: (t.tensor(1.0), 1.0),
    "array": lambda t: (np.array([1.0]), np.array([2.0])),
    "array and tensor": lambda t: (np.array([1.0]), t.tensor([1.0])),
    "strides": lambda t: (t.ones(2, 3).t(), t.ones(3, 2), {"check_stride": True}),
    "no strides": lambda t: (t.ones(2, 3).t(), t.ones(3, 2)),
    "parameter": lambda t: (t.nn.Parameter(t.ones(1)), t.ones(1)),
    "other class": lambda t: (t.nn.Parameter(t.ones(1)), t.ones(1), {"allow_subclasses": False}),
    "nested": lambda t: ({"a": [t.tensor([1.0, 2])]}, {"a": [t.tensor([1.0, 2.5])]}),
    "matrix": lambda t: (t.zeros(2, 2), t.tensor([[0.0, 0], [1, 1]])),
    "empty": lambda t: (t.empty(0), t.empty(0)),
    "numpy numbers": lambda t: (np.float32(1), np.float32(2)),
    "numpy bool": lambda t: (np.bool_(True), True),
    "objects": lambda t: (object(), object()),
    "tolerance that is no number": lambda t: (t.ones(1), t.ones(1), {"rtol": "a", "atol": 1}),
}  # fmt: skip


def outcome(framework, case):
    arguments = case(framework)
    options = arguments[2] if len(arguments) == 3 else {}
    try:
        framework.testing.assert_close(*arguments[:2], **options)
    except Exception as error:
        return type(error), str(error)
    return None, ""


@pytest.mark.parametrize("name", CASES)
def test_assert_close(name):
    (ours, text), (theirs, reference) = outcome(minitorch_bp, CASES[name]), outcome(torch, CASES[name])
    assert ours is theirs
    if ours is AssertionError:
        # counts, differences, places and tolerances
        for figure in re.findall(r"\d+ / \d+ \(|[Dd]ifference: (\S+)|at index (\(.*?\))|up to (\S+) allowed|item (\S+)", reference):
            assert not any(figure) or all(f in text for f in figure), (text, reference)
        count = re.search(r"(\d+) / (\d+) (\(\S+\))", reference)
        assert count is None or "{} of {} elements {}".format(*count.groups()) in text


def test_a_message_of_ones_own():
    for t in (torch, minitorch_bp):
        with pytest.raises(AssertionError, match="^mine$"):
            t.testing.assert_close(t.zeros(1), t.ones(1), msg="mine")
        with pytest.raises(AssertionError, match="(?s)^mine: .*greatest absolute difference|Greatest absolute difference"):
            t.testing.assert_close(t.zeros(1), t.ones(1), msg=lambda text: "mine: " + text)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64", "complex64", "int64"])
@pytest.mark.parametrize("step", [0, 1e-9, 3e-6, 5e-5, 5e-4])
def test_assert_allclose(dtype, step):
    found = []
    for t in (torch, minitorch_bp):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            kind = getattr(t, dtype)
            try:
                t.testing.assert_allclose(t.tensor([1.0, 2.0]).to(kind), (t.tensor([1.0, 2.0], dtype=t.float64) + step).to(kind))
                found.append((None, caught[0].category))
            except AssertionError:
                found.append((AssertionError, caught[0].category))
    assert found[0] == found[1]
