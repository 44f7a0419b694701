"""Settings that are remembered, symbolic numbers without a compiler, and names of types: PyTorch's answers."""

import math

import pytest
import torch

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])


@BOTH
def test_determinism(t):
    try:
        for mode, number in (("default", 0), ("warn", 1), ("error", 2), (1, 1)):
            t.set_deterministic_debug_mode(mode)
            assert t.get_deterministic_debug_mode() == number and t.is_deterministic_algorithms_warn_only_enabled() == (number == 1)
        t.use_deterministic_algorithms(True)
        assert t.utils.deterministic.fill_uninitialized_memory is True
        for x in (
            t.empty(3),
            t.empty_like(t.ones(2)),
            t.empty_strided((2, 2), (1, 2)),
            t.empty_permuted((2, 3), (1, 0)),
            t.ones(1).new_empty(2),
        ):
            assert x.isnan().all()
        assert t.empty(2, dtype=t.int16).tolist() == [32767, 32767] and t.empty(1, dtype=t.bool).item() is True
        t.utils.deterministic.fill_uninitialized_memory = False
        assert not t.utils.deterministic.fill_uninitialized_memory
        with pytest.raises(RuntimeError):
            t.set_deterministic_debug_mode("loud")
    finally:
        t.utils.deterministic.fill_uninitialized_memory = True
        t.use_deterministic_algorithms(False)


@BOTH
def test_others(t):
    t.set_warn_always(True)
    assert t.is_warn_always_enabled()
    t.set_warn_always(False)
    with pytest.raises(RuntimeError):
        t.set_warn_always(1)
    assert (
        t.set_flush_denormal(False)
        and t.get_num_interop_threads() >= 1
        and t.compiled_with_cxx11_abi()
        and not t.is_vulkan_available()
    )
    with pytest.raises(RuntimeError):
        t.set_num_interop_threads(0)
    t.init_num_threads()


@BOTH
def test_symbolic_numbers(t):
    assert (t.sym_int(-2.5), t.sym_float(3), t.sym_not(True), t.sym_sqrt(4), t.sym_sum([1, 2, 3]), t.sym_ite(False, 1, 2)) == (
        -2,
        3.0,
        False,
        2.0,
        6,
        2,
    )
    assert (t.sym_max(3, 4.0), t.sym_min(3, 4.0), t.sym_max(2, 1)) == (4.0, 3.0, 2) and isinstance(t.sym_min(3, 4.0), float)
    assert t.sym_fresh_size(7) == 7 and math.isclose(t.sym_sqrt(2), 2**0.5)


@BOTH
def test_names_of_types(t):
    objects = (t.ones(1), t.ones(1, dtype=t.int64), t.float32, 3, t.nn.Linear, t.nn.Linear(1, 1))
    expected = [
        "torch.FloatTensor",
        "torch.LongTensor",
        "torch.dtype",
        "int",
        "torch.nn.modules.linear.Linear",
        "torch.nn.modules.linear.Linear",
    ]
    assert [t.typename(o) for o in objects] == expected
    assert t.is_storage(t.ones(1).storage()) and t.is_storage(t.ones(1).untyped_storage()) and not t.is_storage(t.ones(1))
