"""Tensors from Python data, and numbers stored in tensors: dtype, shape, and what is refused, as PyTorch has it."""

import array
import collections
import fractions

import numpy as np
import pytest
import torch as reference

import minitorch_bp as torch


class Column:
    """Like a column of a table in pandas: its elements are NumPy's by index, and Python's when it is iterated over."""

    def __init__(self, values, labels=None):
        self.values = dict(zip(range(len(values)) if labels is None else labels, values, strict=True))

    def __len__(self):
        return len(self.values)

    def __getitem__(self, label):
        return self.values[label]

    def __iter__(self):
        return (v.item() for v in self.values.values())


DATA = {
    "a column of a table": lambda t: Column(np.array([1.0, 2.0])),
    "a column of int32": lambda t: Column(np.array([1, 2], np.int32)),
    "columns of a table": lambda t: [Column(np.array([1.0])), Column(np.array([2.0]))],
    "a column with labels": lambda t: Column(np.array([1.0, 2.0]), "ab"),
    "a column whose first label is 5": lambda t: Column(np.array([1.0, 2.0]), [5, 6]),
    "an empty column": lambda t: Column(np.array([])),
    "numbers of NumPy beside Python's": lambda t: [np.float32(1), 2.5],
    "a float64 outranks the default": lambda t: [1.5, np.float64(2)],
    "an int32 beside a float": lambda t: [np.int32(1), 2.5],
    "an int8 and a float16": lambda t: [np.int8(1), np.float16(1)],
    "a complex number": lambda t: [np.float32(1), 1j],
    "deeper": lambda t: [[np.float32(1)], [2.5]],
    "0-d tensors": lambda t: [t.tensor(1), 2.5],
    "tensors of one element": lambda t: [t.tensor([1.0]), t.tensor(2)],
    "a matrix of one element": lambda t: [t.tensor([[1.0]]), 2],
    "a tensor where lists are": lambda t: [[3, 4], t.tensor([1, 2])],
    "a list where a tensor is": lambda t: [t.tensor([1, 2]), [3, 4]],
    "a tensor of two elements": lambda t: [t.tensor([1.0, 2.0]), 3],
    "an empty tensor": lambda t: [t.tensor([])],
    "arrays": lambda t: [np.array([1, 2]), [3, 4]],
    "arrays of two types": lambda t: [np.array([1, 2], dtype=np.int8), np.array([1.5, 2])],
    "like arrays": lambda t: [np.ones(2, np.float32), np.zeros(2, np.float32)],
    "0-d arrays": lambda t: [np.array(1.0), np.array(2.0)],
    "an array of no rows": lambda t: [np.zeros((0, 2))],
    "unlike arrays": lambda t: [np.zeros(2), np.zeros(3)],
    "an empty list first": lambda t: [[], [1]],
    "ragged": lambda t: [[1], [2, 3]],
    "a number after a list": lambda t: [[[1]], [2]],
    "a list after a number": lambda t: [1.0, [2]],
    "None": lambda t: [1, None],
    "strings": lambda t: ["1", "2"],
    "a string later": lambda t: [1, "a"],
    "a string": lambda t: "12",
    "bytes": lambda t: b"a",
    "bytes that can change": lambda t: bytearray(b"ab"),
    "a function": lambda t: len,
    "an object": lambda t: [object()],
    "a dict": lambda t: {"a": 1},
    "a set": lambda t: {1},
    "a generator": lambda t: (i for i in range(2)),
    "a range": lambda t: [range(2), range(2)],
    "a deque": lambda t: collections.deque([1, 2]),
    "array.array": lambda t: array.array("f", [1, 2]),
    "a fraction": lambda t: [fractions.Fraction(1, 2)],
    "beyond 64 bits": lambda t: 2**64,
    "beyond 64 bits beside a float": lambda t: [2**70, 1.5],
    "-1": lambda t: -1,
    "300": lambda t: [300, 1],
    "255.9": lambda t: 255.9,
    "NaN": lambda t: [float("nan")],
    "1e30": lambda t: 1e30,
    "1j": lambda t: [1j],
    "an array beyond the range": lambda t: np.array([300.0, -1.0]),
    "a tensor in itself": lambda t: t.tensor(300),
}


def outcome(t, compute):
    """Shape, dtype and values of a result, or the type of the error."""
    try:
        result = compute(t)
    except Exception as error:
        return type(error)
    values = result.tolist() if result.dtype not in (t.float16, t.bfloat16) else result.float().tolist()
    return tuple(result.shape), repr(result.dtype), repr(values)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", [None, "float32", "float16", "int64", "uint8", "bool", "complex64"])
@pytest.mark.parametrize("data", DATA.values(), ids=DATA)
def test_tensor(data, dtype):
    def compute(t):
        return t.tensor(data(t), dtype=dtype and getattr(t, dtype))

    assert outcome(torch, compute) == outcome(reference, compute)


STORES = {
    "full": lambda t, x, v: t.full((2,), v, dtype=x.dtype),
    "full_like": lambda t, x, v: t.full_like(x, v),
    "new_full": lambda t, x, v: x.new_full((2,), v),
    "fill_": lambda t, x, v: x.fill_(v),
    "masked_fill": lambda t, x, v: x.masked_fill(t.tensor([True, False]), v),
    "index_fill": lambda t, x, v: x.index_fill(0, t.tensor([0]), v),
    "scalar_tensor": lambda t, x, v: t.scalar_tensor(v, dtype=x.dtype),
    "setitem": lambda t, x, v: (x.__setitem__(0, v), x)[1],
}
NUMBERS = [0, 1, -1, 300, -300, 255.9, 1.5, 2**70, float("nan"), float("inf"), 1e30, 70000, 1e300, True, 1j, 1 + 0j]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", ["uint8", "int8", "int64", "float16", "bfloat16", "float32", "float64", "bool", "complex64"])
@pytest.mark.parametrize("store", STORES.values(), ids=STORES)
def test_a_number_out_of_range_is_refused(store, dtype):
    for number in NUMBERS:

        def compute(t, number=number):
            return store(t, t.zeros(2, dtype=getattr(t, dtype)), number)

        assert outcome(torch, compute) == outcome(reference, compute), number


def test_nothing_is_written_when_a_number_is_refused():
    x = torch.tensor([1, 2], dtype=torch.uint8)
    for write in (lambda: x.__setitem__(0, 300), lambda: x.fill_(300), lambda: x.masked_fill_(x > 1, 300)):
        with pytest.raises(RuntimeError, match="300"):
            write()
    assert x.tolist() == [1, 2]


@pytest.mark.parametrize("rest", [{}, {"p": 1}, {1: 2, 3: 4}, {1, 2}, "a", b"ab", None, 3, range(3)])
def test_what_stands_where_a_row_was_expected(rest):
    """An environment's ``reset()`` that returns its observation and a dict: a wrong length is a ValueError, no length a TypeError."""

    def made(library):
        try:
            return library.FloatTensor([[5.0, 6.0], rest]).tolist()
        except (TypeError, ValueError) as error:
            return type(error)

    assert made(torch) == made(reference)
