"""Modules and packed sequences in other types, as PyTorch converts them; and lazy parameters that have no shape yet."""

import warnings

import pytest
import torch
import torch.nn.utils.rnn

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
PAIR = (minitorch_bp, torch)


def test_a_module_becomes_complex_and_real_again():
    results = []
    for t in PAIR:
        layer = t.nn.Linear(2, 2)
        with t.no_grad():
            layer.weight.copy_(t.tensor([[1.0, 2.0], [3.0, 4.0]]))
            layer.bias.zero_()
        with pytest.warns(UserWarning):
            layer.to(t.complex64)
        y = layer(t.tensor([1j, 1.0 + 0j]))
        with warnings.catch_warnings(record=True):
            warnings.simplefilter("always")
            layer.to(t.float64)  # the imaginary parts are discarded
        results.append((y.tolist(), layer.weight.tolist(), str(layer.weight.dtype)))
        with pytest.raises(TypeError):
            layer.to(t.int64)
    assert results[0] == results[1]


@BOTH
@pytest.mark.parametrize("cast", ["double", "float", "half", "long", "int", "short", "char", "byte", "cpu"])
def test_casts_of_packed_sequences(t, cast):
    packed = t.nn.utils.rnn.pack_sequence([t.tensor([1, 2]), t.tensor([3])])
    other = getattr(packed, cast)()
    assert type(other) is type(packed) and other.data.dtype is getattr(packed.data, cast)().dtype
    assert other.data.tolist() == [1, 3, 2] and other.batch_sizes.tolist() == [2, 1] and other.batch_sizes.dtype is t.int64
    assert (other is packed) == (cast in ("long", "cpu"))


@BOTH
def test_a_packed_sequence_of_that_type_is_returned(t):
    packed = t.nn.utils.rnn.pack_sequence([t.ones(2), t.ones(3)], enforce_sorted=False)
    assert packed.to("cpu") is packed and packed.to(t.float32) is packed and packed.to("cpu", dtype=t.float32) is packed
    assert not packed.is_pinned() and not packed.is_cuda
    assert packed.to(t.float64).sorted_indices.tolist() == [1, 0]


@BOTH
def test_uninitialized_parameters(t):
    p = t.nn.UninitializedParameter()
    p.materialize(10)
    assert tuple(p.shape) == (10,) and type(p) is t.nn.Parameter
    layer = t.nn.LazyLinear(7).half()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for norm in (t.nn.utils.weight_norm, t.nn.utils.spectral_norm):
            with pytest.raises(ValueError):
                norm(layer)
    layer.weight.materialize((7, 2))
    assert layer.weight.dtype is t.float16


@BOTH
def test_flags_of_a_library(t):
    flags = t.backends.mkldnn
    before = flags.deterministic
    with flags.flags(enabled=False, deterministic=True):
        assert flags.deterministic
    assert flags.deterministic == before
    assert t.nn.functional.grad is t.nn.grad


@BOTH
def test_a_memory_format_is_for_what_has_so_many_dimensions(t):
    layer = t.nn.Conv2d(2, 3, 3)
    assert layer.to(memory_format=t.channels_last) is layer
    assert layer.weight.is_contiguous(memory_format=t.channels_last) and layer.bias.is_contiguous()
    assert layer.to("cpu", memory_format=t.contiguous_format).weight.is_contiguous()
    assert layer(t.ones(1, 2, 5, 5)).shape == (1, 3, 3, 3)
