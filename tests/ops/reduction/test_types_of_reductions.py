"""Reductions in a given type, and their arguments: integers wrap around, ``keepdim`` is a truth value, ``dim`` a number."""

import pytest
import torch

import minitorch_bp

TYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64"]


@pytest.mark.parametrize("target", TYPES)
@pytest.mark.parametrize("source", TYPES)
@pytest.mark.parametrize("name", ["sum", "prod", "cumsum", "cumprod", "nansum"])
def test_types(name, source, target):
    for dims in ((), (0,)):
        if name.startswith("cum") and not dims:
            continue
        results = []
        for t in (minitorch_bp, torch):
            x = t.tensor([[100, 3], [100, 2], [90, 1]]).to(getattr(t, source))
            try:
                y = getattr(t, name)(x, *dims, dtype=getattr(t, target))
                results.append((y.double().tolist(), repr(y.dtype)))
            except Exception as error:
                results.append(type(error).__name__)
        assert results[0] == results[1], (name, source, target, dims)


@pytest.mark.parametrize("source", TYPES)
def test_trace(source):
    if source in ("bool", "float16", "bfloat16"):
        return
    mine, theirs = (t.tensor([[200, 1], [1, 100]]).to(getattr(t, source)).trace() for t in (minitorch_bp, torch))
    assert mine.tolist() == theirs.tolist() and repr(mine.dtype) == repr(theirs.dtype)


@pytest.mark.parametrize(
    "name",
    [
        "sum",
        "mean",
        "prod",
        "amax",
        "amin",
        "max",
        "min",
        "any",
        "all",
        "argmax",
        "argmin",
        "median",
        "mode",
        "nansum",
        "logsumexp",
        "norm",
    ],
)
def test_a_number_is_no_keepdim(name):
    for t in (minitorch_bp, torch):
        x, first = t.ones(2, 3), ((2,) if name == "norm" else ())
        with pytest.raises(TypeError):
            getattr(x, name)(*first, 0, 1)
        assert getattr(x, name)(*first, 0, keepdim=True) is not None
        if name != "norm":
            with pytest.raises(TypeError):
                getattr(x, name)(dim=True)


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
def test_nan_is_the_largest_in_every_type(t):
    for dtype in (t.float16, t.bfloat16, t.float32, t.float64):
        x = t.tensor([float("nan"), float("inf"), 100.0, -float("inf"), 0.0], dtype=dtype)
        assert x.topk(3)[1].tolist() == [0, 1, 2] and x.topk(2, largest=False)[1].tolist() == [3, 4]
        assert x.sort()[1].tolist() == [3, 4, 2, 1, 0] and x.sort(descending=True, stable=True)[1].tolist() == [0, 1, 2, 4, 3]


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
def test_prod_out(t):
    out = t.empty(2)
    assert t.prod(t.tensor([[1.0, 2.0], [3.0, 4.0]]), 0, out=out) is out and out.tolist() == [3, 8]
