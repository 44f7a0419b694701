"""``out=``: which types it may have, and which memory a result that does not fit goes to."""

import warnings

import pytest
import torch

import minitorch_bp

#: Functions whose ``out`` must be of the result's own type: PyTorch casts for the rest.
ONE = ["abs", "argmax", "argmin", "ceil", "conj_physical", "diag", "floor", "frac", "hardshrink", "histc", "inverse", "isneginf", "isposinf", "msort", "nan_to_num",
       "neg", "nonzero", "round", "sgn", "sign", "signbit", "tril", "triu", "trunc", "linalg.det", "linalg.eigvalsh", "linalg.inv", "linalg.matrix_norm", "linalg.norm",
       "linalg.svdvals", "linalg.vector_norm", "exp", "sin", "sqrt", "erf"]  # fmt: skip
TWO = [
    "inner",
    "matmul",
    "mm",
    "heaviside",
    "chain_matmul",
    "linalg.solve",
    "linalg.vecdot",
    "add",
    "mul",
    "atan2",
    "maximum",
    "take_along_dim",
]


def found(t, name):
    for part in name.split("."):
        t = getattr(t, part)
    return t


def outcome(t, name, count, dtype, index):
    x = t.tensor([[1.5, 0.5], [0.25, 2.0]])
    other = (t.tensor([[0, 1], [1, 0]]) if name == "take_along_dim" else x * 2,)[: count - 1]
    shape = found(t, name)(x, *other).shape
    try:
        return found(t, name)(x, *other, out=t.empty(shape, dtype=getattr(t, dtype))).double().tolist()
    except Exception as error:
        return type(error).__name__


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", ["float64", "float16", "float32", "int64", "bool"])
@pytest.mark.parametrize("name", ONE + TWO)
def test_types(name, dtype):
    mine, theirs = (outcome(t, name, 1 if name in ONE else 2, dtype, 0) for t in (minitorch_bp, torch))
    if isinstance(theirs, str):
        assert mine == theirs
    else:
        assert torch.allclose(torch.tensor(mine), torch.tensor(theirs), atol=1e-6)


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
def test_memory(t):
    """A strided view is written through; a result that does not fit goes to the same memory where that is large enough, with a warning."""
    base = t.zeros(6)
    for call in (
        lambda out: t.arange(3.0, out=out),
        lambda out: t.linspace(0, 2, 3, out=out),
        lambda out: t.add(t.arange(3.0), 0, out=out),
        lambda out: t.cat([t.arange(2.0), t.full((1,), 2.0)], out=out),
    ):
        base.zero_()
        out = base[::2]
        assert call(out) is out and base.tolist() == [0, 0, 1, 0, 2, 0]
    base.zero_()
    out = base[1:3]
    with pytest.warns(UserWarning):
        t.add(t.ones(2, 2), 1, out=out)
    assert out.tolist() == [[2, 2], [2, 2]] and base.tolist() == [0, 2, 2, 2, 2, 0]
    with warnings.catch_warnings(action="error"):
        empty = t.empty(0)
        t.add(t.ones(3), 1, out=empty)
    assert empty.tolist() == [2, 2, 2]


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
def test_nonzero(t):
    out = t.empty(0, dtype=t.int64)
    assert t.nonzero(t.tensor([0, 2]), out=out).tolist() == [[1]] and out.tolist() == [[1]]
    with pytest.raises(RuntimeError):
        t.nonzero(t.tensor([0, 2]), as_tuple=True, out=out)
