"""Layers in the 16-bit types: PyTorch's types, and its values to their precision."""

import numpy as np
import pytest
import torch

import minitorch_bp as mt

LAYERS = {
    "Linear(4, 3)": (2, 4), "Conv2d(2, 3, 3)": (1, 2, 5, 5), "ConvTranspose2d(2, 3, 3)": (1, 2, 5, 5), "LayerNorm(4)": (2, 4), "BatchNorm1d(4)": (3, 4), "GroupNorm(2, 4)": (2, 4, 3),
    "RMSNorm(4)": (2, 4), "InstanceNorm2d(2)": (1, 2, 4, 4), "LSTM(4, 3)": (5, 2, 4), "GRU(4, 3, num_layers=2)": (5, 2, 4), "RNN(4, 3)": (5, 2, 4), "MaxPool2d(2)": (1, 2, 4, 4),
    "AvgPool2d(2)": (1, 2, 4, 4), "AdaptiveAvgPool2d(2)": (1, 2, 4, 4), "GELU()": (3, 4), "TransformerEncoderLayer(4, 2, 8, 0.0)": (3, 2, 4),
}  # fmt: skip


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("layer", LAYERS)
def test_layers(layer, dtype):
    found = []
    for t in (mt, torch):
        t.manual_seed(0)
        module = eval("t.nn." + layer, {"t": t}).to(getattr(t, dtype))
        x = t.from_numpy(np.random.default_rng(0).standard_normal(LAYERS[layer])).to(getattr(t, dtype)).requires_grad_()
        out = module(x)
        out = out[0] if isinstance(out, tuple) else out
        out.backward(t.from_numpy(np.random.default_rng(1).standard_normal(tuple(out.shape))).to(out.dtype))
        assert out.dtype is x.grad.dtype is getattr(t, dtype)
        found.append([out.detach().float().numpy(), x.grad.float().numpy()])
    for a, b in zip(*found, strict=True):
        assert np.abs(a - b).max() <= (0.04 if dtype == "bfloat16" else 0.005) * max(np.abs(b).max(), 1)
