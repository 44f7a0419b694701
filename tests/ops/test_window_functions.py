"""The window functions of torch: bit by bit where PyTorch's steps are known, to rounding for the Bessel function."""

import pytest
import torch

import minitorch_bp

NAMES = ["hann_window", "hamming_window", "blackman_window", "bartlett_window", "kaiser_window"]


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_values(name, periodic, dtype):
    tolerance = {"float32": 8e-7, "float64": 2e-15, "float16": 1e-3, "bfloat16": 8e-3}[dtype]
    for n in (0, 1, 2, 3, 8, 17, 100):
        mine = getattr(minitorch_bp, name)(n, periodic, dtype=getattr(minitorch_bp, dtype))
        theirs = getattr(torch, name)(n, periodic, dtype=getattr(torch, dtype))
        assert mine.shape == theirs.shape and repr(mine.dtype) == repr(theirs.dtype)
        assert (
            (torch.tensor(mine.double().tolist(), dtype=torch.float64) - theirs.double()).abs().max().item() <= tolerance
            if n
            else True
        )


def test_options():
    for t in (minitorch_bp, torch):
        assert t.hann_window(3, requires_grad=True).requires_grad
        assert t.allclose(t.hamming_window(4, True, alpha=0.5, beta=0.5), t.hann_window(4))
        assert t.kaiser_window(4, False, 0.0).tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize("name", NAMES)
def test_refusals(name):
    for t in (minitorch_bp, torch):
        window = getattr(t, name)
        for call in (lambda: window(-1), lambda: window(3, dtype=t.int64)):
            with pytest.raises(RuntimeError):
                call()
        with pytest.raises(NotImplementedError):
            window(3, dtype=t.complex64)
