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


@pytest.mark.parametrize("name", ["max", "min", "median", "nanmedian", "mode", "kthvalue", "sort", "topk", "cummax", "cummin"])
def test_types_of_out(name):
    first = {"kthvalue": (1,), "topk": (2,)}.get(name, ())
    for t in (minitorch_bp, torch):
        x = t.tensor([[3.0, 1.0, 2.0], [5.0, 4.0, 6.0]])
        out = t.empty(0), t.empty(0, dtype=t.int64)
        getattr(t, name)(x, *first, 1, out=out)
        expected = getattr(t, name)(x, *first, 1)
        assert out[0].tolist() == expected[0].tolist() and out[1].tolist() == expected[1].tolist()
        for wrong in ((t.empty(0, dtype=t.float64), t.empty(0, dtype=t.int64)), (t.empty(0), t.empty(0, dtype=t.int32))):
            with pytest.raises(RuntimeError):
                getattr(t, name)(x, *first, 1, out=wrong)


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
def test_out_decides_the_type(t):
    x = t.tensor([[200, 100], [100, 3]], dtype=t.uint8)
    for name in ("sum", "prod", "cumsum", "cumprod"):
        out = t.empty(0, dtype=t.int32)
        assert getattr(t, name)(x, 0, out=out).dtype is t.int32 and out.tolist() == getattr(t, name)(x, 0).tolist()
        with pytest.raises(RuntimeError):
            getattr(t, name)(x, 0, dtype=t.int16, out=out)
    for name in ("any", "all"):
        assert getattr(t, name)(x, 0, out=t.empty(2, dtype=t.bool)).tolist() == [True, True]
        with pytest.raises(RuntimeError):
            getattr(t, name)(x, 0, out=t.empty(2))


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
def test_a_nan_is_every_quantile_and_gets_the_gradient(t):
    x = t.tensor([1, float("nan"), 2], requires_grad=True)
    x.quantile(0.5, 0).backward()
    assert x.grad.tolist() == [0, 1, 0]
    x.grad = None
    x.nanquantile(0.5, 0).backward()
    assert x.grad.tolist() == [0.5, 0, 0.5]


def test_complex_logcumsumexp():
    found = []
    for t in (minitorch_bp, torch):
        z = t.tensor([1 + 2j, -3j, 0.5, float("-inf"), 2 - 1j], dtype=t.complex128, requires_grad=True)
        y = z.logcumsumexp(0)
        (y.real * t.arange(5.0) + y.imag).sum().backward()
        found.append((y.detach(), z.grad[:3]))
    for mine, theirs in zip(*found, strict=True):
        assert torch.allclose(torch.tensor(mine.tolist(), dtype=theirs.dtype), theirs)


@pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
def test_searchsorted_of_another_type_and_histograms(t):
    assert t.searchsorted(t.tensor([1.0, 2.5], dtype=t.float64), t.tensor([2, 3], dtype=t.int32)).tolist() == [1, 2]
    for call in (
        lambda: t.histogram(t.ones(2), t.ones(2, dtype=t.float64)),
        lambda: t.histogram(t.ones(2), 1, weight=t.ones(2, dtype=t.float64)),
        lambda: t.histogram(t.ones(2, 2), t.ones(2, 2)),
        lambda: t.histogram(t.ones(2), t.ones(0)),
        lambda: t.histogram(t.ones(2), 1, out=(t.ones(1, dtype=t.float64), t.ones(2))),
    ):
        with pytest.raises(RuntimeError):
            call()
    assert t.histogramdd(t.ones(2, 0, 2), [2, 1])[0].tolist() == [[0], [0]]
    with pytest.warns(UserWarning):
        t.var(t.ones(1))
