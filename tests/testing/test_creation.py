"""The numbers, the layout and the state of the generator afterwards are PyTorch's."""

import pytest
import torch

import minitorch_bp

INF = float("inf")
OPTIONS = [
    {}, {"low": 0, "high": 1}, {"low": 0.5, "high": 1.5}, {"low": -1, "high": 2, "exclude_zero": True}, {"noncontiguous": True},
    {"low": 3}, {"high": -20}, {"low": 2, "high": 1}, {"low": 1, "high": 1}, {"low": float("nan")}, {"requires_grad": True},
    {"low": -INF, "high": INF}, {"low": -1000, "high": 1000}, {"low": 1e39, "high": 2e39}, {"low": -20, "high": -10},
    {"low": 0.2, "high": 0.8},
]  # fmt: skip
DTYPES = ["bool", "uint8", "int8", "int32", "int64", "float16", "bfloat16", "float32", "float64", "complex64", "complex128"]


def made(t, shape, dtype, options):
    t.manual_seed(3)
    try:
        x = t.testing.make_tensor(*shape, dtype=getattr(t, dtype), device="cpu", **options)
    except (ValueError, TypeError, RuntimeError) as error:
        return type(error)
    values = t.view_as_real(x) if dtype.startswith("complex") else x
    return values.detach().double().tolist(), str(x.dtype), x.stride(), x.requires_grad, t.get_rng_state().tolist()


@pytest.mark.filterwarnings("ignore:Passing .low==high")
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_make_tensor(dtype, options):
    for shape in ((2, 3), ((20,),), (), (1,)):
        assert made(minitorch_bp, shape, dtype, options) == made(torch, shape, dtype, options)


def test_what_excludes_each_other():
    for t in (minitorch_bp, torch):
        with pytest.raises(ValueError):
            t.testing.make_tensor(3, dtype=t.float32, device="cpu", noncontiguous=True, memory_format=t.contiguous_format)
        with pytest.raises(TypeError):
            t.testing.make_tensor(3, dtype=float if t is minitorch_bp else t.quint8, device="cpu")
