"""Ranges have PyTorch's bits: a range is an input of plots and tables, whose text shows the last bit near zero."""

import platform
import random

import numpy as np
import pytest
import torch

import minitorch_bp

KINDS = pytest.mark.parametrize("kind", ["float32", "float64"])
# PyTorch's blocks are as wide as the registers of the processor.
X86 = pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="PyTorch counts in other blocks on this processor")


def _bits(call, kind, *arguments):
    ours, theirs = (getattr(t, call)(*arguments, dtype=getattr(t, kind)).numpy() for t in (minitorch_bp, torch))
    np.testing.assert_array_equal(ours, theirs)
    assert not (np.signbit(ours) != np.signbit(theirs)).any()


@X86
@KINDS
def test_arange(kind):
    draw = random.Random(0)
    for start, step in [
        (-3, 0.1),
        (-1, 0.01),
        (0, 0.001),
        (-2, 0.05),
        (0.5, 0.7),
        (5, -0.3),
        (0, 1.0),
        (0.25, 0.5),
        (1e6, 0.1),
        (0.0, 3.0),
    ]:
        for n in (1, 7, 15, 16, 17, 61, 200, 999):
            _bits("arange", kind, start, start + n * step, step)
    for _ in range(100):
        start, step = draw.uniform(-3, 3), draw.uniform(1e-3, 1)
        _bits("arange", kind, start, start + draw.randint(1, 600) * step, step)


@X86
@KINDS
def test_linspace(kind):
    draw = random.Random(1)
    for _ in range(100):
        _bits("linspace", kind, draw.choice([0, -5, -1, draw.uniform(-3, 3)]), draw.uniform(3, 9), draw.randint(2, 400))


def test_what_is_printed_of_a_range_through_zero():
    """Of PyTorch's tutorials: the zero in the middle is none, so all numbers are printed with an exponent."""
    assert str(minitorch_bp.arange(-3, 3.1, 0.1)) == str(torch.arange(-3, 3.1, 0.1))
