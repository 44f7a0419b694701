"""frombuffer, from_file, asarray and DLPack: whose memory it is, and what is refused."""

import array

import numpy as np
import pytest
import torch

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])


@BOTH
def test_frombuffer(t):
    numbers = array.array("i", [1, 2, 3])
    x = t.frombuffer(numbers, dtype=t.int32)
    x[0] = 9
    assert numbers[0] == 9 and t.frombuffer(numbers, dtype=t.int32, count=1, offset=4).tolist() == [2]
    assert t.frombuffer(bytearray(8), dtype=t.float32, requires_grad=True).requires_grad
    assert (
        t.frombuffer(bytearray(b"\x00\x3c"), dtype=t.float16).item() == 1
        and t.frombuffer(bytearray(b"\x80\x3f"), dtype=t.bfloat16).item() == 1
    )
    with pytest.warns(UserWarning):
        t.frombuffer(b"\x01", dtype=t.uint8)


@BOTH
@pytest.mark.parametrize(
    "options", [{"count": 4}, {"offset": 12}, {"offset": -1}, {"count": 0}, {"offset": 1}, {"count": 2, "offset": 8}]
)
def test_frombuffer_refusals(t, options):
    with pytest.raises(ValueError):
        t.frombuffer(bytearray(12), dtype=t.float32, **options)


@BOTH
def test_frombuffer_of_nothing(t):
    for call in (lambda: t.frombuffer(bytearray(), dtype=t.uint8), lambda: t.frombuffer(5, dtype=t.uint8)):
        with pytest.raises(ValueError):
            call()
    with pytest.raises(TypeError):
        t.frombuffer(bytearray(4))


@BOTH
def test_asarray_shares_buffers(t):
    memory = np.array([1.0, 2.0], np.float32)
    x = t.asarray(memoryview(memory), dtype=t.float32)
    x[0] = 5
    assert memory[0] == 5 and t.asarray(memoryview(memory), dtype=t.float32, copy=True).data_ptr() != x.data_ptr()
    assert t.asarray(t.to_dlpack(x)).data_ptr() == x.data_ptr() and t.asarray([1, 2]).tolist() == [1, 2]
    with pytest.raises(RuntimeError):
        t.asarray(np.float64(0.5), copy=False)
    for call in (lambda: t.asarray([1.0], copy=False), lambda: t.asarray(x, dtype=t.float64, copy=False)):
        with pytest.raises(ValueError):
            call()


@BOTH
def test_dlpack(t):
    x = t.arange(3)
    for y in (t.from_dlpack(t.to_dlpack(x)), t.utils.dlpack.from_dlpack(t.utils.dlpack.to_dlpack(x)), t.from_dlpack(x)):
        assert y.data_ptr() == x.data_ptr()


@BOTH
def test_from_file(t, tmp_path):
    path = str(tmp_path / "numbers")
    x = t.from_file(path, shared=True, size=3, dtype=t.float64)
    x.copy_(t.tensor([1.0, 2.0, 3.0]))
    del x
    assert np.fromfile(path).tolist() == [1, 2, 3]
    private = t.from_file(path, shared=False, size=2, dtype=t.float64)
    private.zero_()
    assert np.fromfile(path).tolist() == [1, 2, 3]
    with pytest.raises(RuntimeError):
        t.from_file(path, shared=False, size=100, dtype=t.float64)
