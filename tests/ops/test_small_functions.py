"""Functions that answer with Python values, name other functions, or only make sense by themselves: PyTorch's results."""

import numpy as np
import pytest
import torch

import minitorch_bp

POOLS = ["max_pool1d_with_indices", "max_pool2d_with_indices", "max_pool3d_with_indices", "adaptive_max_pool1d_with_indices",
         "adaptive_max_pool2d_with_indices", "adaptive_max_pool3d_with_indices"]  # fmt: skip
FRACTIONAL_POOLS = ["fractional_max_pool2d_with_indices", "fractional_max_pool3d_with_indices"]


def image(f, n):
    return f.arange(2.0 * 4**n).reshape(1, 2, *[4] * n) % 7


CALLS = {
    "as_tensor": lambda f: f.as_tensor([1, 2.5]), "as_tensor of an array": lambda f: f.as_tensor(np.arange(3)), "is_tensor": lambda f: [f.is_tensor(f.ones(1)), f.is_tensor(1.0)],
    "is_nonzero": lambda f: [f.is_nonzero(f.tensor(2.0)), f.tensor([0]).is_nonzero()], "chain_matmul": lambda f: f.chain_matmul(f.ones(2, 3), f.arange(6.0).reshape(3, 2), f.eye(2)),
    "set_default_device": lambda f: (f.set_default_device("cpu"), f.zeros(1), f.set_default_device(None))[1], "type_as": lambda f: f.tensor([1.7]).type_as(f.tensor([1])),
    "new_tensor": lambda f: f.ones(1, dtype=f.float64).new_tensor([1, 2]), "nelement": lambda f: [f.ones(2, 3).nelement(), f.ones(2, 3).ndimension(), f.ones(2).get_device()],
    "apply_": lambda f: f.tensor([1.0, 4.0]).apply_(lambda v: v * 2 + 1), "detach_": lambda f: (f.ones(2, requires_grad=True) * 2).detach_(), "share_memory_": lambda f: f.ones(2).share_memory_().is_contiguous(),
    "fftfreq": lambda f: f.fft.fftfreq(5, 0.5), "fftfreq even": lambda f: f.fft.fftfreq(4), "rfftfreq": lambda f: f.fft.rfftfreq(5, 0.5), "rfftfreq even": lambda f: f.fft.rfftfreq(4, dtype=f.float64),
    "affine_grid": lambda f: f.nn.functional.affine_grid(f.tensor([[[1.0, 0.2, 0.1], [0.0, 0.5, -0.3]]]), (1, 1, 2, 3), align_corners=False),
    "affine_grid corners": lambda f: f.nn.functional.affine_grid(f.tensor([[[1.0, 0.2, 0.1], [0.0, 0.5, -0.3]]]), (1, 1, 2, 3), align_corners=True),
    "upsample": lambda f: f.nn.functional.upsample(f.arange(4.0).reshape(1, 1, 2, 2), scale_factor=2),
    "lp_pool1d": lambda f: f.nn.functional.lp_pool1d(f.arange(1.0, 9).reshape(1, 2, 4), 2, 2), "lp_pool2d": lambda f: f.nn.functional.lp_pool2d(f.arange(1.0, 17).reshape(1, 1, 4, 4), 3, 2, stride=1),
    "lp_pool3d": lambda f: f.nn.functional.lp_pool3d(f.arange(1.0, 28).reshape(1, 1, 3, 3, 3), 2, 2, stride=1),
    **{name: lambda f, name=name: getattr(f.nn.functional, name)(image(f, int(name[-15])), 2) for name in POOLS},
    **{name: lambda f, name=name: getattr(f.nn.functional, name)(
        image(f, int(name[-15])), 2, output_size=2, _random_samples=f.full((1, 2, int(name[-15])), 0.3)) for name in FRACTIONAL_POOLS},
    **{name: lambda f, name=name: getattr(f, name)(f.ones(1, 2), f.full((1, 3), 0.1), f.arange(6.0).reshape(3, 2) * 0.1,
        f.arange(9.0).reshape(3, 3) * 0.05, f.ones(3), f.zeros(3)) for name in ("rnn_tanh_cell", "rnn_relu_cell")},
    "gru_cell": lambda f: f.gru_cell(f.ones(1, 2), f.full((1, 2), 0.1), f.arange(12.0).reshape(6, 2) * 0.1, f.arange(12.0).reshape(6, 2) * 0.05, f.ones(6), f.zeros(6)),
    "lstm_cell": lambda f: f.lstm_cell(f.ones(1, 2), (f.full((1, 2), 0.1), f.zeros(1, 2)), f.arange(16.0).reshape(8, 2) * 0.1, f.arange(16.0).reshape(8, 2) * 0.05, f.ones(8), f.zeros(8)),
}  # fmt: skip


def plain(value):
    if isinstance(value, (tuple, list)):
        return [plain(v) for v in value]
    return value.detach().numpy() if hasattr(value, "detach") else value


@pytest.mark.filterwarnings("ignore:.*chain_matmul.*", "ignore:.*upsample.*")
@pytest.mark.parametrize("name", CALLS)
def test_results(name):
    want, got = (plain(CALLS[name](f)) for f in (torch, minitorch_bp))
    for w, g in zip(*((v if isinstance(v, list) else [v]) for v in (want, got)), strict=True):
        np.testing.assert_allclose(g, w, rtol=1e-6)
        assert np.asarray(g).dtype == np.asarray(w).dtype


def test_retains_grad():
    for f in (torch, minitorch_bp):
        x = f.ones(1, requires_grad=True)
        y = x * 2
        assert not y.retains_grad
        y.retain_grad()
        assert y.retains_grad
