"""view(dtype), view_as_complex and the parts of complex numbers, which can be assigned: what fits in memory, and what does not."""

import pytest
import torch

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])


@BOTH
def test_sizes_of_types(t):
    x = t.arange(8, dtype=t.int16).reshape(2, 4)
    assert x.view(t.int32).shape == (2, 2) and x.view(t.int8).shape == (2, 8) and x.view(t.float16).shape == (2, 4)
    assert x.view(t.int32).tolist() == [[65536, 196610], [327684, 458758]]
    x.view(t.int8)[0, 0] = 5
    assert x[0, 0] == 5
    for call in (
        lambda: t.zeros(2, 3, dtype=t.int16).view(t.int32),
        lambda: x[:, 1:3].view(t.int32),
        lambda: x.as_strided((4, 2), (2, 1), 1).view(t.int32),
        lambda: x.as_strided((3, 2), (1, 1)).view(t.int32),
        lambda: x.t().view(t.int32),
        lambda: t.tensor(1, dtype=t.int16).view(t.int32),
        lambda: t.tensor(1, dtype=t.int16).view(t.int8),
    ):
        with pytest.raises(RuntimeError):
            call()


@BOTH
def test_view_as_complex(t):
    x = t.arange(12.0).reshape(3, 2, 2)
    assert t.view_as_complex(x)[0, 1] == 2 + 3j
    for bad in (x.transpose(0, 2), x.transpose(1, 2), t.zeros(3, 3).as_strided((2, 2), (1, 1)), t.zeros(3), x.reshape(-1)[1:3]):
        with pytest.raises(RuntimeError):
            t.view_as_complex(bad)


@BOTH
def test_parts_can_be_assigned(t):
    z = t.zeros(2, dtype=t.complex64)
    z.real = t.tensor([1.0, 2.0])
    z.imag = t.tensor([3, 4])
    assert z.tolist() == [1 + 3j, 2 + 4j]
    x = t.zeros(2)
    x.real = t.tensor([5.0, 6.0])
    assert x.tolist() == [5, 6]
    with pytest.raises(RuntimeError):
        x.imag = t.tensor([5.0, 6.0])
