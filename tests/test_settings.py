"""Switches: the same values come back, and the same types of error, as in PyTorch."""

import pytest
import torch

import minitorch_bp as mt
from minitorch_bp.core import blas


@pytest.fixture()
def restored():
    before = torch.get_num_threads(), torch.get_float32_matmul_precision(), mt.get_num_threads()
    yield
    mt.set_num_threads(before[2])
    torch.set_num_threads(before[0])
    torch.set_float32_matmul_precision(before[1])
    torch.use_deterministic_algorithms(False)
    for t in (mt, torch):
        t.set_default_dtype(t.float32)


@pytest.mark.filterwarnings("ignore")
def test_what_is_set_comes_back(restored):
    for t in (mt, torch):
        t.set_num_threads(1)
        t.use_deterministic_algorithms(True)
        t.set_float32_matmul_precision("medium")
        assert (t.get_num_threads(), t.are_deterministic_algorithms_enabled(), t.get_float32_matmul_precision()) == (
            1,
            True,
            "medium",
        )
        t.set_float32_matmul_precision("low")
        assert t.get_float32_matmul_precision() == "medium"
        assert str(t.get_default_device()) == "cpu"
        t.set_default_tensor_type("torch.DoubleTensor")
        assert t.ones(1).dtype is t.float64
        t.set_default_tensor_type(t.FloatTensor)
        assert t.ones(1).dtype is t.float32
        assert t.range(1, 4, 1.5).tolist() == [1.0, 2.5, 4.0]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "wrong",
    [lambda t: t.set_num_threads(0), lambda t: t.set_default_tensor_type("torch.IntTensor"),
     lambda t: t.range(1, 0)],
)  # fmt: skip
def test_what_is_refused(wrong):
    kinds = []
    for t in (mt, torch):
        with pytest.raises((RuntimeError, TypeError)) as raised:
            wrong(t)
        kinds.append(raised.type)
    assert kinds[0] is kinds[1]


@pytest.mark.parametrize("name", ["relu_", "elu_", "selu_", "celu_", "hardtanh_", "leaky_relu_"])
def test_activations_written_over_their_input(name):
    found = []
    for t in (mt, torch):
        x = t.tensor([-2.0, 0.5, 3.0])
        y = getattr(t.nn.functional, name)(x)
        assert y is x
        found.append(x.tolist())
    assert found[0] == pytest.approx(found[1])


@pytest.mark.parametrize("t", [mt, torch], ids=["mini", "torch"])
def test_there_is_no_accelerator(t):
    assert not t.accelerator.is_available() and t.accelerator.device_count() == 0
    assert t.accelerator.current_accelerator() is None
    for use in (
        lambda: t.accelerator.current_device_index(),
        lambda: t.accelerator.set_device_index(0),
        lambda: t.accelerator.synchronize(),
        lambda: t.accelerator.device_index(0).__enter__(),
    ):
        with pytest.raises(RuntimeError):
            use()


@pytest.mark.parametrize("t", [mt, torch], ids=["mini", "torch"])
@pytest.mark.filterwarnings("ignore")
def test_mixed_precision_that_is_off_changes_nothing(t):
    for options in ({"device_type": "cpu", "enabled": False}, {"device_type": "cuda"}):
        with t.autocast(**options):
            assert (t.ones(2, 2) @ t.ones(2, 2)).dtype == t.float32
        assert t.autocast(**options)(lambda x: x @ x)(t.ones(2, 2)).dtype == t.float32
    with pytest.raises(ValueError):
        t.autocast(3)
    with pytest.raises(RuntimeError):
        t.autocast("abacus")


@pytest.mark.parametrize("t", [mt, torch], ids=["mini", "torch"])
def test_checks(t):
    t._assert(True, "")
    with pytest.raises(AssertionError, match="too few"):
        t._assert(t.tensor(False), "too few")
    t._check(True)
    with pytest.raises(RuntimeError, match="too few"):
        t._check(False, lambda: "too few")
    with pytest.raises(TypeError):
        t._check(1)


@pytest.mark.skipif(blas.threads() is None, reason="NumPy's BLAS is not OpenBLAS")
def test_the_number_of_threads_is_that_of_matrix_products(restored):
    for threads in (2, 1):
        mt.set_num_threads(threads)
        assert blas.threads() == mt.get_num_threads() == threads
