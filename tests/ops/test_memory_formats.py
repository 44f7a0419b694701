"""Memory formats: PyTorch's strides for everything that takes one, and what is refused."""

import copy
import pickle

import pytest
import torch

import minitorch_bp

BOTH = pytest.mark.parametrize("t", [minitorch_bp, torch], ids=["mini", "torch"])
CALLS = {
    "contiguous": lambda t, x: x.contiguous(memory_format=t.channels_last), "and back": lambda t, x: x.contiguous(memory_format=t.channels_last).contiguous(),
    "clone": lambda t, x: x.clone(memory_format=t.channels_last), "clone keeps": lambda t, x: x.contiguous(memory_format=t.channels_last).clone(),
    "clone contiguous": lambda t, x: x.contiguous(memory_format=t.channels_last).clone(memory_format=t.contiguous_format),
    "to": lambda t, x: x.to(memory_format=t.channels_last), "to a type": lambda t, x: x.to(t.float64, memory_format=t.channels_last),
    "double": lambda t, x: x.double(memory_format=t.channels_last), "double keeps": lambda t, x: x.contiguous(memory_format=t.channels_last).double(),
    "empty": lambda t, x: t.empty(x.shape, memory_format=t.channels_last).fill_(1), "empty_like": lambda t, x: t.empty_like(x, memory_format=t.channels_last).fill_(1),
    "ones_like keeps": lambda t, x: t.ones_like(x.contiguous(memory_format=t.channels_last)), "zeros_like": lambda t, x: t.zeros_like(x, memory_format=t.channels_last),
    "full_like": lambda t, x: t.full_like(x.contiguous(memory_format=t.channels_last), 2, memory_format=t.contiguous_format),
    "neg": lambda t, x: x.contiguous(memory_format=t.channels_last).neg(),
    "cat": lambda t, x: t.cat([x.contiguous(memory_format=t.channels_last)] * 2, 1), "cat of both": lambda t, x: t.cat([x.contiguous(memory_format=t.channels_last), x], 1),
    "resize_": lambda t, x: t.arange(48.0).resize_(2, 4, 2, 3, memory_format=t.channels_last),
    "resize_as_": lambda t, x: t.arange(24.0).reshape(x.shape).resize_as_(x.contiguous(memory_format=t.channels_last), memory_format=t.preserve_format),
    "volume": lambda t, x: x.unsqueeze(2).contiguous(memory_format=t.channels_last_3d),
    "one channel": lambda t, x: x[:, :1].contiguous(memory_format=t.channels_last), "slice": lambda t, x: x.contiguous(memory_format=t.channels_last)[:, 1:2],
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_strides_and_values(name):
    found = []
    for t in (minitorch_bp, torch):
        y = CALLS[name](t, t.arange(24.0).reshape(2, 2, 2, 3))
        formats = [
            y.is_contiguous(),
            y.is_contiguous(memory_format=t.channels_last),
            y.is_contiguous(memory_format=t.channels_last_3d),
        ]
        found.append((y.stride(), y.tolist(), formats))
    assert found[0] == found[1]


@BOTH
def test_gradients_pass(t):
    x = t.arange(24.0).reshape(2, 2, 2, 3).requires_grad_()
    (x.contiguous(memory_format=t.channels_last) * t.arange(24.0).reshape(2, 2, 2, 3)).sum().backward()
    assert x.grad.flatten().tolist() == list(range(24)) and x.contiguous() is x


@BOTH
def test_objects(t):
    assert repr(t.channels_last) == "torch.channels_last" and isinstance(t.contiguous_format, t.memory_format)
    assert t.legacy_contiguous_format is t.contiguous_format or t is torch
    assert copy.deepcopy(t.channels_last) is t.channels_last and pickle.loads(pickle.dumps(t.preserve_format)) is t.preserve_format


@BOTH
def test_refusals(t):
    x = t.ones(2, 3)
    for call in (
        lambda: x.contiguous(memory_format=t.channels_last),
        lambda: x.t().contiguous(memory_format=t.preserve_format),
        lambda: t.empty(2, 3, memory_format=t.channels_last),
    ):
        with pytest.raises(RuntimeError):
            call()
    with pytest.raises(TypeError):
        x.contiguous(memory_format="channels_last")


@BOTH
def test_strides_of_empty_and_single_dimensions(t):
    x = t.zeros(2, 3, 4, 5)[:, :, :, 1]
    shapes = [
        x[:, 1:1],
        t.zeros(2, 0, 4),
        t.zeros(3, 4)[:1, :1],
        t.zeros(3, 1, 4),
        t.zeros(4).unsqueeze(0),
        t.zeros(4).unsqueeze(1),
    ]
    assert [s.stride() for s in shapes] == [(60, 20, 5), (4, 4, 1), (4, 1), (4, 4, 1), (4, 1), (1, 1)]


@BOTH
def test_resize_keeps_the_memory(t):
    x = t.arange(6)
    y = x[:]
    assert x.resize_(2, 2).tolist() == [[0, 1], [2, 3]] and x.resize_(5).tolist() == [0, 1, 2, 3, 4]
    x[0] = 7
    assert y[0] == 7 and x.resize_(10)[:6].tolist() == [7, 1, 2, 3, 4, 5]
    z = t.zeros(2, 3).t()
    assert z.resize_as_(z).stride() == (1, 3)
    with pytest.raises(RuntimeError):
        x.resize_([8, 8, 2**29, 2**29])
